#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A rule keeps its index when others come and go around it, when its ruleset is loaded again, when
# the agent starts again, however it ended, and after a reboot.
export ROADS=agentx
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"
# shellcheck source=/dev/null
. "$NETNS_DIR/rules.sh"

# indices: "INDEX MARK" of the rules with marks 1 to f, which are there from the beginning.
indices() {
	shown_rules Mark | grep -E ' [1-9a-f]$' | sort
}

keep() {
	indices >"$WORK/now"
	expect_same "$1" "$WORK/before" "$WORK/now"
}

cat >"$WORK/rules" <<'END'
*mangle
:user -
-A PREROUTING -p tcp -m tcp --dport 25 -j MARK --set-mark 1
-A PREROUTING -m conntrack --ctstate NEW -j MARK --set-mark 2
-A PREROUTING -m limit --limit 5/sec -j MARK --set-mark 3
-A PREROUTING -m statistic --mode random --probability 0.5 -j MARK --set-mark 4
-A PREROUTING -m hashlimit --hashlimit-upto 5/sec --hashlimit-name h1 -j MARK --set-mark 5
-A PREROUTING -m recent --set --name r1 -j MARK --set-mark 6
-A PREROUTING -m quota --quota 100000 -j MARK --set-mark 7
-A OUTPUT -m statistic --mode nth --every 3 --packet 0 -j MARK --set-mark 8
-A OUTPUT -p udp -j MARK --set-mark 9
-A OUTPUT -p udp -j MARK --set-mark 9
-A user -j MARK --set-mark 0xa
-A POSTROUTING -m string --algo bm --string foo -j CONNMARK --set-mark 0xb
COMMIT
*nat
-A OUTPUT -m owner --uid-owner 77 -j MARK --set-mark 0xc
COMMIT
END
iptables-legacy-restore "$WORK/rules"
ip6tables-legacy -t mangle -A OUTPUT -p udp -j MARK --set-mark 0xd
fresh_agent
start
snmp_set fwmarkRuleMark.15 u 14 fwmarkRuleDescription.15 s "a manager's" fwmarkRuleStatus.15 i createAndGo
indices >"$WORK/before"
expect_eq "rows" 15 "$(wc -l <"$WORK/before")"
expect_eq "two rules that are equal have two rows" 2 "$(grep -c ' 9$' "$WORK/before")"
expect_match "a manager's" '^15 e$' "$(cat "$WORK/before")"

iptables-legacy -t mangle -I PREROUTING -j MARK --set-mark 0x99
iptables-legacy -t mangle -I OUTPUT 2 -p tcp -j MARK --set-mark 0x98
iptables-legacy -t raw -A OUTPUT -p tcp -j MARK --set-mark 0x97
iptables-legacy -t mangle -A PREROUTING -j MARK --set-mark 0x96
keep "others inserted"
iptables-legacy -t mangle -D PREROUTING 1
keep "one deleted"
iptables-legacy -t mangle -D PREROUTING -m conntrack --ctstate NEW -j MARK --set-mark 2
iptables-legacy -t mangle -A PREROUTING -m conntrack --ctstate NEW -j MARK --set-mark 2
keep "reordered"
iptables-legacy -t mangle -D PREROUTING -m conntrack --ctstate NEW -j MARK --set-mark 2
shown fwmarkRuleCount.0 17
iptables-legacy -t mangle -I PREROUTING -m conntrack --ctstate NEW -j MARK --set-mark 2
keep "gone and back"
pings 20
iptables-legacy-save -c >"$WORK/with"
iptables-legacy-restore -c <"$WORK/with"
keep "restored with counters"
iptables-legacy-save >"$WORK/without"
iptables-legacy-restore <"$WORK/without"
ip6tables-legacy-save >"$WORK/without6"
keep "restored without counters"

# Whatever a rule matches: it is what iptables-legacy-save says that counts, not the kernel's bytes,
# which are other ones after a reload.
indices_by_text() {
	shown_rules AddressType TableName Text | sort
}
load_corpus 4
load_corpus 6
for save in iptables-legacy-save ip6tables-legacy-save; do
	$save >"$WORK/$save.first"
done
indices_by_text >"$WORK/before.all"
iptables-legacy-restore <"$WORK/iptables-legacy-save.first"
ip6tables-legacy-restore <"$WORK/ip6tables-legacy-save.first"
indices_by_text >"$WORK/now"
expect_same "the corpus restored" "$WORK/before.all" "$WORK/now"
for table in raw nat filter security; do
	iptables-legacy -t $table -F
	ip6tables-legacy -t $table -F
done
iptables-legacy-restore <"$WORK/without"
iptables-legacy -t mangle -A PREROUTING -j MARK --set-mark 0x94
ip6tables-legacy-restore <"$WORK/without6"
keep "a ruleset that was loaded before"

# On disk soon after they were given, not only at the end.
iptables-legacy -t mangle -A FORWARD -j MARK --set-mark 0xf
indices >"$WORK/before"
expect_eq "rows" 16 "$(wc -l <"$WORK/before")"
index=$(row_of fwmarkRuleMark 'f$')
wait_for 3 grep -q "[ ,]$index""L," "$WORK/state/indices" || fail "the index is not on disk"
kill_agent
iptables-legacy -t mangle -I FORWARD -p tcp -j MARK --set-mark 0x95
iptables-legacy -t mangle -D PREROUTING -p tcp -m tcp --dport 25 -j MARK --set-mark 1
iptables-legacy -t mangle -A PREROUTING -p tcp -m tcp --dport 25 -j MARK --set-mark 1
start_agent
keep "SIGKILL and start"
stop_agent
start_agent
keep "SIGTERM and start"

# One of two rules that are equal goes: the other stays what it was.
other=$(grep ' 9$' "$WORK/before" | cut -d' ' -f1 | paste -sd' ')
iptables-legacy -t mangle -D OUTPUT -p udp -j MARK --set-mark 9
expect_match "the other one" "^(${other% *}|${other#* }) 9\$" "$(indices)"
iptables-legacy -t mangle -A OUTPUT -p udp -j MARK --set-mark 9
keep "both of them again"

# A reboot: another network, the same state directory, the rules loaded in another order.
iptables-legacy-save >"$WORK/saved"
stop_agent
stop_snmpd
new_network reboot
sed -n '/^\*mangle/,/^COMMIT/p' "$WORK/saved" | grep -v '^-A.*fwmark:15' >"$WORK/mangle"
{
	grep -v -e '^-A' -e '^COMMIT' "$WORK/mangle"
	grep '^-A' "$WORK/mangle" | tac
	echo COMMIT
	sed -n '/^\*nat/,/^COMMIT/p' "$WORK/saved"
} | ip netns exec reboot iptables-legacy-restore
ip netns exec reboot ip6tables-legacy -t mangle -A OUTPUT -p udp -j MARK --set-mark 0xd
export AGENT_WRAPPER="ip netns exec reboot"
# It is started in the background: exec, so that $! is snmpd, whose network listens() looks at.
snmpd() {
	exec ip netns exec reboot snmpd "$@"
}
without_client
for tool in snmpget snmpbulkwalk snmpset; do
	eval "$tool() { ip netns exec reboot $tool \"\$@\"; }"
done
start
keep "reboot"
kill_agent

# The state is lost: a manager's rule still says which one it is.
rm -r "$WORK/state"
start_agent
shown fwmarkRuleMark.15 e
shown fwmarkRuleDescription.15 "a manager's"
shown fwmarkRuleOrigin.15 2
shown fwmarkRuleStorageType.15 3
snmp_set fwmarkRuleMark.15 u 30
shown fwmarkRuleMark.15 1e
