#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# fwmarkRuleDiscontinuityTime and fwmarkMarkDiscontinuityTime move when no rate may be computed
# across, and at no other time.
export ROADS=agentx
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"
# shellcheck source=/dev/null
. "$NETNS_DIR/rules.sh"

M='OUTPUT -p icmp -m icmp --icmp-type 8 -j MARK --set-mark 5'
mark=5.4294967295

mangle() {
	iptables-legacy -t mangle "$@"
}

# stamps: of rule, of mark
stamps() {
	snmp_get "fwmarkRuleDiscontinuityTime.$1" fwmarkMarkDiscontinuityTime.$mark | paste -sd' '
}

# stays WHAT, moves WHAT: the rule's. The mark's stays with it; where the rule's moves, it may, if the
# agent had not read the rule for a tenth of a second.
stays() {
	expect_eq "$1" "$was" "$(stamps "$rule")"
}

moves() {
	now=$(stamps "$rule")
	[ "${now% *}" -gt "${was% *}" ] || fail "$1: fwmarkRuleDiscontinuityTime did not move"
	was=$now
}

# both_move WHAT: nobody can have read the rule just before.
both_move() {
	before=${was#* }
	moves "$1"
	[ "${was#* }" -gt "$before" ] || fail "$1: fwmarkMarkDiscontinuityTime did not move"
}

# shellcheck disable=SC2086 # words
mangle -A $M
fresh_agent
start
rule=$(row_of fwmarkRuleMark '5$')
was=$(stamps "$rule")
pings 2
stays "packets"
mangle -I OUTPUT -j MARK --set-mark 6
mangle -A OUTPUT -j MARK --set-mark 7
stays "other rules inserted"
mangle -D OUTPUT 1
stays "another rule deleted"
iptables-legacy-save -c -t mangle >"$WORK/with"
iptables-legacy-restore -c <"$WORK/with"
stays "reloaded with counters"
mangle -Z
moves "zeroed"
pings 2
stays "packets"
# shellcheck disable=SC2086 # words
mangle -R OUTPUT 1 ${M#OUTPUT }
moves "replaced"
pings 2
stays "packets"
iptables-legacy-save -t mangle >"$WORK/without"
iptables-legacy-restore <"$WORK/without"
moves "reloaded without counters"
pings 5
stays "packets"

# An agent that starts again knows the rules that kept counting.
stop_agent
start_agent
stays "SIGTERM and start"
pings 1
stays "packets"
kill_agent
pings 1
start_agent
stays "SIGKILL and start"
kill_agent
sleep 0.1
mangle -Z
start_agent
both_move "zeroed while the agent was away"
pings 4
stays "packets"

# A master that starts again: sysUpTime begins anew, and nothing was lost since.
stop_snmpd
start_snmpd
wait_for 20 agent_answers || fail "fwmarkd does not come back"
expect_eq "times after a restart of snmpd" "0 0" "$(stamps "$rule")"
was="0 0"
pings 1
stays "packets"
mangle -Z
sleep 0.5
moves "zeroed"

# A manager's rule.
snmp_set fwmarkRuleChain.1 s OUTPUT fwmarkRuleProtocol.1 u 1 fwmarkRuleMark.1 u 5 fwmarkRuleStatus.1 i createAndGo
rule=1
pings 2
was=$(stamps 1)
pings 1
stays "packets"
snmp_set fwmarkRuleDescription.1 s "another name"
stays "described anew"
snmp_set fwmarkRulePosition.1 u 1
stays "moved"
snmp_set fwmarkRuleDescription.1 s ""
stays "description taken away"
snmp_set fwmarkRuleMask.1 u 255
moves "another mask"
snmp_set fwmarkRuleMask.1 u 4294967295
moves "the mask that it had"
pings 1
stop_agent
start_agent
stays "SIGTERM and start"
snmp_set fwmarkRuleStatus.1 i notInService
snmp_set fwmarkRuleStatus.1 i active
moves "out of service and back"

# The state is lost: nobody knows.
kill_agent
rm -r "$WORK/state"
sleep 0.05
start_agent
now=$(stamps 1)
[ "${now#* }" -gt "${was#* }" ] || fail "fwmarkMarkDiscontinuityTime did not move when the state was lost"
