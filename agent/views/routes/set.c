/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "views/route_set.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "info.h"

static int cmp_u32(uint32_t a, uint32_t b)
{
	return a < b ? -1 : a > b;
}

int route_rec_group_cmp(const void *a, const void *b)
{
	const struct route_rec *x = a, *y = b;
	int d = cmp_u32(x->fib, y->fib);

	if (!d)
		d = prefix_cmp(&x->dst, &y->dst);
	return d ? d : cmp_u32(x->metric, y->metric);
}

int route_rec_cmp(const void *a, const void *b)
{
	const struct route_rec *x = a, *y = b;
	int d = route_rec_group_cmp(a, b);

	return d ? d : cmp_u32(x->instance, y->instance);
}

void route_rec_index(const struct route_rec *rec, struct mib_oid *at)
{
	size_t len = addr_size(rec->dst.family);

	at->n = 0;
	mib_oid_add(at, rec->fib);
	mib_oid_add(at, rec->dst.family == AF_INET ? 1 : 2);
	mib_oid_add(at, (uint32_t)len);
	for (size_t i = 0; i < len; i++)
		mib_oid_add(at, rec->dst.addr[i]);
	mib_oid_add(at, rec->dst.len);
	mib_oid_add(at, rec->metric);
	mib_oid_add(at, rec->instance);
}

struct route_rec route_rec_of(const struct route *key)
{
	return (struct route_rec){
		.fib = key->fib,
		.metric = key->metric,
		.dst = key->dst,
		.instance = key->instance,
	};
}

void route_rec_key(const struct route_rec *rec, struct route *out)
{
	out->fib = rec->fib;
	out->metric = rec->metric;
	out->dst = rec->dst;
	out->instance = rec->instance;
}

void route_rec_get(const struct route_rec *rec, struct route *out)
{
	*out = rec->info->r;
	route_rec_key(rec, out);
}

void route_set_init(struct routes *v)
{
	oset_init(&v->set, sizeof(struct route_rec), route_rec_cmp);
	v->counts = (struct vec)VEC_INIT(struct fib_count);
}

static void clear(struct routes *v)
{
	struct route_rec *rec;

	for (struct oset_at at = OSET_BEGIN; (rec = oset_get(&v->set, at));
	     at = oset_next(&v->set, at))
		route_info_put(v, rec->info);
	oset_fini(&v->set);
	vec_clear(&v->counts);
}

void route_set_fini(struct routes *v)
{
	clear(v);
	vec_fini(&v->counts);
	free(v->buckets);
	v->buckets = NULL;
	v->nbuckets = 0;
}

static int count_cmp(const void *key, const void *elem)
{
	return cmp_u32(*(const uint32_t *)key, ((const struct fib_count *)elem)->id);
}

void route_set_count(struct routes *v, const struct route_rec *rec, int by)
{
	size_t at = vec_lower(&v->counts, &rec->fib, count_cmp);
	struct fib_count *c;

	if (at < v->counts.n && count_cmp(&rec->fib, vec_at(&v->counts, at)) == 0)
		c = vec_at(&v->counts, at);
	else
		c = vec_insert(&v->counts, at);
	if (!c)
		return;
	c->id = rec->fib;
	if (rec->dst.family == AF_INET)
		c->routes4 += (uint32_t)by;
	else
		c->routes6 += (uint32_t)by;
}

size_t route_set_total(const struct routes *v, uint8_t family, uint32_t fib)
{
	size_t n = 0;

	for (size_t i = 0; i < v->counts.n; i++) {
		const struct fib_count *c = vec_at(&v->counts, i);

		if (!fib || c->id == fib)
			n += family == AF_INET ? c->routes4 : c->routes6;
	}
	return n;
}

size_t route_set_equals(const struct routes *v, const struct route *r)
{
	struct route_rec key = route_rec_of(r), *rec;
	size_t n = 0;

	for (struct oset_at at = oset_lower(&v->set, &key, route_rec_group_cmp);
	     (rec = oset_get(&v->set, at)) && route_rec_group_cmp(&key, rec) == 0;
	     at = oset_next(&v->set, at))
		n++;
	return n;
}

