# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# shellcheck disable=SC2154 # top, work and the settings are of run.sh
# The stages of tests/run.sh. Each counts what it does and goes on as far as it makes sense.

STAGES="fresh package gcc standalone sanitize dist static fuzz kernels"

# stage_packages STAGE...: what building and running the daemon does not need (conf/packages.sh), but
# its tests do.
stage_packages() {
	echo "libcmocka-dev iputils-ping python3 strace systemd"
	for stage in "$@"; do
		case $stage in
		fresh | package) echo "$PACKAGES_ROOT" ;;
		kernels) echo "$PACKAGES_ROOT $PACKAGES_KERNELS" ;;
		sanitize | fuzz) echo "clang libclang-rt-dev llvm" ;;
		dist) echo "xz-utils" ;;
		static) echo "shellcheck cppcheck smitools python3-pysmi man-db groff-base" ;;
		esac
	done
}

install_test_packages() {
	command -v dpkg-query >/dev/null || return 0
	# shellcheck disable=SC2046,SC2086 # words
	if ! PACKAGES_LOG=$work/log/apt install_packages $PACKAGES_BUILD $PACKAGES_RUN \
		$PACKAGES_NETWORK $(stage_packages "$@"); then
		tail -n 40 "$work/log/apt" 2>/dev/null || :
		echo "the packages cannot be installed" >&2
		exit 1
	fi
}

# prepare_source: a copy, so that autogen.sh writes nothing into the checkout, and another of it as it
# is. What git ignores (an earlier build) does not belong to it.
prepare_source() {
	source=$work/source
	checkout=$work/checkout.tar
	mkdir "$source"
	if git -c safe.directory="$top" ls-files --cached --others --exclude-standard \
		>"$work/files" 2>/dev/null; then
		while read -r file; do
			[ ! -f "$file" ] || echo "$file"
		done <"$work/files" >"$work/files.there"
		tar -cf "$checkout" -T "$work/files.there"
	else
		tar -cf "$checkout" .
	fi
	tar -C "$source" -xf "$checkout"
	step "autogen.sh" "$source/autogen.sh" || { count_report; exit 1; }
}

# build NAME ARGUMENT...: configures and builds $work/NAME, once. Returns whether that is there.
build() {
	build=$work/$1
	if [ -e "$build" ]; then
		[ -e "$build/built" ]
		return
	fi
	build_name=$1
	shift
	mkdir "$build"
	step "$build_name: configure" env -C "$build" "$source/configure" --enable-werror "$@" &&
		step "$build_name: build" make -C "$build" -j"$JOBS" -k &&
		step "$build_name: build tests" make -C "$build" -j"$JOBS" -k check TESTS= &&
		touch "$build/built"
}

# --- on fresh systems ---

FRESH_SUITES="bookworm trixie"

