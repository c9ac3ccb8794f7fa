#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# conf/snmpd.conf.example: its writer provisions, its reader polls and cannot write, nobody else
# gets in.
export ROADS=agentx
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"
# shellcheck source=/dev/null
. "$NETNS_DIR/access.sh"

{
	sed "s|/var/agentx/master|$SOCKET|" "$TOP_SRCDIR/conf/snmpd.conf.example"
	for user in fwmark-writer fwmark-reader; do
		echo "createUser $user SHA-256 \"authsecret\" AES \"privsecret\""
	done
} >"$WORK/access.conf"

topology
snmp_as "$(as fwmark-writer authPriv)"
start
expect_no_match "snmpd.log" '[Ww]arning|[Uu]nknown|[Ee]rror' "$(cat "$WORK/snmpd.log")"
lartc_set
expect_lartc
keep_state before
expect_match "sysUpTime" '^[0-9]+$' "$(snmp_get .1.3.6.1.2.1.1.3.0)"
# What is beside FWMARK-MIB may be read at most.
cannot_write .1.3.6.1.2.1.1.6.0 s here
cannot_write .1.3.6.1.6.3.15.1.2.2.1.13.5.1.2.3.4.5.1.97 i 4
cannot_write .1.3.6.1.6.3.16.1.4.1.6.1.97.0.3.3 s internet
secrets_hidden

snmp_as "$(as fwmark-reader authPriv)"
shown fwmarkRuleMark.1 1
shown fwmarkAgentLastError.0 ""
cannot_write fwmarkRuleMark.1 u 2
cannot_write fwmarkRuleStatus.1 i destroy
cannot_write fwmarkRuleStatus.2 i createAndWait
cannot_write fwmarkAgentEditLock.0 i 0
cannot_write .1.3.6.1.2.1.1.6.0 s here
secrets_hidden
# With 1000 values in an answer.
expect_eq "values in an answer" 200 \
	"$(snmp snmpbulkget -Cn0 -Cr20 fwmarkRuleMark fwmarkRuleMask fwmarkPolicyMark fwmarkPolicyMask \
		fwmarkPolicyText fwmarkFibName fwmarkRouteText fwmarkRouteType fwmarkRouteIfName \
		fwmarkRouteTos 2>&1 | grep -c '=')"

outsiders fwmark-writer fwmark-reader
expect_state before "what the others tried"
