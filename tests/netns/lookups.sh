#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# fwmarkLookups says where packets would go, as ip(8) does: any mark, any destination, both
# families, and every way of going nowhere.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

topology
start
echo 201 mail.out >>/etc/iproute2/rt_tables

# octets ADDRESS: "2.16.32.1..." of an IPv6 address, "1.4.10..." of an IPv4 one.
octets() {
	case $1 in
	*:*)
		echo "$1" | awk '{
			n = split($0, half, "::")
			left = split(half[1], l, ":"); right = n > 1 ? split(half[2], r, ":") : 0
			hex = "0123456789abcdef"
			out = "2.16"
			for (i = 1; i <= 8; i++) {
				word = i <= left ? l[i] : i > 8 - right ? r[i - 8 + right] : "0"
				v = 0
				for (j = 1; j <= length(word); j++)
					v = v * 16 + index(hex, substr(word, j, 1)) - 1
				out = out "." int(v / 256) "." v % 256
			}
			print out
		}'
		;;
	*) echo "1.4.$1" ;;
	esac
}

expect_eq "index of an address" 2.16.32.1.13.184.0.0.0.0.0.0.0.0.0.0.0.255 "$(octets 2001:db8::ff)"
expect_eq "index of an address" 2.16.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0 "$(octets ::)"

# by_ip DEST MARK: the first line, or the sentence.
by_ip() {
	family=-4
	case $1 in *:*) family=-6 ;; esac
	said=$(ip $family route get "$1" mark "$2" 2>&1 || :)
	said=${said%%"$NL"*}
	while [ "${said% }" != "$said" ]; do
		said=${said% }
	done
	printf '%s\n' "$said"
}

# text DEST MARK
text() {
	snmp_get "fwmarkLookupText.$(($2)).$(octets "$1")" | sed 's/^"//; s/"$//'
}

# same DEST MARK...: SNMP says what ip says. All marks in one request.
same() {
	dest=$1
	shift
	octets=$(octets "$dest")
	objects=
	for mark; do
		by_ip "$dest" "$mark"
		objects="$objects fwmarkLookupText.$((mark)).$octets"
	done >"$WORK/by_ip"
	# shellcheck disable=SC2086 # words
	snmp_get $objects | sed 's/^"//; s/"$//' >"$WORK/by_snmp"
	expect_same "ip route get $dest mark $*" "$WORK/by_ip" "$WORK/by_snmp"
}

# columns DEST MARK "TYPE FIB GATEWAYTYPE GATEWAY IFNAME SOURCE LENGTH": "-" for an empty one.
columns() {
	index=$(($2)).$(octets "$1")
	got=$(snmp_get -Ox "fwmarkLookupType.$index" "fwmarkLookupFibId.$index" \
		"fwmarkLookupGatewayType.$index" "fwmarkLookupGateway.$index")
	got="$got
$(snmp_get "fwmarkLookupIfName.$index")
$(snmp_get -Ox "fwmarkLookupSource.$index" "fwmarkLookupPrefixLength.$index")"
	expect_eq "$1 mark $2" "$3" "$(printf '%s\n' "$got" | tr -d '" ' | sed 's/^$/-/' | paste -sd' ')"
	name=$(snmp_get "fwmarkLookupIfName.$index" | tr -d '"')
	ifindex=0
	[ ! "$name" ] || ifindex=$(ip -o link show dev "$name" | sed "s/:.*//")
	shown "fwmarkLookupIfIndex.$index" "$ifindex"
}

nowhere='0 0 - - - 0'

# The main table, and what is local.
for dest in "$SERVER4" 192.0.2.1 192.0.2.2 192.168.1.1 192.168.1.10 192.168.1.255 127.0.0.1 \
	127.255.255.255 224.0.0.5 0.0.0.0 255.255.255.255 240.0.0.1 10.255.255.255; do
	same "$dest" 0 1 15 16 0x7fffffff 4294967295
done
for dest in "$SERVER6" 2001:db8:fa::1 2001:db8:1::10 2001:db8:1::1 ::1 :: ff02::1 ff05::1:3 fe80::1 \
	2001:db8:1:: ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff; do
	same "$dest" 0 1 15 16 0x7fffffff 4294967295
done
columns "$SERVER4" 0 "1 254 1 C0000201 eth1 $(ip -o -4 addr show eth1 |
	awk '{ sub("/.*", "", $4); split($4, o, "."); printf "%02X%02X%02X%02X", o[1], o[2], o[3], o[4] }') 0"
columns 192.168.1.10 0 "1 254 0 - eth0 C0A80101 24"
columns ::1 7 '2 255 0 - lo 00000000000000000000000000000001 128'

# By the mark.
ip route add default via "$CHEAP4" table 201
ip route add 198.51.100.0/24 via inet6 2001:db8:c::1 dev ppp0 table 201
ip -6 route add default via "$CHEAP6" table 4000000000 metric 7 mtu 1400
ip -6 route add 2001:db8:77::/48 via "$FAST6" table 4000000000 proto static advmss 900
ip rule add fwmark 1 lookup 201
ip rule add fwmark 0x80000000/0xf0000000 lookup 201
ip -6 rule add fwmark 1 lookup 4000000000
# Before there was a rule of our own, the kernel said main: it keeps the two together then.
columns 127.0.0.1 0 '2 255 0 - lo 7F000001 32'
for mark in 0 1 2 0x80000000 0x8fffffff 0x90000000; do
	same "$SERVER4" "$mark"
	same 198.51.100.9 "$mark"
	same 192.168.1.1 "$mark"
	same "$SERVER6" "$mark"
	same 2001:db8:77::1 "$mark"
