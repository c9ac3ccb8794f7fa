/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Holds what routes share beside their keys, each different value once. */
#include "info.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

/* Copies field by field into zeroed memory, so that equal values are equal bytes. What counts down
 * (expires) is left out. */
static void hop_normal(const struct nexthop *from, struct nexthop *to)
{
	memset(to, 0, sizeof(*to));
	to->gateway = from->gateway;
	to->gateway_type = from->gateway.family;
	to->ifindex = from->ifindex;
	to->weight = from->weight ? from->weight : 1;
	to->flags = from->flags;
	to->realms = from->realms;
	to->encap = from->encap;
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
	to->nhops = from->nhops;
	if (from->nhops == 1)
		hop_normal(&from->hop, &to->hop);
}

/* Eight bytes at a time: this runs for every route that is read. */
static uint64_t hash_of(const void *data, size_t n)
{
	const char *p = data;
	uint64_t h = HASH_INIT, w;

	for (; n >= sizeof(w); p += sizeof(w), n -= sizeof(w)) {
		memcpy(&w, p, sizeof(w));
		h = (h ^ w) * UINT64_C(0x9e3779b97f4a7c15);
		h ^= h >> 32;
	}
	return hash_add(h, p, n);
}

/* Where the bytes of a route and of a next hop end that are compared as they are. */
enum {
	ROUTE_BYTES = offsetof(struct route, hop),
	HOP_BYTES = offsetof(struct nexthop, encap),
};

/* @r with its next hops is in normal form. */
static struct route_info *info_new(const struct route *r, uint64_t hash)
{
	size_t nhops = r->nhops > 1 ? r->nhops : 0, encaps = 0;
	struct nexthop *hops;
	struct route_info *info;
	unsigned char *at;

	for (unsigned i = 0; i < r->nhops; i++)
		encaps += route_hop(r, i)->encap.len;
	info = malloc(sizeof(*info) + nhops * sizeof(*info->hops) + encaps);
	if (!info)
		return NULL;
	*info = (struct route_info){ .hash = hash, .refs = 1, .r = *r };
	info->r.hops = nhops ? info->hops : NULL;
	hops = nhops ? info->hops : &info->r.hop;
	at = (unsigned char *)&info->hops[nhops];
	for (unsigned i = 0; i < r->nhops; i++) {
		hops[i] = *route_hop(r, i);
		if (hops[i].encap.len)
			memcpy(at, hops[i].encap.data, hops[i].encap.len);
		hops[i].encap.data = at;
		at += hops[i].encap.len;
	}
	return info;
}

static bool info_same(const struct route_info *info, const struct route *r, uint64_t hash)
{
	if (info->hash != hash || memcmp(&info->r, r, ROUTE_BYTES) != 0)
		return false;
	for (unsigned i = 0; i < r->nhops; i++) {
		const struct nexthop *a = route_hop(&info->r, i), *b = route_hop(r, i);

		if (memcmp(a, b, HOP_BYTES) != 0 || !encap_same(&a->encap, &b->encap))
			return false;
	}
	return true;
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
	struct nexthop hops[ROUTE_HOPS_MAX];
	struct route_info *info, **bucket;
	struct route n;
	uint64_t hash;

	normal(r, &n);
	if (n.nhops > 1)
		n.hops = hops;
	hash = hash_of(&n, ROUTE_BYTES);
	for (unsigned i = 0; i < n.nhops; i++) {
		if (n.nhops > 1)
			hop_normal(&r->hops[i], &hops[i]);
		hash ^= hash_of(route_hop(&n, i), HOP_BYTES) * (i + 2u);
		if (route_hop(&n, i)->encap.len)
			hash ^= encap_hash(&route_hop(&n, i)->encap) * (i + 3u);
	}
	if (v->ninfos >= v->nbuckets && grow(v))
		return NULL;
	bucket = &v->buckets[hash & (v->nbuckets - 1)];
	for (info = *bucket; info; info = info->next) {
		if (info_same(info, &n, hash)) {
			info->refs++;
			return info;
		}
	}
	info = info_new(&n, hash);
	if (!info)
		return NULL;
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

void route_info_put_all(struct routes *v, struct vec *recs)
{
	for (size_t i = 0; i < recs->n; i++) {
		struct route_rec *rec = vec_at(recs, i);

		if (rec->info)
			route_info_put(v, rec->info);
	}
	vec_clear(recs);
}

bool route_info_uses(const struct route_info *info, uint32_t ifindex)
{
	for (unsigned i = 0; i < info->r.nhops; i++)
		if (route_hop(&info->r, i)->ifindex == ifindex)
			return true;
	return false;
}

size_t route_info_count(const struct routes *v, uint8_t protocol)
{
	size_t n = 0;

	for (size_t b = 0; b < v->nbuckets; b++)
		for (const struct route_info *info = v->buckets[b]; info; info = info->next)
			if (info->r.protocol == protocol)
				n += info->refs;
	return n;
}
