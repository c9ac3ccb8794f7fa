/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Netfilter: the mark rules of both families, and changes to them.
 *
 * Behind this header stand backends (agent/netfilter/nf_priv.h); the only one so far is for the
 * legacy tables (libiptc, libxtables). Users of this header know a backend only by its number, the
 * value of fwmarkRuleBackend.
 *
 * A snapshot has an entry for every mark rule that is loaded: where the rule stands and what it
 * counted. Columns and text of a rule are made when somebody asks for them.
 */
#ifndef NETFILTER_NF_H
#define NETFILTER_NF_H

#include "base/text.h"
#include "base/vec.h"
#include "base/why.h"
#include "model/markrule.h"

/* Bit N is BITS position N of fwmarkAgentCapabilities. */
enum nf_cap {
	NF_CAP_LEGACY4 = 1u << 2,
	NF_CAP_LEGACY6 = 1u << 3,
	NF_CAP_NFTABLES = 1u << 4, /* there may be nftables rulesets here */
	NF_CAP_MARK = 1u << 5,
	NF_CAP_CONNMARK = 1u << 6,
	NF_CAPS = NF_CAP_LEGACY4 | NF_CAP_LEGACY6 | NF_CAP_NFTABLES | NF_CAP_MARK | NF_CAP_CONNMARK,
};

enum nf_family { NF_IPV4 = 1u << 0, NF_IPV6 = 1u << 1 };

enum { NF_BACKENDS_MAX = 2 };

struct nf;	/* opaque */
struct nf_part; /* of a snapshot: what one backend has read */

struct nf_options {
	/* The lock that iptables takes. NULL: XTABLES_LOCKFILE, else /run/xtables.lock. */
	const char *lock_file;
	unsigned wait_ms; /* how long a read or a change waits for others; 0: not at all */
};

/* Returns: 0 or -errno. Starts libxtables (once a process). */
int nf_open(const struct nf_options *opt, struct nf **out);
void nf_close(struct nf *nf);
/* Change all options, or the wait alone, while @nf is open. */
void nf_set_options(struct nf *nf, const struct nf_options *opt);
void nf_set_wait(struct nf *nf, unsigned wait_ms);

/* These two ask the running kernel and do not make it load a module. */

/* Returns: a mask of enum nf_family: for which there can be mark rules. */
unsigned nf_families(struct nf *nf);
/* Returns: a mask of enum nf_cap. */
unsigned nf_probe(struct nf *nf);

/* What somebody else does to netfilter. */
enum nf_notice {
	NF_BEGINS = 1u << 0, /* he may be about to change it, or at it */
	NF_CHANGED = 1u << 1 /* it may have changed since this was asked last */
};

/* Returns: a descriptor that becomes readable when there is something to notice; it stays the same
 * while @nf is open. -1: nothing tells of changes here. */
int nf_watch_fd(const struct nf *nf);
/* Returns: a mask of enum nf_notice, of what was since this was asked last. Where nothing tells of
 * changes, it is always 0. */
unsigned nf_notices(struct nf *nf);

/* One chain of a snapshot that holds a mark rule. */
struct nf_chain {
	uint8_t family;	   /* AF_INET, AF_INET6 */
	const char *table; /* lives as long as the snapshot */
	const char *chain;
	uint8_t hooks;	/* enum markrule_hook: the hooks that reach it, also over jumps */
	bool routing;	/* see fwmarkRuleRouting */
	uint32_t rules; /* all rules of the chain */
};

struct nf_entry {
	uint32_t chain;	     /* into nf_snap.chains */
	uint32_t position;   /* 1-based among all rules of the chain */
	uint32_t tag;	     /* a manager's index from the comment, 0: foreign */
	uint8_t backend;     /* enum markrule_backend */
	uint8_t part;	     /* of a rule that sets several marks: which of them, from 0 */
	bool counted;	     /* has the rule a counter? */
	const void *raw;     /* the backend's own */
	uint8_t target;	     /* enum markrule_target, as nf_decode() has it */
	uint32_t mark, mask; /* as nf_decode() has them: the mark that the rule counts for */
	uint64_t packets, bytes;
	/* Identifies the rule: family, table, chain and the whole rule but its counters and its
	 * position. The same rule has the same hash after a reload, a restart, a reboot. */
	uint64_t hash;
};

