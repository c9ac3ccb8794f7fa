#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Static rows of fwmarkd.conf: put up at start, permanent, out of the managers' reach, and with the
# device that they need.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

# rows: fwmarkd.conf with LARTC chapter 11 as static rows.
rows() {
	agent_conf
	cat <<-END
		fibs = ( { id = 201; name = "mail.out"; } );
		routes = ( { fibId = 201; gateway = "$CHEAP4"; ifName = "ppp0"; } );
		policies = ( { index = 1; priority = 1000; mark = 0x1; fibId = 201; } );
		rules = ( {
			index = 7; inInterface = "eth0"; protocol = 6;
			destinationPortFrom = 25; destinationPortTo = 25;
			mark = 1; description = "mail";
		} );
		marks = ( { value = 1; mask = 0xffffffff; name = "mail"; } );
	END
}

topology
topology_serve cheap 25
rows >"$AGENT_CONF"
start

kernel_has_it() {
	expect_eq "rules" \
		"-A PREROUTING -i eth0 -p tcp -m tcp --dport 25 -j MARK --set-xmark 0x1/0xffffffff" \
		"$(rule_lines iptables-legacy | grep 'dport 25')"
	expect_match "its comment" '--comment "fwmark:7 mail"' "$(iptables-legacy-save -t mangle)"
	expect_match "policy" '^1000:.*fwmark 0x1 lookup mail\.out' "$(ip rule)"
	expect_match "route" "^default via $CHEAP4 dev ppp0" "$(ip route show table mail.out)"
}

kernel_has_it
expect_eq "port 25" cheap "$(way "$SERVER4" 25)"
route=201.1.4.0.0.0.0.0.0.1
for row in Rule.7 Policy.1 Route.$route Fib.201; do
	shown "fwmark${row%%.*}Origin.${row#*.}" 3
	shown "fwmark${row%%.*}StorageType.${row#*.}" 4
	shown "fwmark${row%%.*}Status.${row#*.}" 1
done
shown fwmarkMarkName.1.4294967295 mail
shown fwmarkMarkStorageType.1.4294967295 4

# Nothing of it can be changed or destroyed by managers.
file="static row of $AGENT_CONF"
refusals <<END
notWritable fwmarkRuleMark.7 /$file/ fwmarkRuleMark.7 u 2
notWritable fwmarkRuleStorageType.7 /$file/ fwmarkRuleStorageType.7 i volatile
inconsistentValue fwmarkRuleStatus.7 /$file/ fwmarkRuleStatus.7 i destroy
inconsistentValue fwmarkRuleStatus.7 /already/ fwmarkRuleMark.7 u 2 fwmarkRuleStatus.7 i createAndGo
notWritable fwmarkPolicyPriority.1 /$file/ fwmarkPolicyPriority.1 u 5
inconsistentValue fwmarkPolicyStatus.1 /$file/ fwmarkPolicyStatus.1 i destroy
notWritable fwmarkRouteMtu.$route /$file/ fwmarkRouteMtu.$route u 1400
inconsistentValue fwmarkRouteStatus.$route /$file/ fwmarkRouteStatus.$route i destroy
notWritable fwmarkNextHopWeight.$route.1 /$file/ fwmarkNextHopWeight.$route.1 u 2
inconsistentValue fwmarkNextHopStatus.$route.1 /$file/ fwmarkNextHopStatus.$route.1 i destroy
notWritable fwmarkFibName.201 /$file/ fwmarkFibName.201 s other
inconsistentValue fwmarkFibStatus.201 /$file/ fwmarkFibStatus.201 i destroy
notWritable fwmarkMarkName.1.4294967295 /$file/ fwmarkMarkName.1.4294967295 s other
inconsistentValue fwmarkMarkStatus.1.4294967295 /$file/ fwmarkMarkStatus.1.4294967295 i destroy
END

# Beside them managers have rows of their own, and the state file has those alone.
snmp_set fwmarkRuleMark.8 u 2 fwmarkRuleStatus.8 i createAndGo
expect_match "state" 'index = 8;' "$(cat "$WORK/state/state")"
expect_no_match "state" 'index = 7;|mail\.out|"mail"' "$(cat "$WORK/state/state")"

# The route goes with its device, and comes with it.
ip link set ppp0 down
expect_eq "route without its device" "" "$(ip route show table mail.out)"
ip link set ppp0 up
wait_for 10 sh -c 'ip route show table mail.out | grep -q "^default via"' || fail "the route is not back"

