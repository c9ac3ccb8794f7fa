/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The next hops of a route: its row has them beside its columns, and SNMP shows them as rows of
 * their own. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "store/kinds.h"

void hop_settle_gateway(struct nexthop *hop, bool type_given)
{
	if (!type_given)
		hop->gateway_type = hop->gateway.family;
	hop->gateway.len = (uint8_t)(8 * addr_size(hop->gateway.family));
}

int hop_check_gateway(const struct nexthop *hop, unsigned gateway_col, unsigned *col,
		      struct why *why)
{
	if (hop->gateway_type == hop->gateway.family)
		return 0;
	*col = gateway_col;
	return why_set(why, -EINVAL, "the gateway is not of the type in its type column");
}

void hop_row_settle(void *row)
{
	struct mib_nexthop_row *hop = row;

	hop_settle_gateway(&hop->hop, cols_have(hop->given, NEXTHOP_COL_GATEWAY_TYPE));
}

int hop_row_check(const void *row, unsigned *col, struct why *why)
{
	return hop_check_gateway(&((const struct mib_nexthop_row *)row)->hop, NEXTHOP_COL_GATEWAY,
				 col, why);
}

/* What only the kernel's route has is not wanted. */
static bool own(void *row)
{
	struct route *r = row;
	struct nexthop *hops = r->nhops > 1 ? r->hops : NULL;

	r->flags &= ~(uint32_t)ROUTE_EXPIRES;
	r->expires = 0;
	r->hop.encap = (struct encap){ 0 };
	r->hops = NULL;
	if (!hops)
		return true;
	r->hops = malloc(r->nhops * sizeof(*hops));
	if (!r->hops)
		return false;
	memcpy(r->hops, hops, r->nhops * sizeof(*hops));
	for (unsigned i = 0; i < r->nhops; i++)
		r->hops[i].encap = (struct encap){ 0 };
	return true;
}

static void drop(void *row)
{
	free(((struct route *)row)->hops);
}

static bool same(const void *x, const void *y)
{
	const struct route *r = x, *s = y;

	if (r->nhops < 2 && s->nhops < 2)
		return true;
	return r->nhops == s->nhops && memcmp(r->hops, s->hops, r->nhops * sizeof(*r->hops)) == 0;
}

static bool asks_same(const void *x, const void *y)
{
	static const struct row_kind hop = { .def = &mib_nexthop };
	static const unsigned cols[] = { NEXTHOP_COL_GATEWAY, NEXTHOP_COL_IFNAME,
					 NEXTHOP_COL_WEIGHT };
	const struct route *r = x, *s = y;

	if (r->nhops != s->nhops)
		return false;
	for (unsigned i = 0; r->nhops > 1 && i < r->nhops; i++) {
		const struct mib_nexthop_row a = { .hop = r->hops[i] }, b = { .hop = s->hops[i] };

		for (size_t c = 0; c < sizeof(cols) / sizeof(*cols); c++)
			if (!row_same_column(&hop, mib_col(&mib_nexthop, cols[c]), &a, &b))
				return false;
	}
	return true;
}

static int read_hops(const config_setting_t *group, void *row, struct arena *arena, struct why *why)
{
	const config_setting_t *list = config_setting_get_member(group, route_hops.name);
	int n = list ? config_setting_length(list) : 0;
	struct route *r = row;

	if (!list)
		return 0;
	if (!config_setting_is_list(list) || n < 2 || n > ROUTE_HOPS_MAX)
		return why_set(why, -EINVAL, "line %u: nextHops: a list of 2 to %d is wanted",
			       config_setting_source_line(list), ROUTE_HOPS_MAX);
	r->hops = arena_alloc(arena, (size_t)n * sizeof(*r->hops));
	if (!r->hops)
		return -ENOMEM;
	for (int i = 0; i < n; i++) {
		struct mib_nexthop_row hop = { .hop = { .weight = 1 } };
		const config_setting_t *one = config_setting_get_elem(list, (unsigned)i);
		int err = rowfile_read(&mib_nexthop, one, &hop, NULL, arena, why);

		if (err)
			return err;
		hop_row_settle(&hop);
		r->hops[i] = hop.hop;
	}
	r->nhops = (uint16_t)n;
	return 0;
}

/* Which columns of a next hop a file has: of its device the name, for the index may be another
 * tomorrow. */
static uint64_t given(const struct nexthop *hop)
{
	return (hop->gateway.family
			? COL_BIT(NEXTHOP_COL_GATEWAY_TYPE) | COL_BIT(NEXTHOP_COL_GATEWAY)
			: 0) |
	       (hop->ifname[0] ? COL_BIT(NEXTHOP_COL_IFNAME)
		: hop->ifindex ? COL_BIT(NEXTHOP_COL_IFINDEX)
			       : 0) |
	       COL_BIT(NEXTHOP_COL_WEIGHT);
}

static void write_hops(const void *row, struct text *out)
{
	const struct route *r = row;

	if (r->nhops < 2)
		return;
	text_add(out, " %s = (", route_hops.name);
	for (unsigned i = 0; i < r->nhops; i++) {
		struct mib_nexthop_row hop = {
			.index = (uint8_t)(i + 1),
			.hop = r->hops[i],
			.given = given(&r->hops[i]),
		};

		text_add(out, "%s ", i ? "," : "");
		rowfile_write(&mib_nexthop, &hop, out);
	}
	text_add(out, " );");
}

const struct row_rest route_hops = {
	.name = "nextHops",
	.own = own,
	.drop = drop,
	.same = same,
	.asks_same = asks_same,
	.read = read_hops,
	.write = write_hops,
};
