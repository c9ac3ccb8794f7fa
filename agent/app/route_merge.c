/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a dump gives takes the place of what is there, within the scope of the dump: key by key, and
 * the events of meanwhile. */
#include "app/route_merge.h"

#include <errno.h>
#include <stdint.h>

#include "app/route_info.h"

/* Events that are kept, of 64 bytes or so. */
enum { TOLD_MAX = 1 << 16 };

static bool in_scope(const struct route_scope *s, const struct route_rec *rec)
{
	return rec->dst.family == s->family && (!s->fib || rec->fib == s->fib) &&
	       (!s->ifindex || route_info_uses(rec->info, s->ifindex)) &&
	       (!s->protocol || rec->info->r.protocol == s->protocol);
}

/* Was it there before, and has not been met (yet)? Then it is gone when all of its key was read. */
static bool is_unmet(const struct route_load *l, const struct route_rec *rec)
{
	return rec->seen < l->pass && in_scope(&l->scope, rec);
}

/* The first route of the key. The kernel gives its routes nearly in order: most often this one is
 * next to the last. */
static struct oset_at place(const struct route_load *l, const struct route_rec *key)
{
	const struct oset *s = &l->v->set;
	struct oset_at at = l->at;
	const struct route_rec *have;

	for (unsigned i = 0; i < 4 && l->moves == s->moves && (have = oset_get(s, at)); i++) {
		int d = route_rec_group_cmp(key, have);

		if (d == 0 || (d < 0 && i))
			return at;
		if (d < 0)
			break;
		at = oset_next(s, at);
	}
	return oset_lower(s, key, route_rec_group_cmp);
}

static struct route_rec *of_key(const struct route_load *l, const struct route_rec *key,
				struct oset_at at)
{
	struct route_rec *have = oset_get(&l->v->set, at);

	return have && route_rec_group_cmp(key, have) == 0 ? have : NULL;
}

/* Of @n routes, the one with this content; looked for from @hint on, for the order is mostly the
 * same. Returns: its place, @n when there is none. */
static size_t match(const struct route_rec *recs, size_t n, size_t hint,
		    const struct route_info *info)
{
	for (size_t i = 0; i < n; i++)
		if (recs[(hint + i) % n].info == info)
			return (hint + i) % n;
	return n;
}

/* A route that was not there gets the lowest instance that is free, or that of one that is gone. */
static int merge_new(struct route_load *l, struct route_rec *rec)
{
	uint16_t instance = route_set_free_instance(l->v, rec);
	struct oset_at at = place(l, rec);
	struct route_rec *old;

	while ((old = of_key(l, rec, at)) && !is_unmet(l, old))
		at = oset_next(&l->v->set, at);
	if (old && (!instance || old->instance < instance)) {
		route_info_put(l->v, old->info);
		old->info = rec->info;
		old->seen = l->pass;
	} else if (instance) {
		rec->instance = instance;
		rec->seen = l->pass;
		if (!oset_insert(&l->v->set, rec))
			return -ENOMEM;
		route_set_count(l->v, rec, 1);
	} else { /* there just so, or one too many */
		return 0;
	}
	rec->info = NULL;
	l->changed = true;
	return 0;
}

/* All routes of one key were read: @recs, whose references are taken over. */
static int merge(struct route_load *l, struct route_rec *recs, size_t n)
{
	struct oset_at at = place(l, recs);
	struct route_rec *old;
	size_t left = n, hint = 0;
	int err = 0;

	for (; left && (old = of_key(l, recs, at)); at = oset_next(&l->v->set, at)) {
		size_t i = match(recs, n, hint, old->info);

		if (i == n)
			continue;
		old->seen = l->pass;
		route_info_put(l->v, recs[i].info);
		recs[i].info = NULL;
		hint = i + 1;
		left--;
	}
	l->at = at;
	l->moves = l->v->set.moves;
	for (size_t i = 0; left && i < n && !err; i++)
		if (recs[i].info)
			err = merge_new(l, &recs[i]);
	return err;
}

static bool was_told(const struct route_load *l, const struct route_rec *key)
{
	const struct route_rec *e = oset_get(&l->events, oset_lower(&l->events, key, NULL));

	return e && route_rec_group_cmp(key, e) == 0;
}

/* @group takes over a reference. */
static int group_add(struct vec *group, const struct route_rec *rec)
{
	struct route_rec *slot = vec_push(group);

	if (!slot)
		return -ENOMEM;
	*slot = *rec;
	return 0;
}

