/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules as iptables makes them, and the legacy tables that hold them.
 *
 * Both families have one code path. A rule is the kernel's own "entry" (struct ipt_entry,
 * struct ip6t_entry): header with the IP part and counters, matches, one target. Where the two
 * families differ is struct ipt_ops; the rest works on offsets and on struct ip_part.
 *
 * Reading takes the kernel's blob as it is (ipt.c); changing goes through libiptc (ipt_edit.c);
 * libxtables knows the extensions (ipt_xt.c, ipt_text.c, ipt_match.c).
 */
#ifndef NETFILTER_IPT_H
#define NETFILTER_IPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/netfilter/x_tables.h>

#include "base/text.h"
#include "base/vec.h"
#include "base/why.h"
#include "model/markrule.h"
#include "nf_priv.h"

enum { IPT_HOOKS = 5, IPT_CHAIN_MAX = 32, IPT_ENTRY_MAX = 65535 };

/* Bits of struct ip_part.inv: the same in both families (IPT_INV_*, IP6T_INV_*). */
enum {
	IPT_NOT_IIF = 0x01,
	IPT_NOT_OIF = 0x02,
	IPT_NOT_SRC = 0x08,
	IPT_NOT_DST = 0x10,
	IPT_NOT_FRAG = 0x20,
	IPT_NOT_PROTO = 0x40,
};

/* The IP part of a rule, of either family. IPv4 addresses fill the first four bytes. */
struct ip_part {
	uint8_t src[ADDR_MAX], src_mask[ADDR_MAX];
	uint8_t dst[ADDR_MAX], dst_mask[ADDR_MAX];
	char iif[16], oif[16]; /* not NUL-terminated when full */
	uint8_t iif_mask[16], oif_mask[16];
	uint16_t proto;
	bool frag;   /* second and further fragments, IPv4 alone */
	uint8_t inv; /* IPT_NOT_* */
};

struct xtc_handle;

/* What differs between families: ipt4.c, ipt6.c. The functions are those of <libiptc/libiptc.h>. */
struct ipt_ops {
	uint8_t family;	     /* AF_INET, AF_INET6 */
	const char *program; /* "iptables", "ip6tables": for sentences */
	const char *names;   /* the file that lists the loaded tables */
	const char *targets; /* the file that lists the known targets */
	int level;	     /* of getsockopt() */
	int get_info, get_entries;
	const char *module;			/* the module of the tables and of the two files */
	size_t entry_size;			/* of the header of an entry */
	size_t ip_size;				/* its leading bytes that are the IP part */
	size_t counters_at, target_at, next_at; /* offsets in the header */
	size_t flags_at;			/* offset of the byte of flags */
	uint8_t goto_flag;			/* the flag that makes a jump a goto */

	void (*ip_get)(const void *entry, struct ip_part *ip);
	void (*ip_put)(void *entry, const struct ip_part *ip);

	struct xtc_handle *(*init)(const char *table);
	void (*free)(struct xtc_handle *h);
	const char *(*first_chain)(struct xtc_handle *h);
	const char *(*next_chain)(struct xtc_handle *h);
	const void *(*first_rule)(const char *chain, struct xtc_handle *h);
	const void *(*next_rule)(const void *prev, struct xtc_handle *h);
	int (*is_chain)(const char *chain, struct xtc_handle *h);
	int (*insert)(const char *chain, const void *e, unsigned at, struct xtc_handle *h);
	int (*append)(const char *chain, const void *e, struct xtc_handle *h);
	int (*replace)(const char *chain, const void *e, unsigned at, struct xtc_handle *h);
	int (*remove)(const char *chain, unsigned at, struct xtc_handle *h);
	const char *(*target)(const void *e, struct xtc_handle *h);
	int (*create_chain)(const char *chain, struct xtc_handle *h);
	int (*delete_chain)(const char *chain, struct xtc_handle *h);
	int (*commit)(struct xtc_handle *h);
	const char *(*strerror)(int err);
};

extern const struct ipt_ops ipt_ops4, ipt_ops6;

/* Returns: the operations of AF_INET or AF_INET6, NULL for any other family. */
const struct ipt_ops *ipt_ops_of(int family);
/* IPv4, IPv6; NULL ends them. */
extern const struct ipt_ops *const ipt_families[];

