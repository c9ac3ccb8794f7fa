# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# shellcheck disable=SC2154 # NETNS_DIR and WORK are of lib.sh
# A SET whose every step fails once, for tests/netns/faults-*.sh. Needs a fwmarkd that was
# configured with --enable-fault-injection; see include/base/fault.h.

FWMARK_FAULTS=$WORK/faults
export FWMARK_FAULTS

# whole_state: all that a SET could change, counters, the files and a walk among it. Not whether a
# table of netfilter is loaded: the kernel keeps an empty one.
whole_state() {
	{
		iptables-legacy-save -c
		echo "== IPv6"
		ip6tables-legacy-save -c
	} | awk '
		/^==/ { table = ""; print; next }
		/^\*/ { table = $0 }
		/^[#*]|^COMMIT|^:[A-Z]* ACCEPT / { next }
		/-j fwmark-meter$/ { $1 = "" } # counts every packet
		{ print table, /^:/ ? $1 : $0 }'
	for family in -4 -6; do
		echo "== ip $family"
		ip $family -d -batch - <<-END
			rule
			route show table all
		END
	done
	echo "== files"
	grep . /etc/iproute2/rt_tables.d/*.conf /proc/sys/net/ipv4/conf/*/rp_filter \
		/proc/sys/net/ipv4/conf/*/src_valid_mark 2>/dev/null || :
	grep -Ev '^(epoch|sets) = ' "$WORK/state/state"
	echo "== SNMP"
	agent_state
}

# fail_steps STEP...: the next SET fails there, with EIO.
fail_steps() {
	rm -f "$FWMARK_FAULTS.passed"
	echo "5 $*" >"$FWMARK_FAULTS.new"
	mv "$FWMARK_FAULTS.new" "$FWMARK_FAULTS"
}

# failed_steps: what has failed of these, one a line.
failed_steps() {
	sed -n 's/^[0-9]* \(.*\): fails$/\1/p' "$FWMARK_FAULTS.passed" 2>/dev/null || :
}

# can_fail: or the test is skipped.
can_fail() {
	grep -aq 'FWMARK_FAULTS' "$FWMARKD" || skip "fwmarkd was built without --enable-fault-injection"
}

# steps_fail_in_turn NAME VARBINDS...: the SET with its first step failing, then its second, until
# it succeeds; each time nothing has changed.
steps_fail_in_turn() {
	case_=$1
	shift
	whole_state >"$WORK/whole.before"
	step=1
	while :; do
		fail_steps $step
		if snmp snmpset -OsQtebU "$@" >"$WORK/set" 2>&1; then
			break
		fi
		failed=$(failed_steps)
		[ "$failed" ] || fail "$case_, step $step: refused, though none failed
$(cat "$WORK/set")
$(last_error)"
		expect_match "$case_, step $step ($failed): error" \
			'^Reason: (commitFailed|resourceUnavailable)' "$(cat "$WORK/set")"
		expect_match "$case_, step $step ($failed): fwmarkAgentLastError" '^"?fwmark[A-Za-z]*[.0-9]*: .' \
			"$(last_error)"
		whole_state >"$WORK/whole.after"
		expect_same "$case_, step $step ($failed): nothing must change" "$WORK/whole.before" \
			"$WORK/whole.after"
		step=$((step + 1))
	done
	expect_eq "$case_: steps that failed, and the SET did not" "" "$(failed_steps)"
	expect_eq "$case_: steps" $((step - 1)) "$(grep -c . "$FWMARK_FAULTS.passed")"
	echo "$case_: $((step - 1)) steps"
	sed 's/^[0-9]* //' "$FWMARK_FAULTS.passed" | sort | uniq -c
}
