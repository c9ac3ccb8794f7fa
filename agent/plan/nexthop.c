/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Next hops in a SET: writes each into the route that it belongs to. */
#include <errno.h>
#include <string.h>

#include "plan/plan.h"

const void *plan_whole(const struct mib_change *c)
{
	const struct mib_def *def = c->table->def;

	return def->whole ? (const char *)c->now + def->whole_off : NULL;
}

/* Finds the item of a route. When the SET names only next hops, makes the item, from the wanted row,
 * or from the kernel's route where foreign rows are open. Returns: 0; -ENOENT: there is no such route;
 * -ENOMEM. */
static int route_item(struct plan *plan, const struct route *key, size_t change,
		      struct plan_item **out)
{
	const struct route *row = wanted_find(&plan->store->wanted[ROUTE_ROWS], key);
	struct route kernel, *old, *now;
	struct plan_item *it;
	bool there;

	for (size_t i = 0; (it = plan_next(plan, &mib_route, &i));) {
		*out = it;
		if (route_cmp(it->now ? it->now : it->old, key) == 0)
			return 0;
	}
	there = routes_find(plan->views, key, &kernel);
	if (!row && there && plan->access->foreign) {
		kernel.origin = ORIGIN_FOREIGN;
		kernel.status = ROW_ACTIVE;
		row = &kernel;
	}
	if (!row)
		return -ENOENT;
	old = plan_route_copy(plan, row);
	now = plan_route_copy(plan, row);
	*out = it = old && now ? vec_push(&plan->items) : NULL;
	if (!it)
		return -ENOMEM;
	/* Its device is down, or somebody took it away: as a SET of its own columns, one of its next
	 * hops does not put it back. */
	if (row->status == ROW_ACTIVE && !there)
		old->status = now->status = ROW_NOT_IN_SERVICE;
	*it = (struct plan_item){ .def = &mib_route, .change = change, .old = old, .now = now };
	return 0;
}

/* Returns: room for as many next hops as a route can have, filled with those of @r; NULL without
 * memory. */
static struct nexthop *own_hops(struct plan *plan, const struct route *r)
{
	struct nexthop *hops = arena_alloc(&plan->arena, ROUTE_HOPS_MAX * sizeof(*hops));

	for (unsigned i = 0; hops && i < r->nhops; i++)
		hops[i] = *route_hop(r, i);
	return hops;
}

static int fail(struct mib_fault *fault, unsigned col, int error)
{
	fault->col = col;
	return fault->error = error;
}

/* A next hop that is the only one stands in the columns of the route, too, and is kept as if it had
 * been written there. */
static void set_hops(struct route *r, struct nexthop *hops, unsigned n)
{
	r->nhops = (uint16_t)n;
	r->hops = n > 1 ? hops : NULL;
	if (n != 1) {
		memset(&r->hop, 0, sizeof(r->hop));
		return;
	}
	r->hop = hops[0];
	if (r->hop.gateway.family)
		r->given |= COL_BIT(ROUTE_COL_GATEWAY);
	if (r->hop.ifname[0])
		r->given |= COL_BIT(ROUTE_COL_IFNAME);
}

/* The kernel has a route with all its next hops or not at all, so a next hop has no status of its
 * own. */
static int check_status(const struct mib_change *c, const struct route *r, struct mib_fault *fault)
{
	bool active = ((const struct mib_nexthop_row *)c->now)->status == ROW_ACTIVE;

	if (!cols_have(c->touched, NEXTHOP_COL_STATUS) || active == (r->status == ROW_ACTIVE))
		return MIB_OK;
	why_set(&fault->why, 0,
		active ? "its route is not active: the next hops become active together with it"
		       : "its route is active, and so are all its next hops: take the route out of "
			 "service, or destroy the next hop");
	return fail(fault, NEXTHOP_COL_STATUS, MIB_INCONSISTENT_VALUE);
}

