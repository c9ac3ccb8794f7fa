/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What each kind of row does otherwise than the others. */
#include "store/kinds.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "model/fib.h"
#include "model/index_rows.h"
#include "model/mark.h"
#include "model/markrule.h"
#include "model/policy.h"

/* ---- rules ---- */

static void rule_init(void *row, uint8_t protocol)
{
	(void)protocol;
	markrule_init(row);
}

void rule_row_settle(void *row)
{
	struct markrule *r = row;

	/* Zeros that nobody wrote, and zeros that select nothing, are of any family. */
	if (addr_is_zero(&r->src) && (!r->src.len || !cols_have(r->given, RULE_COL_SRC)))
		r->src.family = r->family;
	if (addr_is_zero(&r->dst) && (!r->dst.len || !cols_have(r->given, RULE_COL_DST)))
		r->dst.family = r->family;
}

int rule_row_check(const void *row, unsigned *col, struct why *why)
{
	const struct markrule *r = row;

	/* fwmarkRuleMark has no default but for save and restore. */
	if (!cols_have(r->given, RULE_COL_MARK) &&
	    (r->target == MARKRULE_MARK || r->target == MARKRULE_CONNMARK_SET)) {
		*col = RULE_COL_MARK;
		return why_set(why, -EINVAL, "the mark is not set, and has no default");
	}
	return markrule_check(r, col, why);
}

static uint8_t rule_tables_of(const void *row)
{
	return ((const struct markrule *)row)->family;
}

/* ---- policies ---- */

static void policy_row_init(void *row, uint8_t protocol)
{
	struct policy *p = row;

	policy_init(p);
	p->origin = ORIGIN_MANAGER;
	p->route_protocol = protocol;
}

void policy_row_settle(void *row)
{
	struct policy *p = row;

	if (!p->src.len && addr_is_zero(&p->src))
		p->src.family = p->family;
	if (!p->dst.len && addr_is_zero(&p->dst))
		p->dst.family = p->family;
	/* fwmarkPolicyMask: all ones when only the mark is set. */
	if (cols_have(p->given, POLICY_COL_MARK) && !cols_have(p->given, POLICY_COL_MASK))
		p->mask = UINT32_MAX;
	/* fwmarkPolicyPriority: 0, or nothing, at creation is the kernel's choice, made when the row
	 * becomes active, which it may be from a later SET on. */
	p->priority_auto = p->priority == 0 && (p->priority_auto || p->status != ROW_ACTIVE);
}

int policy_row_check(const void *row, unsigned *col, struct why *why)
{
	return policy_check(row, col, why);
}

/* A priority that the kernel chose stays the one that it became. */
static void policy_settle_kept(void *row, uint8_t protocol)
{
	struct policy *p = row;

	(void)protocol;
	if (p->status == ROW_ACTIVE)
		p->priority_auto = false;
}

/* Else it would be another one after each start. */
static const char *policy_check_static(const void *row, unsigned *col)
{
	const struct policy *p = row;

	if (cols_have(p->given, POLICY_COL_PRIORITY) && p->priority)
		return NULL;
	return *col = POLICY_COL_PRIORITY, "a static policy says which it has, 1 or more";
}

static void policy_set_protocol(void *row, uint8_t protocol)
{
	((struct policy *)row)->route_protocol = protocol;
}

/* ---- routes ---- */

static int route_row_cmp(const void *a, const void *b)
{
	return route_cmp(a, b);
}

static void route_row_init(void *row, uint8_t protocol)
{
	struct route *r = row;

	route_init(r);
	r->origin = ORIGIN_MANAGER;
	r->protocol = protocol;
}

static bool says_way(const struct nexthop *leg)
{
	return leg->gateway.family || leg->ifindex || leg->ifname[0];
}

void route_row_settle(void *row)
{
	struct route *r = row;

	leg_settle_gateway(&r->leg, cols_have(r->given, ROUTE_COL_GATEWAY_TYPE));
	r->prefsrc.len = (uint8_t)(8 * addr_size(r->prefsrc.family));
	/* A leg is there as soon as something of it is written, here or in its own row. */
	if (says_way(&r->leg))
		r->nlegs = r->nlegs ? r->nlegs : 1;
	else if (route_is_reject(r))
		r->nlegs = 0;
	/* The way out of a nexthop object is the kernel's to show, not the manager's to say. */
	if (r->nhid && !(r->given & ROUTE_COLS_WAY)) {
		memset(&r->leg, 0, sizeof(r->leg));
		r->nlegs = 1;
	}
	if (!r->leg.weight)
		r->leg.weight = 1;
}

/* Legs and devices are put together when the whole PDU is there: plan/route.c. */
int route_row_check(const void *row, unsigned *col, struct why *why)
{
	const struct route *r = row;

	return r->nlegs == 1 ? leg_check_gateway(&r->leg, ROUTE_COL_GATEWAY, col, why) : 0;
}

static int route_check_whole(const void *row, unsigned *col, struct why *why)
{
	return route_check(row, col, why);
}

