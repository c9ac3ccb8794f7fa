/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The IPv4 instance of struct ipt_ops: libiptc. */
#include <string.h>

#include <libiptc/libiptc.h>
#include <netinet/in.h>

#include "ipt.h"

#define TC(name) iptc_##name
#define SO(name) IPT_SO_##name
#define ENTRY	 struct ipt_entry
#define ENTRY_IP ip
#define OPS	 ipt_ops4
#define FAMILY	 AF_INET
#define LEVEL	 IPPROTO_IP
#define PROGRAM	 "iptables"
#define FILES	 "ip_tables"
#define GOTO	 IPT_F_GOTO

static void ip_flags_get(const struct ipt_entry *e, struct ip_part *out)
{
	out->frag = e->ip.flags & IPT_F_FRAG;
}

static void ip_flags_put(struct ipt_entry *e, const struct ip_part *ip)
{
	e->ip.flags = ip->frag ? IPT_F_FRAG : 0;
}

#include "ipt_ops.inc"