/* What was read of a key that an event has told of may be older than that: it waits for the end. */
static int flush(struct route_load *l)
{
	struct vec *g = &l->group;
	int err = 0;

	if (g->n && l->events.n && was_told(l, vec_at(g, 0))) {
		for (size_t i = 0; i < g->n && !err; i++) {
			struct route_rec *rec = vec_at(g, i);

			err = group_add(&l->held, rec);
			if (!err)
				rec->info = NULL;
		}
	} else if (g->n) {
		err = merge(l, g->data, g->n);
	}
	route_info_put_all(l->v, g);
	return err;
}

int route_merge_add(struct route_load *l, const struct route_rec *rec)
{
	int err = 0;

	if (l->group.n && route_rec_group_cmp(vec_at(&l->group, 0), rec) != 0)
		err = flush(l);
	return err ? err : group_add(&l->group, rec);
}

/* What the dump has said of a key before an event came waits for the end, too. */
static int hold(struct route_load *l, const struct route_rec *key)
{
	struct oset_at at = oset_lower(&l->v->set, key, route_rec_group_cmp);
	const struct route_rec *old;
	int err = 0;

	for (; !err && (old = of_key(l, key, at)); at = oset_next(&l->v->set, at)) {
		if (old->seen < l->pass)
			continue;
		err = group_add(&l->held, old);
		if (!err)
			old->info->refs++;
	}
	return err;
}

bool route_load_event(struct route_load *l, const struct route *r, bool gone, bool replaces)
{
	struct route_told e = { .rec = route_rec_of(r), .gone = gone, .replaces = replaces };

	if (r->dst.family != l->scope.family || (l->scope.fib && r->fib != l->scope.fib))
		return false;
	l->overrun |= l->events.n == TOLD_MAX;
	if (l->overrun || (!was_told(l, &e.rec) && hold(l, &e.rec))) {
		l->overrun = true;
		return true;
	}
	e.rec.info = route_info_get(l->v, r);
	if (e.rec.info && !oset_insert(&l->events, &e)) {
		route_info_put(l->v, e.rec.info);
		e.rec.info = NULL;
	}
	l->overrun |= !e.rec.info;
	return true;
}

/* Puts the routes of the keys that events told of back to what the dump said. */
static int merge_held(struct route_load *l)
{
	struct route_rec *recs = l->held.data, *old;
	size_t from = 0;
	int err = 0;

	vec_sort(&l->held, route_rec_group_cmp);
	for (struct oset_at at = OSET_BEGIN; (old = oset_get(&l->events, at));
	     at = oset_next(&l->events, at)) {
		const struct route_rec key = *old;
		struct oset_at have = oset_lower(&l->v->set, &key, route_rec_group_cmp);

		for (; (old = of_key(l, &key, have)); have = oset_next(&l->v->set, have))
			old->seen = 0;
	}
	for (size_t i = 1; i <= l->held.n && !err; i++) {
		if (i < l->held.n && route_rec_group_cmp(&recs[from], &recs[i]) == 0)
			continue;
		err = merge(l, &recs[from], i - from);
		from = i;
	}
	return err;
}

static int table_cmp(const void *key, const void *elem)
{
	const struct route_scope *s = key;
	const struct route_rec *rec = elem;

	if (s->fib != rec->fib)
		return s->fib < rec->fib ? -1 : 1;
	return s->family - rec->dst.family;
}

static bool keep(const void *elem, void *arg)
{
	const struct route_rec *rec = elem;
	struct route_load *l = arg;

	if (!is_unmet(l, rec))
		return true;
	route_set_count(l->v, rec, -1);
	route_info_put(l->v, rec->info);
	l->changed = true;
	return false;
}

/* What the dump did not give is gone. Table by table: a million routes of the other family need not
 * be looked at. */
static void sweep(struct route_load *l)
{
	struct route_scope table = { .family = l->scope.family };
	struct oset *s = &l->v->set;

	for (size_t i = 0; i < l->v->counts.n; i++) {
		table.fib = ((struct fib_count *)vec_at(&l->v->counts, i))->id;
		if (!l->scope.fib || l->scope.fib == table.fib)
			oset_keep(s, oset_lower(s, &table, table_cmp),
				  oset_upper(s, &table, table_cmp), keep, l);
	}
}

int route_merge_end(struct route_load *l)
{
	int err = flush(l);

	if (!err && l->overrun)
		return -EAGAIN;
	if (!err)
		err = merge_held(l);
	if (!err)
		sweep(l);
	return err;
}
