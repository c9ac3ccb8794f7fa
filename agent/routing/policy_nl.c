/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "routing/policy_nl.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <stdbool.h>
#include <sys/socket.h>

#include "compat.h"
#include "nl_attr.h"
#include "policy_nl_priv.h"
#include "routing/link_nl.h"

enum { POLICY_PART_PRIORITY = 1 };

#define ATTR(KIND, field, value)                                                                   \
	{                                                                                          \
		.kind = NL_##KIND, NL_FIELD(policy, field), .absent = (value)                      \
	}
#define ATTR_WITH(KIND, field, value, other)                                                       \
	{                                                                                          \
		.kind = NL_##KIND, NL_FIELD(policy, field), .absent = (value), .with = (other)     \
	}

/* The kernel reports port masks and dscp masks of all ones. Such masks are not sent, so that
 * kernels without these attributes take the rest. */
static const struct nl_attr policy_attrs[] = {
	[FRA_PRIORITY] = { .kind = NL_U32,
			   .part = POLICY_PART_PRIORITY,
			   NL_FIELD(policy, priority),
			   .absent = NL_ALWAYS },
	[FRA_TABLE] = ATTR(U32, fib, NL_ALWAYS),
	[FRA_FWMARK] = ATTR(U32, mark, 0),
	[FRA_FWMASK] = ATTR(U32, mask, NL_ALWAYS),
	[FRA_SRC] = ATTR(PREFIX, src, 0),
	[FRA_DST] = ATTR(PREFIX, dst, 0),
	[FRA_IIFNAME] = ATTR(NAME, iif, 0),
	[FRA_OIFNAME] = ATTR(NAME, oif, 0),
	[FRA_IP_PROTO] = ATTR(U8, protocol, 0),
	[FRA_SPORT_RANGE] = ATTR(RANGE, sport_from, 0),
	[FRA_DPORT_RANGE] = ATTR(RANGE, dport_from, 0),
	[FRA_SPORT_MASK] = ATTR_WITH(U16, sport_mask, 0, FRA_SPORT_RANGE),
	[FRA_DPORT_MASK] = ATTR_WITH(U16, dport_mask, 0, FRA_DPORT_RANGE),
	[FRA_UID_RANGE] = ATTR(RANGE, uid_from, 0),
	[FRA_SUPPRESS_PREFIXLEN] = ATTR(U32, suppress_prefixlen, UINT32_MAX),
	[FRA_SUPPRESS_IFGROUP] = ATTR(U32, suppress_group, UINT32_MAX),
	[FRA_L3MDEV] = ATTR(BOOL, l3mdev, false),
	[FRA_GOTO] = ATTR(U32, goto_priority, 0),
	[FRA_TUN_ID] = ATTR(BYTES, tunnel, 0),
	[FRA_DSCP] = ATTR(U8, dscp, UINT32_MAX),
	[FRA_DSCP_MASK] = ATTR_WITH(U8, dscp_mask, DSCP_MAX, FRA_DSCP),
	[FRA_FLOWLABEL] = ATTR_WITH(BE32, flowlabel, NL_ALWAYS, FRA_FLOWLABEL_MASK),
	[FRA_FLOWLABEL_MASK] = ATTR(BE32, flowlabel_mask, 0),
	[FRA_FLOW] = ATTR(U32, realms, 0),
	[FRA_PROTOCOL] = ATTR(U8, route_protocol, 0),
};

static const struct nl_table policy_table = NL_TABLE(policy_attrs);

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
	return nl_encode(&policy_table,
			 &(struct nl_out){ .nlh = nlh,
					   .size = size,
					   .family = key.family,
					   .parts = key.priority_auto ? 0 : POLICY_PART_PRIORITY },
			 &key);
}

/* Sets what stands in the header. */
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

/* rule_find() of net/core/fib_rules.c does not look at the goto. It does compare the priority, and
 * so does policy_nl_matches(), by hand: to nl_selects(), priority 0 would be absent. */
static bool is_compared(uint16_t type)
{
	return type != FRA_GOTO && type != FRA_PRIORITY;
}

