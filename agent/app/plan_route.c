/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of a SET that changes routes. A route and its legs are one thing to the kernel. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "app/plan.h"
#include "app/route_row.h"
#include "app/route_set.h"
#include "kernel/route_nl.h"

enum { COL_GATEWAY = 9, COL_IFINDEX = 10, COL_IFNAME = 11, COL_NHID = 22, COL_STATUS = 27 };
enum { HOP_GATEWAY = 3, HOP_IFINDEX = 4, HOP_IFNAME = 5, HOP_STATUS = 8 };

static bool is_touched(uint64_t touched, unsigned col)
{
	return touched >> col & 1;
}

/*
 * Either of name and index will do, and both must agree. What was not written now follows what
 * was; of two old ones the name counts, for a device that went and came again has a new index.
 * Returns: 0, or the column at fault.
 */
static unsigned resolve_device(const struct app *a, struct nexthop *hop, uint64_t touched,
			       unsigned ifindex_col, unsigned ifname_col, struct why *why)
{
	bool by_index = is_touched(touched, ifindex_col);
	bool by_name = is_touched(touched, ifname_col) || (!by_index && hop->ifname[0]);
	const struct name *link;

	if (by_name && hop->ifname[0]) {
		link = names_find_name(&a->links, hop->ifname);
		if (!link) {
			why_set(why, 0, "there is no interface \"%s\"", hop->ifname);
			return ifname_col;
		}
		if (by_index && hop->ifindex && hop->ifindex != link->id) {
			why_set(why, 0, "interface \"%s\" has index %u, not %u", hop->ifname,
				link->id, hop->ifindex);
			return ifindex_col;
		}
		hop->ifindex = link->id;
	} else if (by_index && hop->ifindex) {
		link = names_find(&a->links, hop->ifindex);
		if (!link) {
			why_set(why, 0, "there is no interface with index %u", hop->ifindex);
			return ifindex_col;
		}
		memset(hop->ifname, 0, sizeof(hop->ifname));
		memcpy(hop->ifname, link->name, strnlen(link->name, sizeof(hop->ifname) - 1));
	} else if (by_index || by_name) {
		hop->ifindex = 0;
		memset(hop->ifname, 0, sizeof(hop->ifname));
	}
	return 0;
}

bool plan_route_there(struct app *a, const struct route *r)
{
	struct nexthop legs[ROUTE_LEGS_MAX];
	struct route like = *r, have;
	struct why dropped;

	if (!routes_find(a, r, &have))
		return false;
	/* In the state file a device has its name alone. */
	for (unsigned i = 0; i < r->nlegs && r->nlegs > 1; i++) {
		legs[i] = r->legs[i];
		resolve_device(a, &legs[i], 0, 0, 0, &dropped);
	}
	if (r->nlegs > 1)
		like.legs = legs;
	else
		resolve_device(a, &like.leg, 0, 0, 0, &dropped);
	return route_same(&have, &like);
}

/* The item of a route; made from the row as it is when the SET names only its legs. */
static struct plan_item *route_item(struct app *a, const struct route *key, size_t change)
{
	const struct route *wanted = managed_find(&a->routes.managed, key);
	struct plan_item *it;

	for (size_t i = 0; i < a->plan.items.n; i++) {
		const struct route *r;

		it = vec_at(&a->plan.items, i);
		r = it->now ? it->now : it->old;
		if (it->def == &mib_route && route_cmp(r, key) == 0)
			return it;
	}
	it = wanted ? vec_push(&a->plan.items) : NULL;
	if (!it)
		return NULL;
	*it = (struct plan_item){ .def = &mib_route, .change = change };
	it->old = plan_route_copy(a, wanted);
	it->now = plan_route_copy(a, wanted);
	return it->old && it->now ? it : NULL;
}

/* Room for all legs that a route can have, filled with those that it has. */
static struct nexthop *own_legs(struct app *a, struct route *r)
{
	struct nexthop *legs = arena_alloc(&a->plan.arena, ROUTE_LEGS_MAX * sizeof(*legs));

