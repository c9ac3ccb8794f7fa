#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A start with a full disk, or a read-only one, after a reboot: what was wanted is put back, all can
# be read, SETs are refused as a whole, and the log says so once; once there is room again, that too.
export ROADS=standalone
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

route=202.1.4.0.0.0.0.0.0.1

topology
disk=/run/disk
mkdir $disk
mount -t tmpfs -o mode=700,size=256k tmpfs $disk
ln -s $disk "$WORK/state"
start
lartc_set
stop_agent
static='fibs = ( { id = 202; name = "static"; } );
routes = ( { fibId = 202; gateway = "192.0.2.1"; ifName = "eth1"; } );'

# reboots: nothing of ours is in the kernel.
reboots() {
	iptables-legacy -t mangle -F
	ip rule del lookup 201
	ip route flush table 201
	ip route flush table 202 2>/dev/null || : # not there yet
}

# reads: all is there, and nothing can be changed. Static rows, too.
reads() {
	expect_lartc
	shown fwmarkRuleMark.1 1
	shown fwmarkRouteStatus.$route 1
	expect_match "table 202" '^default via 192\.0\.2\.1 dev eth1' "$(ip route show table 202)"
	set_refused resourceUnavailable 'fwmarkRule(Mark|Status).2' "$1" \
		fwmarkRuleMark.2 u 2 fwmarkRuleStatus.2 i createAndGo
	expect_eq "complaints" 1 "$(agent_said "saving the state in .*$1: SETs are refused")"
}

saved_again() {
	[ "$(agent_said 'the state is saved in .* again')" = 1 ]
}

reboots
dd if=/dev/zero of=$disk/filler bs=4k 2>/dev/null || :
{ agent_conf; echo "$static"; } >"$AGENT_CONF"
start_agent
reads 'No space left on device'
rm $disk/filler
wait_for 10 saved_again || fail "the log does not say that it is over"
snmp_set fwmarkRuleMark.2 u 2 fwmarkRuleStatus.2 i createAndGo
snmp_set fwmarkRuleStatus.2 i destroy
kill_agent

: >"$WORK/fwmarkd.log"
reboots
mount -o remount,ro $disk
start_agent
reads 'Read-only file system'
mount -o remount,rw $disk
wait_for 10 saved_again || fail "the log does not say that it is over"
snmp_set fwmarkRuleMark.2 u 2 fwmarkRuleStatus.2 i createAndGo
