# SPDX-License-Identifier: GPL-2.0-or-later

EXTRA_DIST += \
	conf/demo.sh \
	conf/demo-router.sh \
	conf/packages.sh \
	conf/snmpd.conf.example
