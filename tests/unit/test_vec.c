/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Arrays that grow, and memory with one lifetime. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/arena.h"
#include "base/hash.h"
#include "base/vec.h"

static int cmp(const void *a, const void *b)
{
	int x = *(const int *)a, y = *(const int *)b;

	return x < y ? -1 : x > y;
}

static int at(const struct vec *v, size_t i)
{
	return *(int *)vec_at(v, i);
}

static void elements_are_zeroed_and_keep_their_order(void **state)
{
	struct vec v = VEC_INIT(int);

	(void)state;
	for (int i = 0; i < 1000; i++) {
		int *e = vec_push(&v);

		assert_non_null(e);
		assert_int_equal(*e, 0);
		*e = i;
	}
	*(int *)vec_insert(&v, 0) = -1;
	*(int *)vec_insert(&v, 501) = -2;
	assert_int_equal(v.n, 1002);
	assert_int_equal(at(&v, 0), -1);
	assert_int_equal(at(&v, 500), 499);
	assert_int_equal(at(&v, 501), -2);
	assert_int_equal(at(&v, 1001), 999);
	vec_remove(&v, 501);
	vec_remove(&v, 0);
	vec_remove(&v, 999);
	assert_int_equal(v.n, 999);
	for (int i = 0; i < 999; i++)
		assert_int_equal(at(&v, (size_t)i), i);
	vec_clear(&v);
	assert_int_equal(v.n, 0);
	assert_int_equal(*(int *)vec_push(&v), 0); /* not what was there before */
	vec_fini(&v);
	vec_fini(&v);
}

static void a_sorted_one_is_searched(void **state)
{
	static const int have[] = { 5, 1, 3, 3, 9 };
	static const struct {
		int key;
		size_t lower;
	} cases[] = { { 0, 0 }, { 1, 0 }, { 2, 1 }, { 3, 1 }, { 4, 3 }, { 9, 4 }, { 10, 5 } };
	struct vec v = VEC_INIT(int);
	int key = 1;

	(void)state;
	vec_sort(&v, cmp);
	assert_int_equal(vec_lower(&v, &key, cmp), 0);
	assert_null(vec_find(&v, &key, cmp));
	for (size_t i = 0; i < sizeof(have) / sizeof(*have); i++)
		*(int *)vec_push(&v) = have[i];
	vec_sort(&v, cmp);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const int *found = vec_find(&v, &cases[i].key, cmp);
		size_t lower = cases[i].lower;

		assert_int_equal(vec_lower(&v, &cases[i].key, cmp), lower);
		if (lower < v.n && at(&v, lower) == cases[i].key)
			assert_ptr_equal(found, vec_at(&v, lower));
		else
			assert_null(found);
	}
	vec_fini(&v);
}

static void an_arena_gives_zeroed_memory_and_copies(void **state)
{
	struct arena a = { 0 };

	(void)state;
	for (size_t n = 0; n < 300; n++) {
		char *p = arena_alloc(&a, n);

		assert_non_null(p);
		assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xff, n);
	}
	assert_memory_equal(arena_copy(&a, "ab\0c", 4), "ab\0c", 5);
	assert_string_equal(arena_copy(&a, NULL, 0), "");
	arena_free(&a);
	arena_free(&a);
}

/* Kept on disk: these numbers must never change. From the FNV reference (isthe.com, test_fnv.c). */
static void the_hash_is_fnv1a(void **state)
{
	(void)state;
	assert_true(hash_add(HASH_INIT, "", 0) == UINT64_C(0xcbf29ce484222325));
	assert_true(hash_add(HASH_INIT, "a", 1) == UINT64_C(0xaf63dc4c8601ec8c));
	assert_true(hash_add(HASH_INIT, "foobar", 6) == UINT64_C(0x85944171f73967e8));
	assert_true(hash_add(hash_add(HASH_INIT, "foo", 3), "bar", 3) ==
		    UINT64_C(0x85944171f73967e8));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(elements_are_zeroed_and_keep_their_order),
		cmocka_unit_test(a_sorted_one_is_searched),
		cmocka_unit_test(an_arena_gives_zeroed_memory_and_copies),
		cmocka_unit_test(the_hash_is_fnv1a),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
