/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is wanted and what was counted: in memory, and in the state directory. */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "model/idmap.h"
#include "store/journal.h"
#include "store/wanted.h"

/* What was counted for a mark, whatever became of the rules. */
struct mark_sum {
	uint32_t value, mask;
	uint64_t packets, bytes, discontinuity;
	bool shown; /* the mark has a row: it is kept though it never counted */
};

struct meter_count {
	uint64_t packets, bytes;
};

/* The sum of a mark's meter since it was switched on, whatever happened to its rules. */
struct meter_sum {
	uint32_t value, mask;
	struct meter_count all;
	struct meter_count seen[2]; /* counters of its rules when last seen: IPv4, IPv6 */
};

struct store {
	const char *dir;  /* state.directory */
	uint8_t protocol; /* the agent's own */
	bool dry_run;	  /* nothing may be written */

	struct managed wanted[ROW_KINDS];
	uint64_t version;	    /* moves with every change to a wanted row */
	struct mib_agent_row agent; /* the edit lock, and whether to notify, are kept */
	int64_t *epoch;		    /* mib.epoch, which is kept, too */
	struct idmap rule_ids, policy_ids;
	struct vec mark_sums;  /* struct mark_sum, by value and mask */
	struct vec meter_sums; /* struct meter_sum, by value and mask: of the meters that are on */
	struct journal journal;

	int64_t sets;	 /* SETs so far that the state file has; see journal.h */
	bool known;	 /* there was a state file, and it was whole */
	bool rows_dirty; /* wanted rows are not as the state file has them */
	bool dirty;	 /* maps or sums have changed since they were saved */
	uint64_t saved_ms;
	uint32_t saved_serial;	 /* of the file of indices; see counters.h */
	int64_t saved_epoch;	 /* that the state file has */
	bool counts_dirty;	 /* something has counted since that was written down */
	bool failing;		 /* the last save by the tick failed: say so once */
	uint64_t counts_next_ms; /* not before this are counts written again */
};

/* @dir, @epoch: stay where they are as long as the store. */
void store_init(struct store *store, const char *dir, uint8_t protocol, int64_t *epoch);
void store_fini(struct store *store);
/* Forgets wanted rows, indices and sums: a file was damaged half way. */
void store_clear(struct store *store);

/* What is wanted of a kind. Returns: NULL for @kind NULL. */
struct managed *store_wanted(struct store *store, const struct row_kind *kind);

/* sums.c */
/* Returns: the sum of a mark, made when there was none; NULL without memory. */
struct mark_sum *mark_sum_make(struct store *store, uint32_t value, uint32_t mask);
/* Returns: the sum of a meter, or NULL. */
struct meter_sum *meter_sum_find(const struct store *store, uint32_t value, uint32_t mask);
/* The same, made when there was none; NULL without memory. */
struct meter_sum *meter_sum_make(struct store *store, uint32_t value, uint32_t mask);

/* state.c */
/* Reads all files but that of the static rows. Returns: 0; -EINVAL: the state file was damaged and is
 * set aside; or -errno; with @why. */
int state_load(struct store *store, struct why *why);
int state_save(struct store *store, struct why *why);
/* The same for what managers want alone: what a SET waits for. The rest follows with the tick.
 * @replaced: whether the new file stands, also when it fails; NULL: no matter. */
int state_save_rows(struct store *store, bool *replaced, struct why *why);
/* Once a second: saves what has changed of itself (indices soon, sums after a while). */
void state_tick(struct store *store);

#endif
