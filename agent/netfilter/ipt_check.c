/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is asked of a rule that need be in no kernel: could it be put there as things are, and its text
 * and hash. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ipt_priv.h"

/* A rule that is to be checked, and what was found out. */
struct checking {
	const struct ipt_ops *ops;
	const struct markrule *r;
	uint8_t hooks;
};

/* Has the chain a mark rule with the tag of @r? Then @r takes no place of its own. */
static bool has_place(const struct ipt_table *t, const struct ipt_chain *c,
		      const struct markrule *r)
{
	uint32_t at = c->start;

	for (uint32_t i = 0; r->index <= ROW_MANAGER_MAX && i < c->rules; i++) {
		const uint8_t *e = t->entries + at;

		if (ipt_is_mark(ipt_target(t->ops, e)) && ipt_entry_tag(t->ops, e) == r->index)
			return true;
		at += ipt_next_at(t->ops, e);
	}
	return false;
}

/* @t has been scanned, and its hooks are known. */
static int check_table(struct checking *ck, const struct ipt_table *t, unsigned *column,
		       struct why *why)
{
	const struct ipt_chain *c = ipt_table_chain(t, ck->r->chain);
	uint32_t last;

	if (!c) {
		*column = RULE_COL_CHAIN;
		return why_set(why, -ENOENT, "Chain: there is no %s in table %s of %s",
			       ck->r->chain, ck->r->table, ck->ops->program);
	}
	ck->hooks = c->hooks;
	if (ck->r->position <= c->rules)
		return 0;
	last = c->rules + !has_place(t, c, ck->r);
	if (ck->r->position <= last)
		return 0;
	*column = RULE_COL_POSITION;
	return why_set(why, -ERANGE, "Position: the last place in %s is %u", ck->r->chain, last);
}

static int check_loaded(struct checking *ck, unsigned *column, struct why *why)
{
	struct ipt_table t;
	int err = ipt_table_read(ck->ops, ck->r->table, &t);

	if (err == 0)
		err = ipt_table_scan(&t, NULL, NULL);
	if (err == 0)
		err = ipt_reach(&t);
	if (err < 0) {
		*column = RULE_COL_TABLE;
		why_set(why, err, "TableName: %s: %s", ck->r->table, strerror(-err));
	} else {
		err = check_table(ck, &t, column, why);
	}
	ipt_table_fini(&t);
	return err;
}

static int check_unloaded(struct checking *ck, unsigned *column, struct why *why)
{
	const struct markrule *r = ck->r;
	int hook = ipt_builtin_hook(r->table, r->chain);

	if (hook < 0) {
		*column = RULE_COL_CHAIN;
		return why_set(why, -ENOENT, "Chain: there is no %s in table %s of %s", r->chain,
			       r->table, ck->ops->program);
	}
	ck->hooks = (uint8_t)(1u << hook);
	if (r->position > 1) {
		*column = RULE_COL_POSITION;
		return why_set(why, -ERANGE, "Position: the last place in %s is 1", r->chain);
	}
	return 0;
}

/* The table and the chain. @part: NULL to ask the kernel. */
static int check_place(struct checking *ck, const struct ipt_part *part, unsigned *column,
		       struct why *why)
{
	for (size_t i = 0; part && i < part->tables.n; i++) {
		const struct ipt_table *t = vec_at(&part->tables, i);

		if (t->ops == ck->ops && strcmp(t->name, ck->r->table) == 0)
			return check_table(ck, t, column, why);
	}
	if (!part && ipt_table_loaded(ck->ops, ck->r->table))
		return check_loaded(ck, column, why);
	return check_unloaded(ck, column, why);
}

int ipt_check(void *self, const struct nf_part *part, const struct markrule *r, unsigned *column,
	      struct why *why)
{
	const struct ipt_ops *ops = ipt_ops_of(r->family);
	struct ipt_encoding en = { .ops = ops, .rule = r };
	struct checking ck = { .ops = ops, .r = r };
	size_t failed;
	int err;

	(void)self;
	*column = RULE_COL_FAMILY;
	if (!ops)
		return why_set(why, -EINVAL, "AddressType: neither ipv4 nor ipv6");
	if (access(ops->names, F_OK) < 0)
		return why_set(why, -EOPNOTSUPP,
			       "this kernel has no legacy tables of %s: try \"modprobe %s\"",
			       ops->program, ops->module);
	if (!ipt_table_known(r->table)) {
		*column = RULE_COL_TABLE;
		return why_set(why, -ENOENT, "TableName: there is no table %s", r->table);
	}
	err = check_place(&ck, (const struct ipt_part *)part, column, why);
	if (err == 0)
		err = ipt_encode(&en, 1, &failed, column, why);
	if (err == 0) {
		*column = RULE_COL_MATCHES;
		err = ipt_need(ops, en.entry, ck.hooks, why);
	}
	free(en.entry);
	return err;
}

/* Makes the entry of a rule, with its tag. */
static int encode_one(struct ipt_encoding *en, const struct markrule *r, struct why *why)
{
	unsigned column;
	size_t failed;

	*en = (struct ipt_encoding){ .ops = ipt_ops_of(r->family),
				     .rule = r,
				     .tag = r->index <= ROW_MANAGER_MAX ? r->index : 0 };
	if (!en->ops)
		return why_set(why, -EINVAL, "AddressType: neither ipv4 nor ipv6");
	return ipt_encode(en, 1, &failed, &column, why);
}

int ipt_rule_text(void *self, const struct markrule *r, struct text *out, struct why *why)
{
	struct ipt_encoding en;
	int err = encode_one(&en, r, why);

	(void)self;
	if (err == 0)
		err = ipt_text_rule(en.ops, r->chain, en.entry, out);
	free(en.entry);
	return err;
}

int ipt_rule_hash(void *self, const struct markrule *r, uint64_t *hash, struct why *why)
{
	struct ipt_memo memo = { { 0 }, { 0 } };
	struct ipt_encoding en;
	int err = encode_one(&en, r, why);

	(void)self;
	if (err == 0)
		*hash = ipt_hash_entry(en.ops, ipt_hash_place(en.ops, r->table, r->chain), en.entry,
				       &memo);
	free(en.entry);
	return err;
}
