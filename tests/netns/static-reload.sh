#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# SIGHUP: static rows that are new, different or gone are changed in one step or not at all; the
# others are not touched.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

topology
topology_serve cheap 25

fibs='fibs = ( { id = 201; name = "mail.out"; } );'
routes="routes = ( { fibId = 201; gateway = \"$CHEAP4\"; ifName = \"ppp0\"; } );"
policies='policies = ( { index = 1; priority = 1000; mark = 1; fibId = 201; } );'
mail='{ index = 1; inInterface = "eth0"; protocol = 6; destinationPortFrom = 25; destinationPortTo = 25; mark = 1; }'
rules="rules = ( $mail );"

# refused_with WORDS LINES...: the file changes nothing.
refused_with() {
	words=$1
	shift
	: >"$WORK/fwmarkd.log"
	state >"$WORK/before"
	reload_agent "$@"
	expect_match "log with $*" "settings stay as they were: .*$words" "$(agent_log)"
	expect_eq "lines of log with $*" 1 "$(agent_log | grep -c 'fwmarkd: ')"
	state >"$WORK/after"
	expect_same "with $*" "$WORK/before" "$WORK/after"
}

# From nothing to all of it, and a look at whether it works.
start
reloaded_with "$fibs" "$routes" "$policies" "$rules"
expect_eq "port 25" cheap "$(way "$SERVER4" 25)"
shown fwmarkRuleOrigin.1 3
counted=$(counters 'dport 25')
expect_no_match "counters" '^0 ' "$counted"

# Nothing changes: nothing is touched, and nobody hears of a change.
changed=$(snmp_get fwmarkRuleLastChange.0 fwmarkPolicyLastChange.0 fwmarkRouteLastChange.0)
reloaded_with "$rules" "$policies" "$routes" "$fibs"
expect_eq "times of changes" "$changed" \
	"$(snmp_get fwmarkRuleLastChange.0 fwmarkPolicyLastChange.0 fwmarkRouteLastChange.0)"

# A rule beside it, another place to go to, another name: one step, the first rule counts on.
reloaded_with 'fibs = ( { id = 201; name = "post.out"; } );' \
	"routes = ( { fibId = 201; gateway = \"$FAST4\"; ifName = \"eth1\"; } );" \
	'policies = ( { index = 1; priority = 900; mark = 1; fibId = 201; } );' \
	"rules = ( $mail, { index = 2; mark = 2; addressType = \"ipv6\"; chain = \"OUTPUT\"; } );"
expect_eq "counters" "$counted" "$(counters 'dport 25')"
expect_match "the other rule" '-A OUTPUT .*0x2/' "$(ip6tables-legacy-save -t mangle)"
expect_eq "route" "default via $FAST4 dev eth1 proto fwmarkd" \
	"$(ip route show table post.out | sed 's/ *$//')"
expect_eq "policies on mark 1" "900:	from all fwmark 0x1 lookup post.out proto fwmarkd" \
	"$(ip rule | grep 'fwmark 0x1 ')"
expect_no_match "name" 'mail\.out' "$(kernel_state)"

# Everything as before, but for the mark of the rule: in its place.
reloaded_with "$fibs" "$routes" "$policies" "rules = ( $mail );"
snmp_set fwmarkRuleMark.5 u 5 fwmarkRuleInInterface.5 s ppp0 fwmarkRuleStatus.5 i createAndGo
reloaded_with "$fibs" "$routes" "$policies" "rules = ( $(echo "$mail" | sed 's/mark = 1/mark = 3/') );"
expect_eq "rules" "-A PREROUTING -i eth0 -p tcp -m tcp --dport 25 -j MARK --set-xmark 0x3/0xffffffff
-A PREROUTING -i ppp0 -j MARK --set-xmark 0x5/0xffffffff" "$(rule_lines iptables-legacy)"
reloaded_with "$fibs" "$routes" "$policies" "$rules"

# All or nothing: what the file says wrong, what the kernel does not take, what a manager has.
refused_with "$AGENT_CONF:[45]: rules: colour" "$fibs" "$policies" 'rules = ( { index = 1; colour = 1; } );'
refused_with "$AGENT_CONF:[0-9]*: rules: chain: .*NOPE" "$policies" \
	"rules = ( $mail, { index = 2; mark = 2; chain = \"NOPE\"; } );"
refused_with "$AGENT_CONF:[0-9]*: routes: " "$fibs" "$policies" 'rules = ( { index = 2; mark = 2; } );' \
	'routes = ( { fibId = 201; gateway = "198.51.100.1"; }, { fibId = 202; ifName = "eth1"; } );'
# By the time that this one fails, a name, a route and policies are there already.
refused_with "$AGENT_CONF:[0-9]*: rules: position: " \
	'fibs = ( { id = 201; name = "post.out"; }, { id = 203; name = "new"; } );' \
	'routes = ( { fibId = 203; ifName = "eth1"; } );' \
	'policies = ( { index = 1; priority = 1001; mark = 1; fibId = 201; }, { index = 3; priority = 900; fibId = 203; } );' \
	"rules = ( { index = 4; mark = 1; position = 9; } );"

# An index that a manager has: the others of the file count.
reloaded_with "$fibs" "$routes" "$policies" \
	"rules = ( { index = 5; mark = 6; }, $mail, { index = 6; mark = 6; chain = \"OUTPUT\"; } );"
expect_match "log" "$AGENT_CONF:[0-9]*: rules: a manager has a row with this index" "$(agent_log)"
shown fwmarkRuleOrigin.5 2
expect_eq "rules" 3 "$(rule_lines iptables-legacy | wc -l)"
reloaded_with "$fibs" "$routes" "$policies" "$rules"

