/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Refuses what the kernel would refuse (net/core/fib_rules.c, fib_nl2rule(); net/ipv4/fib_rules.c
 * and net/ipv6/fib6_rules.c, *_rule_configure()), before the kernel is asked, and names the
 * column. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "model/policy.h"

#define BAD(col, ...) (*column = (col), why_set(why, -EINVAL, __VA_ARGS__))

static int check_action(const struct policy *p, unsigned *column, struct why *why)
{
	if (p->family != AF_INET && p->family != AF_INET6)
		return BAD(POLICY_COL_FAMILY, "AddressType: neither ipv4 nor ipv6");
	if (p->action < POLICY_LOOKUP || p->action > POLICY_PROHIBIT || p->action == 4 ||
	    p->action == 5)
		return BAD(POLICY_COL_ACTION, "Action: there is no action %u", p->action);
	if (p->action == POLICY_LOOKUP && !p->l3mdev && !p->fib)
		return BAD(POLICY_COL_FIB, "FibId: there is no table 0 to look up");
	if (p->l3mdev && policy_fib(p))
		return BAD(POLICY_COL_FIB, "FibId: the device tells the table when L3mdev is true");
	if (p->action == POLICY_GOTO && !p->goto_priority)
		return BAD(POLICY_COL_GOTO_PRIORITY,
			   "Goto: Action goto needs the priority to go to");
	if (p->action == POLICY_GOTO && !p->priority_auto && p->goto_priority <= p->priority)
		return BAD(POLICY_COL_GOTO_PRIORITY, "Goto: %u is not behind priority %u",
			   p->goto_priority, p->priority);
	if (p->action != POLICY_GOTO && p->goto_priority)
		return BAD(POLICY_COL_GOTO_PRIORITY, "Goto: only Action goto takes one");
	return 0;
}

static int check_prefix(const struct policy *p, const struct prefix *a, const char *name,
			unsigned addr_col, unsigned len_col, unsigned *column, struct why *why)
{
	if (!a->len && addr_is_zero(a))
		return 0;
	if (a->family != p->family)
		return BAD(addr_col, "%s: an address of another type than AddressType", name);
	if (a->len > 8 * addr_size(a->family))
		return BAD(len_col, "%sPrefixLength: %u is more than an address has", name, a->len);
	if (!prefix_is_canonical(a))
		return BAD(addr_col, "%s: bits are set beyond the prefix length of %u", name,
			   a->len);
	return 0;
}

static int check_name(const char *s, size_t size, unsigned col, const char *name, unsigned *column,
		      struct why *why)
{
	size_t n = strnlen(s, size);

	if (n == size)
		return BAD(col, "%s: longer than %zu octets", name, size - 1);
	if (n && (!text_is_ifname(s) || !text_is_utf8(s, n)))
		return BAD(col, "%s: no interface can have this name", name);
	return 0;
}

struct ports {
	const char *name;
	uint16_t from, to, mask;
	unsigned from_col, to_col, mask_col;
};

/* The kernel takes ports 1 to 65535 alone; 0 to 65535 is no selector. */
static int check_ports(const struct ports *s, unsigned *column, struct why *why)
{
	bool any = s->from == 0 && s->to == UINT16_MAX;

	if (!any && s->from == 0)
		return BAD(s->from_col, "%sFrom: port 0 cannot be selected", s->name);
	if (s->from > s->to)
		return BAD(s->to_col, "%sTo: %u is below %u", s->name, s->to, s->from);
	/* fib_rule_port_range_valid() of include/net/fib_rules.h. */
	if (!any && s->to == UINT16_MAX)
		return BAD(s->to_col, "%sTo: the kernel takes no policy of port 65535", s->name);
	if (s->mask && (any || s->from != s->to))
		return BAD(s->mask_col, "%sMask: a mask needs one port, not a range", s->name);
	if (s->mask && s->from & ~s->mask)
		return BAD(s->mask_col, "%sMask: port %u has bits outside of it", s->name, s->from);
	return 0;
}

