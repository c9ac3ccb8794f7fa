# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# shellcheck disable=SC2154 # got is of programs.sh
# What the kernel and the agent hold, to compare before and after; for tests/netns/lib.sh.

# netfilter_state: the mangle tables with the counters of rules, but not those of chains, which
# any packet moves.
netfilter_state() {
	for save in iptables-legacy-save ip6tables-legacy-save; do
		echo "== $save"
		$save -c -t mangle
	done | sed -e '/^#/d' -e 's/^\(:.*\) \[.*\]$/\1/'
}

# kernel_state: everything that a SET could change. Tests call this more often than anything else:
# as few processes as possible.
kernel_state() {
	netfilter_state
	for family in -4 -6; do
		echo "== ip $family"
		ip $family -batch - <<-END
			rule
			route show table all
		END
	done
	echo "== names"
	sed -e 's/#.*//' -e '/^[[:space:]]*$/d' /etc/iproute2/rt_tables /etc/iproute2/rt_tables.d/*.conf \
		2>/dev/null || :
}

# agent_state: a walk, without what changes by being looked at: to fwmarkd, an iptables-save of ours may
# have zeroed what the rules of a mark had counted.
agent_state() {
	snmp_walk fwmarkObjects | grep -Ev -e '^fwmarkMarkDiscontinuityTime\.' \
		-e '^fwmark(Agent(Sets|SetFailures|LastError|Resyncs|UpTime)|.*(NextIndex|LastChange))\.0 '
}

# state: both. Fails where the walk does.
state() {
	kernel_state
	echo "== SNMP"
	agent_state
}

# forget_state: something has changed since the last set_refused.
forget_state() {
	[ ! -e "$WORK/state.before" ] || rm -f "$WORK/state.before"
}

# remember_state: what the next refusal must not change.
remember_state() {
	[ -f "$WORK/state.before" ] || state >"$WORK/state.before"
	snmp_get fwmarkAgentSetFailures.0 >"$WORK/failures"
}

# unchanged CASE: kernel and agent are as remembered.
unchanged() {
	state >"$WORK/state.after"
	expect_same "$1: nothing must change" "$WORK/state.before" "$WORK/state.after"
}

# refuse ERROR OBJECT WORDS OBJECT TYPE VALUE ...: the SET must be refused with that SNMP error
# (an extended regexp, as all three) on that object, and fwmarkAgentLastError must say why in those
# words.
refuse() {
	error=$1
	object=$2
	words=$3
	shift 3
	case_="${0##*/}: SET $*"
	# -Ir: send what the MIB does not allow.
	! snmp_answer snmpset -Ir -OsQtebU "$@" || fail "$case_: done, not refused"
	expect_match "$case_: error" "^Reason: ($error)( |$)" "$got"
	expect_match "$case_: failed object" "^Failed object: .*($object)$" "$got"
	after=$(snmp_get fwmarkAgentLastError.0 fwmarkAgentSetFailures.0)
	expect_match "$case_: fwmarkAgentLastError" "$words" "${after%"$NL"*}"
	read -r failures <"$WORK/failures"
	expect_eq "$case_: fwmarkAgentSetFailures" $((failures + 1)) "${after##*"$NL"}"
	echo "${after##*"$NL"}" >"$WORK/failures"
}

# set_refused ERROR OBJECT WORDS OBJECT TYPE VALUE ...: as refuse, and nothing may change, in the kernel or
# in what SNMP shows. Between two calls the state is taken for unchanged: call forget_state after
# changes by other means than snmp_set.
set_refused() {
	remember_state
	refuse "$@"
	unchanged "$case_"
}

