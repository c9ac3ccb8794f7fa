/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Routing tables that are not shown: the agent spends nothing on their routes. */
#include <sys/socket.h>

#include "base/log.h"
#include "routing/rtnl.h"
#include "views/views.h"

static bool has_wanted(const struct views *views, uint32_t fib)
{
	const struct wanted *m = &views->store->wanted[ROUTE_ROWS];

	for (size_t i = 0; i < m->rows.n; i++)
		if (((const struct route *)wanted_at(m, i))->fib == fib)
			return true;
	return false;
}

/* Marks the tables that only the first list has: their routes appear, or go. */
static void read_others(struct views *views, const struct num_list *list,
			const struct num_list *other)
{
	for (uint32_t i = 0; i < list->n; i++)
		if (!num_list_has(other, list->item[i]))
			routes_stale(views, AF_UNSPEC, list->item[i]);
}

/* A table in which managers have routes is shown all the same, until they have none there. */
int routes_exclude(struct views *views)
{
	const struct num_list *set = &views->opt->exclude_tables, was = views->routes.excluded;
	struct num_list now = { 0 };
	int err;

	for (uint32_t i = 0; i < set->n; i++) {
		if (has_wanted(views, set->item[i]))
			log_warn("display.exclude_tables: table %u is not left out, for managers "
				 "have routes in it",
				 set->item[i]);
		else
			now.item[now.n++] = set->item[i];
	}
	err = rtnl_events_exclude(views->events, now.item, now.n);
	if (err)
		return err;
	views->routes.excluded.n = 0;
	read_others(views, &was, &now);
	read_others(views, &now, &was);
	views->routes.excluded = now;
	return 0;
}
