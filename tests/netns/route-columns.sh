#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Every kind of route, and routes of several next hops: what is set is what `ip route` shows, and the text
# is its.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

topology
start
keep_state before

six=2.16.32.1.13.184.0.7.0.0.0.0.0.0.0.0.0.0 # 2001:db8:7::
via6=20010DB8000C00000000000000000001
while IFS='|' read -r family expected index columns; do
	index=201.$index
	# shellcheck disable=SC2086 # words
	set -- $columns Status i createAndGo
	while [ $# -gt 0 ]; do
		printf 'fwmarkRoute%s.%s %s %s\n' "$1" "$index" "$2" "$3"
		shift 3
	done >"$WORK/varbinds"
	# shellcheck disable=SC2046 # words
	snmp_set $(cat "$WORK/varbinds") </dev/null
	kernel=$(ip "$family" route show table 201 | sed 's/ *$//')
	expect_eq "ip route after $columns" "$expected" \
		"$(printf '%s\n' "$kernel" | sed 's/ proto [0-9a-z]*//; s/ pref medium//')"
	expect_eq "text after $columns" "$kernel" "$(snmp_get "fwmarkRouteText.$index" | sed 's/ *$//')"
	shown "fwmarkRouteNextHops.$index" "$(printf '%s\n' "$kernel" | grep -Ec '^[0-9d]')"
	snmp_set "fwmarkRouteStatus.$index" i destroy
	expect_state before "destroyed: $columns"
done <<END
-4|default via 192.0.2.1 dev eth1|1.4.0.0.0.0.0.0.1|GatewayType i ipv4 Gateway x C0000201
-4|10.0.0.0/8 dev ppp0 scope link|1.4.10.0.0.0.8.0.1|IfName s ppp0
-4|10.0.0.0/8 dev ppp0 scope link|1.4.10.0.0.0.8.0.1|IfIndex i $(ip -o link show ppp0 | sed 's/:.*//')
-4|10.1.2.3 via 192.0.2.1 dev eth1 metric 77|1.4.10.1.2.3.32.77.1|GatewayType i ipv4 Gateway x C0000201
-4|10.0.0.0/8 dev ppp0 scope link src 192.168.1.1|1.4.10.0.0.0.8.0.1|IfName s ppp0 PreferredSource x C0A80101
-4|10.0.0.0/8 tos 0x10 dev ppp0 scope link|1.4.10.0.0.0.8.0.1|IfName s ppp0 Tos u 16
-4|10.0.0.0/8 dev ppp0 scope link mtu 1400 advmss 1300|1.4.10.0.0.0.8.0.1|IfName s ppp0 Mtu u 1400 AdvMss u 1300
-4|10.0.0.0/8 via 172.16.0.1 dev ppp0 onlink|1.4.10.0.0.0.8.0.1|GatewayType i ipv4 Gateway x AC100001 IfName s ppp0 Onlink i true
-4|10.0.0.0/8 via inet6 2001:db8:c::1 dev ppp0|1.4.10.0.0.0.8.0.1|GatewayType i ipv6 Gateway x $via6 IfName s ppp0
-4|blackhole 10.0.0.0/8|1.4.10.0.0.0.8.0.1|Type i blackhole
-4|unreachable 10.0.0.0/8|1.4.10.0.0.0.8.0.1|Type i unreachable
-4|prohibit 10.0.0.0/8|1.4.10.0.0.0.8.0.1|Type i prohibit
-4|throw 10.0.0.0/8|1.4.10.0.0.0.8.0.1|Type i throw
-6|2001:db8:7::/48 via 2001:db8:c::1 dev ppp0 metric 1024|$six.48.1024.1|GatewayType i ipv6 Gateway x $via6 IfName s ppp0
-6|2001:db8:7::/48 from 2001:db8::/32 dev ppp0 metric 5|$six.48.5.1|IfName s ppp0 SourcePrefix x 20010DB8000000000000000000000000 SourcePrefixLength u 32
-6|blackhole 2001:db8:7::/48 dev lo metric 1024|$six.48.1024.1|Type i blackhole
END

# Two next hops, in one SET; then another weight, and one next hop less.
route=201.1.4.0.0.0.0.0.0.1
snmp_set fwmarkRouteStatus.$route i createAndGo \
	fwmarkNextHopGatewayType.$route.1 i ipv4 fwmarkNextHopGateway.$route.1 x C0000201 \
	fwmarkNextHopWeight.$route.1 u 3 fwmarkNextHopStatus.$route.1 i createAndGo \
	fwmarkNextHopGatewayType.$route.2 i ipv4 fwmarkNextHopGateway.$route.2 x C36062FD \
	fwmarkNextHopIfName.$route.2 s ppp0 fwmarkNextHopStatus.$route.2 i createAndGo
hops=$(ip route show table 201)
expect_match "route" '^default' "$hops"
expect_match "first hop" 'nexthop via 192\.0\.2\.1 dev eth1 weight 3' "$hops"
expect_match "second hop" 'nexthop via 195\.96\.98\.253 dev ppp0 weight 1' "$hops"
shown fwmarkRouteNextHops.$route 2
shown fwmarkNextHopIfName.$route.1 eth1
shown fwmarkNextHopWeight.$route.1 3
snmp_set fwmarkNextHopWeight.$route.2 u 7
expect_match "second hop" 'nexthop via 195\.96\.98\.253 dev ppp0 weight 7' "$(ip route show table 201)"
snmp_set fwmarkNextHopStatus.$route.1 i destroy
expect_match "route of one hop" '^default via 195\.96\.98\.253 dev ppp0' "$(ip route show table 201)"

# The scope is that of a new route, unless a manager writes one.
snmp_set fwmarkRouteGateway.$route x ""
expect_match "route without a gateway" '^default dev ppp0 .*scope link' "$(ip route show table 201)"
shown fwmarkRouteScope.$route 253
snmp_set fwmarkRouteGatewayType.$route i ipv4 fwmarkRouteGateway.$route x C36062FD
expect_no_match "route with a gateway" 'scope' "$(ip route show table 201)"
shown fwmarkRouteScope.$route 0
snmp_set fwmarkRouteStatus.$route i destroy
expect_state before "destroyed"

# Source routing, the multihoming of IPv6: default routes by source prefix, each an instance of its
# own, which it keeps. That of TOS of IPv4 is the same.
six=201.2.16.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.1024
ten=201.1.4.10.3.0.0.16.7
sources() {
	for i in 1 2 5; do
		snmp_get "fwmarkRouteSourcePrefix.$six.$i" "fwmarkRouteIfName.$six.$i" \
			"fwmarkRouteOrigin.$six.$i" "fwmarkRouteTos.$ten.$i" "fwmarkRouteStatus.$ten.$i"
	done | tr -d ' \n'
}
# rows INDEX N: so many instances.
rows() {
	expect_eq "instances of $1" "$2" "$(snmp_walk fwmarkRouteOrigin | grep -c "^fwmarkRouteOrigin\.$1\.")"
}
from() {
	echo "fwmarkRouteIfName.$six.$1 s $2 fwmarkRouteSourcePrefix.$six.$1 x 20010DB8000${1}00000000000000000000" \
		"fwmarkRouteSourcePrefixLength.$six.$1 u 48 fwmarkRouteStatus.$six.$1 i createAndGo"
}
tos() {
	echo "fwmarkRouteTos.$ten.$1 u $2 fwmarkRouteIfName.$ten.$1 s eth1 fwmarkRouteStatus.$ten.$1 i createAndGo"
}
if ip -6 route add 2001:db8:99::/48 from 2001:db8:5::/48 dev ppp0 table 201; then
	ip -6 route del 2001:db8:99::/48 from 2001:db8:5::/48 dev ppp0 table 201
	# shellcheck disable=SC2046 # words
	snmp_set $(from 2 eth1; tos 2 16)
	# shellcheck disable=SC2046 # words
	snmp_set $(from 1 ppp0; from 5 ppp0; tos 1 0; tos 5 8)
	expect_eq "ip -6 route" "5 ppp0, 2 eth1, 1 ppp0" "$(ip -6 route show default table 201 |
		sed -nE 's/^default from 2001:db8:(.)::\/48 dev ([^ ]*).*/\1 \2/p' | sort -r | paste -sd, | sed 's/,/, /g')"
	expect_match "ip route" '^10\.3\.0\.0/16 tos 0x10 dev eth1' "$(ip route show table 201)"
	sources >"$WORK/sources"
	ip -6 route show table 201 >"$WORK/routes"
	# Of the same key in the kernel there is one row.
	forget_state
	# shellcheck disable=SC2046 # words
	set_refused inconsistentValue fwmarkRoute.* 'instance 2 ' $(from 2 eth1 | sed "s/$six\.2/$six.7/g")
	# shellcheck disable=SC2046 # words
	set_refused inconsistentValue fwmarkRoute.* 'instance 5 ' $(tos 7 8)
	mkdir "$WORK/state/state.new"
	set_refused resourceUnavailable '.*' 'saving the state' fwmarkRouteMtu.$six.2 u 1400 \
		fwmarkRouteStatus.$six.5 i destroy fwmarkRouteTos.$ten.1 u 32 fwmarkRouteStatus.$ten.2 i destroy
	rmdir "$WORK/state/state.new"
	snmp_set fwmarkRouteMtu.$six.2 u 1400 fwmarkRouteTos.$ten.5 u 32
	snmp_set fwmarkRouteMtu.$six.2 u 0 fwmarkRouteTos.$ten.5 u 8
	sources >"$WORK/now"
	expect_same "instances after changes" "$WORK/sources" "$WORK/now"
	# Somebody else's come first in the kernel, and get other instances.
	kill_agent
	ip route add 10.3.0.0/16 tos 0x1c dev ppp0 table 201 metric 7
	ip -6 route add default from 2001:db8:4::/48 dev ppp0 table 201
	ip -6 route del default from 2001:db8:1::/48 dev ppp0 table 201
	start_agent
	sources >"$WORK/now"
	expect_same "instances after a restart" "$WORK/sources" "$WORK/now"
	rows "$six" 4
	rows "$ten" 4
	# A device that goes and comes takes its routes with it; a stranger does not get their instances.
	ip link set eth1 down
	ip -6 route add default from 2001:db8:6::/48 dev ppp0 table 201
	rows "$six" 5
	shown fwmarkRouteStatus.$six.2 2
	ip link set eth1 up
	has_come_back() { sources >"$WORK/now" && cmp -s "$WORK/sources" "$WORK/now"; }
	wait_for 10 has_come_back || expect_same "instances after eth1 came back" "$WORK/sources" "$WORK/now"
	ip -6 route flush table 201
	ip route flush table 201
	snmp_set fwmarkRouteStatus.$six.1 i destroy fwmarkRouteStatus.$six.2 i destroy \
		fwmarkRouteStatus.$six.5 i destroy fwmarkRouteStatus.$ten.1 i destroy \
		fwmarkRouteStatus.$ten.2 i destroy fwmarkRouteStatus.$ten.5 i destroy
	ip route add default via "$FAST4" dev eth1 2>/dev/null || :
	forget_state
	keep_state before