	for (unsigned i = 0; legs && i < r->nlegs; i++)
		legs[i] = *route_leg(r, i);
	return legs;
}

static int hop_fail(struct mib_fault *fault, size_t change, unsigned col, int err)
{
	fault->change = change;
	fault->col = col;
	return fault->error = mib_error_of(err);
}

/* Has the plain route of @r anything that makes it a leg of its own? */
static bool has_leg(const struct route *r)
{
	return r->nlegs > 1 ||
	       (r->nlegs == 1 && (r->leg.gateway.family || r->leg.ifindex || r->leg.ifname[0]));
}

int plan_nexthop_fold(struct app *a, const struct mib_change *c, size_t change,
		      struct mib_fault *fault)
{
	const struct mib_nexthop_row *row = c->now;
	struct plan_item *it = route_item(a, &row->route, change);
	struct nexthop *legs, hop = row->hop;
	struct route *r;
	unsigned col, at = row->index - 1u;

	if (!it || !it->now) {
		why_set(&fault->why, 0,
			it ? "its route is destroyed in the same SET"
			   : "there is no route of a manager that it could belong to");
		return hop_fail(fault, change, HOP_STATUS, -EINVAL);
	}
	r = it->now;
	legs = own_legs(a, r);
	if (!legs)
		return hop_fail(fault, change, HOP_STATUS, -ENOMEM);
	if (!has_leg(r))
		r->nlegs = 0;
	col = c->destroy
		      ? 0
		      : resolve_device(a, &hop, c->touched, HOP_IFINDEX, HOP_IFNAME, &fault->why);
	if (col)
		return hop_fail(fault, change, col, -ENODEV);
	if (c->destroy && at < r->nlegs) {
		memmove(&legs[at], &legs[at + 1], (r->nlegs - at - 1u) * sizeof(*legs));
		r->nlegs--;
	} else if (at > r->nlegs) {
		why_set(&fault->why, 0, "leg %u comes before leg %u", r->nlegs + 1u, at + 1u);
		fault->change = change;
		fault->col = HOP_STATUS;
		return fault->error = MIB_INCONSISTENT_NAME;
	} else {
		legs[at] = hop;
		if (at == r->nlegs)
			r->nlegs++;
	}
	if (r->nlegs == 1)
		r->leg = legs[0];
	r->legs = r->nlegs > 1 ? legs : NULL;
	if (r->nlegs > 1)
		memset(&r->leg, 0, sizeof(r->leg));
	return MIB_OK;
}

/* Legs are known by the names of their devices; those of a SET have been looked up already. */
static unsigned resolve_legs(const struct app *a, struct route *r, struct why *why)
{
	unsigned col = 0;

	for (unsigned i = 0; r->nlegs > 1 && i < r->nlegs && !col; i++)
		col = resolve_device(a, &r->legs[i], 0, COL_IFINDEX, COL_IFNAME, why);
	return col;
}

int plan_route_prepare(struct app *a, struct plan_item *it, struct mib_fault *fault)
{
	struct route *now = it->now, *old = it->old, kernel;
	unsigned col = COL_STATUS;
	int err;

	/* The row's legs belong to the view: take what the kernel has now. */
	if (old && it->out && routes_find(a, old, &kernel)) {
		route_row_name_leg(a, &kernel.leg);
		kernel.given = old->given;
		kernel.storage = old->storage;
		kernel.status = old->status;
		it->old = plan_route_copy(a, &kernel);
		if (!it->old)
			return plan_fail(fault, it, 0, -ENOMEM);
	}
	if (!now)
		return MIB_OK;
	if (now->nlegs > 1 && now->leg.gateway.family) {
		why_set(&fault->why, 0, "the route has %u legs: write to their rows", now->nlegs);
		return plan_fail(fault, it, COL_GATEWAY, -EINVAL);
	}
	now->withdrawn = false;
	/* An index is new when its device comes again: the name is what is kept. */
	if (is_touched(it->touched, COL_IFINDEX))
		now->given |= UINT64_C(1) << COL_IFNAME;
	col = now->nlegs == 1 ? resolve_device(a, &now->leg, it->touched, COL_IFINDEX, COL_IFNAME,
					       &fault->why)
			      : resolve_legs(a, now, &fault->why);
	if (col && it->in)
		return plan_fail(fault, it, col, -ENODEV);
	col = COL_STATUS;
	err = route_check(now, &col, &fault->why);
	if (err && it->in)
		return plan_fail(fault, it, col, err);
	if (err && now->status == ROW_NOT_IN_SERVICE)
		now->status = ROW_NOT_READY;
	fault->why.s[0] = '\0';
	return MIB_OK;
}

