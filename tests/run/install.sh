#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# install.sh BUILD: make install puts everything where it belongs, and nothing elsewhere; make
# uninstall takes it away. BUILD is configured for /usr/local and built. Other prefixes are configured
# here, and only install what needs no compiler. Nothing of this depends on the systemd of the host.
set -eu

source=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
build=$1
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM
failed=0

# same WHAT EXPECTED ACTUAL: the files are.
same() {
	LC_ALL=C sort "$2" >"$tmp/expected"
	LC_ALL=C sort "$3" | diff "$tmp/expected" - && return
	echo "install.sh: $1: the files differ (< as expected, > as they are)"
	failed=1
}

# data PREFIX SYSCONFDIR: what comes from make install-data, in each case.
data() {
	cat <<-END
		$2/fwmarkd.conf
		$1/share/doc/fwmark-agent/NEWS
		$1/share/doc/fwmark-agent/README.md
		$1/share/doc/fwmark-agent/snmpd.conf.example
		$1/share/man/man5/fwmarkd.conf.5
		$1/share/man/man8/fwmarkd.8
		$1/share/snmp/mibs/FWMARK-MIB.txt
		$1/share/snmp/mibs/compat/IF-MIB.txt
		$1/share/snmp/mibs/compat/INET-ADDRESS-MIB.txt
		$1/share/snmp/mibs/compat/SNMP-FRAMEWORK-MIB.txt
		$1/share/snmp/mibs/compat/SNMPv2-CONF.txt
		$1/share/snmp/mibs/compat/SNMPv2-SMI.txt
		$1/share/snmp/mibs/compat/SNMPv2-TC.txt
	END
}

# systemd PREFIX UNITDIR: what comes with the unit.
systemd() {
	cat <<-END
		$2/fwmarkd.service
		$1/lib/sysusers.d/fwmarkd.conf
		$1/lib/tmpfiles.d/fwmarkd.conf
	END
}

# installed ROOT
installed() {
	find "$1" ! -type d | sed "s|^$1||"
}

# A pkg-config with a systemd.pc that says so, and one without.
mkdir "$tmp/bin"
cat >"$tmp/bin/with" <<'END'
#!/bin/sh
[ "$*" = "--variable=systemdsystemunitdir systemd" ] || exec pkg-config "$@"
echo /lib/systemd/system
END
cat >"$tmp/bin/without" <<'END'
#!/bin/sh
case " $* " in
*" systemd "*) exit 1 ;;
esac
exec pkg-config "$@"
END
chmod +x "$tmp/bin/with" "$tmp/bin/without"

# configured NAME SYSTEMD ARGUMENT...: make install-data of a build that is configured so, into
# $tmp/NAME. SYSTEMD is with or without a systemd.pc.
configured() {
	name=$1 pkg_config=$tmp/bin/$2
	shift 2
	mkdir "$tmp/build.$name"
	(
		cd "$tmp/build.$name"
		# What was asked for one prefix is not asked again for the next.
		"$source/configure" --cache-file="$tmp/cache" --disable-hardening --without-cmocka \
			--disable-dependency-tracking --disable-netns-tests \
			PKG_CONFIG="$pkg_config" "$@" && make install-data DESTDIR="$tmp/$name"
	) >"$tmp/log" 2>&1 || { cat "$tmp/log"; exit 1; }
	sed -i '/PKG_CONFIG/d' "$tmp/cache" # it is another one each time
	installed "$tmp/$name" >"$tmp/$name.files"
}

# --- the whole of it, and away again ---

root=$tmp/root
make -C "$build" install DESTDIR="$root" >"$tmp/log" 2>&1 || { cat "$tmp/log"; exit 1; }
{
	echo /usr/local/sbin/fwmarkd
	data /usr/local /usr/local/etc
	systemd /usr/local /usr/local/lib/systemd/system
} >"$tmp/all"
installed "$root" >"$tmp/root.files"
same "make install" "$tmp/all" "$tmp/root.files"

# Settings that somebody changed stay as they are.
settings=/usr/local/etc/fwmarkd.conf
echo '# changed' >>"$root$settings"
cp "$root$settings" "$tmp/settings"
make -C "$build" install DESTDIR="$root" >"$tmp/log" 2>&1 || { cat "$tmp/log"; exit 1; }
make -C "$build" uninstall DESTDIR="$root" >"$tmp/log" 2>&1 || { cat "$tmp/log"; exit 1; }
echo $settings >"$tmp/left"
installed "$root" >"$tmp/root.files"
same "make uninstall, settings changed" "$tmp/left" "$tmp/root.files"
cmp "$tmp/settings" "$root$settings" || failed=1

cp "$source/conf/fwmarkd.conf" "$root$settings"
make -C "$build" uninstall DESTDIR="$root" >"$tmp/log" 2>&1 || { cat "$tmp/log"; exit 1; }
installed "$root" >"$tmp/root.files"
same "make uninstall" /dev/null "$tmp/root.files"

# --- other prefixes ---

configured packaged with --prefix=/usr --sysconfdir=/etc
{ data /usr /etc; systemd /usr /lib/systemd/system; } >"$tmp/all"
same "/usr, systemd.pc" "$tmp/all" "$tmp/packaged.files"
grep -qxF 'ExecStart=/usr/sbin/fwmarkd -f -c /etc/fwmarkd.conf' \
	"$tmp/packaged/lib/systemd/system/fwmarkd.service" || { echo "install.sh: ExecStart"; failed=1; }

configured trixie without --prefix=/usr --sysconfdir=/etc
{ data /usr /etc; systemd /usr /usr/lib/systemd/system; } >"$tmp/all"
same "/usr, no systemd.pc" "$tmp/all" "$tmp/trixie.files"

configured elsewhere with --prefix=/some/where
{ data /some/where /some/where/etc; systemd /some/where /some/where/lib/systemd/system; } >"$tmp/all"
same "/some/where" "$tmp/all" "$tmp/elsewhere.files"

configured given with --prefix=/usr --sysconfdir=/etc --with-systemdsystemunitdir=/units
{ data /usr /etc; systemd /usr /units; } >"$tmp/all"
same "--with-systemdsystemunitdir" "$tmp/all" "$tmp/given.files"

configured none with --prefix=/usr --sysconfdir=/etc --without-systemdsystemunitdir
data /usr /etc >"$tmp/all"
same "--without-systemdsystemunitdir" "$tmp/all" "$tmp/none.files"

exit $failed
