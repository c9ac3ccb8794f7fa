#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The rule sets of wg-quick, kube-proxy, mwan3 and Docker swarm: shown as they are saved, and copied
# from their columns.
export ROADS=agentx
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"
# shellcheck source=/dev/null
. "$NETNS_DIR/rules.sh"

wg_quick() {
	cat <<-'END'
		*raw
		-I PREROUTING ! -i wg0 -d 10.2.0.2 -m addrtype ! --src-type LOCAL -j DROP -m comment --comment "wg-quick(8) rule for wg0"
		COMMIT
		*mangle
		-I POSTROUTING -m mark --mark 51820 -p udp -j CONNMARK --save-mark -m comment --comment "wg-quick(8) rule for wg0"
		-I PREROUTING -p udp -j CONNMARK --restore-mark -m comment --comment "wg-quick(8) rule for wg0"
		COMMIT
	END
}

kube_proxy() {
	cat <<-'END'
		*mangle
		:KUBE-IPTABLES-HINT -
		COMMIT
		*nat
		:KUBE-SERVICES -
		:KUBE-POSTROUTING -
		:KUBE-MARK-MASQ -
		:KUBE-SVC-TCOU7JCQXEZGVUNU -
		-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
		-A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
		-A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING
		-A KUBE-MARK-MASQ -j MARK --or-mark 0x00004000
		-A KUBE-POSTROUTING -m mark ! --mark 0x00004000/0x00004000 -j RETURN
		-A KUBE-POSTROUTING -j MARK --xor-mark 0x00004000
		-A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully
		-A KUBE-SERVICES -d 10.96.0.10/32 -p udp -m comment --comment "kube-system/kube-dns:dns cluster IP" -m udp --dport 53 -j KUBE-SVC-TCOU7JCQXEZGVUNU
		-A KUBE-SVC-TCOU7JCQXEZGVUNU ! -s 10.244.0.0/16 -d 10.96.0.10/32 -p udp -m comment --comment "kube-system/kube-dns:dns cluster IP" -m udp --dport 53 -j KUBE-MARK-MASQ
		COMMIT
		*filter
		:KUBE-FIREWALL -
		:KUBE-MARK-DROP -
		-A INPUT -j KUBE-FIREWALL
		-A KUBE-FIREWALL -m comment --comment "kubernetes firewall for dropping marked packets" -m mark --mark 0x00008000/0x00008000 -j DROP
		-A KUBE-MARK-DROP -j MARK --or-mark 0x8000
		COMMIT
	END
}

# $1: the matches of a sticky rule, where there is ipset.
mwan3() {
	cat <<-END
		*mangle
		:mwan3_hook -
		:mwan3_ifaces_in -
		:mwan3_iface_in_wan -
		:mwan3_connected_ipv4 -
		:mwan3_rules -
		:mwan3_policy_balanced -
		-A PREROUTING -j mwan3_hook
		-A OUTPUT -j mwan3_hook
		-A mwan3_hook -m mark --mark 0x0/0x3f00 -j CONNMARK --restore-mark --nfmask 0x3f00 --ctmask 0x3f00
		-A mwan3_hook -m mark --mark 0x0/0x3f00 -j mwan3_ifaces_in
		-A mwan3_hook -m mark --mark 0x0/0x3f00 -j mwan3_connected_ipv4
		-A mwan3_hook -m mark --mark 0x0/0x3f00 -j mwan3_rules
		-A mwan3_hook -j CONNMARK --save-mark --nfmask 0x3f00 --ctmask 0x3f00
		-A mwan3_hook -m mark ! --mark 0x3f00/0x3f00 -j mwan3_connected_ipv4
		-A mwan3_ifaces_in -m mark --mark 0x0/0x3f00 -j mwan3_iface_in_wan
		-A mwan3_iface_in_wan -i eth1 -m mark --mark 0x0/0x3f00 -m comment --comment "wan" -j MARK --set-xmark 0x100/0x3f00
		-A mwan3_connected_ipv4 $1 -j MARK --set-xmark 0x3f00/0x3f00
		-A mwan3_rules -p tcp -m multiport --sports 0:65535 -m multiport --dports 443 -m mark --mark 0/0x3f00 -m comment --comment "https" -j mwan3_policy_balanced
		-A mwan3_policy_balanced -m mark --mark 0x0/0x3f00 -m statistic --mode random --probability 0.400 -m comment --comment "wan 2 5" -j MARK --set-xmark 0x100/0x3f00
		-A mwan3_policy_balanced -m mark --mark 0x0/0x3f00 -m comment --comment "wanb 3 3" -j MARK --set-xmark 0x200/0x3f00
		COMMIT
	END
}

docker_swarm() {
	cat <<-'END'
		*mangle
		-A INPUT -d 10.0.0.5/32 -j MARK --set-mark 257
		-A PREROUTING -p tcp --dport 8000 -j MARK --set-mark 0x102
		-A PREROUTING -p tcp --dport 8000 -j MARK --set-mark 0x103
		COMMIT
		*nat
		-A POSTROUTING -d 10.0.0.0/24 -m addrtype --dst-type LOCAL -j MARK --set-mark 1
		COMMIT
	END
}

if ipset create mwan3_connected_ipv4 hash:net 2>/dev/null; then
	set='-m set --match-set mwan3_connected_ipv4 dst'
else
	set='-d 192.168.0.0/16'
fi

fresh_agent
start
first=1
for rules in wg_quick kube_proxy mwan3 docker_swarm; do
	$rules "$set" >"$WORK/$rules"
	iptables-legacy-restore <"$WORK/$rules" || fail "$rules: iptables-legacy-restore"
	saved_rules iptables | LC_ALL=C sort >"$WORK/saved"
	snmp_walk fwmarkRuleText | sed 's/^[^=]* = //' | LC_ALL=C sort >"$WORK/shown"
	expect_same "$rules: the lines of iptables-legacy-save" "$WORK/saved" "$WORK/shown"
	case $rules in
	kube_proxy)
		masq=$(row_of fwmarkRuleText 'KUBE-MARK-MASQ.*0x4000')
		expect_eq "KUBE-MARK-MASQ" "nat 4000 4000 1" "$(snmp_get "fwmarkRuleTableName.$masq" \
			"fwmarkRuleMark.$masq" "fwmarkRuleMask.$masq" "fwmarkRuleRouting.$masq" | paste -sd' ')"
		;;
	mwan3)
		wan=$(row_of fwmarkRuleDescription 'wan 2 5')
		expect_eq "mwan3's policy" "100 3f00 1 3f00" "$(snmp_get "fwmarkRuleMark.$wan" \
			"fwmarkRuleMask.$wan" "fwmarkRuleRouting.$wan" "fwmarkRuleMatchMask.$wan" | paste -sd' ')"
		;;
	esac
	copy_rules $first
	expect_copies
	expect_eq "$rules: copies" "$(wc -l <"$WORK/saved")" "$(wc -l <"$WORK/copied")"
	while read -r copy from; do
		echo "fwmarkRuleStatus.$copy i destroy"
		: "$from"
	done <"$WORK/copied" >"$WORK/destroy"
	# shellcheck disable=SC2046 # words
	snmp_set $(cat "$WORK/destroy")
	saved_rules iptables | LC_ALL=C sort >"$WORK/now"
	expect_same "$rules: the copies destroyed" "$WORK/saved" "$WORK/now"
	first=$((first + 100))
	for table in raw mangle nat filter; do
		iptables-legacy -t $table -F
		iptables-legacy -t $table -X
	done
done
