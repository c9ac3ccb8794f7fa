#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The SNMP commands of README.md, in their order and to the letter: each works, and prints what README.md
# says that it prints.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

# One file for each command, N.cmd, and for those behind a "$" one with what they print, N.out.
mkdir "$WORK/readme"
awk -v dir="$WORK/readme" '
	!/^    / { out = ""; next }
	{ line = substr($0, 5) }
	joined || line ~ /^([$] )?snmp(set|get|walk) / {
		if (!joined) {
			name = sprintf("%s/%02d", dir, ++n)
			shown = sub(/^[$] /, "", line)
		}
		joined = sub(/\\$/, "", line)
		printf "%s", line >(name ".cmd")
		out = shown && !joined ? name ".out" : ""
		next
	}
	out { print line >out }' "$TOP_SRCDIR/README.md"

# What was counted, and the empty line behind an error, are not compared.
plain() { sed -e '/^$/d' -e '/Packets/s/= [0-9]*$/= N/' "$1"; }

# Whose user that is differs, and how long the tools wait is as README.md has it.
patience=$(sed -n 's/^    -v3 -l authPriv .* \(-t [0-9]* -r 0\)$/\1/p' "$TOP_SRCDIR/README.md")
expect_match "README.md: how long to wait for an answer" '^-t [0-9]+ -r 0$' "$patience"

run() {
	status=0
	eval "$(sed -e "s|-v3 [.][.][.]|$V3_FLAGS $patience|" -e "s| HOST | $SNMP_HOST |" "$1")" \
		>"$WORK/answer" 2>&1 || status=$?
	if [ -e "${1%.cmd}.out" ]; then
		plain "${1%.cmd}.out" >"$WORK/expected"
		plain "$WORK/answer" >"$WORK/got"
		expect_same "README.md: $(cat "$1")" "$WORK/expected" "$WORK/got"
	else
		expect_eq "README.md: $(cat "$1"): $(cat "$WORK/answer" && last_error)" 0 "$status"
	fi
}

mails() {
	for _ in 1 2 3; do
		expect_eq "a mail" cheap "$(way "$1" 25)"
	done
}

echo 'read: { get_age_ms = 0; walk_age_ms = 0; };' >>"$AGENT_CONF"
topology
topology_serve fast 25
topology_serve cheap 25
start
for cmd in "$WORK"/readme/*.cmd; do
	run "$cmd"
	case $cmd in
	*/01.cmd) expect_lartc; mails "$SERVER4" ;;
	esac
done
[ "$(find "$WORK/readme" -name "*.cmd" | wc -l)" -ge 12 ] || fail "README.md has fewer commands than that"
# Together: the host that is excepted, mail of the others, and IPv6.
expect_eq "excepted host" fast "$(way "$SERVER4" 25 "bind=$EXCEPTED4")"
mails "$SERVER4"
mails "$SERVER6"
[ "$(snmp_get fwmarkMarkMeterHCPackets.1.4294967295)" -gt 0 ] || fail "the meter counts nothing"
