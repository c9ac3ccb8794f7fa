/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds the cell that an OID names, and the first cell after an OID. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "snmp/table.h"

enum { EPOCH_SLACK_MS = 500 };

void mib_oid_add(struct mib_oid *o, uint32_t id)
{
	if (o->n < MIB_OID_MAX)
		o->id[o->n++] = id;
}

int mib_oid_cmp(const uint32_t *a, size_t an, const uint32_t *b, size_t bn)
{
	for (size_t i = 0; i < an && i < bn; i++)
		if (a[i] != b[i])
			return a[i] < b[i] ? -1 : 1;
	return an < bn ? -1 : an > bn;
}

const struct mib_col *mib_col(const struct mib_def *def, unsigned num)
{
	/* Columns are numbered without gaps, so this finds nearly all of them. */
	if (num && num <= def->ncols && def->cols[num - 1].num == num)
		return &def->cols[num - 1];
	for (size_t i = 0; i < def->ncols; i++)
		if (def->cols[i].num == num)
			return &def->cols[i];
	return NULL;
}

const struct mib_col *mib_col_syntax(const struct mib_def *def, enum mib_syntax syntax)
{
	for (size_t i = 0; i < def->ncols; i++)
		if (def->cols[i].syntax == syntax)
			return &def->cols[i];
	return NULL;
}

void mib_name(const struct mib_col *col, const struct mib_oid *at, struct text *out)
{
	text_add(out, "%s", col->name);
	for (size_t i = 0; i < at->n; i++)
		text_add(out, ".%u", at->id[i]);
}

/* Writes the sub-identifiers before the column number to @oid, which has room for 3. Returns: how
 * many. */
static size_t table_prefix(const struct mib_def *def, uint32_t *oid)
{
	oid[0] = def->group;
	oid[1] = def->table;
	oid[2] = 1;
	return def->table ? 3 : 1;
}

struct mib_table *table_find(const struct mib *m, const uint32_t *oid, size_t n)
{
	uint32_t prefix[3];

	for (size_t i = 0; i < m->ntables; i++) {
		const struct mib_def *def = m->tables[i].def;
		size_t len = table_prefix(def, prefix);

		if (n <= len || memcmp(prefix, oid, len * sizeof(*oid)) != 0)
			continue;
		/* The OIDs of a group's tables begin with the prefix of its scalars, too. */
		if (mib_col(def, oid[len]))
			return &m->tables[i];
	}
	return NULL;
}

/*
 * Returns: clock_ms() when sysUpTime was 0. The master gives sysUpTime in hundredths of a second
 * and a little late, so a result is kept until a later one differs by more than EPOCH_SLACK_MS:
 * then snmpd was started anew.
 */
static int64_t epoch_of(struct mib *m)
{
	int64_t epoch = (int64_t)clock_ms() - 10 * (int64_t)m->ops.uptime(m->ops.ctx);
	int64_t off = epoch - m->epoch;

	if (off < -EPOCH_SLACK_MS || off > EPOCH_SLACK_MS)
		m->epoch = epoch;
	return m->epoch;
}

/* What the kernel and files have may be any octets, as many as they like: makes of them what the MIB
 * says. Managers cannot write such a value. */
static void table_fit(struct mib *m, const struct mib_col *col, struct mib_value *v)
{
	bool text = col->syntax == SYN_STRING || col->syntax == SYN_IFNAME ||
		    col->syntax == SYN_TEXT;

	if (!text || (v->len <= (size_t)col->max && text_is_utf8(v->bytes, v->len)))
		return;
	if (v->bytes != m->scratch.s) {
		text_reset(&m->scratch);
		text_addn(&m->scratch, v->bytes, v->len);
	}
	v->len = m->scratch.len
			 ? text_show(m->scratch.s, (size_t)col->max, m->scratch.s, m->scratch.len)
			 : 0;
	v->bytes = text_str(&m->scratch);
}

/* Fills in @v from a row that find or next just gave. */
static void table_cell(struct mib *m, const struct mib_table *t, const struct mib_col *col,
		       const void *row, struct mib_value *v)
{
	if (col->syntax != SYN_TEXT || col->size) {
		cell_get(col, row, col->syntax == SYN_STAMP ? epoch_of(m) : 0, v);
	} else {
		text_reset(&m->scratch);
		t->src.text(t->src.ctx, row, col->num, &m->scratch);
		v->tag = MIB_TAG_OCTETS;
		v->bytes = text_str(&m->scratch);
		v->len = m->scratch.len;
	}
	table_fit(m, col, v);
}

int mib_get(struct mib *m, const uint32_t *oid, size_t n, struct mib_value *v)
{
	const struct mib_table *t = table_find(m, oid, n);
	const struct mib_col *col;
	size_t len;
	const void *row;

	if (!t)
		return MIB_NO_SUCH_OBJECT;
	len = t->def->table ? 3 : 1;
	col = mib_col(t->def, oid[len]);
	if (col->access == ACCESS_NA)
		return MIB_NO_SUCH_OBJECT;
	row = t->src.find(t->src.ctx, oid + len + 1, n - len - 1);
	if (!row)
		return MIB_NO_SUCH_INSTANCE;
	table_cell(m, t, col, row, v);
	return 0;
}

/*
 * Finds the first cell of @t above @oid: in the column of the OID, the row after its index; in a
 * later column, the first row.
 */
static bool table_next(struct mib *m, const struct mib_table *t, const uint32_t *oid, size_t n,
		       struct mib_oid *at, struct mib_value *v)
{
	uint32_t prefix[3];
	size_t len = table_prefix(t->def, prefix);
	size_t common = n < len ? n : len;
	int where = mib_oid_cmp(oid, common, prefix, common);
	uint32_t from = where == 0 && n > len ? oid[len] : 0;

	if (where > 0)
		return false;
	for (size_t i = 0; i < t->def->ncols; i++) {
		const struct mib_col *col = &t->def->cols[i];
		bool inside = from && col->num == from;
		const void *row;

		if (col->access == ACCESS_NA || col->num < from)
			continue;
		at->n = 0;
		row = t->src.next(t->src.ctx, inside ? oid + len + 1 : NULL,
				  inside ? n - len - 1 : 0, at);
		if (!row)
			continue;
		memmove(at->id + len + 1, at->id, at->n * sizeof(at->id[0]));
		memcpy(at->id, prefix, len * sizeof(prefix[0]));
		at->id[len] = col->num;
		at->n += len + 1;
		table_cell(m, t, col, row, v);
		return true;
	}
	return false;
}

bool mib_next(struct mib *m, const uint32_t *oid, size_t n, struct mib_oid *at, struct mib_value *v)
{
	for (size_t i = 0; i < m->ntables; i++)
		if (table_next(m, &m->tables[i], oid, n, at, v))
			return true;
	return false;
}
