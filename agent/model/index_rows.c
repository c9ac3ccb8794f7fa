/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/index_rows.h"

#include <sys/random.h>

#include "model/row.h"

static uint32_t index_at(const struct vec *rows, size_t i)
{
	return *(const uint32_t *)vec_at(rows, i);
}

int index_rows_cmp(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

void index_rows_sort(struct vec *rows)
{
	vec_sort(rows, index_rows_cmp);
}

const void *index_rows_find(const struct vec *rows, uint32_t index)
{
	return vec_find(rows, &index, index_rows_cmp);
}

void *index_rows_put(struct vec *rows, uint32_t index)
{
	size_t at = vec_lower(rows, &index, index_rows_cmp);
	uint32_t *row;

	if (at < rows->n && index_at(rows, at) == index)
		return vec_at(rows, at);
	row = vec_insert(rows, at);
	if (row)
		*row = index;
	return row;
}

void index_rows_remove(struct vec *rows, uint32_t index)
{
	size_t at = vec_lower(rows, &index, index_rows_cmp);

	if (at < rows->n && index_at(rows, at) == index)
		vec_remove(rows, at);
}

size_t index_rows_above(const struct vec *rows, const uint32_t *idx, size_t n)
{
	uint32_t from = n ? idx[0] : 0;
	size_t at = vec_lower(rows, &from, index_rows_cmp);

	/* Whether @idx is "from" or "from.more", the row of from itself is not above it. */
	return n && at < rows->n && index_at(rows, at) == from ? at + 1 : at;
}

uint32_t index_rows_start(void)
{
	uint32_t start;

	if (getrandom(&start, sizeof(start), 0) < 0)
		start = 0;
	return start % ROW_MANAGER_MAX + 1;
}

/* Returns: the first index from @start on that no row has; it may be above ROW_MANAGER_MAX. */
static uint32_t gap(const struct vec *rows, uint32_t start)
{
	for (size_t i = vec_lower(rows, &start, index_rows_cmp);
	     i < rows->n && index_at(rows, i) == start; i++)
		start++;
	return start;
}

uint32_t index_rows_new(const uint32_t *idx, size_t n, struct why *why)
{
	if (n == 1 && idx[0] && idx[0] <= ROW_MANAGER_MAX)
		return idx[0];
	why_set(why, 0, "managers create rows with one index number, 1 to %d", ROW_MANAGER_MAX);
	return 0;
}

uint32_t index_rows_free(const struct vec *rows, uint32_t *next)
{
	uint32_t index = gap(rows, *next);

	if (index > ROW_MANAGER_MAX)
		index = gap(rows, 1);
	if (index > ROW_MANAGER_MAX)
		return 0;
	return *next = index;
}
