# SPDX-License-Identifier: GPL-2.0-or-later
# The Debian package; dpkg-buildpackage takes it from a checkout, or from the tarball. debian/README.Debian
# is for its users.

EXTRA_DIST += \
	debian/README.Debian \
	debian/changelog \
	debian/clean \
	debian/control \
	debian/copyright \
	debian/fwmarkd.install \
	debian/fwmarkd.postinst \
	debian/fwmarkd.postrm \
	debian/rules \
	debian/snmpd.conf.d/fwmarkd.conf \
	debian/source/format \
	debian/tests/control \
	debian/tests/set-get
