#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Without snmpd: users of SNMPv3 from fwmarkd's own file, who may do what they may and nothing else.
export ROADS=standalone
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"
# shellcheck source=/dev/null
. "$NETNS_DIR/access.sh"

# The example of fwmarkd(8).
sed -n -e 's/\\-/-/g' -e 's/"AUTHENTICATION"/authsecret/' -e 's/"ENCRYPTION"/privsecret/' \
	-e '/^createUser/,/^maxGetbulk/p' "$TOP_SRCDIR/agent/fwmarkd.8" >"$WORK/access.conf"

topology
snmp_as "$(as fwmark-writer authPriv)"
start
lartc_set
expect_lartc
keep_state before
cannot_write .1.3.6.1.2.1.1.6.0 s here
cannot_write .1.3.6.1.6.3.15.1.2.2.1.13.5.1.2.3.4.5.1.97 i 4
secrets_hidden

snmp_as "$(as fwmark-reader authPriv)"
shown fwmarkRuleMark.1 1
expect_match "system group" '^[0-9]+$' "$(snmp_get .1.3.6.1.2.1.1.3.0)"
secrets_hidden
cannot_write fwmarkRuleMark.1 u 2
cannot_write fwmarkRuleStatus.1 i destroy

outsiders fwmark-writer fwmark-reader
expect_state before "what outsiders tried"

# The engine is the same after a restart, so that managers go on.
snmp_as "$(as fwmark-reader authPriv)"
engine=$(snmp_get .1.3.6.1.6.3.10.2.1.1.0)
boots=$(snmp_get .1.3.6.1.6.3.10.2.1.2.0)
stop_agent
start_agent
expect_eq "engine" "$engine" "$(snmp_get .1.3.6.1.6.3.10.2.1.1.0)"
[ "$(snmp_get .1.3.6.1.6.3.10.2.1.2.0)" -gt "$boots" ] || fail "snmpEngineBoots does not count"
shown fwmarkRuleMark.1 1
