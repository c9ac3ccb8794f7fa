#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A meter counts each packet that leaves this host with the mark, once, wherever the mark came from;
# it changes no packet and no rule, and goes away without a trace.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

ALL=4294967295

# meter_shows MARK.MASK PACKETS BYTES
meter_shows() {
	wait_for 3 meter_is "$@" || :
	expect_eq "meter $1" "$2 $3" "$(meter_now "$1")"
	expect_eq "meter $1, 32 bits" "$2 $3" \
		"$(snmp_get "fwmarkMarkMeterPackets.$1" "fwmarkMarkMeterBytes.$1" | paste -d' ' - -)"
}

meter_now() {
	snmp_get "fwmarkMarkMeterHCPackets.$1" "fwmarkMarkMeterHCBytes.$1" | paste -d' ' - -
}

meter_is() {
	[ "$(meter_now "$1")" = "$2 $3" ]
}

# pings NAMESPACE [OPTION]... ADDRESS: three, of 84 bytes or, with IPv6, 104.
pings() {
	where=$1
	shift
	run=
	[ "$where" = router ] || run="ip netns exec $where"
	$run ping -q -n -c 3 -i 0.01 -W 2 "$@" >"$WORK/ping" 2>&1 || fail "ping $*: $(cat "$WORK/ping")"
}

# The agent notices with the next reading.
jumps() {
	snmp_get fwmarkMarkMeter.5.255 >/dev/null && iptables-legacy -t mangle -S POSTROUTING | sed 1d
}

jump_is_last() {
	[ "$(jumps | sed -n '$p')" = "-A POSTROUTING -j fwmark-meter" ]
}

jump_is_first() {
	[ "$(jumps | sed -n 1p)" = "-A POSTROUTING -j fwmark-meter" ]
}

# As in state.sh, but for the jump, which counts what SNMP itself sends.
netfilter_state() {
	for save in iptables-legacy-save ip6tables-legacy-save; do
		echo "== $save"
		$save -c -t mangle | sed -e '/^#/d' -e 's/^\(:.*\) \[.*\]$/\1/' \
			-e 's/^.*\( -j fwmark-meter\)$/\1/'
	done
}

# Everything in netfilter but the meters.
others() {
	netfilter_state | sed -e '/fwmark-meter/d' -e 's/^\[[0-9]*:[0-9]*\] //'
}

topology
for program in iptables-legacy ip6tables-legacy; do
	$program -t mangle -A PREROUTING -i eth0 -m ttl --ttl-eq 33 -j MARK --set-mark 7 2>/dev/null ||
		$program -t mangle -A PREROUTING -i eth0 -m hl --hl-eq 33 -j MARK --set-mark 7
	$program -t mangle -A POSTROUTING -o ppp0 -j TOS --set-tos 0
done
start
keep_state before
others >"$WORK/others"
snmp_walk fwmarkRuleTable | grep -v DiscontinuityTime >"$WORK/rules"

snmp_set fwmarkMarkMeter.7.$ALL i true fwmarkMarkMeter.5.255 i true \
	fwmarkMarkMeter.2147483648.2147483648 i true fwmarkMarkMeter.0.3 i true \
	fwmarkMarkStatus.7.$ALL i createAndGo fwmarkMarkStatus.5.255 i createAndGo \
	fwmarkMarkStatus.2147483648.2147483648 i createAndGo fwmarkMarkStatus.0.3 i createAndGo
for program in iptables-legacy ip6tables-legacy; do
	expect_eq "meters of $program" "-A fwmark-meter -m mark --mark 0x0/0x3 -m comment --comment fwmark-meter
-A fwmark-meter -m mark --mark 0x5/0xff -m comment --comment fwmark-meter
-A fwmark-meter -m mark --mark 0x7 -m comment --comment fwmark-meter
-A fwmark-meter -m mark --mark 0x80000000/0x80000000 -m comment --comment fwmark-meter" \
		"$($program-save -t mangle | grep -e '-A fwmark-meter')"
	expect_eq "jumps of $program" 1 "$($program-save -t mangle | grep -c -e '-j fwmark-meter')"
