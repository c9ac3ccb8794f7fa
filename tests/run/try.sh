# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# shellcheck disable=SC2154 # log is of those who source this
# One thing that passes or fails, for fresh.sh and package.sh, which run beside tests/run.sh: it reads their
# lines.

# try NAME COMMAND...
try() {
	name=$1
	shift
	started=$(date +%s)
	if "$@" >"$log" 2>&1 </dev/null; then
		echo "pass  $name ($(($(date +%s) - started)) s)"
	else
		fail "$name"
		return 1
	fi
}

fail() {
	echo "FAIL  $1"
	tail -n 100 "$log" | sed 's/^/      | /'
}
