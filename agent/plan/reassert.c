/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Managers' rows that are gone from the kernel. A route that went with its device is put back when
 * the device, or an address, comes again, a rule that there were no tables for when these have come;
 * what somebody else took away only when the configuration says so.
 */
#include <sys/socket.h>

#include "plan/plan.h"

static bool went_with_device(const struct row_kind *kind, const void *row)
{
	return kind->goes_with_device && kind->goes_with_device(row);
}

static bool in_tables_of_ipv4(const struct row_kind *kind, const void *row)
{
	return kind->tables_of && kind->tables_of(row) == AF_INET;
}

static bool in_tables_of_ipv6(const struct row_kind *kind, const void *row)
{
	return kind->tables_of && kind->tables_of(row) == AF_INET6;
}

/* The module of legacy tables was loaded after the start: its rules could not be put back then. Meters
 * are put up by the reading. */
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

/* What the views have seen so far: a new sum means that something may have gone. */
static uint64_t seen(const struct plan *plan)
{
	return plan->views->rules.version + plan->views->policies.version +
	       plan->views->routes.version + plan->views->names_version;
}

void reassert(struct plan *plan)
{
	/* Between the phases of a SET the plan is that of the SET. */
	if (plan->mib->state != TXN_IDLE)
		return;
	/* Somebody kept netfilter locked all through the start. */
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
	/* What is not read yet is not gone. */
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