done
others >"$WORK/now"
expect_same "rules of others" "$WORK/others" "$WORK/now"
snmp_walk fwmarkRuleTable | grep -v DiscontinuityTime >"$WORK/now"
expect_same "fwmarkRuleTable" "$WORK/rules" "$WORK/now"
shown fwmarkMarkMeter.5.255 1
meter_shows 5.255 0 0

# A socket's own mark, in both families; a reply does not carry it.
pings router -m 5 "$FAST4"
meter_shows 5.255 3 252
pings router -m 261 "$FAST6"
meter_shows 5.255 6 564
meter_shows 7.$ALL 0 0
meter_shows 2147483648.2147483648 0 0

# Forwarded, marked by a rule.
pings inside -t 33 "$SERVER4"
pings inside -t 33 "$SERVER6"
meter_shows 7.$ALL 6 564

# A mark of 0 in two of the bits: of what leaves for the server without a mark, the replies too.
was=$(snmp_get fwmarkMarkMeterHCPackets.0.3)
pings inside "$SERVER4"
sleep 0.2
more=$(($(snmp_get fwmarkMarkMeterHCPackets.0.3) - was))
[ $more -ge 6 ] || fail "mark 0/3: $more more packets, 6 or more are due"

# The last word is with the rules that come last, wherever they were put in.
iptables-legacy -t mangle -A POSTROUTING -d "$CHEAP4" -j MARK --set-xmark 0x80000000/0x80000000
wait_for 10 jump_is_last
pings router -m 5 "$CHEAP4"
meter_shows 2147483648.2147483648 3 252
meter_shows 5.255 9 816
# Also when they are managers' ones, and when packets leave the chain before its end.
snmp_set fwmarkRuleChain.1 s POSTROUTING fwmarkRuleDestination.1 x "$(printf '%02X%02X%02X%02X' 192 0 2 1)" \
	fwmarkRuleDestinationPrefixLength.1 u 32 fwmarkRuleMark.1 u 2147483648 \
	fwmarkRuleMask.1 u 2147483648 fwmarkRuleStatus.1 i createAndGo
shown fwmarkRulePosition.1 "$(iptables-legacy -t mangle -S POSTROUTING | sed 1d | grep -n 'fwmark:1' | sed 's/:.*//')"
pings router -m 5 "$FAST4"
meter_shows 2147483648.2147483648 6 504
iptables-legacy -t mangle -I POSTROUTING -m mark ! --mark 0 -j ACCEPT
wait_for 10 jump_is_first
pings router -m 5 "$FAST4"
meter_shows 5.255 15 1320
meter_shows 2147483648.2147483648 6 504
iptables-legacy -t mangle -D POSTROUTING -m mark ! --mark 0 -j ACCEPT
iptables-legacy -t mangle -D POSTROUTING -d "$CHEAP4" -j MARK --set-xmark 0x80000000/0x80000000
snmp_set fwmarkRuleStatus.1 i destroy

# A mark that nftables sets.
if nft add table ip t 2>/dev/null &&
	nft add chain ip t c '{ type route hook output priority mangle; }' &&
	nft add rule ip t c ip daddr "$CHEAP4" meta mark set 5; then
	pings router "$CHEAP4"
	meter_shows 5.255 18 1572
	nft delete table ip t
fi

# A name of its own changes no count; what cannot be is refused, with all that was asked with it.
snmp_set fwmarkMarkName.5.255 s five
pings router -m 5 "$CHEAP4"
snmp_set fwmarkMarkStatus.0.3 i destroy
was=$(meter_now 5.255)
time=$(snmp_get fwmarkMarkDiscontinuityTime.5.255)
set_refused inconsistentValue fwmarkMarkMeter.256.255 'bits outside of the mask' \
	fwmarkMarkMeter.5.255 i false \
	fwmarkMarkMeter.256.255 i true fwmarkMarkStatus.256.255 i createAndGo
