#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A manager's policy that somebody else removed is not in service. The setting provisioning.reassert
# puts it back, and the log says so.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

topology
start
snmp_set fwmarkPolicyMark.1 u 1 fwmarkPolicyFibId.1 u 9 fwmarkPolicyPriority.1 u 100 \
	fwmarkPolicyStatus.1 i createAndGo \
	fwmarkPolicyAddressType.2 i ipv6 fwmarkPolicyMark.2 u 2 fwmarkPolicyFibId.2 u 9 \
	fwmarkPolicyPriority.2 u 100 fwmarkPolicyStatus.2 i createAndGo
before=$(ip rule; ip -6 rule)

there() { [ "$(ip rule; ip -6 rule)" = "$before" ]; }

# Off, as it is by default: it is said, and nothing is done.
ip rule del pref 100
ip -6 rule del pref 100
shown fwmarkPolicyStatus.1 2
shown fwmarkPolicyStatus.2 2
# It looks once a second.
sleep 2.5
shown fwmarkPolicyStatus.1 2
expect_eq "rules of priority 100" "" "$(ip rule show pref 100; ip -6 rule show pref 100)"
expect_no_match "the log" 'put back' "$(cat "$WORK/fwmarkd.log")"
# Nor does a restart put it back: the agent saw who it was.
stop_agent
start_agent
shown fwmarkPolicyStatus.1 2
shown fwmarkPolicyStatus.2 2
expect_eq "rules of priority 100" "" "$(ip rule show pref 100; ip -6 rule show pref 100)"
# A manager puts it back.
snmp_set fwmarkPolicyStatus.1 i active fwmarkPolicyStatus.2 i active
there || fail "not there after SET to active"

# A program that takes away what it did not make, as systemd-networkd does when it brings a device
# up, in the order in which the kernel lists the rules.
networkd() {
	for family in -4 -6; do
		ip $family rule | sed -n '/proto kernel/d; s/^\([1-9][0-9]*\):.*/\1/p' | grep -vx -e 32766 -e 32767 |
			while read -r pref; do ip $family rule del pref "$pref"; done
	done
}
networkd
shown fwmarkPolicyStatus.1 2
stop_agent
start_agent
shown fwmarkPolicyStatus.1 2
expect_eq "rules of priority 100" "" "$(ip rule show pref 100; ip -6 rule show pref 100)"
# The next boot begins anew; and so it goes.
stop_agent
sed -i 's/^boot = .*/boot = "another";/' "$WORK/state/state"
start_agent
there || fail "not there after a reboot"
networkd
# What nobody saw is put back when fwmarkd starts.
stop_agent
sed -i 's/^boot = .*/boot = "another";/' "$WORK/state/state"
start_agent
there || fail "not there after another reboot"
stop_agent
networkd
start_agent
there || fail "not put back at start"
networkd

stop_agent
printf 'provisioning: { reassert = true; };\n' >>"$AGENT_CONF"
start_agent
there || fail "the setting does not count at start"
: >"$WORK/fwmarkd.log"
networkd
wait_for 5 there || fail "not put back: $(ip rule; ip -6 rule)"
for round in 1 2 3; do
	ip rule del pref 100
	[ $round != 2 ] || ip -6 rule del pref 100
	wait_for 5 there || fail "not put back: $(ip rule; ip -6 rule)"
	shown fwmarkPolicyStatus.1 1
	shown fwmarkPolicyStatus.2 1
done
expect_match "the log" "managers' rows put back" "$(cat "$WORK/fwmarkd.log")"
# It is the manager's again: as long as it is there, nothing says that somebody took it away. The end
# saves what is known.
stop_agent
expect_no_match "state" 'withdrawn' "$(cat "$WORK/state/state")"
start_agent

# Those of others are not its business, nor one that a manager has taken out of service.
ip rule add pref 200 fwmark 9 lookup 9
shown fwmarkPolicyCount.0 $(($(ip rule | wc -l) + $(ip -6 rule | wc -l)))
ip rule del pref 200
snmp_set fwmarkPolicyStatus.1 i notInService
sleep 2.5
expect_eq "rules of priority 100 and 200" "" "$(ip rule show pref 100; ip rule show pref 200)"
shown fwmarkPolicyStatus.1 2
