/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/idmap.h"

#include <errno.h>
#include <stdlib.h>

#include "base/vec.h"
#include "model/row.h"

/* GONE_MAX: how many entries of objects that are gone are remembered. */
enum { GONE_MAX = 65536, CAP_MIN = 64 };

#define INDEX_END (ROW_INDEX_MAX + UINT32_C(1))

void idmap_fini(struct idmap *m)
{
	free(m->slots);
	*m = (struct idmap)IDMAP_INIT;
}

/* The slot that holds the key, or the free one where it belongs. */
static struct idmap_entry *slot_of(const struct idmap *m, uint64_t hash, uint32_t ordinal)
{
	size_t i = (hash ^ ordinal * UINT64_C(0x9e3779b97f4a7c15)) & (m->cap - 1);

	while (m->slots[i].index && (m->slots[i].hash != hash || m->slots[i].ordinal != ordinal))
		i = (i + 1) & (m->cap - 1);
	return &m->slots[i];
}

/* Moves the entries that the last @oldest rounds have asked for into a table of @cap slots. */
static int rebuild(struct idmap *m, size_t cap, uint32_t oldest)
{
	struct idmap old = *m;

	m->slots = calloc(cap, sizeof(*m->slots));
	if (!m->slots) {
		m->slots = old.slots;
		return -ENOMEM;
	}
	m->cap = cap;
	m->n = 0;
	for (size_t i = 0; i < old.cap; i++) {
		const struct idmap_entry *e = &old.slots[i];

		if (!e->index || m->generation - e->seen > oldest)
			continue;
		*slot_of(m, e->hash, e->ordinal) = *e;
		m->n++;
	}
	free(old.slots);
	return 0;
}

static int make_room(struct idmap *m)
{
	if (m->cap && m->n < m->cap / 4 * 3)
		return 0;
	return rebuild(m, m->cap ? m->cap * 2 : CAP_MIN, UINT32_MAX);
}

static int index_cmp(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* Finds the first run of indices from @from on that are not @used (uint32_t, in their order). */
static void find_run(struct idmap *m, const struct vec *used, uint32_t from)
{
	size_t i = vec_lower(used, &from, index_cmp);

	for (; i < used->n && *(uint32_t *)vec_at(used, i) <= from; i++)
		from = *(uint32_t *)vec_at(used, i) + 1;
	m->next = from;
	m->end = i < used->n ? *(uint32_t *)vec_at(used, i) : INDEX_END;
}

/* Finds the next run of indices that no entry has. After 2^31 rows indices start again: the rows that
 * had the first ones are long gone, but for those that live on. */
static int more_indices(struct idmap *m)
{
	struct vec used = VEC_INIT(uint32_t);
	uint32_t none, *slot = &none;
	const struct idmap_entry *e;
	size_t i = 0;

	while (slot && (e = idmap_each(m, &i)))
		if ((slot = vec_push(&used)))
			*slot = e->index;
	vec_sort(&used, index_cmp);
	if (slot)
		find_run(m, &used, m->end);
	if (slot && m->next == m->end)
		find_run(m, &used, ROW_FOREIGN_MIN);
	vec_fini(&used);
	return slot && m->next < m->end ? 0 : -ENOMEM;
}

struct idmap_entry *idmap_get(struct idmap *m, uint64_t hash, uint32_t ordinal)
{
	struct idmap_entry *e;

	if (make_room(m))
		return NULL;
	e = slot_of(m, hash, ordinal);
	if (!e->index) {
		if (m->next == m->end && more_indices(m))
			return NULL;
		*e = (struct idmap_entry){ .hash = hash, .ordinal = ordinal, .index = m->next++ };
		m->n++;
		m->dirty = true;
	}
	e->seen = m->generation;
	return e;
}

struct idmap_entry *idmap_claim(struct idmap *m, uint64_t hash)
{
	struct idmap_entry *first;
	uint32_t ordinal;

	if (make_room(m))
		return NULL;
	first = slot_of(m, hash, 0);
	if (first->seen != m->generation) {
		first->before = first->seen == m->generation - 1 ? first->equals : 0;
		first->equals = 0;
	}
	ordinal = first->equals;
	if (!idmap_get(m, hash, 0))
		return NULL;
	slot_of(m, hash, 0)->equals = ordinal + 1;
	return ordinal ? idmap_get(m, hash, ordinal) : slot_of(m, hash, 0);
}

struct idmap_entry *idmap_peek(const struct idmap *m, uint64_t hash, uint32_t ordinal)
{
	struct idmap_entry *e = m->cap ? slot_of(m, hash, ordinal) : NULL;

	return e && e->index ? e : NULL;
}

uint32_t idmap_live(const struct idmap *m, uint64_t hash)
{
	const struct idmap_entry *first = idmap_peek(m, hash, 0);

	return first && first->seen == m->generation ? first->equals : 0;
}

/* Exchanges the index and the counters of two entries. */
static void swap(struct idmap *m, uint64_t hash, uint32_t ordinal, uint64_t other, uint32_t place)
{
	struct idmap_entry *x = idmap_peek(m, hash, ordinal), *y = idmap_peek(m, other, place), was;

	if (!x || !y)
		return;
	was = *x;
	x->index = y->index;
	x->packets = y->packets;
	x->bytes = y->bytes;
	x->discontinuity = y->discontinuity;
	y->index = was.index;
	y->packets = was.packets;
	y->bytes = was.bytes;
	y->discontinuity = was.discontinuity;
	m->dirty = true;
}

int idmap_rename(struct idmap *m, uint64_t from, uint32_t ordinal, uint32_t last, uint64_t to,
		 uint32_t place)
{
	if (!idmap_peek(m, from, last))
		return -ENOENT;
	if (!idmap_get(m, to, place))
		return -ENOMEM;
	for (uint32_t i = ordinal; i < last; i++)
		swap(m, from, i, from, i + 1);
	swap(m, from, last, to, place);
	return 0;
}

void idmap_rename_undo(struct idmap *m, uint64_t from, uint32_t ordinal, uint32_t last, uint64_t to,
		       uint32_t place)
{
	swap(m, from, last, to, place);
	for (uint32_t i = last; i > ordinal; i--)
		swap(m, from, i - 1, from, i);
}

int idmap_put(struct idmap *m, const struct idmap_entry *e)
{
	struct idmap_entry *slot, *first;

	if (make_room(m))
		return -ENOMEM;
	slot = slot_of(m, e->hash, e->ordinal);
	if (slot->index)
		return -EEXIST;
	*slot = *e;
	slot->seen = m->generation;
	slot->equals = slot->before = 0;
	/* Count the equals as if a reading had just found all that was kept. */
	first = idmap_peek(m, e->hash, 0);
	while (first && idmap_peek(m, e->hash, first->equals))
		first->equals++;
	m->n++;
	if (e->index >= m->next && e->index < m->end)
		m->next = e->index + 1;
	return 0;
}

void idmap_round(struct idmap *m)
{
	m->generation++;
}

void idmap_prune(struct idmap *m, size_t live)
{
	/* Halve the age that is kept until few enough are left. */
	for (uint32_t oldest = m->generation; m->n > live + GONE_MAX && oldest; oldest /= 2)
		if (rebuild(m, m->cap, oldest / 2))
			return;
}

const struct idmap_entry *idmap_each(const struct idmap *m, size_t *i)
{
	while (*i < m->cap) {
		const struct idmap_entry *e = &m->slots[(*i)++];

		if (e->index)
			return e;
	}
	return NULL;
}
