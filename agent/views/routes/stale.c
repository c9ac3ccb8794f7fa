/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which routes must be read anew. */
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "info.h"

enum { STALE_MAX = 16 };

void routes_touched(struct routes *v)
{
	v->version++;
	v->last_change = clock_ms();
}

void routes_stale(struct views *views, uint8_t family, uint32_t fib, uint32_t ifindex)
{
	struct routes *v = &views->routes;
	struct route_scope *s;

	if (fib && num_list_has(&v->excluded, fib))
		return;
	if (family == AF_UNSPEC) {
		routes_stale(views, AF_INET, fib, ifindex);
		routes_stale(views, AF_INET6, fib, ifindex);
		return;
	}
	for (size_t i = 0; i < v->stale.n; i++) {
		s = vec_at(&v->stale, i);
		if (s->family == family && (!s->fib || s->fib == fib) &&
		    (!s->ifindex || s->ifindex == ifindex))
			return;
	}
	/* There are many parts, or there is no memory for one more: all routes, in the place of the
	 * first parts. */
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

void routes_stale_users(struct views *views, const struct prefix *prefsrc)
{
	const struct routes *v = &views->routes;

	for (size_t b = 0; b < v->nbuckets; b++) {
		for (const struct route_info *info = v->buckets[b]; info; info = info->next) {
			bool uses = prefsrc ? info->r.prefsrc.family == prefsrc->family &&
						      memcmp(info->r.prefsrc.addr, prefsrc->addr,
							     sizeof(prefsrc->addr)) == 0
					    : info->r.nhid != 0;

			for (unsigned i = 0; uses && i < info->r.nhops; i++)
				routes_stale(views, AF_UNSPEC, 0, route_hop(&info->r, i)->ifindex);
		}
	}
}
