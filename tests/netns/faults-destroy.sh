#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# All rows of managers destroyed in one SET, from among rows of others: whichever step fails, all
# of them are in their places again, with what they had counted.
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
steps_fail_in_turn "destroy" $(both_destroy)
expect_no_match "netfilter" 'fwmark' "$(iptables-legacy-save; ip6tables-legacy-save)"
expect_eq "policies" 5 "$(ip rule | wc -l)"
