#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Every selector and action of a policy: what is set is what `ip rule` shows, and the text is its.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

topology
start
keep_state before

# policy INDEX COLUMN TYPE VALUE ...: creates a row of these columns, at priority 1000 + INDEX.
policy() {
	row=$1
	shift
	set -- "$@" Priority u $((1000 + row)) Status i createAndGo
	while [ $# -gt 0 ]; do
		printf 'fwmarkPolicy%s.%s %s %s\n' "$1" "$row" "$2" "$3"
		shift 3
	done >"$WORK/varbinds"
	# shellcheck disable=SC2046 # words
	snmp_set $(cat "$WORK/varbinds")
}

row=0
while IFS='|' read -r family expected columns; do
	row=$((row + 1))
	# shellcheck disable=SC2086 # words
	policy "$row" $columns </dev/null
	shown=$(ip "$family" rule show pref $((1000 + row)))
	expect_eq "ip rule after $columns" "$expected" \
		"$(printf '%s\n' "$shown" | sed 's/^[0-9]*:[[:space:]]*//; s/ proto [0-9a-z]*//; s/ *$//')"
	shown "fwmarkPolicyText.$row" "$shown"
done <<'END'
-4|from all lookup 9|FibId u 9
-4|from 10.0.0.0/8 lookup 9|FibId u 9 Source x 0A000000 SourcePrefixLength u 8
-4|from all to 10.1.0.0/16 lookup 9|FibId u 9 Destination x 0A010000 DestinationPrefixLength u 16
-4|not from 10.0.0.1 lookup 9|FibId u 9 Source x 0A000001 SourcePrefixLength u 32 Invert i true
-4|from all fwmark 0x5 lookup 9|FibId u 9 Mark u 5
-4|from all fwmark 0x1/0xff lookup 9|FibId u 9 Mark u 1 Mask u 255
-4|from all fwmark 0/0xff lookup 9|FibId u 9 Mark u 0 Mask u 255
-4|from all tos 0x10 lookup 9|FibId u 9 Tos u 16
-4|from all iif eth0 lookup 9|FibId u 9 InInterface s eth0
-4|from all oif eth1 lookup 9|FibId u 9 OutInterface s eth1
-4|from all iif absent9 [detached] lookup 9|FibId u 9 InInterface s absent9
-4|from all ipproto tcp lookup 9|FibId u 9 Protocol u 6
-4|from all ipproto tcp sport 100-200 lookup 9|FibId u 9 Protocol u 6 SourcePortFrom u 100 SourcePortTo u 200
-4|from all ipproto udp dport 53 lookup 9|FibId u 9 Protocol u 17 DestinationPortFrom u 53 DestinationPortTo u 53
-4|from all ipproto udp dport 53 lookup 9|FibId u 9 Protocol u 17 DestinationPortFrom u 53
-4|from all uidrange 5-7 lookup 9|FibId u 9 UidFrom u 5 UidTo u 7
-4|from all uidrange 5-5 lookup 9|FibId u 9 UidFrom u 5
-4|from all lookup main suppress_prefixlength 0|FibId u 254 SuppressPrefixLength i 0
-4|from all lookup 9 suppress_ifgroup 7|FibId u 9 SuppressGroup i 7
-4|from all lookup [l3mdev-table]|FibId u 0 L3mdev i true
-4|from all tun_id 77 lookup 9|FibId u 9 TunnelId x 000000000000004D
-4|from all goto 32766|Action i goto Goto u 32766
-4|from all fwmark 0x5 nop|Action i nop Mark u 5
-4|from all fwmark 0x6 blackhole|Action i blackhole Mark u 6
-4|from all fwmark 0x6 unreachable|Action i unreachable Mark u 6
-4|from all fwmark 0x6 prohibit|Action i prohibit Mark u 6
-6|from 2001:db8::/32 lookup 9|AddressType i ipv6 FibId u 9 Source x 20010DB8000000000000000000000000 SourcePrefixLength u 32
-6|from all to 2001:db8::1 iif eth0 lookup 9|AddressType i ipv6 FibId u 9 InInterface s eth0 Destination x 20010DB8000000000000000000000001 DestinationPrefixLength u 128
-6|from all fwmark 0xff ipproto tcp dport 25 lookup 4000000000|AddressType i ipv6 FibId u 4000000000 Mark u 255 Protocol u 6 DestinationPortFrom u 25 DestinationPortTo u 25
END
[ "$row" -ge 29 ] || fail "only $row policies"

while [ "$row" -gt 0 ]; do
	snmp_set "fwmarkPolicyStatus.$row" i destroy
	row=$((row - 1))
done
expect_state before "destroyed"

# A priority of 0 leaves the choice to the kernel, and reads back what it was.
snmp_set fwmarkPolicyMark.1 u 1 fwmarkPolicyFibId.1 u 9 fwmarkPolicyStatus.1 i createAndGo
shown fwmarkPolicyPriority.1 "$(ip rule | sed -n 's/:.*fwmark 0x1 .*//p')"

# A range ends where it begins as long as nobody has written its end.
ports() {
	snmp_set fwmarkPolicySourcePortFrom.2 u "$1"
	shown fwmarkPolicySourcePortTo.2 "$2"
	expect_match "ports from $1" "$3" "$(ip rule show pref 70)"
}
snmp_set fwmarkPolicyPriority.2 u 70 fwmarkPolicyStatus.2 i createAndGo
ports 25 25 'sport 25 '
ports 26 26 'sport 26 '
ports 0 65535 'from all lookup main'
snmp_set fwmarkPolicySourcePortFrom.2 u 5 fwmarkPolicySourcePortTo.2 u 90
ports 80 90 'sport 80-90 '

# Where no table is looked up, there is none, whether the kernel has the policy or not.
snmp_set fwmarkPolicyAction.2 i blackhole
shown fwmarkPolicyFibId.2 0
snmp_set fwmarkPolicyStatus.2 i notInService
shown fwmarkPolicyFibId.2 0
snmp_set fwmarkPolicyAction.3 i nop fwmarkPolicyFibId.3 u 254 fwmarkPolicyStatus.3 i createAndWait
shown fwmarkPolicyFibId.3 0
snmp_set fwmarkPolicyAction.2 i lookup fwmarkPolicyStatus.2 i active fwmarkPolicyAction.3 i lookup \
	fwmarkPolicyMark.3 u 3 fwmarkPolicyStatus.3 i active
shown fwmarkPolicyFibId.2 254
shown fwmarkPolicyFibId.3 254
