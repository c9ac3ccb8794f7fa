#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# How fast fwmarkd is, as ratios to what cannot be avoided: see README.md here. Never part of the
# tests.
#
#	tests/bench/run.sh [ITEM]...
#
# Items: walk walk-all get-rule set read marks rss routes resync first-answer route-get route-walk set-many policies churn
# state writer;
# all of them when none is named. Everything runs in namespaces of its own; root is needed.
#
# From outside: BENCH_BUILD, a directory where configure has run (else a copy is built in a temporary
# one); BENCH_PAIRS, how many pairs are measured (the median counts); BENCH_CPU, where snmpd and the
# agents run, all on one (the last CPU when unset; empty: anywhere).
set -eu

bench=$(cd "$(dirname "$0")" && pwd)
TOP_SRCDIR=$(cd "$bench/../.." && pwd)
ITEMS="walk walk-all get-rule set read marks rss routes resync first-answer route-get route-walk set-many policies churn state writer"
: "${BENCH_PAIRS:=9}"
: "${BENCH_CPU=$(($(getconf _NPROCESSORS_ONLN) - 1))}"
export BENCH_PAIRS BENCH_CPU

# shellcheck source=/dev/null
. "$TOP_SRCDIR/tests/netns/topology.sh"
# shellcheck source=/dev/null
. "$TOP_SRCDIR/tests/netns/programs.sh"
# shellcheck source=/dev/null
. "$bench/items.sh"

fail() {
	echo "bench: $*" >&2
	exit 1
}

# wait_for SECONDS COMMAND...: as tests/netns/lib.sh has it.
wait_for() {
	deadline=$(($(date +%s) + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ "$(date +%s)" -le "$deadline" ] || return 1
		sleep 0.05
	done
}

# expect_eq WHAT EXPECTED GOT
expect_eq() {
	[ "$2" = "$3" ] || fail "$1: $3 instead of $2"
}

# logged COMMAND...: says nothing unless it fails.
logged() {
	if ! "$@" >>"$temporary/log" 2>&1; then
		tail -n 20 "$temporary/log" >&2
		exit 1
	fi
}

build() {
	if [ -z "${BENCH_BUILD:-}" ]; then
		BENCH_BUILD=$temporary/build
		mkdir "$temporary/source" "$BENCH_BUILD"
		tar -C "$TOP_SRCDIR" --exclude=./.git -cf - . | tar -C "$temporary/source" -xf -
		logged "$temporary/source/autogen.sh"
		logged env -C "$BENCH_BUILD" "$temporary/source/configure" CFLAGS='-O2 -g'
	fi
	BENCH_BUILD=$(cd "$BENCH_BUILD" && pwd)
	logged make -C "$BENCH_BUILD" bench-programs
	FWMARKD=$BENCH_BUILD/agent/fwmarkd
	PROGRAMS=$BENCH_BUILD/tests/bench
	export BENCH_BUILD FWMARKD PROGRAMS
}

machine() {
	sed -n 's/^model name[[:space:]]*: *//p' /proc/cpuinfo | head -n 1
	echo "$(getconf _NPROCESSORS_ONLN) CPUs, Linux $(uname -r), $(date +%F)," \
		"$(snmpd --version 2>&1 | sed -n 's/.*version: *//p'), $(iptables-legacy --version)"
}

outside() {
	for item in "$@"; do
		case " $ITEMS " in
		*" $item "*) ;;
		*) fail "no item $item (there are: $ITEMS)" ;;
		esac
	done
	[ "$(id -u)" = 0 ] || fail "root is needed"
	temporary=$(mktemp -d)
	trap 'rm -rf "$temporary"' EXIT
	trap 'exit 1' HUP INT TERM
	build
	machine
	printf '%-36s %14s %14s %8s %8s\n' item ours peer ratio target
	for item in "$@"; do
		(private_namespaces timeout -k 5 600 sh "$0" "$item") ||
			echo "$item: could not be measured"
	done
}

inside() {
	WORK=$(mktemp -d)
	trap 'inside_end $?' EXIT
	trap 'exit 1' HUP INT TERM
	unset XTABLES_LOCKFILE
	export FWMARK_ROAD=agentx
	private_mounts
	ip link set lo up
	programs_init
	"item_$(echo "$1" | tr - _)"
}

# What runs ends with the namespaces.
inside_end() {
	trap - EXIT
	[ "$1" = 0 ] || tail -n 5 "$WORK"/*.log >&2
	rm -rf "$WORK"
	exit "$1"
}

if in_private_namespaces; then
	inside "$1"
else
	# shellcheck disable=SC2086 # words
	[ $# -gt 0 ] || set -- $ITEMS
	outside "$@"
fi
