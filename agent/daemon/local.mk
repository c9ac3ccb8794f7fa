# SPDX-License-Identifier: GPL-2.0-or-later
# daemon: everything; agent/main.c itself stands in Makefile.am

noinst_LIBRARIES += agent/libdaemon.a
agent_libdaemon_a_CPPFLAGS = $(ROOM_CPPFLAGS) $(NETSNMP_CFLAGS) $(MNL_CFLAGS) $(CONFIG_CFLAGS) $(CAPNG_CFLAGS) $(PATHS_CPPFLAGS)
agent_libdaemon_a_SOURCES = \
	agent/daemon/background.c \
	agent/daemon/check.c \
	agent/daemon/conf.c \
	agent/daemon/conf_include.c \
	agent/daemon/conf_value.c \
	agent/daemon/dump.c \
	agent/daemon/instance.c \
	agent/daemon/loop.c \
	agent/daemon/privileges.c \
	agent/daemon/reload.c

noinst_HEADERS += \
	agent/daemon/background.h \
	agent/daemon/conf_value.h \
	agent/daemon/instance.h \
	agent/daemon/privileges.h \
	include/daemon/conf.h \
	include/daemon/daemon.h
