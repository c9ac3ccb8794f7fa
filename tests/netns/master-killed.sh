#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# snmpd is killed right after it has acknowledged a SET: what it acknowledged stays.
export ROADS=agentx
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

topology
netsnmp_may_leak
start

for port in 1 2 3 4 5 6 7 8; do
	snmp_set "fwmarkRuleProtocol.$port" u 6 "fwmarkRuleDestinationPortFrom.$port" u "$port" \
		"fwmarkRuleDestinationPortTo.$port" u "$port" "fwmarkRuleMark.$port" u "$port" \
		"fwmarkRuleStatus.$port" i createAndGo
	kill -KILL "$SNMPD_PID"
	wait "$SNMPD_PID" 2>/dev/null || :
	start_snmpd
	wait_for 20 snmp_get fwmarkAgentVersion.0 || fail "fwmarkd does not come back"
	expect_eq "the rule of SET $port" 1 "$(snmp_get "fwmarkRuleStatus.$port")"
	expect_match "the kernel's rule of SET $port" "fwmark:$port\"" "$(iptables-legacy-save -t mangle)"
done
