/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A MIB without a kernel: the real columns over rows in memory. SETs are carried out on the rows,
 * and everything can be made to fail. */
#ifndef TESTS_FAKE_MIB_H
#define TESTS_FAKE_MIB_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/vec.h"
#include "model/fib.h"
#include "model/mark.h"
#include "model/markrule.h"
#include "model/policy.h"
#include "snmp/mib.h"

enum { FAKE_TABLES = 16 };

struct fake_row {
	struct mib_oid at;
	void *row; /* never changes: a SET makes another one */
};

struct fake_table {
	struct fake *fake;
	const struct mib_def *def;
	struct vec rows; /* struct fake_row, in order */
};

struct fake {
	struct mib mib;
	struct mib_table tables[FAKE_TABLES];
	struct fake_table t[FAKE_TABLES];
	struct vec before[FAKE_TABLES]; /* the rows before what was applied */
	bool applied;
	struct arena arena;
	/* What shall fail: the error, and whose fault it is. */
	int prepare_error, apply_error, undo_error;
	struct mib_fault fault;
	/* What was called. */
	unsigned prepares, applies, undos, finishes, commits, failures;
	size_t changes; /* of the last prepare or apply */
	char sentence[1024];
};

static inline int fake_cmp(const void *key, const void *elem)
{
	const struct mib_oid *a = key, *b = &((const struct fake_row *)elem)->at;

	return mib_oid_cmp(a->id, a->n, b->id, b->n);
}

static inline struct mib_oid fake_oid(const uint32_t *id, size_t n)
{
	struct mib_oid o = { 0 };

	for (size_t i = 0; i < n; i++)
		mib_oid_add(&o, id[i]);
	return o;
}

static inline const void *fake_find(void *ctx, const uint32_t *idx, size_t n)
{
	const struct fake_table *t = ctx;
	const struct mib_oid at = fake_oid(idx, n);
	const struct fake_row *r = vec_find(&t->rows, &at, fake_cmp);

	return r ? r->row : NULL;
}

static inline const void *fake_next(void *ctx, const uint32_t *idx, size_t n, struct mib_oid *at)
{
	const struct fake_table *t = ctx;
	const struct mib_oid from = fake_oid(idx, n);
	size_t i = n ? vec_lower(&t->rows, &from, fake_cmp) : 0;
	const struct fake_row *r;

	if (n && i < t->rows.n && fake_cmp(&from, vec_at(&t->rows, i)) == 0)
		i++;
	if (i >= t->rows.n)
		return NULL;
	r = vec_at(&t->rows, i);
	*at = r->at;
	return r->row;
}

static inline void fake_text(void *ctx, const void *row, unsigned col, struct text *out)
{
	const struct fake_table *t = ctx;

	(void)row;
	text_add(out, "text of %s", mib_col(t->def, col)->name);
}

/* Foreign rows of rules are read-only, as those of the daemon. */
static inline bool fake_writable(void *ctx, const void *row, struct why *why)
{
	const struct fake_table *t = ctx;

	if (t->def != &mib_rule || ((const struct markrule *)row)->origin == ORIGIN_MANAGER)
		return true;
	why_set(why, 0, "it is somebody else's");
	return false;
}

static inline void fake_defaults(const struct mib_def *def, void *row)
{
	memset(row, 0, def->row_size);
	if (def == &mib_rule) {
		markrule_init(row);
		((struct markrule *)row)->origin = ORIGIN_MANAGER;
	} else if (def == &mib_policy) {
		policy_init(row);
	} else if (def == &mib_fib) {
		fib_init(row);
	} else if (def == &mib_mark) {
		mark_init(row, 0, 0);
		((struct mark *)row)->status = ROW_NONE;
	} else if (def == &mib_route) {
		route_init(row);
	}
}

static inline bool fake_init(void *ctx, const uint32_t *idx, size_t n, void *row, struct why *why)
{
	const struct fake_table *t = ctx;

	fake_defaults(t->def, row);
	if (t->def != &mib_rule && t->def != &mib_policy)
		return n > 0;
	if (n == 1 && idx[0] >= 1 && idx[0] <= ROW_MANAGER_MAX)
		return true;
	why_set(why, 0, "no such row can be");
	return false;
}

static inline int fake_policy_check(const void *row, unsigned *col, struct why *why)
{
	return policy_check(row, col, why);
}

static inline int fake_fib_check(const void *row, unsigned *col, struct why *why)
{
	return fib_check(row, col, why);
}

static inline int fake_rule_check(const void *row, unsigned *col, struct why *why)
{
	if (((const struct markrule *)row)->given >> 24 & 1)
		return markrule_check(row, col, why);
	*col = 24;
	return why_set(why, -EINVAL, "it has no default and must be set");
}

