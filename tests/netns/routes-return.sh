#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A manager's route goes with its device and comes back with it; one that somebody took away stays
# away.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

topology
start

device() {
	ip link add d0 type veth peer name d0p
	ip link set d0p up
	ip link set d0 up
	ip addr add 10.9.0.1/24 dev d0
	ip -6 addr add 2001:db8:9::1/64 dev d0 nodad
}

# status EXPECTED: of both routes, within the second that it may take.
status() {
	for row in "$four" "$six"; do
		wait_for 5 status_is "$1" "$row" ||
			fail "fwmarkRouteStatus.$row is not $1: $(last_error)"
	done
}
status_is() { [ "$(snmp_get "fwmarkRouteStatus.$2")" = "$1" ]; }

four=100.1.4.10.10.0.0.16.0.1
six=100.2.16.32.1.13.184.0.10.0.0.0.0.0.0.0.0.0.0.48.1024.1
device
index=$(ifindex d0)
snmp_set fwmarkRouteGatewayType.$four i ipv4 fwmarkRouteGateway.$four x 0A090002 \
	fwmarkRouteIfIndex.$four i "$index" fwmarkRouteStatus.$four i createAndGo \
	fwmarkRouteGatewayType.$six i ipv6 \
	fwmarkRouteGateway.$six x 20010DB8000900000000000000000002 \
	fwmarkRouteIfName.$six s d0 fwmarkRouteStatus.$six i createAndGo
status 1
before=$(ip route show table 100; ip -6 route show table 100)

ip link set d0 down
expect_eq "IPv4 route while its device is down" 2 "$(snmp_get "fwmarkRouteStatus.$four")"
ip link set d0 up
ip -6 addr replace 2001:db8:9::1/64 dev d0 nodad
status 1
expect_eq "routes after down and up" "$before" "$(ip route show table 100; ip -6 route show table 100)"

# What tells of the device's return is lost among other events.
ip link set d0 down
expect_eq "IPv4 route while its device is down" 2 "$(snmp_get "fwmarkRouteStatus.$four")"
resyncs=$(snmp_get fwmarkAgentResyncs.0)
seq 0 39999 | awk '{ printf "route add 10.100.%d.%d/32 dev eth0 table 300\n", $1 / 256, $1 % 256 }' \
	>"$WORK/batch"
kill -STOP "$AGENT_PID"
ip -batch "$WORK/batch"
ip link set d0 up
ip -6 addr replace 2001:db8:9::1/64 dev d0 nodad
kill -CONT "$AGENT_PID"
status 1
[ "$(snmp_get fwmarkAgentResyncs.0)" -gt "$resyncs" ] || fail "no events were lost"
expect_eq "routes after lost events" "$before" "$(ip route show table 100; ip -6 route show table 100)"
ip route flush table 300

ip link del d0
expect_eq "IPv4 route without its device" 2 "$(snmp_get "fwmarkRouteStatus.$four")"
expect_eq "IPv6 route without its device" 2 "$(snmp_get "fwmarkRouteStatus.$six")"
ip link add other type veth peer name otherp
device
[ "$(ifindex d0)" != "$index" ] || fail "the new device has the old index"
status 1
expect_eq "routes on the new device" "$before" "$(ip route show table 100; ip -6 route show table 100)"

ip route del 10.10.0.0/16 table 100
expect_eq "a route that somebody took away" 2 "$(snmp_get "fwmarkRouteStatus.$four")"
ip addr add 10.9.1.1/24 dev d0
snmp_get fwmarkRouteCount.0 >/dev/null
expect_eq "it is not put back" "" "$(ip route show table 100)"
snmp_set fwmarkRouteStatus.$four i active
status 1