set_refused inconsistentValue 'fwmarkRule[A-Za-z]*.9' . \
	fwmarkMarkMeter.5.255 i false fwmarkMarkMeter.6.255 i true fwmarkMarkStatus.6.255 i createAndGo \
	fwmarkRulePosition.9 u 99 fwmarkRuleMark.9 u 9 fwmarkRuleStatus.9 i createAndGo
# What fails after the meters have changed takes them back, with what they have counted.
mount -t tmpfs -o size=4k,nr_inodes=1 tmpfs "$WORK/state"
set_refused '.*' 'fwmarkMark.*' '[a-z]' fwmarkMarkMeter.5.255 i false \
	fwmarkMarkMeter.6.255 i true fwmarkMarkStatus.6.255 i createAndGo
umount "$WORK/state"
expect_eq "meter 5 after refusals" "$was" "$(meter_now 5.255)"
expect_eq "its time" "$time" "$(snmp_get fwmarkMarkDiscontinuityTime.5.255)"
pings router -m 5 "$FAST4"
meter_shows 5.255 $((${was% *} + 3)) $((${was#* } + 252))

# While somebody holds the lock.
flock /run/xtables.lock sleep 2 &
until ! flock -n /run/xtables.lock true; do :; done
forget_state
if snmp snmpset -OsQtebU fwmarkMarkMeter.5.255 i false >"$WORK/set" 2>&1; then
	fail "done without the lock"
fi
expect_match "no lock" '^Reason: resourceUnavailable' "$(cat "$WORK/set")"
wait $!

# Off: 0, and a new time; on again: from 0.
snmp_set fwmarkMarkMeter.5.255 i false
shown fwmarkMarkMeter.5.255 2
meter_shows 5.255 0 0
expect_no_match "rule" 'mark 0x5/0xff' "$(iptables-legacy-save -t mangle; ip6tables-legacy-save -t mangle)"
[ "$(snmp_get fwmarkMarkDiscontinuityTime.5.255)" -gt "$time" ] || fail "the time has not moved"
pings router -m 5 "$FAST4"
snmp_set fwmarkMarkMeter.5.255 i true
meter_shows 5.255 0 0
pings router -m 5 "$FAST4"
meter_shows 5.255 3 252
snmp_set fwmarkMarkStatus.5.255 i notInService
meter_shows 5.255 0 0
expect_no_match "rule" 'mark 0x5/0xff' "$(iptables-legacy-save -t mangle)"
snmp_set fwmarkMarkStatus.5.255 i active
pings router -m 5 "$FAST4"
meter_shows 5.255 3 252

# A destroyed row takes its meter along, the last one all of it.
snmp_set fwmarkMarkStatus.5.255 i destroy
expect_no_match "rule" 'mark 0x5/0xff' "$(iptables-legacy-save -t mangle)"
snmp_set fwmarkMarkStatus.7.$ALL i destroy \
	fwmarkMarkStatus.2147483648.2147483648 i destroy
others >"$WORK/now"
expect_same "rules of others" "$WORK/others" "$WORK/now"
expect_no_match "a trace" 'fwmark-meter' "$(netfilter_state)"
shown fwmarkMarkMeter.7.$ALL 2
meter_shows 7.$ALL 0 0

# The row of a mark that only a rule made needs no creation.
snmp_set fwmarkMarkMeter.7.$ALL i true
pings inside -t 33 "$SERVER4"
meter_shows 7.$ALL 3 252
shown fwmarkMarkStorageType.7.$ALL 3
snmp_set fwmarkMarkStatus.7.$ALL i destroy
expect_no_match "a trace" 'fwmark-meter' "$(netfilter_state)"
