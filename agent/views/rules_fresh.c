/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When netfilter is read for the view of the mark rules, and what the view shows when it cannot be. */
#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "model/index_rows.h"
#include "rules_read.h"
#include "views/rule_ids.h"

/* A snapshot may be so many times as old as reading it took. */
enum { AGE_FACTOR = 10 };
/* Readings that nobody asks for take one part in so many of a processor. */
enum { REST_FACTOR = 10 };

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

void rules_notice(struct views *views)
{
	unsigned notices = nf_notices(views->nf);

	views->rules.begins |= (notices & NF_BEGINS) != 0;
	views->rules.changed |= (notices & NF_CHANGED) != 0;
	views->rules.noticed += (notices & NF_CHANGED) != 0;
}

static void read_done(struct views *views, struct nf_snap *snap)
{
	struct rules *r = &views->rules;

	r->failing = false;
	rules_take(views, snap);
	r->changed = false;
	r->took_us = clock_us() - snap->taken_us;
}

int rules_refresh(struct views *views, struct why *why)
{
	struct rules *r = &views->rules;
	struct nf_snap *snap;
	int err = nf_read(views->nf, r->snap, &snap, why);

	if (!err) {
		read_done(views, snap);
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

/* Reads when nobody asks: that neither waits for others nor is in their way, and fails when they are
 * at it. It is tried again when they are done. */
static void sample(struct views *views)
{
	struct nf_snap *snap;
	struct why why;
	int err;

	nf_set_wait(views->nf, 0);
	err = nf_read(views->nf, views->rules.snap, &snap, &why);
	nf_set_wait(views->nf, views->opt->lock_wait_ms);
	if (!err)
		read_done(views, snap);
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

/* Is the snapshot good for this request? Who does not take the lock of netfilter goes unnoticed, and
 * counters change all the time: so it is young, and very young where reading takes little. */
static bool is_fresh(struct views *views)
{
	const struct view_options *opt = views->opt;
	struct rules *r = &views->rules;
	uint64_t age;
	bool fresh;

	if (!r->snap || r->stale)
		return false;
	if (r->fresh_pdu == views->pdus)
		return true;
	rules_notice(views);
	age = clock_us() - r->snap->taken_us;
	if (views->walk) /* goes on in the snapshot in which it began */
		fresh = age < opt->walk_age_ms * UINT64_C(1000);
	else
		fresh = !r->changed && age < opt->get_age_ms * UINT64_C(1000) &&
			age < r->took_us * AGE_FACTOR;
	if (fresh)
		r->fresh_pdu = views->pdus;
	return fresh;
}

void rules_sync(struct views *views)
{
	struct rules *r = &views->rules;

	if (is_fresh(views))
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

/* Takes in what has been counted, without a lock. Returns: false when something else differs. */
static bool recount(struct views *views)
{
	struct rules *r = &views->rules;
	uint64_t before = r->counted_us;

	if (!r->snap || r->stale || r->notes.n || nf_recount(views->nf, r->snap))
		return false;
	rules_take(views, r->snap);
	/* Was that in time, or was all zeroed before? */
	rules_notice(views);
	if (r->changed)
		r->counted_us = before;
	return true;
}

void rules_look(struct views *views)
{
	uint64_t now = clock_us(), sample_us = views->opt->sample_s * UINT64_C(1000000);
	struct rules *r = &views->rules;
	bool due = sample_us && now - r->counted_us >= sample_us, counted = false;
	uint64_t cpu;

	rules_notice(views);
	if (now < r->rest_us || (!r->begins && !r->changed && !due))
		return;
	cpu = clock_cpu_us();
	if (!r->changed)
		counted = recount(views);
	r->begins = false;
	if (r->changed || (due && !counted))
		sample(views);
	r->rest_us = clock_us() + (clock_cpu_us() - cpu) * REST_FACTOR;
}
