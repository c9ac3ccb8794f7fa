# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# shellcheck disable=SC2154 # top, work and the settings are of run.sh
# The stage `kernels`: the systems of root.sh, booted with Debian's own kernels in qemu. What there is to
# be done in them, guest.sh does.

KERNELS_SUITES="bookworm trixie"
# For the emulator, on this machine.
# shellcheck disable=SC2034 # of run.sh
PACKAGES_KERNELS="qemu-system-x86 busybox-static cpio kmod xz-utils"
# In the system, beside what the tests run: what Debian's kernels and snmpd ask for anyhow.
KERNELS_INSIDE="build-essential iputils-ping systemd-sysv kmod"

kernels_missing() {
	[ "$(id -u)" = 0 ] || echo "needs root"
	for tool in qemu-system-x86_64 busybox cpio depmod xz debootstrap; do
		command -v $tool >/dev/null || echo "no $tool"
	done
}


stage_kernels() {
	local suite
	kernels_missing >"$work/missing"
	if [ -s "$work/missing" ] && [ "${CI:-}" != true ]; then
		skip "kernels" "$(head -n 1 "$work/missing")"
		return
	fi
	for suite in $KERNELS_SUITES; do
		kernels_system "$suite" || continue
		kernels_boot "$suite" tests 1500
		kernels_boot "$suite" systemd 600
		rm -rf "${work:?}/kernels.$suite"
	done
}

# kernels_system SUITE: a system in which the Debian package is built and installed, and its kernel beside
# it.
kernels_system() {
	local root="$work/kernels.$1" packages
	packages="$(control_depends Build-Depends "$source/debian/control" | paste -sd' ') $PACKAGES_RUN $PACKAGES_NETWORK
		$KERNELS_INSIDE"
	mkdir "$root" "$root.kernel"
	# shellcheck disable=SC2086 # words
	step "kernels, $1: a system" sh "$top/tests/run/root.sh" root_make "$1" "$root" &&
		step "kernels, $1: its packages" sh "$top/tests/run/root.sh" root_packages "$root" $packages \
			linux-image-amd64 &&
		step "kernels, $1: its kernel" dpkg -x \
			"$(echo "$root"/var/cache/apt/archives/linux-image-[0-9]*.deb)" "$root.kernel" &&
		cp -a "$source" "$root/fwmark-agent" &&
		step "kernels, $1: the package is built and installed" sh "$top/tests/run/root.sh" root_run "$root" \
			sh /fwmark-agent/tests/run/guest-install.sh "$JOBS" $packages
}

# kernels_boot SUITE MODE SECONDS: guest.sh MODE, and what came of it. A reboot ends the emulator, too.
kernels_boot() {
	local root="$work/kernels.$1" init=/guest/init verdict name number=0
	rm -rf "$root/guest"
	mkdir "$root/guest"
	: >"$root/guest/results"
	printf '#!/bin/sh\nexec sh /fwmark-agent/tests/run/guest.sh %s\n' "$2" >"$root/guest/init"
	chmod 755 "$root/guest/init"
	[ "$2" = tests ] || init=/sbin/init
	run sh "$top/tests/run/boot.sh" "$root" "$root.kernel" $init "$3" || :
	if [ -e "$root/guest/rebooted" ]; then
		run sh "$top/tests/run/boot.sh" "$root" "$root.kernel" $init "$3" || :
	fi
	while read -r verdict name; do
		number=$((number + 1))
		case $verdict in
		pass) pass "kernels, $1: $name" ;;
		FAIL) miss "kernels, $1: $name" "$root/guest/log.$number" ;;
		end) return ;;
		esac
	done <"$root/guest/results"
	miss "kernels, $1: $2 have not come to their end" "$work/log/now"
}
