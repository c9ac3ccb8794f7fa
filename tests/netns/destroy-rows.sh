#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Destroying leaves the kernel as it was before, beside the rules, policies and routes of others.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

topology
topology_serve fast 25
iptables-legacy -t mangle -N others
iptables-legacy -t mangle -A PREROUTING -i eth0 -p tcp --dport 25 -j MARK --set-mark 1
iptables-legacy -t mangle -A PREROUTING -i eth0 -p tcp -m comment --comment "a count" -j others
iptables-legacy -t mangle -A others -m mark --mark 7 -j CONNMARK --save-mark
ip6tables-legacy -t mangle -A OUTPUT -p udp -j MARK --set-xmark 0x80/0xf0
ip rule add pref 100 fwmark 7 lookup 77
ip rule add pref 32000 fwmark 1/0xff lookup main
ip -6 rule add pref 100 from 2001:db8::/32 lookup 77
ip route add table 77 default via "$FAST4"
ip route add table 201 10.0.0.0/8 via "$CHEAP4"
ip -6 route add table 77 default via "$FAST6" metric 5
echo 77 theirs >>/etc/iproute2/rt_tables
way "$SERVER4" 25 >"$WORK/way"
start
keep_state before

lartc_set
kernel_state >"$WORK/now"
! diff -q "$WORK/kept.before" "$WORK/now" >/dev/null || fail "nothing happened"
lartc_destroy
expect_state before "destroyed in one SET"

# One by one, in the order of creation and the other way round.
for order in cat tac; do
	lartc_set
	lartc_varbinds | sed -n 's/createAndGo/destroy/p' | $order >"$WORK/steps"
	while read -r object type value; do
		snmp_set "$object" "$type" "$value" </dev/null
	done <"$WORK/steps"
	expect_state before "destroyed one by one ($order)"
done

# One row made by several SETs, and with every table in between.
snmp_set fwmarkRuleStatus.5 i createAndWait
snmp_set fwmarkRuleMark.5 u 5 fwmarkRuleChain.5 s others
expect_state before "a row that is not active"
snmp_set fwmarkRuleStatus.5 i active
expect_match "rule" '-A others .*--set-xmark 0x5/0xffffffff' "$(rule_lines iptables-legacy)"
snmp_set fwmarkRuleStatus.5 i destroy
expect_state before "made step by step, then destroyed"

# Destroying what is not there is done already.
snmp_set fwmarkRuleStatus.5 i destroy fwmarkPolicyStatus.5 i destroy fwmarkFibStatus.205 i destroy \
	fwmarkRouteStatus.205.1.4.0.0.0.0.0.0.1 i destroy
expect_state before "destroyed twice"
