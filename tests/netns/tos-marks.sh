#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A second rule marks interactive traffic by its TOS, and a third table takes it another way.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

topology
topology_uplink quick tun0 198.51.100.2/24 198.51.100.1 2001:db8:9::2/64 2001:db8:9::1
echo 2 >/proc/sys/net/ipv4/conf/tun0/rp_filter
for provider in fast cheap quick; do
	topology_serve $provider 22 25
done
fresh_agent
start
lartc_set
snmp_set fwmarkFibName.202 s interactive.out fwmarkFibStatus.202 i createAndGo \
	fwmarkRouteGatewayType.202.1.4.0.0.0.0.0.0.1 i ipv4 \
	fwmarkRouteGateway.202.1.4.0.0.0.0.0.0.1 x C6336401 \
	fwmarkRouteStatus.202.1.4.0.0.0.0.0.0.1 i createAndGo \
	fwmarkPolicyMark.2 u 2 fwmarkPolicyFibId.2 u 202 fwmarkPolicyStatus.2 i createAndGo \
	fwmarkRuleInInterface.2 s eth0 fwmarkRuleTos.2 u 16 fwmarkRuleTosMask.2 u 255 \
	fwmarkRuleMark.2 u 2 fwmarkRuleStatus.2 i createAndGo

expect_eq "second rule" \
	"-A PREROUTING -i eth0 -m tos --tos 0x10/0xff -j MARK --set-xmark 0x2/0xffffffff" \
	"$(rule_lines iptables-legacy | sed -n 2p)"
expect_match "ip rule" 'fwmark 0x2 lookup interactive\.out' "$(ip rule)"
expect_match "ip route" '^default via 198\.51\.100\.1 dev tun0' "$(ip route show table 202)"

expect_eq "port 22" fast "$(way "$SERVER4" 22)"
expect_eq "port 22, minimum delay" quick "$(way "$SERVER4" 22 tos=16)"
expect_eq "port 22, another TOS" fast "$(way "$SERVER4" 22 tos=8)"
expect_eq "port 25" cheap "$(way "$SERVER4" 25)"
expect_eq "port 25, minimum delay: the later rule wins" quick "$(way "$SERVER4" 25 tos=16)"
shown fwmarkRuleTos.2 16
shown fwmarkRuleTosMask.2 255
shown fwmarkMarkFibId.2.4294967295 202
counters_agree 'tos 0x10' -- fwmarkRuleHCPackets.2 fwmarkRuleHCBytes.2 \
	fwmarkMarkHCPackets.2.4294967295 fwmarkMarkHCBytes.2.4294967295
