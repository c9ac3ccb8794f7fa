/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The scalars of a group: a source of one row with index 0. */
#ifndef VIEWS_SCALARS_H
#define VIEWS_SCALARS_H

#include "views/views.h"

/* Defines NAME_find and NAME_next for struct mib_source. @row_of: a function of struct views that
 * returns the only row. */
#define SCALARS(name, row_of)                                                                      \
	static const void *name##_find(void *ctx, const uint32_t *idx, size_t n)                   \
	{                                                                                          \
		return n == 1 && idx[0] == 0 ? row_of(ctx) : NULL;                                 \
	}                                                                                          \
	static const void *name##_next(void *ctx, const uint32_t *idx, size_t n,                   \
				       struct mib_oid *at)                                         \
	{                                                                                          \
		(void)idx;                                                                         \
		if (n)                                                                             \
			return NULL;                                                               \
		mib_oid_add(at, 0);                                                                \
		return row_of(ctx);                                                                \
	}

#endif
