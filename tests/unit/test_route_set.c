/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The set of the kernel's routes, against an array that is searched from end to end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "routing/route_nl.h"
#include "views/route_set.h"
#include "views/routes/info.h"

enum { N = 3000, MANY = 100000 };

static struct model {
	struct route r; /* with its instance */
} model[N];
static size_t n;
static struct routes v;
static uint32_t seed = 1;

static uint32_t rnd(uint32_t below)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % below;
}

static struct nexthop hops[4][2] = {
	{ { .ifindex = 1, .weight = 1 }, { .ifindex = 2, .weight = 1 } },
	{ { .ifindex = 1, .weight = 1 }, { .ifindex = 2, .weight = 2 } },
	{ { .ifindex = 2, .weight = 1 }, { .ifindex = 1, .weight = 1 } },
	{ { .ifindex = 3, .weight = 5 }, { .ifindex = 4, .weight = 5 } },
};

enum { MESSAGE = 1024 };

static const struct nlmsghdr *message(const struct route *r, char buf[MESSAGE])
{
	assert_int_equal(route_nl_encode(buf, MESSAGE, RTM_NEWROUTE, 0, r), 0);
	return (const struct nlmsghdr *)buf;
}

/* As the kernel has it. */
static void settle(struct route *r, struct nexthop own[2])
{
	_Alignas(struct nlmsghdr) char buf[MESSAGE];
	struct nexthop all[ROUTE_HOPS_MAX];

	assert_int_equal(route_nl_decode(message(r, buf), r, all), 0);
	if (r->nhops < 2)
		return;
	memcpy(own, all, 2 * sizeof(*own));
	r->hops = own;
}

static int load_route(struct route_load *l, const struct route *r)
{
	_Alignas(struct nlmsghdr) char buf[MESSAGE];

	return route_load_message(l, message(r, buf));
}

/* One of few keys, with one of few contents: there are equals, and the same. */
static struct route some_route(uint8_t family)
{
	static struct nexthop own[4][2];
	struct route r;
	uint32_t which = rnd(4);

	route_init(&r);
	r.fib = 200 + rnd(3);
	r.metric = rnd(2) ? 0 : 4294967295u;
	r.dst = (struct prefix){ .family = family, .len = 32 };
	r.dst.addr[3] = (uint8_t)rnd(20);
	r.scope = ROUTE_SCOPE_LINK;
	r.tos = (uint8_t)(rnd(2) * 8);
	if (rnd(3) == 0) {
		r.nhops = 2;
		r.hops = hops[which];
	} else {
		r.hop.ifindex = 1 + rnd(3);
	}
	settle(&r, own[which]);
	return r;
}

static bool same_key(const struct route *a, const struct route *b)
{
	return a->fib == b->fib && a->metric == b->metric && prefix_cmp(&a->dst, &b->dst) == 0;
}

static uint16_t free_instance(const struct route *r)
{
	for (uint16_t instance = 1;; instance++) {
		bool taken = false;

		for (size_t i = 0; i < n; i++)
			taken |= same_key(&model[i].r, r) && model[i].r.instance == instance;
		if (!taken)
			return instance;
	}
}

static void model_add(const struct route *r)
{
	model[n].r = *r;
	model[n].r.instance = free_instance(r);
	n++;
}

/* The lowest instance of those that are the same. Returns: its place, n when there is none. */
static size_t model_find(const struct route *r)
{
	size_t best = n;

	for (size_t i = 0; i < n; i++)
		if (same_key(&model[i].r, r) && route_same(&model[i].r, r) &&
		    (best == n || model[i].r.instance < model[best].r.instance))
			best = i;
	return best;
}

static void model_remove(size_t i)
{
	model[i] = model[--n];
}

static int model_cmp(const void *a, const void *b)
{
	return route_cmp(&((const struct model *)a)->r, &((const struct model *)b)->r);
}

