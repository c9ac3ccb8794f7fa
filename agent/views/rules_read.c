/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The view of the mark rules: a snapshot of netfilter, and an index for each of its rules. */
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "model/index_rows.h"
#include "rules_read.h"
#include "views/rule_ids.h"

/* What rules counted between two readings that are further apart than this, and was zeroed or went
 * with them before the second one, is no trifle. */
enum { LOSS_US = 100000 };

void rules_init(struct views *views)
{
	struct rules *r = &views->rules;

	r->rows = (struct vec)VEC_INIT(struct rule_row);
	r->ordinals = (struct vec)VEC_INIT(uint32_t);
	r->notes = (struct vec)VEC_INIT(struct rule_note);
	r->stale = true;
	r->version = 1;
	r->laid_version = UINT64_MAX;
	r->next_index = index_rows_start();
}

void rules_fini(struct views *views)
{
	struct rules *r = &views->rules;

	nf_snap_free(r->snap);
	r->snap = NULL;
	vec_fini(&r->rows);
	vec_fini(&r->ordinals);
	vec_fini(&r->notes);
}

const struct rule_row *rules_row(const struct views *views, uint32_t index)
{
	return index_rows_find(&views->rules.rows, index);
}

void rules_gone(struct views *views, uint32_t index)
{
	index_rows_remove(&views->rules.rows, index);
}

static bool same_reach(const struct nf_snap *old, uint32_t x, const struct nf_snap *new, uint32_t y)
{
	const struct nf_chain *was = vec_at(&old->chains, x), *is = vec_at(&new->chains, y);

	return was->hooks == is->hooks && was->routing == is->routing;
}

/* Are the mark rules the same as before, but for counters? Then indices and rows stay. */
static bool same_rules(const struct nf_snap *old, const struct nf_snap *new)
{
	if (old == new)
		return true;
	if (!old || old->entries.n != new->entries.n)
		return false;
	for (size_t i = 0; i < new->entries.n; i++) {
		const struct nf_entry *x = vec_at(&old->entries, i);
		const struct nf_entry *y = vec_at(&new->entries, i);

		if (x->hash != y->hash || x->tag != y->tag || x->position != y->position ||
		    !same_reach(old, x->chain, new, y->chain))
			return false;
	}
	return true;
}

/* Is this the first reading after the state was lost? */
static bool state_lost(const struct views *views)
{
	return !views->store->known && !views->rules.snap;
}

/* Makes a wanted row of a rule with a manager's tag when the state was lost. The columns of the
 * rule are all that the row needs. */
static void adopt(struct views *views, const struct nf_snap *snap, const struct nf_entry *e)
{
	struct markrule r;

	markrule_init(&r);
	if (nf_decode(views->nf, snap, e, &r))
		return;
	r.index = e->tag;
	r.origin = ORIGIN_MANAGER;
	r.status = ROW_ACTIVE;
	r.given = UINT64_MAX;
	if (wanted_set(&views->store->wanted[RULE_ROWS], &r)) {
		views->store->version++;
		views->store->rule_ids.dirty = true; /* on disk soon */
		log_info("rule %u: found in %s/%s, taken over", e->tag, r.table, r.chain);
	}
}

static struct rule_row absent_row(uint32_t index)
{
	return (struct rule_row){ .index = index,
				  .entry = ROW_ABSENT,
				  .discontinuity = clock_ms() };
}

void rules_held(struct views *views, uint32_t index)
{
	struct rule_row *row = index_rows_put(&views->rules.rows, index);

	if (row)
		*row = absent_row(index);
}

/* Was this tag met before in this snapshot? @mark: now it is. */
static bool tag_seen(struct rules *r, uint32_t tag, bool mark)
{
	bool seen = r->tags[tag / 8] >> (tag % 8) & 1;

	if (mark)
		r->tags[tag / 8] |= (uint8_t)(1u << (tag % 8));
	return seen;
}

/* Does the tag of a rule say whose the rule is? It does when the rule is what a manager wants, or
 * what the SET wanted that was cut off; and when the state was lost, until the first reading has
 * taken over what there is. */
