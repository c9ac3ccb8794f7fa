#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# fwmarkRuleHooks and fwmarkRuleRouting follow jumps and gotos, over several chains.
export ROADS=agentx
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"
# shellcheck source=/dev/null
. "$NETNS_DIR/rules.sh"

# Each rule marks with its number.
cat >"$WORK/rules" <<'END'
*mangle
:level1 -
:level2 -
:level3 -
:level4 -
:gone -
:twice -
:orphan -
:orphan2 -
:local -
-A PREROUTING -j MARK --set-mark 1
-A INPUT -j MARK --set-mark 2
-A FORWARD -j MARK --set-mark 3
-A OUTPUT -j MARK --set-mark 4
-A POSTROUTING -j MARK --set-mark 5
-A PREROUTING -p tcp -j level1
-A level1 -j level2
-A level2 -g level3
-A level3 -p udp -j level4
-A level1 -j MARK --set-mark 6
-A level2 -j MARK --set-mark 7
-A level3 -j MARK --set-mark 8
-A level4 -j MARK --set-mark 9
-A FORWARD -p tcp -g gone
-A gone -j MARK --set-mark 0xa
-A INPUT -j twice
-A POSTROUTING -p udp -j twice
-A twice -j MARK --set-mark 0xb
-A orphan -j MARK --set-mark 0xc
-A orphan -j orphan2
-A orphan2 -j MARK --set-mark 0xd
-A OUTPUT -j local
-A local -j level4
-A local -j MARK --set-mark 0xe
COMMIT
*raw
-A PREROUTING -j MARK --set-mark 0x11
-A OUTPUT -j MARK --set-mark 0x12
COMMIT
*nat
:both -
-A PREROUTING -j MARK --set-mark 0x21
-A INPUT -j MARK --set-mark 0x22
-A OUTPUT -j both
-A PREROUTING -j both
-A POSTROUTING -j MARK --set-mark 0x23
-A both -j MARK --set-mark 0x24
COMMIT
*filter
-A OUTPUT -j MARK --set-mark 0x31
-A FORWARD -j MARK --set-mark 0x32
COMMIT
*security
-A OUTPUT -j MARK --set-mark 0x41
COMMIT
END

# mark, hooks as BITS (prerouting 80, input 40, forward 20, output 10, postrouting 8), routing
cat >"$WORK/expected" <<'END'
1 80 1
2 40 2
3 20 2
4 10 1
5 08 2
6 80 1
7 80 1
8 80 1
9 90 1
a 20 2
b 48 2
c 00 2
d 00 2
e 10 1
11 80 1
12 10 2
21 80 1
22 40 2
23 08 2
24 90 1
31 10 2
32 20 2
41 10 2
END

iptables-legacy-restore "$WORK/rules"
ip6tables-legacy-restore "$WORK/rules"
fresh_agent
start
for type in 1 2; do
	shown_rules AddressType Mark Hooks Routing | sed -n "s/^[0-9]* $type|//p" |
		sed -e 's/["|]/ /g' -e 's/  */ /g' -e 's/^\([0-9a-f]*\) \([12]\)$/\1 00 \2/' >"$WORK/shown"
	sort "$WORK/shown" -o "$WORK/shown"
	sort "$WORK/expected" >"$WORK/want"
	expect_same "hooks and routing, address type $type" "$WORK/want" "$WORK/shown"
done

# A jump that goes takes its hook away; a rule that a manager puts into such a chain has them.
iptables-legacy -t mangle -D PREROUTING -p tcp -j level1
snmp_set fwmarkRuleMark.1 u 99 fwmarkRuleChain.1 s level4 fwmarkRuleStatus.1 i createAndGo
expect_match "fwmarkRuleHooks.1" '^"10 "$' "$(snmp_get fwmarkRuleHooks.1)"
shown fwmarkRuleRouting.1 1
iptables-legacy -t mangle -D OUTPUT -j local
expect_match "fwmarkRuleHooks.1" '^("00 "|)$' "$(snmp_get fwmarkRuleHooks.1)"
shown fwmarkRuleRouting.1 2
