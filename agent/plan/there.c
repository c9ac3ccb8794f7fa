/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Does the kernel have what a row wants? */
#include <string.h>

#include "plan/plan.h"

static bool rule_is_there(struct plan *plan, const void *row)
{
	struct nf_edit edit = { 0 };

	return rules_edit_target(plan->views, ((const struct markrule *)row)->index, &edit);
}

static bool route_is_there(struct plan *plan, const void *row)
{
	return plan_route_there(plan, row);
}

static bool fib_is_there(struct plan *plan, const void *row)
{
	const struct fib *f = row;
	const struct name *name = names_find(&plan->views->names.tables, f->id);

	return name && strcmp(name->name, f->name) == 0;
}

static bool policy_is_there(struct plan *plan, const void *row)
{
	return policies_equal(plan->views, row) != NULL;
}

bool plan_is_there(struct plan *plan, const struct mib_def *def, const void *row)
{
	static bool (*const there[ROW_KINDS])(struct plan * plan, const void *row) = {
		[FIB_ROWS] = fib_is_there,
		[ROUTE_ROWS] = route_is_there,
		[POLICY_ROWS] = policy_is_there,
		[RULE_ROWS] = rule_is_there,
		[MARK_ROWS] = NULL, /* all meters are set together: meters.c */
	};
	size_t kind = (size_t)(row_kind_of(def) - row_kinds);

	return !there[kind] || there[kind](plan, row);
}
