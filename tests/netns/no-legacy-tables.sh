#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# On a host without legacy tables policies, tables and routes work, the capabilities and one line
# of the log tell, and a SET that creates a rule is refused in words that say what to load. Once that
# is loaded, rules that managers had are put back, and SETs are done, without a restart.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

# Such a host has no /proc/net/ip_tables_names: for fwmarkd alone, nothing is in /proc/net.
mkdir "$WORK/empty"
cat >"$WORK/without-legacy" <<END
#!/bin/sh
mount --bind "$WORK/empty" /proc/\$\$/net && exec "\$@"
END
chmod +x "$WORK/without-legacy"
export AGENT_WRAPPER="$WORK/without-legacy"

topology
start
capabilities=$(snmp snmpget -Ov fwmarkAgentCapabilities.0)
expect_match "capabilities" 'policyRouting4\(0\) policyRouting6\(1\)' "$capabilities"
expect_no_match "capabilities" 'legacy' "$capabilities"
expect_eq "lines about it in the log" 1 "$(grep -c nftables "$WORK/fwmarkd.log")"

route=201.1.4.0.0.0.0.0.0.1
keep_state before
# shellcheck disable=SC2046 # words
snmp_set $(lartc_varbinds | grep -v '^fwmarkRule')
expect_match "ip rule" 'fwmark 0x1 lookup mail\.out' "$(ip rule)"
expect_match "route" '^default via 195\.96\.98\.253 dev ppp0' "$(ip route show table 201)"
shown fwmarkRuleCount.0 0
shown fwmarkMarkPolicies.1.4294967295 1
shown fwmarkMarkHCPackets.1.4294967295 0
snmp_walk fwmarkObjects >"$WORK/walk"
# shellcheck disable=SC2046 # words
set_refused 'inconsistentValue|resourceUnavailable' 'fwmarkRule[A-Za-z]*.1' \
	'no legacy tables of iptables: try "?\\?"modprobe ip_tables' $(lartc_varbinds | grep '^fwmarkRule')
set_refused 'inconsistentValue|resourceUnavailable' 'fwmarkRule[A-Za-z]*.1' \
	'no legacy tables of ip6tables: try "?\\?"modprobe ip6_tables' fwmarkRuleAddressType.1 i ipv6 \
	fwmarkRuleMark.1 u 1 fwmarkRuleStatus.1 i createAndGo
set_refused inconsistentValue fwmarkMarkMeter.1.4294967295 \
	'no legacy tables: there can be no meters; try .*modprobe -a ip_tables ip6_tables' \
	fwmarkMarkMeter.1.4294967295 i true fwmarkMarkStatus.1.4294967295 i createAndGo
# A name needs none.
snmp_set fwmarkMarkName.1.4294967295 s mail fwmarkMarkStatus.1.4294967295 i createAndGo
snmp_set fwmarkMarkStatus.1.4294967295 i destroy
snmp_set fwmarkPolicyStatus.1 i destroy fwmarkRouteStatus.$route i destroy \
	fwmarkFibStatus.201 i destroy
expect_state before "destroyed"

# The kernel begins to count anew.
netfilter_state() {
	for save in iptables-legacy-save ip6tables-legacy-save; do
		echo "== $save"
		$save -t mangle | sed -e '/^#/d' -e 's/ \[.*\]$//'
	done
}

# loaded: somebody loads the modules.
loaded() {
	umount "/proc/$AGENT_PID/net"
}

loaded
expect_match "capabilities" 'legacy' "$(snmp snmpget -Ov fwmarkAgentCapabilities.0)"
lartc_set
expect_lartc
snmp_set fwmarkRuleAddressType.2 i ipv6 fwmarkRuleMark.2 u 2 fwmarkRuleStatus.2 i createAndGo \
	fwmarkMarkMeter.1.4294967295 i true fwmarkMarkStatus.1.4294967295 i createAndGo
keep_state all
stop_agent

# A boot that has no tables yet: what managers had comes with them, and nobody has to ask.
for program in iptables-legacy ip6tables-legacy; do
	$program -t mangle -F
	$program -t mangle -X
done
start_agent
shown fwmarkRuleStatus.1 2
shown fwmarkRuleStatus.2 2
expect_match "log" 'fwmarkRuleStatus\.1: not put back: .*try "modprobe ip_tables"' "$(agent_log)"
loaded
all_back() ( # a subshell: wait_for goes on after a failure
	expect_state all "put back"
)
wait_for 10 all_back || all_back
shown fwmarkRuleStatus.1 1
