#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What others change in the kernel is in the very next answer, also where the kernel says nothing.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

topology
printf 'read: { get_age_ms = 0; };\n' >>"$AGENT_CONF"
start
route=201.1.4.0.0.0.0.0.0.1

# gone OBJECT: it is no more.
gone() {
	expect_match "$1" 'No Such Instance' "$(snmp snmpget "$1" 2>&1)"
}

for round in 1 2 3; do
	ip rule add pref 100 fwmark $round lookup 201
	shown fwmarkMarkPolicies.$round.4294967295 1
	ip rule del pref 100
	gone fwmarkMarkPolicies.$round.4294967295

	iptables-legacy -t mangle -A PREROUTING -i eth0 -j MARK --set-mark $round
	shown fwmarkMarkRules.$round.4294967295 1
	shown fwmarkRuleCount.0 1
	iptables-legacy -t mangle -F
	shown fwmarkRuleCount.0 0

	echo "201 name$round" >>/etc/iproute2/rt_tables
	shown fwmarkFibName.201 name$round
	sed -i '/name/d' /etc/iproute2/rt_tables

	ip route add table 201 default via "$CHEAP4"
	shown fwmarkRouteIfName.$route ppp0
	shown fwmarkFibIpv4Routes.201 1
	ip route replace table 201 default via "$FAST4"
	shown fwmarkRouteIfName.$route eth1
	ip route flush table 201
	gone fwmarkRouteIfName.$route
	gone fwmarkFibIpv4Routes.201

	# No event tells that these routes go.
	ip route add table 201 default via "$CHEAP4"
	shown fwmarkRouteIfName.$route ppp0
	ip link set ppp0 down
	gone fwmarkRouteIfName.$route
	ip link set ppp0 up
	ip -6 address replace 2001:db8:c::2/64 dev ppp0
	ip route add table 201 10.0.0.0/8 via "$CHEAP4"
	shown fwmarkRouteIfName.201.1.4.10.0.0.0.8.0.1 ppp0
	ip address del 195.96.98.254/30 dev ppp0
	gone fwmarkRouteIfName.201.1.4.10.0.0.0.8.0.1
	ip address add 195.96.98.254/30 dev ppp0
done
