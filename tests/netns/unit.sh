#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# conf/fwmarkd.service: as that user, with those capabilities, in a file system that is read-only
# but for what it names, everything works; no system call is made that it forbids, no socket is
# opened of a family that it forbids, and no program is run.
#
# There is no systemd to try it with: what the unit says is read from it and brought about here,
# and what fwmarkd does is watched.
# shellcheck disable=SC2034 # what is set here is for programs.sh
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"
# shellcheck source=/dev/null
. "$NETNS_DIR/user.sh"

for tool in strace systemd-analyze; do
	command -v $tool >/dev/null || skip "no $tool"
done
make_user

# unit SETTING: its values, all of them.
unit() {
	sed -n "s/^$1=//p" "$TOP_SRCDIR/conf/fwmarkd.service.in"
}

# capabilities SETTING: as setpriv has them.
capabilities() {
	echo "-all,$(unit "$1" | tr ' ' '\n' | sed 's/^CAP_/+/' | tr 'A-Z\n' 'a-z,')" | sed 's/,$//'
}

sed -e 's|@sbindir@|/usr/sbin|' -e 's|@sysconfdir@|/etc|' "$TOP_SRCDIR/conf/fwmarkd.service.in" \
	>"$WORK/fwmarkd.service"
systemd-analyze security --offline=true --threshold=20 "$WORK/fwmarkd.service" >"$WORK/security" ||
	fail "the unit is more open than 2.0: $(tail -n 1 "$WORK/security")"

# sandbox COMMAND...: runs it as the unit would.
cat >"$WORK/bin/sandbox" <<-END
	#!/bin/sh
	set -e
	# On top of what is writable, so that it stays so.
	for path in /var/lib/$(unit StateDirectory) $(unit ReadWritePaths | paste -sd' ') "$WORK"; do
		mount --bind "\$path" "\$path"
		writable="\$writable \$path "
	done
	mount --bind /proc/sys /proc/sys
	mount --bind /proc/sys/net/ipv4/conf /proc/sys/net/ipv4/conf
	while read -r _ path _; do
		case "\$writable" in
		*" \$path "*) ;;
		*) [ "\$path" = /proc ] || mount -o remount,bind,ro "\$path" ;;
		esac
	done </proc/self/mounts
	exec setpriv --reuid="$(unit User)" --regid="$(unit Group)" --init-groups \\
		--inh-caps="$(capabilities AmbientCapabilities)" \\
		--ambient-caps="$(capabilities AmbientCapabilities)" \\
		--bounding-set="$(capabilities CapabilityBoundingSet)" --no-new-privs "\$@"
END
chmod 755 "$WORK/bin/sandbox"

# start_in_unit: starts fwmarkd in it, watched; its system calls go to a file of their own.
runs=0
start_in_unit() {
	runs=$((runs + 1))
	AGENT_WRAPPER="env NOTIFY_SOCKET=$WORK/notify strace -D -f -qq -s 0 -o $WORK/strace.$runs unshare --mount $WORK/bin/sandbox"
	start_agent
}

# A tracer has room for one only.
export ASAN_OPTIONS="$ASAN_OPTIONS:detect_leaks=0"
[ "$FWMARK_ROAD" = agentx ] || SNMP_HOST=udp:127.0.0.1:1161
echo >"$AGENT_CONF"
[ "$FWMARK_ROAD" = agentx ] ||
	printf 'standalone: { snmp_conf = "%s"; };\n' "$WORK/access.conf" >"$AGENT_CONF"
install -d -o fwmarkd -g fwmarkd -m "$(unit StateDirectoryMode)" "/var/lib/$(unit StateDirectory)"
grep '^agentXPerms' "$TOP_SRCDIR/conf/snmpd.conf.example" >>"$WORK/access.conf"

# The jump to the meters counts what SNMP itself sends.
netfilter_state() {
	for save in iptables-legacy-save ip6tables-legacy-save; do
		echo "== $save"
		$save -t mangle | sed -e '/^#/d' -e 's/ \[.*\]$//'
	done
}

