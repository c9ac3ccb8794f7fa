#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# SIGKILL while SETs of rows of all tables come in, again and again: every SET that was acknowledged
# is there after the restart, and of the one that was cut off all is there or nothing: in the
# kernel, the walk, the state file; and nothing beside.
#
# From outside: FWMARK_KILLS, how often.
# shellcheck disable=SC2154 # got is of programs.sh
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

B=.1.3.6.1.4.1.8072.9999.9999.11.1
ALL=4294967295
SLOTS="1 2 3 4 5 6 7 8 9"
own=/etc/iproute2/rt_tables.d/fwmarkd.conf

if [ -z "${FWMARK_KILLS:-}" ]; then
	FWMARK_KILLS=50
	[ -z "${FWMARK_TEST_LONG:-}" ] || FWMARK_KILLS=300
	# One with sanitizers takes several times as long.
	! grep -q __asan_init "$FWMARKD" || FWMARK_KILLS=30
fi

# The loop below is run hundreds of times: what starts no process in it is a variable or a builtin.
od -An -v -w2 -tu2 -N200000 /dev/urandom >"$WORK/numbers"
exec 3<"$WORK/numbers"

# random N: sets number to 0 ... N - 1.
random() {
	read -r number <&3 || fail "no more random numbers"
	number=$((number % $1))
}

# numeric TOOL OPTION ARGUMENT...: without MIB files, which take longer than the request.
numeric() {
	tool=$1
	option=$2
	shift 2
	# shellcheck disable=SC2086 # words
	MIBS='' "$tool" $SNMP_FLAGS "$option" -r 0 -t "${TIMEOUT:-10}" "$SNMP_HOST" "$@"
}

# A slot is one row of each table, all with one number: name and mark are it, the MTU of the route,
# too.
# make SLOT VERSION, change SLOT VERSION OLD, drop SLOT OLD: the varbinds, in VARBINDS.
make() {
	VARBINDS="$VARBINDS $B.5.2.1.2.20$1 s n$2 $B.5.2.1.8.20$1 i 4
		$B.6.3.1.11.20$1.1.4.0.0.0.0.0.0.1 s lo $B.6.3.1.18.20$1.1.4.0.0.0.0.0.0.1 u $2
		$B.6.3.1.27.20$1.1.4.0.0.0.0.0.0.1 i 4
		$B.4.4.1.3.$1 u $(($1 % 2 * (500 + $1))) $B.4.4.1.5.$1 u 20$1 $B.4.4.1.6.$1 u $2 $B.4.4.1.39.$1 i 4
		$B.2.4.1.5.$1 u $(($1 % 2)) $B.2.4.1.24.$1 u $2 $B.2.4.1.40.$1 i 4
		$B.3.2.1.11.$2.$ALL i 1 $B.3.2.1.18.$2.$ALL i 4"
}

change() {
	VARBINDS="$VARBINDS $B.5.2.1.2.20$1 s n$2 $B.6.3.1.18.20$1.1.4.0.0.0.0.0.0.1 u $2
		$B.4.4.1.6.$1 u $2 $B.2.4.1.24.$1 u $2
		$B.3.2.1.18.$3.$ALL i 6 $B.3.2.1.11.$2.$ALL i 1 $B.3.2.1.18.$2.$ALL i 4"
}

drop() {
	VARBINDS="$VARBINDS $B.2.4.1.40.$1 i 6 $B.4.4.1.39.$1 i 6 $B.6.3.1.27.20$1.1.4.0.0.0.0.0.0.1 i 6
		$B.5.2.1.8.20$1 i 6 $B.3.2.1.18.$2.$ALL i 6"
}

# have_SLOT is the version that there is after the last SET, next_SLOT what there is to be after the
# one under way.
# list have|next: all of them, "SLOT VERSION" a line.
list() {
	for slot in $SLOTS; do
		eval "echo $slot \$${1}_$slot"
	done
}

# take FROM TO: all of these from those.
take() {
	for slot in $SLOTS; do
		eval "${2}_$slot=\$${1}_$slot"
	done
}

