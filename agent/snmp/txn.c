/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SET: all varbinds of a PDU become one list of changed rows, old and new; it is checked as a
 * whole, applied as a whole, and undone as a whole.
 */
#include <stdlib.h>
#include <string.h>

#include "model/row.h"
#include "snmp/table.h"
#include "snmp/txn.h"

void mib_set_begin(struct mib *m)
{
	/* A SET that was applied, and neither confirmed nor undone, stays: its master is gone, and
	 * may have told the manager that the SET is done. */
	mib_set_finish(m);
	m->reported = false;
	m->state = TXN_OPEN;
}

/* A copy of a row whose texts live as long as the transaction. */
static void *row_copy(struct mib *m, const struct mib_def *def, const void *row)
{
	char *copy = arena_copy(&m->arena, row, def->row_size);

	if (!copy)
		return NULL;
	for (size_t i = 0; i < def->ncols; i++) {
		const struct mib_col *col = &def->cols[i];
		const char *s;

		if (col->syntax != SYN_TEXT || !col->size)
			continue;
		memcpy(&s, copy + col->off, sizeof(s));
		if (s && !(s = arena_copy(&m->arena, s, strlen(s))))
			return NULL;
		memcpy(copy + col->off, &s, sizeof(s));
	}
	return copy;
}

static struct mib_change *change_find(struct mib *m, const struct mib_table *t, const uint32_t *idx,
				      size_t n)
{
	for (size_t i = 0; i < m->nchanges; i++) {
		struct mib_change *c = &m->changes[i];

		if (c->table == t && mib_oid_cmp(c->at.id, c->at.n, idx, n) == 0)
			return c;
	}
	return NULL;
}

/* Could the kernel be read for this row? Returns: a mib_error. */
static int row_sure(const struct mib_change *c, struct why *why)
{
	const struct mib_source *src = &c->table->src;

	return src->sure ? mib_error_of(src->sure(src->ctx, c->at.id, c->at.n, why)) : MIB_OK;
}

/* Refuses a row that is not there and cannot be created. */
static int refuse_absent(const struct mib_change *c, struct why *why)
{
	struct why unread = { "" };
	int error = row_sure(c, &unread);

	if (error)
		*why = unread;
	return error ? error : MIB_NO_CREATION;
}

/* Fills in the change of one row, of which @c has the table and the index. */
static int change_start(struct mib *m, struct mib_change *c, struct why *why)
{
	const struct mib_source *src = &c->table->src;
	const struct mib_def *def = c->table->def;
	const void *row = src->find(src->ctx, c->at.id, c->at.n);

	if (row) {
		c->existed = true;
		if (src->writable && !src->writable(src->ctx, row, why))
			return MIB_NOT_WRITABLE;
		c->old = row_copy(m, def, row);
		c->now = row_copy(m, def, row);
		return c->old && c->now ? MIB_OK : MIB_RESOURCE_UNAVAILABLE;
	}
	if (!src->init) {
		why_set(why, 0, "there is no such instance");
		return refuse_absent(c, why);
	}
	c->now = arena_alloc(&m->arena, def->row_size);
	if (!c->now)
		return MIB_RESOURCE_UNAVAILABLE;
	return src->init(src->ctx, c->at.id, c->at.n, c->now, why) ? MIB_OK : refuse_absent(c, why);
}

/* Finds or starts the change that the varbind belongs to. */
static int change_of(struct mib *m, const struct mib_table *t, unsigned varbind,
		     const struct mib_oid *at, struct mib_change **out, struct why *why)
{
	struct mib_change *c = change_find(m, t, at->id, at->n);
	int error;

	*out = c;
	if (c)
		return MIB_OK;
	if (m->nchanges == m->cap) {
		size_t cap = m->cap ? m->cap * 2 : 16;
		struct mib_change *more = realloc(m->changes, cap * sizeof(*more));

		if (!more)
			return MIB_RESOURCE_UNAVAILABLE;
		m->changes = more;
		m->cap = cap;
	}
	c = &m->changes[m->nchanges];
	*c = (struct mib_change){ .table = t, .at = *at, .first = (uint16_t)varbind };
	error = change_start(m, c, why);
	if (!error) {
		m->nchanges++;
		*out = c;
	}
	return error;
}

/* TestAndIncr (RFC 2579): the value must be the one that is there, and goes up by one. */
static int test_and_incr(const struct mib_col *col, const struct mib_change *c, struct why *why)
{
	uint64_t old = cell_load(col, c->old);

	if (cell_load(col, c->now) != old) {
		why_set(why, 0, "it is %u now: somebody else took the lock", (unsigned)old);
		return MIB_INCONSISTENT_VALUE;
	}
	cell_store(col, c->now, old == (uint64_t)col->max ? 0 : old + 1);
	return MIB_OK;
}

