/* SPDX-License-Identifier: GPL-2.0-or-later */
/* In what the kinds of rows differ. */
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

	/* An address of zeros that nobody wrote, or that selects nothing, takes the family of the
	 * rule. */
	if (addr_is_zero(&r->src) && (!r->src.len || !cols_have(r->given, RULE_COL_SRC)))
		r->src.family = r->family;
	if (addr_is_zero(&r->dst) && (!r->dst.len || !cols_have(r->given, RULE_COL_DST)))
		r->dst.family = r->family;
	row_settle_ranges(&row_kinds[RULE_ROWS], r);
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

/* ---- policies ---- */

static void policy_row_init(void *row, uint8_t protocol)
{
	struct policy *p = row;

	policy_init(p);
	p->origin = ORIGIN_MANAGER;
	p->route_protocol = protocol;
}

/* fwmarkPolicyFibId is 0 where no table is looked up, as policy_fib() sends it. What was written
 * there is forgotten: a lookup, when the action becomes one, is of the default table then. */
static void settle_fib(struct policy *p)
{
	bool used = p->action == POLICY_LOOKUP && !p->l3mdev;
	struct policy lookup;

	policy_init(&lookup);
	if (!used && !policy_fib(p))
		p->given &= ~COL_BIT(POLICY_COL_FIB);
	if (!cols_have(p->given, POLICY_COL_FIB))
		p->fib = lookup.fib;
	p->fib = policy_fib(p);
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
	row_settle_ranges(&row_kinds[POLICY_ROWS], p);
	settle_fib(p);
	/* fwmarkPolicyPriority: 0, or nothing, at creation leaves the choice to the kernel, which
	 * chooses when the row becomes active, perhaps by a later SET. */
	p->priority_auto = p->priority == 0 && (p->priority_auto || p->status != ROW_ACTIVE);
}

int policy_row_check(const void *row, unsigned *col, struct why *why)
{
	return policy_check(row, col, why);
}

/* A policy whose priority the kernel chose keeps that priority. */
static void policy_settle_kept(void *row, uint8_t protocol)
{
	struct policy *p = row;

	(void)protocol;
	if (p->status == ROW_ACTIVE)
		p->priority_auto = false;
}

/* A static policy must say its priority: the kernel would choose another one at each start. */
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

static bool says_way(const struct nexthop *hop)
{
	return hop->gateway.family || hop->ifindex || hop->ifname[0];
}

void route_row_settle(void *row)
{
	struct route *r = row;

	hop_settle_gateway(&r->hop, cols_have(r->given, ROUTE_COL_GATEWAY_TYPE));
	r->prefsrc.len = (uint8_t)(8 * addr_size(r->prefsrc.family));
	/* There is a next hop as soon as something of it is written, here or in its own row. */
	if (says_way(&r->hop))
		r->nhops = r->nhops ? r->nhops : 1;
	else if (route_is_reject(r))
		r->nhops = 0;
	/* A nexthop object has gateway and device itself: the row shows what the kernel has
	 * there. */
	if (r->nhid && !(r->given & ROUTE_COLS_WAY)) {
		memset(&r->hop, 0, sizeof(r->hop));
		r->nhops = 1;
	}
	if (!r->hop.weight)
		r->hop.weight = 1;
}

/* Next hops and devices are checked when the whole PDU is known: plan/route.c. */
int route_row_check(const void *row, unsigned *col, struct why *why)
{
	const struct route *r = row;

	return r->nhops == 1 ? hop_check_gateway(&r->hop, ROUTE_COL_GATEWAY, col, why) : 0;
}

static int route_check_whole(const void *row, unsigned *col, struct why *why)
{
	return route_check(row, col, why);
}

static void route_settle_kept(void *row, uint8_t protocol)
{
	struct route *r = row;

	/* A row that was begun has no next hop before something of it was written. */
	if (r->status != ROW_ACTIVE && r->nhops == 1 && !says_way(&r->hop))
		r->nhops = 0;
	/* Routes keep the protocol that they were made with, whatever the setting is now. */
	if (r->protocol != protocol)
		r->given |= COL_BIT(ROUTE_COL_PROTOCOL);
}

/* Without a destination the route is a default route, of the gateway's family. */
static void route_settle_static(void *row)
{
	struct route *r = row;
	uint8_t gateway = r->nhops ? route_hop(r, 0)->gateway.family : AF_UNSPEC;

	if (!r->dst.family)
		r->dst.family = gateway ? gateway : AF_INET;
	if (r->dst.family == AF_INET6 && !r->metric)
		r->metric = 1024; /* the kernel makes 1024 of 0 */
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

static const char *route_device(const void *row)
{
	return ((const struct route *)row)->hop.ifname;
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

/* A row that a manager writes to is kept, unless the manager says otherwise. */
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
			 .rest = &route_hops,
			 .derived = COL_BIT(ROUTE_COL_GATEWAY_TYPE) | COL_BIT(ROUTE_COL_IFINDEX),
			 .cmp = route_row_cmp,
			 .init = route_row_init,
			 .settle = route_row_settle,
			 .check = route_row_check,
			 .check_whole = route_check_whole,
			 .settle_kept = route_settle_kept,
			 .settle_static = route_settle_static,
			 .check_static = route_check_static,
			 .goes_with_device = true,
			 .device = route_device,
			 .set_protocol = route_set_protocol },
	[POLICY_ROWS] = { .name = "policies",
			  .def = &mib_policy,
			  .managers_index = true,
			  .any_zero = true,
			  .ranges = { { POLICY_COL_SPORT_FROM, POLICY_COL_SPORT_TO },
				      { POLICY_COL_DPORT_FROM, POLICY_COL_DPORT_TO },
				      { POLICY_COL_UID_FROM, POLICY_COL_UID_TO } },
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
			.ranges = { { RULE_COL_SPORT_FROM, RULE_COL_SPORT_TO },
				    { RULE_COL_DPORT_FROM, RULE_COL_DPORT_TO } },
			.cmp = index_rows_cmp,
			.init = rule_init,
			.settle = rule_row_settle,
			.check = rule_row_check },
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
