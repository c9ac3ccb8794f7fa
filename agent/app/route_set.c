/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "app/route_set.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "app/route_info.h"

static int cmp_u32(uint32_t a, uint32_t b)
{
	return a < b ? -1 : a > b;
}

/* By the key, without the instance. */
static int group_cmp(const void *a, const void *b)
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
	int d = group_cmp(a, b);

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

void route_rec_get(const struct route_rec *rec, struct route *out)
{
	*out = rec->info->r;
	out->fib = rec->fib;
	out->metric = rec->metric;
	out->dst = rec->dst;
	out->instance = rec->instance;
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

static void count(struct routes *v, const struct route_rec *rec, int by)
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

size_t route_set_equals(const struct routes *v, const struct route *r)
{
	struct route_rec key = route_rec_of(r), *rec;
	size_t n = 0;

	for (struct oset_at at = oset_lower(&v->set, &key, group_cmp);
	     (rec = oset_get(&v->set, at)) && group_cmp(&key, rec) == 0;
	     at = oset_next(&v->set, at))
		n++;
	return n;
}

/* The lowest instance that no route of the key has; 0 when all are taken. */
static uint16_t free_instance(const struct routes *v, const struct route_rec *key)
{
	uint32_t instance = 1;
	const struct route_rec *rec;

	for (struct oset_at at = oset_lower(&v->set, key, group_cmp);
	     (rec = oset_get(&v->set, at)) && group_cmp(key, rec) == 0 && rec->instance == instance;
	     at = oset_next(&v->set, at))
		instance++;
	return instance <= UINT16_MAX ? (uint16_t)instance : 0;
}

int route_set_add(struct routes *v, const struct route *r)
{
	struct route_rec rec = route_rec_of(r);

	rec.instance = free_instance(v, &rec);
	if (!rec.instance)
		return -ENOSPC;
	rec.info = route_info_get(v, r);
	if (!rec.info)
		return -ENOMEM;
	if (!oset_insert(&v->set, &rec)) {
		route_info_put(v, rec.info);
		return -ENOMEM;
	}
	count(v, &rec, 1);
	return 0;
}

bool route_set_remove(struct routes *v, const struct route *r)
{
	struct route_rec key = route_rec_of(r), *rec;

	for (struct oset_at at = oset_lower(&v->set, &key, group_cmp);
	     (rec = oset_get(&v->set, at)) && group_cmp(&key, rec) == 0;
	     at = oset_next(&v->set, at)) {
		struct route have;

		route_rec_get(rec, &have);
		if (!route_same(&have, r))
			continue;
		count(v, rec, -1);
		route_info_put(v, rec->info);
		oset_remove(&v->set, at);
		return true;
	}
	return false;
}

void route_load_begin(struct route_load *l, struct routes *v, uint8_t family)
{
	*l = (struct route_load){ .v = v, .family = family, .recs = VEC_INIT(struct route_rec) };
}

int route_load_add(struct route_load *l, const struct route *r)
{
	struct route_rec *rec = vec_push(&l->recs);

	if (!rec)
		return -ENOMEM;
	*rec = route_rec_of(r);
	rec->instance = 0;
	rec->info = route_info_get(l->v, r);
	if (rec->info)
		return 0;
	l->recs.n--;
	return -ENOMEM;
}

void route_load_reset(struct route_load *l)
{
	for (size_t i = 0; i < l->recs.n; i++)
		route_info_put(l->v, ((struct route_rec *)vec_at(&l->recs, i))->info);
	vec_clear(&l->recs);
}

/* Gives instances to routes @from to @to, which share a key: those that were there keep theirs. */
static void give_instances(struct route_load *l, size_t from, size_t to)
{
	const struct route_rec *old;
	uint32_t instance = 1;

	for (struct oset_at at = oset_lower(&l->v->set, vec_at(&l->recs, from), group_cmp);
	     (old = oset_get(&l->v->set, at)) && group_cmp(vec_at(&l->recs, from), old) == 0;
	     at = oset_next(&l->v->set, at)) {
		for (size_t i = from; i < to; i++) {
			struct route_rec *rec = vec_at(&l->recs, i);

			if (rec->instance || rec->info != old->info)
				continue;
			rec->instance = old->instance;
			break;
		}
	}
	for (size_t i = from; i < to; i++) {
		struct route_rec *rec = vec_at(&l->recs, i);
		bool taken = !rec->instance;

		while (taken) {
			taken = false;
			for (size_t j = from; j < to && !taken; j++)
				taken = ((struct route_rec *)vec_at(&l->recs, j))->instance ==
					instance;
			if (taken)
				instance++;
		}
		if (!rec->instance)
			rec->instance = (uint16_t)instance;
	}
}

static void sort_recs(struct route_load *l)
{
	size_t from = 0;

	vec_sort(&l->recs, group_cmp);
	for (size_t i = 1; i <= l->recs.n; i++) {
		if (i < l->recs.n && group_cmp(vec_at(&l->recs, from), vec_at(&l->recs, i)) == 0)
			continue;
		give_instances(l, from, i);
		from = i;
	}
	vec_sort(&l->recs, route_rec_cmp);
}

/* Is what was read what is there already? */
static bool nothing_new(const struct route_load *l)
{
	size_t i = 0;
	const struct route_rec *old;

	for (struct oset_at at = OSET_BEGIN; (old = oset_get(&l->v->set, at));
	     at = oset_next(&l->v->set, at)) {
		const struct route_rec *rec;

		if (old->dst.family != l->family)
			continue;
		rec = i < l->recs.n ? vec_at(&l->recs, i++) : NULL;
		if (!rec || rec->info != old->info || route_rec_cmp(rec, old) != 0)
			return false;
	}
	return i == l->recs.n;
}

/* Both families stand in one order: the other one's routes are merged with what was read. */
static int merge(struct route_load *l, struct oset *out)
{
	struct oset_at at = OSET_BEGIN;
	const struct route_rec *old, *new;
	size_t i = 0;

	for (;;) {
		old = oset_get(&l->v->set, at);
		if (old && old->dst.family == l->family) {
			at = oset_next(&l->v->set, at);
			continue;
		}
		new = i < l->recs.n ? vec_at(&l->recs, i) : NULL;
		if (!old && !new)
			return 0;
		if (!new || (old && route_rec_cmp(old, new) < 0)) {
			if (!oset_append(out, old))
				return -ENOMEM;
			at = oset_next(&l->v->set, at);
		} else {
			if (!oset_append(out, new))
				return -ENOMEM;
			i++;
		}
	}
}

int route_load_end(struct route_load *l, bool *changed)
{
	struct routes *v = l->v;
	struct oset merged;
	struct route_rec *rec;
	int err;

	sort_recs(l);
	*changed = !nothing_new(l);
	if (!*changed) {
		route_load_reset(l);
		vec_fini(&l->recs);
		return 0;
	}
	oset_init(&merged, sizeof(struct route_rec), route_rec_cmp);
	err = merge(l, &merged);
	if (err) {
		oset_fini(&merged);
		route_load_reset(l);
		vec_fini(&l->recs);
		return err;
	}
	for (struct oset_at at = OSET_BEGIN; (rec = oset_get(&v->set, at));
	     at = oset_next(&v->set, at))
		if (rec->dst.family == l->family)
			route_info_put(v, rec->info);
	oset_fini(&v->set);
	v->set = merged;
	vec_clear(&v->counts);
	for (struct oset_at at = OSET_BEGIN; (rec = oset_get(&v->set, at));
	     at = oset_next(&v->set, at))
		count(v, rec, 1);
	vec_fini(&l->recs);
	return 0;
}
