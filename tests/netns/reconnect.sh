#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# fwmarkd starts without snmpd, and comes back by itself when snmpd does.
export ROADS=agentx
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

topology
launch_agent
# It must live without a master, for longer than it takes to try the first time.
sleep 1
! agent_gone || fail "fwmarkd ends without snmpd"
start_snmpd
wait_for 10 agent_answers || fail "fwmarkd does not find snmpd"
lartc_set
expect_lartc
keep_state before
first=$AGENT_PID

for signal in TERM KILL; do
	kill -$signal "$SNMPD_PID"
	wait "$SNMPD_PID" 2>/dev/null || :
	rm -f "$SOCKET"
	! agent_gone || fail "fwmarkd ends with snmpd"
	# What happens meanwhile is not missed.
	ip route replace table 77 default via "$FAST4"
	start_snmpd
	wait_for 10 agent_answers || fail "fwmarkd does not come back after SIG$signal"
	expect_eq "pid" "$first" "$AGENT_PID"
	shown fwmarkRuleStatus.1 1
	shown fwmarkRouteIfName.77.1.4.0.0.0.0.0.0.1 eth1
	ip route flush table 77
	expect_state before "snmpd away and back"
	snmp_set fwmarkRuleDestinationPortTo.1 u 26
	expect_match "rule" '--dport 25:26' "$(rule_lines iptables-legacy)"
	snmp_set fwmarkRuleDestinationPortTo.1 u 25
	# An answer after that of the SET: fwmarkd has been told that the SET is final.
	shown fwmarkRuleDestinationPortTo.1 25
done
expect_lartc
# It says so, but not a thousand times.
[ "$(wc -l <"$WORK/fwmarkd.log")" -lt 100 ] || fail "a talkative log"
