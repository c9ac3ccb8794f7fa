/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a dump gives takes the place of what is there, within the scope of the dump. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "app/route_info.h"
#include "kernel/route_nl.h"

/* Nearly all routes of a big table are one of a few, but for the key. */
enum { SEEN = 1024 };

struct route_seen {
	struct route_info *info; /* some route of this reading holds it */
	size_t n;
	unsigned char rest[ROUTE_NL_REST];
};

void route_load_begin(struct route_load *l, struct routes *v, const struct route_scope *scope)
{
	*l = (struct route_load){ .v = v, .scope = *scope, .recs = VEC_INIT(struct route_rec) };
	l->direct = !v->set.n;
	oset_init(&l->fresh, sizeof(struct route_rec), route_rec_cmp);
}

/* Counts the routes of one table that came one after the other. */
static void count_run(struct route_load *l)
{
	const struct route_rec key = { .fib = l->run_fib, .dst = { .family = l->scope.family } };

	if (l->run)
		route_set_count(l->v, &key, l->run);
	l->run = 0;
}

/* Behind its equals. */
static int fresh_insert(struct oset *fresh, struct route_rec *rec)
{
	const struct route_rec *have;

	for (struct oset_at at = oset_lower(fresh, rec, route_rec_group_cmp);
	     (have = oset_get(fresh, at)) && route_rec_group_cmp(rec, have) == 0;
	     at = oset_next(fresh, at))
		rec->instance = have->instance;
	if (rec->instance == UINT16_MAX)
		return -ENOSPC;
	rec->instance++;
	return oset_insert(fresh, rec) ? 0 : -ENOMEM;
}

/* Takes over a reference of @rec->info. */
static int take(struct route_load *l, struct route_rec *rec)
{
	const struct route_rec *last = l->direct ? oset_last(&l->fresh) : NULL;
	struct route_rec *slot;
	int err = 0;

	rec->instance = 0;
	if (!l->direct) {
		slot = vec_push(&l->recs);
		if (slot)
			*slot = *rec;
		else
			err = -ENOMEM;
	} else if (last && route_rec_group_cmp(last, rec) >= 0) {
		err = fresh_insert(&l->fresh, rec);
	} else {
		rec->instance = 1;
		err = oset_append(&l->fresh, rec) ? 0 : -ENOMEM;
	}
	if (err) {
		route_info_put(l->v, rec->info);
		return err;
	}
	if (l->direct && rec->fib != l->run_fib) {
		count_run(l);
		l->run_fib = rec->fib;
	}
	l->run++;
	return 0;
}

int route_load_add(struct route_load *l, const struct route *r)
{
	struct route_rec rec = route_rec_of(r);

	rec.info = route_info_get(l->v, r);
	return rec.info ? take(l, &rec) : -ENOMEM;
}

static struct route_seen *seen_slot(const struct route_load *l, const struct route_nl_parts *p)
{
	uint64_t h = p->n, w;

	for (size_t i = 0; i < p->n; i += sizeof(w)) {
		memcpy(&w, p->rest + i, sizeof(w));
		h = (h ^ w) * UINT64_C(0x9e3779b97f4a7c15);
		h ^= h >> 32;
	}
	return &l->seen[h % SEEN];
}

int route_load_message(struct route_load *l, const struct nlmsghdr *nlh)
{
	struct nexthop legs[ROUTE_LEGS_MAX];
	struct route_seen *seen = NULL;
	struct route_nl_parts p;
	struct route_rec rec;
	struct route r;
	int err;

	if (!l->seen)
		l->seen = calloc(SEEN, sizeof(*l->seen));
	if (l->seen && route_nl_split(nlh, &p)) {
		seen = seen_slot(l, &p);
		rec = (struct route_rec){ p.fib, p.metric, p.dst, 0, seen->info };
		if (seen->info && seen->n == p.n && memcmp(seen->rest, p.rest, p.n) == 0) {
			seen->info->refs++;
			return take(l, &rec);
		}
	}
	err = route_nl_decode(nlh, &r, legs);
	if (err)
		return err == -EAFNOSUPPORT ? 0 : err;
	rec = route_rec_of(&r);
	rec.info = route_info_get(l->v, &r);
	if (!rec.info)
		return -ENOMEM;
	err = take(l, &rec);
	if (!err && seen) {
		seen->info = rec.info;
		seen->n = p.n;
		memcpy(seen->rest, p.rest, p.n);
	}
	return err;
}

void route_load_reset(struct route_load *l)
{
	const struct route_rec *rec;

	for (size_t i = 0; i < l->recs.n; i++)
		route_info_put(l->v, ((struct route_rec *)vec_at(&l->recs, i))->info);
	vec_clear(&l->recs);
	for (struct oset_at at = OSET_BEGIN; (rec = oset_get(&l->fresh, at));
	     at = oset_next(&l->fresh, at))
		route_info_put(l->v, rec->info);
	oset_fini(&l->fresh);
	l->run = 0;
	if (l->direct)
		vec_clear(&l->v->counts); /* of nothing, before */
	free(l->seen);
	l->seen = NULL;
}