/* Returns: the name as it stands in nf_tables[], NULL for any other. Users compare its address. */
const char *ipt_table_known(const char *name);
/* Returns: the hook number of a built-in chain of a well-known table, -1 when it is none. */
int ipt_builtin_hook(const char *table, const char *chain);
/* Returns: bit N for each nf_tables[N] that is loaded. Goes by the /proc file of the family or,
 * when the agent may not read that, asks the kernel for each table. */
unsigned ipt_tables_loaded(const struct ipt_ops *ops);
bool ipt_table_loaded(const struct ipt_ops *ops, const char *table);

/* --- entries: ipt_entry.c --------------------------------------------------------------- */

uint16_t ipt_target_at(const struct ipt_ops *ops, const void *e);
uint16_t ipt_next_at(const struct ipt_ops *ops, const void *e);
void ipt_counters_get(const struct ipt_ops *ops, const void *e, uint64_t *packets, uint64_t *bytes);
void ipt_counters_set(const struct ipt_ops *ops, void *e, uint64_t packets, uint64_t bytes);
const struct xt_entry_target *ipt_target(const struct ipt_ops *ops, const void *e);
/* Walks the matches of an entry; start with NULL. Returns: the next one, NULL at the end. */
const struct xt_entry_match *ipt_match_next(const struct ipt_ops *ops, const void *e,
					    const struct xt_entry_match *m);
/* Is the target MARK or CONNMARK? */
bool ipt_is_mark(const struct xt_entry_target *t);
/* Returns: how many bytes of data a match has. */
size_t ipt_match_size(const struct xt_entry_match *m);
/* Is all there that an extension wants, and are the numbers in it not beyond what it has room for?
 * @size: of the extension's data, in bytes. */
bool ipt_match_fits(const struct xt_entry_match *m, size_t size);
bool ipt_match_is(const struct xt_entry_match *m, const char *name, int revision, size_t size);

/**
 * ipt_tag - read the tag in a comment match
 * @text: NULL, or where to put the rest of the comment: the description
 *
 * Returns: the index of a manager's row, 0 when the comment carries none.
 */
uint32_t ipt_tag(const struct xt_entry_match *m, const char **text);
/* Returns: the first tag of the comments of a rule, or 0. */
uint32_t ipt_entry_tag(const struct ipt_ops *ops, const void *e);

/* --- identity: ipt_hash.c ------------------------------------------------------------------ */

/* Hashes of the texts of matches, kept during one reading: to make a text is slow. */
struct ipt_memo {
	uint64_t key[64], text[64];
};

/* The hash of struct nf_entry: begin with that of the chain, then add the rule. @memo: zeroed
 * before the first rule. */
uint64_t ipt_hash_place(const struct ipt_ops *ops, const char *table, const char *chain);
uint64_t ipt_hash_entry(const struct ipt_ops *ops, uint64_t place, const void *e,
			struct ipt_memo *memo);

/* --- tables as the kernel gives them: ipt.c ------------------------------------------------ */

struct ipt_chain {
	const char *name;
	uint32_t start; /* offset of its first rule: what a jump holds */
	uint32_t rules; /* without the policy or the final return */
	uint8_t hooks;	/* enum markrule_hook, ipt_reach() */
	uint32_t snap;	/* place in nf_part.chains, UINT32_MAX: not there */
};

struct ipt_jump {
	uint32_t from; /* chain */
	uint32_t to;   /* offset; after ipt_reach() a chain */
};

struct ipt_table {
	const struct ipt_ops *ops;
	const char *name;
	void *raw;   /* struct ipt_get_entries: owns the entries */
	size_t room; /* bytes at @raw */
	const uint8_t *entries;
	uint32_t size;
	unsigned valid_hooks;
	unsigned hook_entry[IPT_HOOKS];
	struct vec chains; /* struct ipt_chain, in the order of the blob */
	struct vec jumps;  /* struct ipt_jump */
};

/* Reads a table with one getsockopt() for the size and one for the entries. They make the kernel
 * load a table that is not loaded: ask ipt_table_loaded() before. Returns: 0 or -errno; @t needs
 * ipt_table_fini() in either case. */
int ipt_table_read(const struct ipt_ops *ops, const char *name, struct ipt_table *t);
/* The same into memory of an earlier reading: @raw (malloc'ed, or NULL) with @room bytes. The
 * memory belongs to @t from here on. */
int ipt_table_read_into(const struct ipt_ops *ops, const char *name, struct ipt_table *t, void *raw,
			size_t room);
void ipt_table_fini(struct ipt_table *t);

