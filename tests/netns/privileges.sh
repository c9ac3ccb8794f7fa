#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Started by hand as root: of root's powers only those over the network are left, and with
# process.user fwmarkd is that user. What it cannot do then is said before it starts.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"
# shellcheck source=/dev/null
. "$NETNS_DIR/user.sh"

topology
start
# 0x3000: CAP_NET_ADMIN and CAP_NET_RAW.
expect_eq "permitted, effective, inheritable, ambient, bounding" \
	"0000000000003000 0000000000003000 0000000000000000 0000000000000000 0000000000000000" \
	"$(process_status CapPrm CapEff CapInh CapAmb CapBnd)"
expect_eq "no new privileges" 1 "$(process_status NoNewPrivs)"
stop_agent

# without_setpcap: fwmarkd starts where nobody may change the bounding set, which then stays.
without_setpcap() {
	AGENT_WRAPPER='setpriv --bounding-set=-setpcap'
	start_agent
	AGENT_WRAPPER=
	expect_eq "permitted, effective, inheritable, ambient" \
		"0000000000003000 0000000000003000 0000000000000000 0000000000000000" \
		"$(process_status CapPrm CapEff CapInh CapAmb)"
	# 0x100: CAP_SETPCAP.
	bounding=$(process_status CapBnd)
	expect_eq "CAP_SETPCAP of the bounding set" 0 $((0x$bounding & 0x100))
	[ $((0x$bounding)) != 0 ] || fail "the bounding set is not what it was"
	stop_agent
}

without_setpcap

# refused_start WORDS LINES...: fwmarkd with these lines in its file does not start, and says why.
refused_start() {
	words=$1
	shift
	{ agent_conf; printf '%s\n' "$@"; } >"$WORK/refused.conf"
	status=0
	# shellcheck disable=SC2086 # words
	timeout 10 ${AGENT_WRAPPER:-} "$FWMARKD" -f -c "$WORK/refused.conf" -x "$SOCKET" \
		>"$WORK/out" 2>&1 || status=$?
	expect_eq "status with $*" 1 "$status"
	expect_match "message with $*" "$words" "$(cat "$WORK/out")"
}

refused_start 'process\.user: there is no user nobody-at-all' 'process: { user = "nobody-at-all"; };'
make_user
AGENT_WRAPPER='setpriv --reuid=1 --regid=1 --clear-groups'
refused_start 'process\.user: only root can become fwmarkd' 'process: { user = "fwmarkd"; };'
AGENT_WRAPPER=
# The directory is root's by now.
refused_start "$WORK/state: Permission denied: .*process\.user" 'process: { user = "fwmarkd"; };'

rm -rf "$WORK/state"
agent_conf >"$AGENT_CONF"
echo 'process: { user = "fwmarkd"; };' >>"$AGENT_CONF"
# Who changes his user cannot be traced by his like: LeakSanitizer would need that.
export ASAN_OPTIONS="$ASAN_OPTIONS:detect_leaks=0"
stop_snmpd
grep '^agentXPerms' "$TOP_SRCDIR/conf/snmpd.conf.example" >>"$WORK/access.conf"
start
uid=$(id -u fwmarkd)
gid=$(id -g fwmarkd)
expect_eq "user, group and groups" "$uid $uid $uid $uid $gid $gid $gid $gid $gid" \
	"$(process_status Uid Gid Groups | sed 's/ *$//')"
expect_eq "permitted, effective, inheritable, ambient, bounding" \
	"0000000000003000 0000000000003000 0000000000000000 0000000000000000 0000000000000000" \
	"$(process_status CapPrm CapEff CapInh CapAmb CapBnd)"
expect_eq "state directory" "fwmarkd fwmarkd 700" "$(stat -c '%U %G %a' "$WORK/state")"
lartc_set
expect_lartc
stop_agent
start_agent
expect_lartc
lartc_destroy
stop_agent
without_setpcap
# Nor is it root's any more.
refused_start "$WORK/state: Permission denied: .*process\.user"
