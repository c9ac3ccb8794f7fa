/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Turns the messages of a dump into routes of the set. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "info.h"
#include "merge.h"
#include "routing/route_nl.h"

/* Nearly all routes of a big table are like one of a few, but for the key: how many of these are
 * kept. */
enum { SEEN = 1024 };

struct route_seen {
	struct route_info *info; /* holds a reference */
	size_t n;
	unsigned char rest[ROUTE_NL_REST];
};

void route_load_begin(struct route_load *l, struct routes *v, const struct route_scope *scope)
{
	*l = (struct route_load){
		.v = v,
		.scope = *scope,
		.pass = ++v->pass,
		.direct = !v->known && !v->set.n,
		.last = true,
		.group = VEC_INIT(struct route_rec),
		.held = VEC_INIT(struct route_rec),
		.unclear = VEC_INIT(uint32_t),
	};
	if (!scope->united)
		l->scope.since = l->pass;
	oset_init(&l->fresh, sizeof(struct route_rec), route_rec_cmp);
	oset_init(&l->events, sizeof(struct route_report), route_rec_group_cmp);
}

/* Counts the routes of one table that came one after the other. */
static void count_run(struct route_load *l)
{
	const struct route_rec key = { .fib = l->run_fib, .dst = { .family = l->scope.family } };

	if (l->run)
		route_set_count(l->v, &key, l->run);
	l->run = 0;
}

/* Inserts a route behind those with its key, with the next instance. Returns: 1 when the same route
 * is there: a dump beside changes gives some twice. */
static int fresh_insert(struct oset *fresh, struct route_rec *rec)
{
	const struct route_rec *have;

	for (struct oset_at at = oset_lower(fresh, rec, route_rec_group_cmp);
	     (have = oset_get(fresh, at)) && route_rec_group_cmp(rec, have) == 0;
	     at = oset_next(fresh, at)) {
		if (have->info == rec->info)
			return 1;
		rec->instance = have->instance;
	}
	if (rec->instance == UINT16_MAX)
		return -ENOSPC;
	rec->instance++;
	return oset_insert(fresh, rec) ? 0 : -ENOMEM;
}

static void put_set(struct routes *v, struct oset *recs)
{
	const struct route_rec *rec;

	for (struct oset_at at = OSET_BEGIN; (rec = oset_get(recs, at)); at = oset_next(recs, at))
		route_info_put(v, rec->info);
	oset_fini(recs);
}

void route_load_fini(struct route_load *l)
{
	route_info_put_all(l->v, &l->group);
	route_info_put_all(l->v, &l->held);
	vec_fini(&l->group);
	vec_fini(&l->held);
	vec_fini(&l->unclear);
	put_set(l->v, &l->fresh);
	put_set(l->v, &l->events);
	if (l->direct && !l->installed)
		vec_clear(&l->v->counts); /* the set had none before */
	for (size_t i = 0; l->seen && i < SEEN; i++)
		if (l->seen[i].info)
			route_info_put(l->v, l->seen[i].info);
	free(l->seen);
	l->seen = NULL;
	rtnl_events_close(l->watch);
	l->watch = NULL;
}

static int take_direct(struct route_load *l, struct route_rec *rec)
{
	const struct route_rec *last = oset_last(&l->fresh);
	int err;

	rec->instance = 0;
	rec->seen = l->pass;
	if (last && route_rec_group_cmp(last, rec) >= 0) {
		err = fresh_insert(&l->fresh, rec);
	} else {
		rec->instance = 1;
		err = oset_append(&l->fresh, rec) ? 0 : -ENOMEM;
	}
	if (err > 0)
		route_info_put(l->v, rec->info);
	if (err)
		return err > 0 ? 0 : err;
	if (rec->fib != l->run_fib) {
		count_run(l);
		l->run_fib = rec->fib;
	}
	l->run++;
	return 0;
}

/* Takes over a reference of @rec->info. */
static int take(struct route_load *l, struct route_rec *rec)
{
	int err;

	/* A device has no say over routes by nexthop objects: struct route_scope. */
	if (l->scope.ifindex && rec->info->r.nhid) {
		route_info_put(l->v, rec->info);
		return 0;
	}
	err = l->direct ? take_direct(l, rec) : route_merge_add(l, rec);
	if (err)
		route_info_put(l->v, rec->info);
	return err;
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

/* Not inlined, for most messages need not be decoded: this has some 15 KiB of stack, and
 * -fstack-clash-protection touches each page of it. Returns: 0 or -errno; @rec has a reference. */
static __attribute__((noinline)) int decode(struct route_load *l, const struct nlmsghdr *nlh,
					    struct route_rec *rec)
{
	struct nexthop hops[ROUTE_HOPS_MAX];
	struct route r;
	int err = route_nl_decode(nlh, &r, hops);

	if (err)
		return err;
	*rec = route_rec_of(&r);
	rec->info = route_info_get(l->v, &r);
	return rec->info ? 0 : -ENOMEM;
}

int route_load_message(struct route_load *l, const struct nlmsghdr *nlh)
{
	struct route_seen *seen = NULL;
	struct route_nl_parts p;
	struct route_rec rec;
	int err;

	if (!l->seen)
		l->seen = calloc(SEEN, sizeof(*l->seen));
	if (l->seen && route_nl_split(nlh, &p)) {
		seen = seen_slot(l, &p);
		rec = (struct route_rec){
			.fib = p.fib, .metric = p.metric, .dst = p.dst, .info = seen->info
		};
		if (seen->info && seen->n == p.n && memcmp(seen->rest, p.rest, p.n) == 0) {
			seen->info->refs++;
			return take(l, &rec);
		}
	}
	err = decode(l, nlh, &rec);
	if (err)
		return err == -EAFNOSUPPORT ? 0 : err;
	if (seen) {
		rec.info->refs++;
		if (seen->info)
			route_info_put(l->v, seen->info);
		seen->info = rec.info;
		seen->n = p.n;
		memcpy(seen->rest, p.rest, p.n);
	}
	return take(l, &rec);
}

/* The set was empty: what was read becomes the set. */
static void install(struct route_load *l)
{
	count_run(l);
	l->changed = l->fresh.n;
	oset_fini(&l->v->set);
	l->v->set = l->fresh;
	oset_init(&l->fresh, sizeof(struct route_rec), route_rec_cmp);
	l->installed = true; /* the counts stay */
}

/* How many readings are united at most. */
enum { UNITED_MAX = 5 };

bool route_load_unite(struct route_load *l)
{
	l->partial = true;
	/* At first, all that is in the set was read just now: what adds nothing is the last one. */
	l->last = ++l->scope.united == UNITED_MAX ||
		  (!l->v->known && !l->direct && l->scope.united > 1 && !l->found);
	return !l->last;
}

int route_load_end(struct route_load *l)
{
	if (!l->direct)
		return route_merge_end(l);
	install(l);
	return 0;
}
