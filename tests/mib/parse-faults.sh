#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# parse.sh can fail: every parser notices the faults below, which are put into a copy of FWMARK-MIB
# one at a time, and what is missing in the modules that it imports.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
mibs=$(CDPATH='' cd -- "$here/../../mibs" && pwd)

failed=0
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM

# noticed NAME PARSER MODULES FILE
noticed() {
	if sh "$here/parse.sh" "$2" "$3" "$4" >"$tmp/said" 2>&1; then
		echo "parse-faults.sh: $2 does not notice: $1"
		failed=1
	fi
}

# changed FILE SCRIPT: FILE as sed's SCRIPT changes it, in $tmp/changed.
changed() {
	sed "$2" "$1" >"$tmp/changed"
	if cmp -s "$1" "$tmp/changed"; then
		echo "parse-faults.sh: $1 is as before after: $2"
		failed=1
	fi
}

# Or they would fail for any other reason.
for parser in smilint pysmi net-snmp; do
	sh "$here/parse.sh" "$parser" || failed=1
done

# Which parsers have to notice it, and the fault.
while read -r parsers fault; do
	changed "$mibs/FWMARK-MIB.txt" "$fault"
	for parser in $(echo "$parsers" | tr , ' '); do
		noticed "$fault" "$parser" "$mibs/compat" "$tmp/changed"
	done
done <<'END'
smilint,pysmi,net-snmp s/^END$//
smilint,pysmi,net-snmp s/{ fwmarkLookupEntry 5 }/{ fwmarkLookupEntri 5 }/
smilint,pysmi          s/{ fwmarkRuleEntry 24 }/{ fwmarkRuleEntry 99 }/
smilint,pysmi          s/ TimeStamp,$//
smilint,net-snmp       s/^        fwmarkLookupText$/        fwmarkLookupTex/
smilint                s/INDEX  *{ fwmarkFibId }/INDEX { fwmarkNoSuch }/
smilint                /^fwmarkRuleGroup/,/}/s/^ *fwmarkRuleMark,$//
END

# A type that is not in the module that it should come from.
cp -R "$mibs/compat" "$tmp/compat"
changed "$mibs/compat/INET-ADDRESS-MIB.txt" 's/^InetPortNumber /InetPort /'
cp "$tmp/changed" "$tmp/compat/INET-ADDRESS-MIB.txt"
for parser in smilint pysmi net-snmp; do
	noticed "InetPortNumber is missing" "$parser" "$tmp/compat" "$mibs/FWMARK-MIB.txt"
done
exit $failed
