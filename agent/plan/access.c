/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The policy of the house: what managers may do, whoever they are (fwmarkd.conf, "provisioning").
 * A row stays whatever the settings become. It can be taken out of service and destroyed then, and
 * changed only into one that is allowed. A foreign row is open, where the settings open such rows, if
 * it is one that managers could have made where it is and as it is.
 */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdio.h>

#include "plan/plan.h"

enum { POLICY_DESCRIPTION = 35 };
enum { RULE_TABLE = 3, RULE_CHAIN = 4, RULE_MARK = 24, RULE_MASK = 25, RULE_CTMASK = 26 };

/* Will the row be in the kernel, or does the SET write one of these columns? */
static bool concerns(const struct plan_item *it, uint64_t cols)
{
	return it->in || it->touched & cols;
}

/* Names the column that was written: @col, or else @or. */
static unsigned written(const struct plan_item *it, unsigned col, unsigned or)
{
	return !(it->touched >> col & 1) && it->touched >> or &1 ? or : col;
}

static int check_place(struct app *a, struct plan_item *it, struct mib_fault *fault)
{
	const struct conf *c = &a->conf;
	const struct markrule *r = it->now;
	char whole[CONF_NAME_MAX];

	snprintf(whole, sizeof(whole), "%s/%s", r->table, r->chain);
	if (c->netfilter_tables.n && !conf_names_have(&c->netfilter_tables, r->table)) {
		why_set(&fault->why, 0, "provisioning.netfilter_tables does not allow %s",
			r->table);
		return plan_fail(fault, it, RULE_TABLE, -EINVAL);
	}
	if (c->chains.n && !conf_names_have(&c->chains, r->chain) &&
	    !conf_names_have(&c->chains, whole)) {
		why_set(&fault->why, 0, "provisioning.chains does not allow %s of %s", r->chain,
			r->table);
		return plan_fail(fault, it, written(it, RULE_CHAIN, RULE_TABLE), -EINVAL);
	}
	return MIB_OK;
}

/* The bits that a rule may change, by the column that says so: (old AND NOT mask) XOR mark; save
 * and restore: (old AND NOT one mask) XOR (other mark AND the other mask). */
static int check_bits(struct app *a, struct plan_item *it, struct mib_fault *fault)
{
	const struct markrule *r = it->now;
	bool sets = r->target == MARKRULE_MARK || r->target == MARKRULE_CONNMARK_SET;
	const struct {
		unsigned col;
		uint32_t bits;
	} bits[] = {
		{ RULE_MARK, sets ? r->mark & ~r->mask : 0 },
		{ RULE_MASK, r->mask },
		{ RULE_CTMASK, sets ? 0 : r->ctmask },
	};

	for (size_t i = 0; i < sizeof(bits) / sizeof(*bits); i++) {
		uint32_t more = bits[i].bits & ~a->conf.mark_mask;

		if (!more)
			continue;
		why_set(&fault->why, 0,
			"provisioning.mark_mask = 0x%08x does not allow the bits 0x%08x",
			a->conf.mark_mask, more);
		return plan_fail(fault, it, bits[i].col, -EINVAL);
	}
	return MIB_OK;
}

static int check_rule(struct app *a, struct plan_item *it, struct mib_fault *fault)
{
	const uint64_t place = 1u << RULE_TABLE | 1u << RULE_CHAIN;
	const uint64_t bits = 1u << RULE_MARK | 1u << RULE_MASK | 1u << RULE_CTMASK;
	int error = concerns(it, place) ? check_place(a, it, fault) : MIB_OK;

	return error || !concerns(it, bits) ? error : check_bits(a, it, fault);
}

/* The table stands in the index: it is all or nothing. */
static int check_table(struct app *a, struct plan_item *it, uint32_t fib, struct mib_fault *fault)
{
	if (!a->conf.tables.n || conf_ranges_have(&a->conf.tables, fib) || (it->old && !it->in))
		return MIB_OK;
	why_set(&fault->why, 0, "provisioning.tables does not allow table %u", fib);
	fault->change = it->change;
	return fault->error = it->old ? MIB_NOT_WRITABLE : MIB_NO_CREATION;
}

static int check_fib(struct app *a, struct plan_item *it, struct mib_fault *fault)
{
	return check_table(a, it, ((const struct fib *)it->now)->id, fault);
}

static int check_route(struct app *a, struct plan_item *it, struct mib_fault *fault)
{
	return check_table(a, it, ((const struct route *)it->now)->fib, fault);
}