# step SLOT: one change of it, at random.
step() {
	old=
	eval "old=\$have_$1"
	version=$((version + 1))
	random 3
	if [ "$old" = 0 ]; then
		make "$1" $version
		after=$version
	elif [ $number = 0 ]; then
		drop "$1" "$old"
		after=0
	else
		change "$1" $version "$old"
		after=$version
	fi
	eval "next_$1=$after"
}

# next_set: the varbinds of a SET of one slot or of two.
next_set() {
	take have next
	VARBINDS=
	random 9
	one=$((number + 1))
	step $one
	random 3
	[ $number = 0 ] || return 0
	step $((one % 9 + 1))
}

acknowledged() {
	take next have
	acknowledged=$((acknowledged + 1))
}

# sets_and_kill: a SET or some, and the agent is killed around the last one.
sets_and_kill() {
	random 3
	sets=$number
	while [ $sets -gt 0 ]; do
		sets=$((sets - 1))
		next_set
		# shellcheck disable=SC2086 # words
		snmp_answer snmpset -Oqn $VARBINDS || fail "SET: $got"
		acknowledged
	done
	next_set
	# shellcheck disable=SC2086 # words
	TIMEOUT=0.3 numeric snmpset -Oqn $VARBINDS >"$WORK/set" 2>&1 &
	pid=$!
	random 40
	sleep "0.0$((number / 10))$((number % 10))"
	kill_agent
	! wait $pid || acknowledged
	kills=$((kills + 1))
}

# in_kernel: "SLOT VERSION", and each thing that is there without the rest.
in_kernel() {
	{
		[ ! -e $own ] || cat $own
		ip -N rule
		ip -N route show table all
		iptables-legacy-save -t mangle
	} >"$WORK/kernel"
	awk -v slots="$SLOTS" '
		function decimal(hex,  i, n) {
			for (i = 3; i <= length(hex); i++)
				n = n * 16 + index("0123456789abcdef", substr(hex, i, 1)) - 1
			return n
		}
		# what follows the word
		function after(word,  i) {
			for (i = 1; i < NF; i++)
				if ($i == word)
					return $(i + 1)
		}
		function found(what, slot, version) {
			number[what " " slot] = number[what " " slot] version
		}
		/^20[1-9][ \t]+n[0-9]+$/ { found("name", $1 - 200, substr($2, 2)) }
		/ fwmark 0x[0-9a-f]+ lookup 20[1-9] proto 161/ {
			found("policy", after("lookup") - 200, decimal(after("fwmark")))
		}
		/^default dev lo table 20[1-9] .* mtu [0-9]+/ {
			found("route", after("table") - 200, after("mtu"))
		}
		/fwmark:[0-9]+.*--set-xmark 0x/ {
			slot = $0
			sub(/.*fwmark:/, "", slot)
			split(after("--set-xmark"), mark, "/")
			found("rule", slot + 0, decimal(mark[1]))
		}
		/^-A fwmark-meter .*--mark 0x/ {
			split(after("--mark"), mark, "/")
			meter[decimal(mark[1])]++
			meters++
		}
		END {
			n = split(slots, s, " ")
			for (i = 1; i <= n; i++) {
				v = number["rule " s[i]]
				if (number["name " s[i]] != v || number["policy " s[i]] != v ||
				    number["route " s[i]] != v || (v != "" && meter[v] != 1))
					print s[i], "in half: rule", v, "policy", number["policy " s[i]], \
						"route", number["route " s[i]], "name", number["name " s[i]], \
						"meters", meter[v]
				else
					print s[i], v == "" ? 0 : v
				meters -= v != ""
			}
			if (meters)
				print "left over: meters", meters
		}' "$WORK/kernel"
}

# in_state: the same of the state file.
in_state() {
	sed -n -e 's/^  { id = 20\([0-9]\); name = "n\([0-9]*\)";.*/\1 \2/p' \
		-e 's/^  { fibId = 20\([0-9]\);.* mtu = \([0-9]*\);.*/\1 \2/p' \
		-e 's/^  { index = \([0-9]\);.* mark = \([0-9]*\);.*/\1 \2/p' "$WORK/state/state" |
		awk -v slots="$SLOTS" '
		{ seen[$1]++; version[$1] = $2; if (seen[$1] > 1 && last[$1] != $2) odd[$1] = 1; last[$1] = $2 }
		END {
			n = split(slots, s, " ")
			for (i = 1; i <= n; i++)
				print s[i], odd[s[i]] || seen[s[i]] % 4 ? "in half" : version[s[i]] + 0
		}'
}