# works N: what there is to be done, with rows of index N.
works() {
	lartc_set
	expect_lartc
	snmp_set "fwmarkFibName.20$1" s "own.$1" "fwmarkFibStatus.20$1" i createAndGo \
		"fwmarkRuleMark.$1" u "$1" "fwmarkRuleMatches.$1" s "-m length --length $1:100" \
		"fwmarkRuleStatus.$1" i createAndGo "fwmarkPolicyAddressType.$1" i ipv6 \
		"fwmarkPolicyMark.$1" u "$1" "fwmarkPolicyFibId.$1" u "20$1" \
		"fwmarkPolicyStatus.$1" i createAndGo
	snmp_set "fwmarkMarkMeter.$1.4294967295" i true "fwmarkInterfaceRpFilter.$ppp0" i strict \
		fwmarkSrcValidMarkAll.0 i true
	expect_eq "rp_filter" 1 "$(cat /proc/sys/net/ipv4/conf/ppp0/rp_filter)"
	expect_eq "src_valid_mark" 1 "$(cat /proc/sys/net/ipv4/conf/all/src_valid_mark)"
	expect_match "rules" "length --length $1:100 .*--set-xmark 0x$1/" "$(iptables-legacy-save)"
	expect_match "meter" "fwmark-meter .*--mark 0x$1" "$(iptables-legacy-save)"
	expect_match "table and protocol have names" "fwmark 0x$1 lookup own\\.$1 proto fwmarkd" \
		"$(ip -6 rule)"
	snmp_get "fwmarkLookupType.$1.1.4.203.0.113.25" >/dev/null || fail "no lookup"
	agent_state >"$WORK/agent.state"
	expect_match "a walk" "^fwmarkRouteText\\.201" "$(cat "$WORK/agent.state")"
	iptables-legacy -t mangle -A FORWARD -j MARK --set-mark "0x7$1"
	wait_for 5 row_of fwmarkRuleMark "7$1"
	expect_match "rule of somebody else" . "$(row_of fwmarkRuleMark "7$1")"
	iptables-legacy -t mangle -F FORWARD
}

undo_works() {
	lartc_destroy
	snmp_set "fwmarkMarkMeter.$1.4294967295" i false
	snmp_set "fwmarkRuleStatus.$1" i destroy "fwmarkPolicyStatus.$1" i destroy \
		"fwmarkFibStatus.20$1" i destroy "fwmarkInterfaceRpFilter.$ppp0" i loose \
		fwmarkSrcValidMarkAll.0 i false
}

# What systemd would listen on.
expect_eq "Type" notify "$(unit Type)"
socat -u "UNIX-RECV:$WORK/notify,mode=666" "OPEN:$WORK/notified,creat,append" &
wait_for 10 test -S "$WORK/notify" || fail "nobody listens on NOTIFY_SOCKET"

topology
ppp0=$(ifindex ppp0)
keep_state first
start_snmpd
start_in_unit
wait_for 10 grep -q '^READY=1' "$WORK/notified" || fail "fwmarkd does not say that it is ready"
uid=$(id -u fwmarkd)
expect_eq "user, new privileges" "$uid $uid $uid $uid 1" "$(process_status Uid NoNewPrivs)"
expect_eq "permitted, effective, inheritable, ambient, bounding" \
	"0000000000003000 0000000000003000 0000000000000000 0000000000000000 0000000000003000" \
	"$(process_status CapPrm CapEff CapInh CapAmb CapBnd)"
expect_match "the file system" ' / ro,' "$(cat "/proc/$AGENT_PID/mountinfo")"
expect_match "/proc/sys" ' /proc/sys ro,' "$(cat "/proc/$AGENT_PID/mountinfo")"
works 2

# What managers made is there after a restart, and after SIGKILL.
stop_agent
keep_state works
start_in_unit
expect_state works "after a restart"
kill_agent
iptables-legacy -t mangle -F PREROUTING
start_in_unit
expect_lartc_and_own() {
	iptables-legacy-save -t mangle | grep -q 'fwmark:1' &&
		iptables-legacy-save -t mangle | grep -q 'fwmark:2'
}
wait_for 5 expect_lartc_and_own || fail "the rules are not put back"

# connects GROUP: somebody of that group gets through to snmpd.
connects() {
	setpriv --reuid=nobody --regid="$1" --clear-groups socat -u OPEN:/dev/null \
		"UNIX-CONNECT:$SOCKET" 2>/dev/null
}

# snmpd is reached by the group alone, now and later.
if [ "$FWMARK_ROAD" = agentx ]; then
	expect_eq "AgentX socket" "Debian-snmp fwmarkd 660" "$(stat -c '%U %G %a' "$SOCKET")"
	connects fwmarkd || fail "the group does not get through to snmpd"
	! connects nogroup || fail "anybody gets through to snmpd"
	stop_snmpd
	start_snmpd
	wait_for 15 agent_answers || fail "fwmarkd does not connect again"
