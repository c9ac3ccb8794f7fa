/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Access: what managers may do, whoever they are (fwmarkd.conf, "provisioning").
 *
 * A row stays whatever the settings become. If they no longer allow the row, it can be taken out of
 * service and destroyed, but only changed into one that they allow. Where the settings open foreign
 * rows, managers may change a foreign row if they could have made it where it is and as it is.
 */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdio.h>

#include "plan/plan.h"

/* Will the row be in the kernel, or does the SET write one of these columns? */
static bool concerns(const struct plan_item *it, uint64_t cols)
{
	return it->to_be_active || it->touched & cols;
}

/* Returns: the column to blame, @col, or @or when only that one was written. */
static unsigned written(const struct plan_item *it, unsigned col, unsigned or)
{
	return !cols_have(it->touched, col) && cols_have(it->touched, or) ? or : col;
}

static int check_place(struct plan *plan, struct plan_item *it, struct mib_fault *fault)
{
	const struct access *c = plan->access;
	const struct markrule *r = it->now;
	char whole[LIST_NAME_MAX];

	snprintf(whole, sizeof(whole), "%s/%s", r->table, r->chain);
	if (c->netfilter_tables.n && !name_list_has(&c->netfilter_tables, r->table)) {
		why_set(&fault->why, 0, "provisioning.netfilter_tables does not allow %s",
			r->table);
		return plan_fail(fault, it, RULE_COL_TABLE, -EINVAL);
	}
	if (c->chains.n && !name_list_has(&c->chains, r->chain) &&
	    !name_list_has(&c->chains, whole)) {
		why_set(&fault->why, 0, "provisioning.chains does not allow %s of %s", r->chain,
			r->table);
		return plan_fail(fault, it, written(it, RULE_COL_CHAIN, RULE_COL_TABLE), -EINVAL);
	}
	return MIB_OK;
}

/* Checks the bits of the mark that a rule changes, by the column that says so: (old AND NOT mask)
 * XOR mark; save and restore: (old AND NOT one mask) XOR (other mark AND the other mask). */
static int check_bits(struct plan *plan, struct plan_item *it, struct mib_fault *fault)
{
	const struct markrule *r = it->now;
	bool sets = r->target == MARKRULE_MARK || r->target == MARKRULE_CONNMARK_SET;
	const struct {
		unsigned col;
		uint32_t bits;
	} bits[] = {
		{ RULE_COL_MARK, sets ? r->mark & ~r->mask : 0 },
		{ RULE_COL_MASK, r->mask },
		{ RULE_COL_CTMASK, sets ? 0 : r->ctmask },
	};

	for (size_t i = 0; i < sizeof(bits) / sizeof(*bits); i++) {
		uint32_t more = bits[i].bits & ~plan->access->mark_mask;

		if (!more)
			continue;
		why_set(&fault->why, 0,
			"provisioning.mark_mask = 0x%08x does not allow the bits 0x%08x",
			plan->access->mark_mask, more);
		return plan_fail(fault, it, bits[i].col, -EINVAL);
	}
	return MIB_OK;
}

static int check_rule(struct plan *plan, struct plan_item *it, struct mib_fault *fault)
{
	const uint64_t place = COL_BIT(RULE_COL_TABLE) | COL_BIT(RULE_COL_CHAIN);
	const uint64_t bits = COL_BIT(RULE_COL_MARK) | COL_BIT(RULE_COL_MASK) |
			      COL_BIT(RULE_COL_CTMASK);
	int error = concerns(it, place) ? check_place(plan, it, fault) : MIB_OK;

	return error || !concerns(it, bits) ? error : check_bits(plan, it, fault);
}

/* The table is a part of the index, so no other column could make the row allowed. */
static int check_table(struct plan *plan, struct plan_item *it, uint32_t fib,
		       struct mib_fault *fault)
{
	if (!plan->access->tables.n || num_ranges_have(&plan->access->tables, fib) ||
	    (it->old && !it->to_be_active))
		return MIB_OK;
	why_set(&fault->why, 0, "provisioning.tables does not allow table %u", fib);
	fault->change = it->change;
	return fault->error = it->old ? MIB_NOT_WRITABLE : MIB_NO_CREATION;
}

