/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/why.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

int why_set(struct why *why, int err, const char *fmt, ...)
{
	va_list ap;

	if (!why)
		return err;
	va_start(ap, fmt);
	vsnprintf(why->s, sizeof(why->s), fmt, ap);
	va_end(ap);
	for (char *c = why->s; *c; c++)
		if ((unsigned char)*c < 0x20)
			*c = '?';
	return err;
}

int why_undo(struct why *why, const struct why *undo)
{
	const struct why first = why ? *why : (struct why){ "" };

	return why_set(why, -ENOTRECOVERABLE, "%.240s; undo: %.240s", first.s,
		       undo->s[0] ? undo->s : "cannot be done");
}