# fresh_possible: as root, and where apt has a mirror of Debian.
fresh_possible() {
	[ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return
	[ "$(root_sources any)" ] || apt-get -qq update >&2 && [ "$(root_sources any)" ]
}

# default_stages: all that do not take too long, and what a fresh system of the same release does need
# not be done here, too.
default_stages() {
	local stages=" ${STAGES% kernels} "
	for suite in $FRESH_SUITES; do
		if grep -qx "VERSION_CODENAME=$suite" /etc/os-release && fresh_possible; then
			stages="${stages% gcc standalone *} ${stages#* gcc standalone }"
		fi
	done
	echo "$stages"
}

# suites_begin STAGE...: starts tests/run/STAGE.sh, one stage after the other, for all suites side by side,
# and beside what runs on this machine. Much of it is done by one process alone, or waits: each suite has
# half of the processors, and so has this machine meanwhile.
suites_begin() {
	local half=$(((JOBS + 1) / 2))
	suites_stages=
	if ! fresh_possible && [ "${CI:-}" != true ]; then
		skip "$*" "needs root, and a mirror of Debian in apt's configuration"
		return
	fi
	suites_stages=$*
	# On two processors, three are at work.
	export FWMARK_SLOW="${FWMARK_SLOW:-2}"
	: >"$work/lines"
	# shellcheck disable=SC2016,SC2086 # the inner shell's; words
	printf '%s\n' $FRESH_SUITES | STAGES="$*" setsid xargs -n 1 -P "$JOBS" sh -c '
		for stage in $STAGES; do
			sh "$0/tests/run/$stage.sh" "$@"
		done' "$top" "$checkout" "$work" "$half" >"$work/lines" 2>&1 &
	beside=$!
	JOBS=$half
	tail -n +1 -f --pid="$beside" "$work/lines" | sed -u -e '/^[a-z]* end /d' \
		-e 's/^\([a-z]*\) \(pass\|FAIL\|skip\)  /\2  \1: /; t' -e 's/^\([a-z]*\) *|\{0,1\}/      \1:/' &
	shown=$!
}

# suite_failures SUITE: of the lines of all suites, the failures of one; each with the end of its log.
suite_failures() {
	awk -v suite="$1" '
		function log_end(  i) {
			for (i = n > 40 ? n - 39 : 1; i <= n; i++)
				print lines[i]
			n = 0
		}
		$1 != suite { next }
		{ line = substr($0, length(suite) + 2) }
		$2 == "FAIL" { log_end(); sub(/^FAIL  /, suite ": ", line); print line; failed = 1; next }
		$2 == "|" && failed { lines[++n] = line; next }
		{ log_end(); failed = 0 }
		END { log_end() }'
}

# suites_end: waits for them, and counts what they have shown.
suites_end() {
	[ "$suites_stages" ] || return 0
	wait "$beside" || :
	beside=
	wait "$shown" || :
	passed=$((passed + $(grep -c '^[a-z]* pass  ' "$work/lines" || :)))
	skipped=$((skipped + $(grep -c '^[a-z]* skip  ' "$work/lines" || :)))
	failed=$((failed + $(grep -c '^[a-z]* FAIL  ' "$work/lines" || :)))
	for suite in $FRESH_SUITES; do
		suite_failures "$suite" <"$work/lines" >>"$failures"
		for stage in $suites_stages; do
			grep -q "^$suite end $stage\$" "$work/lines" || miss "$suite: $stage ended too early"
		done
	done
}

# --- on this machine ---

build_gcc() {
	build gcc CC=gcc
}

stage_gcc() {
	build_gcc || return 0
	# Nothing else builds them.
	step "gcc: build benches" make -C "$work/gcc" -j"$JOBS" bench-programs || :
	FWMARK_ROAD=agentx check "gcc, agentx" "$work/gcc" check
}

stage_standalone() {
	build_gcc || return 0
	FWMARK_SHARE="${STANDALONE_SHARE:-}" check "gcc, standalone" "$work/gcc" check-standalone
}

# With the tests of which this fwmarkd alone is capable: it fails on demand.
# Unit tests: exitcode and halt_on_error make any report a failure. End to end, tests/netns/lib.sh
# has the reports of the daemon written to files, and looks at them.
stage_sanitize() {
	build sanitize CC=clang --enable-sanitizers --enable-fault-injection CFLAGS='-O1 -g' || return 0
	check "sanitizers, unit" "$work/sanitize" check-unit
	check "sanitizers, agentx" "$work/sanitize" check-agentx
}

stage_dist() {
	build_gcc || return 0
	step "make install" sh "$source/tests/run/install.sh" "$work/gcc" || :
	step "make distcheck" make -C "$work/gcc" -j"$JOBS" distcheck || :
}

# --- static ---

stage_static() {
	# The suppressions of cppcheck: there are no threads here, and in ipt_ops.inc it does not
	# know a function that writes to its argument.
	(cd "$source" && find . \( -name '*.[ch]' -o -name '*.inc' \) ! -path './build-aux/*' | LC_ALL=C sort) >"$work/c"
	# shellcheck disable=SC2046 # no file name of ours has a blank
	{
		static_clang_format $(cat "$work/c")
		step "shellcheck" env -C "$source" shellcheck $(shell_scripts) || :
		step "cppcheck" env -C "$source" cppcheck --quiet --error-exitcode=1 -j"$JOBS" \
			--enable=warning,portability,performance --std=c11 --inline-suppr \
			--suppress=missingIncludeSystem --suppress=unknownMacro \
			--suppress=getprotobynumberCalled --suppress=getpwnamCalled --suppress=uninitvar:agent/netfilter/ipt_ops.inc \
			--library=posix -D_GNU_SOURCE -D__linux__ -Iinclude agent || :
	}
	static_mib
	for page in "$source"/agent/*.8 "$source"/conf/*.5; do
		[ ! -f "$page" ] || step "man page ${page##*/}" "$top/tests/run/silent" env LC_ALL=C.UTF-8 MANWIDTH=80 \
			sh -c "man --warnings -E UTF-8 -l \"\$1\" >/dev/null" sh "$page" || :
	done
}

