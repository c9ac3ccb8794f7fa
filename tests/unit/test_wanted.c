/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rows that managers made: in order, found, replaced, and owned with all that belongs to them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "model/markrule.h"
#include "store/wanted.h"

static struct markrule rule(uint32_t index, const char *matches)
{
	struct markrule r;

	markrule_init(&r);
	r.index = index;
	r.matches = matches;
	return r;
}

static void rows_are_found_in_order(void **state)
{
	static const uint32_t indices[] = { 7, 3, 999999, 1, 5 };
	static const uint32_t order[] = { 1, 3, 5, 7, 999999 };
	struct managed m;
	struct markrule key = rule(4, NULL);

	(void)state;
	managed_init(&m, &row_kinds[RULE_ROWS]);
	assert_null(managed_find(&m, &key));
	managed_remove(&m, &key);
	for (size_t i = 0; i < 5; i++) {
		const struct markrule r = rule(indices[i], NULL);

		assert_non_null(managed_set(&m, &r));
	}
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(((struct markrule *)managed_at(&m, i))->index, order[i]);
	assert_null(managed_find(&m, &key));
	key.index = 5;
	assert_ptr_equal(managed_find(&m, &key), managed_at(&m, 2));
	key.index = 999999;
	managed_remove(&m, &key);
	managed_remove(&m, &key);
	assert_int_equal(m.rows.n, 4);
	managed_fini(&m);
	assert_int_equal(m.rows.n, 0);
}

static void a_row_is_handed_over_and_back(void **state)
{
	struct markrule r = rule(5, "-m limit"), other = rule(7, NULL);
	struct managed m, was;
	void *row;

	(void)state;
	managed_init(&m, &row_kinds[RULE_ROWS]);
	managed_init(&was, &row_kinds[RULE_ROWS]);
	assert_int_equal(managed_move(&m, &was, &r), 0); /* there is none */
	r.status = ROW_NOT_IN_SERVICE;
	row = managed_set(&m, &r);
	other.status = ROW_ACTIVE;
	managed_set(&m, &other);
	assert_int_equal(m.idle.n, 1);
	assert_int_equal(managed_move(&m, &was, &r), 0);
	assert_null(managed_find(&m, &r));
	assert_ptr_equal(managed_find(&was, &r), row);
	assert_int_equal(m.idle.n, 0);
	assert_int_equal(was.idle.n, 1);
	assert_int_equal(managed_move(&was, &m, &r), 0);
	assert_ptr_equal(managed_at(&m, 0), row);
	assert_string_equal(((struct markrule *)row)->matches, "-m limit");
	assert_int_equal(m.rows.n, 2);
	assert_int_equal(m.idle.n, 1);
	assert_int_equal(was.rows.n + was.idle.n, 0);
	managed_fini(&m);
	managed_fini(&was);
}

static void a_row_owns_its_texts(void **state)
{
	char matches[] = "-m limit";
	struct markrule r = rule(1, matches), *kept;
	struct managed m;

	(void)state;
	managed_init(&m, &row_kinds[RULE_ROWS]);
	kept = managed_set(&m, &r);
	matches[0] = 'X';
	assert_string_equal(kept->matches, "-m limit");
	/* In its own place, from itself. */
	kept = managed_set(&m, kept);
	assert_string_equal(kept->matches, "-m limit");
	assert_int_equal(m.rows.n, 1);
	r.matches = NULL;
	kept = managed_set(&m, &r);
	assert_null(kept->matches);
	managed_fini(&m);
}

static void a_route_owns_its_legs(void **state)
{
	struct nexthop legs[3] = { { .ifindex = 1 }, { .ifindex = 2 }, { .ifindex = 3 } };
	struct managed m;
	struct route r, *kept;

	(void)state;
	managed_init(&m, &row_kinds[ROUTE_ROWS]);
	route_init(&r);
	r.fib = 201;
	r.nlegs = 3;
	r.legs = legs;
	kept = managed_set(&m, &r);
	legs[1].ifindex = 99;
	assert_ptr_not_equal(kept->legs, legs);
	assert_int_equal(kept->legs[1].ifindex, 2);
	kept = managed_set(&m, kept);
	assert_int_equal(kept->legs[2].ifindex, 3);
	/* What stands in legs when there is one leg is nobody's. */
	r.nlegs = 1;
	r.legs = (struct nexthop *)(uintptr_t)16;
	kept = managed_set(&m, &r);
	assert_null(kept->legs);
	assert_int_equal(m.rows.n, 1);
	managed_fini(&m);
}

/* What is to be active is not among the rows that may be removed for their age. */
static void rows_that_are_not_active_are_known(void **state)
{
	struct managed m;

	(void)state;
	managed_init(&m, &row_kinds[RULE_ROWS]);
	for (uint32_t i = 1; i <= 300; i++) {
		struct markrule r = rule(i, NULL);

		r.status = (uint8_t)(ROW_ACTIVE + i % 3);
		assert_non_null(managed_set(&m, &r));
	}
	assert_int_equal(m.idle.n, 200);
	for (uint32_t i = 1; i <= 300; i += 2) {
		struct markrule r = rule(i, NULL);

		r.status = ROW_ACTIVE;
		if (i % 4 == 1)
			assert_non_null(managed_set(&m, &r));
		else
			managed_remove(&m, &r);
	}
	/* Of the even ones two of three are left, each once. */
	assert_int_equal(m.idle.n, 100);
	for (size_t i = 0; i < m.idle.n; i++) {
		const struct managed_idle *e = vec_at(&m.idle, i);
		const struct markrule *r = e->row;

		assert_ptr_equal(managed_find(&m, r), r);
		assert_int_not_equal(r->status, ROW_ACTIVE);
		assert_int_equal(r->index % 2, 0);
	}
	managed_fini(&m);
	assert_int_equal(m.idle.n, 0);
}

/* All rows as text, and how many of them had to be written. */
static unsigned texts(struct managed *m)
{
	struct text out = TEXT_INIT, expected = TEXT_INIT;
	unsigned written = 0;

	for (size_t i = 0; i < m->rows.n; i++) {
		written += !((struct managed_row *)vec_at(&m->rows, i))->text;
		managed_text(m, i, &out);
		row_write(m->kind, managed_at(m, i), &expected);
	}
	assert_string_equal(text_str(&out), text_str(&expected));
	text_fini(&out);
	text_fini(&expected);
	return written;
}

static void a_text_is_made_once(void **state)
{
	struct markrule r = rule(2, NULL);
	struct managed m;

	(void)state;
	managed_init(&m, &row_kinds[RULE_ROWS]);
	managed_set(&m, &r);
	r.index = 1;
	managed_set(&m, &r);
	assert_int_equal(texts(&m), 2);
	assert_int_equal(texts(&m), 0);
	managed_set(&m, &r);
	assert_int_equal(texts(&m), 1);
	managed_remove(&m, &r);
	assert_int_equal(texts(&m), 0);
	managed_fini(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_found_in_order),
		cmocka_unit_test(a_row_is_handed_over_and_back),
		cmocka_unit_test(a_row_owns_its_texts),
		cmocka_unit_test(a_route_owns_its_legs),
		cmocka_unit_test(rows_that_are_not_active_are_known),
		cmocka_unit_test(a_text_is_made_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
