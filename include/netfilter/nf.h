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
#ifndef NETFILTER_NF_H
#define NETFILTER_NF_H

#include "base/text.h"
#include "base/vec.h"
#include "base/why.h"
#include "model/markrule.h"

/* A manager's rule carries its index in its comment match: "fwmark:5", or with a description
 * "fwmark:5 text". */
#define NF_TAG "fwmark:"

/* The agent's own chain in mangle of each family, and the comment of the rules in it. */
#define NF_METERS "fwmark-meter"

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
/* Returns: the NF_CAP_LEGACY bits of that, at the price of two system calls. */
unsigned nf_probe_legacy(void);
/* Why there can be no meters without them. */
extern const char nf_no_meters[];

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

/* A rule that counts the packets that leave this host with a mark that has @value in the bits of
 * @mask. */
struct nf_meter {
	uint8_t family; /* AF_INET, AF_INET6; AF_UNSPEC, of one that is wanted: both */
	uint32_t value, mask;
	uint64_t packets, bytes;
};

/* In order of family, table (raw, mangle, nat, filter, security), chain, position. */
struct nf_snap {
	struct vec chains;  /* struct nf_chain */
	struct vec entries; /* struct nf_entry */
	struct vec meters;  /* struct nf_meter, in the order of nf_meter_cmp() */
	bool meters_odd[2]; /* of IPv4, IPv6: something is not as nf_meters_set() leaves it */
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

/**
 * nf_read_again - the same, with an earlier snapshot at hand
 * @snap: NULL, or the earlier one
 * @out:  @snap itself, with the counters and the time of now, when nothing but counters differs:
 *        that takes little more time than the kernel does. Else a new one, and @snap is as it was
 *
 * Returns: as nf_read().
 */
int nf_read_again(struct nf *nf, struct nf_snap *snap, struct nf_snap **out, struct why *why);
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

/* The same for a rule that is in no kernel. Returns: 0 or -errno with @why. */
int nf_rule_text(struct nf *nf, const struct markrule *r, struct text *out, struct why *why);

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
/* The same, as things were when @snap was read: for many rules. */
int nf_check_in(struct nf *nf, const struct nf_snap *snap, const struct markrule *r,
		unsigned *column, struct why *why);

/* The hash that a rule has in the kernel (struct nf_entry) once nf_commit() has put it there.
 * Returns: 0 or -errno with @why. */
int nf_hash(struct nf *nf, const struct markrule *r, uint64_t *hash, struct why *why);

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
	bool only;	    /* when adding: -EEXIST if the table has a rule with its tag */
	bool clamp;	    /* a position beyond the end of the chain is the end */
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

/* By family, value, mask: <0, 0, >0. For vec_find(). */
int nf_meter_cmp(const void *a, const void *b);

/**
 * nf_meters_set - bring the meters of both families to exactly these
 * @wanted: in any order. One that is to be put up begins with its packets and bytes
 * @was:    gets what was there before, as struct nf_snap has it, by the last reading under the lock
 *
 * The chain NF_METERS holds one rule for each, without a target: it counts, and the packet goes on.
 * mangle POSTROUTING, which every packet that leaves comes by, jumps there once: last, so that the
 * mark is the one that leaves; but before the first rule that can let packets out of the chain
 * early (ACCEPT, RETURN, a queue, a goto, a jump to where one of these is reached), so that none
 * passes uncounted. Marks that are set behind such a rule are not seen. Packets that are dropped
 * later on are counted; one that leaves twice, the second time inside a tunnel's packet, counts
 * twice when its mark stays with it.
 *
 * One iptc_commit() for each family, none where all is right. Meters that stay keep counting.
 * Without meters, chain and jump are gone too. mangle is loaded only for something to put up; a
 * family that cannot have it is passed over. When the second family fails, the first is put back.
 *
 * Returns: 0; -EAGAIN: no lock in time; -EOPNOTSUPP: no legacy tables here; or -errno with @why.
 */
int nf_meters_set(struct nf *nf, const struct nf_meter *wanted, size_t n, struct vec *was,
		  struct why *why);

/* Returns: in how many families there can be meters. */
unsigned nf_meters_families(const struct nf *nf);
/* Are the meters of a snapshot these, in the order of nf_meter_cmp(), and as nf_meters_set() leaves
 * them? Families of @wanted are AF_UNSPEC. */
bool nf_meters_right(const struct nf *nf, const struct nf_snap *snap, const struct nf_meter *wanted,
		     size_t n);

#endif