# in_walk: the same of SNMP.
in_walk() {
	{
		numeric snmpbulkwalk -OQn $B.2.4.1.24
		numeric snmpbulkwalk -OQn $B.4.4.1.6
		numeric snmpbulkwalk -OQn $B.6.3.1.18
	} | sed -n -e "s/.*\.1\.2\.4\.1\.24\.\([0-9]\) = \(.*\)/\1 \2/p" -e "s/.*\.1\.4\.4\.1\.6\.\([0-9]\) = \(.*\)/\1 \2/p" \
		-e "s/.*\.1\.6\.3\.1\.18\.20\([0-9]\)\..* = \(.*\)/\1 \2/p" |
		awk -v slots="$SLOTS" '
		{ seen[$1]++; if (seen[$1] > 1 && version[$1] != $2) odd[$1] = 1; version[$1] = $2 }
		END {
			n = split(slots, s, " ")
			for (i = 1; i <= n; i++)
				print s[i], odd[s[i]] || seen[s[i]] % 3 ? "in half" : version[s[i]] + 0
		}'
}

answers() {
	snmp_answer snmpget -t0.3 -Oqv $B.1.9.0 || return 1
	case $got in
	[0-9]*) ;;
	*) return 1 ;;
	esac
}

restart() {
	launch_agent
	tries=0
	until answers; do
		tries=$((tries + 1))
		[ $tries -lt 500 ] || break
		sleep 0.01
	done
	[ $tries -lt 500 ] || fail "fwmarkd does not answer after SIGKILL $kills"
}

# settled: what is there now is what was acknowledged, or that and the whole of the SET under way.
settled() {
	found=$(in_kernel)
	if [ "$found" != "$(list have)" ]; then
		list next >"$WORK/next"
		printf '%s\n' "$found" >"$WORK/found"
		expect_same "after SIGKILL $kills, neither before nor after the SET ($(list have))" \
			"$WORK/next" "$WORK/found"
		take next have
		whole=$((whole + 1))
	fi
}

# everywhere: state file and walk have the same as the kernel, and nothing is left over.
everywhere() {
	list have >"$WORK/have"
	in_state >"$WORK/found"
	expect_same "state file after SIGKILL $kills" "$WORK/have" "$WORK/found"
	in_walk >"$WORK/found"
	expect_same "walk after SIGKILL $kills" "$WORK/have" "$WORK/found"
	expect_eq "files left over" "" "$(find "$WORK/state" -name '*.new' -o -name 'journal*' -o -name '*.damaged')"
	iptables-legacy-save -t mangle | sed -e '/^[#:]/d' -e '/fwmark[:-]/d' >"$WORK/found"
	expect_same "rules of others" "$WORK/others" "$WORK/found"
	expect_eq "policies of others" 1 "$(ip rule | grep -c 'fwmark 0x63 ')"
	expect_eq "all policies" $((4 + $(grep -vc ' 0$' "$WORK/have" || :))) "$(ip rule | wc -l)"
}

iptables-legacy -t mangle -A PREROUTING -p udp -j MARK --set-mark 0x63
ip rule add pref 600 fwmark 0x63 lookup 99
iptables-legacy-save -t mangle | sed '/^[#:]/d' >"$WORK/others"
start
for slot in $SLOTS; do
	eval "have_$slot=0"
done
version=1000
acknowledged=0
kills=0
whole=0
while [ $kills -lt "$FWMARK_KILLS" ]; do
	sets_and_kill
	restart
	settled
	[ $((kills % 20)) != 0 ] || everywhere
done
everywhere
expect_no_match "SETs that were refused, not cut off" 'SET refused' "$(cat "$WORK/fwmarkd.log")"
echo "$FWMARK_ROAD: $kills times SIGKILL, $acknowledged SETs acknowledged," \
	"$whole done and not acknowledged," \
	"$(grep -c 'cut off: what it had done' "$WORK/fwmarkd.log" || :) taken back"
