/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the backend of legacy tables share. */
#ifndef NETFILTER_IPT_PRIV_H
#define NETFILTER_IPT_PRIV_H

#include "ipt.h"

/* Memory that a table can be read into. */
struct ipt_room {
	void *raw;
	size_t size;
};

enum { IPT_FAMILIES = 2, IPT_TABLES_MAX = 10 /* of both families */ };

/* The backend, open. */
struct ipt {
	const struct nf_options *opt;
	int lock_fd;		      /* of the lock file; -1: it was not opened yet */
	unsigned locked;	      /* how many calls of ipt_lock() hold the lock */
	int watch_fd, watched;	      /* inotify, and its watch of the lock file; -1: none */
	unsigned noticed;	      /* enum nf_notice, since ipt_notices() */
	uint64_t notices;	      /* how many there were so far */
	struct text matches;	      /* owns the matches that decode() gave last */
	bool no_mangle[IPT_FAMILIES]; /* the kernel had no such table when it was asked last */
	struct ipt_room
		rooms[IPT_TABLES_MAX]; /* for the tables of the next reading, in their order */
};

/* What was read: the tables whose blobs the entries point into. */
struct ipt_part {
	struct nf_part part;
	struct vec tables;	       /* struct ipt_table */
	bool meters_odd[IPT_FAMILIES]; /* something is not as ipt_meters_set() leaves it */
};

/* --- the backend: see struct nf_backend ------------------------------------------------------ */

int ipt_read(void *self, struct nf_part *was, struct nf_part **now, struct why *why);
int ipt_recount(void *self, struct nf_part *part);
void ipt_part_free(struct nf_part *part);

unsigned ipt_probe_families(void *self);
unsigned ipt_probe(void *self);

int ipt_rule_text(void *self, const struct markrule *r, struct text *out, struct why *why);
int ipt_rule_hash(void *self, const struct markrule *r, uint64_t *hash, struct why *why);
int ipt_check(void *self, const struct nf_part *part, const struct markrule *r, unsigned *column,
	      struct why *why);

int ipt_begin(struct nf_txn *t);
int ipt_stage(struct nf_txn *t);
int ipt_commit(struct nf_txn *t);
void ipt_end(struct nf_txn *t);
int ipt_undo(void *self, void *done, struct why *why);
void ipt_done_free(void *done);

unsigned ipt_meter_families(void *self, struct why *why);
bool ipt_meters_right(void *self, const struct nf_part *part, const struct nf_meter *wanted,
		      size_t n);
int ipt_meters_set(void *self, const struct nf_meter *wanted, size_t n, struct vec *was,
		   struct why *why);

/* --- the lock of all programs of iptables: ipt_lock.c ---------------------------------------- */

/* Waits for the lock, unless this process holds it already: an undo in the middle of a commit needs
 * it, too. Returns: 0; -EAGAIN when the lock was not free in time; -errno. */
int ipt_lock(struct ipt *ipt, struct why *why);
/* Once for each ipt_lock() that returned 0. */
void ipt_unlock(struct ipt *ipt);
/* Closes the lock file. */
void ipt_lock_close(struct ipt *ipt);
/* Returns: the path of the lock file. */
const char *ipt_lock_file(const struct ipt *ipt);

/* --- what others do: ipt_watch.c ----------------------------------------------------------- */

void ipt_watch_start(struct ipt *ipt);
void ipt_watch_end(struct ipt *ipt);
int ipt_watch_fd(void *self);
unsigned ipt_notices(void *self);
/* Would it be noticed if somebody opened the lock file now? */
bool ipt_watches(const struct ipt *ipt);
/* Returns: how often others have opened and closed the lock file so far. */
uint64_t ipt_notice_count(struct ipt *ipt);

/* --- tables being changed: ipt_work.c ------------------------------------------------------ */

/* A mark rule in a table being changed. An entry keeps its address while others come and go. */
struct work_rule {
	const void *e; /* NULL: removed meanwhile */
	char chain[IPT_CHAIN_MAX];
	uint64_t hash; /* once hashed */
	uint32_t tag;
	bool hashed; /* @hash is set: nobody needs it before a foreign rule is looked for */
};

