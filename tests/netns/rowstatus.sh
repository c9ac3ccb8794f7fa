#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The state table of RFC 2579, RowStatus, for every table that managers create rows in: each action
# in each state is done or refused as it says there, and only active rows are in the kernel.
# shellcheck disable=SC2154 # got is of programs.sh
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

route=205.1.4.10.5.0.0.16.0.1
multi=206.1.4.10.6.0.0.16.0.1

# One row of each table: status; what makes it ready; what makes a new row unready (-: nothing does);
# another column, and a regexp for what the kernel has while the row is active.
# The priority of a policy is the choice of the kernel, which is never 0.
rows=$(cat <<END
fwmarkRuleStatus.5|fwmarkRuleMark.5 u 5||fwmarkRuleInInterface.5 s eth1|--comment "?fwmark:5"? .*0x5/
fwmarkMarkStatus.6.255|fwmarkMarkMeter.6.255 i true|-|fwmarkMarkName.6.255 s six|--mark 0x6/0xff
fwmarkPolicyStatus.5|fwmarkPolicyFibId.5 u 205 fwmarkPolicyProtocol.5 u 6 fwmarkPolicySourcePortFrom.5 u 10 fwmarkPolicySourcePortTo.5 u 99|fwmarkPolicySourcePortFrom.5 u 10 fwmarkPolicySourcePortTo.5 u 5|fwmarkPolicyTos.5 u 16|^[1-9][0-9]*: from all .*ipproto tcp sport 10-99
fwmarkFibStatus.205|fwmarkFibName.205 s later|fwmarkFibName.205 s main|fwmarkFibStorageType.205 i volatile|^205 later
fwmarkRouteStatus.$route|fwmarkRouteIfName.$route s ppp0||fwmarkRouteMtu.$route u 1400|^10\.5\.0\.0/16 dev ppp0
fwmarkNextHopStatus.$multi.1|fwmarkNextHopIfName.$multi.1 s ppp0||fwmarkNextHopWeight.$multi.1 u 2|^10\.6\.0\.0/16 dev ppp0
END
)
nrows=6
# The fields of all of them.
statuses='' readies='' unreadies='' others=''
: >"$WORK/regexps"
while IFS='|' read -r row ready unready other regexp; do
	statuses="$statuses $row"
	readies="$readies $ready"
	[ "$unready" = - ] || unreadies="$unreadies $unready"
	others="$others $other"
	printf '%s\n' "$regexp" >>"$WORK/regexps"
done <<END
$rows
END

# What a row of the kernel is looked for in.
kernel() {
	kernel_state | sed 's/[[:space:]][[:space:]]*/ /g'
}

# expect_kernel there|away WHAT: all of the rows.
expect_kernel() {
	kernel >"$WORK/kernel"
	awk 'NR == FNR { regexps[NR] = $0; next }
		{ for (i in regexps) if ($0 ~ regexps[i]) there[i] = 1 }
		END { for (i in regexps) print i in there ? "there" : "away" }' \
		"$WORK/regexps" "$WORK/kernel" | sort | uniq -c >"$WORK/found"
	read -r number found <"$WORK/found"
	expect_eq "$2: rows in the kernel" "$nrows $1" "$number $found"
}

# status_of STATE ROW: the number that the row reads in that state. Nothing makes a mark unready.
status_of() {
	case $1:$2 in
	A:*) echo none ;;
	B:fwmarkMark*) echo 2 ;;
	B:*) echo 3 ;;
	C:*) echo 2 ;;
	D:*) echo 1 ;;
	esac
}

# in_state STATE WHAT: all rows read so, and the kernel has them or not.
in_state() {
	# shellcheck disable=SC2086 # words
	snmp_answer snmpget -OqvteU $statuses || :
	printf '%s\n' "$got" | sed 's/^No Such .*/none/' >"$WORK/got"
	for row in $statuses; do
		status_of "$1" "$row"
	done >"$WORK/wanted"
	expect_same "$2: $statuses" "$WORK/wanted" "$WORK/got"
	case $1 in
	D) expect_kernel there "$2" ;;
	*) expect_kernel away "$2" ;;
	esac
}

