# SPDX-License-Identifier: GPL-2.0-or-later
# snmp: model, base, net-snmp; never kernel

noinst_LIBRARIES += agent/libsnmp.a
agent_libsnmp_a_CPPFLAGS = $(ROOM_CPPFLAGS) $(NETSNMP_CFLAGS)
agent_libsnmp_a_SOURCES = \
	agent/snmp/agentx.c \
	agent/snmp/cell.c \
	agent/snmp/frames.c \
	agent/snmp/master.c \
	agent/snmp/mib_agent.c \
	agent/snmp/mib_fib.c \
	agent/snmp/mib_interface.c \
	agent/snmp/mib_lookup.c \
	agent/snmp/mib_mark.c \
	agent/snmp/mib_policy.c \
	agent/snmp/mib_route.c \
	agent/snmp/mib_rule.c \
	agent/snmp/shim.c \
	agent/snmp/table.c \
	agent/snmp/txn.c \
	agent/snmp/txn_refuse.c

noinst_HEADERS += \
	include/snmp/agentx.h \
	include/snmp/frames.h \
	include/snmp/master.h \
	include/snmp/mib.h \
	include/snmp/shim.h \
	include/snmp/table.h \
	include/snmp/txn.h
