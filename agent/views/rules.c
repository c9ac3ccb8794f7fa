/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The mark rules as SNMP sees them: what managers want, laid over what netfilter has. */
#include <errno.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "model/index_rows.h"
#include "views/scalars.h"
#include "views/views.h"

/* Fills in what only the wanted row has. */
static void overlay(struct markrule *row, const struct markrule *m)
{
	row->origin = m->origin;
	row->storage = m->storage;
	row->given = m->given;
	row->place = m->place;
}

/* A row without a rule in the kernel. Its position is the one that was written. */
static void absent(struct markrule *row, const struct rule_row *at)
{
	row->hooks = 0;
	row->routing = false;
	/* The rule is wanted, but not in the kernel. */
	if (at->entry == ROW_ABSENT && row->status == ROW_ACTIVE)
		row->status = ROW_NOT_IN_SERVICE;
}

/* Gives every address, also an absent one, the length of the rule's family. */
static void present(struct markrule *r)
{
	if (!r->src.family)
		r->src.family = r->family ? r->family : AF_INET;
	if (!r->dst.family)
		r->dst.family = r->family ? r->family : AF_INET;
}

/* Does rules.row have this row already? A walk of all columns asks for each row many times. */
static bool filled(const struct rules *r, const struct rule_row *row, uint64_t wanted_version)
{
	return row->index == r->row_at.index && row->entry == r->row_at.entry &&
	       r->version == r->row_version && wanted_version == r->row_wanted;
}

/* Fills in rules.row from a row of the view. */
static const void *fill(struct views *views, const struct rule_row *row)
{
	struct rules *r = &views->rules;
	struct markrule *out = &r->row;
	const struct markrule *m;

	if (rule_is_read(row) && filled(r, row, views->store->version)) {
		out->packets = row->packets;
		out->bytes = row->bytes;
		out->discontinuity = row->discontinuity;
		return out;
	}
	r->row_at.index = 0;
	m = wanted_find(&views->store->wanted[RULE_ROWS],
			&(struct markrule){ .index = row->index });
	if (!rule_is_read(row)) {
		if (!m)
			return NULL;
		*out = *m;
		absent(out, row);
	} else {
		markrule_init(out);
		if (nf_decode(views->nf, r->snap, vec_at(&r->snap->entries, row->entry), out))
			return NULL;
		out->origin = m ? ORIGIN_MANAGER : ORIGIN_FOREIGN;
		out->storage = m ? STORAGE_NONVOLATILE : access_storage(views->access);
		out->given = UINT64_MAX;
		out->status = ROW_ACTIVE;
		if (m)
			overlay(out, m);
	}
	out->index = row->index;
	out->packets = row->packets;
	out->bytes = row->bytes;
	out->discontinuity = row->discontinuity;
	present(out);
	r->row_at = *row;
	r->row_version = r->version;
	r->row_wanted = views->store->version;
	return out;
}

/* How many notes SETs may leave to the next reading, which searches them for each rule. */
enum { NOTES_MAX = 256 };

/* Does a SET ask for a row that is neither wanted nor in the view? Then the SET creates it, and
 * netfilter need not be read for that: a rule with its tag would be somebody else's. */
static bool makes(const struct views *views, uint32_t index)
{
	const struct rules *r = &views->rules;

	return views->mib->state != TXN_IDLE && r->snap && r->notes.n < NOTES_MAX &&
	       index <= ROW_MANAGER_MAX && !rules_row(views, index) &&
	       !wanted_find(&views->store->wanted[RULE_ROWS], &(struct markrule){ .index = index });
}

static const void *find(void *ctx, const uint32_t *idx, size_t n)
{
	struct views *views = ctx;
	const struct rule_row *row;

	if (makes(views, index_one(idx, n)))
		return NULL;
	rules_sync(views);
	row = rules_row(views, index_one(idx, n));
	return row ? fill(views, row) : NULL;
}

static const void *next(void *ctx, const uint32_t *idx, size_t n, struct mib_oid *at)
{
	struct views *views = ctx;
	const struct vec *rows = &views->rules.rows;

	rules_sync(views);
	for (size_t i = index_rows_above(rows, idx, n); i < rows->n; i++) {
		const struct rule_row *row = vec_at(rows, i);
		const void *out = fill(views, row);

		if (!out)
			continue;
		at->n = 0;
		mib_oid_add(at, row->index);
		return out;
	}
	return NULL;
}

/* The kernel has nothing of a row that is not active. A rule that is not in the view may be found
 * now, where find() did not need to look (makes()). */
static int sure(void *ctx, const uint32_t *idx, size_t n, struct why *why)
{
	struct views *views = ctx;
	const uint32_t index = index_one(idx, n);
	const struct markrule *m =
		wanted_find(&views->store->wanted[RULE_ROWS], &(struct markrule){ .index = index });
	bool found = rules_row(views, index);
	int err = m && m->status != ROW_ACTIVE ? 0 : rules_sure(views, why);

	if (!err && !found && rules_row(views, index))
		return why_set(why, -EAGAIN, "somebody else has just made it: ask again");
	return err;
}

static void text(void *ctx, const void *row, unsigned col, struct text *out)
{
	struct views *views = ctx;
	const struct markrule *r = row;
	const struct rule_row *at = rules_row(views, r->index);

	(void)col;
	if (rule_is_read(at))
		nf_text(views->nf, views->rules.snap,
			vec_at(&views->rules.snap->entries, at->entry), out);
}

static bool writable(void *ctx, const void *row, struct why *why)
{
	return access_writable(((struct views *)ctx)->access,
			       ((const struct markrule *)row)->origin, "rule", why);
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

const struct mib_source rules_source = {
	.find = find,
	.next = next,
	.text = text,
	.sure = sure,
	.writable = writable,
	.init = init,
	.settle = rule_row_settle,
	.check = rule_row_check,
};

static const void *scalars_row(struct views *views)
{
	rules_sync(views);
	views->scalars = (struct mib_scalars_row){
		.next_index = index_rows_free(&views->rules.rows, &views->rules.next_index),
		.count = (uint32_t)views->rules.rows.n,
		.last_change = views->rules.last_change,
	};
	return &views->scalars;
}

SCALARS(scalars, scalars_row)

const struct mib_source rules_scalars_source = { .find = scalars_find, .next = scalars_next };
