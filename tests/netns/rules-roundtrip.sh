#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Columns and matches lose nothing: rows created from the columns of others give the same rules,
# but for the comment that carries their index.
export ROADS=agentx
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"
# shellcheck source=/dev/null
. "$NETNS_DIR/rules.sh"

load_corpus 4
load_corpus 6
start
copy_rules 1
expect_copies
[ "$(wc -l <"$WORK/copied")" -gt 500 ] || fail "only $(wc -l <"$WORK/copied") rules were copied"
