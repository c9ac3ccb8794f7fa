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
	struct wanted m;
	struct markrule key = rule(4, NULL);

	(void)state;
	wanted_init(&m, &row_kinds[RULE_ROWS]);
	assert_null(wanted_find(&m, &key));
	wanted_remove(&m, &key);
	for (size_t i = 0; i < 5; i++) {
		const struct markrule r = rule(indices[i], NULL);

		assert_non_null(wanted_set(&m, &r));
	}
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(((struct markrule *)wanted_at(&m, i))->index, order[i]);
	assert_null(wanted_find(&m, &key));
	key.index = 5;
	assert_ptr_equal(wanted_find(&m, &key), wanted_at(&m, 2));
	key.index = 999999;
	wanted_remove(&m, &key);
	wanted_remove(&m, &key);
	assert_int_equal(m.rows.n, 4);
	wanted_fini(&m);
	assert_int_equal(m.rows.n, 0);
}

static void a_row_is_handed_over_and_back(void **state)
{
	struct markrule r = rule(5, "-m limit"), other = rule(7, NULL);
	struct wanted m, was;
	void *row;

	(void)state;
	wanted_init(&m, &row_kinds[RULE_ROWS]);
	wanted_init(&was, &row_kinds[RULE_ROWS]);
	assert_int_equal(wanted_move(&m, &was, &r), 0); /* there is none */
	r.status = ROW_NOT_IN_SERVICE;
	row = wanted_set(&m, &r);
	other.status = ROW_ACTIVE;
	wanted_set(&m, &other);
	assert_int_equal(m.idle.n, 1);
	assert_int_equal(wanted_move(&m, &was, &r), 0);
	assert_null(wanted_find(&m, &r));
	assert_ptr_equal(wanted_find(&was, &r), row);
	assert_int_equal(m.idle.n, 0);
	assert_int_equal(was.idle.n, 1);
	assert_int_equal(wanted_move(&was, &m, &r), 0);
	assert_ptr_equal(wanted_at(&m, 0), row);
	assert_string_equal(((struct markrule *)row)->matches, "-m limit");
	assert_int_equal(m.rows.n, 2);
	assert_int_equal(m.idle.n, 1);
	assert_int_equal(was.rows.n + was.idle.n, 0);
	wanted_fini(&m);
	wanted_fini(&was);
}

static void a_row_owns_its_texts(void **state)
{
	char matches[] = "-m limit";
	struct markrule r = rule(1, matches), *kept;
	struct wanted m;

	(void)state;
	wanted_init(&m, &row_kinds[RULE_ROWS]);
	kept = wanted_set(&m, &r);
	matches[0] = 'X';
	assert_string_equal(kept->matches, "-m limit");
	/* In its own place, from itself. */
	kept = wanted_set(&m, kept);
	assert_string_equal(kept->matches, "-m limit");
	assert_int_equal(m.rows.n, 1);
	r.matches = NULL;
	kept = wanted_set(&m, &r);
	assert_null(kept->matches);
	wanted_fini(&m);
}

static void a_route_owns_its_hops(void **state)
{
	struct nexthop hops[3] = { { .ifindex = 1 }, { .ifindex = 2 }, { .ifindex = 3 } };
	struct wanted m;
	struct route r, *kept;

	(void)state;
	wanted_init(&m, &row_kinds[ROUTE_ROWS]);
	route_init(&r);
	r.fib = 201;
	r.nhops = 3;
	r.hops = hops;
	kept = wanted_set(&m, &r);
	hops[1].ifindex = 99;
	assert_ptr_not_equal(kept->hops, hops);
	assert_int_equal(kept->hops[1].ifindex, 2);
	kept = wanted_set(&m, kept);
	assert_int_equal(kept->hops[2].ifindex, 3);
	/* What stands in next hops when there is one next hop is nobody's. */
	r.nhops = 1;
	r.hops = (struct nexthop *)(uintptr_t)16;
	kept = wanted_set(&m, &r);
	assert_null(kept->hops);
	assert_int_equal(m.rows.n, 1);
	wanted_fini(&m);
}

/* What is to be active is not among the rows that may be removed for their age. */
static void rows_that_are_not_active_are_known(void **state)
{
	struct wanted m;

	(void)state;
	wanted_init(&m, &row_kinds[RULE_ROWS]);
	for (uint32_t i = 1; i <= 300; i++) {
		struct markrule r = rule(i, NULL);

		r.status = (uint8_t)(ROW_ACTIVE + i % 3);
		assert_non_null(wanted_set(&m, &r));
	}
	assert_int_equal(m.idle.n, 200);
	for (uint32_t i = 1; i <= 300; i += 2) {
		struct markrule r = rule(i, NULL);

		r.status = ROW_ACTIVE;
		if (i % 4 == 1)
			assert_non_null(wanted_set(&m, &r));
		else
			wanted_remove(&m, &r);
	}
	/* Of the even ones two of three are left, each once. */
	assert_int_equal(m.idle.n, 100);
	for (size_t i = 0; i < m.idle.n; i++) {
		const struct wanted_idle *e = vec_at(&m.idle, i);
		const struct markrule *r = e->row;

		assert_ptr_equal(wanted_find(&m, r), r);
		assert_int_not_equal(r->status, ROW_ACTIVE);
		assert_int_equal(r->index % 2, 0);
	}
	wanted_fini(&m);
	assert_int_equal(m.idle.n, 0);
}

/* All rows as text, and how many of them had to be written. */
static unsigned texts(struct wanted *m)
{
	struct text out = TEXT_INIT, expected = TEXT_INIT;
	unsigned written = 0;

	for (size_t i = 0; i < m->rows.n; i++) {
		written += !((struct wanted_row *)vec_at(&m->rows, i))->text;
		wanted_text(m, i, &out);
		row_write(m->kind, wanted_at(m, i), &expected);
	}
	assert_string_equal(text_str(&out), text_str(&expected));
	text_fini(&out);
	text_fini(&expected);
	return written;
}

static void a_text_is_made_once(void **state)
{
	struct markrule r = rule(2, NULL);
	struct wanted m;

	(void)state;
	wanted_init(&m, &row_kinds[RULE_ROWS]);
	wanted_set(&m, &r);
	r.index = 1;
	wanted_set(&m, &r);
	assert_int_equal(texts(&m), 2);
	assert_int_equal(texts(&m), 0);
	wanted_set(&m, &r);
	assert_int_equal(texts(&m), 1);
	wanted_remove(&m, &r);
	assert_int_equal(texts(&m), 0);
	wanted_fini(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_found_in_order),
		cmocka_unit_test(a_row_is_handed_over_and_back),
		cmocka_unit_test(a_row_owns_its_texts),
		cmocka_unit_test(a_route_owns_its_hops),
		cmocka_unit_test(rows_that_are_not_active_are_known),
		cmocka_unit_test(a_text_is_made_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
