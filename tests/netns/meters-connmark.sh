#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Where connections keep their mark, the MARK rule counts one packet of each connection, and the
# meter counts all that leave with the mark.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

mark=1.4294967295

# leaving NAMESPACE: how many packets the provider got from us for port 25.
leaving() {
	ip netns exec "$1" iptables-legacy-save -c -t filter |
		sed -n 's/^\[\([0-9]*\):.* -A INPUT -p tcp -m tcp --dport 25$/\1/p'
}

# settled NAMESPACE: the same, when nothing more comes: the last packets of a connection may still
# be under way when it has been answered.
settled() {
	last=
	until [ "$last" = "$(leaving "$1")" ]; do
		last=$(leaving "$1")
		sleep 0.3
	done
	echo "$last"
}

meter_is() {
	[ "$(snmp_get fwmarkMarkMeterHCPackets.$mark)" = "$1" ]
}

topology
topology_serve fast 25
ip netns exec fast iptables-legacy -A INPUT -p tcp --dport 25
iptables-legacy -t mangle -A PREROUTING -i eth0 -j CONNMARK --restore-mark
iptables-legacy -t mangle -A PREROUTING -i eth0 -m mark ! --mark 0 -j ACCEPT
start
# The rule is a manager's, saving somebody else's.
snmp_set fwmarkRuleInInterface.1 s eth0 fwmarkRuleProtocol.1 u 6 \
	fwmarkRuleDestinationPortFrom.1 u 25 fwmarkRuleDestinationPortTo.1 u 25 \
	fwmarkRuleMark.1 u 1 fwmarkRuleStatus.1 i createAndGo \
	fwmarkMarkMeter.$mark i true fwmarkMarkStatus.$mark i createAndGo
iptables-legacy -t mangle -A PREROUTING -i eth0 -j CONNMARK --save-mark

for _ in 1 2 3; do
	expect_eq "the way" fast "$(way "$SERVER4" 25)"
done
all=$(settled fast)
[ "$all" -ge 9 ] || fail "only $all packets for three connections"
wait_for 3 meter_is "$all" || :
expect_eq "packets that the meter counts" "$all" "$(snmp_get fwmarkMarkMeterHCPackets.$mark)"
expect_eq "packets that the rule counts" 3 "$(snmp_get fwmarkMarkHCPackets.$mark)"
expect_eq "packets that the rule counts" 3 "$(snmp_get fwmarkRuleHCPackets.1)"

# The other usual place: restored and saved behind routing, where marked packets leave early.
iptables-legacy -t mangle -F PREROUTING
iptables-legacy -t mangle -A POSTROUTING -o eth1 -j CONNMARK --restore-mark
iptables-legacy -t mangle -A POSTROUTING -m mark ! --mark 0 -j ACCEPT
iptables-legacy -t mangle -A POSTROUTING -o eth1 -p tcp --dport 25 -j MARK --set-mark 1
iptables-legacy -t mangle -A POSTROUTING -o eth1 -j CONNMARK --save-mark
wait_for 3 meter_is "$all"
until iptables-legacy -t mangle -S POSTROUTING | sed -n 3p | grep -q -e '-j fwmark-meter'; do
	snmp_get fwmarkMarkMeterHCPackets.$mark >/dev/null
done
expect_eq "the way" fast "$(way "$SERVER4" 25)"
more=$(($(settled fast) - all))
# All but the first, which gets its mark behind the rule that lets the others go.
wait_for 3 meter_is $((all + more - 1)) || :
expect_eq "packets that the meter counts" $((all + more - 1)) "$(snmp_get fwmarkMarkMeterHCPackets.$mark)"
