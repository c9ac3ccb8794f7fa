/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The store: what is wanted and what was counted, in memory and in the state directory. */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/oset.h"
#include "model/idmap.h"
#include "store/journal.h"
#include "store/wanted.h"

/* What the rules of a mark have counted, those that are gone included. */
struct mark_sum {
	uint32_t value, mask;
	uint64_t packets, bytes, discontinuity;
	bool shown;    /* the mark has a row */
	uint64_t gone; /* it has none any more: the place in the order in which marks went */
};

struct meter_count {
	uint64_t packets, bytes;
};

/* What a mark's meter has counted since it was switched on, whatever happened to its rules. */
struct meter_sum {
	uint32_t value, mask;
	struct meter_count all;
	struct meter_count seen[2]; /* the counters of its rules when last read: IPv4, IPv6 */
};

struct store {
	const char *dir;  /* state.directory */
	uint8_t protocol; /* the agent's own, setting provisioning.protocol */
	bool dry_run;	  /* --check, --dump: nothing may be written */

	struct wanted wanted[ROW_KINDS];
	uint64_t version;	    /* goes up with every change to a wanted row */
	struct mib_agent_row agent; /* the state file keeps edit_lock and notifications */
	int64_t *epoch;		    /* mib.epoch, kept in the state file, too */
	struct idmap rule_ids, policy_ids;
	struct oset mark_sums; /* struct mark_sum, by value and mask */
	uint64_t marks_gone;   /* how many marks have gone so far */
	struct vec meter_sums; /* struct meter_sum, by value and mask: of meters that are on */
	struct journal journal;

	int64_t sets;	 /* how many SETs the state file has seen; see journal.h */
	bool known;	 /* at start there was a state file, and it was whole */
	bool rows_dirty; /* wanted rows differ from the state file */
	bool dirty;	 /* maps or sums have changed since they were saved */
	uint64_t saved_ms;
	uint32_t saved_serial;	 /* of the file "indices"; see counters.h */
	int64_t saved_epoch;	 /* the epoch in the state file */
	bool counts_dirty;	 /* something has counted since "counts" was written */
	bool failing;		 /* the last save by the tick failed: say so once */
	uint64_t counts_next_ms; /* clock_ms() before which "counts" is not written again */
};

/* @dir and @epoch must live as long as the store. */
void store_init(struct store *store, const char *dir, uint8_t protocol, int64_t *epoch);
void store_fini(struct store *store);
/* Forgets wanted rows, indices and sums: of a damaged file, some had been read already. */
void store_clear(struct store *store);

/* Returns: the wanted rows of a kind; NULL for @kind NULL. */
struct wanted *store_wanted(struct store *store, const struct row_kind *kind);

/* Somebody else took away the object of a wanted row, or (@withdrawn false) it is there again. The
 * tick saves that. */
void store_withdraw(struct store *store, struct wanted_row *slot, bool withdrawn);

/* sums.c */
/* Returns: the sum of a mark, a new one when there was none; valid until the next one is made. NULL
 * without memory. */
struct mark_sum *mark_sum_make(struct store *store, uint32_t value, uint32_t mask);
/* The rows of marks are made anew: mark_sums_hide() before, mark_sum_make() with "shown" for each
 * row, mark_sums_trim() behind. That forgets the sums of marks without a row, but for the @keep that
 * went last; one that never counted is forgotten anyway. */
void mark_sums_hide(struct store *store);
void mark_sums_trim(struct store *store, size_t keep);
/* Returns: the sum of a meter, or NULL. */
struct meter_sum *meter_sum_find(const struct store *store, uint32_t value, uint32_t mask);
/* Returns: the same, a new one when there was none; NULL without memory. */
struct meter_sum *meter_sum_make(struct store *store, uint32_t value, uint32_t mask);

/* state.c */
/* Reads all files but that of the static rows. Returns: 0; -EINVAL: the state file was damaged and
 * is set aside; or -errno; with @why. */
int state_load(struct store *store, struct why *why);
int state_save(struct store *store, struct why *why);
/* Saves the state file alone, which is all that a SET waits for; the tick saves the rest.
 * @replaced: whether the new file stands, also when this fails; NULL: no matter. */
int state_save_rows(struct store *store, bool *replaced, struct why *why);
/* The first save. A disk that is full, or fails, keeps SETs out; but what is there can be read, and what
 * was wanted is back: the log says so, and the tick tries again. */
void state_begin(struct store *store);
/* Call this once a second: saves what no SET has saved (indices soon, sums after a while). */
void state_tick(struct store *store);

#endif
