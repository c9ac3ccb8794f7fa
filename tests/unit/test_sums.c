/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which sums of marks are kept, and for how long. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "store/counters.h"
#include "store/files.h"

static char dir[] = "/tmp/test_sums.XXXXXX";
static int64_t epoch;

static int enter(void **state)
{
	(void)state;
	return mkdtemp(dir) ? 0 : -1;
}

static int leave(void **state)
{
	char path[64];

	(void)state;
	snprintf(path, sizeof(path), "%s/indices", dir);
	unlink(path);
	return rmdir(dir);
}

static void count(struct store *s, uint32_t mark, uint64_t packets)
{
	mark_sum_make(s, mark, UINT32_MAX)->packets += packets;
}

/* These marks have rows, up to a 0; others have none. */
static void show(struct store *s, const uint32_t *marks, size_t keep)
{
	mark_sums_hide(s);
	for (; *marks; marks++)
		mark_sum_make(s, *marks, UINT32_MAX)->shown = true;
	mark_sums_trim(s, keep);
}

#define SHOW(s, keep, ...) show(s, (const uint32_t[]){ __VA_ARGS__, 0 }, keep)

/* There are sums of these marks, up to a 0, and of no others; each has counted ten times its
 * number. */
static void expect(const struct store *s, const uint32_t *marks)
{
	struct oset_at at = OSET_BEGIN;
	const struct mark_sum *m;

	for (; *marks; marks++, at = oset_next(&s->mark_sums, at)) {
		m = oset_get(&s->mark_sums, at);
		assert_non_null(m);
		assert_int_equal(m->value, *marks);
		assert_int_equal(m->packets, 10 * *marks);
	}
	assert_null(oset_get(&s->mark_sums, at));
}

#define EXPECT(s, ...) expect(s, (const uint32_t[]){ __VA_ARGS__, 0 })

static void those_that_went_last_are_kept(void **state)
{
	struct store s;

	(void)state;
	store_init(&s, dir, 161, &epoch);
	for (uint32_t mark = 6; mark; mark--)
		count(&s, mark, 10 * mark);
	SHOW(&s, 2, 1, 2, 3, 4, 5, 6);
	EXPECT(&s, 1, 2, 3, 4, 5, 6);
	SHOW(&s, 2, 1, 2, 3, 4, 5);
	SHOW(&s, 2, 1, 2, 3, 5);
	SHOW(&s, 2, 2, 3, 5);
	EXPECT(&s, 1, 2, 3, 4, 5);
	/* One that comes back is not gone, and goes last when it goes again. */
	SHOW(&s, 2, 2, 3, 4, 5);
	SHOW(&s, 2, 2, 3, 5);
	SHOW(&s, 2, 2, 3);
	EXPECT(&s, 2, 3, 4, 5);
	SHOW(&s, 0, 2);
	EXPECT(&s, 2);
	store_fini(&s);
}

static void what_never_counted_is_not_kept(void **state)
{
	struct store s;

	(void)state;
	store_init(&s, dir, 161, &epoch);
	count(&s, 1, 10);
	SHOW(&s, 100, 1, 2);
	assert_int_equal(s.mark_sums.n, 2);
	show(&s, (const uint32_t[]){ 0 }, 100);
	EXPECT(&s, 1);
	store_fini(&s);
}

/* The file keeps the order in which they went; those that were there at the end went last. */
static void a_restart_does_not_change_the_order(void **state)
{
	struct store s;

	(void)state;
	store_init(&s, dir, 161, &epoch);
	for (uint32_t mark = 1; mark <= 6; mark++)
		count(&s, mark, 10 * mark);
	SHOW(&s, 9, 1, 2, 3, 4, 5);
	SHOW(&s, 9, 1, 2, 3, 5);
	SHOW(&s, 9, 1, 2);
	assert_int_equal(counts_save(&s), 0);
	store_fini(&s);

	store_init(&s, dir, 161, &epoch);
	counts_load(&s);
	EXPECT(&s, 1, 2, 3, 4, 5, 6);
	SHOW(&s, 3, 1);
	EXPECT(&s, 1, 2, 3, 5);
	store_fini(&s);
}

/* In the order that costs most where each is put in its place among all. */
static void a_hundred_thousand_come_and_go(void **state)
{
	uint64_t begun = clock_ms();
	struct store s;

	(void)state;
	store_init(&s, dir, 161, &epoch);
	for (uint32_t mark = 100000; mark; mark--)
		count(&s, mark, 1);
	show(&s, (const uint32_t[]){ 0 }, 1000);
	assert_int_equal(s.mark_sums.n, 1000);
	assert_true(clock_ms() - begun < 3000);
	store_fini(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(those_that_went_last_are_kept),
		cmocka_unit_test(what_never_counted_is_not_kept),
		cmocka_unit_test(a_restart_does_not_change_the_order),
		cmocka_unit_test(a_hundred_thousand_come_and_go),
	};

	return cmocka_run_group_tests(tests, enter, leave);
}
