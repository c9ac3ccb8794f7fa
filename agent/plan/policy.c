/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of a SET that changes policies. */
#include <errno.h>
#include <string.h>

#include "plan/plan.h"
#include "routing/policy_nl.h"

int plan_policy_prepare(struct plan *plan, struct plan_item *it, struct mib_fault *fault)
{
	const struct policy *now = it->now;

	if (!it->to_be_active || (it->was_active && policy_same(it->old, now)))
		return MIB_OK;
	policies_sync(plan->views);
	if (now->priority_auto || !policies_equal(plan->views, now))
		return MIB_OK;
	why_set(&fault->why, 0, "the kernel has the same policy already");
	return plan_fail(fault, it, POLICY_COL_STATUS, -EEXIST);
}

/* The policies of one priority, as they were before the SET changed anything there. */
struct kept {
	int family;
	uint32_t priority;
	struct policy_group *group;
};

static int kept_cmp(const void *a, const void *b)
{
	const struct kept *x = a, *y = b;

	if (x->family != y->family)
		return x->family < y->family ? -1 : 1;
	return x->priority < y->priority ? -1 : x->priority > y->priority;
}

void plan_policies_gather(struct plan *plan)
{
	plan->policies = (struct vec)VEC_INIT(struct kept);
}

/* Holds the kernel's policies for all that the SET does to them. */
static int hold(struct plan *plan)
{
	if (!plan->held)
		plan->held = policy_held_new();
	return plan->held ? 0 : -ENOMEM;
}

/* Keeps all policies of the priority of @p, before the SET changes anything there. What is put back
 * is not undone. */
static int keep_group(struct plan *plan, const struct policy *p, struct why *why)
{
	struct kept key = { .family = p->family, .priority = p->priority }, *slot;
	size_t at = vec_lower(&plan->policies, &key, kept_cmp);
	int err;

	if (plan->restore)
		return 0;
	if (at < plan->policies.n && kept_cmp(&key, vec_at(&plan->policies, at)) == 0)
		return 0;
	err = policy_nl_keep(plan->views->rtnl, plan->held, p->family, p->priority, &key.group);
	if (err)
		return why_set(why, err, "reading the policies: %s", strerror(-err));
	slot = vec_insert(&plan->policies, at);
	if (slot)
		*slot = key;
	else
		policy_nl_forget(key.group);
	return slot ? 0 : -ENOMEM;
}

/* A foreign policy has changed: keeps its index. */
static int policy_renamed(struct plan *plan, const struct plan_item *it)
{
	const struct policy *old = it->old;
	uint32_t ordinal = policies_ordinal(plan->views, old->index);

	return plan_rename(plan, &plan->store->policy_ids, policy_hash(old), ordinal,
			   policy_hash(it->now), NULL);
}

/* Removes a policy. When the kernel does not have @old itself, removes a policy that it could not
 * tell from @old, whoever made it, because the view shows that one as the row's. Returns: 0, also
 * when there is none; or -errno with @why. */
static int policy_out(struct plan *plan, const struct policy *old, struct why *why)
{
	struct policy any = *old;
	int err = policy_nl_del(plan->views->rtnl, plan->held, old, why);

	any.route_protocol = 0;
	if (err == -ENOENT)
		err = policy_nl_del(plan->views->rtnl, plan->held, &any, why);
	return err == -ENOENT ? 0 : err;
}

/* Gives a policy the priority that the kernel would choose, if managers may have that. Returns: as
 * access_check(). */
static int choose_priority(struct plan *plan, struct plan_item *it, struct mib_fault *fault)
{
	struct policy *now = it->now;
	int err;

	if (!now->priority_auto)
		return MIB_OK;
	err = policy_nl_default_priority(plan->views->rtnl, plan->held, now->family,
					 &now->priority);
	if (err)
		return plan_fail(fault, it, POLICY_COL_PRIORITY, err);
	now->priority_auto = false;
	now->given |= COL_BIT(POLICY_COL_PRIORITY); /* it stays what it became */
	return access_check_priority(plan, it, fault);
}

/* Adds the new policy first and removes the old one then, so that every packet meets one of
 * them. */
static int policy_in(struct plan *plan, struct plan_item *it, struct why *why)
{
	struct policy *now = it->now;
	int err;

	err = keep_group(plan, now, why);
	if (!err && it->was_active)
		err = keep_group(plan, it->old, why);
	if (!err)
		err = policy_nl_add(plan->views->rtnl, plan->held, now, why);
	if (err)
		return err;
	it->added = true;
	if (!it->was_active)
		return 0;
	err = policy_out(plan, it->old, why);
	if (err)
		return err;
	return it->foreign ? policy_renamed(plan, it) : 0;
}

int plan_policies_add(struct plan *plan, struct mib_fault *fault)
{
	struct plan_item *it;

	for (size_t i = 0; (it = plan_next(plan, &mib_policy, &i));) {
		int err;

		if (!it->to_be_active || (it->was_active && policy_same(it->old, it->now)))
			continue;
		err = hold(plan) ? plan_fail(fault, it, 0, -ENOMEM)
				 : choose_priority(plan, it, fault);
		if (err)
			return err;
		err = policy_in(plan, it, &fault->why);
		if (err && plan_refuse(plan, fault, it, POLICY_COL_STATUS, err))
			return fault->error;
	}
	return MIB_OK;
}

int plan_policies_remove(struct plan *plan, struct mib_fault *fault)
{
	struct plan_item *it;

	for (size_t i = 0; (it = plan_next(plan, &mib_policy, &i));) {
		int err;

		if (!it->was_active || it->to_be_active)
			continue;
		err = hold(plan);
		if (!err)
			err = keep_group(plan, it->old, &fault->why);
		if (!err)
			err = policy_out(plan, it->old, &fault->why);
		if (err && plan_refuse(plan, fault, it, POLICY_COL_STATUS, err))
			return fault->error;
	}
	return MIB_OK;
}

static bool is_ours(const struct policy *p, const void *arg)
{
	const struct plan *plan = arg;

	const struct plan_item *it;

	for (size_t i = 0; (it = plan_next(plan, &mib_policy, &i));) {
		if (it->added && policy_same(it->now, p))
			return true;
	}
	return false;
}

int plan_policies_undo(struct plan *plan, struct why *why)
{
	struct vec *was = &plan->policies;
	int err = 0;

	/* Others may have changed something since the SET began. */
	policy_held_forget(plan->held);
	for (; was->n; vec_remove(was, was->n - 1)) {
		struct policy_group *g = ((struct kept *)vec_at(was, was->n - 1))->group;
		int e = policy_nl_restore(plan->views->rtnl, plan->held, g, is_ours, plan, why);

		err = e ? e : err;
		policy_nl_forget(g);
	}
	plan_renames_undo(plan, &plan->store->policy_ids);
	return err;
}

void plan_policies_forget(struct plan *plan)
{
	for (size_t i = 0; i < plan->policies.n; i++)
		policy_nl_forget(((struct kept *)vec_at(&plan->policies, i))->group);
	vec_fini(&plan->policies);
	policy_held_free(plan->held);
	plan->held = NULL;
}
