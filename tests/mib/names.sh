#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# net-snmp's tools resolve the names, labels and addresses of FWMARK-MIB
#  - on a host without any IETF module, with mibs/compat alone;
#  - on one that has them, in the directory $IETF_MIBS (if that is set): they are used then, and
#    the names come out the same.
#
# Exit: 0 good, 1 not, 77 skipped.

set -u

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd) || exit 1
mibs=$(CDPATH='' cd -- "$here/../../mibs" && pwd) || exit 1
objects=.1.3.6.1.4.1.8072.9999.9999.11.1

PATH=$PATH:/usr/sbin:/sbin
if ! command -v snmptranslate >/dev/null; then
	echo "names.sh: skipped: no snmptranslate"
	exit 77
fi
if [ ! -s "$here/oids.tsv" ]; then
	echo "names.sh: no $here/oids.tsv"
	exit 1
fi
if [ -n "${IETF_MIBS:-}" ] && [ ! -d "$IETF_MIBS" ]; then
	echo "names.sh: IETF_MIBS is no directory: $IETF_MIBS"
	exit 1
fi

failed=0
snmpd_pid=
tmp=$(mktemp -d) || exit 1
mkdir "$tmp/cert_indexes" "$tmp/debian" # cert_indexes: or net-snmp says that it made it
trap '[ -z "$snmpd_pid" ] || { kill "$snmpd_pid"; wait "$snmpd_pid"; } 2>/dev/null; rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM

# tool MIBDIRS COMMAND...: runs COMMAND with nothing of the environment and no configuration.
tool() {
	dirs=$1
	shift
	env -i PATH="$PATH" HOME="$tmp" SNMPCONFPATH="$tmp/none" SNMP_PERSISTENT_DIR="$tmp" \
		MIBDIRS="$dirs" "$@" 2>&1
}

# same SUBJECT EXPECTED ACTUAL
same() {
	[ "$2" = "$3" ] && return
	failed=1
	printf 'names.sh: %s\n--- expected\n%s\n--- is\n%s\n' "$1" "$2" "$3"
}

# has SUBJECT PART TEXT
has() {
	case $3 in
	*"$2"*) return ;;
	esac
	failed=1
	printf 'names.sh: %s\n--- expected to contain\n%s\n--- is\n%s\n' "$1" "$2" "$3"
}

# to_oid WHERE MIBDIRS NAME OID
to_oid() {
	same "$1: OID of $3" "$4" "$(tool "$2" snmptranslate -m FWMARK-MIB -On "$3")"
}

# to_name WHERE MIBDIRS OID NAME
to_name() {
	same "$1: name of $3" "$4" "$(tool "$2" snmptranslate -m FWMARK-MIB "$3")"
}

# names WHERE MIBDIRS: names in both directions, with every kind of index.
names() {
	to_oid "$1" "$2" FWMARK-MIB::fwmarkAgentVersion.0 $objects.1.1.0
	to_oid "$1" "$2" FWMARK-MIB::fwmarkRuleMark.1 $objects.2.4.1.24.1
	to_oid "$1" "$2" FWMARK-MIB::fwmarkMarkName.1.4294967295 $objects.3.2.1.3.1.4294967295
	to_oid "$1" "$2" FWMARK-MIB::fwmarkRouteGateway.201.1.4.0.0.0.0.0.0.1 \
		$objects.6.3.1.9.201.1.4.0.0.0.0.0.0.1
	to_oid "$1" "$2" FWMARK-MIB::fwmarkRouteGateway.201.ipv4.4.0.0.0.0.0.0.1 \
		$objects.6.3.1.9.201.1.4.0.0.0.0.0.0.1
	same "$1: a name without its module" $objects.4.4.1.6.1 \
		"$(tool "$2" snmptranslate -m FWMARK-MIB -IR -On fwmarkPolicyMark.1)"

	to_name "$1" "$2" $objects.5.2.1.2.201 FWMARK-MIB::fwmarkFibName.201
	to_name "$1" "$2" $objects.3.2.1.3.4294967295.4294967295 \
		FWMARK-MIB::fwmarkMarkName.4294967295.4294967295
	to_name "$1" "$2" $objects.6.3.1.9.201.1.4.10.9.8.0.24.0.1 \
		'FWMARK-MIB::fwmarkRouteGateway.201.ipv4."10.9.8.0".24.0.1'
	to_name "$1" "$2" $objects.6.4.1.6.201.2.16.32.1.13.184.0.0.0.0.0.0.0.0.0.0.0.0.32.1024.1.2 \
		'FWMARK-MIB::fwmarkNextHopWeight.201.ipv6."20:01:0d:b8:00:00:00:00:00:00:00:00:00:00:00:00".32.1024.1.2'
}

