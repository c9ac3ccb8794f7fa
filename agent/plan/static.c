/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Static rows in force: the difference between those of before and those of now, as one plan. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "plan/plan.h"
#include "store/counters.h"
#include "store/state_rows.h"
#include "store/static_rows.h"

enum { COL_POSITION = 5 };

static const char STATIC[] = "static";

static const struct static_row *row_at(const struct static_rows *r, size_t i)
{
	return vec_at(&r->rows, i);
}

static size_t count(const struct static_rows *r)
{
	return r ? r->rows.n : 0;
}

/* A manager's row of the same index is no obstacle when it asks for the same: it becomes the
 * configuration's. */
static int conflicts(struct app *a, const struct static_rows *rows, struct why *why)
{
	for (size_t i = 0; i < count(rows); i++) {
		const struct static_row *s = row_at(rows, i);
		const void *had = managed_find(row_managed(a, s->kind), s->row);

		if (!had || row_is_static(s->kind->def, had) ||
		    static_rows_same(s->kind->def, had, s->row, false))
			continue;
		return why_set(why, -EEXIST,
			       "%s:%u: %s: a manager has a row with this index, which asks for "
			       "something else (%s/state): give this one another index, or destroy "
			       "that one first",
			       s->file, s->line, s->kind->name, a->conf.state_dir);
	}
	return 0;
}

static void save(struct app *a)
{
	struct text t = TEXT_INIT;
	char boot[128];
	int err;

	state_boot(boot, sizeof(boot));
	text_add(&t, "# The rows of fwmarkd.conf that are in force. Written by fwmarkd.\n");
	text_add(&t, "boot = \"%s\";\nprotocol = %u;\n", boot, a->conf.protocol);
	static_rows_write(a->statics, &t);
	err = t.err ? t.err : state_replace(a, STATIC, &t, true, NULL);
	if (err)
		log_err("%s/%s: %s", a->conf.state_dir, STATIC, strerror(-err));
	text_fini(&t);
}

static int claim(struct app *a, const struct static_rows *rows)
{
	for (size_t i = 0; i < count(rows); i++) {
		const struct static_row *s = row_at(rows, i);
		struct managed *m = row_managed(a, s->kind);

		if (!managed_find(m, s->row) && !managed_set(m, s->row))
			return -ENOMEM;
	}
	a->managed_version++;
	return 0;
}

static void load(struct app *a)
{
	char path[CONF_PATH_MAX + 16], now[128];
	const char *boot = "";
	struct why why = { "" }, what = { "" };
	config_t cfg;
	int err;

	snprintf(path, sizeof(path), "%s/%s", a->conf.state_dir, STATIC);
	config_init(&cfg);
	err = state_read_file(path, &cfg, &what);
	if (err)
		why_set(&why, err, "%s: %s", path, what.s);
	state_boot(now, sizeof(now));
	/* With the kernel that they were in they are gone. */
	if (!err && config_lookup_string(&cfg, "boot", &boot) && strcmp(boot, now) == 0)
		err = static_rows_read(config_root_setting(&cfg), path,
				       state_protocol(a, config_root_setting(&cfg)), &a->statics,
				       &why);
	if (err && err != -ENOENT)
		log_warn("%s%s", why.s[0] ? why.s : path,
			 ": which static rows the last run had is not known");
	config_destroy(&cfg);
}

int static_rows_load(struct app *a)
{
	load(a);
	return claim(a, a->statics);
}

int static_rows_claim(struct app *a, struct why *why)
{
	int err = conflicts(a, a->conf.rows, why);

	return err ? err : claim(a, a->conf.rows);
}

/* What a plan may write into. */
static void *own_row(struct app *a, const struct mib_def *def, const void *row)
{
	struct route *r = def == &mib_route ? plan_route_copy(a, row) : NULL;

	if (r)
		plan_route_resolve(a, r);
	if (def == &mib_route)
		return r;
	return arena_copy(&a->plan.arena, row, def->row_size);
}

/* The rule of the kernel that a static row is, or is to be: the one with its tag; or one of
 * nobody's that does the same, which is taken over where it stands. @used: of each entry of the
 * snapshot, whether another row has it already. Returns: an index, 0: there is none. */
