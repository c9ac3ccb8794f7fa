# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# shellcheck disable=SC2034 # the lists are for those who source this
# The Debian packages that this project needs, in one place, and how to install them; and the modules of
# the kernel that nobody else loads.

# To build fwmarkd.
PACKAGES_BUILD="build-essential autoconf automake pkg-config libsnmp-dev libmnl-dev
	libip4tc-dev libip6tc-dev libxtables-dev libconfig-dev libcap-ng-dev"
# To run it, and to look at what it does.
PACKAGES_RUN="snmpd snmp iptables iproute2 procps util-linux"
# To lay out the network of the demonstration and of the end-to-end tests.
PACKAGES_NETWORK="socat"

# load_legacy_tables: what fwmarkd.service has systemd do. Debian's kernels have the legacy tables of
# iptables as modules, and load them for no SET. Where that cannot be done, the SET says so.
load_legacy_tables() {
	local module
	for module in ip_tables ip6_tables; do
		if ! [ -e "/proc/net/${module}_names" ] && modprobe -q "$module" 2>/dev/null; then
			echo "loaded the kernel's module $module, which stays"
		fi
	done
}

# install_packages PACKAGE...: installs those that are missing. No service is started by that: a
# snmpd that nobody asked for would open a port of this machine.
install_packages() {
	local missing='' package status=0
	for package in "$@"; do
		dpkg-query -W -f '${Status}\n' "$package" 2>/dev/null | grep -q ' installed$' ||
			missing="$missing $package"
	done
	[ "$missing" ] || return 0
	if [ "$(id -u)" != 0 ]; then
		echo "not installed, and not root to do it:$missing" >&2
		return 1
	fi
	echo "installing:$missing"
	(
		# See invoke-rc.d(8): 101 forbids every action. One that is there already has its
		# reasons, and stays.
		if ! [ -e /usr/sbin/policy-rc.d ]; then
			trap 'rm -f /usr/sbin/policy-rc.d' EXIT
			trap 'exit 1' HUP INT TERM
			printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
			chmod 755 /usr/sbin/policy-rc.d
		fi
		export DEBIAN_FRONTEND=noninteractive
		set -- -q -y --no-install-recommends -o DPkg::Lock::Timeout=300
		# shellcheck disable=SC2086 # words
		apt-get "$@" install $missing || { apt-get -q update && apt-get "$@" install $missing; } ||
			exit
		# Nor is it to start when the machine boots.
		case "$missing " in
		*" snmpd "*) ! command -v update-rc.d || update-rc.d snmpd disable ;;
		esac
	) >"${PACKAGES_LOG:-/dev/stdout}" 2>&1 </dev/null || status=$?
	return "$status"
}