# static_clang_format FILE...: every version lays out macros in a way of its own, and 14 decides.
# Debian 13 has no such package.
static_clang_format() {
	if apt-cache show clang-format-14 >"$work/log/now" 2>&1; then
		PACKAGES_LOG=$work/log/apt install_packages clang-format-14 || :
	fi
	for format in clang-format-14 clang-format; do
		case $("$format" --version 2>/dev/null) in
		*" version 14."*)
			step "clang-format" env -C "$source" "$format" --dry-run -Werror "$@" || :
			return
			;;
		esac
	done
	skip "clang-format" "no clang-format 14 for this release"
}

static_mib() {
	mib=$source/tests/mib
	for parser in smilint pysmi net-snmp; do
		step "FWMARK-MIB, $parser" sh "$mib/parse.sh" $parser || :
		[ -z "$IETF_MIBS" ] ||
			step "FWMARK-MIB, $parser, IETF modules" sh "$mib/parse.sh" $parser "$IETF_MIBS" || :
	done
	step "FWMARK-MIB, faults" sh "$mib/parse-faults.sh" || :
}

# shell_scripts: by name or by their first line, without what autogen.sh brought.
shell_scripts() {
	(
		cd "$source" || exit
		find . -type f ! -path './build-aux/*' ! -path './autom4te.cache/*' ! -path './.git/*' \
			! -name configure ! -name 'configure~' ! -name '*.in' |
			while read -r file; do
				case $file in
				*.sh) echo "$file" ;;
				*) head -n 1 "$file" | grep -aqE '^#! ?/.*[/ ](ba|da)?sh( |$)' && echo "$file" ;;
				esac
			done | LC_ALL=C sort
	)
}

# --- fuzz ---

stage_fuzz() {
	build=$work/fuzz
	mkdir "$build"
	step "fuzz: configure" env -C "$build" "$source/configure" --enable-werror CC=clang \
		CFLAGS='-O1 -g' --enable-sanitizers --enable-fuzzers &&
		step "fuzz: build" make -C "$build" -j"$JOBS" -k fuzzers || return 0
	for fuzzer in "$source"/tests/fuzz/fuzz_*.c; do
		basename "$fuzzer" .c | sed 's/^fuzz_//'
	done >"$work/fuzzers"
	# As many at a time as there are processors.
	run xargs -a "$work/fuzzers" -n 1 -P "$JOBS" sh "$source/tests/run/fuzz.sh" \
		"$build/tests/fuzz" "$source/tests/data/fuzz" "$work" "$FUZZ_SECONDS" || :
	while read -r name; do
		if [ -e "$work/found_nothing.$name" ]; then
			pass "fuzz: $name ($FUZZ_SECONDS s)"
		else
			miss "fuzz: $name" "$work/log/fuzz.$name"
		fi
	done <"$work/fuzzers"
}
