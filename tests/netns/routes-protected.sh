#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# No manager creates routes in main, default and local, unless the configuration opens them.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

topology
start

# route TABLE: a blackhole for 10.77.0.0/16.
route() {
	echo "fwmarkRouteType.$1.1.4.10.77.0.0.16.0.1 i blackhole" \
		"fwmarkRouteStatus.$1.1.4.10.77.0.0.16.0.1 i createAndGo"
}

for table in 253 254 255; do
	# shellcheck disable=SC2046 # words
	set_refused noCreation "fwmarkRoute(Type|Status).$table.*" \
		"table $table .*provisioning.main_tables" $(route $table)
done
hop=254.1.4.10.77.0.0.16.0.1.1
set_refused noCreation "fwmarkNextHop.*" "provisioning.main_tables" \
	fwmarkNextHopIfName.$hop s eth1 fwmarkNextHopStatus.$hop i createAndGo
# shellcheck disable=SC2046 # words
snmp_set $(route 252)
expect_eq "table 252" "blackhole 10.77.0.0/16 proto 161" \
	"$(ip route show table 252 | sed 's/ proto fwmarkd/ proto 161/; s/ *$//')"

stop_agent
echo 'provisioning: { main_tables = true; };' >>"$AGENT_CONF"
start_agent
for table in 253 254 255; do
	# shellcheck disable=SC2046 # words
	snmp_set $(route $table)
	expect_match "table $table" '^blackhole 10.77.0.0/16 ' "$(ip route show table $table)"
done

# What was created while they were open stays a manager's.
stop_agent
sed -i '/main_tables/d' "$AGENT_CONF"
start_agent
snmp_set fwmarkRouteType.254.1.4.10.77.0.0.16.0.1 i unreachable
expect_match "main" '^unreachable 10.77.0.0/16 ' "$(ip route show)"
snmp_set fwmarkRouteStatus.254.1.4.10.77.0.0.16.0.1 i destroy
expect_no_match "main" '10\.77' "$(ip route show)"
