/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Removes rows that a manager began and never came back to (RFC 2579, RowStatus). Such rows are not
 * in the kernel, so nothing but the row goes. Rows that are wanted active stay, also while they
 * read notInService because their device is gone.
 */
#include "base/clock.h"
#include "base/log.h"
#include "plan/plan.h"

/* Returns: how many seconds a row may stay as it is; 0: for ever. */
static unsigned allowed(const struct plan_options *c, enum row_status status)
{
	return status == ROW_NOT_READY ? c->not_ready_s : c->not_in_service_s;
}

static void removed(const struct mib_def *def, const void *row, enum row_status status,
		    unsigned seconds)
{
	struct text name = TEXT_INIT;

	row_name(def, row, &name);
	log_info("%s: %s, and no SET for %u s: removed", text_str(&name),
		 status == ROW_NOT_READY ? "notReady" : "notInService", seconds);
	text_fini(&name);
}

/* Returns: whether a row was removed. */
static bool expire_table(const struct plan_options *c, struct wanted *m)
{
	const struct mib_col *col = mib_col_syntax(m->kind->def, SYN_STATUS);
	uint64_t now = clock_ms();
	size_t before = m->rows.n;

	for (size_t i = m->idle.n; i--;) {
		const struct wanted_idle *e = vec_at(&m->idle, i);
		enum row_status status = cell_load(col, e->row);
		unsigned seconds = allowed(c, status);

		if (!seconds || now - e->since_ms < seconds * UINT64_C(1000))
			continue;
		removed(m->kind->def, e->row, status, seconds);
		wanted_remove(m, e->row);
	}
	if (m->rows.n == before)
		return false;
	m->changed_ms = now;
	return true;
}

void expire(struct plan *plan)
{
	bool gone = false;

	/* A SET under way may be about one of these rows. */
	if (plan->mib->state != TXN_IDLE)
		return;
	for (size_t k = 0; k < ROW_KINDS; k++)
		gone |= expire_table(plan->opt, &plan->store->wanted[k]);
	if (!gone)
		return;
	plan->store->version++;
	plan->views->rules.stale = plan->views->policies.stale = true;
	plan->store->rows_dirty = true;
}
