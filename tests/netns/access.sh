# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# Who gets in, for tests/netns/lib.sh. The passphrases of all users are authsecret and privsecret.

# as USER LEVEL [AUTHENTICATION [PRIVACY]]: options of the commands.
as() {
	options="-v3 -u $1 -l $2 -a SHA-256 -A ${3:-authsecret}"
	[ "$2" != authPriv ] || options="$options -x AES -X ${4:-privsecret}"
	echo "$options"
}

# denied OPTIONS: reads nothing, writes nothing. There must be a fwmarkRuleMark.1.
denied() {
	snmp_as "$1"
	! got=$(snmp snmpget -t1 -Oqv fwmarkRuleMark.1 2>&1) || fail "$1 reads: $got"
	! got=$(snmp snmpset -t1 fwmarkRuleMark.1 u 9 2>&1) || fail "$1 writes: $got"
	# Anything at all. The status is 0 after an error, too.
	got=$(snmp snmpgetnext -t1 -On .1 2>&1) || :
	expect_no_match "$1 walks" ' = ([A-Za-z0-9-]+: |"")' "$got"
}

# outsiders WRITER READER: whoever is not one of these two with both passphrases is denied. All at
# once, since nobody answers most of them.
outsiders() {
	for user in "$1" "$2"; do
		as "$user" noAuthNoPriv
		as "$user" authNoPriv
		as "$user" authNoPriv wrongsecret
		as "$user" authPriv wrongsecret
		as "$user" authPriv authsecret wrongsecret
		echo "$(as "$user" authPriv) -n other"
	done >"$WORK/outsiders"
	cat >>"$WORK/outsiders" <<-END
		$(as nobody authPriv)
		$(as nobody noAuthNoPriv)
		-v2c -c public
		-v2c -c private
		-v1 -c public
		-v1 -c private
	END
	pids=
	while read -r options; do
		denied "$options" &
		pids="$pids $!"
	done <"$WORK/outsiders"
	for pid in $pids; do
		wait "$pid" || exit 1
	done
}

# hidden SUBTREE: there is nothing to see in it, for who asks.
hidden() {
	got=$(snmp snmpgetnext -On "$1" 2>&1) || return 0
	expect_no_match "$SNMP_FLAGS sees $1" "^\\$1\\." "$got"
}

# secrets_hidden: who the users are, with which keys, and what they may do.
secrets_hidden() {
	for subtree in .1.3.6.1.6.3.13 .1.3.6.1.6.3.15 .1.3.6.1.6.3.16 .1.3.6.1.6.3.18; do
		hidden $subtree
	done
}

# cannot_write OBJECT TYPE VALUE
cannot_write() {
	! got=$(snmp snmpset "$@" 2>&1) || fail "$SNMP_FLAGS writes: $got"
	expect_match "$SNMP_FLAGS: SET $*" 'noAccess|authorizationError|notWritable' "$got"
}
