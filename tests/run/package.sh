#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2031,SC2034 # root.sh has a local suite; log is for try.sh
# package.sh CHECKOUT WORK JOBS SUITE: the stage `package` of tests/run.sh for one suite of Debian. CHECKOUT
# is a tar archive. Prints lines as tests/run.sh does, with the suite in front.
#
# Built in one system, WORK/package.SUITE/build, which has what debian/control says and nothing else;
# installed in another, WORK/package.SUITE/host, which has what the package depends on, and snmpd.
set -eu

checkout=$1 work=$2 jobs=$3 suite=$4
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$top/tests/run/root.sh"
. "$top/tests/run/try.sh"
dir=$work/package.$suite
log=$work/log/package.$suite
builder=1000 # a number without a name: Rules-Requires-Root is no

# system NAME PACKAGE...: a new one, that can install these. No service is started in it.
system() {
	local root="$dir/$1"
	shift
	root_make "$suite" "$root" && root_packages "$root" "$@" || return
	printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
	chmod 755 "$root/usr/sbin/policy-rc.d"
}

# build PATH ENVIRONMENT...: the packages are beside PATH then.
build() {
	local path="$1" root="$dir/build"
	shift
	(umask 022 && mkdir -p "$root$path" && tar -C "$root$path" --no-same-owner -xf "$checkout")
	chown -R "$builder:$builder" "$root$(dirname "$path")"
	root_run "$root" env -C "$path" "$@" HOME=/nonexistent setpriv --reuid="$builder" --regid="$builder" \
		--clear-groups dpkg-buildpackage -us -uc -j"$jobs"
}

# The very packages that were fetched; dpkg-buildpackage says whether these are all it needs.
build_dependencies() {
	# shellcheck disable=SC2086 # words
	root_run "$dir/build" apt-get -q -y --no-install-recommends install $build_packages
}

# The same again, in another place, with another umask, language and time zone, and later.
build_again() {
	(umask 077 && build /srv/another/path/fwmark-agent LC_ALL=C TZ=Asia/Kathmandu LANGUAGE=de \
		DEB_BUILD_OPTIONS=nocheck) &&
		same_bytes "$dir/build/home/one" "$dir/build/srv/another/path"
}

# same_bytes DIR DIR
same_bytes() {
	(cd "$1" && sha256sum ./*.deb ./*.dsc ./*.tar.xz) >"$dir/sums" && cat "$dir/sums" &&
		(cd "$2" && sha256sum -c "$dir/sums")
}

# clean_is_pristine: what dpkg-buildpackage made beside the sources goes again.
clean_is_pristine() {
	root_run "$dir/build" env -C /home/one/fwmark-agent debian/rules clean &&
		tar -C "$dir/build/home/one/fwmark-agent" -cf - . | tar -tf - | grep -v '/$' |
		LC_ALL=C sort >"$dir/files.after" &&
		tar -tf "$checkout" | sed 's|^\(\./\)*|./|' | grep -v '/$' | LC_ALL=C sort >"$dir/files.before" &&
		diff "$dir/files.before" "$dir/files.after"
}

lintian_says_nothing() {
	root_run "$dir/build" sh -ec '
		apt-get -q -y --no-install-recommends install lintian
		cd /home/one
		setpriv --reuid='"$builder"' --regid='"$builder"' --clear-groups env HOME=/nonexistent \
			lintian --fail-on error,warning,pedantic --display-level ">=pedantic" ./*.changes'
}

main() {
	mkdir -p "$dir"
	tar -C "$dir" -xf "$checkout" --wildcards 'debian/control' './debian/control' 2>/dev/null || :
	build_packages="build-essential $(control_depends Build-Depends "$dir/debian/control" | paste -sd' ')"
	# shellcheck disable=SC2086 # words
	try "a system to build in" system build $build_packages || return
	try "lintian's packages" root_packages "$dir/build" lintian || return
	try "build dependencies" build_dependencies || return
	try "dpkg-buildpackage" build /home/one/fwmark-agent || return
	try "the same bytes again" build_again || :
	try "debian/rules clean" clean_is_pristine || :
	try "lintian" lintian_says_nothing || :
	deb=$(echo "$dir"/build/home/one/fwmarkd_*.deb)
	dpkg-deb -f "$deb" >"$dir/deb"
	# shellcheck disable=SC2046 # words
	try "a system to install it in" system host snmpd snmp iproute2 $(control_depends Depends "$dir/deb") || return
	mkdir "$dir/host/root/package"
	cp "$deb" "$top/tests/run/unit.sh" "$top/tests/run/package-host.sh" \
		"$top/debian/tests/set-get" "$dir/host/root/package"
	# shellcheck disable=SC2046 # words
	try "installed, asked, upgraded, purged" root_run "$dir/host" sh /root/package/package-host.sh \
		$(control_depends Depends "$dir/deb") || :
}

# The last line says that it came so far.
{ main; echo "end package"; } | sed -u "s/^/$suite /"