/* The column that a refusal of the kernel is about: by its words, else by its number. */
static unsigned column_of(int err, const struct why *why)
{
	static const struct {
		const char *word;
		int err;
		unsigned col;
	} columns[] = {
		{ "exthop id", 0, COL_NHID },	     { "prefsrc", 0, 12 },
		{ "ateway", 0, COL_GATEWAY },	     { "evice", 0, COL_IFNAME },
		{ NULL, -ENETUNREACH, COL_GATEWAY }, { NULL, -EHOSTUNREACH, COL_GATEWAY },
		{ NULL, -ENODEV, COL_IFNAME },	     { NULL, -ENETDOWN, COL_IFNAME },
	};

	for (size_t i = 0; i < sizeof(columns) / sizeof(*columns); i++)
		if (columns[i].word ? strstr(why->s, columns[i].word) != NULL
				    : columns[i].err == err)
			return columns[i].col;
	return COL_STATUS;
}

/* Do other routes of the kernel have the key of this one, too? */
static bool is_shared(const struct app *a, const struct route *r)
{
	return route_set_equals(&a->routes, r) > 1;
}

static int route_in(struct app *a, struct plan_item *it, struct why *why)
{
	int err;

	if (it->out)
		err = route_nl_change(a->rtnl, it->old, it->now, is_shared(a, it->old), why);
	else
		err = route_nl_add(a->rtnl, it->now, why);
	it->done = !err;
	return err;
}

int plan_routes_add(struct app *a, struct mib_fault *fault)
{
	for (size_t i = 0; i < a->plan.items.n; i++) {
		struct plan_item *it = vec_at(&a->plan.items, i);
		int err;

		if (it->def != &mib_route || !it->in || (it->out && route_same(it->old, it->now)))
			continue;
		err = route_in(a, it, &fault->why);
		if (err)
			return plan_fail(fault, it, column_of(err, &fault->why), err);
	}
	return MIB_OK;
}

int plan_routes_remove(struct app *a, struct mib_fault *fault)
{
	for (size_t i = 0; i < a->plan.items.n; i++) {
		struct plan_item *it = vec_at(&a->plan.items, i);
		int err;

		if (it->def != &mib_route || !it->out || it->in)
			continue;
		err = route_nl_del(a->rtnl, it->old, &fault->why);
		if (err && err != -ESRCH)
			return plan_fail(fault, it, COL_STATUS, err);
		it->removed = true;
	}
	return MIB_OK;
}

/* @it was replaced, added, or deleted: the other way round. */
static int route_back(struct app *a, struct plan_item *it, struct why *why)
{
	int err = 0;

	if (it->done && it->out)
		err = route_nl_change(a->rtnl, it->now, it->old, is_shared(a, it->old), why);
	else if (it->done)
		err = route_nl_del(a->rtnl, it->now, why);
	else if (it->removed)
		err = route_nl_add(a->rtnl, it->old, why);
	if (err == -ESRCH && !it->out)
		err = 0;
	it->done = it->removed = false;
	return err;
}

int plan_routes_undo(struct app *a, struct why *why)
{
	int err = 0;

	for (size_t i = a->plan.items.n; i--;) {
		struct plan_item *it = vec_at(&a->plan.items, i);
		int e = it->def == &mib_route ? route_back(a, it, why) : 0;

		err = e ? e : err;
	}
	return err;
}
