/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was counted for marks, by their rules and by their meters. */
#include "base/clock.h"
#include "store/store.h"

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

struct mark_sum *mark_sum_make(struct store *store, uint32_t value, uint32_t mask)
{
	struct mark_sum key = { .value = value, .mask = mask, .discontinuity = clock_ms() };
	struct vec *sums = &store->mark_sums;
	size_t at = vec_lower(sums, &key, mark_sum_cmp);
	struct mark_sum *s;

	if (at < sums->n && mark_sum_cmp(&key, vec_at(sums, at)) == 0)
		return vec_at(sums, at);
	s = vec_insert(sums, at);
	if (s)
		*s = key;
	return s;
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
