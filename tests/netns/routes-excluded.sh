#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# display.exclude_tables: their routes are not shown, and however many change, nothing is spent.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

topology
printf 'display: { exclude_tables = ( 100, 4000000000L ); };\n' >>"$AGENT_CONF"
ip route add blackhole 10.50.0.0/16 table 100
ip route add blackhole 10.50.0.0/16 table 4000000000
ip -6 route add blackhole 2001:db8:50::/48 table 100
ip route add blackhole 10.50.0.0/16 table 101
start

tables() {
	snmp_walk fwmarkRouteStatus | sed -n 's/^fwmarkRouteStatus\.\([0-9]*\)\..*/\1/p' | sort -nu |
		tr '\n' ' '
}
expect_eq "tables that are shown" "101 254 255 " "$(tables)"
expect_match "no row for a table without a name" 'No Such Instance' \
	"$(snmp snmpget fwmarkFibIpv4Routes.100 2>&1)"

# cpu: what fwmarkd has used so far, in ticks.
cpu() { sed 's/.*) //' "/proc/$AGENT_PID/stat" | awk '{ print $12 + $13 }'; }

# flood TABLE: many events, of many bytes.
flood() {
	seq 1 40000 | awk -v table="$1" '{ printf "route add 10.%d.%d.%d/32 dev eth0 table %s\n",
		100 + int($1 / 65536), int($1 / 256) % 256, $1 % 256, table }' >"$WORK/batch"
	ip -batch "$WORK/batch"
	ip route flush table "$1"
}
changed=$(snmp_get fwmarkRouteLastChange.0)
before=$(cpu)
flood 100
flood 4000000000
snmp_get fwmarkRouteCount.0 >/dev/null
[ $(($(cpu) - before)) -le 8 ] || fail "$(($(cpu) - before)) ticks were spent on excluded tables"
expect_eq "fwmarkAgentResyncs" 0 "$(snmp_get fwmarkAgentResyncs.0)"
expect_eq "fwmarkRouteLastChange" "$changed" "$(snmp_get fwmarkRouteLastChange.0)"

# The others are live all the same, also after a reading of everything.
ip route add blackhole 10.51.0.0/16 table 101
ip route add blackhole 10.51.0.0/16 table 100
shown fwmarkFibIpv4Routes.101 2
ip link set ppp0 down
ip route add blackhole 10.52.0.0/16 table 101
shown fwmarkFibIpv4Routes.101 3
expect_eq "tables that are shown" "101 254 255 " "$(tables)"

row=100.1.4.10.77.0.0.16.0.1
set_refused noCreation "fwmarkRoute(Type|Status).$row" "display.exclude_tables" \
	fwmarkRouteType.$row i blackhole fwmarkRouteStatus.$row i createAndGo

# A table in which managers have routes is shown all the same, also from the next start on, until
# they have none there.
kept=101.1.4.10.78.0.0.16.0.1
snmp_set fwmarkRouteType.$kept i blackhole fwmarkRouteStatus.$kept i createAndGo
stop_agent
agent_conf >"$AGENT_CONF"
printf 'display: { exclude_tables = ( 100, 101, 4000000000L ); };\n' >>"$AGENT_CONF"
start_agent
expect_eq "tables that are shown" "101 254 255 " "$(tables)"
expect_match "the log" 'table 101 is not left out, for managers have routes in it' \
	"$(cat "$WORK/fwmarkd.log")"
ip route add blackhole 10.53.0.0/16 table 101
shown fwmarkFibIpv4Routes.101 5
snmp_set fwmarkRouteStatus.$kept i destroy
hang_up
expect_eq "tables that are shown" "254 255 " "$(tables)"
