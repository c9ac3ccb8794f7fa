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
	uint64_t moves; /* moves whenever one comes or goes */
	struct oset_block **blocks;
	size_t nblocks, cap;
	struct oset_slab *slabs;  /* memory of the blocks of a big set, ... */
	struct oset_block *spare; /* ... and those of them that are free */
};

/* A place in a set; valid as long as moves stays. */
struct oset_at {
	size_t block, i;
};

void oset_init(struct oset *s, size_t size, int (*cmp)(const void *a, const void *b));
/* Empties it. */
void oset_fini(struct oset *s);

/* Adds a copy of @elem behind its equals. Returns: the new element, or NULL without memory. */
void *oset_insert(struct oset *s, const void *elem);
/* Adds @elem, which must not be below any element that is there: for loading what is sorted, in
 * full blocks. */
void *oset_append(struct oset *s, const void *elem);
void oset_remove(struct oset *s, struct oset_at at);
/* Removes those from @from on, but before @to, that @keep does not keep. */
void oset_keep(struct oset *s, struct oset_at from, struct oset_at to,
	       bool (*keep)(const void *elem, void *arg), void *arg);

/**
 * oset_lower - the first element for which @cmp does not say that the key is above
 * @cmp: compares a key with an element, as bsearch(3) has it; NULL: the set's own
 *
 * Returns: the place; oset_get() gives NULL there when it is the end.
 */
struct oset_at oset_lower(const struct oset *s, const void *key,
			  int (*cmp)(const void *key, const void *elem));
/* The first element that is above the key. */
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
