/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What managers want and the kernel does not have is put back. */
#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "plan/plan.h"

static bool rule_is_there(struct app *a, const void *row)
{
	struct nf_edit edit = { 0 };

	return rules_edit_target(a, ((const struct markrule *)row)->index, &edit);
}

static bool route_is_there(struct app *a, const void *row)
{
	return plan_route_there(a, row);
}

static bool fib_is_there(struct app *a, const void *row)
{
	const struct fib *f = row;
	const struct name *name = names_find(&a->names.tables, f->id);

	return name && strcmp(name->name, f->name) == 0;
}

static bool policy_is_there(struct app *a, const void *row)
{
	return policies_equal(a, row) != NULL;
}

bool plan_is_there(struct app *a, const struct mib_def *def, const void *row)
{
	static bool (*const there[ROW_KINDS])(struct app * a, const void *row) = {
		[FIB_ROWS] = fib_is_there,
		[ROUTE_ROWS] = route_is_there,
		[POLICY_ROWS] = policy_is_there,
		[RULE_ROWS] = rule_is_there,
		[MARK_ROWS] = NULL, /* meters are put up all at once: meters.c */
	};
	size_t kind = (size_t)(row_kind_of(def) - row_kinds);

	return !there[kind] || there[kind](a, row);
}

static bool is_among(const struct vec *rows, const void *row)
{
	for (size_t i = 0; i < rows->n; i++)
		if (*(void **)vec_at(rows, i) == row)
			return true;
	return false;
}

/* One item for every wish that the kernel does not have, but for @hopeless ones. */
static int restore_items(struct app *a, bool (*wants)(const struct mib_def *def, const void *row),
			 const struct vec *hopeless)
{
	plan_clear(a);
	/* What SETs made since the last reading is not in the view. */
	if (a->rules.snap && a->rules.stale)
		rules_sync(a);
	for (size_t k = 0; k < ROW_KINDS; k++) {
		const struct managed *m = row_managed(a, &row_kinds[k]);

		for (size_t i = 0; i < m->rows.n; i++) {
			void *row = managed_at(m, i);
			struct plan_item *it;

			if (!row_is_active(m->def, row) || (wants && !wants(m->def, row)) ||
			    plan_is_there(a, m->def, row) || is_among(hopeless, row))
				continue;
			it = vec_push(&a->plan.items);
			if (!it)
				return -ENOMEM;
			*it = (struct plan_item){
				.def = m->def,
				.change = a->plan.items.n - 1,
				.now = row,
				.in = true,
			};
		}
	}
	return 0;
}

/* The kernel's reasons do not say which device is down. */
static void log_missing(int level, const struct plan_item *it, const char *why)
{
	const char *device = it->def == &mib_route ? ((struct route *)it->now)->leg.ifname : "";
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

/* Finds what cannot be put back, of one try. Returns: true: then the rest is to be tried. */
static bool restore_try(struct app *a, int level, struct vec *hopeless)
{
	size_t before = hopeless->n;
	struct mib_fault fault = { .change = SIZE_MAX };

	/* All that lack a device at once: there are hundreds of them before it comes. */
	for (size_t i = 0; i < a->plan.items.n; i++) {
		struct plan_item *it = vec_at(&a->plan.items, i);
		struct mib_fault wrong = { 0 };

		if (!plan_item_prepare(a, it, &wrong))
			continue;
		log_missing(level, it, wrong.why.s);
		add_row(hopeless, it->now);
	}
	if (hopeless->n > before || !plan_run(a, false, &fault))
		return hopeless->n > before;
	if (fault.change >= a->plan.items.n) {
		log_at(level, "the managers' rows: not put back: %s", fault.why.s);
		return false;
	}
	log_missing(level, vec_at(&a->plan.items, fault.change), fault.why.s);
	add_row(hopeless, ((struct plan_item *)vec_at(&a->plan.items, fault.change))->now);
	return hopeless->n > before;
}

void plan_restore(struct app *a, bool (*wants)(const struct mib_def *def, const void *row),
		  bool loud)
{
	struct vec routes = VEC_INIT(void *), hopeless = VEC_INIT(void *);
	int level = loud ? LOG_WARNING : LOG_DEBUG;
	bool again = true;
	size_t tried = 0;

	while (again && !restore_items(a, wants, &hopeless) && a->plan.items.n) {
		tried = a->plan.items.n;
		for (size_t i = 0; i < tried && !hopeless.n; i++) {
			const struct plan_item *it = vec_at(&a->plan.items, i);

			if (it->def == &mib_route)
				add_row(&routes, it->now);
		}
		again = restore_try(a, level, &hopeless);
		if (again)
			tried = 0;
	}
	/* What was taken back on the way was not taken away by somebody else. */
	live_sync(a);
	for (size_t i = 0; i < routes.n; i++)
		(*(struct route **)vec_at(&routes, i))->withdrawn = false;
	if (tried)
		log_info("%zu of the managers' rows put back", tried);
	vec_fini(&routes);
	vec_fini(&hopeless);
	plan_clear(a);
}
