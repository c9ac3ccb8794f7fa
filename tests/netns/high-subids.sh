#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Marks, masks, tables and priorities of 2^31 and above: GET, GETNEXT, GETBULK and SET, in order.
# net-snmp's AgentX sign-extends such sub-identifiers.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

topology
topology_serve fast 25
topology_serve cheap 25
ip rule add pref 4294967295 fwmark 0xfffffffe/0xfffffffe lookup 4294967295
start

bit=2147483648
big=4000000000
route=$big.1.4.0.0.0.0.0.0.1
snmp_set fwmarkFibName.$big s big.out fwmarkFibStatus.$big i createAndGo \
	fwmarkRouteGatewayType.$route i ipv4 fwmarkRouteGateway.$route x C36062FD \
	fwmarkRouteStatus.$route i createAndGo \
	fwmarkPolicyPriority.1 u 4294967294 fwmarkPolicyMark.1 u $bit fwmarkPolicyMask.1 u $bit \
	fwmarkPolicyFibId.1 u $big fwmarkPolicyStatus.1 i createAndGo \
	fwmarkPolicyPriority.2 u 90 fwmarkPolicyMark.2 u $bit fwmarkPolicyMask.2 u $bit \
	fwmarkPolicyFibId.2 u $big fwmarkPolicyStatus.2 i createAndGo \
	fwmarkRuleInInterface.1 s eth0 fwmarkRuleProtocol.1 u 6 \
	fwmarkRuleDestinationPortFrom.1 u 25 fwmarkRuleDestinationPortTo.1 u 25 \
	fwmarkRuleMark.1 u $bit fwmarkRuleMask.1 u $bit fwmarkRuleStatus.1 i createAndGo

expect_match "rule" '--set-xmark 0x80000000/0x80000000$' "$(rule_lines iptables-legacy)"
expect_match "ip rule" '^4294967294:[[:space:]]from all fwmark 0x80000000/0x80000000 lookup (big\.out|4000000000)' \
	"$(ip rule)"
expect_match "ip route" '^default via 195\.96\.98\.253 dev ppp0' "$(ip route show table $big)"
expect_match "names" "^${big}[[:space:]]+big\.out\$" "$(kernel_state)"
expect_eq "port 25" cheap "$(way "$SERVER4" 25)"

shown fwmarkRuleMark.1 80000000
shown fwmarkRuleMask.1 80000000
shown fwmarkPolicyPriority.1 4294967294
shown fwmarkPolicyFibId.1 $big
shown fwmarkMarkRules.$bit.$bit 1
shown fwmarkMarkPolicies.$bit.$bit 2
shown fwmarkMarkFibId.$bit.$bit $big
shown fwmarkFibName.$big big.out
shown fwmarkFibIpv4Routes.$big 1
shown fwmarkRouteIfName.$route ppp0

# SETs to rows with such indices.
snmp_set fwmarkMarkName.$bit.$bit s "bit 31" fwmarkFibName.$big s bigger.out \
	fwmarkRouteMtu.$route u 1400
shown fwmarkMarkName.$bit.$bit "bit 31"
shown fwmarkFibName.$big bigger.out
expect_match "ip route" 'mtu 1400' "$(ip route show table $big)"
snmp_set fwmarkFibName.4294967294 s last.out fwmarkFibStatus.4294967294 i createAndGo \
	fwmarkMarkName.4294967295.2147483647 s most fwmarkMarkStatus.4294967295.2147483647 i createAndGo \
	fwmarkMarkName.4294967295.4294967295 s all fwmarkMarkStatus.4294967295.4294967295 i createAndGo

# A walk meets each once, in order of the numbers.
in_order() {
	snmp_walk "$1" | sed 's/ = .*//; s/^[^.]*\.//' >"$WORK/walked"
	[ -s "$WORK/walked" ] || fail "$1: an empty walk"
	sort -t. -k1,1n -k2,2n -u "$WORK/walked" | diff - "$WORK/walked" >&2 || fail "order of $1"
	expect_match "walk of $1" "^$2\$" "$(cat "$WORK/walked")"
	snmp snmpwalk -OsQtebU "$1" | sed 's/ = .*//; s/^[^.]*\.//' | diff - "$WORK/walked" >&2 ||
		fail "GETNEXT and GETBULK of $1 differ"
}
in_order fwmarkFibName $big
in_order fwmarkFibName 4294967294
in_order fwmarkFibName 4294967295
in_order fwmarkMarkName $bit.$bit
in_order fwmarkMarkName 4294967295.2147483647
in_order fwmarkMarkName 4294967295.4294967295
in_order fwmarkMarkName 4294967294.4294967294
expect_match "walk of routes" "^fwmarkRouteIfName\.$route = \"?ppp0" "$(snmp_walk fwmarkRouteIfName)"
expect_match "priority" '= 4294967295$' "$(snmp_walk fwmarkPolicyPriority)"

snmp_set fwmarkRuleStatus.1 i destroy fwmarkPolicyStatus.1 i destroy fwmarkPolicyStatus.2 i destroy \
	fwmarkRouteStatus.$route i destroy fwmarkFibStatus.$big i destroy \
	fwmarkMarkStatus.4294967295.2147483647 i destroy
expect_eq "routes" "" "$(ip route show table $big)"
expect_no_match "names" 'bigger' "$(kernel_state)"
