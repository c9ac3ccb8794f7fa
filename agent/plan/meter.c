/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of a SET that switches meters on and off. In the kernel, all meters change in one
 * step. */
#include <errno.h>

#include "plan/plan.h"

int plan_mark_prepare(struct plan *plan, struct plan_item *it, struct mib_fault *fault)
{
	const struct mark *m = it->now;

	if (!m || !m->meter)
		return MIB_OK;
	if (!meter_possible(m)) {
		why_set(&fault->why, 0,
			"the value has bits outside of the mask: no packet can match it");
		return plan_fail(fault, it, MARK_COL_METER, -EINVAL);
	}
	if (it->to_be_active && !meter_on(it->old) &&
	    !nf_meters_families(plan->views->nf, &fault->why))
		return plan_fail(fault, it, MARK_COL_METER, -EOPNOTSUPP);
	return MIB_OK;
}

/* Returns: the first item for which meters are set anew: one that switches a meter; or, if there
 * are @some meters, a rule, which might come behind the jump to them. NULL: there is none. @col:
 * the column at fault if that fails. */
static const struct plan_item *concerned(const struct plan *plan, bool some, unsigned *col)
{
	const struct plan_item *it;

	*col = MARK_COL_METER;
	for (size_t i = 0; (it = plan_next(plan, &mib_mark, &i));)
		if (meter_on(it->old) != meter_on(it->now))
			return it;
	*col = 0;
	for (size_t i = 0; some && (it = plan_next(plan, &mib_rule, &i));)
		if (it->to_be_active || it->was_active)
			return it;
	return NULL;
}

/* Is the SET under way about this mark? */
static bool in_plan(const struct plan *plan, const struct mark *m)
{
	const struct plan_item *it;

	for (size_t i = 0; (it = plan_next(plan, &mib_mark, &i));)
		if (mark_cmp(it->now ? it->now : it->old, m) == 0)
			return true;
	return false;
}

int plan_meters_wanted(const struct plan *plan, struct vec *wanted)
{
	const struct wanted *all = &plan->store->wanted[MARK_ROWS];
	const struct plan_item *it;
	int err = 0;

	for (size_t i = 0; i < all->rows.n && !err; i++)
		if (!in_plan(plan, wanted_at(all, i)))
			err = meters_want(wanted, wanted_at(all, i));
	for (size_t i = 0; !err && (it = plan_next(plan, &mib_mark, &i));)
		err = meters_want(wanted, it->now);
	return err;
}

int plan_meters(struct plan *plan, struct mib_fault *fault)
{
	struct vec wanted = VEC_INIT(struct nf_meter);
	int err = plan_meters_wanted(plan, &wanted);
	unsigned col;
	const struct plan_item *it = concerned(plan, wanted.n > 0, &col);

	plan->meters_set = false;
	if (!err && it) {
		plan_nf_wait(plan, true);
		err = nf_meters_set(plan->views->nf, wanted.data, wanted.n, &plan->meters_was,
				    &fault->why);
		plan_nf_wait(plan, false);
		plan->meters_set = !err;
		if (!err)
			meters_count(plan->views, &plan->meters_was);
	}
	vec_fini(&wanted);
	if (!err)
		return MIB_OK;
	return it ? plan_fail(fault, it, col, err) : MIB_RESOURCE_UNAVAILABLE;
}

int plan_meters_undo(struct plan *plan, struct why *why)
{
	struct vec dropped = VEC_INIT(struct nf_meter);
	int err = 0;

	if (plan->meters_set)
		err = nf_meters_set(plan->views->nf, plan->meters_was.data, plan->meters_was.n,
				    &dropped, why);
	plan->meters_set = false;
	vec_fini(&dropped);
	return err;
}
