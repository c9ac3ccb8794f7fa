# SPDX-License-Identifier: GPL-2.0-or-later
# routing: model, base, libmnl: policies, routes, links, names of tables, settings of interfaces

noinst_LIBRARIES += agent/librouting.a
agent_librouting_a_CPPFLAGS = $(ROOM_CPPFLAGS) $(MNL_CFLAGS)
agent_librouting_a_SOURCES = \
	agent/routing/link_nl.c \
	agent/routing/nl_attr.c \
	agent/routing/policy_nl.c \
	agent/routing/policy_nl_change.c \
	agent/routing/policy_nl_held.c \
	agent/routing/route_nl.c \
	agent/routing/route_nl_attr.c \
	agent/routing/route_nl_decode.c \
	agent/routing/route_nl_encode.c \
	agent/routing/route_nl_lookup.c \
	agent/routing/rt_names.c \
	agent/routing/rt_names_write.c \
	agent/routing/rtnl.c \
	agent/routing/rtnl_events.c \
	agent/routing/sysctl.c

noinst_HEADERS += \
	agent/routing/compat.h \
	agent/routing/nl_attr.h \
	agent/routing/policy_nl_priv.h \
	agent/routing/route_nl_priv.h \
	agent/routing/rtnl_priv.h \
	include/routing/link_nl.h \
	include/routing/policy_nl.h \
	include/routing/route_nl.h \
	include/routing/rt_names.h \
	include/routing/rtnl.h \
	include/routing/sysctl.h
