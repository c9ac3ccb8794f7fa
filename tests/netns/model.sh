#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Random SETs, random changes by others, kills and restarts, against a model: see model.py, which does
# the work. First the seeds that once failed, then a new one.
#
# From outside: MODEL_SECONDS, for how long; MODEL_SEED and MODEL_STEPS, to see a failure again.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

command -v /usr/bin/python3 >/dev/null || skip "no python3"
[ "${MODEL_SECONDS:-}" ] || MODEL_SECONDS=10

# SEED STEPS, each a failure that was mended.
KEPT='3 22
9 55
726079767 34'

if [ -z "${MODEL_SEED:-}" ]; then
	# Each in a network of its own.
	echo "$KEPT" | while read -r seed steps; do
		(private_namespaces env MODEL_SEED="$seed" MODEL_STEPS="$steps" sh "$0") ||
			fail "the seed $seed, of old"
	done
	set -- --seconds "$MODEL_SECONDS"
else
	set -- --seed "$MODEL_SEED" --steps "${MODEL_STEPS:-1000}"
fi

fresh_agent
start_snmpd
AGENT_LINE="$FWMARKD $(agent_command)"
CHECK_LINE="$FWMARKD --check -c $AGENT_CONF"
AGENT_LOG=$WORK/fwmarkd.log
# shellcheck disable=SC2034 # of the environment of those who start something
SNMP_PERSISTENT_DIR=$WORK/agent
export AGENT_LINE CHECK_LINE AGENT_LOG SNMP_HOST V2_FLAGS V3_FLAGS FWMARK_SLOW
/usr/bin/python3 "$NETNS_DIR/model.py" "$@" || fail "the model and the world differ"
