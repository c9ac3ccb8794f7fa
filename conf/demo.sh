#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# conf/demo.sh [--keep]: LARTC chapter 11 over SNMP, on this machine, without touching it: a router
# with two uplinks, in namespaces of its own, where one snmpset sends mail over the cheap one.
#
#	--keep      leave it running, and say how to look around in it
#	--in CMD... run a command in the router that was left running
#	--stop      end it
#
# Installs Debian packages that are missing, loads the kernel's modules ip_tables and ip6_tables if it
# has them, and builds fwmarkd from these sources in a temporary directory (FWMARKD=PROGRAM: takes that
# one). Needs root.
# shellcheck disable=SC2317 # functions are called by name
set -eu

TOP=$(cd "$(dirname "$0")/.." && pwd)
STATE=/run/fwmark-demo # of one that was left running: its pid, its namespace, its directory
. "$TOP/conf/packages.sh"
. "$TOP/tests/netns/topology.sh"
. "$TOP/conf/demo-router.sh"

usage() {
	sed -n '/^# conf/,/^# dir/s/^# \{0,1\}//p' "$0"
}

die() {
	echo "demo: $*" >&2
	exit 1
}

# running: is one there that --keep has left? Sets KEPT_PID and WORK. A pid alone is not enough
# to believe it: it must still be in the namespace that the demonstration made.
running() {
	[ -f "$STATE" ] || return 1
	read -r KEPT_PID kept_namespace WORK <"$STATE"
	[ "$(readlink "/proc/$KEPT_PID/ns/net")" = "$kept_namespace" ]
}

# end_first PID: ends the first process of a router's namespaces, and so all others there. It is gone
# when they are: until then they may write into the directory that is to go.
end_first() {
	kill -9 "$1" 2>/dev/null || return 0
	tries=0
	while [ -e "/proc/$1" ] && [ $tries -lt 100 ]; do
		! grep -q '^State:[[:space:]]*Z' "/proc/$1/status" 2>/dev/null || return 0
		tries=$((tries + 1))
		sleep 0.1
	done
}

stop() {
	if running; then
		end_first "$KEPT_PID"
		echo "stopped"
	else
		echo "nothing runs"
	fi
	case ${WORK:-} in
	*/fwmark-demo.*) rm -rf "$WORK" ;;
	esac
	rm -f "$STATE"
}

inside_kept() {
	running || die "nothing runs: start it with conf/demo.sh --keep"
	client_environment
	exec nsenter --all --target "$KEPT_PID" --wd="$PWD" "$@"
}

# quietly WHAT COMMAND...: says what it does, and shows the output only when it fails.
quietly() {
	printf '%s ... ' "$1"
	shift
	if "$@" >"$WORK/log" 2>&1; then
		echo "done"
	else
		echo "failed"
		tail -n 40 "$WORK/log" >&2
		exit 1
	fi
}

install_everything() {
	# shellcheck disable=SC2086 # words
	install_packages $PACKAGES_RUN $PACKAGES_NETWORK ${1:-}
}

# build: in a copy of the sources, so that nothing is left in them.
build() {
	mkdir "$WORK/build" &&
	tar -C "$TOP" --exclude=.git --exclude=./build --exclude='*.o' --exclude='*.a' \
		--exclude=config.status -cf - . | tar -C "$WORK/build" -xf - &&
	cd "$WORK/build" &&
	{ [ -x configure ] || ./autogen.sh; } &&
	./configure --quiet --prefix=/usr --sysconfdir=/etc --localstatedir=/var \
		--disable-netns-tests &&
	make -j"$(nproc)" agent/fwmarkd
}

clean_up() {
	trap - EXIT
	if [ "${router:-}" ]; then
		first=$(cat "/proc/$router/task/$router/children" 2>/dev/null) || first=
		# shellcheck disable=SC2086 # words
		for pid in $first; do end_first "$pid"; done
		kill -9 "$router" 2>/dev/null || :
	fi
	rm -rf "$WORK"
}

keep=
case ${1:-} in
'') ;;
--keep) keep=1 ;;
--in | --stop) ;;
--router) # by ourselves, in the namespaces
	WORK=$2
	router_main "$3"
	exit
	;;
-h | --help) usage; exit ;;
*) usage >&2; exit 2 ;;
esac
[ "$(id -u)" = 0 ] || die "needs root, for network namespaces"
case ${1:-} in
--stop) stop; exit ;;
--in) shift; inside_kept "$@" ;;
esac
! running || die "one is left running: conf/demo.sh --stop ends it"

WORK=$(mktemp -d "${TMPDIR:-/tmp}/fwmark-demo.XXXXXX")
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 141' PIPE # conf/demo.sh | head
trap 'exit 143' HUP TERM
if [ "${FWMARKD:-}" ]; then
	quietly "Packages" install_everything
else
	quietly "Packages" install_everything "$PACKAGES_BUILD"
	quietly "Building fwmarkd" build
	FWMARKD=$WORK/build/agent/fwmarkd
fi
export FWMARKD

load_legacy_tables

# The router runs in the background and in a session of its own, so that it can stay. What it has to
# show comes through a pipe that it closes when that is all, not through an output that it inherits.
unshare --mount --net --pid --fork --mount-proc true || die "no namespaces here"
mkfifo "$WORK/shown"
(private_namespaces setsid sh "$TOP/conf/demo.sh" --router "$WORK" "$keep") \
	</dev/null >/dev/null 2>&1 &
router=$!
cat "$WORK/shown" &
wait $!
if [ "$keep" ] && [ -f "$WORK/all-shown" ]; then
	trap - EXIT
	pid=$(cat "/proc/$router/task/$router/children")
	pid=${pid%% *}
	(umask 077; echo "$pid $(readlink "/proc/$pid/ns/net") $WORK" >"$STATE")
	say_how_to_look
else
	status=0
	wait "$router" || status=$?
	router=
	exit $status
fi
