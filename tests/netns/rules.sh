# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# Netfilter rules in bulk, their traffic and their counters; for tests that source lib.sh first.

# load_corpus FAMILY: tests/data/rulesFAMILY.txt, whole or, where this kernel does not know all of
# it, as many lines at a time as it knows. tests/unit/test_nf_corpus.c calls this, too.
load_corpus() {
	corpus=$TOP_SRCDIR/tests/data/rules$1.txt
	program=iptables
	[ "$1" = 4 ] || program=ip6tables
	sed -n 's/^#! //p' "$corpus" | sh >/dev/null 2>&1 || :
	! $program-legacy-restore "$corpus" 2>/dev/null || return 0
	table='' lines='' nlines=0
	while read -r line; do
		case $line in
		'*'*)
			load_lines
			table=$line
			;;
		[:-]*)
			lines="$lines$line
"
			nlines=$((nlines + 1))
			[ $nlines -lt 20 ] || load_lines
			;;
		esac
	done <"$corpus"
	load_lines
}

# load_lines: those of load_corpus, or where one is not known, each by itself.
load_lines() {
	[ "$lines" ] && ! restore_lines "$lines" && while read -r line; do
		[ ! "$line" ] || restore_lines "$line" || :
	done <<-END
		$lines
	END
	lines='' nlines=0
}

restore_lines() {
	printf '%s\n%s\nCOMMIT\n' "$table" "$1" | "$program-legacy-restore" --noflush 2>/dev/null
}

# saved_rules PROGRAM: the lines of all its mark rules.
saved_rules() {
	"$1-legacy-save" | grep -E '^-A .* -j (MARK|CONNMARK)( |$)' || :
}

# shown_rules: "INDEX COLUMN..." for each rule, in the order of indices; the columns are named
# without "fwmarkRule", their values are separated by |.
shown_rules() {
	for column in "$@"; do
		snmp_walk "fwmarkRule$column" | sed 's/^fwmarkRule[A-Za-z0-9]*\.\([0-9]*\) = /\1 /'
	done | awk '{
		i = $1
		v = substr($0, length(i) + 2)
		if (!(i in row)) { order[n++] = i; row[i] = i " " v } else row[i] = row[i] "|" v
	} END { for (k = 0; k < n; k++) print row[order[k]] }'
}

# pings N [ADDRESS]: so many echo requests leave by OUTPUT and come in by PREROUTING and INPUT.
pings() {
	case ${2:-127.0.0.1} in
	*:*) ping -6 -q -c "$1" -i 0.002 -W 2 "$2" >/dev/null ;;
	*) ping -q -c "$1" -i 0.002 -W 2 "${2:-127.0.0.1}" >/dev/null ;;
	esac || fail "ping ${2:-127.0.0.1}"
}

# sum_of VALUE MASK: "PACKETS BYTES" of a mark by SNMP. Needs fresh_agent.
sum_of() {
	snmp_get "fwmarkMarkHCPackets.$1.$2" "fwmarkMarkHCBytes.$1.$2" | paste -d' ' - -
}

# new_network: a network namespace as after a boot, for the commands and the agent to come.
new_network() {
	ip netns add "$1"
	ip -netns "$1" link set lo up
}

# copied_columns: what a copy of a rule is made of, and the types that snmpset wants.
copied_columns() {
	cat <<-END
		AddressType i
		TableName s
		Chain s
		Invert x
		InInterface s
		OutInterface s
		Source x
		SourcePrefixLength u
		Destination x
		DestinationPrefixLength u
		Protocol u
		SourcePortFrom u
		SourcePortTo u
		DestinationPortFrom u
		DestinationPortTo u
		Tos u
		TosMask u
		MatchMark u
		MatchMask u
		Matches s
		Target i
		Mark u
		Mask u
		CtMask u
		Description s
	END
}

# read_columns: "INDEX COLUMN TYPE VALUE" for all rules, in hexadecimal where that is FwmarkValue.
read_columns() {
	copied_columns | while read -r column type; do
		snmp_walk "fwmarkRule$column" |
			sed "s/^[A-Za-z0-9]*\.\([0-9]*\) = /\1 $column $type /"
	done
}

