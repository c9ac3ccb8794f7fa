#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Rows that a manager leaves notReady or notInService are removed after a while, for good, and the log
# says so once. A SET begins the time anew, and so does a restart; a row that is to be active is never
# removed, whatever it reads.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

route=201.1.4.0.0.0.0.0.0.1
other=205.1.4.0.0.0.0.0.0.1

# timeouts NOT_READY NOT_IN_SERVICE: seconds. What others do to rules is seen at once.
timeouts() {
	reload_agent "provisioning: { not_ready_timeout = $1; not_in_service_timeout = $2; };" \
		'read: { get_age_ms = 0; walk_age_ms = 0; };'
}

# begun: one row of each table that is not finished, those of the first line without what they need.
begun() {
	snmp_set fwmarkRuleStatus.5 i createAndWait fwmarkRouteStatus.$other i createAndWait \
		fwmarkRuleMark.6 u 6 fwmarkRuleStatus.6 i createAndWait \
		fwmarkMarkName.7.255 s seven fwmarkMarkStatus.7.255 i createAndWait \
		fwmarkPolicyMark.5 u 5 fwmarkPolicyStatus.5 i createAndWait \
		fwmarkFibName.205 s later fwmarkFibStatus.205 i createAndWait
}

# statuses: of the rows above, in one line.
statuses() {
	snmp_get fwmarkRuleStatus.5 fwmarkRouteStatus.$other fwmarkRuleStatus.6 \
		fwmarkMarkStatus.7.255 fwmarkPolicyStatus.5 fwmarkFibStatus.205 | tr '\n' ' '
}

# steady: everything but times, which a restart changes.
steady() {
	state | grep -v 'DiscontinuityTime\.'
}

gone() {
	! snmp_get "$1"
}

topology
start
lartc_set
shown fwmarkRouteStatus.$route 1
steady >"$WORK/before"

# By default what is notReady has 5 minutes, and what is notInService has for ever.
begun
expect_eq "statuses" "3 3 2 2 2 2 " "$(statuses)"

# A restart knows which is which.
stop_agent
start_agent
expect_eq "statuses after a restart" "3 3 2 2 2 2 " "$(statuses)"

# Each kind has a time of its own.
timeouts 1 0
wait_for 15 gone fwmarkRuleStatus.5 || fail "fwmarkRuleStatus.5 is there"
wait_for 15 gone fwmarkRouteStatus.$other || fail "fwmarkRouteStatus.$other is there"
for row in fwmarkRuleStatus.6 fwmarkMarkStatus.7.255 fwmarkPolicyStatus.5 fwmarkFibStatus.205; do
	shown $row 2
done
timeouts 0 1
wait_for 15 gone fwmarkPolicyStatus.5 || fail "fwmarkPolicyStatus.5 is there"
as_before() {
	steady >"$WORK/after" && cmp -s "$WORK/before" "$WORK/after"
}
wait_for 15 as_before || expect_same "all but what was begun" "$WORK/before" "$WORK/after"
for row in fwmarkRuleStatus.5 fwmarkRouteStatus.$other fwmarkRuleStatus.6 fwmarkMarkStatus.7.255 \
	fwmarkPolicyStatus.5 fwmarkFibStatus.205; do
	expect_eq "lines of the log about $row" 1 "$(grep -c "$row: .*removed" "$WORK/fwmarkd.log")"
done
expect_no_match "the state file" 'index = [56];|id = 205|fibId = 205|seven' "$(cat "$WORK/state/state")"

# A route whose device is gone, a rule that somebody has taken away: they read notInService, and are
# wanted. A SET of another column does not change that.
ip link set ppp0 down
iptables-legacy -t mangle -F
shown fwmarkRouteStatus.$route 2
shown fwmarkRuleStatus.1 2
snmp_set fwmarkRouteMtu.$route u 1400 fwmarkRuleDescription.1 s "it will be back"

# A SET begins the time anew: of two rows the one that nobody cares for goes.
timeouts 4 4
snmp_set fwmarkPolicyMark.5 u 5 fwmarkPolicyStatus.5 i createAndWait \
	fwmarkPolicyMark.6 u 5 fwmarkPolicyStatus.6 i createAndWait
for mark in $(seq 100 1000); do
	snmp_set fwmarkPolicyMark.6 u "$mark"
	snmp_get fwmarkPolicyStatus.5 >"$WORK/status" || break
done
shown fwmarkPolicyStatus.6 2
expect_match "the state file" 'index = 6;' "$(cat "$WORK/state/state")"

# What was wanted all the time is there still, and comes back.
shown fwmarkRouteStatus.$route 2
shown fwmarkRuleStatus.1 2
ip link set ppp0 up
back() { ip route show table 201 | grep -q 'mtu 1400'; }
wait_for 15 back || fail "the route is not back: $(ip route show table 201)"
snmp_set fwmarkRuleStatus.1 i active fwmarkPolicyStatus.6 i destroy
expect_match "rule" 'it will be back' "$(iptables-legacy-save -t mangle)"
