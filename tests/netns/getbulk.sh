#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A walk by GETBULK, of any size and of many columns at once, is what GETNEXT gives.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

topology
start
lartc_set
for i in 2 3 4 5 6 7 8 9 10 11 12; do
	snmp_set fwmarkRuleInInterface.$i s eth0 fwmarkRuleMark.$i u $i fwmarkRuleStatus.$i i createAndGo \
		fwmarkPolicyMark.$i u $i fwmarkPolicyFibId.$i u 201 fwmarkPolicyStatus.$i i createAndGo
done

# What each look changes is left out.
steady() {
	grep -Ev '^fwmark(AgentUpTime|RuleNextIndex|PolicyNextIndex)\.0 '
}

snmp snmpwalk -OsQtebU fwmarkObjects | steady >"$WORK/getnext"
[ "$(wc -l <"$WORK/getnext")" -gt 500 ] || fail "a short walk"
for repetitions in 1 2 7 10 100 1000; do
	snmp snmpbulkwalk -Cr$repetitions -OsQtebU fwmarkObjects | steady >"$WORK/getbulk"
	expect_same "walk with $repetitions repetitions" "$WORK/getnext" "$WORK/getbulk"
done
sort -u "$WORK/getnext" | wc -l >"$WORK/unique"
expect_eq "no row twice" "$(wc -l <"$WORK/getnext")" "$(cat "$WORK/unique")"

# Three columns side by side; each ends where its own column ends.
snmp snmpbulkget -Cn0 -Cr12 -OsQtebU fwmarkRuleMark fwmarkRuleText fwmarkRuleStatus >"$WORK/columns"
for object in fwmarkRuleMark fwmarkRuleText fwmarkRuleStatus; do
	grep "^$object\." "$WORK/columns" >"$WORK/column"
	grep "^$object\." "$WORK/getnext" >"$WORK/expected"
	expect_same "column $object" "$WORK/expected" "$WORK/column"
done

# Beyond the last object there is nothing of ours, and nothing before the first.
snmp snmpgetnext -On .1.3.6.1.4.1.8072.9999.9999.11.1.9.99 >"$WORK/beyond" 2>&1 || :
expect_no_match "after the end" '8072\.9999\.9999\.11\.1\.' "$(cat "$WORK/beyond")"
expect_match "before the begin" '^fwmarkAgentVersion\.0 ' "$(snmp snmpgetnext -OsQ fwmarkMIB)"
# GETs of what is not there: a column, a row, a table node.
expect_match "no such row" 'No Such Instance' "$(snmp snmpget fwmarkRuleMark.999 2>&1)"
expect_match "no such column" 'No Such (Object|Instance)' \
	"$(snmp snmpget .1.3.6.1.4.1.8072.9999.9999.11.1.2.4.1.99.1 2>&1)"
expect_match "a node" 'No Such (Object|Instance)' "$(snmp snmpget fwmarkRuleTable 2>&1)"
expect_match "not accessible" 'No Such (Object|Instance)' "$(snmp snmpget fwmarkRuleIndex.1 2>&1)"
