#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# conf/snmpd.conf.example: its writer provisions, its reader polls and cannot write, nobody else
# gets in.
export ROADS=agentx
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

{
	sed "s|/var/agentx/master|$SOCKET|" "$TOP_SRCDIR/conf/snmpd.conf.example"
	for user in fwmark-writer fwmark-reader; do
		echo "createUser $user SHA-256 \"authsecret\" AES \"privsecret\""
	done
} >"$WORK/access.conf"

topology
v3="-v3 -a SHA-256 -x AES -A authsecret -X privsecret"
snmp_as "$v3 -l authPriv -u fwmark-writer"
start
expect_no_match "snmpd.log" '[Ww]arning|[Uu]nknown|[Ee]rror' "$(cat "$WORK/snmpd.log")"
lartc_set
expect_lartc
keep_state before
expect_match "the writer, beyond FWMARK-MIB" 'noAccess|notWritable' \
	"$(snmp snmpset .1.3.6.1.2.1.1.6.0 s here 2>&1)"
expect_match "the writer, users" 'No Such|noAccess' \
	"$(snmp snmpget .1.3.6.1.6.3.15.1.1.3.0 2>&1)"

snmp_as "$v3 -l authPriv -u fwmark-reader"
shown fwmarkRuleMark.1 1
expect_match "the reader writes" 'noAccess|authorizationError' \
	"$(snmp snmpset fwmarkRuleMark.1 u 2 2>&1)"
# With 1000 values in an answer.
expect_eq "values in an answer" 200 \
	"$(snmp snmpbulkget -Cn0 -Cr20 fwmarkRuleMark fwmarkRuleMask fwmarkPolicyMark fwmarkPolicyMask \
		fwmarkPolicyText fwmarkFibName fwmarkRouteText fwmarkRouteType fwmarkRouteIfName \
		fwmarkRouteTos 2>&1 | grep -c '=')"

# denied FLAGS: cannot even read.
denied() {
	snmp_as "$1"
	if got=$(snmp snmpget -t1 -Oqv fwmarkRuleMark.1 2>&1); then
		expect_no_match "$1" '^[0-9]+$' "$got"
	fi
}
denied "-v3 -l authNoPriv -u fwmark-writer -a SHA-256 -A authsecret"
denied "-v3 -l noAuthNoPriv -u fwmark-reader"
denied "-v2c -c public"
denied "-v2c -c test"
expect_state before "what the others tried"
