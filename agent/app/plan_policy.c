/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of a SET that changes policies. */
#include <errno.h>
#include <string.h>

#include "app/plan.h"
#include "kernel/policy_nl.h"

enum { COL_PRIORITY = 3, COL_STATUS = 39 };

int plan_policy_prepare(struct app *a, struct plan_item *it, struct mib_fault *fault)
{
	const struct policy *now = it->now;

	if (!it->in || (it->out && policy_same(it->old, now)))
		return MIB_OK;
	policies_sync(a);
	for (size_t i = 0; i < a->policies.kernel.n; i++) {
		if (now->priority_auto || !policy_same(vec_at(&a->policies.kernel, i), now))
			continue;
		why_set(&fault->why, 0, "the kernel has the same policy already");
		return plan_fail(fault, it, COL_STATUS, -EEXIST);
	}
	return MIB_OK;
}

/* What the kernel chooses when none is given: one below the second rule of the family
 * (fib_default_rule_pref() of net/core/fib_rules.c). */
static uint32_t default_priority(struct app *a, uint8_t family)
{
	unsigned seen = 0;

	a->policies.stale = true;
	policies_sync(a);
	for (size_t i = 0; i < a->policies.kernel.n; i++) {
		const struct policy *p = vec_at(&a->policies.kernel, i);

		if (p->family == family && ++seen == 2)
			return p->priority ? p->priority - 1 : 0;
	}
	return 0;
}

/* The new one first, then the old one goes: no packet meets neither. */
static int policy_in(struct app *a, struct plan_item *it, struct why *why)
{
	struct policy *now = it->now;
	int err;

	if (now->priority_auto) {
		now->priority = default_priority(a, now->family);
		now->priority_auto = false;
		now->given |= UINT64_C(1) << COL_PRIORITY; /* it stays what it became */
	}
	err = policy_nl_add(a->rtnl, now, why);
	if (err)
		return err;
	it->done = true;
	if (!it->out)
		return 0;
	err = policy_nl_del(a->rtnl, it->old, why);
	if (!err || err == -ENOENT)
		it->removed = true;
	return err == -ENOENT ? 0 : err;
}

int plan_policies_add(struct app *a, struct mib_fault *fault)
{
	for (size_t i = 0; i < a->plan.items.n; i++) {
		struct plan_item *it = vec_at(&a->plan.items, i);
		int err;

		if (it->def != &mib_policy || !it->in || (it->out && policy_same(it->old, it->now)))
			continue;
		err = policy_in(a, it, &fault->why);
		if (err)
			return plan_fail(fault, it, COL_STATUS, err);
	}
	return MIB_OK;
}

int plan_policies_remove(struct app *a, struct mib_fault *fault)
{
	for (size_t i = 0; i < a->plan.items.n; i++) {
		struct plan_item *it = vec_at(&a->plan.items, i);
		int err;

		if (it->def != &mib_policy || !it->out || it->in)
			continue;
		err = policy_nl_del(a->rtnl, it->old, &fault->why);
		if (err && err != -ENOENT)
			return plan_fail(fault, it, COL_STATUS, err);
		it->removed = true;
	}
	return MIB_OK;
}

int plan_policies_undo(struct app *a, struct why *why)
{
	int err = 0;

	for (size_t i = a->plan.items.n; i--;) {
		struct plan_item *it = vec_at(&a->plan.items, i);
		int e = 0;

		if (it->def != &mib_policy)
			continue;
		if (it->removed)
			e = policy_nl_add(a->rtnl, it->old, why);
		if (it->done)
			e = policy_nl_del(a->rtnl, it->now, why);
		it->removed = it->done = false;
		if (e && e != -ENOENT && e != -EEXIST)
			err = e;
	}
	return err;
}
