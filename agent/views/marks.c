/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The view of the marks: what rules set and policies select, with sums that never go down. */
#include <string.h>

#include "base/clock.h"
#include "views/scalars.h"
#include "views/views.h"

void marks_init(struct views *views)
{
	views->marks.rows = (struct vec)VEC_INIT(struct mark);
	markfib_init(&views->marks.fib);
}

void marks_fini(struct views *views)
{
	vec_fini(&views->marks.rows);
	markfib_fini(&views->marks.fib);
}

/* A mark that a rule or a policy uses, or a manager wants. */
struct use {
	uint32_t value, mask;
	uint32_t rules, policies;
};

static int use_cmp(const void *a, const void *b)
{
	const struct use *x = a, *y = b;

	if (x->value != y->value)
		return x->value < y->value ? -1 : 1;
	return x->mask < y->mask ? -1 : x->mask > y->mask;
}

static void use(struct vec *uses, const struct use *one)
{
	struct use *slot = vec_push(uses);

	if (slot)
		*slot = *one;
}

/* The rules that the kernel has, and managers' rules that nobody has read yet. */
static void gather_rules(const struct views *views, struct vec *uses)
{
	const struct wanted *wanted = &views->store->wanted[RULE_ROWS];
	const struct rules *r = &views->rules;

	for (size_t i = 0; i < r->rows.n; i++) {
		const struct rule_row *row = vec_at(&r->rows, i);
		const struct markrule *m =
			row->entry == ROW_UNREAD
				? wanted_find(wanted, &(struct markrule){ .index = row->index })
				: NULL;
		const struct nf_entry *e = rule_is_read(row) ? vec_at(&r->snap->entries, row->entry)
							     : NULL;
		uint8_t target = e				? e->target
				 : m && m->status == ROW_ACTIVE ? m->target
								: MARKRULE_OTHER;

		if (target == MARKRULE_MARK || target == MARKRULE_CONNMARK_SET)
			use(uses, &(struct use){ e ? e->mark : m->mark, e ? e->mask : m->mask,
						 .rules = 1 });
	}
}

static void gather(const struct views *views, struct vec *uses)
{
	gather_rules(views, uses);
	for (size_t i = 0; i < views->policies.kernel.n; i++) {
		const struct policy *p = vec_at(&views->policies.kernel, i);

		if (p->mask)
			use(uses, &(struct use){ p->mark, p->mask, .policies = 1 });
	}
	for (size_t i = 0; i < views->store->wanted[MARK_ROWS].rows.n; i++) {
		const struct mark *wanted = wanted_at(&views->store->wanted[MARK_ROWS], i);

		use(uses, &(struct use){ .value = wanted->value, .mask = wanted->mask });
	}
	vec_sort(uses, use_cmp);
}

/* Appends the row of a mark, or adds to the last row when that is of the same mark. */
static void count(struct vec *rows, const struct use *one)
{
	struct mark *m = rows->n ? vec_at(rows, rows->n - 1) : NULL;

	if (!m || m->value != one->value || m->mask != one->mask) {
		m = vec_push(rows);
		if (!m)
			return;
		mark_init(m, one->value, one->mask);
		m->storage = STORAGE_READONLY;
	}
	m->rules += one->rules;
	m->policies += one->policies;
}

static void overlay(struct mark *m, const struct mark *wanted)
{
	if (cols_have(wanted->given, MARK_COL_NAME))
		memcpy(m->name, wanted->name, sizeof(m->name));
	m->meter = wanted->meter;
	m->storage = wanted->storage;
	m->status = wanted->status;
	m->given = wanted->given;
}

static void build(struct views *views)
{
	const struct wanted *all = &views->store->wanted[MARK_ROWS];
	struct vec uses = VEC_INIT(struct use), *rows = &views->marks.rows;
	struct mark_sum *sum;
	struct mark *m;

	vec_clear(rows);
	gather(views, &uses);
	for (size_t i = 0; i < uses.n; i++)
		count(rows, vec_at(&uses, i));
	vec_fini(&uses);
	for (size_t i = 0; i < all->rows.n; i++) {
		m = vec_find(rows, wanted_at(all, i), mark_cmp);
		if (m)
			overlay(m, wanted_at(all, i));
	}
	mark_sums_hide(views->store);
	for (size_t i = 0; i < rows->n; i++) {
		m = vec_at(rows, i);
		/* The sum begins now, not when somebody first asks for it. */
		sum = mark_sum_make(views->store, m->value, m->mask);
		if (sum)
			sum->shown = true;
	}
	/* Before the first reading nobody knows which marks are there. */
	if (views->rules.snap)
		mark_sums_trim(views->store, views->opt->gone_marks);
	views->marks.sums = views->store->mark_sums.n;
}

