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
 * text_is_utf8 - may somebody give this as an SnmpAdminString (RFC 3411 section 5)?
 *
 * Returns: nonzero for well-formed UTF-8 without control characters (U+0000 to U+001F, U+007F to
 * U+009F), ends of lines, and what changes the direction of writing (U+2028 to U+202E, U+2066 to
 * U+2069).
 */
int text_is_utf8(const void *s, size_t n);

/**
 * text_show - make an SnmpAdminString of any octets, for a name or a text of somebody else
 * @out: has room for @max octets and a NUL; may be @s
 * @max: at least 3
 *
 * '?' stands in for what text_is_utf8() does not take, but for tabs, which `ip` prints. A text that
 * is longer than @max is cut at the end of a character and gets "..." at its end.
 * Returns: the length of @out.
 */
size_t text_show(char *out, size_t max, const char *s, size_t n);

enum { TEXT_IFNAME_MAX = 15 }; /* IFNAMSIZ less the NUL */

/**
 * text_is_ifname - may the kernel have an interface of this name?
 *
 * As dev_valid_name() of net/core/dev.c: 1 to 15 octets, neither "." nor "..", no '/', ':' or
 * blank. The kernel takes the octet 0xa0 for a blank, even as a part of "à" in UTF-8.
 */
int text_is_ifname(const char *s);

#endif
