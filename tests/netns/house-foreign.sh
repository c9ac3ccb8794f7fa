#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# provisioning.foreign: what others put into the kernel can be changed, moved and destroyed. It stays
# theirs: nothing of it is kept, and its index is what it was.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

topology
for port in 25 26 27 27; do
	iptables-legacy -t mangle -A PREROUTING -c $port 1000 -i eth0 -p tcp --dport $port \
		-m comment --comment "theirs $port" -j MARK --set-mark 5
done
iptables-legacy -t mangle -A OUTPUT -d 192.0.2.9 -j MARK --or-mark 0x100
ip6tables-legacy -t mangle -A OUTPUT -p udp --dport 9 -j MARK --set-xmark 0x80/0xf0
ip rule add pref 100 fwmark 5 lookup 77
ip rule add pref 100 fwmark 6 lookup 77
ip -6 rule add pref 200 fwmark 7/0xff lookup 78 protocol static
ip route add table 77 default via "$CHEAP4" mtu 1400 proto static
ip route add table 77 10.9.0.0/16 nexthop via "$CHEAP4" weight 3 nexthop dev eth0 weight 5
ip route add 10.10.0.0/16 dev eth0
tunnel=77.1.4.10.11.0.0.16.0.1
if ! ip route add table 77 10.11.0.0/16 encap ip id 7 dst 192.0.2.2 dev eth0; then
	echo "no encapsulations here" # another one that is not open stands for it
	tunnel=254.1.4.10.10.0.0.16.0.1
else
	ip route add table 77 10.12.0.0/16 nexthop encap ip id 8 dst 192.0.2.3 dev eth0 nexthop dev ppp0
	ip route replace table 77 10.13.0.0/16 encap ip id 9 dst 192.0.2.4 dev eth0 proto 161
fi
start

rule=$(row_of fwmarkRuleText 'dport 25')
other=$(row_of fwmarkRuleText 'dport 26')
twins=$(snmp_walk fwmarkRuleText | sed -n 's/^fwmarkRuleText\.\([0-9]*\) = .*dport 27.*/\1/p')
twin=$(printf '%s\n' "$twins" | sed -n 1p)
twin2=$(printf '%s\n' "$twins" | sed -n 2p)
out=$(row_of fwmarkRuleText 'OUTPUT -d')
rule6=$(row_of fwmarkRuleText 'OUTPUT -p udp')
policy=$(row_of fwmarkPolicyText 'fwmark 0x5 ')
policy2=$(row_of fwmarkPolicyText 'fwmark 0x6 ')
policy6=$(row_of fwmarkPolicyText 'fwmark 0x7/0xff')
builtin=$(row_of fwmarkPolicyText 'lookup main')
route=77.1.4.0.0.0.0.0.0.1
hops=77.1.4.10.9.0.0.16.0.1
main=254.1.4.10.10.0.0.16.0.1
ends=79.2.16.32.1.13.184.0.9.0.0.0.0.0.0.0.0.0.0.48.1024.1
indices() { echo "rules $rule $other $twin $twin2 $out $rule6, policies $policy $policy2 $policy6"; }
export rule other twin twin2 out rule6 policy policy2 policy6 builtin route hops main tunnel

# What no column holds is in the text.
for n in 11 12; do
	text=$(ip -o route show table 77 10.$n.0.0/16 | sed 's/ *$//')
	[ ! "$text" ] || shown fwmarkRouteText.77.1.4.10.$n.0.0.16.0.1 "$text"
done
set_refused notWritable "fwmarkRuleMark.$rule" 'provisioning\.foreign' "fwmarkRuleMark.$rule" u 6
set_refused 'notWritable|inconsistentValue' "fwmarkNextHopStatus.$hops.3" '.' \
	"fwmarkNextHopIfName.$hops.3" s ppp0 "fwmarkNextHopStatus.$hops.3" i createAndGo
reload_agent 'provisioning: { foreign = true; };'
shown "fwmarkRuleStorageType.$rule" 1
shown "fwmarkPolicyStorageType.$policy" 1
shown "fwmarkRouteStorageType.$route" 1

