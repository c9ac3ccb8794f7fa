/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The IPv6 instance of struct ipt_ops: libip6tc. */
#include <string.h>

#include <libiptc/libip6tc.h>
#include <netinet/in.h>

#include "ipt.h"

#define TC(name) ip6tc_##name
#define SO(name) IP6T_SO_##name
#define ENTRY	 struct ip6t_entry
#define ENTRY_IP ipv6
#define OPS	 ipt_ops6
#define FAMILY	 AF_INET6
#define LEVEL	 IPPROTO_IPV6
#define PROGRAM	 "ip6tables"
#define FILES	 "ip6_tables"
#define GOTO	 IP6T_F_GOTO

static void ip_flags_get(const struct ip6t_entry *e, struct ip_part *out)
{
	(void)e;
	out->frag = false;
}

/* Without IP6T_F_PROTO the kernel does not look at the protocol (ip6_packet_match()). */
static void ip_flags_put(struct ip6t_entry *e, const struct ip_part *ip)
{
	e->ipv6.flags = ip->proto ? IP6T_F_PROTO : 0;
}

#include "ipt_ops.inc"
