/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/vec.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void *vec_insert(struct vec *v, size_t at)
{
	char *place;

	if (v->n == v->cap) {
		size_t cap = v->cap ? v->cap * 2 : 8;
		void *data = cap > SIZE_MAX / v->size ? NULL : realloc(v->data, cap * v->size);

		if (!data)
			return NULL;
		v->data = data;
		v->cap = cap;
	}
	place = vec_at(v, at);
	memmove(place + v->size, place, (v->n - at) * v->size);
	memset(place, 0, v->size);
	v->n++;
	return place;
}

void *vec_push(struct vec *v)
{
	return vec_insert(v, v->n);
}

void vec_remove(struct vec *v, size_t at)
{
	char *place = vec_at(v, at);

	memmove(place, place + v->size, (v->n - at - 1) * v->size);
	v->n--;
}

void vec_clear(struct vec *v)
{
	v->n = 0;
}

void vec_fini(struct vec *v)
{
	free(v->data);
	v->data = NULL;
	v->n = v->cap = 0;
}

void vec_sort(struct vec *v, int (*cmp)(const void *a, const void *b))
{
	if (v->n > 1)
		qsort(v->data, v->n, v->size, cmp);
}

size_t vec_lower(const struct vec *v, const void *key,
		 int (*cmp)(const void *key, const void *elem))
{
	size_t lo = 0, hi = v->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (cmp(key, vec_at(v, mid)) > 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

void *vec_find(const struct vec *v, const void *key, int (*cmp)(const void *key, const void *elem))
{
	size_t at = vec_lower(v, key, cmp);

	return at < v->n && cmp(key, vec_at(v, at)) == 0 ? vec_at(v, at) : NULL;
}
