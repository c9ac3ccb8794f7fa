/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Refuses what the kernel would refuse (net/core/fib_rules.c, fib_nl2rule(); net/ipv4/fib_rules.c
 * and net/ipv6/fib6_rules.c, *_rule_configure()), before the kernel is asked, and names the
 * column. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "model/policy.h"

/* fwmarkPolicyEntry */
enum {
	COL_ADDRESS_TYPE = 2,
	COL_ACTION = 4,
	COL_FIB = 5,
	COL_SOURCE = 9,
	COL_SOURCE_LEN,
	COL_DESTINATION,
	COL_DESTINATION_LEN,
	COL_IN_INTERFACE,
	COL_OUT_INTERFACE,
	COL_TOS,
	COL_SPORT_FROM = 17,
	COL_SPORT_TO,
	COL_DPORT_FROM,
	COL_DPORT_TO,
	COL_UID_FROM,
	COL_UID_TO,
	COL_SUPPRESS_LEN,
	COL_SUPPRESS_GROUP,
	COL_GOTO = 26,
	COL_DSCP = 28,
	COL_DSCP_MASK,
	COL_FLOWLABEL,
	COL_FLOWLABEL_MASK,
	COL_SPORT_MASK,
	COL_DPORT_MASK,
};

#define BAD(col, ...) (*column = (col), why_set(why, -EINVAL, __VA_ARGS__))

static int check_action(const struct policy *p, unsigned *column, struct why *why)
{
	if (p->family != AF_INET && p->family != AF_INET6)
		return BAD(COL_ADDRESS_TYPE, "AddressType: neither ipv4 nor ipv6");
	if (p->action < POLICY_LOOKUP || p->action > POLICY_PROHIBIT || p->action == 4 ||
	    p->action == 5)
		return BAD(COL_ACTION, "Action: there is no action %u", p->action);
	if (p->action == POLICY_LOOKUP && !p->l3mdev && !p->fib)
		return BAD(COL_FIB, "FibId: there is no table 0 to look up");
	if (p->l3mdev && policy_fib(p))
		return BAD(COL_FIB, "FibId: the device tells the table when L3mdev is true");
	if (p->action == POLICY_GOTO && !p->goto_priority)
		return BAD(COL_GOTO, "Goto: Action goto needs the priority to go to");
	if (p->action == POLICY_GOTO && !p->priority_auto && p->goto_priority <= p->priority)
		return BAD(COL_GOTO, "Goto: %u is not behind priority %u", p->goto_priority,
			   p->priority);
	if (p->action != POLICY_GOTO && p->goto_priority)
		return BAD(COL_GOTO, "Goto: only Action goto takes one");
	return 0;
}