fi

six=2.16.32.1.13.184.0.7.0.0.0.0.0.0.0.0.0.0
# A nexthop object that is a blackhole: the kernel shows the route as one, and it can be changed and
# destroyed.
ip nexthop add id 5 blackhole
ip -6 nexthop add id 6 blackhole
ip nexthop add id 7 via "$FAST4" dev eth1
for row in '-4 5 7 201.1.4.10.9.0.0.16.0.1' "-6 6 6 201.$six.48.1024.1"; do
	# shellcheck disable=SC2086 # words
	set -- $row
	snmp_set "fwmarkRouteNextHopId.$4" u "$2" "fwmarkRouteStatus.$4" i createAndGo
	shown "fwmarkRouteType.$4" 6
	snmp_set "fwmarkRouteMtu.$4" u 1400
	expect_match "ip route" "^blackhole .* nhid $2 .* mtu 1400" "$(ip "$1" route show table 201)"
	snmp_set "fwmarkRouteNextHopId.$4" u "$3"
	expect_match "ip route" "nhid $3 " "$(ip "$1" route show table 201)"
	snmp_set "fwmarkRouteNextHopId.$4" u "$2"
	expect_match "ip route" "^blackhole .* nhid $2 " "$(ip "$1" route show table 201)"
	# Without the state, the destruction is undone.
	mkdir "$WORK/state/state.new"
	set_refused resourceUnavailable '.*' 'saving the state' "fwmarkRouteStatus.$4" i destroy
	rmdir "$WORK/state/state.new"
	expect_match "ip route" "^blackhole .* nhid $2 " "$(ip "$1" route show table 201)"
	snmp_set "fwmarkRouteStatus.$4" i destroy
	expect_state before "destroyed: $row"
