#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# 15 000 routes at once (FWMARK_TEST_LONG: 100 000) while somebody walks: right afterwards; and twice as many
# where the kernel has to drop events, which is counted.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

topology
start
routes=15000
[ -z "${FWMARK_TEST_LONG:-}" ] || routes=100000

batch() {
	seq 1 $routes | awk -v verb="$1" '{ printf "route %s 10.%d.%d.%d/32 dev eth0 table 100%s\n",
		verb, 100 + int($1 / 65536), int($1 / 256) % 256, $1 % 256,
		verb == "replace" ? " mtu 1400" : "" }' >"$WORK/$1"
}
for verb in add replace del; do
	batch $verb
done

# walk: goes on until the file "stop" is there; no answer may be an error.
walk() {
	while [ ! -e "$WORK/stop" ]; do
		snmp snmpbulkwalk -Cr50 -OsQtebU -Cc fwmarkRouteProtocol >"$WORK/walk" 2>&1 ||
			{ tail -n 3 "$WORK/walk" >"$WORK/walk.failed"; return; }
	done
}

# right ROUTES MTU WHAT: the very next GETs are what the kernel has.
right() {
	expect_eq "$3: routes of table 100" "$1" \
		"$(snmp snmpget -OqvteU fwmarkFibIpv4Routes.100 2>&1 | sed 's/^No Such.*/0/')"
	expect_eq "$3: rows" "$1" \
		"$(snmp_walk -Cr400 fwmarkRouteMtu.100 | grep -c "^fwmarkRouteMtu.* = $2\$")"
}

walk &
walker=$!
ip -batch "$WORK/add"
right $routes 0 "added"
ip -batch "$WORK/replace"
right $routes 1400 "replaced"
ip -batch "$WORK/del"
right 0 0 "deleted"
: >"$WORK/stop"
wait $walker
[ ! -e "$WORK/walk.failed" ] || fail "the walk: $(cat "$WORK/walk.failed")"

# fwmarkd does not get to look before it is over: more events than the socket holds.
routes=$((2 * routes))
batch add
before=$(snmp_get fwmarkAgentResyncs.0)
kill -STOP "$AGENT_PID"
ip -batch "$WORK/add"
kill -CONT "$AGENT_PID"
right $routes 0 "added unseen"
[ "$(snmp_get fwmarkAgentResyncs.0)" -gt "$before" ] || fail "events were lost, but none is counted"
kill -STOP "$AGENT_PID"
ip route flush table 100
kill -CONT "$AGENT_PID"
right 0 0 "flushed unseen"
