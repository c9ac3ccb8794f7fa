/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The journal: the SET under way, in the file "journal" beside the state file. It is written before
 * the kernel is touched, and void as soon as the state file says that one more SET was carried out.
 * After a SIGKILL in between, the next start undoes what that SET had done so far
 * (plan/takeback.c): a SET is carried out whole or not at all.
 *
 * The journal is not flushed to the disk: when the machine goes down, the kernel forgets what the
 * SET did.
 */
#ifndef STORE_JOURNAL_H
#define STORE_JOURNAL_H

#include "base/why.h"
#include "store/wanted.h"

struct store;

/* What a setting of an interface (ifindex 0: of all interfaces) was before the SET. */
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
	struct wanted made[ROW_KINDS]; /* rows that the SET wanted */
	struct vec places;	       /* struct journal_place */
	struct vec settings;	       /* struct journal_setting */
	bool pending; /* filled in; in store.journal: a SET was cut off and is still to be undone */
};

void journal_init(struct journal *j);
void journal_fini(struct journal *j);

/* Writes what a SET is about to do. Returns: 0 or -errno with @why. */
int journal_write(struct store *store, const struct journal *j, struct why *why);
/* Removes the file: the SET is done, or undone. */
void journal_drop(struct store *store);

/* At start, after the state file was read: fills in store.journal if a SET was cut off. */
void journal_load(struct store *store);
/* Returns: the row with the index of @key that the SET wanted which was cut off, or NULL. The
 * kernel's object is about to be undone: do not take it over as a manager's. */
void *journal_find(const struct store *store, size_t kind, const void *key);

#endif
