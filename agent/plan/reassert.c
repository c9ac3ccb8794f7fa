/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Puts back managers' rows that are gone from the kernel: a route that went with its device, when
 * the device or an address comes again; a rule for which there were no tables, when these have
 * come; what somebody else took away only when the settings say so (provisioning.reassert).
 */
#include <sys/socket.h>

#include "plan/plan.h"

static bool went_with_device(const struct row_kind *kind, const void *row)
{
	(void)row;
	return kind->goes_with_device;
}

static bool in_tables_of_ipv4(const struct row_kind *kind, const void *row)
{
	return kind->tables_of && kind->tables_of(row) == AF_INET;
}

static bool in_tables_of_ipv6(const struct row_kind *kind, const void *row)
{
	return kind->tables_of && kind->tables_of(row) == AF_INET6;
}

/* A module of tables was loaded after the start, when rules of this family could not be put back:
 * does so now. The reading puts meters back. */
static void tables_came(struct plan *plan)
{
	unsigned families = nf_families(plan->views->nf), came = families & ~plan->families;

	plan->families = families;
	if (!came)
		return;
	plan->views->rules.stale = true;
	rules_sync(plan->views);
	if (came & NF_IPV4)
		plan_restore(plan, in_tables_of_ipv4, true);
	if (came & NF_IPV6)
		plan_restore(plan, in_tables_of_ipv6, true);
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
	tables_came(plan);
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
