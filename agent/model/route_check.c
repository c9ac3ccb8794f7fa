/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Refuses routes that cannot be, as far as that can be said without asking a kernel. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "model/route.h"

/* fwmarkRouteEntry */
/* Each returns 0, or the column at fault with the reason in @why. */
typedef unsigned route_rule(const struct route *r, struct why *why);

#define wrong(why, column, ...) (why_set((why), -EINVAL, __VA_ARGS__), (column))

static bool hop_has_device(const struct nexthop *hop)
{
	return hop->ifindex || hop->ifname[0];
}

static bool hop_is_empty(const struct nexthop *hop)
{
	return hop->gateway.family == AF_UNSPEC && !hop_has_device(hop);
}

static bool is_link_local(const struct prefix *p)
{
	return p->family == AF_INET6 && p->addr[0] == 0xfe && (p->addr[1] & 0xc0) == 0x80;
}

static unsigned check_key(const struct route *r, struct why *why)
{
	if (!r->fib)
		return wrong(why, ROUTE_COL_FIB, "FibId: the kernel has no table 0");
	if (!addr_size(r->dst.family))
		return wrong(why, ROUTE_COL_DST_FAMILY, "DestType: neither ipv4 nor ipv6");
	if (r->dst.len > 8 * addr_size(r->dst.family))
		return wrong(why, ROUTE_COL_DST_LEN, "PrefixLength: %u is too long", r->dst.len);
	if (!prefix_is_canonical(&r->dst))
		return wrong(why, ROUTE_COL_DST, "Dest: bits are set beyond PrefixLength %u",
			     r->dst.len);
	if (r->dst.family == AF_INET6 && !r->metric)
		return wrong(why, ROUTE_COL_METRIC,
			     "Metric: an IPv6 metric of 0 is the kernel's 1024: use 1024");
	if (!r->instance)
		return wrong(why, ROUTE_COL_INSTANCE, "Instance: begins with 1");
	return 0;
}

static unsigned check_type(const struct route *r, struct why *why)
{
	if (r->type < ROUTE_UNICAST || r->type > ROUTE_THROW)
		return wrong(why, ROUTE_COL_TYPE, "Type: the kernel makes no routes of type %u",
			     r->type);
	if (r->scope > ROUTE_SCOPE_AUTO)
		return wrong(why, ROUTE_COL_SCOPE, "Scope: %u is above 255", r->scope);
	if (r->dst.family == AF_INET6) {
		if (r->scope && r->scope != ROUTE_SCOPE_AUTO)
			return wrong(why, ROUTE_COL_SCOPE, "Scope: an IPv6 route has none but 0");
		if (r->tos)
			return wrong(why, ROUTE_COL_TOS, "Tos: an IPv6 route has none");
	} else if (r->tos & 3) {
		return wrong(why, ROUTE_COL_TOS, "Tos: the ECN bits (3) must be 0 in 0x%02x",
			     r->tos);
	}
	return 0;
}

static unsigned check_src(const struct route *r, struct why *why)
{
	if (r->prefsrc.family != AF_UNSPEC &&
	    (r->prefsrc.family != r->dst.family || addr_is_zero(&r->prefsrc)))
		return wrong(why, ROUTE_COL_PREFSRC,
			     "PreferredSource: not an address of the destination's type");
	if (r->src.family == AF_UNSPEC || (!r->src.len && addr_is_zero(&r->src)))
		return 0;
	if (r->src.family != AF_INET6 || r->dst.family != AF_INET6)
		return wrong(why, ROUTE_COL_SRC, "SourcePrefix: for IPv6 routes, an IPv6 prefix");
	if (r->src.len > 128)
		return wrong(why, ROUTE_COL_SRC_LEN, "SourcePrefixLength: %u is too long",
			     r->src.len);
	if (!prefix_is_canonical(&r->src))
		return wrong(why, ROUTE_COL_SRC, "SourcePrefix: bits are set beyond its length %u",
			     r->src.len);
	if (r->nhid)
		return wrong(why, ROUTE_COL_SRC, "SourcePrefix: not with a NextHopId");
	return 0;
}

static unsigned check_metrics(const struct route *r, struct why *why)
{
	if (r->mtu > ROUTE_MTU_MAX)
		return wrong(why, ROUTE_COL_MTU, "Mtu: %u is above %d", r->mtu, ROUTE_MTU_MAX);
	if (r->advmss > ROUTE_ADVMSS_MAX)
		return wrong(why, ROUTE_COL_ADVMSS, "AdvMss: %u is above %d", r->advmss,
			     ROUTE_ADVMSS_MAX);
	return 0;
}

