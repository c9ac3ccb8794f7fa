#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Whatever a client sends, snmpd and fwmarkd go on: what is too big between the two is answered with
# tooBig, at once, and what is odd with an error, or not at all.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

ASK=$(dirname "$FWMARKD")/../tests/netns/ask
[ -x "$ASK" ] || fail "no program $ASK"
root=1.3.6.1.4.1.8072.9999.9999.11.1
mark=$root.2.4.1.24
text=$root.2.4.1.34
status=$root.2.4.1.40
TOO_BIG='1 [01] [0-9]*'

# asked AGENTX STANDALONE SECONDS KIND COUNT VARBIND...: the answer is the pattern of this road. An
# answer that does not come takes snmpd half a minute.
asked() {
	case $FWMARK_ROAD in
	agentx) expected=$1 ;;
	standalone) expected=$2 ;;
	esac
	shift 2
	seconds=$(($1 * FWMARK_SLOW))
	shift
	got=$("$ASK" $seconds "$@")
	# shellcheck disable=SC2254 # a pattern
	case $got in
	$expected) ;;
	*) fail "$1 of $2 $3 ...: $got, not $expected" ;;
	esac
}

# connected_once: snmpd has lost fwmarkd at no time.
connected_once() {
	expect_eq "$1: lines about snmpd" "$lines" "$(agent_said 'connected to snmpd\|snmpd went away')"
}

# Who may see the marks alone.
cat >>"$WORK/access.conf" <<-END
	view marks included .$root.3
	createUser narrow SHA-256 authsecret AES privsecret
	rouser narrow authPriv -V marks
END
start
lines=$(agent_said 'connected to snmpd')
# The largest SET: 584 rows of two numbers. The answer has as many varbinds.
asked '0 0 1168' '0 0 1168' 5 set 584 "$mark.%=42:01" "$status.%=02:04"
expect_eq "rules" 584 "$(iptables-legacy -t mangle -S PREROUTING | grep -c MARK)"
asked "$TOO_BIG" '12 *' 5 set 585 "$mark.%=42:02" "$status.%=02:04"
case $FWMARK_ROAD in
agentx) expect_match "why" 'SET: .* 65540 octets .* 65536 at most' "$(last_error)" ;;
esac
expect_eq "rules" 584 "$(iptables-legacy -t mangle -S PREROUTING | grep -c 'set-xmark 0x1/')"

# Answers: of a GET, of scalars, of GETNEXT. A GETBULK without repetitions is a GETNEXT.
asked "$TOO_BIG" '0 0 500' 5 get 500 "$text.%"
asked "$TOO_BIG" "$TOO_BIG" 5 get 400 "$text.%" "$text.%"
asked "$TOO_BIG" '0 0 1170' 5 get 1170 $root.1.1.0
asked "$TOO_BIG" '0 0 500' 5 next 500 "$text.%"
asked "$TOO_BIG" '0 0 500' 5 bulk:500:0 500 "$text.%"
# Requests that net-snmp would not even parse in fwmarkd.
asked "$TOO_BIG" '0 0 930' 5 bulk:930:0 930 "$mark.%"
asked "$TOO_BIG" '0 0 1500' 5 get 1500 "$mark.%"
asked "$TOO_BIG" '0 0 1500' 5 next 1500 "$mark.%"
# While a SET waits, all else waits in snmpd.
"$ASK" $((5 * FWMARK_SLOW)) get 500 "$text.%" >"$WORK/asked" &
asking=$!
asked '0 0 1' '0 0 1' 5 set 1 "$mark.1=42:07"
wait $asking
[ "$(cat "$WORK/asked")" != none ] || fail "no answer beside a SET"
# Each repetition fits, all of them do not. net-snmp makes fewer of it for SNMPv1 and v2c, where it can.
asked '0 0 400' '0 0 400' 5 bulk:0:400 1 "$text"
asked "$TOO_BIG" '0 0 [56]*' 5 bulk:0:1000 1 "$text"
snmp_as "$V3_FLAGS"
expect_eq "v3" 400 "$(snmp snmpbulkget -Cn0 -Cr400 -Oqv fwmarkRuleText | wc -l)"
expect_match "v3, too big" '\(tooBig\)' "$(snmp snmpbulkget -Cn0 -Cr1000 fwmarkRuleText 2>&1 || :)"
snmp_as "$V2_FLAGS"
connected_once "too big"

# What a manager may not see is passed over, however much it is (through snmpd: see README.md, Limits).
case $FWMARK_ROAD in
standalone)
	snmp_as "$(echo "$V3_FLAGS" | sed "s/-u $V3_USER/-u narrow/")"
	expect_match "who sees marks alone" '^fwmarkMarkCount\.0 = ' "$(snmp snmpgetnext -OsQ fwmarkAgent 2>&1 || :)"
	snmp_as "$V2_FLAGS"
	;;
esac

# Odd requests: values of every type that BER has a name for here, whose contents do not fit, in SETs and
# where none is wanted. Types 03 and 45 stop snmpd 5.9.3: see README.md.
for tag in 00 01 02 03 04 05 06 07 09 0A 0C 30 40 41 42 43 44 45 46 47 48 78 79 7A 7B 80 81 82 A0 A2 FF; do
	case $FWMARK_ROAD:$tag in
	agentx:03 | agentx:45) continue ;;
	esac
	"$ASK" 0 set 1 "$mark.1=$tag:01" "$mark.2=$tag:" "$root.1.3.0=$tag:9F7808424200" "$mark.3=$tag:9F780442420000"
	"$ASK" 0 set 1 "$mark.1=$tag:9F780442420000"
	"$ASK" 0 get 1 "$mark.1=$tag:01"
	"$ASK" 0 next 1 "$mark.1=$tag:"
done
agent_answers >"$WORK/answer" || fail "no answer after odd values"
long=$(printf '.4294967295%.0s' $(seq 108))
asked '*' '*' 2 get 1 "$mark$long"
asked '*' '*' 2 next 1 "$mark$long"
asked '*' '*' 2 set 1 "$mark$long=42:01"
asked '*' '*' 2 next 1 "$mark$long$long"
asked '*' '*' 2 get 0
asked '*' '*' 2 set 0
asked '0 0 0' '0 0 0' 2 bulk:0:10 0
asked '*' '*' 2 bulk:-1:-1 3 "$mark.%"
asked '*' '*' 2 bulk:2147483647:2147483647 3 "$mark.%"
asked '0 0 *' '0 0 *' 5 bulk:0:2147483647 1 "$root"
asked '*' '*' 5 bulk:0:2147483647 800 "$mark.%"
asked '*' '*' 5 set 1000 "$mark.1=42:01"
asked '*' '*' 5 set 1000 "$root.%.%.%=02:01"
agent_answers >"$WORK/answer" || fail "no answer after odd requests"
connected_once "odd"
expect_eq "rules" 584 "$(iptables-legacy -t mangle -S PREROUTING | grep -c MARK)"
