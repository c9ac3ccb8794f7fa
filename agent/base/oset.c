/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/oset.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum {
	BLOCK_BYTES = 16384,
	/* A set that has MANY blocks cuts more of them from slabs, in huge pages where the kernel
	 * has some: with small pages, the page faults of a million elements take longer than all
	 * the rest. */
	SLAB_BYTES = 4 << 20,
	HUGE_PAGE = 2 << 20,
	MANY = 64,
};

struct oset_block {
	size_t n;
	size_t in_slab; /* 0: allocated on its own */
	_Alignas(max_align_t) char data[];
};

struct oset_slab {
	struct oset_slab *next;
	size_t n; /* blocks that were cut off it so far */
	_Alignas(max_align_t) char data[];
};

static size_t per_block(const struct oset *s)
{
	return BLOCK_BYTES / s->size;
}

static char *element(const struct oset *s, const struct oset_block *b, size_t i)
{
	return (char *)b->data + i * s->size;
}

static size_t block_bytes(const struct oset *s)
{
	size_t bytes = sizeof(struct oset_block) + per_block(s) * s->size;

	return (bytes + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
}

static struct oset_slab *slab_new(struct oset *s)
{
	struct oset_slab *slab = aligned_alloc(HUGE_PAGE, SLAB_BYTES);

	if (!slab)
		return NULL;
	(void)madvise(slab, SLAB_BYTES, MADV_HUGEPAGE);
	slab->next = s->slabs;
	slab->n = 0;
	return s->slabs = slab;
}

/* Returns: memory for a block, NULL when there is none. */
static struct oset_block *block_alloc(struct oset *s)
{
	struct oset_block *b = s->spare;
	struct oset_slab *slab = s->slabs;

	if (b) {
		memcpy(&s->spare, b->data, sizeof(s->spare));
		return b;
	}
	if (s->nblocks >= MANY &&
	    (!slab || sizeof(*slab) + (slab->n + 1) * block_bytes(s) > SLAB_BYTES))
		slab = slab_new(s);
	if (s->nblocks < MANY || !slab) {
		b = malloc(block_bytes(s));
		if (b)
			b->in_slab = 0;
		return b;
	}
	b = (void *)(slab->data + slab->n++ * block_bytes(s));
	b->in_slab = 1;
	return b;
}

/* A block of a slab waits to be used again; the kernel gets its pages back meanwhile. */
static void block_free(struct oset *s, struct oset_block *b)
{
	const uintptr_t page = 4096;
	uintptr_t begin = ((uintptr_t)b->data + sizeof(s->spare) + page - 1) & ~(page - 1);
	uintptr_t end = ((uintptr_t)b + block_bytes(s)) & ~(page - 1);

	if (!b->in_slab) {
		free(b);
		return;
	}
	(void)madvise((void *)begin, end - begin, MADV_DONTNEED);
	memcpy(b->data, &s->spare, sizeof(s->spare));
	s->spare = b;
}

/* Frees the slabs once no block is in use. */
static void slabs_free(struct oset *s)
{
	struct oset_slab *slab;

	while (!s->nblocks && (slab = s->slabs)) {
		s->slabs = slab->next;
		free(slab);
	}
	if (!s->slabs)
		s->spare = NULL;
}

void oset_init(struct oset *s, size_t size, int (*cmp)(const void *a, const void *b))
{
	*s = (struct oset){ .size = size, .cmp = cmp };
}

void oset_fini(struct oset *s)
{
	for (size_t i = 0; i < s->nblocks; i++)
		if (!s->blocks[i]->in_slab)
			free(s->blocks[i]);
	s->nblocks = 0;
	slabs_free(s);
	free(s->blocks);
	*s = (struct oset){ .size = s->size, .cmp = s->cmp, .moves = s->moves + 1 };
}

/* A new empty block at place @at of the directory. */
static struct oset_block *block_new(struct oset *s, size_t at)
{
	struct oset_block *b;

	if (s->nblocks == s->cap) {
		size_t cap = s->cap ? s->cap * 2 : 8;
		struct oset_block **more = realloc(s->blocks, cap * sizeof(*more));

		if (!more)
			return NULL;
		s->blocks = more;
		s->cap = cap;
	}
	b = block_alloc(s);
	if (!b)
		return NULL;
	b->n = 0;
	memmove(s->blocks + at + 1, s->blocks + at, (s->nblocks - at) * sizeof(*s->blocks));
	s->blocks[at] = b;
	s->nblocks++;
	return b;
}

/* Finds the first place where @cmp of key and element is at most @bound. */
static struct oset_at search(const struct oset *s, const void *key,
			     int (*cmp)(const void *key, const void *elem), int bound)
{
	size_t lo = 0, hi = s->nblocks;
	struct oset_at at;

	if (!cmp)
		cmp = s->cmp;
	/* The first block whose last element is not before the place. */
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		const struct oset_block *b = s->blocks[mid];

		if (cmp(key, element(s, b, b->n - 1)) > bound)
			lo = mid + 1;
		else
			hi = mid;
	}
	at = (struct oset_at){ .block = lo };
	if (lo == s->nblocks)
		return at;
	hi = s->blocks[at.block]->n;
	for (lo = 0; lo < hi;) {
		size_t mid = lo + (hi - lo) / 2;

		if (cmp(key, element(s, s->blocks[at.block], mid)) > bound)
			lo = mid + 1;
		else
			hi = mid;
	}
	at.i = lo;
	return at;
}