/* How a new reading of a table compares with an earlier one. */
enum ipt_again {
	IPT_OTHER,   /* the rules differ */
	IPT_SAME,    /* nothing differs */
	IPT_COUNTED, /* counters differ, and nothing else */
	IPT_ZEROED,  /* the same, and some counter is below what it was */
};

/* Compares @t, which has been scanned, with @now. */
enum ipt_again ipt_table_again(const struct ipt_table *t, const struct ipt_table *now);
/* Copies the counters of @now, which is the same but for these, to @t. */
void ipt_table_count(struct ipt_table *t, const struct ipt_table *now);

/**
 * ipt_table_scan - find chains, jumps and mark rules
 * @rule: called for each mark rule; @chain is into t->chains, @position is 1-based. May be NULL
 *
 * Returns: 0, -EBADMSG for a blob that makes no sense, or what @rule returned.
 */
int ipt_table_scan(struct ipt_table *t,
		   int (*rule)(void *arg, struct ipt_table *t, uint32_t chain, uint32_t position,
			       const void *e),
		   void *arg);
/* Returns: the chain of that name, NULL when there is none. After ipt_table_scan(). */
const struct ipt_chain *ipt_table_chain(const struct ipt_table *t, const char *name);

/* Finds the hooks that reach each chain, also over jumps and gotos. Returns: 0 or -ENOMEM. */
int ipt_reach(struct ipt_table *t);

/* --- meters: ipt_meter.c ------------------------------------------------------------------- */

/* The state of the meters in a mangle table. */
struct ipt_meters {
	struct vec found; /* struct nf_meter, each once, in the order of nf_meter_cmp() */
	bool right;	  /* they count every packet once, or nothing of them is left */
	bool jump_right;  /* POSTROUTING jumps to their chain once, at @place */
	uint32_t place;	  /* where that jump belongs, 1-based, without other jumps to the chain */
};

/* Returns: 0 or -errno. After ipt_reach(). */
int ipt_meters_read(const struct ipt_table *t, struct ipt_meters *out);
/* Has the rule the matches of a meter? Then sets @out to that meter, with its counters. Does not
 * look at the target. */
bool ipt_meter_get(const struct ipt_ops *ops, const void *e, struct nf_meter *out);
/* Makes the rule of a meter or, when @m is NULL, the jump to their chain. Returns: the entry,
 * malloc'ed; NULL without memory. */
void *ipt_meter_entry(const struct ipt_ops *ops, const struct nf_meter *m);

/* --- libxtables: ipt_xt.c ------------------------------------------------------------------ */

/* Starts libxtables, once a process. Returns: 0 or -errno. */
int ipt_xt_start(void);

/**
 * ipt_xt_run - run @fn with libxtables set up for the family of @ops
 * @out:  gets what libxtables prints; NULL drops it
 *
 * libxtables and its extensions print to stdout, warn on stderr and exit on errors. During the run,
 * stdout goes to @out, stderr nowhere, and an error jumps back here. @fn must own nothing that
 * would leak when it does not return.
 *
 * Returns: 0, -EINVAL with @why when libxtables gave up, or @out->err.
 */
int ipt_xt_run(const struct ipt_ops *ops, void (*fn)(void *arg), void *arg, struct text *out,
	       struct why *why);
/* Returns: how many bytes of the match's data are configuration; SIZE_MAX: all, or not known. */
size_t ipt_xt_match_used(const struct ipt_ops *ops, const char *name, uint8_t revision);
/* Returns: the revision of a target that iptables would use here, -1 when there is none. */
int ipt_xt_target_revision(const struct ipt_ops *ops, const char *name);

/* --- text: ipt_text.c ---------------------------------------------------------------------- */

/* Appends " -A CHAIN ... -j TARGET ..." as iptables-save has it, without the leading space. */
int ipt_text_rule(const struct ipt_ops *ops, const char *chain, const void *e, struct text *out);
/* Appends " -m NAME ...". @e is the entry that has the match. */
int ipt_text_match(const struct ipt_ops *ops, const void *e, const struct xt_entry_match *m,
		   struct text *out);
/* Appends " ! -s ADDRESS/MASK", or nothing when that matches everything. */
void ipt_text_addr(const struct ipt_ops *ops, char letter, const uint8_t *addr, const uint8_t *mask,
		   bool invert, struct text *out);
