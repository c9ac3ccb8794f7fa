# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# Fresh Debian systems in directories, on which nothing is installed but what was asked for. Sourced by
# stages.sh; for a command that has to be one, `sh tests/run/root.sh FUNCTION ARGUMENT...`.
#
#	root_make SUITE DIR           Debian's minimal system of that suite (bookworm, trixie) in DIR
#	root_packages DIR PACKAGE...  fetches what `apt-get install --no-install-recommends` needs to
#	                              install these, into the root's apt cache; installs nothing
#	root_run DIR COMMAND...       runs it in there, as on a machine of its own without a network
#
# Where packages come from, and how, is the business of the host's apt: its mirror, its proxy. What was
# fetched stays in FWMARK_CACHE (/var/cache/fwmark-tests), so that another run fetches nothing.

# What the host needs for that.
# shellcheck disable=SC2034 # for those who source this
PACKAGES_ROOT="debootstrap debian-archive-keyring util-linux iproute2"

ROOT_KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg

root_make() {
	root_cached "$1" root_make_locked "$1" "$2"
}

root_packages() {
	root_cached "$(sed -n 's/^VERSION_CODENAME=//p' "$1/etc/os-release")" root_packages_locked "$@"
}

# The first process in there is a shell: it takes in the orphans. The host's signals are not for it but
# for the command, which is in the same process group and may have to clean up.
root_run() {
	unshare --mount --pid --net --fork --kill-child -- \
		sh "${top:?}/tests/run/root.sh" root_enter "$@"
}

# root_cached SUITE COMMAND...: with the cache of that suite in $root_cache, and nobody else in it.
root_cached() {
	root_cache=${FWMARK_CACHE:-/var/cache/fwmark-tests}/$1
	shift
	mkdir -p "$root_cache/archives/partial" "$root_cache/lists/partial" &&
		(flock 9 && "$@") 9>"$root_cache/lock"
}

# A system that an earlier run has made will do, until Debian has a new release of the suite.
root_make_locked() {
	local suite="$1" dir="$2"
	if [ -f "$root_cache/base.tar" ] && root_unpack "$suite" "$dir" && root_update "$dir" &&
		root_release "$suite" | cmp -s - "$root_cache/base.release"; then
		return
	fi
	rm -rf "$dir" "$root_cache/base.tar"
	root_bootstrap "$suite" "$dir" && root_keep "$suite" "$dir" && root_clean "$dir"
}

# root_sources SUITE: "SUITE URI" of the archive, its updates and its security updates, as far as the
# host has them of its own suite.
root_sources() {
	local codename uri
	# shellcheck disable=SC2016 # they are apt's
	apt-get indextargets --format '$(CODENAME) $(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' \
		'Component: main' | while read -r codename uri; do
		case $codename in
		*-*-* | *-backports) ;;
		*-updates | *-security) echo "$1-${codename#*-} $uri" ;;
		*-*) ;;
		*) echo "$1 $uri" ;;
		esac
	done | LC_ALL=C sort -u
}

# root_configure SUITE DIR: what a machine has that somebody has installed by hand.
root_configure() {
	local suite uri
	rm -f "$2/etc/apt/sources.list"
	root_sources "$1" | while read -r suite uri; do
		printf '%s: %s\n' Types deb URIs "$uri" Suites "$suite" Components main Targets Packages \
			Architectures "$(dpkg --print-architecture)" Signed-By "$ROOT_KEYRING"
		echo
	done >"$2/etc/apt/sources.list.d/debian.sources"
	printf '127.0.0.1\tlocalhost\n::1\tlocalhost\n' >"$2/etc/hosts"
	# Nobody is there to answer, and no more is fetched than was asked for.
	printf 'APT::%s;\n' 'Get::Assume-Yes "true"' 'Install-Recommends "false"' \
		>"$2/etc/apt/apt.conf.d/90fresh"
	# It need not survive a power failure.
	echo force-unsafe-io >"$2/etc/dpkg/dpkg.cfg.d/unsafe-io"
}

