# SPDX-License-Identifier: GPL-2.0-or-later
# netfilter: model, base, libiptc, libxtables, libmnl: mark rules and meters

noinst_LIBRARIES += agent/libnetfilter.a
agent_libnetfilter_a_CPPFLAGS = $(ROOM_CPPFLAGS) $(MNL_CFLAGS) $(IPTC_CFLAGS) $(XTABLES_CFLAGS)
agent_libnetfilter_a_SOURCES = \
	agent/netfilter/ipt.c \
	agent/netfilter/ipt4.c \
	agent/netfilter/ipt6.c \
	agent/netfilter/ipt_backend.c \
	agent/netfilter/ipt_check.c \
	agent/netfilter/ipt_cols.c \
	agent/netfilter/ipt_decode.c \
	agent/netfilter/ipt_did.c \
	agent/netfilter/ipt_edit.c \
	agent/netfilter/ipt_encode.c \
	agent/netfilter/ipt_entry.c \
	agent/netfilter/ipt_fits.c \
	agent/netfilter/ipt_hash.c \
	agent/netfilter/ipt_lock.c \
	agent/netfilter/ipt_match.c \
	agent/netfilter/ipt_meter.c \
	agent/netfilter/ipt_meter_set.c \
	agent/netfilter/ipt_need.c \
	agent/netfilter/ipt_parse.c \
	agent/netfilter/ipt_probe.c \
	agent/netfilter/ipt_reach.c \
	agent/netfilter/ipt_snap.c \
	agent/netfilter/ipt_text.c \
	agent/netfilter/ipt_token.c \
	agent/netfilter/ipt_undo.c \
	agent/netfilter/ipt_watch.c \
	agent/netfilter/ipt_work.c \
	agent/netfilter/ipt_xt.c \
	agent/netfilter/nf.c \
	agent/netfilter/nf_commit.c \
	agent/netfilter/nf_common.c \
	agent/netfilter/nf_merge.c \
	agent/netfilter/nft_probe.c

noinst_HEADERS += \
	agent/netfilter/ipt.h \
	agent/netfilter/ipt_ops.inc \
	agent/netfilter/ipt_parse.h \
	agent/netfilter/ipt_priv.h \
	agent/netfilter/nf_priv.h \
	include/netfilter/nf.h
