/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The view of the routes: kept current by the kernel's events, and marked where it gives none. */
#include <linux/if.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "info.h"
#include "routing/route_nl.h"

enum { STALE_MAX = 16 };

static int route_row_cmp(const void *a, const void *b)
{
	return route_cmp(a, b);
}

void routes_init(struct app *a)
{
	struct routes *v = &a->routes;

	*v = (struct routes){ .version = 1 };
	route_set_init(v);
	managed_init(&v->managed, &mib_route, route_row_cmp);
	v->stale = (struct vec)VEC_INIT(struct route_scope);
	routes_stale(a, AF_UNSPEC, 0, 0);
}

void routes_fini(struct app *a)
{
	routes_leave(&a->routes);
	route_set_fini(&a->routes);
	vec_fini(&a->routes.stale);
	managed_fini(&a->routes.managed);
}

void routes_touched(struct routes *v)
{
	v->version++;
	v->last_change = clock_ms();
}

void routes_stale(struct app *a, uint8_t family, uint32_t fib, uint32_t ifindex)
{
	struct routes *v = &a->routes;
	struct route_scope *s;

	if (fib && conf_list_has(&v->excluded, fib))
		return;
	if (family == AF_UNSPEC) {
		routes_stale(a, AF_INET, fib, ifindex);
		routes_stale(a, AF_INET6, fib, ifindex);
		return;
	}
	for (size_t i = 0; i < v->stale.n; i++) {
		s = vec_at(&v->stale, i);
		if (s->family == family && (!s->fib || s->fib == fib) &&
		    (!s->ifindex || s->ifindex == ifindex))
			return;
	}
	/* Without memory, or with many: all of it, by the first entry. */
	s = v->stale.n < STALE_MAX ? vec_push(&v->stale) : NULL;
	if (s) {
		*s = (struct route_scope){ .family = family, .fib = fib, .ifindex = ifindex };
		return;
	}
	v->stale.n = 0;
	for (size_t i = 0; i < 2; i++)
		if ((s = vec_push(&v->stale)))
			*s = (struct route_scope){ .family = i ? AF_INET6 : AF_INET };
}

void routes_stale_users(struct app *a, const struct prefix *prefsrc)
{
	const struct routes *v = &a->routes;

	for (size_t b = 0; b < v->nbuckets; b++) {
		for (const struct route_info *info = v->buckets[b]; info; info = info->next) {
			bool uses = prefsrc ? info->r.prefsrc.family == prefsrc->family &&
						      memcmp(info->r.prefsrc.addr, prefsrc->addr,
							     sizeof(prefsrc->addr)) == 0
					    : info->r.nhid != 0;

			for (unsigned i = 0; uses && i < info->r.nlegs; i++)
				routes_stale(a, AF_UNSPEC, 0, route_leg(&info->r, i)->ifindex);
		}
	}
}

/* Will the routes of @r's table be read anew anyway? */
static bool is_stale(const struct routes *v, const struct route *r)
{
	for (size_t i = 0; i < v->stale.n; i++) {
		const struct route_scope *s = vec_at(&v->stale, i);

		if (s->family == r->dst.family && (!s->fib || s->fib == r->fib) && !s->ifindex)
			return true;
	}
	return false;
}

void routes_event(struct app *a, const struct nlmsghdr *nlh)
{
	bool gone = nlh->nlmsg_type == RTM_DELROUTE, replaces = nlh->nlmsg_flags & NLM_F_REPLACE;
	struct routes *v = &a->routes;
	struct nexthop legs[ROUTE_LEGS_MAX];
	struct route r;
	bool later;

	/* The kernel keeps these to itself (live.c), but for those from before it was told. */
	if (v->excluded.n && conf_list_has(&v->excluded, route_nl_table(nlh)))
		return;
	/* All is read anew after these, and they are many. */
	if (a->events_lost && !gone)
		return;
	if (route_nl_decode(nlh, &r, legs))
		return;
	if (gone)
		routes_withdrawn(a, &r);
	if (a->events_lost || (!v->load && is_stale(v, &r)))
		return;
	later = v->load && route_load_event(v->load, &r, gone, replaces);
	if (!route_set_event(v, &r, gone, replaces) && !later)
		routes_stale(a, r.dst.family, r.fib, 0);
	routes_touched(v);
}
