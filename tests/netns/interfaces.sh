#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# fwmarkInterfaces shows what sysctl(8) shows, follows the interfaces, and writes through.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

topology
start

# kernel INTERFACE SETTING
kernel() {
	sysctl -n "net/ipv4/conf/$1/$2"
}

# truth NUMBER: as TruthValue.
truth() {
	if [ "$1" = 0 ]; then echo 2; else echo 1; fi
}

index_of() {
	ip -o link show dev "$1" | sed "s/:.*//"
}

# by_kernel: "ifIndex Name RpFilter Effective SrcValidMark Effective Forwarding" of every interface.
by_kernel() {
	all_rp=$(kernel all rp_filter)
	all_mark=$(kernel all src_valid_mark)
	ip -o link | sed 's/^\([0-9]*\): \([^:@]*\)[:@].*/\1 \2/' | sort -n | while read -r index name; do
		conf=net/ipv4/conf/$name
		# shellcheck disable=SC2046 # three numbers
		set -- $(sysctl -n "$conf/rp_filter" "$conf/src_valid_mark" "$conf/forwarding")
		rp=$1 mark=$2 forwarding=$3
		# A TruthValue is 1 or 2.
		echo "$index $name $rp $((rp > all_rp ? rp : all_rp)) $((mark ? 1 : 2))" \
			"$((mark | all_mark ? 1 : 2)) $((forwarding ? 1 : 2))"
	done
}

by_snmp() {
	snmp_walk fwmarkInterfaceTable | sed 's/^\([A-Za-z]*\)\.\([0-9]*\) = "\{0,1\}\([^"]*\)"\{0,1\}$/\2 \3/' |
		awk '{ row[$1] = row[$1] " " $2 } END { for (i in row) print i row[i] }' | sort -n
}

# right AFTER_WHAT
right() {
	by_kernel >"$WORK/by_kernel"
	by_snmp >"$WORK/by_snmp"
	expect_same "interfaces after: $1" "$WORK/by_kernel" "$WORK/by_snmp"
	expect_eq "all, after: $1" "$(kernel all rp_filter) $(truth "$(kernel all src_valid_mark)")" \
		"$(snmp_get fwmarkRpFilterAll.0 fwmarkSrcValidMarkAll.0 | paste -sd' ')"
}

# gone INDEX AFTER_WHAT
gone() {
	got=$(snmp_get "fwmarkInterfaceName.$1") && fail "interface $1 is there after: $2"
	expect_match "interface $1 after: $2" 'No Such Instance' "$got"
}

right start
for setting in rp_filter=1 rp_filter=2 src_valid_mark=1 forwarding=0 rp_filter=0 src_valid_mark=0; do
	sysctl -qw "net/ipv4/conf/eth0/$setting"
	right "eth0 $setting"
	sysctl -qw "net/ipv4/conf/all/$setting"
	right "all $setting"
done

# A number without a name acts as loose.
eth0=$(index_of eth0)
sysctl -qw net/ipv4/conf/eth0/rp_filter=77
shown "fwmarkInterfaceRpFilter.$eth0" 2
shown "fwmarkInterfaceEffectiveRpFilter.$eth0" 2
sysctl -qw net/ipv4/conf/eth0/rp_filter=0

# The very next GET knows them.
ip link add v.0 type veth peer name 'v!&*'
index=$(index_of v.0)
shown "fwmarkInterfaceName.$index" v.0
right "ip link add"
sysctl -qw net/ipv4/conf/v.0/rp_filter=1
ip link set v.0 name renamed
shown "fwmarkInterfaceName.$index" renamed
right "renamed"
ip link set renamed name v.0
ip link del v.0
gone "$index" "ip link del"
right "ip link del"
ip link add v.0 type veth peer name v1
index=$(index_of v.0)
unshare -n sleep 60 &
other=$!
# other_is_there: its namespace is another one.
other_is_there() { [ "$(readlink /proc/$other/ns/net)" != "$(readlink /proc/self/ns/net)" ]; }
wait_for 5 other_is_there
ip link set v.0 netns $other
gone "$index" "moved to another namespace"
kill $other
# Where names are taken: the files of all interfaces are not those of one.
ip link add v2 type veth peer name v3
if ip link set v2 name all 2>/dev/null; then
	gone "$(index_of all)" "called all"
fi

# What is written reaches the kernel.
ppp0=$(index_of ppp0)
for value in 1 2 0; do
	snmp_set "fwmarkInterfaceRpFilter.$ppp0" i $value
	expect_eq "rp_filter of ppp0" $value "$(kernel ppp0 rp_filter)"
	snmp_set fwmarkRpFilterAll.0 i $value
	expect_eq "rp_filter of all" $value "$(kernel all rp_filter)"
done
for value in 1 2; do
	snmp_set "fwmarkInterfaceSrcValidMark.$ppp0" i $value fwmarkSrcValidMarkAll.0 i $value
	expect_eq "src_valid_mark" "$((2 - value)) $((2 - value))" \
		"$(kernel ppp0 src_valid_mark) $(kernel all src_valid_mark)"
