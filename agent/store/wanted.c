/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/wanted.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "model/row.h"

void wanted_init(struct wanted *m, const struct row_kind *kind)
{
	*m = (struct wanted){ .kind = kind,
			      .rows = VEC_INIT(struct wanted_row),
			      .idle = VEC_INIT(struct wanted_idle) };
}

static int idle_cmp(const void *key, const void *elem)
{
	uintptr_t row = (uintptr_t)key, other = (uintptr_t)((const struct wanted_idle *)elem)->row;

	return row < other ? -1 : row > other;
}

/* Without memory, the row is not noted as idle, and never expires. */
static void idle_begin(struct wanted *m, void *row, uint64_t since_ms)
{
	const struct mib_col *status = mib_col_syntax(m->kind->def, SYN_STATUS);
	struct wanted_idle *e;

	if (cell_load(status, row) == ROW_ACTIVE)
		return;
	e = vec_insert(&m->idle, vec_lower(&m->idle, row, idle_cmp));
	if (e)
		*e = (struct wanted_idle){ row, since_ms };
}

static void idle_end(struct wanted *m, const void *row)
{
	if (vec_find(&m->idle, row, idle_cmp))
		vec_remove(&m->idle, vec_lower(&m->idle, row, idle_cmp));
}

static void slot_clear(struct wanted *m, struct wanted_row *slot)
{
	if (slot->row)
		idle_end(m, slot->row);
	row_free(m->kind, slot->row);
	free(slot->text);
	*slot = (struct wanted_row){ 0 };
}

void wanted_fini(struct wanted *m)
{
	for (size_t i = 0; i < m->rows.n; i++)
		slot_clear(m, vec_at(&m->rows, i));
	vec_fini(&m->rows);
	vec_fini(&m->idle);
}

/* The first place whose row is not below the key. */
static size_t place(const struct wanted *m, const void *key)
{
	size_t lo = 0, hi = m->rows.n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (m->kind->cmp(wanted_at(m, mid), key) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

struct wanted_row *wanted_slot(const struct wanted *m, const void *key)
{
	size_t at = place(m, key);

	return at < m->rows.n && m->kind->cmp(wanted_at(m, at), key) == 0 ? vec_at(&m->rows, at)
									  : NULL;
}

void *wanted_find(const struct wanted *m, const void *key)
{
	const struct wanted_row *slot = wanted_slot(m, key);

	return slot ? slot->row : NULL;
}

void *wanted_set(struct wanted *m, const void *row)
{
	size_t at = place(m, row);
	void *copy = row_dup(m->kind, row);
	struct wanted_row *slot;

	if (!copy)
		return NULL;
	if (at < m->rows.n && m->kind->cmp(wanted_at(m, at), row) == 0) {
		slot = vec_at(&m->rows, at);
		slot_clear(m, slot);
	} else {
		slot = vec_insert(&m->rows, at);
	}
	if (!slot) {
		row_free(m->kind, copy);
		return NULL;
	}
	idle_begin(m, copy, clock_ms());
	return slot->row = copy;
}

int wanted_move(struct wanted *from, struct wanted *to, const void *key)
{
	size_t at = place(from, key);
	const struct wanted_idle *idle;
	struct wanted_row *slot;

	if (at == from->rows.n || from->kind->cmp(wanted_at(from, at), key) != 0)
		return 0;
	slot = vec_insert(&to->rows, place(to, key));
	if (!slot)
		return -ENOMEM;
	*slot = *(struct wanted_row *)vec_at(&from->rows, at);
	vec_remove(&from->rows, at);
	idle = vec_find(&from->idle, slot->row, idle_cmp);
	if (idle) {
		idle_begin(to, slot->row, idle->since_ms);
		idle_end(from, slot->row);
	}
	return 0;
}

void wanted_remove(struct wanted *m, const void *key)
{
	size_t at = place(m, key);

	if (at == m->rows.n || m->kind->cmp(wanted_at(m, at), key) != 0)
		return;
	slot_clear(m, vec_at(&m->rows, at));
	vec_remove(&m->rows, at);
}

void wanted_text(struct wanted *m, size_t i, struct text *out)
{
	struct wanted_row *slot = vec_at(&m->rows, i);
	size_t from = out->len;

	if (slot->text) {
		text_addn(out, slot->text, strlen(slot->text));
		return;
	}
	row_write(m->kind, slot->row, out);
	if (!out->err)
		slot->text = strdup(text_str(out) + from);
}
