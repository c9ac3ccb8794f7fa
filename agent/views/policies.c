/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The view of the policies: a dump of both families whenever an event says that one changed. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/log.h"
#include "daemon/app.h"
#include "routing/policy_nl.h"
#include "views/index_rows.h"
#include "views/scalars.h"

enum { ABSENT = UINT32_MAX };

void policies_init(struct app *a)
{
	struct policies *v = &a->policies;

	v->kernel = (struct vec)VEC_INIT(struct policy);
	v->rows = (struct vec)VEC_INIT(struct policy_row);
	v->ids = (struct idmap)IDMAP_INIT;
	v->stale = true;
	managed_init(&v->managed, &mib_policy, index_rows_cmp);
	v->next_index = index_rows_start();
}

void policies_fini(struct app *a)
{
	struct policies *v = &a->policies;

	vec_fini(&v->kernel);
	vec_fini(&v->rows);
	idmap_fini(&v->ids);
	managed_fini(&v->managed);
}

struct reading {
	struct vec *kernel;
	size_t start; /* where this family begins */
};

static int take_one(const struct policy *p, void *arg)
{
	struct reading *r = arg;
	struct policy *slot = vec_push(r->kernel);

	if (!slot)
		return -ENOMEM;
	*slot = *p;
	return 0;
}

static void start_over(void *arg)
{
	struct reading *r = arg;

	r->kernel->n = r->start;
}

/* Which policy of a manager is this one? Each is found once. */
static struct policy *match(struct policies *v, const struct policy *p, const uint64_t *hashes,
			    bool *taken)
{
	uint64_t hash = policy_hash(p);

	for (size_t i = 0; i < v->managed.rows.n; i++) {
		struct policy *m = managed_at(&v->managed, i);

		if (hashes[i] != hash || taken[i] || m->status != ROW_ACTIVE || !policy_same(m, p))
			continue;
		taken[i] = true;
		return m;
	}
	return NULL;
}

static int build_rows(struct app *a)
{
	struct policies *v = &a->policies;
	size_t n = v->managed.rows.n;
	uint64_t *hashes = calloc(n + 1, sizeof(*hashes));
	bool *taken = calloc(n + 1, sizeof(*taken));
	struct policy_row *row;
	int err = hashes && taken ? 0 : -ENOMEM;

	vec_clear(&v->rows);
	for (size_t i = 0; !err && i < n; i++)
		hashes[i] = policy_hash(managed_at(&v->managed, i));
	idmap_round(&v->ids);
	for (size_t i = 0; !err && i < v->kernel.n; i++) {
		struct policy *p = vec_at(&v->kernel, i);
		const struct policy *m = match(v, p, hashes, taken);
		const struct idmap_entry *id = m ? NULL : idmap_claim(&v->ids, policy_hash(p));

		row = m || id ? vec_push(&v->rows) : NULL;
		if (row)
			*row = (struct policy_row){ m ? m->index : id->index, (uint32_t)i };
		else
			err = -ENOMEM;
	}
	for (size_t i = 0; !err && i < n; i++) {
		row = taken[i] ? NULL : vec_push(&v->rows);
		if (row)
			*row = (struct policy_row){
				((struct policy *)managed_at(&v->managed, i))->index, ABSENT
			};
	}
	free(hashes);
	free(taken);
	index_rows_sort(&v->rows);
	idmap_prune(&v->ids, v->kernel.n);
	return err;
}

static bool same_policies(const struct vec *x, const struct vec *y)
{
	bool same = x->n == y->n;

	for (size_t i = 0; same && i < x->n; i++)
		same = policy_same(vec_at(x, i), vec_at(y, i));
	return same;
}

const struct policy *policies_equal(const struct app *a, const struct policy *p)
{
	for (size_t i = 0; i < a->policies.kernel.n; i++) {
		const struct policy *have = vec_at(&a->policies.kernel, i);

		if (policy_same(have, p))
			return have;
	}
	return NULL;
}

/* When it changed: a SET knows; of what somebody else did the event told. */
static void changed(struct policies *v, bool differs)
{
	if (v->managed.changed_ms > v->last_change)
		v->last_change = v->managed.changed_ms;
	else if (differs)
		v->last_change = v->event_ms > v->last_change ? v->event_ms : clock_ms();
}

void policies_sync(struct app *a)
{
	static const int families[] = { AF_INET, AF_INET6 };
	struct policies *v = &a->policies;
	struct vec kernel = VEC_INIT(struct policy);
	int err = 0;

	live_sync(a);
	if (!v->stale)
		return;
	v->stale = false;
	for (size_t i = 0; i < 2 && !err; i++) {
		struct reading r = { &kernel, kernel.n };

		err = policy_nl_dump(a->rtnl, families[i], take_one, start_over, &r);
		/* A kernel without IPv6, or without its policy routing, has none. */
		if (err == -EAFNOSUPPORT || err == -EOPNOTSUPP)
			err = 0;
	}
	if (err) {
		v->stale = true;
		log_err("reading policies: %s", strerror(-err));
		vec_fini(&kernel);
		return;
	}
	changed(v, v->version && !same_policies(&kernel, &v->kernel));
	vec_fini(&v->kernel);
	v->kernel = kernel;
	v->version++;
	err = build_rows(a);
	if (err)
		log_err("indices of policies: %s", strerror(-err));
	if (v->ids.dirty)
		a->state_dirty = true;
}

