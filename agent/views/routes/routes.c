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

void route_row_name_hop(const struct views *views, struct nexthop *hop)
{
	const struct name *link = hop->ifindex ? names_find(&views->links, hop->ifindex) : NULL;

	hop->ifname[0] = '\0';
	if (link)
		memcpy(hop->ifname, link->name, strnlen(link->name, sizeof(hop->ifname) - 1));
	hop->gateway_type = hop->gateway.family;
}

void route_row_number_hop(const struct views *views, struct nexthop *hop)
{
	const struct name *link = names_find_name(&views->links, hop->ifname);

	hop->ifindex = link ? link->id : 0;
}

/* Fills in the row of a route of the kernel. */
static const struct route *fill(struct views *views, const struct route_rec *rec)
{
	struct route *out = &views->routes.row;
	const struct route *m;

	route_rec_get(rec, out);
	m = wanted_find(&views->store->wanted[ROUTE_ROWS], out); /* its wanted row */
	route_row_name_hop(views, &out->hop);
	if (out->nhops > 1)
		memset(&out->hop, 0, sizeof(out->hop));
	out->origin = m ? m->origin : ORIGIN_FOREIGN;
	out->storage = m ? m->storage : access_storage(views->access);
	out->given = m ? m->given : 0;
	out->status = ROW_ACTIVE;
	return out;
}

/* Fills in a wanted row that the kernel does not have. */
static const struct route *fill_wanted(struct views *views, const struct route *m)
{
	struct route *out = &views->routes.row;

	*out = *m;
	if (out->hop.ifname[0])
		route_row_number_hop(views, &out->hop);
	if (out->status == ROW_ACTIVE)
		out->status = ROW_NOT_IN_SERVICE;
	if (out->scope == ROUTE_SCOPE_AUTO)
		out->scope = route_scope(out);
	return out;
}

/* Returns: the first wanted row whose index is above (@equal: or is) the one asked for, or NULL. */
static const struct route *wanted_above(const struct views *views, const struct index_key *key,
					bool equal)
{
	const struct wanted *m = &views->store->wanted[ROUTE_ROWS];
	size_t lo = 0, hi = m->rows.n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		struct route_rec rec = route_rec_of(wanted_at(m, mid));
		int d = index_rec_cmp(key, &rec);

		if (d > 0 || (d == 0 && !equal))
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < m->rows.n ? wanted_at(m, lo) : NULL;
}

const struct route *route_row_find(struct views *views, const uint32_t *idx, size_t n)
{
	const struct index_key key = key_of_index(idx, n);
	const struct route_rec *rec;
	const struct route *m;
	struct route_rec mrec;

	rec = oset_get(&views->routes.set, oset_lower(&views->routes.set, &key, index_rec_cmp));
	if (rec && index_rec_cmp(&key, rec) == 0)
		return fill(views, rec);
	m = wanted_above(views, &key, true);
	if (!m)
		return NULL;
	mrec = route_rec_of(m);
	return index_rec_cmp(&key, &mrec) == 0 ? fill_wanted(views, m) : NULL;
}

const struct route *route_row_next(struct views *views, const uint32_t *idx, size_t n,
				   struct mib_oid *at)
{
	const struct index_key key = key_of_index(idx, n);
	const struct route_rec *rec;
	const struct route *m = wanted_above(views, &key, false);
	struct route_rec mrec;

	rec = oset_get(&views->routes.set, oset_upper(&views->routes.set, &key, index_rec_cmp));
	if (m)
		mrec = route_rec_of(m);
	if (rec && (!m || route_rec_cmp(rec, &mrec) <= 0)) {
		route_rec_index(rec, at);
		return fill(views, rec);
	}
	if (!m)
		return NULL;
	route_rec_index(&mrec, at);
	return fill_wanted(views, m);
}

bool routes_find(struct views *views, const struct route *key, struct route *out)
{
	struct route_rec rec = route_rec_of(key), *have;

	routes_look(views, key);
	have = oset_get(&views->routes.set, oset_lower(&views->routes.set, &rec, NULL));
	if (!have || route_rec_cmp(have, &rec) != 0)
		return false;
	route_rec_get(have, out);
	return true;
}

bool routes_find_key(struct views *views, const struct route *key, struct route *out)
{
	const struct route_rec rec = route_rec_of(key), *have;
	const struct oset *set = &views->routes.set;
	bool found = false;

	routes_look(views, key);
	for (struct oset_at at = oset_lower(set, &rec, route_rec_group_cmp);
	     (have = oset_get(set, at)) && route_rec_group_cmp(&rec, have) == 0;
	     at = oset_next(set, at)) {
		struct route r;

		route_rec_get(have, &r);
		if (!route_same_key(&r, key) || (found && !route_same(&r, key)))
			continue;
		*out = r;
		found = true;
	}
	return found;
}

