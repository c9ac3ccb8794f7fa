#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# package-host.sh PACKAGE...: what package.sh does in a system with the .deb, as its root: installs it on a
# host with snmpd and the PACKAGEs that it depends on, runs its autopkgtest with an upgrade in the middle,
# purges it, and looks for traces.
set -eu

cd "$(dirname "$0")"
here=$PWD
deb=$(echo "$here"/fwmarkd_*.deb)
export DEBIAN_FRONTEND=noninteractive FWMARK_SERVICE="$here/unit.sh"

fail() {
	echo "FAIL: $*" >&2
	exit 1
}

install() {
	apt-get -q -y --no-install-recommends install "$@"
}

# traces FILE: everything there is, with owner and mode, but for what other programs write at any time; the
# lines of the user databases. The user and the group fwmarkd stay: their numbers must not become somebody
# else's.
traces() {
	{
		find / -xdev \( -path /proc -o -path /sys -o -path /dev -o -path /tmp -o -path /root \
			-o -path /var/lib/dpkg -o -path /var/lib/apt -o -path /var/cache -o -path /var/log \
			-o -path /var/lib/snmp -o -path '/run/unit.*' \) -prune -o \
			! -path '/etc/passwd*' ! -path '/etc/group*' ! -path '/etc/shadow*' \
			! -path '/etc/gshadow*' ! -name .pwd.lock ! -name ld.so.cache -printf '%p %u:%g %m\n'
		getent passwd
		getent group
	} | grep -v '^fwmarkd:' | LC_ALL=C sort >"$1"
}

# upgrade: over itself. Nothing is restarted where no systemd runs: that is done here.
upgrade() {
	install --reinstall "$deb"
	"$FWMARK_SERVICE" restart fwmarkd
}

case ${1:-} in
upgrade) upgrade; exit ;;
esac

install snmpd snmp iproute2 "$@"
# A host on which snmpd has run.
"$FWMARK_SERVICE" start snmpd
"$FWMARK_SERVICE" stop snmpd
rm -rf /var/agentx
: >/run/xtables.lock && chmod 600 /run/xtables.lock
traces before

install "$deb"
dpkg -s fwmarkd | grep -qx 'Status: install ok installed' || fail "it is not installed"
getent passwd fwmarkd
getent group fwmarkd
[ "$(dpkg-query -W -f '${Conffiles}\n' fwmarkd | grep -c .)" = 2 ] || fail "its conffiles are others"
# Nobody gets in by the drop-in, and no port is opened.
! grep -Eiv '^#|^$|^(master agentx|agentX(Perms|Timeout|Retries) .*)$' /etc/snmp/snmpd.conf.d/fwmarkd.conf ||
	fail "the drop-in says more than it should"
sh ./set-get sh "$here/package-host.sh" upgrade

# snmpd as its drop-in has it, also when the package is removed and its configuration stays.
[ "$(stat -c '%U %G %a' /var/agentx/master)" = "Debian-snmp fwmarkd 660" ] || fail "the AgentX socket"
echo '# mine' >>/etc/fwmarkd.conf
"$FWMARK_SERVICE" stop fwmarkd # as prerm does by systemd
apt-get -q -y remove fwmarkd
"$FWMARK_SERVICE" restart snmpd
snmpget -v2c -c public -r 20 localhost .1.3.6.1.2.1.1.3.0 || fail "snmpd does not answer after remove"
grep -qx '# mine' /etc/fwmarkd.conf || fail "the settings have gone with remove"
install "$deb"
grep -qx '# mine' /etc/fwmarkd.conf || fail "the settings have gone with a new installation"

"$FWMARK_SERVICE" stop snmpd
apt-get -q -y purge fwmarkd
# snmpd leaves its socket behind, and the directory stays for that alone.
[ "$(ls /var/agentx)" = master ] || fail "traces in /var/agentx"
"$FWMARK_SERVICE" start snmpd
snmpget -v2c -c public -r 20 localhost .1.3.6.1.2.1.1.3.0 || fail "snmpd does not answer after purge"
[ "$(stat -c '%G' /var/agentx/master)" != fwmarkd ] || fail "snmpd still opens its socket to fwmarkd"
"$FWMARK_SERVICE" stop snmpd
rm -rf /var/agentx
traces after
diff before after || fail "traces (> is left, < is missing)"
