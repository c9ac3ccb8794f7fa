#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Two fwmarkds at one snmpd, with a state directory each: the second says once that there is
# another, waits, and takes over when that ends.
export ROADS=agentx
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

quiet_agent

said() {
	grep -c "$1" "$WORK/second.log" || :
}

start
first=$AGENT_PID
first_up=$(snmp_get fwmarkAgentUpTime.0)
printf 'state: { directory = "%s"; };\n' "$WORK/state2" >"$WORK/second.conf"
SNMP_PERSISTENT_DIR=$WORK/agent "$FWMARKD" -f -c "$WORK/second.conf" -x "$SOCKET" \
	>"$WORK/second.log" 2>&1 &
second=$!
wait_for 10 grep -q 'snmpd refuses fwmarkObjects: another fwmarkd has them' "$WORK/second.log" ||
	fail "the second does not say that there is another: $(cat "$WORK/second.log")"
# It tries again and again, and bothers nobody.
sleep 3
[ -d "/proc/$second" ] || fail "the second has ended"
expect_eq "lines about snmpd" 1 "$(said snmpd)"
[ "$(snmp_get fwmarkAgentUpTime.0 | tr -d ':.')" -gt "$(echo "$first_up" | tr -d ':.')" ] ||
	fail "not the first answers"

# snmpd restarts: one of them gets it, and the other says so once more.
stop_snmpd
start_snmpd
wait_for 5 agent_answers || fail "neither is back"
said_so() {
	[ "$(cat "$WORK/second.log" "$WORK/fwmarkd.log" | grep -c "$1")" = "$2" ]
}
wait_for 5 said_so 'another fwmarkd has them' 2 || fail "neither says that there is another"
wait_for 5 said_so 'connected to snmpd' 2 || fail "neither says that it is connected"

# Whoever has it ends: the other takes over.
if [ "$(said 'another fwmarkd has them')" = 2 ]; then
	ends=$first stays=$second
else
	ends=$second stays=$first
fi
kill -KILL "$ends"
wait "$ends" 2>/dev/null || :
wait_for 15 agent_answers || fail "the other does not take over"
wait_for 5 said_so 'connected to snmpd' 3 || fail "the other does not say that it is connected"
AGENT_PID=$stays
stop_agent
