#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# No object that the MIB calls read-only can be written, whatever is sent.
# shellcheck source=/dev/null
. "$(dirname "$0")/lib.sh"

topology
start
lartc_set

# The index of the row that LARTC's SET made, by the name of the object.
index_of() {
	case $1 in
	fwmarkAgent* | *Count | *NextIndex | *LastChange) echo 0 ;;
	fwmarkRule* | fwmarkPolicy*) echo 1 ;;
	fwmarkMark*) echo 1.4294967295 ;;
	fwmarkFib*) echo 201 ;;
	fwmarkRoute*) echo 201.1.4.0.0.0.0.0.0.1 ;;
	fwmarkNextHop*) echo 201.1.4.0.0.0.0.0.0.1.1 ;;
	fwmarkInterface*) echo 1 ;;
	fwmarkLookup*) echo 1.1.4.127.0.0.1 ;;
	*) fail "which table has $1?" ;;
	esac
}

awk '$2 == "OBJECT-TYPE" && NF == 2 { name = $1 } $1 == "MAX-ACCESS" && $2 == "read-only" { print name }' \
	"$TOP_SRCDIR/mibs/FWMARK-MIB.txt" >"$WORK/objects"
[ "$(wc -l <"$WORK/objects")" -gt 40 ] || fail "the module has few read-only objects"
types='u 1
i 1
s text'
while read -r object; do
	object=$object.$(index_of "$object")
	snmp_get "$object" >/dev/null </dev/null || fail "$object: no value"
	printf '%s\n' "$types" | sed "s/^/notWritable $object \/${object%%.*}\/ $object /"
done <"$WORK/objects" >"$WORK/refusals"
# All of them with one type, and some with all.
awk 'NR % 3 == 1 || NR <= 15' "$WORK/refusals" >"$WORK/some"
refusals <"$WORK/some"
