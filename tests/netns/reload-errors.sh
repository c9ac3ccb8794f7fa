#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# SIGHUP with a bad fwmarkd.conf: all settings stay, and one line of the log says what is wrong.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

topology
echo 'provisioning: { main_tables = true; };' >>"$AGENT_CONF"
start

# bad WORDS LINES...: the log says WORDS, once, and routes in main are allowed as before.
bad() {
	words=$1
	shift
	: >"$WORK/fwmarkd.log"
	reload_agent "$@"
	expect_eq "lines about $*" 1 "$(grep -Ec 'settings|conf:' "$WORK/fwmarkd.log")"
	expect_match "log" "the settings stay as they were: .*/fwmarkd\.conf:$words" \
		"$(cat "$WORK/fwmarkd.log")"
	snmp_set fwmarkRouteType.254.1.4.10.77.0.0.16.0.1 i blackhole \
		fwmarkRouteStatus.254.1.4.10.77.0.0.16.0.1 i createAndGo
	snmp_set fwmarkRouteStatus.254.1.4.10.77.0.0.16.0.1 i destroy
}

lines=$(agent_conf | wc -l)
# What stands before the mistake does not count either.
bad "$((lines + 2)): read.get_age_ms: out of range" 'provisioning: { main_tables = false; };' \
	'read: { get_age_ms = 60001; };'
bad "$((lines + 1)): provisioning.chief: no such setting" 'provisioning: { chief = true; };'
bad "$((lines + 1)): syntax error" 'provisioning: {{'
mv "$AGENT_CONF" "$AGENT_CONF.away"
: >"$WORK/fwmarkd.log"
hang_up
expect_match "log" 'the settings stay as they were: .*/fwmarkd\.conf: No such file' \
	"$(cat "$WORK/fwmarkd.log")"

# A good one again: the default closes main.
reload_agent
set_refused noCreation "fwmarkRoute(Type|Status).254.*" 'provisioning\.main_tables' \
	fwmarkRouteType.254.1.4.10.77.0.0.16.0.1 i blackhole \
	fwmarkRouteStatus.254.1.4.10.77.0.0.16.0.1 i createAndGo