static uint32_t kernel_rule(struct app *a, const struct markrule *r, bool *used)
{
	const struct nf_snap *snap = a->rules.snap;
	const struct rule_row *own = rules_row(a, r->index);

	if (own && own->entry != RULE_ABSENT)
		return r->index;
	for (size_t i = 0; snap && used && i < a->rules.rows.n; i++) {
		const struct rule_row *row = vec_at(&a->rules.rows, i);
		const struct nf_entry *e;
		const struct nf_chain *c;
		const struct markrule *have;

		if (row->index < ROW_FOREIGN_MIN || row->entry == RULE_ABSENT || used[row->entry])
			continue;
		e = vec_at(&snap->entries, row->entry);
		c = vec_at(&snap->chains, e->chain);
		if (e->target != r->target || e->mark != r->mark || c->family != r->family ||
		    strcmp(c->chain, r->chain) != 0 || strcmp(c->table, r->table) != 0)
			continue;
		have = rules_source.find(a, &row->index, 1);
		if (!have || !static_rows_same(&mib_rule, have, r, false))
			continue;
		used[row->entry] = true;
		return row->index;
	}
	return 0;
}

static int rule_item(struct app *a, struct plan_item *it, bool *used)
{
	const struct markrule *now = it->now, *old = it->old, *have;
	uint32_t index = kernel_rule(a, now, used);

	it->out = index != 0;
	/* Against what the kernel has, when it is not known what it was asked for. */
	have = index && !old ? rules_source.find(a, &index, 1) : NULL;
	if (have)
		it->old = own_row(a, it->def, have);
	if (have && !it->old)
		return -ENOMEM;
	old = it->old;
	if (old && now->position && now->position != old->position)
		it->touched |= UINT64_C(1) << COL_POSITION;
	return 0;
}

/* One that asks for the same but for who put it up, or that was put up by the agent, is replaced. */
static int route_item(struct app *a, struct plan_item *it)
{
	struct route have, same;

	routes_look(a, it->now);
	if (!routes_find(a, it->now, &have))
		return 0;
	same = have;
	same.protocol = ((struct route *)it->now)->protocol;
	if (!it->old && have.protocol != a->conf.protocol && !route_same(&same, it->now))
		return 0;
	it->out = true;
	it->old = plan_route_copy(a, &have);
	return it->old ? 0 : -ENOMEM;
}

/* The kernel's side of an item. A policy that is there stays as it is, whoever put it up. */
static int kernel_item(struct app *a, struct plan_item *it, bool *used)
{
	if (it->def == &mib_rule)
		return rule_item(a, it, used);
	if (it->def == &mib_route)
		return route_item(a, it);
	if (it->def == &mib_policy && plan_is_there(a, it->def, it->now)) {
		it->old = it->now;
		it->out = true;
	} else if (it->def == &mib_policy) {
		it->out = it->old && plan_is_there(a, it->def, it->old);
	} else if (it->def == &mib_fib && !it->old) {
		it->in = !plan_is_there(a, it->def, it->now);
	}
	return 0;
}

static int item_comes(struct app *a, const struct static_row *s, size_t i, bool *used)
{
	const struct mib_def *def = s->kind->def;
	const struct static_row *had = static_rows_find(a->statics, s->kind, s->row);
	struct plan_item *it;

	/* One that did not change is left alone; what is missing of them is put back elsewhere. */
	if (had && static_rows_same(def, had->row, s->row, true))
		return 0;
	it = vec_push(&a->plan.items);
	if (!it)
		return -ENOMEM;
	*it = (struct plan_item){ .def = def, .change = i, .in = true };
	it->now = own_row(a, def, s->row);
	it->old = had ? own_row(a, def, had->row) : NULL;
	if (!it->now || (had && !it->old))
		return -ENOMEM;
	return kernel_item(a, it, used);
}

static int item_goes(struct app *a, const struct static_row *s, size_t i)
{
	const struct mib_def *def = s->kind->def;
	struct plan_item *it = vec_push(&a->plan.items);

	if (!it)
		return -ENOMEM;
	*it = (struct plan_item){ .def = def, .change = i, .old = own_row(a, def, s->row) };
	if (!it->old)
		return -ENOMEM;
	it->out = plan_is_there(a, def, it->old);
	return 0;
}

