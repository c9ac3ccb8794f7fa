/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/text.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void text_fini(struct text *t)
{
	free(t->s);
	*t = (struct text)TEXT_INIT;
}

void text_reset(struct text *t)
{
	t->len = 0;
	t->err = 0;
	if (t->s)
		t->s[0] = '\0';
}

/* Makes room for @n more bytes and the NUL. */
static int text_reserve(struct text *t, size_t n)
{
	size_t want = t->len + n + 1;
	size_t cap = t->cap ? t->cap : 64;
	char *s;

	if (t->err)
		return t->err;
	if (want <= t->cap)
		return 0;
	while (cap < want)
		cap *= 2;
	s = realloc(t->s, cap);
	if (!s)
		return t->err = -ENOMEM;
	t->s = s;
	t->cap = cap;
	return 0;
}

void text_addn(struct text *t, const char *s, size_t n)
{
	if (text_reserve(t, n))
		return;
	memcpy(t->s + t->len, s, n);
	t->len += n;
	t->s[t->len] = '\0';
}

int text_add_file(struct text *t, const char *path, size_t max)
{
	FILE *f = fopen(path, "re");
	size_t n, had = t->len;
	char buf[4096];
	int err = 0;

	if (!f)
		return -errno;
	while (!err && (n = fread(buf, 1, sizeof(buf), f)) > 0) {
		if (memchr(buf, '\0', n))
			err = -EILSEQ;
		text_addn(t, buf, n);
		if (t->err)
			err = t->err;
		else if (t->len - had > max)
			err = -EFBIG;
	}
	if (!err && ferror(f))
		err = errno ? -errno : -EIO;
	fclose(f);
	return err;
}

void text_add(struct text *t, const char *fmt, ...)
{
	size_t room = t->s && !t->err ? t->cap - t->len : 0;
	va_list ap, again;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(room ? t->s + t->len : NULL, room, fmt, ap);
	va_end(ap);
	if (n >= 0 && (size_t)n < room) {
		t->len += (size_t)n;
	} else if (n >= 0 && !text_reserve(t, (size_t)n)) {
		vsnprintf(t->s + t->len, (size_t)n + 1, fmt, again);
		t->len += (size_t)n;
	} else if (room) {
		t->s[t->len] = '\0'; /* take back the part that did fit */
	}
	va_end(again);
}

const char *text_str(const struct text *t)
{
	return t->s ? t->s : "";
}

int text_number(const char *s, unsigned long long max, unsigned long long *out)
{
	bool hex = s[0] == '0' && (s[1] == 'x' || s[1] == 'X');
	const char *digits = hex ? s + 2 : s;
	unsigned long long v;
	char *end;

	if (!(hex ? isxdigit((unsigned char)*digits) : isdigit((unsigned char)*digits)))
		return -EINVAL;
	errno = 0;
	v = strtoull(s, &end, hex ? 16 : 10); /* skips the 0x itself */
	if (*end)
		return -EINVAL;
	if (errno == ERANGE || v > max)
		return -ERANGE;
	*out = v;
	return 0;
}

/* Length of the well-formed sequence at @s, 0 for none (Unicode 15, table 3-7). @n is at least 1. */
static size_t utf8_sequence(const uint8_t *s, size_t n)
{
	static const struct {
		uint8_t from, to, len, lo, hi; /* first byte, length, range of the second */
	} forms[] = {
		{ 0xc2, 0xdf, 2, 0x80, 0xbf }, { 0xe0, 0xe0, 3, 0xa0, 0xbf },
		{ 0xe1, 0xec, 3, 0x80, 0xbf }, { 0xed, 0xed, 3, 0x80, 0x9f },
		{ 0xee, 0xef, 3, 0x80, 0xbf }, { 0xf0, 0xf0, 4, 0x90, 0xbf },
		{ 0xf1, 0xf3, 4, 0x80, 0xbf }, { 0xf4, 0xf4, 4, 0x80, 0x8f },
	};

	if (s[0] < 0x80)
		return 1;
	for (size_t f = 0; f < sizeof(forms) / sizeof(*forms); f++) {
		if (s[0] < forms[f].from || s[0] > forms[f].to)
			continue;
		if (n < forms[f].len || s[1] < forms[f].lo || s[1] > forms[f].hi)
			return 0;
		for (size_t i = 2; i < forms[f].len; i++)
			if ((s[i] & 0xc0) != 0x80)
				return 0;
		return forms[f].len;
	}
	return 0;
}

/* What no text may hold. With the last two, a name looks like another one ("Trojan Source"). */
static const struct {
	uint32_t from, to;
} hidden[] = {
	{ 0, 0x1f },
	{ 0x7f, 0x9f },	    /* the control characters C0, DEL and C1 */
	{ 0x2028, 0x202e }, /* ends of lines and paragraphs, and what changes the direction */
	{ 0x2066, 0x2069 }, /* the same for a part of a line */
};

/* Length of the character at @s if a text may hold it, else 0. */
static size_t character(const uint8_t *s, size_t n)
{
	size_t len = utf8_sequence(s, n);
	uint32_t code = len > 1 ? s[0] & 0x7fu >> len : s[0];

	for (size_t i = 1; i < len; i++)
		code = code << 6 | (s[i] & 0x3f);
	for (size_t i = 0; i < sizeof(hidden) / sizeof(*hidden); i++)
		if (code >= hidden[i].from && code <= hidden[i].to)
			return 0;
	return len;
}

int text_is_utf8(const void *s, size_t n)
{
	const uint8_t *p = s;

	while (n) {
		size_t len = character(p, n);

		if (!len)
			return 0;
		p += len;
		n -= len;
	}
	return 1;
}

size_t text_show(char *out, size_t max, const char *s, size_t n)
{
	static const char cut[] = "...";
	const uint8_t *p = (const uint8_t *)s, *end = p + n;
	size_t len = 0, whole = 0; /* of @out; what is left of it when it is cut */

	while (p < end) {
		size_t in = utf8_sequence(p, (size_t)(end - p));
		bool good = character(p, (size_t)(end - p)) || *p == '\t';
		size_t out_len = good ? in : 1;

		if (len + out_len > max) {
			memcpy(out + whole, cut, sizeof(cut));
			return whole + sizeof(cut) - 1;
		}
		if (good)
			memmove(out + len, p, in);
		else
			out[len] = '?';
		p += in ? in : 1;
		len += out_len;
		if (len + sizeof(cut) - 1 <= max)
			whole = len;
	}
	out[len] = '\0';
	return len;
}

int text_is_ifname(const char *s)
{
	size_t n = strnlen(s, TEXT_IFNAME_MAX + 1);

	return n && n <= TEXT_IFNAME_MAX && strcmp(s, ".") != 0 && strcmp(s, "..") != 0 &&
	       !strpbrk(s, "/: \t\n\v\f\r\xa0");
}