static int check_fib(struct plan *plan, struct plan_item *it, struct mib_fault *fault)
{
	return check_table(plan, it, ((const struct fib *)it->now)->id, fault);
}

static int check_route(struct plan *plan, struct plan_item *it, struct mib_fault *fault)
{
	return check_table(plan, it, ((const struct route *)it->now)->fib, fault);
}

/* May a policy with this priority be there? */
static bool priority_allowed(const struct access *a, uint32_t priority)
{
	return !a->priorities.n || num_ranges_have(&a->priorities, priority);
}

int access_check_priority(const struct plan *plan, const struct plan_item *it,
			  struct mib_fault *fault)
{
	uint32_t priority = ((const struct policy *)it->now)->priority;

	if (priority_allowed(plan->access, priority))
		return MIB_OK;
	why_set(&fault->why, 0, "provisioning.priorities does not allow %u", priority);
	return plan_fail(fault, it, POLICY_COL_PRIORITY, -EINVAL);
}

static int check_policy(struct plan *plan, struct plan_item *it, struct mib_fault *fault)
{
	const uint64_t table = COL_BIT(POLICY_COL_FIB) | COL_BIT(POLICY_COL_ACTION) |
			       COL_BIT(POLICY_COL_L3MDEV);
	const struct access *a = plan->access;
	const struct policy *p = it->now;
	int error = MIB_OK;

	if (concerns(it, COL_BIT(POLICY_COL_PRIORITY)) && !p->priority_auto)
		error = access_check_priority(plan, it, fault);
	if (error || !concerns(it, table) || p->action != POLICY_LOOKUP || p->l3mdev ||
	    !a->tables.n || num_ranges_have(&a->tables, p->fib))
		return error;
	why_set(&fault->why, 0, "provisioning.tables does not allow table %u", p->fib);
	return plan_fail(fault, it, written(it, POLICY_COL_FIB, POLICY_COL_ACTION), -EINVAL);
}