/* A rule that counts the packets that leave this host with a mark that has @value in the bits of
 * @mask. */
struct nf_meter {
	uint8_t family; /* AF_INET, AF_INET6; AF_UNSPEC in a meter that is wanted: both */
	uint32_t value, mask;
	uint64_t packets, bytes;
};

/* Chains and entries are in order of family, table (raw, mangle, nat, filter, security, then
 * others), chain (built-in ones first), position. */
struct nf_snap {
	struct vec chains;  /* struct nf_chain */
	struct vec entries; /* struct nf_entry */
	struct vec meters;  /* struct nf_meter, in the order of nf_meter_cmp() */
	uint64_t taken_us;  /* clock_us() */

	/* For netfilter/ alone. */
	const struct nf *nf;
	struct nf_part *parts[NF_BACKENDS_MAX];
	bool merged;	    /* chains and entries belong to the snapshot, else to a part */
	struct vec sources; /* const struct nf_entry *: the entries as the parts have them */
};

/**
 * nf_read - take a snapshot of all mark rules and meters, consistent within each backend
 * @was: NULL, or an earlier snapshot
 * @out: @was itself, with new counters and a new time, when nothing else differs: that takes little
 *       more time than the kernel does. Else a new snapshot; only counters of @was may have changed
 *
 * Does not make the kernel load a module.
 *
 * Returns: 0; -EAGAIN when somebody else kept netfilter locked for too long; or -errno, with @why.
 */
int nf_read(struct nf *nf, struct nf_snap *was, struct nf_snap **out, struct why *why);
/**
 * nf_recount - take over what has been counted since, at once and without any lock
 *
 * For when somebody else begins to change netfilter: what was counted until now may be gone
 * afterwards. @snap gets new counters only if nothing else differs, and no counter is below what it
 * was.
 *
 * Returns: 0; -EAGAIN: something differs, and @snap is as it was; or -errno.
 */
int nf_recount(struct nf *nf, struct nf_snap *snap);
void nf_snap_free(struct nf_snap *snap);

/**
 * nf_decode - the columns of one rule
 *
 * @out->matches is valid until the next nf_decode() or nf_close(). index, origin, storage,
 * status and discontinuity are left to the caller (set as markrule_init() does). The comment match
 * becomes the description (without tag); one that does not fit there stays in matches.
 *
 * The order of a rule's matches is kept. Columns (ports, tos, mark) stand for matches at the
 * beginning of the rule, in that order. When such a match stands further back, matches has its name
 * without options at that place: "-m conntrack --ctstate NEW -m tcp" with destination port 25 is
 * "-m conntrack --ctstate NEW -m tcp --dport 25". nf_commit() understands that, too. Beside -m,
 * matches hold "[!] -s" and "[!] -d" with masks that no prefix can express, and "[!] -f".
 */
int nf_decode(struct nf *nf, const struct nf_snap *snap, const struct nf_entry *e,
	      struct markrule *out);

/* Appends the rule as iptables-save writes it: "-A PREROUTING -i eth0 ... -j MARK ...". */
int nf_text(struct nf *nf, const struct nf_snap *snap, const struct nf_entry *e, struct text *out);

/* The same for a rule that need not be in the kernel. Returns: 0 or -errno with @why. */
int nf_rule_text(struct nf *nf, const struct markrule *r, struct text *out, struct why *why);

/**
 * nf_check - could this rule be put into the kernel as things are? Changes nothing.
 * @column: number of the column of fwmarkRuleEntry at fault
 *
 * Parses @r->matches and looks for table and chain. It loads no table: one that is not loaded is
 * fine when it is well-known and the chain is one of its built-in chains. It also checks that the
 * kernel would take the matches with this protocol and in this chain.
 *
 * Returns: 0; -EINVAL: the matches are no iptables syntax; -ENOENT: no such chain or table;
 * -ERANGE: the position is beyond the end of the chain; -EOPNOTSUPP: no such rules are possible.
 */
int nf_check(struct nf *nf, const struct markrule *r, unsigned *column, struct why *why);
/* The same, but goes by @snap and does not ask the kernel: for many rules. */
int nf_check_in(struct nf *nf, const struct nf_snap *snap, const struct markrule *r,
		unsigned *column, struct why *why);

