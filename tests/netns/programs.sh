# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# shellcheck disable=SC2034 # what is set here is for the tests
# snmpd, fwmarkd and the SNMP commands, for tests/netns/lib.sh.

NL='
'

# The user of SNMPv3 that may do everything, on both roads.
V3_USER=writer
V3_FLAGS="-v3 -l authPriv -u writer -a SHA-256 -A authsecret -x AES -X privsecret"
V2_FLAGS="-v2c -c test"

programs_init() {
	AGENT_PID=
	SNMPD_PID=
	SNMP_FLAGS=$V2_FLAGS
	SNMP_HOST=udp:127.0.0.1:161
	SOCKET=$WORK/agentx
	AGENT_CONF=$WORK/fwmarkd.conf
	LAST_STATUS=0
	mkdir "$WORK/snmpd" "$WORK/agent" "$WORK/client"
	# Nothing of the host's SNMP configuration, and no MIB but ours.
	export SNMPCONFPATH="$WORK/client" SNMP_PERSISTENT_DIR="$WORK/client"
	export MIBDIRS="$TOP_SRCDIR/mibs:$TOP_SRCDIR/mibs/compat" MIBS=FWMARK-MIB
	# A program built with sanitizers writes its reports where no_reports looks.
	export ASAN_OPTIONS="log_path=$WORK/sanitizer:exitcode=99:detect_leaks=1"
	export UBSAN_OPTIONS="log_path=$WORK/sanitizer:print_stacktrace=1"
	snmp_access >"$WORK/access.conf"
	agent_conf >"$AGENT_CONF"
	start_client
}

# start_client: tests/netns/client.c, where it was built; else everything goes by net-snmp's programs.
# fwmarkd and snmpd do not inherit its descriptors.
CLIENT_PID=
snmp_by=
start_client() {
	[ -x "${FWMARKD%/*}/../tests/netns/client" ] || return 0
	mkfifo "$WORK/client/requests" "$WORK/client/statuses"
	"${FWMARKD%/*}/../tests/netns/client" <"$WORK/client/requests" 3>"$WORK/client/statuses" \
		>"$WORK/client/answer" 2>&1 &
	CLIENT_PID=$!
	exec 7>"$WORK/client/requests" 8<"$WORK/client/statuses"
}

# without_client: for what runs in the background, as only one can ask at a time, and for other network
# namespaces than this.
without_client() {
	CLIENT_PID=
	exec 7>&- 8<&-
}

# stop_client: by this, and not before.
stop_client() {
	[ "$CLIENT_PID" ] || return 0
	client_status=0
	kill "$CLIENT_PID" 2>/dev/null || :
	wait "$CLIENT_PID" 2>/dev/null || client_status=$?
	[ $client_status = 143 ] || fail "the client of SNMP has ended, $client_status"
}

# by_client PROGRAM ARGUMENT...: its answer is in $WORK/client/answer.
by_client() {
	{ printf '%s\n' $# "$@" >&7 && read -r client_status <&8; } || fail "the client of SNMP has ended"
	case $client_status in
	*[!0-9]*) fail "the client of SNMP: $client_status" ;;
	esac
	return "$client_status"
}

# netsnmp_may_leak: net-snmp 5.9.3 loses an address (a struct sockaddr_un) when snmpd is killed in
# the middle of a SET. For such tests alone: the name would hide leaks of ours, too.
netsnmp_may_leak() {
	echo 'leak:libnetsnmp' >"$WORK/lsan"
	export LSAN_OPTIONS="suppressions=$WORK/lsan:print_suppressions=0"
}

# agent_conf: fwmarkd.conf as the tests want it, defaults for all the rest.
AGENT_READ=
agent_conf() {
	printf 'state: { directory = "%s"; };\n%s' "$WORK/state" "$AGENT_READ"
	[ "$FWMARK_ROAD" = agentx ] || printf 'standalone: { snmp_conf = "%s"; };\n' "$WORK/access.conf"
}

# snmp_access: who may do what; the same lines in snmpd.conf and in fwmarkd's own SNMP file.
snmp_access() {
	printf '%s\n' 'rwcommunity test 127.0.0.1' \
		"createUser $V3_USER SHA-256 authsecret AES privsecret" \
		"rwuser $V3_USER authPriv" \
		'maxGetbulkResponses 1000' \
		'dontLogTCPWrappersConnects yes'
}

# start_snmpd: on the road agentx; it answers when this returns.
start_snmpd() {
	[ "$FWMARK_ROAD" = agentx ] || return 0
	{
		cat "$WORK/access.conf"
		printf 'master agentx\nagentXTimeout 30\nagentXRetries 0\n'
	} >"$WORK/snmpd.conf"
	MIBS='' SNMP_PERSISTENT_DIR=$WORK/snmpd snmpd -f -Lo -C -c "$WORK/snmpd.conf" -x "$SOCKET" \
		-I -smux,mteTrigger,mteTriggerConf,ipCidrRouteTable,inetCidrRouteTable \
		"$SNMP_HOST" >>"$WORK/snmpd.log" 2>&1 7>&- 8<&- &
	SNMPD_PID=$!
	wait_for 10 snmpd_answers || fail "snmpd does not answer"
}

