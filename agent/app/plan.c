/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "app/plan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "app/intent.h"
#include "app/rowset.h"
#include "app/rule_ids.h"
#include "base/clock.h"
#include "base/fault.h"
#include "base/log.h"
#include "kernel/rt_names.h"

int plan_fail(struct mib_fault *fault, const struct plan_item *it, unsigned col, int err)
{
	fault->change = it->change;
	fault->col = col;
	if (!fault->why.s[0])
		why_set(&fault->why, 0, "%s", strerror(-err));
	return fault->error = mib_error_of(err);
}

static bool is_active(const struct mib_def *def, const void *row)
{
	const struct mib_col *status = mib_col_syntax(def, SYN_STATUS);

	return row && (!status || cell_load(status, row) == ROW_ACTIVE);
}

int plan_item_prepare(struct app *a, struct plan_item *it, struct mib_fault *fault)
{
	static const struct {
		const struct mib_def *def;
		int (*prepare)(struct app *a, struct plan_item *it, struct mib_fault *fault);
	} kinds[] = {
		{ &mib_rule, plan_rule_prepare },
		{ &mib_mark, plan_mark_prepare },
		{ &mib_policy, plan_policy_prepare },
		{ &mib_fib, plan_fib_prepare },
		{ &mib_route, plan_route_prepare },
		{ &mib_interface, plan_interface_prepare },
		{ &mib_interface_scalars, plan_interface_prepare },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (kinds[i].def == it->def)
			return kinds[i].prepare(a, it, fault);
	return MIB_OK;
}

/* The legs of a row belong to the view, which may move on before the SET is carried out. */
static int own_legs(struct app *a, struct plan_item *it)
{
	struct route *row = it->old, kernel;
	const struct route *src = row;

	if (it->def != &mib_route || !row || row->nlegs < 2)
		return 0;
	src = routes_find(a, row, &kernel) ? &kernel : managed_find(&a->routes.managed, row);
	if (!src || src->nlegs != row->nlegs)
		return -EAGAIN;
	row->legs = src->legs;
	it->old = plan_route_copy(a, row);
	if (it->now) {
		row = it->now;
		row->legs = src->legs;
		it->now = plan_route_copy(a, row);
	}
	return it->old ? 0 : -ENOMEM;
}

/* A row of the configuration is changed there. A leg is its route's. */
static int refuse_static(struct app *a, const struct mib_change *c, size_t change,
			 struct mib_fault *fault)
{
	const struct mib_nexthop_row *hop = c->now;
	const struct mib_def *def = c->table->def;
	const void *row = c->existed ? c->old : NULL;

	if (def == &mib_nexthop) {
		def = &mib_route;
		row = managed_find(&a->routes.managed, &hop->route);
	}
	if (!row_is_static(def, row))
		return MIB_OK;
	why_set(&fault->why, 0, "it is a static row of %s: change it there and send SIGHUP",
		a->conf.file);
	fault->change = change;
	fault->col = c->destroy ? mib_col_syntax(c->table->def, SYN_STATUS)->num : 0;
	return fault->error = c->destroy ? MIB_INCONSISTENT_VALUE : MIB_NOT_WRITABLE;
}

static int item_add(struct app *a, const struct mib_change *c, size_t change)
{
	struct plan_item *it = vec_push(&a->plan.items);

	if (!it)
		return -ENOMEM;
	*it = (struct plan_item){
		.def = c->table->def,
		.change = change,
		.old = c->existed ? c->old : NULL,
		.now = c->destroy ? NULL : c->now,
		.touched = c->touched,
	};
	return own_legs(a, it);
}

void plan_clear(struct app *a)
{
	struct plan *p = &a->plan;

	vec_fini(&p->items);
	vec_fini(&p->nf_items);
	vec_fini(&p->renames);
	p->items = (struct vec)VEC_INIT(struct plan_item);
	p->nf_items = (struct vec)VEC_INIT(size_t);
	plan_policies_forget(a);
	p->policies = (struct vec)VEC_INIT(struct policy_group *);
	p->renames = (struct vec)VEC_INIT(struct rename);
	nf_undo_free(p->nf_undo);
	p->nf_undo = NULL;
	names_fini(&p->names);
	p->names = (struct names)NAMES_INIT;
	p->names_known = false;
	for (size_t k = 0; k < ROW_KINDS; k++)
		if (p->was[k].def)
			managed_fini(&p->was[k]);
	arena_free(&p->arena);
	vec_clear(&a->interfaces.undo);
	p->phase = 0;
	if (p->intent)
		intent_drop(a);
	p->saved = p->intent = p->restore = false;
	p->kept = 0;
}

int plan_prepare(void *ctx, struct mib_change *c, size_t n, struct mib_fault *fault)
{
	struct app *a = ctx;
	int error = MIB_OK;

	plan_clear(a);
	fault_load();
	fault_watch(true);
	for (size_t i = 0; i < n && !error; i++)
		error = refuse_static(a, &c[i], i, fault);
	for (size_t i = 0; i < n && !error; i++)
		if (c[i].table->def != &mib_nexthop && item_add(a, &c[i], i))
			error = MIB_RESOURCE_UNAVAILABLE;
	if (!error)
		error = plan_nexthops_fold(a, c, n, fault);
	for (size_t i = 0; i < a->plan.items.n && !error; i++) {
		struct plan_item *it = vec_at(&a->plan.items, i);

		it->out = is_active(it->def, it->old);
		it->in = is_active(it->def, it->now);
		it->foreign = plan_is_foreign(it);
		error = plan_item_prepare(a, it, fault);
	}
	error = error ? error : house_check(a, fault);
	fault_watch(false);
	return error;
}

/* A manager that leaves the status alone wants what it wanted: a row that reads notInService only
 * because somebody else has taken it away, or because its device is gone, is not to stay out. */
static void keep_wish(const struct plan_item *it, const void *had)
{
	const struct mib_col *status = mib_col_syntax(it->def, SYN_STATUS);

	if (had && it->now && !(it->touched >> status->num & 1) && is_active(it->def, had) &&
	    cell_load(status, it->now) == ROW_NOT_IN_SERVICE)
		cell_store(status, it->now, ROW_ACTIVE);
}

/* The row that is wanted now takes the place of the one that was, which is kept for undo. */
static int keep_row(struct app *a, struct plan_item *it)
{
	const void *key = it->now ? it->now : it->old;
	const struct row_kind *kind = row_kind_of(it->def);
	struct managed *m, *was;
	int err;

	if (!kind || it->foreign)
		return 0;
	m = row_managed(a, kind);
	was = &a->plan.was[kind - row_kinds];
	if (!was->def) {
		managed_init(was, m->def, m->cmp);
		was->changed_ms = m->changed_ms;
	}
	keep_wish(it, managed_find(m, key));
	err = managed_move(m, was, key);
	if (!err && it->now && !managed_set(m, it->now)) {
		managed_move(was, m, key);
		err = -ENOMEM;
	}
	if (!err && (!it->old || !it->now || !managed_same(m->def, it->old, it->now)))
		m->changed_ms = clock_ms();
	return err;
}

static int keep_rows(struct app *a, struct mib_fault *fault)
{
	for (size_t i = 0; i < a->plan.items.n; i++) {
		struct plan_item *it = vec_at(&a->plan.items, i);

		if (keep_row(a, it))
			return plan_fail(fault, it, 0, -ENOMEM);
		a->plan.kept = i + 1;
	}
	a->managed_version++;
	return MIB_OK;
}

/* Backwards, so that there is room for each row: nothing can fail. */
static int keep_rows_undo(struct app *a, struct why *why)
{
	(void)why;
	for (; a->plan.kept; a->plan.kept--) {
		struct plan_item *it = vec_at(&a->plan.items, a->plan.kept - 1);
		const void *key = it->now ? it->now : it->old;
		const struct row_kind *kind = row_kind_of(it->def);
		struct managed *m, *was;

		if (!kind || it->foreign)
			continue;
		m = row_managed(a, kind);
		was = &a->plan.was[kind - row_kinds];
		m->changed_ms = was->changed_ms;
		managed_remove(m, key);
		managed_move(was, m, key);
	}
	a->managed_version++;
	return 0;
}

/* Scalars are the agent's own: nothing can fail. */
static void keep_scalars(struct app *a, bool undo)
{
	for (size_t i = 0; i < a->plan.items.n; i++) {
		const struct plan_item *it = vec_at(&a->plan.items, i);
		const struct mib_agent_row *row = undo ? it->old : it->now;

		if (it->def != &mib_agent)
			continue;
		a->agent.row.edit_lock = row->edit_lock;
		a->agent.row.notifications = row->notifications;
	}
}

static int keep_agent(struct app *a, struct mib_fault *fault)
{
	(void)fault;
	keep_scalars(a, false);
	return MIB_OK;
}

static int keep_agent_undo(struct app *a, struct why *why)
{
	(void)why;
	keep_scalars(a, true);
	return 0;
}

/* Said before the kernel is touched: see intent.h. */
static int intend(struct app *a, struct mib_fault *fault)
{
	int error = plan_interfaces_note(a, fault);

	if (error)
		return error;
	return intent_write(a, false, &fault->why) ? MIB_RESOURCE_UNAVAILABLE : MIB_OK;
}

/* The rows are again what they were, and so must the state file be; when the disk does not take it
 * now, the tick tries again. */
static int intend_undo(struct app *a, struct why *why)
{
	if (!a->plan.saved)
		return 0;
	a->sets_kept++;
	a->rows_dirty = true;
	return state_save_rows(a, NULL, why);
}

/* On disk before the manager is told that it is done. */
static int save(struct app *a, struct mib_fault *fault)
{
	int err;

	fault->change = 0;
	fault->col = 0;
	a->sets_kept++;
	err = state_save_rows(a, &a->plan.saved, &fault->why);
	if (!a->plan.saved)
		a->sets_kept--; /* the file that stands is that of before */
	return err ? MIB_RESOURCE_UNAVAILABLE : MIB_OK;
}

static int save_undo(struct app *a, struct why *why)
{
	(void)a, (void)why;
	return 0; /* the last step back does it */
}

/* make before break; see the top of plan.h. */
static const struct phase {
	const char *of; /* in what is said when its undoing fails */
	int (*apply)(struct app *a, struct mib_fault *fault);
	int (*undo)(struct app *a, struct why *why);
} phases[] = {
	{ "state", intend, intend_undo },
	{ "interfaces", plan_interfaces, plan_interfaces_undo },
	{ "names of tables", plan_names_add, plan_names_undo },
	{ "routes", plan_routes_add, plan_routes_undo },
	{ "policies", plan_policies_add, plan_policies_undo },
	{ "rules", plan_rules, plan_rules_undo },
	{ "meters", plan_meters, plan_meters_undo },
	{ "policies", plan_policies_remove, plan_policies_undo },
	{ "routes", plan_routes_remove, plan_routes_undo },
	{ "names of tables", plan_names_remove, plan_names_undo },
	{ "rows", keep_rows, keep_rows_undo },
	{ "agent", keep_agent, keep_agent_undo },
	{ "state", save, save_undo },
};

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
	for (size_t i = 0; i < a->policies.kernel.n; i++)
		if (policy_same(vec_at(&a->policies.kernel, i), row))
			return true;
	return false;
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

/* What the SET changed is looked at anew by whoever asks next. */
static void forget_views(struct app *a)
{
	a->rules.stale = true;
	a->policies.stale = true;
}

/* What the SET itself took away for a while was not taken away by somebody else. */
static void events_of_undo(struct app *a)
{
	for (int after = 0; after < 2; after++) {
		for (size_t i = 0; i < a->plan.items.n; i++) {
			struct plan_item *it = vec_at(&a->plan.items, i);
			struct route *row = it->def == &mib_route && it->old
						    ? managed_find(&a->routes.managed, it->old)
						    : NULL;

			if (row && after)
				row->withdrawn = it->withdrawn;
			else if (row)
				it->withdrawn = row->withdrawn;
		}
		if (!after)
			live_sync(a);
	}
}

static int undo_phases(struct app *a, struct why *why)
{
	int err = 0;

	while (a->plan.phase) {
		struct why one = { "" };
		int e = phases[--a->plan.phase].undo(a, &one);

		if (!e)
			continue;
		log_err("undo of a SET: %s: %s", phases[a->plan.phase].of,
			one.s[0] ? one.s : strerror(-e));
		if (!err)
			why_set(why, 0, "%s: %s", phases[a->plan.phase].of,
				one.s[0] ? one.s : strerror(-e));
		err = e;
	}
	events_of_undo(a);
	forget_views(a);
	return err;
}

/* Nobody knows what is there now: all of it is read again. */
static int undo_failed(struct app *a, struct mib_fault *fault)
{
	log_err("what a refused SET had done could not all be undone: %s", fault->why.s);
	routes_stale(a, AF_UNSPEC, 0, 0);
	if (!rt_names_read(&a->names))
		a->names_version++;
	return fault->error = MIB_UNDO_FAILED;
}

int plan_apply(void *ctx, struct mib_change *c, size_t n, struct mib_fault *fault)
{
	struct why why = { "" };
	struct app *a = ctx;
	int error = MIB_OK;

	(void)c, (void)n;
	fault_watch(true);
	for (size_t i = 0; i < sizeof(phases) / sizeof(*phases) && !error; i++) {
		a->plan.phase = (unsigned)i + 1; /* a phase that fails half way is undone, too */
		error = phases[i].apply(a, fault);
	}
	forget_views(a);
	if (error && undo_phases(a, &why)) {
		why_undo(&fault->why, &why);
		error = MIB_UNDO_FAILED;
	}
	if (error == MIB_UNDO_FAILED)
		error = undo_failed(a, fault);
	fault_watch(false);
	return error;
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

			if (!is_active(m->def, row) || (wants && !wants(m->def, row)) ||
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

int plan_run(struct app *a, bool keep, struct mib_fault *fault)
{
	struct why why = { "" };
	int error = MIB_OK;

	a->plan.restore = !keep;
	for (size_t i = 0; i < a->plan.items.n && !error; i++)
		error = plan_item_prepare(a, vec_at(&a->plan.items, i), fault);
	for (size_t i = keep ? 0 : 1; i < sizeof(phases) / sizeof(*phases) && !error; i++) {
		if (!keep && phases[i].apply == keep_rows)
			break;
		a->plan.phase = (unsigned)i + 1;
		error = phases[i].apply(a, fault);
	}
	if (error)
		undo_phases(a, &why);
	forget_views(a);
	return error;
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
	struct vec rows = VEC_INIT(void *), hopeless = VEC_INIT(void *);
	int level = loud ? LOG_WARNING : LOG_DEBUG;
	bool again = true;
	size_t tried = 0;

	while (again && !restore_items(a, wants, &hopeless) && a->plan.items.n) {
		tried = a->plan.items.n;
		for (size_t i = 0; i < tried && !hopeless.n; i++)
			add_row(&rows, ((struct plan_item *)vec_at(&a->plan.items, i))->now);
		again = restore_try(a, level, &hopeless);
		if (again)
			tried = 0;
	}
	/* What was taken back on the way was not taken away by somebody else. */
	live_sync(a);
	routes_not_withdrawn(a, rows.data, rows.n);
	if (tried)
		log_info("%zu of the managers' rows put back", tried);
	vec_fini(&rows);
	vec_fini(&hopeless);
	plan_clear(a);
}

int plan_undo(void *ctx, struct why *why)
{
	struct app *a = ctx;
	struct why intent = { "" };
	int err;

	fault_watch(true);
	if (intent_write(a, true, &intent))
		log_err("%s", intent.s);
	err = undo_phases(a, why);
	if (err)
		undo_failed(a, &(struct mib_fault){ .why = *why });
	fault_watch(false);
	return err;
}

void plan_settle(struct app *a)
{
	struct why why = { "" };

	for (size_t i = 0; i < a->plan.items.n; i++) {
		const struct plan_item *it = vec_at(&a->plan.items, i);
		const struct markrule *old = it->old, *now = it->now;

		a->rules.unplaced |= it->def == &mib_rule;
		if (it->def == &mib_rule && old && !now)
			rules_gone(a, old->index);
		else if (it->def == &mib_rule && now && !it->in)
			rules_held(a, now->index);
	}
	meters_settle(a);
	/* Rows that are others to the maps now, with what they count: not with the next tick. */
	if (a->plan.renames.n || rule_ids_renamed(a)) {
		a->counts_dirty = true;
		a->counts_next_ms = 0;
		rules_refresh(a, &why);
	}
}

void plan_finish(void *ctx, bool committed)
{
	struct app *a = ctx;

	if (committed) {
		plan_settle(a);
		a->agent.row.sets++;
	} else {
		a->rules.doubt = true;
	}
	plan_clear(a);
}

struct route *plan_route_copy(struct app *a, const struct route *r)
{
	struct route *copy = (void *)arena_copy(&a->plan.arena, r, sizeof(*r));

	if (copy && r->nlegs > 1)
		copy->legs =
			(void *)arena_copy(&a->plan.arena, r->legs, r->nlegs * sizeof(*r->legs));
	return copy && (r->nlegs < 2 || copy->legs) ? copy : NULL;
}
