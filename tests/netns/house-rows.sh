#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# provisioning.max_rows: how many rows managers may have, all tables together.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

topology
ip rule add pref 100 fwmark 5 lookup 77
echo 'provisioning: { max_rows = 5; };' >>"$AGENT_CONF"
start
lartc_set

full() {
	set_refused resourceUnavailable fwmarkRuleStatus.3 \
		'^fwmarkRule[A-Z].*\.3: provisioning\.max_rows = 5 does not allow one more$' \
		fwmarkPolicyMark.3 u 3 fwmarkPolicyStatus.3 i createAndGo \
		fwmarkRuleMark.3 u 3 fwmarkRuleStatus.3 i createAndGo
}
full
snmp_set fwmarkMarkName.1.4294967295 s one fwmarkMarkStatus.1.4294967295 i createAndGo
set_refused resourceUnavailable fwmarkPolicyStatus.3 'provisioning\.max_rows' \
	fwmarkPolicyMark.3 u 3 fwmarkPolicyStatus.3 i createAndWait
set_refused resourceUnavailable fwmarkFibStatus.300 'provisioning\.max_rows' \
	fwmarkFibName.300 s x fwmarkFibStatus.300 i createAndGo
# Changes need no room, and what goes makes some.
snmp_set fwmarkRuleDescription.1 s mail
snmp_set fwmarkPolicyMark.3 u 3 fwmarkPolicyStatus.3 i createAndGo \
	fwmarkMarkStatus.1.4294967295 i destroy
set_refused resourceUnavailable fwmarkMarkStatus.7.7 'provisioning\.max_rows' \
	fwmarkMarkName.7.7 s x fwmarkMarkStatus.7.7 i createAndGo

# Fewer than there are: none goes, and changes are fine.
reload_agent 'provisioning: { max_rows = 2; };'
snmp_set fwmarkRuleDescription.1 s mails
expect_match "ip rule" 'fwmark 0x3 ' "$(ip rule)"
stop_agent
start_agent
expect_match "ip rule" 'fwmark 0x3 ' "$(ip rule)"
snmp_set fwmarkPolicyStatus.3 i destroy
set_refused resourceUnavailable fwmarkPolicyStatus.3 'provisioning\.max_rows = 2' \
	fwmarkPolicyMark.3 u 3 fwmarkPolicyStatus.3 i createAndGo
reload_agent 'provisioning: { max_rows = 5; };'
full
snmp_set fwmarkPolicyMark.3 u 3 fwmarkPolicyStatus.3 i createAndGo
