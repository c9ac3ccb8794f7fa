/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The legs of a route: what its row has beside its columns, and rows of their own to SNMP. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "store/kinds.h"

void leg_settle_gateway(struct nexthop *hop, bool type_given)
{
	if (!type_given)
		hop->gateway_type = hop->gateway.family;
	hop->gateway.len = (uint8_t)(8 * addr_size(hop->gateway.family));
}

int leg_check_gateway(const struct nexthop *hop, unsigned gateway_col, unsigned *col,
		      struct why *why)
{
	if (hop->gateway_type == hop->gateway.family)
		return 0;
	*col = gateway_col;
	return why_set(why, -EINVAL, "the gateway is not of the type in its type column");
}

void leg_row_settle(void *row)
{
	struct mib_nexthop_row *hop = row;

	leg_settle_gateway(&hop->hop, cols_have(hop->given, NEXTHOP_COL_GATEWAY_TYPE));
}

int leg_row_check(const void *row, unsigned *col, struct why *why)
{
	return leg_check_gateway(&((const struct mib_nexthop_row *)row)->hop, NEXTHOP_COL_GATEWAY,
				 col, why);
}

static bool own(void *row)
{
	struct route *r = row;
	struct nexthop *legs = r->nlegs > 1 ? r->legs : NULL;

	r->legs = NULL;
	if (!legs)
		return true;
	r->legs = malloc(r->nlegs * sizeof(*legs));
	if (!r->legs)
		return false;
	memcpy(r->legs, legs, r->nlegs * sizeof(*legs));
	return true;
}

static void drop(void *row)
{
	free(((struct route *)row)->legs);
}

static bool same(const void *x, const void *y)
{
	const struct route *r = x, *s = y;

	if (r->nlegs < 2 && s->nlegs < 2)
		return true;
	return r->nlegs == s->nlegs && memcmp(r->legs, s->legs, r->nlegs * sizeof(*r->legs)) == 0;
}

static bool asks_same(const void *x, const void *y)
{
	static const struct row_kind leg = { .def = &mib_nexthop };
	static const unsigned cols[] = { NEXTHOP_COL_GATEWAY, NEXTHOP_COL_IFNAME,
					 NEXTHOP_COL_WEIGHT };
	const struct route *r = x, *s = y;

	if (r->nlegs != s->nlegs)
		return false;
	for (unsigned i = 0; r->nlegs > 1 && i < r->nlegs; i++) {
		const struct mib_nexthop_row a = { .hop = r->legs[i] }, b = { .hop = s->legs[i] };

		for (size_t c = 0; c < sizeof(cols) / sizeof(*cols); c++)
			if (!row_same_column(&leg, mib_col(&mib_nexthop, cols[c]), &a, &b))
				return false;
	}
	return true;
}

static int read_legs(const config_setting_t *group, void *row, struct arena *arena, struct why *why)
{
	const config_setting_t *list = config_setting_get_member(group, route_legs.name);
	int n = list ? config_setting_length(list) : 0;
	struct route *r = row;

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
		leg_row_settle(&hop);
		r->legs[i] = hop.hop;
	}
	r->nlegs = (uint16_t)n;
	return 0;
}

/* Which columns of a leg say something: the index of a device is not the same tomorrow. */
static uint64_t given(const struct nexthop *leg)
{
	return (leg->gateway.family
			? COL_BIT(NEXTHOP_COL_GATEWAY_TYPE) | COL_BIT(NEXTHOP_COL_GATEWAY)
			: 0) |
	       (leg->ifname[0] ? COL_BIT(NEXTHOP_COL_IFNAME)
		: leg->ifindex ? COL_BIT(NEXTHOP_COL_IFINDEX)
			       : 0) |
	       COL_BIT(NEXTHOP_COL_WEIGHT);
}

static void write_legs(const void *row, struct text *out)
{
	const struct route *r = row;

	if (r->nlegs < 2)
		return;
	text_add(out, " %s = (", route_legs.name);
	for (unsigned i = 0; i < r->nlegs; i++) {
		struct mib_nexthop_row hop = {
			.index = (uint8_t)(i + 1),
			.hop = r->legs[i],
			.given = given(&r->legs[i]),
		};

		text_add(out, "%s ", i ? "," : "");
		rowfile_write(&mib_nexthop, &hop, out);
	}
	text_add(out, " );");
}

const struct row_rest route_legs = {
	.name = "legs",
	.own = own,
	.drop = drop,
	.same = same,
	.asks_same = asks_same,
	.read = read_legs,
	.write = write_legs,
};