# refusals: refuse for each line of standard input, "ERROR OBJECT /WORDS/ VARBINDS...". The
# varbinds are split as the shell splits words; # starts a comment line. All are tried, then the
# test fails when one failed, or when the kernel or SNMP shows something else than before (FWMARK_EACH=1
# looks after each, to find out which).
refusals() {
	wrong=0
	remember_state
	while read -r error object rest; do
		case $error in
		'' | '#'*) continue ;;
		esac
		words=${rest#/}
		varbinds=${words#*/ }
		words=${words%%/ *}
		eval "set -- \"$error\" \"$object\" \"$words\" $varbinds"
		if ! ( [ -z "${FWMARK_EACH:-}" ] || remember_state
			refuse "$@"
			[ -z "${FWMARK_EACH:-}" ] || unchanged "$case_") </dev/null; then
			wrong=$((wrong + 1))
			forget_state
			remember_state
		fi
	done
	unchanged "all of these"
	[ $wrong = 0 ] || fail "$wrong of the refusals above"
}

# counters RULE_TEXT_REGEXP [iptables-legacy|ip6tables-legacy] [TABLE]: "PACKETS BYTES" of the
# first rule of mangle whose line in the save matches.
counters() {
	"${2:-iptables-legacy}-save" -c -t "${3:-mangle}" | grep -E -e "$1" |
		sed -n '1s/^\[\([0-9]*\):\([0-9]*\)\] .*/\1 \2/p'
}

# counters_agree RULE_TEXT_REGEXP [PROGRAM] -- OBJECTS: packets and bytes by SNMP, of each pair of
# objects, equal the kernel's. The kernel is asked before and after, and again where packets came
# between. Needs fresh_agent.
counters_agree() {
	rule=$1
	program=iptables-legacy
	[ "$2" = -- ] || { program=$2; shift; }
	shift 2
	for _ in 1 2 3 4 5 6 7 8; do
		before=$(counters "$rule" "$program")
		shown=$(snmp_get "$@" | paste -d' ' - -)
		after=$(counters "$rule" "$program")
		[ "$before" = "$after" ] || continue
		expect_eq "counters by SNMP ($*) and by $program" "$after" \
			"$(printf '%s\n' "$shown" | sort -u)"
		return
	done
	fail "the counters of $rule do not stand still"
}

# rule_lines PROGRAM: mangle's rules without the comment that carries the agent's index.
rule_lines() {
	"$1-save" -t mangle | grep '^-A' |
		sed -e 's/ -m comment --comment "\{0,1\}fwmark:[0-9]*\( [^"]*\)\{0,1\}"\{0,1\}//'
}

# shown OBJECT VALUE: what a GET says; enumerations are numbers, FwmarkValue is hexadecimal.
shown() {
	snmp_answer snmpget -OqvteU "$1" || fail "$1: $got"
	expect_eq "$1" "$2" "$got"
}

# row_of OBJECT REGEXP: the index of the first row whose column matches, nothing when none does.
row_of() {
	snmp_walk "$1" | sed -n "s/^[A-Za-z0-9]*\.\([0-9.]*\) = /\1 /p" | grep -E -e "^[0-9.]+ \"?.*$2" |
		sed -n '1s/ .*//p'
}

# keep_state NAME, expect_state NAME WHAT: the kernel's, now and then.
keep_state() {
	kernel_state >"$WORK/kept.$1"
}

expect_state() {
	kernel_state >"$WORK/now"
	expect_same "$2" "$WORK/kept.$1" "$WORK/now"
}

# expect_lartc: the kernel holds what lartc_set asked for, nothing less and nothing more.
expect_lartc() {
	expect_eq "rules of mangle" \
		"-A PREROUTING -i eth0 -p tcp -m tcp --dport 25 -j MARK --set-xmark 0x1/0xffffffff" \
		"$(rule_lines iptables-legacy)"
	expect_match "the rule carries its index" '--comment "?fwmark:1["[:space:]]' \
		"$(iptables-legacy-save -t mangle)"
	expect_match "ip rule" '^[0-9]+:[[:space:]]from all fwmark 0x1 lookup mail\.out' "$(ip rule)"
	expect_eq "policies" 4 "$(ip rule | wc -l)"
	expect_match "ip route show table mail.out" '^default via 195\.96\.98\.253 dev ppp0' \
		"$(ip route show table mail.out)"
	expect_eq "routes of the table" 1 "$(ip route show table 201 | wc -l)"
	expect_match "rt_tables" '^201[[:space:]]+mail\.out$' "$(kernel_state)"
}
