#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Every source, header, test and fuzzer stands in its list in a local.mk, and so is built, run and
# in the tarball: what is forgotten there would be missing silently.
set -eu
cd "$(dirname "$0")/.."

failed=0

# listed MAKEFILE FILE...: each is a word of MAKEFILE, with or without .c
listed() {
	list=$1
	words=" $(sed 's/#.*//' "$list" | tr -s '[:space:]' ' ') "
	shift
	for file in "$@"; do
		[ -f "$file" ] || continue
		# make check has written logs, in a build beside the sources.
		case $words$file in
		*" $file "* | *" ${file%.c} "* | *.log | *.trs) ;;
		*)
			echo "$list: $file is missing"
			failed=1
			;;
		esac
	done
}

for room in agent/*/; do
	room=$(basename "$room")
	listed "agent/$room/local.mk" "agent/$room"/*.[ch] "agent/$room"/*.inc "agent/$room"/*/*.[ch] \
		"include/$room"/*.h
done
listed tests/unit/local.mk tests/unit/*.[ch]
listed tests/fuzz/local.mk tests/fuzz/*.[ch]
listed tests/local.mk tests/*.sh tests/run/* tests/netns/*.sh tests/netns/*.[ch] tests/netns/*.py tests/mib/*
listed mibs/local.mk mibs/*.txt mibs/compat/*
listed conf/local.mk conf/*.conf conf/*.in conf/*.sh conf/*.example conf/*.[58] conf/*.d/*
# What else is in there, debhelper has written.
listed debian/local.mk debian/[A-Z]* debian/c* debian/rules debian/fwmarkd.install debian/fwmarkd.p* \
	debian/*/*
exit $failed
