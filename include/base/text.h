/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A growing string. Once memory has run out, @err stays set, so that callers check once, at the
 * end. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stddef.h>

struct text {
	char *s; /* NUL-terminated once anything was added; text_str() is never NULL */
	size_t len, cap;
	int err; /* 0 or -ENOMEM */
};

#define TEXT_INIT                                                                                  \
	{                                                                                          \
		0                                                                                  \
	}

void text_fini(struct text *t);
/* Empties the string and keeps its memory. */
void text_reset(struct text *t);
void text_add(struct text *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void text_addn(struct text *t, const char *s, size_t n);
/* Appends a whole file. Returns: 0; -EFBIG: the file has more than @max bytes; -EILSEQ: the file
 * has a NUL; or -errno (-EISDIR: a directory). */
int text_add_file(struct text *t, const char *path, size_t max);
/* Returns: the string, "" when empty; valid until the next change. */
const char *text_str(const struct text *t);

/**
 * text_number - parse an unsigned number, decimal or with a leading 0x
 * @s: the whole string must be the number
 * @max: largest value allowed
 * @out: set on success alone
 *
 * Returns: 0, -EINVAL (not a number) or -ERANGE (above @max).
 */
int text_number(const char *s, unsigned long long max, unsigned long long *out);

/**
 * text_is_utf8 - is this what an SnmpAdminString may hold (RFC 3411 section 5)?
 *
 * Returns: nonzero for well-formed UTF-8 without NUL and without control characters (0x00 to
 * 0x1f and 0x7f).
 */
int text_is_utf8(const void *s, size_t n);

enum { TEXT_IFNAME_MAX = 15 }; /* IFNAMSIZ less the NUL */

/**
 * text_is_ifname - may the kernel have an interface of this name?
 *
 * As dev_valid_name() of net/core/dev.c: 1 to 15 octets, neither "." nor "..", no '/', ':' or
 * blank. The kernel takes the octet 0xa0 for a blank, even as a part of "à" in UTF-8.
 */
int text_is_ifname(const char *s);

#endif
