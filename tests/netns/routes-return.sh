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

# Two of four lack the address of their gateway, before and behind the good ones: these come back
# with the device, the others with the address, whatever becomes of a device beside it.
via() { echo "fwmarkRouteGatewayType.$1 i ipv4 fwmarkRouteGateway.$1 x $2 fwmarkRouteStatus.$1 i createAndGo"; }
ip addr add 10.8.0.1/24 dev d0
ip link add d1 type veth peer name d1p
ip link set d1p up
ip link set d1 up
row() { echo "100.1.4.10.$1.0.0.16.0.1"; }
# shellcheck disable=SC2046 # words
snmp_set $(via "$(row 1)" 0A080002) $(via "$(row 2)" 0A090002) $(via "$(row 11)" 0A080002) \
	$(via "$(row 12)" 0A090002) fwmarkRouteIfName."$(row 3)" s d1 fwmarkRouteStatus."$(row 3)" i createAndGo
of_four() { ip route show table 100 | sed -n 's|^10\.\([0-9]*\)\.0\.0/16.*|\1|p' | paste -sd' '; }
four_are() { [ "$(of_four)" = "$1" ]; }
expect_eq "routes of table 100" "1 2 3 10 11 12" "$(of_four)"
ip addr del 10.8.0.1/24 dev d0
for _ in 1 2; do
	ip link set d1 down
	ip link set d0 down
	ip link set d0 up
	ip -6 addr replace 2001:db8:9::1/64 dev d0 nodad
	wait_for 5 four_are "2 10 12" || fail "not back with the device: $(of_four)"
done
ip link set d1 up
wait_for 5 four_are "2 3 10 12" || fail "not back with their device: $(of_four)"
ip addr add 10.8.0.1/24 dev d0
wait_for 5 four_are "1 2 3 10 11 12" || fail "not back with the address: $(of_four)"

# A SET that destroys it and is taken back, because the state cannot be saved, is nobody who took it
# away.
mkdir "$WORK/state/state.new"
! snmp snmpset fwmarkRouteStatus."$(row 1)" i destroy >/dev/null 2>&1 || fail "not refused"
rmdir "$WORK/state/state.new"
expect_eq "after a refused SET" "1 2 3 10 11 12" "$(of_four)"
ip addr del 10.8.0.1/24 dev d0
ip link set d0 down
ip link set d0 up
ip -6 addr replace 2001:db8:9::1/64 dev d0 nodad
wait_for 5 four_are "2 3 10 12" || fail "not back with the device: $(of_four)"
ip addr add 10.8.0.1/24 dev d0
wait_for 5 four_are "1 2 3 10 11 12" || fail "not back after a refused SET: $(of_four)"

# What somebody took away stays away, whatever comes back; and over a restart, after which the row
# knows its device by name alone.
away() {
	shown "fwmarkRouteStatus.$four" 2
	shown "fwmarkRouteStatus.$six" 2
	shown "fwmarkRouteStatus.$(row 3)" 2
	expect_eq "$1" "1 2 11 12" "$(of_four)"
	expect_eq "$1" "" "$(ip -6 route show table 100)"
}
stop_agent
start_agent
ip route del 10.10.0.0/16 table 100
ip route del 10.3.0.0/16 table 100
ip -6 route del 2001:db8:a::/48 table 100 2>/dev/null || ip -6 route flush table 100
ip addr add 10.9.1.1/24 dev d0
away "with an address"
snmp_set fwmarkRouteMtu."$four" u 1400
# Nor does a SET that puts it there and is taken back change that.
mkdir "$WORK/state/state.new"
! snmp snmpset "fwmarkRouteStatus.$four" i active "fwmarkRouteStatus.$(row 3)" i active >/dev/null 2>&1 ||
	fail "not refused"
rmdir "$WORK/state/state.new"
away "after a refused SET"
for device in d0 d1; do
	ip link set $device down
	shown "fwmarkRouteStatus.$four" 2
	ip link set $device up
done
ip -6 addr replace 2001:db8:9::1/64 dev d0 nodad
wait_for 5 four_are "1 2 11 12" || fail "the others are not back: $(of_four)"
away "with the device"
for _ in 1 2; do
	stop_agent
	start_agent
	away "after a restart"
done
expect_match "state" 'withdrawn = true' "$(cat "$WORK/state/state")"
# Somebody puts one there again, a manager another one; then they go with their device.
ip route add 10.3.0.0/16 dev d1 table 100 proto 161
snmp_set "fwmarkRouteStatus.$four" i active
expect_eq "put there again" "1 2 3 10 11 12" "$(of_four)"
expect_match "with what was written meanwhile" 'mtu 1400' "$(ip route show table 100 10.10.0.0/16)"
for device in d0 d1; do
	ip link set $device down
	ip link set $device up
done
wait_for 5 four_are "1 2 3 10 11 12" || fail "not back with the device: $(of_four)"
shown "fwmarkRouteStatus.$six" 2

# What provisioning.reassert put back is a manager's again, and comes back with its device also when
# the setting is no more.
both() { [ -n "$(ip route show table 100 10.10.0.0/16)" ] && [ -n "$(ip -6 route show table 100)" ]; }
ip -6 addr replace 2001:db8:9::1/64 dev d0 nodad
reload_agent 'provisioning: { reassert = true; };'
wait_for 5 both || fail "not put back by SIGHUP"
ip route del 10.10.0.0/16 table 100
ip -6 route flush table 100
wait_for 5 both || fail "not put back"
stop_agent
expect_no_match "state" 'withdrawn' "$(cat "$WORK/state/state")"
agent_conf >"$AGENT_CONF"
start_agent
for device in d0 d1; do
	ip link set $device down
	ip link set $device up
done
ip -6 addr replace 2001:db8:9::1/64 dev d0 nodad
status 1
ip -6 route flush table 100
shown "fwmarkRouteStatus.$six" 2

# A next hop is changed as the route is: what is away comes when it can, and no SET is refused for it.
ip link set d1 down
snmp_set fwmarkNextHopWeight."$(row 3)".1 u 3
snmp_set fwmarkRouteMtu."$(row 3)" u 1300
shown "fwmarkRouteStatus.$(row 3)" 2
snmp_set fwmarkNextHopIfName."$(row 3)".1 s d0
wait_for 5 four_are "1 2 3 10 11 12" || fail "not there by the other device: $(of_four)"
expect_match "by the other device" 'dev d0 .*mtu 1300' "$(ip route show table 100 10.3.0.0/16)"

# A boot begins anew.
ip route del 10.3.0.0/16 table 100
shown "fwmarkRouteStatus.$(row 3)" 2
stop_agent
expect_match "state" 'withdrawn = true' "$(cat "$WORK/state/state")"
sed -i 's/^boot = .*/boot = "another";/' "$WORK/state/state"
ip route flush table 100
ip -6 addr replace 2001:db8:9::1/64 dev d0 nodad
start_agent
status 1
expect_eq "after a reboot" "1 2 3 10 11 12" "$(of_four)"
expect_no_match "state" 'withdrawn' "$(cat "$WORK/state/state")"
