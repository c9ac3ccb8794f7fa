/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Puts static rows in force: what differs between the old ones and the new ones is one plan. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "plan/plan.h"
#include "store/counters.h"
#include "store/files.h"
#include "store/static_rows.h"

static const char STATIC[] = "static";

static const struct static_row *row_at(const struct static_rows *r, size_t i)
{
	return vec_at(&r->rows, i);
}

static size_t count(const struct static_rows *r)
{
	return r ? r->rows.n : 0;
}

struct leave_out {
	struct plan *plan;
	static_row_left *tell;
	void *arg;
};

/* Does a manager's row have the index of a static row, and ask for something else? If it asks for
 * the same, it becomes the static row. */
static bool is_in_the_way(const struct static_row *s, void *arg)
{
	const struct leave_out *l = arg;
	const void *had = wanted_find(store_wanted(l->plan->store, s->kind), s->row);
	struct why why;

	if (!had || row_is_static(s->kind->def, had) || row_asks_same(s->kind, had, s->row, false))
		return false;
	why_set(&why, 0,
		"%s:%u: %s: a manager has a row with this index, which asks for something else "
		"(%s/state): left out until this one has another index, or that one is gone",
		s->file, s->line, s->kind->name, l->plan->store->dir);
	if (l->tell)
		l->tell(l->arg, why.s);
	else
		log_warn("%s", why.s);
	return true;
}

static void save(struct plan *plan)
{
	struct text t = TEXT_INIT;
	char boot[STATE_BOOT_MAX];
	int err;

	state_boot(boot);
	text_add(&t, "# The rows of fwmarkd.conf that are in force. Written by fwmarkd.\n");
	text_add(&t, "boot = \"%s\";\nprotocol = %u;\n", boot, plan->store->protocol);
	static_rows_write(plan->statics, &t);
	err = t.err ? t.err : state_replace(plan->store, STATIC, &t, true, NULL);
	if (err)
		log_err("%s/%s: %s", plan->store->dir, STATIC, strerror(-err));
	text_fini(&t);
}

static int claim(struct plan *plan, const struct static_rows *rows)
{
	for (size_t i = 0; i < count(rows); i++) {
		const struct static_row *s = row_at(rows, i);
		struct wanted *m = store_wanted(plan->store, s->kind);

		if (!wanted_find(m, s->row) && !wanted_set(m, s->row))
			return -ENOMEM;
	}
	plan->store->version++;
	return 0;
}

static void load(struct plan *plan)
{
	char path[STATE_PATH_MAX];
	struct why why = { "" }, what = { "" };
	const config_setting_t *root;
	config_t cfg;
	int err;

	config_init(&cfg);
	err = state_read_file(state_path(plan->store, STATIC, path), &cfg, &what);
	root = config_root_setting(&cfg);
	if (err)
		why_set(&why, err, "%s: %s", path, what.s);
	/* After a reboot the kernel has none of them. */
	else if (!state_rebooted(&cfg))
		err = static_rows_read(root, path, state_protocol(root, plan->store->protocol),
				       &plan->statics, &why);
	if (err && err != -ENOENT)
		log_warn("%s%s", why.s[0] ? why.s : path,
			 ": which static rows the last run had is not known");
	config_destroy(&cfg);
}

int static_rows_load(struct plan *plan)
{
	load(plan);
	return claim(plan, plan->statics);
}

int static_rows_claim(struct plan *plan, static_row_left *tell, void *arg)
{
	static_rows_drop(plan->rows, is_in_the_way, &(struct leave_out){ plan, tell, arg });
	return claim(plan, plan->rows);
}

/* Returns: a copy of a row, which a plan may write to; NULL without memory. */
static void *own_row(struct plan *plan, const struct row_kind *kind, const void *row)
{
	struct route *r;

	if (!kind->rest)
		return arena_copy(&plan->arena, row, kind->def->row_size);
	r = plan_route_copy(plan, row);
	if (r)
		plan_route_resolve(plan, r);
	return r;
}

/* Finds the kernel's rule for a static row: the rule with its tag, or a foreign rule that does the
 * same, which is taken over where it stands. @used: for each entry of the snapshot, whether another
 * row has it already. Returns: the index of the rule's row; 0: there is none. */
