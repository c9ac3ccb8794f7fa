/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rows that a SET changes, one by one. */
#include <string.h>

#include "plan/plan.h"

struct plan_item *plan_next(const struct plan *plan, const struct mib_def *def, size_t *i)
{
	while (*i < plan->items.n) {
		struct plan_item *it = vec_at(&plan->items, (*i)++);

		if (it->def == def)
			return it;
	}
	return NULL;
}

struct plan_item *plan_prev(const struct plan *plan, const struct mib_def *def, size_t *i)
{
	while (*i) {
		struct plan_item *it = vec_at(&plan->items, --*i);

		if (it->def == def)
			return it;
	}
	return NULL;
}

int plan_fail(struct mib_fault *fault, const struct plan_item *it, unsigned col, int err)
{
	fault->change = it->change;
	fault->col = col;
	if (!fault->why.s[0])
		why_set(&fault->why, 0, "%s", strerror(-err));
	return fault->error = mib_error_of(err);
}

struct route *plan_route_copy(struct plan *plan, const struct route *r)
{
	struct route *copy = (void *)arena_copy(&plan->arena, r, sizeof(*r));
	struct nexthop *hops;

	if (copy && r->nhops > 1)
		copy->hops = (void *)arena_copy(&plan->arena, r->hops, r->nhops * sizeof(*r->hops));
	if (!copy || (r->nhops > 1 && !copy->hops))
		return NULL;
	hops = r->nhops > 1 ? copy->hops : &copy->hop;
	for (unsigned i = 0; i < r->nhops; i++) {
		struct encap *e = &hops[i].encap;

		if (e->len && !(e->data = (void *)arena_copy(&plan->arena, e->data, e->len)))
			return NULL;
	}
	return copy;
}
