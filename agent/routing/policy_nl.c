/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "routing/policy_nl.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <stdbool.h>
#include <sys/socket.h>

#include "compat.h"
#include "nl_attr.h"
#include "policy_nl_priv.h"

#define ATTR(kind, type, field, absent) NL_ATTR(kind, FRA_##type, policy, field, absent)
#define ATTR_IF(kind, type, field, guard, absent)                                                  \
	NL_ATTR_IF(kind, FRA_##type, policy, field, guard, absent)

/* The kernel tells port masks and dscp masks of all ones; they are not sent, so that kernels
 * without them take the rest. */
static const struct nl_attr policy_attrs[] = {
	ATTR_IF(NL_U32, PRIORITY, priority, priority_auto, true),
	ATTR(NL_U32, TABLE, fib, NL_ALWAYS),
	ATTR(NL_U32, FWMARK, mark, 0),
	ATTR(NL_U32, FWMASK, mask, NL_ALWAYS),
	ATTR(NL_ADDR, SRC, src, 0),
	ATTR(NL_ADDR, DST, dst, 0),
	ATTR(NL_NAME, IIFNAME, iif, 0),
	ATTR(NL_NAME, OIFNAME, oif, 0),
	ATTR(NL_U8, IP_PROTO, protocol, 0),
	ATTR(NL_RANGE, SPORT_RANGE, sport_from, 0),
	ATTR(NL_RANGE, DPORT_RANGE, dport_from, 0),
	ATTR(NL_U16, SPORT_MASK, sport_mask, 0),
	ATTR(NL_U16, DPORT_MASK, dport_mask, 0),
	ATTR(NL_RANGE, UID_RANGE, uid_from, 0),
	ATTR(NL_U32, SUPPRESS_PREFIXLEN, suppress_prefixlen, UINT32_MAX),
	ATTR(NL_U32, SUPPRESS_IFGROUP, suppress_group, UINT32_MAX),
	ATTR(NL_BOOL, L3MDEV, l3mdev, false),
	ATTR(NL_U32, GOTO, goto_priority, 0),
	ATTR(NL_BYTES, TUN_ID, tunnel, 0),
	ATTR(NL_U8, DSCP, dscp, UINT32_MAX),
	ATTR(NL_U8, DSCP_MASK, dscp_mask, 63),
	ATTR_IF(NL_BE32, FLOWLABEL, flowlabel, flowlabel_mask, 0),
	ATTR(NL_BE32, FLOWLABEL_MASK, flowlabel_mask, 0),
	ATTR(NL_U32, FLOW, realms, 0),
	ATTR(NL_U8, PROTOCOL, route_protocol, 0),
};

enum { POLICY_ATTRS = sizeof(policy_attrs) / sizeof(*policy_attrs) };

/* NL_RANGE reads two fields as one array. */
#define ADJACENT(a, b)                                                                             \
	_Static_assert(offsetof(struct policy, b) ==                                               \
			       offsetof(struct policy, a) + sizeof(((struct policy *)0)->a),       \
		       #a " and " #b " must be neighbours")
ADJACENT(sport_from, sport_to);
ADJACENT(dport_from, dport_to);
ADJACENT(uid_from, uid_to);

int policy_nl_encode(void *buf, size_t size, uint16_t type, const struct policy *p)
{
	struct nlmsghdr *nlh = nl_begin(buf, size, type, 0, sizeof(struct fib_rule_hdr));
	struct policy key = policy_key(p);
	struct fib_rule_hdr *frh;

	if (!nlh)
		return -EMSGSIZE;
	frh = mnl_nlmsg_get_payload(nlh);
	frh->family = key.family;
	frh->src_len = key.src.len;
	frh->dst_len = key.dst.len;
	frh->tos = key.tos;
	frh->table = key.fib <= UINT8_MAX ? (uint8_t)key.fib : RT_TABLE_UNSPEC;
	frh->action = key.action;
	frh->flags = key.flags & FIB_RULE_FIND_SADDR;
	if (key.invert)
		frh->flags |= FIB_RULE_INVERT;
	return nl_attr_encode(policy_attrs, POLICY_ATTRS, &key, nlh, size);
}

/* Takes over what stands in the header. */
static void policy_header(const struct fib_rule_hdr *frh, struct policy *p)
{
	policy_init(p);
	p->family = frh->family;
	p->src.len = frh->src_len;
	p->dst.len = frh->dst_len;
	p->src.family = frh->src_len ? frh->family : AF_UNSPEC;
	p->dst.family = frh->dst_len ? frh->family : AF_UNSPEC;
	p->tos = frh->tos;
	p->fib = frh->table;
	p->action = frh->action;
	p->invert = frh->flags & FIB_RULE_INVERT;
	p->flags = frh->flags & ~(uint32_t)FIB_RULE_INVERT;
}

static bool was_seen(uint64_t seen, uint16_t type)
{
	for (size_t i = 0; i < POLICY_ATTRS; i++)
		if (policy_attrs[i].type == type)
			return seen >> i & 1;
	return false;
}

int policy_nl_decode(const struct nlmsghdr *nlh, struct policy *out)
{
	const struct fib_rule_hdr *frh = mnl_nlmsg_get_payload(nlh);
	size_t bits;
	uint64_t seen;
	int err;

	if (nlh->nlmsg_type != RTM_NEWRULE && nlh->nlmsg_type != RTM_DELRULE)
		return -EBADMSG;
	if (nlh->nlmsg_len < mnl_nlmsg_size(sizeof(*frh)))
		return -EBADMSG;
	bits = 8 * addr_size(frh->family);
	if (!bits)
		return -EAFNOSUPPORT;
	if (frh->src_len > bits || frh->dst_len > bits)
		return -EBADMSG;
	policy_header(frh, out);
	err = nl_attr_decode(policy_attrs, POLICY_ATTRS, nlh, sizeof(*frh), frh->family, out,
			     &seen);
	if (err)
		return err;
	/* The kernel's default (fib_nl2rule); it tells the mask of its own rules always. */
	if (was_seen(seen, FRA_FWMARK) && !was_seen(seen, FRA_FWMASK) && out->mark)
		out->mask = UINT32_MAX;
	if (out->sport_mask == UINT16_MAX)
		out->sport_mask = 0;
	if (out->dport_mask == UINT16_MAX)
		out->dport_mask = 0;
	return 0;
}

struct dump {
	policy_raw_cb *raw;
	policy_cb *cb;
	void (*reset)(void *arg);
	void *arg;
};

static int dump_message(const struct nlmsghdr *nlh, void *arg)
{
	struct dump *d = arg;
	struct policy p;
	int err;

	if (nlh->nlmsg_type != RTM_NEWRULE)
		return 0;
	err = policy_nl_decode(nlh, &p);
	if (err == -EAFNOSUPPORT)
		return 0;
	if (err)
		return err;
	return d->raw ? d->raw(&p, nlh, d->arg) : d->cb(&p, d->arg);
}

static void dump_reset(void *arg)
{
	struct dump *d = arg;

	d->reset(d->arg);
}

static int dump_rules(struct rtnl *nl, int family, struct dump *d)
{
	_Alignas(struct nlmsghdr) char buf[POLICY_NL_MAX];
	struct nlmsghdr *nlh =
		nl_begin(buf, sizeof(buf), RTM_GETRULE, 0, sizeof(struct fib_rule_hdr));
	struct fib_rule_hdr *frh = mnl_nlmsg_get_payload(nlh);

	frh->family = (uint8_t)family;
	return rtnl_dump(nl, nlh, dump_message, d->reset ? dump_reset : NULL, d);
}

int policy_nl_dump(struct rtnl *nl, int family, policy_cb *cb, void (*reset)(void *arg), void *arg)
{
	struct dump d = { .cb = cb, .reset = reset, .arg = arg };

	return dump_rules(nl, family, &d);
}

int policy_nl_dump_raw(struct rtnl *nl, int family, policy_raw_cb *cb, void (*reset)(void *arg),
		       void *arg)
{
	struct dump d = { .raw = cb, .reset = reset, .arg = arg };

	return dump_rules(nl, family, &d);
}
