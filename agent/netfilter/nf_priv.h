/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a backend provides (struct nf_backend), and what the face (nf.c, nf_merge.c, nf_commit.c)
 * keeps of several backends. The face treats all backends alike; a backend knows neither the face
 * nor another backend.
 */
#ifndef NETFILTER_NF_PRIV_H
#define NETFILTER_NF_PRIV_H

#include "netfilter/nf.h"

/* --- what a backend hands over ------------------------------------------------------------- */

/* What one backend has read. The backend's own struct begins with this. */
struct nf_part {
	/* In the order of a snapshot. Names and nf_entry.raw live as long as the part. */
	struct vec chains;  /* struct nf_chain */
	struct vec entries; /* struct nf_entry; their chain is into @chains */
	struct vec meters;  /* struct nf_meter, in the order of nf_meter_cmp() */
	uint64_t taken_us;  /* clock_us() */
	bool counted;	    /* the last reading found the same rules with other counters */
	unsigned refs;	    /* snapshots that hold it: the face counts them */
};

void nf_part_init(struct nf_part *p);
void nf_part_fini(struct nf_part *p);

/* The edits of one nf_commit() that are for one backend. */
struct nf_txn {
	void *self;		     /* from open() */
	const struct nf_edit *edits; /* in the order in which they were given */
	size_t n;
	size_t failed; /* the edit at fault; SIZE_MAX, with which it begins: none */
	void *done;    /* the backend's own: what undo() needs */
	void *work;    /* the backend's own, until end() */
	struct why *why;
};

/*
 * All functions return 0 or -errno unless they say otherwise. Their arguments are those of the
 * function of the same name in nf.h. @self comes from open().
 */
struct nf_backend {
	uint8_t id; /* enum markrule_backend */

	/* @opt lives as long as the backend is open, and what it points to may change meanwhile. */
	int (*open)(const struct nf_options *opt, void **self);
	void (*close)(void *self);
	/* Neither of these two makes the kernel load a module. */
	unsigned (*families)(void *self); /* enum nf_family, see nf_families() */
	unsigned (*probe)(void *self);	  /* enum nf_cap */

	/* @was: NULL, or the part of an earlier read(). @now: @was itself, with new counters and a
	 * new time, when nothing else differs; else a new part, and only counters of @was may have
	 * changed. */
	int (*read)(void *self, struct nf_part *was, struct nf_part **now, struct why *why);
	void (*part_free)(struct nf_part *part);
	/* @part.counted: as after a read(). NULL: what was counted is never lost. */
	int (*recount)(void *self, struct nf_part *part);

	/* NULL: nothing tells of changes. */
	int (*watch_fd)(void *self);
	unsigned (*notices)(void *self);

	/* Sets the columns that nf_decode() has not set from @c and @e. */
	int (*decode)(void *self, const struct nf_chain *c, const struct nf_entry *e,
		      struct markrule *out);
	int (*text)(void *self, const struct nf_chain *c, const struct nf_entry *e,
		    struct text *out);
	int (*rule_text)(void *self, const struct markrule *r, struct text *out, struct why *why);
	int (*hash)(void *self, const struct markrule *r, uint64_t *hash, struct why *why);
	/* @part: NULL to ask the kernel. */
	int (*check)(void *self, const struct nf_part *part, const struct markrule *r,
		     unsigned *column, struct why *why);

	/* nf_commit() calls these, in this order. */
	/* Prepares what the edits need, before any lock is taken. */
	int (*begin)(struct nf_txn *t);
	/* Stages all edits; called again, it starts over. The backend is locked until end(). */
	int (*stage)(struct nf_txn *t);
	/* All or nothing: after an error, unless it is -ENOTRECOVERABLE, nothing has changed.
	 * -ESTALE: somebody else changed the rules since stage(), which must be called again. */
	int (*commit)(struct nf_txn *t);
	void (*end)(struct nf_txn *t);
	/* Undoes a commit(), also before its end(). */
	int (*undo)(void *self, void *done, struct why *why);
	void (*done_free)(void *done);

	unsigned (*meter_families)(void *self, struct why *why); /* 0 with @why: it can have none */
	bool (*meters_right)(void *self, const struct nf_part *part, const struct nf_meter *wanted,
			     size_t n);
	/* @was: the meters that were there are appended. */
	int (*meters_set)(void *self, const struct nf_meter *wanted, size_t n, struct vec *was,
			  struct why *why);
};

extern const struct nf_backend ipt_backend;

/* --- what backends share with each other and with the face: nf_common.c ---------------------- */

/* A manager's rule carries its index in its comment: "fwmark:5", or with a description
 * "fwmark:5 text". */
#define NF_TAG "fwmark:"

/* The comment of meters, and the chain that legacy tables have for them. */
#define NF_METERS "fwmark-meter"

/* The tables of iptables and the built-in chains in them, in the order of a snapshot; NULL ends
 * each. The place of a chain in nf_hooks[] is the number of its hook. */
extern const char *const nf_tables[], *const nf_hooks[];

/* By family, table, chain, in the order of a snapshot: <0, 0, >0. */
int nf_chain_cmp(const struct nf_chain *x, const struct nf_chain *y);

/* Has the file @path a line that ends with @end or, when @whole, is equal to it? */
bool nf_file_has_line(const char *path, const char *end, bool whole);

/* Can there be rules of nftables here? Does not make the kernel load nf_tables: nft_probe.c. */
bool nft_is_there(void);

/* --- the face's own ------------------------------------------------------------------------ */

struct nf_side {
	const struct nf_backend *ops;
	void *self;
};

/* A side is a backend that is open. Sides commit in this order and are undone in reverse. A backend
 * that commits in a single step of the kernel comes last: one that can fail half-way then has
 * nobody before it who must be undone. */
struct nf {
	struct nf_options opt;
	char *lock_file; /* the memory of opt.lock_file */
	struct nf_side sides[NF_BACKENDS_MAX];
	size_t n;
	int watch_fd; /* epoll: the descriptors of all sides; -1: there is none */
};

/* As nf_open(), with the given backends. */
int nf_open_with(const struct nf_backend *const *backends, size_t n, const struct nf_options *opt,
		 struct nf **out);
/* Returns: the side of a backend, NULL when @nf does not have it. */
const struct nf_side *nf_side_of(const struct nf *nf, uint8_t backend);

/* Sets chains, entries and meters of a snapshot from its parts. Returns: 0 or -ENOMEM. */
int nf_merge(struct nf_snap *snap);
/* The same when nothing but counters has changed. */
int nf_merge_counters(struct nf_snap *snap);
void nf_merge_fini(struct nf_snap *snap);

#endif
