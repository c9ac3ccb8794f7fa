/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rows that have one index number: a vector, sorted by it, of any struct that begins with a
 * uint32_t index.
 */
#ifndef MODEL_INDEX_ROWS_H
#define MODEL_INDEX_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include "base/vec.h"
#include "base/why.h"

/* Compares two such structs, or a uint32_t with one: <0, 0, >0. */
int index_rows_cmp(const void *a, const void *b);
void index_rows_sort(struct vec *rows);
/* Returns: the row with this index, or NULL. */
const void *index_rows_find(const struct vec *rows, uint32_t index);
/* Returns: the row with this index, or else a new one, zeroed but for its index; NULL without
 * memory. */
void *index_rows_put(struct vec *rows, uint32_t index);
void index_rows_remove(struct vec *rows, uint32_t index);
/* Returns: the place of the first row above the @n sub-identifiers @idx (n 0: of the first of all);
 * rows->n when there is none. */
size_t index_rows_above(const struct vec *rows, const uint32_t *idx, size_t n);

/* Where to begin the search for a free index: at random, so that two managers seldom get the same.
 * Returns: 1 to ROW_MANAGER_MAX. */
uint32_t index_rows_start(void);
/* Returns: the index of the row that a manager creates by the @n sub-identifiers @idx; 0 with @why
 * when managers may not create such a row. */
uint32_t index_rows_new(const uint32_t *idx, size_t n, struct why *why);
/* Returns: the first index for managers from *@next on that no row has, beginning again with 1
 * after the last; 0 when all are in use. Sets *@next to that, so that an index that has just become
 * free is not the first to be used again. */
uint32_t index_rows_free(const struct vec *rows, uint32_t *next);

#endif
