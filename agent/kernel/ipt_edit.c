/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nf_commit(): many edits, one commit for each table. ipt_undo.c has the way back.
 *
 * Counters. libiptc has the kernel carry over what untouched rules count during the commit. A rule
 * that is put in again begins with the count that is written into its entry: packets that it
 * counted after the table was read, in the milliseconds before the commit, are not in it. No
 * reader that takes the lock can see its counter go back.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/nf_priv.h"

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

/* An edit with its entry, made before the lock is taken: parsing takes its time. */
struct staged_edit {
	const struct nf_edit *edit;
	const struct ipt_ops *ops; /* of its rule */
	void *entry;		   /* NULL: remove */
};

struct commit {
	struct work work;
	struct vec *steps;
	const struct staged_edit *edits;
	size_t n;
};

static int stage_remove(struct commit *c, size_t i, size_t at, struct work_rule *old)
{
	const struct work_table *t = vec_at(&c->work.tables, at);
	struct step *s = step_add(c->steps, t, i);
	uint32_t position = work_position(t, old->chain, old->e);

	if (!s)
		return -ENOMEM;
	s->was = entry_copy(t->ops, old->e);
	s->was_position = position;
	chain_copy(s->was_chain, old->chain);
	if (!s->was)
		return -ENOMEM;
	old->e = NULL;
	return work_remove(&c->work, at, s->was_chain, position);
}

static int stage_add(struct commit *c, size_t i)
{
	const struct staged_edit *se = &c->edits[i];
	const struct markrule *r = se->edit->rule;
	struct step *s;
	int at = work_open(&c->work, se->ops, r->table);

	if (at < 0)
		return at;
	s = step_add(c->steps, vec_at(&c->work.tables, (size_t)at), i);
	if (!s)
		return -ENOMEM;
	s->now = entry_copy(se->ops, se->entry);
	s->now_position = r->position;
	chain_copy(s->now_chain, r->chain);
	if (!s->now)
		return -ENOMEM;
	return work_insert(&c->work, (size_t)at, r->chain, r->position, se->entry);
}

/* Stays where it is: one step, in place. */
static int stage_replace(struct commit *c, size_t i, size_t at, struct work_rule *old,
			 uint32_t position)
{
	const struct staged_edit *se = &c->edits[i];
	const struct work_table *t = vec_at(&c->work.tables, at);
	struct step *s = step_add(c->steps, t, i);

	if (!s)
		return -ENOMEM;
	s->was = entry_copy(t->ops, old->e);
	s->now = entry_copy(t->ops, se->entry);
	s->was_position = s->now_position = position;
	chain_copy(s->was_chain, old->chain);
	chain_copy(s->now_chain, old->chain);
	if (!s->was || !s->now)
		return -ENOMEM;
	old->e = NULL;
	return work_replace(&c->work, at, s->now_chain, position, se->entry);
}

static int stage(struct commit *c, size_t i)
{
	const struct staged_edit *se = &c->edits[i];
	const struct nf_edit *edit = se->edit;
	const struct markrule *r = edit->rule;
	const struct work_table *t;
	struct work_rule *old = NULL;
	uint64_t packets, bytes;
	uint32_t position;
	size_t at;
	int err;

	if (edit->add)
		return stage_add(c, i);
	err = work_find(&c->work, se->ops, r ? r->table : NULL, edit->tag, edit->hash,
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
	ipt_counters_set(se->ops, se->entry, packets, bytes);
	if (t->ops == se->ops && strcmp(t->name, r->table) == 0 &&
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
		const struct markrule *r = c->edits[s->edit].edit->rule;

		if (s->ops != t->ops || s->table != t->name)
			continue;
		if (r && r->matches && *r->matches)
			return s->edit;
		if (first == SIZE_MAX)
			first = s->edit;
	}
	return first;
}

/* One try: everything staged, then table by table. */
static int commit_try(struct commit *c, size_t *failed)
{
	struct why dropped;
	int err = 0;

	for (size_t i = 0; i < c->n && err == 0; i++) {
		err = stage(c, i);
		if (err < 0)
			*failed = i;
	}
	for (size_t i = 0; i < c->work.tables.n && err == 0; i++) {
		struct work_table *t = vec_at(&c->work.tables, i);

		err = work_commit(&c->work, t);
		if (err < 0 && err != -ESTALE)
			*failed = blame(c, t);
	}
	if (err < 0)
		steps_undo(c->steps, &c->work.tables, &dropped);
	return err;
}

static void staged_free(struct staged_edit *edits, size_t n)
{
	for (size_t i = 0; edits && i < n; i++)
		free(edits[i].entry);
	free(edits);
}

static int staged_make(const struct nf_edit *edits, size_t n, struct staged_edit **out,
		       size_t *failed, struct why *why)
{
	struct staged_edit *all = calloc(n ? n : 1, sizeof(*all));
	unsigned column;
	int err = all ? 0 : -ENOMEM;

	for (size_t i = 0; i < n && err == 0; i++) {
		const struct markrule *r = edits[i].rule;
		uint32_t tag = r && r->index <= ROW_MANAGER_MAX ? r->index : 0;

		all[i].edit = &edits[i];
		if (!r)
			continue;
		all[i].ops = ipt_ops_of(r->family);
		if (!all[i].ops)
			err = why_set(why, -EINVAL, "AddressType: neither ipv4 nor ipv6");
		else
			err = ipt_encode(all[i].ops, r, tag, &all[i].entry, &column, why);
		if (err < 0)
			*failed = i;
	}
	if (err < 0) {
		staged_free(all, n);
		all = NULL;
	}
	*out = all;
	return err;
}

int nf_commit(struct nf *nf, const struct nf_edit *edits, size_t n, size_t *failed,
	      struct nf_undo **undo, struct why *why)
{
	struct nf_undo *u = calloc(1, sizeof(*u));
	struct staged_edit *all = NULL;
	int err, lock;

	*failed = SIZE_MAX;
	*undo = NULL;
	if (!u)
		return -ENOMEM;
	u->steps = (struct vec)VEC_INIT(struct step);
	err = staged_make(edits, n, &all, failed, why);
	if (err < 0 || n == 0)
		goto out;
	lock = nf_lock(nf->lock_file, nf->lock_wait_ms, why);
	if (lock < 0) {
		err = lock;
		goto out;
	}
	err = -ESTALE;
	for (int tries = 0; err == -ESTALE && tries < STALE_TRIES; tries++) {
		struct commit c = { WORK_INIT(why), &u->steps, all, n };

		steps_fini(&u->steps);
		err = commit_try(&c, failed);
		work_fini(&c.work);
	}
	nf_unlock(lock);
out:
	staged_free(all, n);
	if (err < 0) {
		nf_undo_free(u);
		return err == -ESTALE ? -EBUSY : err;
	}
	*undo = u;
	return 0;
}
