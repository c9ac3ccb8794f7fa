#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What rules count is read before it is gone: by itself, and when somebody begins to change netfilter.
# What may be missing all the same, fwmarkMarkDiscontinuityTime tells.
export ROADS=agentx
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"
# shellcheck source=/dev/null
. "$NETNS_DIR/rules.sh"

mark=5.4294967295

packets() {
	snmp_get fwmarkMarkHCPackets.$mark
}

stamp() {
	snmp_get fwmarkMarkDiscontinuityTime.$mark
}

# rewrite: the same rules, as a controller puts them in. Counters begin anew.
rewrite() {
	iptables-legacy-restore -w 10 -n <<-END
		*mangle
		:CONTROL -
		-A CONTROL -p icmp -m icmp --icmp-type 8 -j MARK --set-mark 5
		COMMIT
	END
}

# sampled SUM: it is written down, without a request.
sampled() {
	grep -q "^  \\[ 5L, 4294967295L, $1L, " "$WORK/state/counts"
}

iptables-legacy -w 10 -t mangle -N CONTROL
iptables-legacy -w 10 -t mangle -A OUTPUT -j CONTROL
rewrite
echo 'read: { sample_s = 1; };' >>"$AGENT_CONF"
start
snmp_set fwmarkMarkStatus.$mark i createAndGo
expect_eq "packets" 0 "$(packets)"

# A controller that takes the lock: each round is read when it begins, unless the machine has no time
# for that. Nobody has to ask.
sum=0
for round in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do
	[ $round -lt 8 ] || [ "$sum" -lt 20 ] || break
	pings 10
	sleep 0.15
	rewrite
	[ $round -lt 7 ] || sum=$(packets)
done
[ "$sum" -ge 20 ] || fail "of $((round * 10)) packets $sum are counted"

# Somebody with a lock of his own, whom nothing announces: a sample has what came before.
pings 10
sum=$((sum + 10))
wait_for 5 sampled "$sum" || fail "no sample: $(cat "$WORK/state/counts")"
# From here on no sample comes between.
reloaded_with 'read: { sample_s = 3600; };'
was=$(stamp)
sleep 0.2
XTABLES_LOCKFILE=$WORK/other.lock iptables-legacy -w 10 -t mangle -Z
pings 3
expect_eq "packets" "$((sum + 3))" "$(packets)"
[ "$(stamp)" -gt "$was" ] || fail "zeroed a while after the sample: nothing tells"

# And a rule that goes.
pings 2
was=$(stamp)
sum=$(packets)
sleep 0.2
XTABLES_LOCKFILE=$WORK/other.lock iptables-legacy -w 10 -t mangle -F CONTROL
shown fwmarkRuleCount.0 0
expect_eq "packets" "$sum" "$(packets)"
[ "$(stamp)" -gt "$was" ] || fail "removed a while after it was read: nothing tells"
