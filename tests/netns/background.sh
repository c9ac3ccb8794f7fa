#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Without -f: the command ends when requests are answered, or says what is wrong and fails. Relative
# names of files are meant from the directory that it was started in, now and after SIGHUP.
export ROADS=standalone
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

mkdir "$WORK/here"
mkdir -p "$WORK/client/cert_indexes" # net-snmp would say that it made it; the client is making it
cd "$WORK/here" || exit
cp "$WORK/access.conf" snmp.conf
echo 'fibs = ( { id = 201; name = "mail.out"; } );' >rows.conf
cat >fwmarkd.conf <<-'END'
	state: { directory = "kept"; };
	standalone: { snmp_conf = "snmp.conf"; };
	@include "rows.conf"
END

# agents: the process ids of all fwmarkd here.
agents() {
	for exe in /proc/[0-9]*/exe; do
		[ "$(readlink "$exe")" != "$(readlink -f "$FWMARKD")" ] || echo "$exe" | tr -dc '0-9\n'
	done
}

# no_start STATUS WORDS OPTION...
no_start() {
	expected=$1
	words=$2
	shift 2
	status=0
	timeout 10 "$FWMARKD" -c fwmarkd.conf "$@" >"$WORK/out" 2>"$WORK/err" || status=$?
	expect_eq "status with $*" "$expected" "$status"
	expect_match "stderr with $*" "^fwmarkd: $words" "$(cat "$WORK/err")"
	expect_eq "stdout with $*" "" "$(cat "$WORK/out")"
	expect_eq "processes after $*" "" "$(agents)"
}
no_start 1 'standalone\.address: "nonsense:x" cannot be' --standalone nonsense:x
chmod o+w kept
no_start 1 'state\.directory: kept: everybody' --standalone "$SNMP_HOST"
chmod o-w kept

"$FWMARKD" -c fwmarkd.conf --standalone "$SNMP_HOST" >"$WORK/out" 2>&1 </dev/null ||
	fail "no start: $(cat "$WORK/out")"
# There is no waiting for an answer.
shown fwmarkFibName.201 mail.out
AGENT_PID=$(agents)
expect_match "process id" '^[0-9]+$' "$AGENT_PID"
for fd in 0 1 2; do
	expect_eq "descriptor $fd" /dev/null "$(readlink "/proc/$AGENT_PID/fd/$fd")"
done
expect_eq "session" "$AGENT_PID" "$(sed 's/.*) //' "/proc/$AGENT_PID/stat" | cut -d' ' -f4)"
[ -f kept/state ] || fail "the state is elsewhere"
# A second one is kept away, and says so here.
status=0
timeout 10 "$FWMARKD" -c fwmarkd.conf --standalone udp:127.0.0.1:1161 >"$WORK/out" 2>&1 || status=$?
expect_eq "status of a second one" 1 "$status"
expect_match "why" 'another fwmarkd is running' "$(cat "$WORK/out")"

cd /
sed -i 's/mail\.out/mail.in/' "$WORK/here/rows.conf"
kill -HUP "$AGENT_PID"
renamed() {
	[ "$(snmp_get fwmarkFibName.201)" = mail.in ]
}
wait_for 10 renamed || fail "SIGHUP reads other files"
kill "$AGENT_PID"
wait_for 10 agent_gone || fail "it does not stop"
AGENT_PID=