# labels WHERE MIBDIRS: what the tools know about the values.
labels() {
	has "$1: labels of RowStatus" 'createAndGo(4), createAndWait(5), destroy(6)' \
		"$(tool "$2" snmptranslate -m FWMARK-MIB -Td FWMARK-MIB::fwmarkRuleStatus)"
	has "$1: labels of StorageType" 'nonVolatile(3)' \
		"$(tool "$2" snmptranslate -m FWMARK-MIB -Td FWMARK-MIB::fwmarkRuleStorageType)"
	has "$1: labels of InetAddressType" 'unknown(0), ipv4(1), ipv6(2)' \
		"$(tool "$2" snmptranslate -m FWMARK-MIB -Td FWMARK-MIB::fwmarkRouteGatewayType)"
	has "$1: labels of BITS" 'prerouting(0), input(1), forward(2), output(3), postrouting(4)' \
		"$(tool "$2" snmptranslate -m FWMARK-MIB -Td FWMARK-MIB::fwmarkRuleHooks)"
	has "$1: display hint of SnmpAdminString" 'DISPLAY-HINT	"255t"' \
		"$(tool "$2" snmptranslate -m FWMARK-MIB -Td FWMARK-MIB::fwmarkRuleChain)"
	has "$1: display hint of a mark" 'DISPLAY-HINT	"x"' \
		"$(tool "$2" snmptranslate -m FWMARK-MIB -Td FWMARK-MIB::fwmarkRuleMark)"
}

# describe MIBDIRS: all that the tools know about the module: tree, syntaxes, ranges, labels,
# hints. The line that names the file of a type's module is not about the module.
describe() {
	tool "$1" snmptranslate -m FWMARK-MIB -Tp FWMARK-MIB::fwmarkMIB
	while read -r name _; do
		tool "$1" snmptranslate -m FWMARK-MIB -Td "FWMARK-MIB::$name"
	done <"$here/oids.tsv"
}

# values WHERE MIBDIRS: values on the wire, with an snmpd that holds a few of them.
values() {
	snmp="-v2c -c public -m FWMARK-MIB -t 5 -r 1"
	# shellcheck disable=SC2086 # options
	same "$1: snmpset with labels" \
'FWMARK-MIB::fwmarkRuleStatus.1 = INTEGER: createAndGo(4)
FWMARK-MIB::fwmarkRuleInvert.1 = BITS: 30 00 source(2) destination(3) 
FWMARK-MIB::fwmarkRuleMark.1 = Gauge32: ff
FWMARK-MIB::fwmarkRouteGatewayType.201.ipv4."0.0.0.0".0.0.1 = INTEGER: ipv4(1)
FWMARK-MIB::fwmarkRouteGateway.201.ipv4."0.0.0.0".0.0.1 = Hex-STRING: C3 60 62 FD ' \
		"$(tool "$2" snmpset $snmp "unix:$tmp/socket" \
			fwmarkRuleStatus.1 i createAndGo \
			fwmarkRuleInvert.1 b '2 3' \
			fwmarkRuleMark.1 u 255 \
			fwmarkRouteGatewayType.201.1.4.0.0.0.0.0.0.1 i ipv4 \
			fwmarkRouteGateway.201.1.4.0.0.0.0.0.0.1 x C36062FD)"
	# shellcheck disable=SC2086 # options
	same "$1: snmpwalk" \
'FWMARK-MIB::fwmarkRuleInvert.1 = BITS: 30 00 source(2) destination(3) 
FWMARK-MIB::fwmarkRuleMark.1 = Gauge32: ff
FWMARK-MIB::fwmarkRuleText.1 = STRING: -A PREROUTING -j MARK
FWMARK-MIB::fwmarkRuleStatus.1 = INTEGER: createAndGo(4)' \
		"$(tool "$2" snmpwalk $snmp "unix:$tmp/socket" fwmarkRules)"
	# shellcheck disable=SC2086 # options
	same "$1: snmpget" 'FWMARK-MIB::fwmarkRuleText.1 = STRING: -A PREROUTING -j MARK' \
		"$(tool "$2" snmpget $snmp "unix:$tmp/socket" FWMARK-MIB::fwmarkRuleText.1)"
}

