/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A policy as `ip rule` prints it: print_rule() of ip/iprule.c in iproute2 6.1.0. What 6.1.0 does
 * not know yet (port masks, dscp, flow labels) is written as 7.1 prints it. */
#include <inttypes.h>
#include <stdio.h>

#include "model/policy.h"
#include "model/rtn.h"

/* What getprotobynumber(3), which lib/inet_proto.c of iproute2 asks, finds in /etc/protocols of
 * Debian 12. */
static const char *const protocols[256] = {
	[0] = "ip",
	[1] = "icmp",
	[2] = "igmp",
	[3] = "ggp",
	[4] = "ipencap",
	[5] = "st",
	[6] = "tcp",
	[8] = "egp",
	[9] = "igp",
	[12] = "pup",
	[17] = "udp",
	[20] = "hmp",
	[22] = "xns-idp",
	[27] = "rdp",
	[29] = "iso-tp4",
	[33] = "dccp",
	[36] = "xtp",
	[37] = "ddp",
	[38] = "idpr-cmtp",
	[41] = "ipv6",
	[43] = "ipv6-route",
	[44] = "ipv6-frag",
	[45] = "idrp",
	[46] = "rsvp",
	[47] = "gre",
	[50] = "esp",
	[51] = "ah",
	[57] = "skip",
	[58] = "ipv6-icmp",
	[59] = "ipv6-nonxt",
	[60] = "ipv6-opts",
	[73] = "rspf",
	[81] = "vmtp",
	[88] = "eigrp",
	[89] = "ospf",
	[93] = "ax.25",
	[94] = "ipip",
	[97] = "etherip",
	[98] = "encap",
	[103] = "pim",
	[108] = "ipcomp",
	[112] = "vrrp",
	[115] = "l2tp",
	[124] = "isis",
	[132] = "sctp",
	[133] = "fc",
	[135] = "mobility-header",
	[136] = "udplite",
	[137] = "mpls-in-ip",
	[138] = "manet",
	[139] = "hip",
	[140] = "shim6",
	[141] = "wesp",
	[142] = "rohc",
	[143] = "ethernet",
};

enum { ACTION_NAT = 10, PROTO_KERNEL = 2 };

static void text_prefix(struct text *out, const char *word, const struct prefix *p)
{
	char buf[PREFIX_TEXT_MAX];

	if (!p->len)
		return;
	text_add(out, "%s%s", word, addr_format(p, buf));
	if (p->len != 8 * addr_size(p->family))
		text_add(out, "/%u", p->len);
}

static void text_interface(struct text *out, const char *word, const char *name, bool detached)
{
	if (name[0])
		text_add(out, " %s %s%s", word, name, detached ? " [detached]" : "");
}

static void text_ports(struct text *out, const char *word, uint16_t from, uint16_t to,
		       uint16_t mask)
{
	if (from == 0 && to == UINT16_MAX)
		return;
	if (from != to)
		text_add(out, " %s %u-%u", word, from, to);
	else if (mask == 0 || mask == UINT16_MAX)
		text_add(out, " %s %u", word, from);
	else
		text_add(out, " %s %#x/%#x", word, from, mask);
}

static void text_mark(const struct policy *p, struct text *out)
{
	if (!p->mark && !p->mask)
		return;
	text_add(out, " fwmark %#" PRIx32, p->mark);
	if (p->mask != UINT32_MAX)
		text_add(out, "/%#" PRIx32, p->mask);
}

static void text_selectors(const struct policy *p, const struct rt_names *names, struct text *out)
{
	const struct name *tos = names_find(&names->dsfield, p->tos);

	text_add(out, p->invert ? "not " : "");
	if (p->src.len)
		text_prefix(out, "from ", &p->src);
	else
		text_add(out, "from all");
	text_prefix(out, " to ", &p->dst);
	if (p->tos && tos)
		text_add(out, " tos %s", tos->name);
	else if (p->tos)
		text_add(out, " tos 0x%02x", p->tos);
	text_mark(p, out);
	text_interface(out, "iif", p->iif, p->flags & POLICY_IIF_DETACHED);
	text_interface(out, "oif", p->oif, p->flags & POLICY_OIF_DETACHED);
	if (p->l3mdev)
		text_add(out, " lookup [l3mdev-table]");
	if (p->uid_from != 0 || p->uid_to != UINT32_MAX)
		text_add(out, " uidrange %u-%u", p->uid_from, p->uid_to);
	if (p->protocol && protocols[p->protocol])
		text_add(out, " ipproto %s", protocols[p->protocol]);
	else if (p->protocol)
		text_add(out, " ipproto ipproto-%u", p->protocol);
	text_ports(out, "sport", p->sport_from, p->sport_to, p->sport_mask);
	text_ports(out, "dport", p->dport_from, p->dport_to, p->dport_mask);
}