int static_rows_plan(struct app *a, const struct static_rows *rows, size_t only)
{
	size_t n = count(rows), old = count(a->statics);
	bool *used = NULL;
	int err = 0;

	plan_clear(a);
	fibs_sync(a);
	rules_sync(a);
	if (a->rules.snap)
		used = calloc(a->rules.snap->entries.n + 1, sizeof(*used));
	for (size_t i = 0; i < n && !err; i++)
		if (only == SIZE_MAX || only == i)
			err = item_comes(a, row_at(rows, i), i, used);
	for (size_t i = 0; i < old && !err; i++) {
		const struct static_row *s = row_at(a->statics, i);

		if ((only == SIZE_MAX || only == n + i) && !static_rows_find(rows, s->kind, s->row))
			err = item_goes(a, s, n + i);
	}
	free(used);
	return err;
}

void static_rows_blame(const struct app *a, const struct static_rows *rows,
		       const struct mib_fault *fault, struct why *why)
{
	size_t n = count(rows), i = fault->change;
	const struct static_row *s = i < n ? row_at(rows, i) : NULL;

	if (!s && i - n < count(a->statics))
		s = row_at(a->statics, i - n);
	if (s)
		static_row_wrong(s, fault->col, 0, fault->why.s, why);
	else
		*why = fault->why;
}

/* Carries out the plan of static_rows_plan(). */
static int run(struct app *a, const struct static_rows *rows, size_t only, struct why *why)
{
	struct mib_fault fault = { 0 };
	int err = static_rows_plan(a, rows, only);

	if (err)
		return why_set(why, err, "static rows: %s", strerror(-err));
	if (a->plan.items.n && plan_run(a, true, &fault)) {
		static_rows_blame(a, rows, &fault, why);
		return -EINVAL;
	}
	plan_settle(a);
	return 0;
}

/* The row could not be put up as it should be: it stays a wish, or is none any more. */
static void keep_wish(struct app *a, const struct static_rows *rows, size_t i)
{
	const struct static_row *s = i < count(rows) ? row_at(rows, i)
						     : row_at(a->statics, i - count(rows));
	struct managed *m = row_managed(a, s->kind);

	if (i < count(rows))
		managed_set(m, s->row);
	else if (!static_rows_find(rows, s->kind, s->row))
		managed_remove(m, s->row);
	a->managed_version++;
}

/* What was taken back on the way was not taken away by somebody else. */
static void not_withdrawn(struct app *a)
{
	struct managed *m = &a->routes.managed;

	live_sync(a);
	for (size_t i = 0; i < m->rows.n; i++)
		if (row_is_static(&mib_route, managed_at(m, i)))
			((struct route *)managed_at(m, i))->withdrawn = false;
}

static void in_force(struct app *a, struct static_rows *rows)
{
	bool some = count(a->statics) || count(rows);

	static_rows_ref(rows);
	static_rows_unref(a->statics);
	a->statics = rows;
	if (some)
		save(a);
}

void static_rows_start(struct app *a)
{
	struct static_rows *rows = a->conf.rows;
	size_t n = count(rows) + count(a->statics);
	struct why why = { "" };

	if (run(a, rows, SIZE_MAX, &why)) {
		/* Each by itself, so that the rest is there. */
		for (size_t i = 0; i < n; i++) {
			if (!run(a, rows, i, &why))
				continue;
			log_warn("%s", why.s);
			keep_wish(a, rows, i);
		}
		not_withdrawn(a);
	}
	plan_clear(a);
	in_force(a, rows);
	fibs_sync(a);
}

int static_rows_change(struct app *a, struct static_rows *rows, struct why *why)
{
	int err = conflicts(a, rows, why);

	if (!err)
		err = run(a, rows, SIZE_MAX, why);
	if (err)
		not_withdrawn(a);
	plan_clear(a);
	if (err)
		return err;
	in_force(a, rows);
	static_rows_ref(rows);
	static_rows_unref(a->conf.rows);
	a->conf.rows = rows;
	return 0;
}
