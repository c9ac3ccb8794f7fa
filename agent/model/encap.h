/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside of encapsulations: their attributes. */
#ifndef MODEL_ENCAP_H
#define MODEL_ENCAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { ENCAP_SEG6LOCAL = 7 /* LWTUNNEL_ENCAP_SEG6_LOCAL */ };

/* The bytes of an attribute, or of several. */
struct encap_bytes {
	const unsigned char *p;
	size_t n;
};

/* Takes the next attribute off. Returns: its type; 0: there is none. */
static inline unsigned encap_next(struct encap_bytes *left, struct encap_bytes *attr)
{
	struct {
		uint16_t len, type;
	} nla; /* struct nlattr of uapi/linux/netlink.h */
	size_t step;

	if (left->n < sizeof(nla))
		return 0;
	memcpy(&nla, left->p, sizeof(nla));
	if (nla.len < sizeof(nla) || nla.len > left->n)
		return 0;
	*attr = (struct encap_bytes){ left->p + sizeof(nla), nla.len - sizeof(nla) };
	step = (nla.len + (size_t)3) & ~(size_t)3;
	step = step < left->n ? step : left->n;
	left->p += step;
	left->n -= step;
	return nla.type & 0x3fff;
}

/* Returns: false when there is none, or when it is shorter than @min bytes. */
static inline bool encap_find(struct encap_bytes all, unsigned type, size_t min,
			      struct encap_bytes *out)
{
	unsigned have;

	while ((have = encap_next(&all, out)))
		if (have == type)
			return out->n >= min;
	return false;
}

#endif
