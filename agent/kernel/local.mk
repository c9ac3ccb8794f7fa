# SPDX-License-Identifier: GPL-2.0-or-later
# kernel: model, base, libmnl, libiptc, libxtables

noinst_LIBRARIES += agent/libkernel.a
agent_libkernel_a_CPPFLAGS = $(LAYER_CPPFLAGS) $(MNL_CFLAGS) $(IPTC_CFLAGS) $(XTABLES_CFLAGS)
agent_libkernel_a_SOURCES =
agent_libkernel_a_SOURCES += \
	agent/kernel/ipt.c \
	agent/kernel/ipt4.c \
	agent/kernel/ipt6.c \
	agent/kernel/ipt_cols.c \
	agent/kernel/ipt_decode.c \
	agent/kernel/ipt_edit.c \
	agent/kernel/ipt_encode.c \
	agent/kernel/ipt_entry.c \
	agent/kernel/ipt_match.c \
	agent/kernel/ipt_meter.c \
	agent/kernel/ipt_need.c \
	agent/kernel/ipt_parse.c \
	agent/kernel/ipt_reach.c \
	agent/kernel/ipt_text.c \
	agent/kernel/ipt_token.c \
	agent/kernel/ipt_undo.c \
	agent/kernel/ipt_work.c \
	agent/kernel/ipt_xt.c \
	agent/kernel/nf.c \
	agent/kernel/nf_check.c \
	agent/kernel/nf_lock.c \
	agent/kernel/nf_meter.c \
	agent/kernel/nf_probe.c
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
	agent/kernel/route_nl_lookup.c \
	agent/kernel/rtnl.c \
	agent/kernel/rtnl_events.c \
	agent/kernel/sysctl.c

noinst_HEADERS += \
	agent/kernel/ipt_ops.inc \
	include/kernel/ipt.h \
	include/kernel/ipt_parse.h \
	include/kernel/nf_priv.h \
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
	include/kernel/rtnl.h \
	include/kernel/sysctl.h
