/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of a SET that changes routes. To the kernel, a route and its next hops are one thing. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "plan/plan.h"
#include "routing/route_nl.h"
#include "views/route_row.h"
#include "views/route_set.h"

unsigned plan_hop_device(const struct plan *plan, struct nexthop *hop, uint64_t touched,
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
	struct nexthop hops[ROUTE_HOPS_MAX];
	const struct route like = route_row_numbered(plan->views, r, hops);
	struct route have;

	return routes_find_key(plan->views, &like, &have) && route_same(&have, &like);
}

/* Finds the devices of a route's next hops. Returns: 0, or the column at fault with @why. */
static unsigned resolve_hops(const struct plan *plan, struct route *r, uint64_t touched,
			     struct why *why)
{
	unsigned col = 0;

	if (r->nhops == 1)
		return plan_hop_device(plan, &r->hop, touched, ROUTE_COL_IFINDEX, ROUTE_COL_IFNAME,
				       why);
	/* plan_nexthops_fold() did that for next hops that the SET wrote. Others may be on new
	 * devices of the same name; those from the kernel have no name yet. */
	for (unsigned i = 0; i < r->nhops && !col; i++) {
		if (!r->hops[i].ifname[0])
			route_row_name_hop(plan->views, &r->hops[i]);
		col = plan_hop_device(plan, &r->hops[i], 0, ROUTE_COL_IFINDEX, ROUTE_COL_IFNAME,
				      why);
	}
	return col;
}

void plan_route_resolve(const struct plan *plan, struct route *r)
{
	struct why dropped;

	resolve_hops(plan, r, 0, &dropped);
}

/* Takes the row as the kernel has it now: the row's next hops belong to the view. */
static int prepare_old(struct plan *plan, struct plan_item *it, struct mib_fault *fault)
{
	const struct route *old = it->old;
	const char *unheld;
	struct route kernel;

	if (!old || !it->was_active || !routes_find(plan->views, old, &kernel))
		return MIB_OK;
	unheld = route_unheld(&kernel);
	if (unheld && !it->foreign) {
		why_set(&fault->why, 0,
			"the route that somebody else put in its place has %s, which could not be "
			"put back",
			unheld);
		return plan_fail(fault, it, ROUTE_COL_STATUS, -EINVAL);
	}
	if (!routes_expiry(plan->views, &kernel)) {
		why_set(&fault->why, 0, "the kernel does not say when the route expires");
		return plan_fail(fault, it, ROUTE_COL_STATUS, -EAGAIN);
	}
	route_row_name_hop(plan->views, &kernel.hop);
	kernel.given = old->given;
	kernel.storage = old->storage;
	kernel.status = old->status;
	it->old = plan_route_copy(plan, &kernel);
	return it->old ? MIB_OK : plan_fail(fault, it, 0, -ENOMEM);
}

/* The row shows the scope that the kernel has. A manager's route that no scope was written for gets that
 * of what it becomes: another type or gateway may make another. */
static void prepare_scope(const struct plan_item *it)
{
	struct route *now = it->now;

	if (!it->foreign && !cols_have(now->given, ROUTE_COL_SCOPE))
		now->scope = ROUTE_SCOPE_AUTO;
}

/* What no column shows. A route that expires keeps its end. */
static void prepare_hidden(const struct plan_item *it)
{
	const struct route *old = it->was_active ? it->old : NULL;
	struct route *now = it->now;

	now->flags &= ~(uint32_t)ROUTE_EXPIRES;
	now->expires = 0;
	if (old) {
		now->flags |= old->flags & ROUTE_EXPIRES;
		now->expires = old->expires;
	}
	/* That of a nexthop object; access_check() refuses all others. */
	now->hop.encap = (struct encap){ 0 };
	/* The row shows a nexthop object that is a blackhole as the route's type. */
	if (old && old->type != route_type_asked(old) && now->type == old->type &&
	    (now->nhid || cols_have(it->touched, ROUTE_COL_NHID)) &&
	    !cols_have(it->touched, ROUTE_COL_TYPE))
		now->type = route_type_asked(old);
}

/* Instances are for routes that the kernel tells apart. Returns: another row for the kernel's route
 * of this one, or NULL. */
static const struct route *other_row(struct plan *plan, const struct plan_item *it,
				     struct route *kernel)
{
	const struct route *now = it->now, *m = route_set_wanted(&plan->views->routes, now);
	const struct plan_item *other;

	if (m && m->instance != now->instance)
		return m;
	/* Of wanted rows, which are put back, the line above has compared all. */
	for (size_t i = 0; !plan->restore && (other = plan_next(plan, &mib_route, &i));) {
		const struct route *r = other->now;

		if (r && other->to_be_active && r->instance != now->instance &&
		    route_same_key(r, now))
			return r;
	}
	return routes_find_key(plan->views, now, kernel) && kernel->instance != now->instance
		       ? kernel
		       : NULL;
}

