/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The view of the routing tables: each that has a name, a route or a policy. */
#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "daemon/app.h"
#include "routing/rt_names.h"
#include "views/index_rows.h"
#include "views/scalars.h"

enum { COL_NAME = 2, NAME_OWN = 1 };

void fibs_init(struct app *a)
{
	a->fibs.rows = (struct vec)VEC_INIT(struct fib);
	managed_init(&a->fibs.managed, &mib_fib, index_rows_cmp);
}

void fibs_fini(struct app *a)
{
	vec_fini(&a->fibs.rows);
	managed_fini(&a->fibs.managed);
}

/* The row of a table while the view is built; made when there is none. */
static struct fib *row_of(struct app *a, uint32_t id)
{
	struct fib *f = index_rows_put(&a->fibs.rows, id);

	if (!f || f->status) /* a new one has none */
		return f;
	fib_init(f);
	f->id = id;
	f->origin = ORIGIN_FOREIGN;
	f->storage = STORAGE_READONLY;
	f->status = ROW_ACTIVE;
	return f;
}

static void overlay(struct fib *f, const struct fib *wanted)
{
	memcpy(f->name, wanted->name, sizeof(f->name));
	f->origin = wanted->origin;
	f->storage = wanted->storage;
	f->status = wanted->status;
	f->given = wanted->given;
}

static void build(struct app *a)
{
	struct fib *f;

	vec_clear(&a->fibs.rows);
	for (size_t i = 0; i < a->names.tables.v.n; i++) {
		const struct name *name = vec_at(&a->names.tables.v, i);

		f = row_of(a, name->id);
		if (f)
			memcpy(f->name, name->name, sizeof(f->name));
	}
	for (size_t i = 0; i < a->routes.counts.n; i++) {
		const struct fib_count *c = vec_at(&a->routes.counts, i);

		f = c->routes4 || c->routes6 ? row_of(a, c->id) : NULL;
		if (f) {
			f->routes4 = c->routes4;
			f->routes6 = c->routes6;
		}
	}
	for (size_t i = 0; i < a->policies.kernel.n; i++) {
		const struct policy *p = vec_at(&a->policies.kernel, i);

		f = p->action == POLICY_LOOKUP && p->fib ? row_of(a, p->fib) : NULL;
		if (f)
			f->policies++;
	}
	for (size_t i = 0; i < a->fibs.managed.rows.n; i++) {
		const struct fib *wanted = managed_at(&a->fibs.managed, i);

		f = row_of(a, wanted->id);
		if (f)
			overlay(f, wanted);
	}
}

void fibs_sync(struct app *a)
{
	struct fibs *v = &a->fibs;

	policies_sync(a);
	routes_sync(a);
	if (v->names_version == a->names_version && v->routes_version == a->routes.version &&
	    v->policies_version == a->policies.version && v->managed_version == a->managed_version)
		return;
	v->names_version = a->names_version;
	v->routes_version = a->routes.version;
	v->policies_version = a->policies.version;
	v->managed_version = a->managed_version;
	build(a);
}

/* Keeps a name as a manager's row. */
static int adopt_name(struct app *a, const struct name *name)
{
	struct fib f;

	fib_init(&f);
	f.id = name->id;
	memcpy(f.name, name->name, sizeof(f.name));
	f.origin = ORIGIN_MANAGER;
	f.status = ROW_ACTIVE;
	f.given = UINT64_C(1) << COL_NAME;
	a->managed_version++;
	return managed_set(&a->fibs.managed, &f) ? 0 : -ENOMEM;
}

void fibs_adopt(struct app *a)
{
	struct names keep = NAMES_INIT;
	struct why why = { "" };
	bool differs = false;
	int err = 0;

	live_sync(a);
	for (size_t i = 0; i < a->names.tables.v.n && !err; i++) {
		const struct name *name = vec_at(&a->names.tables.v, i);
		struct fib key = { .id = name->id };

		if (!(name->flags & NAME_OWN))
			continue;
		if (!managed_find(&a->fibs.managed, &key)) {
			differs |= a->state_known;
			if (a->state_known)
				continue;
			err = adopt_name(a, name);
		}
		if (!err)
			err = names_set(&keep, name->id, name->name, NAME_OWN);
	}
	if (!err && differs)
		err = rt_names_write(&keep, &why);
	if (!err && differs && !(err = rt_names_read(&a->names)))
		a->names_version++;
	if (err)
		log_err("names of tables: %s", why.s[0] ? why.s : strerror(-err));
	names_fini(&keep);
}

static const void *find(void *ctx, const uint32_t *idx, size_t n)
{
	struct app *a = ctx;

	fibs_sync(a);
	return n == 1 ? index_rows_find(&a->fibs.rows, idx[0]) : NULL;
}

static const void *next(void *ctx, const uint32_t *idx, size_t n, struct mib_oid *at)
{
	struct app *a = ctx;
	const struct fib *f;
	size_t i;

	fibs_sync(a);
	i = index_rows_above(&a->fibs.rows, idx, n);
	if (i == a->fibs.rows.n)
		return NULL;
	f = vec_at(&a->fibs.rows, i);
	at->n = 0;
	mib_oid_add(at, f->id);
	return f;
}

/* A name that stands in somebody else's file is theirs. */
static bool writable(void *ctx, const void *row, struct why *why)
{
	const struct fib *f = row;

	(void)ctx;
	if (f->origin != ORIGIN_FOREIGN || !f->name[0])
		return true;
	why_set(why, 0, "the name \"%s\" stands in a file that is not the agent's", f->name);
	return false;
}

/* A table without a name may be given one by createAndGo. */
static bool exists(void *ctx, const void *row)
{
	struct app *a = ctx;

	return managed_find(&a->fibs.managed, row) != NULL;
}

static bool init(void *ctx, const uint32_t *idx, size_t n, void *row, struct why *why)
{
	struct fib *f = row;

	(void)ctx;
	if (n != 1) {
		why_set(why, 0, "a table's index is its number");
		return false;
	}
	if (idx[0] == 0) {
		why_set(why, 0, "table 0 is the kernel's \"unspec\"");
		return false;
	}
	fib_init(f);
	f->id = idx[0];
	return true;
}

static void settle(void *ctx, void *row)
{
	struct fib *f = row;

	(void)ctx;
	f->origin = ORIGIN_MANAGER;
	if (f->storage == STORAGE_READONLY)
		f->storage = STORAGE_NONVOLATILE;
}

static int check(void *ctx, const void *row, unsigned *col, struct why *why)
{
	(void)ctx;
	return fib_check(row, col, why);
}

const struct mib_source fibs_source = {
	.find = find,
	.next = next,
	.writable = writable,
	.exists = exists,
	.init = init,
	.settle = settle,
	.check = check,
};

static const void *scalars_row(struct app *a)
{
	fibs_sync(a);
	a->scalars = (struct mib_scalars_row){ .count = (uint32_t)a->fibs.rows.n };
	return &a->scalars;
}

SCALARS(scalars, scalars_row)

const struct mib_source fibs_scalars_source = { .find = scalars_find, .next = scalars_next };