done
snmp_set "fwmarkInterfaceRpFilter.$ppp0" i strict "fwmarkInterfaceSrcValidMark.$eth0" i true \
	"fwmarkInterfaceSrcValidMark.$ppp0" i true "fwmarkInterfaceRpFilter.$eth0" i loose
expect_eq "four at once" "1 1 2 1" "$(kernel ppp0 rp_filter) $(kernel ppp0 src_valid_mark) $(
	kernel eth0 rp_filter) $(kernel eth0 src_valid_mark)"
right "four at once"

# settings: what a refusal must leave as it is, beside what lib.sh looks at.
settings() {
	grep -r . /proc/sys/net/ipv4/conf 2>/dev/null | grep -E '/(rp_filter|src_valid_mark|forwarding):'
}

settings >"$WORK/before"
export eth0 ppp0
refusals <<'END'
wrongValue fwmarkInterfaceRpFilter.$eth0 /fwmarkInterfaceRpFilter.[0-9]+:.3/ fwmarkInterfaceRpFilter.$eth0 i 3
wrongValue fwmarkInterfaceRpFilter.$eth0 /fwmarkInterfaceRpFilter/ fwmarkInterfaceRpFilter.$eth0 i -1
wrongValue fwmarkRpFilterAll.0 /fwmarkRpFilterAll.0/ fwmarkRpFilterAll.0 i 3
wrongType fwmarkRpFilterAll.0 /fwmarkRpFilterAll.0/ fwmarkRpFilterAll.0 u 1
wrongType fwmarkInterfaceRpFilter.$eth0 /fwmarkInterfaceRpFilter/ fwmarkInterfaceRpFilter.$eth0 u 1
wrongType fwmarkInterfaceRpFilter.$eth0 /fwmarkInterfaceRpFilter/ fwmarkInterfaceRpFilter.$eth0 s 1
wrongValue fwmarkInterfaceSrcValidMark.$eth0 /neither/ fwmarkInterfaceSrcValidMark.$eth0 i 0
wrongValue fwmarkSrcValidMarkAll.0 /neither/ fwmarkSrcValidMarkAll.0 i 3
wrongType fwmarkSrcValidMarkAll.0 /fwmarkSrcValidMarkAll/ fwmarkSrcValidMarkAll.0 s true
notWritable fwmarkInterfaceEffectiveRpFilter.$eth0 /Effective/ fwmarkInterfaceEffectiveRpFilter.$eth0 i 1
notWritable fwmarkInterfaceForwarding.$eth0 /Forwarding/ fwmarkInterfaceForwarding.$eth0 i 1
notWritable fwmarkInterfaceName.$eth0 /Name/ fwmarkInterfaceName.$eth0 s eth7
noCreation fwmarkInterfaceRpFilter.9999 /no.such/ fwmarkInterfaceRpFilter.9999 i 1
noCreation .*fwmarkInterfaceRpFilter.* /no.such/ fwmarkInterfaceRpFilter.$eth0.1 i 1
noCreation .*fwmarkRpFilterAll.* /no.such/ fwmarkRpFilterAll.1 i 1
wrongValue fwmarkInterfaceRpFilter.$ppp0 /ppp0|fwmarkInterfaceRpFilter/ fwmarkInterfaceRpFilter.$eth0 i 0 fwmarkRpFilterAll.0 i 2 fwmarkInterfaceRpFilter.$ppp0 i 3
END
settings >"$WORK/after"
expect_same "settings after the refusals" "$WORK/before" "$WORK/after"

# What fails when the kernel has taken part of it already: all of that goes back, also a number
# that the MIB has no name for.
sysctl -qw net/ipv4/conf/eth0/rp_filter=5
settings >"$WORK/before"
route=201.1.4.0.0.0.0.0.0.1
set_refused 'inconsistentValue|resourceUnavailable|commitFailed' "fwmarkRoute(Gateway|Status).$route" \
	'10\.9\.9\.9|gateway|reach' \
	"fwmarkInterfaceRpFilter.$eth0" i 1 fwmarkRpFilterAll.0 i 1 "fwmarkInterfaceSrcValidMark.$ppp0" i 2 \
	"fwmarkInterfaceSrcValidMark.$eth0" i 2 fwmarkRouteGatewayType.$route i ipv4 \
	fwmarkRouteGateway.$route x 0A090909 fwmarkRouteIfName.$route s ppp0 \
	fwmarkRouteStatus.$route i createAndGo
settings >"$WORK/after"
expect_same "settings after a SET that failed half way" "$WORK/before" "$WORK/after"

# Where nobody may write: said before anything is done.
stop_agent
mount --bind /proc/sys /proc/sys
mount -o remount,bind,ro /proc/sys
start_agent
set_refused 'resourceUnavailable' "fwmarkInterfaceRpFilter.$eth0" '[Rr]ead-only' \
	"fwmarkInterfaceRpFilter.$eth0" i 1 fwmarkFibName.202 s later fwmarkFibStatus.202 i createAndGo
