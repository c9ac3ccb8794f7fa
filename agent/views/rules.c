/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The mark rules as SNMP sees them: what managers want, laid over what netfilter has. */
#include <errno.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "daemon/app.h"
#include "views/index_rows.h"
#include "views/scalars.h"

enum { COL_SOURCE = 9, COL_DESTINATION = 11, COL_MARK = 24 };

/* What the manager wants beside what the kernel has. */
static void overlay(struct markrule *row, const struct markrule *m)
{
	row->origin = m->origin;
	row->storage = m->storage;
	row->given = m->given;
	row->place = m->place;
}

/* A row that is in no kernel: nothing counts. Its place is the one that was written. */
static void absent(struct markrule *row)
{
	row->packets = row->bytes = 0;
	row->hooks = 0;
	row->routing = false;
	/* It should be there, and somebody took it away. */
	if (row->status == ROW_ACTIVE)
		row->status = ROW_NOT_IN_SERVICE;
}

/* Every address has the length of the rule's family, also an absent one. */
static void present(struct markrule *r)
{
	if (!r->src.family)
		r->src.family = r->family ? r->family : AF_INET;
	if (!r->dst.family)
		r->dst.family = r->family ? r->family : AF_INET;
}

/* Is rules.row still what it would become? A walk of all columns asks for each row many times. */
static bool filled(const struct rules *r, const struct rule_row *row, uint64_t managed_version)
{
	return row->index == r->row_at.index && row->entry == r->row_at.entry &&
	       r->version == r->row_version && managed_version == r->row_managed;
}

/* Fills in rules.row from a row of the view. */
static const void *fill(struct app *a, const struct rule_row *row)
{
	struct rules *r = &a->rules;
	struct markrule *out = &r->row;
	const struct markrule *m;

	if (row->entry != RULE_ABSENT && filled(r, row, a->managed_version)) {
		out->packets = row->packets;
		out->bytes = row->bytes;
		out->discontinuity = row->discontinuity;
		return out;
	}
	r->row_at.index = 0;
	m = managed_find(&r->managed, &(struct markrule){ .index = row->index });
	if (row->entry == RULE_ABSENT) {
		if (!m)
			return NULL;
		*out = *m;
		absent(out);
	} else {
		markrule_init(out);
		if (nf_decode(a->nf, r->snap, vec_at(&r->snap->entries, row->entry), out))
			return NULL;
		out->packets = row->packets;
		out->bytes = row->bytes;
		out->origin = m ? ORIGIN_MANAGER : ORIGIN_FOREIGN;
		out->storage = m ? STORAGE_NONVOLATILE : house_storage(a);
		out->given = UINT64_MAX;
		out->status = ROW_ACTIVE;
		if (m)
			overlay(out, m);
	}
	out->index = row->index;
	out->discontinuity = row->discontinuity;
	present(out);
	r->row_at = *row;
	r->row_version = r->version;
	r->row_managed = a->managed_version;
	return out;
}

/* Readings that a SET puts off are few: what SETs did is looked through at the next one. */
enum { NOTES_MAX = 256 };

/* Does a SET ask for a row that neither a manager nor the view knew of? Then it is to be made, and
 * netfilter need not be read for that: nf_commit() looks for it under the lock. Should it be there
 * after all, the SET is refused, and the next one looks before. */
static bool makes(const struct app *a, uint32_t index)
{
	const struct rules *r = &a->rules;

	return a->mib.state != TXN_IDLE && r->snap && !r->doubt && r->notes.n < NOTES_MAX &&
	       index <= ROW_MANAGER_MAX && !rules_row(a, index) &&
	       !managed_find(&r->managed, &(struct markrule){ .index = index });
}

static const void *find(void *ctx, const uint32_t *idx, size_t n)
{
	struct app *a = ctx;
	const struct rule_row *row;

	if (makes(a, index_one(idx, n)))
		return NULL;
	rules_sync(a);
	row = rules_row(a, index_one(idx, n));
	return row ? fill(a, row) : NULL;
}

static const void *next(void *ctx, const uint32_t *idx, size_t n, struct mib_oid *at)
{
	struct app *a = ctx;
	const struct vec *rows = &a->rules.rows;

	rules_sync(a);
	for (size_t i = index_rows_above(rows, idx, n); i < rows->n; i++) {
		const struct rule_row *row = vec_at(rows, i);
		const void *out = fill(a, row);

		if (!out)
			continue;
		at->n = 0;
		mib_oid_add(at, row->index);
		return out;
	}
	return NULL;
}

static void text(void *ctx, const void *row, unsigned col, struct text *out)
{
	struct app *a = ctx;
	const struct markrule *r = row;
	const struct rule_row *at = rules_row(a, r->index);

	(void)col;
	if (at && at->entry != RULE_ABSENT)
		nf_text(a->nf, a->rules.snap, vec_at(&a->rules.snap->entries, at->entry), out);
}

static bool writable(void *ctx, const void *row, struct why *why)
{
	return house_writable(ctx, ((const struct markrule *)row)->origin, "rule", why);
}

static bool init(void *ctx, const uint32_t *idx, size_t n, void *row, struct why *why)
{
	struct markrule *r = row;
	uint32_t index = index_rows_new(idx, n, why);

	(void)ctx;
	if (!index)
		return false;
	markrule_init(r);
	r->index = index;
	r->origin = ORIGIN_MANAGER;
	r->discontinuity = clock_ms();
	present(r);
	return true;
}

static bool is_given(const struct markrule *r, unsigned col)
{
	return r->given >> col & 1;
}

static void settle(void *ctx, void *row)
{
	struct markrule *r = row;

	(void)ctx;
	/* Zeros that nobody wrote, and zeros that select nothing, are of any family. */
	if (addr_is_zero(&r->src) && (!r->src.len || !is_given(r, COL_SOURCE)))
		r->src.family = r->family;
	if (addr_is_zero(&r->dst) && (!r->dst.len || !is_given(r, COL_DESTINATION)))
		r->dst.family = r->family;
}

static int check(void *ctx, const void *row, unsigned *col, struct why *why)
{
	const struct markrule *r = row;

	(void)ctx;
	/* fwmarkRuleMark has no default but for save and restore. */
	if (!is_given(r, COL_MARK) &&
	    (r->target == MARKRULE_MARK || r->target == MARKRULE_CONNMARK_SET)) {
		*col = COL_MARK;
		return why_set(why, -EINVAL, "the mark is not set, and has no default");
	}
	return markrule_check(r, col, why);
}

const struct mib_source rules_source = {
	.find = find,
	.next = next,
	.text = text,
	.writable = writable,
	.init = init,
	.settle = settle,
	.check = check,
};

static const void *scalars_row(struct app *a)
{
	rules_sync(a);
	a->scalars = (struct mib_scalars_row){
		.next_index = index_rows_free(&a->rules.rows, &a->rules.next_index),
		.count = (uint32_t)a->rules.rows.n,
		.last_change = a->rules.last_change,
	};
	return &a->scalars;
}

SCALARS(scalars, scalars_row)

const struct mib_source rules_scalars_source = { .find = scalars_find, .next = scalars_next };