static int check_prefix(const struct policy *p, const struct prefix *a, unsigned col,
			const char *name, unsigned *column, struct why *why)
{
	if (!a->len && addr_is_zero(a))
		return 0;
	if (a->family != p->family)
		return BAD(col, "%s: an address of another type than AddressType", name);
	if (a->len > 8 * addr_size(a->family))
		return BAD(col + 1, "%sPrefixLength: %u is more than an address has", name, a->len);
	if (!prefix_is_canonical(a))
		return BAD(col, "%s: bits are set beyond the prefix length of %u", name, a->len);
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

/* The kernel takes ports 1 to 65535 alone; 0 to 65535 is no selector. */
static int check_ports(uint16_t from, uint16_t to, uint16_t mask, unsigned col, unsigned mask_col,
		       const char *name, unsigned *column, struct why *why)
{
	bool any = from == 0 && to == UINT16_MAX;

	if (!any && from == 0)
		return BAD(col, "%sFrom: port 0 cannot be selected", name);
	if (from > to)
		return BAD(col + 1, "%sTo: %u is below %u", name, to, from);
	if (mask && (any || from != to))
		return BAD(mask_col, "%sMask: a mask needs one port, not a range", name);
	if (mask && from & ~mask)
		return BAD(mask_col, "%sMask: port %u has bits outside of it", name, from);
	return 0;
}

static int check_tos(const struct policy *p, unsigned *column, struct why *why)
{
	if (p->tos & 0x03)
		return BAD(COL_TOS, "Tos: the two lowest bits (ECN) must be 0");
	if (p->family == AF_INET && p->tos & 0xe0)
		return BAD(COL_TOS, "Tos: IPv4 allows 4 to 28; Dscp selects all six bits");
	if (p->dscp < -1 || p->dscp > DSCP_MAX)
		return BAD(COL_DSCP, "Dscp: not within -1 to %d", DSCP_MAX);
	if (p->dscp >= 0 && p->tos)
		return BAD(COL_DSCP, "Dscp: not together with Tos");
	if (p->dscp_mask > DSCP_MAX)
		return BAD(COL_DSCP_MASK, "DscpMask: not within 0 to %d", DSCP_MAX);
	if (p->dscp < 0 && p->dscp_mask != DSCP_MAX)
		return BAD(COL_DSCP_MASK, "DscpMask: a mask needs Dscp");
	if (p->dscp >= 0 && p->dscp & ~p->dscp_mask)
		return BAD(COL_DSCP_MASK, "DscpMask: Dscp %d has bits outside of it", p->dscp);
	return 0;
}

static int check_flowlabel(const struct policy *p, unsigned *column, struct why *why)
{
	if (p->flowlabel > FLOWLABEL_MAX)
		return BAD(COL_FLOWLABEL, "FlowLabel: more than 20 bits");
	if (p->flowlabel_mask > FLOWLABEL_MAX)
		return BAD(COL_FLOWLABEL_MASK, "FlowLabelMask: more than 20 bits");
	if (p->flowlabel & ~p->flowlabel_mask)
		return BAD(COL_FLOWLABEL_MASK, "FlowLabelMask: FlowLabel has bits outside of it");
	if (p->flowlabel_mask && p->family != AF_INET6)
		return BAD(COL_FLOWLABEL_MASK, "FlowLabelMask: IPv4 has no flow labels");
	return 0;
}

static int check_ranges(const struct policy *p, unsigned *column, struct why *why)
{
	int bits = 8 * (int)addr_size(p->family);

	if (p->uid_from > p->uid_to)
		return BAD(COL_UID_TO, "UidTo: %u is below %u", p->uid_to, p->uid_from);
	if (p->uid_from && p->uid_to == UINT32_MAX)
		return BAD(COL_UID_TO, "UidTo: the last user is %u", UINT32_MAX - 1);
	if (p->suppress_prefixlen < -1 || p->suppress_prefixlen > bits)
		return BAD(COL_SUPPRESS_LEN, "SuppressPrefixLength: not within -1 to %d", bits);
	if (p->suppress_group < -1)
		return BAD(COL_SUPPRESS_GROUP, "SuppressGroup: below -1");
	return 0;
}

int policy_check(const struct policy *p, unsigned *column, struct why *why)
{
	int err = check_action(p, column, why);

	if (!err)
		err = check_prefix(p, &p->src, COL_SOURCE, "Source", column, why);
	if (!err)
		err = check_prefix(p, &p->dst, COL_DESTINATION, "Destination", column, why);
	if (!err)
		err = check_name(p->iif, sizeof(p->iif), COL_IN_INTERFACE, "InInterface", column,
				 why);
	if (!err)
		err = check_name(p->oif, sizeof(p->oif), COL_OUT_INTERFACE, "OutInterface", column,
				 why);
	if (!err)
		err = check_tos(p, column, why);
	if (!err)
		err = check_ports(p->sport_from, p->sport_to, p->sport_mask, COL_SPORT_FROM,
				  COL_SPORT_MASK, "SourcePort", column, why);
	if (!err)
		err = check_ports(p->dport_from, p->dport_to, p->dport_mask, COL_DPORT_FROM,
				  COL_DPORT_MASK, "DestinationPort", column, why);
	if (!err)
		err = check_ranges(p, column, why);
	if (!err)
		err = check_flowlabel(p, column, why);
	return err;
}
