#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Policies of others keep their index while they live, whatever comes and goes beside them, and
# over a restart; each of several that are alike, or nearly so, is a row of its own.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

topology
start

# rows: index and text of every policy but the kernel's own.
rows() {
	snmp_walk fwmarkPolicyText | sed 's/^fwmarkPolicyText\.//; s/"//g; s/ *$//' |
		grep -Ev '^[0-9]+ = (0:.from all lookup local|3276[67]:.*)$' | sort
}

# by_ip: the texts alone.
by_ip() {
	{ ip -4 rule; ip -6 rule; } | sed 's/ *$//' |
		grep -Ev '^(0:.from all lookup local|3276[67]:.*)$' | sort
}

# kept WHAT: the rows that were there are as they were; and all are what ip(8) shows.
kept() {
	rows >"$WORK/rows"
	sed 's/^[0-9]* = //' "$WORK/rows" | sort >"$WORK/texts"
	by_ip >"$WORK/by_ip"
	expect_same "$1: texts" "$WORK/by_ip" "$WORK/texts"
	expect_eq "$1: indices are different" "" "$(sed 's/ = .*//' "$WORK/rows" | sort | uniq -d)"
	expect_eq "$1: rows that are gone" "" "$(comm -23 "$WORK/kept" "$WORK/rows")"
}

# One selector apart, of one priority; the ends of the priorities; a mark of 0 under a mask.
ip -batch - <<-END
	rule add pref 100 fwmark 1 lookup 9
	rule add pref 100 fwmark 2 lookup 9
	rule add pref 100 fwmark 0/0xff lookup 9
	rule add pref 100 fwmark 0x1/0xff lookup 9
	rule add pref 100 fwmark 1 iif eth0 lookup 9
	rule add pref 100 fwmark 1 oif eth0 lookup 9
	rule add pref 100 fwmark 1 lookup 10
	rule add pref 100 not fwmark 5 lookup 9
	rule add pref 100 from 10.0.0.0/8 fwmark 1 lookup 9
	rule add pref 100 from 10.0.0.0/9 fwmark 1 lookup 9
	rule add pref 0 fwmark 3 lookup 9
	rule add pref 4294967295 fwmark 4 lookup 9
END
ip -6 rule add pref 100 fwmark 1 lookup 9
: >"$WORK/kept"
kept "all there"
expect_eq "policies" 13 "$(wc -l <"$WORK/rows")"
cp "$WORK/rows" "$WORK/kept"

ip rule add pref 50 fwmark 7 lookup 9
ip rule add pref 100 fwmark 7 lookup 9
ip rule add pref 150 fwmark 7 lookup 9
kept "others added"
ip rule del pref 100 fwmark 7 lookup 9
ip rule del pref 50
kept "others deleted"

# Twice the very same: two rows. ip(8) adds such by restore alone, and then all of them.
ip rule save >"$WORK/saved"
ip rule restore <"$WORK/saved"
expect_eq "rules of priority 150" 2 "$(ip rule show pref 150 | wc -l)"
kept "identical twice"
twins=$(sed -n 's/ = 150:.*//p' "$WORK/rows")
expect_eq "rows of the twins" 2 "$(printf '%s\n' "$twins" | wc -l)"
for twin in $twins; do
	shown fwmarkPolicyPriority."$twin" 150
	shown fwmarkPolicyStatus."$twin" 1
done
cp "$WORK/rows" "$WORK/kept"

for _ in 1 2; do
	stop_agent
	start_agent
	kept "restarted"
done
kill_agent
start_agent
kept "killed"

ip rule del pref 150
sed -i '/ = 150:/d' "$WORK/kept"
kept "one of two deleted"
last=$(sed -n 's/ = 150:.*//p' "$WORK/rows")
expect_match "the one that is left has an index of the two" "^$last\$" "$twins"

# A manager's is in another range and moves none of them; the ends of the priorities are theirs too.
snmp_set fwmarkPolicyMark.1 u 11 fwmarkPolicyFibId.1 u 9 fwmarkPolicyPriority.1 u 100 \
	fwmarkPolicyStatus.1 i createAndGo \
	fwmarkPolicyMark.2 u 0 fwmarkPolicyMask.2 u 255 fwmarkPolicyFibId.2 u 9 \
	fwmarkPolicyPriority.2 u 4294967295 fwmarkPolicyStatus.2 i createAndGo
kept "managers' beside them"
snmp_set fwmarkPolicyFibId.1 u 10
kept "a manager's changed"
snmp_set fwmarkPolicyStatus.1 i destroy fwmarkPolicyStatus.2 i destroy
kept "managers' destroyed"