fi

# The lock is made anew, by root for root: that is said, and heals.
rm /run/xtables.lock
iptables-legacy -w -t mangle -S >/dev/null
expect_eq "iptables' lock" "root 600" "$(stat -c '%U %a' /run/xtables.lock)"
! snmp snmpset fwmarkRuleMark.2 u 9 >"$WORK/set" 2>&1 || fail "a change without the lock"
expect_match "without the lock" 'Reason: resourceUnavailable' "$(cat "$WORK/set")"
expect_match "without the lock" '/run/xtables\.lock: Permission denied: fwmarkd.s user' "$(last_error)"
give_files
expect_eq "iptables' lock" "root fwmarkd 640" "$(stat -c '%U %G %a' /run/xtables.lock)"
snmp_set fwmarkRuleMark.2 u 2

# So are the lists of tables and of targets, when their module is loaded later. A rule shows both.
chgrp root /proc/net/ip_tables_names /proc/net/ip_tables_targets /proc/net/ip6_tables_targets
expect_match "capabilities" 'markTarget' "$(snmp snmpget -Ov fwmarkAgentCapabilities.0)"
setpriv --reuid=fwmarkd --regid=fwmarkd --clear-groups cat /proc/net/ip_tables_names 2>/dev/null &&
	fail "the list of tables is not closed"
undo_works 2
expect_state first "after all is destroyed"
works 3
undo_works 3
iptables-legacy -t mangle -F
expect_no_match "log" 'ermission|Read-only|not permitted' \
	"$(sed '/xtables\.lock/d' "$WORK/fwmarkd.log")"
stop_agent

# expand NAME...: system calls, those in sets, too
expand() {
	printf '%s\n' "$@" | awk '
		function print_all(name,  word, n, i) {
			if (name !~ /^@/) { print name; return }
			n = split(set[name], word, " ")
			for (i = 1; i <= n; i++)
				print_all(word[i])
		}
		FILENAME == "-" { print_all($1); next }
		/^@/ { name = $1 }
		/^ +[^ #]/ { set[name] = set[name] " " $1 }' "$WORK/sets" -
}
systemd-analyze syscall-filter >"$WORK/sets"

# As systemd.exec(5) has it: what comes later adds, or with ~ takes away.
: >"$WORK/allowed"
unit SystemCallFilter >"$WORK/filters"
while read -r line; do
	# shellcheck disable=SC2086 # words
	expand ${line#\~} | sort -u >"$WORK/these"
	case $line in
	'~'*) comm -23 "$WORK/allowed" "$WORK/these" ;;
	*) sort -u "$WORK/allowed" "$WORK/these" ;;
	esac >"$WORK/sum"
	mv "$WORK/sum" "$WORK/allowed"
done <"$WORK/filters"
[ "$(wc -l <"$WORK/allowed")" -gt 100 ] || fail "the unit allows no system calls?"

# From where the sandbox has become fwmarkd.
for file in "$WORK"/strace.*; do
	sed "1,/execve(\"[^\"]*\/bin\/fwmarkd\"/d" "$file"
done >"$WORK/calls"
sed -n 's/^[0-9]* *\([a-z0-9_]*\)(.*/\1/p' "$WORK/calls" | sort -u >"$WORK/called"
expect_match "system calls" '^capset$' "$(cat "$WORK/called")"
expect_match "system calls" '^fsync$' "$(cat "$WORK/called")"
expect_eq "system calls that the unit forbids" "" "$(comm -13 "$WORK/allowed" "$WORK/called")"
expect_eq "programs that were run" "" "$(grep 'execve' "$WORK/calls")"
sed -n 's/^[0-9]* *socket(\(AF_[A-Z0-9]*\),.*/\1/p' "$WORK/calls" | sort -u >"$WORK/families"
unit RestrictAddressFamilies | tr ' ' '\n' | sort >"$WORK/these"
expect_match "families of sockets" '^AF_NETLINK$' "$(cat "$WORK/families")"
expect_eq "families that the unit forbids" "" "$(comm -13 "$WORK/these" "$WORK/families")"
expect_eq "memory that is written to and run" "" \
	"$(grep -E 'PROT_WRITE\|PROT_EXEC|mprotect\(.*PROT_EXEC' "$WORK/calls")"
