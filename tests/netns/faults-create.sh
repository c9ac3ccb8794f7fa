#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# All of LARTC chapter 11 in one SET, for both families, with names, a meter and settings of
# interfaces: whichever step fails, nothing is left of the others.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"
# shellcheck source=/dev/null
. "$NETNS_DIR/steps.sh"
# shellcheck source=/dev/null
. "$NETNS_DIR/lartc-both.sh"

can_fail
topology
start
# shellcheck disable=SC2046 # words
steps_fail_in_turn "create" $(both_varbinds)
expect_both