struct oset_at oset_lower(const struct oset *s, const void *key,
			  int (*cmp)(const void *key, const void *elem))
{
	return search(s, key, cmp, 0);
}

struct oset_at oset_upper(const struct oset *s, const void *key,
			  int (*cmp)(const void *key, const void *elem))
{
	return search(s, key, cmp, -1);
}

void *oset_get(const struct oset *s, struct oset_at at)
{
	return at.block < s->nblocks ? element(s, s->blocks[at.block], at.i) : NULL;
}

void *oset_last(const struct oset *s)
{
	const struct oset_block *b = s->nblocks ? s->blocks[s->nblocks - 1] : NULL;

	return b ? element(s, b, b->n - 1) : NULL;
}

struct oset_at oset_next(const struct oset *s, struct oset_at at)
{
	if (++at.i == s->blocks[at.block]->n)
		at = (struct oset_at){ .block = at.block + 1 };
	return at;
}

/* Moves the elements of a full block from @at on, half of them at most, into a new block behind
 * it. */
static int split(struct oset *s, size_t block, size_t at)
{
	struct oset_block *b = s->blocks[block];
	struct oset_block *upper = block_new(s, block + 1);
	size_t left = at > b->n / 2 ? at : b->n / 2;

	if (!upper)
		return -1;
	upper->n = b->n - left;
	memcpy(upper->data, element(s, b, left), upper->n * s->size);
	b->n = left;
	return 0;
}

void *oset_append(struct oset *s, const void *elem)
{
	struct oset_block *b = s->nblocks ? s->blocks[s->nblocks - 1] : NULL;

	if ((!b || b->n == per_block(s)) && !(b = block_new(s, s->nblocks)))
		return NULL;
	s->n++;
	s->moves++;
	return memcpy(element(s, b, b->n++), elem, s->size);
}

void *oset_insert(struct oset *s, const void *elem)
{
	struct oset_at at = oset_upper(s, elem, NULL);
	size_t full = per_block(s);
	struct oset_block *b;
	char *place;

	if (at.block == s->nblocks)
		return oset_append(s, elem);
	/* An element between two blocks goes to the end of the first or, when both are full, into a
	 * new block. With the way split() cuts, elements that come in order fill their blocks. */
	if (at.i == 0 && at.block && s->blocks[at.block - 1]->n < full) {
		at.block--;
		at.i = s->blocks[at.block]->n;
	} else if (at.i == 0 && at.block && s->blocks[at.block]->n == full) {
		if (!block_new(s, at.block))
			return NULL;
	} else if (s->blocks[at.block]->n == full) {
		if (split(s, at.block, at.i))
			return NULL;
		if (at.i > s->blocks[at.block]->n) {
			at.i -= s->blocks[at.block]->n;
			at.block++;
		}
	}
	b = s->blocks[at.block];
	place = element(s, b, at.i);
	memmove(place + s->size, place, (b->n - at.i) * s->size);
	b->n++;
	s->n++;
	s->moves++;
	return memcpy(place, elem, s->size);
}

/* Frees the blocks from @from on that are empty, and joins small ones. */
static void tidy(struct oset *s, size_t from)
{
	size_t n = from;

	for (size_t i = from; i < s->nblocks; i++) {
		struct oset_block *b = s->blocks[i], *last = n ? s->blocks[n - 1] : NULL;

		if (b->n && (!last || last->n + b->n > per_block(s))) {
			s->blocks[n++] = b;
			continue;
		}
		if (b->n) {
			memcpy(element(s, last, last->n), b->data, b->n * s->size);
			last->n += b->n;
		}
		block_free(s, b);
	}
	s->nblocks = n;
	slabs_free(s);
}

void oset_keep(struct oset *s, struct oset_at from, struct oset_at to,
	       bool (*keep)(const void *elem, void *arg), void *arg)
{
	size_t before = s->n;

	for (size_t i = from.block; i < s->nblocks && i <= to.block; i++) {
		struct oset_block *b = s->blocks[i];
		size_t begin = i == from.block ? from.i : 0, end = i == to.block ? to.i : b->n;
		size_t left = begin;

		for (size_t k = begin; k < end; k++) {
			if (!keep(element(s, b, k), arg))
				continue;
			if (left < k)
				memcpy(element(s, b, left), element(s, b, k), s->size);
			left++;
		}
		if (left >= end)
			continue;
		memmove(element(s, b, left), element(s, b, end), (b->n - end) * s->size);
		b->n -= end - left;
		s->n -= end - left;
	}
	if (s->n == before)
		return;
	s->moves++;
	tidy(s, from.block);
}

void oset_remove(struct oset *s, struct oset_at at)
{
	struct oset_block *b = s->blocks[at.block];
	char *place = element(s, b, at.i);

	memmove(place, place + s->size, (b->n - at.i - 1) * s->size);
	b->n--;
	s->n--;
	s->moves++;
	if (b->n)
		return;
	block_free(s, b);
	s->nblocks--;
	memmove(s->blocks + at.block, s->blocks + at.block + 1,
		(s->nblocks - at.block) * sizeof(*s->blocks));
	slabs_free(s);
}
