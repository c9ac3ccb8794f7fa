#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# One parser of MIB modules reads FWMARK-MIB, and has nothing to say against it.
#
#   parse.sh PARSER [MODULES [FILE]]
#
# PARSER is smilint, pysmi or net-snmp: each notices what the others do not. MODULES is a directory
# with what FWMARK-MIB imports: mibs/compat, which everybody has, or the IETF modules. FILE is read
# in the place of mibs/FWMARK-MIB.txt.
set -eu

top=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
parser=$1
modules=$(CDPATH='' cd -- "${2:-$top/mibs/compat}" && pwd)
file=${3:-$top/mibs/FWMARK-MIB.txt}

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM

# refuse TEXT FILE: the end.
refuse() {
	echo "$parser: $1"
	cat "$2"
	exit 1
}

# smilint ends with 0, whatever it says.
parse_smilint() {
	SMIPATH=$modules smilint -m -s -l 6 -i namelength-32 "$file" >"$tmp/said" 2>&1 ||
		refuse "fails" "$tmp/said"
	[ ! -s "$tmp/said" ] || refuse "complains" "$tmp/said"
}

# It must end with all names at their OIDs, too. Without --mib-borrower mibdump asks the network for
# what it cannot compile.
parse_pysmi() {
	mkdir "$tmp/source" "$tmp/out"
	cp "$file" "$tmp/source/FWMARK-MIB.txt"
	# mibdump of python3-pysmi 0.3.4 (Debian 13) uses importlib.machinery, but imports importlib
	# alone, which is not enough for Python 3.13. The python3 that Debian's packages are for need
	# not be the first of PATH.
	/usr/bin/python3 -c 'import importlib.machinery, runpy, sys; runpy.run_path(sys.argv.pop(1), run_name="__main__")' \
		"$(command -v mibdump)" --mib-source="file://$tmp/source" --mib-source="file://$modules" \
		--mib-borrower="file://$tmp/none" --destination-format=json \
		--destination-directory="$tmp/out" FWMARK-MIB >"$tmp/said" 2>&1 ||
		refuse "fails" "$tmp/said"
	[ -s "$tmp/out/FWMARK-MIB.json" ] || refuse "made nothing of it" "$tmp/said"
	sed -n 's/^ *"\(name\|oid\)": "\(.*\)",*$/\1 \2/p' "$tmp/out/FWMARK-MIB.json" |
		awk '$1 == "name" { name = $2 } $1 == "oid" { print name "\t" $2 }' | LC_ALL=C sort >"$tmp/oids"
	LC_ALL=C sort "$top/tests/mib/oids.tsv" | LC_ALL=C comm -23 - "$tmp/oids" >"$tmp/missing"
	[ ! -s "$tmp/missing" ] || refuse "does not have" "$tmp/missing"
}

# snmptranslate ends with 0, whatever it says. -Pw has it warn, and tell of each macro that it skips.
parse_net_snmp() {
	mkdir "$tmp/cert_indexes" # or net-snmp says that it made it
	env -i PATH="$PATH" HOME="$tmp" SNMPCONFPATH="$tmp" SNMP_PERSISTENT_DIR="$tmp" MIBDIRS="$modules" \
		snmptranslate -Pw -m "$file" -On FWMARK-MIB::fwmarkMIB >"$tmp/all" 2>&1 ||
		refuse "fails" "$tmp/all"
	grep -v 'MACRO (lines .* parsed and ignored)' "$tmp/all" >"$tmp/said" || :
	[ "$(cat "$tmp/said")" = .1.3.6.1.4.1.8072.9999.9999.11 ] || refuse "complains" "$tmp/said"
}

case $parser in
smilint) parse_smilint ;;
pysmi) parse_pysmi ;;
net-snmp) parse_net_snmp ;;
*) echo "parse.sh: there is no parser $parser" >&2; exit 2 ;;
esac