root_bootstrap() {
	local uri http_proxy="${http_proxy:-}"
	uri=$(root_sources "$1" | sed -n "s/^$1 //p" | head -n 1)
	if ! [ "$uri" ]; then
		echo "apt knows no Debian mirror on this host (apt-get update?)" >&2
		return 1
	fi
	# debootstrap fetches by wget.
	eval "$(apt-config shell http_proxy Acquire::http::Proxy)"
	export http_proxy
	# The namespaces take with them what it mounts.
	mkdir -p "$2" &&
		unshare --mount --pid --fork --kill-child --mount-proc -- debootstrap --variant=minbase \
			--cache-dir="$root_cache/archives" --keyring="$ROOT_KEYRING" "$1" "$2" "$uri" &&
		rm -rf "$2"/var/cache/apt/archives/*.deb "$2"/var/lib/apt/lists/* &&
		root_configure "$1" "$2" && root_update "$2"
}

root_keep() {
	tar -C "$2" --numeric-owner --exclude='./var/lib/apt/lists/*' -cf "$root_cache/base.new" . &&
		root_release "$1" >"$root_cache/base.release" &&
		mv "$root_cache/base.new" "$root_cache/base.tar"
}

root_unpack() {
	mkdir -p "$2" && tar -C "$2" --numeric-owner -xpf "$root_cache/base.tar" &&
		root_configure "$1" "$2"
}

# root_update DIR: the lists of packages, in the cache and in the root.
root_update() {
	root_apt "$1" update && cp -a "$root_cache/lists/." "$1/var/lib/apt/lists"
}

# root_release SUITE: which release of it the lists are of.
root_release() {
	cat "$root_cache"/lists/*"_dists_$1_"*Release
}

# root_clean DIR: forgets packages of which there is a newer one.
root_clean() {
	root_apt "$1" autoclean
}

root_packages_locked() {
	local dir="$1" debs
	shift
	# Those that the root does not have yet; the cache may have them.
	debs=$(ROOT_ARCHIVES=$dir/var/cache/apt/archives root_apt "$dir" --print-uris install "$@") &&
		root_apt "$dir" --download-only install "$@" &&
		echo "$debs" | sed -n "s/^'[^']*' \([^ ]*\) .*/\1/p" | while read -r deb; do
			cp -l "$root_cache/archives/$deb" "$dir/var/cache/apt/archives/" 2>/dev/null ||
				cp "$root_cache/archives/$deb" "$dir/var/cache/apt/archives/" || exit
		done
}

# root_apt DIR ARGUMENT...: the host's apt-get at work on the root in DIR, with the cache. Of the host's
# configuration, only what says how to fetch.
root_apt() {
	local dir="$1" config="$1/var/cache/apt/host.conf" status=0
	shift
	{
		apt-config dump | grep '^Acquire::'
		printf '%s "%s";\n' Dir "$dir/" Dir::State::status "$dir/var/lib/dpkg/status" \
			Dir::State::lists "$root_cache/lists/" Dir::Cache::pkgcache '' \
			Dir::Cache::srcpkgcache '' \
			Dir::Cache::archives "${ROOT_ARCHIVES:-$root_cache/archives}/" \
			Dir::Etc::netrc /etc/apt/auth.conf Dir::Etc::netrcparts /etc/apt/auth.conf.d/
	} >"$config"
	APT_CONFIG=$config apt-get -qq -y --no-install-recommends "$@" </dev/null || status=$?
	rm -f "$config"
	return $status
}

# control_depends FIELD FILE: the packages that a Debian control file names there, of alternatives the
# first one.
control_depends() {
	sed -n "/^$1:/,/^[^ ]/p" "$2" | sed -e "1s/^$1://" -e '/^[^ ]/d' | tr ',' '\n' |
		sed -e 's/[|(<].*//' | tr -d ' ' | grep .
}

# root_enter DIR COMMAND...: in the new namespaces, makes DIR the root of the file system. Not by
# chroot: in one, unshare(1) may not change how mounts propagate, and nsenter(1) leads out of it.
root_enter() {
	cd "$1" && shift && trap : HUP INT TERM &&
		ip link set lo up &&
		mount --bind . "$PWD" && cd "$PWD" &&
		mount -t proc proc proc && mount -t sysfs sysfs sys && root_devices &&
		mkdir -p .host && pivot_root . .host && cd / && umount -l /.host && rmdir /.host || exit 125
	env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
		${TERM:+"TERM=$TERM"} ${CI:+"CI=$CI"} "$@"
}

root_devices() {
	local device
	mount -t tmpfs -o mode=755 dev dev && mkdir dev/pts dev/shm &&
		mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts dev/pts &&
		mount -t tmpfs -o mode=1777 shm dev/shm &&
		ln -s pts/ptmx dev/ptmx && ln -s /proc/self/fd dev/fd && ln -s fd/0 dev/stdin &&
		ln -s fd/1 dev/stdout && ln -s fd/2 dev/stderr || return
	for device in null zero full random urandom tty net/tun kvm; do
		[ -e "/dev/$device" ] || continue
		mkdir -p "$(dirname "dev/$device")" && : >"dev/$device" &&
			mount --bind "/dev/$device" "dev/$device" || return
	done
}

case ${0##*/} in
root.sh)
	set -eu
	top=$(cd "$(dirname "$0")/../.." && pwd)
	"$@"
	;;
esac
