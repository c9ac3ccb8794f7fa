/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The SET under way, in the file "intent" beside the state file: written before the kernel is
 * touched, void as soon as the state file says that one more SET was carried out. Whoever starts
 * after a SIGKILL in between takes back what that SET had done so far: all of it or nothing.
 *
 * It is not flushed to the disk: when the machine goes down, so does all that it speaks of.
 */
#ifndef STORE_JOURNAL_H
#define STORE_JOURNAL_H

#include "base/why.h"
#include "store/kinds.h"
#include "store/managed.h"

struct app;

struct intent {
	struct managed made[ROW_KINDS]; /* rows that it wanted */
	struct vec settings;		/* struct interface_undo: of interfaces, before it */
	bool pending;			/* it was cut off, and is still to be taken back */
};

/* Of the SET in a->plan; @undo: of its undoing. Returns: 0 or -errno with @why. */
int intent_write(struct app *a, bool undo, struct why *why);
/* It is done, or undone. */
void intent_drop(struct app *a);

/* At start, after the state file: was a SET cut off? */
void intent_load(struct app *a);
/* Did that SET want a row with the index of @key? Then what the kernel has of it is no find. */
bool intent_has(const struct app *a, const struct mib_def *def, const void *key);
/* Takes its objects out of the kernel, and puts those of the state file in their place. Waits for
 * the first reading of netfilter where it wanted rules. */
void intent_take_back(struct app *a);
void intent_fini(struct app *a);

#endif
