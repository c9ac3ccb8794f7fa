/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nf_commit() and nf_undo(): many edits, one commit for each table, and the way back.
 *
 * Counters. libiptc has the kernel carry over what untouched rules count during the commit. A rule
 * that is put in again begins with the count that is written into its entry, and the packets
 * that it counted since the table was read, some milliseconds before the commit, are not in it. No reader that takes
 * the lock can see its counter go back.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/nf_priv.h"

enum { STALE_TRIES = 20 };

/* One thing done to one table. */
struct step {
	const struct ipt_ops *ops;
	const char *table;
	char was_chain[IPT_CHAIN_MAX], now_chain[IPT_CHAIN_MAX];
	uint32_t was_position, now_position; /* 0: at the end */
	void *was;			     /* entry, NULL: there was none */
	void *now;			     /* entry as it was put in, NULL: none */
	size_t edit;
};

struct nf_undo {
	struct vec steps; /* struct step */
};

static void steps_fini(struct vec *steps)
{
	for (size_t i = 0; i < steps->n; i++) {
		struct step *s = vec_at(steps, i);

		free(s->was);
		free(s->now);
	}
	vec_clear(steps);
}

void nf_undo_free(struct nf_undo *undo)
{
	if (!undo)
		return;
	steps_fini(&undo->steps);
	vec_fini(&undo->steps);
	free(undo);
}

static void *entry_copy(const struct ipt_ops *ops, const void *e)
{
	void *copy = malloc(ipt_next_at(ops, e));

	if (copy)
		memcpy(copy, e, ipt_next_at(ops, e));
	return copy;
}

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

/* Finds the rule that a step put in: the one at its place, else any that is the same. */
static int undo_find(struct work *w, const struct step *s, size_t at, struct work_rule **rule)
{
	uint32_t tag = ipt_entry_tag(s->ops, s->now);
	uint64_t hash =
		ipt_hash_entry(s->ops, ipt_hash_place(s->ops, s->table, s->now_chain), s->now);
	struct work_rule *found = NULL;
	uint32_t ordinal = 0;
	size_t where;
	int err;

	*rule = NULL;
	for (;; ordinal++) {
		err = work_find(w, s->ops, s->table, tag, hash, ordinal, &where, &found);
		if (err < 1)
			return err;
		if (where != at)
			return 0;
		*rule = found;
		if (tag || work_position(vec_at(&w->tables, at), found->chain, found->e) ==
				   s->now_position)
			return 0;
	}
}

/* What the new rule counted goes to the old one that comes back. */
static void counts_return(const struct step *s, const void *now, void *was)
{
	uint64_t cur[2], start[2], old[2];

	ipt_counters_get(s->ops, now, &cur[0], &cur[1]);
	ipt_counters_get(s->ops, s->now, &start[0], &start[1]);
	ipt_counters_get(s->ops, was, &old[0], &old[1]);
	for (int i = 0; i < 2; i++)
		old[i] += cur[i] >= start[i] ? cur[i] - start[i] : cur[i];
	ipt_counters_set(s->ops, was, old[0], old[1]);
}

static int undo_step(struct work *w, const struct step *s)
{
	struct work_rule *now = NULL;
	void *was = s->was ? entry_copy(s->ops, s->was) : NULL;
	int at = work_open(w, s->ops, s->table), err = 0;

	if (at < 0)
		err = at;
	else if (s->was && !was)
		err = -ENOMEM;
	if (err == 0 && s->now)
		err = undo_find(w, s, (size_t)at, &now);
	if (err == 0 && now) {
		uint32_t position =
			work_position(vec_at(&w->tables, (size_t)at), now->chain, now->e);

		if (was)
			counts_return(s, now->e, was);
		now->e = NULL;
		err = work_remove(w, (size_t)at, now->chain, position);
	}
	if (err == 0 && was) {
		err = work_insert(w, (size_t)at, s->was_chain, s->was_position, was);
		if (err == -ERANGE)
			err = work_insert(w, (size_t)at, s->was_chain, 0, was);
	}
	free(was);
	return err;
}

/* Takes steps back, the last one first. @only: NULL, or the tables whose steps were done. */
static int undo_steps(const struct vec *steps, const struct vec *only, struct why *why)
{
	int err = -ESTALE;

	for (int tries = 0; err == -ESTALE && tries < STALE_TRIES; tries++) {
		struct work w = WORK_INIT(why);

		err = 0;
		for (size_t i = steps->n; i > 0 && err == 0; i--) {
			const struct step *s = vec_at(steps, i - 1);
			bool done = !only;

			for (size_t j = 0; only && j < only->n; j++) {
				const struct work_table *t = vec_at(only, j);

				done |= t->committed && t->ops == s->ops && t->name == s->table;
			}
			if (done)
				err = undo_step(&w, s);
		}
		for (size_t i = 0; i < w.tables.n && err == 0; i++)
			err = work_commit(&w, vec_at(&w.tables, i));
		work_fini(&w);
	}
	return err == -ESTALE ? -EIO : err;
}

/* The kernel does not say which of several rules it refuses. The likeliest is the first one of the table that
 * brings matches of its own. */
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
		undo_steps(c->steps, &c->work.tables, &dropped);
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

int nf_undo(struct nf *nf, struct nf_undo *undo, struct why *why)
{
	int err, lock;

	if (!undo || undo->steps.n == 0)
		return 0;
	lock = nf_lock(nf->lock_file, nf->lock_wait_ms, why);
	if (lock < 0)
		return lock;
	err = undo_steps(&undo->steps, NULL, why);
	nf_unlock(lock);
	return err;
}
