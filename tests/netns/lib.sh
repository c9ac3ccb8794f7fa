# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# shellcheck disable=SC2034 # what is set here is for the tests
# End-to-end tests: fwmarkd and snmpd in namespaces of their own, on the kernel as it is.
#
# A test is a script that sources this file first thing, and then runs as pid 1 of its own pid,
# network and mount namespaces, with "set -eu"; whatever it starts or mounts ends with it. It is
# run once for each road: agentx (fwmarkd behind snmpd) and standalone (fwmarkd alone); one that
# makes sense on one road only sets ROADS before. The kernel is the oracle: what iptables-legacy
# and ip show is compared with what SNMP shows, and the other way round.
#
# From outside: FWMARKD (the program), FWMARK_ROAD (run on this road only), FWMARK_TEST_LONG=1
# (floods and the like for longer), FWMARK_KEEP=1 (leave the working directory behind),
# FWMARK_SLOW=N (deadlines N times as long), FWMARK_SHARE=N/M (of the tests of both roads only the Nth of
# M shares). Exit status: 0, 1, or 77 where it cannot run.

set -eu

NETNS_DIR=$(cd "$(dirname "$0")" && pwd)
TOP_SRCDIR=$(cd "$NETNS_DIR/../.." && pwd)
: "${ROADS:=agentx standalone}"
# shellcheck source=/dev/null
. "$NETNS_DIR/topology.sh"
# shellcheck source=/dev/null
. "$NETNS_DIR/programs.sh"
# shellcheck source=/dev/null
. "$NETNS_DIR/state.sh"
# shellcheck source=/dev/null
. "$TOP_SRCDIR/conf/packages.sh"

skip() {
	echo "SKIP: $*" >&2
	exit 77
}

fail() {
	echo "FAIL ($FWMARK_ROAD): $*" >&2
	exit 1
}

# expect_eq WHAT EXPECTED GOT
expect_eq() {
	[ "$2" = "$3" ] || fail "$1
expected: $2
got:      $3"
}

# matches EXTENDED_REGEXP TEXT: some line of it. Most are plain words; the shell finds these
# without a process.
matches() {
	case $1 in
	*[]\[\\.*^$+?\(\)\{\}\|"$NL"]*)
		grep -Eq -e "$1" <<-END
			$2
		END
		;;
	*) case $2 in *"$1"*) ;; *) return 1 ;; esac ;;
	esac
}

# expect_match WHAT EXTENDED_REGEXP GOT: some line of GOT matches.
expect_match() {
	matches "$2" "$3" || fail "$1
expected a match of: $2
got: $3"
}

# expect_no_match WHAT EXTENDED_REGEXP GOT
expect_no_match() {
	! matches "$2" "$3" || fail "$1
expected no match of: $2
got: $3"
}

# expect_same WHAT FILE_EXPECTED FILE_GOT
expect_same() {
	diff -u "$2" "$3" >"$WORK/diff" || fail "$1 (- expected, + got)
$(cat "$WORK/diff")"
}

# wait_for SECONDS COMMAND...: runs it again and again until it succeeds, at most so long.
wait_for() {
	read -r now _ </proc/uptime
	deadline=$((${now%.*} + $1 * FWMARK_SLOW))
	shift
	pause=0.01
	until "$@" >/dev/null 2>&1; do
		read -r now _ </proc/uptime
		[ "${now%.*}" -le "$deadline" ] || return 1
		sleep $pause
		pause=0.05
	done
}

# is_others_share: is this one of the tests of both roads that are done on another machine?
is_others_share() {
	[ "${FWMARK_SHARE:-}" ] || return
	case $ROADS in *' '*) ;; *) return 1 ;; esac
	number=$(echo "${0##*/}" | cksum)
	[ $((${number%% *} % ${FWMARK_SHARE#*/})) -ne $((${FWMARK_SHARE%/*} - 1)) ]
}

# once_for_each_road: runs the test again in its own namespaces, for each road.
once_for_each_road() {
	result=77
	[ -x "$FWMARKD" ] || { echo "no program $FWMARKD (set FWMARKD)" >&2; exit 99; }
	unshare --mount --net --pid --fork true 2>/dev/null ||
		unshare --map-root-user --mount --net --pid --fork true 2>/dev/null ||
		skip "no private namespaces here"
	load_legacy_tables
	case " $ROADS " in
	*" ${FWMARK_ROAD:=$ROADS} "*) ;;
	*) skip "not on the road $FWMARK_ROAD" ;;
	esac
	! is_others_share || skip "not on the road $FWMARK_ROAD: of another share than $FWMARK_SHARE"
	for road in $FWMARK_ROAD; do
		status=0
		(private_namespaces env FWMARK_ROAD="$road" sh "$0") || status=$?
		case $status in
		0) [ $result != 77 ] || result=0 ;;
		77) ;;
		*) result=1 ;;
		esac
	done
	exit $result
}

# finish STATUS: the trap at the end of every test. What has gone well so far must end well, too.
# Processes and mounts end with the namespaces.
finish() {
	trap - EXIT
	set +e
	status=$1
	# Nothing runs after an exit from here.
	# shellcheck disable=SC2317 # called by name
	fail() {
		echo "FAIL, at the end: $*" >&2
		status=1
	}
	[ "$status" != 0 ] || stop_agent
	stop_client
	[ "$status" != 0 ] || no_reports
	if [ "$status" != 0 ] && [ "$status" != 77 ]; then
		for log in "$WORK"/fwmarkd.log "$WORK"/snmpd.log "$WORK"/sanitizer.*; do
			[ ! -s "$log" ] || { echo "--- ${log##*/}"; tail -n 60 "$log"; }
		done >&2
	fi
	if [ "${FWMARK_KEEP:-}" ]; then
		echo "left behind: $WORK" >&2
	else
		cd /
		umount -l "$WORK"
		rm -rf "$WORK"
	fi
	exit "$status"
}

if [ -z "${FWMARKD:-}" ]; then
	FWMARKD=${top_builddir:-$TOP_SRCDIR}/agent/fwmarkd
fi
case $FWMARKD in
/*) ;;
*) FWMARKD=$PWD/$FWMARKD ;;
esac
export FWMARKD
in_private_namespaces || once_for_each_road

WORK=$(mktemp -d)
# Every SET waits for the disk. No test cuts the power, so memory will do.
[ "${FWMARK_KEEP:-}" ] || mount -t tmpfs -o mode=700 tmpfs "$WORK"
trap 'finish $?' EXIT
trap 'exit 1' HUP INT TERM
unset XTABLES_LOCKFILE
private_mounts
ip link set lo up
programs_init
