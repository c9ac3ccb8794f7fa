/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/why.h"

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