# A restart leaves all of it alone, counters too; a new start puts all of it up again.
counted=$(counters '--dport 25')
stop_agent
rows | sed 's/name = "mail";/& meter = true;/' >"$AGENT_CONF"
start_agent
kernel_has_it
expect_match "meter" 'fwmark-meter' "$(iptables-legacy-save -t mangle)"
expect_eq "counters after a restart" "$counted" "$(counters '--dport 25')"
stop_agent
iptables-legacy -t mangle -F
iptables-legacy -t mangle -X
ip rule del pref 1000
ip route flush table 201
rm -f /etc/iproute2/rt_tables.d/fwmarkd.conf
ip link set ppp0 down
start_agent
expect_match "policy" '^1000:.*fwmark 0x1 lookup mail\.out' "$(ip rule)"
expect_match "log" "fwmarkRouteStatus\.$route: not put back: " "$(cat "$WORK/fwmarkd.log")"
ip link set ppp0 up
wait_for 10 sh -c 'ip route show table mail.out | grep -q "^default via"' || fail "the route does not come"
kernel_has_it
shown fwmarkRuleStatus.8 1

# What has changed while fwmarkd was not running: one rule is another one in its place, one is gone.
stop_agent
counted=$(counters 'dport 25')
rows | sed -e 's/description = "mail"/description = "post"/' -e '/^marks/d' >"$AGENT_CONF"
start_agent
expect_match "comment" '--comment "fwmark:7 post"' "$(iptables-legacy-save -t mangle)"
expect_eq "counters of a description" "$counted" "$(counters 'dport 25')"
expect_no_match "meter" 'fwmark-meter' "$(iptables-legacy-save -t mangle)"
stop_agent
agent_conf >"$AGENT_CONF"
start_agent
expect_no_match "rule" 'dport 25' "$(iptables-legacy-save -t mangle)"
expect_no_match "policy" '^1000:' "$(ip rule)"
expect_eq "route" "" "$(ip route show table 201)"
expect_no_match "name" 'mail\.out' "$(kernel_state)"
expect_match "fwmarkRuleMark.7" 'No Such' "$(snmp snmpget fwmarkRuleMark.7 2>&1)"
shown fwmarkRuleStatus.8 1

# An index that a manager has: that row is left out, and all others are there; unless it asks for the same.
stop_agent
rows | sed -e 's/index = 7/index = 8/' >"$AGENT_CONF"
"$FWMARKD" --check -c "$AGENT_CONF" >"$WORK/check" 2>&1 && fail "--check finds no difference"
expect_match "--check" "^! $AGENT_CONF:[0-9]*: rules: a manager has a row with this index" "$(cat "$WORK/check")"
start_agent
expect_match "log" "$AGENT_CONF:[0-9]*: rules: a manager has a row with this index" \
	"$(cat "$WORK/fwmarkd.log")"
shown fwmarkRuleOrigin.8 2
expect_no_match "the row that is left out" 'dport 25' "$(iptables-legacy-save -t mangle)"
expect_match "policy" '^1000:.*fwmark 0x1 lookup mail\.out' "$(ip rule)"
expect_match "route" "^default via $CHEAP4 dev ppp0" "$(ip route show table mail.out)"
expect_no_match "static" 'dport|index = 8' "$(cat "$WORK/state/static")"
# It comes when the manager's is gone.
snmp_set fwmarkRuleStatus.8 i destroy
hang_up
shown fwmarkRuleOrigin.8 3
kernel_lines=$(rule_lines iptables-legacy)
expect_match "rules" 'dport 25' "$kernel_lines"
stop_agent
agent_conf >"$AGENT_CONF"
start_agent
snmp_set fwmarkRuleMark.8 u 2 fwmarkRuleStatus.8 i createAndGo
stop_agent
{
	agent_conf
	echo 'rules = ( { index = 8; mark = 2; } );'
} >"$AGENT_CONF"
start_agent
shown fwmarkRuleOrigin.8 3
expect_eq "rules" 1 "$(rule_lines iptables-legacy | wc -l)"
expect_no_match "state" 'index = 8;' "$(cat "$WORK/state/state")"

# What somebody else has put up already is not doubled; counters stay.
stop_agent
iptables-legacy -t mangle -F
iptables-legacy -t mangle -A PREROUTING -j MARK --set-mark 9
iptables-legacy -t mangle -A PREROUTING -i eth0 -p tcp --dport 25 -m comment --comment mail \
	-j MARK --set-mark 1 -c 77 7700
iptables-legacy -t mangle -A PREROUTING -j MARK --set-mark 10
ip rule add pref 1000 fwmark 1 lookup 201
ip route add default via "$CHEAP4" dev ppp0 table 201
rows | sed '/^marks/d' >"$AGENT_CONF"
start_agent
kernel_lines=$(rule_lines iptables-legacy)
expect_eq "rules" 3 "$(printf '%s\n' "$kernel_lines" | wc -l)"
expect_match "its place" '--dport 25' "$(printf '%s\n' "$kernel_lines" | sed -n 2p)"
expect_match "its tag" '-c 77 7700|\[77:7700\].*"fwmark:7 mail"' "$(iptables-legacy-save -c -t mangle)"
expect_eq "policies of 1000" 1 "$(ip rule | grep -c '^1000:')"
expect_eq "routes" 1 "$(ip route show table 201 | wc -l)"
shown fwmarkRuleHCPackets.7 77
shown fwmarkRuleOrigin.7 3
shown fwmarkPolicyOrigin.1 3
shown fwmarkRouteOrigin.$route 3