static void route_settle_kept(void *row, uint8_t protocol)
{
	struct route *r = row;

	/* A row that was begun has no leg before something of it was written. */
	if (r->status != ROW_ACTIVE && r->nlegs == 1 && !says_way(&r->leg))
		r->nlegs = 0;
	/* Routes keep the protocol that they were made with, whatever the setting is now. */
	if (r->protocol != protocol)
		r->given |= COL_BIT(ROUTE_COL_PROTOCOL);
}

/* A destination that is not written is the default one, of the gateway's type. */
static void route_settle_static(void *row)
{
	struct route *r = row;
	uint8_t gateway = r->nlegs ? route_leg(r, 0)->gateway.family : AF_UNSPEC;

	if (!r->dst.family)
		r->dst.family = gateway ? gateway : AF_INET;
	if (r->dst.family == AF_INET6 && !r->metric)
		r->metric = 1024; /* what 0 is to the kernel */
}

static const char *route_check_static(const void *row, unsigned *col)
{
	const struct route *r = row;

	if (!r->fib)
		return *col = ROUTE_COL_FIB, "the table is missing";
	if (!prefix_is_canonical(&r->dst))
		return *col = ROUTE_COL_DST, "it has bits beyond its prefix length";
	if (r->instance != 1)
		return *col = ROUTE_COL_INSTANCE, "static routes are instance 1";
	return NULL;
}

static void route_set_protocol(void *row, uint8_t protocol)
{
	struct route *r = row;

	if (!cols_have(r->given, ROUTE_COL_PROTOCOL))
		r->protocol = protocol;
}

static bool route_goes_with_device(const void *row)
{
	return !((const struct route *)row)->withdrawn;
}

static const char *route_device(const void *row)
{
	return ((const struct route *)row)->leg.ifname;
}

/* ---- tables and marks ---- */

static void fib_row_init(void *row, uint8_t protocol)
{
	(void)protocol;
	fib_init(row);
	((struct fib *)row)->origin = ORIGIN_MANAGER;
}

void fib_row_settle(void *row)
{
	struct fib *f = row;

	f->origin = ORIGIN_MANAGER;
	if (f->storage == STORAGE_READONLY)
		f->storage = STORAGE_NONVOLATILE;
}

int fib_row_check(const void *row, unsigned *col, struct why *why)
{
	return fib_check(row, col, why);
}

static const char *fib_check_static(const void *row, unsigned *col)
{
	const struct fib *f = row;

	if (!f->name[0])
		return *col = FIB_COL_NAME, "a table without a name needs no row";
	if (!f->id)
		return *col = FIB_COL_ID, "table 0 is the kernel's \"unspec\"";
	return NULL;
}

static void mark_row_init(void *row, uint8_t protocol)
{
	(void)protocol;
	mark_init(row, 0, 0);
}

/* A row that a manager writes to is kept. */
void mark_row_settle(void *row)
{
	struct mark *m = row;

	if (m->storage == STORAGE_READONLY)
		m->storage = STORAGE_NONVOLATILE;
}

/* ---- all of them ---- */

const struct row_kind row_kinds[ROW_KINDS] = {
	[FIB_ROWS] = { .name = "fibs",
		       .def = &mib_fib,
		       .any_zero = true,
		       .cmp = index_rows_cmp,
		       .init = fib_row_init,
		       .settle = fib_row_settle,
		       .check = fib_row_check,
		       .check_static = fib_check_static },
	[ROUTE_ROWS] = { .name = "routes",
			 .def = &mib_route,
			 .rest = &route_legs,
			 .derived = COL_BIT(ROUTE_COL_GATEWAY_TYPE) | COL_BIT(ROUTE_COL_IFINDEX),
			 .cmp = route_row_cmp,
			 .init = route_row_init,
			 .settle = route_row_settle,
			 .check = route_row_check,
			 .check_whole = route_check_whole,
			 .settle_kept = route_settle_kept,
			 .settle_static = route_settle_static,
			 .check_static = route_check_static,
			 .goes_with_device = route_goes_with_device,
			 .device = route_device,
			 .set_protocol = route_set_protocol },
	[POLICY_ROWS] = { .name = "policies",
			  .def = &mib_policy,
			  .managers_index = true,
			  .any_zero = true,
			  .cmp = index_rows_cmp,
			  .init = policy_row_init,
			  .settle = policy_row_settle,
			  .check = policy_row_check,
			  .settle_kept = policy_settle_kept,
			  .check_static = policy_check_static,
			  .set_protocol = policy_set_protocol },
	[RULE_ROWS] = { .name = "rules",
			.def = &mib_rule,
			.place = COL_BIT(RULE_COL_POSITION),
			.managers_index = true,
			.any_zero = true,
			.cmp = index_rows_cmp,
			.init = rule_init,
			.settle = rule_row_settle,
			.check = rule_row_check,
			.tables_of = rule_tables_of },
	[MARK_ROWS] = { .name = "marks",
			.def = &mib_mark,
			.any_zero = true,
			.cmp = mark_cmp,
			.init = mark_row_init,
			.settle = mark_row_settle },
};

const struct row_kind *row_kind_of(const struct mib_def *def)
{
	for (size_t k = 0; k < ROW_KINDS; k++)
		if (row_kinds[k].def == def)
			return &row_kinds[k];
	return NULL;
}
