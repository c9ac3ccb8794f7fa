#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A step fails, and then one of undoing the others: the manager is told (undoFailed), so is the
# log, and what SNMP shows afterwards is what is there.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"
# shellcheck source=/dev/null
. "$NETNS_DIR/steps.sh"
# shellcheck source=/dev/null
. "$NETNS_DIR/lartc-both.sh"

# texts TABLE: of the rows that are active.
texts() {
	snmp_walk "fwmark$1Status" >"$WORK/statuses"
	snmp_walk "fwmark$1Text" | paste -d'|' "$WORK/statuses" - |
		sed -n 's/^[^=]* = 1|[^=]* = \(..*\)$/\1/p' | sort
}

# shown_is_true CASE: rules, policies and routes by SNMP are those of the kernel.
shown_is_true() {
	{ iptables-legacy-save; ip6tables-legacy-save; } | grep -e '-j MARK' | sort >"$WORK/there"
	texts Rule >"$WORK/shown"
	expect_same "$1: rules" "$WORK/there" "$WORK/shown"
	{ ip rule; ip -6 rule; } | sort >"$WORK/there"
	texts Policy >"$WORK/shown"
	expect_same "$1: policies" "$WORK/there" "$WORK/shown"
	for id in 201 202 204; do
		expect_eq "$1: routes of table $id" \
			"$(for family in -4 -6; do ip -o $family route show table $id 2>/dev/null || :; done | wc -l)" \
			"$(snmp_walk fwmarkRouteStatus | grep -c "^fwmarkRouteStatus\.$id\..* = 1$")"
	done
}

# undo_fails STEP: the last step of the SET fails, and that one of the undoing.
undo_fails() {
	fail_steps "$last" "$1"
	# shellcheck disable=SC2046 # words
	if snmp snmpset -OsQtebU $(both_changes) >"$WORK/set" 2>&1; then
		fail "step $last has not failed"
	fi
	failed=$(failed_steps | tail -n +2)
	[ "$failed" ] || fail "step $1 of the undoing has not failed"
	case_="undoing, step $1 ($failed)"
	expect_match "$case_: error" '^Reason: undoFailed' "$(cat "$WORK/set")"
	expect_match "$case_: fwmarkAgentLastError" '^"?fwmark.*; undo: .' "$(last_error)"
	expect_match "$case_: log" 'could not all be undone' "$(tail -n 3 "$WORK/fwmarkd.log")"
	shown_is_true "$case_"
}

# begin_anew: what is left over goes.
begin_anew() {
	[ -z "$AGENT_PID" ] || kill_agent
	rm -rf "$WORK/state" /etc/iproute2/rt_tables.d/fwmarkd.conf
	for program in iptables-legacy ip6tables-legacy; do
		for table in mangle raw; do
			$program -t $table -F
			$program -t $table -X
		done
	done
	for family in -4 -6; do
		ip $family rule flush
		ip $family rule add pref 32766 lookup main
		for table in 201 202 204; do
			ip $family route flush table $table 2>/dev/null || :
		done
	done
	ip rule add pref 32767 lookup default
	both_neighbours
	start_agent
	# shellcheck disable=SC2046 # words
	snmp_set $(both_varbinds)
	both_more
}

can_fail
topology
start_snmpd
begin_anew
# How many steps there are, and how many of undoing all of them.
fail_steps 999
# shellcheck disable=SC2046 # words
snmp_set $(both_changes)
last=$(grep -c . "$FWMARK_FAULTS.passed")
begin_anew
# What is passed when the last one fails, and all is undone: one of each kind in turn is enough.
fail_steps "$last" 999
# shellcheck disable=SC2046 # words
! snmp snmpset -OsQtebU $(both_changes) >"$WORK/set" 2>&1 || fail "step $last has not failed"
steps=$(awk -v last="$last" '{ step = $1; $1 = ""; if (step > last && $0 != before) print step; before = $0 }' \
	"$FWMARK_FAULTS.passed")
for step in $steps; do
	undo_fails "$step"
	begin_anew
done
echo "steps of undoing: $(echo "$steps" | wc -l)"
