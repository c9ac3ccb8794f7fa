/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What routes share: each different one is held once. */
#include "app/route_info.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

/* Copied field by field into zeroed memory, so that two of the same are the same bytes. What counts
 * down (expires) is left out. */
static void hop_normal(const struct nexthop *from, struct nexthop *to)
{
	memset(to, 0, sizeof(*to));
	to->gateway = from->gateway;
	to->gateway_type = from->gateway.family;
	to->ifindex = from->ifindex;
	to->weight = from->weight ? from->weight : 1;
	to->flags = from->flags;
	to->realms = from->realms;
}

static void normal(const struct route *from, struct route *to)
{
	memset(to, 0, sizeof(*to));
	to->type = from->type;
	to->tos = from->tos;
	to->scope = from->scope;
	to->protocol = from->protocol;
	to->pref = from->pref;
	to->mtu = from->mtu;
	to->advmss = from->advmss;
	to->metrics_other = from->metrics_other;
	for (size_t i = 0; i < ROUTE_METRIC_N; i++)
		if (from->metrics_other >> i & 1)
			to->metrics[i] = from->metrics[i];
	memcpy(to->congctl, from->congctl, strnlen(from->congctl, sizeof(to->congctl) - 1));
	to->nhid = from->nhid;
	to->realms = from->realms;
	to->flags = from->flags;
	to->onlink = from->onlink;
	to->src = from->src;
	to->prefsrc = from->prefsrc;
	to->nlegs = from->nlegs;
	if (from->nlegs == 1)
		hop_normal(&from->leg, &to->leg);
}

static struct route_info *info_new(const struct route *r)
{
	size_t nlegs = r->nlegs > 1 ? r->nlegs : 0;
	struct route_info *info = calloc(1, sizeof(*info) + nlegs * sizeof(struct nexthop));

	if (!info)
		return NULL;
	normal(r, &info->r);
	info->hash = hash_add(HASH_INIT, &info->r, sizeof(info->r));
	for (size_t i = 0; i < nlegs; i++)
		hop_normal(&r->legs[i], &info->legs[i]);
	info->hash = hash_add(info->hash, info->legs, nlegs * sizeof(struct nexthop));
	if (nlegs)
		info->r.legs = info->legs;
	return info;
}

static bool info_same(const struct route_info *a, const struct route_info *b)
{
	struct route x = a->r, y = b->r;

	x.legs = y.legs = NULL;
	if (a->hash != b->hash || memcmp(&x, &y, sizeof(x)) != 0)
		return false;
	return x.nlegs < 2 || memcmp(a->legs, b->legs, x.nlegs * sizeof(struct nexthop)) == 0;
}

static int grow(struct routes *v)
{
	size_t n = v->nbuckets ? v->nbuckets * 2 : 64;
	struct route_info **more = calloc(n, sizeof(*more));

	if (!more)
		return -1;
	for (size_t i = 0; i < v->nbuckets; i++) {
		while (v->buckets[i]) {
			struct route_info *info = v->buckets[i];

			v->buckets[i] = info->next;
			info->next = more[info->hash & (n - 1)];
			more[info->hash & (n - 1)] = info;
		}
	}
	free(v->buckets);
	v->buckets = more;
	v->nbuckets = n;
	return 0;
}

struct route_info *route_info_get(struct routes *v, const struct route *r)
{
	struct route_info *info = info_new(r), **bucket;

	if (!info || (v->ninfos >= v->nbuckets && grow(v))) {
		free(info);
		return NULL;
	}
	bucket = &v->buckets[info->hash & (v->nbuckets - 1)];
	for (struct route_info *have = *bucket; have; have = have->next) {
		if (!info_same(have, info))
			continue;
		free(info);
		have->refs++;
		return have;
	}
	info->refs = 1;
	info->next = *bucket;
	*bucket = info;
	v->ninfos++;
	return info;
}

void route_info_put(struct routes *v, struct route_info *info)
{
	struct route_info **p;

	if (--info->refs)
		return;
	for (p = &v->buckets[info->hash & (v->nbuckets - 1)]; *p != info; p = &(*p)->next)
		;
	*p = info->next;
	v->ninfos--;
	free(info);
}
