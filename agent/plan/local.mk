# SPDX-License-Identifier: GPL-2.0-or-later
# plan: views and below: one SET, what managers may, what is put back

noinst_LIBRARIES += agent/libplan.a
agent_libplan_a_CPPFLAGS = $(ROOM_CPPFLAGS) $(CONFIG_CFLAGS) $(MNL_CFLAGS)
agent_libplan_a_SOURCES = \
	agent/plan/access.c \
	agent/plan/expire.c \
	agent/plan/fib.c \
	agent/plan/foreign.c \
	agent/plan/interface.c \
	agent/plan/item.c \
	agent/plan/journal.c \
	agent/plan/keep.c \
	agent/plan/meter.c \
	agent/plan/nexthop.c \
	agent/plan/plan.c \
	agent/plan/policy.c \
	agent/plan/reassert.c \
	agent/plan/restore.c \
	agent/plan/route.c \
	agent/plan/rule.c \
	agent/plan/static.c \
	agent/plan/takeback.c \
	agent/plan/there.c

noinst_HEADERS += \
	include/plan/plan.h
