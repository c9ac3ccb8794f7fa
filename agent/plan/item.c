/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rows that a SET changes, one by one. */
#include <string.h>

#include "base/hash.h"
#include "base/log.h"
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

bool plan_say_once(struct wanted_row *slot, const char *why)
{
	uint64_t said = hash_add(HASH_INIT, why, strlen(why));

	if (slot->said == said)
		return false;
	slot->said = said;
	return true;
}

void plan_refused(struct plan *plan, const struct plan_item *it, const char *why)
{
	const struct row_kind *kind = row_kind_of(it->def);
	const void *row = it->now ? it->now : it->old;
	struct wanted_row *slot =
		kind && it->now ? wanted_slot(store_wanted(plan->store, kind), row) : NULL;
	const char *device = kind && kind->device ? kind->device(row) : "";
	bool say = *device && !strstr(why, device); /* the kernel's reasons do not name it */
	int level = plan->restore_level;
	struct text name = TEXT_INIT;

	if (slot)
		slot->waits = true;
	if (slot && level < LOG_DEBUG && !plan_say_once(slot, why))
		level = LOG_DEBUG;
	row_name(it->def, row, &name);
	log_at(level, "%s: not put back: %s%s%s%s", text_str(&name), why, say ? " (device " : "",
	       say ? device : "", say ? ")" : "");
	text_fini(&name);
	plan->refused++;
}

int plan_refuse(struct plan *plan, struct mib_fault *fault, const struct plan_item *it,
		unsigned col, int err)
{
	plan_fail(fault, it, col, err);
	if (!plan->restore)
		return fault->error;
	plan_refused(plan, it, fault->why.s);
	*fault = (struct mib_fault){ 0 };
	return MIB_OK;
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
