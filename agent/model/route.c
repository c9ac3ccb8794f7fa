/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/route.h"

#include <string.h>
#include <sys/socket.h>

void route_init(struct route *r)
{
	*r = (struct route){
		.instance = 1,
		.type = ROUTE_UNICAST,
		.scope = ROUTE_SCOPE_AUTO,
		.protocol = ROUTE_PROTO_AGENT,
		.hop = { .weight = 1 },
		.nhops = 1,
		.origin = ORIGIN_MANAGER,
		.storage = STORAGE_NONVOLATILE,
	};
}

bool route_is_reject(const struct route *r)
{
	return r->type >= ROUTE_BLACKHOLE && r->type <= ROUTE_THROW;
}

static bool route_has_gateway(const struct route *r)
{
	for (unsigned i = 0; i < r->nhops; i++)
		if (route_hop(r, i)->gateway.family != AF_UNSPEC)
			return true;
	return false;
}

uint8_t route_scope(const struct route *r)
{
	static const uint8_t by_type[ROUTE_XRESOLVE + 1] = {
		[ROUTE_LOCAL] = ROUTE_SCOPE_HOST,     [ROUTE_NAT] = ROUTE_SCOPE_HOST,
		[ROUTE_BROADCAST] = ROUTE_SCOPE_LINK, [ROUTE_MULTICAST] = ROUTE_SCOPE_LINK,
		[ROUTE_ANYCAST] = ROUTE_SCOPE_LINK,
	};

	if (r->dst.family == AF_INET6)
		return 0; /* the kernel has no other */
	if (r->scope != ROUTE_SCOPE_AUTO)
		return (uint8_t)r->scope;
	if (r->type != ROUTE_UNICAST)
		return r->type <= ROUTE_XRESOLVE ? by_type[r->type] : 0;
	return route_has_gateway(r) || r->nhops > 1 || r->nhid ? 0 : ROUTE_SCOPE_LINK;
}

bool route_hop_onlink(const struct route *r, unsigned i)
{
	if (r->onlink || r->nhops < 2 || !(r->hops[i].flags & ROUTE_ONLINK))
		return r->onlink;
	/* When all have the flag, the kernel still shows what a manager no longer wants. */
	for (unsigned k = 0; k < r->nhops; k++)
		if (!(r->hops[k].flags & ROUTE_ONLINK))
			return true;
	return false;
}

static int number_cmp(uint32_t a, uint32_t b)
{
	return a < b ? -1 : a > b;
}

int route_cmp(const struct route *a, const struct route *b)
{
	int d = number_cmp(a->fib, b->fib);

	if (!d)
		d = prefix_cmp(&a->dst, &b->dst);
	if (!d)
		d = number_cmp(a->metric, b->metric);
	return d ? d : number_cmp(a->instance, b->instance);
}

/* Compares addresses without their lengths, which say nothing where no prefix is meant. */
static bool addr_same(const struct prefix *a, const struct prefix *b)
{
	return a->family == b->family &&
	       (a->family == AF_UNSPEC || !memcmp(a->addr, b->addr, sizeof(a->addr)));
}

/* No source prefix and ::/0 are the same to the kernel. */
static bool src_same(const struct prefix *a, const struct prefix *b)
{
	uint8_t alen = a->family == AF_UNSPEC ? 0 : a->len;
	uint8_t blen = b->family == AF_UNSPEC ? 0 : b->len;

	return alen == blen && (!alen || addr_same(a, b));
}

static bool hop_same(const struct route *a, const struct route *b, unsigned i)
{
	const struct nexthop *x = route_hop(a, i), *y = route_hop(b, i);

	if (!addr_same(&x->gateway, &y->gateway) ||
	    route_hop_onlink(a, i) != route_hop_onlink(b, i))
		return false;
	if (x->ifindex != y->ifindex &&
	    (x->gateway.family == AF_UNSPEC || (x->ifindex && y->ifindex)))
		return false;
	if (!encap_same(&x->encap, &y->encap))
		return false;
	return a->nhops < 2 || (x->weight == y->weight && x->realms == y->realms);
}

static bool hops_same(const struct route *a, const struct route *b)
{
	if (a->nhid || b->nhid)
		return a->nhid == b->nhid;
	/* The kernel gives every unreachable IPv6 route the device lo: that is no difference. */
	if (route_is_reject(a))
		return true;
	if (a->nhops != b->nhops)
		return false;
	for (unsigned i = 0; i < a->nhops; i++)
		if (!hop_same(a, b, i))
			return false;
	return true;
}

static bool metrics_same(const struct route *a, const struct route *b)
{
	if (a->mtu != b->mtu || a->advmss != b->advmss || a->metrics_other != b->metrics_other)
		return false;
	for (unsigned i = 0; i < ROUTE_METRIC_N; i++) {
		if (!(a->metrics_other & 1u << i))
			continue;
		if (i == ROUTE_METRIC_CONGCTL ? strncmp(a->congctl, b->congctl, sizeof(a->congctl))
					      : a->metrics[i] != b->metrics[i])
			return false;
	}
	return true;
}

uint8_t route_type_asked(const struct route *r)
{
	return r->nhid && r->type == ROUTE_BLACKHOLE ? ROUTE_UNICAST : r->type;
}

bool route_same_key(const struct route *a, const struct route *b)
{
	return a->fib == b->fib && !prefix_cmp(&a->dst, &b->dst) && a->metric == b->metric &&
	       a->tos == b->tos && src_same(&a->src, &b->src);
}

bool route_same(const struct route *a, const struct route *b)
{
	const uint32_t flags = ROUTE_CUT | ROUTE_UNKNOWN | ROUTE_EXPIRES;

	return !((a->flags ^ b->flags) & flags) && route_same_key(a, b) &&
	       route_type_asked(a) == route_type_asked(b) && route_scope(a) == route_scope(b) &&
	       a->protocol == b->protocol && a->pref == b->pref && a->realms == b->realms &&
	       addr_same(&a->prefsrc, &b->prefsrc) && metrics_same(a, b) && hops_same(a, b);
}

const char *route_unheld(const struct route *r)
{
	if (r->flags & ROUTE_CUT)
		return "too many next hops";
	if (r->flags & ROUTE_UNKNOWN)
		return "something that this fwmarkd does not know";
	/* A nexthop object has the encapsulation itself. */
	for (unsigned i = 0; i < r->nhops && !r->nhid; i++)
		if (route_hop(r, i)->encap.type)
			return "an encapsulation";
	return NULL;
}
