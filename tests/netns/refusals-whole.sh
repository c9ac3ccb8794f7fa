#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A SET that changes every table, and one thing more that the kernel, a file or somebody else does not
# let be done: all is as it was, counters, files and places among rows of others too.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"
# shellcheck source=/dev/null
. "$NETNS_DIR/steps.sh"
# shellcheck source=/dev/null
. "$NETNS_DIR/lartc-both.sh"

NEW=203.1.4.0.0.0.0.0.0.1

# refused NAME ERROR WORDS VARBINDS...: with the changes before it, and behind it. Calls let_go when
# both are refused, before looking at what is there.
refused() {
	name=$1 error=$2 words=$3
	shift 3
	changes=$(both_changes)
	for order in "$changes $*" "$* $changes"; do
		# shellcheck disable=SC2086 # words
		! snmp_answer snmpset -OsQtebU $order || fail "$name: done"
		expect_match "$name: error" "^Reason: ($error)" "$got"
		expect_match "$name: fwmarkAgentLastError" "^\"?fwmark[A-Za-z]*[.0-9]*: .*($words)" "$(last_error)"
	done
	let_go
	whole_state >"$WORK/whole.after"
	expect_same "$name: nothing must change" "$WORK/whole.before" "$WORK/whole.after"
}

let_go() {
	:
}

twelve_rules() {
	for rule in 31 32 33 34 35 36 37 38 39 40 41 42; do
		echo "fwmarkRuleMark.$rule u $rule fwmarkRuleInInterface.$rule s eth0"
		echo "fwmarkRuleStatus.$rule i createAndGo"
	done
}

topology
both_neighbours
start
# shellcheck disable=SC2046 # words
snmp_set $(both_varbinds)
both_more
ip link add down0 type veth peer name down1
ip address add 10.7.7.1/24 dev down0
ip route add 198.51.100.0/24 via "$FAST4" dev eth1 table 203
whole_state >"$WORK/whole.before"
cannot='inconsistentValue|resourceUnavailable|commitFailed'

refused "gateway out of reach" "$cannot" 'gateway|unreachable' "fwmarkRouteGateway.$ROUTE4" x 0A090909
refused "device down" "$cannot" 'not up|down' fwmarkRouteIfName.$NEW s down0 \
	fwmarkRouteStatus.$NEW i createAndGo
refused "no such nexthop" "$cannot" 'exthop' fwmarkRouteNextHopId.$NEW u 77 \
	fwmarkRouteStatus.$NEW i createAndGo
refused "route of somebody else" notWritable 'somebody else' \
	fwmarkRouteIfName.203.1.4.198.51.100.0.24.0.1 s eth0 \
	fwmarkRouteStatus.203.1.4.198.51.100.0.24.0.1 i createAndGo
refused "no chain" inconsistentValue nochain fwmarkRuleMark.21 u 1 fwmarkRuleChain.21 s nochain \
	fwmarkRuleStatus.21 i createAndGo
refused "policy that is there" "$cannot" 'same|exist' fwmarkPolicyMark.21 u 16 \
	fwmarkPolicyFibId.21 u 201 fwmarkPolicyPriority.21 u 500 fwmarkPolicyStatus.21 i createAndGo
# shellcheck disable=SC2046 # words
{
	refused "place of the tenth rule of twelve" inconsistentValue 'place|osition' $(twelve_rules) \
		fwmarkRulePosition.40 u 99
	refused "family of the tenth rule of twelve" inconsistentValue . $(twelve_rules) \
		fwmarkRuleDestination.40 x 20010DB8005E00000000000000000025
	# What only the kernel knows, and says at the commit: it has no such way to search.
	refused "the kernel's refusal of the tenth rule" "$cannot|wrongValue" 'refuses' $(twelve_rules) \
		fwmarkRuleTableName.40 s raw fwmarkRuleMatches.40 x $(printf '%s' '-m string --algo none --string x' | od -An -v -tx1 | tr -d ' \n')
}

# The lock of xtables.
flock /run/xtables.lock sh -c "echo >'$WORK/held'; exec sleep 60" &
holder=$!
wait_for 5 test -s "$WORK/held" || fail "the lock is not to be had"
let_go() {
	pkill -P $holder || kill $holder
	wait $holder || :
}
refused "lock" resourceUnavailable lock

# Files.
let_go() {
	umount "$WORK/state"
}
mount --bind "$WORK/state" "$WORK/state"
mount -o remount,bind,ro "$WORK/state"
refused "state directory read-only" resourceUnavailable 'state.*[Rr]ead-only'
mount -t tmpfs -o size=4k,nr_inodes=1 tmpfs "$WORK/state"
refused "state directory without room" resourceUnavailable 'state.*[Nn]o space'
# Room for the one page of the journal, not for the state file: it fails at the last step.
mount -t tmpfs -o size=4k,nr_inodes=20 tmpfs "$WORK/state"
refused "state directory with too little room" resourceUnavailable 'saving the state.*[Nn]o space'
# The kernel would kill who meets this limit without a word.
let_go() {
	prlimit --pid "$AGENT_PID" --fsize=unlimited:
}
prlimit --pid "$AGENT_PID" --fsize=100:
refused "limit of file sizes" resourceUnavailable '[Ff]ile too large'
let_go() {
	umount /etc/iproute2/rt_tables.d
}
mount --bind /etc/iproute2/rt_tables.d /etc/iproute2/rt_tables.d
mount -o remount,bind,ro /etc/iproute2/rt_tables.d
refused "names read-only" resourceUnavailable 'rt_tables.*[Rr]ead-only'
mount --bind /etc/iproute2/rt_tables.d /etc/iproute2/rt_tables.d
mount -o remount,bind,ro /etc/iproute2/rt_tables.d
# The name that cannot be written is the one to blame, not the first row of that table.
got=$(snmp snmpset -OsQtebU fwmarkFibStorageType.201 i volatile fwmarkFibName.205 s other \
	fwmarkFibStatus.205 i createAndGo 2>&1) || :
expect_match "names read-only" '^Failed object: .*fwmarkFibName.205' "$got"
let_go

# Nothing of all that is left over.
# shellcheck disable=SC2046 # words
snmp_set $(both_changes)
expect_match "ip rule" 'fwmark 0x1f lookup mail\.new' "$(ip rule)"
