# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# LARTC chapter 11 for both families, with all that can belong to it, for tests/netns/faults-*.sh.

ALL=4294967295
ROUTE4=201.1.4.0.0.0.0.0.0.1
HOPS4=204.1.4.0.0.0.0.0.0.1
ROUTE6=202.2.16.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.1024.1

# both_varbinds: creates it. Rules in three tables of netfilter, a route with two next hops.
both_varbinds() {
	lartc_varbinds
	cat <<-END
		fwmarkFibName.202 s mail6
		fwmarkFibStatus.202 i createAndGo
		fwmarkRouteGatewayType.$ROUTE6 i ipv6
		fwmarkRouteGateway.$ROUTE6 x 20010DB8000C00000000000000000001
		fwmarkRouteIfName.$ROUTE6 s ppp0
		fwmarkRouteStatus.$ROUTE6 i createAndGo
		fwmarkNextHopIfName.$HOPS4.1 s ppp0
		fwmarkNextHopStatus.$HOPS4.1 i createAndGo
		fwmarkNextHopIfName.$HOPS4.2 s eth1
		fwmarkNextHopStatus.$HOPS4.2 i createAndGo
		fwmarkRouteStatus.$HOPS4 i createAndGo
		fwmarkPolicyAddressType.2 i ipv6
		fwmarkPolicyMark.2 u 1
		fwmarkPolicyFibId.2 u 202
		fwmarkPolicyStatus.2 i createAndGo
		fwmarkRuleAddressType.2 i ipv6
		fwmarkRuleInInterface.2 s eth0
		fwmarkRuleProtocol.2 u 6
		fwmarkRuleMark.2 u 1
		fwmarkRuleStatus.2 i createAndGo
		fwmarkRuleTableName.3 s raw
		fwmarkRuleInInterface.3 s eth0
		fwmarkRuleMark.3 u 3
		fwmarkRuleStatus.3 i createAndGo
		fwmarkMarkName.1.$ALL s mail
		fwmarkMarkMeter.1.$ALL i true
		fwmarkMarkStatus.1.$ALL i createAndGo
		fwmarkInterfaceRpFilter.$(ifindex eth0) i loose
		fwmarkSrcValidMarkAll.0 i true
	END
}

# expect_both: the kernel has it.
expect_both() {
	for program in iptables-legacy ip6tables-legacy; do
		expect_match "$program" 'fwmark:[12]".* -j MARK --set-xmark 0x1/' "$($program-save -t mangle)"
		expect_match "$program" '-A fwmark-meter .*--mark 0x1 ' "$($program-save -t mangle)"
	done
	expect_match "raw" 'fwmark:3".* -j MARK --set-xmark 0x3/' "$(iptables-legacy-save -t raw)"
	expect_match "ip rule" 'fwmark 0x1 lookup mail\.out' "$(ip rule)"
	expect_match "ip -6 rule" 'fwmark 0x1 lookup mail6' "$(ip -6 rule)"
	expect_match "ip route" 'via 195\.96\.98\.253 dev ppp0' "$(ip route show table mail.out)"
	expect_match "ip -6 route" 'via 2001:db8:c::1 dev ppp0' "$(ip -6 route show table mail6)"
}

# others_mark CHAIN MARK: what goes to the server; nothing else, for all sorts of things go by IPv6.
others_mark() {
	iptables-legacy -t mangle -A "$1" -d "$SERVER4" -j MARK --set-xmark "$2/$2"
	ip6tables-legacy -t mangle -A "$1" -d "$SERVER6" -j MARK --set-xmark "$2/$2"
}

# both_neighbours: what others have where managers' rows go, so that places can be lost: policies
# of the same priority, rules before and behind, all of which count.
both_neighbours() {
	ip rule add pref 500 fwmark 0x10 lookup 201 protocol static
	ip -6 rule add pref 500 fwmark 0x10 lookup 202 protocol static
	others_mark PREROUTING 0x10
	others_mark POSTROUTING 0x20
}

