#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# SIGHUP: what can change changes at once; what cannot stays, and the log names it; options of the
# command line go on overriding the file.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

topology
echo 'read: { get_age_ms = 60000; walk_age_ms = 60000; };' >>"$AGENT_CONF"
start
lartc_set

# Nothing changes, many times; the address that the command line gives counts.
same='read: { get_age_ms = 60000; walk_age_ms = 60000; };'
for _ in 1 2 3 4 5; do
	case $FWMARK_ROAD in
	agentx) reloaded_with "$same" 'agentx: { socket = "/nowhere"; };' ;;
	standalone) reloaded_with "$same" ;;
	esac
	expect_no_match "log" 'changed, and stays' "$(agent_log)"
done
expect_lartc

# read.*: whatever the age, what others change shows.
iptables-legacy -t mangle -A OUTPUT -d 192.0.2.9 -j MARK --set-mark 7
expect_eq "rules" 2 "$(snmp_get fwmarkRuleCount.0)"
reloaded_with 'read: { get_age_ms = 0; walk_age_ms = 0; sample_s = 0; };'
expect_eq "rules" 2 "$(snmp_get fwmarkRuleCount.0)"
expect_eq "rules in a walk" 2 "$(snmp_walk fwmarkRuleTarget | wc -l)"

# provisioning.reassert.
ip rule del fwmark 1
shown fwmarkPolicyStatus.1 2
reloaded_with 'provisioning: { reassert = true; };'
wait_for 10 sh -c 'ip rule | grep -q "fwmark 0x1 lookup mail.out"' || fail "nothing is put back"
reloaded_with
ip rule del fwmark 1
shown fwmarkPolicyStatus.1 2
snmp_set fwmarkPolicyStatus.1 i active
expect_lartc_policy() { expect_match "ip rule" 'fwmark 0x1 lookup mail\.out' "$(ip rule)"; }
expect_lartc_policy

# xtables.*: the lock is another file, and not waited for.
flock "$WORK/lock" sh -c "echo held >'$WORK/held'; exec sleep 1000" &
wait_for 10 test -f "$WORK/held" || fail "no lock"
snmp_set fwmarkRuleMark.1 u 2
reloaded_with "xtables: { lock_file = \"$WORK/lock\"; lock_wait_ms = 0; };"
set_refused resourceUnavailable 'fwmarkRule.*' 'lock' fwmarkRuleMark.1 u 3
reloaded_with
snmp_set fwmarkRuleMark.1 u 1

# What waits for the next start is named; the agent goes on where it is.
reloaded_with 'provisioning: { protocol = 77; };' 'agentx: { ping = 77; };'
expect_match "log" 'agentx\.ping, provisioning\.protocol: changed, and stays' "$(agent_log)"
snmp_set fwmarkPolicyMark.2 u 2 fwmarkPolicyFibId.2 u 201 fwmarkPolicyStatus.2 i createAndGo
shown fwmarkPolicyRouteProtocol.2 161

# -v is on the command line: debugging messages come whatever the file says.
reloaded_with 'log: { level = "error"; };'
stop_agent
launch_quiet() {
	# shellcheck disable=SC2046 # words
	SNMP_PERSISTENT_DIR=$WORK/agent "$FWMARKD" $(agent_command | sed 's/ -v / /') \
		>>"$WORK/fwmarkd.log" 2>&1 &
	AGENT_PID=$!
	wait_for 15 agent_answers_or_gone || fail "fwmarkd does not answer"
}
launch_quiet
reload_agent
: >"$WORK/fwmarkd.log"
{ agent_conf; echo 'log: { level = "error"; };'; } >"$AGENT_CONF"
kill -HUP "$AGENT_PID"
refused() {
	! snmp snmpset -Ir fwmarkRuleChain.1 s NOPE >/dev/null 2>&1
}
# At the level info a refusal is logged, at error it is not.
not_logged() {
	before=$(wc -l <"$WORK/fwmarkd.log")
	refused && [ "$before" = "$(wc -l <"$WORK/fwmarkd.log")" ]
}
wait_for 15 not_logged || fail "log.level = error does not count"
reload_agent 'log: { level = "info"; };'
refused || fail "a chain that there is none of"
expect_match "log" 'SET refused: fwmarkRuleChain\.1' "$(agent_log)"

# In the background the file is found again, wherever that was started.
stop_agent
agent_conf >"$AGENT_CONF"
# shellcheck disable=SC2046 # words
(cd "$WORK" && SNMP_PERSISTENT_DIR=$WORK/agent "$FWMARKD" \
	$(agent_command | sed "s, -v , ,; s,^-f ,,; s,$AGENT_CONF,./fwmarkd.conf,"))
wait_for 15 agent_answers || fail "fwmarkd does not answer in the background"
AGENT_PID=$(pidof fwmarkd)
{ agent_conf; echo 'provisioning: { main_tables = true; };'; } >"$AGENT_CONF"
kill -HUP "$AGENT_PID"
main_is_open() {
	snmp snmpset fwmarkRouteType.254.1.4.10.77.0.0.16.0.1 i blackhole \
		fwmarkRouteStatus.254.1.4.10.77.0.0.16.0.1 i createAndGo
}
wait_for 15 main_is_open || fail "SIGHUP in the background"
kill "$AGENT_PID"
wait_for 15 agent_gone || fail "fwmarkd does not stop in the background"
AGENT_PID=
