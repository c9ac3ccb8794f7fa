/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Puts back managers' rows that are gone from the kernel: a route that went with its device, when
 * the device or an address comes again; a rule that waits for a chain, an ipset or for tables, when
 * these have come; what somebody else took away only when the settings say so (provisioning.reassert).
 */
#include "base/clock.h"
#include "plan/plan.h"

enum { REST_FACTOR = 10 }; /* trying takes one part in so many of a processor at most */

static bool went_with_device(const struct row_kind *kind, const struct wanted_row *slot)
{
	(void)slot;
	return kind->goes_with_device;
}

static bool rule_waits(const struct row_kind *kind, const struct wanted_row *slot)
{
	return slot->waits && kind == &row_kinds[RULE_ROWS];
}

static bool static_or_waits(const struct row_kind *kind, const struct wanted_row *slot)
{
	return row_is_static(kind->def, slot->row) || rule_waits(kind, slot);
}

/* Returns: a number that differs when the views have seen a change: something may have gone
 * then. */
static uint64_t seen(const struct plan *plan)
{
	return plan->views->rules.version + plan->views->policies.version +
	       plan->views->routes.version + plan->views->names_version;
}

void reassert(struct plan *plan)
{
	/* While a SET is under way, the plan is that of the SET. */
	if (plan->mib->state != TXN_IDLE)
		return;
	/* Somebody kept netfilter locked all through the start: catches up on what the start could
	 * not do. */
	if (plan->restore_due) {
		rules_sync(plan->views);
		plan->restore_due = !plan->views->rules.snap;
		if (!plan->restore_due) {
			plan_take_back(plan);
			static_rows_start(plan);
			plan_restore(plan, NULL, true);
		}
	}
	if (!plan->views->links_changed && !plan->opt->reassert)
		return;
	fibs_sync(plan->views);
	/* A route that is not read yet is not gone. */
	if (!routes_whole(plan->views))
		return;
	if (plan->views->links_changed) {
		plan->views->links_changed = false;
		routes_doubt_end(plan->views);
		plan_restore(plan, went_with_device, false);
	}
	if (!plan->opt->reassert)
		return;
	fibs_sync(plan->views);
	if (plan->reasserted == seen(plan))
		return;
	plan_restore(plan, NULL, true);
	fibs_sync(plan->views);
	plan->reasserted = seen(plan);
}

/* Has a module of tables been loaded after the start? */
static bool tables_came(struct plan *plan)
{
	unsigned families = nf_families(plan->views->nf), came = families & ~plan->families;

	plan->families = families;
	return came;
}

/* Is there a reason to believe that what is waited for is there now? */
static bool may_have_come(const struct plan *plan)
{
	uint64_t sample_us = plan->views->opt->sample_s * UINT64_C(1000000);

	return plan->views->rules.noticed != plan->waited ||
	       (sample_us && clock_us() - plan->waited_us >= sample_us);
}

/* Reads netfilter as it is now, and tries. */
static void try_waiting(struct plan *plan,
			bool (*wants)(const struct row_kind *kind, const struct wanted_row *slot))
{
	struct why why;
	uint64_t cpu = clock_cpu_us();

	plan->waited = plan->views->rules.noticed;
	plan->waited_us = clock_us();
	/* While somebody has it locked, it is no use; when he is done, that is noticed. */
	if (!rules_sure(plan->views, &why))
		plan_restore(plan, wants, true);
	plan->rest_us = clock_us() + (clock_cpu_us() - cpu) * REST_FACTOR;
}

void reassert_waiting(struct plan *plan)
{
	bool came;

	if (plan->mib->state != TXN_IDLE)
		return;
	came = tables_came(plan);
	/* The reading puts meters back. */
	plan->views->rules.stale |= came;
	if (came)
		rules_sync(plan->views);
	if (plan->waits && (came || (clock_us() >= plan->rest_us && may_have_come(plan))))
		try_waiting(plan, rule_waits);
}

void reassert_now(struct plan *plan)
{
	for (size_t k = 0; k < ROW_KINDS; k++) {
		const struct wanted *m = &plan->store->wanted[k];

		for (size_t i = 0; i < m->rows.n; i++) {
			struct wanted_row *slot = vec_at(&m->rows, i);

			if (slot->withdrawn && row_is_static(m->kind->def, slot->row))
				store_withdraw(plan->store, slot, false);
		}
	}
	fibs_sync(plan->views);
	try_waiting(plan, static_or_waits);
}
