# SPDX-License-Identifier: GPL-2.0-or-later
# store: model, base, snmp/mib.h, libconfig: what is wanted and what was counted

noinst_LIBRARIES += agent/libstore.a
agent_libstore_a_CPPFLAGS = $(ROOM_CPPFLAGS) $(CONFIG_CFLAGS)
agent_libstore_a_SOURCES = \
	agent/store/counters.c \
	agent/store/journal.c \
	agent/store/kinds.c \
	agent/store/managed.c \
	agent/store/row_name.c \
	agent/store/rowfile.c \
	agent/store/state.c \
	agent/store/state_rows.c \
	agent/store/static_rows.c

noinst_HEADERS += \
	include/store/counters.h \
	include/store/journal.h \
	include/store/kinds.h \
	include/store/managed.h \
	include/store/rowfile.h \
	include/store/state_rows.h \
	include/store/static_rows.h
