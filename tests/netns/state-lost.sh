#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Volatile rows end with the boot; a damaged state file is set aside, and what carries a manager's mark
# in kernel and name file is taken over again.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

own=/etc/iproute2/rt_tables.d/fwmarkd.conf

topology
start
lartc_set
snmp_set fwmarkFibName.202 s short.lived fwmarkFibStorageType.202 i volatile \
	fwmarkFibStatus.202 i createAndGo \
	fwmarkRuleMark.3 u 3 fwmarkRuleStorageType.3 i volatile fwmarkRuleStatus.3 i createAndGo
expect_match "names" '^202[[:space:]]+short\.lived' "$(cat $own)"
stop_agent
state=$(find /var/lib/fwmarkd "$WORK" -name state -type f | head -n 1)

sed -i 's/^boot = .*/boot = "another";/' "$state"
iptables-legacy -t mangle -F
start_agent
expect_no_match "names after a reboot" 'short\.lived' "$(cat $own)"
expect_match "names after a reboot" '^201[[:space:]]+mail\.out' "$(cat $own)"
expect_match "rules after a reboot" 'dport 25 ' "$(iptables-legacy-save -t mangle)"
expect_no_match "rules after a reboot" '0x3/' "$(iptables-legacy-save -t mangle)"
keep_state before
stop_agent

echo 'version = 1; rules = ( { index = "five" } );' >"$state"
start_agent
[ -f "$state.damaged" ] || fail "the damaged file was not set aside"
expect_match "log" 'set aside' "$(cat "$WORK/fwmarkd.log")"
expect_state before "kernel after the state was lost"
shown fwmarkFibName.201 mail.out
shown fwmarkFibOrigin.201 2
shown fwmarkRuleOrigin.1 2
snmp_set fwmarkRuleStatus.1 i destroy fwmarkFibStatus.201 i destroy
[ ! -s $own ] || expect_no_match "names after destroy" 'mail\.out' "$(cat $own)"
