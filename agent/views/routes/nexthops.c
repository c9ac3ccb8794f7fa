/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The next hops of the routes, each a row of its own. */
#include <string.h>

#include "views/route_row.h"

/* Fills in next hop @i (from 0) of a route that route_row_find() or route_row_next() just gave. */
static const void *fill_hop(struct views *views, const struct route *r, unsigned i)
{
	struct mib_nexthop_row *out = &views->routes.hop_row;

	*out = (struct mib_nexthop_row){
		.route = *r,
		.index = (uint8_t)(i + 1),
		.hop = *route_hop(r, i),
		.status = r->status,
	};
	if (out->hop.ifname[0])
		route_row_number_hop(views, &out->hop);
	else if (out->hop.ifindex)
		route_row_name_hop(views, &out->hop);
	if (!out->hop.weight)
		out->hop.weight = 1;
	return out;
}

static const void *hop_find(void *ctx, const uint32_t *idx, size_t n)
{
	struct views *views = ctx;
	const struct route *r;

	routes_sync(views);
	r = n ? route_row_find(views, idx, n - 1) : NULL;
	if (!r || idx[n - 1] < 1 || idx[n - 1] > r->nhops)
		return NULL;
	return fill_hop(views, r, idx[n - 1] - 1);
}

static const void *hop_next(void *ctx, const uint32_t *idx, size_t n, struct mib_oid *at)
{
	struct views *views = ctx;
	/* The length of the route's index, with which the index of the request begins. */
	size_t whole = n > 2 && addr_family(idx[2]) ? 6 + idx[2] : n;
	size_t cut = n < whole ? n : whole;
	uint32_t hop = n > cut ? idx[cut] : 0;
	const struct route *r;
	struct mib_oid from = { .n = cut };

	routes_sync(views);
	if (cut)
		memcpy(from.id, idx, cut * sizeof(*idx));
	*at = from;
	r = cut == whole ? route_row_find(views, idx, cut) : NULL;
	if (!r || hop >= r->nhops) {
		hop = 0;
		do {
			r = route_row_next(views, from.id, from.n, at);
			from = *at;
		} while (r && !r->nhops);
	}
	if (!r)
		return NULL;
	mib_oid_add(at, hop + 1);
	return fill_hop(views, r, hop);
}

static bool hop_writable(void *ctx, const void *row, struct why *why)
{
	return route_row_writable(ctx, &((const struct mib_nexthop_row *)row)->route, why);
}

static int hop_sure(void *ctx, const uint32_t *idx, size_t n, struct why *why)
{
	return n ? route_row_sure(ctx, idx, n - 1, why) : 0;
}

static bool hop_init(void *ctx, const uint32_t *idx, size_t n, void *row, struct why *why)
{
	struct mib_nexthop_row *hop = row;

	if (!n || idx[n - 1] < 1 || idx[n - 1] > ROUTE_HOPS_MAX) {
		why_set(why, 0, "next hops are numbered 1 to %d", ROUTE_HOPS_MAX);
		return false;
	}
	if (!route_row_init(ctx, idx, n - 1, &hop->route, why))
		return false;
	hop->index = (uint8_t)idx[n - 1];
	hop->hop.weight = 1;
	return true;
}

const struct mib_source nexthops_source = {
	.find = hop_find,
	.next = hop_next,
	.sure = hop_sure,
	.writable = hop_writable,
	.init = hop_init,
	.settle = hop_row_settle,
	.check = hop_row_check,
};
