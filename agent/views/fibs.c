/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The view of the routing tables: each that has a name, a route or a policy. */
#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "model/index_rows.h"
#include "routing/rt_names.h"
#include "views/scalars.h"
#include "views/views.h"

void fibs_init(struct views *views)
{
	views->fibs.rows = (struct vec)VEC_INIT(struct fib);
}

void fibs_fini(struct views *views)
{
	vec_fini(&views->fibs.rows);
}

/* The row of a table while the view is built; made when there is none. */
static struct fib *row_of(struct views *views, uint32_t id)
{
	struct fib *f = index_rows_put(&views->fibs.rows, id);

	if (!f || f->status) /* a new row has none */
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

static void build(struct views *views)
{
	struct fib *f;

	vec_clear(&views->fibs.rows);
	for (size_t i = 0; i < views->names.tables.v.n; i++) {
		const struct name *name = vec_at(&views->names.tables.v, i);

		/* "unspec" is in every rt_tables, and no routing table. */
		f = name->id ? row_of(views, name->id) : NULL;
		if (f)
			memcpy(f->name, name->name, sizeof(f->name));
	}
	for (size_t i = 0; i < views->routes.counts.n; i++) {
		const struct fib_count *c = vec_at(&views->routes.counts, i);

		f = c->routes4 || c->routes6 ? row_of(views, c->id) : NULL;
		if (f) {
			f->routes4 = c->routes4;
			f->routes6 = c->routes6;
		}
	}
	for (size_t i = 0; i < views->policies.kernel.n; i++) {
		const struct policy *p = vec_at(&views->policies.kernel, i);

		f = p->action == POLICY_LOOKUP && p->fib ? row_of(views, p->fib) : NULL;
		if (f)
			f->policies++;
	}
	for (size_t i = 0; i < views->store->wanted[FIB_ROWS].rows.n; i++) {
		const struct fib *wanted = wanted_at(&views->store->wanted[FIB_ROWS], i);

		f = row_of(views, wanted->id);
		if (f)
			overlay(f, wanted);
	}
}

void fibs_sync(struct views *views)
{
	struct fibs *v = &views->fibs;

	policies_sync(views);
	routes_sync(views);
	if (v->names_version == views->names_version &&
	    v->routes_version == views->routes.version &&
	    v->policies_version == views->policies.version &&
	    v->wanted_version == views->store->version)
		return;
	v->names_version = views->names_version;
	v->routes_version = views->routes.version;
	v->policies_version = views->policies.version;
	v->wanted_version = views->store->version;
	build(views);
}

/* Makes a wanted row of a name. */
static int adopt_name(struct views *views, const struct name *name)
{
	struct fib f;

	fib_init(&f);
	f.id = name->id;
	memcpy(f.name, name->name, sizeof(f.name));
	f.origin = ORIGIN_MANAGER;
	f.status = ROW_ACTIVE;
	f.given = COL_BIT(FIB_COL_NAME);
	views->store->version++;
	return wanted_set(&views->store->wanted[FIB_ROWS], &f) ? 0 : -ENOMEM;
}

void fibs_adopt(struct views *views)
{
	struct names keep = NAMES_INIT;
	struct why why = { "" };
	bool differs = false;
	int err = 0;

	live_sync(views);
	for (size_t i = 0; i < views->names.tables.v.n && !err; i++) {
		const struct name *name = vec_at(&views->names.tables.v, i);
		const struct fib key = { .id = name->id }, *wanted;

		if (!(name->flags & NAME_OWN))
			continue;
		wanted = wanted_find(&views->store->wanted[FIB_ROWS], &key);
		if (!wanted || wanted->status != ROW_ACTIVE || !wanted->name[0]) {
			differs |= views->store->known;
			if (views->store->known)
				continue;
			err = adopt_name(views, name);
		}
		if (!err)
			err = names_set(&keep, name->id, name->name, NAME_OWN);
	}
	if (!err && differs)
		err = rt_names_write(&keep, &why);
	if (!err && differs && !(err = rt_names_read(&views->names)))
		views->names_version++;
	if (err)
		log_err("names of tables: %s", why.s[0] ? why.s : strerror(-err));
	names_fini(&keep);
}

static const void *find(void *ctx, const uint32_t *idx, size_t n)
{
	struct views *views = ctx;

	fibs_sync(views);
	return n == 1 ? index_rows_find(&views->fibs.rows, idx[0]) : NULL;
}

static const void *next(void *ctx, const uint32_t *idx, size_t n, struct mib_oid *at)
{
	struct views *views = ctx;
	const struct fib *f;
	size_t i;

	fibs_sync(views);
	i = index_rows_above(&views->fibs.rows, idx, n);
	if (i == views->fibs.rows.n)
		return NULL;
	f = vec_at(&views->fibs.rows, i);
	at->n = 0;
	mib_oid_add(at, f->id);
	return f;
}

/* A name that stands in somebody else's file is not for managers to change. */
static bool writable(void *ctx, const void *row, struct why *why)
{
	const struct fib *f = row;

	(void)ctx;
	if (f->origin != ORIGIN_FOREIGN || !f->name[0])
		return true;
	why_set(why, 0, "the name \"%s\" stands in a file that is not the agent's", f->name);
	return false;
}

/* No row exists, in the sense of RowStatus, before a manager wants it: createAndGo may name the
 * table. */
static bool exists(void *ctx, const void *row)
{
	struct views *views = ctx;

	return wanted_find(&views->store->wanted[FIB_ROWS], row) != NULL;
}

/* A table has a row by its name, its policies or its routes. */
static int sure(void *ctx, const uint32_t *idx, size_t n, struct why *why)
{
	struct views *views = ctx;
	const struct fib key = { .id = index_one(idx, n) };

	if (wanted_find(&views->store->wanted[FIB_ROWS], &key))
		return 0;
	if (views->names_err)
		return why_set(why, -EAGAIN, "the names of tables cannot be read: %s",
			       strerror(-views->names_err));
	if (!routes_whole(views) && !index_rows_find(&views->fibs.rows, key.id))
		return why_set(why, -EAGAIN, "the kernel's routes are still to be read");
	return policies_sure(views, why);
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

const struct mib_source fibs_source = {
	.find = find,
	.next = next,
	.writable = writable,
	.exists = exists,
	.sure = sure,
	.init = init,
	.settle = fib_row_settle,
	.check = fib_row_check,
};

static const void *scalars_row(struct views *views)
{
	fibs_sync(views);
	views->scalars = (struct mib_scalars_row){ .count = (uint32_t)views->fibs.rows.n };
	return &views->scalars;
}

SCALARS(scalars, scalars_row)

const struct mib_source fibs_scalars_source = { .find = scalars_find, .next = scalars_next };
