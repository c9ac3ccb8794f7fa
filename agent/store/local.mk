# SPDX-License-Identifier: GPL-2.0-or-later
# store: model, base, snmp/mib.h, libconfig: what is wanted and what was counted

noinst_LIBRARIES += agent/libstore.a
agent_libstore_a_CPPFLAGS = $(ROOM_CPPFLAGS) $(CONFIG_CFLAGS)
agent_libstore_a_SOURCES = \
	agent/store/counters.c \
	agent/store/files.c \
	agent/store/journal.c \
	agent/store/kinds.c \
	agent/store/hops.c \
	agent/store/lists.c \
	agent/store/places.c \
	agent/store/rowfile.c \
	agent/store/rows.c \
	agent/store/sections.c \
	agent/store/state.c \
	agent/store/static_rows.c \
	agent/store/store.c \
	agent/store/sums.c \
	agent/store/wanted.c

noinst_HEADERS += \
	agent/store/lists.h \
	agent/store/places.h \
	agent/store/sections.h \
	agent/store/sums.h \
	include/store/counters.h \
	include/store/files.h \
	include/store/journal.h \
	include/store/kinds.h \
	include/store/rowfile.h \
	include/store/static_rows.h \
	include/store/store.h \
	include/store/wanted.h
