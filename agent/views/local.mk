# SPDX-License-Identifier: GPL-2.0-or-later
# views: netfilter, routing, store and below: what is, laid over what is wanted

noinst_LIBRARIES += agent/libviews.a
agent_libviews_a_CPPFLAGS = $(ROOM_CPPFLAGS) $(CONFIG_CFLAGS) $(MNL_CFLAGS)
agent_libviews_a_SOURCES = \
	agent/views/agent.c \
	agent/views/events.c \
	agent/views/fibs.c \
	agent/views/interfaces.c \
	agent/views/lookups.c \
	agent/views/marks.c \
	agent/views/meters.c \
	agent/views/policies.c \
	agent/views/rule_ids.c \
	agent/views/rules.c \
	agent/views/rules_fresh.c \
	agent/views/rules_read.c \
	agent/views/views.c \
	agent/views/routes/exclude.c \
	agent/views/routes/expiry.c \
	agent/views/routes/info.c \
	agent/views/routes/live.c \
	agent/views/routes/load.c \
	agent/views/routes/merge.c \
	agent/views/routes/nexthops.c \
	agent/views/routes/read.c \
	agent/views/routes/routes.c \
	agent/views/routes/set.c \
	agent/views/routes/stale.c \
	agent/views/routes/withdrawn.c

noinst_HEADERS += \
	agent/views/routes/info.h \
	agent/views/routes/merge.h \
	agent/views/rules_read.h \
	include/views/route_row.h \
	include/views/route_set.h \
	include/views/rule_ids.h \
	include/views/scalars.h \
	include/views/views.h
