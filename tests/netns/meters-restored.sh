#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Meters and their sums outlive what others do to netfilter, and the agent itself.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

mark=5.4294967295

meter() {
	snmp_get fwmarkMarkMeterHCPackets.$mark
}

meter_is() {
	[ "$(meter)" = "$1" ]
}

meter_shows() {
	wait_for 3 meter_is "$1" || :
	expect_eq "meter" "$1" "$(meter)"
}

# Both families count again. The next reading notices, not the one before.
restored() {
	wait_for 10 put_up || fail "$1: not put up again: $(netfilter_state)"
}

put_up() {
	meter >/dev/null
	in_kernel
}

in_kernel() {
	for program in iptables-legacy ip6tables-legacy; do
		$program-save -t mangle | grep -qx -e '-A POSTROUTING -j fwmark-meter' || return 1
		$program-save -t mangle | grep -q -e '-A fwmark-meter -m mark --mark 0x5 ' || return 1
	done
}

# One packet of each family.
count() {
	ping -q -n -c 1 -W 2 -m 5 "$FAST4" >/dev/null
	ping -q -n -c 1 -W 2 -m 5 "$FAST6" >/dev/null
}

flush() {
	for program in iptables-legacy ip6tables-legacy; do
		$program -t mangle -F
		$program -t mangle -X
	done
}

topology
fresh_agent
start
snmp_set fwmarkMarkMeter.$mark i true fwmarkMarkStatus.$mark i createAndGo
count
meter_shows 2

# Flushed: put up again, said once, and what was seen stays.
lines=$(grep -c 'meters' "$WORK/fwmarkd.log" || :)
flush
restored "iptables -F, -X"
expect_eq "lines in the log" $((lines + 1)) "$(grep -c 'meters' "$WORK/fwmarkd.log")"
meter_shows 2
count
count
meter_shows 6

# Nobody has to ask for it.
iptables-legacy -t mangle -F fwmark-meter
ip6tables-legacy -t mangle -D POSTROUTING -j fwmark-meter
wait_for 10 in_kernel || fail "not put up while nobody asks: $(netfilter_state)"

# One family, one rule, the jump, a chain of that name with something else in it.
ip6tables-legacy -t mangle -F fwmark-meter
restored "-F of the chain"
iptables-legacy -t mangle -D POSTROUTING -j fwmark-meter
restored "-D of the jump"
printf '*mangle\n:fwmark-meter -\n-A fwmark-meter -j ACCEPT\nCOMMIT\n' | iptables-legacy-restore
restored "iptables-restore"
expect_no_match "chain" 'fwmark-meter -j ACCEPT' "$(iptables-legacy-save -t mangle)"
count
meter_shows 8

# Zeroed, and reloaded without counters: what it has now came since.
iptables-legacy -t mangle -Z
meter_shows 8
count
meter_shows 10
iptables-legacy-save -t mangle >"$WORK/saved"
iptables-legacy-restore <"$WORK/saved"
meter_shows 10
count
meter_shows 12

# The agent stops: the kernel goes on counting, nothing is touched, and the agent takes it up.
stop_agent
put_up_state=$(iptables-legacy-save -t mangle | grep -e '-A')
count
start_agent
meter_shows 14
expect_eq "rules" "$put_up_state" "$(iptables-legacy-save -t mangle | grep -e '-A')"
count
meter_shows 16

# Killed.
kill_agent
count
start_agent
meter_shows 18
expect_eq "rules" "$put_up_state" "$(iptables-legacy-save -t mangle | grep -e '-A')"

# Flushed while it was away.
stop_agent
flush
start_agent
restored "flushed while the agent was away"
meter_shows 18
count
meter_shows 20

# A state file of a version that knew no meters: they begin anew.
stop_agent
sed "/^meters = (/,/^);/d" "$WORK/state/indices" >"$WORK/old"
cp "$WORK/old" "$WORK/state/indices"
flush
start_agent
shown fwmarkMarkMeter.$mark 1
restored "old state"
count
meter_shows 2

# Without state: what is in the kernel is a manager's wish.
stop_agent
rm -rf "$WORK/state"
start_agent
shown fwmarkMarkMeter.$mark 1
shown fwmarkMarkStatus.$mark 1
meter_shows 2
count
meter_shows 4

# What nobody wants is no manager's wish: a ruleset of before a row was destroyed.
iptables-legacy-save -t mangle >"$WORK/saved"
snmp_set fwmarkMarkStatus.$mark i destroy
expect_no_match "destroyed" 'fwmark-meter' "$(netfilter_state)"
iptables-legacy-restore <"$WORK/saved"
gone() {
	snmp_get fwmarkMarkCount.0 && ! netfilter_state | grep -q fwmark-meter
}
wait_for 10 gone || fail "a meter that nobody wants"

# The same while the agent is away.
stop_agent
iptables-legacy-restore <"$WORK/saved"
start_agent
wait_for 10 gone || fail "a meter that nobody wants, found at the start"