uint32_t policies_ordinal(const struct app *a, uint32_t index)
{
	const struct policies *v = &a->policies;
	const struct policy_row *row = index_rows_find(&v->rows, index), *other;
	uint32_t ordinal = 0;
	uint64_t hash;

	if (!row || row->entry == ABSENT)
		return 0;
	hash = policy_hash(vec_at(&v->kernel, row->entry));
	for (size_t i = index_rows_above(&v->rows, &(uint32_t){ ROW_MANAGER_MAX }, 1);
	     i < v->rows.n; i++) {
		other = vec_at(&v->rows, i);
		ordinal += other->entry < row->entry &&
			   policy_hash(vec_at(&v->kernel, other->entry)) == hash;
	}
	return ordinal;
}

static void present(struct policy *p)
{
	if (!p->src.family)
		p->src.family = p->family;
	if (!p->dst.family)
		p->dst.family = p->family;
}

static const void *fill(struct app *a, const struct policy_row *row)
{
	struct policies *v = &a->policies;
	struct policy key = { .index = row->index };
	const struct policy *m = managed_find(&v->managed, &key);
	struct policy *out = &v->row;

	if (row->entry == ABSENT) {
		if (!m)
			return NULL;
		*out = *m;
		if (out->status == ROW_ACTIVE)
			out->status = ROW_NOT_IN_SERVICE;
	} else {
		*out = *(struct policy *)vec_at(&v->kernel, row->entry);
		out->origin = ORIGIN_FOREIGN;
		out->storage = house_storage(a);
		out->given = UINT64_MAX;
		out->status = ROW_ACTIVE;
		if (m) {
			out->origin = m->origin;
			out->storage = m->storage;
			out->given = m->given;
			memcpy(out->description, m->description, sizeof(out->description));
		}
	}
	out->index = row->index;
	present(out);
	return out;
}

static const void *find(void *ctx, const uint32_t *idx, size_t n)
{
	struct app *a = ctx;
	const struct policy_row *row;

	policies_sync(a);
	row = index_rows_find(&a->policies.rows, index_one(idx, n));
	return row ? fill(a, row) : NULL;
}

static const void *next(void *ctx, const uint32_t *idx, size_t n, struct mib_oid *at)
{
	struct app *a = ctx;
	const struct vec *rows = &a->policies.rows;

	policies_sync(a);
	for (size_t i = index_rows_above(rows, idx, n); i < rows->n; i++) {
		const struct policy_row *row = vec_at(rows, i);
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

	(void)col;
	policy_text(row, &a->names, out);
}

static bool writable(void *ctx, const void *row, struct why *why)
{
	return house_writable(ctx, ((const struct policy *)row)->origin, "policy", why);
}

static bool init(void *ctx, const uint32_t *idx, size_t n, void *row, struct why *why)
{
	struct app *a = ctx;
	struct policy *p = row;
	uint32_t index = index_rows_new(idx, n, why);

	if (!index)
		return false;
	policy_init(p);
	p->index = index;
	p->origin = ORIGIN_MANAGER;
	p->route_protocol = (uint8_t)a->conf.protocol;
	present(p);
	return true;
}

static bool is_given(const struct policy *p, unsigned col)
{
	return p->given >> col & 1;
}

static void settle(void *ctx, void *row)
{
	struct policy *p = row;

	(void)ctx;
	if (!p->src.len && addr_is_zero(&p->src))
		p->src.family = p->family;
	if (!p->dst.len && addr_is_zero(&p->dst))
		p->dst.family = p->family;
	/* fwmarkPolicyMask: all ones when only the mark is set. */
	if (is_given(p, 6) && !is_given(p, 7))
		p->mask = UINT32_MAX;
	/* fwmarkPolicyPriority: 0, or nothing, at creation is the kernel's choice. */
	p->priority_auto = p->status != ROW_ACTIVE && p->priority == 0;
}

static int check(void *ctx, const void *row, unsigned *col, struct why *why)
{
	(void)ctx;
	return policy_check(row, col, why);
}

const struct mib_source policies_source = {
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
	policies_sync(a);
	a->scalars = (struct mib_scalars_row){
		.next_index = index_rows_free(&a->policies.rows, &a->policies.next_index),
		.count = (uint32_t)a->policies.rows.n,
		.last_change = a->policies.last_change,
	};
	return &a->scalars;
}

SCALARS(scalars, scalars_row)

const struct mib_source policies_scalars_source = { .find = scalars_find, .next = scalars_next };
