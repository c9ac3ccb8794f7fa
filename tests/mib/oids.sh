#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The names of FWMARK-MIB and their OIDs are a contract: managers and graph templates hold them.
#
#   oids.sh [MODULE [TSV]]
#
# MODULE is the module file. Each line of TSV is a name, a tab and the OID that the module must
# give it. A name below fwmarkObjects that TSV does not have is an error too, except the entry of
# a table, which must be called after its table and be its .1.
#
# Needs snmptranslate; finds the modules that MODULE imports in $IETF_MIBS if that is set, and in
# compat/ beside MODULE. Exit: 0 good, 1 not, 77 skipped.

set -u

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd) || exit 1
module=${1:-$here/../../mibs/FWMARK-MIB.txt}
tsv=${2:-$here/oids.tsv}

for file in "$module" "$tsv"; do
	if [ ! -r "$file" ]; then
		echo "oids.sh: cannot read $file"
		exit 1
	fi
done
if ! command -v snmptranslate >/dev/null; then
	echo "oids.sh: skipped: no snmptranslate"
	exit 77
fi

tmp=$(mktemp -d) || exit 1
mkdir "$tmp/cert_indexes" # or net-snmp says that it made it
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM

dir=$(CDPATH='' cd -- "$(dirname -- "$module")" && pwd) || exit 1

# A later directory wins over an earlier one. -Tz prints "name" and "oid" of every node.
if ! env -i PATH="$PATH" HOME="$tmp" SNMPCONFPATH="$tmp" SNMP_PERSISTENT_DIR="$tmp" \
	MIBDIRS="$dir/compat${IETF_MIBS:+:$IETF_MIBS}" \
	snmptranslate -m "$dir/$(basename -- "$module")" -Tz >"$tmp/dump" 2>"$tmp/errors" ||
	[ -s "$tmp/errors" ]; then
	echo "oids.sh: snmptranslate cannot load $module:"
	cat "$tmp/errors"
	exit 1
fi

awk -v objects=fwmarkObjects '
function fail(text) { print "oids.sh: " text; failed = 1 }
FILENAME == ARGV[1] {
	gsub(/"/, "")
	oid[$1] = $2
	name[$2] = $1
	next
}
/^[ \t]*(#|$)/ { next }
NF != 2 { fail("line " FNR " of the list is not a name and an OID: " $0); next }
{
	lines++
	wanted[$1] = 1
	if (!($1 in oid))
		fail($1 " is missing, it belongs at " $2)
	else if (oid[$1] != $2)
		fail($1 " is at " oid[$1] ", it belongs at " $2)
}
END {
	if (!lines)
		fail("the list is empty")
	if (!(objects in oid))
		fail(objects " is missing")
	root = oid[objects] "."
	for (n in oid) {
		if (index(oid[n], root) != 1 || n in wanted)
			continue
		table = oid[n]
		sub(/\.1$/, "", table)
		if (table == oid[n] || name[table] !~ /Table$/) {
			fail(n " at " oid[n] " is not in the list")
			continue
		}
		entry = name[table]
		sub(/Table$/, "Entry", entry)
		if (n != entry)
			fail(n " at " oid[n] " should be called " entry)
		entries++
	}
	if (!failed)
		print "oids.sh: " lines " names and " entries " entries are where they belong"
	exit failed
}' "$tmp/dump" "$tsv"
