#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# snmpd goes and comes back, in every way: fwmarkd is there again within 5 s by itself, with all
# that has happened meanwhile, and says each thing once.
export ROADS=agentx
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

# Without -v: what is counted is what everybody gets to read.
quiet_agent
measure_memory

end_snmpd() {
	kill "-$1" "$SNMPD_PID"
	wait "$SNMPD_PID" 2>/dev/null || :
	SNMPD_PID=
}

# back WHAT: snmpd has just answered; fwmarkd must, 5 s later at the most.
back() {
	wait_for 5 agent_answers || fail "$1: fwmarkd is not back"
	expect_eq "$1: pid" "$first" "$AGENT_PID"
	! agent_gone || fail "$1: fwmarkd has ended"
}

# went_and_came N: that is what the log must say, and nothing else about snmpd.
went_and_came() {
	expect_eq "said: went away" "$1" "$(agent_said 'snmpd went away')"
	expect_eq "said: connected" $(($1 + 1)) "$(agent_said 'connected to snmpd')"
	expect_eq "lines about snmpd" $(($1 * 2 + 2)) "$(agent_said 'snmpd')"
}

resources() {
	find "/proc/$AGENT_PID/fd" -type l | wc -l
}

# The socket appears only long after fwmarkd has started.
topology
launch_agent
first=$AGENT_PID
sleep 4
! agent_gone || fail "fwmarkd ends without snmpd"
expect_eq "said: cannot be reached" 1 "$(agent_said 'snmpd cannot be reached: .*: No such file or directory')"
start_snmpd
back "first time"
lartc_set
expect_lartc
keep_state before
went_and_came 0

# Away for longer than several looks, while the kernel changes: nothing is missed, and nothing was
# lost that would have to be read anew.
resyncs=$(snmp_get fwmarkAgentResyncs.0)
end_snmpd TERM
seq 1 10000 | awk '{ printf "route add 10.%d.%d.%d/32 dev eth0 table 100\n", 100 + int($1 / 65536),
	int($1 / 256) % 256, $1 % 256 }' >"$WORK/add"
sed 's/$/ mtu 1400/; s/add/replace/' "$WORK/add" >"$WORK/replace"
ip -batch "$WORK/add"
ip -batch "$WORK/replace"
ip rule add pref 77 fwmark 0x77 lookup 77
sleep 4
start_snmpd
back "after several looks"
expect_eq "routes" 10000 "$(snmp_get fwmarkFibIpv4Routes.100)"
expect_eq "mtu" 1400 "$(snmp_get fwmarkRouteMtu.100.1.4.10.100.39.16.32.0.1)"
expect_eq "mark" 1 "$(snmp_get fwmarkMarkPolicies.119.4294967295)"
expect_eq "resyncs" "$resyncs" "$(snmp_get fwmarkAgentResyncs.0)"
ip route flush table 100
ip rule del pref 77
expect_state before "back after several looks"
went_and_came 1

# Killed: the socket file is left behind.
end_snmpd KILL
sleep 1.2
[ -S "$SOCKET" ] || fail "no socket is left behind"
rm -f "$SOCKET"
start_snmpd
back "after SIGKILL"
went_and_came 2

# The socket file goes: no harm while the connection lives; and snmpd makes it anew.
rm "$SOCKET"
sleep 2.2
agent_answers >/dev/null || fail "does not answer without the socket file"
went_and_came 2
end_snmpd TERM
rm -f "$SOCKET"
start_snmpd
back "after the socket file was deleted"
went_and_came 3

# While it is away, somebody else's file is in its place.
end_snmpd TERM
rm -f "$SOCKET"
: >"$SOCKET"
sleep 1.2
rm -f "$SOCKET"
start_snmpd
back "after another file in its place"
went_and_came 4

# Again and again; then nothing must grow.
n=4
again() {
	for _ in $(seq "$1"); do
		n=$((n + 1))
		end_snmpd TERM
		rm -f "$SOCKET"
		start_snmpd
		back "time $n"
	done
}
again 2
fds=$(resources)
kilobytes=$(agent_memory)
times=4
[ -z "${FWMARK_TEST_LONG:-}" ] || times=50
again $times
expect_eq "descriptors" "$fds" "$(resources)"
grown=$(($(agent_memory) - kilobytes))
[ $grown -le "$(may_grow 512)" ] || fail "grown by $grown KiB in $times times"
went_and_came $n
expect_state before "back $n times"
snmp_set fwmarkRuleDestinationPortTo.1 u 26
expect_match "rule" '--dport 25:26' "$(rule_lines iptables-legacy)"