# start_snmpd: an snmpd on a socket in $tmp; 1 if there is none to start.
start_snmpd() {
	command -v snmpd >/dev/null || return 1
	cat >"$tmp/snmpd.conf" <<-EOF
		com2secunix user default public
		group group v2c user
		view all included .1
		access group "" any noauth exact all all none
		override -rw $objects.2.4.1.6.1 octet_str 0x80
		override -rw $objects.2.4.1.24.1 uinteger 1
		override -rw $objects.2.4.1.34.1 octet_str "-A PREROUTING -j MARK"
		override -rw $objects.2.4.1.40.1 integer 1
		override -rw $objects.6.3.1.8.201.1.4.0.0.0.0.0.0.1 integer 0
		override -rw $objects.6.3.1.9.201.1.4.0.0.0.0.0.0.1 octet_str "none"
	EOF
	env -i PATH="$PATH" HOME="$tmp" SNMPCONFPATH="$tmp/none" SNMP_PERSISTENT_DIR="$tmp" MIBS= \
		snmpd -f -r -Lf "$tmp/snmpd.log" -C -c "$tmp/snmpd.conf" "unix:$tmp/socket" &
	snmpd_pid=$!
	tries=100
	until tool / snmpget -v2c -c public -m '' -t 1 -r 0 "unix:$tmp/socket" \
		$objects.2.4.1.40.1 >/dev/null; do
		tries=$((tries - 1))
		if [ $tries -eq 0 ] || ! kill -0 "$snmpd_pid" 2>/dev/null; then
			echo "names.sh: snmpd does not answer:"
			cat "$tmp/snmpd.log"
			failed=1
			return 1
		fi
		sleep 0.1
	done
}

# without_ietf: compat/ is all there is.
without_ietf() {
	names "compat" "$mibs/compat:$mibs"
	names "compat behind" "$mibs:$mibs/compat"
	labels "compat" "$mibs/compat:$mibs"
	has "compat: the whole tree" '+--fwmarkObjects(1)' \
		"$(tool "$mibs/compat:$mibs" snmptranslate -m FWMARK-MIB -Tp)"
	[ -z "$snmpd_pid" ] || values "compat" "$mibs/compat:$mibs"

	# As mibs/README says for Debian, whose snmp.conf empties the default list of modules.
	echo 'mibs :' >"$tmp/debian/snmp.conf"
	same "compat: -M - with Debian's snmp.conf" $objects.2.4.1.24.1 \
		"$(tool '' env -u MIBDIRS SNMPCONFPATH="$tmp/debian" snmptranslate \
			-M "-$mibs/compat:$mibs" -m FWMARK-MIB -On FWMARK-MIB::fwmarkRuleMark.1)"
	printf 'mibdirs -%s\nmibs +FWMARK-MIB\n' "$mibs/compat:$mibs" >"$tmp/debian/snmp.local.conf"
	same "compat: snmp.local.conf" $objects.2.4.1.24.1 \
		"$(tool '' env -u MIBDIRS SNMPCONFPATH="$tmp/debian" snmptranslate \
			-On FWMARK-MIB::fwmarkRuleMark.1)"
}

# with_ietf: the real modules are in $IETF_MIBS, and compat/ comes before them.
with_ietf() {
	names "IETF modules" "$IETF_MIBS:$mibs"
	names "compat, IETF modules" "$mibs/compat:$IETF_MIBS:$mibs"
	labels "compat, IETF modules" "$mibs/compat:$IETF_MIBS:$mibs"
	same "compat hides no IETF module" .1.3.6.1.2.1.2.2.1.2.1 \
		"$(tool "$mibs/compat:$IETF_MIBS:$mibs" snmptranslate -m IF-MIB:FWMARK-MIB \
			-On IF-MIB::ifDescr.1)"
	[ -z "$snmpd_pid" ] || values "compat, IETF modules" "$mibs/compat:$IETF_MIBS:$mibs"

	# Where something failed already, this would only say it again, at length.
	[ $failed -eq 0 ] || return
	describe "$mibs/compat:$mibs" >"$tmp/compat"
	describe "$IETF_MIBS:$mibs" >"$tmp/ietf"
	if ! diff "$tmp/ietf" "$tmp/compat" >"$tmp/diff"; then
		failed=1
		echo "names.sh: FWMARK-MIB with the IETF modules (<) and with compat (>) differ"
		cat "$tmp/diff"
	fi
}

start_snmpd || [ $failed -ne 0 ] || echo "names.sh: no snmpd: values on the wire are left out"
without_ietf
if [ -n "${IETF_MIBS:-}" ]; then
	with_ietf
else
	echo "names.sh: IETF_MIBS is not set: beside the IETF modules is left out"
fi
[ $failed -eq 0 ] && echo "names.sh: good"
exit $failed
