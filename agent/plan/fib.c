/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of a SET that names routing tables, in the agent's own file for iproute2. */
#include <errno.h>
#include <string.h>

#include "plan/plan.h"
#include "routing/rt_names.h"

int plan_fib_prepare(struct plan *plan, struct plan_item *it, struct mib_fault *fault)
{
	const struct fib *now = it->now;
	const struct name *other;

	if (!it->to_be_active || !now->name[0])
		return MIB_OK;
	other = names_find_name(&plan->views->names.tables, now->name);
	if (other && other->id != now->id) {
		why_set(&fault->why, 0, "table %u is called \"%s\" already", other->id, now->name);
		return plan_fail(fault, it, FIB_COL_NAME, -EEXIST);
	}
	return MIB_OK;
}

/* Writes the file with the names that this SET adds and, when @all, without those that it
 * removes. @cause: the first item that changes the file, NULL: none does. */
static int write_names(struct plan *plan, bool all, const struct plan_item **cause, struct why *why)
{
	struct names own = NAMES_INIT;
	const struct plan_item *it;
	int err = 0;

	*cause = NULL;
	for (size_t i = 0; i < plan->views->names.tables.v.n && !err; i++) {
		const struct name *n = vec_at(&plan->views->names.tables.v, i);

		if (n->flags & NAME_OWN)
			err = names_set(&own, n->id, n->name, NAME_OWN);
	}
	for (size_t i = 0; i < own.v.n && !plan->names_known && !err; i++) {
		const struct name *n = vec_at(&own.v, i);

		err = names_set(&plan->names, n->id, n->name, NAME_OWN);
	}
	plan->names_known = !err;
	for (size_t i = 0; !err && (it = plan_next(plan, &mib_fib, &i));) {
		const struct fib *old = it->old, *now = it->now;

		if (it->to_be_active && now->name[0]) {
			const struct name *have = names_find(&own, now->id);

			if (!*cause && (!have || strcmp(have->name, now->name) != 0))
				*cause = it;
			err = names_set(&own, now->id, now->name, NAME_OWN);
		} else if (all && old && names_find(&own, old->id)) {
			*cause = *cause ? *cause : it;
			names_remove(&own, old->id);
		}
	}
	if (!err && *cause)
		err = rt_names_write(&own, why);
	if (!err && *cause && !(err = rt_names_read(&plan->views->names)))
		plan->views->names_version++;
	names_fini(&own);
	return err;
}

static int names_phase(struct plan *plan, bool all, struct mib_fault *fault)
{
	size_t first = 0;
	const struct plan_item *it = plan_next(plan, &mib_fib, &first), *cause;
	int err;

	if (!it)
		return MIB_OK;
	err = write_names(plan, all, &cause, &fault->why);
	return err ? plan_fail(fault, cause ? cause : it, FIB_COL_NAME, err) : MIB_OK;
}

int plan_names_add(struct plan *plan, struct mib_fault *fault)
{
	return names_phase(plan, false, fault);
}

int plan_names_remove(struct plan *plan, struct mib_fault *fault)
{
	return names_phase(plan, true, fault);
}

/* Does the file have the names from before the SET? Then it was never written. */
static bool names_are_back(const struct plan *plan)
{
	const struct vec *all = &plan->views->names.tables.v;
	size_t own = 0;

	for (size_t i = 0; i < all->n; i++) {
		const struct name *n = vec_at(all, i), *was = names_find(&plan->names, n->id);

		if (!(n->flags & NAME_OWN))
			continue;
		own++;
		if (!was || strcmp(was->name, n->name) != 0)
			return false;
	}
	return own == plan->names.v.n;
}

int plan_names_undo(struct plan *plan, struct why *why)
{
	int err;

	if (!plan->names_known)
		return 0;
	plan->names_known = false;
	err = rt_names_read(&plan->views->names);
	if (err || !names_are_back(plan))
		err = rt_names_write(&plan->names, why);
	if (!err && !(err = rt_names_read(&plan->views->names)))
		plan->views->names_version++;
	return err;
}
