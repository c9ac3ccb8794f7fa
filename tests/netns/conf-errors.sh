#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Mistakes in fwmarkd.conf: file, line, setting and what is wrong, and nothing is started.
export ROADS=agentx
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

# check STATUS LINES...: fwmarkd -n with a file of these lines.
check() {
	expected=$1
	shift
	printf '%s\n' "$@" >"$WORK/bad.conf"
	status=0
	timeout 10 "$FWMARKD" -n -c "$WORK/bad.conf" >"$WORK/out" 2>&1 || status=$?
	case $expected in
	ok) expect_eq "status of -n with $*: $(cat "$WORK/out")" 0 "$status" ;;
	*) expect_match "status of -n with $*" '^([1-9]|[1-9][0-9])$' "$status" ;;
	esac
}

# refused_at LINE SETTING LINES...: the message names file, line and setting.
refused_at() {
	line=$1
	setting=$2
	shift 2
	check bad "$@"
	expect_match "message for $*" "bad\.conf:$line: .*$setting" "$(cat "$WORK/out")"
}

check ok ''
check ok '# nothing' 'agentx: { ping = 5; };'
check ok 'read: { get_age_ms = 0; walk_age_ms = 1000; };' 'log: { level = "debug"; };'
"$FWMARKD" -n -c /dev/null || fail "/dev/null"
"$FWMARKD" -n -c "$TOP_SRCDIR/conf/fwmarkd.conf" || fail "conf/fwmarkd.conf"

refused_at 1 nonsense 'nonsense = 1;'
refused_at 2 'agentx\.pong' 'agentx: {' 'pong = 1; };'
refused_at 3 'nonsense' '' '# comment' 'nonsense: { ping = 1; };'
refused_at 1 'agentx\.ping' 'agentx: { ping = "5"; };'
refused_at 2 'agentx\.ping' '' 'agentx: { ping = 0; };'
refused_at 2 'agentx\.ping' '' 'agentx: { ping = 99999999; };'
refused_at 1 'agentx\.socket' 'agentx: { socket = 1; };'
refused_at 1 'agentx' 'agentx = 1;'
refused_at 1 'log\.level' 'log: { level = "loud"; };'
refused_at 1 'log\.syslog' 'log: { syslog = 2; };'
refused_at 2 '' 'agentx: { ping = 5; };' 'agentx: {{'

# Other files: what libconfig would cut, or end the process over, is said.
echo 'read: { get_age_ms = 5; };' >"$WORK/more.conf"
check ok "@include \"$WORK/more.conf\"" 'agentx: { ping = 5; };'
refused_at 2 '@include: /etc: ' '' '@include "/etc"'
refused_at 1 'nothing\.conf|include' '@include "nothing.conf"'
refused_at 1 '@include: the name' '@include 5'
refused_at 1 '@include: the name' '@include ""'
refused_at 1 '@include: the name' "@include \"$WORK/more.conf"
refused_at 1 '@include: the name' '@include "a\tb"'
# Nor does reading wait for ever, whatever the name, or go on past what everybody may write.
quoted="$WORK/with \\\" and \\\\"
mkfifo "$WORK/pipe" "$WORK/with \" and \\"
refused_at 1 '@include: .*pipe: it is no regular file' "@include \"$WORK/pipe\""
refused_at 2 '@include: .*with " and .: it is no regular file' '' "@include \"$quoted\""
rm "$WORK/with \" and \\"
cp "$WORK/more.conf" "$WORK/with \" and \\"
check ok "@include \"$quoted\""
chmod o+w "$WORK/more.conf"
refused_at 1 '@include: .*more.conf: everybody may write to it' "@include \"$WORK/more.conf\""
chmod o-w "$WORK/more.conf"
: >"$WORK/bad.conf"
chmod 666 "$WORK/bad.conf"
check bad ''
expect_match "message" 'bad\.conf: everybody may write to it' "$(cat "$WORK/out")"
chmod 644 "$WORK/bad.conf"
echo 'nonsense = 1;' | "$FWMARKD" -n -c /dev/stdin 2>"$WORK/out" && fail "a pipe is not read"
expect_match "message" '/dev/stdin:1: nonsense: no such' "$(cat "$WORK/out")"
echo 'provisioning: { mark_mask = 4294967296; };' >"$WORK/more.conf"
check bad "@include \"$WORK/more.conf\""
expect_match "message" "more\.conf:1: a number above" "$(cat "$WORK/out")"
echo "@include \"$WORK/more.conf\"" >"$WORK/more.conf"
check bad "@include \"$WORK/more.conf\""
expect_match "message" "more\.conf:1: @include: too many" "$(cat "$WORK/out")"

# Static rows.
check ok 'fibs = ( { id = 201; name = "mail.out"; } );' 'routes = ( { fibId = 201; ifName = "ppp0"; } );' \
	'policies = ( { index = 1; priority = 0xffff; mark = 0xffffffff; fibId = 201; } );' \
	'rules = ( { index = 1; mark = 1; } );' 'marks = ( { value = 1; mask = 4294967295L; name = "x"; } );'
