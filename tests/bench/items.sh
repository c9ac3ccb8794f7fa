# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# shellcheck disable=SC2034,SC2317 # what is set here is for programs.sh; what is called by name
# What tests/bench/run.sh measures: one function for each item, in namespaces of its own.

OURS=.1.3.6.1.4.1.8072.9999.9999.11.1
STATIC=.1.3.6.1.4.1.8072.9999.9999.12.1
RULE=2.4.1	# fwmarkRuleEntry
MARK=3.2.1
POLICY=4.4.1
ROUTE=6.3.1
FIRST_RULE=1000000 # the index of the first foreign rule: ROW_FOREIGN_MIN of model/row.h
FULL_MASK=4294967295

load() {
	"$PROGRAMS/load" "$@"
}

# pinned PID: on the CPU of the bench, so that no run is luckier than another.
pinned() {
	[ -z "$BENCH_CPU" ] || taskset -cp "$BENCH_CPU" "$1" >/dev/null
}

# start_all [RULES [ROUTES]]: snmpd, fwmarkd and the static agent with so many rows.
start_all() {
	start_snmpd
	pinned "$SNMPD_PID"
	start_agent
	pinned "$AGENT_PID"
	[ $# != 0 ] || return 0
	"$PROGRAMS/static_agent" "$SOCKET" "$1" "${2:-0}" >>"$WORK/static.log" 2>&1 &
	pinned $!
	load until 10000 "$SNMP_HOST" "$STATIC" >/dev/null
}

# rules NUMBER: mark rules of mangle PREROUTING, each with a mark of its own.
rules() {
	awk -v n="$1" 'BEGIN {
		print "*mangle"
		for (i = 1; i <= n; i++)
			printf "-A PREROUTING -s 10.%d.%d.%d/32 -p tcp -m tcp --dport %d -j MARK --set-xmark 0x%x/0xffffffff\n",
				i / 65536, i / 256 % 256, i % 256, i % 65535 + 1, i
		print "COMMIT"
	}' | iptables-legacy-restore
}

# routes NUMBER: from 16.0.0.0/24 on, over a few gateways.
routes() {
	ip link add bench0 type veth peer name bench1
	ip link set bench0 up
	ip link set bench1 up
	ip addr add 10.0.0.1/24 dev bench0
	awk -v n="$1" 'BEGIN {
		for (i = 0; i < n; i++)
			printf "route add %d.%d.%d.0/24 via 10.0.0.%d dev bench0\n",
				16 + i / 65536, i / 256 % 256, i % 256, i % 8 + 2
	}' | ip -batch -
}

# agent_setting LINE: into fwmarkd.conf.
agent_setting() {
	echo "$1" >>"$AGENT_CONF"
}

# pairs FILE OURS PEER: runs the two functions in turns; each prints one number.
pairs() {
	file=$1
	for _ in $(seq "$BENCH_PAIRS"); do
		mine=$("$2") && its=$("$3") && echo "$mine $its" >>"$file"
	done
}

# report NAME FILE UNIT FACTOR TARGET: FILE has lines "ours peer"; TARGET is "<= N" or ">= N", of the
# median of the ratios. Numbers are shown times FACTOR.
report() {
	awk -v name="$1" -v unit="$3" -v factor="$4" -v target="$5" '
		function median(a, n,    i, j, t) {
			for (i = 2; i <= n; i++)
				for (j = i; j > 1 && a[j - 1] > a[j]; j--) {
					t = a[j]; a[j] = a[j - 1]; a[j - 1] = t
				}
			return n % 2 ? a[(n + 1) / 2] : (a[n / 2] + a[n / 2 + 1]) / 2
		}
		NF == 2 && $2 > 0 { n++; ours[n] = $1; peer[n] = $2; ratio[n] = $1 / $2 }
		END {
			if (!n)
				exit 1
			split(target, t, " ")
			r = median(ratio, n)
			ok = t[1] == "<=" ? r <= t[2] : r >= t[2]
			printf "%-36s %14s %14s %8.3g %8s %s\n", name,
				sprintf("%.4g %s", median(ours, n) * factor, unit),
				sprintf("%.4g %s", median(peer, n) * factor, unit), r, target,
				ok ? "reached" : "MISSED"
		}' "$2"
}

rss_kb() {
	sed -n 's/^VmRSS:[[:space:]]*\([0-9]*\).*/\1/p' "/proc/$1/status"
}

# --- rules ---