bool policy_nl_matches(const struct policy *asked, const struct policy *p)
{
	struct policy a = policy_key(asked), b = policy_key(p);

	if (a.family != b.family || a.priority != b.priority ||
	    (a.action && a.action != b.action) || (a.tos && a.tos != b.tos))
		return false;
	/* Compare what the kernel holds: policy_key() may have set 0, which asks for any table. */
	a.fib = asked->fib;
	b.fib = p->fib;
	for (uint16_t type = 1; type < policy_table.n; type++)
		if (is_compared(type) && nl_selects(&policy_table, type, a.family, &a) &&
		    !nl_field_same(&policy_table, type, &a, &b))
			return false;
	return true;
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
	err = nl_decode_message(&policy_table, nlh, sizeof(*frh), frh->family, out, &seen);
	if (err)
		return err;
	/* The default of fib_nl2rule() for requests; the kernel's messages always have a mask. */
	if (out->mark && !(seen & UINT64_C(1) << FRA_FWMASK))
		out->mask = UINT32_MAX;
	if (out->sport_mask == UINT16_MAX)
		out->sport_mask = 0;
	if (out->dport_mask == UINT16_MAX)
		out->dport_mask = 0;
	return 0;
}

/* How often to read the rules while others change them: some 10 ms with a thousand rules. */
enum { DUMP_TRIES = 16 };

struct dump {
	int family;
	policy_raw_cb *raw;
	policy_cb *cb;
	void (*reset)(void *arg);
	void *arg;
	bool moved; /* a rule came or went meanwhile */
};

static int dump_message(const struct nlmsghdr *nlh, void *arg)
{
	struct dump *d = arg;
	struct policy p = { .family = AF_UNSPEC };
	int err;

	if (nlh->nlmsg_type != RTM_NEWRULE)
		return 0;
	err = policy_nl_decode(nlh, &p);
	if (err == -EAFNOSUPPORT)
		return 0;
	/* Whoever goes by the messages is to know that a rule stands there, read or not. */
	if (err && !(d->raw && p.family))
		return err;
	return d->raw ? d->raw(&p, nlh, d->arg) : d->cb(&p, d->arg);
}

static void dump_reset(void *arg)
{
	struct dump *d = arg;

	d->reset(d->arg);
}

static int dump_once(struct rtnl *nl, struct dump *d)
{
	_Alignas(struct nlmsghdr) char buf[POLICY_NL_MAX];
	struct nlmsghdr *nlh =
		nl_begin(buf, sizeof(buf), RTM_GETRULE, 0, sizeof(struct fib_rule_hdr));
	struct fib_rule_hdr *frh = mnl_nlmsg_get_payload(nlh);

	frh->family = (uint8_t)d->family;
	return rtnl_dump(nl, nlh, dump_message, dump_reset, d);
}

static int watch_event(const struct nlmsghdr *nlh, void *arg)
{
	(void)nlh;
	*(bool *)arg = true;
	return 0;
}

/*
 * The kernel goes on with a dump of rules by counting those it has given (dump_rules() of
 * net/core/fib_rules.c), and says nothing when rules before that place come or go: it leaves out
 * some, or gives them twice. So believe only a dump beside which the kernel announced no change of
 * rules. Two dumps that are equal are no proof: what is left out stands at the same place each
 * time.
 */
static int dump_rules(struct rtnl *nl, struct dump *d)
{
	struct rtnl_events *watch = NULL;
	int err = rtnl_events_watch(d->family == AF_INET ? RTNLGRP_IPV4_RULE : RTNLGRP_IPV6_RULE,
				    &watch);

	d->moved = !err;
	for (int tries = 0; !err && d->moved && tries < DUMP_TRIES; tries++) {
		d->moved = false;
		err = dump_once(nl, d);
		/* A change that is under way is announced when it is complete. */
		if (!err)
			err = link_nl_barrier(nl);
		if (!err)
			err = rtnl_events_drain(watch, watch_event, &d->moved, &d->moved);
		err = err < 0 ? err : 0;
	}
	if (!err && d->moved)
		err = -EAGAIN;
	rtnl_events_close(watch);
	return err;
}

int policy_nl_dump(struct rtnl *nl, int family, policy_cb *cb, void (*reset)(void *arg), void *arg)
{
	struct dump d = { .family = family, .cb = cb, .reset = reset, .arg = arg };

	return dump_rules(nl, &d);
}

int policy_nl_dump_raw(struct rtnl *nl, int family, policy_raw_cb *cb, void (*reset)(void *arg),
		       void *arg)
{
	struct dump d = { .family = family, .raw = cb, .reset = reset, .arg = arg };

	return dump_rules(nl, &d);
}
