#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A boot at which fwmarkd comes before the chains and ipsets that rules need: the log says once what is
# waited for, and the rules come soon after it, managers' and static ones; SIGHUP does not wait.
export ROADS=agentx
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

quiet_agent
AGENT_READ="read: { sample_s = 3600; };$NL"
STATIC='rules = ( { index = 9; chain = "late9"; mark = 9; }, { index = 10; mark = 10; } );'
{
	agent_conf
	echo "$STATIC"
} >"$AGENT_CONF"
sets=
if ipset create late hash:ip 2>/dev/null; then
	sets=yes
	ipset create later hash:ip
else
	echo "no ipset here: rules that wait for one are left out" >&2
fi

# in_kernel PATTERN
in_kernel() {
	iptables-legacy-save -t mangle | grep -Eq -e "$1"
}

# comes WHAT PATTERN: the rule is there soon.
comes() {
	wait_for 5 in_kernel "$2" || fail "$1 does not come back"
}

# waited INDEX: lines of the log about that rule.
waited() {
	agent_said "fwmarkRuleStatus\.$1: not put back"
}

chains_gone() {
	iptables-legacy -t mangle -F
	iptables-legacy -t mangle -X
	if [ "$sets" ]; then
		ipset destroy
	fi
}

for chain in late1 late2 late9; do
	iptables-legacy -t mangle -N $chain
done
start
snmp_set fwmarkRuleChain.1 s late1 fwmarkRuleMark.1 u 1 fwmarkRuleStatus.1 i createAndGo \
	fwmarkRuleChain.2 s late2 fwmarkRuleMark.2 u 2 fwmarkRuleStatus.2 i createAndGo \
	fwmarkRuleMark.5 u 5 fwmarkRuleStatus.5 i createAndGo
[ ! "$sets" ] || snmp_set \
	fwmarkRuleMark.3 u 3 fwmarkRuleMatches.3 s "-m set --match-set late src" fwmarkRuleStatus.3 i createAndGo \
	fwmarkRuleMark.4 u 4 fwmarkRuleMatches.4 s "-m set --match-set later src" fwmarkRuleStatus.4 i createAndGo
comes "the static rule" '-A late9 .*0x9/'
stop_agent
chains_gone

# What can be there is there; of the rest, each is named once, however often netfilter changes.
start_agent
in_kernel '-A PREROUTING .*0x5/' || fail "a rule that waits keeps another one out"
in_kernel '-A PREROUTING .*0xa/' || fail "a rule that waits keeps a static one out"
for index in 1 2; do
	expect_eq "lines about rule $index" 1 "$(waited $index)"
	shown fwmarkRuleStatus.$index 2
done
expect_eq "lines about the static rule" 1 "$(agent_said 'late9')"
iptables-legacy -t mangle -N late1
comes "a manager's rule" '-A late1 .*0x1/'
shown fwmarkRuleStatus.1 1
iptables-legacy -t mangle -N late9
comes "the static rule" '-A late9 .*0x9/'
shown fwmarkRuleStatus.9 1
shown fwmarkRuleOrigin.9 3
for chain in 1 2 3 4 5; do
	iptables-legacy -t mangle -N other$chain
done
iptables-legacy -t mangle -N late2
comes "the last rule" '-A late2 .*0x2/'
expect_eq "lines about rule 2" 1 "$(waited 2)"
expect_eq "lines about the static rule" 1 "$(agent_said 'late9')"

# Nothing tells of a new ipset: SIGHUP finds it, and so does the next sample.
if [ "$sets" ]; then
	expect_eq "lines about rule 3" 1 "$(waited 3)"
	shown fwmarkRuleStatus.3 2
	ipset create late hash:ip
	hang_up
	in_kernel '--match-set late src .*0x3/' || fail "SIGHUP does not put up a rule that can be there"
	shown fwmarkRuleStatus.3 1
	# shellcheck disable=SC2034 # agent_conf has it
	AGENT_READ="read: { sample_s = 1; };$NL"
	reload_agent "$STATIC"
	in_kernel 0x4/ && fail "a rule without its ipset"
	expect_eq "lines about rule 4" 1 "$(waited 4)"
	ipset create later hash:ip
	comes "the rule of an ipset" '--match-set later src .*0x4/'
	shown fwmarkRuleStatus.4 1
fi

# What somebody takes away: SIGHUP puts up static rows, and leaves managers' as they are.
iptables-legacy -t mangle -D PREROUTING -m comment --comment fwmark:10 -j MARK --set-mark 10
iptables-legacy -t mangle -D PREROUTING -m comment --comment fwmark:5 -j MARK --set-mark 5
hang_up
in_kernel '-A PREROUTING .*0xa/' || fail "SIGHUP does not put up a static rule"
in_kernel 0x5/ && fail "SIGHUP puts back a manager's rule that somebody took away"
shown fwmarkRuleStatus.5 2
