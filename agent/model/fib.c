/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/fib.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"

void fib_init(struct fib *f)
{
	*f = (struct fib){ .origin = ORIGIN_MANAGER, .storage = STORAGE_NONVOLATILE };
}

/* The names that iproute2 has for tables by itself, and words that mean something else to it. */
static const struct {
	const char *name;
	uint32_t id; /* of the table; UINT32_MAX: of none */
} reserved[] = {
	{ "unspec", 0 },       { "default", 253 },	{ "main", 254 },	{ "local", 255 },
	{ "all", UINT32_MAX }, { "cache", UINT32_MAX }, { "none", UINT32_MAX },
};

/* Would `ip route show table NAME` take it for a number (strtoul(3) with base 0)? */
static bool name_is_number(const char *name)
{
	unsigned long long v;

	return text_number(name + strspn(name, "+-"), ~0ULL, &v) != -EINVAL;
}

/* Could iproute2 read the name back, from a file (lib/rt_names.c, fread_id_name()) and as an
 * argument? */
static int fib_check_name(const struct fib *f, struct why *why)
{
	if (!memchr(f->name, '\0', sizeof(f->name)))
		return why_set(why, -EILSEQ, "Name: longer than %d octets", NAME_MAX_LEN);
	if (!text_is_utf8(f->name, strlen(f->name)) || strpbrk(f->name, " #/"))
		return why_set(
			why, -EILSEQ,
			"Name: must be UTF-8 without blanks, control characters, '#' and '/'");
	if (name_is_number(f->name))
		return why_set(why, -EILSEQ, "Name: \"%s\" is a number", f->name);
	for (size_t i = 0; i < sizeof(reserved) / sizeof(*reserved); i++) {
		bool same = !strcmp(reserved[i].name, f->name);

		if (same && reserved[i].id != f->id)
			return why_set(why, -EINVAL, "Name: \"%s\" means something else to ip(8)",
				       f->name);
		if (!same && reserved[i].id == f->id && f->id != UINT32_MAX)
			return why_set(why, -EINVAL, "Name: table %u is called \"%s\"", f->id,
				       reserved[i].name);
	}
	return 0;
}

int fib_check(const struct fib *f, unsigned *column, struct why *why)
{
	if (!f->name[0])
		return 0;
	if (column)
		*column = FIB_COL_NAME;
	return fib_check_name(f, why);
}
