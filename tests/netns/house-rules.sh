#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Where managers' rules may stand, and which bits of marks they may change.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

topology
start

# rule INDEX TABLE CHAIN: a rule there, which counts nothing.
rule() {
	index=$1
	snmp_set "fwmarkRuleTableName.$index" s "$2" "fwmarkRuleChain.$index" s "$3" \
		"fwmarkRuleProtocol.$index" u 47 "fwmarkRuleMark.$index" u 1 "fwmarkRuleStatus.$index" i createAndGo
}
rules() { iptables-legacy-save 2>/dev/null | grep -c -e '-j \(MARK\|CONNMARK\)' || :; }

rule 1 mangle OUTPUT
rule 2 raw PREROUTING
iptables-legacy -t mangle -N own

places() {
	refusals <<-'END'
		inconsistentValue fwmarkRuleTableName.9 /^fwmarkRuleTableName.9: provisioning.netfilter_tables does not allow filter$/ fwmarkRuleTableName.9 s filter fwmarkRuleChain.9 s OUTPUT fwmarkRuleMark.9 u 1 fwmarkRuleStatus.9 i createAndGo
		inconsistentValue fwmarkRuleTableName.9 /provisioning.netfilter_tables/ fwmarkRuleStatus.9 i createAndWait fwmarkRuleTableName.9 s filter
		inconsistentValue fwmarkRuleChain.9 /^fwmarkRuleChain.9: provisioning.chains does not allow OUTPUT of mangle$/ fwmarkRuleMark.9 u 1 fwmarkRuleChain.9 s OUTPUT fwmarkRuleStatus.9 i createAndGo
		inconsistentValue fwmarkRuleTableName.9 /provisioning.chains does not allow PREROUTING of raw$/ fwmarkRuleMark.9 u 1 fwmarkRuleTableName.9 s raw fwmarkRuleStatus.9 i createAndGo
		inconsistentValue fwmarkRuleChain.9 /provisioning.chains does not allow own of mangle$/ fwmarkRuleMark.9 u 1 fwmarkRuleChain.9 s own fwmarkRuleStatus.9 i createAndGo
		inconsistentValue fwmarkRuleDescription.1 /provisioning.chains does not allow OUTPUT of mangle$/ fwmarkRuleDescription.1 s new
		inconsistentValue fwmarkRulePosition.1 /provisioning.chains does not allow OUTPUT of mangle$/ fwmarkRulePosition.1 u 1
		inconsistentValue fwmarkRuleChain.8 /provisioning.chains/ fwmarkPolicyMark.8 u 8 fwmarkPolicyStatus.8 i createAndGo fwmarkRuleMark.8 u 1 fwmarkRuleChain.8 s POSTROUTING fwmarkRuleStatus.8 i createAndGo
	END
	# These are allowed.
	rule 3 mangle PREROUTING
	rule 4 raw OUTPUT
	snmp_set fwmarkRuleStatus.3 i destroy fwmarkRuleStatus.4 i destroy
}

settings='provisioning: { netfilter_tables = ("mangle", "raw"); chains = ("mangle/PREROUTING", "raw/OUTPUT"); };'
reload_agent "$settings"
expect_eq "rules stay" 2 "$(rules)"
places
# Out of service is fine, back is not, and somewhere else is.
snmp_set fwmarkRuleStatus.1 i notInService
set_refused inconsistentValue fwmarkRuleStatus.1 'provisioning\.chains does not allow OUTPUT' \
	fwmarkRuleStatus.1 i active
snmp_set fwmarkRuleChain.1 s PREROUTING fwmarkRuleStatus.1 i active
snmp_set fwmarkRuleStatus.1 i destroy
reload_agent
rule 1 mangle OUTPUT
# The same from the start; what was allowed once is put back.
echo "$settings" >>"$AGENT_CONF"
stop_agent
iptables-legacy -t mangle -F OUTPUT
start_agent
expect_eq "rules" 2 "$(rules)"
places
snmp_set fwmarkRuleStatus.1 i destroy fwmarkRuleStatus.2 i destroy

bits() {
	refusals <<-'END'
		inconsistentValue fwmarkRuleStatus.9 /^fwmarkRuleMask.9: provisioning.mark_mask = 0x0000ff00 does not allow the bits 0xffff00ff$/ fwmarkRuleStatus.9 i createAndGo fwmarkRuleMark.9 u 256
		inconsistentValue fwmarkRuleMask.9 /^fwmarkRuleMask.9: provisioning.mark_mask .* 0x00000001$/ fwmarkRuleMark.9 u 256 fwmarkRuleMask.9 u 257 fwmarkRuleStatus.9 i createAndGo
		inconsistentValue fwmarkRuleMark.9 /^fwmarkRuleMark.9: provisioning.mark_mask .* 0x00010000$/ fwmarkRuleMark.9 u 65536 fwmarkRuleMask.9 u 65280 fwmarkRuleStatus.9 i createAndGo
		inconsistentValue fwmarkRuleMark.9 /^fwmarkRuleMark.9: provisioning.mark_mask .* 0x00010000$/ fwmarkRuleTarget.9 i connmarkSet fwmarkRuleMark.9 u 65536 fwmarkRuleMask.9 u 256 fwmarkRuleStatus.9 i createAndGo
		inconsistentValue fwmarkRuleMask.9 /^fwmarkRuleMask.9: provisioning.mark_mask .* 0x000000ff$/ fwmarkRuleTarget.9 i connmarkSave fwmarkRuleMask.9 u 65535 fwmarkRuleCtMask.9 u 256 fwmarkRuleStatus.9 i createAndGo
		inconsistentValue fwmarkRuleCtMask.9 /^fwmarkRuleCtMask.9: provisioning.mark_mask .* 0x000000ff$/ fwmarkRuleTarget.9 i connmarkRestore fwmarkRuleMask.9 u 256 fwmarkRuleCtMask.9 u 65535 fwmarkRuleStatus.9 i createAndGo
		inconsistentValue fwmarkRuleMask.1 /^fwmarkRuleMask.1: provisioning.mark_mask .* 0x00000001$/ fwmarkRuleMask.1 u 1
	END
	# What is compared changes nothing: marks of rules, of policies, of names and meters.
	snmp_set fwmarkRuleMark.2 u $((0x1200)) fwmarkRuleMask.2 u $((0x1f00)) \
		fwmarkRuleMatchMark.2 u 1 fwmarkRuleMatchMask.2 u 255 fwmarkRuleStatus.2 i createAndGo \
		fwmarkPolicyMark.2 u 1 fwmarkPolicyStatus.2 i createAndGo \
		fwmarkMarkName.1.1 s one fwmarkMarkStatus.1.1 i createAndGo
	snmp_set fwmarkRuleTarget.3 i connmarkSave fwmarkRuleMask.3 u $((0xff00)) \
		fwmarkRuleCtMask.3 u $((0xff00)) fwmarkRuleStatus.3 i createAndGo
	snmp_set fwmarkRuleStatus.2 i destroy fwmarkPolicyStatus.2 i destroy \
		fwmarkMarkStatus.1.1 i destroy fwmarkRuleStatus.3 i destroy
}
reload_agent
snmp_set fwmarkRuleProtocol.1 u 47 fwmarkRuleMark.1 u $((0x100)) \
	fwmarkRuleMask.1 u $((0x100)) fwmarkRuleStatus.1 i createAndGo
settings='provisioning: { mark_mask = 0xff00; };'
reload_agent "$settings"
bits
stop_agent
start_agent
bits
reload_agent 'provisioning: { mark_mask = 0xffffffff; };'
snmp_set fwmarkRuleMask.1 u 4294967295
