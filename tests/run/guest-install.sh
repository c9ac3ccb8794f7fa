#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# guest-install.sh JOBS PACKAGE...: in a system of the stage `kernels`, not in the emulator, where it
# would be slow: builds the Debian package and installs it, with users of SNMP as README.md says.
set -eu

jobs=$1
shift
[ -f /etc/apt/apt.conf.d/90fresh ] || { echo "not on this machine: it would be changed" >&2; exit 1; }
export DEBIAN_FRONTEND=noninteractive
apt-get -q -y --no-install-recommends install "$@"
mkdir /build
cp -a /fwmark-agent /build
(cd /build/fwmark-agent && DEB_BUILD_OPTIONS=nocheck dpkg-buildpackage -b -us -uc -j"$jobs")
apt-get -q -y --no-install-recommends install /build/fwmarkd_*.deb
# The package opens snmpd to fwmarkd, and to nobody else.
cp /fwmark-agent/conf/snmpd.conf.example /etc/snmp/snmpd.conf.d/users.conf
cat >>/var/lib/snmp/snmpd.conf <<END
createUser fwmark-writer SHA-256 "AUTHENTICATION" AES "ENCRYPTION"
END
cat >/etc/systemd/system/fwmark-guest.service <<END
[Unit]
After=snmpd.service fwmarkd.service network.target
[Service]
Type=oneshot
TimeoutStartSec=infinity
ExecStart=/guest/init
[Install]
WantedBy=multi-user.target
END
# What cannot be on 9p (qemu opens no special file there): sockets, and the journal.
mkdir -p /var/agentx /etc/systemd/journald.conf.d
echo 'tmpfs /var/agentx tmpfs mode=711 0 0' >>/etc/fstab
printf '[Journal]\nStorage=volatile\n' >/etc/systemd/journald.conf.d/guest.conf
# The emulator is slow.
mkdir -p /etc/systemd/system.conf.d
printf '[Manager]\nDefaultTimeoutStartSec=900\n' >/etc/systemd/system.conf.d/guest.conf
# The package has enabled fwmarkd.
systemctl enable snmpd fwmark-guest
systemctl is-enabled fwmarkd