static const void *find(void *ctx, const uint32_t *idx, size_t n)
{
	struct views *views = ctx;

	routes_sync(views);
	return route_row_find(views, idx, n);
}

static const void *next(void *ctx, const uint32_t *idx, size_t n, struct mib_oid *at)
{
	struct views *views = ctx;

	routes_sync(views);
	return route_row_next(views, idx, n, at);
}

int route_row_sure(struct views *views, const uint32_t *idx, size_t n, struct why *why)
{
	const struct index_key key = key_of_index(idx, n);
	struct route r = { 0 };

	if (!key.whole)
		return 0;
	route_rec_key(&key.rec, &r);
	if (!routes_unread(&views->routes, &r) || route_row_find(views, idx, n))
		return 0;
	return why_set(why, -EAGAIN, "the kernel's routes of table %u are still to be read", r.fib);
}

static int sure(void *ctx, const uint32_t *idx, size_t n, struct why *why)
{
	return route_row_sure(ctx, idx, n, why);
}

static void text(void *ctx, const void *row, unsigned col, struct text *out)
{
	struct views *views = ctx;
	struct route r = *(const struct route *)row;

	(void)col;
	routes_expiry(views, &r);
	route_text(&r, &views->names, &views->links, out);
}

bool route_row_writable(void *ctx, const void *row, struct why *why)
{
	return access_writable(((struct views *)ctx)->access, ((const struct route *)row)->origin,
			       "route", why);
}

bool route_row_init(void *ctx, const uint32_t *idx, size_t n, void *row, struct why *why)
{
	struct views *views = ctx;
	struct route *r = row;
	struct route_rec key;

	route_init(r);
	r->nhops = 0;
	r->protocol = (uint8_t)views->store->protocol;
	if (!rec_of_index(idx, n, &key)) {
		why_set(why, 0,
			"a route's index is its table, address type, address, prefix length, "
			"metric and instance; this one is not");
		return false;
	}
	route_rec_key(&key, r);
	if (!r->fib)
		why_set(why, 0, "table 0 is the kernel's \"unspec\"");
	else if (access_protects(views->access, r->fib))
		why_set(why, 0,
			"table %u is the system's own: \"provisioning.main_tables = true\" in "
			"fwmarkd.conf opens it to managers",
			r->fib);
	else if (num_list_has(&views->opt->exclude_tables, r->fib))
		why_set(why, 0,
			"table %u is left out by \"display.exclude_tables\" in fwmarkd.conf",
			r->fib);
	else if (!prefix_is_canonical(&r->dst))
		why_set(why, 0, "the destination has bits beyond its prefix length");
	else if (r->dst.family == AF_INET6 && !r->metric)
		why_set(why, 0, "an IPv6 metric of 0 is the kernel's 1024: create it with 1024");
	else
		return true;
	return false;
}

const struct mib_source routes_source = {
	.find = find,
	.next = next,
	.text = text,
	.sure = sure,
	.writable = route_row_writable,
	.init = route_row_init,
	.settle = route_row_settle,
	.check = route_row_check,
};

/* Returns: how many wanted rows the kernel does not have. */
static uint32_t held(const struct views *views)
{
	const struct wanted *m = &views->store->wanted[ROUTE_ROWS];
	const struct oset *set = &views->routes.set;
	uint32_t n = 0;

	for (size_t i = 0; i < m->rows.n; i++) {
		struct route_rec rec = route_rec_of(wanted_at(m, i)), *have;

		have = oset_get(set, oset_lower(set, &rec, NULL));
		n += !have || route_rec_cmp(have, &rec) != 0;
	}
	return n;
}

static const void *scalars_row(struct views *views)
{
	struct routes *v = &views->routes;

	routes_sync(views);
	views->scalars = (struct mib_scalars_row){
		.count = (uint32_t)v->set.n + held(views),
		.last_change = views->store->wanted[ROUTE_ROWS].changed_ms > v->last_change
				       ? views->store->wanted[ROUTE_ROWS].changed_ms
				       : v->last_change,
	};
	return &views->scalars;
}

SCALARS(scalars, scalars_row)

const struct mib_source routes_scalars_source = { .find = scalars_find, .next = scalars_next };
