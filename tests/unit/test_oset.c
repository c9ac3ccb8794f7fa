/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ordered set, against a sorted array. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/oset.h"

enum { N = 20000, KEYS = 6000 };

/* Of a size that makes some hundred a block. */
struct elem {
	uint32_t key, order;
	char fill[40];
};

static int cmp(const void *a, const void *b)
{
	const struct elem *x = a, *y = b;

	return x->key < y->key ? -1 : x->key > y->key;
}

static int key_cmp(const void *key, const void *elem)
{
	uint32_t k = *(const uint32_t *)key, e = ((const struct elem *)elem)->key;

	return k < e ? -1 : k > e;
}

static struct elem model[N];
static size_t n;
static uint32_t seed = 1;

static uint32_t rnd(uint32_t below)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % below;
}

static size_t model_place(uint32_t key, bool upper)
{
	size_t lo = 0, hi = n;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (model[mid].key < key || (upper && model[mid].key == key))
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static void same_as_model(const struct oset *s)
{
	const struct elem *e;
	size_t i = 0;

	assert_int_equal(s->n, n);
	for (struct oset_at at = OSET_BEGIN; (e = oset_get(s, at)); at = oset_next(s, at), i++)
		assert_memory_equal(e, &model[i], sizeof(*e));
	assert_int_equal(i, n);
}

static void insert(struct oset *s, uint32_t key, uint32_t order)
{
	struct elem e = { .key = key, .order = order };
	size_t at = model_place(key, true);

	memset(e.fill, (int)order, sizeof(e.fill));
	memmove(model + at + 1, model + at, (n - at) * sizeof(*model));
	model[at] = e;
	n++;
	assert_memory_equal(oset_insert(s, &e), &e, sizeof(e));
}

static void search(const struct oset *s, uint32_t key)
{
	size_t lower = model_place(key, false), upper = model_place(key, true);
	const struct elem *l = oset_get(s, oset_lower(s, &key, key_cmp));
	const struct elem *u = oset_get(s, oset_upper(s, &key, key_cmp));

	assert_true(lower < n ? l && l->order == model[lower].order : !l);
	assert_true(upper < n ? u && u->order == model[upper].order : !u);
}

static void remove_one(struct oset *s, uint32_t key)
{
	struct oset_at at = oset_lower(s, &key, key_cmp);
	size_t i = model_place(key, false);

	if (i == n) {
		assert_null(oset_get(s, at));
		return;
	}
	assert_memory_equal(oset_get(s, at), &model[i], sizeof(*model));
	oset_remove(s, at);
	memmove(model + i, model + i + 1, (n - i - 1) * sizeof(*model));
	n--;
}

static void it_is_a_sorted_array_whatever_is_done(void **state)
{
	struct oset s;

	(void)state;
	oset_init(&s, sizeof(struct elem), cmp);
	n = 0;
	assert_null(oset_get(&s, OSET_BEGIN));
	search(&s, 5);
	for (uint32_t i = 0; i < 3 * N; i++) {
		/* Grows, shrinks, grows. */
		bool grow = i / N == 1 ? rnd(4) == 0 : rnd(4) != 0;

		if (grow && n < N)
			insert(&s, rnd(KEYS), i);
		else
			remove_one(&s, rnd(KEYS + 10));
		search(&s, rnd(KEYS + 10));
		if (i % 5000 == 0)
			same_as_model(&s);
	}
	same_as_model(&s);
	while (n)
		remove_one(&s, model[rnd((uint32_t)n)].key);
	same_as_model(&s);
	assert_null(oset_get(&s, OSET_BEGIN));
	oset_fini(&s);
}

static void what_is_sorted_can_be_loaded(void **state)
{
	struct oset s;

	(void)state;
	oset_init(&s, sizeof(struct elem), cmp);
	for (n = 0; n < N; n++) {
		model[n] = (struct elem){ .key = (uint32_t)n / 3, .order = (uint32_t)n };
		assert_non_null(oset_append(&s, &model[n]));
	}
	same_as_model(&s);
	for (uint32_t key = 0; key <= N / 3 + 1; key++)
		search(&s, key);
	for (uint32_t key = 0; key < N; key += 7)
		remove_one(&s, key);
	same_as_model(&s);
	oset_fini(&s);
	assert_int_equal(s.n, 0);
	assert_null(oset_get(&s, OSET_BEGIN));
}

/* Big elements, so that some thousand of them need more blocks than one slab has. */
struct big {
	uint32_t key;
	char rest[1020];
};

static int big_cmp(const void *a, const void *b)
{
	uint32_t x = ((const struct big *)a)->key, y = ((const struct big *)b)->key;

	return x < y ? -1 : x > y;
}

static bool keep_even(const void *elem, void *arg)
{
	(void)arg;
	return ((const struct big *)elem)->key % 2 == 0;
}

/* @step keys apart. */
static void big_check(const struct oset *s, uint32_t count, uint32_t step)
{
	const struct big *e;
	uint32_t i = 0;

	assert_int_equal(s->n, count);
	for (struct oset_at at = OSET_BEGIN; (e = oset_get(s, at)); at = oset_next(s, at), i++) {
		assert_int_equal(e->key, i * step);
		assert_int_equal(e->rest[1019], (char)e->key);
	}
	assert_int_equal(i, count);
}

static void a_big_set_comes_and_goes(void **state)
{
	enum { COUNT = 10000 };
	struct big e = { 0 };
	struct oset s;

	(void)state;
	oset_init(&s, sizeof(e), big_cmp);
	for (unsigned round = 0; round < 3; round++) {
		for (e.key = 0; e.key < COUNT; e.key++) {
			e.rest[1019] = (char)e.key;
			assert_non_null(round == 1 ? oset_append(&s, &e) : oset_insert(&s, &e));
		}
		big_check(&s, COUNT, 1);
		oset_keep(&s, OSET_BEGIN, OSET_END, keep_even, NULL);
		big_check(&s, COUNT / 2, 2);
		for (e.key = 1; e.key < COUNT; e.key += 2) {
			e.rest[1019] = (char)e.key;
			assert_non_null(oset_insert(&s, &e));
		}
		big_check(&s, COUNT, 1);
		if (round == 2)
			break;
		while (s.n)
			oset_remove(&s, oset_lower(&s, oset_last(&s), NULL));
	}
	oset_fini(&s);
}

static bool keep_some(const void *elem, void *arg)
{
	return ((const struct elem *)elem)->order % *(uint32_t *)arg == 0;
}

/* Of each tenth of the keys another part stays; then nothing at all. */
static void what_is_not_kept_is_gone(void **state)
{
	struct oset s;
	uint64_t moves;

	(void)state;
	oset_init(&s, sizeof(struct elem), cmp);
	for (n = 0; n < N / 2;)
		insert(&s, rnd(KEYS), rnd(1000));
	for (uint32_t part = 0; part < 10; part++) {
		uint32_t from = part * KEYS / 10, to = (part + 1) * KEYS / 10, every = part + 1;
		size_t left = 0;

		oset_keep(&s, oset_lower(&s, &from, key_cmp), oset_lower(&s, &to, key_cmp),
			  keep_some, &every);
		for (size_t i = 0; i < n; i++)
			if (model[i].key < from || model[i].key >= to ||
			    keep_some(&model[i], &every))
				model[left++] = model[i];
		n = left;
		same_as_model(&s);
		for (uint32_t key = 0; key < KEYS; key += 11)
			search(&s, key);
	}
	/* Blocks that became small were put together. */
	assert_true(s.nblocks < 2 * (n * sizeof(struct elem) / 16384) + 3);
	moves = s.moves;
	oset_keep(&s, OSET_BEGIN, OSET_END, keep_some, &(uint32_t){ 1 });
	assert_true(moves == s.moves);
	oset_keep(&s, OSET_BEGIN, OSET_END, keep_some, &(uint32_t){ 5000 });
	for (size_t i = n; i-- > 0;)
		if (model[i].order) {
			memmove(model + i, model + i + 1, (n - i - 1) * sizeof(*model));
			n--;
		}
	same_as_model(&s);
	oset_fini(&s);
}

/* As loading a second family of routes does, between others. */
static void what_comes_in_order_makes_full_blocks(void **state)
{
	struct oset s;

	(void)state;
	oset_init(&s, sizeof(struct elem), cmp);
	for (n = 0; n < 1000;)
		insert(&s, n < 500 ? 1 : KEYS, 0);
	for (uint32_t i = 0; i < N / 2; i++)
		insert(&s, 2 + i / 2, i);
	same_as_model(&s);
	assert_in_range(s.nblocks, 1, n * sizeof(struct elem) / 16384 + 4);
	oset_fini(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_a_sorted_array_whatever_is_done),
		cmocka_unit_test(what_is_sorted_can_be_loaded),
		cmocka_unit_test(a_big_set_comes_and_goes),
		cmocka_unit_test(what_is_not_kept_is_gone),
		cmocka_unit_test(what_comes_in_order_makes_full_blocks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