static int set_cell(struct mib *m, const struct mib_col *col, unsigned varbind,
		    struct mib_change *c, const struct mib_value *v, struct why *why)
{
	uint64_t given = COL_BIT(col->num);
	const struct mib_def *def = c->table->def;
	int error;

	if (c->touched & given) {
		why_set(why, 0, "it is written twice in one SET");
		return MIB_INCONSISTENT_VALUE;
	}
	error = cell_set(col, c->now, v, &m->arena, why);
	if (!error && col->syntax == SYN_TESTINCR)
		error = test_and_incr(col, c, why);
	if (error)
		return error;
	c->touched |= given;
	c->varbind[col->num] = (uint16_t)varbind;
	if (def->given_off) {
		uint64_t *all = (uint64_t *)((char *)c->now + def->given_off);

		*all |= given;
	}
	return MIB_OK;
}

int mib_set_add(struct mib *m, unsigned varbind, const uint32_t *oid, size_t n,
		const struct mib_value *v)
{
	const struct mib_table *t = table_find(m, oid, n);
	const struct mib_col *col = NULL;
	struct mib_oid at = { 0 };
	struct why why = { "" };
	struct mib_change *c;
	int error;

	if (t) {
		size_t len = t->def->table ? 3 : 1;

		col = mib_col(t->def, oid[len]);
		for (size_t i = len + 1; i < n; i++)
			mib_oid_add(&at, oid[i]);
	}
	if (!t || m->state != TXN_OPEN)
		return txn_refuse_oid(m, oid, n);
	if (col->access != ACCESS_RW && col->access != ACCESS_RC) {
		why_set(&why, 0, "it cannot be written");
		return txn_refuse_varbind(m, MIB_NOT_WRITABLE, col, &at, &why);
	}
	if (m->ops.allows && !m->ops.allows(m->ops.ctx, t->def, &why))
		return txn_refuse_varbind(m, MIB_NOT_WRITABLE, col, &at, &why);
	error = change_of(m, t, varbind, &at, &c, &why);
	if (!error)
		error = set_cell(m, col, varbind, c, v, &why);
	return error ? txn_refuse_varbind(m, error, col, &at, &why) : MIB_OK;
}

/* Finds the status that the row is to get, as RowStatus (RFC 2579) has it and without a look at the
 * other columns. Rows of tables without RowStatus are always active. Returns: a mib_error. */
static int status_wanted(const struct mib_change *c, const struct mib_col *status,
			 enum row_status *wanted, struct why *why)
{
	const struct mib_source *src = &c->table->src;
	bool asked = status && cols_have(c->touched, status->num);
	bool created = c->existed && (!src->exists || src->exists(src->ctx, c->old));
	enum row_status had = status && c->existed ? cell_load(status, c->old) : ROW_ACTIVE;

	*wanted = asked ? cell_load(status, c->now) : had;
	if (!c->existed && !asked) {
		why_set(why, 0, "there is no such row, and the SET does not create it");
		return MIB_INCONSISTENT_NAME;
	}
	switch (*wanted) {
	case ROW_CREATE_AND_GO:
	case ROW_CREATE_AND_WAIT:
		if (created) {
			why_set(why, 0, "the row exists already");
			return MIB_INCONSISTENT_VALUE;
		}
		*wanted = *wanted == ROW_CREATE_AND_GO ? ROW_ACTIVE : ROW_NOT_IN_SERVICE;
		return MIB_OK;
	case ROW_ACTIVE:
	case ROW_NOT_IN_SERVICE:
		if (!c->existed) {
			why_set(why, 0, "there is no such row: create it first");
			return MIB_INCONSISTENT_VALUE;
		}
		return MIB_OK;
	default:
		return MIB_OK;
	}
}

/* Returns: the first column that changes although it must not while the row is active; 0: there is
 * none. */
static unsigned changed_while_active(const struct mib_change *c)
{
	const struct mib_def *def = c->table->def;

	for (size_t i = 0; i < def->ncols; i++) {
		const struct mib_col *col = &def->cols[i];
		const char *old = (const char *)c->old + col->off;

		if (col->flags & COL_NOT_ACTIVE && cols_have(c->touched, col->num) &&
		    memcmp(old, (char *)c->now + col->off, col->size) != 0)
			return col->num;
	}
	return 0;
}

static bool creates(const struct mib_change *c, const struct mib_col *status)
{
	enum row_status asked =
		status && cols_have(c->touched, status->num) ? cell_load(status, c->now) : ROW_NONE;

	return asked == ROW_CREATE_AND_GO || asked == ROW_CREATE_AND_WAIT;
}

