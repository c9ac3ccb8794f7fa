#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# provisioning.tables: the routing tables that managers may write routes and names to, and that their
# policies may look up. provisioning.priorities: where these may stand.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

topology
start

row() { echo "$1.1.4.10.77.0.0.16.0.1"; }
route() { snmp_set "fwmarkRouteType.$(row "$1")" i blackhole "fwmarkRouteStatus.$(row "$1")" i createAndGo; }
allowed() {
	for table in 100 199 1000; do
		route $table
		snmp_set fwmarkFibName.$table s t$table fwmarkFibStatus.$table i createAndGo
		expect_match "table $table" '^blackhole 10\.77' "$(ip route show table t$table)"
	done
	for table in 100 199 1000; do
		snmp_set "fwmarkRouteStatus.$(row $table)" i destroy fwmarkFibStatus.$table i destroy
	done
	snmp_set fwmarkPolicyMark.5 u 5 fwmarkPolicyFibId.5 u 199 fwmarkPolicyStatus.5 i createAndGo
	snmp_set fwmarkPolicyAction.5 i blackhole
	snmp_set fwmarkPolicyStatus.5 i destroy
}
# table N: the refusals of a table that is not allowed.
table() {
	new=$(row "$1")
	cat <<-END
		noCreation fwmarkRouteStatus.$new /^fwmarkRoute[A-Z].*: provisioning.tables does not allow table $1\$/ fwmarkRouteStatus.$new i createAndGo fwmarkRouteType.$new i blackhole
		noCreation fwmarkRouteStatus.$new /provisioning.tables/ fwmarkRouteStatus.$new i createAndWait
		noCreation fwmarkFibStatus.$1 /provisioning.tables/ fwmarkFibStatus.$1 i createAndGo fwmarkFibName.$1 s name
		inconsistentValue fwmarkPolicyFibId.5 /provisioning.tables does not allow table $1\$/ fwmarkPolicyFibId.5 u $1 fwmarkPolicyStatus.5 i createAndGo
	END
}
forbidden() {
	allowed
	r=$(row 201)
	m=$(row 254)
	{
		table 99
		table 200
		table 4294967295
		cat <<-END
			notWritable fwmarkRouteMtu.$r /provisioning.tables does not allow table 201/ fwmarkRouteMtu.$r u 1400
			notWritable fwmarkNextHopWeight.$r.1 /provisioning.tables does not allow table 201/ fwmarkNextHopWeight.$r.1 u 7
			notWritable fwmarkFibName.201 /provisioning.tables/ fwmarkFibName.201 s other
			# main needs another setting beside.
			noCreation fwmarkRoute.* /provisioning.(main_tables|tables)/ fwmarkRouteType.$m i blackhole fwmarkRouteStatus.$m i createAndGo
		END
	} >"$WORK/refusals"
	refusals <"$WORK/refusals"
}

# Made while it was allowed.
r=$(row 201)
snmp_set "fwmarkRouteIfName.$r" s ppp0 "fwmarkRouteStatus.$r" i createAndGo \
	fwmarkFibName.201 s mail.out fwmarkFibStatus.201 i createAndGo
settings='provisioning: { tables = ("100-199", 1000); };'
reload_agent "$settings"
forbidden
stop_agent
start_agent
forbidden
expect_match "table 201" '^10\.77\.0\.0/16 dev ppp0' "$(ip route show table mail.out)"
snmp_set "fwmarkRouteStatus.$r" i notInService
set_refused notWritable "fwmarkRouteStatus.$r" 'provisioning\.tables' "fwmarkRouteStatus.$r" i active
snmp_set "fwmarkRouteStatus.$r" i destroy fwmarkFibStatus.201 i destroy
expect_no_match "table 201" . "$(ip route show table 201)"

reload_agent 'provisioning: { tables = ("1-4294967295"); main_tables = true; };'
route 254
route 4294967295
snmp_set "fwmarkRouteStatus.$(row 254)" i destroy

# Policies that came before are out of reach, whoever's they are; the choice that the kernel would make
# is held against the list, too.
reload_agent 'provisioning: { priorities = ("1000-1999"); foreign = true; };'
ip rule add pref 900 fwmark 9 lookup 9
ip rule add pref 1900 fwmark 11 lookup 9
low=$(row_of fwmarkPolicyText 'fwmark 0x9 ')
high=$(row_of fwmarkPolicyText 'fwmark 0xb ')
snmp_set fwmarkPolicyPriority.5 u 1000 fwmarkPolicyMark.5 u 5 fwmarkPolicyStatus.5 i createAndGo \
	"fwmarkPolicyMark.$high" u 8
cat >"$WORK/refusals" <<-END
	inconsistentValue fwmarkPolicyPriority.6 /provisioning.priorities does not allow 999\$/ fwmarkPolicyPriority.6 u 999 fwmarkPolicyAction.6 i blackhole fwmarkPolicyStatus.6 i createAndGo
	inconsistentValue fwmarkPolicyPriority.5 /provisioning.priorities does not allow 2000\$/ fwmarkPolicyPriority.5 u 2000
	inconsistentValue fwmarkPolicyPriority.7 /provisioning.priorities does not allow 899\$/ fwmarkPolicyPriority.6 u 1001 fwmarkPolicyStatus.6 i createAndWait fwmarkPolicyPriority.7 u 0 fwmarkPolicyStatus.7 i createAndGo
	notWritable fwmarkPolicyMark.$low /provisioning.priorities/ fwmarkPolicyMark.$low u 8
END
refusals <"$WORK/refusals"
expect_eq "policies" "900 1000 1900" "$(ip rule | sed -n 's/^\(900\|1...\):.*/\1/p' | paste -sd' ')"