/* Keeps a copy of @row, with its texts. */
static inline void fake_put(struct fake_table *t, const struct mib_oid *at, const void *row)
{
	size_t i = vec_lower(&t->rows, at, fake_cmp);
	struct fake_row *r = i < t->rows.n ? vec_at(&t->rows, i) : NULL;

	if (!r || fake_cmp(at, r) != 0)
		r = vec_insert(&t->rows, i);
	r->at = *at;
	r->row = arena_copy(&t->fake->arena, row, t->def->row_size);
	for (size_t c = 0; c < t->def->ncols; c++) {
		const struct mib_col *col = &t->def->cols[c];
		const char *s;

		if (col->syntax != SYN_TEXT || !col->size)
			continue;
		memcpy(&s, (char *)r->row + col->off, sizeof(s));
		if (s)
			s = arena_copy(&t->fake->arena, s, strlen(s));
		memcpy((char *)r->row + col->off, &s, sizeof(s));
	}
}

static inline void fake_take(struct fake_table *t, const struct mib_oid *at)
{
	size_t i = vec_lower(&t->rows, at, fake_cmp);

	if (i < t->rows.n && fake_cmp(at, vec_at(&t->rows, i)) == 0)
		vec_remove(&t->rows, i);
}

static inline int fake_prepare(void *ctx, struct mib_change *c, size_t n, struct mib_fault *fault)
{
	struct fake *f = ctx;

	(void)c;
	f->prepares++;
	f->changes = n;
	if (f->prepare_error)
		*fault = f->fault;
	return f->prepare_error;
}

static inline int fake_apply(void *ctx, struct mib_change *c, size_t n, struct mib_fault *fault)
{
	struct fake *f = ctx;

	f->applies++;
	f->changes = n;
	if (f->apply_error) {
		*fault = f->fault;
		return f->apply_error;
	}
	for (size_t i = 0; i < f->mib.ntables; i++) {
		f->before[i] = (struct vec)VEC_INIT(struct fake_row);
		for (size_t j = 0; j < f->t[i].rows.n; j++)
			*(struct fake_row *)vec_push(&f->before[i]) =
				*(struct fake_row *)vec_at(&f->t[i].rows, j);
	}
	f->applied = true;
	for (size_t i = 0; i < n; i++) {
		struct fake_table *t = c[i].table->src.ctx;

		if (c[i].destroy)
			fake_take(t, &c[i].at);
		else
			fake_put(t, &c[i].at, c[i].now);
	}
	return MIB_OK;
}

static inline int fake_undo(void *ctx, struct why *why)
{
	struct fake *f = ctx;

	f->undos++;
	if (f->undo_error)
		return why_set(why, f->undo_error, "cannot be taken back");
	for (size_t i = 0; i < f->mib.ntables; i++) {
		struct vec now = f->t[i].rows;

		f->t[i].rows = f->before[i];
		f->before[i] = now;
	}
	return 0;
}

static inline void fake_finish(void *ctx, bool committed)
{
	struct fake *f = ctx;

	f->finishes++;
	f->commits += committed;
	for (size_t i = 0; f->applied && i < f->mib.ntables; i++)
		vec_fini(&f->before[i]);
	f->applied = false;
}

static inline void fake_failed(void *ctx, const char *sentence)
{
	struct fake *f = ctx;

	f->failures++;
	snprintf(f->sentence, sizeof(f->sentence), "%s", sentence);
}

static inline uint32_t fake_uptime(void *ctx)
{
	(void)ctx;
	return 360000;
}

static inline void fake_setup(struct fake *f, const struct mib_def *const *defs, size_t n)
{
	memset(f, 0, sizeof(*f));
	for (size_t i = 0; i < n; i++) {
		const struct mib_source source = {
			.ctx = &f->t[i],
			.find = fake_find,
			.next = fake_next,
			.text = fake_text,
			.writable = fake_writable,
			.init = mib_col_syntax(defs[i], SYN_STATUS) ? fake_init : NULL,
			.check = defs[i] == &mib_policy ? fake_policy_check
				 : defs[i] == &mib_fib	? fake_fib_check
				 : defs[i] == &mib_rule ? fake_rule_check
							: NULL,
		};

		f->t[i] = (struct fake_table){ f, defs[i], VEC_INIT(struct fake_row) };
		f->tables[i] = (struct mib_table){ defs[i], source };
	}
	f->mib = (struct mib){
		.tables = f->tables,
		.ntables = n,
		.ops = { .ctx = f,
			 .prepare = fake_prepare,
			 .apply = fake_apply,
			 .undo = fake_undo,
			 .finish = fake_finish,
			 .failed = fake_failed,
			 .uptime = fake_uptime },
	};
}

static inline void fake_teardown(struct fake *f)
{
	mib_fini(&f->mib);
	for (size_t i = 0; i < f->mib.ntables; i++)
		vec_fini(&f->t[i].rows);
	arena_free(&f->arena);
}

#endif
