/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Undoes what ipt_commit() did, afterwards or in the middle of it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "ipt_priv.h"

void steps_fini(struct vec *steps)
{
	for (size_t i = 0; i < steps->n; i++) {
		struct step *s = vec_at(steps, i);

		free(s->was);
		free(s->now);
	}
	vec_clear(steps);
}

void ipt_done_free(void *done)
{
	struct ipt_done *d = done;

	if (!d)
		return;
	steps_fini(&d->steps);
	vec_fini(&d->steps);
	free(d);
}

void *entry_copy(const struct ipt_ops *ops, const void *e)
{
	void *copy = fault_here("memory: entry") ? NULL : malloc(ipt_next_at(ops, e));

	if (copy)
		memcpy(copy, e, ipt_next_at(ops, e));
	return copy;
}

/* Finds the rule that a step put in: at the position where it was put, else any equal one. */
static int undo_find(struct work *w, const struct step *s, size_t at, struct work_rule **rule)
{
	uint64_t place = ipt_hash_place(s->ops, s->table, s->now_chain);
	struct ipt_memo memo = { { 0 }, { 0 } };

	return work_find_at(w, at, ipt_hash_entry(s->ops, place, s->now, &memo), s->now_position,
			    rule);
}

/* Adds what the new rule counted to the counters of the old one that comes back. */
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
	void *was;
	int at, err = 0;

	/* The table went with all that was in it; to open it would make it anew. */
	if (!s->was && !ipt_table_loaded(s->ops, s->table))
		return 0;
	was = s->was ? entry_copy(s->ops, s->was) : NULL;
	at = work_open(w, s->ops, s->table);
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
		work_gone(vec_at(&w->tables, (size_t)at), now);
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

int steps_undo(const struct vec *steps, const struct vec *only, struct why *why)
{
	int err = -ESTALE;

	for (int tries = 0; err == -ESTALE && tries < IPT_STALE_TRIES; tries++) {
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
		for (size_t i = 0; i < w.tables.n && err == 0; i++) {
			const struct work_table *t = vec_at(&w.tables, i);

			err = work_commit(&w, vec_at(&w.tables, i));
			if (err < 0 && err != -ESTALE && ipt_did(t, steps, true))
				err = 0;
		}
		work_fini(&w);
	}
	return err == -ESTALE ? -EIO : err;
}

int ipt_undo(void *self, void *done, struct why *why)
{
	const struct ipt_done *d = done;
	int err;

	if (d->steps.n == 0)
		return 0;
	err = ipt_lock(self, why);
	if (err < 0)
		return err;
	err = steps_undo(&d->steps, NULL, why);
	ipt_unlock(self);
	return err;
}
