/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of a SET that the agent itself keeps: the wanted rows, in memory and on the disk. */
#include "plan/plan.h"

#include <errno.h>

#include "base/clock.h"
#include "store/counters.h"

/* A manager that does not write the status does not change whether the row is wanted. The row may
 * read notInService only because somebody else took its object away, or because its device is gone:
 * then it is still wanted active. */
static void keep_wanted(const struct plan_item *it, const void *had)
{
	const struct mib_col *status = mib_col_syntax(it->def, SYN_STATUS);

	if (had && it->now && !cols_have(it->touched, status->num) && row_is_active(it->def, had) &&
	    cell_load(status, it->now) == ROW_NOT_IN_SERVICE)
		cell_store(status, it->now, ROW_ACTIVE);
}

/* Does the row differ afterwards, from the row as it was shown and from the row as it was wanted? A
 * rule is shown at its place in the chain, and wanted at the place that was written. */
static bool differs(const struct plan_item *it, const void *had)
{
	const struct row_kind *kind = row_kind_of(it->def);

	if (!it->old || !it->now)
		return true;
	return !kind ||
	       (!row_same(kind, it->old, it->now) && !(had && row_same(kind, had, it->now)));
}

/* What somebody took away stays away, and what waits goes on waiting, while no SET puts it into the
 * kernel. */
static void keep_withdrawn(const struct plan_item *it, const struct wanted_row *had,
			   struct wanted_row *now)
{
	if (!had || it->to_be_active)
		return;
	now->withdrawn = had->withdrawn;
	now->doubtful = had->doubtful;
	now->waits = had->waits;
	now->said = had->said;
}

/* Puts the new row in the place of the old one, which is kept for undo. */
static int keep_row(struct plan *plan, struct plan_item *it)
{
	const void *key = it->now ? it->now : it->old;
	const struct row_kind *kind = row_kind_of(it->def);
	struct wanted *m, *was;
	int err;

	if (!kind || it->foreign)
		return 0;
	m = store_wanted(plan->store, kind);
	was = &plan->was[kind - row_kinds];
	if (!was->kind) {
		wanted_init(was, kind);
		was->changed_ms = m->changed_ms;
	}
	keep_wanted(it, wanted_find(m, key));
	err = wanted_move(m, was, key);
	if (!err && it->now && !wanted_set(m, it->now)) {
		wanted_move(was, m, key);
		err = -ENOMEM;
	}
	if (!err && it->now)
		keep_withdrawn(it, wanted_slot(was, key), wanted_slot(m, key));
	if (!err && differs(it, wanted_find(was, key)))
		m->changed_ms = clock_ms();
	return err;
}

int plan_keep_rows(struct plan *plan, struct mib_fault *fault)
{
	for (size_t i = 0; i < plan->items.n; i++) {
		struct plan_item *it = vec_at(&plan->items, i);

		if (keep_row(plan, it))
			return plan_fail(fault, it, 0, -ENOMEM);
		plan->kept = i + 1;
	}
	plan->store->version++;
	return MIB_OK;
}

/* Backwards, so that each row finds the room it had: nothing can fail. */
int plan_keep_rows_undo(struct plan *plan, struct why *why)
{
	(void)why;
	for (; plan->kept; plan->kept--) {
		struct plan_item *it = vec_at(&plan->items, plan->kept - 1);
		const void *key = it->now ? it->now : it->old;
		const struct row_kind *kind = row_kind_of(it->def);
		struct wanted *m, *was;

		if (!kind || it->foreign)
			continue;
		m = store_wanted(plan->store, kind);
		was = &plan->was[kind - row_kinds];
		m->changed_ms = was->changed_ms;
		wanted_remove(m, key);
		wanted_move(was, m, key);
	}
	plan->store->version++;
	return 0;
}

/* Keeps, or undoes, what a SET wrote to the agent's scalars. Nothing can fail. */
static void keep_scalars(struct plan *plan, bool undo)
{
	const struct plan_item *it;

	for (size_t i = 0; (it = plan_next(plan, &mib_agent, &i));) {
		const struct mib_agent_row *row = undo ? it->old : it->now;

		plan->store->agent.edit_lock = row->edit_lock;
		plan->store->agent.notifications = row->notifications;
	}
}

int plan_keep_agent(struct plan *plan, struct mib_fault *fault)
{
	(void)fault;
	keep_scalars(plan, false);
	return MIB_OK;
}

int plan_keep_agent_undo(struct plan *plan, struct why *why)
{
	(void)why;
	keep_scalars(plan, true);
	return 0;
}

/* Writes the journal before the kernel is touched: see journal.h. */
int plan_begin(struct plan *plan, struct mib_fault *fault)
{
	int error = plan_interfaces_note(plan, fault);

	if (error)
		return error;
	return plan_journal(plan, false, &fault->why) ? MIB_RESOURCE_UNAVAILABLE : MIB_OK;
}

/* The rows are again what they were: so must the state file be. If the disk does not take the file
 * now, the tick tries again. */
int plan_begin_undo(struct plan *plan, struct why *why)
{
	if (!plan->saved)
		return 0;
	plan->store->sets++;
	plan->store->rows_dirty = true;
	counts_keep_now(plan->store); /* foreign rows have their indices back */
	return state_save_rows(plan->store, NULL, why);
}

/* Saves the state before the manager is told that the SET is done. */
int plan_save(struct plan *plan, struct mib_fault *fault)
{
	int err;

	fault->change = 0;
	fault->col = 0;
	plan->store->sets++;
	err = state_save_rows(plan->store, &plan->saved, &fault->why);
	if (!err && plan->renames.n)
		counts_keep_now(plan->store); /* renamed foreign rows count under a new hash */
	if (!plan->saved)
		plan->store->sets--; /* the old file is still there */
	return err ? MIB_RESOURCE_UNAVAILABLE : MIB_OK;
}