item_walk() {
	rules 10000
	start_all 10000
	for _ in 1 2 3; do
		load walk 100 10000 "$SNMP_HOST" "$OURS.$RULE.29" -- "$SNMP_HOST" "$STATIC.$RULE.29"
	done >"$WORK/pairs"
	report "walk, 1 column, 10 000 rules" "$WORK/pairs" /s 1 ">= 0.9"
}

# columns ROOT ENTRY FIRST LAST
columns() {
	seq "$3" "$4" | sed "s/^/$1.$2./"
}

item_walk_all() {
	rules 10000
	start_all 10000
	# All columns side by side, as a manager fetches a table; then one after the other.
	# shellcheck disable=SC2046 # words
	load walk 25 10000 "$SNMP_HOST" $(columns "$OURS" "$RULE" 2 40) -- \
		"$SNMP_HOST" $(columns "$STATIC" "$RULE" 2 40) >"$WORK/pairs"
	report "walk, 39 columns a row, 10 000 rules" "$WORK/pairs" /s 1 ">= 0.85"
	for column in $(seq 2 40); do
		load walk 100 10000 "$SNMP_HOST" "$OURS.$RULE.$column" -- \
			"$SNMP_HOST" "$STATIC.$RULE.$column" >"$WORK/column"
		cat "$WORK/column" >>"$WORK/columns"
		[ -z "${BENCH_VERBOSE:-}" ] ||
			report "  column $column" "$WORK/column" /s 1 ">= 0.85"
	done
	report "walk, 39 columns in turn, 10 000" "$WORK/columns" /s 1 ">= 0.85"
}

some_rules() {
	echo "$1.$RULE.29 $((FIRST_RULE + 100)) $((FIRST_RULE + 9000))"
}

item_get_rule() {
	rules 10000
	agent_setting 'read: { get_age_ms = 0; };'
	start_all 10000
	# shellcheck disable=SC2046 # words
	ours() { load get 10 1 "$SNMP_HOST" $(some_rules "$OURS"); }
	# shellcheck disable=SC2046 # words
	peer() {
		{
			load get 10 1 "$SNMP_HOST" $(some_rules "$STATIC")
			"$PROGRAMS/reads" raw 10
		} | awk '{ sum += $1 } END { printf "%.9f\n", sum }'
	}
	pairs "$WORK/pairs" ours peer
	report "GET HCPackets, age 0, 10 000 rules" "$WORK/pairs" us 1000000 "<= 1.5"
}

# create FIRST ROWS, destroy FIRST ROWS: managers' rules.
create() {
	load set "$SNMP_HOST" "$OURS.$RULE" "$1" "$2" 13:u:6 16:u:25 17:u:25 24:u:1 40:i:4
}

destroy() {
	load set "$SNMP_HOST" "$OURS.$RULE" "$1" "$2" 40:i:6 >/dev/null
}

item_set() {
	rules 10000
	start_all
	ours() {
		create 5 1
		destroy 5 1
	}
	peer() {
		load exec iptables-legacy -t mangle -A PREROUTING -p tcp --dport 25 \
			-m comment --comment fwmark -j MARK --set-mark 1
		iptables-legacy -t mangle -D PREROUTING 10001
	}
	ours >/dev/null
	pairs "$WORK/pairs" ours peer
	report "SET creates 1 rule, 10 000 rules" "$WORK/pairs" ms 1000 "<= 1"
}

item_set_many() {
	rules 10000
	start_all
	ours() {
		create 100 50
		destroy 100 50
	}
	peer() {
		create 100 1
		destroy 100 1
	}
	ours >/dev/null
	pairs "$WORK/pairs" ours peer
	report "SET creates 50 rules: 1, 10 000 rules" "$WORK/pairs" ms 1000 "<= 1.5"
}

# Policies that differ in their priorities, which the kernel chooses.
policy_sets() {
	load set "$SNMP_HOST" "$OURS.$POLICY" 1 "$1" 5:u:100 39:i:4
	load set "$SNMP_HOST" "$OURS.$POLICY" 1 "$1" 39:i:6
}

# after_change COLUMN: the first row of a column, when others have just changed a policy.
after_change() {
	ip rule add pref 30000 lookup 99
	ip rule del pref 30000
	load until 10000 "$SNMP_HOST" "$OURS.$1"
}