check ok 'display: { exclude_tables = (7); };' 'routes = ( { fibId = 201; ifName = "ppp0"; } );'
refused_at 1 'routes: a list' 'routes: { exclude_tables = (7); };'
refused_at 1 'rules: a list' 'rules = 1;'
refused_at 1 'rules' 'rules: { rows = ( ); };'
refused_at 2 'rules: .*group' 'rules = (' '1 );'
refused_at 2 'rules: colour: no such' 'rules = ( { index = 1; mark = 1;' 'colour = 1; } );'
refused_at 2 'rules: chain: ' 'rules = ( { index = 1; mark = 1;' 'chain = 5; } );'
refused_at 1 'rules: matches: not UTF-8' 'rules = ( { index = 1; mark = 1; matches = "\xff"; } );'
refused_at 1 'rules: description: not UTF-8' 'rules = ( { index = 1; mark = 1; description = "a\nb"; } );'
refused_at 1 'rules: index: ' 'rules = ( { index = 0; mark = 1; } );'
refused_at 1 'rules: index: ' 'rules = ( { mark = 1; } );'
refused_at 1 'rules: index: ' 'rules = ( { index = 1000000; mark = 1; } );'
refused_at 1 'rules: mark: ' 'rules = ( { index = 1; } );'
refused_at 2 'rules: destinationPort' 'rules = (' '{ index = 1; mark = 1; destinationPortFrom = 25; } );'
refused_at 1 'rules: status: ' 'rules = ( { index = 1; mark = 1; status = "active"; } );'
refused_at 2 'rules: .*already' 'rules = ( { index = 1; mark = 1; },' '{ index = 1; mark = 2; } );'
refused_at 1 'policies: priority: ' 'policies = ( { index = 1; mark = 1; fibId = 201; } );'
refused_at 1 'routes: fibId: ' 'routes = ( { ifName = "ppp0"; } );'
refused_at 1 'routes: dest: ' 'routes = ( { fibId = 1; dest = "10.0.0.1"; prefixLength = 8; ifName = "ppp0"; } );'
refused_at 1 'routes: gateway: ' 'routes = ( { fibId = 1; } );'
refused_at 2 'nextHops' 'routes = ( { fibId = 1;' 'nextHops = ( { index = 1; ifName = "a"; } ); } );'
refused_at 1 'fibs: name: ' 'fibs = ( { id = 201; } );'
refused_at 1 'fibs: name: ' 'fibs = ( { id = 201; name = "a b"; } );'
refused_at 1 'marks: ' 'marks = ( { value = 1; mask = -1; } );'

check bad 'nonsense = 1;'
status=0
# shellcheck disable=SC2046 # words
timeout 10 "$FWMARKD" -f -c "$WORK/bad.conf" -x "$SOCKET" >"$WORK/out" 2>&1 || status=$?
expect_match "status of fwmarkd with a bad file" '^([1-9]|[1-9][0-9])$' "$status"
status=0
"$FWMARKD" -n -c "$WORK/missing.conf" >"$WORK/out" 2>&1 || status=$?
[ $status != 0 ] || fail "a missing file is no error"
expect_match "message" 'missing\.conf' "$(cat "$WORK/out")"
status=0
"$FWMARKD" --nonsense >"$WORK/out" 2>&1 || status=$?
[ $status != 0 ] || fail "an unknown option is no error"

# What only a start finds out.
# no_start WORDS OPTION...: with the settings of agent_conf and of bad.conf.
no_start() {
	words=$1
	shift
	{ agent_conf; cat "$WORK/bad.conf"; } >"$AGENT_CONF"
	status=0
	timeout 10 "$FWMARKD" -f -c "$AGENT_CONF" "$@" >"$WORK/out" 2>&1 || status=$?
	expect_eq "status with $words: $(cat "$WORK/out")" 1 "$status"
	expect_match "message" "$words" "$(tail -n 1 "$WORK/out")"
}
echo 'process: { user = "nobody-here"; };' >"$WORK/bad.conf"
no_start 'process\.user: there is no user nobody-here'
echo 'standalone: { snmp_conf = "/nowhere"; };' >"$WORK/bad.conf"
no_start 'standalone\.snmp_conf: /nowhere: No such file' --standalone udp:127.0.0.1:161
: >"$WORK/bad.conf"
no_start 'standalone\.address: "nonsense:x" cannot be' --standalone nonsense:x
no_start '^fwmarkd: -x: too long: at most 107' -x "/$(printf '%0107d' 0)"
echo "standalone: { snmp_conf = \"$WORK/pipe\"; };" >"$WORK/bad.conf"
no_start 'standalone\.snmp_conf: .*pipe: it is no regular file' --standalone udp:127.0.0.1:161
cp "$WORK/access.conf" "$WORK/open.conf"
chmod 666 "$WORK/open.conf"
echo "standalone: { snmp_conf = \"$WORK/open.conf\"; };" >"$WORK/bad.conf"
no_start 'standalone\.snmp_conf: .*open\.conf: everybody may write to it' --standalone udp:127.0.0.1:161
: >"$WORK/bad.conf"
chmod o+w "$WORK/state"
no_start 'state\.directory: .*state: everybody may write to it'
chmod o-w "$WORK/state"
echo "state: { directory = \"$WORK/no/where\"; };" >"$AGENT_CONF"
status=0
timeout 10 "$FWMARKD" -f -c "$AGENT_CONF" >"$WORK/out" 2>&1 || status=$?
expect_eq "status without a state directory" 1 "$status"
expect_match "message" 'state\.directory: .*/no/where: No such file' "$(cat "$WORK/out")"

# Options that make no sense together start nothing.
# usage WORDS OPTION...
usage() {
	words=$1
	shift
	status=0
	timeout 10 "$FWMARKD" -f -c /dev/null "$@" >"$WORK/out" 2>&1 || status=$?
	expect_eq "status with $*" 2 "$status"
	expect_match "message for $*" "$words" "$(cat "$WORK/out")"
}
usage 'option of --dump' --all
usage 'option of --dump' --check --all
usage 'exclude each other' --check --dump
usage 'exclude each other' -n --check
usage 'what is "start"' start
expect_match "-V" '[0-9]+\.[0-9]+' "$("$FWMARKD" -V)"
expect_match "-h" '-c' "$("$FWMARKD" -h)"
