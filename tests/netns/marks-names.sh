#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Names of marks are kept; a mark that a policy alone selects has a row; marks with bit 31 set walk,
# get and set.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

high=2147483648.2147483648
all=4294967295

iptables-legacy -t mangle -A OUTPUT -p icmp -m icmp --icmp-type 8 -j MARK --set-xmark 0x80000000/0x80000000
iptables-legacy -t mangle -A OUTPUT -p icmp -m icmp --icmp-type 8 -j MARK --set-mark 0xffffffff
ip6tables-legacy -t mangle -A OUTPUT -p ipv6-icmp -j CONNMARK --set-mark 3
iptables-legacy -t mangle -A OUTPUT -p icmp -j CONNMARK --save-mark
ip rule add pref 100 fwmark 9 lookup 77
ip -6 rule add pref 100 fwmark 0x80000000/0x80000000 lookup 78
ip -6 rule add pref 101 fwmark 0/0xff lookup 79
fresh_agent
start

# name VALUE.MASK NAME RULES POLICIES TABLE
is() {
	expect_eq "mark $1" "$2 $3 $4 $5" "$(snmp_get "fwmarkMarkName.$1" "fwmarkMarkRules.$1" \
		"fwmarkMarkPolicies.$1" "fwmarkMarkFibId.$1" | paste -sd' ')"
}

marks='0.255 3.4294967295 9.4294967295 2147483648.2147483648 4294967295.4294967295'
walked=$(snmp_walk fwmarkMarkName | sed 's/^fwmarkMarkName\.\([0-9.]*\) .*/\1/' | paste -sd' ')
expect_eq "marks of a walk" "$marks" "$walked"
shown fwmarkMarkCount.0 5
is 0.255 0x0/0xff 0 1 79
is 3.$all 0x3 1 0 0
is 9.$all 0x9 0 1 77
is $high 0x80000000/0x80000000 1 1 78
is $all.$all 0xffffffff 1 0 78
shown fwmarkMarkHCPackets.9.$all 0
shown fwmarkMarkStorageType.$high 5
expect_match "a mark that nobody sets" 'No Such' "$(snmp snmpget fwmarkMarkName.1.$all 2>&1)"

# Named: a derived row is a manager's from then on.
snmp_set fwmarkMarkName.$high s "bit 31" fwmarkMarkName.9.$all s "by policy"
shown fwmarkMarkName.$high "bit 31"
shown fwmarkMarkStorageType.$high 3
shown fwmarkMarkStatus.$high 1
snmp_set fwmarkMarkStatus.$all.$all i createAndGo
shown fwmarkMarkName.$all.$all 0xffffffff
shown fwmarkMarkStorageType.$all.$all 3
# One that nothing makes.
snmp_set fwmarkMarkName.1.255 s mine fwmarkMarkStatus.1.255 i createAndGo
is 1.255 mine 0 0 0
snmp_set fwmarkMarkName.4026531840.4026531840 s wait fwmarkMarkStatus.4026531840.4026531840 i createAndWait
shown fwmarkMarkStatus.4026531840.4026531840 2
shown fwmarkMarkCount.0 7
set_refused inconsistentValue "fwmarkMarkStatus.$high" 'exists' fwmarkMarkStatus.$high i createAndGo
set_refused wrongLength "fwmarkMarkName.$high" 'fwmarkMarkName' fwmarkMarkName.$high s "$(printf '%065d' 0)"
set_refused inconsistentName "fwmarkMarkName.2.255" 'no such row' fwmarkMarkName.2.255 s two

ping -q -c 4 -i 0.002 127.0.0.1 >/dev/null
shown fwmarkMarkHCPackets.$high 4
snmp_walk fwmarkMarkTable | grep -v -e HCBytes -e DiscontinuityTime >"$WORK/before"
stop_agent
start_agent
snmp_walk fwmarkMarkTable | grep -v -e HCBytes -e DiscontinuityTime >"$WORK/after"
expect_same "marks after a restart" "$WORK/before" "$WORK/after"
kill_agent
start_agent
snmp_walk fwmarkMarkTable | grep -v -e HCBytes -e DiscontinuityTime >"$WORK/after"
expect_same "marks after SIGKILL" "$WORK/before" "$WORK/after"

