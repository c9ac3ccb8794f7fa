# SPDX-License-Identifier: GPL-2.0-or-later
# The module stands where net-snmp looks by default. The modules below compat/ are for hosts that
# have no IETF modules, and only for them: they must never shadow the real ones.

mibsdir = $(datadir)/snmp/mibs
dist_mibs_DATA = mibs/FWMARK-MIB.txt

mibscompatdir = $(datadir)/fwmarkd/mibs-compat
dist_mibscompat_DATA =
