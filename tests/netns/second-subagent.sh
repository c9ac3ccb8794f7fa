#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# One SET with rows of ours and an object of a second subagent, which refuses it in one of the
# phases: whatever the order, all of ours is as it was, and fwmarkAgentLastError says why.
# shellcheck disable=SC2154 # got is of programs.sh
export ROADS=agentx
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"
# shellcheck source=/dev/null
. "$NETNS_DIR/steps.sh"
# shellcheck source=/dev/null
. "$NETNS_DIR/lartc-both.sh"

BEFORE=.1.3.6.1.4.1.8072.9999.9999.10.1.0
BEHIND=.1.3.6.1.4.1.8072.9999.9999.12.1.0
refuser=$(dirname "$FWMARKD")/../tests/netns/refuser
[ -x "$refuser" ] || skip "no program $refuser"

# second_subagent PHASE: in place of the one there is.
second_subagent() {
	[ -z "${second:-}" ] || { kill "$second"; wait "$second" || :; }
	wait_for 10 second_gone || fail "the second subagent stays"
	SNMP_PERSISTENT_DIR=$WORK/agent "$refuser" "$SOCKET" "$1" >>"$WORK/refuser.log" 2>&1 &
	second=$!
	wait_for 10 snmp_get $BEHIND $BEFORE || fail "the second subagent does not answer"
}

second_gone() {
	! snmp_get $BEHIND
}

# refused_by_second NAME PHASE ERROR WORDS VARBINDS...: with each of its objects first, and last.
refused_by_second() {
	name=$1 phase=$2 error=$3 words=$4
	shift 4
	for order in "$BEFORE i 1 $*" "$BEHIND i 1 $*" "$* $BEFORE i 1" "$* $BEHIND i 1"; do
		case $phase:$order in
		reserve*:"$BEFORE"* | reserve*"$BEFORE i 1") continue ;; # two are enough
		esac
		# shellcheck disable=SC2086 # words
		! snmp_answer snmpset -OsQtebU $order || fail "$name, $phase: done"
		expect_match "$name, $phase: error" "^Reason: ($error)" "$got"
		whole_state >"$WORK/whole.after"
		expect_same "$name, $phase: nothing must change" "$WORK/whole.before" "$WORK/whole.after"
		[ -z "$words" ] || expect_match "$name, $phase: last error" "$words" "$(last_error)"
	done
}

# all_phases NAME VARBINDS...: then it is done.
all_phases() {
	name=$1
	shift
	whole_state >"$WORK/whole.before"
	second_subagent reserve1
	refused_by_second "$name" reserve1 wrongValue '' "$@"
	second_subagent reserve2
	refused_by_second "$name" reserve2 inconsistentValue '' "$@"
	second_subagent action
	refused_by_second "$name" action resourceUnavailable \
		'^fwmark.*: taken back: another part of the SET failed' "$@"
	second_subagent undo
	refused_by_second "$name" undo undoFailed \
		'^fwmark.*: taken back: another part of the SET failed' "$@"
	second_subagent never
	snmp_set "$@" $BEHIND i 1
}

statuses() {
	for table in Rule Policy Route Fib Mark; do
		snmp_walk "fwmark${table}Status"
	done
}

topology
both_neighbours
start
# shellcheck disable=SC2046 # words
all_phases create $(both_varbinds)
expect_both
both_more
# shellcheck disable=SC2046 # words
all_phases change $(both_changes)
# What was taken back is not on the disk either.
second_subagent action
whole_state >"$WORK/whole.before"
statuses >"$WORK/statuses"
if snmp snmpset -OsQtebU fwmarkRuleStatus.1 i destroy fwmarkRuleMark.21 u 21 \
	fwmarkRuleStatus.21 i createAndGo $BEHIND i 1 >"$WORK/set" 2>&1; then
	fail "done"
fi
kill_agent
start_agent
whole_state | sed '/^== SNMP$/,$d' >"$WORK/kernel.after"
sed -i '/^== SNMP$/,$d' "$WORK/whole.before"
expect_same "after a restart" "$WORK/whole.before" "$WORK/kernel.after"
statuses >"$WORK/statuses.after"
expect_same "statuses after a restart" "$WORK/statuses" "$WORK/statuses.after"
# No leaks of ours are looked for in it.
kill "$second"
