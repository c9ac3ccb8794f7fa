#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# 10 000 requests a second from four clients: GETs, walks, SETs good and bad, and broken packets.
# Others are answered meanwhile; afterwards all is as it was, in as much memory, and snmpd has never
# lost fwmarkd.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

FLOOD=$(dirname "$FWMARKD")/../tests/netns/flood
[ -x "$FLOOD" ] || fail "no program $FLOOD"
quiet_agent
measure_memory
netsnmp_may_leak # see caught_up
root=1.3.6.1.4.1.8072.9999.9999.11.1
rule=$root.2.4.1
policy=$root.4.4.1

gets="get $root.1.1.0 $root.1.9.0:get $rule.24.1 $rule.34.1 $rule.29.1:get $rule.34.1
get $root.3.2.1.8.1.4294967295:get $policy.6.1 $policy.36.1:get $root.5.2.1.2.201
get $rule.24.4294967295 $root.99.1 $root:get $root.6.3.1.11.201.1.4.0.0.0.0.0.0.1
next $root:next $rule.24 $rule.34 $rule.1:next $rule.40.1:next $root.9:next $root.6.3.1.8
next $policy.36.1 $policy.36.2:next 1.3.6.1.2.1.1:bulk 10 $rule.24 $rule.34
bulk 20 $root.6.3.1.8:bulk 5 $root $policy.36:bulk 50 $root.6.3"
# Rule 1 gets another description now and then; policy 50 comes and goes.
sets="set $rule.33.1 s first:set $rule.33.1 s second:set $rule.40.1 i 4
set $policy.3.50 u 5000 $policy.6.50 u 50 $policy.5.50 u 50 $policy.39.50 i 4
set $policy.39.50 i 6:set $policy.39.51 i 2:set $rule.24.1 i 1:set $rule.24.1 s one
set $rule.40.1 i 9:set $rule.27.1 c 1:set $root.1.1.0 s no:set $root.99.1.0 i 1
set $rule.34.1 s no $policy.39.1 i 6:set $policy.39.1 i 6 $policy.39.1 i 4
set $policy.9.1 s 12345 $policy.39.1 i 6:set $rule.22.1 s -m"

# flood SECONDS REQUESTS [RATE]: four clients
flood() {
	rate=${3:-10000}
	(
		IFS=':
'
		# shellcheck disable=SC2086 # words
		"$FLOOD" "$1" "$rate" 4 $2 >"$WORK/sent"
	)
	read -r sent answered <"$WORK/sent"
	[ "$sent" -ge $(($1 * rate)) ] || fail "only $sent requests were sent"
}

# as_before: what the flood has left behind goes.
as_before() {
	if [ "$(snmp_get fwmarkPolicyStatus.50 2>/dev/null)" = 1 ]; then
		snmp_set fwmarkPolicyStatus.50 i destroy
	fi
	snmp_set fwmarkRuleDescription.1 s before
	kernel_state | grep -v '^\[' >"$WORK/kernel.$1"
	agent_state | grep -Ev 'Packets|Bytes|DiscontinuityTime' >"$WORK/walk.$1"
}

