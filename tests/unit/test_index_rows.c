/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows by their index: found, the next one, and an index that none of them has. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/index_rows.h"
#include "model/row.h"

struct row {
	uint32_t index, other;
};

static void add(struct vec *rows, uint32_t index)
{
	struct row *r = vec_push(rows);

	assert_non_null(r);
	r->index = index;
	r->other = ~index;
}

static void rows_are_found(void **state)
{
	static const uint32_t indices[] = { 7, 1000000, 3, UINT32_MAX, 999999, 1 };
	struct vec rows = VEC_INIT(struct row);

	(void)state;
	assert_null(index_rows_find(&rows, 1));
	index_rows_remove(&rows, 1);
	for (size_t i = 0; i < 6; i++)
		add(&rows, indices[i]);
	index_rows_sort(&rows);
	for (size_t i = 0; i < 6; i++) {
		const struct row *r = index_rows_find(&rows, indices[i]);

		assert_non_null(r);
		assert_int_equal(r->other, ~indices[i]);
	}
	assert_null(index_rows_find(&rows, 0));
	assert_null(index_rows_find(&rows, 4));
	index_rows_remove(&rows, 4);
	assert_int_equal(rows.n, 6);
	index_rows_remove(&rows, 7);
	assert_int_equal(rows.n, 5);
	assert_null(index_rows_find(&rows, 7));
	vec_fini(&rows);
}

static void a_row_is_put_in_its_place(void **state)
{
	static const uint32_t indices[] = { 7, 3, 9, 3, 1, 7 };
	struct vec rows = VEC_INIT(struct row);

	(void)state;
	for (size_t i = 0; i < 6; i++) {
		struct row *r = index_rows_put(&rows, indices[i]);

		assert_int_equal(r->index, indices[i]);
		assert_int_equal(r->other, i == 3 || i == 5 ? 1 : 0);
		r->other = 1;
	}
	assert_int_equal(rows.n, 4);
	for (size_t i = 1; i < rows.n; i++)
		assert_true(((struct row *)vec_at(&rows, i - 1))->index <
			    ((struct row *)vec_at(&rows, i))->index);
	vec_fini(&rows);
}

static void the_next_row_is_above(void **state)
{
	static const struct {
		uint32_t idx[2];
		size_t n, at;
	} cases[] = {
		{ { 0 }, 0, 0 },
		{ { 0 }, 1, 0 },
		{ { 2 }, 1, 0 },
		{ { 3 }, 1, 1 },
		{ { 3, 0 }, 2, 1 },
		{ { 4, 9 }, 2, 1 },
		{ { 7 }, 1, 2 },
		{ { UINT32_MAX }, 1, 3 },
		{ { UINT32_MAX, 1 }, 2, 3 },
		{ { 2, UINT32_MAX }, 2, 0 },
	};
	struct vec rows = VEC_INIT(struct row);

	(void)state;
	assert_int_equal(index_rows_above(&rows, NULL, 0), 0);
	add(&rows, 3);
	add(&rows, 7);
	add(&rows, UINT32_MAX);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_int_equal(index_rows_above(&rows, cases[i].idx, cases[i].n), cases[i].at);
	vec_fini(&rows);
}

static uint32_t free_from(const struct vec *rows, uint32_t next)
{
	uint32_t index = index_rows_free(rows, &next);

	assert_int_equal(index_rows_free(rows, &next), index);
	return index;
}

static void a_free_index_is_no_row_s(void **state)
{
	struct vec rows = VEC_INIT(struct row);

	(void)state;
	assert_int_equal(free_from(&rows, 1), 1);
	assert_int_equal(free_from(&rows, ROW_MANAGER_MAX), ROW_MANAGER_MAX);
	add(&rows, 5);
	add(&rows, 6);
	add(&rows, 8);
	add(&rows, ROW_MANAGER_MAX);
	add(&rows, ROW_FOREIGN_MIN);
	assert_int_equal(free_from(&rows, 4), 4);
	assert_int_equal(free_from(&rows, 5), 7);
	assert_int_equal(free_from(&rows, 8), 9);
	assert_int_equal(free_from(&rows, ROW_MANAGER_MAX), 1);
	vec_fini(&rows);
}

static void an_index_is_not_used_again_at_once(void **state)
{
	struct vec rows = VEC_INIT(struct row);
	uint32_t next = 5;

	(void)state;
	assert_int_equal(index_rows_free(&rows, &next), 5);
	add(&rows, 5);
	assert_int_equal(index_rows_free(&rows, &next), 6);
	index_rows_remove(&rows, 5);
	assert_int_equal(index_rows_free(&rows, &next), 6);
	vec_fini(&rows);
}

static void without_a_free_index_it_is_0(void **state)
{
	struct vec rows = VEC_INIT(struct row);

	(void)state;
	for (uint32_t i = 1; i <= ROW_FOREIGN_MIN; i++)
		add(&rows, i);
	assert_int_equal(free_from(&rows, 1), 0);
	assert_int_equal(free_from(&rows, 500000), 0);
	assert_int_equal(free_from(&rows, ROW_MANAGER_MAX), 0);
	/* The last one that is left is found from everywhere. */
	index_rows_remove(&rows, 4711);
	assert_int_equal(free_from(&rows, 1), 4711);
	assert_int_equal(free_from(&rows, 4711), 4711);
	assert_int_equal(free_from(&rows, 4712), 4711);
	assert_int_equal(free_from(&rows, ROW_MANAGER_MAX), 4711);
	vec_fini(&rows);
}

static void the_start_is_one_of_the_managers(void **state)
{
	uint32_t first = index_rows_start();
	bool differs = false;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		uint32_t start = index_rows_start();

		assert_in_range(start, 1, ROW_MANAGER_MAX);
		differs |= start != first;
	}
	assert_true(differs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_found),
		cmocka_unit_test(a_row_is_put_in_its_place),
		cmocka_unit_test(the_next_row_is_above),
		cmocka_unit_test(a_free_index_is_no_row_s),
		cmocka_unit_test(an_index_is_not_used_again_at_once),
		cmocka_unit_test(without_a_free_index_it_is_0),
		cmocka_unit_test(the_start_is_one_of_the_managers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
