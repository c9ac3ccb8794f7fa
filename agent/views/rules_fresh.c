/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When netfilter is read for the view of the mark rules, and what the view shows when it cannot be. */
#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "model/index_rows.h"
#include "rules_read.h"
#include "views/rule_ids.h"

/* Has the rule of this note another row than before? Then its counters move there. Returns: the
 * row. */
static struct rule_row *noted_row(struct views *views, struct rule_note *note)
{
	struct vec *rows = &views->rules.rows;
	const struct rule_row *had = index_rows_find(rows, note->from);
	struct rule_row was = { .discontinuity = clock_ms() }, *row;

	if (had && note->keep)
		was = *had;
	if (note->from != note->tag)
		index_rows_remove(rows, note->from);
	note->from = note->tag;
	row = index_rows_put(rows, note->tag);
	if (row) {
		was.index = note->tag;
		*row = was;
	}
	return row;
}

/* Netfilter cannot be read: lays what managers have over the last good snapshot. Nobody has looked
 * at what SETs have done since, nor, before the first reading, at any rule. */
static void lay_over(struct views *views)
{
	const struct wanted *all = &views->store->wanted[RULE_ROWS];
	struct rules *r = &views->rules;

	if (r->laid_version == views->store->version)
		return;
	r->laid_version = views->store->version;
	r->stale = true;
	r->version++;
	for (size_t i = 0; i < r->notes.n; i++) {
		struct rule_note *note = vec_at(&r->notes, i);
		const struct markrule *m =
			note->tag ? wanted_find(all, &(struct markrule){ .index = note->tag })
				  : NULL;
		struct rule_row *row = m && m->status == ROW_ACTIVE ? noted_row(views, note) : NULL;

		if (row)
			row->entry = ROW_UNREAD;
	}
	for (size_t i = 0; i < all->rows.n; i++) {
		const struct markrule *m = wanted_at(all, i);
		struct rule_row *row =
			rules_row(views, m->index) ? NULL : index_rows_put(&r->rows, m->index);

		if (row)
			*row = (struct rule_row){ .index = m->index,
						  .entry = r->snap ? ROW_ABSENT : ROW_UNREAD,
						  .discontinuity = clock_ms() };
	}
}

int rules_refresh(struct views *views, struct why *why)
{
	struct rules *r = &views->rules;
	struct nf_snap *snap;
	int err = nf_read(views->nf, r->snap, &snap, why);

	if (!err) {
		r->failing = false;
		rules_take(views, snap);
		if (meters_repair(views) && nf_read(views->nf, r->snap, &snap, why) == 0)
			rules_take(views, snap);
		return 0;
	}
	/* The last good snapshot stays in use: old counters are better than none. */
	if (!why->s[0])
		why_set(why, err, "%s", strerror(-err));
	if (!r->failing)
		log_warn("reading netfilter rules: %s", why->s);
	r->failing = true;
	r->why = *why;
	r->failed_pdu = views->pdus;
	lay_over(views);
	return err;
}

/* While somebody keeps the lock, not every request waits for it. */
static void refresh(struct views *views)
{
	struct rules *r = &views->rules;
	unsigned wait_ms = views->opt->lock_wait_ms;
	bool waits = !r->failing || clock_ms() - r->failed_ms >= wait_ms;
	struct why why = { "" };

	nf_set_wait(views->nf, waits ? wait_ms : 0);
	if (rules_refresh(views, &why) && waits)
		r->failed_ms = clock_ms();
	nf_set_wait(views->nf, wait_ms);
}

void rules_sync(struct views *views)
{
	struct rules *r = &views->rules;
	unsigned max_age = views->walk ? views->opt->walk_age_ms : views->opt->get_age_ms;

	/* One reading for a request is enough, even when no age is allowed, or when it failed. */
	if (r->snap && !r->stale &&
	    (r->read_pdu == views->pdus ||
	     clock_us() - r->snap->taken_us < UINT64_C(1000) * max_age))
		return;
	if (r->failing && r->failed_pdu == views->pdus)
		lay_over(views);
	else
		refresh(views);
}

int rules_sure(struct views *views, struct why *why)
{
	const struct rules *r = &views->rules;

	rules_sync(views);
	if (!r->failing)
		return 0;
	*why = r->why;
	return -EAGAIN;
}