struct work_table {
	const struct ipt_ops *ops;
	const char *name;
	struct xtc_handle *h;
	bool dirty; /* has staged changes */
	bool committed;
	bool indexed;
	struct vec rules; /* struct work_rule, once indexed */
	bool tags_known;
	struct vec tags; /* uint32_t, see work_tagged() */
};

/* Tables are opened as they are needed. */
struct work {
	struct vec tables; /* struct work_table */
	struct why *why;
};

#define WORK_INIT(w)                                                                               \
	{                                                                                          \
		.tables = VEC_INIT(struct work_table), .why = (w)                                  \
	}

void work_fini(struct work *w);

/* Returns: the place of the table in w->tables, -errno with w->why. Makes the kernel load the table
 * when need be. */
int work_open(struct work *w, const struct ipt_ops *ops, const char *table);

/**
 * work_find - look for a mark rule as struct nf_edit names it
 * @ops, @table: where to look first; NULL: nowhere special
 * @at: the place of the table
 *
 * Returns: 1 when found, 0 when there is none, -errno with w->why.
 */
int work_find(struct work *w, const struct ipt_ops *ops, const char *table, uint32_t tag,
	      uint64_t hash, uint32_t ordinal, size_t *at, struct work_rule **rule);

/* Looks for a mark rule in the table at @at: the one with the hash that stands at @position of its
 * chain, else the last one with the hash. @rule: NULL when there is none. Returns: 0 or -errno. */
int work_find_at(struct work *w, size_t at, uint64_t hash, uint32_t position,
		 struct work_rule **rule);

/* Had the table at @at a rule with the tag when this was first asked? Returns: 1, 0, -errno. */
int work_tagged(struct work *w, size_t at, uint32_t tag);

/* Marks the rule as removed. Its equals keep their ordinals, because edits name a rule by its
 * ordinal before the commit. */
void work_gone(struct work_table *t, struct work_rule *rule);

/* Returns: the 1-based position of an entry in its chain, 0 when it is not there. */
uint32_t work_position(const struct work_table *t, const char *chain, const void *e);

/* Stage one change; @position is 1-based, 0 appends. Return 0 or -errno with w->why; -ERANGE:
 * beyond the end of the chain. */
int work_insert(struct work *w, size_t at, const char *chain, uint32_t position, const void *e);
int work_replace(struct work *w, size_t at, const char *chain, uint32_t position, const void *e);
int work_remove(struct work *w, size_t at, const char *chain, uint32_t position);

/* Commits one table. Returns: 0; -ESTALE when somebody else changed it; -errno with w->why: the
 * kernel may have taken the table all the same, see ipt_did(). */
int work_commit(struct work *w, struct work_table *t);

/* --- what was done, and its undo: ipt_edit.c, ipt_undo.c ------------------------------------- */

/* How often to try again because somebody else changed the table meanwhile. */
enum { IPT_STALE_TRIES = 20 };

/* One change of one table. */
struct step {
	const struct ipt_ops *ops;
	const char *table;
	char was_chain[IPT_CHAIN_MAX], now_chain[IPT_CHAIN_MAX];
	uint32_t was_position, now_position; /* 1-based, 0: at the end */
	void *was;			     /* the entry before, NULL: none */
	void *now;			     /* the entry as it was put in, NULL: none */
	size_t edit;
};

/* nf_txn.done */
struct ipt_done {
	struct vec steps; /* struct step */
};

/* Has the kernel all the same what the steps say, of a table whose commit failed? @undo: the commit
 * was to undo them. ipt_did.c. */
bool ipt_did(const struct work_table *t, const struct vec *steps, bool undo);

void steps_fini(struct vec *steps);
void *entry_copy(const struct ipt_ops *ops, const void *e);
/* Undoes steps, the last one first; the caller holds the lock. @only: NULL for all steps, or work
 * tables, for the steps in those of them that are committed. Returns: 0 or -errno. */
int steps_undo(const struct vec *steps, const struct vec *only, struct why *why);

#endif
