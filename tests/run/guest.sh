#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# guest.sh tests|systemd: what the stage `kernels` does in the emulator; see kernels.sh. Each line of
# /guest/results is "pass NAME" or "FAIL NAME"; /guest/log.N is what the Nth of them printed. The last
# one is "end".
set -u

# A tenth of the speed, at best: deadlines of tests are multiplied by this.
export FWMARK_SLOW=10
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8
here=$(cd "$(dirname "$0")/../.." && pwd)
cd "$here" || exit

# try NAME COMMAND...
try() {
	local name="$1" number started
	shift
	started=$(date +%s)
	number=$(($(grep -c . /guest/results) + 1))
	if "$@" >"/guest/log.$number" 2>&1 </dev/null; then
		echo "pass $name ($(($(date +%s) - started)) s)"
	else
		echo "FAIL $name"
	fi >>/guest/results
}

# --- tests: as the only program, with nothing of systemd ---

# An area each: rules, routes, what others change, meters, a SET that is cut off; of those that an
# emulator does within a minute or two.
TESTS="rules-hooks change-rows routes-return live meters-connmark kill-sets"

not_loaded() {
	! grep '^ip6*_tables ' /proc/modules
}

one_test() {
	FWMARKD=/usr/sbin/fwmarkd FWMARK_ROAD=agentx FWMARK_TEST_SECONDS=900 FWMARK_KILLS=5 \
		sh tests/with-limit sh "tests/netns/$1.sh"
}

mode_tests() {
	try "legacy tables are modules that nobody has loaded" not_loaded
	try "conf/demo.sh" env FWMARKD=/usr/sbin/fwmarkd conf/demo.sh
	for test in $TESTS; do
		try "$test" one_test "$test"
	done
	echo end >>/guest/results
	sync
	echo 1 >/proc/sys/kernel/sysrq
	echo o >/proc/sysrq-trigger
	sleep 60
}

# --- systemd: everything as it is installed ---

# snmp TOOL ARGUMENT...: as README.md has it.
snmp() {
	local tool="$1"
	shift
	"$tool" -v3 -l authPriv -u fwmark-writer -a SHA-256 -A AUTHENTICATION -x AES -X ENCRYPTION -t 30 \
		-r 0 -M -/usr/share/snmp/mibs/compat -m FWMARK-MIB localhost "$@"
}

answers() {
	local tries=0
	until snmp snmpget fwmarkAgentUpTime.0; do
		tries=$((tries + 1))
		[ $tries -lt 60 ] || return
		sleep 1
	done
}

since_boot() {
	systemctl show -P ActiveEnterTimestampMonotonic "$1"
}

before_the_network() {
	systemctl is-active fwmarkd network-pre.target &&
		[ "$(since_boot fwmarkd)" -le "$(since_boot network-pre.target)" ]
}

no_complaints() {
	! journalctl -b | grep -i 'ordering cycle\|fwmarkd.*\(permission denied\|not permitted\|not put back\)'
}

is_there() {
	iptables-legacy-save -t mangle | grep 'fwmark:1.*0x1/' &&
		ip6tables-legacy-save -t mangle | grep 'fwmark:2.*0x2/' &&
		ip rule | grep 'fwmark 0x1 lookup mail.out proto fwmarkd' &&
		ip route show table mail.out | grep '^blackhole default'
}

set_and_get() {
	snmp snmpset fwmarkFibName.201 s mail.out fwmarkFibStatus.201 i createAndGo \
		fwmarkRouteType.201.1.4.0.0.0.0.0.0.1 i blackhole \
		fwmarkRouteStatus.201.1.4.0.0.0.0.0.0.1 i createAndGo \
		fwmarkPolicyMark.1 u 1 fwmarkPolicyFibId.1 u 201 fwmarkPolicyStatus.1 i createAndGo \
		fwmarkRuleProtocol.1 u 6 fwmarkRuleDestinationPortFrom.1 u 25 \
		fwmarkRuleDestinationPortTo.1 u 25 fwmarkRuleMark.1 u 1 fwmarkRuleStatus.1 i createAndGo \
		fwmarkRuleAddressType.2 i ipv6 fwmarkRuleMark.2 u 2 fwmarkRuleStatus.2 i createAndGo ||
		{ snmp snmpget fwmarkAgentLastError.0; return 1; }
	is_there && snmp snmpget fwmarkRuleText.1 | grep 'dport 25' &&
		snmp snmpget fwmarkMarkMeter.1.4294967295
}

reload() {
	systemctl reload fwmarkd && answers &&
		timeout 60 sh -c "until journalctl -b -u fwmarkd | grep 'settings read anew'; do sleep 1; done"
}

restart() {
	systemctl restart fwmarkd && answers && is_there
}

stop() {
	systemctl stop fwmarkd && ! systemctl is-active fwmarkd && ! systemctl is-failed fwmarkd && is_there &&
		systemctl start fwmarkd && answers
}

mode_systemd() {
	if ! [ -e /guest/rebooted ]; then
		try "the units have started both" answers
		try "fwmarkd is ready before the network" before_the_network
		try "SET and GET by SNMPv3" set_and_get
		try "systemctl reload" reload
		try "systemctl restart" restart
		try "systemctl stop, start" stop
		try "systemd-analyze security" systemd-analyze security --threshold=20 fwmarkd
		try "nobody complains" no_complaints
		: >/guest/rebooted
		systemctl --no-block reboot
	else
		try "after a reboot rows are back before the network" before_the_network
		try "after a reboot rows are back in the kernel" is_there
		try "after a reboot both answer" answers
		try "after a reboot nobody complains" no_complaints
		echo end >>/guest/results
		systemctl --no-block poweroff
	fi
}

"mode_$1"
