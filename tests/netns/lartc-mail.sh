#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# One SET sends mail over the cheap uplink: LARTC chapter 11, end to end.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

topology
topology_serve fast 25 80
topology_serve cheap 25 80
fresh_agent
start
expect_eq "port 25 before the SET" fast "$(way "$SERVER4" 25)"

lartc_set
expect_lartc

# look: the counters by SNMP are the kernel's, of the rule and of the mark, in both widths.
look() {
	counters_agree '--dport 25' -- fwmarkRuleHCPackets.1 fwmarkRuleHCBytes.1 \
		fwmarkMarkHCPackets.1.4294967295 fwmarkMarkHCBytes.1.4294967295 \
		fwmarkRulePackets.1 fwmarkRuleBytes.1 \
		fwmarkMarkPackets.1.4294967295 fwmarkMarkBytes.1.4294967295
}

look
expect_eq "packets before traffic" 0 "$(snmp_get fwmarkRuleHCPackets.1)"
seen=0
for _ in 1 2 3; do
	expect_eq "port 25" cheap "$(way "$SERVER4" 25)"
	look
	packets=$(snmp_get fwmarkMarkHCPackets.1.4294967295)
	[ "$packets" -gt "$seen" ] || fail "fwmarkMarkHCPackets does not grow: $seen, $packets"
	seen=$packets
	expect_eq "port 80" fast "$(way "$SERVER4" 80)"
	look
	expect_eq "port 80 counts" "$seen" "$(snmp_get fwmarkMarkHCPackets.1.4294967295)"
done

# columns OBJECT INDEX N: a walk shows N columns of that row.
columns() {
	expect_eq "columns of row $2 of $1" "$3" \
		"$(snmp_walk "$1" | awk '{ print $1 }' | grep -c "^[A-Za-z0-9]*\.$2\$")"
}

columns fwmarkRuleTable 1 39
columns fwmarkMarkTable 1.4294967295 16
columns fwmarkPolicyTable 1 38
columns fwmarkFibTable 201 7
columns fwmarkRouteTable 201.1.4.0.0.0.0.0.0.1 21
columns fwmarkNextHopTable 201.1.4.0.0.0.0.0.0.1.1 7

shown fwmarkAgentSets.0 1
shown fwmarkAgentSetFailures.0 0
shown fwmarkRuleCount.0 1
shown fwmarkMarkCount.0 1
shown fwmarkPolicyCount.0 $(($(ip rule | wc -l) + $(ip -6 rule | wc -l)))
shown fwmarkRuleAddressType.1 1
shown fwmarkRuleTableName.1 mangle
shown fwmarkRuleChain.1 PREROUTING
shown fwmarkRulePosition.1 1
shown fwmarkRuleInInterface.1 eth0
shown fwmarkRuleProtocol.1 6
shown fwmarkRuleSourcePortFrom.1 0
shown fwmarkRuleSourcePortTo.1 65535
shown fwmarkRuleDestinationPortFrom.1 25
shown fwmarkRuleDestinationPortTo.1 25
shown fwmarkRuleMark.1 1
shown fwmarkRuleMask.1 ffffffff
shown fwmarkRuleRouting.1 1
shown fwmarkRuleBackend.1 1
shown fwmarkRuleOrigin.1 2
shown fwmarkRuleStorageType.1 3
shown fwmarkRuleStatus.1 1
shown fwmarkRuleText.1 "$(iptables-legacy-save -t mangle | grep '^-A')"
shown fwmarkMarkRules.1.4294967295 1
shown fwmarkMarkPolicies.1.4294967295 1
shown fwmarkMarkFibId.1.4294967295 201
shown fwmarkPolicyMark.1 1
shown fwmarkPolicyMask.1 ffffffff
shown fwmarkPolicyFibId.1 201
shown fwmarkPolicyStatus.1 1
shown fwmarkPolicyPriority.1 "$(ip rule | sed -n 's/:.*fwmark 0x1 lookup mail.out.*//p')"
shown fwmarkFibName.201 mail.out
shown fwmarkFibIpv4Routes.201 1
shown fwmarkFibPolicies.201 1
shown fwmarkRouteType.201.1.4.0.0.0.0.0.0.1 1
shown fwmarkRouteIfName.201.1.4.0.0.0.0.0.0.1 ppp0
shown fwmarkRouteIfIndex.201.1.4.0.0.0.0.0.0.1 "$(ip -o link show ppp0 | sed "s/:.*//")"
shown fwmarkRouteNextHops.201.1.4.0.0.0.0.0.0.1 1
expect_match "fwmarkPolicyText" '^[0-9]+:[[:space:]]from all fwmark 0x1 lookup mail\.out' \
	"$(snmp_get fwmarkPolicyText.1)"
expect_match "fwmarkRouteText" '^default via 195\.96\.98\.253 dev ppp0' \
	"$(snmp_get fwmarkRouteText.201.1.4.0.0.0.0.0.0.1)"