static void counts_are_right(void)
{
	for (uint32_t fib = 200; fib < 203; fib++) {
		uint32_t n4 = 0, n6 = 0, have4 = 0, have6 = 0;

		for (size_t i = 0; i < n; i++) {
			n4 += model[i].r.fib == fib && model[i].r.dst.family == AF_INET;
			n6 += model[i].r.fib == fib && model[i].r.dst.family == AF_INET6;
		}
		for (size_t i = 0; i < v.counts.n; i++) {
			const struct fib_count *c = vec_at(&v.counts, i);

			if (c->id != fib)
				continue;
			have4 += c->routes4;
			have6 += c->routes6;
		}
		assert_int_equal(have4, n4);
		assert_int_equal(have6, n6);
	}
}

static void same_as_model(void)
{
	const struct route_rec *rec;
	size_t i = 0, refs = 0;

	qsort(model, n, sizeof(*model), model_cmp);
	assert_int_equal(v.set.n, n);
	for (struct oset_at at = OSET_BEGIN; (rec = oset_get(&v.set, at));
	     at = oset_next(&v.set, at), i++) {
		struct route r;

		route_rec_get(rec, &r);
		assert_int_equal(route_cmp(&r, &model[i].r), 0);
		assert_true(route_same(&r, &model[i].r));
	}
	assert_int_equal(i, n);
	for (i = 0; i < v.nbuckets; i++)
		for (const struct route_info *info = v.buckets[i]; info; info = info->next)
			refs += info->refs;
	assert_int_equal(refs, n);
	counts_are_right();
}

static int setup(void **state)
{
	(void)state;
	memset(&v, 0, sizeof(v));
	route_set_init(&v);
	n = 0;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	route_set_fini(&v);
	assert_int_equal(v.ninfos, 0);
	return 0;
}

static bool in_scope(const struct route_scope *s, const struct route *r)
{
	bool uses = !s->ifindex;

	for (unsigned i = 0; i < r->nhops; i++)
		uses |= route_hop(r, i)->ifindex == s->ifindex;
	return r->dst.family == s->family && (!s->fib || r->fib == s->fib) && uses;
}

/* By key, as the kernel gives them, and as they came. */
static int dump_cmp(const void *a, const void *b)
{
	const struct route *x = &(*(const struct model *const *)a)->r;
	const struct route *y = &(*(const struct model *const *)b)->r;
	const struct route_rec p = route_rec_of(x), q = route_rec_of(y);
	int d = route_rec_group_cmp(&p, &q);

	return d ? d : x < y ? -1 : x > y;
}

static void end_load(struct route_load *l)
{
	int err;

	do
		err = route_load_end(l);
	while (err > 0);
	assert_int_equal(err, 0);
}

/* A dump of a scope: what is there of it in the model. */
static void load_model(const struct route_scope *scope, bool want)
{
	const struct model *dump[N];
	struct route_load l;
	size_t k = 0;

	for (size_t i = 0; i < n; i++)
		if (in_scope(scope, &model[i].r))
			dump[k++] = &model[i];
	qsort(dump, k, sizeof(*dump), dump_cmp);
	route_load_begin(&l, &v, scope);
	for (size_t i = 0; i < k; i++)
		assert_int_equal(load_route(&l, &dump[i]->r), 0);
	end_load(&l);
	assert_int_equal(l.changed, want);
	route_load_fini(&l);
}

/* What does not stay goes, and what is new gets its instance. Returns: did any go? */
static bool model_settle(const bool *stays, size_t before)
{
	size_t kept = 0, all = n;

	for (size_t i = 0; i < all; i++)
		if (i >= before || stays[i])
			model[kept++] = model[i];
	n = kept;
	for (size_t i = 0; i < n; i++)
		if (!model[i].r.instance)
			model[i].r.instance = free_instance(&model[i].r);
	return n < all;
}

/*
 * Some of what is there of a scope stays, and some comes. What is left out at first and then comes
 * as if it were new was there all the time.
 */
