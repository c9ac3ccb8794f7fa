/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/why.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

int why_set(struct why *why, int err, const char *fmt, ...)
{
	char s[2 * sizeof(((struct why *)NULL)->s)];
	va_list ap;

	if (!why)
		return err;
	va_start(ap, fmt);
	vsnprintf(s, sizeof(s), fmt, ap);
	va_end(ap);
	text_show(why->s, sizeof(why->s) - 1, s, strlen(s));
	return err;
}

/* What is left of each of two sentences that become one. */
enum { HALF = 240 };

int why_undo(struct why *why, const struct why *undo)
{
	struct why first = why ? *why : (struct why){ "" }, second = *undo;

	text_show(first.s, HALF, first.s, strlen(first.s));
	text_show(second.s, HALF, second.s, strlen(second.s));
	return why_set(why, -ENOTRECOVERABLE, "%s; undo: %s", first.s,
		       second.s[0] ? second.s : "cannot be done");
}