static int check_row(struct plan *plan, struct plan_item *it, struct mib_fault *fault)
{
	static const struct {
		const struct mib_def *def;
		int (*check)(struct plan *plan, struct plan_item *it, struct mib_fault *fault);
	} kinds[] = {
		{ &mib_rule, check_rule },
		{ &mib_fib, check_fib },
		{ &mib_route, check_route },
		{ &mib_policy, check_policy },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (kinds[i].def == it->def && it->now)
			return kinds[i].check(plan, it, fault);
	return MIB_OK;
}

static bool keep_off_policy(const struct access *a, const void *row, struct why *why)
{
	if (a->main_tables || ((const struct policy *)row)->route_protocol != RTPROT_KERNEL)
		return false;
	why_set(why, 0,
		"the policy is the kernel's own, and provisioning.main_tables does not open these");
	return true;
}

static bool keep_off_route(const struct access *a, const void *row, struct why *why)
{
	const struct route *r = row;
	const char *unheld = route_unheld(r);

	if (unheld) {
		why_set(why, 0, "the route has %s, which could not be put back", unheld);
		return true;
	}
	if (!access_protects(a, r->fib))
		return false;
	why_set(why, 0, "provisioning.main_tables does not open table %u", r->fib);
	return true;
}

/* Foreign rows, by their table. */
static const struct foreign_kind {
	const struct mib_def *def;
	/* Must managers not touch the row as it is? */
	bool (*keep_off)(const struct access *a, const void *row, struct why *why);
	unsigned no_place; /* a column that the kernel cannot hold; 0: none */
} foreign_kinds[] = {
	{ &mib_rule, NULL, 0 },
	{ &mib_policy, keep_off_policy, POLICY_COL_DESCRIPTION },
	{ &mib_route, keep_off_route, 0 },
};

static const struct foreign_kind *foreign_kind_of(const struct mib_def *def)
{
	size_t i = 0;

	while (foreign_kinds[i].def != def) /* all kinds that plan_is_foreign() knows are there */
		i++;
	return &foreign_kinds[i];
}

static int check_foreign(struct plan *plan, struct plan_item *it, struct mib_fault *fault)
{
	const struct mib_col *status = mib_col_syntax(it->def, SYN_STATUS);
	const struct mib_col *storage = mib_col_syntax(it->def, SYN_STORAGE);
	const struct foreign_kind *kind = foreign_kind_of(it->def);
	struct plan_item as_it_is = {
		.def = it->def, .change = it->change, .now = it->old, .to_be_active = true
	};

	if ((kind->keep_off && kind->keep_off(plan->access, it->old, &fault->why)) ||
	    check_row(plan, &as_it_is, fault)) {
		fault->change = it->change;
		fault->col = 0;
		return fault->error = MIB_NOT_WRITABLE;
	}
	if (it->now && !it->to_be_active) {
		why_set(&fault->why, 0,
			"somebody else's row is active or destroyed: nothing keeps it");
		return plan_fail(fault, it, status->num, -EINVAL);
	}
	if (cols_have(it->touched, storage->num)) {
		why_set(&fault->why, 0, "somebody else's row is not kept");
		return plan_fail(fault, it, storage->num, -EINVAL);
	}
	if (kind->no_place && cols_have(it->touched, kind->no_place)) {
		why_set(&fault->why, 0,
			"the kernel has no place for it, and somebody else's row is not kept");
		return plan_fail(fault, it, kind->no_place, -EINVAL);
	}
	return MIB_OK;
}

/* Returns: by how many the managers' rows become more with this item: -1, 0 or 1. */
static int growth(struct plan *plan, const struct plan_item *it)
{
	const struct row_kind *kind = row_kind_of(it->def);
	const struct wanted *m = kind ? store_wanted(plan->store, kind) : NULL;

	return m && !it->foreign
		       ? (it->now != NULL) - (wanted_find(m, it->now ? it->now : it->old) != NULL)
		       : 0;
}

/* Rows that the same SET destroys make room for rows that it creates. */
static int check_count(struct plan *plan, struct mib_fault *fault)
{
	/* Static rows do not count. */
	int64_t rows = plan->statics ? -(int64_t)plan->statics->rows.n : 0;

	for (size_t k = 0; k < ROW_KINDS; k++)
		rows += (int64_t)store_wanted(plan->store, &row_kinds[k])->rows.n;
	for (size_t i = 0; i < plan->items.n; i++)
		if (growth(plan, vec_at(&plan->items, i)) < 0)
			rows--;
	for (size_t i = 0; i < plan->items.n; i++) {
		const struct plan_item *it = vec_at(&plan->items, i);

		if (growth(plan, it) <= 0 || ++rows <= plan->access->max_rows)
			continue;
		why_set(&fault->why, 0, "provisioning.max_rows = %u does not allow one more",
			plan->access->max_rows);
		fault->change = it->change;
		return fault->error = MIB_RESOURCE_UNAVAILABLE;
	}
	return MIB_OK;
}

int access_check(struct plan *plan, struct mib_fault *fault)
{
	for (size_t i = 0; i < plan->items.n; i++) {
		struct plan_item *it = vec_at(&plan->items, i);
		int error = it->foreign ? check_foreign(plan, it, fault) : MIB_OK;

		if (!error)
			error = check_row(plan, it, fault);
		if (error)
			return error;
	}
	return check_count(plan, fault);
}

bool plan_allows(const struct plan *plan, const struct mib_def *def, struct why *why)
{
	if (plan->access->enable || def->harmless)
		return true;
	why_set(why, 0, "provisioning.enable = false: managers may look, and change nothing");
	return false;
}