static int check_row(struct app *a, struct plan_item *it, struct mib_fault *fault)
{
	static const struct {
		const struct mib_def *def;
		int (*check)(struct app *a, struct plan_item *it, struct mib_fault *fault);
	} kinds[] = {
		{ &mib_rule, check_rule },
		{ &mib_fib, check_fib },
		{ &mib_route, check_route },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (kinds[i].def == it->def && it->now)
			return kinds[i].check(a, it, fault);
	return MIB_OK;
}

/* Is a foreign row, as it is, one that managers must not touch? */
static bool keep_off(struct app *a, const struct plan_item *it, struct why *why)
{
	const struct policy *p = it->def == &mib_policy ? it->old : NULL;
	const struct route *r = it->def == &mib_route ? it->old : NULL;

	if (!a->conf.main_tables && p && p->route_protocol == RTPROT_KERNEL) {
		why_set(why, 0,
			"the policy is the kernel's own, and provisioning.main_tables "
			"does not open these");
		return true;
	}
	if (r && r->flags & ROUTE_ENCAP) {
		why_set(why, 0, "the route has an encapsulation, which could not be put back");
		return true;
	}
	if (!r || !house_protects(a, r->fib))
		return false;
	why_set(why, 0, "provisioning.main_tables does not open table %u", r->fib);
	return true;
}

static int check_foreign(struct app *a, struct plan_item *it, struct mib_fault *fault)
{
	const struct mib_col *status = mib_col_syntax(it->def, SYN_STATUS);
	const struct mib_col *storage = mib_col_syntax(it->def, SYN_STORAGE);
	struct plan_item as_it_is = {
		.def = it->def, .change = it->change, .now = it->old, .in = true
	};

	if (keep_off(a, it, &fault->why) || check_row(a, &as_it_is, fault)) {
		fault->change = it->change;
		fault->col = 0;
		return fault->error = MIB_NOT_WRITABLE;
	}
	if (it->now && !it->in) {
		why_set(&fault->why, 0,
			"somebody else's row is active or destroyed: nothing keeps it");
		return plan_fail(fault, it, status->num, -EINVAL);
	}
	if (it->touched >> storage->num & 1) {
		why_set(&fault->why, 0, "somebody else's row is not kept");
		return plan_fail(fault, it, storage->num, -EINVAL);
	}
	if (it->def == &mib_policy && it->touched >> POLICY_DESCRIPTION & 1) {
		why_set(&fault->why, 0,
			"the kernel has no place for it, and somebody else's row is not kept");
		return plan_fail(fault, it, POLICY_DESCRIPTION, -EINVAL);
	}
	return MIB_OK;
}

/* How many of the managers' rows there are more, or less, with this one. */
static int growth(struct app *a, const struct plan_item *it)
{
	const struct row_kind *kind = row_kind_of(it->def);
	const struct managed *m = kind ? row_managed(a, kind) : NULL;

	return m && !it->foreign
		       ? (it->now != NULL) - (managed_find(m, it->now ? it->now : it->old) != NULL)
		       : 0;
}

/* Rows that go in the same SET make room for those that come. */
static int check_count(struct app *a, struct mib_fault *fault)
{
	/* Static rows are not the managers'. */
	int64_t rows = a->statics ? -(int64_t)a->statics->rows.n : 0;

	for (size_t k = 0; k < ROW_KINDS; k++)
		rows += (int64_t)row_managed(a, &row_kinds[k])->rows.n;
	for (size_t i = 0; i < a->plan.items.n; i++)
		if (growth(a, vec_at(&a->plan.items, i)) < 0)
			rows--;
	for (size_t i = 0; i < a->plan.items.n; i++) {
		const struct plan_item *it = vec_at(&a->plan.items, i);

		if (growth(a, it) <= 0 || ++rows <= a->conf.max_rows)
			continue;
		why_set(&fault->why, 0, "provisioning.max_rows = %u does not allow one more",
			a->conf.max_rows);
		fault->change = it->change;
		return fault->error = MIB_RESOURCE_UNAVAILABLE;
	}
	return MIB_OK;
}

int house_check(struct app *a, struct mib_fault *fault)
{
	for (size_t i = 0; i < a->plan.items.n; i++) {
		struct plan_item *it = vec_at(&a->plan.items, i);
		int error = it->foreign ? check_foreign(a, it, fault) : MIB_OK;

		if (!error)
			error = check_row(a, it, fault);
		if (error)
			return error;
	}
	return check_count(a, fault);
}

bool house_protects(const struct app *a, uint32_t fib)
{
	return !a->conf.main_tables && fib >= RT_TABLE_DEFAULT && fib <= RT_TABLE_LOCAL;
}

uint8_t house_storage(const struct app *a)
{
	return a->conf.foreign ? STORAGE_OTHER : STORAGE_READONLY;
}

bool house_writable(const struct app *a, uint8_t origin, const char *what, struct why *why)
{
	/* Of a row of the configuration plan.c says why not. */
	if (origin != ORIGIN_FOREIGN || a->conf.foreign)
		return true;
	why_set(why, 0,
		"the %s is not a manager's: it is somebody else's and read-only, for "
		"provisioning.foreign does not open it",
		what);
	return false;
}

bool house_allows(void *ctx, const struct mib_def *def, struct why *why)
{
	const struct app *a = ctx;

	/* The lock between managers, and whether notifications are sent, change no traffic. */
	if (a->conf.enable || def == &mib_agent)
		return true;
	why_set(why, 0, "provisioning.enable = false: managers may look, and change nothing");
	return false;
}
