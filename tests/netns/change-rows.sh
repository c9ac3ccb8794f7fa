#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Every row can be changed while it is active: another port, another gateway, another table,
# another place; what a change must not touch stays.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

topology
topology_serve fast 25 587
topology_serve cheap 25 587
ip -netns cheap address add 195.96.98.249/32 dev eth0
start
lartc_set
route=201.1.4.0.0.0.0.0.0.1

# Another port. New selectors begin to count anew, and say so.
way "$SERVER4" 25 >"$WORK/way"
[ "$(snmp_get fwmarkRuleHCPackets.1)" -gt 0 ] || fail "nothing counted"
since=$(snmp_get fwmarkRuleDiscontinuityTime.1)
sleep 0.02 # TimeStamp counts hundredths of seconds
snmp_set fwmarkRuleDestinationPortFrom.1 u 587 fwmarkRuleDestinationPortTo.1 u 587
expect_match "rule" '--dport 587 ' "$(rule_lines iptables-legacy)"
expect_eq "port 25" fast "$(way "$SERVER4" 25)"
shown fwmarkRuleHCPackets.1 0
[ "$(snmp_get fwmarkRuleDiscontinuityTime.1)" -gt "$since" ] ||
	fail "fwmarkRuleDiscontinuityTime did not move"
expect_eq "port 587" cheap "$(way "$SERVER4" 587)"

# A description keeps the counters, and stands in the kernel.
counted=$(counters '--dport 587')
snmp_set fwmarkRuleDescription.1 s "submission, by the cheap line"
expect_match "comment" 'fwmark:1 submission, by the cheap line' \
	"$(iptables-legacy-save -t mangle)"
shown fwmarkRuleDescription.1 "submission, by the cheap line"
expect_eq "counters of a rule with a new description" "$counted" "$(counters '--dport 587')"

# A range of ports, a mark, a mask.
snmp_set fwmarkRuleDestinationPortFrom.1 u 25
expect_match "rule" '--dport 25:587 ' "$(rule_lines iptables-legacy)"
expect_eq "port 25" cheap "$(way "$SERVER4" 25)"
snmp_set fwmarkRuleMark.1 u 256 fwmarkRuleMask.1 u 65280 \
	fwmarkPolicyMark.1 u 256 fwmarkPolicyMask.1 u 65280
expect_match "rule" '--set-xmark 0x100/0xff00$' "$(rule_lines iptables-legacy)"
expect_match "ip rule" 'fwmark 0x100/0xff00 lookup mail\.out' "$(ip rule)"
expect_eq "policies" 4 "$(ip rule | wc -l)"
expect_eq "port 25" cheap "$(way "$SERVER4" 25)"

# Another gateway: one that is on the link only, on the same device; then one on another device.
snmp_set fwmarkRouteGateway.$route x C36062F9 fwmarkRouteOnlink.$route i true
expect_match "route" '^default via 195\.96\.98\.249 dev ppp0 .*onlink' "$(ip route show table 201)"
expect_eq "port 25" cheap "$(way "$SERVER4" 25)"
snmp_set fwmarkRouteGateway.$route x C0000201 fwmarkRouteIfName.$route s eth1 \
	fwmarkRouteOnlink.$route i false
expect_match "route" '^default via 192\.0\.2\.1 dev eth1' "$(ip route show table 201)"
expect_eq "routes" 1 "$(ip route show table 201 | wc -l)"
expect_eq "port 25" fast "$(way "$SERVER4" 25)"
shown fwmarkRouteIfIndex.$route "$(ip -o link show eth1 | sed 's/:.*//')"
snmp_set fwmarkRouteGateway.$route x C36062FD fwmarkRouteIfName.$route s ppp0

# Another type of route.
snmp_set fwmarkRouteType.$route i unreachable fwmarkRouteGatewayType.$route i unknown \
	fwmarkRouteGateway.$route x "" fwmarkRouteIfName.$route s ""
expect_match "route" '^unreachable default' "$(ip route show table 201)"
snmp_set fwmarkRouteType.$route i unicast fwmarkRouteGatewayType.$route i ipv4 \
	fwmarkRouteGateway.$route x C36062FD fwmarkRouteIfName.$route s ppp0
expect_match "route" '^default via 195\.96\.98\.253 dev ppp0' "$(ip route show table 201)"

# Another table, whose route comes with it; another priority.
other=202.1.4.0.0.0.0.0.0.1
snmp_set fwmarkRouteGatewayType.$other i ipv4 fwmarkRouteGateway.$other x C0000201 \
	fwmarkRouteStatus.$other i createAndGo fwmarkPolicyFibId.1 u 202
expect_match "ip rule" 'fwmark 0x100/0xff00 lookup 202' "$(ip rule)"
expect_eq "policies" 4 "$(ip rule | wc -l)"
expect_eq "port 25" fast "$(way "$SERVER4" 25)"
snmp_set fwmarkPolicyFibId.1 u 201 fwmarkPolicyPriority.1 u 77
expect_match "ip rule" '^77:[[:space:]]from all fwmark 0x100/0xff00 lookup mail\.out' "$(ip rule)"
expect_eq "policies" 4 "$(ip rule | wc -l)"
expect_eq "port 25" cheap "$(way "$SERVER4" 25)"
shown fwmarkPolicyPriority.1 77

# Another name.
snmp_set fwmarkFibName.201 s post.out
expect_match "ip rule" 'lookup post\.out' "$(ip rule)"
expect_no_match "names" 'mail\.out' "$(kernel_state)"

# Another place: counters and index go with the rule.
iptables-legacy -t mangle -A PREROUTING -i eth0 -p udp -j MARK --set-mark 9
counted=$(counters '--dport 25:587')
shown fwmarkRulePosition.1 1
snmp_set fwmarkRulePosition.1 u 2
expect_match "rule" '--dport 25:587' "$(rule_lines iptables-legacy | sed -n 2p)"
expect_eq "counters of a rule that moved" "$counted" "$(counters '--dport 25:587')"
shown fwmarkRulePosition.1 2
snmp_set fwmarkRulePosition.1 u 1
snmp_set fwmarkRulePosition.1 u 0
shown fwmarkRulePosition.1 2

# Out of service and back: not in the kernel, but kept.
snmp_set fwmarkRuleStatus.1 i notInService fwmarkPolicyStatus.1 i notInService \
	fwmarkRouteStatus.$route i notInService
expect_no_match "rule" 'dport' "$(rule_lines iptables-legacy)"
expect_eq "policies" 3 "$(ip rule | wc -l)"
expect_eq "routes" "" "$(ip route show table 201)"
shown fwmarkRuleStatus.1 2
shown fwmarkRuleMark.1 100
expect_eq "port 25" fast "$(way "$SERVER4" 25)"
snmp_set fwmarkRuleStatus.1 i active fwmarkPolicyStatus.1 i active fwmarkRouteStatus.$route i active
expect_eq "port 25" cheap "$(way "$SERVER4" 25)"
