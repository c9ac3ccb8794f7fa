/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of a SET that changes foreign rows, where provisioning.foreign opens them. The store
 * does not keep such rows, but they keep their index. */
#include <errno.h>

#include "plan/plan.h"

bool plan_is_foreign(const struct plan_item *it)
{
	static const struct {
		const struct mib_def *def;
		size_t origin;
	} kinds[] = {
		{ &mib_rule, offsetof(struct markrule, origin) },
		{ &mib_policy, offsetof(struct policy, origin) },
		{ &mib_route, offsetof(struct route, origin) },
	};

	for (size_t i = 0; it->old && i < sizeof(kinds) / sizeof(*kinds); i++)
		if (kinds[i].def == it->def)
			return *((const uint8_t *)it->old + kinds[i].origin) == ORIGIN_FOREIGN;
	return false;
}

int plan_rename(struct plan *plan, struct idmap *map, uint64_t from, uint32_t ordinal, uint64_t to,
		uint32_t *place)
{
	struct vec *all = &plan->renames;
	struct rename r = { .map = map,
			    .from = from,
			    .to = to,
			    .was = ordinal,
			    .ordinal = ordinal,
			    .last = idmap_live(map, from),
			    .place = idmap_live(map, to) };
	struct rename *slot;
	int err;

	if (place)
		*place = r.place;
	if (from == to || r.last <= ordinal)
		return 0;
	r.last--;
	for (size_t i = 0; i < all->n; i++) {
		const struct rename *e = vec_at(all, i);

		if (e->map == map && e->from == from) {
			r.last--;
			r.ordinal -= e->was < ordinal;
		}
		r.place += e->map == map && e->to == to;
	}
	slot = vec_push(all);
	if (!slot)
		return -ENOMEM;
	*slot = r;
	if (place)
		*place = r.place;
	err = idmap_rename(map, from, r.ordinal, r.last, to, r.place);
	if (err)
		all->n--;
	return err;
}

void plan_renames_undo(struct plan *plan, const struct idmap *map)
{
	struct vec *all = &plan->renames;

	while (all->n) {
		const struct rename *r = vec_at(all, all->n - 1);

		if (r->map != map)
			return;
		idmap_rename_undo(r->map, r->from, r->ordinal, r->last, r->to, r->place);
		all->n--;
	}
}