snmpd_answers() {
	listens "$SNMPD_PID" && snmp_get -t"$FWMARK_SLOW" .1.3.6.1.2.1.1.3.0
}

# listens PID: has that process, or another of its network, opened the port of SNMP? A request that
# comes earlier is lost, and whoever sent it waits for the whole of its timeout. Where there is no
# such process (any more), asking is the way to find out.
listens() {
	[ -e "/proc/$1/net/udp" ] || return 0
	hex=$(printf '%04X' "${SNMP_HOST##*:}")
	while read -r _ local _; do
		case $local in
		*:"$hex") return 0 ;;
		esac
	done <"/proc/$1/net/udp"
	return 1
}

stop_snmpd() {
	[ "$SNMPD_PID" ] || return 0
	kill "$SNMPD_PID"
	wait "$SNMPD_PID" || :
	SNMPD_PID=
}

AGENT_VERBOSE=-v

# quiet_agent: for a test that counts what everybody gets to read in the log.
quiet_agent() {
	AGENT_VERBOSE=
}

# fresh_agent: for a test that compares with what others do to netfilter: no answer comes from an
# earlier reading. tests/netns/rules-text.sh has the ages that are the default.
fresh_agent() {
	AGENT_READ="read: { get_age_ms = 0; walk_age_ms = 0; };$NL"
	agent_conf >"$AGENT_CONF"
}

# agent_command: the options of fwmarkd that fit the road.
agent_command() {
	case $FWMARK_ROAD in
	agentx) echo "-f $AGENT_VERBOSE -c $AGENT_CONF -x $SOCKET" ;;
	standalone) echo "-f $AGENT_VERBOSE -c $AGENT_CONF --standalone $SNMP_HOST" ;;
	esac
}

# launch_agent: starts fwmarkd, through the program AGENT_WRAPPER when that is set, and returns at
# once.
launch_agent() {
	# shellcheck disable=SC2046 # words
	SNMP_PERSISTENT_DIR=$WORK/agent ${AGENT_WRAPPER:-} "$FWMARKD" $(agent_command) \
		>>"$WORK/fwmarkd.log" 2>&1 7>&- 8<&- &
	AGENT_PID=$!
}

agent_answers() {
	case $FWMARK_ROAD in
	agentx) listens "$SNMPD_PID" ;;
	standalone) listens "$AGENT_PID" ;;
	esac && snmp_get -t"$FWMARK_SLOW" fwmarkAgentUpTime.0
}

agent_answers_or_gone() {
	agent_gone || agent_answers
}

# start_agent: starts fwmarkd; it answers when this returns, START_SECONDS later at most.
START_SECONDS=15
start_agent() {
	launch_agent
	wait_for "$START_SECONDS" agent_answers_or_gone || fail "fwmarkd does not answer"
	! agent_gone || fail "fwmarkd has ended"
}

start() {
	start_snmpd
	start_agent
}

# stop_agent: it must end by itself, with status 0.
stop_agent() {
	[ "$AGENT_PID" ] || return 0
	kill "$AGENT_PID" || fail "fwmarkd is not there any more"
	wait_for 10 agent_gone || fail "fwmarkd does not stop on SIGTERM"
	LAST_STATUS=0
	wait "$AGENT_PID" || LAST_STATUS=$?
	AGENT_PID=
	expect_eq "exit status of fwmarkd after SIGTERM" 0 "$LAST_STATUS"
}

# agent_log: what fwmarkd has said so far.
agent_log() {
	cat "$WORK/fwmarkd.log"
}

# agent_said PATTERN: in how many lines of that it stands.
agent_said() {
	grep -c "$1" "$WORK/fwmarkd.log" || :
}

# measure_memory: for a test that looks at agent_memory, before anything is started.
# AddressSanitizer keeps what was freed, 256 MiB of it; with so little that is full when measuring
# begins.
measure_memory() {
	export ASAN_OPTIONS="$ASAN_OPTIONS:quarantine_size_mb=1"
}

# may_grow KIB: what agent_memory may grow by. What AddressSanitizer puts around small pieces is
# several times their size.
may_grow() {
	if grep -qa __asan_init "$FWMARKD"; then
		echo $(($1 * 4))
	else
		echo "$1"
	fi
}

# agent_memory: in KiB.
agent_memory() {
	sed -n 's/^RssAnon:[[:space:]]*\([0-9]*\) kB$/\1/p' "/proc/$AGENT_PID/status"
}

