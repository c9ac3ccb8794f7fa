/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "route_nl_priv.h"
#include "routing/route_nl.h"

enum {
	ROUTE_HEADER = NLMSG_LENGTH(sizeof(struct rtmsg)),
	ROUTE_KNOWN_FLAGS = ROUTE_HOP_FLAGS | RTM_F_OFFLOAD | RTM_F_TRAP |
			    (int)RTM_F_OFFLOAD_FAILED,
};

_Static_assert((int)ROUTE_TRAP == RTNH_F_TRAP && (int)ROUTE_LINKDOWN == RTNH_F_LINKDOWN &&
		       (int)ROUTE_RT_OFFLOAD == RTM_F_OFFLOAD && ROUTE_METRIC_N > RTAX_MAX,
	       "model/route.h has the kernel's numbers");

static void header_load(struct route *r, const struct rtmsg *rtm)
{
	route_init(r);
	r->fib = rtm->rtm_table;
	r->dst.family = rtm->rtm_family;
	r->dst.len = rtm->rtm_dst_len;
	r->src.len = rtm->rtm_src_len;
	r->type = rtm->rtm_type;
	r->tos = rtm->rtm_tos;
	r->scope = rtm->rtm_scope;
	r->protocol = rtm->rtm_protocol;
	r->flags = rtm->rtm_flags & ROUTE_KNOWN_FLAGS;
	r->origin = ORIGIN_FOREIGN;
	r->storage = STORAGE_READONLY;
	r->status = ROW_ACTIVE;
}

static void settle_hop(struct route *r)
{
	r->nhops = r->hop.ifindex || r->hop.gateway.family != AF_UNSPEC;
	r->hop.gateway_type = r->hop.gateway.family;
	r->hop.flags = r->flags & ROUTE_HOP_FLAGS;
	r->onlink = r->flags & ROUTE_ONLINK;
}

/* A route whose next hops the kernel reports as a list, even of one (IPv6, nexthop groups). */
static void settle_hops(struct route *r, struct nexthop *hops)
{
	r->hop = (struct nexthop){ .weight = 1 };
	if (r->nhops == 1) {
		r->hop.gateway = hops[0].gateway;
		r->hop.ifindex = hops[0].ifindex;
		r->hop.weight = hops[0].weight;
		r->hop.encap = hops[0].encap;
		r->flags |= hops[0].flags | ROUTE_GROUPED;
		r->realms = hops[0].realms;
		settle_hop(r);
	} else if (r->nhops > 1) {
		r->hops = hops;
		r->onlink = true;
		for (unsigned i = 0; i < r->nhops; i++)
			r->onlink = r->onlink && hops[i].flags & ROUTE_ONLINK;
	}
}

/* The kernel gives some unreachable routes the device lo, which is no next hop. */
static void settle_reject(struct route *r)
{
	r->hop = (struct nexthop){ .weight = 1 };
	r->nhops = 0;
}

/* Returns: 0, or -EBADMSG for a length without an address, or an address with bits beyond it. */
static int settle_prefix(const struct prefix *p, int family, bool given)
{
	if (!given)
		return p->len ? -EBADMSG : 0;
	return p->len <= 8 * addr_size(family) && prefix_is_canonical(p) ? 0 : -EBADMSG;
}

static int decode(const struct nlmsghdr *nlh, struct route *r, struct nexthop *hops)
{
	uint64_t seen;
	int err;

	r->hops = hops;
	err = nl_decode_message(&route_table, nlh, sizeof(struct rtmsg), r->dst.family, r, &seen);
	if (!err)
		err = settle_prefix(&r->dst, r->dst.family, seen & 1u << RTA_DST);
	if (!err)
		err = settle_prefix(&r->src, r->dst.family, seen & 1u << RTA_SRC);
	if (err)
		return err;
	r->hops = NULL;
	if (!r->src.len)
		r->src = (struct prefix){ 0 };
	r->flags |= route_nl_unknown(seen);
	encap_settle(&r->hop.encap);
	if (route_is_reject(r))
		settle_reject(r);
	else if (seen & 1u << RTA_MULTIPATH)
		settle_hops(r, hops);
	else
		settle_hop(r);
	return 0;
}

static int decode_checked(const struct nlmsghdr *nlh, unsigned refuse, struct route *out,
			  struct nexthop *hops)
{
	const struct rtmsg *rtm = NLMSG_DATA(nlh);

	if (nlh->nlmsg_len < ROUTE_HEADER ||
	    (nlh->nlmsg_type != RTM_NEWROUTE && nlh->nlmsg_type != RTM_DELROUTE))
		return -EBADMSG;
	if ((rtm->rtm_family != AF_INET && rtm->rtm_family != AF_INET6) || rtm->rtm_flags & refuse)
		return -EAFNOSUPPORT;
	header_load(out, rtm);
	return decode(nlh, out, hops);
}

