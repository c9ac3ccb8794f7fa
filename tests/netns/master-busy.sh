#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# snmpd is restarted in the middle of walks and of SETs: a SET is there whole or not at all, what
# was acknowledged is there, and the next walk is that of before.
export ROADS=agentx
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

rows=20 # snmpset takes 128 varbinds

# set_all FIRST PORT: a SET of many rows of two tables.
set_all() {
	i=$1
	set --
	while [ "$i" -lt $((first + rows)) ]; do
		set -- "$@" "fwmarkRuleMark.$i" u "$i" "fwmarkRuleStatus.$i" i createAndGo \
			"fwmarkPolicyPriority.$i" u $((1000 + i)) "fwmarkPolicyMark.$i" u "$i" \
			"fwmarkPolicyFibId.$i" u "$i" "fwmarkPolicyStatus.$i" i createAndGo
		i=$((i + 1))
	done
	snmp snmpset -OsQtebU "$@"
}

restart_snmpd() {
	kill "-$1" "$SNMPD_PID"
	wait "$SNMPD_PID" 2>/dev/null || :
	start_snmpd
	wait_for 5 agent_answers || fail "fwmarkd is not back"
}

# count: rules and policies of the SET, in the kernel and in the agent
count() {
	iptables-legacy-save -t mangle | grep -c MARK || :
	ip rule | grep -c 'lookup [1-9]' || :
	snmp_walk fwmarkRuleStatus | grep -c '= active\|= 1$' || :
	snmp_walk fwmarkPolicyMark | grep -c 'Mark\.[0-9]\{1,6\} ' || :
}

# same_walk: without what packets count, and what is counted from snmpd's sysUpTime.
same_walk() {
	agent_state | grep -Ev 'DiscontinuityTime|Packets|Bytes'
}

destroy_all() {
	i=$1
	set --
	while [ "$i" -lt $((first + rows)) ]; do
		set -- "$@" "fwmarkRuleStatus.$i" i destroy "fwmarkPolicyStatus.$i" i destroy
		i=$((i + 1))
	done
	snmp_set "$@"
}

topology
netsnmp_may_leak
start
none="0 0 0 0"
whole="$rows $rows $rows $rows"
first=1
set_all $first >/dev/null || fail "SET"
expect_eq "a whole SET" "$whole" "$(count | paste -sd' ')"
same_walk >"$WORK/walk.before"

# walk: again and again, whatever becomes of it.
walk() {
	while [ ! -e "$WORK/stop" ]; do
		snmp snmpbulkwalk -t1 -Cr50 fwmarkObjects >/dev/null 2>&1 || :
	done
}
walk &
walker=$!
for signal in TERM KILL TERM KILL; do
	restart_snmpd $signal
done
: >"$WORK/stop"
wait $walker
same_walk >"$WORK/walk.after"
expect_same "the walk" "$WORK/walk.before" "$WORK/walk.after"
destroy_all $first
expect_eq "after destroy" "$none" "$(count | paste -sd' ')"

for delay in 0.02 0.03 0.04 0.06; do
	for signal in TERM KILL; do
		set_all $first >"$WORK/set" 2>&1 &
		setter=$!
		sleep $delay
		restart_snmpd $signal
		kill $setter 2>/dev/null || :
		status=0
		wait $setter || status=$?
		now=$(count | paste -sd' ')
		case $now in
		"$whole") destroy_all $first ;;
		"$none") [ $status != 0 ] || fail "SIG$signal after $delay s: acknowledged, and not there" ;;
		*) fail "SIG$signal after $delay s: in part: $now of $rows" ;;
		esac
		done
done
