#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# display.exclude_tables on SIGHUP: routes go and come, live; a table of managers stays.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

topology
for table in 100 101 102; do
	ip route add blackhole 10.50.0.0/16 table $table
	ip -6 route add blackhole 2001:db8:50::/48 table $table
done
echo 'display: { exclude_tables = (101); };' >>"$AGENT_CONF"
start

# tables: those that fwmarkRouteTable and fwmarkFibTable show.
tables() {
	snmp_walk fwmarkRouteStatus | sed -n 's/^fwmarkRouteStatus\.\(1[0-9]*\)\..*/\1/p' | sort -nu |
		tr '\n' ' '
}
count() { expect_eq "fwmarkRouteCount" "$(snmp_walk fwmarkRouteStatus | wc -l)" \
	"$(snmp_get fwmarkRouteCount.0)"; }

expect_eq "tables" "100 102 " "$(tables)"
changed=$(snmp_get fwmarkRouteLastChange.0)
reload_agent 'display: { exclude_tables = (100); };'
expect_eq "tables" "101 102 " "$(tables)"
count
[ "$(snmp_get fwmarkRouteLastChange.0)" != "$changed" ] || fail "fwmarkRouteLastChange stands still"
shown fwmarkFibIpv4Routes.101 1
shown fwmarkFibIpv6Routes.101 1

# Live from now on, and the other one is not.
ip route add blackhole 10.51.0.0/16 table 101
shown fwmarkFibIpv4Routes.101 2
changed=$(snmp_get fwmarkRouteLastChange.0)
ip route add blackhole 10.51.0.0/16 table 100
expect_eq "fwmarkRouteLastChange" "$changed" "$(snmp_get fwmarkRouteLastChange.0)"
reload_agent
expect_eq "tables" "100 101 102 " "$(tables)"
shown fwmarkFibIpv4Routes.100 2
ip route add blackhole 10.52.0.0/16 table 100
shown fwmarkFibIpv4Routes.100 3
count

# Managers have a route in 102: that table is shown, and the log says so.
row=102.1.4.10.77.0.0.16.0.1
snmp_set fwmarkRouteType.$row i blackhole fwmarkRouteStatus.$row i createAndGo
reload_agent 'display: { exclude_tables = (100, 102); };'
expect_match "log" 'display.exclude_tables: table 102 is not left out' "$(cat "$WORK/fwmarkd.log")"
expect_eq "tables" "101 102 " "$(tables)"
shown fwmarkRouteStatus.$row 1
snmp_set fwmarkRouteType.$row i unreachable
expect_match "table 102" '^unreachable 10\.77\.0\.0/16' "$(ip route show table 102)"
# So it is after a restart, and no new row can be there.
stop_agent
: >"$WORK/fwmarkd.log"
start_agent
expect_eq "tables" "101 102 " "$(tables)"
other=102.1.4.10.78.0.0.16.0.1
set_refused noCreation "fwmarkRoute(Type|Status).$other" "display.exclude_tables" \
	fwmarkRouteType.$other i blackhole fwmarkRouteStatus.$other i createAndGo
snmp_set fwmarkRouteStatus.$row i destroy
expect_no_match "table 102" '10\.77' "$(ip route show table 102)"
hang_up
expect_eq "tables" "101 " "$(tables)"
count
