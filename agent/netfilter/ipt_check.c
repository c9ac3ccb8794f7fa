/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Could a rule be put into the kernel as things are? */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nf_priv.h"

enum {
	COLUMN_ADDRESS_TYPE = 2,
	COLUMN_TABLE = 3,
	COLUMN_CHAIN = 4,
	COLUMN_POSITION = 5,
	COLUMN_MATCHES = 22,
};

/* A rule that is to be checked, and what was found out. */
struct checking {
	const struct ipt_ops *ops;
	const struct markrule *r;
	uint32_t tag; /* 0: none */
	bool there;   /* the chain has a rule with the tag: it takes no place of its own */
	uint8_t hooks;
};

static int check_rule(void *arg, struct ipt_table *t, uint32_t chain, uint32_t position,
		      const void *e)
{
	const struct ipt_chain *c = vec_at(&t->chains, chain);
	struct checking *ck = arg;

	(void)position;
	if (strcmp(c->name, ck->r->chain) == 0 && ipt_entry_tag(t->ops, e) == ck->tag)
		ck->there = true;
	return 0;
}

static bool snap_has(const struct nf_snap *snap, const struct checking *ck)
{
	for (size_t i = 0; i < snap->entries.n; i++) {
		const struct nf_entry *e = vec_at(&snap->entries, i);
		const struct nf_chain *c = vec_at(&snap->chains, e->chain);

		if (e->tag == ck->tag && c->family == ck->ops->family &&
		    strcmp(c->table, ck->r->table) == 0 && strcmp(c->chain, ck->r->chain) == 0)
			return true;
	}
	return false;
}

/* @t has been scanned, and its hooks are known. @snap: it is of that; NULL: ck->there is set. */
static int check_table(struct checking *ck, const struct ipt_table *t, const struct nf_snap *snap,
		       unsigned *column, struct why *why)
{
	const struct ipt_chain *c = ipt_table_chain(t, ck->r->chain);
	uint32_t last;

	if (!c) {
		*column = COLUMN_CHAIN;
		return why_set(why, -ENOENT, "Chain: there is no %s in table %s of %s",
			       ck->r->chain, ck->r->table, ck->ops->program);
	}
	ck->hooks = c->hooks;
	if (ck->r->position <= c->rules)
		return 0;
	if (snap && ck->tag)
		ck->there = snap_has(snap, ck);
	last = c->rules + !ck->there;
	if (ck->r->position <= last)
		return 0;
	*column = COLUMN_POSITION;
	return why_set(why, -ERANGE, "Position: the last place in %s is %u", ck->r->chain, last);
}

static int check_loaded(struct checking *ck, unsigned *column, struct why *why)
{
	struct ipt_table t;
	int err = ipt_table_read(ck->ops, ck->r->table, &t);

	if (err == 0)
		err = ipt_table_scan(&t, ck->tag ? check_rule : NULL, ck);
	if (err == 0)
		err = ipt_reach(&t);
	if (err < 0) {
		*column = COLUMN_TABLE;
		why_set(why, err, "TableName: %s: %s", ck->r->table, strerror(-err));
	} else {
		err = check_table(ck, &t, NULL, column, why);
	}
	ipt_table_fini(&t);
	return err;
}

static int check_unloaded(struct checking *ck, unsigned *column, struct why *why)
{
	const struct markrule *r = ck->r;
	int hook = ipt_builtin_hook(r->table, r->chain);

	if (hook < 0) {
		*column = COLUMN_CHAIN;
		return why_set(why, -ENOENT, "Chain: there is no %s in table %s of %s", r->chain,
			       r->table, ck->ops->program);
	}
	ck->hooks = (uint8_t)(1u << hook);
	if (r->position > 1) {
		*column = COLUMN_POSITION;
		return why_set(why, -ERANGE, "Position: the last place in %s is 1", r->chain);
	}
	return 0;
}

/* The table and the chain. @snap: NULL to ask the kernel. */
static int check_place(struct checking *ck, const struct nf_snap *snap, unsigned *column,
		       struct why *why)
{
	const struct vec *tables = snap ? &((const struct snap_priv *)snap->priv)->tables : NULL;

	for (size_t i = 0; tables && i < tables->n; i++) {
		const struct ipt_table *t = vec_at(tables, i);

		if (t->ops == ck->ops && strcmp(t->name, ck->r->table) == 0)
			return check_table(ck, t, snap, column, why);
	}
	if (!snap && ipt_table_loaded(ck->ops, ck->r->table))
		return check_loaded(ck, column, why);
	return check_unloaded(ck, column, why);
}

int nf_check(struct nf *nf, const struct markrule *r, unsigned *column, struct why *why)
{
	return nf_check_in(nf, NULL, r, column, why);
}

int nf_rule_text(struct nf *nf, const struct markrule *r, struct text *out, struct why *why)
{
	const struct ipt_ops *ops = ipt_ops_of(r->family);
	struct ipt_encoding en = { .ops = ops,
				   .rule = r,
				   .tag = r->index <= ROW_MANAGER_MAX ? r->index : 0 };
	unsigned column;
	size_t failed;
	int err;

	(void)nf;
	err = ops ? ipt_encode(&en, 1, &failed, &column, why) : -EINVAL;
	if (!err)
		err = ipt_text_rule(ops, r->chain, en.entry, out);
	free(en.entry);
	return err;
}

int nf_check_in(struct nf *nf, const struct nf_snap *snap, const struct markrule *r,
		unsigned *column, struct why *why)
{
	const struct ipt_ops *ops = ipt_ops_of(r->family);
	struct ipt_encoding en = { .ops = ops, .rule = r };
	struct checking ck = { .ops = ops, .r = r };
	unsigned dropped;
	size_t failed;
	int err;

	(void)nf;
	if (!column)
		column = &dropped;
	*column = COLUMN_ADDRESS_TYPE;
	if (!ops)
		return why_set(why, -EINVAL, "AddressType: neither ipv4 nor ipv6");
	if (access(ops->names, F_OK) < 0)
		return why_set(why, -EOPNOTSUPP, "this kernel has no legacy tables of %s",
			       ops->program);
	if (!ipt_table_known(r->table)) {
		*column = COLUMN_TABLE;
		return why_set(why, -ENOENT, "TableName: there is no table %s", r->table);
	}
	ck.tag = r->index <= ROW_MANAGER_MAX ? r->index : 0;
	err = check_place(&ck, snap, column, why);
	if (err == 0)
		err = ipt_encode(&en, 1, &failed, column, why);
	if (err == 0) {
		*column = COLUMN_MATCHES;
		err = ipt_need(ops, en.entry, ck.hooks, why);
	}
	free(en.entry);
	return err;
}

int nf_hash(struct nf *nf, const struct markrule *r, uint64_t *hash, struct why *why)
{
	const struct ipt_ops *ops = ipt_ops_of(r->family);
	struct ipt_encoding en = { .ops = ops, .rule = r };
	struct ipt_memo memo = { { 0 }, { 0 } };
	unsigned column;
	size_t failed;
	int err;

	(void)nf;
	if (!ops)
		return why_set(why, -EINVAL, "AddressType: neither ipv4 nor ipv6");
	en.tag = r->index <= ROW_MANAGER_MAX ? r->index : 0;
	err = ipt_encode(&en, 1, &failed, &column, why);
	if (err == 0)
		*hash = ipt_hash_entry(ops, ipt_hash_place(ops, r->table, r->chain), en.entry,
				       &memo);
	free(en.entry);
	return err;
}
