#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Whatever happens to routes, announced by the kernel or not: the very next GET is right.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

topology
start

# by_ip: all routes of the tables that the test uses, as ip(8) shows them.
by_ip() {
	for family in 4 6; do
		for table in main local 100 101; do
			ip -$family -o route show table $table 2>/dev/null || :
		done
	done | sed 's/  *\\/ \\/; s/ *$//' | sort
}

# right AFTER_WHAT: SNMP shows just the routes that ip(8) shows.
right() {
	# The kernel sees a carrier come a while after it came: it must not be in between.
	for _ in 1 2 3 4 5; do
		by_ip >"$WORK/by_ip"
		snmp snmpwalk -OqvtebU -Cc fwmarkRouteText | sed 's/^"//; s/"$//; s/ *$//' |
			sort >"$WORK/by_snmp"
		by_ip >"$WORK/by_ip_after"
		! cmp -s "$WORK/by_ip" "$WORK/by_ip_after" || break
	done
	expect_same "routes after: $1" "$WORK/by_ip" "$WORK/by_snmp"
}

device() {
	ip link add d0 type veth peer name d0p
	ip link set d0p up
	ip link set d0 up
}

gateway4() { ip route add 10.10.0.0/16 via 10.9.0.2 table 100; }

right start
device
ip addr add 10.9.0.1/24 dev d0
ip -6 addr add 2001:db8:9::1/64 dev d0 nodad
right "addresses added"
gateway4
ip route add 10.11.0.0/16 dev d0 src 10.9.0.1
ip route add 10.14.0.0/16 dev eth0 src 10.9.0.1
ip -6 route add 2001:db8:a::/48 via 2001:db8:9::2 table 100
right "ip route add"
ip route replace 10.10.0.0/16 via 10.9.0.3 table 100
right "ip route replace"
ip route append 10.10.0.0/16 via 10.9.0.4 table 100
right "ip route append"
ip -6 route append 2001:db8:a::/48 via 2001:db8:9::3 table 100
ip -6 route append 2001:db8:a::/48 via 2001:db8:9::4 table 100
right "ip -6 route append"
ip -6 route del 2001:db8:a::/48 via 2001:db8:9::3 table 100
right "ip -6 route del of a hop"

ip nexthop add id 1 via 10.9.0.2 dev d0
ip nexthop add id 2 via 10.9.0.9 dev d0
ip nexthop add id 10 group 1/2
ip route add 10.12.0.0/16 nhid 10 table 101
ip route add 10.13.0.0/16 nhid 1 table 101
right "routes by nexthop id"
ip nexthop replace id 1 via 10.9.0.77 dev d0
right "ip nexthop replace"
ip nexthop del id 2
right "ip nexthop del of a member"
ip nexthop del id 1
right "ip nexthop del"

ip link set d0p down
right "carrier lost"
sysctl -qw net.ipv4.conf.d0.ignore_routes_with_linkdown=1
right "carrier lost, routes ignored"
ip link set d0p up
right "carrier back"
# The nexthop object of a device goes with it unannounced, and its route by what is left of the group.
ip nexthop add id 3 via 10.9.0.2 dev d0
ip nexthop add id 4 dev eth0
ip nexthop add id 30 group 3/4
ip route add 10.15.0.0/16 nhid 30 table 101
ip link set d0 down
right "ip link set down"
ip link set d0 up
right "ip link set up"
ip nexthop replace id 4 blackhole
right "a nexthop object became a blackhole"
ip nexthop del id 4
gateway4
ip link set d0 name d1
right "renamed"
ip link set d1 name d0
ip addr del 10.9.0.1/24 dev d0
right "last address removed"
ip addr add 10.9.0.1/24 dev d0
gateway4
right "address back"
ip netns add elsewhere
ip link set d0 netns elsewhere
right "moved to another namespace"
ip link del d0p
device
ip addr add 10.9.0.1/24 dev d0
gateway4
right "another device of that name"
ip route flush table 100
right "table flushed"
gateway4
ip link del d0
right "device deleted"

# A burst, with nobody asking meanwhile: more events than one look takes.
seq 1 100000 | awk '{ printf "route add 10.%d.%d.%d/32 dev eth0 table 100\n",
	100 + int($1 / 65536), int($1 / 256) % 256, $1 % 256 }' >"$WORK/batch"
ip -batch "$WORK/batch"
expect_eq "routes of table 100" 100000 "$(snmp_get fwmarkFibIpv4Routes.100)"
ip route flush table 100
right "a big table flushed"
ip rule add pref 100 table 100
expect_match "policies" ' lookup 100$' "$(snmp snmpwalk -OqvtebU -Cc fwmarkPolicyText | tr -d '"')"
ip rule flush
ip rule add pref 32766 table main
expect_eq "policies after ip rule flush" "$(ip rule | wc -l)" \
	"$(snmp snmpwalk -OqvtebU -Cc fwmarkPolicyAddressType | grep -c 1)"
