/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Puts back what is wanted and not in the kernel. */
#include <errno.h>

#include "base/log.h"
#include "plan/plan.h"

/* What somebody put there again while nobody looked is a manager's as before. */
static void there_again(struct plan *plan, const struct row_kind *kind, struct wanted_row *slot)
{
	if (slot->withdrawn && plan_is_there(plan, kind->def, slot->row))
		store_withdraw(plan->store, slot, false);
}

bool plan_is_missing(struct plan *plan, const struct row_kind *kind, const struct wanted_row *slot)
{
	return row_is_active(kind->def, slot->row) && (!slot->withdrawn || plan->opt->reassert) &&
	       !plan_is_there(plan, kind->def, slot->row);
}

/* Makes an item for every wanted row that is missing. */
static int restore_items(struct plan *plan,
			 bool (*wants)(const struct row_kind *kind, const struct wanted_row *slot))
{
	/* The view does not have yet what SETs made since the last reading. */
	if (plan->views->rules.snap && plan->views->rules.stale)
		rules_sync(plan->views);
	for (size_t k = 0; k < ROW_KINDS; k++) {
		const struct wanted *m = store_wanted(plan->store, &row_kinds[k]);

		for (size_t i = 0; i < m->rows.n; i++) {
			struct wanted_row *slot = vec_at(&m->rows, i);
			struct plan_item *it;

			there_again(plan, m->kind, slot);
			if (wants && !wants(m->kind, slot))
				continue;
			slot->waits = false;
			if (!plan_is_missing(plan, m->kind, slot))
				continue;
			it = vec_push(&plan->items);
			if (!it)
				return -ENOMEM;
			*it = (struct plan_item){ .def = m->kind->def,
						  .now = slot->row,
						  .to_be_active = true };
		}
	}
	return 0;
}

/* What fwmarkd put there again, though somebody had taken it away, is a manager's as before. */
static void put_there_again(struct plan *plan)
{
	for (size_t i = 0; i < plan->items.n; i++) {
		const struct plan_item *it = vec_at(&plan->items, i);
		struct wanted *all = store_wanted(plan->store, row_kind_of(it->def));

		if (it->added)
			store_withdraw(plan->store, wanted_slot(all, it->now), false);
	}
}

/* Are there mark rules that wait? What does not wait any more has nothing in the log. */
static bool some_wait(const struct plan *plan)
{
	bool rules = false;

	for (size_t k = 0; k < ROW_KINDS; k++) {
		const struct wanted *m = &plan->store->wanted[k];

		for (size_t i = 0; i < m->rows.n; i++) {
			struct wanted_row *slot = vec_at(&m->rows, i);

			if (!slot->waits)
				slot->said = 0;
			rules |= slot->waits && k == RULE_ROWS;
		}
	}
	return rules;
}

void plan_restore(struct plan *plan,
		  bool (*wants)(const struct row_kind *kind, const struct wanted_row *slot),
		  bool loud)
{
	size_t tried, refused;

	plan_clear(plan);
	if (restore_items(plan, wants))
		log_err("the managers' rows: not put back: out of memory");
	tried = plan->items.n;
	refused = plan_put_back(plan, loud ? LOG_WARNING : LOG_DEBUG);
	put_there_again(plan);
	if (tried > refused)
		log_info("%zu of the managers' rows put back", tried - refused);
	plan_clear(plan);
	plan->waits = some_wait(plan);
}
