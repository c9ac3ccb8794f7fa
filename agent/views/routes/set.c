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

/* The wanted rows of an index have their instances: routes of another key in the kernel get none of
 * these. Returns: the first wanted row with this index, whatever its instance. */
static size_t wanted_from(const struct routes *v, const struct route_rec *key)
{
	size_t lo = 0, hi = v->wanted ? v->wanted->rows.n : 0;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		struct route_rec rec = route_rec_of(wanted_at(v->wanted, mid));

		if (route_rec_group_cmp(&rec, key) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* Returns: wanted row @i if it has this index, else NULL. */
static struct route *wanted_of(const struct routes *v, const struct route_rec *key, size_t i)
{
	struct route *m = v->wanted && i < v->wanted->rows.n ? wanted_at(v->wanted, i) : NULL;
	struct route_rec rec;

	if (!m)
		return NULL;
	rec = route_rec_of(m);
	return route_rec_group_cmp(&rec, key) == 0 ? m : NULL;
}

static bool has_key_of(const struct route_rec *rec, const struct route *m)
{
	struct route have;

	route_rec_get(rec, &have);
	return route_same_key(&have, m);
}

struct route *route_set_wanted(const struct routes *v, const struct route *r)
{
	const struct route_rec key = route_rec_of(r);
	struct route *m;

	for (size_t i = wanted_from(v, &key); (m = wanted_of(v, &key, i)); i++)
		if (route_same_key(m, r))
			return m;
	return NULL;
}

/* Returns: @instance, or the next one that no wanted row of another key has. */
static uint32_t unreserved(const struct routes *v, const struct route_rec *key, uint32_t instance)
{
	const struct route *m;

	for (size_t i = wanted_from(v, key); (m = wanted_of(v, key, i)); i++)
		if (m->instance == instance && !has_key_of(key, m))
			instance++;
	return instance;
}

static uint16_t lowest(const struct routes *v, const struct route_rec *key)
{
	uint32_t instance = unreserved(v, key, 1);
	const struct route_rec *rec;

	for (struct oset_at at = oset_lower(&v->set, key, route_rec_group_cmp);
	     (rec = oset_get(&v->set, at)) && route_rec_group_cmp(key, rec) == 0;
	     at = oset_next(&v->set, at))
		if (rec->instance == instance)
			instance = unreserved(v, key, instance + 1);
	return instance <= UINT16_MAX ? (uint16_t)instance : 0;
}

uint16_t route_set_free_instance(const struct routes *v, const struct route_rec *key)
{
	const struct route_rec *rec;

	for (struct oset_at at = oset_lower(&v->set, key, route_rec_group_cmp);
	     (rec = oset_get(&v->set, at)) && route_rec_group_cmp(key, rec) == 0;
	     at = oset_next(&v->set, at))
		if (rec->info == key->info)
			return 0;
	return lowest(v, key);
}

/* Without memory, the route keeps the instance it has. */
static void move(struct routes *v, struct route_rec rec, uint16_t instance)
{
	const struct route_rec was = rec;

	rec.instance = instance;
	if (instance && oset_insert(&v->set, &rec))
		oset_remove(&v->set, oset_lower(&v->set, &was, NULL));
}

static void exchange(struct route_rec *a, struct route_rec *b)
{
	struct route_rec was = *a;

	a->info = b->info;
	a->seen = b->seen;
	b->info = was.info;
	b->seen = was.seen;
}

/* Gives a wanted row's route the row's instance, and takes it from another route. */
static void claim(struct routes *v, const struct route *m)
{
	struct route_rec key = route_rec_of(m), *rec, *mine = NULL, *holder = NULL;

	for (struct oset_at at = oset_lower(&v->set, &key, route_rec_group_cmp);
	     (rec = oset_get(&v->set, at)) && route_rec_group_cmp(&key, rec) == 0;
	     at = oset_next(&v->set, at)) {
		if (rec->instance == m->instance)
			holder = rec;
		if (!mine && has_key_of(rec, m))
			mine = rec;
	}
	if (holder ? has_key_of(holder, m) : !mine)
		return;
	if (mine && holder)
		exchange(mine, holder);
	else if (mine)
		move(v, *mine, m->instance);
	else
		move(v, *holder, lowest(v, holder));
}

void route_set_claim(struct routes *v)
{
	for (size_t i = 0; v->wanted && i < v->wanted->rows.n; i++)
		claim(v, wanted_at(v->wanted, i));
}

int route_set_add(struct routes *v, const struct route *r)
{
	struct route_rec rec = route_rec_of(r);
	const struct route *m;
	bool added;

	rec.info = route_info_get(v, r);
	if (!rec.info)
		return -ENOMEM;
	rec.instance = route_set_free_instance(v, &rec);
	added = rec.instance && oset_insert(&v->set, &rec);
	if (!added) {
		route_info_put(v, rec.info);
		return rec.instance ? -ENOMEM : 0;
	}
	route_set_count(v, &rec, 1);
	m = route_set_wanted(v, r);
	if (m)
		claim(v, m);
	return 0;
}

size_t route_set_shares(const struct routes *v, const struct route *r, struct oset_at *out)
{
	struct route_rec key = route_rec_of(r), *rec;
	size_t n = 0;

	for (struct oset_at at = oset_lower(&v->set, &key, route_rec_group_cmp);
	     (rec = oset_get(&v->set, at)) && route_rec_group_cmp(&key, rec) == 0;
	     at = oset_next(&v->set, at))
		if (has_key_of(rec, r) && !n++ && out)
			*out = at;
	return n;
}

int route_set_swap(struct routes *v, const struct route *r)
{
	struct route_info *info;
	struct route_rec *rec;
	struct oset_at at;

	if (route_set_shares(v, r, &at) != 1)
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
