/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads routes that are stale: at once, or in pieces between the requests. */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/log.h"
#include "info.h"
#include "routing/link_nl.h"
#include "routing/route_nl.h"
#include "views/route_set.h"

enum {
	AT_ONCE = 104 * 1024, /* routes that a request may read: 40 ms, 90 when all are new */
	PIECE_MS = 5,	      /* how long one piece of a bigger table is read */
	SMALL = 16 * 1024,    /* smaller tables are read before the others, ... */
	SMALL_MAX = 8,	      /* ... but only so many of them */
};

void routes_leave(struct routes *v)
{
	if (v->load)
		route_load_fini(v->load);
	free(v->load);
	v->load = NULL;
}

/* Small tables first: whoever asks for these need not wait for the big ones. */
void routes_lost(struct views *views)
{
	static const uint8_t families[] = { AF_INET, AF_INET6 };
	struct routes *v = &views->routes;

	for (unsigned i = 0; i < 4; i++) {
		uint8_t family = families[i % 2];
		bool big = route_set_total(v, family, 0) > AT_ONCE;

		if (big != i / 2)
			continue;
		for (size_t k = 0; big && k < v->counts.n && v->stale.n < SMALL_MAX; k++) {
			uint32_t fib = ((struct fib_count *)vec_at(&v->counts, k))->id;

			/* Until the first policy comes, the kernel keeps local and main in one trie
			 * (fib_unmerge() of net/ipv4/fib_frontend.c): to dump local, it looks at
			 * all of main. */
			if (route_set_total(v, family, fib) < SMALL && fib != RT_TABLE_LOCAL)
				routes_stale(views, family, fib);
		}
		routes_stale(views, family, 0);
	}
}

struct reading {
	struct route_load *load;
	const struct num_list *excluded;
};

static int load_one(const struct nlmsghdr *nlh, void *arg)
{
	const struct reading *r = arg;
	int err;

	/* The kernel can dump one table alone, but not all tables but one. */
	if (r->excluded->n && num_list_has(r->excluded, route_nl_table(nlh)))
		return 0;
	err = route_load_message(r->load, nlh);
	/* No instance is left for a route, which costs that route. */
	return err == -ENOSPC ? -EBADMSG : err;
}

static int ask(struct rtnl *nl, struct route_load *l)
{
	const struct route_filter filter = { .family = l->scope.family,
					     .fib = l->scope.fib,
					     .ifindex = l->scope.ifindex,
					     .protocol = l->scope.protocol };
	const struct num_list *excluded = &l->v->excluded;
	int err = 0;

	if (filter.family == AF_INET6)
		err = rtnl_events_watch(RTNLGRP_IPV6_ROUTE, &l->watch);
	if (!err && l->watch)
		err = rtnl_events_exclude(l->watch, excluded->item, excluded->n);
	return err ? err : route_nl_dump_begin(nl, &filter);
}

static int stop(const struct nlmsghdr *nlh, void *arg)
{
	(void)nlh, (void)arg;
	return -ECANCELED;
}

/*
 * A dump of IPv6 routes was read to its end. When the tree changes meanwhile, the kernel goes on by
 * counting from its root (fib6_dump_table() of net/ipv6/ip6_fib.c), and leaves out routes, or gives
 * some twice, without NLM_F_DUMP_INTR. IPv4 goes on by key. Returns: 0 or -errno.
 */
static int look_for_changes(struct views *views, struct route_load *l)
{
	bool moved = false;
	int err = link_nl_barrier(views->rtnl);

	if (!err)
		err = rtnl_events_drain(l->watch, stop, NULL, &moved);
	if (err < 0 && err != -ECANCELED)
		return err;
	if ((moved || err < 0) && route_load_unite(l))
		routes_stale_scope(&views->routes, &l->scope);
	return 0;
}

/* Reads some routes. Returns: 1: there is more; 0: the end; -EINTR: begin again; or -errno. */
static int read_on(struct views *views, struct rtnl *nl, struct route_load *l, size_t *read)
{
	struct reading r = { l, &views->routes.excluded };
	size_t some = 1024, left = some;
	int err = 0;

	if (l->phase == ROUTE_READING)
		err = rtnl_dump_step(nl, load_one, &r, &left);
	*read += some - left;
	/* A kernel without IPv6 has no routes of it; nor has a device that is gone. */
	if (err == -EAFNOSUPPORT || err == -EOPNOTSUPP || err == -ENODEV)
		err = 0;
	if (!err && l->phase == ROUTE_READING && l->watch)
		err = look_for_changes(views, l);
	return err ? err : route_load_end(l);
}

