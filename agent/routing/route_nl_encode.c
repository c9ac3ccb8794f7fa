/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <libmnl/libmnl.h>
#include <sys/socket.h>

#include "route_nl_priv.h"
#include "routing/route_nl.h"

/* The parts of @r that its request has. Next hops are not said of what has none, nor where a nexthop
 * object has them. */
static unsigned parts(const struct route *r, bool del)
{
	unsigned parts = del ? 0 : ROUTE_PART_NEW;

	if (!r->nlegs || r->nhid || route_is_reject(r))
		return parts;
	return parts | (r->nlegs > 1 ? ROUTE_PART_HOPS : ROUTE_PART_HOP);
}

static void put_header(const struct nl_out *out, const struct route *r)
{
	struct rtmsg *rtm = mnl_nlmsg_get_payload(out->nlh);

	rtm->rtm_family = r->dst.family;
	rtm->rtm_dst_len = r->dst.len;
	rtm->rtm_src_len = r->src.family == AF_UNSPEC ? 0 : r->src.len;
	rtm->rtm_tos = r->tos;
	/* RTA_TABLE is what counts; the field is for the ids that fit. */
	rtm->rtm_table = r->fib < 256 ? (uint8_t)r->fib : RT_TABLE_UNSPEC;
	rtm->rtm_protocol = r->protocol;
	rtm->rtm_scope = route_scope(r);
	rtm->rtm_type = r->type;
	if (out->parts & ROUTE_PART_NEW && out->parts & ROUTE_PART_HOP && r->onlink)
		rtm->rtm_flags = RTNH_F_ONLINK;
}

static int put_bytes(const struct nl_out *out, uint16_t type, size_t len, const void *data)
{
	return mnl_attr_put_check(out->nlh, out->size, type, len, data) ? 0 : -EMSGSIZE;
}

/*
 * IPv6 looks at device and gateway alone, and takes what is not said for anything
 * (net/ipv6/route.c, ip6_route_del()): an unreachable route would take the next best one with it,
 * a route without a gateway one with. So say "lo" and "::", which is what the kernel keeps there.
 */
static int put_del_hop(const struct nl_out *out, const struct route *r)
{
	static const uint8_t none[ADDR_MAX];
	static const uint32_t lo = 1; /* LOOPBACK_IFINDEX */
	int err = 0;

	if (r->dst.family != AF_INET6 || r->nhid || r->nlegs > 1)
		return 0;
	if (route_is_reject(r))
		err = put_bytes(out, RTA_OIF, sizeof(lo), &lo);
	if (!err && (route_is_reject(r) || r->leg.gateway.family == AF_UNSPEC))
		err = put_bytes(out, RTA_GATEWAY, sizeof(none), none);
	return err;
}

int route_nl_encode(void *buf, size_t size, uint16_t type, uint16_t flags, const struct route *r)
{
	bool del = type == RTM_DELROUTE;
	const struct nl_out out = {
		.nlh = nl_begin(buf, size, type, flags, sizeof(struct rtmsg)),
		.size = size,
		.family = r->dst.family,
		.parts = parts(r, del),
	};
	int err;

	if (!out.nlh)
		return -EMSGSIZE;
	if (r->flags & ROUTE_CUT)
		return -E2BIG;
	put_header(&out, r);
	err = nl_encode(&route_table, &out, r);
	return err || !del ? err : put_del_hop(&out, r);
}
