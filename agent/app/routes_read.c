/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading of routes that the view has wrong: at once, or in pieces between the requests. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "app/route_set.h"
#include "base/log.h"
#include "kernel/link_nl.h"
#include "kernel/route_nl.h"

enum {
	/* Routes that a request may read, some 50 ms; and how many are read at a time of tables that
	 * have more. */
	AT_ONCE = 128 * 1024,
	STEP = 16 * 1024,
	SMALL_MAX = 8, /* tables that are read before the others */
};

void routes_leave(struct routes *v)
{
	if (v->load)
		route_load_fini(v->load);
	free(v->load);
	v->load = NULL;
}

/* Small ones first: who asks for these need not wait for the big ones. */
void routes_lost(struct app *a)
{
	static const uint8_t families[] = { AF_INET, AF_INET6 };
	struct routes *v = &a->routes;

	for (unsigned i = 0; i < 4; i++) {
		uint8_t family = families[i % 2];
		bool big = route_set_total(v, family, 0) > AT_ONCE;

		if (big != i / 2)
			continue;
		for (size_t k = 0; big && k < v->counts.n && v->stale.n < SMALL_MAX; k++) {
			uint32_t fib = ((struct fib_count *)vec_at(&v->counts, k))->id;

			if (route_set_total(v, family, fib) < STEP)
				routes_stale(a, family, fib, 0);
		}
		routes_stale(a, family, 0, 0);
	}
}

struct reading {
	struct route_load *load;
	const struct conf_list *excluded;
};

static int load_one(const struct nlmsghdr *nlh, void *arg)
{
	const struct reading *r = arg;

	/* The kernel can pick one table, not leave one out. */
	if (r->excluded->n && conf_list_has(r->excluded, route_nl_table(nlh)))
		return 0;
	return route_load_message(r->load, nlh);
}

static int ask(struct rtnl *nl, const struct route_scope *scope)
{
	const struct route_filter filter = { .family = scope->family,
					     .fib = scope->fib,
					     .ifindex = scope->ifindex,
					     .protocol = scope->protocol };

	return route_nl_dump_begin(nl, &filter);
}

/* Reads on. Returns: 1 when there is more, 0 at the end, -EINTR: begin again, or -errno. */
static int read_on(struct app *a, struct rtnl *nl, struct route_load *l, size_t *limit)
{
	struct reading r = { l, &a->routes.excluded };
	int err = rtnl_dump_step(nl, load_one, &r, limit);

	/* A kernel without IPv6 has no routes of it; nor has a device that is gone. */
	if (err == -EAFNOSUPPORT || err == -EOPNOTSUPP || err == -ENODEV)
		err = 0;
	return err ? err : route_load_end(l);
}

/* Begins with what became stale first. */
static int begin(struct app *a)
{
	struct routes *v = &a->routes;
	const struct route_scope scope = *(struct route_scope *)vec_at(&v->stale, 0);
	int err = link_nl_barrier(a->rtnl);

	if (err)
		return err;
	v->load = malloc(sizeof(*v->load));
	if (!v->load)
		return -ENOMEM;
	route_load_begin(v->load, v, &scope);
	err = ask(a->dump, &scope);
	if (err)
		routes_leave(v);
	else
		vec_remove(&v->stale, 0);
	return err;
}

/* All was read: what events have told since the beginning counts. */
static void finish(struct app *a)
{
	struct routes *v = &a->routes;
	struct route_load *l = v->load;
	const struct route_told *e;

	v->load = NULL;
	v->tries = 0;
	for (struct oset_at at = OSET_BEGIN; (e = oset_get(&l->events, at));
	     at = oset_next(&l->events, at)) {
		struct route r;

		route_rec_get(&e->rec, &r);
		if (!route_set_event(v, &r, e->gone, e->replaces))
			routes_stale(a, r.dst.family, r.fib, 0);
	}
	if (l->changed)
		routes_touched(v);
	route_load_fini(l);
	free(l);
}

/* A piece of the reading under way. */
static int step(struct app *a, size_t *limit)
{
	struct routes *v = &a->routes;
	struct route_scope scope = v->load->scope;
	int err = read_on(a, a->dump, v->load, limit);

	if (err > 0) {
		if (v->load->changed)
			routes_touched(v);
		v->load->changed = false;
		return 0;
	}
	if (!err) {
		finish(a);
		return 0;
	}
	routes_leave(v);
	routes_stale(a, scope.family, scope.fib, scope.ifindex);
	if (err == -EAGAIN || (err == -EINTR && ++v->tries < RTNL_DUMP_TRIES))
		return 0;
	v->tries = 0;
	return err;
}

static void read_routes(struct app *a, size_t limit)
{
	struct routes *v = &a->routes;
	int err = 0;

	while (limit && (v->load || v->stale.n) && !err) {
		if (!v->load) {
			const struct route_scope *s = vec_at(&v->stale, 0);

			/* It cannot be finished anyway. */
			if (v->known && !s->ifindex && limit > STEP &&
			    route_set_total(v, s->family, s->fib) > limit)
				limit = STEP;
			err = begin(a);
		}
		if (!err)
			err = step(a, &limit);
	}
	if (err)
		log_err("reading routes: %s", strerror(-err));
	v->known |= routes_whole(a);
}

bool routes_whole(const struct app *a)
{
	return !a->routes.load && !a->routes.stale.n;
}

void routes_sync(struct app *a)
{
	live_sync(a);
	if (!a->routes.load)
		read_routes(a, a->routes.known ? AT_ONCE : SIZE_MAX);
}

void routes_step(struct app *a)
{
	live_sync(a);
	if (a->routes.load)
		read_routes(a, STEP);
}

/* Does a reading that is not done tell of this route? */
static bool is_unread(const struct routes *v, const struct route *r)
{
	for (size_t i = 0; i < v->stale.n + !!v->load; i++) {
		const struct route_scope *s = i < v->stale.n ? vec_at(&v->stale, i)
							     : &v->load->scope;

		if (s->family == r->dst.family && (!s->fib || s->fib == r->fib))
			return true;
	}
	return false;
}

void routes_look(struct app *a, const struct route *key)
{
	struct routes *v = &a->routes;
	const struct route *m = managed_find(&v->managed, key);
	const struct route_scope scope = {
		.family = key->dst.family,
		.protocol = m ? m->protocol : (uint8_t)a->conf.protocol,
		.fib = key->fib,
	};
	size_t all = SIZE_MAX;
	struct route_load l;
	int err;

	if (!is_unread(v, key) ||
	    (v->looked_pdu == a->pdus && v->looked.family == scope.family &&
	     v->looked.protocol == scope.protocol && v->looked.fib == scope.fib))
		return;
	route_load_begin(&l, v, &scope);
	err = ask(a->rtnl, &scope);
	if (!err)
		err = read_on(a, a->rtnl, &l, &all);
	if (err)
		log_err("reading routes of table %u: %s", scope.fib, strerror(-err));
	if (l.changed)
		routes_touched(v);
	route_load_fini(&l);
	v->looked_pdu = a->pdus;
	v->looked = scope;
}