/* Could the row be active? Returns: 0, or -errno with column and reason in @f. */
static int row_check(const struct mib_change *c, struct mib_fault *f)
{
	const struct mib_source *src = &c->table->src;

	return src->check ? src->check(c->now, &f->col, &f->why) : 0;
}

static int change_check(struct mib_change *c, struct mib_fault *f)
{
	const struct mib_source *src = &c->table->src;
	const struct mib_col *status = mib_col_syntax(c->table->def, SYN_STATUS);
	enum row_status wanted = ROW_ACTIVE;
	int err;

	f->col = status ? status->num : 0;
	err = creates(c, status) ? MIB_OK : row_sure(c, &f->why);
	if (!err)
		err = status_wanted(c, status, &wanted, &f->why);
	if (err)
		return err;
	if (wanted == ROW_DESTROY) {
		c->destroy = true;
		if (c->old)
			memcpy(c->now, c->old, c->table->def->row_size);
		return MIB_OK;
	}
	if (src->settle)
		src->settle(c->now);
	if (c->existed && status && cell_load(status, c->old) == ROW_ACTIVE &&
	    wanted == ROW_ACTIVE && (f->col = changed_while_active(c))) {
		why_set(&f->why, 0, "it cannot change while the row is active");
		return MIB_INCONSISTENT_VALUE;
	}
	f->col = status ? status->num : 0;
	err = row_check(c, f);
	if (err && (wanted == ROW_ACTIVE || (c->existed && cols_have(c->touched, status->num) &&
					     cell_load(status, c->old) != ROW_NONE)))
		return mib_error_of(err);
	f->why.s[0] = '\0';
	if (status)
		cell_store(status, c->now,
			   wanted == ROW_ACTIVE ? ROW_ACTIVE
			   : err		? ROW_NOT_READY
						: ROW_NOT_IN_SERVICE);
	return MIB_OK;
}

/* Drops the changes that destroy a row that was not there. */
static void drop_nothings(struct mib *m)
{
	size_t kept = 0;

	for (size_t i = 0; i < m->nchanges; i++)
		if (m->changes[i].existed || !m->changes[i].destroy)
			m->changes[kept++] = m->changes[i];
	m->nchanges = kept;
}

int mib_set_check(struct mib *m, unsigned *varbind)
{
	struct mib_fault f = { 0 };
	int error;

	*varbind = 0;
	if (m->state != TXN_OPEN)
		return MIB_GEN_ERR;
	for (size_t i = 0; i < m->nchanges; i++) {
		f = (struct mib_fault){ .change = i };
		error = change_check(&m->changes[i], &f);
		if (error)
			return txn_refuse_change(m, error, &f, varbind);
	}
	drop_nothings(m);
	f = (struct mib_fault){ 0 };
	error = m->nchanges ? m->ops.prepare(m->ops.ctx, m->changes, m->nchanges, &f) : MIB_OK;
	if (error)
		return txn_refuse_change(m, error, &f, varbind);
	m->state = TXN_CHECKED;
	return MIB_OK;
}

int mib_set_apply(struct mib *m, unsigned *varbind)
{
	struct mib_fault f = { 0 };
	int error;

	*varbind = 0;
	if (m->state == TXN_APPLIED)
		return MIB_OK; /* the master asks again: net-snmp issue 691 */
	if (m->state != TXN_CHECKED)
		return MIB_COMMIT_FAILED;
	error = m->nchanges ? m->ops.apply(m->ops.ctx, m->changes, m->nchanges, &f) : MIB_OK;
	if (error)
		return txn_refuse_change(m, error, &f, varbind);
	m->state = TXN_APPLIED;
	return MIB_OK;
}

int mib_set_undo(struct mib *m)
{
	struct why why = { "" };
	int error = MIB_OK;

	if (m->state == TXN_APPLIED) {
		if (m->nchanges && m->ops.undo(m->ops.ctx, &why)) {
			struct why whole;

			why_set(&whole, 0, "undo: %s", why.s[0] ? why.s : "cannot be done");
			m->reported = false;
			error = txn_taken_back(m, MIB_UNDO_FAILED, whole.s);
		} else {
			txn_taken_back(m, MIB_OK, "taken back: another part of the SET failed");
		}
		m->state = TXN_CHECKED;
	}
	mib_set_finish(m);
	return error;
}

void mib_set_finish(struct mib *m)
{
	if (m->state != TXN_IDLE)
		m->ops.finish(m->ops.ctx, m->state == TXN_APPLIED);
	m->state = TXN_IDLE;
	m->nchanges = 0;
	arena_free(&m->arena);
}

void mib_fini(struct mib *m)
{
	mib_set_finish(m);
	text_fini(&m->scratch);
	free(m->changes);
	m->changes = NULL;
	m->cap = 0;
}
