# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# shellcheck disable=SC2034 # what is set here is for the tests
# The user that fwmarkd.service names, for tests/netns/lib.sh.

# make_user: he is there, and so is what conf/tmpfiles.d gives him; FWMARKD and SOCKET are where he
# can reach them.
make_user() {
	grep -Eq '^ +0 +0 +4294967295$' /proc/self/uid_map || skip "not root: no other users"
	for tool in setpriv systemd-sysusers systemd-tmpfiles; do
		command -v $tool >/dev/null || skip "no $tool"
	done
	mkdir -p "$WORK/root/etc" "$WORK/bin"
	cp /etc/passwd /etc/group "$WORK/root/etc"
	systemd-sysusers --root="$WORK/root" "$TOP_SRCDIR/conf/sysusers.d/fwmarkd.conf" 2>/dev/null
	mount --bind "$WORK/root/etc/passwd" /etc/passwd
	mount --bind "$WORK/root/etc/group" /etc/group
	# As snmpd makes it without agentXPerms.
	mkdir -m 700 "$WORK/master"
	SOCKET=$WORK/master/agentx
	give_files
	# Reports of sanitizers are written by him, too.
	chmod 1777 "$WORK"
	cp "$FWMARKD" "$WORK/bin/fwmarkd"
	FWMARKD=$WORK/bin/fwmarkd
	chown fwmarkd "$WORK/agent"
}

give_files() {
	sed "s|/var/agentx|$WORK/master|" "$TOP_SRCDIR/conf/tmpfiles.d/fwmarkd.conf" \
		>"$WORK/root/tmpfiles.conf"
	systemd-tmpfiles --create "$WORK/root/tmpfiles.conf"
}

# process_status FIELD...: of fwmarkd, its values in one line.
process_status() {
	for field in "$@"; do
		sed -n "s/^$field:[[:space:]]*//p" "/proc/$AGENT_PID/status" | tr '\t' ' '
	done | paste -sd' '
}
