#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# fwmarkRuleText is the line of iptables-legacy-save, byte for byte, whatever matches a rule has.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"
# shellcheck source=/dev/null
. "$NETNS_DIR/rules.sh"

load_corpus 4
load_corpus 6
start
{
	saved_rules iptables
	saved_rules ip6tables
} | LC_ALL=C sort >"$WORK/saved"
[ "$(wc -l <"$WORK/saved")" -gt 500 ] || fail "only $(wc -l <"$WORK/saved") rules in the kernel"
snmp_walk fwmarkRuleText | sed 's/^[^=]* = //' | LC_ALL=C sort >"$WORK/shown"
expect_same "the lines of iptables-legacy-save" "$WORK/saved" "$WORK/shown"
shown fwmarkRuleCount.0 "$(wc -l <"$WORK/saved")"

# Another walk, another reading: the same.
iptables-legacy -t mangle -A OUTPUT -j MARK --set-mark 0x7777
saved_rules iptables | sed -n '/0x7777/p' >>"$WORK/saved"
LC_ALL=C sort -o "$WORK/saved" "$WORK/saved"
walked() {
	snmp_walk fwmarkRuleText | sed 's/^[^=]* = //' | LC_ALL=C sort >"$WORK/shown"
	cmp "$WORK/saved" "$WORK/shown"
}
wait_for 3 walked || expect_same "the lines of iptables-legacy-save" "$WORK/saved" "$WORK/shown"
iptables-legacy -t mangle -D OUTPUT -j MARK --set-mark 0x7777
count_is() { [ "$(snmp_get fwmarkRuleCount.0)" -eq "$1" ]; }
count=$(($(wc -l <"$WORK/saved") - 1))
wait_for 3 count_is $count || shown fwmarkRuleCount.0 $count

# What somebody has done shows in the next answer, always.
for table in raw mangle nat filter security; do
	iptables-legacy -t $table -F
	ip6tables-legacy -t $table -F
done
for i in $(seq 20); do
	echo "-A PREROUTING -s 198.51.100.$i -j MARK --set-mark $i"
done | sed -e '1i *mangle' -e '$a COMMIT' | iptables-legacy-restore
shown fwmarkRuleCount.0 20
for i in $(seq 1000 1030); do
	iptables-legacy -t mangle -R PREROUTING 20 -s 198.51.100.20 -j MARK --set-mark "$i"
	shown "fwmarkMarkRules.$i.4294967295" 1
done
