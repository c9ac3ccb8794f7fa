#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Whatever becomes of the state file, it is set aside with a sentence, and the agent starts with what
# the kernel holds, which stays as it is.
export ROADS=standalone
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

state=$WORK/state/state

topology
iptables-legacy -t mangle -A PREROUTING -i none0 -j MARK --set-mark 5
start
lartc_set
snmp_set fwmarkMarkName.1.4294967295 s mail fwmarkRuleInInterface.2 s none0 fwmarkRuleMark.2 u 2 fwmarkRuleStatus.2 i createAndGo
stop_agent
cp "$state" "$WORK/whole"
keep_state before
bytes=$(wc -c <"$WORK/whole")

# damaged WHAT WORDS: "$state" is it.
damaged() {
	rm -rf "$state".damaged*
	: >"$WORK/fwmarkd.log"
	start_agent
	expect_match "log, $1" "$state: .*$2.*: set aside as $state\.damaged" "$(cat "$WORK/fwmarkd.log")"
	[ -e "$state.damaged" ] || fail "$1: not set aside"
	expect_state before "kernel, $1"
	shown fwmarkRuleOrigin.1 2
	shown fwmarkRuleOrigin.2 2
	shown fwmarkFibOrigin.201 2
	stop_agent
	expect_match "the new file, $1" '^complete = true;$' "$(cat "$state")"
}

# Anywhere, and where it looks whole. The first letter alone is no syntax error to libconfig 1.7.
head -c 1 "$WORK/whole" >"$state"
damaged "cut off after its first letter" "(line 1: syntax error|version 0)"
for at in $((bytes / 7)) $((bytes / 3)) $((bytes / 2)) $((bytes * 4 / 5)) $((bytes - 3)); do
	head -c "$at" "$WORK/whole" >"$state"
	damaged "cut off after $at of $bytes bytes" "(line [0-9]+: syntax error|the end of it is missing)"
done
sed '/^policies = /,$d' "$WORK/whole" >"$state"
damaged "cut off between two lists" "the end of it is missing"
: >"$state"
damaged "empty" "version 0"
head -c "$bytes" /dev/zero >"$state"
damaged "zeros" "Invalid or incomplete multibyte or wide character"
# With a zero for certain: what is said of noise without one is something else.
{ head -c "$bytes" /dev/urandom && head -c 1 /dev/zero; } >"$state"
damaged "noise" "Invalid or incomplete multibyte or wide character"
sed 's/^version = .*/version = 2;/' "$WORK/whole" >"$state"
damaged "of another version" "version 2 is not one that is known here"
sed 's/index = 2;/index = "two";/' "$WORK/whole" >"$state"
damaged "with a wrong value" "line [0-9]+: index: "
sed 's/ status = "[a-zA-Z]*";//' "$WORK/whole" >"$state"
damaged "with rows of which nobody knows whether they are active" "line [0-9]+: status: it is missing"
sed 's/index = 2;/index = 2000000000;/' "$WORK/whole" >"$state"
damaged "with an index that managers cannot have" "line [0-9]+: index: "
{ echo '@include "/etc"' && cat "$WORK/whole"; } >"$state"
damaged "with another file in it" "@include"
rm "$state"
mkdir "$state" "$state/in.it"
damaged "a directory" "Is a directory"

rm -rf "$state"*
mkfifo "$state"
damaged "a pipe" "it is a pipe"

# Beside one of before that cannot be replaced.
rm -rf "$state"* && mkdir "$state.damaged" "$state.damaged/in.it"
: >"$state"
start_agent
[ -f "$state.damaged.1" ] || fail "not set aside beside an earlier one"
stop_agent

# The next one does not take the place of either.
echo second >"$state"
start_agent
expect_eq "set aside third" second "$(cat "$state.damaged.2")"
expect_eq "set aside second" "" "$(cat "$state.damaged.1")"
stop_agent

# The journal of a SET, as a crash of the machine may leave it.
for what in '' 'sets = ' 'sets = 3L; boot = "another"; rules = ( { index = 2; } );'; do
	echo "$what" >"$WORK/state/journal"
	start_agent
	expect_state before "kernel with a journal of \"$what\""
	[ ! -e "$WORK/state/journal" ] || fail "the journal \"$what\" is still there"
	stop_agent
done