static void text_tunnel(const struct policy *p, struct text *out)
{
	uint64_t id = 0;

	for (size_t i = 0; i < sizeof(p->tunnel); i++)
		id = id << 8 | p->tunnel[i];
	if (id)
		text_add(out, " tun_id %" PRIu64, id);
}

/* iproute2 keeps ids as int and ignores the names of larger ones (lib/rt_names.c). */
static const char *table_name(const struct rt_names *names, uint32_t id, char *buf)
{
	if (id <= INT32_MAX)
		return names_text(&names->tables, id, buf);
	snprintf(buf, 16, "%" PRIu32, id);
	return buf;
}

static void text_lookup(const struct policy *p, const struct rt_names *names, struct text *out)
{
	uint16_t from = p->realms >> 16, to = p->realms & UINT16_MAX;
	char buf[16];

	if (p->fib) {
		text_add(out, " lookup %s", table_name(names, p->fib, buf));
		if (p->suppress_prefixlen != -1)
			text_add(out, " suppress_prefixlength %d", p->suppress_prefixlen);
		if (p->suppress_group != -1)
			text_add(out, " suppress_ifgroup %s",
				 names_text(&names->groups, (uint32_t)p->suppress_group, buf));
	}
	if (!p->realms)
		return;
	text_add(out, " realms ");
	if (from)
		text_add(out, "%s/", names_text(&names->realms, from, buf));
	text_add(out, "%s", names_text(&names->realms, to, buf));
}

static void text_action(const struct policy *p, const struct rt_names *names, struct text *out)
{
	const char *action = rtn_name(p->action);
	char buf[16];

	if (p->action == ACTION_NAT)
		text_add(out, " masquerade");
	else if (p->action == POLICY_GOTO)
		text_add(out, " goto %u%s", p->goto_priority,
			 p->flags & POLICY_UNRESOLVED ? " [unresolved]" : "");
	else if (p->action == POLICY_NOP)
		text_add(out, " nop");
	else if (!action)
		text_add(out, " %u", p->action);
	else if (p->action != POLICY_LOOKUP)
		text_add(out, " %s", action);
	if (p->route_protocol && p->route_protocol != PROTO_KERNEL)
		text_add(out, " proto %s", names_text(&names->protos, p->route_protocol, buf));
}

/* The attributes that are newer than iproute2 6.1. */
static void text_newer(const struct policy *p, const struct rt_names *names, struct text *out)
{
	const struct name *dscp = p->dscp < 0 ? NULL
					      : names_find(&names->dsfield, (uint32_t)p->dscp << 2);

	if (p->dscp >= 0 && p->dscp_mask != DSCP_MAX)
		text_add(out, " dscp %#x/%#x", p->dscp, p->dscp_mask);
	else if (dscp)
		text_add(out, " dscp %s", dscp->name);
	else if (p->dscp >= 0)
		text_add(out, " dscp %d", p->dscp);
	if (p->flowlabel_mask)
		text_add(out, " flowlabel %#" PRIx32, p->flowlabel);
	if (p->flowlabel_mask && p->flowlabel_mask != FLOWLABEL_MAX)
		text_add(out, "/%#" PRIx32, p->flowlabel_mask);
}

void policy_text(const struct policy *p, const struct rt_names *names, struct text *out)
{
	text_add(out, "%u:\t", p->priority);
	text_selectors(p, names, out);
	text_tunnel(p, out);
	text_lookup(p, names, out);
	text_action(p, names, out);
	text_newer(p, names, out);
}
