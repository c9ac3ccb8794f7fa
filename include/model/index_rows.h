/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rows of a view by their only index: a vector, in order, of any struct that begins with a uint32_t
 * index.
 */
#ifndef MODEL_INDEX_ROWS_H
#define MODEL_INDEX_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include "base/vec.h"
#include "base/why.h"

/* Orders such structs: <0, 0, >0. A number alone is one, too. */
int index_rows_cmp(const void *a, const void *b);
void index_rows_sort(struct vec *rows);
/* Returns: the row with this index, or NULL. */
const void *index_rows_find(const struct vec *rows, uint32_t index);
/* Returns: the row with this index, a zeroed one when there was none; NULL without memory. */
void *index_rows_put(struct vec *rows, uint32_t index);
void index_rows_remove(struct vec *rows, uint32_t index);
/* Returns: the place of the first row above the @n sub-identifiers @idx (n 0: of the first of all);
 * rows->n when there is none. */
size_t index_rows_above(const struct vec *rows, const uint32_t *idx, size_t n);

/* Where managers that ask for a free index are to begin: at random, so that they seldom meet.
 * Returns: 1 to ROW_MANAGER_MAX. */
uint32_t index_rows_start(void);
/* The index of a row that a manager creates. Returns: 0 with @why when it is not for managers. */
uint32_t index_rows_new(const uint32_t *idx, size_t n, struct why *why);
/* The first of the managers' indices, from @next on and round, that no row has; 0 when each has one.
 * @next goes along, so that an index that was in use is not the first to be used again. */
uint32_t index_rows_free(const struct vec *rows, uint32_t *next);

#endif
