/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The view of the marks: what rules set and policies select, with sums that never go down. */
#include <string.h>

#include "base/clock.h"
#include "views/scalars.h"
#include "views/views.h"

void marks_init(struct views *views)
{
	views->marks.rows = (struct vec)VEC_INIT(struct mark);
}

void marks_fini(struct views *views)
{
	vec_fini(&views->marks.rows);
}

/* The row of a mark while the view is built; made when there is none. */
static struct mark *row_of(struct views *views, uint32_t value, uint32_t mask)
{
	struct mark key = { .value = value, .mask = mask };
	struct vec *rows = &views->marks.rows;
	size_t at = vec_lower(rows, &key, mark_cmp);
	struct mark *m;

	if (at < rows->n && mark_cmp(&key, vec_at(rows, at)) == 0)
		return vec_at(rows, at);
	m = vec_insert(rows, at);
	if (!m)
		return NULL;
	mark_init(m, value, mask);
	m->storage = STORAGE_READONLY;
	return m;
}

/* Does a packet that has this mark and nothing else take the policy, because of its mark? */
static bool policy_takes(const struct policy *p, uint32_t mark)
{
	bool plain = p->src.len == 0 && p->dst.len == 0 && !p->iif[0] && !p->oif[0] && !p->tos &&
		     !p->protocol && p->sport_from == 0 && p->sport_to == 65535 &&
		     p->dport_from == 0 && p->dport_to == 65535 && p->uid_from == 0 &&
		     p->uid_to == UINT32_MAX && p->dscp < 0 && !p->flowlabel_mask && !p->l3mdev;

	if (!plain || !p->mask || p->action != POLICY_LOOKUP)
		return false;
	return (((mark ^ p->mark) & p->mask) == 0) != p->invert;
}

/* The kernel's order is by priority, IPv4 first. */
static uint32_t fib_of(const struct views *views, uint32_t mark)
{
	for (size_t i = 0; i < views->policies.kernel.n; i++) {
		const struct policy *p = vec_at(&views->policies.kernel, i);

		if (policy_takes(p, mark))
			return p->fib;
	}
	return 0;
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
	struct mark_sum *sum;
	struct mark *m;

	vec_clear(&views->marks.rows);
	for (size_t i = 0; views->rules.snap && i < views->rules.snap->entries.n; i++) {
		const struct nf_entry *e = vec_at(&views->rules.snap->entries, i);

		if (e->target != MARKRULE_MARK && e->target != MARKRULE_CONNMARK_SET)
			continue;
		m = row_of(views, e->mark, e->mask);
		if (m)
			m->rules++;
	}
	for (size_t i = 0; i < views->policies.kernel.n; i++) {
		const struct policy *p = vec_at(&views->policies.kernel, i);

		m = p->mask ? row_of(views, p->mark, p->mask) : NULL;
		if (m)
			m->policies++;
	}
	for (size_t i = 0; i < views->store->wanted[MARK_ROWS].rows.n; i++) {
		const struct mark *wanted = managed_at(&views->store->wanted[MARK_ROWS], i);

		m = row_of(views, wanted->value, wanted->mask);
		if (m)
			overlay(m, wanted);
	}
	for (size_t i = 0; i < views->store->mark_sums.n; i++) {
		sum = vec_at(&views->store->mark_sums, i);
		sum->shown = false;
	}
	for (size_t i = 0; i < views->marks.rows.n; i++) {
		m = vec_at(&views->marks.rows, i);
		m->fib = fib_of(views, m->value);
		/* Its time begins now, not when somebody asks. */
		sum = mark_sum_make(views->store, m->value, m->mask);
		if (sum)
			sum->shown = true;
	}
}

void marks_sync(struct views *views)
{
	struct marks *v = &views->marks;

	rules_sync(views);
	policies_sync(views);
	if (v->rules_version == views->rules.version &&
	    v->policies_version == views->policies.version &&
	    v->managed_version == views->store->version)
		return;
	v->rules_version = views->rules.version;
	v->policies_version = views->policies.version;
	v->managed_version = views->store->version;
	build(views);
}

/* Counters are looked up when the row is asked for: they change without the rows changing. */
static const void *fill(struct views *views, struct mark *m)
{
	const struct mark_sum *s = mark_sum_make(views->store, m->value, m->mask);

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

/* A mark that only rules or policies made may be taken over by a manager. */
static bool exists(void *ctx, const void *row)
{
	struct views *views = ctx;

	return managed_find(&views->store->wanted[MARK_ROWS], row) != NULL;
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
