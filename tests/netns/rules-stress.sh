#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Four loops of iptables-legacy (append, delete, replace, zero) beside SETs and walks: no update
# of either side is lost, no row is missing that was there throughout, no counter dips.
export ROADS=agentx
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"
# shellcheck source=/dev/null
. "$NETNS_DIR/rules.sh"

: "${FWMARK_STRESS_SECONDS:=20}"
last=$(($(date +%s) + FWMARK_STRESS_SECONDS))

mangle() {
	iptables-legacy -w 30 -t mangle "$@" || echo "iptables-legacy $*" >>"$WORK/failed"
}

# until_the_end COMMAND...: with a number as its last argument that goes up, left in $WORK/COMMAND.
until_the_end() {
	without_client
	n=0
	while now=$(date +%s) && [ "$now" -lt $last ] ||
		{ [ $n -lt 10 ] && [ "$now" -lt $((last + 60 * FWMARK_SLOW)) ]; }; do
		n=$((n + 1))
		"$@" $n
	done
	echo $n >"$WORK/count.$1"
}

appends() {
	mangle -A FORWARD -p tcp --dport "$1" -j MARK --set-mark 0xa
}

# What it deletes was there before.
deletes() {
	[ "$1" -gt 400 ] || mangle -D INPUT -p tcp --dport "$1" -j MARK --set-mark 0xd
}

replaces() {
	mangle -R POSTROUTING 1 -p tcp --dport "$1" -j MARK --set-mark 0xe
}

zeroes() {
	mangle -Z POSTROUTING
}

# Rows come, change and go; the last of them stays.
sets() {
	i=$(($1 % 50 + 1))
	[ "$1" -le 50 ] || snmp snmpset -OQ fwmarkRuleStatus.$i i destroy >/dev/null 2>"$WORK/set" ||
		{ cat "$WORK/set" >>"$WORK/failed"; return; }
	snmp snmpset -OQ fwmarkRuleMark.$i u "$1" fwmarkRuleChain.$i s OUTPUT fwmarkRuleProtocol.$i u 132 \
		fwmarkRuleStatus.$i i createAndGo >/dev/null 2>"$WORK/set" ||
		{ cat "$WORK/set" >>"$WORK/failed"; return; }
	echo "$i $1" >>"$WORK/sets"
}

# The rules that are there throughout; their counters only go up.
walks() {
	snmp_walk fwmarkRuleHCPackets | grep -E "\.($throughout) " >"$WORK/walk.now" || :
	sort "$WORK/walk.now" >"$WORK/walk.sorted"
	if ! [ -s "$WORK/walk.last" ]; then
		cp "$WORK/walk.sorted" "$WORK/walk.last"
		return
	fi
	paste -d' ' "$WORK/walk.last" "$WORK/walk.sorted" | awk -v n="$1" '
		$1 != $4 || $6 + 0 < $3 + 0 { print "walk " n ": " $0 }' >>"$WORK/failed"
	cp "$WORK/walk.sorted" "$WORK/walk.last"
}

{
	echo '*mangle'
	for i in $(seq 400); do
		echo "-A INPUT -p tcp --dport $i -j MARK --set-mark 0xd"
	done
	echo '-A POSTROUTING -j MARK --set-mark 0xe'
	for i in 1 2 3 4 5; do
		echo "[1000:84000] -A OUTPUT -p icmp -m length --length $i:1000 -j MARK --set-mark 0x7$i"
	done
	echo COMMIT
} | iptables-legacy-restore -c
conf='xtables: { lock_wait_ms = 5000; };'
echo "$conf" >>"$AGENT_CONF"
start
throughout=$(snmp_walk fwmarkRuleMark | sed -n 's/^fwmarkRuleMark\.\([0-9]*\) = 7[1-5]$/\1/p' | paste -sd'|')
expect_eq "rules that stay" 5 "$(echo "$throughout" | tr '|' '\n' | wc -l)"
sum=$(snmp_get fwmarkMarkHCPackets.113.4294967295)
: >"$WORK/failed"

ping -q -i 0.01 127.0.0.1 >/dev/null &
ping_pid=$!
loops=
for loop in appends deletes replaces zeroes sets walks; do
	until_the_end $loop &
	loops="$loops $!"
done
for pid in $loops; do
	wait "$pid"
done
kill -INT $ping_pid
wait $ping_pid || :

[ ! -s "$WORK/failed" ] || fail "$(sort "$WORK/failed" | uniq -c | head -n 20)"
for loop in appends deletes replaces zeroes sets walks; do
	count=$(cat "$WORK/count.$loop")
	[ "$count" -ge 10 ] || fail "$loop: only $count"
done

# Every append and every deletion is there, and the last replacement.
appended=$(cat "$WORK/count.appends")
expect_eq "rules appended" "$appended" "$(saved_rules iptables | grep -c 'FORWARD.*0xa/')"
deleted=$(cat "$WORK/count.deletes")
[ "$deleted" -le 400 ] || deleted=400
expect_eq "rules left" $((400 - deleted)) "$(saved_rules iptables | grep -c 'INPUT.*0xd/')"
expect_match "the rule replaced" "POSTROUTING.*--dport $(cat "$WORK/count.replaces") " "$(saved_rules iptables)"
# Every row has what was set last, in the kernel and by SNMP.
awk '{ mark[$1] = $2 } END { for (i in mark) printf "%d %x\n", i, mark[i] }' "$WORK/sets" | sort >"$WORK/want"
walked() {
	snmp_walk fwmarkRuleMark | sed -n 's/^fwmarkRuleMark\.\([0-9]\{1,2\}\) = /\1 /p' | sort >"$WORK/got"
	cmp "$WORK/want" "$WORK/got"
}
wait_for 3 walked || expect_same "rows by SNMP" "$WORK/want" "$WORK/got"
saved_rules iptables | sed -n 's/.*fwmark:\([0-9]*\)"\{0,1\} -j MARK --set-xmark 0x\([0-9a-f]*\).*/\1 \2/p' |
	sort >"$WORK/got"
expect_same "rows in the kernel" "$WORK/want" "$WORK/got"
[ "$(snmp_get fwmarkMarkHCPackets.113.4294967295)" -gt "$sum" ] || fail "nothing was counted"
