#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A SET that changes, moves, removes and adds in every table, among rows of others: whichever step
# fails, all of it is in its place again, with what it had counted.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"
# shellcheck source=/dev/null
. "$NETNS_DIR/steps.sh"
# shellcheck source=/dev/null
. "$NETNS_DIR/lartc-both.sh"

can_fail
topology
both_neighbours
start
# shellcheck disable=SC2046 # words
snmp_set $(both_varbinds)
both_more
# shellcheck disable=SC2046 # words
steps_fail_in_turn "change" $(both_changes)
expect_match "ip rule" 'fwmark 0x1f lookup mail\.new' "$(ip rule)"
expect_match "PREROUTING" 'fwmark:11' "$(iptables-legacy-save -t mangle | grep -m 1 -e '-A PREROUTING')"
