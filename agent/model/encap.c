/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Compares encapsulations. */
#include "encap.h"

#include "base/hash.h"
#include "model/route.h"

enum { SEG6LOCAL_COUNTERS = 10 /* SEG6_LOCAL_COUNTERS */ };

/* What counts packets is no difference. */
static unsigned next_fixed(unsigned type, struct encap_bytes *left, struct encap_bytes *attr)
{
	unsigned have;

	do
		have = encap_next(left, attr);
	while (type == ENCAP_SEG6LOCAL && have == SEG6LOCAL_COUNTERS);
	return have;
}

uint64_t encap_hash(const struct encap *e)
{
	uint64_t h = hash_add(HASH_INIT, &e->type, sizeof(e->type));

	return e->type == ENCAP_SEG6LOCAL ? h : hash_add(h, e->data, e->len);
}

bool encap_same(const struct encap *a, const struct encap *b)
{
	struct encap_bytes x = { a->data, a->len }, y = { b->data, b->len }, p = { 0 }, q = { 0 };
	unsigned have;

	if (a->type != b->type || a->len != b->len)
		return false;
	if (!a->len || memcmp(a->data, b->data, a->len) == 0)
		return true;
	do {
		have = next_fixed(a->type, &x, &p);
		if (have != next_fixed(b->type, &y, &q) ||
		    (have && (p.n != q.n || memcmp(p.p, q.p, p.n) != 0)))
			return false;
	} while (have);
	return x.n == y.n;
}
