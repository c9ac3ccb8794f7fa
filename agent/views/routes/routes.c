/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rows of the routes: what the kernel has, and what managers want beside it. */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#include "views/route_row.h"
#include "views/route_set.h"
#include "views/scalars.h"

/* An index that a manager asks for: any numbers, or the whole key of a route. */
struct index_key {
	const uint32_t *idx;
	size_t n;
	bool whole;
	struct route_rec rec;
};

/* Reads the key out of an index. Returns: false when it is none. */
static bool rec_of_index(const uint32_t *idx, size_t n, struct route_rec *rec)
{
	size_t len = n > 2 && idx[2] <= ADDR_MAX ? idx[2] : 0;
	uint8_t family = (uint8_t)addr_family(len);

	if (!family || idx[1] != (family == AF_INET ? 1 : 2) || n != 6 + len)
		return false;
	*rec = (struct route_rec){ .fib = idx[0], .dst.family = family };
	for (size_t i = 0; i < len; i++) {
		if (idx[3 + i] > 255)
			return false;
		rec->dst.addr[i] = (uint8_t)idx[3 + i];
	}
	if (idx[3 + len] > 8 * len || idx[5 + len] < 1 || idx[5 + len] > UINT16_MAX)
		return false;
	rec->dst.len = (uint8_t)idx[3 + len];
	rec->metric = idx[4 + len];
	rec->instance = (uint16_t)idx[5 + len];
	return true;
}

static struct index_key key_of_index(const uint32_t *idx, size_t n)
{
	struct index_key key = { .idx = idx, .n = n };

	key.whole = rec_of_index(idx, n, &key.rec);
	return key;
}

static int index_rec_cmp(const void *key, const void *elem)
{
	const struct index_key *k = key;
	struct mib_oid at;

	if (k->whole)
		return route_rec_cmp(&k->rec, elem);
	route_rec_index(elem, &at);
	return mib_oid_cmp(k->idx, k->n, at.id, at.n);
}

void route_row_name_leg(const struct app *a, struct nexthop *hop)
{
	const struct name *link = hop->ifindex ? names_find(&a->links, hop->ifindex) : NULL;

	hop->ifname[0] = '\0';
	if (link)
		memcpy(hop->ifname, link->name, strnlen(link->name, sizeof(hop->ifname) - 1));
	hop->gateway_type = hop->gateway.family;
}

/* A kernel's route as a row. */
static const struct route *fill(struct app *a, const struct route_rec *rec)
{
	struct route *out = &a->routes.row;
	const struct route *m;

	route_rec_get(rec, out);
	m = managed_find(&a->routes.managed, out); /* what a manager wants of it */
	route_row_name_leg(a, &out->leg);
	if (out->nlegs > 1)
		memset(&out->leg, 0, sizeof(out->leg));
	out->origin = m ? m->origin : ORIGIN_FOREIGN;
	out->storage = m ? m->storage : house_storage(a);
	out->given = m ? m->given : 0;
	out->status = ROW_ACTIVE;
	return out;
}

/* A row that is in no kernel. */
static const struct route *fill_managed(struct app *a, const struct route *m)
{
	struct route *out = &a->routes.row;

	*out = *m;
	if (out->status == ROW_ACTIVE)
		out->status = ROW_NOT_IN_SERVICE;
	if (out->scope == ROUTE_SCOPE_AUTO)
		out->scope = route_scope(out);
	return out;
}

/* The first managed row whose index is above (@equal: or is) the one asked for. */
static const struct route *managed_above(const struct app *a, const struct index_key *key,
					 bool equal)
{
	const struct managed *m = &a->routes.managed;
	size_t lo = 0, hi = m->rows.n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		struct route_rec rec = route_rec_of(managed_at(m, mid));
		int d = index_rec_cmp(key, &rec);

		if (d > 0 || (d == 0 && !equal))
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < m->rows.n ? managed_at(m, lo) : NULL;
}

const struct route *route_row_find(struct app *a, const uint32_t *idx, size_t n)
{
	const struct index_key key = key_of_index(idx, n);
	const struct route_rec *rec;
	const struct route *m;
	struct route_rec mrec;

	rec = oset_get(&a->routes.set, oset_lower(&a->routes.set, &key, index_rec_cmp));
	if (rec && index_rec_cmp(&key, rec) == 0)
		return fill(a, rec);
	m = managed_above(a, &key, true);
	if (!m)
		return NULL;
	mrec = route_rec_of(m);
	return index_rec_cmp(&key, &mrec) == 0 ? fill_managed(a, m) : NULL;
}

const struct route *route_row_next(struct app *a, const uint32_t *idx, size_t n, struct mib_oid *at)
{
	const struct index_key key = key_of_index(idx, n);
	const struct route_rec *rec;
	const struct route *m = managed_above(a, &key, false);
	struct route_rec mrec;

	rec = oset_get(&a->routes.set, oset_upper(&a->routes.set, &key, index_rec_cmp));
	if (m)
		mrec = route_rec_of(m);
	if (rec && (!m || route_rec_cmp(rec, &mrec) <= 0)) {
		route_rec_index(rec, at);
		return fill(a, rec);
	}
	if (!m)
		return NULL;
	route_rec_index(&mrec, at);
	return fill_managed(a, m);
}

bool routes_find(struct app *a, const struct route *key, struct route *out)
{
	struct route_rec rec = route_rec_of(key), *have;

	routes_look(a, key);
	have = oset_get(&a->routes.set, oset_lower(&a->routes.set, &rec, NULL));
	if (!have || route_rec_cmp(have, &rec) != 0)
		return false;
	route_rec_get(have, out);
	return true;
}

