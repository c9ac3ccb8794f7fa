/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The journal: the SET under way, in the file "intent" beside the state file. It is written before the
 * kernel is touched, and void as soon as the state file says that one more SET was carried out.
 * Whoever starts after a SIGKILL in between takes back what that SET had done so far
 * (plan/takeback.c): all of it or nothing.
 *
 * It is not flushed to the disk: when the machine goes down, so does all that it speaks of.
 */
#ifndef STORE_JOURNAL_H
#define STORE_JOURNAL_H

#include "base/why.h"
#include "store/wanted.h"

struct store;

/* A setting of an interface (0: of all) before the SET. */
struct journal_setting {
	uint32_t ifindex;
	unsigned conf; /* enum sysctl_conf */
	int value;
};

/* Where a rule stood before the SET. */
struct journal_place {
	uint32_t index, position;
};

struct journal {
	struct managed made[ROW_KINDS]; /* rows that the SET wanted */
	struct vec places;		/* struct journal_place */
	struct vec settings;		/* struct journal_setting */
	bool pending;			/* it was cut off, and is still to be taken back */
};

void journal_init(struct journal *j);
void journal_fini(struct journal *j);

/* Writes down what a SET is about to do. Returns: 0 or -errno with @why. */
int journal_write(struct store *store, const struct journal *j, struct why *why);
/* The SET is done, or undone. */
void journal_drop(struct store *store);

/* At start, after the state file: was a SET cut off? Then store.journal is pending. */
void journal_load(struct store *store);
/* Did that SET want a row with the index of @key? Then what the kernel has of it is no find. */
bool journal_has(const struct store *store, size_t kind, const void *key);

#endif