static bool tag_counts(struct views *views, const struct nf_snap *snap, const struct nf_entry *e,
		       struct markrule *wanted)
{
	struct markrule *made =
		journal_find(views->store, RULE_ROWS, &(struct markrule){ .index = e->tag });

	return state_lost(views) || (wanted && rule_ids_is(views, snap, e, wanted)) ||
	       (made && rule_ids_is(views, snap, e, made));
}

/* Returns: the index of a rule: its tag, when it is the first rule with this tag, and the tag
 * counts; else the index that belongs to its hash. */
static uint32_t index_of(struct views *views, const struct nf_snap *snap, const struct nf_entry *e,
			 const struct idmap_entry *id)
{
	struct rules *r = &views->rules;
	struct markrule key = { .index = e->tag }, *m;

	if (!e->tag || e->tag > ROW_MANAGER_MAX || tag_seen(r, e->tag, false))
		return id->index;
	m = wanted_find(&views->store->wanted[RULE_ROWS], &key);
	if (!tag_counts(views, snap, e, m))
		return id->index;
	tag_seen(r, e->tag, true);
	if (m && m->place != e->position) {
		m->place = e->position;
		views->store->rule_ids.dirty = true; /* places are saved with the indices */
	}
	if (!m && state_lost(views))
		adopt(views, snap, e);
	return e->tag;
}

/* Fills in the counters of a row. */
static void row_count(struct rule_row *row, const struct nf_entry *e, const struct idmap_entry *id)
{
	row->packets = e->packets;
	row->bytes = e->bytes;
	row->discontinuity = id->discontinuity;
}

/* Builds the rows of a snapshot anew. @old: the rows as they were. */
static void build_rows(struct views *views, const struct nf_snap *snap, const struct vec *old)
{
	struct rules *r = &views->rules;
	struct rule_row *row;

	memset(r->tags, 0, sizeof(r->tags));
	for (size_t i = 0; i < snap->entries.n; i++) {
		const struct nf_entry *e = vec_at(&snap->entries, i);
		struct idmap_entry *id = rule_ids_at(views, snap, i);
		uint32_t index = id ? index_of(views, snap, e, id) : 0;

		row = index ? vec_push(&r->rows) : NULL;
		if (!row)
			continue;
		*row = (struct rule_row){ .index = index, .entry = (uint32_t)i };
		rule_ids_observe(views, e, index, id,
				 index_rows_find(old, rule_ids_from(views, index)));
		row_count(row, e, id);
	}
	for (size_t i = 0; i < views->store->wanted[RULE_ROWS].rows.n; i++) {
		const struct markrule *m = wanted_at(&views->store->wanted[RULE_ROWS], i);

		row = tag_seen(r, m->index, false) ? NULL : vec_push(&r->rows);
		if (row)
			*row = absent_row(m->index);
	}
	index_rows_sort(&r->rows);
	idmap_prune(&views->store->rule_ids, snap->entries.n);
}

/* Rules that are gone may have counted until they went. */
static void count_gone(struct views *views, const struct vec *old)
{
	const struct rules *r = &views->rules;

	for (size_t i = 0; r->lossy && r->snap && i < old->n; i++) {
		const struct rule_row *row = vec_at(old, i);

		if (rule_is_read(row) && !rule_is_read(rules_row(views, row->index)) &&
		    !rule_ids_moved(views, row->index))
			rule_ids_lost(views, vec_at(&r->snap->entries, row->entry));
	}
}

/* The rules are the same: takes over their counters, and which of equal rules is which. */
static void update_counters(struct views *views, const struct nf_snap *snap)
{
	struct rules *r = &views->rules;
	bool moved = false;

	for (size_t i = 0; i < r->rows.n; i++) {
		struct rule_row *row = vec_at(&r->rows, i);
		struct idmap_entry *id;
		const struct nf_entry *e;

		if (!rule_is_read(row))
			continue;
		e = vec_at(&snap->entries, row->entry);
		id = rule_ids_at(views, snap, row->entry);
		if (!id)
			continue;
		rule_ids_observe(views, e, row->index, id, row);
		row_count(row, e, id);
		if (row->index >= ROW_FOREIGN_MIN && row->index != id->index) {
			row->index = id->index;
			moved = true;
		}
	}
	if (moved)
		index_rows_sort(&r->rows);
}

