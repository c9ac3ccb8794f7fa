/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IPv4 and IPv6 addresses and prefixes in one type, so that there is one code path for both. */
#ifndef BASE_ADDR_H
#define BASE_ADDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ADDR_MAX = 16, PREFIX_TEXT_MAX = 64 };

/* A single address has the full length of its family in @len (32, 128). */
struct prefix {
	uint8_t family;		/* AF_INET, AF_INET6; AF_UNSPEC: absent */
	uint8_t len;		/* prefix length in bits */
	uint8_t addr[ADDR_MAX]; /* network byte order; unused bytes are zero */
};

/* Returns: size of an address of @family in bytes: 4, 16, or 0 for any other family. */
size_t addr_size(int family);
/* Returns: the family whose addresses have @size bytes, AF_UNSPEC for none. */
int addr_family(size_t size);
/* Returns: true when every byte is zero. */
bool addr_is_zero(const struct prefix *p);
/* Returns: true when no bit is set beyond the prefix length. */
bool prefix_is_canonical(const struct prefix *p);
/* Compares by family, then address, then length: <0, 0, >0. Addresses compare as numbers, because
 * they are in network byte order. */
int prefix_cmp(const struct prefix *a, const struct prefix *b);

/**
 * addr_format, prefix_format - the text of an address, or address/length
 * @buf: at least PREFIX_TEXT_MAX bytes
 *
 * Returns: @buf, with "" when the address is absent.
 */
const char *addr_format(const struct prefix *p, char *buf);
const char *prefix_format(const struct prefix *p, char *buf);

/**
 * prefix_parse - parse "192.0.2.0/24", "2001:db8::1"
 *
 * Without a length, the prefix gets the full length of its family. Bits beyond the length stay as
 * written: see prefix_is_canonical(). Returns: 0 or -EINVAL.
 */
int prefix_parse(const char *s, struct prefix *out);

#endif
