#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Every selector and target of a mark rule: what is set is what iptables-legacy-save shows, and the
# text is its.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

topology
iptables-legacy -t mangle -N others
start
keep_state before

# rule INDEX COLUMN TYPE VALUE ...: creates a row of these columns.
rule() {
	row=$1
	shift
	set -- "$@" Status i createAndGo
	while [ $# -gt 0 ]; do
		printf 'fwmarkRule%s.%s %s %s\n' "$1" "$row" "$2" "$3"
		shift 3
	done >"$WORK/varbinds"
	# shellcheck disable=SC2046 # words
	snmp_set $(cat "$WORK/varbinds")
}

row=0
while IFS='|' read -r program expected columns; do
	row=$((row + 1))
	# shellcheck disable=SC2086 # words
	rule "$row" $columns </dev/null
	shown "fwmarkRuleText.$row" "$("$program-save" -t mangle | grep -E "\"?fwmark:$row\"? ")"
	expect_match "$program-save after $columns" "^$(printf '%s' "$expected" | sed 's/[.+]/\\&/g')\$" \
		"$(rule_lines "$program")"
	expect_eq "rules of $program" 1 "$(rule_lines "$program" | wc -l)"
	snmp_set "fwmarkRuleStatus.$row" i destroy
	expect_state before "destroyed: $columns"
done <<'END'
iptables-legacy|-A PREROUTING -j MARK --set-xmark 0x0/0xffffffff|Mark u 0
iptables-legacy|-A PREROUTING -j MARK --set-xmark 0x10/0xf0|Mark u 16 Mask u 240
iptables-legacy|-A OUTPUT -o ppp0 -j MARK --set-xmark 0x1/0xffffffff|Mark u 1 Chain s OUTPUT OutInterface s ppp0
iptables-legacy|-A others -j MARK --set-xmark 0x1/0xffffffff|Mark u 1 Chain s others
iptables-legacy|-A PREROUTING -i ppp+ -j MARK --set-xmark 0x1/0xffffffff|Mark u 1 InInterface s ppp+
iptables-legacy|-A PREROUTING ! -i eth0 -j MARK --set-xmark 0x1/0xffffffff|Mark u 1 InInterface s eth0 Invert b 0
iptables-legacy|-A PREROUTING -s 10.0.0.0/8 -d 192.0.2.1/32 -j MARK --set-xmark 0x1/0xffffffff|Mark u 1 Source x 0A000000 SourcePrefixLength u 8 Destination x C0000201 DestinationPrefixLength u 32
iptables-legacy|-A PREROUTING ! -d 10.0.0.0/8 -j MARK --set-xmark 0x1/0xffffffff|Mark u 1 Destination x 0A000000 DestinationPrefixLength u 8 Invert b 3
iptables-legacy|-A PREROUTING -p udp -m udp --sport 1000:2000 -j MARK --set-xmark 0x1/0xffffffff|Mark u 1 Protocol u 17 SourcePortFrom u 1000 SourcePortTo u 2000
iptables-legacy|-A PREROUTING -p tcp -m tcp ! --dport 25 -j MARK --set-xmark 0x1/0xffffffff|Mark u 1 Protocol u 6 DestinationPortFrom u 25 DestinationPortTo u 25 Invert b 6
iptables-legacy|-A PREROUTING -p tcp -m tcp --dport 25 -j MARK --set-xmark 0x1/0xffffffff|Mark u 1 Protocol u 6 DestinationPortFrom u 25
iptables-legacy|-A PREROUTING -p tcp -m tcp --dport 25:65535 -j MARK --set-xmark 0x1/0xffffffff|Mark u 1 Protocol u 6 DestinationPortFrom u 25 DestinationPortTo u 65535
iptables-legacy|-A PREROUTING ! -p icmp -j MARK --set-xmark 0x1/0xffffffff|Mark u 1 Protocol u 1 Invert b 4
iptables-legacy|-A PREROUTING -m tos --tos 0x10/0x3f -j MARK --set-xmark 0x1/0xffffffff|Mark u 1 Tos u 16 TosMask u 63
iptables-legacy|-A PREROUTING -m mark --mark 0x0/0xff -j MARK --set-xmark 0x1/0xffffffff|Mark u 1 MatchMark u 0 MatchMask u 255
iptables-legacy|-A PREROUTING -m mark ! --mark 0x5 -j MARK --set-xmark 0x1/0xffffffff|Mark u 1 MatchMark u 5 MatchMask u 4294967295 Invert b 8
iptables-legacy|-A PREROUTING -j CONNMARK --set-xmark 0x7/0xffffffff|Mark u 7 Target i connmarkSet
iptables-legacy|-A PREROUTING -j CONNMARK --save-mark --nfmask 0xffffffff --ctmask 0xffffffff|Target i connmarkSave
iptables-legacy|-A PREROUTING -j CONNMARK --restore-mark --nfmask 0xff --ctmask 0xffff|Target i connmarkRestore Mask u 255 CtMask u 65535
ip6tables-legacy|-A PREROUTING -s 2001:db8::/32 -p tcp -m tcp --dport 25 -j MARK --set-xmark 0x1/0xffffffff|AddressType i ipv6 Mark u 1 Source x 20010DB8000000000000000000000000 SourcePrefixLength u 32 Protocol u 6 DestinationPortFrom u 25 DestinationPortTo u 25
ip6tables-legacy|-A OUTPUT -j CONNMARK --save-mark --nfmask 0xffffffff --ctmask 0xffffffff|AddressType i ipv6 Chain s OUTPUT Target i connmarkSave
END
[ "$row" -ge 21 ] || fail "only $row rules"

# Further matches, in iptables syntax.
matches='-m conntrack --ctstate NEW -m multiport --dports 25,587'
snmp_set fwmarkRuleProtocol.1 u 6 fwmarkRuleMatches.1 s "$matches" fwmarkRuleMark.1 u 1 \
	fwmarkRuleStatus.1 i createAndGo
expect_eq "rule" "-A PREROUTING -p tcp $matches -j MARK --set-xmark 0x1/0xffffffff" \
	"$(rule_lines iptables-legacy)"
shown fwmarkRuleMatches.1 "$matches"
snmp_set fwmarkRuleMatches.1 s ''
expect_eq "rule" "-A PREROUTING -p tcp -j MARK --set-xmark 0x1/0xffffffff" "$(rule_lines iptables-legacy)"
