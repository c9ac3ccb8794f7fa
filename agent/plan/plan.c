/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan/plan.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "base/fault.h"
#include "base/log.h"
#include "routing/rt_names.h"
#include "store/counters.h"
#include "views/rule_ids.h"

int plan_fail(struct mib_fault *fault, const struct plan_item *it, unsigned col, int err)
{
	fault->change = it->change;
	fault->col = col;
	if (!fault->why.s[0])
		why_set(&fault->why, 0, "%s", strerror(-err));
	return fault->error = mib_error_of(err);
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

		it->out = row_is_active(it->def, it->old);
		it->in = row_is_active(it->def, it->now);
		it->foreign = plan_is_foreign(it);
		error = plan_item_prepare(a, it, fault);
	}
	error = error ? error : house_check(a, fault);
	fault_watch(false);
	return error;
}

/* make before break; see the top of plan.h. */
static const struct phase {
	const char *of; /* in what is said when its undoing fails */
	int (*apply)(struct app *a, struct mib_fault *fault);
	int (*undo)(struct app *a, struct why *why);
} phases[] = {
	{ "state", plan_intend, plan_intend_undo },
	{ "interfaces", plan_interfaces, plan_interfaces_undo },
	{ "names of tables", plan_names_add, plan_names_undo },
	{ "routes", plan_routes_add, plan_routes_undo },
	{ "policies", plan_policies_add, plan_policies_undo },
	{ "rules", plan_rules, plan_rules_undo },
	{ "meters", plan_meters, plan_meters_undo },
	{ "policies", plan_policies_remove, plan_policies_undo },
	{ "routes", plan_routes_remove, plan_routes_undo },
	{ "names of tables", plan_names_remove, plan_names_undo },
	{ "rows", plan_keep_rows, plan_keep_rows_undo },
	{ "agent", plan_keep_agent, plan_keep_agent_undo },
	{ "state", plan_save, plan_save_undo },
};

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

int plan_run(struct app *a, bool keep, struct mib_fault *fault)
{
	struct why why = { "" };
	int error = MIB_OK;

	a->plan.restore = !keep;
	for (size_t i = 0; i < a->plan.items.n && !error; i++)
		error = plan_item_prepare(a, vec_at(&a->plan.items, i), fault);
	for (size_t i = keep ? 0 : 1; i < sizeof(phases) / sizeof(*phases) && !error; i++) {
		if (!keep && phases[i].apply == plan_keep_rows)
			break;
		a->plan.phase = (unsigned)i + 1;
		error = phases[i].apply(a, fault);
	}
	forget_views(a);
	if (error && undo_phases(a, &why)) {
		why_undo(&fault->why, &why);
		error = undo_failed(a, fault);
	}
	return error;
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
	/* Not with the next tick. */
	if (rule_ids_renamed(a) && !rules_refresh(a, &why))
		counts_keep_now(a);
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