/* Returns: the length of a contiguous mask, -1 for any other. */
int ipt_mask_len(const struct ipt_ops *ops, const uint8_t *mask);

/* --- columns: ipt_decode.c, ipt_encode.c, ipt_cols.c --------------------------------------- */

/*
 * The matches that have columns of their own, in the order in which ipt_encode() makes them. Ports
 * of udplite are two multiport matches: iptables 1.8.9 has no extension for udplite, and
 * iptables-save would stop at a rule with the kernel's match.
 */
enum ipt_col { COL_PORTS, COL_SPORTS, COL_DPORTS, COL_TOS, COL_MARK, COL_N };

/* Returns: the columns that can express this match, -1: none can. Sets them in @r unless that is
 * NULL. */
int ipt_col_get(const struct xt_entry_match *m, uint16_t proto, struct markrule *r);
/* Returns: the columns that "-m NAME" without options stands for in the text of matches (see
 * nf_decode()), -1: none. */
int ipt_col_named(const char *name, uint16_t proto);
/* Does @r say anything in these columns? */
bool ipt_col_used(const struct markrule *r, enum ipt_col col);
/* Appends the match of these columns to an entry in the making. Returns: 0 or -ENOMEM. */
int ipt_col_put(const struct markrule *r, enum ipt_col col, struct vec *blob);
/* Append to a blob, which is a vector of bytes: ipt_blob_match() one match or target (they begin
 * alike), padded with zeros; ipt_blob_add() any bytes, or zeros for NULL. Return 0 or -ENOMEM. */
int ipt_blob_match(struct vec *blob, const char *name, uint8_t revision, const void *data,
		   size_t size);
int ipt_blob_add(struct vec *blob, const void *data, size_t size);

/* Sets target and mark of @r; mask and ctmask, too, where the target has them. */
void ipt_decode_target(const struct ipt_ops *ops, const void *e, struct markrule *r);
/* Sets the columns of @out that are in the entry itself: not index, table, chain, position and
 * counters. @matches owns the text of @out->matches. */
int ipt_decode(const struct ipt_ops *ops, const void *e, struct markrule *out,
	       struct text *matches);

/* A rule, and the entry that is made of it. */
struct ipt_encoding {
	const struct ipt_ops *ops;
	const struct markrule *rule;
	uint32_t tag; /* index for the comment, 0: none */
	void *entry;  /* malloc'ed */
};

/**
 * ipt_encode - make the entries of rules
 * @failed: the rule at fault
 * @column: its column at fault
 *
 * Elements without a rule are passed over. On an error nothing is left to be freed.
 *
 * Returns: 0, -EINVAL with @why, -ENOMEM.
 */
int ipt_encode(struct ipt_encoding *all, size_t n, size_t *failed, unsigned *column,
	       struct why *why);

/* Would the kernel take these matches in a chain that is reached from @hooks?
 * Returns: 0, or -EINVAL with @why. */
int ipt_need(const struct ipt_ops *ops, const void *e, uint8_t hooks, struct why *why);

/* --- the text of matches: ipt_token.c, ipt_match.c ------------------------------------------ */

/* Cuts a line into words as iptables-restore does. The words live as long as @store.
 * Returns: 0, -EINVAL (quotes that do not close), -ENOMEM. */
int ipt_token(const char *s, struct vec *words, char **store, struct why *why);

struct ipt_parsed_match {
	const struct xt_entry_match *m;
	bool bare; /* written without any option */
};

/* One text of matches, and what it says. */
struct ipt_parse {
	const struct ipt_ops *ops;
	const char *s;
	struct ip_part ip;   /* of the columns: some extensions ask for the protocol */
	bool src, dst, frag; /* is there a -s, -d, -f? */
	struct ip_part more; /* what these options say */
	struct vec matches;  /* struct ipt_parsed_match */
};

/**
 * ipt_match_parse - parse texts of matches, in iptables syntax
 * @store: owns the matches of all: free(3)
 * @failed: the text at fault
 *
 * Takes -m with its options, and [!] -s, -d, -f; nothing else. Hosts, users and groups must be numbers; options
 * that open files are refused. libxtables works in a child process, which ends with the call: whatever
 * it leaks, prints or overwrites is gone with it.
 *
 * Returns: 0, -EINVAL with @why, -errno.
 */
int ipt_match_parse(struct ipt_parse *all, size_t n, void **store, size_t *failed, struct why *why);
void ipt_parse_fini(struct ipt_parse *p);

#endif