# Other settings of a refused file do not count either, and the old rows are still the static ones.
refused_with 'routes: ' "$fibs" "$policies" "$rules" 'read: { get_age_ms = 60000; };' \
	'routes = ( { fibId = 201; gateway = "198.51.100.1"; } );'
set_refused inconsistentValue fwmarkRuleStatus.1 'static row' fwmarkRuleStatus.1 i destroy

# Also after a restart nothing has changed; then all of it goes.
keep_state static
stop_agent
agent_conf >"$AGENT_CONF"
printf '%s\n' "$fibs" "$routes" "$policies" "$rules" >>"$AGENT_CONF"
start_agent
expect_state static "after a restart"
reloaded_with
expect_no_match "rules" 'dport 25' "$(iptables-legacy-save -t mangle)"
expect_no_match "policies" 'fwmark 0x1 ' "$(ip rule)"
expect_eq "routes" "" "$(ip route show table 201)"
expect_no_match "names" 'mail\.out' "$(kernel_state)"
shown fwmarkRuleStatus.5 1

# Somebody else's rule that is equal becomes the static one, and counts on: for its mark, too, also
# with SIGKILL at once.
iptables-legacy -t mangle -A FORWARD -i eth0 -p udp -j MARK --set-mark 0x55 -c 77 7700
counted() { [ "$(snmp_get fwmarkMarkHCPackets.85.4294967295)" = 77 ]; }
wait_for 3 counted || shown fwmarkMarkHCPackets.85.4294967295 77
reloaded_with 'rules = ( { index = 20; chain = "FORWARD"; inInterface = "eth0"; protocol = 17; mark = 0x55; } );'
kill_agent
start_agent
expect_eq "rules" 1 "$(iptables-legacy-save -t mangle | grep -c 0x55)"
shown fwmarkRuleOrigin.20 3
shown fwmarkRuleHCPackets.20 77
shown fwmarkMarkHCPackets.85.4294967295 77

# The number of routes and policies waits for a restart: then new ones have it, and static routes.
r201=201.1.4.0.0.0.0.0.0.1
r205=205.1.4.10.5.0.0.16.0.1
protos() {
	snmp_get fwmarkRouteProtocol.$r201 fwmarkRouteProtocol.$r205 fwmarkPolicyRouteProtocol.1 \
		fwmarkPolicyRouteProtocol.9 fwmarkRouteStatus.$r201 fwmarkRouteStatus.$r205 \
		fwmarkPolicyStatus.1 fwmarkPolicyStatus.9 | paste -sd' '
}
reloaded_with "$routes" "$policies"
snmp_set fwmarkRouteIfName.$r205 s ppp0 fwmarkRouteStatus.$r205 i createAndGo \
	fwmarkPolicyFibId.9 u 205 fwmarkPolicyPriority.9 u 9 fwmarkPolicyStatus.9 i createAndGo
expect_eq "protocols" "161 161 161 161 1 1 1 1" "$(protos)"
reloaded_with "$policies" "$(echo "$routes" | sed 's/; }/; mtu = 1400; }/')" 'provisioning: { protocol = 77; };'
expect_match "table 201" 'proto fwmarkd mtu 1400' "$(ip route show table 201)"
expect_eq "protocols" "161 161 161 161 1 1 1 1" "$(protos)"
for _ in 1 2; do
	stop_agent
	start_agent
	expect_eq "protocols after a restart" "77 161 161 161 1 1 1 1" "$(protos)"
	expect_no_match "log" 'not put back' "$(agent_log)"
	expect_eq "routes" 1 "$(ip route show table 201 | wc -l)"
	expect_eq "routes" 1 "$(ip route show table 205 | wc -l)"
done
snmp_set fwmarkRouteStatus.$r205 i destroy
expect_eq "routes" "" "$(ip route show table 205)"
snmp_set fwmarkRouteIfName.$r205 s ppp0 fwmarkRouteStatus.$r205 i createAndGo fwmarkPolicyStatus.9 i destroy
shown fwmarkRouteProtocol.$r205 77
snmp_set fwmarkRouteStatus.$r205 i destroy

# What was somebody else's and became static is the agent's: it goes with the row, as --check says.
ip rule add priority 55 fwmark 0x55 lookup 205
policy55='policies = ( { index = 55; priority = 55; mark = 0x55; fibId = 205; } );'
reloaded_with "$policy55"
expect_eq "policies" 1 "$(ip rule | grep -c '^55:')"
shown fwmarkPolicyOrigin.55 3
agent_conf >"$WORK/without.conf"
"$FWMARKD" --check -c "$WORK/without.conf" >"$WORK/check" 2>&1 && fail "--check finds no difference"
expect_match "--check" '^- ip rule: .*fwmark 0x55' "$(cat "$WORK/check")"
reloaded_with
expect_no_match "policies" "^(55|1000):" "$(ip rule)"

# Static rows are not among the rows that managers may have.
reloaded_with 'provisioning: { max_rows = 2; };' \
	'rules = ( { index = 20; chain = "FORWARD"; mark = 1; }, { index = 21; chain = "FORWARD"; mark = 2; } );'
snmp_set fwmarkRuleMark.6 u 6 fwmarkRuleInInterface.6 s ppp0 fwmarkRuleStatus.6 i createAndGo
set_refused resourceUnavailable 'fwmarkRule.*' 'max_rows' \
	fwmarkRuleMark.9 u 9 fwmarkRuleStatus.9 i createAndGo