static uint32_t kernel_rule(struct plan *plan, const struct markrule *r, bool *used)
{
	const struct nf_snap *snap = plan->views->rules.snap;
	const struct rule_row *own = rules_row(plan->views, r->index);

	if (rule_is_read(own))
		return r->index;
	for (size_t i = 0; snap && used && i < plan->views->rules.rows.n; i++) {
		const struct rule_row *row = vec_at(&plan->views->rules.rows, i);
		const struct nf_entry *e;
		const struct nf_chain *c;
		const struct markrule *have;

		if (row->index < ROW_FOREIGN_MIN || !rule_is_read(row) || used[row->entry])
			continue;
		e = vec_at(&snap->entries, row->entry);
		c = vec_at(&snap->chains, e->chain);
		if (e->target != r->target || e->mark != r->mark || c->family != r->family ||
		    strcmp(c->chain, r->chain) != 0 || strcmp(c->table, r->table) != 0)
			continue;
		have = rules_source.find(plan->views, &row->index, 1);
		if (!have || !row_asks_same(&row_kinds[RULE_ROWS], have, r, false))
			continue;
		used[row->entry] = true;
		return row->index;
	}
	return 0;
}

static int rule_item(struct plan *plan, struct plan_item *it, bool *used)
{
	const struct markrule *now = it->now, *old = it->old, *have;
	uint32_t index = kernel_rule(plan, now, used);

	it->was_active = index != 0;
	/* When nobody knows what was asked for before, compares with what the kernel has. */
	have = index && !old ? rules_source.find(plan->views, &index, 1) : NULL;
	if (have)
		it->old = own_row(plan, &row_kinds[RULE_ROWS], have);
	if (have && !it->old)
		return -ENOMEM;
	old = it->old;
	if (old && now->position && now->position != old->position)
		it->touched |= COL_BIT(RULE_COL_POSITION);
	return 0;
}

/* Replaces the kernel's route with this key, if it differs from the row in nothing but its
 * protocol, or if the agent made it. */
static int route_item(struct plan *plan, struct plan_item *it, bool *used)
{
	struct route have, same;

	(void)used;
	routes_look(plan->views, it->now);
	if (!routes_find(plan->views, it->now, &have))
		return 0;
	same = have;
	same.protocol = ((struct route *)it->now)->protocol;
	if (!it->old && have.protocol != plan->store->protocol && !route_same(&same, it->now))
		return 0;
	it->was_active = true;
	it->old = plan_route_copy(plan, &have);
	return it->old ? 0 : -ENOMEM;
}

/* A policy that is there stays as it is, whoever made it. */
static int policy_item(struct plan *plan, struct plan_item *it, bool *used)
{
	(void)used;
	if (plan_is_there(plan, it->def, it->now)) {
		it->old = it->now;
		it->was_active = true;
	} else {
		it->was_active = it->old && plan_is_there(plan, it->def, it->old);
	}
	return 0;
}

static int fib_item(struct plan *plan, struct plan_item *it, bool *used)
{
	(void)used;
	if (!it->old)
		it->to_be_active = !plan_is_there(plan, it->def, it->now);
	return 0;
}

/* Fills in what the kernel has of an item. */
static int kernel_item(struct plan *plan, const struct row_kind *kind, struct plan_item *it,
		       bool *used)
{
	static int (*const items[ROW_KINDS])(struct plan * plan, struct plan_item * it,
					     bool *used) = {
		[FIB_ROWS] = fib_item,	 [ROUTE_ROWS] = route_item, [POLICY_ROWS] = policy_item,
		[RULE_ROWS] = rule_item, [MARK_ROWS] = NULL, /* all meters are set together */
	};

	return items[kind - row_kinds] ? items[kind - row_kinds](plan, it, used) : 0;
}

static int item_comes(struct plan *plan, const struct static_row *s, size_t i, bool *used)
{
	const struct mib_def *def = s->kind->def;
	const struct static_row *had = static_rows_find(plan->statics, s->kind, s->row);
	struct plan_item *it;

	/* A row that did not change is left alone: plan_restore() puts it back if the kernel does
	 * not have it. */
	if (had && row_asks_same(s->kind, had->row, s->row, true))
		return 0;
	it = vec_push(&plan->items);
	if (!it)
		return -ENOMEM;
	*it = (struct plan_item){ .def = def, .change = i, .to_be_active = true };
	it->now = own_row(plan, s->kind, s->row);
	it->old = had ? own_row(plan, s->kind, had->row) : NULL;
	if (!it->now || (had && !it->old))
		return -ENOMEM;
	return kernel_item(plan, s->kind, it, used);
}

