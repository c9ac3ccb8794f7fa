#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# While somebody else holds the lock of xtables, a SET is refused within the bounded wait and a
# read is answered from what was read last.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"
# shellcheck source=/dev/null
. "$NETNS_DIR/rules.sh"

# hold_lock FILE, let_go
hold_lock() {
	flock "$1" sh -c "echo >'$WORK/held'; exec sleep 60" &
	holder=$!
	wait_for 5 test -s "$WORK/held" || fail "the lock is not to be had"
}

let_go() {
	pkill -P $holder sleep 2>/dev/null || :
	kill $holder 2>/dev/null || :
	wait $holder 2>/dev/null || :
	rm -f "$WORK/held"
	wait_for 5 flock -n "$1" true || fail "the lock is still held"
}

# hundredths: of a second, since some time
hundredths() {
	cut -d' ' -f1 /proc/uptime | tr -d .
}

# timed COMMAND...: it must succeed; in $took, how many hundredths of a second it took.
timed() {
	begun=$(hundredths)
	"$@"
	took=$(($(hundredths) - begun))
}

# time_free: how long it takes on this machine while nobody holds the lock.
time_free() {
	forget_state
	remember_state
	timed refuse wrongValue fwmarkRuleStatus.1 'not a value' fwmarkRuleStatus.1 i 9
	free_set=$took
	timed get_counters >/dev/null
	free_get=$took
	timed walk_counters
	free_walk=$took
}

# within FREE WHAT COMMAND...: the wait for the lock (0.3 s) more than that, and as much again for
# what else the machine does.
within() {
	limit=$(($1 * 3 + 100))
	what=$2
	shift 2
	timed "$@"
	[ $took -le $limit ] || fail "$what: took $took hundredths of a second, not $limit"
}

get_counters() {
	snmp_get fwmarkRuleHCPackets.1 "fwmarkRuleHCPackets.$foreign" fwmarkMarkHCPackets.1.4294967295 | paste -sd' '
}

walk_counters() {
	shown_rules HCPackets HCPackets Text Mark Chain Position >"$WORK/walk"
}

while_held() {
	counters=$(get_counters)
	hold_lock "$1"
	pings 3
	forget_state
	remember_state
	within $free_set "SET" refuse resourceUnavailable 'fwmarkRule(Status|Mark).2' 'lock' \
		fwmarkRuleMark.2 u 2 fwmarkRuleStatus.2 i createAndGo
	within $free_set "SET" refuse resourceUnavailable 'fwmarkRuleMark.1' 'lock' fwmarkRuleMark.1 u 9
	within $free_set "SET" refuse resourceUnavailable 'fwmarkRuleStatus.1' 'lock' fwmarkRuleStatus.1 i destroy
	within $free_get "GET" get_counters >"$WORK/got"
	expect_eq "counters while the lock is held" "$counters" "$(cat "$WORK/got")"
	within $free_walk "a walk" walk_counters
	expect_eq "rows of a walk" 2 "$(wc -l <"$WORK/walk")"
	expect_no_match "counters of a walk" '^[0-9]* 0\|' "$(cat "$WORK/walk")"
	unchanged "refused for the lock"
	let_go "$1"
	counted
}

# counted: a reading has what the kernel counted.
counted() {
	wait_for 3 counters_read || shown fwmarkRuleHCPackets.1 "$(counted_by_kernel)"
}

counters_read() {
	[ "$(snmp_get fwmarkRuleHCPackets.1)" = "$(counted_by_kernel)" ]
}

counted_by_kernel() {
	counters '0x1/0xffffffff' | cut -d' ' -f1
}

# three_rules: what is there in the end.
three_rules() {
	[ "$(snmp_get fwmarkRuleCount.0)" = 3 ]
}

# said PATTERN: the log has it.
said() {
	[ "$(agent_said "$1")" -gt 0 ]
}

# As the refusals want it: nothing that packets of SNMP count.
iptables-legacy -t mangle -A OUTPUT -p icmp -j MARK --set-mark 7
start
snmp_set fwmarkRuleMark.1 u 1 fwmarkRuleProtocol.1 u 1 fwmarkRuleStatus.1 i createAndGo
foreign=$(row_of fwmarkRuleMark '7$')
pings 5
counted
time_free
while_held /run/xtables.lock

# Held for less than the wait: done, a little later.
flock /run/xtables.lock sh -c "echo >'$WORK/held'; exec sleep 0.08" &
wait_for 5 test -s "$WORK/held" || fail "the lock is not to be had"
snmp_set fwmarkRuleMark.2 u 2 fwmarkRuleProtocol.2 u 1 fwmarkRuleStatus.2 i createAndGo
wait $! || :
rm -f "$WORK/held"
snmp_set fwmarkRuleStatus.2 i destroy

# A rule that nobody has read since it was made: it shows, and destroying it is refused, with all
# that the same SET would do; not done by half.
snmp_set fwmarkRuleMark.3 u 3 fwmarkRuleProtocol.3 u 1 fwmarkRuleStatus.3 i createAndGo \
	fwmarkPolicyMark.3 u 3 fwmarkPolicyStatus.3 i createAndGo
hold_lock /run/xtables.lock
unread_rule() {
	forget_state
	shown fwmarkMarkRules.3.4294967295 1
	shown fwmarkRuleMark.3 3
	shown fwmarkRuleStatus.3 1
	expect_match "a walk" '^fwmarkRuleMark\.3 ' "$(snmp_walk fwmarkRuleMark)"
	set_refused resourceUnavailable fwmarkRuleStatus.3 lock \
		fwmarkRuleStatus.3 i destroy fwmarkPolicyStatus.3 i destroy
	shown fwmarkPolicyStatus.3 1
}
unread_rule

# Held when the agent starts: rules show as managers want them, none can be destroyed, and nothing
# is put in twice when it is let go.
stop_agent
: >"$WORK/fwmarkd.log"
start_agent
wait_for 5 said 'reading netfilter rules: ' || fail "it does not wait for the lock"
unread_rule
let_go /run/xtables.lock
wait_for 3 three_rules || shown fwmarkRuleCount.0 3
shown fwmarkRuleMark.1 1
expect_eq "rules in the kernel" 3 "$(saved_rules iptables | wc -l)"
snmp_set fwmarkRuleStatus.3 i destroy fwmarkPolicyStatus.3 i destroy
expect_eq "rules in the kernel" 2 "$(saved_rules iptables | wc -l)"
stop_agent

# Another file, by the environment and by the settings.
export XTABLES_LOCKFILE="$WORK/other.lock"
: >"$XTABLES_LOCKFILE"
start_agent
hold_lock /run/xtables.lock
snmp_set fwmarkRuleDescription.1 s "not in the way"
let_go /run/xtables.lock
pings 1
counted
while_held "$WORK/other.lock"