# Rules and policies go: names stay, and rows that managers made.
iptables-legacy -t mangle -F
ip rule del pref 100
ip -6 rule del pref 101
is $high "bit 31" 0 1 78
is 9.$all "by policy" 0 0 0
shown fwmarkMarkHCPackets.$high 4
expect_match "a row that a policy made" 'No Such' "$(snmp snmpget fwmarkMarkName.0.255 2>&1)"

# Destroyed: what rules or policies make stays, by its default name.
snmp_set fwmarkMarkStatus.$high i destroy fwmarkMarkStatus.9.$all i destroy fwmarkMarkStatus.1.255 i destroy
is $high 0x80000000/0x80000000 0 1 78
shown fwmarkMarkStorageType.$high 5
shown fwmarkMarkHCPackets.$high 4
expect_match "a row that is destroyed" 'No Such' "$(snmp snmpget fwmarkMarkName.1.255 2>&1)"
expect_match "a row that is destroyed" 'No Such' "$(snmp snmpget fwmarkMarkName.9.$all 2>&1)"
stop_agent
start_agent
is $high 0x80000000/0x80000000 0 1 78

# The table of a mark is the one that the kernel takes, where any destination will do.
ip -batch - <<-BATCH
	rule add pref 1000 fwmark 0x1000 lookup 101
	rule add pref 1001 unreachable fwmark 0xa000/0xf000
	rule add pref 1002 fwmark 0xa000/0xf000 lookup 102
	rule add pref 1003 nop fwmark 0x1001
	rule add pref 1004 fwmark 0x1001/0xfff lookup 103
	rule add pref 1005 goto 1008 fwmark 0x1002
	rule add pref 1006 fwmark 0x1002 lookup 101
	rule add pref 1007 blackhole fwmark 0x1003
	rule add pref 1008 fwmark 0x1002/0x3002 lookup 104
	rule add pref 1009 goto 1011 fwmark 0x1004
	rule add pref 1010 fwmark 0x1004 lookup 101
	rule add pref 1011 lookup 105 suppress_prefixlength 8
	rule add pref 1012 lookup 106 suppress_prefixlength 8
	rule add pref 1013 fwmark 0x1005 iif lo lookup 101
	rule add pref 1014 fwmark 0x1005 lookup 102
	rule add pref 1015 fwmark 0x1008 lookup 102
	rule add pref 1020 not fwmark 0/0x1000 lookup 107
	rule add pref 1021 fwmark 0x1010 lookup 101
	route add default dev lo table 101
	route add default dev lo table 102
	route add default dev lo table 103
	route add default dev lo table 104
	route add default dev lo table 105
	route add default dev lo table 106
	route add default dev lo table 107
BATCH
# table_of MARK: where the kernel finds a route for it; 0: nowhere.
table_of() {
	{ ip route get 203.0.113.9 mark "$1" 2>&1 || :; } |
		sed -n 's/.* table \([0-9]*\) .*/\1/p; s/^RTNETLINK answers: .*/0/p'
}
marks='0x1000 0xa000 0x1001 0x1002 0x1003 0x1008 0x1010'
for mark in $marks; do
	row=$(printf '%d' "$mark").$all
	snmp_set fwmarkMarkStatus."$row" i createAndGo
	shown fwmarkMarkFibId."$row" "$(table_of "$mark")"
done
expect_eq "tables" "101 0 103 104 0 102 107" "$(for mark in $marks; do table_of "$mark"; done | paste -sd' ')"
# It depends on the interface, and on the routes.
for mark in 0x1005 0x1004; do
	row=$(printf '%d' "$mark").$all
	snmp_set fwmarkMarkStatus."$row" i createAndGo
	shown fwmarkMarkFibId."$row" 0
done