uint32_t route_nl_table(const struct nlmsghdr *nlh)
{
	const struct rtmsg *rtm = NLMSG_DATA(nlh);
	const char *at = (const char *)nlh + ROUTE_HEADER;
	struct nl_item a;
	size_t left;
	uint32_t fib;

	if (nlh->nlmsg_len < ROUTE_HEADER)
		return 0;
	fib = rtm->rtm_table;
	if (fib != RT_TABLE_UNSPEC && fib != RT_TABLE_COMPAT)
		return fib;
	/* A table above 255 does not fit into the header. */
	left = nlh->nlmsg_len - ROUTE_HEADER;
	while (nl_next(&at, &left, &a) > 0)
		if (a.type == RTA_TABLE && a.len == sizeof(fib))
			memcpy(&fib, a.data, sizeof(fib));
	return fib;
}

/* As settle_prefix(), but quick for IPv4, which most routes are. */
static inline bool is_prefix(const struct prefix *p)
{
	uint32_t addr;

	if (p->family != AF_INET || p->len > 32)
		return p->len <= 8 * addr_size(p->family) && prefix_is_canonical(p);
	memcpy(&addr, p->addr, sizeof(addr));
	return !(ntohl(addr) & (uint32_t)(UINT64_C(0xffffffff) >> p->len));
}

/* This runs for each of a million routes. With constant sizes, gcc makes no call of memcpy(). */
static inline bool split_dst(struct prefix *dst, const struct nl_item *a)
{
	if (dst->family == AF_INET && a->len == 4)
		memcpy(dst->addr, a->data, 4);
	else if (dst->family == AF_INET6 && a->len == 16)
		memcpy(dst->addr, a->data, 16);
	else
		return false;
	dst->len = (uint8_t)(8 * a->len);
	return true;
}

/* Takes one attribute of the key. Returns: false when its length is wrong. */
static inline bool split_key(struct route_nl_parts *out, const struct nl_item *a)
{
	if (a->type == RTA_DST)
		return split_dst(&out->dst, a);
	if (a->len != sizeof(uint32_t))
		return false;
	memcpy(a->type == RTA_TABLE ? &out->fib : &out->metric, a->data, sizeof(uint32_t));
	return true;
}

bool route_nl_split(const struct nlmsghdr *nlh, struct route_nl_parts *out)
{
	const char *at = (const char *)nlh + ROUTE_HEADER, *from = at;
	size_t left = nlh->nlmsg_len - ROUTE_HEADER;
	struct rtmsg rtm;
	struct nl_item a;
	int more;

	if (nlh->nlmsg_len < ROUTE_HEADER || nlh->nlmsg_type != RTM_NEWROUTE)
		return false;
	memcpy(&rtm, NLMSG_DATA(nlh), sizeof(rtm));
	if ((rtm.rtm_family != AF_INET && rtm.rtm_family != AF_INET6) ||
	    rtm.rtm_flags & RTM_F_CLONED)
		return false;
	memset(&out->dst, 0, sizeof(out->dst));
	out->fib = rtm.rtm_table;
	out->metric = 0;
	out->dst.family = rtm.rtm_family;
	out->n = sizeof(rtm);
	for (; (more = nl_next(&at, &left, &a)) > 0; from = at) {
		if (a.type == RTA_TABLE || a.type == RTA_DST || a.type == RTA_PRIORITY) {
			if (!split_key(out, &a))
				return false;
			continue;
		}
		if ((size_t)(at - from) > sizeof(out->rest) - sizeof(uint64_t) - out->n)
			return false;
		memcpy(out->rest + out->n, from, (size_t)(at - from));
		out->n += (size_t)(at - from);
	}
	if (rtm.rtm_dst_len && !out->dst.len) /* no RTA_DST */
		return false;
	out->dst.len = rtm.rtm_dst_len;
	memset(out->rest + out->n, 0, sizeof(uint64_t));
	rtm.rtm_table = rtm.rtm_dst_len = 0;
	memcpy(out->rest, &rtm, sizeof(rtm));
	return !more && is_prefix(&out->dst);
}

int route_nl_decode(const struct nlmsghdr *nlh, struct route *out, struct nexthop *hops)
{
	return decode_checked(nlh, RTM_F_CLONED, out, hops);
}

int route_nl_decode_answer(const struct nlmsghdr *nlh, struct route *out, struct nexthop *hops)
{
	return decode_checked(nlh, 0, out, hops);
}