static void load(const struct route_scope *scope, uint32_t keep, uint32_t fresh)
{
	static bool stays[N];
	bool want = false;
	size_t before = n;

	for (size_t i = n; i-- > 0;)
		stays[i] = !in_scope(scope, &model[i].r) || rnd(100) < keep;
	for (uint32_t i = 0; i < fresh; i++) {
		struct route r = some_route(scope->family);
		size_t at = model_find(&r);

		if (!in_scope(scope, &r))
			continue;
		if (at < before)
			stays[at] = true;
		if (at < n)
			continue;
		r.instance = 0;
		model[n++].r = r;
		want = true;
	}
	want |= model_settle(stays, before);
	load_model(scope, want);
}

static void load_family(uint8_t family, uint32_t keep, uint32_t fresh)
{
	load(&(struct route_scope){ .family = family }, keep, fresh);
}

static void it_is_an_array_whatever_is_done(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 6000; i++) {
		uint8_t family = rnd(2) ? AF_INET : AF_INET6;
		const struct route r = some_route(family);
		size_t at = model_find(&r);

		if (rnd(5) < 3 && n < N - 100) {
			assert_int_equal(route_set_add(&v, &r), 0);
			if (at == n) /* else it is there just so */
				model_add(&r);
		} else {
			assert_int_equal(route_set_remove(&v, &r), at < n);
			if (at < n)
				model_remove(at);
		}
		if (i % 500 == 0)
			same_as_model();
	}
	same_as_model();
}

/* One fresh route a load: several of one key may get their instances in any order. */
static void what_stays_keeps_its_instance(void **state)
{
	(void)state;
	for (unsigned round = 0; round < 200; round++) {
		const struct route_scope scope = { .family = rnd(2) ? AF_INET : AF_INET6,
						   .fib = rnd(2) ? 200 + rnd(3) : 0,
						   .ifindex = rnd(2) ? 1 + rnd(4) : 0 };

		for (unsigned i = 0; i < 40; i++) {
			const struct route r = some_route(rnd(2) ? AF_INET : AF_INET6);

			if (model_find(&r) < n)
				continue;
			assert_int_equal(route_set_add(&v, &r), 0);
			model_add(&r);
		}
		load(&scope, 30 + rnd(71), rnd(2));
		same_as_model();
		load(&scope, 100, 0);
		same_as_model();
	}
	load_family(AF_INET, 0, 0);
	same_as_model();
	load_family(AF_INET6, 0, 0);
	assert_int_equal(v.set.n, 0);
}

/* Into an empty set, in any order: instances by arrival. */
static void what_comes_first_is_taken_as_it_is(void **state)
{
	(void)state;
	for (unsigned round = 0; round < 20; round++) {
		load_family(AF_INET, 0, round * 20);
		same_as_model();
		load_family(AF_INET6, 0, round * 20);
		same_as_model();
		load_family(AF_INET, 0, 0);
		load_family(AF_INET6, 0, 0);
		assert_int_equal(v.set.n, 0);
	}
}

/* What the kernel's own key says to be the same route has other contents now. */
static void a_swap_needs_a_single_route(void **state)
{
	struct route a = some_route(AF_INET), b, got;

	(void)state;
	a.nhops = 1;
	a.hop.ifindex = 1;
	a.tos = 0;
	b = a;
	b.hop.ifindex = 2;
	assert_int_equal(route_set_swap(&v, &b), -ENOENT);
	assert_int_equal(route_set_add(&v, &a), 0);
	assert_int_equal(route_set_swap(&v, &b), 0);
	route_rec_get(oset_get(&v.set, OSET_BEGIN), &got);
	assert_true(route_same(&got, &b));
	assert_int_equal(got.instance, 1);
	assert_int_equal(route_set_add(&v, &a), 0);
	assert_int_equal(route_set_equals(&v, &a), 2);
	assert_int_equal(route_set_swap(&v, &b), -ENOENT);
	b.tos = 8;
	assert_int_equal(route_set_swap(&v, &b), -ENOENT);
	assert_int_equal(v.ninfos, 2);
}