# reload_agent [LINE]...: SIGHUP, with fwmarkd.conf of agent_conf and these lines; returns when the
# log says what came of it (see reloaded).
reload_agent() {
	{
		agent_conf
		[ $# = 0 ] || printf '%s\n' "$@"
	} >"$AGENT_CONF"
	hang_up
}

# reloaded_with [LINE]...: the same with a good file. The log begins anew.
reloaded_with() {
	: >"$WORK/fwmarkd.log"
	reload_agent "$@"
	expect_match "log with $*" 'settings read anew' "$(agent_log)"
}

# hang_up: SIGHUP, with the file as it is.
hang_up() {
	forget_state
	reloads=$(grep -Ec "$RELOADED" "$WORK/fwmarkd.log" || :)
	kill -HUP "$AGENT_PID"
	wait_for 15 reloaded || fail "nothing comes of SIGHUP"
}

RELOADED='settings (read anew|stay as they were)'
reloaded() {
	[ "$(grep -Ec "$RELOADED" "$WORK/fwmarkd.log")" -gt "$reloads" ]
}

# Gone or a zombie (its parent, the test, has not waited for it yet).
agent_gone() {
	stat=
	{ read -r stat <"/proc/$AGENT_PID/stat"; } 2>/dev/null || return 0
	case ${stat##*) } in
	[ZX]*) ;;
	*) return 1 ;;
	esac
}

kill_agent() {
	kill -9 "$AGENT_PID"
	wait "$AGENT_PID" 2>/dev/null || :
	AGENT_PID=
}

# no_reports: no sanitizer has found anything, in any process.
no_reports() {
	for report in "$WORK"/sanitizer.*; do
		[ ! -s "$report" ] || fail "sanitizer report"
	done
}

# snmp TOOL [OPTION]... [ARGUMENT]...: a net-snmp command against what is under test; an option
# and its value are one word (-t1). SETs are not sent twice, so that the answer is that to the
# first.
snmp() {
	tool=$1
	options=
	shift
	while :; do
		case ${1:-} in
		-*) options="$options $1" ;;
		*) break ;;
		esac
		shift
	done
	# shellcheck disable=SC2086 # words
	$snmp_by "$tool" $SNMP_FLAGS -t $((10 * FWMARK_SLOW)) -r 0 -Pe $options "$SNMP_HOST" "$@"
}

# can_client ARGUMENT...: can it do that? Users of SNMPv3, whose keys and clocks it would keep, ask by
# programs of their own, and what has several lines is not for its standard input.
can_client() {
	[ "$CLIENT_PID" ] || return 1
	case $SNMP_FLAGS$* in
	-v3* | *"$NL"*) return 1 ;;
	esac
}

# snmp_answer TOOL...: as snmp; sets got to what it prints, without a process if the client can.
snmp_answer() {
	if ! can_client "$@"; then
		got=$(snmp "$@" 2>&1)
		return
	fi
	snmp_by=by_client
	snmp_status=0
	snmp "$@" || snmp_status=$?
	snmp_by=
	got=
	while IFS= read -r got_line; do
		got=$got$got_line$NL
	done <"$WORK/client/answer"
	got=${got%"$NL"}
	return $snmp_status
}

# snmp_as "FLAGS": who asks from now on.
snmp_as() {
	SNMP_FLAGS=$1
}

# snmp_get OBJECT...: the values alone, one a line; fails where an object does not exist.
snmp_get() {
	snmp_answer snmpget -OqvteU "$@" || { printf '%s\n' "$got" >&2; return 1; }
	printf '%s\n' "$got"
	case $got in
	*'No Such '*) return 1 ;;
	esac
}

# snmp_walk [OPTION]... OBJECT: lines "fwmarkRuleMark.1 = 1".
snmp_walk() {
	if ! can_client "$@"; then
		snmp snmpbulkwalk -Cr50 -OsQtebU "$@"
		return
	fi
	snmp_by=by_client
	snmp_status=0
	snmp snmpbulkwalk -Cr50 -OsQtebU "$@" || snmp_status=$?
	snmp_by=
	cat "$WORK/client/answer"
	return $snmp_status
}

# snmp_set OBJECT TYPE VALUE ...: must succeed.
snmp_set() {
	forget_state
	snmp_answer snmpset -OsQtebU "$@" || fail "snmpset $*
$got
$(last_error)"
}

last_error() {
	snmp_get fwmarkAgentLastError.0
}

# lartc_set: mail goes by the cheap uplink; see lartc_varbinds.
lartc_set() {
	# shellcheck disable=SC2046 # words
	snmp_set $(lartc_varbinds)
}

# lartc_destroy: all of it away again, in one SET.
lartc_destroy() {
	snmp_set fwmarkRuleStatus.1 i destroy fwmarkPolicyStatus.1 i destroy \
		fwmarkRouteStatus.201.1.4.0.0.0.0.0.0.1 i destroy fwmarkFibStatus.201 i destroy
}
