#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Mail goes by the cheap uplink on a router that masquerades, with the address of that uplink; the
# nat table is left alone.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

topology
for provider in fast cheap; do
	topology_serve $provider 25 80
	ip -netns $provider route del 192.168.1.0/24
done
iptables-legacy -t nat -A POSTROUTING -s 192.168.1.0/24 -o eth1 -j MASQUERADE
iptables-legacy -t nat -A POSTROUTING -s 192.168.1.0/24 -o ppp0 -j MASQUERADE
iptables-legacy-save -t nat | grep '^-A' >"$WORK/nat.before"
fresh_agent
start
expect_eq "before" "via fast from 192.0.2.2" "$(ask "$SERVER4" 25)"

lartc_set
expect_lartc
for _ in 1 2; do
	expect_eq "port 25" "via cheap from 195.96.98.254" "$(ask "$SERVER4" 25)"
	expect_eq "port 80" "via fast from 192.0.2.2" "$(ask "$SERVER4" 80)"
done
counters_agree '--dport 25' -- fwmarkRuleHCPackets.1 fwmarkRuleHCBytes.1

lartc_destroy
expect_eq "after" "via fast from 192.0.2.2" "$(ask "$SERVER4" 25)"
iptables-legacy-save -t nat | grep '^-A' >"$WORK/nat.after"
expect_same "nat" "$WORK/nat.before" "$WORK/nat.after"
