#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# One host is excepted, in the two ways that LARTC names: the rule does not mark its packets, or a
# policy before that of the mark sends it to the main table.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

topology
topology_serve fast 25
topology_serve cheap 25
start

# expect_exception: port 25 goes by the cheap uplink, but not from the excepted host.
expect_exception() {
	expect_eq "$1: any host" cheap "$(way "$SERVER4" 25 "bind=$INSIDE4")"
	expect_eq "$1: excepted host" fast "$(way "$SERVER4" 25 "bind=$EXCEPTED4")"
}

lartc_set
expect_eq "no exception yet" cheap "$(way "$SERVER4" 25 "bind=$EXCEPTED4")"

# ! -s 192.168.1.20: on the row as it is, and on a row that begins so.
snmp_set fwmarkRuleInvert.1 b 2 fwmarkRuleSource.1 x C0A80114 \
	fwmarkRuleSourcePrefixLength.1 u 32
inverted="-A PREROUTING ! -s 192.168.1.20/32 -i eth0 -p tcp -m tcp --dport 25 -j MARK"
inverted="$inverted --set-xmark 0x1/0xffffffff"
expect_eq "rule" "$inverted" "$(rule_lines iptables-legacy)"
expect_exception "changed rule"
snmp_set fwmarkRuleStatus.1 i destroy
snmp_set fwmarkRuleInvert.1 b 2 fwmarkRuleSource.1 x C0A80114 \
	fwmarkRuleSourcePrefixLength.1 u 32 fwmarkRuleInInterface.1 s eth0 \
	fwmarkRuleProtocol.1 u 6 fwmarkRuleDestinationPortFrom.1 u 25 \
	fwmarkRuleDestinationPortTo.1 u 25 fwmarkRuleMark.1 u 1 fwmarkRuleStatus.1 i createAndGo
expect_eq "rule" "$inverted" "$(rule_lines iptables-legacy)"
expect_exception "new rule"
expect_eq "fwmarkRuleInvert" "20 00" "$(snmp_get -Ox fwmarkRuleInvert.1 | tr -d '"' | sed 's/ *$//')"

# The selector goes away with the value that matches everything.
snmp_set fwmarkRuleInvert.1 x 00 fwmarkRuleSourcePrefixLength.1 u 0 fwmarkRuleSource.1 x 00000000
expect_lartc
expect_eq "no exception any more" cheap "$(way "$SERVER4" 25 "bind=$EXCEPTED4")"

snmp_set fwmarkPolicyPriority.2 u 100 fwmarkPolicySource.2 x C0A80114 \
	fwmarkPolicySourcePrefixLength.2 u 32 fwmarkPolicyFibId.2 u 254 \
	fwmarkPolicyStatus.2 i createAndGo
expect_match "ip rule" '^100:[[:space:]]from 192\.168\.1\.20 lookup main' "$(ip rule)"
expect_exception "policy"
shown fwmarkPolicyPriority.2 100
