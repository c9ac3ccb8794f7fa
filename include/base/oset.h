/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An ordered set of elements of one size, for a million of them: blocks of a few hundred sorted
 * elements and a directory of the blocks. Finding is two binary searches; inserting and removing
 * move a block's worth of bytes at most (the directory grows by one pointer now and then).
 */
#ifndef BASE_OSET_H
#define BASE_OSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct oset_block;
struct oset_slab;

struct oset {
	size_t size; /* of an element, in bytes */
	int (*cmp)(const void *a, const void *b);
	size_t n;	/* elements */
	uint64_t moves; /* changes whenever an element comes or goes */
	struct oset_block **blocks;
	size_t nblocks, cap;
	struct oset_slab *slabs;  /* memory that a big set cuts its blocks from */
	struct oset_block *spare; /* blocks of the slabs that are free */
};

/* A place in a set; valid until oset.moves changes. */
struct oset_at {
	size_t block, i;
};

void oset_init(struct oset *s, size_t size, int (*cmp)(const void *a, const void *b));
/* Frees all elements; the empty set can be used again. */
void oset_fini(struct oset *s);

/* Adds a copy of @elem behind elements that equal it. Returns: the new element, or NULL without
 * memory. */
void *oset_insert(struct oset *s, const void *elem);
/* Adds a copy of @elem at the end, for loading elements that come sorted: @elem must not be below
 * the last one. Fills the blocks. Returns: as oset_insert(). */
void *oset_append(struct oset *s, const void *elem);
void oset_remove(struct oset *s, struct oset_at at);
/* Removes the elements from @from on and before @to for which @keep returns false. */
void oset_keep(struct oset *s, struct oset_at from, struct oset_at to,
	       bool (*keep)(const void *elem, void *arg), void *arg);

/**
 * oset_lower - find the first element that is not below the key
 * @cmp: compares a key with an element, as bsearch(3) has it; NULL: the set's own
 *
 * Returns: its place, or the end of the set, where oset_get() gives NULL.
 */
struct oset_at oset_lower(const struct oset *s, const void *key,
			  int (*cmp)(const void *key, const void *elem));
/* Finds the first element that is above the key. Returns: as oset_lower(). */
struct oset_at oset_upper(const struct oset *s, const void *key,
			  int (*cmp)(const void *key, const void *elem));
/* Returns: the last element, NULL when there is none. */
void *oset_last(const struct oset *s);
/* Returns: the element, or NULL at the end. */
void *oset_get(const struct oset *s, struct oset_at at);
struct oset_at oset_next(const struct oset *s, struct oset_at at);

#define OSET_BEGIN ((struct oset_at){ 0, 0 })
#define OSET_END   ((struct oset_at){ SIZE_MAX, 0 })

#endif
