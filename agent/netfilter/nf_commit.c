/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nf_commit() over all backends. Each edit goes to its backend. All backends stage, the last one
 * first, so that the first one holds its lock for the shortest time; then they commit in their
 * order. When a commit fails, those before it are undone, the last one first.
 */
#include <errno.h>
#include <stdlib.h>

#include "nf_priv.h"

/* How often a backend may stage because somebody else changed the rules meanwhile. */
enum { STALE_TRIES = 20 };

struct nf_undo {
	struct nf *nf;
	void *done[NF_BACKENDS_MAX]; /* NULL: that side had no edits */
};

/* One side of a commit. */
struct part {
	const struct nf_side *side;
	struct nf_txn txn;
	struct vec edits; /* struct nf_edit */
	struct vec of;	  /* size_t: which of the caller's edits each is */
	bool begun;
	int stale;
};

struct commit {
	struct nf *nf;
	struct part parts[NF_BACKENDS_MAX];
	size_t failed; /* of the caller's edits */
};

void nf_undo_free(struct nf_undo *undo)
{
	if (!undo)
		return;
	for (size_t i = 0; i < undo->nf->n; i++)
		if (undo->done[i])
			undo->nf->sides[i].ops->done_free(undo->done[i]);
	free(undo);
}

int nf_undo(struct nf *nf, struct nf_undo *undo, struct why *why)
{
	int err = 0;

	for (size_t i = undo ? nf->n : 0; i > 0; i--) {
		const struct nf_side *side = &nf->sides[i - 1];
		void *done = undo->done[i - 1];
		int e = done ? side->ops->undo(side->self, done, why) : 0;

		err = e ? e : err;
	}
	return err;
}

/* --- which backend an edit is for ---------------------------------------------------------- */

static int part_add(struct part *p, const struct nf_edit *edit, size_t of)
{
	struct nf_edit *slot = vec_push(&p->edits);
	size_t *from = slot ? vec_push(&p->of) : NULL;

	if (!from)
		return -ENOMEM;
	*slot = *edit;
	*from = of;
	return 0;
}

/* Removes the rule of an edit from the backend that the edit names, or from all, but never from
 * @home. To remove a rule that does not exist is no fault. */
static int gone_add(struct commit *c, const struct nf_edit *edit, size_t of,
		    const struct nf_side *home)
{
	const struct nf_edit gone = { .backend = edit->backend,
				      .tag = edit->tag,
				      .hash = edit->hash,
				      .ordinal = edit->ordinal };
	int err = 0;

	for (size_t i = 0; i < c->nf->n && err == 0; i++) {
		const struct nf_side *side = &c->nf->sides[i];

		if (side != home && (!edit->backend || edit->backend == side->ops->id))
			err = part_add(&c->parts[i], &gone, of);
	}
	return err;
}

static int edit_add(struct commit *c, const struct nf_edit *edit, size_t of, struct why *why)
{
	const struct nf_side *home;
	struct nf_edit here = *edit;
	int err;

	if (!edit->rule)
		return gone_add(c, edit, of, NULL);
	home = nf_side_of(c->nf, edit->rule->backend);
	if (!home)
		return why_set(why, -EOPNOTSUPP,
			       "Backend: fwmarkd writes no rules of this one here");
	if (edit->add)
		return part_add(&c->parts[home - c->nf->sides], edit, of);
	/* The rule moves here from another backend. */
	if (edit->backend && edit->backend != home->ops->id)
		here.add = true;
	err = gone_add(c, edit, of, home);
	return err ? err : part_add(&c->parts[home - c->nf->sides], &here, of);
}

/* --- the commit ------------------------------------------------------------------------------ */

/* Passes an error of a backend on, and notes which of the caller's edits is at fault. */
static int part_failed(struct commit *c, const struct part *p, int err)
{
	if (err < 0 && p->txn.failed < p->of.n)
		c->failed = *(const size_t *)vec_at(&p->of, p->txn.failed);
	return err;
}

static int part_begin(struct commit *c, struct part *p, struct why *why)
{
	p->txn = (struct nf_txn){ .self = p->side->self,
				  .edits = p->edits.data,
				  .n = p->edits.n,
				  .failed = SIZE_MAX,
				  .why = why };
	p->begun = true;
	return part_failed(c, p, p->side->ops->begin(&p->txn));
}

static int part_stage(struct commit *c, struct part *p)
{
	int err;

	do {
		p->txn.failed = SIZE_MAX;
		err = p->side->ops->stage(&p->txn);
	} while (err == -ESTALE && ++p->stale < STALE_TRIES);
	return part_failed(c, p, err);
}

static int part_commit(struct commit *c, struct part *p)
{
	int err = p->side->ops->commit(&p->txn);

	while (err == -ESTALE && ++p->stale < STALE_TRIES) {
		err = part_stage(c, p);
		if (err == 0)
			err = p->side->ops->commit(&p->txn);
	}
	return part_failed(c, p, err);
}

/* Undoes the commits of the sides before @n, the last one first. */
static int parts_undo(struct commit *c, size_t n, struct why *why)
{
	int err = 0;

	for (size_t i = n; i > 0; i--) {
		const struct part *p = &c->parts[i - 1];
		int e = p->begun ? p->side->ops->undo(p->side->self, p->txn.done, why) : 0;

		err = e ? e : err;
	}
	return err;
}

static int commit_all(struct commit *c, struct why *why)
{
	struct why undo = { "" };
	int err = 0;

	for (size_t i = 0; i < c->nf->n && err == 0; i++)
		if (c->parts[i].edits.n)
			err = part_begin(c, &c->parts[i], why);
	for (size_t i = c->nf->n; i > 0 && err == 0; i--)
		if (c->parts[i - 1].begun)
			err = part_stage(c, &c->parts[i - 1]);
	for (size_t i = 0; i < c->nf->n && err == 0; i++) {
		if (!c->parts[i].begun)
			continue;
		err = part_commit(c, &c->parts[i]);
		if (err < 0 && parts_undo(c, i, &undo))
			err = why_undo(why, &undo);
	}
	return err == -ESTALE ? -EBUSY : err;
}

static void parts_fini(struct commit *c, struct nf_undo *undo)
{
	for (size_t i = c->nf->n; i > 0; i--) {
		struct part *p = &c->parts[i - 1];

		if (p->begun)
			p->side->ops->end(&p->txn);
		undo->done[i - 1] = p->txn.done;
		vec_fini(&p->edits);
		vec_fini(&p->of);
	}
}

int nf_commit(struct nf *nf, const struct nf_edit *edits, size_t n, size_t *failed,
	      struct nf_undo **undo, struct why *why)
{
	struct commit c = { .nf = nf, .failed = SIZE_MAX };
	struct nf_undo *u = calloc(1, sizeof(*u));
	int err = 0;

	*failed = SIZE_MAX;
	*undo = NULL;
	if (!u)
		return -ENOMEM;
	u->nf = nf;
	for (size_t i = 0; i < nf->n; i++) {
		c.parts[i].side = &nf->sides[i];
		c.parts[i].edits = (struct vec)VEC_INIT(struct nf_edit);
		c.parts[i].of = (struct vec)VEC_INIT(size_t);
	}
	for (size_t i = 0; i < n && err == 0; i++) {
		err = edit_add(&c, &edits[i], i, why);
		c.failed = err == -EOPNOTSUPP ? i : SIZE_MAX;
	}
	if (err == 0)
		err = commit_all(&c, why);
	parts_fini(&c, u);
	*failed = c.failed;
	if (err < 0) {
		nf_undo_free(u);
		return err;
	}
	*undo = u;
	return 0;
}
