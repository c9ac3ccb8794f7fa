#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The sums of a mark never go down and count nothing twice: whoever deletes, replaces, zeroes,
# flushes or reloads its rules, whatever becomes of the agent.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"
# shellcheck source=/dev/null
. "$NETNS_DIR/rules.sh"

M='OUTPUT -p icmp -m icmp --icmp-type 8 -j MARK --set-mark 5'
M6='OUTPUT -p ipv6-icmp -m icmp6 --icmpv6-type 128 -j MARK --set-mark 5'
total=0

# add N: so many packets of 84 bytes more.
add() {
	pings "$1"
	total=$((total + $1))
}

# sums WHAT [KNOWN_LATER]: of mark 5; $total packets.
sums() {
	expect_eq "sums: $1" "$total $((total * 84))" "$(sum_of 5 4294967295)"
}

mangle() {
	iptables-legacy -t mangle "$@"
}

# shellcheck disable=SC2086 # words
mangle -A $M
fresh_agent
start
# The row of a mark that no rule sets is a manager's.
snmp_set fwmarkMarkStatus.5.4294967295 i createAndGo fwmarkMarkStatus.6.4294967295 i createAndGo
add 3
sums "one rule"
# shellcheck disable=SC2086
mangle -A $M
add 4
total=$((total + 4))
sums "two equal rules"
mangle -D OUTPUT 1
sums "the first of two equal rules deleted"
add 2
sums "and the other goes on"
mangle -Z
sums "zeroed"
add 1
sums "zeroed, and one packet"
mangle -Z
sums "zeroed again"
add 10
sums "zeroed again, and more packets than before"
# shellcheck disable=SC2086
mangle -R OUTPUT 1 ${M#OUTPUT }
sums "replaced by its equal"
add 2
sums "replaced by its equal, counts"
iptables-legacy-save -c -t mangle >"$WORK/with"
iptables-legacy-restore -c <"$WORK/with"
sums "restored with counters"
add 1
iptables-legacy-save -c -t mangle >"$WORK/with"
iptables-legacy-restore -c <"$WORK/with"
sums "restored with counters that nobody had seen"
iptables-legacy-restore <"$WORK/with"
sums "restored without counters"
add 2
sums "restored without counters, counts"

# Gone at one look, back with its counters at the next.
iptables-legacy-save -c -t mangle >"$WORK/with"
mangle -F
sums "flushed"
iptables-legacy-restore -c <"$WORK/with"
sums "back with its counters"
add 1
sums "back with its counters, counts"
mangle -F
sums "flushed"

# IPv4 and IPv6, by the agent's own hand.
snmp_set fwmarkRuleChain.1 s OUTPUT fwmarkRuleProtocol.1 u 1 fwmarkRuleMatches.1 s '-m icmp --icmp-type 8' \
	fwmarkRuleMark.1 u 5 fwmarkRuleStatus.1 i createAndGo
add 3
snmp_set fwmarkRuleDescription.1 s "another name"
sums "described anew"
add 1
sums "described anew, counts"
snmp_set fwmarkRuleDescription.1 s "a third name"
kill_agent
start_agent
sums "described anew, and SIGKILL at once"
snmp_set fwmarkRulePosition.1 u 1
sums "moved"
add 5
snmp_set fwmarkRuleMark.1 u 6
sums "changed to another mark, unseen before"
pings 7
expect_eq "sums of the other mark" "7 588" "$(sum_of 6 4294967295)"
snmp_set fwmarkRuleMark.1 u 5
add 9
sums "changed back"
expect_eq "sums of the other mark" "7 588" "$(sum_of 6 4294967295)"
add 2
snmp_set fwmarkRuleStatus.1 i notInService
sums "out of service"
# It reads as what is in no kernel, now and after a restart.
shown fwmarkRuleHCPackets.1 0
shown fwmarkRuleBytes.1 0
snmp_set fwmarkRuleStatus.1 i active
add 20
sums "in service"
add 2
snmp_set fwmarkRuleStatus.1 i destroy
sums "destroyed"
# Row and mark are back as they were.
snmp_set fwmarkRuleChain.1 s OUTPUT fwmarkRuleProtocol.1 u 1 fwmarkRuleMatches.1 s '-m icmp --icmp-type 8' \
	fwmarkRuleMark.1 u 5 fwmarkRuleStatus.1 i createAndGo
add 30
sums "created again"
# shellcheck disable=SC2086
ip6tables-legacy -t mangle -A $M6
pings 3 ::1
expect_eq "IPv4 and IPv6" "$((total + 3)) $((total * 84 + 3 * 104))" "$(sum_of 5 4294967295)"
ip6tables-legacy -t mangle -F
snmp_set fwmarkRuleStatus.1 i destroy
was=$(sum_of 5 4294967295)

# What was shown survives SIGKILL at once, and what changes before the agent is back. (Another
# rule: one that comes back after it was seen to be gone, with at least the counters that it had,
# is taken for restored.)
M='OUTPUT -d 127.0.0.1 -p icmp -m icmp --icmp-type 8 -j MARK --set-mark 5'
# shellcheck disable=SC2086
mangle -A $M
kept() {
	want="$((${was% *} + $1)) $((${was#* } + $1 * 84))"
	expect_eq "sums: $2" "$want" "$(sum_of 5 4294967295)"
}
# The next request waits until what the last one found is written down.
kill_later() {
	snmp_get fwmarkAgentUpTime.0 >/dev/null
	kill_agent
}
pings 5
kept 5 "before SIGKILL"
kill_later
start_agent
kept 5 "after SIGKILL"
pings 2
kept 7 "before SIGKILL"
kill_later
mangle -D OUTPUT 1
start_agent
kept 7 "after SIGKILL, the rule deleted meanwhile"
# shellcheck disable=SC2086
mangle -A $M
pings 3
kept 10 "and there again"
kill_later
mangle -Z
pings 1
start_agent
kept 11 "after SIGKILL, zeroed meanwhile"
kill_agent
pings 2
start_agent
kept 13 "after SIGKILL, counted meanwhile"
stop_agent
pings 2
start_agent
kept 15 "after SIGTERM, counted meanwhile"

# Counters wrap as Counter32 does.
iptables-legacy-restore -c <<END
*mangle
[4294967294:18446744073709551000] -A OUTPUT -p icmp -m icmp --icmp-type 8 -j MARK --set-mark 0x77
COMMIT
END
rule=$(row_of fwmarkRuleMark '77$')
expect_eq "counters" "4294967294 4294967294 4294967294 4294967294" \
	"$(snmp_get "fwmarkRulePackets.$rule" "fwmarkRuleHCPackets.$rule" \
	fwmarkMarkPackets.119.4294967295 fwmarkMarkHCPackets.119.4294967295 | paste -sd' ')"
shown "fwmarkRuleHCBytes.$rule" 18446744073709551000
shown "fwmarkRuleBytes.$rule" 4294966680
pings 3
expect_eq "counters" "1 4294967297 1 4294967297" \
	"$(snmp_get "fwmarkRulePackets.$rule" "fwmarkRuleHCPackets.$rule" \
	fwmarkMarkPackets.119.4294967295 fwmarkMarkHCPackets.119.4294967295 | paste -sd' ')"

# Of marks that are gone, those that went last keep their sums (state.gone_marks), and those that a
# manager has named.
stop_agent
iptables-legacy -t mangle -F
sed -i 's/directory = /gone_marks = 2; directory = /' "$AGENT_CONF"
start_agent
marked() {
	{
		echo '*mangle'
		for mark in 1 2 3 4 5; do
			echo "[$1:$1] -A OUTPUT -p 99 -j MARK --set-mark 0x20$mark"
		done
		echo COMMIT
	} | iptables-legacy-restore -c
}
marked 10
snmp_set fwmarkMarkName.517.4294967295 s named fwmarkMarkStatus.517.4294967295 i createAndGo
for mark in 5 3 1 4 2; do
	expect_eq "sums of a mark that is there" "10 10" "$(sum_of $((512 + mark)) 4294967295)"
	mangle -D OUTPUT -p 99 -j MARK --set-mark 0x20$mark
	expect_no_match "marks" "^fwmarkMarkRules\.$((512 + mark))\..* = [^0]" "$(snmp_walk fwmarkMarkRules)"
done
stop_agent
start_agent
marked 0
expect_eq "sums of marks that were gone" "0 10 0 10 10" \
	"$(for mark in 1 2 3 4 5; do sum_of $((512 + mark)) 4294967295; done | cut -d' ' -f1 | paste -sd' ')"
