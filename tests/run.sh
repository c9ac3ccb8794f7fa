#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# tests/run.sh [STAGE...]: every test there is, on Debian, as root. Installs what it needs, builds
# in a directory of its own, which goes away at the end, and touches nothing else of the host.
#
# The stages, all of them but kernels unless some are named:
#	fresh       on new systems in directories, Debian 12 and 13: the demonstration, gcc, standalone (each
#	            test that is in gcc, too, on one of them), and the commands of README.md that install
#	            it. Packages are installed there, and kept in /var/cache/fwmark-tests (FWMARK_CACHE)
#	            for the next time
#	package     the Debian package, on such systems: built twice, looked at by lintian, installed, asked,
#	            upgraded, purged
#	kernels     Debian 12 and 13 with their own kernels in an emulator: the demonstration, some tests,
#	            and fwmarkd and snmpd as systemd runs them (slow; see tests/README.md)
#	gcc         a build with gcc where a warning is an error; unit tests; end to end by snmpd
#	standalone  end to end once more, with fwmarkd as its own SNMP agent
#	sanitize    with clang, AddressSanitizer and UBSan: unit tests, end to end; each step of a
#	            SET fails in turn (--enable-fault-injection)
#	dist        the release tarball builds, passes and installs (make distcheck)
#	static      clang-format, shellcheck, cppcheck, FWMARK-MIB by three parsers, man pages
#	fuzz        every fuzzer for half a minute
#
# fresh and package run beside the others, for both releases at once.
#
# gcc and standalone are left out on a machine that is itself of a release that fresh has: there they
# are done without what happens to be installed here.
#
# From outside: FUZZ_SECONDS (30), JOBS (the number of processors), FWMARK_TEST_SECONDS (of one
# test), FWMARK_TEST_LONG=1 (floods, kills and bursts of routes for minutes), CI=true (a test that was
# skipped, for lack of privileges, has failed), IETF_MIBS (a directory of the IETF modules, which are not
# free to ship; FWMARK-MIB is then also tried with them).
#
# The last line sums up: N passed, N failed, N skipped. The exit status is 0 when nothing failed.
set -eu

top=$(cd "$(dirname "$0")/.." && pwd)
cd "$top"
. conf/packages.sh
. tests/run/count.sh
. tests/run/root.sh
. tests/run/stages.sh
. tests/run/kernels.sh

stages=${*:-$(default_stages)}
for stage in $stages; do
	case " $STAGES " in
	*" $stage "*) ;;
	*) echo "there is no stage $stage" >&2; exit 2 ;;
	esac
done
: "${JOBS:=$(nproc)}" "${FUZZ_SECONDS:=30}"
if [ -z "${IETF_MIBS:-}" ] && [ -f "$top/../shared/mibs/SNMPv2-SMI.txt" ]; then
	IETF_MIBS=$top/../shared/mibs
fi
export FWMARK_TEST_SECONDS IETF_MIBS="${IETF_MIBS:-}"

work=$(mktemp -d "${TMPDIR:-/tmp}/fwmark-tests.XXXXXX")
trap 'clean_up' EXIT
trap 'exit 130' INT
trap 'exit 141' PIPE # tests/run.sh | head
trap 'exit 143' HUP TERM
count_init

# shellcheck disable=SC2086 # words
install_test_packages $stages
load_legacy_tables
prepare_source
here='' suites=''
for stage in $stages; do
	case $stage in
	fresh | package) suites="$suites $stage" ;;
	*) here="$here $stage" ;;
	esac
done
# shellcheck disable=SC2086 # words
[ -z "$suites" ] || suites_begin $suites
for stage in $here; do
	"stage_$stage"
done
[ -z "$suites" ] || suites_end
count_report
