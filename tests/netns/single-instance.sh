#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A second fwmarkd on the same state ends at once, says why, and does not disturb the first.
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
