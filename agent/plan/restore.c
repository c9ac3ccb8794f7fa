/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Puts back what is wanted and not in the kernel. */
#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "plan/plan.h"

static bool is_among(const struct vec *rows, const void *row)
{
	for (size_t i = 0; i < rows->n; i++)
		if (*(void **)vec_at(rows, i) == row)
			return true;
	return false;
}

/* Makes an item for every wanted row that the kernel does not have, but for failed items. */
static int restore_items(struct plan *plan,
			 bool (*wants)(const struct row_kind *kind, const void *row),
			 const struct vec *failed)
{
	plan_clear(plan);
	/* The view does not have yet what SETs made since the last reading. */
	if (plan->views->rules.snap && plan->views->rules.stale)
		rules_sync(plan->views);
	for (size_t k = 0; k < ROW_KINDS; k++) {
		const struct wanted *m = store_wanted(plan->store, &row_kinds[k]);

		for (size_t i = 0; i < m->rows.n; i++) {
			void *row = wanted_at(m, i);
			struct plan_item *it;

			if (!row_is_active(m->kind->def, row) || (wants && !wants(m->kind, row)) ||
			    plan_is_there(plan, m->kind->def, row) || is_among(failed, row))
				continue;
			it = vec_push(&plan->items);
			if (!it)
				return -ENOMEM;
			*it = (struct plan_item){
				.def = m->kind->def,
				.change = plan->items.n - 1,
				.now = row,
				.in = true,
			};
		}
	}
	return 0;
}

/* Logs a row that is not put back, with its device, which the kernel's reasons do not name. */
static void log_missing(int level, const struct plan_item *it, const char *why)
{
	const struct row_kind *kind = row_kind_of(it->def);
	const char *device = kind && kind->device ? kind->device(it->now) : "";
	bool say = *device && !strstr(why, device);
	struct text name = TEXT_INIT;

	row_name(it->def, it->now, &name);
	log_at(level, "%s: not put back: %s%s%s%s", text_str(&name), why, say ? " (device " : "",
	       say ? device : "", say ? ")" : "");
	text_fini(&name);
}

static void add_row(struct vec *rows, void *row)
{
	void **slot = vec_push(rows);

	if (slot)
		*slot = row;
}

/* Tries to put back all items. Returns: true when items failed and are noted: then try the
 * others. */
static bool restore_try(struct plan *plan, int level, struct vec *failed)
{
	size_t before = failed->n;
	struct mib_fault fault = { .change = SIZE_MAX };

	/* Finds all rows that lack a device at once: there may be hundreds of them before it
	 * comes. */
	for (size_t i = 0; i < plan->items.n; i++) {
		struct plan_item *it = vec_at(&plan->items, i);
		struct mib_fault wrong = { 0 };

		if (!plan_item_prepare(plan, it, &wrong))
			continue;
		log_missing(level, it, wrong.why.s);
		add_row(failed, it->now);
	}
	if (failed->n > before || !plan_run(plan, false, &fault))
		return failed->n > before;
	if (fault.change >= plan->items.n) {
		log_at(level, "the managers' rows: not put back: %s", fault.why.s);
		return false;
	}
	log_missing(level, vec_at(&plan->items, fault.change), fault.why.s);
	add_row(failed, ((struct plan_item *)vec_at(&plan->items, fault.change))->now);
	return failed->n > before;
}

void plan_restore(struct plan *plan, bool (*wants)(const struct row_kind *kind, const void *row),
		  bool loud)
{
	struct vec routes = VEC_INIT(void *), failed = VEC_INIT(void *);
	int level = loud ? LOG_WARNING : LOG_DEBUG;
	const struct plan_item *it;
	bool again = true;
	size_t tried = 0;

	while (again && !restore_items(plan, wants, &failed) && plan->items.n) {
		tried = plan->items.n;
		for (size_t i = 0; !failed.n && (it = plan_next(plan, &mib_route, &i));)
			add_row(&routes, it->now);
		again = restore_try(plan, level, &failed);
		if (again)
			tried = 0;
	}
	/* What failed tries removed again was not taken away by somebody else. */
	live_sync(plan->views);
	for (size_t i = 0; i < routes.n; i++)
		(*(struct route **)vec_at(&routes, i))->withdrawn = false;
	if (tried)
		log_info("%zu of the managers' rows put back", tried);
	vec_fini(&routes);
	vec_fini(&failed);
	plan_clear(plan);
}
