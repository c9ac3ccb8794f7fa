#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# conf/demo.sh shows what it promises, twice in a row, stays when told to, and leaves nothing.
export ROADS=agentx
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

demo=$TOP_SRCDIR/conf/demo.sh
export TMPDIR="$WORK"
unset SNMPCONFPATH SNMP_PERSISTENT_DIR MIBDIRS MIBS

nothing_left() ( # a subshell: wait_for goes on after a failure
	expect_eq "left behind" "" "$(find "$WORK" -name 'fwmark-demo.*')"
	expect_eq "processes" "" "$(pgrep -x snmpd; pgrep -x fwmarkd; pgrep -x socat || :)"
	expect_eq "namespaces" "" "$(ip netns list)"
)

for _ in 1 2; do
	"$demo" >"$WORK/out" 2>&1 || fail "demo.sh
$(cat "$WORK/out")"
	expect_match "mail" 'mail .*-> the cheap uplink' "$(cat "$WORK/out")"
	expect_match "web" 'web .*-> the fast uplink' "$(cat "$WORK/out")"
	expect_match "kernel" 'fwmark 0x1 lookup mail\.out' "$(cat "$WORK/out")"
	nothing_left
done

"$demo" --keep >"$WORK/out" 2>&1 || fail "demo.sh --keep
$(cat "$WORK/out")"
expect_match "--in ip rule" 'fwmark 0x1 lookup mail\.out' "$("$demo" --in ip rule)"
expect_match "--in snmpget" '^mail\.out$' "$("$demo" --in snmpget -Oqv 127.0.0.1 fwmarkFibName.201)"
expect_match "another one" 'runs|running' "$("$demo" 2>&1 || :)"
"$demo" --stop
wait_for 5 nothing_left || nothing_left
"$demo" --stop

# Interrupted.
"$demo" >"$WORK/out" 2>&1 &
pid=$!
wait_for 10 pgrep -x snmpd || fail "no snmpd"
kill -TERM $pid
wait $pid 2>/dev/null || :
wait_for 5 nothing_left || nothing_left
