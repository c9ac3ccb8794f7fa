/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * When routes expire. The set does not hold that: the kernel moves the end without an event, with
 * each router advertisement (net/ipv6/ip6_fib.c, fib6_add_rt2node()). So it is asked, for all
 * routes of a table and a protocol at once: of the one that expires, and few others as a rule.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/log.h"
#include "info.h"
#include "routing/route_nl.h"

enum { WALK_MS = 1000 }; /* as FWMARK-MIB promises: a walk may use a snapshot of this age */

struct end {
	struct route_rec rec; /* holds a reference */
	int32_t expires;
};

struct route_ends {
	struct routes *v;
	uint32_t fib;
	uint8_t protocol;
	uint64_t pdu, ms; /* when the kernel was asked */
	struct vec ends;  /* struct end, by key without the instance */
};

static void forget(void *arg)
{
	struct route_ends *e = arg;

	for (size_t i = 0; i < e->ends.n; i++)
		route_info_put(e->v, ((struct end *)vec_at(&e->ends, i))->rec.info);
	vec_clear(&e->ends);
}

void routes_expiry_fini(struct routes *v)
{
	if (!v->ends)
		return;
	forget(v->ends);
	vec_fini(&v->ends->ends);
	free(v->ends);
	v->ends = NULL;
}

static int take(const struct nlmsghdr *nlh, void *arg)
{
	struct nexthop hops[ROUTE_HOPS_MAX];
	struct route_ends *e = arg;
	struct end *end;
	struct route r;

	if (route_nl_decode(nlh, &r, hops) || !(r.flags & ROUTE_EXPIRES))
		return 0;
	end = vec_push(&e->ends);
	if (!end)
		return -ENOMEM;
	*end = (struct end){ .rec = route_rec_of(&r), .expires = r.expires };
	end->rec.info = route_info_get(e->v, &r);
	if (!end->rec.info)
		e->ends.n--;
	return end->rec.info ? 0 : -ENOMEM;
}

/* Has the kernel been asked for routes like this one just now? */
static bool is_fresh(const struct views *views, const struct route_ends *e, const struct route *r)
{
	return e->fib == r->fib && e->protocol == r->protocol &&
	       (e->pdu == views->pdus || (views->walk && clock_ms() - e->ms < WALK_MS));
}

static int read_ends(struct views *views, struct route_ends *e, const struct route *r)
{
	const struct route_filter filter = { .family = AF_INET6,
					     .fib = r->fib,
					     .protocol = r->protocol };
	int err;

	if (is_fresh(views, e, r))
		return 0;
	e->fib = 0;
	err = route_nl_dump(views->rtnl, &filter, take, forget, e);
	if (err)
		return err;
	vec_sort(&e->ends, route_rec_group_cmp);
	e->fib = r->fib;
	e->protocol = r->protocol;
	e->pdu = views->pdus;
	e->ms = clock_ms();
	return 0;
}

/* Compares what routes share, too: a key may have several routes. */
static const struct end *find(const struct route_ends *e, const struct route *r)
{
	const struct route_rec key = route_rec_of(r);

	for (size_t i = vec_lower(&e->ends, &key, route_rec_group_cmp); i < e->ends.n; i++) {
		const struct end *end = vec_at(&e->ends, i);
		struct route have;

		if (route_rec_group_cmp(&key, end) != 0)
			break;
		route_rec_get(&end->rec, &have);
		if (route_same(&have, r))
			return end;
	}
	return NULL;
}

bool routes_expiry(struct views *views, struct route *r)
{
	struct routes *v = &views->routes;
	const struct end *end;
	int err;

	if (!(r->flags & ROUTE_EXPIRES))
		return true;
	if (!v->ends) {
		v->ends = malloc(sizeof(*v->ends));
		if (!v->ends)
			return false;
		*v->ends = (struct route_ends){ .v = v, .ends = VEC_INIT(struct end) };
	}
	err = read_ends(views, v->ends, r);
	if (err)
		log_err("asking when routes of table %u expire: %s", r->fib, strerror(-err));
	end = err ? NULL : find(v->ends, r);
	r->expires = end ? end->expires : 0;
	return end;
}