/* The hash that a rule has in the kernel (struct nf_entry) once nf_commit() has put it there.
 * Returns: 0 or -errno with @why. */
int nf_hash(struct nf *nf, const struct markrule *r, uint64_t *hash, struct why *why);

/* One change to one rule. */
struct nf_edit {
	/* Which rule: by hash and by its ordinal (from 0) among entries of equal hash in its
	 * backend. A manager's: by tag and hash, the first one that has both; hash 0: the first one
	 * with the tag, whatever else it is. Not used when adding. */
	uint8_t backend; /* where it is, 0: wherever it is found */
	uint32_t tag;
	uint64_t hash;
	uint32_t ordinal;
	/* NULL: remove. An index of 1 to ROW_MANAGER_MAX becomes the tag; others get no tag. */
	const struct markrule *rule;
	bool add;	    /* false: replace (moving it when rule->position says so) or remove */
	bool only;	    /* when adding: -EEXIST if the table has the very rule, tag included */
	bool clamp;	    /* a position beyond the end of the chain means the end */
	bool keep_counters; /* when replacing; for changes of position or description alone */
	uint64_t *made;	    /* gets the hash of the rule as it is put in; NULL: no matter */
};

/* What nf_commit() did, for nf_undo(). */
struct nf_undo; /* opaque */

/**
 * nf_commit - carry out @n edits: all, or none of them
 * @failed: the edit at fault, SIZE_MAX when none is
 * @undo:   what nf_undo() needs; free with nf_undo_free()
 *
 * Goes by what the kernel has, not by a snapshot, and starts over when somebody else changes the
 * rules meanwhile. To remove a rule that does not exist is a success. A rule that is to be replaced
 * and does not exist is added. A rule that gets another backend is moved there.
 *
 * The position says where the rule stands afterwards; 0 appends (replace: leaves it where it is). A
 * position beyond the end of the chain is -ERANGE, unless the edit has clamp.
 *
 * Returns: 0; -EAGAIN: somebody else kept netfilter locked for too long; -EBUSY: somebody else
 * keeps changing the rules; -ENOTRECOVERABLE: what was done could not be undone completely; or
 * -errno. @why says why.
 */
int nf_commit(struct nf *nf, const struct nf_edit *edits, size_t n, size_t *failed,
	      struct nf_undo **undo, struct why *why);

/* Puts back what the commit changed: rules, positions and counters, with what was counted since.
 * Returns: 0 or -errno, with @why. */
int nf_undo(struct nf *nf, struct nf_undo *undo, struct why *why);
void nf_undo_free(struct nf_undo *undo);

/* By family, value, mask: <0, 0, >0. For vec_find(). */
int nf_meter_cmp(const void *a, const void *b);

/* Returns: in how many families there can be meters; 0 with @why when there can be none. */
unsigned nf_meters_families(const struct nf *nf, struct why *why);

/**
 * nf_meters_set - make all families have exactly the wanted meters
 * @wanted: in any order; a meter that is new to the kernel begins with its packets and bytes
 * @was:    gets the meters that were there before, as struct nf_snap has them
 *
 * Every packet that leaves the host passes the meters once, as late as possible, so that they see
 * its final mark. They count the packet and let it go on. A packet that is dropped later is
 * counted, too. A packet that leaves a second time inside a tunnel's packet counts twice when that
 * has its mark.
 *
 * Meters that stay keep counting. Without any @wanted, the kernel keeps nothing of the meters. A
 * family that cannot have meters is left out. When a family fails, those before it get their meters
 * back.
 *
 * Returns: 0; -EAGAIN: somebody else kept netfilter locked for too long; -EOPNOTSUPP: there can be
 * no meters here; or -errno with @why.
 */
int nf_meters_set(struct nf *nf, const struct nf_meter *wanted, size_t n, struct vec *was,
		  struct why *why);

/* Does the snapshot have exactly the wanted meters, as nf_meters_set() leaves them? @wanted is in
 * the order of nf_meter_cmp(), with family AF_UNSPEC. */
bool nf_meters_right(const struct nf *nf, const struct nf_snap *snap, const struct nf_meter *wanted,
		     size_t n);

#endif