/* Begins to read what became stale first. */
static int begin(struct views *views)
{
	struct routes *v = &views->routes;
	const struct route_scope scope = *(struct route_scope *)vec_at(&v->stale, 0);
	int err = link_nl_barrier(views->rtnl);

	if (err)
		return err;
	v->load = malloc(sizeof(*v->load));
	if (!v->load)
		return -ENOMEM;
	route_load_begin(v->load, v, &scope);
	err = ask(views->dump, v->load);
	if (err)
		routes_leave(v);
	else
		vec_remove(&v->stale, 0);
	return err;
}

/* A step of the reading under way. */
static int step(struct views *views, size_t *read)
{
	struct routes *v = &views->routes;
	struct route_scope scope = v->load->scope;
	int err = read_on(views, views->dump, v->load, read);

	if (v->load->changed)
		routes_touched(v);
	v->load->changed = false;
	if (err > 0)
		return 0;
	for (size_t i = 0; i < v->load->unclear.n; i++)
		routes_stale(views, scope.family, *(uint32_t *)vec_at(&v->load->unclear, i));
	routes_leave(v);
	if (!err) {
		v->tries = 0;
		return 0;
	}
	routes_stale_scope(v, &scope);
	if (err == -EAGAIN || (err == -EINTR && ++v->tries < RTNL_DUMP_TRIES))
		return 0;
	v->tries = 0;
	return err;
}

/* Are these more than @limit routes, so that they must be read in pieces? */
static bool is_big(const struct routes *v, const struct route_scope *s, size_t limit)
{
	size_t n = s->protocol ? route_info_count(v, s->protocol)
			       : route_set_total(v, s->family, s->fib);

	return v->known && !s->ifindex && n > limit;
}

/* Reads what is stale: at least one step, and on until @limit routes were read and it is @end. A
 * big part is read until @end, whatever @limit. */
static void read_routes(struct views *views, size_t limit, uint64_t end)
{
	struct routes *v = &views->routes;
	size_t read = 0;
	int err = 0;

	while ((v->load || v->stale.n) && !err) {
		if (!v->load && is_big(v, vec_at(&v->stale, 0), limit > read ? limit - read : 0))
			limit = 0;
		if (!v->load)
			err = begin(views);
		if (!err)
			err = step(views, &read);
		if (read >= limit && clock_ms() >= end)
			break;
	}
	if (err)
		log_err("reading routes: %s", strerror(-err));
	v->known |= routes_whole(views);
}

bool routes_whole(const struct views *views)
{
	return !views->routes.load && !views->routes.stale.n;
}

/* What was read was numbered in the order in which it came. */
static void claim(struct views *views)
{
	struct routes *v = &views->routes;
	uint64_t now = v->pass + views->store->version;

	if (v->load || v->claimed == now)
		return;
	route_set_claim(v);
	v->claimed = now;
}

void routes_sync(struct views *views)
{
	uint64_t end = clock_ms() + PIECE_MS;

	live_sync(views);
	if (!views->routes.load)
		read_routes(views, views->routes.known ? AT_ONCE : SIZE_MAX, end);
	claim(views);
}

void routes_step(struct views *views)
{
	uint64_t end = clock_ms() + PIECE_MS;

	live_sync(views);
	if (views->routes.load)
		read_routes(views, 0, end);
}

bool routes_step_due(const struct views *views)
{
	return views->routes.load;
}

bool routes_unread(const struct routes *v, const struct route *r)
{
	for (size_t i = 0; i < v->stale.n + !!v->load; i++) {
		const struct route_scope *s = i < v->stale.n ? vec_at(&v->stale, i)
							     : &v->load->scope;

		if (s->family == r->dst.family && (!s->fib || s->fib == r->fib))
			return true;
	}
	return false;
}

/* Reads a part now, whatever else is being read. Returns: true: read once more, see
 * route_load_unite(). */
static bool read_now(struct views *views, struct route_scope *scope)
{
	struct route_load l;
	size_t read = 0;
	bool again;
	int err;

	route_load_begin(&l, &views->routes, scope);
	err = ask(views->rtnl, &l);
	if (!err)
		do
			err = read_on(views, views->rtnl, &l, &read);
		while (err > 0);
	if (err)
		log_err("reading routes of table %u: %s", scope->fib, strerror(-err));
	if (l.changed)
		routes_touched(&views->routes);
	again = !err && !l.last;
	*scope = l.scope;
	route_load_fini(&l);
	return again;
}

void routes_look(struct views *views, const struct route *key)
{
	struct routes *v = &views->routes;
	const struct route *m = wanted_find(&views->store->wanted[ROUTE_ROWS], key);
	struct route_scope scope = {
		.family = key->dst.family,
		.protocol = m ? m->protocol : (uint8_t)views->store->protocol,
		.fib = key->fib,
	};

	if (!routes_unread(v, key) ||
	    (v->looked_pdu == views->pdus && v->looked.family == scope.family &&
	     v->looked.protocol == scope.protocol && v->looked.fib == scope.fib))
		return;
	while (read_now(views, &scope))
		;
	route_set_claim(v);
	v->looked_pdu = views->pdus;
	v->looked = scope;
}