static const void *find(void *ctx, const uint32_t *idx, size_t n)
{
	struct app *a = ctx;

	routes_sync(a);
	return route_row_find(a, idx, n);
}

static const void *next(void *ctx, const uint32_t *idx, size_t n, struct mib_oid *at)
{
	struct app *a = ctx;

	routes_sync(a);
	return route_row_next(a, idx, n, at);
}

static void text(void *ctx, const void *row, unsigned col, struct text *out)
{
	struct app *a = ctx;

	(void)col;
	route_text(row, &a->names, &a->links, out);
}

bool route_row_writable(void *ctx, const void *row, struct why *why)
{
	return house_writable(ctx, ((const struct route *)row)->origin, "route", why);
}

bool route_row_init(void *ctx, const uint32_t *idx, size_t n, void *row, struct why *why)
{
	struct app *a = ctx;
	struct route *r = row;
	struct route_rec key;

	route_init(r);
	r->nlegs = 0;
	r->protocol = (uint8_t)a->conf.protocol;
	if (!rec_of_index(idx, n, &key)) {
		why_set(why, 0,
			"the index is no table, address type, address, prefix length, "
			"metric and instance");
		return false;
	}
	route_rec_key(&key, r);
	if (!r->fib)
		why_set(why, 0, "table 0 is the kernel's \"unspec\"");
	else if (house_protects(a, r->fib))
		why_set(why, 0,
			"table %u is the system's own: \"provisioning.main_tables = true\" in "
			"fwmarkd.conf opens it to managers",
			r->fib);
	else if (conf_list_has(&a->conf.exclude_tables, r->fib))
		why_set(why, 0, "table %u is left out by \"routes.exclude_tables\" in fwmarkd.conf",
			r->fib);
	else if (!prefix_is_canonical(&r->dst))
		why_set(why, 0, "the destination has bits beyond its prefix length");
	else if (r->dst.family == AF_INET6 && !r->metric)
		why_set(why, 0, "an IPv6 metric of 0 is the kernel's 1024: create it with 1024");
	else if (r->instance != 1)
		why_set(why, 0, "managers create instance 1");
	else
		return true;
	return false;
}

static bool is_given(uint64_t given, unsigned col)
{
	return given >> col & 1;
}

enum { GATEWAY_COLS = 1u << 8 | 1u << 9 | 1u << 10 | 1u << 11 };

/* An address without a type has the type of its length. */
void route_row_settle_gateway(struct nexthop *hop, bool type_given)
{
	if (!type_given)
		hop->gateway_type = hop->gateway.family;
	hop->gateway.len = (uint8_t)(8 * addr_size(hop->gateway.family));
}

static void settle(void *ctx, void *row)
{
	struct route *r = row;

	(void)ctx;
	route_row_settle_gateway(&r->leg, is_given(r->given, 8));
	r->prefsrc.len = (uint8_t)(8 * addr_size(r->prefsrc.family));
	/* A leg is there as soon as something of it is written, here or in its own row. */
	if (r->leg.gateway.family || r->leg.ifindex || r->leg.ifname[0])
		r->nlegs = r->nlegs ? r->nlegs : 1;
	else if (route_is_reject(r))
		r->nlegs = 0;
	/* The way out of a nexthop object is the kernel's to show, not the manager's to say. */
	if (r->nhid && !(r->given & GATEWAY_COLS)) {
		memset(&r->leg, 0, sizeof(r->leg));
		r->nlegs = 1;
	}
	if (!r->leg.weight)
		r->leg.weight = 1;
}

int route_row_check_gateway(const struct nexthop *hop, unsigned type_col, unsigned *col,
			    struct why *why)
{
	if (hop->gateway_type == hop->gateway.family)
		return 0;
	*col = type_col + 1;
	return why_set(why, -EINVAL, "the gateway is not of the type in its type column");
}

static int check(void *ctx, const void *row, unsigned *col, struct why *why)
{
	const struct route *r = row;
	int err = r->nlegs == 1 ? route_row_check_gateway(&r->leg, 8, col, why) : 0;

	(void)ctx;
	/* Legs and devices are put together when the whole PDU is there: plan.c. */
	return err;
}

const struct mib_source routes_source = {
	.find = find,
	.next = next,
	.text = text,
	.writable = route_row_writable,
	.init = route_row_init,
	.settle = settle,
	.check = check,
};

/* Managers' rows that are not in the kernel. */
static uint32_t held(const struct app *a)
{
	const struct managed *m = &a->routes.managed;
	const struct oset *set = &a->routes.set;
	uint32_t n = 0;

	for (size_t i = 0; i < m->rows.n; i++) {
		struct route_rec rec = route_rec_of(managed_at(m, i)), *have;

		have = oset_get(set, oset_lower(set, &rec, NULL));
		n += !have || route_rec_cmp(have, &rec) != 0;
	}
	return n;
}

static const void *scalars_row(struct app *a)
{
	struct routes *v = &a->routes;

	routes_sync(a);
	a->scalars = (struct mib_scalars_row){
		.count = (uint32_t)v->set.n + held(a),
		.last_change = v->managed.changed_ms > v->last_change ? v->managed.changed_ms
								      : v->last_change,
	};
	return &a->scalars;
}

SCALARS(scalars, scalars_row)

const struct mib_source routes_scalars_source = { .find = scalars_find, .next = scalars_next };