# What is not to be had all the same.
refusals <<'END'
inconsistentValue fwmarkRuleStatus.$rule /somebody else/ fwmarkRuleStatus.$rule i notInService
inconsistentValue fwmarkPolicyStatus.$policy /somebody else/ fwmarkPolicyStatus.$policy i notInService
inconsistentValue fwmarkRouteStatus.$route /somebody else/ fwmarkRouteStatus.$route i notInService
inconsistentValue fwmarkRuleStorageType.$rule /somebody else/ fwmarkRuleStorageType.$rule i nonVolatile
inconsistentValue fwmarkPolicyDescription.$policy /no place/ fwmarkPolicyDescription.$policy s mine
inconsistentValue fwmarkRuleStatus.$rule /exists/ fwmarkRuleStatus.$rule i createAndGo
inconsistentValue fwmarkRuleChain.$rule /there is no NOPE/ fwmarkRuleChain.$rule s NOPE
notWritable fwmarkPolicyStatus.$builtin /provisioning.main_tables/ fwmarkPolicyStatus.$builtin i destroy
notWritable fwmarkRouteStatus.$main /provisioning.main_tables/ fwmarkRouteStatus.$main i destroy
notWritable fwmarkRouteMtu.$main /provisioning.main_tables/ fwmarkRouteMtu.$main u 1400
notWritable fwmarkRouteStatus.$tunnel /encapsulation|main_tables/ fwmarkRouteStatus.$tunnel i destroy
notWritable fwmarkRouteMtu.$tunnel /encapsulation|main_tables/ fwmarkRouteMtu.$tunnel u 1400
notWritable fwmarkNextHopWeight.$tunnel.1 /encapsulation|main_tables/ fwmarkNextHopWeight.$tunnel.1 u 2
notWritable fwmarkFibName.254 /file/ fwmarkFibName.254 s mine
END

# as_they_are LINES: the rules of PREROUTING, each "PORT MARK".
as_they_are() {
	expect_eq "PREROUTING" "$1" "$(iptables-legacy -t mangle -S PREROUTING |
		sed -n 's/.*--dport \([0-9]*\) .*--set-xmark \([0-9a-fx]*\).*/\1 \2/p' | tr '\n' ' ')"
}
# kept: the indices are what they were, the rows foreign, and nothing is in the state file.
kept() {
	expect_eq "origins: $(indices)" "1 1 1 1 1 1 1 1 1" "$(snmp_get \
		"fwmarkRuleOrigin.$rule" "fwmarkRuleOrigin.$other" "fwmarkRuleOrigin.$twin" \
		"fwmarkRuleOrigin.$twin2" "fwmarkRuleOrigin.$out" "fwmarkRuleOrigin.$rule6" \
		"fwmarkPolicyOrigin.$policy" "fwmarkPolicyOrigin.$policy2" \
		"fwmarkPolicyOrigin.$policy6" | paste -sd' ')"
	expect_no_match "the state file" 'index =|fibId =' "$(cat "$WORK/state/state")"
	shown fwmarkRuleCount.0 6
}

# Of several routes of one key, one that was deleted is put back beside the others.
ip route add 10.9.9.0/24 dev ppp0 table 79
ip route append 10.9.9.0/24 dev eth1 table 79
ip route append 10.9.9.0/24 dev eth0 table 79
ip route show table 79 >"$WORK/several"
mkdir "$WORK/state/state.new"
for i in 1 3 2; do
	! snmp snmpset fwmarkRouteStatus.79.1.4.10.9.9.0.24.0.$i i destroy >"$WORK/set" 2>&1 ||
		fail "the state was saved"
	expect_match "instance $i" 'Reason: resourceUnavailable' "$(cat "$WORK/set")"
	ip route show table 79 >"$WORK/several.now"
	[ $i != 2 ] || { sort -o "$WORK/several" "$WORK/several" && sort -o "$WORK/several.now" "$WORK/several.now"; }
	expect_same "instance $i" "$WORK/several" "$WORK/several.now"
done

