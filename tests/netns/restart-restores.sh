#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A restart keeps rows, indices and names, of managers and of others; what a manager set and is
# missing in the kernel is put back, nothing else is touched.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

topology
iptables-legacy -t mangle -A PREROUTING -i eth0 -p udp -j MARK --set-mark 5
ip rule add pref 100 fwmark 5 lookup 77
start
lartc_set
snmp_set fwmarkRuleDescription.1 s "mail, \"quoted\"" fwmarkPolicyDescription.1 s "by the cheap line" \
	fwmarkMarkName.1.4294967295 s mail \
	fwmarkRuleMark.2 u 2 fwmarkRuleStatus.2 i createAndWait \
	fwmarkRuleMark.3 u 3 fwmarkRuleInInterface.3 s eth0 fwmarkRuleStorageType.3 i volatile fwmarkRuleStatus.3 i createAndGo

# What a restart changes in a walk: times.
steady() {
	agent_state | grep -Ev '^fwmark[A-Za-z]*(DiscontinuityTime)\.'
}

steady >"$WORK/before"
keep_state before
stop_agent
start_agent
steady >"$WORK/after"
expect_same "rows after a restart" "$WORK/before" "$WORK/after"
expect_state before "kernel after a restart"

# A link that its user may have left there leads nowhere: root writes to no file but its own.
echo whole >"$WORK/victim"
ln -s "$WORK/victim" "$WORK/state/state.new"
snmp_set fwmarkMarkName.1.4294967295 s mail
expect_eq "what a link led to" whole "$(cat "$WORK/victim")"

kill_agent
start_agent
steady >"$WORK/after"
expect_same "rows after SIGKILL" "$WORK/before" "$WORK/after"
expect_state before "kernel after SIGKILL"

# A reboot, as seen from here: the kernel is empty but for what others put back, and another boot.
stop_agent
iptables-legacy -t mangle -F
iptables-legacy -t mangle -A PREROUTING -i eth0 -p udp -j MARK --set-mark 5
ip rule del fwmark 1 lookup 201
ip route flush table 201
rm -f /etc/iproute2/rt_tables.d/fwmarkd.conf
start_agent
expect_match "rule" '-i eth0 -p tcp -m tcp --dport 25 .*--set-xmark 0x1/0xffffffff' \
	"$(iptables-legacy-save -t mangle)"
expect_match "ip rule" 'fwmark 0x1 lookup mail\.out' "$(ip rule)"
expect_match "route" '^default via 195\.96\.98\.253 dev ppp0' "$(ip route show table 201)"
shown fwmarkRuleStatus.1 1
shown fwmarkRuleDescription.1 "mail, \"quoted\""
shown fwmarkPolicyStatus.1 1
shown fwmarkFibName.201 mail.out
shown fwmarkMarkName.1.4294967295 mail
expect_eq "rows of others" 1 "$(ip rule | grep -c 'fwmark 0x5 ')"

# Destroyed is destroyed, also after a restart.
lartc_destroy
stop_agent
start_agent
expect_no_match "rule" 'dport 25' "$(iptables-legacy-save -t mangle)"
expect_match "fwmarkRuleMark.1" 'No Such' "$(snmp snmpget fwmarkRuleMark.1 2>&1)"
