# SPDX-License-Identifier: GPL-2.0-or-later
# model: base

noinst_LIBRARIES += agent/libmodel.a
agent_libmodel_a_CPPFLAGS = $(ROOM_CPPFLAGS)
agent_libmodel_a_SOURCES = \
	agent/model/access.c \
	agent/model/encap.c \
	agent/model/encap_text.c \
	agent/model/fib.c \
	agent/model/names.c \
	agent/model/policy.c \
	agent/model/policy_check.c \
	agent/model/policy_text.c \
	agent/model/idmap.c \
	agent/model/index_rows.c \
	agent/model/interface.c \
	agent/model/lookup.c \
	agent/model/mark.c \
	agent/model/markfib.c \
	agent/model/markrule.c \
	agent/model/route.c \
	agent/model/route_check.c \
	agent/model/route_text.c \
	agent/model/rtn.c

noinst_HEADERS += \
	agent/model/encap.h \
	include/model/access.h \
	include/model/fib.h \
	include/model/idmap.h \
	include/model/index_rows.h \
	include/model/interface.h \
	include/model/lookup.h \
	include/model/mark.h \
	include/model/markfib.h \
	include/model/markrule.h \
	include/model/names.h \
	include/model/policy.h \
	include/model/route.h \
	include/model/rtn.h \
	include/model/row.h