static int check_tos(const struct policy *p, unsigned *column, struct why *why)
{
	if (p->tos & 0x03)
		return BAD(POLICY_COL_TOS, "Tos: the two lowest bits (ECN) must be 0");
	if (p->family == AF_INET && p->tos & 0xe0)
		return BAD(POLICY_COL_TOS, "Tos: IPv4 allows 4 to 28; Dscp selects all six bits");
	if (p->dscp < -1 || p->dscp > DSCP_MAX)
		return BAD(POLICY_COL_DSCP, "Dscp: not within -1 to %d", DSCP_MAX);
	if (p->dscp >= 0 && p->tos)
		return BAD(POLICY_COL_DSCP, "Dscp: not together with Tos");
	if (p->dscp_mask > DSCP_MAX)
		return BAD(POLICY_COL_DSCP_MASK, "DscpMask: not within 0 to %d", DSCP_MAX);
	if (p->dscp < 0 && p->dscp_mask != DSCP_MAX)
		return BAD(POLICY_COL_DSCP_MASK, "DscpMask: a mask needs Dscp");
	if (p->dscp >= 0 && p->dscp & ~p->dscp_mask)
		return BAD(POLICY_COL_DSCP_MASK, "DscpMask: Dscp %d has bits outside of it",
			   p->dscp);
	return 0;
}

static int check_flowlabel(const struct policy *p, unsigned *column, struct why *why)
{
	if (p->flowlabel > FLOWLABEL_MAX)
		return BAD(POLICY_COL_FLOWLABEL, "FlowLabel: more than 20 bits");
	if (p->flowlabel_mask > FLOWLABEL_MAX)
		return BAD(POLICY_COL_FLOWLABEL_MASK, "FlowLabelMask: more than 20 bits");
	if (p->flowlabel & ~p->flowlabel_mask)
		return BAD(POLICY_COL_FLOWLABEL_MASK,
			   "FlowLabelMask: FlowLabel has bits outside of it");
	if (p->flowlabel_mask && p->family != AF_INET6)
		return BAD(POLICY_COL_FLOWLABEL_MASK, "FlowLabelMask: IPv4 has no flow labels");
	return 0;
}

static int check_ranges(const struct policy *p, unsigned *column, struct why *why)
{
	int bits = 8 * (int)addr_size(p->family);

	if (p->uid_from > p->uid_to)
		return BAD(POLICY_COL_UID_TO, "UidTo: %u is below %u", p->uid_to, p->uid_from);
	if (p->uid_from && p->uid_to == UINT32_MAX)
		return BAD(POLICY_COL_UID_TO, "UidTo: the last user is %u", UINT32_MAX - 1);
	if (p->suppress_prefixlen < -1 || p->suppress_prefixlen > bits)
		return BAD(POLICY_COL_SUPPRESS_PREFIXLEN,
			   "SuppressPrefixLength: not within -1 to %d", bits);
	if (p->suppress_group < -1)
		return BAD(POLICY_COL_SUPPRESS_GROUP, "SuppressGroup: below -1");
	return 0;
}

int policy_check(const struct policy *p, unsigned *column, struct why *why)
{
	const struct ports sports = {
		.name = "SourcePort",
		.from = p->sport_from,
		.to = p->sport_to,
		.mask = p->sport_mask,
		.from_col = POLICY_COL_SPORT_FROM,
		.to_col = POLICY_COL_SPORT_TO,
		.mask_col = POLICY_COL_SPORT_MASK,
	};
	const struct ports dports = {
		.name = "DestinationPort",
		.from = p->dport_from,
		.to = p->dport_to,
		.mask = p->dport_mask,
		.from_col = POLICY_COL_DPORT_FROM,
		.to_col = POLICY_COL_DPORT_TO,
		.mask_col = POLICY_COL_DPORT_MASK,
	};
	unsigned dropped;
	int err;

	if (!column)
		column = &dropped;
	err = check_action(p, column, why);
	if (!err)
		err = check_prefix(p, &p->src, "Source", POLICY_COL_SRC, POLICY_COL_SRC_LEN, column,
				   why);
	if (!err)
		err = check_prefix(p, &p->dst, "Destination", POLICY_COL_DST, POLICY_COL_DST_LEN,
				   column, why);
	if (!err)
		err = check_name(p->iif, sizeof(p->iif), POLICY_COL_IIF, "InInterface", column,
				 why);
	if (!err)
		err = check_name(p->oif, sizeof(p->oif), POLICY_COL_OIF, "OutInterface", column,
				 why);
	if (!err)
		err = check_tos(p, column, why);
	if (!err)
		err = check_ports(&sports, column, why);
	if (!err)
		err = check_ports(&dports, column, why);
	if (!err)
		err = check_ranges(p, column, why);
	if (!err)
		err = check_flowlabel(p, column, why);
	return err;
}
