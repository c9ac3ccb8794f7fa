#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A second fwmarkd on the same state ends at once, says why, and does not disturb the first. The child
# that parses the matches of a rule holds nothing of it, and ends with it.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

start
status=0
# shellcheck disable=SC2046 # words
timeout 10 "$FWMARKD" $(agent_command) >"$WORK/second.log" 2>&1 || status=$?
case $status in
0 | 124 | 13?) fail "status of the second: $status" ;;
esac
expect_match "why" '[Rr]unning|[Ll]ock|instance' "$(cat "$WORK/second.log")"
agent_answers >/dev/null || fail "the first does not answer any more"
# After the first has ended, also by force, there is room for another.
kill_agent
start_agent

# A child that hangs: it reads the names of realms from a file, and nobody writes to that.
rm -f /etc/iproute2/rt_realms
mkfifo /etc/iproute2/rt_realms
snmp snmpset fwmarkRuleMark.1 u 1 fwmarkRuleMatches.1 s "-m realm --realm somebody" \
	fwmarkRuleStatus.1 i createAndGo >/dev/null 2>&1 &
setter=$!
the_child() {
	child=$(pgrep -P "$AGENT_PID") && [ "$(ls "/proc/$child/fd")" = "0
1
2
3" ]
}
wait_for 5 the_child || fail "a child with what it needs: $(ls -l "/proc/${child:-none}/fd" 2>&1)"
capabilities=$(sed -n 's/^CapPrm:[[:space:]]*//p' "/proc/$child/status")
expect_eq "its capabilities beside CAP_NET_ADMIN and CAP_NET_RAW" 0 $((0x$capabilities & ~0x3000))
kill_agent
child_gone() {
	stat=
	{ read -r stat <"/proc/$child/stat"; } 2>/dev/null || return 0
	case ${stat##*) } in [ZX]*) ;; *) return 1 ;; esac
}
wait_for 5 child_gone || fail "the child lives on"
kill $setter 2>/dev/null || :
rm /etc/iproute2/rt_realms
start_agent