done
shown "fwmarkLookupFibId.1.$(octets "$SERVER4")" 201
shown "fwmarkLookupFibId.2415919103.$(octets "$SERVER4")" 201
shown "fwmarkLookupFibId.2415919104.$(octets "$SERVER4")" 254
shown "fwmarkLookupPrefixLength.1.$(octets 198.51.100.9)" 24
shown "fwmarkLookupGatewayType.1.$(octets 198.51.100.9)" 2
shown "fwmarkLookupFibId.1.$(octets 2001:db8:77::1)" 4000000000
shown "fwmarkLookupPrefixLength.1.$(octets 2001:db8:77::1)" 48
shown "fwmarkLookupIfName.1.$(octets 2001:db8:77::1)" eth1
expect_match "by name" 'table mail\.out .*mark 1 uid 0$' "$(text "$SERVER4" 1)"

# Several next hops: the one that the packet takes; realms; nexthop objects.
ip route add 198.51.101.0/24 table 201 nexthop via "$CHEAP4" dev ppp0 nexthop via "$FAST4" dev eth1
ip -6 route add 2001:db8:78::/48 table 4000000000 nexthop via "$CHEAP6" dev ppp0 nexthop via "$FAST6" dev eth1
ip route add 198.51.102.0/24 table 201 via "$CHEAP4" realm 3/5 mtu 1300
ip nexthop add id 7 via "$FAST4" dev eth1
ip route add 198.51.103.0/24 table 201 nhid 7
ip nexthop add id 8 via "$FAST6" dev eth1
ip -6 route add 2001:db8:79::/48 table 4000000000 nhid 8
for last in 1 2 3 4 5; do
	same 198.51.101.$last 1
	same 198.51.102.$last 1
	same 198.51.103.$last 1
	same 2001:db8:78::$last 1
	same 2001:db8:79::$last 1
done
shown "fwmarkLookupPrefixLength.1.$(octets 2001:db8:78::1)" 48
shown "fwmarkLookupPrefixLength.1.$(octets 198.51.101.3)" 24

# Nowhere, by routes.
for type in unreachable=7 blackhole=6 prohibit=8 throw=0; do
	number=${type#*=}
	type=${type%=*}
	ip route add "$type" "198.51.200.$number/32" table 77
	ip -6 route add "$type" "2001:db8:200::$number/128" table 77
done
for family in -4 -6; do
	ip $family rule add fwmark 7 lookup 77
	ip $family rule add fwmark 7 lookup 9999
	ip $family rule add fwmark 8 pref 30 blackhole
	ip $family rule add fwmark 9 pref 31 prohibit
	ip $family rule add fwmark 10 pref 32 unreachable
	ip $family rule add pref 32765 fwmark 7 goto 32767
	ip $family rule add pref 32767 lookup default 2>/dev/null || :
done
for number in 6 7 8 0; do
	same 198.51.200.$number 7
	same 2001:db8:200::$number 7
	columns 198.51.200.$number 7 "$number $nowhere"
	columns 2001:db8:200::$number 7 "$number $nowhere"
done
# And by policies; the error of unreachable there is that of no route.
for pair in 8=6 9=8 10=0; do
	same "$SERVER4" ${pair%=*}
	same "$SERVER6" ${pair%=*}
	columns "$SERVER4" ${pair%=*} "${pair#*=} $nowhere"
	columns "$SERVER6" ${pair%=*} "${pair#*=} $nowhere"
done
expect_eq "no route" "RTNETLINK answers: Network is unreachable" "$(text "$SERVER4" 7)"
expect_eq "blackhole" "RTNETLINK answers: Invalid argument" "$(text 198.51.200.6 7)"
expect_eq "unreachable" "RTNETLINK answers: No route to host" "$(text 2001:db8:200::7 7)"
expect_eq "prohibit" "RTNETLINK answers: Permission denied" "$(text 198.51.200.8 7)"

# Live: the very next GET.
ip route replace default via "$FAST4" dev eth1 table 201
same "$SERVER4" 1
ip link set ppp0 name ppp7
same "$SERVER6" 1
ip link set eth1 down
same "$SERVER4" 0 1
same "$SERVER6" 0 1
ip rule del fwmark 1
ip -6 rule del fwmark 1
same "$SERVER4" 1
same "$SERVER6" 1

# For GET alone, and for an index that is one.
for from in fwmarkLookupTable "fwmarkLookupType.1.$(octets "$SERVER4")" fwmarkLookupText; do
	expect_no_match "next of $from" '^fwmarkLookup' "$(snmp snmpgetnext -Osq "$from")"
done
type=.1.3.6.1.4.1.8072.9999.9999.11.1.8.1.1.4
for index in 1 1.1 1.1.4 1.1.4.1.2.3 1.1.4.1.2.3.4.5 1.2.4.1.2.3.4 1.1.16.1.2.3.4 1.1.4.1.2.3.256 \
	1.0.0 1.1.5.1.2.3.4.5 1.3.4.1.2.3.4 1.16.4.1.2.3.4 1.1.4294967295.1.2.3.4 1.4.4.1.2.3.4; do
	# -Ir: send what the MIB does not allow.
	got=$(snmp_get -Ir "$type.$index") && fail "fwmarkLookupType.$index: $got"
	expect_match "fwmarkLookupType.$index" 'No Such Instance' "$got"
done
got=$(snmp_get "fwmarkLookupMark.1.1.4.1.2.3.4") && fail "an index has a value: $got"
set_refused notWritable fwmarkLookupType.1.1.4.1.2.3.4 fwmarkLookupType fwmarkLookupType.1.1.4.1.2.3.4 i 1