# all STATUS [FIELD]...: varbinds that write the status to all rows, with these fields. A next hop is
# made, activated and destroyed together with its route.
all() {
	status=$1
	shift
	for row in $statuses ${status:+"fwmarkRouteStatus.$multi"}; do
		[ -z "$status" ] || printf '%s i %s ' "$row" "$status"
	done
	for field in "$@"; do
		case $field in
		2) printf '%s ' "$readies" ;;
		3) printf '%s ' "$unreadies" ;;
		4) printf '%s ' "$others" ;;
		esac
	done
}

# step STATE STATUS [FIELD]...: that SET, of all rows at once, leads to that state.
step() {
	state=$1
	shift
	# shellcheck disable=SC2046 # words
	snmp_set $(all "$@")
	in_state "$state" "after $*"
}

# refused ERROR OBJECT OBJECT TYPE VALUE...: the error and the varbind.
refused() {
	error=$1
	object=$2
	shift 2
	! snmp_answer snmpset -Ir -OsQtebU "$@" || fail "SET $* in state $from: done, not refused"
	expect_match "SET $* in state $from: error" "^Reason: $error( |\$)" "$got"
	expect_match "SET $* in state $from: object" "^Failed object: .*$object\$" "$got"
}

# none_of STATE STATUS...: writing one of these is refused, for each row by itself; and so is to
# create and to destroy it in one SET.
none_of() {
	from=$1
	shift
	for row in $statuses; do
		for status in "$@"; do
			refused inconsistentValue "$row" "$row" i "$status"
		done
	done
	expect_match "fwmarkAgentLastError" "^$row: " "$(last_error)"
	for row in $statuses; do
		refused inconsistentValue "$row" "$row" i destroy "$row" i createAndGo
		refused inconsistentValue "$row" "$row" i createAndGo "$row" i destroy
	done
	in_state "$from" "after refusals"
}

topology
start
snmp_set fwmarkAgentEditLock.0 i 0
state >"$WORK/before"

# A: there is no such row.
in_state A "at first"
none_of A active notInService
while IFS='|' read -r row _ unready other _; do
	from=A
	refused wrongValue "$row" "$row" i notReady </dev/null # which is for the agent to say
	if [ "$unready" != - ]; then
		# shellcheck disable=SC2086 # words
		refused inconsistentValue "fwmark.*" $unready "$row" i createAndGo </dev/null
	fi
	# shellcheck disable=SC2086 # words
	refused inconsistentName "${other%% *}" $other </dev/null
done <<END
$rows
END
step A destroy
step D createAndGo 2
step A destroy

# B: notReady.
step B createAndWait 3
none_of B createAndGo createAndWait
while IFS='|' read -r row _ unready _; do
	[ "$unready" != - ] || continue
	refused inconsistentValue "fwmark.*" "$row" i active </dev/null
	refused inconsistentValue "fwmark.*" "$row" i notInService </dev/null
done <<END
$rows
END
step B "" 4
step A destroy
step B createAndWait 3
step C "" 2
step A destroy
step B createAndWait 3
step D active 2
step A destroy

# C: notInService.
step C createAndWait 2
none_of C createAndGo createAndWait
step C notInService
for table in Rule Mark Policy Fib Route; do
	expect_eq "fwmark${table}Count, and the rows of a walk" \
		"$(snmp_walk "fwmark${table}Status" | wc -l)" "$(snmp_get "fwmark${table}Count.0")"
done
step C "" 4
step D active
step C notInService 4
step A destroy

# D: active.
step D createAndGo 2
none_of D createAndGo createAndWait
step D "" 4
step D active
step C notInService
step D active 4
step A destroy

state >"$WORK/after"
expect_same "all of it away" "$WORK/before" "$WORK/after"