static int hop_set(struct plan *plan, const struct mib_change *c, struct plan_item *it,
		   struct nexthop *hops, struct mib_fault *fault)
{
	const struct mib_nexthop_row *row = c->now;
	struct route *r = it->now;
	unsigned at = row->index - 1u, n = r->nhops;
	struct nexthop hop = row->hop;
	unsigned col = plan_hop_device(plan, &hop, c->touched, NEXTHOP_COL_IFINDEX,
				       NEXTHOP_COL_IFNAME, &fault->why);

	if (col && r->status == ROW_ACTIVE)
		return fail(fault, col, mib_error_of(-ENODEV));
	fault->why.s[0] = '\0';
	if (at > n) {
		why_set(&fault->why, 0, "next hop %u comes before next hop %u", n + 1u, at + 1u);
		return fail(fault, NEXTHOP_COL_STATUS, MIB_INCONSISTENT_NAME);
	}
	hops[at] = hop;
	set_hops(r, hops, at == n ? n + 1 : n);
	/* A status that the route as a whole cannot take, its next hop cannot take either. */
	if (c->existed && cols_have(c->touched, NEXTHOP_COL_STATUS))
		it->touched |= COL_BIT(ROUTE_COL_STATUS);
	return check_status(c, r, fault);
}

static void hop_remove(struct route *r, struct nexthop *hops, unsigned at)
{
	if (at >= r->nhops)
		return;
	memmove(&hops[at], &hops[at + 1], (r->nhops - at - 1u) * sizeof(*hops));
	set_hops(r, hops, r->nhops - 1u);
}

static int fold(struct plan *plan, const struct mib_change *c, size_t change,
		struct mib_fault *fault)
{
	const struct mib_nexthop_row *row = c->now;
	struct plan_item *it;
	struct nexthop *hops;
	struct route *r;
	int err = route_item(plan, &row->route, change, &it);

	fault->change = change;
	if (err == -ENOMEM)
		return fail(fault, NEXTHOP_COL_STATUS, MIB_RESOURCE_UNAVAILABLE);
	if (!err && !it->now && c->destroy)
		return MIB_OK; /* the next hop goes with its route */
	if (err || !it->now) {
		why_set(&fault->why, 0,
			err ? "there is no route of a manager that it could belong to"
			    : "its route is destroyed in the same SET");
		return fail(fault, NEXTHOP_COL_STATUS, MIB_INCONSISTENT_VALUE);
	}
	r = it->now;
	hops = own_hops(plan, r);
	if (!hops)
		return fail(fault, NEXTHOP_COL_STATUS, MIB_RESOURCE_UNAVAILABLE);
	if (!c->destroy)
		return hop_set(plan, c, it, hops, fault);
	hop_remove(r, hops, row->index - 1u);
	return MIB_OK;
}

/* In which order the changes are made, so that all indices are those from before the SET: first
 * next hops that stay, then new ones behind them, then those that go, the last one first. */
static unsigned turn(const struct mib_change *c)
{
	unsigned index = ((const struct mib_nexthop_row *)c->now)->index;

	if (c->destroy)
		return 3 * ROUTE_HOPS_MAX - index;
	return c->existed ? index : ROUTE_HOPS_MAX + index;
}

static int turn_cmp(const void *x, const void *y)
{
	const struct mib_change *const *a = x, *const *b = y;
	unsigned p = turn(*a), q = turn(*b);

	if (p != q)
		return p < q ? -1 : 1;
	return *a < *b ? -1 : *a > *b;
}

int plan_nexthops_fold(struct plan *plan, const struct mib_change *c, size_t n,
		       struct mib_fault *fault)
{
	struct vec order = VEC_INIT(const struct mib_change *);
	int error = MIB_OK;

	for (size_t i = 0; i < n && !error; i++) {
		const struct mib_change **slot;

		if (!plan_whole(&c[i]))
			continue;
		slot = vec_push(&order);
		if (slot)
			*slot = &c[i];
		else
			error = fail(fault, 0, MIB_RESOURCE_UNAVAILABLE);
	}
	vec_sort(&order, turn_cmp);
	for (size_t i = 0; i < order.n && !error; i++) {
		const struct mib_change *hop = *(const struct mib_change **)vec_at(&order, i);

		error = fold(plan, hop, (size_t)(hop - c), fault);
	}
	vec_fini(&order);
	return error;
}
