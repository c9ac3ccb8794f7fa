/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Netfilter: the mark rules of both families, and changes to them.
 *
 * Everything above this header is the same for legacy tables and for nftables; the legacy
 * backend (libiptc, libxtables) is the only one so far.
 *
 * A snapshot is the whole of what is loaded: light entries that say where a mark rule stands and
 * what it counted; columns and text are made on demand.
 */
#ifndef KERNEL_NF_H
#define KERNEL_NF_H

#include "base/text.h"
#include "base/vec.h"
#include "base/why.h"
#include "model/markrule.h"

/* A manager's rule carries its index in its comment match: "fwmark:5", or with a description
 * "fwmark:5 text". */
#define NF_TAG "fwmark:"

enum nf_cap {
	NF_CAP_LEGACY4 = 1u << 0,
	NF_CAP_LEGACY6 = 1u << 1,
	NF_CAP_NFTABLES = 1u << 2, /* nftables rulesets may exist here */
	NF_CAP_MARK = 1u << 3,
	NF_CAP_CONNMARK = 1u << 4,
};

struct nf; /* opaque */

struct nf_options {
	const char *lock_file; /* NULL: XTABLES_LOCKFILE, else /run/xtables.lock */
	unsigned lock_wait_ms; /* how long a read or a change waits for it; 0: not at all */
};

/* Returns: 0 or -errno. Starts libxtables (once a process). */
int nf_open(const struct nf_options *opt, struct nf **out);
void nf_close(struct nf *nf);
/* Settings may change while it is open. */
void nf_set_options(struct nf *nf, const struct nf_options *opt);

/* Asks the running kernel, loads nothing. Returns: a mask of enum nf_cap. */
unsigned nf_probe(struct nf *nf);

/* One chain of a snapshot that holds a mark rule. */
struct nf_chain {
	uint8_t family;	   /* AF_INET, AF_INET6 */
	const char *table; /* lives as long as the snapshot */
	const char *chain;
	uint8_t hooks;	/* enum markrule_hook: from where it is reached, over jumps too */
	bool routing;	/* see fwmarkRuleRouting */
	uint32_t rules; /* all rules of the chain */
};

struct nf_entry {
	uint32_t chain;	     /* into nf_snap.chains */
	uint32_t position;   /* 1-based among all rules of the chain */
	uint32_t tag;	     /* a manager's index from the comment, 0: foreign */
	const void *raw;     /* the backend's own */
	uint8_t target;	     /* enum markrule_target, as nf_decode() has it */
	uint32_t mark, mask; /* as nf_decode() has them: what the marks are counted by */
	uint64_t packets, bytes;
	/* Identity: family, table, chain and the whole rule but its counters and its place. Equal
	 * for the same rule after a reload, a restart, a reboot. */
	uint64_t hash;
};

/* In order of family, table (raw, mangle, nat, filter, security), chain, position. */
struct nf_snap {
	struct vec chains;  /* struct nf_chain */
	struct vec entries; /* struct nf_entry */
	uint64_t taken_ms;  /* clock_ms() */
	void *priv;
};

/**
 * nf_read - one consistent snapshot of everything that is loaded, under the xtables lock
 *
 * Reads only tables that /proc/net/ip_tables_names and ip6_tables_names list.
 *
 * Returns: 0; -EAGAIN when the lock was not to be had in time; or -errno, with @why.
 */
int nf_read(struct nf *nf, struct nf_snap **out, struct why *why);
void nf_snap_free(struct nf_snap *snap);

/**
 * nf_decode - the columns of one rule
 *
 * @out->matches is valid until the next nf_decode() or nf_close(). index, origin, storage,
 * status and discontinuity are left to the caller (set as markrule_init() does). The comment match
 * becomes the description (without tag); one that does not fit there stays in matches.
 *
 * Matches that have columns (ports, tos, mark) stand first in the kernel, in that order. Where one
 * stands elsewhere, its bare name keeps the place in matches: "-m conntrack --ctstate NEW -m tcp"
 * with destination port 25 is "-m conntrack --ctstate NEW -m tcp --dport 25". nf_commit() takes
 * that as well. Beside -m, matches hold "[!] -s", "[!] -d" with masks that no prefix can express, and
 * "[!] -f".
 */
int nf_decode(struct nf *nf, const struct nf_snap *snap, const struct nf_entry *e,
	      struct markrule *out);

/* Appends the rule as iptables-save writes it: "-A PREROUTING -i eth0 ... -j MARK ...". */
int nf_text(struct nf *nf, const struct nf_snap *snap, const struct nf_entry *e, struct text *out);

/**
 * nf_check - could this rule be put into the kernel as things are? Changes nothing.
 * @column: number of the column of fwmarkRuleEntry at fault
 *
 * Parses @r->matches, looks for table and chain (loading no table: one that is not loaded is
 * fine when it is a well-known one and the chain is one of its built-in chains). Matches are also
 * held against what the kernel's own want: their protocol, their hooks.
 *
 * Returns: 0; -EINVAL: the matches are no iptables syntax; -ENOENT: no such chain or table;
 * -ERANGE: the position is beyond the end of the chain; -EOPNOTSUPP: no legacy tables here.
 */
int nf_check(struct nf *nf, const struct markrule *r, unsigned *column, struct why *why);

/* One change to one rule. */
struct nf_edit {
	/* Which rule: a manager's by tag; a foreign one (tag 0) by hash and by its ordinal (from
	 * 0) among entries of equal hash. Not used when adding. */
	uint32_t tag;
	uint64_t hash;
	uint32_t ordinal;
	/* NULL: remove. Its index becomes the tag when 1 to ROW_MANAGER_MAX, else it gets none. */
	const struct markrule *rule;
	bool add;	    /* false: replace (moving it when rule->position says so) or remove */
	bool keep_counters; /* of the replaced rule: position or description alone change */
};

/* What nf_commit() did, for nf_undo(). */
struct nf_undo; /* opaque */

/**
 * nf_commit - carry out @n edits: one iptc_commit() for each family and table
 * @failed: the edit at fault, SIZE_MAX when none is
 * @undo:   what nf_undo() needs; free with nf_undo_free()
 *
 * Takes the lock, reads fresh tables, finds the rules, stages everything, commits; starts over
 * when the kernel says EAGAIN. When a later table fails, the earlier ones are put back. An edit
 * that removes a rule that is not there is done. A rule that is to be replaced and is not there is
 * added.
 *
 * Position: where the rule stands afterwards, 0 appends (replace: stays where it is). One beyond
 * the end of the chain is -ERANGE.
 *
 * Returns: 0; -EAGAIN: no lock in time; or -errno with @why.
 */
int nf_commit(struct nf *nf, const struct nf_edit *edits, size_t n, size_t *failed,
	      struct nf_undo **undo, struct why *why);

/* Puts back what the commit changed: rules, places and counters (what other packets counted in the
 * meantime included). Returns: 0 or -errno. */
int nf_undo(struct nf *nf, struct nf_undo *undo, struct why *why);
void nf_undo_free(struct nf_undo *undo);

#endif