# A route that expires does so still: when it was changed, and when it was put back.
ip -6 route add 2001:db8:9::/48 dev eth0 expires 900 table 79
# expires WORDS: the route, with these words behind its lifetime, in the kernel and in the text.
expires() {
	text=$(snmp_get "fwmarkRouteText.$ends")
	expect_match "text" "^2001:db8:9::/48 dev eth0 metric 1024 expires (900|8[0-9]*)sec ${1}pref medium" "$text"
	expect_eq "text" "$(ip -o -6 route show table 79 | sed 's/expires [0-9]*/expires N/; s/ *$//')" \
		"$(printf '%s\n' "$text" | sed 's/expires [0-9]*/expires N/')"
}
expires ''
for change in "Mtu.$ends u 1400" "Status.$ends i destroy"; do
	# shellcheck disable=SC2086 # words
	! snmp snmpset fwmarkRoute$change >"$WORK/set" 2>&1 || fail "the state was saved"
	expect_match "$change" 'Reason: resourceUnavailable' "$(cat "$WORK/set")"
	expires ''
done
rmdir "$WORK/state/state.new"
snmp_set "fwmarkRouteMtu.$ends" u 1400
expires 'mtu 1400 '
ip route flush table 79
ip -6 route flush table 79

# A SET that is undone in its last step: nothing has changed.
mkdir "$WORK/state/state.new"
set_refused resourceUnavailable '.*' 'saving the state' \
	"fwmarkRuleMark.$rule" u 9 "fwmarkRuleDescription.$other" s mine \
	"fwmarkRulePosition.$twin2" u 1 "fwmarkRuleStatus.$rule6" i destroy \
	"fwmarkPolicyMark.$policy" u 9 "fwmarkPolicyStatus.$policy6" i destroy \
	"fwmarkRouteMtu.$route" u 1300 "fwmarkNextHopWeight.$hops.1" u 9
rmdir "$WORK/state/state.new"
kept

# Columns, of several rows in one SET. Counters go on where only the place or the comment is new.
shown fwmarkMarkPackets.5.4294967295 $((25 + 26 + 27 + 27))
discontinuity=$(snmp_get "fwmarkRuleDiscontinuityTime.$rule" "fwmarkRuleDiscontinuityTime.$other")
snmp_set "fwmarkRuleMark.$rule" u 9 "fwmarkRuleDescription.$other" s mine \
	"fwmarkRuleMask.$rule6" u $((0xff)) "fwmarkPolicyMark.$policy" u 9 \
	"fwmarkPolicyFibId.$policy6" u 79 "fwmarkRouteMtu.$route" u 1300 \
	"fwmarkNextHopWeight.$hops.1" u 9
as_they_are "25 0x9 26 0x5 27 0x5 27 0x5 "
shown "fwmarkRuleMark.$rule" 9
shown "fwmarkRulePackets.$rule" 0
shown "fwmarkRulePackets.$other" 26
shown fwmarkMarkPackets.5.4294967295 $((25 + 26 + 27 + 27))
shown fwmarkMarkPackets.9.4294967295 0
now=$(snmp_get "fwmarkRuleDiscontinuityTime.$rule" "fwmarkRuleDiscontinuityTime.$other")
expect_eq "time of no discontinuity" "${discontinuity#*
}" "${now#*
}"
[ "${discontinuity%%
*}" != "${now%%
*}" ] || fail "a discontinuity has no time"
shown "fwmarkRuleDescription.$rule" "theirs 25"
shown "fwmarkRuleDescription.$other" mine
expect_match "comment" '--dport 26 .*--comment "?mine"? ' "$(iptables-legacy-save -t mangle)"
expect_match "ip6tables" '--set-xmark 0x80/0xff$' "$(ip6tables-legacy-save -t mangle)"
expect_match "ip rule" '^100:[[:space:]]from all fwmark 0x9 lookup 77' "$(ip rule)"
expect_match "ip -6 rule" '^200:[[:space:]]from all fwmark 0x7/0xff lookup 79 proto static' "$(ip -6 rule)"
expect_match "table 77" "^default via $CHEAP4 dev ppp0 proto static mtu 1300" "$(ip route show table 77)"
expect_match "table 77" 'weight 9' "$(ip route show table 77)"
expect_match "table 77" 'dev eth0 weight 5' "$(ip route show table 77)"
kept

