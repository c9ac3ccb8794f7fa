/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The map of indices of foreign rows. A kernel object is found by the hash of its content and by
 * its ordinal among equal objects, so that it keeps its index across inserts, reloads, restarts and
 * reboots.
 */
#ifndef MODEL_IDMAP_H
#define MODEL_IDMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct idmap_entry {
	uint64_t hash;
	uint32_t ordinal; /* from 0 */
	uint32_t index;	  /* 0: this slot is free */
	uint32_t seen;	  /* idmap.generation when the entry was last asked for */
	uint32_t equals;  /* ordinal 0 only: objects of this hash that round @seen has asked for */
	uint32_t before;  /* ordinal 0 only: the same of the round before */
	uint64_t packets, bytes; /* what the object had counted when last seen */
	uint64_t discontinuity;	 /* clock_ms() when its counters last began anew, 0: not known */
};

struct idmap {
	struct idmap_entry *slots; /* open addressing, linear probing */
	size_t n, cap;		   /* cap: a power of 2 */
	uint32_t next, end; /* no entry has an index from next up to end: next is given away next */
	uint32_t generation; /* see idmap_round() */
	bool dirty;	     /* has changed since the owner last cleared this */
};

#define IDMAP_INIT                                                                                 \
	{                                                                                          \
		.next = 1000000, .end = UINT32_C(2147483648), .generation = 1                      \
	}

void idmap_fini(struct idmap *m);

/**
 * idmap_get - find the entry of an object, or make one
 *
 * Returns: the entry, valid until the next call; NULL without memory.
 */
struct idmap_entry *idmap_get(struct idmap *m, uint64_t hash, uint32_t ordinal);

/**
 * idmap_claim - find or make the entry of the next object with this hash in this round
 *
 * The first call after idmap_round() gives ordinal 0, the next one ordinal 1, and so on.
 * Returns: as idmap_get().
 */
struct idmap_entry *idmap_claim(struct idmap *m, uint64_t hash);

/* The entry of an object if there is one, else NULL; valid until the next idmap_get(). */
struct idmap_entry *idmap_peek(const struct idmap *m, uint64_t hash, uint32_t ordinal);

/* How many objects of this hash were asked for in this round. */
uint32_t idmap_live(const struct idmap *m, uint64_t hash);

/**
 * idmap_rename - let an object keep its index although its hash has changed
 * @from, @ordinal: its hash before, and its ordinal there among @last + 1 equals
 * @to, @place: its hash now, and its ordinal there
 *
 * The object takes its index and its counters along. Its equals behind it in @from move up by one
 * ordinal, and ordinal @last of @from gets what ordinal @place of @to had, be it only a new index.
 * idmap_rename_undo() takes the same arguments.
 * Returns: 0, -ENOENT (there is no such object) or -ENOMEM.
 */
int idmap_rename(struct idmap *m, uint64_t from, uint32_t ordinal, uint32_t last, uint64_t to,
		 uint32_t place);
void idmap_rename_undo(struct idmap *m, uint64_t from, uint32_t ordinal, uint32_t last, uint64_t to,
		       uint32_t place);

/* Puts back an entry that was kept on disk. Returns: 0, -EEXIST (there is one of this hash and
 * ordinal) or -ENOMEM. */
int idmap_put(struct idmap *m, const struct idmap_entry *e);

/* Begins a round, which is one reading of the kernel: entries that it does not ask for are older
 * than those that it does. */
void idmap_round(struct idmap *m);

/* Forgets the oldest entries when there are many more of them than the @live objects, so that
 * software that makes new rules all the time does not make the map grow without bound. */
void idmap_prune(struct idmap *m, size_t live);

/* Walks all entries: returns the one at or after slot *@i, which begins with 0 and moves on; NULL
 * at the end. */
const struct idmap_entry *idmap_each(const struct idmap *m, size_t *i);

#endif