item_policies() {
	awk 'BEGIN {
		for (i = 1; i <= 10000; i++)
			printf "rule add pref %d fwmark %d lookup 100\n", 1000 + i, i
	}' | ip -batch -
	start_all
	ours() { policy_sets 50 | awk '{ s += $1 } END { print s }'; }
	peer() { policy_sets 1 | awk '{ s += $1 } END { print s }'; }
	ours >/dev/null
	pairs "$WORK/pairs" ours peer
	report "SETs of 50 policies: 1, 10 000 there" "$WORK/pairs" ms 1000 "<= 2"
	ours() { after_change "$MARK.6"; }
	peer() { after_change "$POLICY.5"; }
	ours >/dev/null
	pairs "$WORK/marks" ours peer
	report "change, 1 of 10 000 marks: policies" "$WORK/marks" ms 1000 "<= 2"
}

# worst FILE LIMIT: the longest of the times, as a pair with what it may be.
worst() {
	sort -g "$1" | tail -n 1 | sed "s/$/ $2/"
}

# Rows that are not in service: the kernel has no part in it.
wait_rows() {
	load set "$SNMP_HOST" "$OURS.$RULE" "$1" "$2" 13:u:6 16:u:25 17:u:25 24:u:1 33:s:customer 40:i:5
}

item_state() {
	start_all
	for first in $(seq 1 100 9901); do
		wait_rows "$first" 100 >/dev/null
	done
	for _ in $(seq 50); do
		wait_rows 20000 1
		destroy 20000 1
	done >"$WORK/times"
	worst "$WORK/times" 0.05 >"$WORK/pairs"
	report "10 000 rows saved, worst of 50 SETs" "$WORK/pairs" ms 1000 "<= 1"
}

item_writer() {
	rules 10000
	start_all
	while :; do
		iptables-legacy -w -t mangle -A INPUT -p tcp -j MARK --set-mark 9
		iptables-legacy -w -t mangle -D INPUT 1
	done &
	for _ in $(seq 50); do
		create 5 1
		destroy 5 1
	done >"$WORK/times"
	kill $!
	worst "$WORK/times" 0.3 >"$WORK/pairs"
	report "SET beside a writer, worst of 50" "$WORK/pairs" ms 1000 "<= 1"
}

item_read() {
	rules 100000
	"$PROGRAMS/reads" pairs "$BENCH_PAIRS" >"$WORK/pairs"
	report "read 100 000 rules: libiptc" "$WORK/pairs" ms 1000 "<= 1.5"
}

# Readings of netfilter tables until now; one table is loaded, so one is one snapshot.
reads_so_far() {
	od -An -t u8 "$BENCH_COUNT" | tr -d ' '
}

item_marks() {
	rules 1000
	export BENCH_COUNT="$WORK/count"
	AGENT_WRAPPER="env LD_PRELOAD=$PROGRAMS/count_reads.so"
	start_all
	for _ in $(seq "$BENCH_PAIRS"); do
		before=$(reads_so_far)
		one=$(load get 20 50 "$SNMP_HOST" "$OURS.$MARK.9" 1 1000 "$FULL_MASK")
		echo "$(($(reads_so_far) - before)) $one" | awk '{ print $1, 1 + int(20 * $2 / 0.1) }'
		sleep 0.3
	done >"$WORK/pairs"
	report "1 000 marks, PDUs of 50: reads" "$WORK/pairs" "" 1 "<= 1"
}

item_rss() {
	rules 1000
	start_all
	load get 1000 100 "$SNMP_HOST" "$OURS.$RULE.29" "$FIRST_RULE" $((FIRST_RULE + 999)) >/dev/null
	before=$(rss_kb "$AGENT_PID")
	load get 10000 100 "$SNMP_HOST" "$OURS.$RULE.29" "$FIRST_RULE" $((FIRST_RULE + 999)) >/dev/null
	echo "$(rss_kb "$AGENT_PID") $before" >"$WORK/pairs"
	report "RSS after 1 000 000 GETs: before" "$WORK/pairs" kB 1 "<= 1.01"
}

# --- routes ---

item_routes() {
	start
	empty=$(rss_kb "$AGENT_PID")
	stop_agent
	routes 1000000
	"$PROGRAMS/route_load" 5 >"$WORK/pairs"
	report "load 1 000 000 routes: bare dump" "$WORK/pairs" ms 1000 "<= 1.5"
	start_agent
	load until 60000 "$SNMP_HOST" "$OURS.$ROUTE.7" >/dev/null
	echo "$((($(rss_kb "$AGENT_PID") - empty) * 1024 / 1000000)) 1" >"$WORK/rss"
	report "RSS for a route, 1 000 000 IPv4" "$WORK/rss" B 1 "<= 100"
}

RESYNCS=1.7.0	# fwmarkAgentResyncs
LONGEST=0.1	# seconds that a request may have to wait

