/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the sources behind nf.h share. */
#ifndef NETFILTER_NF_PRIV_H
#define NETFILTER_NF_PRIV_H

#include "ipt.h"
#include "netfilter/nf.h"

/* Is there a line in the file @path that ends with @end; or, when @whole, that is just that? */
bool nf_file_has_line(const char *path, const char *end, bool whole);

/* Can there be rules of nftables here? Does not make the kernel load nf_tables: nft_probe.c. */
bool nft_is_there(void);

/* Memory that a table can be read into. */
struct nf_room {
	void *raw;
	size_t size;
};

enum { NF_TABLES_MAX = 10 }; /* both families */

struct nf {
	char *lock_file; /* NULL: the default */
	unsigned lock_wait_ms;
	struct text matches; /* behind what nf_decode() gave last */
	bool no_mangle[2];   /* of IPv4, IPv6: the kernel has no such table */
	struct nf_room
		rooms[NF_TABLES_MAX]; /* for the tables of the next reading, in their order */
};

/* nf_snap.priv: the tables whose blobs the entries point into. */
struct snap_priv {
	struct vec tables; /* struct ipt_table */
};

/* --- tables being changed: ipt_work.c ------------------------------------------------------ */

/* A mark rule in a table being changed. Entries stay where they are while others come and go. */
struct work_rule {
	const void *e; /* NULL: removed meanwhile */
	char chain[IPT_CHAIN_MAX];
	uint64_t hash; /* once hashed */
	uint32_t tag;
	bool hashed; /* foreign rules alone are looked for by it */
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

/* Returns: the place of the table in w->tables, -errno with w->why. Loads it when need be. */
int work_open(struct work *w, const struct ipt_ops *ops, const char *table);

/**
 * work_find - look for a mark rule: by tag, or by hash and ordinal among equals
 * @ops, @table: where to look first; NULL: nowhere special
 * @at: the place of the table
 *
 * Returns: 1 when found, 0 when there is none, -errno with w->why.
 */
int work_find(struct work *w, const struct ipt_ops *ops, const char *table, uint32_t tag,
	      uint64_t hash, uint32_t ordinal, size_t *at, struct work_rule **rule);

/* Had the table at @at a rule with the tag when this was first asked? Returns: 1, 0, -errno. */
int work_tagged(struct work *w, size_t at, uint32_t tag);

/* Takes the rule out of the index; it goes on to count among its equals. */
void work_gone(struct work_table *t, struct work_rule *rule);

/* Returns: the 1-based position of an entry in its chain, 0 when it is not there. */
uint32_t work_position(const struct work_table *t, const char *chain, const void *e);

/* Stage one change; @position is 1-based, 0 appends. Return 0 or -errno with w->why; -ERANGE:
 * beyond the end of the chain. */
int work_insert(struct work *w, size_t at, const char *chain, uint32_t position, const void *e);
int work_replace(struct work *w, size_t at, const char *chain, uint32_t position, const void *e);
int work_remove(struct work *w, size_t at, const char *chain, uint32_t position);

/* Commits one table. Returns: 0, -ESTALE when somebody else changed it, -errno with w->why. */
int work_commit(struct work *w, struct work_table *t);

/* --- what was done, and taking it back: ipt_edit.c, ipt_undo.c ------------------------------- */

enum { STALE_TRIES = 20 };

/* One thing done to one table. */
struct step {
	const struct ipt_ops *ops;
	const char *table;
	char was_chain[IPT_CHAIN_MAX], now_chain[IPT_CHAIN_MAX];
	uint32_t was_position, now_position; /* 1-based, 0: at the end */
	void *was;			     /* entry, NULL: there was none */
	void *now;			     /* entry as it was put in, NULL: none */
	size_t edit;
};

struct nf_undo {
	struct vec steps; /* struct step */
};

void steps_fini(struct vec *steps);
void *entry_copy(const struct ipt_ops *ops, const void *e);
/* Takes steps back, the last one first, under the lock. @only: NULL, or work tables: then the steps
 * in those that are committed. Returns: 0 or -errno. */
int steps_undo(const struct vec *steps, const struct vec *only, struct why *why);

#endif
