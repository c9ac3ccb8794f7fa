/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A growing array of elements of one size. */
#ifndef BASE_VEC_H
#define BASE_VEC_H

#include <stddef.h>

struct vec {
	void *data;
	size_t n, cap;
	size_t size; /* of one element, in bytes */
};

#define VEC_INIT(type)                                                                             \
	{                                                                                          \
		.size = sizeof(type)                                                               \
	}

/* Returns: the address of element @i, which must exist. */
static inline void *vec_at(const struct vec *v, size_t i)
{
	return (char *)v->data + i * v->size;
}

/* vec_push() and vec_insert() return the new element, zeroed, or NULL without memory. Elements move
 * to new addresses when the vector grows. */
void *vec_push(struct vec *v);
void *vec_insert(struct vec *v, size_t at);
void vec_remove(struct vec *v, size_t at);
/* Forgets the elements, keeps the memory. */
void vec_clear(struct vec *v);
void vec_fini(struct vec *v);

/* As qsort(3); the vector may be empty. */
void vec_sort(struct vec *v, int (*cmp)(const void *a, const void *b));

/**
 * vec_lower - binary search in a vector that is sorted by @cmp
 * @cmp: compares a key with an element, as bsearch(3) has it
 *
 * Returns: the place of the first element that is not below @key, v->n when there is none.
 */
size_t vec_lower(const struct vec *v, const void *key,
		 int (*cmp)(const void *key, const void *elem));
/* Returns: the element that equals @key, or NULL. */
void *vec_find(const struct vec *v, const void *key, int (*cmp)(const void *key, const void *elem));

#endif
