#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Many managers: the advisory lock, indices that are free, and two that want the same row at the same
# time.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

topology
start
lock=fwmarkAgentEditLock.0

# The lock: who has its value may go on, and takes it one up.
snmp_set $lock i 0
shown $lock 1
snmp_set fwmarkPolicyMark.1 u 1 fwmarkPolicyStatus.1 i createAndGo $lock i 1
shown $lock 2
# Another value: nothing of the SET is done, wherever the lock stands in it.
refusals <<END
inconsistentValue $lock /it is 2 now/ $lock i 1
inconsistentValue $lock /it is 2 now/ $lock i 3
inconsistentValue $lock /it is 2 now/ $lock i 0 fwmarkPolicyMark.2 u 2 fwmarkPolicyStatus.2 i createAndGo
inconsistentValue $lock /it is 2 now/ fwmarkRuleMark.2 u 2 fwmarkRuleStatus.2 i createAndGo $lock i 1 fwmarkFibName.202 s two fwmarkFibStatus.202 i createAndGo
inconsistentValue $lock /it is 2 now/ fwmarkPolicyStatus.1 i destroy $lock i 5
inconsistentValue $lock /twice/ $lock i 2 $lock i 3
wrongValue $lock /between/ $lock i -1
# Refused for another reason, it stays as it is.
inconsistentValue fwmarkPolicyStatus.1 /exists/ $lock i 2 fwmarkPolicyStatus.1 i createAndGo
END
shown $lock 2

# It survives a restart; after 2147483647 it begins anew.
stop_agent
sed -i 's/^editLock = 2;/editLock = 2147483647;/' "$WORK/state/state"
start_agent
shown $lock 2147483647
forget_state
set_refused inconsistentValue $lock 'it is 2147483647 now' $lock i 2
snmp_set $lock i 2147483647
shown $lock 0
snmp_set fwmarkPolicyStatus.1 i destroy

# Two of them at a time, each with a rule and a policy of the same index, but contents of their own:
# one has all of it, the other none.
rounds=$(seq 1 25)

# manager NAME NUMBER INDEX: one SET; the file NAME.INDEX says what came of it.
manager() {
	snmp snmpset -OsQtebU \
		"fwmarkRuleMark.$3" u $((1000 * $2 + $3)) "fwmarkRuleMask.$3" u $((65535 * $2)) \
		"fwmarkRuleDescription.$3" s "of $1" "fwmarkRuleStatus.$3" i createAndGo \
		"fwmarkPolicyMark.$3" u $((1000 * $2 + $3)) "fwmarkPolicyFibId.$3" u $((200 + $2)) \
		"fwmarkPolicyPriority.$3" u "$((1000 * $2 + $3))" \
		"fwmarkPolicyDescription.$3" s "of $1" "fwmarkPolicyStatus.$3" i createAndGo \
		>"$WORK/$1.$3" 2>&1 || :
}

for i in $rounds; do
	if [ $((i % 2)) = 0 ]; then first="one 1" second="two 2"; else first="two 2" second="one 1"; fi
	# shellcheck disable=SC2086 # a name and a number
	manager $first "$i" &
	a=$!
	# shellcheck disable=SC2086 # a name and a number
	manager $second "$i" &
	wait $a $!
done
{
	snmp_walk fwmarkRuleTable
	snmp_walk fwmarkPolicyTable
} >"$WORK/rows"
policies=$(ip rule)
rules=$(iptables-legacy-save -t mangle)

