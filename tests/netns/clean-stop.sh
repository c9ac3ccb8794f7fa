#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# SIGTERM and SIGINT end fwmarkd with status 0; what it put into the kernel stays, snmpd goes on.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

topology
start
lartc_set
keep_state before
for signal in TERM INT; do
	kill -$signal "$AGENT_PID"
	wait_for 5 agent_gone || fail "fwmarkd does not stop on SIG$signal"
	status=0
	wait "$AGENT_PID" || status=$?
	expect_eq "status after SIG$signal" 0 "$status"
	AGENT_PID=
	expect_state before "after SIG$signal"
	[ -n "$(find "$WORK/state" -type f -size +0)" ] || fail "no state is kept"
	if [ "$FWMARK_ROAD" = agentx ]; then
		# The session was closed: snmpd knows at once that our objects are gone.
		expect_match "snmpd" 'No Such Object' "$(snmp snmpget fwmarkAgentUpTime.0 2>&1)"
	fi
	start_agent
done
