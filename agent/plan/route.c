/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of a SET that changes routes. A route and its legs are one thing to the kernel. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "plan/plan.h"
#include "routing/route_nl.h"
#include "views/route_row.h"
#include "views/route_set.h"

unsigned plan_leg_device(const struct plan *plan, struct nexthop *hop, uint64_t touched,
			 unsigned ifindex_col, unsigned ifname_col, struct why *why)
{
	bool by_index = cols_have(touched, ifindex_col);
	bool by_name = cols_have(touched, ifname_col) || (!by_index && hop->ifname[0]);
	const struct name *link;

	if (by_name && hop->ifname[0]) {
		link = names_find_name(&plan->views->links, hop->ifname);
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
		link = names_find(&plan->views->links, hop->ifindex);
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

bool plan_route_there(struct plan *plan, const struct route *r)
{
	struct nexthop legs[ROUTE_LEGS_MAX];
	struct route like = *r, have;
	struct why dropped;

	if (!routes_find(plan->views, r, &have))
		return false;
	/* In the state file a device has its name alone. */
	for (unsigned i = 0; i < r->nlegs && r->nlegs > 1; i++) {
		legs[i] = r->legs[i];
		plan_leg_device(plan, &legs[i], 0, 0, 0, &dropped);
	}
	if (r->nlegs > 1)
		like.legs = legs;
	else
		plan_leg_device(plan, &like.leg, 0, 0, 0, &dropped);
	return route_same(&have, &like);
}

/* Returns: 0, or the column at fault. */
static unsigned resolve_legs(const struct plan *plan, struct route *r, uint64_t touched,
			     struct why *why)
{
	unsigned col = 0;

	if (r->nlegs == 1)
		return plan_leg_device(plan, &r->leg, touched, ROUTE_COL_IFINDEX, ROUTE_COL_IFNAME,
				       why);
	/* Legs that the SET wrote are resolved. Others may be on new devices of the same name; those
	 * that the kernel told of have none yet. */
	for (unsigned i = 0; i < r->nlegs && !col; i++) {
		if (!r->legs[i].ifname[0])
			route_row_name_leg(plan->views, &r->legs[i]);
		col = plan_leg_device(plan, &r->legs[i], 0, ROUTE_COL_IFINDEX, ROUTE_COL_IFNAME,
				      why);
	}
	return col;
}

void plan_route_resolve(const struct plan *plan, struct route *r)
{
	struct why dropped;

	resolve_legs(plan, r, 0, &dropped);
}

int plan_route_prepare(struct plan *plan, struct plan_item *it, struct mib_fault *fault)
{
	struct route *now = it->now, *old = it->old, kernel;
	unsigned col = ROUTE_COL_STATUS;
	int err;

	/* The row's legs belong to the view: take what the kernel has now. */
	if (old && it->out && routes_find(plan->views, old, &kernel)) {
		route_row_name_leg(plan->views, &kernel.leg);
		kernel.given = old->given;
		kernel.storage = old->storage;
		kernel.status = old->status;
		it->old = plan_route_copy(plan, &kernel);
		if (!it->old)
			return plan_fail(fault, it, 0, -ENOMEM);
	}
	if (!now)
		return MIB_OK;
	if (now->nlegs > 1 && now->leg.gateway.family) {
		why_set(&fault->why, 0, "the route has %u legs: write to their rows", now->nlegs);
		return plan_fail(fault, it, ROUTE_COL_GATEWAY, -EINVAL);
	}
	now->withdrawn = false;
	/* An index is new when its device comes again: the name is what is kept. */
	if (cols_have(it->touched, ROUTE_COL_IFINDEX))
		now->given |= COL_BIT(ROUTE_COL_IFNAME);
	col = resolve_legs(plan, now, it->touched, &fault->why);
	if (col && it->in)
		return plan_fail(fault, it, col, -ENODEV);
	col = ROUTE_COL_STATUS;
	err = route_check(now, &col, &fault->why);
	/* A row that is not ready cannot be set to notInService; it can be begun so. */
	if (err && (it->in || (old && cols_have(it->touched, ROUTE_COL_STATUS))))
		return plan_fail(fault, it, col, err);
	if (it->in && !now->nlegs && !route_is_reject(now))
		now->nlegs = 1; /* the kernel will choose it */
	if (now->status != ROW_ACTIVE)
		now->status = err ? ROW_NOT_READY : ROW_NOT_IN_SERVICE;
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
		{ "exthop id", 0, ROUTE_COL_NHID },
		{ "prefsrc", 0, ROUTE_COL_PREFSRC },
		{ "ateway", 0, ROUTE_COL_GATEWAY },
		{ "evice", 0, ROUTE_COL_IFNAME },
		{ NULL, -ENETUNREACH, ROUTE_COL_GATEWAY },
		{ NULL, -EHOSTUNREACH, ROUTE_COL_GATEWAY },
		{ NULL, -ENODEV, ROUTE_COL_IFNAME },
		{ NULL, -ENETDOWN, ROUTE_COL_IFNAME },
	};

	for (size_t i = 0; i < sizeof(columns) / sizeof(*columns); i++)
		if (columns[i].word ? strstr(why->s, columns[i].word) != NULL
				    : columns[i].err == err)
			return columns[i].col;
	return ROUTE_COL_STATUS;
}

/* Do other routes of the kernel have the key of this one, too? */
static bool is_shared(const struct plan *plan, const struct route *r)
{
	return route_set_equals(&plan->views->routes, r) > 1;
}

static int route_in(struct plan *plan, struct plan_item *it, struct why *why)
{
	int err;

	if (it->out)
		err = route_nl_change(plan->views->rtnl, it->old, it->now, is_shared(plan, it->old),
				      why);
	else
		err = route_nl_add(plan->views->rtnl, it->now, why);
	it->done = !err;
	return err;
}

int plan_routes_add(struct plan *plan, struct mib_fault *fault)
{
	struct plan_item *it;

	for (size_t i = 0; (it = plan_next(plan, &mib_route, &i));) {
		int err;

		if (!it->in || (it->out && route_same(it->old, it->now)))
			continue;
		err = route_in(plan, it, &fault->why);
		if (err)
			return plan_fail(fault, it, column_of(err, &fault->why), err);
	}
	return MIB_OK;
}

int plan_routes_remove(struct plan *plan, struct mib_fault *fault)
{
	struct plan_item *it;

	for (size_t i = 0; (it = plan_next(plan, &mib_route, &i));) {
		int err;

		if (!it->out || it->in)
			continue;
		err = route_nl_del(plan->views->rtnl, it->old, &fault->why);
		if (err && err != -ESRCH)
			return plan_fail(fault, it, ROUTE_COL_STATUS, err);
		it->removed = !err;
	}
	return MIB_OK;
}

/* @it was replaced, added, or deleted: the other way round. */
static int route_back(struct plan *plan, struct plan_item *it, struct why *why)
{
	int err = 0;

	if (it->done && it->out)
		err = route_nl_change(plan->views->rtnl, it->now, it->old, is_shared(plan, it->old),
				      why);
	else if (it->done)
		err = route_nl_del(plan->views->rtnl, it->now, why);
	else if (it->removed)
		err = route_nl_put_back(plan->views->rtnl, it->old, why);
	if (err == -ESRCH && !it->out)
		err = 0;
	it->done = it->removed = false;
	return err;
}

int plan_routes_undo(struct plan *plan, struct why *why)
{
	struct plan_item *it;
	int err = 0;

	for (size_t i = plan->items.n; (it = plan_prev(plan, &mib_route, &i));) {
		int e = route_back(plan, it, why);

		err = e ? e : err;
	}
	return err;
}
