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

int plan_item_prepare(struct plan *plan, struct plan_item *it, struct mib_fault *fault)
{
	static const struct {
		const struct mib_def *def;
		int (*prepare)(struct plan *plan, struct plan_item *it, struct mib_fault *fault);
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
			return kinds[i].prepare(plan, it, fault);
	return MIB_OK;
}

/* The next hops of a row belong to the view, which may change before the SET is carried out: copies
 * them. */
static int own_hops(struct plan *plan, struct plan_item *it)
{
	struct route *old = it->old, *now = it->now, kernel;
	const struct route *src;

	if (!old || old->nhops < 2)
		return 0;
	src = routes_find(plan->views, old, &kernel)
		      ? &kernel
		      : wanted_find(&plan->store->wanted[ROUTE_ROWS], old);
	if (!src || src->nhops != old->nhops)
		return -EAGAIN;
	old->hops = src->hops;
	it->old = plan_route_copy(plan, old);
	if (!it->old || !now)
		return it->old ? 0 : -ENOMEM;
	now->hops = src->hops;
	/* Without @now, the change would be taken for a destroy. */
	it->now = plan_route_copy(plan, now);
	return it->now ? 0 : -ENOMEM;
}

/* Refuses a change to a static row: that is made in the settings file. A next hop belongs to its
 * route. */
static int refuse_static(struct plan *plan, const struct mib_change *c, size_t change,
			 struct mib_fault *fault)
{
	const struct mib_def *def = c->table->def;
	const void *whole = plan_whole(c), *row = c->existed ? c->old : NULL;

	if (whole) {
		def = def->whole;
		row = wanted_find(store_wanted(plan->store, row_kind_of(def)), whole);
	}
	if (!row_is_static(def, row))
		return MIB_OK;
	why_set(&fault->why, 0, "it is a static row of %s: change it there and send SIGHUP",
		plan->opt->file);
	fault->change = change;
	fault->col = c->destroy ? mib_col_syntax(c->table->def, SYN_STATUS)->num : 0;
	return fault->error = c->destroy ? MIB_INCONSISTENT_VALUE : MIB_NOT_WRITABLE;
}

/* Returns: 0 or -errno with @fault. */
static int items_add(struct plan *plan, const struct mib_change *c, size_t n,
		     struct mib_fault *fault)
{
	struct plan_item *it;
	int err = 0;

	for (size_t i = 0; i < n; i++) {
		if (plan_whole(&c[i]))
			continue;
		it = vec_push(&plan->items);
		if (!it) {
			why_set(&fault->why, 0, "%s", strerror(ENOMEM));
			fault->error = MIB_RESOURCE_UNAVAILABLE;
			return -ENOMEM;
		}
		*it = (struct plan_item){
			.def = c[i].table->def,
			.change = i,
			.old = c[i].existed ? c[i].old : NULL,
			.now = c[i].destroy ? NULL : c[i].now,
			.touched = c[i].touched,
		};
	}
	for (size_t i = 0; !err && (it = plan_next(plan, &mib_route, &i));)
		err = own_hops(plan, it);
	if (err) {
		why_set(&fault->why, 0, "%s",
			err == -EAGAIN ? "its next hops have changed meanwhile" : strerror(-err));
		plan_fail(fault, it, ROUTE_COL_STATUS, err);
	}
	return err;
}

/* Frees what the SET has gathered. */
static void drop_gathered(struct plan *plan)
{
	vec_fini(&plan->items);
	vec_fini(&plan->nf_items);
	vec_fini(&plan->renames);
	vec_fini(&plan->settings);
	vec_fini(&plan->meters_was);
	plan_policies_forget(plan);
	nf_undo_free(plan->nf_undo);
	plan->nf_undo = NULL;
	names_fini(&plan->names);
	for (size_t k = 0; k < ROW_KINDS; k++)
		if (plan->was[k].kind)
			wanted_fini(&plan->was[k]);
	memset(plan->was, 0, sizeof(plan->was));
	arena_free(&plan->arena);
}

static void gather(struct plan *plan)
{
	plan->items = (struct vec)VEC_INIT(struct plan_item);
	plan->nf_items = (struct vec)VEC_INIT(size_t);
	plan->renames = (struct vec)VEC_INIT(struct rename);
	plan->settings = (struct vec)VEC_INIT(struct journal_setting);
	plan->meters_was = (struct vec)VEC_INIT(struct nf_meter);
	plan_policies_gather(plan);
	plan->names = (struct names)NAMES_INIT;
	plan->names_known = plan->meters_set = false;
	plan->phase = 0;
	plan->saved = plan->journal = plan->restore = false;
	plan->kept = plan->refused = 0;
}

void plan_clear(struct plan *plan)
{
	if (plan->journal)
		journal_drop(plan->store);
	drop_gathered(plan);
	gather(plan);
}

void plan_init(struct plan *plan, struct views *views, const struct plan_options *opt,
	       const struct access *access, const struct mib *mib, struct static_rows *rows)
{
	memset(plan, 0, sizeof(*plan));
	plan->store = views->store;
	plan->views = views;
	plan->opt = opt;
	plan->access = access;
	plan->mib = mib;
	plan->rows = rows;
	gather(plan);
}

void plan_fini(struct plan *plan)
{
	plan_clear(plan);
	drop_gathered(plan);
	static_rows_unref(plan->statics);
	static_rows_unref(plan->rows);
}

int plan_prepare(struct plan *plan, struct mib_change *c, size_t n, struct mib_fault *fault)
{
	int error = MIB_OK;

	plan_clear(plan);
	fault_load();
	fault_watch(true);
	for (size_t i = 0; i < n && !error; i++)
		error = refuse_static(plan, &c[i], i, fault);
	if (!error && items_add(plan, c, n, fault))
		error = fault->error;
	if (!error)
		error = plan_nexthops_fold(plan, c, n, fault);
	for (size_t i = 0; i < plan->items.n && !error; i++) {
		struct plan_item *it = vec_at(&plan->items, i);

		it->was_active = row_is_active(it->def, it->old);
		it->to_be_active = row_is_active(it->def, it->now);
		it->foreign = plan_is_foreign(it);
		error = plan_item_prepare(plan, it, fault);
	}
	error = error ? error : access_check(plan, fault);
	fault_watch(false);
	return error;
}

/* The phases, in an order of make before break; see the top of plan.h. */
static const struct phase {
	const char *of; /* for the message that its undo failed */
	int (*apply)(struct plan *plan, struct mib_fault *fault);
	int (*undo)(struct plan *plan, struct why *why); /* NULL: there is nothing to undo */
	bool kernel; /* what is put back goes through these alone */
} phases[] = {
	{ "state", plan_begin, plan_begin_undo, false },
	{ "interfaces", plan_interfaces, plan_interfaces_undo, true },
	{ "names of tables", plan_names_add, plan_names_undo, true },
	{ "routes", plan_routes_add, plan_routes_undo, true },
	{ "policies", plan_policies_add, plan_policies_undo, true },
	{ "rules", plan_rules, plan_rules_undo, true },
	{ "meters", plan_meters, plan_meters_undo, true },
	{ "policies", plan_policies_remove, plan_policies_undo, true },
	{ "routes", plan_routes_remove, plan_routes_undo, true },
	{ "names of tables", plan_names_remove, plan_names_undo, true },
	{ "rows", plan_keep_rows, plan_keep_rows_undo, false },
	{ "agent", plan_keep_agent, plan_keep_agent_undo, false },
	{ "state", plan_save, NULL, false },
};

/* Whoever asks next reads anew what the SET changed. */
static void forget_views(struct plan *plan)
{
	plan->views->rules.stale = true;
	plan->views->policies.stale = true;
}

static int undo_phases(struct plan *plan, struct why *why)
{
	int err = 0;

	while (plan->phase) {
		struct why one = { "" };
		const struct phase *phase = &phases[--plan->phase];
		int e = phase->undo ? phase->undo(plan, &one) : 0;

		if (!e)
			continue;
		log_err("undo of a SET: %s: %s", phase->of, one.s[0] ? one.s : strerror(-e));
		if (!err)
			why_set(why, 0, "%s: %s", phase->of, one.s[0] ? one.s : strerror(-e));
		err = e;
	}
	forget_views(plan);
	return err;
}

/* Nobody knows what is there now: has all of it read again. */
static int undo_failed(struct plan *plan, struct mib_fault *fault)
{
	log_err("what a refused SET had done could not all be undone: %s", fault->why.s);
	routes_stale(plan->views, AF_UNSPEC, 0);
	if (!rt_names_read(&plan->views->names))
		plan->views->names_version++;
	return fault->error = MIB_UNDO_FAILED;
}

/* Carries out the phases, or nothing. */
static int carry_out(struct plan *plan, struct mib_fault *fault)
{
	struct why why = { "" };
	int error = MIB_OK;

	for (size_t i = 0; i < sizeof(phases) / sizeof(*phases) && !error; i++) {
		plan->phase = (unsigned)i + 1; /* a phase that fails half way is undone, too */
		error = phases[i].apply(plan, fault);
	}
	forget_views(plan);
	if (error && undo_phases(plan, &why)) {
		why_undo(&fault->why, &why);
		error = MIB_UNDO_FAILED;
	}
	return error == MIB_UNDO_FAILED ? undo_failed(plan, fault) : error;
}

int plan_apply(struct plan *plan, struct mib_fault *fault)
{
	int error;

	fault_watch(true);
	error = carry_out(plan, fault);
	fault_watch(false);
	return error;
}

int plan_run(struct plan *plan, struct mib_fault *fault)
{
	int error = MIB_OK;

	for (size_t i = 0; i < plan->items.n && !error; i++)
		error = plan_item_prepare(plan, vec_at(&plan->items, i), fault);
	return error ? error : carry_out(plan, fault);
}

/* Takes the items out of the plan that cannot be put back. */
static void prepare_each(struct plan *plan)
{
	size_t kept = 0;

	for (size_t i = 0; i < plan->items.n; i++) {
		struct plan_item *it = vec_at(&plan->items, i);
		struct mib_fault fault = { 0 };

		if (plan_item_prepare(plan, it, &fault))
			plan_refused(plan, it, fault.why.s);
		else
			*(struct plan_item *)vec_at(&plan->items, kept++) = *it;
	}
	plan->items.n = kept;
}

size_t plan_put_back(struct plan *plan, int level)
{
	struct mib_fault fault;

	plan->restore = true;
	plan->restore_level = level;
	prepare_each(plan);
	for (size_t i = 0; plan->items.n && i < sizeof(phases) / sizeof(*phases); i++) {
		fault = (struct mib_fault){ 0 };
		if (!phases[i].kernel || !phases[i].apply(plan, &fault))
			continue;
		log_at(level, "the managers' %s: not put back: %s", phases[i].of, fault.why.s);
		plan->refused++;
	}
	forget_views(plan);
	return plan->refused;
}

int plan_undo(struct plan *plan, struct why *why)
{
	struct why journal = { "" };
	int err;

	fault_watch(true);
	if (plan_journal(plan, true, &journal))
		log_err("%s", journal.s);
	err = undo_phases(plan, why);
	if (err)
		undo_failed(plan, &(struct mib_fault){ .why = *why });
	fault_watch(false);
	return err;
}

/* Has the SET changed a route that is away, because its device is down? Perhaps it can be there
 * now. */
static bool changed_away(const struct plan *plan)
{
	const struct wanted *wanted = &plan->store->wanted[ROUTE_ROWS];
	const struct plan_item *it;

	for (size_t i = 0; (it = plan_next(plan, &mib_route, &i));)
		if (it->now && !it->to_be_active &&
		    row_is_active(it->def, wanted_find(wanted, it->now)))
			return true;
	return false;
}

void plan_settle(struct plan *plan)
{
	struct why why = { "" };
	const struct plan_item *it;

	for (size_t i = 0; (it = plan_next(plan, &mib_rule, &i));) {
		const struct markrule *old = it->old, *now = it->now;

		plan->views->rules.unplaced = true;
		if (old && !now)
			rules_gone(plan->views, old->index);
		else if (now && !it->to_be_active)
			rules_held(plan->views, now->index);
		/* Perhaps it waits, and for something else now: has it tried again. */
		plan->waited = UINT64_MAX;
	}
	if (changed_away(plan))
		plan->views->links_changed = true;
	meters_settle(plan->views);
	/* A foreign rule became a manager's: write the counters now, not with the next tick. */
	if (rule_ids_renamed(plan->views) && !rules_refresh(plan->views, &why))
		counts_keep_now(plan->store);
}

void plan_finish(struct plan *plan, bool committed)
{
	if (committed) {
		plan_settle(plan);
		plan->store->agent.sets++;
	}
	plan_clear(plan);
}
