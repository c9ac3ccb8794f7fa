/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asking the kernel where a packet would go (RTM_GETROUTE). */
#include <errno.h>
#include <libmnl/libmnl.h>
#include <string.h>
#include <sys/socket.h>

#include "route_nl_priv.h"
#include "routing/route_nl.h"

enum { LOOKUP_QUESTION = 256 };

/* What the reply repeats of the request. */
struct echo {
	uint32_t mark, uid;
};

static const struct nl_attr echo_attrs[] = {
	[RTA_MARK] = { .kind = NL_U32, NL_FIELD(echo, mark) },
	[RTA_UID] = { .kind = NL_U32, NL_FIELD(echo, uid) },
};

static const struct nl_table echo_table = NL_TABLE(echo_attrs);

struct answer {
	struct route route;
	struct echo echo;
	uint64_t echoed; /* bit N: attribute N was there */
	unsigned flags;	 /* RTM_F_* */
	struct nexthop hops[ROUTE_HOPS_MAX];
};

static int answer_cb(const struct nlmsghdr *nlh, void *arg)
{
	struct answer *a = arg;
	int err = route_nl_decode_answer(nlh, &a->route, a->hops);

	if (err)
		return err;
	a->flags = ((const struct rtmsg *)mnl_nlmsg_get_payload(nlh))->rtm_flags;
	a->echo = (struct echo){ 0 };
	return nl_decode_message(&echo_table, nlh, sizeof(struct rtmsg), AF_UNSPEC, &a->echo,
				 &a->echoed);
}

static int ask(struct rtnl *nl, const struct lookup *l, unsigned flags, struct answer *a,
	       struct why *why)
{
	_Alignas(struct nlmsghdr) char buf[LOOKUP_QUESTION];
	size_t size = addr_size(l->dst.family);
	struct nlmsghdr *nlh;
	struct rtmsg *rtm;

	nlh = nl_begin(buf, sizeof(buf), RTM_GETROUTE, 0, sizeof(*rtm));
	rtm = mnl_nlmsg_get_payload(nlh);
	rtm->rtm_family = l->dst.family;
	rtm->rtm_dst_len = (uint8_t)(8 * size);
	/* IPv6 always reports the table, and refuses this flag. */
	rtm->rtm_flags = flags | (l->dst.family == AF_INET ? RTM_F_LOOKUP_TABLE : 0);
	mnl_attr_put(nlh, RTA_DST, size, l->dst.addr);
	if (l->mark)
		mnl_attr_put_u32(nlh, RTA_MARK, l->mark);
	/* Ask for root, whoever the agent runs as, because policies can select by user. */
	mnl_attr_put_u32(nlh, RTA_UID, 0);
	return rtnl_get(nl, nlh, answer_cb, a, why);
}

static void keep(struct lookup *l, const struct answer *a)
{
	l->type = a->route.type;
	l->route = a->route;
	l->route.hop.encap = (struct encap){ 0 }; /* it was in the message */
	l->matched = l->dst;
	l->cached = a->flags & RTM_F_CLONED;
	l->has_uid = a->echoed >> RTA_UID & 1;
	l->uid = a->echo.uid;
	l->answer_mark = a->echo.mark;
}

/*
 * The kernel reports either where a packet goes (device, source address), or which route matched
 * (RTM_F_FIB_MATCH: with its prefix, but with all of several next hops). So ask for both; when the
 * table is another one the second time, the prefix length stays that of the address.
 */
int route_nl_lookup(struct rtnl *nl, const struct prefix *dst, uint32_t mark, struct lookup *out)
{
	struct answer a;
	int err, type;

	*out = (struct lookup){ .mark = mark, .dst = *dst };
	if (!addr_size(dst->family))
		return -EAFNOSUPPORT;
	out->dst.len = (uint8_t)(8 * addr_size(dst->family));
	err = ask(nl, out, 0, &a, &out->words);
	/* IPv6 fails with this, too, when the route is replaced during the lookup: it has found the
	 * route, and then finds it gone (net/ipv6/route.c, inet6_rtm_getroute()). */
	if (err == -ENETUNREACH && dst->family == AF_INET6)
		err = ask(nl, out, 0, &a, &out->words);
	type = lookup_type_of(err);
	if (err) {
		out->err = err;
		out->type = (uint8_t)type;
		return type < 0 ? err : 0;
	}
	if (a.route.nhops > 1)
		return -EBADMSG; /* a packet takes one way */
	keep(out, &a);
	if (!ask(nl, out, RTM_F_FIB_MATCH, &a, NULL) && a.route.fib == out->route.fib)
		out->matched = a.route.dst;
	return 0;
}