# With another comment it is another rule to whoever was killed before he had read it.
snmp_set "fwmarkRuleDescription.$other" s "mine alone"
kill_agent
start_agent
shown "fwmarkRulePackets.$other" 26
shown fwmarkMarkPackets.5.4294967295 $((25 + 26 + 27 + 27))
snmp_set "fwmarkRuleDescription.$other" s mine
kept

# A move keeps the counters, and which of two equals it is; another mark begins anew.
snmp_set "fwmarkRulePosition.$twin2" u 1
as_they_are "27 0x5 25 0x9 26 0x5 27 0x5 "
snmp_set "fwmarkRuleMark.$twin" u 11
kept
shown "fwmarkRuleMark.$twin2" 5
shown "fwmarkRulePackets.$twin2" 27
shown fwmarkMarkPackets.5.4294967295 $((25 + 26 + 27 + 27))
shown "fwmarkRuleMark.$twin" b
as_they_are "$(if [ "$(snmp_get "fwmarkRulePosition.$twin")" = 1 ]; then
	echo "27 0xb 25 0x9 26 0x5 27 0x5 "; else echo "27 0x5 25 0x9 26 0x5 27 0xb "; fi)"

# What the house does not allow is not open either: rules that managers could not have made.
reload_agent 'provisioning: { foreign = true; chains = ("OUTPUT"); mark_mask = 0xff; tables = (78); };'
refusals <<'END'
notWritable fwmarkRuleStatus.$rule /provisioning.chains does not allow PREROUTING/ fwmarkRuleStatus.$rule i destroy
notWritable fwmarkRuleMark.$rule /provisioning.chains does not allow PREROUTING/ fwmarkRuleMark.$rule u 1
notWritable fwmarkRuleStatus.$out /provisioning.mark_mask .* 0x00000100/ fwmarkRuleStatus.$out i destroy
inconsistentValue fwmarkRuleMask.$rule6 /provisioning.mark_mask .* 0x00000100/ fwmarkRuleMask.$rule6 u $((0x1ff))
inconsistentValue fwmarkRuleChain.$rule6 /provisioning.chains/ fwmarkRuleChain.$rule6 s INPUT
notWritable fwmarkRouteStatus.$route /provisioning.tables/ fwmarkRouteStatus.$route i destroy
END

# After a restart they are theirs still, with their indices.
stop_agent
{ agent_conf; echo 'provisioning: { foreign = true; max_rows = 0; };'; } >"$AGENT_CONF"
start_agent
kept
snmp_set "fwmarkRuleStatus.$rule" i destroy "fwmarkRuleStatus.$rule6" i destroy \
	"fwmarkPolicyStatus.$policy" i destroy "fwmarkPolicyStatus.$policy6" i destroy \
	"fwmarkRouteStatus.$route" i destroy "fwmarkRouteStatus.$hops" i destroy
expect_no_match "mangle" 'dport 25' "$(iptables-legacy-save -t mangle)"
expect_no_match "mangle" 'dport 9' "$(ip6tables-legacy-save -t mangle)"
expect_no_match "ip rule" 'fwmark 0x9' "$(ip rule)"
expect_match "ip rule" 'fwmark 0x6' "$(ip rule)"
expect_no_match "ip -6 rule" 'fwmark' "$(ip -6 rule)"
expect_no_match "table 77" '^(default|10\.9\.)' "$(ip route show table 77)"

# With main_tables the system's own are open, too.
reload_agent 'provisioning: { foreign = true; main_tables = true; };'
snmp_set "fwmarkRouteStatus.$main" i destroy
expect_no_match "main" '10\.10\.' "$(ip route)"
reload_agent
shown "fwmarkRuleStorageType.$out" 5
set_refused notWritable "fwmarkRuleStatus.$out" 'provisioning\.foreign' "fwmarkRuleStatus.$out" i destroy