# What others ask for meanwhile. Most of what is sent to a socket that is full gets lost: they ask
# again and again.
poll() {
	without_client
	while [ ! -e "$WORK/stop" ]; do
		got=$(snmp_get -t0.1 -r1000 fwmarkRuleMark.1 fwmarkPolicyPriority.1 2>&1) || echo "$got"
		[ "$got" = "1
1000" ] || echo "$got"
		[ -e "$WORK/stop" ] || echo polled >>"$WORK/polled"
	done >"$WORK/polls"
}

topology
matches=
comment=$(printf '%0240d' 7)
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14; do
	matches="$matches -m comment --comment $comment"
done
# shellcheck disable=SC2086 # words
iptables-legacy -t mangle -A OUTPUT -p dccp $matches -j MARK --set-mark 0x77
start
long=$(row_of fwmarkRuleMark '77$')
lartc_set
snmp_set fwmarkPolicyPriority.1 u 1000
for i in 2 3 4 5 6 7 8 9; do
	snmp_set "fwmarkRuleMark.$i" u "$i" "fwmarkRuleProtocol.$i" u 17 "fwmarkRuleStatus.$i" i 4 \
		"fwmarkRuleDestinationPortFrom.$i" u "$i" "fwmarkRuleDestinationPortTo.$i" u "$i" \
		"fwmarkPolicyPriority.$i" u "10$i" "fwmarkPolicyMark.$i" u "$i" "fwmarkPolicyStatus.$i" i 4
done
as_before first

# connected_once: snmpd has lost fwmarkd at no time.
connected_once() {
	[ "$FWMARK_ROAD" = standalone ] ||
		expect_eq "lines about snmpd" $lines "$(grep -c snmpd "$WORK/fwmarkd.log" || :)"
}

# caught_up: snmpd keeps what comes while a SET is under way, and answers it in turn. Where that
# takes too long, it is let go with snmpd.
caught_up() {
	connected_once
	! wait_for 30 agent_answers || return 0
	[ "$FWMARK_ROAD" = agentx ] || fail "no answer after the flood"
	stop_snmpd
	rm -f "$SOCKET"
	start_snmpd
	wait_for 5 agent_answers || fail "fwmarkd is not back"
	: >"$WORK/fwmarkd.log"
	lines=0
}

# round: a second of all that is measured. Of so many SETs, many more wait than are done in a second.
round() {
	flood 1 "$gets"
	flood 1 "$sets" 2000
	caught_up
}

# The heap of a daemon at work breathes by 2 MiB (a long answer at its end keeps what is free below
# from the kernel): what counts is the most that it has been before, and the least that it comes
# back to afterwards. What leaks does not come back.

# warm: sets kilobytes to the most of some rounds.
warm() {
	kilobytes=0
	for _ in 1 2; do
		round
		now=$(agent_memory)
		[ "$now" -le "$kilobytes" ] || kilobytes=$now
	done
}

# grown_by: sets grown to the least of some rounds, of which there are no more than it takes.
grown_by() {
	grown=$(($(agent_memory) - kilobytes))
	for _ in 1 2 3 4 5 6; do
		[ $grown -gt "$(may_grow 1536)" ] || break
		round
		now=$(($(agent_memory) - kilobytes))
		[ $now -ge $grown ] || grown=$now
	done
}

lines=1
# Answers that are much longer than the requests: snmpd and fwmarkd, who both send until there is
# room, must not end up waiting for each other.
text=$rule.34.$long
flood 1 "get $text:get $text $text $text:get $text $text $text $text $text $text $text $text $text"
caught_up
warm
seconds=3 set_seconds=1
[ -z "${FWMARK_TEST_LONG:-}" ] || seconds=30 set_seconds=30

: >"$WORK/polled"
poll &
poller=$!
flood $seconds "$gets"
: >"$WORK/stop"
wait $poller
expect_eq "what a poller saw" "" "$(cat "$WORK/polls")"
# He asks ten times a second, and each time is one of those that are answered or not. Where so few
# are that he has bad luck, nothing follows from it.
[ -s "$WORK/polled" ] || [ $((seconds * 10 * answered / sent)) -lt 10 ] ||
	fail "the poller was never answered, but $answered of $sent were"
[ "$answered" -ge $((seconds * 10)) ] || fail "only $answered requests were answered"
echo "$FWMARK_ROAD: GETs: answered $answered of $sent; polls: $(grep -c . "$WORK/polled" || :)"
caught_up
flood $set_seconds "$sets"
echo "$FWMARK_ROAD: SETs: answered $answered of $sent"
caught_up
grown_by
as_before last
expect_same "the kernel" "$WORK/kernel.first" "$WORK/kernel.last"
expect_same "a walk" "$WORK/walk.first" "$WORK/walk.last"
[ $grown -le "$(may_grow 1536)" ] || fail "grown by $grown KiB"
[ "$(grep -c net-snmp: "$WORK/fwmarkd.log")" -le 40 ] || fail "net-snmp is talkative"
connected_once
echo "$FWMARK_ROAD: grown by $grown KiB"
