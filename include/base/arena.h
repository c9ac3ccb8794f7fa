/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory with one lifetime: many allocations, one release. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

struct arena_block;
struct arena {
	struct arena_block *blocks;
};

/* Returns: zeroed memory, suitably aligned for anything, or NULL. */
void *arena_alloc(struct arena *a, size_t n);
/* Returns: a copy of @n bytes at @p with a NUL behind it, or NULL. */
char *arena_copy(struct arena *a, const void *p, size_t n);
void arena_free(struct arena *a);

#endif