static int check_key(struct plan *plan, struct plan_item *it, struct mib_fault *fault)
{
	const struct route *other;
	struct route kernel;

	if (!it->to_be_active || (it->was_active && route_same_key(it->old, it->now)))
		return MIB_OK;
	other = other_row(plan, it, &kernel);
	if (!other)
		return MIB_OK;
	why_set(&fault->why, 0,
		"instance %u is the route with this source prefix and TOS: by these, instances differ",
		other->instance);
	return plan_fail(fault, it, ROUTE_COL_STATUS, -EEXIST);
}

int plan_route_prepare(struct plan *plan, struct plan_item *it, struct mib_fault *fault)
{
	const struct route *old = it->old;
	struct route *now = it->now;
	unsigned col = ROUTE_COL_STATUS;
	int err = prepare_old(plan, it, fault);

	if (err || !now)
		return err;
	prepare_scope(it);
	prepare_hidden(it);
	if (now->nhops > 1 && now->hop.gateway.family) {
		why_set(&fault->why, 0, "the route has %u next hops: write to their rows",
			now->nhops);
		return plan_fail(fault, it, ROUTE_COL_GATEWAY, -EINVAL);
	}
	/* A device has another index when it comes again: keeps its name. */
	if (cols_have(it->touched, ROUTE_COL_IFINDEX))
		now->given |= COL_BIT(ROUTE_COL_IFNAME);
	col = resolve_hops(plan, now, it->touched, &fault->why);
	if (col && it->to_be_active)
		return plan_fail(fault, it, col, -ENODEV);
	col = ROUTE_COL_STATUS;
	err = route_check(now, &col, &fault->why);
	/* A row that is not ready cannot be set to notInService, but can be created so. */
	if (err && (it->to_be_active || (old && cols_have(it->touched, ROUTE_COL_STATUS))))
		return plan_fail(fault, it, col, err);
	if (check_key(plan, it, fault))
		return fault->error;
	if (it->to_be_active && !now->nhops && !route_is_reject(now))
		now->nhops = 1; /* the kernel chooses the next hop */
	if (now->status != ROW_ACTIVE)
		now->status = err ? ROW_NOT_READY : ROW_NOT_IN_SERVICE;
	fault->why.s[0] = '\0';
	return MIB_OK;
}

/* Returns: the column that a refusal of the kernel is about, by its words, else by its number. */
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

/* Does the kernel have other routes with this key, too? */
static bool is_shared(const struct plan *plan, const struct route *r)
{
	return route_set_shares(&plan->views->routes, r, NULL) > 1;
}

static int route_in(struct plan *plan, struct plan_item *it, struct why *why)
{
	int err;

	if (it->was_active)
		err = route_nl_change(plan->views->rtnl, it->old, it->now, is_shared(plan, it->old),
				      why);
	else
		err = route_nl_add(plan->views->rtnl, it->now, why);
	it->added = !err;
	return err;
}

int plan_routes_add(struct plan *plan, struct mib_fault *fault)
{
	struct plan_item *it;

	for (size_t i = 0; (it = plan_next(plan, &mib_route, &i));) {
		int err;

		if (!it->to_be_active || (it->was_active && route_same(it->old, it->now)))
			continue;
		err = route_in(plan, it, &fault->why);
		if (err && plan_refuse(plan, fault, it, column_of(err, &fault->why), err))
			return fault->error;
	}
	return MIB_OK;
}

int plan_routes_remove(struct plan *plan, struct mib_fault *fault)
{
	struct plan_item *it;

	for (size_t i = 0; (it = plan_next(plan, &mib_route, &i));) {
		int err;

		if (!it->was_active || it->to_be_active)
			continue;
		err = route_nl_del(plan->views->rtnl, it->old, &fault->why);
		if (err && err != -ESRCH && plan_refuse(plan, fault, it, ROUTE_COL_STATUS, err))
			return fault->error;
		it->removed = !err;
	}
	return MIB_OK;
}

/* Undoes what was done for an item: replaced, added or deleted. */
static int route_back(struct plan *plan, struct plan_item *it, struct why *why)
{
	int err = 0;

	if (it->added && it->was_active)
		err = route_nl_change(plan->views->rtnl, it->now, it->old, is_shared(plan, it->old),
				      why);
	else if (it->added)
		err = route_nl_del(plan->views->rtnl, it->now, why);
	else if (it->removed)
		err = route_nl_put_back(plan->views->rtnl, it->old, why);
	if (err == -ESRCH && !it->was_active)
		err = 0;
	it->added = it->removed = false;
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
