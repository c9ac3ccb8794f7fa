#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# fresh.sh CHECKOUT WORK JOBS SUITE: the stage `fresh` of tests/run.sh for one suite of Debian. CHECKOUT
# is a tar archive, the system is made in WORK/fresh.SUITE. Prints lines as tests/run.sh does, with the
# suite in front.
set -eu

checkout=$1 work=$2 jobs=$3 suite=$4
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$top/conf/packages.sh"
. "$top/tests/run/root.sh"
. "$top/tests/run/try.sh"
. "$top/tests/run/stages.sh"
. "$top/tests/run/kernels.sh"
root=$work/fresh.$suite
log=$work/log/fresh.$suite
# Each test runs through snmpd on both systems, and without it on one. One has the demonstration twice.
case $suite in
bookworm) again='' share=1/2 ;;
*) again=1 share=2/2 ;;
esac

# inside COMMAND...: in the system, beside the sources.
inside() {
	root_run "$root" env -C "/root/fwmark-agent" JOBS="$jobs" \
		FWMARK_TEST_SECONDS="${FWMARK_TEST_SECONDS:-}" FWMARK_TEST_LONG="${FWMARK_TEST_LONG:-}" \
		FWMARK_SLOW="$FWMARK_SLOW" STANDALONE_SHARE="$share" "$@"
}

# The tests of tests/run.sh, one line each; it must have come to its last line.
tests() {
	inside tests/run.sh "$@" 2>&1 </dev/null | tee "$log" | grep --line-buffered \
		'^pass  \|^FAIL  \|^skip  \|^      | ' || :
	tail -n 1 "$log" | grep -q '^[0-9]* passed, [0-9]* failed' || fail "tests/run.sh"
}

main() {
	# Not among the arguments: a list that is missing ends it here.
	needed=$(stage_packages gcc standalone)
	# shellcheck disable=SC2086 # words
	others=$(stage_packages $STAGES)
	try "a system" root_make "$suite" "$root" || return 0
	# shellcheck disable=SC2086 # words
	try "its packages" root_packages "$root" $PACKAGES_BUILD $PACKAGES_RUN $PACKAGES_NETWORK \
		$needed || return 0
	# What is only needed elsewhere is not fetched, but it is to be had.
	# shellcheck disable=SC2086 # words
	try "packages of the other stages" root_run "$root" apt-get -s --no-install-recommends install \
		$others || :
	mkdir "$root/root/fwmark-agent"
	tar -C "$root/root/fwmark-agent" -xf "$checkout"
	try "conf/demo.sh" inside conf/demo.sh || :
	[ -z "$again" ] || try "conf/demo.sh, again" inside conf/demo.sh || :
	tests gcc standalone
	try "README.md: install" inside tests/run/readme.sh || :
}

# The last line says that it came so far.
{ main; echo "end fresh"; } | sed -u "s/^/$suite /"
