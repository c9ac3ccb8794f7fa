/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Undoes a SET that was cut off by SIGKILL, by its journal. */
#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "plan/plan.h"

/* Puts an item into the plan: from what the kernel has to the wanted row @now, NULL: to nothing. */
static int item(struct plan *plan, const struct mib_def *def, void *old, void *now,
		uint64_t touched)
{
	struct plan_item *it = old ? vec_push(&plan->items) : NULL;

	if (!it)
		return -ENOMEM;
	*it = (struct plan_item){ .def = def,
				  .old = old,
				  .now = now,
				  .touched = touched,
				  .was_active = true,
				  .to_be_active = now };
	return 0;
}

/* Does a manager want this policy of the kernel? */
static bool policy_wanted(const struct plan *plan, const struct policy *p)
{
	for (size_t i = 0; i < plan->store->wanted[POLICY_ROWS].rows.n; i++) {
		const struct wanted_row *slot = vec_at(&plan->store->wanted[POLICY_ROWS].rows, i);
		const struct policy *m = slot->row;

		if (m->status == ROW_ACTIVE && !slot->withdrawn && policy_same(m, p))
			return true;
	}
	return false;
}

/* Returns: the row as it was before the SET, NULL when it was none, or somebody had taken it away. */
static void *row_before(const struct plan *plan, size_t kind, const void *made)
{
	const struct wanted_row *slot = wanted_slot(&plan->store->wanted[kind], made);

	return slot && !slot->withdrawn ? slot->row : NULL;
}

static int take_policy(struct plan *plan, const struct policy *made)
{
	struct policy *was = row_before(plan, POLICY_ROWS, made);

	if (was && (was->status != ROW_ACTIVE || plan_is_there(plan, &mib_policy, was)))
		was = NULL;
	for (size_t i = 0; i < plan->views->policies.kernel.n; i++) {
		const struct policy *have = vec_at(&plan->views->policies.kernel, i);
		struct policy like = *made;

		/* When the journal was written, a priority that the kernel was to choose was not
		 * known. */
		if (!like.priority)
			like.priority = have->priority;
		if (policy_same(have, &like) && !policy_wanted(plan, have))
			return item(plan, &mib_policy,
				    (void *)arena_copy(&plan->arena, have, sizeof(*have)), was, 0);
	}
	return 0;
}

static int take_route(struct plan *plan, const struct route *made)
{
	struct route *was = row_before(plan, ROUTE_ROWS, made), have;

	if (was && was->status != ROW_ACTIVE)
		was = NULL;
	if (!routes_find_key(plan->views, made, &have) || !plan_route_there(plan, made) ||
	    (was && plan_route_there(plan, was)))
		return 0;
	return item(plan, &mib_route, plan_route_copy(plan, &have), was, 0);
}

static bool same_chain(const struct markrule *x, const struct markrule *y)
{
	return x->family == y->family && strcmp(x->table, y->table) == 0 &&
	       strcmp(x->chain, y->chain) == 0;
}

static bool in_kernel(const struct plan *plan, uint32_t index)
{
	return rule_is_read(rules_row(plan->views, index));
}

/* Returns: where the rule of a row stood before the SET, 0: the journal does not say. Rules before
 * it that are gone do not count: plan_restore() puts them in later, each at its own place. */
static uint32_t place_before(const struct plan *plan, const struct markrule *was)
{
	const struct vec *places = &plan->store->journal.places;
	const struct wanted *wanted = &plan->store->wanted[RULE_ROWS];
	uint32_t place = 0, gone = 0;

	for (size_t i = 0; i < places->n; i++) {
		const struct journal_place *p = vec_at(places, i);

		if (p->index == was->index)
			place = p->position;
	}
	for (size_t i = 0; i < places->n; i++) {
		const struct journal_place *p = vec_at(places, i);
		const struct markrule *m =
			wanted_find(wanted, &(struct markrule){ .index = p->index });

		gone += m && p->position < place && same_chain(m, was) &&
			!in_kernel(plan, p->index);
	}
	return place - gone;
}

static int take_rule(struct plan *plan, struct markrule *made)
{
	struct markrule *was = wanted_find(&plan->store->wanted[RULE_ROWS], made), *old, *now;
	const struct markrule *have;
	uint32_t place;

	if (!in_kernel(plan, made->index))
		return 0;
	if (!was || was->status != ROW_ACTIVE)
		return item(plan, &mib_rule, made, NULL, 0);
	have = rules_source.find(plan->views, &made->index, 1);
	if (!have)
		return 0;
	old = (void *)arena_copy(&plan->arena, have, sizeof(*have));
	now = (void *)arena_copy(&plan->arena, was, sizeof(*was));
	if (old && have->matches)
		old->matches = arena_copy(&plan->arena, have->matches, strlen(have->matches));
	if (!old || !now || (have->matches && !old->matches))
		return -ENOMEM;
	place = place_before(plan, was);
	now->position = place ? place : was->place;
	return item(plan, &mib_rule, old, now, now->position ? COL_BIT(RULE_COL_POSITION) : 0);
}

static int items(struct plan *plan)
{
	struct journal *in = &plan->store->journal;
	int err = 0;

	for (size_t i = 0; i < in->made[POLICY_ROWS].rows.n && !err; i++)
		err = take_policy(plan, wanted_at(&in->made[POLICY_ROWS], i));
	for (size_t i = 0; i < in->made[ROUTE_ROWS].rows.n && !err; i++)
		err = take_route(plan, wanted_at(&in->made[ROUTE_ROWS], i));
	for (size_t i = 0; i < in->made[RULE_ROWS].rows.n && !err; i++)
		err = take_rule(plan, wanted_at(&in->made[RULE_ROWS], i));
	return err;
}

void plan_take_back(struct plan *plan)
{
	struct journal *in = &plan->store->journal;
	struct why why = { "" };
	size_t refused = 0;
	int err, settings;

	if (!in->pending || (in->made[RULE_ROWS].rows.n && !plan->views->rules.snap))
		return;
	plan_clear(plan);
	err = items(plan);
	if (!err)
		refused = plan_put_back(plan, LOG_WARNING);
	vec_fini(&plan->settings);
	plan->settings = in->settings;
	in->settings = (struct vec)VEC_INIT(struct journal_setting);
	settings = plan_interfaces_undo(plan, &why);
	if (err || settings)
		log_err("a SET was cut off, and not all that it had done can be taken back: %s",
			why.s[0] ? why.s : strerror(err ? -err : -settings));
	else if (refused)
		log_err("a SET was cut off, and what it had done to %zu rows, which are named above, "
			"cannot be taken back",
			refused);
	else
		log_info("a SET was cut off: what it had done is taken back");
	if (!err && !settings && !refused)
		journal_drop(plan->store);
	plan_clear(plan);
	journal_fini(&plan->store->journal);
	marks_sync(plan->views);
	fibs_sync(plan->views);
}
