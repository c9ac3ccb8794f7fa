/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Merges a dump into a set that is not empty, key by key and within the scope of the dump, and
 * settles the events that came meanwhile. */
#include "merge.h"

#include <errno.h>
#include <stdint.h>

#include "info.h"

enum {
	REPORTS_MAX = 1 << 16, /* events that are kept, of 64 bytes or so */
	SWEEP_BLOCKS = 64,     /* looked at in one go, some 25 000 routes */
};

static bool in_scope(const struct route_scope *s, const struct route_rec *rec)
{
	return rec->dst.family == s->family && (!s->fib || rec->fib == s->fib) &&
	       (!s->ifindex || (!rec->info->r.nhid && route_info_uses(rec->info, s->ifindex))) &&
	       (!s->protocol || rec->info->r.protocol == s->protocol);
}

/* Was the route there before, and has the dump not given it (yet)? When all of its key was read,
 * such a route is gone. */
static bool is_unmet(const struct route_load *l, const struct route_rec *rec)
{
	return rec->seen < l->pass && in_scope(&l->scope, rec);
}

/* Finds the first route of the key. The kernel gives its routes nearly in order: most often the
 * place is next to the last one. */
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
	} else { /* the same route is there, or no instance is free */
		return 0;
	}
	rec->info = NULL;
	l->changed = l->found = true;
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

static bool was_reported(const struct route_load *l, const struct route_rec *key)
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

/* All of a key was read. If an event came for that key, what was read may be older: it waits for
 * the end. */
static int flush(struct route_load *l)
{
	struct vec *g = &l->group;
	int err = 0;

	if (g->n && l->events.n && was_reported(l, vec_at(g, 0))) {
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

/* An event came for a key: what the dump has given of the key before waits for the end, too. */
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
	struct route_report e = { .rec = route_rec_of(r), .gone = gone, .replaces = replaces };

	if (r->dst.family != l->scope.family || (l->scope.fib && r->fib != l->scope.fib))
		return false;
	if (l->phase == ROUTE_SETTLING && !was_reported(l, &e.rec))
		return false; /* its key is settled */
	l->overrun |= l->events.n == REPORTS_MAX;
	if (l->overrun || (!was_reported(l, &e.rec) && hold(l, &e.rec))) {
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

static void drop(struct route_load *l, const struct route_rec *rec)
{
	route_set_count(l->v, rec, -1);
	route_info_put(l->v, rec->info);
	l->changed = true;
}

/* Keeps a route that the dump gave, or one of those that are united with it, and routes of keys with
 * events, which are settled later. */
static bool keep(const void *elem, void *arg)
{
	const struct route_rec *rec = elem;
	struct route_load *l = arg;

	if (rec->seen >= (l->partial ? l->scope.since : l->pass) || !in_scope(&l->scope, rec) ||
	    was_reported(l, rec))
		return true;
	drop(l, rec);
	return false;
}

static int table_cmp(const void *key, const void *elem)
{
	const struct route_scope *s = key;
	const struct route_rec *rec = elem;

	if (s->fib != rec->fib)
		return s->fib < rec->fib ? -1 : 1;
	return s->family - rec->dst.family;
}

static void sweep_from(struct route_load *l, uint32_t fib)
{
	l->next = (struct route_rec){ .fib = fib, .dst = { .family = l->scope.family } };
}

/* Removes routes that the dump did not give. Goes table by table: a million routes of the other
 * family need not be looked at. Returns: false at the end. */
static bool sweep(struct route_load *l)
{
	struct oset *s = &l->v->set;
	const struct route_rec *rec = oset_get(s, oset_lower(s, &l->next, NULL));
	struct route_scope table = { .family = l->scope.family };
	struct oset_at from, to;

	if (!rec || (l->scope.fib && rec->fib != l->scope.fib))
		return false;
	table.fib = rec->fib;
	if (table.fib != l->next.fib)
		sweep_from(l, table.fib);
	from = oset_lower(s, &l->next, NULL);
	to = oset_upper(s, &table, table_cmp);
	if (to.block > from.block + SWEEP_BLOCKS) {
		to = (struct oset_at){ .block = from.block + SWEEP_BLOCKS };
		l->next = *(struct route_rec *)oset_get(s, to);
	} else {
		sweep_from(l, table.fib + 1);
	}
	oset_keep(s, from, to, keep, l);
	return l->next.fib; /* 0: there is no higher table */
}

static bool was_held(const struct route_load *l, const struct route_rec *key)
{
	size_t at = vec_lower(&l->held, key, route_rec_group_cmp);

	return at < l->held.n && !route_rec_group_cmp(key, vec_at(&l->held, at));
}

/* Puts the routes of a key back to what the dump said. */
static int put_back(struct route_load *l, const struct route_rec *key)
{
	size_t from = vec_lower(&l->held, key, route_rec_group_cmp), n = 0;
	struct oset *s = &l->v->set;
	struct route_rec *old;
	struct oset_at at;
	int err = 0;

	for (at = oset_lower(s, key, route_rec_group_cmp); (old = of_key(l, key, at));
	     at = oset_next(s, at))
		old->seen = 0;
	while (from + n < l->held.n && !route_rec_group_cmp(key, vec_at(&l->held, from + n)))
		n++;
	if (n)
		err = merge(l, vec_at(&l->held, from), n);
	at = oset_lower(s, key, route_rec_group_cmp);
	while (!err && (old = of_key(l, key, at))) {
		if (!is_unmet(l, old)) {
			at = oset_next(s, at);
			continue;
		}
		drop(l, old);
		oset_remove(s, at);
		at = oset_lower(s, key, route_rec_group_cmp);
	}
	return err;
}

/* Settles the first key that has events: the dump's routes, and on top of these all events since
 * the beginning. Returns: 1; 0: there is none; -ENOMEM. */
static int settle(struct route_load *l)
{
	struct route_report *e = oset_get(&l->events, OSET_BEGIN);
	struct route_rec key;
	bool follow;
	int err;

	if (!e)
		return 0;
	key = e->rec;
	/* The dump may have lost this key: the set has followed its events. */
	follow = l->partial && !was_held(l, &key);
	err = follow ? 0 : put_back(l, &key);
	if (err)
		return err;
	while ((e = oset_get(&l->events, OSET_BEGIN)) && !route_rec_group_cmp(&key, e)) {
		uint32_t *fib;
		struct route r;

		route_rec_get(&e->rec, &r);
		if (!follow && !route_set_event(l->v, &r, e->gone, e->replaces)) {
			fib = vec_push(&l->unclear);
			if (!fib)
				return -ENOMEM;
			*fib = r.fib;
		}
		route_info_put(l->v, e->rec.info);
		oset_remove(&l->events, OSET_BEGIN);
	}
	return 1;
}

int route_merge_end(struct route_load *l)
{
	int err = l->phase == ROUTE_READING ? flush(l) : 0;

	if (err)
		return err;
	if (l->overrun)
		return -EAGAIN;
	if (l->phase == ROUTE_READING) {
		l->phase = ROUTE_SWEEPING;
		sweep_from(l, l->scope.fib);
	}
	if (l->phase == ROUTE_SWEEPING) {
		if (l->last && sweep(l))
			return 1;
		vec_sort(&l->held, route_rec_group_cmp);
		l->phase = ROUTE_SETTLING;
	}
	return settle(l);
}
