/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The view of the marks: what rules set and policies select, with sums that never go down. */
#include <string.h>

#include "base/clock.h"
#include "daemon/app.h"
#include "views/scalars.h"

static int sum_cmp(const void *key, const void *elem)
{
	const struct mark_sum *k = key, *e = elem;

	if (k->value != e->value)
		return k->value < e->value ? -1 : 1;
	return k->mask < e->mask ? -1 : k->mask > e->mask;
}

void marks_init(struct app *a)
{
	a->marks.rows = (struct vec)VEC_INIT(struct mark);
	a->marks.sums = (struct vec)VEC_INIT(struct mark_sum);
	managed_init(&a->marks.managed, &mib_mark, mark_cmp);
}

void marks_fini(struct app *a)
{
	vec_fini(&a->marks.rows);
	vec_fini(&a->marks.sums);
	managed_fini(&a->marks.managed);
}

struct mark_sum *marks_sum(struct app *a, uint32_t value, uint32_t mask)
{
	struct mark_sum key = { .value = value, .mask = mask, .discontinuity = clock_ms() };
	struct vec *sums = &a->marks.sums;
	size_t at = vec_lower(sums, &key, sum_cmp);
	struct mark_sum *s;

	if (at < sums->n && sum_cmp(&key, vec_at(sums, at)) == 0)
		return vec_at(sums, at);
	s = vec_insert(sums, at);
	if (s)
		*s = key;
	return s;
}

void marks_count(struct app *a, const struct nf_entry *e, uint64_t packets, uint64_t bytes)
{
	struct mark_sum *s;

	if (e->target != MARKRULE_MARK && e->target != MARKRULE_CONNMARK_SET)
		return;
	s = marks_sum(a, e->mark, e->mask);
	if (!s)
		return;
	s->packets += packets;
	s->bytes += bytes;
}

/* The row of a mark while the view is built; made when there is none. */
static struct mark *row_of(struct app *a, uint32_t value, uint32_t mask)
{
	struct mark key = { .value = value, .mask = mask };
	struct vec *rows = &a->marks.rows;
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
static uint32_t fib_of(const struct app *a, uint32_t mark)
{
	for (size_t i = 0; i < a->policies.kernel.n; i++) {
		const struct policy *p = vec_at(&a->policies.kernel, i);

		if (policy_takes(p, mark))
			return p->fib;
	}
	return 0;
}

static void overlay(struct mark *m, const struct mark *wanted)
{
	if (wanted->given >> 3 & 1)
		memcpy(m->name, wanted->name, sizeof(m->name));
	m->meter = wanted->meter;
	m->storage = wanted->storage;
	m->status = wanted->status;
	m->given = wanted->given;
}

static void build(struct app *a)
{
	struct mark *m;

	vec_clear(&a->marks.rows);
	for (size_t i = 0; a->rules.snap && i < a->rules.snap->entries.n; i++) {
		const struct nf_entry *e = vec_at(&a->rules.snap->entries, i);

		if (e->target != MARKRULE_MARK && e->target != MARKRULE_CONNMARK_SET)
			continue;
		m = row_of(a, e->mark, e->mask);
		if (m)
			m->rules++;
	}
	for (size_t i = 0; i < a->policies.kernel.n; i++) {
		const struct policy *p = vec_at(&a->policies.kernel, i);

		m = p->mask ? row_of(a, p->mark, p->mask) : NULL;
		if (m)
			m->policies++;
	}
	for (size_t i = 0; i < a->marks.managed.rows.n; i++) {
		const struct mark *wanted = managed_at(&a->marks.managed, i);

		m = row_of(a, wanted->value, wanted->mask);
		if (m)
			overlay(m, wanted);
	}
	for (size_t i = 0; i < a->marks.rows.n; i++) {
		m = vec_at(&a->marks.rows, i);
		m->fib = fib_of(a, m->value);
		marks_sum(a, m->value, m->mask); /* its time begins now, not when somebody asks */
	}
}

void marks_sync(struct app *a)
{
	struct marks *v = &a->marks;

	rules_sync(a);
	policies_sync(a);
	if (v->rules_version == a->rules.version && v->policies_version == a->policies.version &&
	    v->managed_version == a->managed_version)
		return;
	v->rules_version = a->rules.version;
	v->policies_version = a->policies.version;
	v->managed_version = a->managed_version;
	build(a);
}

/* Counters are looked up when the row is asked for: they change without the rows changing. */
static const void *fill(struct app *a, struct mark *m)
{
	const struct mark_sum *s = marks_sum(a, m->value, m->mask);

	if (s) {
		m->packets = s->packets;
		m->bytes = s->bytes;
		m->discontinuity = s->discontinuity;
	}
	meters_fill(a, m);
	return m;
}

static const void *find(void *ctx, const uint32_t *idx, size_t n)
{
	struct app *a = ctx;
	struct mark *m;

	marks_sync(a);
	if (n != 2)
		return NULL;
	m = vec_find(&a->marks.rows, &(struct mark){ .value = idx[0], .mask = idx[1] }, mark_cmp);
	return m ? fill(a, m) : NULL;
}

static const void *next(void *ctx, const uint32_t *idx, size_t n, struct mib_oid *at)
{
	struct app *a = ctx;
	struct mark key = { .value = n ? idx[0] : 0, .mask = n > 1 ? idx[1] : 0 };

	marks_sync(a);
	for (size_t i = vec_lower(&a->marks.rows, &key, mark_cmp); i < a->marks.rows.n; i++) {
		struct mark *m = vec_at(&a->marks.rows, i);

		at->n = 0;
		mib_oid_add(at, m->value);
		mib_oid_add(at, m->mask);
		if (mib_oid_cmp(at->id, at->n, idx, n) > 0)
			return fill(a, m);
	}
	return NULL;
}

/* A mark that only rules or policies made may be taken over by a manager. */
static bool exists(void *ctx, const void *row)
{
	struct app *a = ctx;

	return managed_find(&a->marks.managed, row) != NULL;
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

/* A row that a manager writes to is kept. */
static void settle(void *ctx, void *row)
{
	struct mark *m = row;

	(void)ctx;
	if (m->storage == STORAGE_READONLY)
		m->storage = STORAGE_NONVOLATILE;
}

const struct mib_source marks_source = {
	.find = find,
	.next = next,
	.exists = exists,
	.init = init,
	.settle = settle,
};

static const void *scalars_row(struct app *a)
{
	marks_sync(a);
	a->scalars = (struct mib_scalars_row){ .count = (uint32_t)a->marks.rows.n };
	return &a->scalars;
}

SCALARS(scalars, scalars_row)

const struct mib_source marks_scalars_source = { .find = scalars_find, .next = scalars_next };