done

# Somebody puts a tunnel in the place of a manager's route: it is shown, and no SET can do away with
# what the row does not hold.
snmp_set fwmarkRouteIfName.$route s ppp0 fwmarkRouteStatus.$route i createAndGo
if ip route replace default encap ip id 100 dst 198.51.100.2 dev ppp0 table 201; then
	ip route show table 201 >"$WORK/tunnel"
	expect_match "text" 'encap ip id 100 .*dst 198\.51\.100\.2' "$(snmp_get fwmarkRouteText.$route)"
	set_refused inconsistentValue "fwmark(Route|NextHop).*" 'an encapsulation' fwmarkRouteMtu.$route u 1400
	set_refused inconsistentValue "fwmark(Route|NextHop).*" 'an encapsulation' fwmarkRouteStatus.$route i destroy
	set_refused inconsistentValue "fwmark(Route|NextHop).*" 'an encapsulation' fwmarkNextHopWeight.$route.1 u 2
	stop_agent
	# Nor does the start: not for a manager's row, nor for a static row of the same key, nor for one of
	# a route that expires.
	ip route add 10.8.0.0/16 encap ip id 8 dst 198.51.100.2 dev ppp0 table 201
	ip -6 route add 2001:db8:8::/48 dev ppp0 expires 900 table 201
	{
		agent_conf
		echo 'routes = ( { fibId = 201; dest = "10.8.0.0"; prefixLength = 16; ifName = "ppp0"; },'
		echo '{ fibId = 201; dest = "2001:db8:8::"; prefixLength = 48; ifName = "ppp0"; } );'
	} >"$AGENT_CONF"
	ip route show table 201 >"$WORK/tunnel"
	start_agent
	ip route show table 201 >"$WORK/now"
	expect_same "the tunnels" "$WORK/tunnel" "$WORK/now"
	expect_match "ip -6 route" '^2001:db8:8::/48 .* expires ' "$(ip -6 route show table 201)"
	ip route del default table 201
fi
