/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows of any kind: read, written, copied, compared and named. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "model/row.h"
#include "store/kinds.h"

/* Derived columns are not in the file: settle() computes them, as for a manager. */
int row_read(const struct row_kind *kind, const config_setting_t *group, uint8_t protocol,
	     struct arena *arena, void **row, struct why *why)
{
	const char *const other[] = { kind->rest ? kind->rest->name : NULL, NULL };
	int err;

	*row = arena_alloc(arena, kind->def->row_size);
	if (!*row)
		return -ENOMEM;
	memset(*row, 0, kind->def->row_size);
	kind->init(*row, protocol);
	err = rowfile_read(kind->def, group, *row, other, arena, why);
	if (!err && kind->rest)
		err = kind->rest->read(group, *row, arena, why);
	if (!err)
		kind->settle(*row);
	return err;
}

void row_write(const struct row_kind *kind, const void *row, struct text *out)
{
	rowfile_write(kind->def, row, out);
	if (!kind->rest || out->len < 2)
		return;
	/* Puts the rest before the row's closing brace. */
	out->len -= 2;
	kind->rest->write(row, out);
	text_add(out, " }");
}

void row_settle_ranges(const struct row_kind *kind, void *row)
{
	const struct row_range *range = kind->ranges;
	uint64_t given;

	memcpy(&given, (const char *)row + kind->def->given_off, sizeof(given));
	for (; range < kind->ranges + ROW_RANGES_MAX && range->from; range++) {
		const struct mib_col *to = mib_col(kind->def, range->to);
		uint64_t from = cell_load(mib_col(kind->def, range->from), row);

		if (cols_have(given, range->from) && !cols_have(given, range->to))
			cell_store(to, row, from ? from : (uint64_t)to->max);
	}
}

uint64_t row_given_ranges(const struct row_kind *kind, uint64_t given)
{
	const struct row_range *range = kind->ranges;

	for (; range < kind->ranges + ROW_RANGES_MAX && range->from; range++)
		if (cols_have(given, range->from))
			given |= COL_BIT(range->to);
	return given;
}

static bool is_owned(const struct mib_col *col)
{
	return col->syntax == SYN_TEXT && col->size;
}

void row_free(const struct row_kind *kind, void *row)
{
	for (size_t i = 0; row && i < kind->def->ncols; i++) {
		const struct mib_col *col = &kind->def->cols[i];
		char *s;

		if (!is_owned(col))
			continue;
		memcpy(&s, (char *)row + col->off, sizeof(s));
		free(s);
	}
	if (row && kind->rest)
		kind->rest->drop(row);
	free(row);
}

static bool own_text(const struct mib_col *col, char *row)
{
	const char *s;
	char *copy = NULL;

	memcpy(&s, row + col->off, sizeof(s));
	if (s)
		copy = strdup(s);
	memcpy(row + col->off, &copy, sizeof(copy));
	return !s || copy;
}

void *row_dup(const struct row_kind *kind, const void *row)
{
	char *copy = fault_here("memory: row") ? NULL : malloc(kind->def->row_size);
	bool ok = copy != NULL;

	if (!copy)
		return NULL;
	memcpy(copy, row, kind->def->row_size);
	for (size_t i = 0; i < kind->def->ncols; i++)
		if (is_owned(&kind->def->cols[i]))
			ok &= own_text(&kind->def->cols[i], copy);
	if (kind->rest)
		ok &= kind->rest->own(copy);
	if (ok)
		return copy;
	row_free(kind, copy);
	return NULL;
}

/* Is it nothing but zeros? They may have the length of any family, or none. */
static bool all_zero(const struct mib_value *v)
{
	for (size_t i = 0; i < v->len; i++)
		if (((const uint8_t *)v->bytes)[i])
			return false;
	return true;
}

static bool same_value(const struct mib_value *a, const struct mib_value *b)
{
	if (a->tag != MIB_TAG_OCTETS)
		return a->num == b->num;
	return a->len == b->len && (!a->len || memcmp(a->bytes, b->bytes, a->len) == 0);
}

bool row_same(const struct row_kind *kind, const void *x, const void *y)
{
	for (size_t i = 0; i < kind->def->ncols; i++) {
		struct mib_value a = { 0 }, b = { 0 };

		if (kind->def->cols[i].access != ACCESS_RC)
			continue;
		cell_get(&kind->def->cols[i], x, 0, &a);
		cell_get(&kind->def->cols[i], y, 0, &b);
		if (!same_value(&a, &b))
			return false;
	}
	return !kind->rest || kind->rest->same(x, y);
}

bool row_same_column(const struct row_kind *kind, const struct mib_col *col, const void *x,
		     const void *y)
{
	struct mib_value a = { 0 }, b = { 0 };

	cell_get(col, x, 0, &a);
	cell_get(col, y, 0, &b);
	if (kind->any_zero && col->syntax == SYN_ADDRESS && all_zero(&a) && all_zero(&b))
		return true;
	return same_value(&a, &b);
}

bool row_asks_same(const struct row_kind *kind, const void *x, const void *y, bool place)
{
	uint64_t skip = kind->derived | (place ? 0 : kind->place);

	for (size_t i = 0; i < kind->def->ncols; i++) {
		const struct mib_col *col = &kind->def->cols[i];

		if (col->access != ACCESS_RC || col->syntax == SYN_STATUS ||
		    col->syntax == SYN_STORAGE || cols_have(skip, col->num))
			continue;
		if (!row_same_column(kind, col, x, y))
			return false;
	}
	return !kind->rest || kind->rest->asks_same(x, y);
}

bool row_is_active(const struct mib_def *def, const void *row)
{
	const struct mib_col *status = mib_col_syntax(def, SYN_STATUS);

	return row && (!status || cell_load(status, row) == ROW_ACTIVE);
}

bool row_is_static(const struct mib_def *def, const void *row)
{
	const struct mib_col *storage = mib_col_syntax(def, SYN_STORAGE);

	return row && storage && cell_load(storage, row) == STORAGE_PERMANENT;
}

void row_make_static(const struct mib_def *def, void *row)
{
	cell_store(mib_col_syntax(def, SYN_STATUS), row, ROW_ACTIVE);
	cell_store(mib_col_syntax(def, SYN_STORAGE), row, STORAGE_PERMANENT);
	for (size_t i = 0; i < def->ncols; i++)
		if (strcmp(def->cols[i].name + strlen(def->prefix), "Origin") == 0)
			cell_store(&def->cols[i], row, ORIGIN_CONFIG);
}

/* Makes the index of a row: its columns that are not accessible. */
static void index_of(const struct mib_def *def, const void *row, struct mib_oid *at)
{
	struct mib_value v;

	at->n = 0;
	for (size_t i = 0; i < def->ncols && def->cols[i].access == ACCESS_NA; i++) {
		cell_get(&def->cols[i], row, 0, &v);
		if (v.tag != MIB_TAG_OCTETS) {
			mib_oid_add(at, (uint32_t)v.num);
			continue;
		}
		mib_oid_add(at, (uint32_t)v.len);
		for (size_t k = 0; k < v.len; k++)
			mib_oid_add(at, ((const uint8_t *)v.bytes)[k]);
	}
}

void row_name(const struct mib_def *def, const void *row, struct text *out)
{
	struct mib_oid at;

	index_of(def, row, &at);
	mib_name(mib_col_syntax(def, SYN_STATUS), &at, out);
}
