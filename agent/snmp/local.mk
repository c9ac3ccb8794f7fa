# SPDX-License-Identifier: GPL-2.0-or-later
# snmp: model, base, net-snmp; never kernel

noinst_LIBRARIES += agent/libsnmp.a
agent_libsnmp_a_CPPFLAGS = $(LAYER_CPPFLAGS) $(NETSNMP_CFLAGS)
agent_libsnmp_a_SOURCES =

noinst_HEADERS +=