uint16_t route_set_free_instance(const struct routes *v, const struct route_rec *key)
{
	uint32_t instance = 1;
	const struct route_rec *rec;

	for (struct oset_at at = oset_lower(&v->set, key, route_rec_group_cmp);
	     (rec = oset_get(&v->set, at)) && route_rec_group_cmp(key, rec) == 0;
	     at = oset_next(&v->set, at)) {
		if (rec->info == key->info)
			return 0;
		if (rec->instance == instance)
			instance++;
	}
	return instance <= UINT16_MAX ? (uint16_t)instance : 0;
}

int route_set_add(struct routes *v, const struct route *r)
{
	struct route_rec rec = route_rec_of(r);
	bool added;

	rec.info = route_info_get(v, r);
	if (!rec.info)
		return -ENOMEM;
	rec.instance = route_set_free_instance(v, &rec);
	added = rec.instance && oset_insert(&v->set, &rec);
	if (added)
		route_set_count(v, &rec, 1);
	else
		route_info_put(v, rec.info);
	return added || !rec.instance ? 0 : -ENOMEM;
}

/* Finds the route of the key that @match accepts. Returns: false unless there is just one. */
static bool only_one(const struct routes *v, const struct route *r,
		     bool (*match)(const struct route *have, const struct route *r),
		     struct oset_at *out)
{
	struct route_rec key = route_rec_of(r), *rec;
	size_t n = 0;

	for (struct oset_at at = oset_lower(&v->set, &key, route_rec_group_cmp);
	     (rec = oset_get(&v->set, at)) && route_rec_group_cmp(&key, rec) == 0;
	     at = oset_next(&v->set, at)) {
		struct route have;

		route_rec_get(rec, &have);
		if (!match(&have, r))
			continue;
		*out = at;
		n++;
	}
	return n == 1;
}

/* The kernel's own key of a route has these beside the key of the row. */
static bool same_kernel_key(const struct route *x, const struct route *y)
{
	return x->tos == y->tos && prefix_cmp(&x->src, &y->src) == 0;
}

int route_set_swap(struct routes *v, const struct route *r)
{
	struct route_info *info;
	struct route_rec *rec;
	struct oset_at at;

	if (!only_one(v, r, same_kernel_key, &at))
		return -ENOENT;
	info = route_info_get(v, r);
	if (!info)
		return -ENOMEM;
	rec = oset_get(&v->set, at);
	route_info_put(v, rec->info);
	rec->info = info;
	return 0;
}

static bool remove_same(struct routes *v, const struct route *r)
{
	struct route_rec key = route_rec_of(r), *rec;

	for (struct oset_at at = oset_lower(&v->set, &key, route_rec_group_cmp);
	     (rec = oset_get(&v->set, at)) && route_rec_group_cmp(&key, rec) == 0;
	     at = oset_next(&v->set, at)) {
		struct route have;

		route_rec_get(rec, &have);
		if (!route_same(&have, r))
			continue;
		route_set_count(v, rec, -1);
		route_info_put(v, rec->info);
		oset_remove(&v->set, at);
		return true;
	}
	return false;
}

/* The kernel lets a route expire, or stay, without an event, and reports no end in the hundredth of a
 * second in which it comes. */
bool route_set_remove(struct routes *v, const struct route *r)
{
	struct route other = *r;

	other.flags ^= ROUTE_EXPIRES;
	return remove_same(v, r) || (r->dst.family == AF_INET6 && remove_same(v, &other));
}

/*
 * What an event says of other routes with its key: a new IPv4 route is one more, unless
 * NLM_F_REPLACE is set. When an IPv6 multipath route gets one more next hop, the kernel sends the
 * whole route, but with the next hops in an order of its own (inet6_rt_notify() of
 * net/ipv6/route.c): read it anew.
 */
bool route_set_event(struct routes *v, const struct route *r, bool gone, bool replaces)
{
	size_t equals = route_set_equals(v, r);

	if (gone) /* with no route of the key, it was gone before */
		return route_set_remove(v, r) || !equals;
	if (equals && r->dst.family == AF_INET6 && r->nhops > 1)
		return false;
	if (equals && replaces)
		return route_set_swap(v, r) == 0;
	return route_set_add(v, r) == 0;
}
