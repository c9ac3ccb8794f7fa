# SPDX-License-Identifier: GPL-2.0-or-later
# kernel: model, base, libmnl, libiptc, libxtables

noinst_LIBRARIES += agent/libkernel.a
agent_libkernel_a_CPPFLAGS = $(LAYER_CPPFLAGS) $(MNL_CFLAGS) $(IPTC_CFLAGS) $(XTABLES_CFLAGS)
agent_libkernel_a_SOURCES =
agent_libkernel_a_SOURCES += \
	agent/kernel/link_nl.c \
	agent/kernel/nl_attr.c \
	agent/kernel/policy_nl.c \
	agent/kernel/policy_nl_change.c \
	agent/kernel/rt_names.c \
	agent/kernel/rt_names_watch.c \
	agent/kernel/rt_names_write.c \
	agent/kernel/route_nl.c \
	agent/kernel/route_nl_attr.c \
	agent/kernel/route_nl_decode.c \
	agent/kernel/route_nl_encode.c \
	agent/kernel/rtnl.c \
	agent/kernel/rtnl_events.c

noinst_HEADERS += \
	include/kernel/compat.h \
	include/kernel/nl_attr.h \
	include/kernel/rtnl_priv.h \
	include/kernel/policy_nl_priv.h \
	include/kernel/link_nl.h \
	include/kernel/nf.h \
	include/kernel/policy_nl.h \
	include/kernel/route_nl.h \
	include/kernel/route_nl_priv.h \
	include/kernel/rt_names.h \
	include/kernel/rtnl.h
