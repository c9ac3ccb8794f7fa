#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What is no file at all in the place of the state file, or not one of text, is set aside; rows
# that cannot be put back are named in the log by their whole index, and the device is, too.
export ROADS=standalone
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

state=$WORK/state/state
route4=201.1.4.0.0.0.0.0.0.1
route6=201.2.16.32.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.32.1024.1

ip link add ppp0 type veth peer name far
ip link set far up
ip link set ppp0 up
start
snmp_set fwmarkRouteIfName.$route4 s ppp0 fwmarkRouteStatus.$route4 i createAndGo \
	fwmarkRouteIfName.$route6 s ppp0 fwmarkRouteStatus.$route6 i createAndGo
for how in "set ppp0 down" "del ppp0"; do
	stop_agent
	# shellcheck disable=SC2086 # words
	ip link $how
	start_agent
	for route in $route4 $route6; do
		expect_match "log after $how" "fwmarkRouteStatus\.$route: not put back: .*ppp0" \
			"$(cat "$WORK/fwmarkd.log")"
	done
done

stop_agent
rm "$state"
mkdir "$state"
start_agent
[ -d "$state.damaged" ] || fail "the directory was not set aside"
[ -f "$state" ] || fail "there is no new state file"
stop_agent
rmdir "$state.damaged"
printf 'version = 1;\0' >"$state"
start_agent
[ -f "$state.damaged" ] || fail "the file with a NUL was not set aside"
