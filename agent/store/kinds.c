/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/kinds.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "daemon/app.h"

const struct row_kind row_kinds[ROW_KINDS] = {
	[FIB_ROWS] = { "fibs", &mib_fib, &fibs_source, offsetof(struct app, fibs.managed) },
	[ROUTE_ROWS] = { "routes", &mib_route, &routes_source,
			 offsetof(struct app, routes.managed) },
	[POLICY_ROWS] = { "policies", &mib_policy, &policies_source,
			  offsetof(struct app, policies.managed) },
	[RULE_ROWS] = { "rules", &mib_rule, &rules_source, offsetof(struct app, rules.managed) },
	[MARK_ROWS] = { "marks", &mib_mark, &marks_source, offsetof(struct app, marks.managed) },
};

const struct row_kind *row_kind_of(const struct mib_def *def)
{
	for (size_t k = 0; k < ROW_KINDS; k++)
		if (row_kinds[k].def == def)
			return &row_kinds[k];
	return NULL;
}

struct managed *row_managed(struct app *a, const struct row_kind *kind)
{
	return (struct managed *)((char *)a + kind->managed);
}

/* A row as a manager begins it. @protocol: the agent's own. */
static void row_init(const struct mib_def *def, uint8_t protocol, void *row)
{
	memset(row, 0, def->row_size);
	if (def == &mib_rule) {
		markrule_init(row);
	} else if (def == &mib_policy) {
		policy_init(row);
		((struct policy *)row)->origin = ORIGIN_MANAGER;
		((struct policy *)row)->route_protocol = protocol;
	} else if (def == &mib_route) {
		route_init(row);
		((struct route *)row)->origin = ORIGIN_MANAGER;
		((struct route *)row)->protocol = protocol;
	} else if (def == &mib_fib) {
		fib_init(row);
		((struct fib *)row)->origin = ORIGIN_MANAGER;
	} else {
		mark_init(row, 0, 0);
	}
}

static int read_legs(const config_setting_t *group, struct route *r, struct arena *arena,
		     struct why *why)
{
	const config_setting_t *list = config_setting_get_member(group, "legs");
	int n = list ? config_setting_length(list) : 0;

	if (!list)
		return 0;
	if (!config_setting_is_list(list) || n < 2 || n > ROUTE_LEGS_MAX)
		return why_set(why, -EINVAL, "line %u: legs: a list of 2 to %d is wanted",
			       config_setting_source_line(list), ROUTE_LEGS_MAX);
	r->legs = arena_alloc(arena, (size_t)n * sizeof(*r->legs));
	if (!r->legs)
		return -ENOMEM;
	for (int i = 0; i < n; i++) {
		struct mib_nexthop_row hop = { .hop = { .weight = 1 } };
		const config_setting_t *leg = config_setting_get_elem(list, (unsigned)i);
		int err = rowfile_read(&mib_nexthop, leg, &hop, NULL, arena, why);

		if (err)
			return err;
		nexthops_source.settle(NULL, &hop);
		r->legs[i] = hop.hop;
	}
	r->nlegs = (uint16_t)n;
	return 0;
}

/* Derived columns are not in the file: the source derives them as it does for a manager. */
int row_read(const struct row_kind *kind, const config_setting_t *group, uint8_t protocol,
	     struct arena *arena, void **row, struct why *why)
{
	static const char *const other[] = { "legs", NULL };
	const struct mib_def *def = kind->def;
	int err;

	*row = arena_alloc(arena, def->row_size);
	if (!*row)
		return -ENOMEM;
	row_init(def, protocol, *row);
	err = rowfile_read(def, group, *row, def == &mib_route ? other : NULL, arena, why);
	if (!err && def == &mib_route)
		err = read_legs(group, *row, arena, why);
	if (!err && kind->src->settle)
		kind->src->settle(NULL, *row);
	return err;
}

/* Which columns of a leg say something: the index of a device is not the same tomorrow. */
static uint64_t leg_given(const struct nexthop *leg)
{
	return (leg->gateway.family ? 1u << 2 | 1u << 3 : 0) |
	       (leg->ifname[0] ? 1u << 5
		: leg->ifindex ? 1u << 4
			       : 0) |
	       1u << 6;
}

void row_write(const struct mib_def *def, const void *row, struct text *out)
{
	const struct route *r = row;

	rowfile_write(def, row, out);
	if (def != &mib_route || r->nlegs < 2)
		return;
	/* The row without its closing brace, and the legs inside it. */
	out->len -= 2;
	text_add(out, " legs = (");
	for (unsigned i = 0; i < r->nlegs; i++) {
		struct mib_nexthop_row hop = {
			.index = (uint8_t)(i + 1),
			.hop = r->legs[i],
			.given = leg_given(&r->legs[i]),
		};

		text_add(out, "%s ", i ? "," : "");
		rowfile_write(&mib_nexthop, &hop, out);
	}
	text_add(out, " ); }");
}

int row_cmp_index(const struct mib_def *def, const void *a, const void *b)
{
	struct mib_value x = { 0 }, y = { 0 };

	for (size_t i = 0; i < def->ncols && def->cols[i].access == ACCESS_NA; i++) {
		int d;

		cell_get(&def->cols[i], a, 0, &x);
		cell_get(&def->cols[i], b, 0, &y);
		if (x.tag != MIB_TAG_OCTETS)
			d = x.num < y.num ? -1 : x.num > y.num;
		else if (x.len != y.len)
			d = x.len < y.len ? -1 : 1;
		else
			d = memcmp(x.bytes, y.bytes, x.len);
		if (d)
			return d;
	}
	return 0;
}

bool row_is_active(const struct mib_def *def, const void *row)
{
	const struct mib_col *status = mib_col_syntax(def, SYN_STATUS);

	return row && (!status || cell_load(status, row) == ROW_ACTIVE);
}

bool row_is_static(const struct mib_def *def, const void *row)
{
	const struct mib_col *storage = mib_col_syntax(def, SYN_STORAGE);

	return row && storage && cell_load(storage, row) == STORAGE_PERMANENT;
}

void row_make_static(const struct mib_def *def, void *row)
{
	cell_store(mib_col_syntax(def, SYN_STATUS), row, ROW_ACTIVE);
	cell_store(mib_col_syntax(def, SYN_STORAGE), row, STORAGE_PERMANENT);
	for (size_t i = 0; i < def->ncols; i++)
		if (strcmp(def->cols[i].name + strlen(def->prefix), "Origin") == 0)
			cell_store(&def->cols[i], row, ORIGIN_CONFIG);
}