bool route_info_uses(const struct route_info *info, uint32_t ifindex)
{
	for (unsigned i = 0; i < info->r.nlegs; i++)
		if (route_leg(&info->r, i)->ifindex == ifindex)
			return true;
	return false;
}

static bool in_scope(const struct route_scope *s, const struct route_rec *rec)
{
	return rec->dst.family == s->family && (!s->fib || rec->fib == s->fib) &&
	       (!s->ifindex || route_info_uses(rec->info, s->ifindex));
}

/* Is the instance that of a route of this key, read just now or out of the scope? @at: the first
 * of this key that was there before. */
static bool instance_taken(const struct route_load *l, size_t from, size_t to, struct oset_at at,
			   uint32_t instance)
{
	const struct route_rec *key = vec_at(&l->recs, from), *old;

	for (size_t i = from; i < to; i++)
		if (((struct route_rec *)vec_at(&l->recs, i))->instance == instance)
			return true;
	for (; (old = oset_get(&l->v->set, at)) && route_rec_group_cmp(key, old) == 0;
	     at = oset_next(&l->v->set, at))
		if (old->instance == instance && !in_scope(&l->scope, old))
			return true;
	return false;
}

/* Gives instances to routes @from to @to, which share a key: those that were there keep theirs.
 * Returns: -ENOSPC when there are more than instances. */
static int give_instances(struct route_load *l, size_t from, size_t to, struct oset_at first)
{
	const struct route_rec *key = vec_at(&l->recs, from), *old;
	struct oset_at at = first;
	uint32_t instance = 1;

	for (; (old = oset_get(&l->v->set, at)) && route_rec_group_cmp(key, old) == 0;
	     at = oset_next(&l->v->set, at)) {
		for (size_t i = from; in_scope(&l->scope, old) && i < to; i++) {
			struct route_rec *rec = vec_at(&l->recs, i);

			if (rec->instance || rec->info != old->info)
				continue;
			rec->instance = old->instance;
			break;
		}
	}
	for (size_t i = from; i < to; i++) {
		struct route_rec *rec = vec_at(&l->recs, i);

		if (rec->instance)
			continue;
		while (instance_taken(l, from, to, first, instance))
			instance++;
		if (instance > UINT16_MAX)
			return -ENOSPC;
		rec->instance = (uint16_t)instance;
	}
	return 0;
}

/*
 * The kernel walks its tables in order, but for the lengths of one address: an insertion sort that
 * moves little is many times faster than any that does not know. Returns: false when it gave up, the
 * order being any.
 */
static bool sort_nearly(struct vec *recs)
{
	size_t moves = recs->n + 64;

	for (size_t i = 1; i < recs->n; i++) {
		struct route_rec rec = *(struct route_rec *)vec_at(recs, i);
		size_t j = i;

		for (; j && route_rec_group_cmp(vec_at(recs, j - 1), &rec) > 0; j--) {
			if (!moves--)
				break;
			memcpy(vec_at(recs, j), vec_at(recs, j - 1), sizeof(rec));
		}
		memcpy(vec_at(recs, j), &rec, sizeof(rec));
		if (moves == SIZE_MAX)
			return false;
	}
	return true;
}

/* Sorts what was read. Few routes share a key. */
static int sort_recs(struct route_load *l)
{
	struct oset_at at = OSET_BEGIN;
	const struct route_rec *old;
	bool shared = false, few = l->recs.n * 16 < l->v->set.n;
	size_t from = 0;
	int err = 0;

	if (!sort_nearly(&l->recs))
		vec_sort(&l->recs, route_rec_group_cmp);
	for (size_t i = 1; i <= l->recs.n && !err; i++) {
		if (i < l->recs.n &&
		    route_rec_group_cmp(vec_at(&l->recs, from), vec_at(&l->recs, i)) == 0)
			continue;
		if (few)
			at = oset_lower(&l->v->set, vec_at(&l->recs, from), route_rec_group_cmp);
		while ((old = oset_get(&l->v->set, at)) &&
		       route_rec_group_cmp(old, vec_at(&l->recs, from)) < 0)
			at = oset_next(&l->v->set, at);
		err = give_instances(l, from, i, at);
		shared |= i - from > 1;
		from = i;
	}
	if (shared)
		vec_sort(&l->recs, route_rec_cmp);
	return err;
}

/* What the reading changes: routes that are gone and routes that are new, each sorted. */
struct difference {
	struct vec gone, new; /* struct route_rec */
};