# both_more: rows of managers beside those of both_varbinds.
both_more() {
	snmp_set fwmarkPolicyMark.11 u 11 fwmarkPolicyFibId.11 u 201 fwmarkPolicyPriority.11 u 500 \
		fwmarkPolicyStatus.11 i createAndGo \
		fwmarkPolicyMark.12 u 12 fwmarkPolicyFibId.12 u 201 fwmarkPolicyPriority.12 u 500 \
		fwmarkPolicyStatus.12 i createAndGo \
		fwmarkPolicyAddressType.13 i ipv6 fwmarkPolicyMark.13 u 13 fwmarkPolicyFibId.13 u 202 \
		fwmarkPolicyPriority.13 u 500 fwmarkPolicyStatus.13 i createAndGo \
		fwmarkRuleMark.11 u 11 fwmarkRuleInInterface.11 s eth0 fwmarkRuleStatus.11 i createAndGo \
		fwmarkRuleAddressType.12 i ipv6 fwmarkRuleMark.12 u 12 \
		fwmarkRuleDestination.12 x 20010DB8005E00000000000000000025 \
		fwmarkRuleDestinationPrefixLength.12 u 128 fwmarkRuleStatus.12 i createAndGo \
		fwmarkRuleMatches.13 s '-m limit --limit 5/s' fwmarkRuleMark.13 u 13 \
		fwmarkRuleMask.13 u 255 fwmarkRuleInInterface.13 s eth0 fwmarkRuleStatus.13 i createAndGo \
		fwmarkMarkName.13.255 s thirteen fwmarkMarkStatus.13.255 i createAndGo
	ip rule add pref 500 fwmark 0x20 lookup 201 protocol static
	ip -6 rule add pref 500 fwmark 0x20 lookup 202 protocol static
	others_mark PREROUTING 0x40
	# Counters of every kind of rule.
	ip netns exec inside ping -q -c 3 -i 0.02 "$SERVER4" >/dev/null || :
	ip netns exec inside ping -q -c 3 -i 0.02 "$SERVER6" >/dev/null || :
}

# both_changes: of every table; some rows leave the kernel, some move.
both_changes() {
	cat <<-END
		fwmarkFibName.201 s mail.new
		fwmarkFibStatus.202 i notInService
		fwmarkFibName.203 s third
		fwmarkFibStatus.203 i createAndGo
		fwmarkRouteMtu.$ROUTE4 u 1400
		fwmarkRouteStatus.$ROUTE6 i destroy
		fwmarkRouteMtu.$HOPS4 u 1300
		fwmarkPolicyMark.1 u 21
		fwmarkPolicyStatus.2 i notInService
		fwmarkPolicyMark.11 u 31
		fwmarkPolicyStatus.12 i destroy
		fwmarkPolicyPriority.13 u 400
		fwmarkRuleMark.1 u 21
		fwmarkRuleChain.2 s FORWARD
		fwmarkRuleStatus.3 i destroy
		fwmarkRulePosition.11 u 1
		fwmarkRuleDescription.12 s changed
		fwmarkRuleStatus.13 i notInService
		fwmarkRuleMark.14 u 14
		fwmarkRuleTableName.14 s raw
		fwmarkRulePosition.14 u 1
		fwmarkRuleInInterface.14 s eth0
		fwmarkRuleStatus.14 i createAndGo
		fwmarkMarkMeter.1.$ALL i false
		fwmarkMarkName.13.255 s other
		fwmarkMarkMeter.13.255 i true
		fwmarkInterfaceRpFilter.$(ifindex eth0) i strict
		fwmarkSrcValidMarkAll.0 i false
		fwmarkAgentEditLock.0 i $(snmp_get fwmarkAgentEditLock.0)
		fwmarkAgentNotifications.0 i false
	END
}

# both_destroy: all of both_varbinds and both_more.
both_destroy() {
	for row in Rule.1 Rule.2 Rule.3 Rule.11 Rule.12 Rule.13 Policy.1 Policy.2 Policy.11 Policy.12 \
		Policy.13 Route.$ROUTE4 Route.$ROUTE6 Route.$HOPS4 Fib.201 Fib.202 Mark.1.$ALL Mark.13.255; do
		echo "fwmark${row%%.*}Status.${row#*.} i destroy"
	done
}
