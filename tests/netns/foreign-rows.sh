#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What others put into the kernel is shown in full and cannot be changed or destroyed.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

topology
iptables-legacy -t mangle -A PREROUTING -i eth0 -p tcp --dport 25 -m comment --comment "a b" \
	-j MARK --set-mark 5
ip6tables-legacy -t mangle -A OUTPUT -p udp -j MARK --set-xmark 0x80/0xf0
ip rule add pref 100 fwmark 5 lookup 77
ip route add table 77 default via "$CHEAP4"
echo 77 theirs >>/etc/iproute2/rt_tables
start

rule=$(row_of fwmarkRuleText 'dport 25')
rule6=$(row_of fwmarkRuleText 'OUTPUT')
policy=$(row_of fwmarkPolicyText '^[0-9. ]*"*100:|100:')
builtin=$(row_of fwmarkPolicyText 'lookup local')
route=77.1.4.0.0.0.0.0.0.1
for row in "$rule" "$rule6" "$policy" "$builtin"; do
	[ "${row:-0}" -ge 1000000 ] || fail "indices of foreign rows: $rule $rule6 $policy $builtin"
done
shown "fwmarkRuleMark.$rule" 5
shown "fwmarkRuleOrigin.$rule" 1
shown "fwmarkRuleStorageType.$rule" 5
shown "fwmarkRuleStatus.$rule" 1
shown "fwmarkRuleText.$rule" "$(iptables-legacy-save -t mangle | grep dport)"
shown "fwmarkRuleText.$rule6" "$(ip6tables-legacy-save -t mangle | grep -e -A)"
shown "fwmarkRuleMark.$rule6" 80
shown "fwmarkRuleMask.$rule6" f0
shown "fwmarkPolicyFibId.$policy" 77
shown "fwmarkPolicyOrigin.$policy" 1
shown "fwmarkPolicyStorageType.$policy" 5
shown fwmarkRouteOrigin.$route 1
shown fwmarkRouteStorageType.$route 5
shown fwmarkFibName.77 theirs
shown fwmarkFibOrigin.77 1
shown fwmarkFibName.254 main

export rule rule6 policy builtin route
main=254.1.4.0.0.0.0.0.0.1
export main
refusals <<'END'
notWritable fwmarkRuleMark.$rule /$rule/ fwmarkRuleMark.$rule u 6
notWritable fwmarkRuleDescription.$rule /$rule/ fwmarkRuleDescription.$rule s mine
notWritable fwmarkRulePosition.$rule /$rule/ fwmarkRulePosition.$rule u 1
notWritable fwmarkRuleStorageType.$rule /$rule/ fwmarkRuleStorageType.$rule i 3
notWritable fwmarkRuleStatus.$rule /$rule/ fwmarkRuleStatus.$rule i 6
notWritable fwmarkRuleStatus.$rule /$rule/ fwmarkRuleStatus.$rule i 2
notWritable|inconsistentValue fwmarkRuleStatus.$rule /$rule/ fwmarkRuleStatus.$rule i 4
notWritable fwmarkRuleStatus.$rule6 /$rule6/ fwmarkRuleStatus.$rule6 i 6
notWritable fwmarkPolicyMark.$policy /$policy/ fwmarkPolicyMark.$policy u 6
notWritable fwmarkPolicyStatus.$policy /$policy/ fwmarkPolicyStatus.$policy i 6
notWritable fwmarkPolicyStatus.$builtin /$builtin/ fwmarkPolicyStatus.$builtin i 6
notWritable fwmarkPolicyDescription.$builtin /$builtin/ fwmarkPolicyDescription.$builtin s mine
notWritable fwmarkRouteMtu.$route /./ fwmarkRouteMtu.$route u 1400
notWritable fwmarkRouteStatus.$route /./ fwmarkRouteStatus.$route i 6
notWritable fwmarkRouteStatus.$main /./ fwmarkRouteStatus.$main i 6
notWritable fwmarkNextHopWeight.$route.1 /./ fwmarkNextHopWeight.$route.1 u 2
notWritable fwmarkFibName.77 /77/ fwmarkFibName.77 s mine
notWritable fwmarkFibStatus.77 /77/ fwmarkFibStatus.77 i 6
notWritable fwmarkFibName.254 /254/ fwmarkFibName.254 s mine
notWritable fwmarkRuleStatus.$rule /$rule/ fwmarkPolicyMark.9 u 9 fwmarkPolicyStatus.9 i 4 fwmarkRuleStatus.$rule i 6
END

# The tag of a manager's rule can be copied. It says whose a rule is only where all the rest of the rule
# is what the row asks for.
tagged() {
	iptables-legacy -t mangle -S | grep fwmark: || :
}

absent() {
	expect_match "$1" 'No Such Instance' "$(snmp snmpget "$1" 2>&1)"
}

iptables-legacy -t mangle -A PREROUTING -i eth5 -m comment --comment fwmark:100 -j MARK --set-mark 7
absent fwmarkRuleMark.100
snmp_set fwmarkRuleMark.300 u 3 fwmarkRuleInInterface.300 s eth0 fwmarkRuleStatus.300 i createAndGo
# Before it and behind it: others that differ in one thing.
ours=$(tagged | grep fwmark:300)
for edit in 's/-i eth0/-i eth2/' 's/0x3/0x4/' 's/-i eth0/-i eth0 -m conntrack --ctstate NEW/' \
	's/PREROUTING -i eth0/OUTPUT/'; do
	copy=$(echo "$ours" | sed "$edit")
	printf '*mangle\n%s\n%s\nCOMMIT\n' "$copy" "$(echo "$copy" | sed 's/-A \([A-Z]*\)/-I \1 1/')" |
		iptables-legacy-restore -n
done
shown fwmarkRuleText.300 "$ours"
shown fwmarkRuleOrigin.300 2
absent fwmarkRuleMark.100
for copy in eth2 0x4; do
	row=$(row_of fwmarkRuleText "$copy.*fwmark:300|fwmark:300.*$copy")
	[ "${row:-0}" -ge 1000000 ] || fail "the index of a copy: $row"
done
tagged >"$WORK/others"
expect_eq "rules with a tag" 10 "$(wc -l <"$WORK/others")"
snmp_set fwmarkRuleDescription.300 s ours
snmp_set fwmarkRuleStatus.300 i destroy
grep -vxF -e "$ours" "$WORK/others" >"$WORK/expected"
tagged >"$WORK/now"
expect_same "our own rule went, and nothing else" "$WORK/expected" "$WORK/now"
absent fwmarkRuleStatus.300
snmp_set fwmarkRuleStatus.300 i destroy
tagged >"$WORK/now"
expect_same "destroyed again" "$WORK/expected" "$WORK/now"

# The number is still the managers'; what somebody makes of their rule is no longer theirs.
snmp_set fwmarkRuleMark.100 u 1 fwmarkRuleStatus.100 i createAndGo
expect_eq "rules with the tag 100" 2 "$(tagged | grep -c fwmark:100)"
position=$(snmp_get fwmarkRulePosition.100)
iptables-legacy -t mangle -R PREROUTING "$position" -m comment --comment fwmark:100 -j MARK --set-mark 9
shown fwmarkRuleStatus.100 2
snmp_set fwmarkRuleStatus.100 i destroy
expect_eq "rules with the tag 100" 2 "$(tagged | grep -c fwmark:100)"
stop_agent
start_agent
absent fwmarkRuleMark.100
absent fwmarkRuleMark.300