/* The wanted rows' routes have the rows' instances, in whatever order they come; others get none of
 * these. */
static void wanted_rows_have_their_instances(void **state)
{
	enum { ROUTES = 6, ROWS = 3 };
	static const uint16_t instances[ROWS] = { 1, 2, 7 };
	struct wanted m;
	struct route r[ROUTES], row;

	(void)state;
	wanted_init(&m, &row_kinds[ROUTE_ROWS]);
	for (unsigned i = 0; i < ROUTES; i++) {
		r[i] = some_route(AF_INET);
		r[i].dst.addr[3] = 1;
		r[i].fib = 200;
		r[i].metric = 0;
		r[i].nhops = 1;
		r[i].hop = (struct nexthop){ .ifindex = 1, .weight = 1 };
		r[i].tos = (uint8_t)(4 * i);
		if (i >= ROWS)
			continue;
		row = r[i];
		row.instance = instances[i];
		assert_non_null(wanted_set(&m, &row));
	}
	for (unsigned try = 0; try < 2000; try++) {
		unsigned order[ROUTES];
		bool late = try & 1; /* the rows come after the routes */
		bool there[ROUTES] = { false };
		const struct route_rec *rec;

		for (unsigned i = 0; i < ROUTES; i++) {
			unsigned k = rnd(i + 1);

			order[i] = order[k];
			order[k] = i;
		}
		v.wanted = late ? NULL : &m;
		for (unsigned i = 0; i < ROUTES; i++) {
			if (rnd(8) == 0)
				continue;
			assert_int_equal(route_set_add(&v, &r[order[i]]), 0);
			there[order[i]] = true;
			if (rnd(4))
				continue;
			assert_true(route_set_remove(&v, &r[order[i]]));
			there[order[i]] = false;
		}
		if (late) {
			v.wanted = &m;
			route_set_claim(&v);
		}
		for (struct oset_at at = OSET_BEGIN; (rec = oset_get(&v.set, at));
		     at = oset_next(&v.set, at)) {
			unsigned which = rec->info->r.tos / 4;
			unsigned reserved = 0;

			for (unsigned i = 0; i < ROWS; i++)
				reserved += rec->instance == instances[i];
			assert_true(there[which]);
			assert_int_equal(reserved, which < ROWS);
			if (which < ROWS)
				assert_int_equal(rec->instance, instances[which]);
		}
		for (unsigned i = 0; i < ROUTES; i++)
			assert_int_equal(route_set_remove(&v, &r[i]), there[i]);
		assert_int_equal(route_set_total(&v, AF_INET, 0), 0);
	}
	assert_int_equal(v.ninfos, 0);
	v.wanted = NULL;
	wanted_fini(&m);
}

static void a_load_given_up_changes_nothing(void **state)
{
	struct route_load l;

	(void)state;
	route_load_begin(&l, &v, &(struct route_scope){ .family = AF_INET });
	for (unsigned i = 0; i < 100; i++) {
		const struct route r = some_route(AF_INET);

		assert_int_equal(load_route(&l, &r), 0);
	}
	route_load_fini(&l);
	same_as_model();
	assert_int_equal(v.ninfos, 0);
}

/* --- a dump that is left and gone on with, while the kernel's routes change --- */

enum { QUEUE = 4096, CHUNK = 256 };

/* Events that the kernel has queued. */
static struct {
	struct route r;
	bool gone, replaces;
} queue[QUEUE];
static size_t queued, drained;

static void tell(const struct route *r, bool gone, bool replaces)
{
	assert_true(queued < QUEUE);
	queue[queued].r = *r;
	queue[queued].gone = gone;
	queue[queued++].replaces = replaces;
}