static int note(struct vec *v, const struct route_rec *rec)
{
	struct route_rec *slot = vec_push(v);

	if (!slot)
		return -ENOMEM;
	*slot = *rec;
	return 0;
}

/* Is there no route of the family yet? A million of the other need not be looked at then. */
static bool family_is_empty(const struct route_load *l)
{
	for (size_t i = 0; i < l->v->counts.n; i++) {
		const struct fib_count *c = vec_at(&l->v->counts, i);

		if (l->scope.family == AF_INET ? c->routes4 : c->routes6)
			return false;
	}
	return true;
}

static int compare(const struct route_load *l, struct difference *d)
{
	struct oset_at at = OSET_BEGIN;
	const struct route_rec *old;
	size_t i = 0;
	int err = 0;

	if (family_is_empty(l)) {
		for (; i < l->recs.n && !err; i++)
			err = note(&d->new, vec_at(&l->recs, i));
		return err;
	}
	while (!err) {
		const struct route_rec *rec = i < l->recs.n ? vec_at(&l->recs, i) : NULL;
		int c;

		old = oset_get(&l->v->set, at);
		if (!old && !rec)
			break;
		if (old && !in_scope(&l->scope, old)) {
			at = oset_next(&l->v->set, at);
			continue;
		}
		c = !old ? 1 : !rec ? -1 : route_rec_cmp(old, rec);
		if (c <= 0) {
			if (c < 0 || old->info != rec->info)
				err = note(&d->gone, old);
			at = oset_next(&l->v->set, at);
		}
		if (c >= 0) {
			if (!err && (c > 0 || old->info != rec->info))
				err = note(&d->new, rec);
			i++;
		}
	}
	return err;
}

/* Few changes: each by itself. */
static int change_each(struct routes *v, const struct difference *d)
{
	for (size_t i = 0; i < d->gone.n; i++)
		oset_remove(&v->set, oset_lower(&v->set, vec_at(&d->gone, i), NULL));
	for (size_t i = 0; i < d->new.n; i++)
		if (!oset_insert(&v->set, vec_at(&d->new, i)))
			return -ENOMEM;
	return 0;
}

/* Many: the set is written anew, in full blocks. */
static int change_all(struct routes *v, const struct difference *d)
{
	struct oset_at at = OSET_BEGIN;
	struct oset merged;
	size_t gone = 0, new = 0;

	oset_init(&merged, sizeof(struct route_rec), route_rec_cmp);
	for (;;) {
		const struct route_rec *old = oset_get(&v->set, at);
		const struct route_rec *rec = new < d->new.n ? vec_at(&d->new, new) : NULL;

		if (old && gone < d->gone.n && route_rec_cmp(old, vec_at(&d->gone, gone)) == 0) {
			at = oset_next(&v->set, at);
			gone++;
			continue;
		}
		if (!old && !rec)
			break;
		if (old && (!rec || route_rec_cmp(old, rec) < 0)) {
			rec = old;
			at = oset_next(&v->set, at);
		} else {
			new ++;
		}
		if (!oset_append(&merged, rec)) {
			oset_fini(&merged);
			return -ENOMEM;
		}
	}
	oset_fini(&v->set);
	v->set = merged;
	return 0;
}

static int apply(struct route_load *l, const struct difference *d)
{
	size_t n = d->gone.n + d->new.n;
	int err = n * 8 < l->v->set.n ? change_each(l->v, d) : change_all(l->v, d);

	if (err)
		return err;
	for (size_t i = 0; i < d->gone.n; i++) {
		const struct route_rec *rec = vec_at(&d->gone, i);

		route_set_count(l->v, rec, -1);
		route_info_put(l->v, rec->info);
	}
	for (size_t i = 0; i < d->new.n; i++) {
		struct route_rec *rec = vec_at(&d->new, i);

		route_set_count(l->v, rec, 1);
		rec->info->refs++; /* the one of the reading is given back below */
	}
	return 0;
}

/* What was read is all there is. */
static int install(struct route_load *l, bool *changed)
{
	count_run(l);
	*changed = l->fresh.n;
	oset_fini(&l->v->set);
	l->v->set = l->fresh;
	oset_init(&l->fresh, sizeof(struct route_rec), route_rec_cmp);
	l->direct = false; /* the counts stay */
	route_load_reset(l);
	return 0;
}

int route_load_end(struct route_load *l, bool *changed)
{
	struct difference d = { VEC_INIT(struct route_rec), VEC_INIT(struct route_rec) };
	int err;

	if (l->direct)
		return install(l, changed);
	err = sort_recs(l);
	if (!err)
		err = compare(l, &d);
	*changed = d.gone.n || d.new.n;
	if (!err && *changed)
		err = apply(l, &d);
	route_load_reset(l);
	vec_fini(&l->recs);
	vec_fini(&d.gone);
	vec_fini(&d.new);
	return err;
}
