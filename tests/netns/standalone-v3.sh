#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Without snmpd: users of SNMPv3 from fwmarkd's own file, who may do what they may and nothing else.
export ROADS=standalone
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

snmp_access() {
	cat <<-END
		createUser writer SHA-256 authsecret AES privsecret
		createUser reader SHA-256 authsecret AES privsecret
		rwuser writer authPriv
		rouser reader authPriv
	END
}
snmp_access >"$WORK/access.conf"

topology
v3="-v3 -a SHA-256 -x AES -A authsecret -X privsecret"
snmp_as "$v3 -l authPriv -u writer"
start
lartc_set
expect_lartc
expect_match "system group" '^[0-9]+$' "$(snmp_get .1.3.6.1.2.1.1.3.0)"
keep_state before

snmp_as "$v3 -l authPriv -u reader"
shown fwmarkRuleMark.1 1
! snmp snmpset fwmarkRuleMark.1 u 2 >"$WORK/set" 2>&1 || fail "the reader has written"
expect_match "the reader writes" 'noAccess|authorizationError' "$(cat "$WORK/set")"

# denied FLAGS: cannot even read.
denied() {
	snmp_as "$1"
	if got=$(snmp snmpget -t1 -Oqv fwmarkRuleMark.1 2>&1); then
		expect_no_match "$1" '^[0-9]+$' "$got"
	fi
}
denied "-v3 -l authNoPriv -u writer -a SHA-256 -A authsecret"
denied "-v3 -l noAuthNoPriv -u writer"
denied "-v3 -l authPriv -u writer -a SHA-256 -x AES -A wrongsecret -X privsecret"
denied "-v3 -l authPriv -u nobody -a SHA-256 -x AES -A authsecret -X privsecret"
denied "-v2c -c public"
denied "-v1 -c test"
expect_state before "what outsiders tried"

# The engine is the same after a restart, so that managers go on.
snmp_as "$v3 -l authPriv -u writer"
engine=$(snmp_get .1.3.6.1.6.3.10.2.1.1.0)
boots=$(snmp_get .1.3.6.1.6.3.10.2.1.2.0)
stop_agent
start_agent
expect_eq "engine" "$engine" "$(snmp_get .1.3.6.1.6.3.10.2.1.1.0)"
[ "$(snmp_get .1.3.6.1.6.3.10.2.1.2.0)" -gt "$boots" ] || fail "snmpEngineBoots does not count"
shown fwmarkRuleMark.1 1
