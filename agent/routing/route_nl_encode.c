/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <libmnl/libmnl.h>
#include <sys/socket.h>

#include "route_nl_priv.h"
#include "routing/route_nl.h"

/* Returns: the parts of @r that its request has. Next hops are left out when the route has none,
 * and when a nexthop object has them. */
static unsigned parts(const struct route *r, bool del)
{
	unsigned parts = del ? 0 : ROUTE_PART_NEW;

	if (!r->nhops || r->nhid || route_is_reject(r))
		return parts;
	return parts | (r->nhops > 1 ? ROUTE_PART_HOPS : ROUTE_PART_HOP);
}

static void put_header(const struct nl_out *out, const struct route *r)
{
	struct rtmsg *rtm = mnl_nlmsg_get_payload(out->nlh);

	rtm->rtm_family = r->dst.family;
	rtm->rtm_dst_len = r->dst.len;
	rtm->rtm_src_len = r->src.family == AF_UNSPEC ? 0 : r->src.len;
	rtm->rtm_tos = r->tos;
	/* The kernel goes by RTA_TABLE; the field has room for ids up to 255. */
	rtm->rtm_table = r->fib < 256 ? (uint8_t)r->fib : RT_TABLE_UNSPEC;
	rtm->rtm_protocol = r->protocol;
	rtm->rtm_scope = route_scope(r);
	rtm->rtm_type = route_type_asked(r);
	if (out->parts & ROUTE_PART_NEW && out->parts & ROUTE_PART_HOP && r->onlink)
		rtm->rtm_flags = RTNH_F_ONLINK;
}

static int put_bytes(const struct nl_out *out, uint16_t type, size_t len, const void *data)
{
	return mnl_attr_put_check(out->nlh, out->size, type, len, data) ? 0 : -EMSGSIZE;
}

/*
 * To delete, IPv6 compares only device and gateway, and one that is left out matches any
 * (net/ipv6/route.c, ip6_route_del()): the request for an unreachable route could delete any route
 * of its key, and that for a route without a gateway could delete one with a gateway. So send "lo"
 * and "::", which the kernel holds for these.
 */
static int put_del_hop(const struct nl_out *out, const struct route *r)
{
	static const uint8_t none[ADDR_MAX];
	static const uint32_t lo = 1; /* LOOPBACK_IFINDEX */
	int err = 0;

	if (r->dst.family != AF_INET6 || r->nhid || r->nhops > 1)
		return 0;
	if (route_is_reject(r))
		err = put_bytes(out, RTA_OIF, sizeof(lo), &lo);
	if (!err && (route_is_reject(r) || r->hop.gateway.family == AF_UNSPEC))
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
