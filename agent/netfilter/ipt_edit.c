/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Carries out many edits with one iptc_commit() for each table. ipt_undo.c undoes them.
 *
 * Counters: libiptc has the kernel carry over what rules count during the commit that it does not
 * touch. A rule that is put in again begins with the count that is written into its entry. What it
 * counted in the milliseconds between reading the table and the commit is lost. No reader sees its
 * counter go back, for readers take the lock.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ipt_priv.h"

static void chain_copy(char *out, const char *chain)
{
	memset(out, 0, IPT_CHAIN_MAX);
	memcpy(out, chain, strnlen(chain, IPT_CHAIN_MAX - 1));
}

static struct step *step_add(struct vec *steps, const struct work_table *t, size_t edit)
{
	struct step *s = vec_push(steps);

	if (s) {
		s->ops = t->ops;
		s->table = t->name;
		s->edit = edit;
	}
	return s;
}

/* nf_txn.work */
struct commit {
	struct work work;
	struct vec *steps; /* of the struct ipt_done */
	const struct nf_edit *edits;
	struct ipt_encoding *made; /* the entries of their rules */
	size_t n;
	bool locked;
};

static int stage_remove(struct commit *c, size_t i, size_t at, struct work_rule *old)
{
	struct work_table *t = vec_at(&c->work.tables, at);
	struct step *s = step_add(c->steps, t, i);
	uint32_t position = work_position(t, old->chain, old->e);

	if (!s)
		return -ENOMEM;
	s->was = entry_copy(t->ops, old->e);
	s->was_position = position;
	chain_copy(s->was_chain, old->chain);
	if (!s->was)
		return -ENOMEM;
	work_gone(t, old);
	return work_remove(&c->work, at, s->was_chain, position);
}

static uint64_t hash_of(const struct ipt_encoding *made)
{
	struct ipt_memo memo = { { 0 }, { 0 } };

	return ipt_hash_entry(made->ops,
			      ipt_hash_place(made->ops, made->rule->table, made->rule->chain),
			      made->entry, &memo);
}

/* Refuses to put a manager's rule in twice. */
static int refuse_there(struct commit *c, const struct ipt_encoding *made, size_t at)
{
	struct work_rule *rule;
	int there = made->tag ? work_tagged(&c->work, at, made->tag) : 0;

	/* Somebody else's rule may have the tag: only then it is worth to hash the table. */
	if (there > 0)
		there = work_find(&c->work, made->ops, made->rule->table, made->tag, hash_of(made),
				  0, &at, &rule);
	return there > 0 ? why_set(c->work.why, -EEXIST, "somebody has put that rule there")
			 : there;
}

static int stage_add(struct commit *c, size_t i)
{
	const struct ipt_encoding *made = &c->made[i];
	const struct markrule *r = made->rule;
	struct step *s;
	int at = work_open(&c->work, made->ops, r->table), err;

	if (at < 0)
		return at;
	if (c->edits[i].only) {
		err = refuse_there(c, made, (size_t)at);
		if (err < 0)
			return err;
	}
	s = step_add(c->steps, vec_at(&c->work.tables, (size_t)at), i);
	if (!s)
		return -ENOMEM;
	s->now = entry_copy(made->ops, made->entry);
	s->now_position = r->position;
	chain_copy(s->now_chain, r->chain);
	if (!s->now)
		return -ENOMEM;
	err = work_insert(&c->work, (size_t)at, r->chain, r->position, made->entry);
	if (err != -ERANGE || !c->edits[i].clamp)
		return err;
	s->now_position = 0;
	return work_insert(&c->work, (size_t)at, r->chain, 0, made->entry);
}

/* The rule stays where it is, and is replaced in one step. */
static int stage_replace(struct commit *c, size_t i, size_t at, struct work_rule *old,
			 uint32_t position)
{
	const struct ipt_encoding *made = &c->made[i];
	struct work_table *t = vec_at(&c->work.tables, at);
	struct step *s = step_add(c->steps, t, i);

	if (!s)
		return -ENOMEM;
	s->was = entry_copy(t->ops, old->e);
	s->now = entry_copy(t->ops, made->entry);
	s->was_position = s->now_position = position;
	chain_copy(s->was_chain, old->chain);
	chain_copy(s->now_chain, old->chain);
	if (!s->was || !s->now)
		return -ENOMEM;
	work_gone(t, old);
	return work_replace(&c->work, at, s->now_chain, position, made->entry);
}

