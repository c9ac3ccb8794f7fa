/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Indices of foreign rows: the hash of what a kernel object is, and its ordinal among equals,
 * give the index that it had before: across inserts, reloads, restarts and reboots.
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
	uint32_t seen;	  /* idmap.generation when it was last asked for */
	uint32_t equals;  /* of ordinal 0: how many of this hash were asked for in this round */
	uint32_t before;  /* of ordinal 0: and in the round before */
	uint64_t packets, bytes; /* what the object had counted when last seen */
	uint64_t discontinuity;	 /* clock_ms() when it last began anew, 0: not known */
};

struct idmap {
	struct idmap_entry *slots; /* open addressing, linear probing */
	size_t n, cap;		   /* cap: a power of 2 */
	uint32_t next;		   /* the next index to give away */
	uint32_t generation;	   /* see idmap_round() */
	bool dirty;		   /* has changed since the owner last cleared this */
};

#define IDMAP_INIT                                                                                 \
	{                                                                                          \
		.next = 1000000, .generation = 1                                                   \
	}

void idmap_fini(struct idmap *m);

/**
 * idmap_get - the entry of an object, made when there is none
 *
 * Returns: the entry, valid until the next call; NULL without memory.
 */
struct idmap_entry *idmap_get(struct idmap *m, uint64_t hash, uint32_t ordinal);

/**
 * idmap_claim - the entry of the next object with this hash in this round
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
 * idmap_rename - an object has another hash now, and is the same object
 * @from: what it was, and @ordinal among @last + 1 equals
 * @to: what it is, and @place among its equals
 *
 * It takes its index and its counters with it, those of its equals move up. What @place had, if
 * only a new index, is @last of @from now. The undo takes the same arguments.
 * Returns: 0, -ENOENT (there is no such object) or -ENOMEM.
 */
int idmap_rename(struct idmap *m, uint64_t from, uint32_t ordinal, uint32_t last, uint64_t to,
		 uint32_t place);
void idmap_rename_undo(struct idmap *m, uint64_t from, uint32_t ordinal, uint32_t last, uint64_t to,
		       uint32_t place);

/* Puts an entry back as it was kept. Returns: 0, -EEXIST (taken) or -ENOMEM. */
int idmap_put(struct idmap *m, const struct idmap_entry *e);

/* A new reading of the kernel begins: what it does not ask for is older than what it does. */
void idmap_round(struct idmap *m);

/* Forgets the oldest of what is gone, when there is much more of that than @live objects: the
 * map cannot grow without bound beside software that makes new rules all the time. */
void idmap_prune(struct idmap *m, size_t live);

/* The entry at or after slot *@i, which moves on; NULL at the end. */
const struct idmap_entry *idmap_each(const struct idmap *m, size_t *i);

#endif
