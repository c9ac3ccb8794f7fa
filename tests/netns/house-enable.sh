#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# provisioning.enable = false: managers may look, and change nothing.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

topology
start
lartc_set

# provisioning BIT: bit 11 of fwmarkAgentCapabilities, the fifth of the second octet from the left.
provisioning() {
	octets=$(snmp snmpget -OvQx fwmarkAgentCapabilities.0 | tr -d '" ')
	expect_eq "provisioning(11) in $octets" "$1" $((0x$octets >> (${#octets} * 4 - 12) & 1))
}

closed() {
	provisioning 0
	refusals <<-'END'
		notWritable fwmarkRuleMark.1 /provisioning.enable/ fwmarkRuleMark.1 u 2
		notWritable fwmarkRuleStatus.1 /provisioning.enable/ fwmarkRuleStatus.1 i destroy
		notWritable fwmarkRuleStatus.77 /provisioning.enable/ fwmarkRuleStatus.77 i destroy
		notWritable fwmarkRuleMark.2 /provisioning.enable/ fwmarkRuleMark.2 u 2 fwmarkRuleStatus.2 i createAndGo
		notWritable fwmarkPolicyStatus.1 /provisioning.enable/ fwmarkPolicyStatus.1 i notInService
		notWritable fwmarkMarkName.9.9 /provisioning.enable/ fwmarkMarkName.9.9 s nine fwmarkMarkStatus.9.9 i createAndGo
		notWritable fwmarkFibName.201 /provisioning.enable/ fwmarkFibName.201 s other
		notWritable fwmarkRouteMtu.201.* /provisioning.enable/ fwmarkRouteMtu.201.1.4.0.0.0.0.0.0.1 u 1400
		notWritable fwmarkNextHopWeight.201.* /provisioning.enable/ fwmarkNextHopWeight.201.1.4.0.0.0.0.0.0.1.1 u 2
		notWritable fwmarkInterfaceRpFilter.* /provisioning.enable/ fwmarkInterfaceRpFilter.1 i 2
	END
	# That changes no traffic.
	lock=$(snmp_get fwmarkAgentEditLock.0)
	snmp_set fwmarkAgentEditLock.0 i "$lock" fwmarkAgentNotifications.0 i 2
	shown fwmarkAgentEditLock.0 $((lock + 1))
	snmp_set fwmarkAgentNotifications.0 i 1
	expect_lartc
}

provisioning 1
reload_agent 'provisioning: { enable = false; };'
closed
# Rows are put back all the same.
stop_agent
ip rule del fwmark 1
start_agent
closed
reload_agent
provisioning 1
lartc_destroy
expect_no_match "ip rule" 'fwmark' "$(ip rule)"
