#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# All of a SET happens, whatever the order of its varbinds.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

topology
start
keep_state before

# in_order COMMAND...: the SET with its varbinds sent through a filter of lines; then all of it
# away again, in the same order.
in_order() {
	# shellcheck disable=SC2046 # words
	snmp_set $(lartc_varbinds | "$@")
	expect_lartc
	# shellcheck disable=SC2046 # words
	snmp_set $(lartc_varbinds | "$@" | sed -n 's/createAndGo/destroy/p')
	expect_state before "destroyed in the order of $*"
}

# shuffle SEED: an order of its own for each seed.
shuffle() {
	awk -v seed="$1" 'BEGIN { srand(seed) } { print rand(), $0 }' | sort | sed 's/^[^ ]* //'
}

in_order cat
in_order tac
in_order sort
for seed in 1 2 3 4 5; do
	in_order shuffle $seed
done
