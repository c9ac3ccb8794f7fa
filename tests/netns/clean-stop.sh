#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# SIGTERM and SIGINT end fwmarkd with status 0; what it put into the kernel stays, snmpd goes on.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

topology
start
lartc_set
snmp_set fwmarkRuleMark.2 u 2 fwmarkRuleProtocol.2 u 1 fwmarkRuleChain.2 s OUTPUT \
	fwmarkRuleStatus.2 i createAndGo
wait_for 10 grep -q '^  \[ 2, ' "$WORK/state/indices" || fail "the place of the rule is not kept"
packets=0
for signal in TERM INT; do
	# The sum is written at the end, not at once.
	ping -q -c 3 -i 0.002 127.0.0.1 >/dev/null
	packets=$((packets + 6)) # requests and replies
	expect_no_match "kept before SIG$signal" "^  \[ 2L, 4294967295L, ${packets}L, " "$(cat "$WORK/state/indices")"
	cp "$WORK/state/state" "$WORK/kept"
	keep_state before
	kill -$signal "$AGENT_PID"
	wait_for 5 agent_gone || fail "fwmarkd does not stop on SIG$signal"
	status=0
	wait "$AGENT_PID" || status=$?
	expect_eq "status after SIG$signal" 0 "$status"
	AGENT_PID=
	expect_state before "after SIG$signal"
	expect_match "kept at SIG$signal" "^  \[ 2L, 4294967295L, ${packets}L, " "$(cat "$WORK/state/indices")"
	expect_same "rows kept at SIG$signal" "$WORK/kept" "$WORK/state/state"
	expect_match "rows kept" '^  \{ index = 1; .* mark = 1;' "$(cat "$WORK/state/state")"
	if [ "$FWMARK_ROAD" = agentx ]; then
		# The session was closed: snmpd knows at once that our objects are gone.
		expect_match "snmpd" 'No Such Object' "$(snmp snmpget fwmarkAgentUpTime.0 2>&1)"
	fi
	start_agent
done
