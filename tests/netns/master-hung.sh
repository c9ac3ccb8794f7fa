#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# snmpd hangs for a while with the connection open, and with GETs and SETs on their way: fwmarkd
# goes on with what is its own, and afterwards everything is right at the first GET.
export ROADS=agentx
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

quiet_agent

seconds=8
[ -z "${FWMARK_TEST_LONG:-}" ] || seconds=20

# drained: no event waits in fwmarkd's netlink sockets (the fifth word: bytes in the queue).
drained() {
	awk 'NR > 1 && $5 { waiting = 1 } END { exit waiting }' /proc/net/netlink
}

# sent: what snmpd is asked while it hangs, with the patience of a manager.
sent() {
	for i in 11 12 13 14 15; do
		snmp snmpget -t60 -OqvteU fwmarkRouteCount.0 >/dev/null 2>&1 &
		snmp snmpset -t60 -OqvteU "fwmarkPolicyPriority.$i" u "30$i" "fwmarkPolicyMark.$i" u "$i" \
			"fwmarkPolicyFibId.$i" u "30$i" "fwmarkPolicyDescription.$i" s set \
			"fwmarkPolicyStatus.$i" i createAndGo >"$WORK/set.$i" 2>&1 &
	done
	wait_for 10 all_wait || fail "the requests are not on their way"
}

all_wait() {
	[ "$(pgrep -c snmpget) $(pgrep -c snmpset)" = "5 5" ]
}

none_waits() {
	! pgrep 'snmp(get|set)$'
}

topology
start
lartc_set
keep_state before
resyncs=$(snmp_get fwmarkAgentResyncs.0)
seq 1 10000 | awk '{ printf "route add 10.%d.%d.%d/32 dev eth0 table 100\n", 100 + int($1 / 65536),
	int($1 / 256) % 256, $1 % 256 }' >"$WORK/add"
sed 's/$/ mtu 1400/; s/add/replace/' "$WORK/add" >"$WORK/replace"

kill -STOP "$SNMPD_PID"
end=$(($(date +%s) + seconds))
sent
ip -batch "$WORK/add"
wait_for 10 drained || fail "fwmarkd takes no events while snmpd hangs"
ip -batch "$WORK/replace"
while [ "$(date +%s)" -lt $end ]; do
	ip rule add pref 77 fwmark 0x77 lookup 77
	wait_for 2 drained || fail "fwmarkd takes no events while snmpd hangs"
	ip rule del pref 77
	sleep 0.3
done
ip rule add pref 78 fwmark 0x78 lookup 78
wait_for 1 drained || fail "fwmarkd takes no events while snmpd hangs"
expect_eq "said: does not answer" 1 "$(agent_said 'snmpd does not answer')"
kill -CONT "$SNMPD_PID"

expect_eq "mark" 1 "$(snmp_get fwmarkMarkPolicies.120.4294967295)"
expect_eq "routes" 10000 "$(snmp_get fwmarkFibIpv4Routes.100)"
expect_eq "mtu" 1400 "$(snmp_get fwmarkRouteMtu.100.1.4.10.100.39.16.32.0.1)"
expect_eq "resyncs" "$resyncs" "$(snmp_get fwmarkAgentResyncs.0)"
wait_for 20 none_waits || fail "requests are without an answer"
# What a manager was told is done, and done whole.
for i in 11 12 13 14 15; do
	expect_match "SET $i" 'createAndGo|^1|set' "$(cat "$WORK/set.$i")"
	expect_match "policy $i" "^30$i:.*fwmark $(printf 0x%x "$i") lookup 30$i" "$(ip rule)"
	expect_eq "description $i" set "$(snmp_get "fwmarkPolicyDescription.$i" | tr -d '"')"
	snmp_set "fwmarkPolicyStatus.$i" i destroy
done
wait_for 5 grep -q 'snmpd answers again' "$WORK/fwmarkd.log" || fail "not said: answers again"
expect_eq "lines about snmpd" 3 "$(agent_said snmpd)"
ip route flush table 100
ip rule del pref 78
expect_state before "after the hanging"

# It hangs before fwmarkd connects: fwmarkd looks after the kernel all the same, ends when told to,
# and is there when snmpd is.
stop_agent
: >"$WORK/fwmarkd.log"
kill -STOP "$SNMPD_PID"
launch_agent
wait_for 10 grep -q ready "$WORK/fwmarkd.log" || fail "fwmarkd does not start while snmpd hangs"
for _ in 1 2 3 4 5 6 7 8 9 10; do
	ip rule add pref 77 fwmark 0x77 lookup 77
	wait_for 1 drained || fail "fwmarkd takes no events while it waits for snmpd"
	ip rule del pref 77
	sleep 0.4
done
expect_eq "said: does not answer" 1 "$(agent_said 'snmpd does not answer')"
kill -CONT "$SNMPD_PID"
wait_for 5 agent_answers || fail "fwmarkd is not there when snmpd is"
expect_eq "lines about snmpd" 2 "$(agent_said snmpd)"

# Its end does not wait for snmpd, either.
kill -STOP "$SNMPD_PID"
begun=$(date +%s)
stop_agent
[ $(($(date +%s) - begun)) -le 5 ] || fail "the end waits for snmpd"
kill -CONT "$SNMPD_PID"
start_agent
expect_state before "after a restart"
