#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The next hops of a route: in any order in a SET, active and out of service together with their route.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

route=205.1.4.10.5.0.0.16.0.1
hop=fwmarkNextHopStatus.$route

# device: a new d2.
device() {
	ip link add d2 type veth peer name d2p
	ip link set d2p up
	ip link set d2 up
}

topology
device
start
state >"$WORK/before"

# next hops EXPECTED: devices and weights that the kernel has, "eth1 1,ppp0 2".
hops() {
	expect_eq "hops of the route" "$1" "$(ip route show table 205 |
		sed -n 's/.*\<dev \([a-z0-9]*\).* weight \([0-9]*\).*/\1 \2/p' | paste -sd, -)"
}

# statuses EXPECTED: of the route and of its next hops.
statuses() {
	expect_eq "statuses of the route and its hops" "$1" \
		"$({ snmp_walk fwmarkRouteStatus.$route; snmp_walk $hop; } | sed -n 's/.*Status.* = \([1-6]\)$/\1/p' | paste -sd' ' -)"
}

# destroyed: nothing is left.
destroyed() {
	state >"$WORK/after"
	expect_same "nothing is left" "$WORK/before" "$WORK/after"
}

# varbinds STATUS: the route and three next hops, a line for each.
varbinds() {
	cat <<-END
		fwmarkRouteStatus.$route i $1
		fwmarkNextHopIfName.$route.1 s eth1
		$hop.1 i $1
		fwmarkNextHopIfName.$route.2 s ppp0
		fwmarkNextHopWeight.$route.2 u 2
		$hop.2 i $1
		fwmarkNextHopIfName.$route.3 s d2
		fwmarkNextHopWeight.$route.3 u 3
		$hop.3 i $1
	END
}

# In one SET, forwards, backwards and shuffled; and away again, with the next hops named or not.
for order in cat tac "shuf --random-source=$0"; do
	# shellcheck disable=SC2046 # words
	snmp_set $(varbinds createAndGo | $order)
	hops "eth1 1,ppp0 2,d2 3"
	statuses "1 1 1 1"
	# shellcheck disable=SC2046 # words
	snmp_set $(varbinds destroy | grep ' destroy$' | $order)
done
destroyed

# One by one: the route is not ready until it has a next hop, and nothing of it is in the kernel before it
# is active.
snmp_set fwmarkRouteStatus.$route i createAndWait
statuses "3"
snmp_set $hop.1 i createAndWait
statuses "3 3"
set_refused inconsistentValue fwmarkRouteStatus.$route 'a gateway or a device is needed' fwmarkRouteStatus.$route i active
snmp_set fwmarkNextHopIfName.$route.1 s eth1
statuses "2 2"
snmp_set fwmarkNextHopIfName.$route.2 s ppp0 $hop.2 i createAndWait
snmp_set fwmarkNextHopWeight.$route.2 u 2
snmp_set $hop.2 i notInService
statuses "2 2 2"
set_refused inconsistentValue $hop.2 'not active' $hop.2 i active
set_refused inconsistentValue $hop.3 'not active' fwmarkNextHopIfName.$route.3 s d2 $hop.3 i createAndGo
set_refused inconsistentName 'fwmarkNextHop.*4' 'next hop 3 comes before next hop 4' \
	fwmarkNextHopIfName.$route.4 s d2 $hop.4 i createAndWait
hops ""
snmp_set $hop.2 i active fwmarkRouteStatus.$route i active $hop.1 i active
hops "eth1 1,ppp0 2"
statuses "1 1 1"

# Active, its next hops are active, too.
set_refused inconsistentValue $hop.2 'active' $hop.2 i notInService
set_refused inconsistentValue $hop.3 'active' fwmarkNextHopIfName.$route.3 s d2 $hop.3 i createAndWait
set_refused inconsistentValue $hop.1 'exists' $hop.1 i createAndGo

# Next hops come, change and go in one SET, by the numbers that they had before.
snmp_set $hop.1 i destroy $hop.3 i createAndGo fwmarkNextHopIfName.$route.3 s d2 \
	fwmarkNextHopWeight.$route.2 u 5
hops "ppp0 5,d2 1"
statuses "1 1 1"

# Out of service, all of them; another device in the meantime; and back. Over a restart, too.
snmp_set fwmarkRouteStatus.$route i notInService
hops ""
statuses "2 2 2"
snmp_set fwmarkNextHopIfName.$route.2 s eth1
stop_agent
start_agent
statuses "2 2 2"
snmp_set fwmarkRouteStatus.$route i active
hops "ppp0 5,eth1 1"

# What has an index of its own in the kernel is known by its name.
stop_agent
ip route flush table 205
ip link del d2
device
start_agent
hops "ppp0 5,eth1 1"
snmp_set fwmarkNextHopIfName.$route.2 s d2 fwmarkRouteMtu.$route u 1400
snmp_set fwmarkRouteMtu.$route u 1300
stop_agent
ip link del d2
ip route flush table 205
ip link add other type veth peer name otherp
device
start_agent
hops "ppp0 5,d2 1"

# The last next hop of an active route stays; of one that is not active it may go.
snmp_set $hop.1 i destroy
statuses "1 1"
single=$(ip route show table 205)
expect_match "the hop that is left" ' dev d2 ' "$single"
stop_agent
ip route flush table 205
start_agent
expect_eq "the hop that is left, after a reboot" "$single" "$(ip route show table 205)"
set_refused inconsistentValue $hop.1 . $hop.1 i destroy
snmp_set fwmarkRouteStatus.$route i notInService
snmp_set $hop.1 i destroy
statuses "3"
snmp_set fwmarkRouteStatus.$route i destroy
statuses ""
