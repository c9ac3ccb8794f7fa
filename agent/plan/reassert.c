/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Managers' rows that are gone from the kernel. A route that went with its device is put back when
 * the device, or an address, comes again; what somebody else took away only when the configuration
 * says so.
 */
#include "plan/plan.h"

static bool went_with_device(const struct mib_def *def, const void *row)
{
	return def == &mib_route && !((const struct route *)row)->withdrawn;
}

/* What the views have seen so far: a new sum means that something may have gone. */
static uint64_t seen(const struct app *a)
{
	return a->rules.version + a->policies.version + a->routes.version + a->names_version;
}

void reassert(struct app *a)
{
	/* Between the phases of a SET the plan is that of the SET. */
	if (a->mib.state != TXN_IDLE)
		return;
	/* Somebody kept netfilter locked all through the start. */
	if (a->restore_due) {
		rules_sync(a);
		a->restore_due = !a->rules.snap;
		if (!a->restore_due) {
			intent_take_back(a);
			static_rows_start(a);
			plan_restore(a, NULL, true);
		}
	}
	if (!a->links_changed && !a->conf.reassert)
		return;
	fibs_sync(a);
	/* What is not read yet is not gone. */
	if (!routes_whole(a))
		return;
	if (a->links_changed) {
		a->links_changed = false;
		routes_doubt_end(a);
		plan_restore(a, went_with_device, false);
	}
	if (!a->conf.reassert)
		return;
	fibs_sync(a);
	if (a->reasserted == seen(a))
		return;
	plan_restore(a, NULL, true);
	fibs_sync(a);
	a->reasserted = seen(a);
}