static int stage_edit(struct commit *c, size_t i)
{
	const struct ipt_encoding *made = &c->made[i];
	const struct nf_edit *edit = &c->edits[i];
	const struct markrule *r = edit->rule;
	const struct work_table *t;
	struct work_rule *old = NULL;
	uint64_t packets, bytes;
	uint32_t position;
	size_t at;
	int err;

	if (edit->add)
		return stage_add(c, i);
	err = work_find(&c->work, made->ops, r ? r->table : NULL, edit->tag, edit->hash,
			edit->ordinal, &at, &old);
	if (err < 0)
		return err;
	if (!old)
		return r ? stage_add(c, i) : 0;
	if (!r)
		return stage_remove(c, i, at, old);
	t = vec_at(&c->work.tables, at);
	if (edit->keep_counters)
		ipt_counters_get(t->ops, old->e, &packets, &bytes);
	else
		packets = bytes = 0;
	ipt_counters_set(made->ops, made->entry, packets, bytes);
	if (t->ops == made->ops && strcmp(t->name, r->table) == 0 &&
	    strcmp(old->chain, r->chain) == 0) {
		position = work_position(t, old->chain, old->e);
		if (r->position == 0 || r->position == position)
			return stage_replace(c, i, at, old, position);
	}
	err = stage_remove(c, i, at, old);
	return err < 0 ? err : stage_add(c, i);
}

/* The kernel does not say which of several rules it refuses. The likeliest is the first one of the
 * table that brings matches of its own. */
static size_t blame(const struct commit *c, const struct work_table *t)
{
	size_t first = SIZE_MAX;

	for (size_t i = 0; i < c->steps->n; i++) {
		const struct step *s = vec_at(c->steps, i);
		const struct markrule *r = c->edits[s->edit].rule;

		if (s->ops != t->ops || s->table != t->name)
			continue;
		if (r && r->matches && *r->matches)
			return s->edit;
		if (first == SIZE_MAX)
			first = s->edit;
	}
	return first;
}

static int entries_make(struct commit *c, size_t *failed, struct why *why)
{
	unsigned column;
	int err;

	for (size_t i = 0; i < c->n; i++) {
		struct ipt_encoding *made = &c->made[i];
		const struct markrule *r = c->edits[i].rule;

		made->rule = r;
		if (!r)
			continue;
		made->tag = r->index <= ROW_MANAGER_MAX ? r->index : 0;
		made->ops = ipt_ops_of(r->family);
		if (!made->ops) {
			*failed = i;
			return why_set(why, -EINVAL, "AddressType: neither ipv4 nor ipv6");
		}
	}
	err = ipt_encode(c->made, c->n, failed, &column, why);
	for (size_t i = 0; i < c->n && err == 0; i++)
		if (c->made[i].rule && c->edits[i].made)
			*c->edits[i].made = hash_of(&c->made[i]);
	return err;
}

int ipt_begin(struct nf_txn *t)
{
	struct commit *c = calloc(1, sizeof(*c));
	struct ipt_done *done = calloc(1, sizeof(*done));

	t->work = c;
	t->done = done;
	if (!c || !done)
		return -ENOMEM;
	done->steps = (struct vec)VEC_INIT(struct step);
	c->work = (struct work)WORK_INIT(t->why);
	c->steps = &done->steps;
	c->edits = t->edits;
	c->n = t->n;
	c->made = calloc(t->n, sizeof(*c->made));
	return c->made ? entries_make(c, &t->failed, t->why) : -ENOMEM;
}

/* Takes the lock, which is not held before: ipt_begin() has done the parsing, which is slow. */
int ipt_stage(struct nf_txn *t)
{
	struct commit *c = t->work;
	int err = c->locked ? 0 : ipt_lock(t->self, t->why);

	if (err < 0)
		return err;
	c->locked = true;
	work_fini(&c->work);
	c->work = (struct work)WORK_INIT(t->why);
	steps_fini(c->steps);
	for (size_t i = 0; i < c->n && err == 0; i++) {
		err = stage_edit(c, i);
		if (err < 0)
			t->failed = i;
	}
	return err;
}

/* Returns: 0 when the kernel has taken the table nevertheless, or @err. */
static int commit_failed(struct commit *c, struct work_table *t, int err)
{
	t->committed = ipt_did(t, c->steps, false);
	if (!t->committed)
		return err;
	if (c->work.why)
		c->work.why->s[0] = '\0';
	return 0;
}

int ipt_commit(struct nf_txn *t)
{
	struct commit *c = t->work;
	struct why undo = { "" };
	int err = 0;

	for (size_t i = 0; i < c->work.tables.n && err == 0; i++) {
		struct work_table *table = vec_at(&c->work.tables, i);

		err = work_commit(&c->work, table);
		if (err < 0 && err != -ESTALE)
			err = commit_failed(c, table, err);
		if (err < 0 && err != -ESTALE)
			t->failed = blame(c, table);
	}
	if (err < 0 && steps_undo(c->steps, &c->work.tables, &undo))
		err = why_undo(t->why, &undo);
	return err;
}

void ipt_end(struct nf_txn *t)
{
	struct commit *c = t->work;

	if (!c)
		return;
	work_fini(&c->work);
	if (c->locked)
		ipt_unlock(t->self);
	for (size_t i = 0; c->made && i < c->n; i++)
		free(c->made[i].entry);
	free(c->made);
	free(c);
}
