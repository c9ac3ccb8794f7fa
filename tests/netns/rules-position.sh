#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# fwmarkRulePosition counts every rule of the chain; writing it moves the rule in one commit, with
# its counters and its index.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"
# shellcheck source=/dev/null
. "$NETNS_DIR/rules.sh"

# marks: what the rules of the chain do, in order: a mark, or ACCEPT.
marks() {
	iptables-legacy-save -t mangle | sed -n -e 's/^-A OUTPUT .*-j MARK --set-xmark 0x\([0-9a-f]*\).*/\1/p' \
		-e 's/^-A OUTPUT .*-j ACCEPT$/ACCEPT/p' | paste -sd' '
}

# positions: of rows 1 to 3.
positions() {
	snmp_get fwmarkRulePosition.1 fwmarkRulePosition.2 fwmarkRulePosition.3 | paste -sd' '
}

iptables-legacy-restore <<'END'
*mangle
-A OUTPUT -p sctp -j ACCEPT
-A OUTPUT -p icmp -j MARK --set-mark 0xf
-A OUTPUT -p sctp -j ACCEPT
COMMIT
END
fresh_agent
start
for i in 1 2 3; do
	snmp_set fwmarkRuleMark.$i u $i fwmarkRuleProtocol.$i u 1 fwmarkRuleChain.$i s OUTPUT \
		fwmarkRuleStatus.$i i createAndGo
done
expect_eq "rules" "ACCEPT f ACCEPT 1 2 3" "$(marks)"
expect_eq "positions" "4 5 6" "$(positions)"
shown "fwmarkRulePosition.$(row_of fwmarkRuleMark 'f$')" 2

# Created in a place.
snmp_set fwmarkRuleMark.9 u 9 fwmarkRuleChain.9 s OUTPUT fwmarkRulePosition.9 u 2 \
	fwmarkRuleStatus.9 i createAndGo
expect_eq "rules" "ACCEPT 9 f ACCEPT 1 2 3" "$(marks)"
shown fwmarkRulePosition.9 2
expect_eq "positions" "5 6 7" "$(positions)"
snmp_set fwmarkRuleStatus.9 i destroy

# Moved under traffic: a rule that stays where it is counts every packet. One that is moved takes its
# count along; libiptc has no way to carry over what it counts between the reading of the table and the
# commit, which is at most an exchange of ping's.
foreign=$(row_of fwmarkRuleMark 'f$')
earlier=$(counters "set-xmark 0xf/" | cut -d' ' -f1) # refused connections while snmpd started
ping -q -c 150 -i 0.01 127.0.0.1 >/dev/null &
ping_pid=$!
snmp_set fwmarkRulePosition.1 u 1
expect_eq "rules" "1 ACCEPT f ACCEPT 2 3" "$(marks)"
expect_eq "positions" "1 5 6" "$(positions)"
snmp_set fwmarkRulePosition.1 u 0
expect_eq "rules" "ACCEPT f ACCEPT 2 3 1" "$(marks)"
expect_eq "positions" "6 4 5" "$(positions)"
snmp_set fwmarkRulePosition.3 u 2
expect_eq "rules" "ACCEPT 3 f ACCEPT 2 1" "$(marks)"
snmp_set fwmarkRulePosition.3 u 2
expect_eq "rules" "ACCEPT 3 f ACCEPT 2 1" "$(marks)"
for to in 1 6 3 2 5 0 4; do
	snmp_set fwmarkRulePosition.2 u $to
	[ $to != 0 ] || to=6
	shown fwmarkRulePosition.2 $to
done
expect_eq "rules" "ACCEPT 3 f 2 ACCEPT 1" "$(marks)"
wait $ping_pid
# Requests and replies.
expect_eq "packets of the foreign rule" $((earlier + 300)) "$(counters "set-xmark 0xf/" | cut -d' ' -f1)"
# rule_counts N MOVES: what rule N counted, having been moved so often.
rule_counts() {
	packets=$(counters "set-xmark 0x$1/" | cut -d' ' -f1)
	if [ "$packets" -gt 300 ] || [ "$packets" -lt $((300 - 2 * $2)) ]; then
		fail "rule $1, moved $2 times, counted $packets of 300 packets"
	fi
}
rule_counts 1 2
rule_counts 2 7
rule_counts 3 1

# Moved in silence: not one is lost.
before=$(counters "set-xmark 0x2/" | cut -d' ' -f1,2)
for to in 1 6 3 2 5 0 4; do
	snmp_set fwmarkRulePosition.2 u $to
done
expect_eq "counters of rule 2" "$before" "$(counters "set-xmark 0x2/" | cut -d' ' -f1,2)"
expect_eq "index of the foreign rule" "$foreign" "$(row_of fwmarkRuleMark 'f$')"
snmp_set fwmarkRulePosition.1 u 1
counters_agree 'set-xmark 0x1/' -- fwmarkRuleHCPackets.1 fwmarkRuleHCBytes.1

# Several in one SET.
snmp_set fwmarkRulePosition.1 u 1 fwmarkRulePosition.2 u 2 fwmarkRulePosition.3 u 3
expect_eq "rules" "1 2 3 ACCEPT f ACCEPT" "$(marks)"
snmp_set fwmarkRulePosition.1 u 0 fwmarkRulePosition.2 u 0 fwmarkRulePosition.3 u 0
expect_eq "rules" "ACCEPT f ACCEPT 1 2 3" "$(marks)"

# What somebody else inserts and deletes is counted, too.
iptables-legacy -t mangle -I OUTPUT -p sctp -j ACCEPT
expect_eq "positions" "5 6 7" "$(positions)"
iptables-legacy -t mangle -D OUTPUT 1
iptables-legacy -t mangle -D OUTPUT 1
expect_eq "positions" "3 4 5" "$(positions)"

set_refused 'inconsistentValue|wrongValue' fwmarkRulePosition.1 'Position' fwmarkRulePosition.1 u 6
set_refused 'inconsistentValue|wrongValue' 'fwmarkRule(Position|Status).9' 'Position' fwmarkRuleMark.9 u 9 \
	fwmarkRuleChain.9 s OUTPUT fwmarkRulePosition.9 u 7 fwmarkRuleStatus.9 i createAndGo
snmp_set fwmarkRuleMark.9 u 9 fwmarkRuleChain.9 s OUTPUT fwmarkRulePosition.9 u 6 \
	fwmarkRuleStatus.9 i createAndGo
shown fwmarkRulePosition.9 6

# Out of service it reads as it was written: not at all. It comes back to where it was, also after a
# restart, or to where the SET says.
rule_3() {
	snmp_walk fwmarkRuleTable | grep '\.3 =' | grep -v DiscontinuityTime
}
for again in now restarted; do
	snmp_set fwmarkRulePosition.2 u 2
	in_service=$(marks)
	shown fwmarkRulePosition.3 5
	snmp_set fwmarkRuleStatus.3 i notInService
	shown fwmarkRulePosition.3 0
	shown fwmarkRuleHCPackets.3 0
	rule_3 >"$WORK/out.before"
	[ $again = now ] || { stop_agent; start_agent; }
	rule_3 >"$WORK/out.after"
	expect_same "rule 3 out of service, $again" "$WORK/out.before" "$WORK/out.after"
	snmp_set fwmarkRuleStatus.3 i active
	expect_eq "rules, back in service, $again" "$in_service" "$(marks)"
	shown fwmarkRulePosition.3 5
done
snmp_set fwmarkRuleStatus.3 i notInService
snmp_set fwmarkRuleStatus.3 i active fwmarkRulePosition.3 u 1
shown fwmarkRulePosition.3 1