for i in $rounds; do
	first=$(cat "$WORK/one.$i") second=$(cat "$WORK/two.$i")
	case $first in
	'Error in packet'*) number=2 winner=two loser=$first ;;
	*) number=1 winner=one loser=$second second=$first ;;
	esac
	expect_match "round $i: who comes second" '^Reason: inconsistentValue ' "$loser"
	expect_match "round $i: who comes second" "^Failed object: fwmark(Rule|Policy)Status\.$i\$" "$loser"
	expect_no_match "round $i: who comes first" 'Error|Timeout' "$second"
	mark=$(printf '%x' $((1000 * number + i)))
	mask=$(printf '%x' $((65535 * number)))
	row=$(sed -n "s/^\(fwmark[A-Za-z]*\)\.$i = /\1 /p" "$WORK/rows")
	for cell in "RuleMark $mark" "RuleMask $mask" "RuleDescription of $winner" "RuleStatus 1" \
		"PolicyMark $mark" "PolicyFibId $((200 + number))" \
		"PolicyPriority $((1000 * number + i))" "PolicyDescription of $winner" "PolicyStatus 1"; do
		expect_match "round $i: the row is that of $winner" "^fwmark$cell\$" "$row"
	done
	expect_match "round $i: the rule of $winner" "\"fwmark:$i of $winner\" .*0x$mark/0x$mask\$" "$rules"
	expect_match "round $i: the policy of $winner" \
		"^$((1000 * number + i)):.*fwmark 0x$mark lookup $((200 + number))" "$policies"
done
expect_eq "rules" 25 "$(printf '%s\n' "$rules" | grep -c fwmark:)"
expect_eq "policies" 28 "$(printf '%s\n' "$policies" | wc -l)"

# Nor is a row that is not in the kernel made twice while somebody else has the lock of xtables.
(flock -x 9 && exec sleep 300) 9>/run/xtables.lock &
holder=$!
held() { ! flock -n /run/xtables.lock true; }
wait_for 10 held || fail "the lock is not to be had"
snmp_set fwmarkRuleMark.50 u 50 fwmarkRuleStatus.50 i createAndWait
shown fwmarkRuleMark.50 32
forget_state
refused=$(snmp snmpset -OsQtebU fwmarkRuleMark.50 u 51 fwmarkRuleStatus.50 i createAndWait 2>&1 || :)
expect_match "a row that exists" '^Reason: inconsistentValue' "$refused"
shown fwmarkRuleMark.50 32
snmp_set fwmarkRuleMark.50 u 52
shown fwmarkRuleMark.50 34
snmp_set fwmarkRuleStatus.50 i destroy
! snmp_get fwmarkRuleStatus.50 >/dev/null 2>&1 || fail "the row is there still"
kill $holder
wait $holder || :

# A free index: none that is in use, also not by a row that only the agent has, or that fwmarkd.conf
# has; and what was in use is not the first to come again.
next() {
	snmp_get "fwmark${1}NextIndex.0"
}

# free TABLE: sets index to what the table offers; it is the same when asked again, and no row's.
free() {
	index=$(next "$1")
	expect_eq "fwmark${1}NextIndex again" "$index" "$(next "$1")"
	if [ "$index" -lt 1 ] || [ "$index" -gt 999999 ]; then
		fail "fwmark${1}NextIndex is $index"
	fi
	! snmp_get "fwmark${1}Status.$index" >/dev/null 2>&1 || fail "fwmark${1}NextIndex $index is in use"
}

for table in Rule Policy; do
	used=
	for _ in 1 2 3; do
		free $table
		expect_no_match "indices that were in use" "(^| )$index( |\$)" "$used"
		snmp_set "fwmark${table}Status.$index" i createAndWait
		used="$used $index"
		free $table
		snmp_set "fwmark${table}Status.${used##* }" i destroy
	done
done
free Rule
rule=$index
free Policy
reload_agent "rules = ( { index = $rule; mark = 9; } );" \
	"policies = ( { index = $index; mark = 9; fibId = 9; priority = 9; } );"
shown "fwmarkRuleStatus.$rule" 1
shown "fwmarkPolicyStatus.$index" 1
free Rule
free Policy

# Each start has a random one.
for _ in 1 2 3; do
	stop_agent
	rm -rf "$WORK/state"
	start_agent
	next Rule >>"$WORK/starts"
	next Policy >>"$WORK/starts"
done
[ "$(sort -u "$WORK/starts" | wc -l)" -ge 5 ] || fail "first indices: $(cat "$WORK/starts")"
