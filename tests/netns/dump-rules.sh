#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# fwmarkd --dump of many rules, with all matches that iptables has: the static rows make the same.
export ROADS=standalone
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"
# shellcheck source=/dev/null
. "$NETNS_DIR/rules.sh"

load_corpus 4
load_corpus 6

# mark_rules: those that a row can express, without comments.
mark_rules() {
	for program in iptables ip6tables; do
		saved_rules $program
	done | sed -E 's/ -m comment --comment ("[^"]*"|[^ ]*)//g'
}

"$FWMARKD" --dump -c "$AGENT_CONF" >"$WORK/dump" || fail "--dump ends with $?"
dumped=$(grep -c '^  { index' "$WORK/dump")
[ "$dumped" -gt 500 ] || fail "only $dumped rules"
mark_rules >"$WORK/all"
left=$(grep -c '^#   ip6\{0,1\}tables' "$WORK/dump" || :)
expect_eq "rules" "$(wc -l <"$WORK/all")" $((dumped + left))

# Away with all mark rules, but not with the chains that they stand in.
for program in iptables ip6tables; do
	$program-legacy-save | grep -Ev '^-A .* -j (MARK|CONNMARK)( |$)' >"$WORK/rest"
	$program-legacy-restore "$WORK/rest"
done
expect_eq "mark rules" "" "$(mark_rules)"
{ agent_conf; cat "$WORK/dump"; } >"$AGENT_CONF"
# It parses the matches of some 600 rules first.
export START_SECONDS=60
start_agent
mark_rules >"$WORK/now"
sed -n 's/^#   ip6\{0,1\}tables -t [a-z]* //p' "$WORK/dump" |
	sed -E 's/ -m comment --comment ("[^"]*"|[^ ]*)//g' | sort >"$WORK/left"
sort "$WORK/all" >"$WORK/all.sorted"
sort "$WORK/now" "$WORK/left" >"$WORK/now.sorted"
expect_same "rules, and those left out" "$WORK/all.sorted" "$WORK/now.sorted"
# Order within the chains: what is left in "all" after taking those out that were left out.
[ "$left" != 0 ] || expect_same "order of rules" "$WORK/all" "$WORK/now"
