#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A route is replaced in one step: a flood of packets across many changes of its gateway, and none
# is lost or goes the other way.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

command -v ping >/dev/null || skip "no ping"
topology
# A second gateway on the cheap uplink; without its route, a packet would go by the fast one.
ip addr add 10.8.0.1/24 dev ppp0
ip -netns cheap addr add 10.8.0.2/24 dev eth0
ip -netns cheap addr add 2001:db8:c::11/64 dev eth0 nodad
start
four=201.1.4.0.0.0.0.0.0.1
six=201.2.16.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.1024.1
gateway4() { if [ "$1" = 0 ]; then echo C36062FD; else echo 0A080002; fi; }
gateway6() { echo "20010DB8000C000000000000000000$([ "$1" = 0 ] && echo 01 || echo 11)"; }
snmp_set fwmarkRouteGatewayType.$four i ipv4 fwmarkRouteGateway.$four x "$(gateway4 0)" \
	fwmarkRouteIfName.$four s ppp0 fwmarkRouteStatus.$four i createAndGo \
	fwmarkRouteGatewayType.$six i ipv6 fwmarkRouteGateway.$six x "$(gateway6 0)" \
	fwmarkRouteIfName.$six s ppp0 fwmarkRouteStatus.$six i createAndGo \
	fwmarkPolicyInInterface.1 s eth0 fwmarkPolicyFibId.1 u 201 \
	fwmarkPolicyStatus.1 i createAndGo \
	fwmarkPolicyAddressType.2 i ipv6 fwmarkPolicyInInterface.2 s eth0 \
	fwmarkPolicyFibId.2 u 201 fwmarkPolicyStatus.2 i createAndGo

# Who got how many.
for where in fast cheap; do
	ip netns exec $where iptables-legacy -t mangle -A PREROUTING -d "$SERVER4"
	ip netns exec $where ip6tables-legacy -t mangle -A PREROUTING -d "$SERVER6"
done
# got NAMESPACE: packets for the server, of both families.
got() {
	for save in iptables-legacy-save ip6tables-legacy-save; do
		ip netns exec "$1" $save -c -t mangle | sed -n 's/^\[\([0-9]*\):.*-d .*/\1/p'
	done | tr '\n' ' '
}

# The neighbours are resolved beforehand: while that goes on, the kernel queues only a few.
for to in 195.96.98.253 10.8.0.2 2001:db8:c::1 2001:db8:c::11; do
	ping -q -c 1 -W 2 $to >/dev/null || fail "no answer from $to"
	ip neigh replace $to dev ppp0 nud permanent lladdr "$(ip -netns cheap -o link show eth0 |
		sed 's/.*ether \([^ ]*\) .*/\1/')"
done

packets=4000
for server in $SERVER4 $SERVER6; do
	ip netns exec inside ping -q -c $packets -i 0.001 -W 3 "$server" >"$WORK/ping.$server" 2>&1 &
	echo $! >"$WORK/pid.$server"
done
changes=0
while kill -0 "$(cat "$WORK/pid.$SERVER4")" 2>/dev/null && [ $changes -lt 2000 ]; do
	changes=$((changes + 1))
	snmp_set fwmarkRouteGateway.$four x "$(gateway4 $((changes % 2)))" \
		fwmarkRouteGateway.$six x "$(gateway6 $((changes % 2)))"
done
wait "$(cat "$WORK/pid.$SERVER4")" "$(cat "$WORK/pid.$SERVER6")" || :
[ $changes -ge 20 ] || fail "only $changes changes"
for server in $SERVER4 $SERVER6; do
	expect_match "$server: $changes changes" \
		"^$packets packets transmitted, $packets received, 0% packet loss" \
		"$(cat "$WORK/ping.$server")"
done
expect_eq "packets that went by the fast uplink" "0 0 " "$(got fast)"
expect_eq "packets that went by the cheap uplink" "$packets $packets " "$(got cheap)"
expect_eq "routes of the table" "1 1" \
	"$(ip route show table 201 | wc -l) $(ip -6 route show table 201 | wc -l)"
