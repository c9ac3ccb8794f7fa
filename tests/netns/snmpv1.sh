#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A poller that speaks SNMPv1 sees every table, with the Counter32 twins in the place of Counter64.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

topology
topology_serve fast 25
topology_serve cheap 25
fresh_agent
start
lartc_set
expect_eq "port 25" cheap "$(way "$SERVER4" 25)"
counters_agree '--dport 25' -- fwmarkRuleHCPackets.1 fwmarkRuleHCBytes.1
packets=$(snmp_get fwmarkRuleHCPackets.1)

snmp_walk fwmarkObjects | grep -Ev '^fwmark(Rule|Mark|MarkMeter)HC|^fwmark(AgentUpTime|.*NextIndex)\.0 ' \
	>"$WORK/v2"
snmp_as "-v1 -c test"
snmp snmpwalk -OsQtebU fwmarkObjects | grep -Ev '^fwmark(AgentUpTime|.*NextIndex)\.0 ' >"$WORK/v1"
expect_same "SNMPv1 and SNMPv2" "$WORK/v2" "$WORK/v1"
expect_no_match "64 bits" 'HC(Packets|Bytes)' "$(cat "$WORK/v1")"
shown fwmarkRulePackets.1 "$packets"
shown fwmarkMarkPackets.1.4294967295 "$packets"
expect_match "GET of Counter64" 'noSuchName' "$(snmp snmpget fwmarkRuleHCPackets.1 2>&1)"

# Errors have the names of SNMPv1, and change nothing.
keep_state before
for bad in "fwmarkRuleProtocol.1 u 256" "fwmarkRuleProtocol.1 s tcp" "fwmarkRuleChain.1 s nochain"; do
	# shellcheck disable=SC2086 # words
	! snmp snmpset -Ir $bad >"$WORK/set" 2>&1 || fail "done: $bad"
	expect_match "$bad" '^Reason: \(badValue\)|^Reason: .*[Bb]ad ?[Vv]alue' "$(cat "$WORK/set")"
done
expect_state before "refused SETs"
snmp_set fwmarkRuleDestinationPortTo.1 u 26
expect_match "rule" '--dport 25:26' "$(rule_lines iptables-legacy)"
