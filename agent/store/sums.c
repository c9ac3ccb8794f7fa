/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was counted for marks, by their rules and by their meters. */
#include <errno.h>

#include "base/clock.h"
#include "sums.h"

static int cmp(uint32_t value, uint32_t mask, uint32_t other_value, uint32_t other_mask)
{
	if (value != other_value)
		return value < other_value ? -1 : 1;
	return mask < other_mask ? -1 : mask > other_mask;
}

static int mark_sum_cmp(const void *key, const void *elem)
{
	const struct mark_sum *k = key, *e = elem;

	return cmp(k->value, k->mask, e->value, e->mask);
}

static int meter_sum_cmp(const void *key, const void *elem)
{
	const struct meter_sum *k = key, *e = elem;

	return cmp(k->value, k->mask, e->value, e->mask);
}

void mark_sums_init(struct store *store)
{
	oset_init(&store->mark_sums, sizeof(struct mark_sum), mark_sum_cmp);
}

struct mark_sum *mark_sum_make(struct store *store, uint32_t value, uint32_t mask)
{
	struct mark_sum key = { .value = value, .mask = mask, .discontinuity = clock_ms() };
	struct mark_sum *s;

	s = oset_get(&store->mark_sums, oset_lower(&store->mark_sums, &key, NULL));
	if (s && mark_sum_cmp(&key, s) == 0)
		return s;
	return oset_insert(&store->mark_sums, &key);
}

void mark_sums_hide(struct store *store)
{
	struct mark_sum *s;

	for (struct oset_at at = OSET_BEGIN; (s = oset_get(&store->mark_sums, at));
	     at = oset_next(&store->mark_sums, at))
		s->shown = false;
}

static int gone_cmp(const void *a, const void *b)
{
	const struct mark_sum *x = *(struct mark_sum *const *)a, *y = *(struct mark_sum *const *)b;

	return x->gone < y->gone ? -1 : x->gone > y->gone;
}

int mark_sums_gone(const struct store *store, struct vec *out)
{
	struct mark_sum *s, **slot;

	for (struct oset_at at = OSET_BEGIN; (s = oset_get(&store->mark_sums, at));
	     at = oset_next(&store->mark_sums, at)) {
		if (s->shown || (!s->packets && !s->bytes))
			continue;
		slot = vec_push(out);
		if (!slot)
			return -ENOMEM;
		*slot = s;
	}
	vec_sort(out, gone_cmp);
	return 0;
}

static bool is_kept(const void *elem, void *arg)
{
	const struct mark_sum *s = elem;
	const uint64_t *first = arg;

	return s->shown || ((s->packets || s->bytes) && s->gone >= *first);
}

void mark_sums_trim(struct store *store, size_t keep)
{
	struct vec gone = VEC_INIT(struct mark_sum *);
	uint64_t first = 0; /* of those that are kept */
	struct mark_sum *s;

	for (struct oset_at at = OSET_BEGIN; (s = oset_get(&store->mark_sums, at));
	     at = oset_next(&store->mark_sums, at)) {
		if (s->shown)
			s->gone = 0;
		else if (!s->gone)
			s->gone = ++store->marks_gone;
	}
	if (mark_sums_gone(store, &gone)) /* without memory: the next time */
		first = 0;
	else if (!keep)
		first = UINT64_MAX;
	else if (gone.n > keep)
		first = (*(struct mark_sum **)vec_at(&gone, gone.n - keep))->gone;
	vec_fini(&gone);
	oset_keep(&store->mark_sums, OSET_BEGIN, OSET_END, is_kept, &first);
}

struct meter_sum *meter_sum_find(const struct store *store, uint32_t value, uint32_t mask)
{
	const struct meter_sum key = { .value = value, .mask = mask };

	return vec_find(&store->meter_sums, &key, meter_sum_cmp);
}

struct meter_sum *meter_sum_make(struct store *store, uint32_t value, uint32_t mask)
{
	struct meter_sum key = { .value = value, .mask = mask };
	struct meter_sum *s = meter_sum_find(store, value, mask);

	if (s)
		return s;
	s = vec_insert(&store->meter_sums, vec_lower(&store->meter_sums, &key, meter_sum_cmp));
	if (s)
		*s = key;
	return s;
}