# resync GATEWAY: 100 000 of the routes change, too many for the events to be kept; prints the time
# that the slowest of the GETs took which were sent while all is read anew.
resync() {
	kill -STOP "$AGENT_PID"
	awk -v gateway="$1" 'BEGIN {
		for (i = 0; i < 100000; i++)
			printf "route replace %d.%d.%d.0/24 via 10.0.0.%d dev bench0\n",
				16 + i / 65536, i / 256 % 256, i % 256, gateway
	}' | ip -batch -
	kill -CONT "$AGENT_PID"
	load longest 3000 "$SNMP_HOST" "$OURS.$ROUTE.17.254.1.4.16.0" 0 255 0.24.0.1
}

item_resync() {
	routes 1000000
	start_all
	load until 60000 "$SNMP_HOST" "$OURS.$ROUTE.7" >/dev/null
	for i in $(seq 2 $((BENCH_PAIRS + 1))); do
		echo "$(resync "$i") $LONGEST"
	done >"$WORK/pairs"
	expect_eq "readings after lost events" "$BENCH_PAIRS" \
		"$(snmpget -v2c -c test -Oqv "$SNMP_HOST" "$OURS.$RESYNCS")"
	report "reading 1 000 000 anew: longest wait" "$WORK/pairs" ms 1000 "<= 1"
}

TABLE_HOST=udp:127.0.0.1:1161
INET_CIDR_ROUTE_TYPE=.1.3.6.1.2.1.4.24.7.1.8

# launch_table_snmpd: one that has its own table of routes, on another port.
launch_table_snmpd() {
	printf 'rocommunity test 127.0.0.1\n' >"$WORK/table.conf"
	MIBS='' SNMP_PERSISTENT_DIR=$WORK/snmpd snmpd -f -Lo -C -c "$WORK/table.conf" \
		-I -smux,mteTrigger,mteTriggerConf "$TABLE_HOST" >>"$WORK/table.log" 2>&1 &
	TABLE_PID=$!
}

item_first_answer() {
	routes 100000
	start_snmpd
	# Once: what snmpd does here takes from ten seconds to a minute.
	launch_agent
	mine=$(load until 30000 "$SNMP_HOST" "$OURS.$ROUTE.7")
	stop_agent
	launch_table_snmpd
	echo "$mine $(load until 240000 "$TABLE_HOST" "$INET_CIDR_ROUTE_TYPE")" >"$WORK/start"
	kill "$TABLE_PID"
	wait "$TABLE_PID" || :
	start_agent
	mine=$(load until 30000 "$SNMP_HOST" "$OURS.$ROUTE.7")
	stop_agent
	launch_table_snmpd
	load until 10000 "$TABLE_HOST" .1.3.6.1.2.1.1.3 >/dev/null
	echo "$mine $(load until 240000 "$TABLE_HOST" "$INET_CIDR_ROUTE_TYPE")" >"$WORK/request"
	report "100 000 routes: request to answer" "$WORK/request" ms 1000 "<= 0.01"
	report "100 000 routes: start to answer" "$WORK/start" ms 1000 "<= 0.01"
}

# start_small: fwmarkd with 1 000 routes in a network of its own, behind an snmpd of its own here.
start_small() {
	unshare --net sleep 3600 &
	small=$!
	wait_for 5 other_network "$small"
	nsenter --net="/proc/$small/ns/net" sh -c "ip link set lo up; . \"$TOP_SRCDIR/tests/bench/items.sh\"; routes 1000; rules 100"
	agent_conf | sed 's/state"/small"/' >"$WORK/small.conf"
	big_socket=$SOCKET big_conf=$AGENT_CONF
	SOCKET=$WORK/small.agentx SNMP_HOST=$SMALL_HOST AGENT_CONF=$WORK/small.conf
	AGENT_WRAPPER="nsenter --net=/proc/$small/ns/net"
	start_snmpd
	pinned "$SNMPD_PID"
	start_agent
	pinned "$AGENT_PID"
	SOCKET=$big_socket SNMP_HOST=$BIG_HOST AGENT_CONF=$big_conf AGENT_WRAPPER=
}

other_network() {
	[ "$(readlink "/proc/$1/ns/net")" != "$(readlink /proc/self/ns/net)" ]
}

