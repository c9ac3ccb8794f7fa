# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# shellcheck disable=SC2154 # top, work and the settings are of run.sh
# Running, counting and cleaning up, for tests/run.sh.

count_init() {
	passed=0 failed=0 skipped=0
	child='' beside=''
	mkdir "$work/log"
	failures=$work/failures
	: >"$failures"
}

pass() {
	passed=$((passed + 1))
	echo "pass  $1"
}

# miss NAME LOG: the log's end is shown twice, at once and once more among the failures at the end, which
# is what is left of a long output that somebody has cut.
miss() {
	failed=$((failed + 1))
	echo "FAIL  $1"
	echo "$1" >>"$failures"
	if [ "${2:-}" ]; then
		tail -n 100 "$2" | sed 's/^/      | /'
		tail -n 40 "$2" | sed 's/^/      | /' >>"$failures"
	fi
}

# skip NAME WHY
skip() {
	skipped=$((skipped + 1))
	echo "skip  $1: $2"
}

# run COMMAND...: its output goes to $work/log/now. A process group of its own and wait, so that a
# signal is acted on at once and reaches all that was started.
run() {
	setsid "$@" >"$work/log/now" 2>&1 </dev/null &
	child=$!
	run_status=0
	wait "$child" || run_status=$?
	child=
	return $run_status
}

# step NAME COMMAND...: one thing that passes or fails. Returns its status.
step() {
	name=$1
	shift
	started=$(date +%s)
	if run "$@"; then
		pass "$name ($(($(date +%s) - started)) s)"
	else
		miss "$name" "$work/log/now"
		return 1
	fi
}


# check NAME DIRECTORY TARGET...: make check and the like; counts the tests that it ran.
check() {
	name=$1
	build=$2
	shift 2
	mkdir -p "$build/tests"
	find "$build/tests" \( -name '*.trs' -o -name '*.log' \) -delete
	failed_before=$failed
	started=$(date +%s)
	check_status=0
	run make -C "$build" -j"$JOBS" -k "$@" || check_status=$?
	find "$build/tests" -name '*.trs' | LC_ALL=C sort >"$work/trs"
	while read -r trs; do
		check_count "$name" "${trs#"$build/tests/"}" "${trs%.trs}.log" "$(sed -n \
			's/^:global-test-result: //p' "$trs")"
	done <"$work/trs"
	echo "      $name: $(wc -l <"$work/trs") tests in $(($(date +%s) - started)) s"
	if [ "$check_status" -ne 0 ] && [ "$failed" -eq "$failed_before" ]; then
		miss "$name: make $*" "$work/log/now"
	fi
}

# check_count NAME TRS LOG RESULT
check_count() {
	test="$1: ${2%.trs}"
	case $4 in
	PASS) pass "$test" ;;
	SKIP)
		why=$(grep -h 'SKIP\|skip' "$3" | head -n 1)
		case ${CI:-}:$why in
		*"not on the road"*) ;; # it is counted on the other one
		true:*) miss "$test (skipped, which does not count in CI)" "$3" ;;
		*) skip "$test" "${why:-?}" ;;
		esac
		;;
	*) miss "$test" "$3" ;;
	esac
}

# count_report: the last line, and the exit status.
count_report() {
	if [ "$failed" -gt 0 ]; then
		echo
		echo "failed:"
		sed 's/^/      /' "$failures"
	fi
	echo
	line="$passed passed, $failed failed"
	[ "$skipped" -eq 0 ] || line="$line, $skipped skipped"
	echo "$line"
	[ "$failed" -eq 0 ]
}

# clean_up: at the end, whatever the end is.
clean_up() {
	status=$?
	trap - EXIT
	trap '' HUP INT PIPE TERM
	for group in ${child:-} ${beside:-}; do
		kill -TERM "-$group" 2>/dev/null || continue
		# tests/with-limit outlives make for as long as it ends its test. jobs: so that the
		# shell notices that make has ended.
		tries=0
		while jobs >/dev/null && kill -0 "-$group" 2>/dev/null; do
			[ $tries -lt 75 ] || kill -KILL "-$group"
			tries=$((tries + 1))
			sleep 0.2
		done
	done
	chmod -R u+w "$work" 2>/dev/null || : # distcheck makes its copy read-only
	rm -rf "$work"
	exit $status
}