# copy_rules FIRST: creates rows FIRST, FIRST+1 ... from the columns of all foreign rules whose
# target is not a computed one, as many a SET as snmpset has room for (128 varbinds); leaves
# "INDEX_OF_COPY INDEX" in $WORK/copied.
copy_rules() {
	read_columns >"$WORK/columns"
	awk -v first="$1" -v copied="$WORK/copied" -v most=120 '
	function decimal(hex,  k, n) {
		for (k = 1; k <= length(hex); k++)
			n = n * 16 + index("0123456789abcdef", substr(hex, k, 1)) - 1
		return sprintf("%.0f", n)
	}
	BEGIN { printf "" >copied }
	{
		i = $1; c = $2; t = $3
		v = substr($0, length(i) + length(c) + length(t) + 4)
		if (!(i in seen)) { seen[i] = 1; order[n++] = i }
		if (c ~ /^(MatchMark|MatchMask|Mark|Mask|CtMask)$/) v = decimal(v)
		if (t == "x") { gsub(/[" ]/, "", v) }
		if (c == "Target") target[i] = v
		# A column that is not written has its default.
		if (c == "Invert" && v ~ /^0*$/) next
		if (c ~ /^(Matches|Description|InInterface|OutInterface)$/ && v == "") next
		if (c ~ /PrefixLength$/ && v == 0) next
		if (c ~ /PortFrom$/ && v == 0) next
		# The highest port follows the lowest, unless it is written.
		if (c ~ /PortFrom$/) ports[i, substr(c, 1, length(c) - 4)]
		if (c ~ /PortTo$/ && v == 65535 && !((i, substr(c, 1, length(c) - 2)) in ports)) next
		if (c ~ /^(Source|Destination)$/ && v ~ /^0*$/) next
		if (c ~ /^(Tos|TosMask|Protocol)$/ && v == 0) next
		if (c ~ /^Match(Mark|Mask)$/ && v == "0") next
		if (c ~ /^(Mask|CtMask)$/ && v == "4294967295") next
		if (c == "Target" && v == 1) next
		if (c == "TableName" && v == "mangle") next
		varbinds[i]++
		set[i] = set[i] "fwmarkRule" c ".@\n" t "\n" v "\n"
	}
	END {
		at = first
		for (k = 0; k < n; k++) {
			i = order[k]
			if (i < 1000000 || target[i] == 5) continue
			print at, i >copied
			in_set += varbinds[i] + 1
			if (in_set > most) { print "."; in_set = varbinds[i] + 1 }
			s = set[i] "fwmarkRuleStatus.@\ni\n4\n"
			gsub(/\.@\n/, "." at "\n", s)
			printf "%s", s
			at++
		}
		print "."
	}' "$WORK/columns" >"$WORK/sets"
	: >"$WORK/args"
	while IFS= read -r arg; do
		if [ "$arg" != . ]; then
			printf '%s\n' "$arg" >>"$WORK/args"
			continue
		fi
		[ -s "$WORK/args" ] || continue
		# shellcheck disable=SC2086 # words
		xargs -x -a "$WORK/args" -d '\n' snmpset $SNMP_FLAGS -t 10 -r 0 -Pe -OsQtebU \
			"$SNMP_HOST" >"$WORK/set" 2>&1 || fail "creating copies of rules
$(cat "$WORK/set")
$(last_error)
$(cat "$WORK/args")"
		: >"$WORK/args"
	done <"$WORK/sets"
}

# expect_copies: the copies have the same text but for the comment, and the same columns.
expect_copies() {
	read_columns >"$WORK/columns"
	snmp_walk fwmarkRuleText | sed 's/^[A-Za-z0-9]*\.\([0-9]*\) = /\1 Text s /' |
		sed 's/ -m comment --comment \("\([^"\\]\|\\.\)*"\|[^ ]*\)//g' >>"$WORK/columns"
	awk -v copied="$WORK/copied" -v was="$WORK/copies.was" -v is="$WORK/copies.is" '
	BEGIN {
		while ((getline line <copied) > 0) { split(line, f, " "); from[f[1]] = f[2] }
		printf "" >was; printf "" >is
	}
	{
		v = substr($0, length($1) + 2)
		row[$1] = row[$1] "\n" v
	}
	END {
		for (i in from) {
			print "copy " i " of " from[i] row[from[i]] >was
			print "copy " i " of " from[i] row[i] >is
		}
	}' "$WORK/columns"
	expect_same "copies of rules" "$WORK/copies.was" "$WORK/copies.is"
}
