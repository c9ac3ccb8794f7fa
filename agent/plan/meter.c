/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of a SET that switches meters: in the kernel all of them are changed in one step. */
#include <errno.h>

#include "plan/plan.h"

enum { COL_METER = 11 };

int plan_mark_prepare(struct app *a, struct plan_item *it, struct mib_fault *fault)
{
	const struct mark *m = it->now;

	if (!m || !m->meter)
		return MIB_OK;
	if (!meter_possible(m)) {
		why_set(&fault->why, 0,
			"the value has bits outside of the mask: no packet can match it");
		return plan_fail(fault, it, COL_METER, -EINVAL);
	}
	if (it->in && !meter_on(it->old) && !nf_meters_families(a->nf, &fault->why))
		return plan_fail(fault, it, COL_METER, -EOPNOTSUPP);
	return MIB_OK;
}

/* The first item that meters have to do with: one is switched, or a rule may come behind the jump
 * to them. NULL: there is none. */
static const struct plan_item *concerned(const struct app *a, bool some)
{
	for (size_t i = 0; i < a->plan.items.n; i++) {
		const struct plan_item *it = vec_at(&a->plan.items, i);

		if (it->def == &mib_mark && meter_on(it->old) != meter_on(it->now))
			return it;
		if (it->def == &mib_rule && some && (it->in || it->out))
			return it;
	}
	return NULL;
}

int plan_meters(struct app *a, struct mib_fault *fault)
{
	struct vec wanted = VEC_INIT(struct nf_meter);
	int err = meters_wanted(a, true, &wanted);
	const struct plan_item *it = concerned(a, wanted.n > 0);

	a->meters.set = false;
	if (!err && it) {
		plan_nf_wait(a, true);
		err = nf_meters_set(a->nf, wanted.data, wanted.n, &a->meters.was, &fault->why);
		plan_nf_wait(a, false);
		a->meters.set = !err;
		if (!err)
			meters_count(a, &a->meters.was);
	}
	vec_fini(&wanted);
	if (!err)
		return MIB_OK;
	return it ? plan_fail(fault, it, it->def == &mib_mark ? COL_METER : 0, err)
		  : MIB_RESOURCE_UNAVAILABLE;
}

int plan_meters_undo(struct app *a, struct why *why)
{
	struct vec dropped = VEC_INIT(struct nf_meter);
	int err = 0;

	if (a->meters.set)
		err = nf_meters_set(a->nf, a->meters.was.data, a->meters.was.n, &dropped, why);
	a->meters.set = false;
	vec_fini(&dropped);
	return err;
}