/* Checks what holds for each next hop. */
static unsigned check_hop(const struct route *r, const struct nexthop *hop, struct why *why)
{
	const struct prefix *gw = &hop->gateway;

	if (gw->family != AF_UNSPEC && !addr_size(gw->family))
		return wrong(why, ROUTE_COL_GATEWAY_TYPE, "GatewayType: neither ipv4 nor ipv6");
	if (hop->gateway_type != gw->family)
		return wrong(why, ROUTE_COL_GATEWAY_TYPE, "GatewayType: does not fit Gateway");
	if (gw->family == AF_INET && r->dst.family == AF_INET6)
		return wrong(why, ROUTE_COL_GATEWAY_TYPE,
			     "GatewayType: an IPv6 route needs an IPv6 gateway");
	if (gw->family != AF_UNSPEC && addr_is_zero(gw))
		return wrong(why, ROUTE_COL_GATEWAY, "Gateway: the unspecified address is none");
	if (hop->ifname[0] &&
	    (!text_is_ifname(hop->ifname) || !text_is_utf8(hop->ifname, strlen(hop->ifname))))
		return wrong(why, ROUTE_COL_IFNAME, "IfName: no name for an interface");
	if (hop_is_empty(hop))
		return wrong(why, ROUTE_COL_GATEWAY, "Gateway: a gateway or a device is needed");
	if (!hop_has_device(hop) && is_link_local(gw))
		return wrong(why, ROUTE_COL_IFNAME, "IfName: a link-local gateway needs a device");
	if (gw->family != AF_UNSPEC && r->type == ROUTE_LOCAL && r->dst.family == AF_INET)
		return wrong(why, ROUTE_COL_GATEWAY, "Gateway: a local route has none");
	if (r->onlink && (gw->family == AF_UNSPEC || !hop_has_device(hop)))
		return wrong(why, ROUTE_COL_ONLINK, "Onlink: needs a gateway and a device");
	if (hop->weight < 1 || hop->weight > 256)
		return wrong(why, ROUTE_COL_NHOPS, "NextHopWeight: %u is not within 1 to 256",
			     hop->weight);
	return 0;
}

/* For routes that may not have a next hop. */
static unsigned check_no_hop(const struct route *r, const char *because, struct why *why)
{
	if (r->nhops > 1)
		return wrong(why, ROUTE_COL_NHOPS, "NextHops: not with %s", because);
	if (r->hop.gateway.family != AF_UNSPEC)
		return wrong(why, ROUTE_COL_GATEWAY, "Gateway: not with %s", because);
	if (hop_has_device(&r->hop))
		return wrong(why, ROUTE_COL_IFNAME, "IfName: not with %s", because);
	if (r->onlink)
		return wrong(why, ROUTE_COL_ONLINK, "Onlink: not with %s", because);
	return 0;
}

static unsigned check_hops(const struct route *r, struct why *why)
{
	static const char *const rejects[] = { "type blackhole", "type unreachable",
					       "type prohibit", "type throw" };

	if (route_is_reject(r)) {
		if (r->nhid)
			return wrong(why, ROUTE_COL_NHID, "NextHopId: not with %s",
				     rejects[r->type - ROUTE_BLACKHOLE]);
		return check_no_hop(r, rejects[r->type - ROUTE_BLACKHOLE], why);
	}
	if (r->nhid)
		return check_no_hop(r, "a NextHopId", why);
	if (r->nhops < 2)
		return check_hop(r, &r->hop, why);
	if (r->nhops > ROUTE_HOPS_MAX)
		return wrong(why, ROUTE_COL_NHOPS, "NextHops: more than %d", ROUTE_HOPS_MAX);
	if (r->type == ROUTE_LOCAL && r->dst.family == AF_INET)
		return wrong(why, ROUTE_COL_NHOPS, "NextHops: a local route has one");
	for (unsigned i = 0; i < r->nhops; i++) {
		const struct nexthop *hop = &r->hops[i];
		struct why hop_why;

		if (r->dst.family == AF_INET6 && hop->gateway.family == AF_UNSPEC)
			return wrong(why, ROUTE_COL_NHOPS,
				     "NextHops: next hop %u: an IPv6 next hop needs a gateway",
				     i + 1);
		if (check_hop(r, hop, &hop_why))
			return wrong(why, ROUTE_COL_NHOPS, "NextHops: next hop %u: %s", i + 1,
				     hop_why.s);
	}
	return 0;
}

int route_check(const struct route *r, unsigned *column, struct why *why)
{
	static route_rule *const rules[] = { check_key, check_type, check_hops, check_src,
					     check_metrics };

	for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++) {
		unsigned at = rules[i](r, why);

		if (!at)
			continue;
		if (column)
			*column = at;
		return -EINVAL;
	}
	return 0;
}
