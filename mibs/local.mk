# SPDX-License-Identifier: GPL-2.0-or-later
# What goes where, and why compat/ has a directory of its own: mibs/README.

mibsdir = $(datadir)/snmp/mibs
dist_mibs_DATA = mibs/FWMARK-MIB.txt

mibscompatdir = $(mibsdir)/compat
dist_mibscompat_DATA = \
	mibs/compat/IF-MIB.txt \
	mibs/compat/INET-ADDRESS-MIB.txt \
	mibs/compat/SNMP-FRAMEWORK-MIB.txt \
	mibs/compat/SNMPv2-CONF.txt \
	mibs/compat/SNMPv2-SMI.txt \
	mibs/compat/SNMPv2-TC.txt

EXTRA_DIST += mibs/README
