/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Routing tables that are left out: nothing is spent on their routes. */
#include <sys/socket.h>

#include "base/log.h"
#include "daemon/app.h"
#include "routing/rtnl.h"

static bool has_managed(const struct app *a, uint32_t fib)
{
	const struct managed *m = &a->routes.managed;

	for (size_t i = 0; i < m->rows.n; i++)
		if (((const struct route *)managed_at(m, i))->fib == fib)
			return true;
	return false;
}

/* What is in one list alone must be read: routes appear, or go. */
static void read_others(struct app *a, const struct conf_list *list, const struct conf_list *other)
{
	for (uint32_t i = 0; i < list->n; i++)
		if (!conf_list_has(other, list->item[i]))
			routes_stale(a, AF_UNSPEC, list->item[i], 0);
}

/* A table in which managers have routes is shown all the same, until they have none there. */
int routes_exclude(struct app *a)
{
	const struct conf_list *set = &a->conf.exclude_tables, was = a->routes.excluded;
	struct conf_list now = { 0 };
	int err;

	for (uint32_t i = 0; i < set->n; i++) {
		if (has_managed(a, set->item[i]))
			log_warn("routes.exclude_tables: table %u is not left out, for managers "
				 "have routes in it",
				 set->item[i]);
		else
			now.item[now.n++] = set->item[i];
	}
	err = rtnl_events_exclude(a->events, now.item, now.n);
	if (err)
		return err;
	a->routes.excluded.n = 0;
	read_others(a, &was, &now);
	read_others(a, &now, &was);
	a->routes.excluded = now;
	return 0;
}
