#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# fuzz.sh BUILD SEEDS WORK SECONDS NAME: BUILD/fuzz_NAME from SEEDS/NAME for so long. The log is
# WORK/log/fuzz.NAME; what it finds is in there, too, in base64. WORK/found_nothing.NAME is there
# when that is so.
set -eu

corpus=$3/corpus/$5
mkdir -p "$corpus"
seeds=$2/$5
[ -d "$seeds" ] || seeds=
"$1/fuzz_$5" -max_total_time="$4" -timeout=20 -rss_limit_mb=2048 -verbosity=0 \
	-artifact_prefix="$3/" "$corpus" ${seeds:+"$seeds"} >"$3/log/fuzz.$5" 2>&1 </dev/null
: >"$3/found_nothing.$5"