void marks_sync(struct views *views)
{
	struct marks *v = &views->marks;

	rules_sync(views);
	policies_sync(views);
	if (v->rules_version == views->rules.version &&
	    v->policies_version == views->policies.version &&
	    v->wanted_version == views->store->version)
		return;
	v->rules_version = views->rules.version;
	v->policies_version = views->policies.version;
	v->wanted_version = views->store->version;
	build(views);
}

void marks_tick(struct views *views)
{
	if (views->store->mark_sums.n > 2 * views->marks.sums + views->opt->gone_marks)
		marks_sync(views);
}

static uint32_t fib_of(struct views *views, uint32_t mark)
{
	struct marks *v = &views->marks;

	if (v->fib_version != views->policies.version) {
		if (markfib_build(&v->fib, &views->policies.kernel))
			return 0;
		v->fib_version = views->policies.version;
	}
	return markfib_find(&v->fib, mark);
}

/* Fills in what changes without the rows changing, and what takes long to find for all of them. */
static const void *fill(struct views *views, struct mark *m)
{
	const struct mark_sum *s = mark_sum_make(views->store, m->value, m->mask);

	m->fib = fib_of(views, m->value);
	if (s) {
		m->packets = s->packets;
		m->bytes = s->bytes;
		m->discontinuity = s->discontinuity;
	}
	meters_fill(views, m);
	return m;
}

static const void *find(void *ctx, const uint32_t *idx, size_t n)
{
	struct views *views = ctx;
	struct mark *m;

	marks_sync(views);
	if (n != 2)
		return NULL;
	m = vec_find(&views->marks.rows, &(struct mark){ .value = idx[0], .mask = idx[1] },
		     mark_cmp);
	return m ? fill(views, m) : NULL;
}

static const void *next(void *ctx, const uint32_t *idx, size_t n, struct mib_oid *at)
{
	struct views *views = ctx;
	struct mark key = { .value = n ? idx[0] : 0, .mask = n > 1 ? idx[1] : 0 };

	marks_sync(views);
	for (size_t i = vec_lower(&views->marks.rows, &key, mark_cmp); i < views->marks.rows.n;
	     i++) {
		struct mark *m = vec_at(&views->marks.rows, i);

		at->n = 0;
		mib_oid_add(at, m->value);
		mib_oid_add(at, m->mask);
		if (mib_oid_cmp(at->id, at->n, idx, n) > 0)
			return fill(views, m);
	}
	return NULL;
}

/* No row exists, in the sense of RowStatus, before a manager wants it, even if rules or policies
 * use the mark. */
static bool exists(void *ctx, const void *row)
{
	struct views *views = ctx;

	return wanted_find(&views->store->wanted[MARK_ROWS], row) != NULL;
}

/* The columns of a row that a manager wants are his. */
static int sure(void *ctx, const uint32_t *idx, size_t n, struct why *why)
{
	struct views *views = ctx;
	struct mark key = { .value = n ? idx[0] : 0, .mask = n > 1 ? idx[1] : 0 };
	int err = 0;

	if (n != 2 || wanted_find(&views->store->wanted[MARK_ROWS], &key))
		return 0;
	err = rules_sure(views, why);
	return err ? err : policies_sure(views, why);
}

static bool init(void *ctx, const uint32_t *idx, size_t n, void *row, struct why *why)
{
	(void)ctx;
	if (n != 2) {
		why_set(why, 0, "a mark's index is its value and its mask");
		return false;
	}
	mark_init(row, idx[0], idx[1]);
	((struct mark *)row)->discontinuity = clock_ms();
	return true;
}

const struct mib_source marks_source = {
	.find = find,
	.next = next,
	.exists = exists,
	.sure = sure,
	.init = init,
	.settle = mark_row_settle,
};

static const void *scalars_row(struct views *views)
{
	marks_sync(views);
	views->scalars = (struct mib_scalars_row){ .count = (uint32_t)views->marks.rows.n };
	return &views->scalars;
}

SCALARS(scalars, scalars_row)

const struct mib_source marks_scalars_source = { .find = scalars_find, .next = scalars_next };
