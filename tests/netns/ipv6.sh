#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# LARTC's mail with IPv6: ip6tables-legacy, ip -6 rule, ip -6 route.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

topology
topology_serve fast 25 80
topology_serve cheap 25 80
fresh_agent
start
keep_state before

# The default route of table 201, metric 1024.
route=201.2.16.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.1024.1
snmp_set fwmarkFibName.201 s mail.out fwmarkFibStatus.201 i createAndGo \
	fwmarkRouteGatewayType.$route i ipv6 \
	fwmarkRouteGateway.$route x 20010DB8000C00000000000000000001 \
	fwmarkRouteIfName.$route s ppp0 fwmarkRouteStatus.$route i createAndGo \
	fwmarkPolicyAddressType.1 i ipv6 fwmarkPolicyMark.1 u 1 fwmarkPolicyFibId.1 u 201 \
	fwmarkPolicyStatus.1 i createAndGo \
	fwmarkRuleAddressType.1 i ipv6 fwmarkRuleInInterface.1 s eth0 fwmarkRuleProtocol.1 u 6 \
	fwmarkRuleDestinationPortFrom.1 u 25 fwmarkRuleDestinationPortTo.1 u 25 \
	fwmarkRuleMark.1 u 1 fwmarkRuleStatus.1 i createAndGo

expect_eq "rules of mangle" \
	"-A PREROUTING -i eth0 -p tcp -m tcp --dport 25 -j MARK --set-xmark 0x1/0xffffffff" \
	"$(rule_lines ip6tables-legacy)"
expect_eq "IPv4 rules" "" "$(rule_lines iptables-legacy)"
expect_match "ip -6 rule" '^[0-9]+:[[:space:]]from all fwmark 0x1 lookup mail\.out' "$(ip -6 rule)"
expect_match "ip -6 route" '^default via 2001:db8:c::1 dev ppp0 .*metric 1024' \
	"$(ip -6 route show table mail.out)"

expect_eq "IPv6, port 25" cheap "$(way "$SERVER6" 25)"
expect_eq "IPv6, port 80" fast "$(way "$SERVER6" 80)"
expect_eq "IPv4, port 25" fast "$(way "$SERVER4" 25)"
counters_agree '--dport 25' ip6tables-legacy -- fwmarkRuleHCPackets.1 fwmarkRuleHCBytes.1 \
	fwmarkMarkHCPackets.1.4294967295 fwmarkMarkHCBytes.1.4294967295
[ "$(snmp_get fwmarkRuleHCPackets.1)" -gt 0 ] || fail "nothing counted"
shown fwmarkRuleAddressType.1 2
shown fwmarkPolicyAddressType.1 2
shown fwmarkFibIpv6Routes.201 1
shown fwmarkFibIpv4Routes.201 0
shown fwmarkMarkFibId.1.4294967295 201

# An exception by source, with a prefix.
snmp_set fwmarkRuleInvert.1 b 2 fwmarkRuleSource.1 x 20010DB8000100000000000000000020 \
	fwmarkRuleSourcePrefixLength.1 u 124
expect_match "rule" '! -s 2001:db8:1::20/124 -i eth0 -p tcp' "$(rule_lines ip6tables-legacy)"
expect_eq "excepted host" fast "$(way "$SERVER6" 25 "bind=[$EXCEPTED6]")"
expect_eq "any host" cheap "$(way "$SERVER6" 25 "bind=[$INSIDE6]")"

# A metric of 0 is no metric of IPv6.
zero=202.2.16.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.1
set_refused 'noCreation|inconsistentName|inconsistentValue' "fwmarkRoute[A-Za-z]*\.$zero" \
	'[Mm]etric|1024' \
	fwmarkRouteGatewayType.$zero i ipv6 \
	fwmarkRouteGateway.$zero x 20010DB8000C00000000000000000001 \
	fwmarkRouteStatus.$zero i createAndGo

snmp_set fwmarkRuleStatus.1 i destroy fwmarkPolicyStatus.1 i destroy \
	fwmarkRouteStatus.$route i destroy fwmarkFibStatus.201 i destroy
expect_state before "destroyed"