item_route_get() {
	BIG_HOST=$SNMP_HOST
	SMALL_HOST=udp:127.0.0.1:1161
	routes 1000000
	rules 100
	start_small
	start_all
	one="$OURS.$ROUTE.17.254.1.4.16.0 0 255 0.24.0.1"
	# shellcheck disable=SC2086 # words
	load get 4000 1 "$BIG_HOST" $one -- "$SMALL_HOST" $one >"$WORK/pairs"
	report "GET a route, 1 000 000: 1 000" "$WORK/pairs" us 1000000 "<= 1.2"
	one="$OURS.$RULE.29 $FIRST_RULE $((FIRST_RULE + 99))"
	# shellcheck disable=SC2086 # words
	load get 4000 1 "$BIG_HOST" $one -- "$SMALL_HOST" $one >"$WORK/counters"
	report "GET a counter, 1 000 000: 1 000" "$WORK/counters" us 1000000 "<= 1.2"
}

item_route_walk() {
	routes 1000000
	start_all 1 1000000
	for _ in 1 2 3; do
		load walk 100 10000 "$SNMP_HOST" "$OURS.$ROUTE.17" -- "$SNMP_HOST" "$STATIC.$ROUTE.17"
	done >"$WORK/pairs"
	report "walk, 1 column, 1 000 000 routes" "$WORK/pairs" /s 1 ">= 0.9"
}

CHURN_SECONDS=10
CHURNED=1000	# routes of table 100, each changed ten times a second
RESTING=1000	# routes of table 101, which nobody touches

# churn_batch GATEWAY FILE
churn_batch() {
	awk -v n="$CHURNED" -v gateway="$1" 'BEGIN {
		for (i = 0; i < n; i++)
			printf "route replace 11.%d.%d.0/24 via 10.0.0.%d dev bench0 table 100\n",
				i / 256, i % 256, gateway
	}' >"$2"
}

# ticks PID: the CPU that it has used, in ticks.
ticks() {
	sed 's/.*) //' "/proc/$1/stat" | awk '{ print $12 + $13 }'
}

# churn: 10 000 changes a second by one ip -batch, for CHURN_SECONDS; prints the CPU of fwmarkd and
# that of ip, in whose name the kernel works.
churn() {
	rm -f "$WORK/fifo"
	mkfifo "$WORK/fifo"
	ip -batch "$WORK/fifo" &
	churner=$!
	exec 9>"$WORK/fifo"
	mine=$(ticks "$AGENT_PID")
	begin=$(date +%s%N)
	for i in $(seq $((CHURN_SECONDS * 10))); do
		cat "$WORK/batch$((i % 2))" >&9
		left=$(((begin + i * 100000000 - $(date +%s%N)) / 1000000))
		[ $left -le 0 ] || sleep "$(printf '0.%03d' $left)"
	done
	its=$(ticks $churner)
	took=$((($(date +%s%N) - begin) / 1000000))
	exec 9>&-
	wait $churner
	[ $took -le $((CHURN_SECONDS * 1100)) ] || fail "the changes took $took ms"
	echo "$(($(ticks "$AGENT_PID") - mine)) $its"
}

churn_walk() {
	while [ ! -e "$WORK/stop" ]; do
		got=$(snmpbulkwalk -v2c -c test -t 10 -r 0 -Cr50 -Onqte "$SNMP_HOST" \
			"$OURS.$ROUTE.7.101" | wc -l)
		[ "$got" = "$RESTING" ] || echo "$got" >>"$WORK/wrong"
		echo >>"$WORK/walks"
	done
}

item_churn() {
	routes 1
	awk -v n="$RESTING" 'BEGIN {
		for (i = 0; i < n; i++)
			printf "route add 12.%d.%d.0/24 dev bench0 table 101\n", i / 256, i % 256
	}' | ip -batch -
	churn_batch 2 "$WORK/batch0"
	churn_batch 3 "$WORK/batch1"
	start
	churn >"$WORK/alone"
	awk '{ print $1 / 100, $2 / 100 }' "$WORK/alone" >"$WORK/alone.pair"
	: >"$WORK/wrong"
	churn_walk &
	walker=$!
	churn >"$WORK/beside"
	: >"$WORK/stop"
	wait $walker
	# What is shown in the end: the text of each route, as ip(8) has it.
	ip -o route show table 100 | sed 's/ *$//' | sort >"$WORK/ip"
	snmpbulkwalk -v2c -c test -t 10 -r 0 -Cr50 -OqvtU "$SNMP_HOST" fwmarkRouteText.100 |
		tr -d '"' | sort >"$WORK/ours"
	diff "$WORK/ip" "$WORK/ours" >>"$WORK/wrong" || :
	report "10 000 changes /s: CPU, ip -batch's" "$WORK/alone.pair" s 1 "<= 0.5"
	echo "$(wc -l <"$WORK/wrong") 1" >"$WORK/pairs"
	report "wrong answers beside it, $(wc -l <"$WORK/walks") walks" "$WORK/pairs" "" 1 "<= 0"
}