/* The kernel's routes, which are the model, change. */
static void change(uint8_t family)
{
	struct route r = some_route(family);
	size_t same = 0, at = 0;

	if (n && rnd(3) == 0) {
		at = rnd((uint32_t)n);
		if (model[at].r.dst.family != family)
			return;
		tell(&model[at].r, true, false);
		model_remove(at);
		return;
	}
	if (model_find(&r) < n)
		return;
	for (size_t i = 0; i < n; i++) {
		if (!same_key(&model[i].r, &r) || model[i].r.tos != r.tos)
			continue;
		same++;
		at = i;
	}
	if (same == 1) {
		r.instance = model[at].r.instance;
		model[at].r = r;
	} else {
		model_add(&r);
	}
	tell(&r, false, same == 1);
}

/* Takes the events. Returns: false when only reading anew will do. */
static bool drain(struct route_load *l)
{
	bool known = true;

	for (; drained < queued; drained++) {
		const struct route *r = &queue[drained].r;
		bool gone = queue[drained].gone, replaces = queue[drained].replaces;
		bool later = l && route_load_event(l, r, gone, replaces);

		known &= route_set_event(&v, r, gone, replaces) || later;
	}
	return known;
}

/* The next piece of the dump: of some keys, as they are now. Returns: false at the end. */
static bool piece(uint8_t family, struct route_rec *from, struct route *out, size_t *count)
{
	const struct model *next[N];
	size_t k = 0, i;

	for (i = 0; i < n; i++) {
		const struct route_rec rec = route_rec_of(&model[i].r);

		if (model[i].r.dst.family == family && route_rec_group_cmp(from, &rec) < 0)
			next[k++] = &model[i];
	}
	qsort(next, k, sizeof(*next), dump_cmp);
	for (i = 0, *count = 0; i < k && *count < CHUNK; i++) {
		const struct route_rec rec = route_rec_of(&next[i]->r);

		/* Ends between two keys. */
		if (route_rec_group_cmp(from, &rec) != 0 && *count > 5 && rnd(4) == 0)
			break;
		out[(*count)++] = next[i]->r;
		*from = rec;
	}
	return k > 0;
}

static void load_at_rest(uint8_t family)
{
	const struct model *dump[N];
	struct route_load l;

	for (size_t i = 0; i < n; i++)
		dump[i] = &model[i];
	qsort(dump, n, sizeof(*dump), dump_cmp);
	route_load_begin(&l, &v, &(struct route_scope){ .family = family });
	for (size_t i = 0; i < n; i++)
		if (dump[i]->r.dst.family == family)
			assert_int_equal(load_route(&l, &dump[i]->r), 0);
	end_load(&l);
	route_load_fini(&l);
}

/* Returns: false when there was a doubt. */
static bool load_in_pieces(uint8_t family)
{
	struct route two[2][CHUNK];
	struct route_rec from = { .fib = 0 };
	struct route_load l;
	size_t count[2];
	bool more, known = true;
	int err;

	route_load_begin(&l, &v, &(struct route_scope){ .family = family });
	more = piece(family, &from, two[0], &count[0]);
	for (unsigned i = 0; more; i++) {
		/* The kernel has the next piece ready when one is read. */
		for (uint32_t k = rnd(2); k; k--)
			change(family);
		if (rnd(2))
			known &= drain(&l);
		more = piece(family, &from, two[!(i % 2)], &count[!(i % 2)]);
		for (size_t k = 0; k < count[i % 2]; k++)
			assert_int_equal(load_route(&l, &two[i % 2][k]), 0);
	}
	while ((err = route_load_end(&l)) > 0) {
		if (rnd(8) == 0)
			change(family);
		if (rnd(2))
			known &= drain(&l);
	}
	assert_int_equal(err, 0);
	known &= !l.unclear.n;
	route_load_fini(&l);
	return known & drain(NULL);
}

/* The same routes, whatever their instances. */
static void same_but_for_instances(void)
{
	const struct route_rec *rec;

	assert_int_equal(v.set.n, n);
	for (struct oset_at at = OSET_BEGIN; (rec = oset_get(&v.set, at));
	     at = oset_next(&v.set, at)) {
		struct route r;
		size_t i;

		route_rec_get(rec, &r);
		i = model_find(&r);
		assert_true(i < n);
		model[i].r.instance = r.instance;
	}
	same_as_model();
}

