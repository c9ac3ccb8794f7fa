#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The LastChange objects move with every change of their table, whoever makes it, and with nothing
# else.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

uptime=.1.3.6.1.2.1.1.3.0
route=201.1.4.0.0.0.0.0.0.1

last_changes() {
	snmp_get fwmarkRuleLastChange.0 fwmarkPolicyLastChange.0 fwmarkRouteLastChange.0
}

# moves "TABLES" COMMAND...: the command changes these tables (Rule, Policy, Route), and no other.
# What a SET does has the time of the SET, not that of the next question.
moves() {
	tables=$1
	shift
	what="$*" how=$1
	before=$(snmp_get $uptime fwmarkRuleLastChange.0 fwmarkPolicyLastChange.0 fwmarkRouteLastChange.0)
	sleep 0.03
	("$@") >"$WORK/out" 2>&1 </dev/null || fail "$what
$(cat "$WORK/out")"
	[ "$how" != snmp_set ] || end=$(snmp_get $uptime)
	sleep 0.03
	after=$(last_changes)
	# shellcheck disable=SC2086 # words: the time, and those of the three tables before and after
	set -- $before $after
	moved=
	[ "$2" = "$5" ] || moved="$moved Rule"
	[ "$3" = "$6" ] || moved="$moved Policy"
	[ "$4" = "$7" ] || moved="$moved Route"
	expect_eq "tables that changed by: $what" "$tables" "${moved# }"
	[ "$how" = snmp_set ] || end=$(snmp_get $uptime)
	for table in $tables; do
		case $table in
		Rule) at=$5 ;;
		Policy) at=$6 ;;
		Route) at=$7 ;;
		esac
		if [ "$at" -le "$1" ] || [ "$at" -gt "$end" ]; then
			fail "$what: fwmark${table}LastChange is $at, not after $1 and up to $end"
		fi
	done
}

refused_set() {
	! snmp snmpset -OsQtebU "$@"
}

walks() {
	snmp_walk fwmarkObjects
	snmp_get fwmarkRuleText.1 fwmarkRuleHCPackets.1
}

topology
topology_serve cheap 25
iptables-legacy -t mangle -A OUTPUT -o lo -j MARK --set-mark 5
echo 'read: { get_age_ms = 0; walk_age_ms = 0; };' >>"$AGENT_CONF" # what others do is seen at once
start
expect_eq "times when nothing has changed yet" "0 0 0" "$(last_changes | tr '\n' ' ' | sed 's/ $//')"

moves "Rule Policy Route" lartc_set
moves "" walks
moves "" ping -c 2 -i 0.2 127.0.0.1
moves "" way "$SERVER4" 25
moves "" refused_set fwmarkRuleStatus.1 i createAndGo
moves "" refused_set fwmarkRuleMark.2 u 2 fwmarkRuleStatus.2 i createAndWait \
	fwmarkPolicyMark.2 u 1 fwmarkPolicyFibId.2 u 201 fwmarkPolicyStatus.2 i createAndGo \
	fwmarkPolicyPriority.2 u "$(snmp_get fwmarkPolicyPriority.1)"
moves "" snmp_set fwmarkAgentEditLock.0 i 0
moves "" snmp_set fwmarkMarkName.1.4294967295 s mail
moves "" snmp_set fwmarkMarkMeter.1.4294967295 i true
moves "" snmp_set fwmarkFibName.202 s other fwmarkFibStatus.202 i createAndGo

# Rules.
moves "Rule" snmp_set fwmarkRuleStatus.2 i createAndWait
moves "Rule" snmp_set fwmarkRuleMark.2 u 2
moves "" snmp_set fwmarkRuleMark.2 u 2
moves "Rule" snmp_set fwmarkRuleInInterface.2 s eth1 fwmarkRuleStatus.2 i active
moves "Rule" snmp_set fwmarkRuleDescription.2 s "another"
moves "" snmp_set fwmarkRuleDescription.2 s "another" fwmarkRuleStatus.2 i active
moves "Rule" snmp_set fwmarkRuleStorageType.2 i volatile
moves "Rule" snmp_set fwmarkRulePosition.2 u 1
moves "Rule" iptables-legacy -t mangle -A PREROUTING -j MARK --set-mark 3
moves "" iptables-legacy -t mangle -N other
moves "" iptables-legacy -t mangle -A other -j ACCEPT
moves "" iptables-legacy -t mangle -A PREROUTING -j other
moves "Rule" iptables-legacy -t mangle -I PREROUTING -j other
moves "Rule" iptables-legacy -t mangle -A other -j MARK --set-mark 4
moves "Rule" iptables-legacy -t mangle -A FORWARD -j other
moves "Rule" iptables-legacy -t mangle -D PREROUTING -j MARK --set-mark 3
moves "Rule" snmp_set fwmarkRuleStatus.2 i notInService
moves "Rule" snmp_set fwmarkRuleStatus.2 i destroy
moves "" snmp_set fwmarkRuleStatus.2 i destroy

# Policies.
moves "Policy" snmp_set fwmarkPolicyMark.2 u 2 fwmarkPolicyStatus.2 i createAndWait
moves "Policy" snmp_set fwmarkPolicyPriority.2 u 90
moves "Policy" snmp_set fwmarkPolicyStatus.2 i active
moves "Policy" snmp_set fwmarkPolicyDescription.2 s "another"
moves "" snmp_set fwmarkPolicyDescription.2 s "another" fwmarkPolicyPriority.2 u 90
moves "Policy" ip rule add pref 100 fwmark 5 lookup 7
moves "Policy" ip -6 rule add pref 100 fwmark 5 lookup 7
moves "Policy" ip rule del pref 90
moves "Policy" snmp_set fwmarkPolicyStatus.2 i destroy

# Routes.
moves "Route" ip route add 10.99.0.0/16 dev ppp0 table 77
moves "Route" ip -6 route add unreachable 2001:db8:99::/48 table 77
moves "Route" ip route del 10.99.0.0/16 table 77
moves "Route" snmp_set fwmarkRouteMtu.$route u 1400
moves "" snmp_set fwmarkRouteMtu.$route u 1400
moves "Route" snmp_set fwmarkRouteStorageType.$route i volatile
moves "Route" snmp_set fwmarkRouteStatus.$route i notInService
moves "Route" snmp_set fwmarkRouteMtu.$route u 1300
moves "Route" ip link set ppp0 down
moves "Route" snmp_set fwmarkRouteStatus.$route i destroy

# An agent that starts has seen no change yet.
stop_agent
ip rule add pref 101 fwmark 6 lookup 7
start_agent
expect_eq "times after a restart" "0 0 0" "$(last_changes | tr '\n' ' ' | sed 's/ $//')"
moves "Policy" ip rule del pref 101
