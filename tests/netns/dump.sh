#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# fwmarkd --dump: a hand-made setup becomes static rows, and these make the same setup again.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"
# shellcheck source=/dev/null
. "$NETNS_DIR/rules.sh"

topology

# A router with two uplinks, by hand: LARTC chapter 11, connections that stay with their uplink, and
# what else there is.
by_hand() {
	echo '201 mail.out' >>/etc/iproute2/rt_tables
	while read -r line; do
		# shellcheck disable=SC2086 # words
		iptables-legacy -t mangle $line
	done <<-END
		-A PREROUTING -j CONNMARK --restore-mark
		-A PREROUTING -i eth0 -p tcp --dport 25 -j MARK --set-mark 1
		-A PREROUTING -i eth0 -s 192.168.1.0/24 ! -d 10.0.0.0/8 -p tcp -m mark --mark 0/0xff -m multiport --dports 80,443 -j MARK --set-xmark 0x2/0xff
		-A PREROUTING -i ppp0 -m conntrack --ctstate NEW -j CONNMARK --set-xmark 0x10/0xf0
		-A FORWARD -m tos --tos 0x10/0x3f -m comment --comment urgent -j MARK --or-mark 4
		-A POSTROUTING -j CONNMARK --save-mark --nfmask 0xff --ctmask 0xff
	END
	ip6tables-legacy -t mangle -A OUTPUT -d 2001:db8::/32 -p udp --sport 53 -j MARK --set-mark 0x80000000
	ip rule add pref 1000 fwmark 1 lookup mail.out
	ip rule add pref 1001 fwmark 0x2/0xff from 192.168.1.0/24 iif eth0 lookup 202
	ip rule add pref 1001 not fwmark 0x2/0xff to 198.51.100.0/24 lookup 202
	ip rule add pref 1003 to 10.0.0.0/8 prohibit
	ip -6 rule add pref 1002 fwmark 0x80000000 lookup 203
	ip route add default via "$CHEAP4" dev ppp0 table 201
	ip route add 10.0.0.0/8 dev eth0 src 192.168.1.1 table 201 metric 5 mtu 1400
	ip route add default table 202 nexthop via "$CHEAP4" dev ppp0 weight 2 nexthop via "$FAST4" dev eth1
	ip route add blackhole 198.51.100.0/24 table 202
	ip route add throw 198.51.101.0/24 table 202
	ip -6 route add default via "$FAST6" dev eth1 table 203
	ip -6 route add unreachable 2001:db8:99::/48 table 203
}

# made: the setup, without what tells who made it.
made() {
	for program in iptables-legacy ip6tables-legacy; do
		"$program-save" | grep '^-A' |
			sed -E 's/ -m comment --comment ("[^"]*"|[^ ]*)//g'
	done
	for family in -4 -6; do
		ip "$family" rule
		ip "$family" route show table all
	done | sed -e 's/ proto fwmarkd//' -e 's/ *$//'
}

# dump FILE: also without a state directory, and nothing is made for it.
dump() {
	kernel_state | sed 's/ expires [0-9]*//' >"$WORK/before"
	"$FWMARKD" --dump -c "$AGENT_CONF" >"$1" || fail "--dump ends with $?"
	kernel_state | sed 's/ expires [0-9]*//' >"$WORK/after"
	expect_same "--dump changes nothing" "$WORK/before" "$WORK/after"
}

configure() {
	{ agent_conf; cat "$1"; } >"$AGENT_CONF"
}

made >"$WORK/empty"
by_hand
made >"$WORK/by_hand"
dump "$WORK/dump"
[ ! -e "$WORK/state" ] || fail "--dump makes a state directory"
expect_no_match "dump" 'Left out' "$(cat "$WORK/dump")"
grep -q '  # iptables -t mangle -A PREROUTING -i eth0 -p tcp -m tcp --dport 25 -j MARK' "$WORK/dump" ||
	fail "no comment with the rule as it was"

# On a router that has nothing of it.
undo() {
	iptables-legacy -t mangle -F
	ip6tables-legacy -t mangle -F
	for pref in 1000 1001 1001 1003; do ip rule del pref $pref; done
	ip -6 rule del pref 1002
	for table in 201 202; do ip route flush table $table; done
	ip -6 route flush table 203
	sed -i '/mail\.out/d' /etc/iproute2/rt_tables
}
undo
made >"$WORK/now"
expect_same "all away" "$WORK/empty" "$WORK/now"
configure "$WORK/dump"
start
made >"$WORK/now"
expect_same "from the static rows" "$WORK/by_hand" "$WORK/now"
expect_match "description" 'fwmark:[0-9]* urgent' "$(iptables-legacy-save -t mangle)"

