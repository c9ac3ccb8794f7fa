#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Events were lost, and a table is too big to be read anew while a request waits: it is read in
# pieces, requests are answered meanwhile, and in the end all is as the kernel has it.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

topology
routes=110000 # more than a request reads at once
host=100.1.4.10

# batch FIRST LAST REST: routes of table 100, 10.100.0.1 and on.
batch() {
	seq "$1" "$2" | awk -v rest="route $3\n" '{
		printf rest, 100 + int($1 / 65536), int($1 / 256) % 256, $1 % 256 }'
}
{
	batch 1 $routes 'add 10.%d.%d.%d/32 dev eth0 table 100'
	# Equal keys, with an instance each.
	echo route add 10.60.0.0/16 dev eth0 table 100
	echo route add 10.60.0.0/16 tos 0x8 dev eth0 table 100
	echo route add 10.60.0.0/16 tos 0x10 dev eth0 table 100
	echo route add 10.61.0.0/16 dev eth0 table 101
} >"$WORK/add"
{
	batch 1 20000 'replace 10.%d.%d.%d/32 dev eth0 table 100 mtu 1400'
	batch 100001 102000 'del 10.%d.%d.%d/32 dev eth0 table 100'
	batch $((routes + 1)) $((routes + 1000)) 'add 10.%d.%d.%d/32 dev eth0 table 100'
	echo route del 10.60.0.0/16 tos 0x8 dev eth0 table 100
	echo route replace 10.70.0.0/16 dev eth0 table 100 mtu 1300
	echo route del 10.71.0.0/16 dev eth0 table 100
	echo route del 10.61.0.0/16 dev eth0 table 101
	echo route add 10.62.0.0/16 dev eth0 table 101
	echo route add 10.63.0.0/16 dev eth0 table 101
} >"$WORK/unseen"
ip -batch "$WORK/add"
start
for net in 70 71 72; do
	snmp_set fwmarkRouteIfName.$host.$net.0.0.16.0.1 s eth0 \
		fwmarkRouteStatus.$host.$net.0.0.16.0.1 i createAndGo
done

# of TOS: the instance of 10.60.0.0/16.
of() { snmp_walk fwmarkRouteTos.$host.60.0.0 | sed -n "s/.*\.\([0-9]*\) = $1\$/\1/p"; }
stays="$(of 0) $(of 16)"
goes=$(of 8)
resyncs=$(snmp_get fwmarkAgentResyncs.0)
changed=$(snmp_get fwmarkRouteLastChange.0)
expect_eq "routes of table 100" $((routes + 6)) "$(snmp_get fwmarkFibIpv4Routes.100)"

kill -STOP "$AGENT_PID"
ip -batch "$WORK/unseen"
kill -CONT "$AGENT_PID"

# A small table is right at once.
expect_eq "routes of table 101" 2 "$(snmp_get fwmarkFibIpv4Routes.101)"
snmp_get fwmarkRouteMtu.101.1.4.10.63.0.0.16.0.1 >"$WORK/mtu" || fail "a route of a small table"
# What happens while the big one is read: seen at once, and in the end.
ip route add 10.80.0.0/16 dev eth0 table 100
ip route replace 10.100.0.9/32 dev eth0 mtu 1234 table 100
ip route del 10.100.0.10/32 table 100
expect_eq "a route that came meanwhile" 0 "$(snmp_get fwmarkRouteMtu.$host.80.0.0.16.0.1)"
expect_eq "one that changed" 1234 "$(snmp_get fwmarkRouteMtu.$host.100.0.9.32.0.1)"
expect_match "one that went" 'No Such Instance' "$(snmp snmpget fwmarkRouteMtu.$host.100.0.10.32.0.1)"
# A SET knows what the kernel has, whatever the view is.
snmp_set fwmarkRouteMtu.$host.70.0.0.16.0.1 u 1500 fwmarkRouteMtu.$host.72.0.0.16.0.1 u 1501
expect_match "changed" '^10\.70\..* mtu 1500' "$(ip route show table 100 10.70.0.0/16)"
expect_match "changed" '^10\.72\..* mtu 1501' "$(ip route show table 100 10.72.0.0/16)"
snmp_set fwmarkRouteStatus.$host.72.0.0.16.0.1 i destroy
expect_eq "destroyed" "" "$(ip route show table 100 10.72.0.0/16)"
expect_eq "fwmarkRouteMtu of a manager's" 1500 "$(snmp_get fwmarkRouteMtu.$host.70.0.0.16.0.1)"

# done_reading: the last of what changed unseen; any request is answered.
done_reading() {
	snmp_get fwmarkAgentSets.0 || fail "no answer while routes are read"
	[ "$(snmp_get fwmarkFibIpv4Routes.100)" = "$(wc -l <"$WORK/ip")" ]
}
ip -4 route show table 100 >"$WORK/ip"
wait_for 60 done_reading || fail "the routes are not read to the end"

# all as ip has it: destination and mtu.
sed -n 's|/\([0-9]*\) | \1 |; s/^\([0-9.]*\) dev/\1 32 dev/; p' "$WORK/ip" |
	awk '{ mtu = 0; for (i = 3; i < NF; i++) if ($i == "mtu") mtu = $(i + 1); print $1, $2, mtu }' |
	sort >"$WORK/by_ip"
snmp_walk -Cr400 fwmarkRouteMtu.100 | # 10.71.0.0 is in no kernel
	sed '/\.4\.10\.71\.0\.0\./d; s/.*\.1\.4\.\(.*\)\.\([0-9]*\)\.0\.[0-9]* = \(.*\)$/\1 \2 \3/' | sort >"$WORK/by_snmp"
expect_same "routes of table 100" "$WORK/by_ip" "$WORK/by_snmp"
expect_eq "instances of those that stayed" "$stays" "$(of 0) $(of 16)"
expect_eq "the one that went ($goes)" "" "$(of 8)"
expect_eq "fwmarkAgentResyncs" $((resyncs + 1)) "$(snmp_get fwmarkAgentResyncs.0)"
[ "$(snmp_get fwmarkRouteLastChange.0)" != "$changed" ] || fail "fwmarkRouteLastChange stays"
expect_eq "a manager's that somebody removed" notInService \
	"$(snmp snmpget -Oqv fwmarkRouteStatus.$host.71.0.0.16.0.1)"
# Nor does it come back with an address: its device was up all the time.
ip addr add 10.99.0.1/24 dev eth0
expect_eq "the same, after an address came" notInService \
	"$(snmp snmpget -Oqv fwmarkRouteStatus.$host.71.0.0.16.0.1)"