/* The snapshot is the one from before, with later counters. When no counter went down, no rule can
 * have taken the place of an equal one, and each row stays what it was. Returns: false when a
 * counter did. */
static bool counted_on(struct views *views, const struct nf_snap *snap)
{
	struct rules *r = &views->rules;

	if (r->changed && r->lossy)
		return false;
	for (size_t i = 0; i < r->rows.n; i++) {
		const struct rule_row *row = vec_at(&r->rows, i);
		const struct nf_entry *e;

		if (!rule_is_read(row))
			continue;
		e = vec_at(&snap->entries, row->entry);
		if (e->packets < row->packets || e->bytes < row->bytes)
			return false;
	}
	for (size_t i = 0; i < r->rows.n; i++) {
		struct rule_row *row = vec_at(&r->rows, i);
		const struct nf_entry *e;
		struct idmap_entry *id;

		if (!rule_is_read(row))
			continue;
		e = vec_at(&snap->entries, row->entry);
		if (e->packets == row->packets && e->bytes == row->bytes)
			continue;
		id = rule_ids_at(views, snap, row->entry);
		if (!id)
			continue;
		rule_ids_observe(views, e, row->index, id, row);
		row_count(row, e, id);
	}
	return true;
}

static void taken(struct views *views, struct nf_snap *snap)
{
	struct rules *r = &views->rules;

	rule_ids_noted(views);
	if (snap != r->snap) {
		r->changed_ms = r->snap ? clock_ms() : 0;
		nf_snap_free(r->snap);
		r->row_at.index = 0;
	}
	r->snap = snap;
	r->stale = false;
	r->read_pdu = r->fresh_pdu = views->pdus;
	meters_count(views, &snap->meters);
	views->meters.due = true;
	r->lossy = false;
	r->counted_us = snap->taken_us;
}

/* Sets the time of the last change: of a SET; or now, when somebody else made the change, for the
 * kernel does not say when. */
static void changed(struct views *views, bool differs)
{
	uint64_t changed_ms = views->store->wanted[RULE_ROWS].changed_ms;
	struct rules *r = &views->rules;

	if (changed_ms > r->last_change)
		r->last_change = changed_ms;
	else if (differs)
		r->last_change = clock_ms();
}

void rules_take(struct views *views, struct nf_snap *snap)
{
	struct rules *r = &views->rules;
	bool equal = same_rules(r->snap, snap), same = equal && !r->stale;
	struct vec old = r->rows;

	r->lossy = snap->taken_us - r->counted_us >= LOSS_US;
	if (same && snap == r->snap && !r->notes.n && counted_on(views, snap)) {
		taken(views, snap);
		return;
	}
	if (rule_ids_round(views, snap))
		log_err("reading netfilter rules: out of memory");
	if (same) {
		update_counters(views, snap);
	} else {
		r->rows = (struct vec)VEC_INIT(struct rule_row);
		build_rows(views, snap, &old);
		count_gone(views, &old);
		vec_fini(&old);
		r->version++;
		changed(views, r->snap && !equal);
	}
	taken(views, snap);
}

bool rules_edit_target(struct views *views, uint32_t index, struct nf_edit *edit)
{
	const struct nf_snap *snap = views->rules.snap;
	const struct rule_row *row = rules_row(views, index);
	const struct nf_entry *all = snap ? snap->entries.data : NULL, *e = NULL;

	if (rule_is_read(row)) {
		e = &all[row->entry];
		edit->backend = e->backend;
	}
	if (index <= ROW_MANAGER_MAX)
		edit->tag = index;
	/* Before a reading nobody knows. A manager's rule twice would be worse than not at all, so
	 * says yes. */
	if (!e)
		return edit->tag && (!snap || (row && row->entry == ROW_UNREAD));
	edit->hash = e->hash;
	/* A manager's is the first of its equals. */
	if (edit->tag)
		return true;
	for (size_t i = 0; i < row->entry; i++)
		edit->ordinal += all[i].hash == e->hash && all[i].backend == e->backend;
	return true;
}