# Beside the running fwmarkd, the dump is the same, but for who made it; managers' rows are in it.
same_dump() {
	dump "$WORK/dump.again"
	sed '/^ *#/d' "$WORK/dump" >"$WORK/was"
	sed '/^ *#/d' "$WORK/dump.again" >"$WORK/now"
	expect_same "$1" "$WORK/was" "$WORK/now"
}
same_dump "the dump of the static rows"
snmp_set fwmarkRuleMark.77 u 7 fwmarkRuleInInterface.77 s eth0 fwmarkRuleStatus.77 i createAndGo \
	fwmarkPolicyMark.78 u 7 fwmarkPolicyPriority.78 u 2000 fwmarkPolicyFibId.78 u 201 \
	fwmarkPolicyDescription.78 s seven fwmarkPolicyStatus.78 i createAndGo \
	fwmarkMarkName.7.4294967295 s seven fwmarkMarkMeter.7.4294967295 i true \
	fwmarkMarkStatus.7.4294967295 i createAndGo
dump "$WORK/dump"
for row in 'index = 77; inInterface = "eth0"; mark = 7; }' \
	'index = 78; .*priority = 2000; .*description = "seven"; }' \
	'value = 7; mask = 4294967295L; name = "seven"; meter = true; }'; do
	expect_match "dump" "$row" "$(cat "$WORK/dump")"
done
made >"$WORK/with_managers"

# Managers' rows become the configuration's when they are in it.
configure "$WORK/dump"
hang_up
expect_match "log" 'settings read anew' "$(tail -n 1 "$WORK/fwmarkd.log")"
shown fwmarkRuleStorageType.77 4
shown fwmarkPolicyStorageType.78 4
shown fwmarkMarkStorageType.7.4294967295 4
made >"$WORK/now"
expect_same "after SIGHUP" "$WORK/with_managers" "$WORK/now"

# On the router that has it by hand: nothing is doubled, and rules keep their counters.
stop_agent
rm -rf "$WORK/state"
iptables-legacy -t mangle -F
iptables-legacy -t mangle -X
undo
ip rule del pref 2000
rm -f /etc/iproute2/rt_tables.d/fwmarkd.conf
by_hand
pings 3
configure "$WORK/was"
counted=$(counters 'restore-mark')
expect_no_match "counters" '^0 ' "$counted"
start_agent
made >"$WORK/now"
expect_same "beside what was made by hand" "$WORK/by_hand" "$WORK/now"
stop_agent
expect_match "counters" "^\[([6-9]|[1-9][0-9]+):" "$(iptables-legacy-save -c -t mangle | grep 'restore-mark')"
expect_eq "rules with an index" 6 "$(iptables-legacy-save -t mangle | grep -c 'fwmark:[0-9]')"

# What no row can say is named. Names and comments of others cannot break out of their comment.
ip route add 198.51.102.0/24 dev eth1 realms 5 table 202
ip route add 198.51.103.0/24 dev eth1 proto bird table 202
ip -6 route add 2001:db8:98::/48 dev eth1 expires 900 table 203
tunnel='198\.51\.102\.0/24' # it stands for one where the kernel has no encapsulations
! ip route add 198.51.104.0/24 encap ip id 100 dst 198.51.100.2 dev eth1 table 202 ||
	tunnel='198\.51\.104\.0/24  encap ip id 100'
ip rule add pref 0 fwmark 9 lookup 201
iptables-legacy -t mangle -A OUTPUT -m comment --comment "two
lines = 1;" -j MARK --set-mark 3
dump "$WORK/dump"
for left in '198\.51\.102\.0/24 .*realm 5' "$tunnel" '2001:db8:98::/48 .* expires [0-9]*sec' '0: from all fwmark 0x9' \
	'comment "two[?]lines = 1;"'; do
	expect_match "left out" "^#   .*$left" "$(cat "$WORK/dump")"
	expect_no_match "rows" "^  # .*$left" "$(cat "$WORK/dump")"
done
expect_match "routing daemons" '^# Left out: 1 routes that routing daemons made' "$(cat "$WORK/dump")"
expect_no_match "routing daemons" '198\.51\.103\.' "$(cat "$WORK/dump")"
"$FWMARKD" -n -c "$WORK/dump" || fail "the dump is no configuration"
cat "$TOP_SRCDIR/conf/fwmarkd.conf" "$WORK/dump" >"$WORK/appended"
"$FWMARKD" -n -c "$WORK/appended" || fail "the dump cannot be appended to the installed file"
expect_match "main" 'fibId = 254' "$("$FWMARKD" --dump --all -c "$AGENT_CONF")"
expect_no_match "main" 'fibId = 25[345]' "$(cat "$WORK/dump")"