static int item_goes(struct plan *plan, const struct static_row *s, size_t i)
{
	const struct mib_def *def = s->kind->def;
	struct plan_item *it = vec_push(&plan->items);

	if (!it)
		return -ENOMEM;
	*it = (struct plan_item){ .def = def, .change = i, .old = own_row(plan, s->kind, s->row) };
	if (!it->old)
		return -ENOMEM;
	it->was_active = plan_is_there(plan, def, it->old);
	return 0;
}

int static_rows_plan(struct plan *plan, const struct static_rows *rows, size_t only)
{
	size_t n = count(rows), old = count(plan->statics);
	bool *used = NULL;
	int err = 0;

	plan_clear(plan);
	fibs_sync(plan->views);
	rules_sync(plan->views);
	if (plan->views->rules.snap)
		used = calloc(plan->views->rules.snap->entries.n + 1, sizeof(*used));
	for (size_t i = 0; i < n && !err; i++)
		if (only == SIZE_MAX || only == i)
			err = item_comes(plan, row_at(rows, i), i, used);
	for (size_t i = 0; i < old && !err; i++) {
		const struct static_row *s = row_at(plan->statics, i);

		if ((only == SIZE_MAX || only == n + i) && !static_rows_find(rows, s->kind, s->row))
			err = item_goes(plan, s, n + i);
	}
	free(used);
	return err;
}

void static_rows_blame(const struct plan *plan, const struct static_rows *rows,
		       const struct mib_fault *fault, struct why *why)
{
	size_t n = count(rows), i = fault->change;
	const struct static_row *s = i < n ? row_at(rows, i) : NULL;

	if (!s && i - n < count(plan->statics))
		s = row_at(plan->statics, i - n);
	if (s)
		static_row_wrong(s, fault->col, 0, fault->why.s, why);
	else
		*why = fault->why;
}

/* Makes a plan by static_rows_plan() and carries it out. Returns: 0 or -errno, with @why, and with
 * @fault->why, which says it without the place in the file. */
static int run(struct plan *plan, const struct static_rows *rows, size_t only,
	       struct mib_fault *fault, struct why *why)
{
	int err = static_rows_plan(plan, rows, only);

	*fault = (struct mib_fault){ 0 };
	if (err)
		return why_set(why, err, "static rows: %s", strerror(-err));
	if (plan->items.n && plan_run(plan, fault)) {
		static_rows_blame(plan, rows, fault, why);
		return -EINVAL;
	}
	plan_settle(plan);
	return 0;
}

/* A row could not be put into the kernel, or out of it: all the same it is wanted from now on, or
 * no more. The log has @said: plan_restore(), which tries again, need not say it, too. */
static void keep_wanted(struct plan *plan, const struct static_rows *rows, size_t i,
			const char *said)
{
	const struct static_row *s = i < count(rows) ? row_at(rows, i)
						     : row_at(plan->statics, i - count(rows));
	struct wanted *m = store_wanted(plan->store, s->kind);

	if (i < count(rows) && wanted_set(m, s->row))
		plan_say_once(wanted_slot(m, s->row), said);
	else if (i >= count(rows) && !static_rows_find(rows, s->kind, s->row))
		wanted_remove(m, s->row);
	plan->store->version++;
}

static void in_force(struct plan *plan, struct static_rows *rows)
{
	bool some = count(plan->statics) || count(rows);

	static_rows_ref(rows);
	static_rows_unref(plan->statics);
	plan->statics = rows;
	if (some)
		save(plan);
}

void static_rows_start(struct plan *plan)
{
	struct static_rows *rows = plan->rows;
	size_t n = count(rows) + count(plan->statics);
	struct mib_fault fault;
	struct why why = { "" };

	if (run(plan, rows, SIZE_MAX, &fault, &why)) {
		/* Tries each row by itself, so that those that can be there are. */
		for (size_t i = 0; i < n; i++) {
			if (!run(plan, rows, i, &fault, &why))
				continue;
			log_warn("%s", why.s);
			keep_wanted(plan, rows, i, fault.why.s);
		}
	}
	plan_clear(plan);
	in_force(plan, rows);
	fibs_sync(plan->views);
}

int static_rows_change(struct plan *plan, struct static_rows *rows, struct why *why)
{
	struct mib_fault fault;
	int err;

	static_rows_drop(rows, is_in_the_way, &(struct leave_out){ .plan = plan });
	err = run(plan, rows, SIZE_MAX, &fault, why);
	plan_clear(plan);
	if (err)
		return err;
	in_force(plan, rows);
	static_rows_ref(rows);
	static_rows_unref(plan->rows);
	plan->rows = rows;
	return 0;
}
