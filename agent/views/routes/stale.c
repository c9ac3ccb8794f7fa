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

static bool covers(const struct route_scope *s, const struct route_scope *part)
{
	return s->family == part->family && (!s->fib || s->fib == part->fib) &&
	       (!s->ifindex || s->ifindex == part->ifindex) &&
	       (!s->protocol || s->protocol == part->protocol);
}

void routes_stale_scope(struct routes *v, const struct route_scope *scope)
{
	struct route_scope *s;

	if (scope->fib && num_list_has(&v->excluded, scope->fib))
		return;
	for (size_t i = 0; i < v->stale.n; i++) {
		struct route_scope *have = vec_at(&v->stale, i);

		if (!covers(have, scope))
			continue;
		/* What went since it was united with earlier readings may have gone unnoticed. */
		if (!scope->united)
			have->united = have->since = 0;
		return;
	}
	/* There are many parts, or there is no memory for one more: all routes, in the place of the
	 * first parts. */
	s = v->stale.n < STALE_MAX ? vec_push(&v->stale) : NULL;
	if (s) {
		*s = *scope;
		return;
	}
	v->stale.n = 0;
	for (size_t i = 0; i < 2; i++)
		if ((s = vec_push(&v->stale)))
			*s = (struct route_scope){ .family = i ? AF_INET6 : AF_INET };
}

/* The same for both families, unless the scope has one. */
static void stale(struct views *views, struct route_scope scope)
{
	static const uint8_t families[] = { AF_INET, AF_INET6 };
	uint8_t family = scope.family;

	for (size_t i = 0; i < sizeof(families); i++) {
		scope.family = families[i];
		if (family == AF_UNSPEC || family == scope.family)
			routes_stale_scope(&views->routes, &scope);
	}
}

void routes_stale(struct views *views, uint8_t family, uint32_t fib)
{
	stale(views, (struct route_scope){ .family = family, .fib = fib });
}

/*
 * What a nexthop object has changed may leave by any other device now, and when the device of a
 * nexthop object goes, the object goes without an event, and its routes go on by what else is in
 * the group (nexthop_flush_dev() of net/ipv4/nexthop.c). But their protocol stays: the kernel gives
 * the routes of one protocol, and not those of one nexthop object. Nor those without a device, such
 * as a blackhole with a preferred source.
 */
static void stale_info(struct views *views, const struct route_info *info)
{
	if (info->r.nhid || !info->r.nhops)
		stale(views, (struct route_scope){ .protocol = info->r.protocol });
	for (unsigned i = 0; !info->r.nhid && i < info->r.nhops; i++)
		stale(views, (struct route_scope){ .ifindex = route_hop(&info->r, i)->ifindex });
}

/* Marks the routes of every info that @match accepts. */
static void stale_infos(struct views *views,
			bool (*match)(const struct route_info *info, const void *arg),
			const void *arg)
{
	const struct routes *v = &views->routes;

	for (size_t b = 0; b < v->nbuckets; b++)
		for (const struct route_info *info = v->buckets[b]; info; info = info->next)
			if (match(info, arg))
				stale_info(views, info);
}

static bool has_object(const struct route_info *info, const void *arg)
{
	(void)arg;
	return info->r.nhid != 0;
}

/* With net.ipv4.nexthop_compat_mode = 0, the kernel does not tell the next hops: it may be any
 * device. */
static bool has_object_by(const struct route_info *info, const void *arg)
{
	return info->r.nhid && (!info->r.nhops || route_info_uses(info, *(const uint32_t *)arg));
}

static bool has_prefsrc(const struct route_info *info, const void *arg)
{
	const struct prefix *prefsrc = arg;

	return info->r.prefsrc.family == prefsrc->family &&
	       memcmp(info->r.prefsrc.addr, prefsrc->addr, sizeof(prefsrc->addr)) == 0;
}

void routes_stale_device(struct views *views, uint32_t ifindex)
{
	stale(views, (struct route_scope){ .ifindex = ifindex });
	if (ifindex)
		stale_infos(views, has_object_by, &ifindex);
}

void routes_stale_users(struct views *views, const struct prefix *prefsrc)
{
	stale_infos(views, prefsrc ? has_prefsrc : has_object, prefsrc);
}
