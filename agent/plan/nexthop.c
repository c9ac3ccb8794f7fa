/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Legs of routes in a SET: each is folded into the route that it belongs to. */
#include <errno.h>
#include <string.h>

#include "plan/plan.h"

const void *plan_whole(const struct mib_change *c)
{
	const struct mib_def *def = c->table->def;

	return def->whole ? (const char *)c->now + def->whole_off : NULL;
}

/* The item of a route; made from the row as it is when the SET names only its legs. */
static struct plan_item *route_item(struct plan *plan, const struct route *key, size_t change)
{
	const struct route *wanted = managed_find(&plan->store->wanted[ROUTE_ROWS], key);
	struct plan_item *it;
	struct route kernel;

	for (size_t i = 0; (it = plan_next(plan, &mib_route, &i));)
		if (route_cmp(it->now ? it->now : it->old, key) == 0)
			return it;
	if (!wanted && plan->access->foreign && routes_find(plan->views, key, &kernel)) {
		kernel.origin = ORIGIN_FOREIGN;
		kernel.status = ROW_ACTIVE;
		wanted = &kernel;
	}
	it = wanted ? vec_push(&plan->items) : NULL;
	if (!it)
		return NULL;
	*it = (struct plan_item){ .def = &mib_route, .change = change };
	it->old = plan_route_copy(plan, wanted);
	it->now = plan_route_copy(plan, wanted);
	return it->old && it->now ? it : NULL;
}

/* Room for all legs that a route can have, filled with those that it has. */
static struct nexthop *own_legs(struct plan *plan, const struct route *r)
{
	struct nexthop *legs = arena_alloc(&plan->arena, ROUTE_LEGS_MAX * sizeof(*legs));

	for (unsigned i = 0; legs && i < r->nlegs; i++)
		legs[i] = *route_leg(r, i);
	return legs;
}

static int fail(struct mib_fault *fault, unsigned col, int error)
{
	fault->col = col;
	return fault->error = error;
}

/* The only leg stands in the columns of the route, too, and is kept as if it was written there. */
static void set_legs(struct route *r, struct nexthop *legs, unsigned n)
{
	r->nlegs = (uint16_t)n;
	r->legs = n > 1 ? legs : NULL;
	if (n != 1) {
		memset(&r->leg, 0, sizeof(r->leg));
		return;
	}
	r->leg = legs[0];
	if (r->leg.gateway.family)
		r->given |= COL_BIT(ROUTE_COL_GATEWAY);
	if (r->leg.ifname[0])
		r->given |= COL_BIT(ROUTE_COL_IFNAME);
}

/* The kernel has a route with all its legs or not at all. */
static int check_status(const struct mib_change *c, const struct route *r, struct mib_fault *fault)
{
	bool active = ((const struct mib_nexthop_row *)c->now)->status == ROW_ACTIVE;

	if (!cols_have(c->touched, NEXTHOP_COL_STATUS) || active == (r->status == ROW_ACTIVE))
		return MIB_OK;
	why_set(&fault->why, 0,
		active ? "its route is not active: the legs become active together with it"
		       : "its route is active, and so are all its legs: take the route out of "
			 "service, or destroy the leg");
	return fail(fault, NEXTHOP_COL_STATUS, MIB_INCONSISTENT_VALUE);
}

static int leg_set(struct plan *plan, const struct mib_change *c, struct plan_item *it,
		   struct nexthop *legs, struct mib_fault *fault)
{
	const struct mib_nexthop_row *row = c->now;
	struct route *r = it->now;
	unsigned at = row->index - 1u, n = r->nlegs;
	struct nexthop hop = row->hop;
	unsigned col = plan_leg_device(plan, &hop, c->touched, NEXTHOP_COL_IFINDEX,
				       NEXTHOP_COL_IFNAME, &fault->why);

	if (col && r->status == ROW_ACTIVE)
		return fail(fault, col, mib_error_of(-ENODEV));
	fault->why.s[0] = '\0';
	if (at > n) {
		why_set(&fault->why, 0, "leg %u comes before leg %u", n + 1u, at + 1u);
		return fail(fault, NEXTHOP_COL_STATUS, MIB_INCONSISTENT_NAME);
	}
	legs[at] = hop;
	set_legs(r, legs, at == n ? n + 1 : n);
	/* What cannot be said of the route as a whole cannot be said of its leg. */
	if (c->existed && cols_have(c->touched, NEXTHOP_COL_STATUS))
		it->touched |= COL_BIT(ROUTE_COL_STATUS);
	return check_status(c, r, fault);
}

static void leg_remove(struct route *r, struct nexthop *legs, unsigned at)
{
	if (at >= r->nlegs)
		return;
	memmove(&legs[at], &legs[at + 1], (r->nlegs - at - 1u) * sizeof(*legs));
	set_legs(r, legs, r->nlegs - 1u);
}

static int fold(struct plan *plan, const struct mib_change *c, size_t change,
		struct mib_fault *fault)
{
	const struct mib_nexthop_row *row = c->now;
	struct plan_item *it = route_item(plan, &row->route, change);
	struct nexthop *legs;
	struct route *r;

	fault->change = change;
	if (it && !it->now && c->destroy)
		return MIB_OK; /* gone with its route */
	if (!it || !it->now) {
		why_set(&fault->why, 0,
			it ? "its route is destroyed in the same SET"
			   : "there is no route of a manager that it could belong to");
		return fail(fault, NEXTHOP_COL_STATUS, MIB_INCONSISTENT_VALUE);
	}
	r = it->now;
	legs = own_legs(plan, r);
	if (!legs)
		return fail(fault, NEXTHOP_COL_STATUS, MIB_RESOURCE_UNAVAILABLE);
	if (!c->destroy)
		return leg_set(plan, c, it, legs, fault);
	leg_remove(r, legs, row->index - 1u);
	return MIB_OK;
}

/* All indices are those from before the SET: legs that stay come first, then new ones behind them,
 * then those that go, the last one first. */
static unsigned turn(const struct mib_change *c)
{
	unsigned index = ((const struct mib_nexthop_row *)c->now)->index;

	if (c->destroy)
		return 3 * ROUTE_LEGS_MAX - index;
	return c->existed ? index : ROUTE_LEGS_MAX + index;
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
