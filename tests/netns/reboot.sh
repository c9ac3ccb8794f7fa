#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A reboot, as a fresh network namespace with the state directory as it was when the power went: what
# is nonVolatile comes back, rules to where they stood; what is volatile does not; a route follows
# its device; what belongs to others is not touched.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

own=/etc/iproute2/rt_tables.d/fwmarkd.conf
route=201.1.4.0.0.0.0.0.0.1

without_client
# Everything that looks at a network from here on looks at the one of the process in $WORK/machine.
mkdir "$WORK/bin"
for program in ip iptables-legacy iptables-legacy-save ip6tables-legacy-save snmpd snmpget snmpset \
	snmpbulkwalk; do
	real=$(command -v "$program") || skip "no $program"
	# shellcheck disable=SC2016 # for the script
	printf '#!/bin/sh\nexec nsenter --net="/proc/$(cat %s)/ns/net" %s "$@"\n' \
		"$WORK/machine" "$real" >"$WORK/bin/$program"
	chmod +x "$WORK/bin/$program"
done
echo self >"$WORK/machine"
PATH=$WORK/bin:$PATH

# boot: a network with nothing in it but what others put there; ppp0 dials in later.
boot() {
	unshare --net sleep 600 &
	machine=$!
	wait_for 10 is_apart
	echo $machine >"$WORK/machine"
	# shellcheck disable=SC2034 # of programs.sh
	AGENT_WRAPPER="nsenter --net=/proc/$machine/ns/net"
	ip link set lo up
	ip link add eth0 type veth peer name far0
	ip link set far0 up
	ip link set eth0 up
	ip rule add pref 100 fwmark 5 lookup 99
	ip route add blackhole default table 99
}

is_apart() {
	[ "$(readlink /proc/$machine/ns/net)" != "$(readlink /proc/self/ns/net)" ]
}

dial() {
	ip link add ppp0 type veth peer name far
	ip addr add 195.96.98.254/30 dev ppp0
	ip link set far up
	ip link set ppp0 up
}

# others NUMBER: rules that somebody else loads at boot.
others() {
	for i in $(seq "$1"); do
		iptables-legacy -t mangle -A PREROUTING -p udp --dport $((1000 + i)) -j ACCEPT
	done
}

marks_in_order() {
	iptables-legacy-save -t mangle | sed -n -e 's/^-A PREROUTING .*--set-xmark \(0x[0-9a-f]*\).*/\1/p' \
		-e 's/^-A PREROUTING .*--dport 1.*-j ACCEPT$/ACCEPT/p' | paste -sd' '
}

# power_off: without a word to the agent.
power_off() {
	kill_agent
	stop_snmpd
	kill "$machine"
}

has_places() {
	grep -q "^  \[ 4, $1 \]" "$WORK/state/indices"
}

foreign() {
	ip rule | grep -v 'proto fwmarkd'
	ip route show table all | grep -v -e 'proto fwmarkd' -e 'proto kernel'
	iptables-legacy-save -t mangle | sed -n '/fwmark/d; /^-A/p'
}

boot
dial
others 2
start
# shellcheck disable=SC2046 # words
snmp_set $(lartc_varbinds) fwmarkRuleDescription.1 s "mail, \"quoted\"" fwmarkPolicyDescription.1 s cheap
snmp_set fwmarkRulePosition.2 u 1 fwmarkRuleMark.2 u 2 fwmarkRuleStatus.2 i createAndGo
snmp_set fwmarkRuleMark.3 u 3 fwmarkRuleStatus.3 i createAndGo
snmp_set fwmarkRulePosition.4 u 3 fwmarkRuleMark.4 u 4 fwmarkRuleStatus.4 i createAndGo
snmp_set fwmarkRuleMark.5 u 85 fwmarkRuleStorageType.5 i volatile fwmarkRuleStatus.5 i createAndGo \
	fwmarkFibName.202 s short.lived fwmarkFibStorageType.202 i volatile fwmarkFibStatus.202 i createAndGo \
	fwmarkPolicyMark.5 u 85 fwmarkPolicyStorageType.5 i volatile fwmarkPolicyStatus.5 i createAndGo \
	fwmarkRouteIfName.203.1.4.0.0.0.0.0.0.1 s eth0 fwmarkRouteStorageType.203.1.4.0.0.0.0.0.0.1 i volatile \
	fwmarkRouteStatus.203.1.4.0.0.0.0.0.0.1 i createAndGo
snmp_set fwmarkMarkName.1.4294967295 s mail fwmarkMarkMeter.1.4294967295 i true \
	fwmarkMarkStatus.1.4294967295 i createAndGo \
	fwmarkRuleMark.6 u 6 fwmarkRuleStatus.6 i createAndWait
expect_eq "order" "0x2 ACCEPT 0x4 ACCEPT 0x1 0x3 0x55" "$(marks_in_order)"
# The last one that was moved, by the rule that was put in before it.
snmp_set fwmarkRulePosition.3 u 1
wait_for 10 has_places 4 || fail "places are not kept: $(cat "$WORK/state/indices")"
priority=$(snmp_get fwmarkPolicyPriority.1)

# back WHAT ORDER: all that is nonVolatile is there again.
back() {
	expect_eq "order of the rules $1" "$2" "$(marks_in_order)"
	shown fwmarkRuleDescription.1 "mail, \"quoted\""
	shown fwmarkRuleStatus.6 2
	shown fwmarkPolicyDescription.1 cheap
	shown fwmarkPolicyPriority.1 "$priority"
	shown fwmarkMarkName.1.4294967295 mail
	shown fwmarkMarkMeter.1.4294967295 1
	expect_match "meters $1" '--mark 0x1 ' "$(iptables-legacy-save -t mangle | grep 'A fwmark-meter')"
	expect_match "policy $1" 'fwmark 0x1 lookup mail\.out' "$(ip rule)"
	expect_match "names $1" '^201[[:space:]]+mail\.out' "$(cat $own)"
	expect_no_match "names $1" short "$(cat $own)"
	expect_no_match "what was volatile, $1" '\.(5|202|203\.1\.4\.0\.0\.0\.0\.0\.0\.1) = ' \
		"$(snmp_walk fwmarkRuleStatus; snmp_walk fwmarkPolicyStatus; snmp_walk fwmarkFibStatus
			snmp_walk fwmarkRouteStatus)"
	expect_no_match "policies $1" 'fwmark 0x55' "$(ip rule)"
	expect_eq "foreign objects $1" "$(cat "$WORK/foreign")" "$(foreign)"
}

# reboot NUMBER: with so many rules of others.
reboot() {
	power_off
	boot
	others "$1"
	foreign >"$WORK/foreign"
	start
}

reboot 2
back "after a reboot" "0x3 0x2 ACCEPT 0x4 ACCEPT 0x1"
expect_match "log" "fwmarkRouteStatus\.$route: not put back: .*ppp0" "$(cat "$WORK/fwmarkd.log")"
shown fwmarkRouteStatus.$route 2
dial
wait_for 10 sh -c 'ip route show table 201 | grep -q "^default via 195.96.98.253 dev ppp0"' ||
	fail "the route does not follow its device"

# A new disk for /etc, and nobody else's rules.
rm -f $own
reboot 0
back "after a reboot without others" "0x3 0x2 0x4 0x1"
has_places 3 || wait_for 10 has_places 3 || fail "places are not kept"

# The state directory of another version, or none: nothing comes back, and nothing breaks.
power_off
rm -rf "$WORK/state"
boot
others 1
start
expect_eq "rules without a state" ACCEPT "$(marks_in_order)"