static void what_changes_while_it_is_left_is_right(void **state)
{
	unsigned doubts = 0;

	(void)state;
	for (unsigned round = 0; round < 400; round++) {
		uint8_t family = round % 4 ? AF_INET : AF_INET6;

		/* Some is in the view alone, some in the kernel alone: events were lost. */
		for (unsigned i = 0; i < 60; i++) {
			const struct route r = some_route(family);
			uint32_t where = rnd(4);

			if (model_find(&r) == n && where != 1)
				model_add(&r);
			if (where != 2)
				assert_int_equal(route_set_add(&v, &r), 0);
		}
		queued = drained = 0;
		if (!load_in_pieces(family)) {
			doubts++;
			load_at_rest(family);
		}
		same_but_for_instances();
		while (n > 100)
			model_remove(rnd((uint32_t)n));
		load_at_rest(AF_INET);
		load_at_rest(AF_INET6);
	}
	assert_in_range(doubts, 1, 300);
}

static void an_index_has_every_part(void **state)
{
	static const uint32_t four[] = { 201, 1, 4, 192, 0, 2, 255, 31, 4294967295u, 65535 };
	struct route_rec rec = { .fib = 201,
				 .metric = 4294967295u,
				 .dst = { AF_INET, 31, { 192, 0, 2, 255 } },
				 .instance = 65535 };
	struct mib_oid at = { .n = 99 };

	(void)state;
	route_rec_index(&rec, &at);
	assert_int_equal(at.n, 10);
	assert_memory_equal(at.id, four, sizeof(four));
	rec.dst.family = AF_INET6;
	route_rec_index(&rec, &at);
	assert_int_equal(at.n, 22);
	assert_int_equal(at.id[1], 2);
	assert_int_equal(at.id[2], 16);
}

/* Route @i of many. */
static struct route many(uint32_t i)
{
	struct route r;

	route_init(&r);
	r.fib = 254;
	r.dst = (struct prefix){ .family = AF_INET, .len = 24 };
	r.dst.addr[0] = (uint8_t)(i >> 16);
	r.dst.addr[1] = (uint8_t)(i >> 8);
	r.dst.addr[2] = (uint8_t)i;
	r.hop.ifindex = 1 + i % 7;
	return r;
}

static void many_routes_are_quick(void **state)
{
	uint64_t start = clock_ms();
	struct route_load l;

	(void)state;
	/* Into an empty set, then all again. */
	for (unsigned times = 0; times < 3; times++) {
		route_load_begin(&l, &v, &(struct route_scope){ .family = AF_INET });
		for (uint32_t i = 0; i < MANY; i++) {
			const struct route r = many(i);

			assert_int_equal(load_route(&l, &r), 0);
		}
		end_load(&l);
		assert_int_equal(l.changed, times == 0);
		route_load_fini(&l);
		v.known = true;
		assert_int_equal(v.set.n, MANY);
		assert_int_equal(v.ninfos, 7); /* what they have in common is there once */
	}
	/* Events, in no order. */
	for (uint32_t i = 0; i < MANY; i++) {
		const struct route r = many(i * 7919u % MANY);

		assert_true(route_set_remove(&v, &r));
		if (i % 2)
			assert_int_equal(route_set_add(&v, &r), 0);
	}
	assert_int_equal(v.set.n, MANY / 2);
	/* Some 0.2 s; quadratic it would be minutes. Sanitizers and a busy machine are slow. */
	assert_true(clock_ms() - start < 10000);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(it_is_an_array_whatever_is_done),
		T(what_stays_keeps_its_instance),
		T(a_swap_needs_a_single_route),
		T(wanted_rows_have_their_instances),
		T(a_load_given_up_changes_nothing),
		T(an_index_has_every_part),
		T(many_routes_are_quick),
		T(it_is_an_array_whatever_is_done),
		T(what_comes_first_is_taken_as_it_is),
		T(what_changes_while_it_is_left_is_right),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
