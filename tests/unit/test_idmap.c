/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Foreign rows keep their index. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>

#include "base/hash.h"
#include "model/idmap.h"
#include "model/row.h"

static uint64_t hash_of(uint32_t i)
{
	return hash_add(HASH_INIT, &i, sizeof(i));
}

static uint32_t index_of(struct idmap *m, uint64_t hash, uint32_t ordinal)
{
	const struct idmap_entry *e = idmap_get(m, hash, ordinal);

	assert_non_null(e);
	assert_true(e->hash == hash);
	assert_int_equal(e->ordinal, ordinal);
	return e->index;
}

static void an_object_keeps_its_index(void **state)
{
	struct idmap m = IDMAP_INIT;
	size_t at = 0, n = 0;

	(void)state;
	for (uint32_t i = 0; i < 5000; i++)
		assert_int_equal(index_of(&m, hash_of(i), 0), ROW_FOREIGN_MIN + i);
	assert_true(m.dirty);
	m.dirty = false;
	idmap_round(&m);
	for (uint32_t i = 5000; i-- > 0;)
		assert_int_equal(index_of(&m, hash_of(i), 0), ROW_FOREIGN_MIN + i);
	assert_false(m.dirty);
	assert_int_equal(m.n, 5000);
	while (idmap_each(&m, &at))
		n++;
	assert_int_equal(n, 5000);
	idmap_fini(&m);
}

static void equals_are_told_apart_by_their_order(void **state)
{
	struct idmap m = IDMAP_INIT;
	uint32_t first[100];

	(void)state;
	for (unsigned round = 0; round < 3; round++) {
		for (uint32_t i = 0; i < 100; i++) {
			const struct idmap_entry *e = idmap_claim(&m, 77);

			assert_int_equal(e->ordinal, i);
			if (!round)
				first[i] = e->index;
			assert_int_equal(e->index, first[i]);
			assert_int_equal(idmap_claim(&m, hash_of(i))->ordinal, 0);
		}
		idmap_round(&m);
	}
	/* One of the equals is gone: the others move up, and no index is made anew. */
	for (uint32_t i = 0; i < 99; i++)
		assert_int_equal(idmap_claim(&m, 77)->index, first[i]);
	assert_int_equal(m.n, 200);
	idmap_fini(&m);
}

static void what_was_kept_is_put_back(void **state)
{
	struct idmap m = IDMAP_INIT;
	struct idmap_entry e = { .hash = 9, .ordinal = 2, .index = 1000500, .packets = 7 };

	(void)state;
	assert_int_equal(idmap_put(&m, &e), 0);
	assert_int_equal(idmap_put(&m, &e), -EEXIST);
	assert_int_equal(index_of(&m, 9, 2), 1000500);
	assert_true(idmap_get(&m, 9, 2)->packets == 7);
	/* New ones come after it. */
	assert_int_equal(index_of(&m, 9, 0), 1000501);
	e = (struct idmap_entry){ .hash = 10, .index = 1000100 };
	assert_int_equal(idmap_put(&m, &e), 0);
	assert_int_equal(index_of(&m, 11, 0), 1000502);
	idmap_fini(&m);
}

static void the_numbers_never_reach_the_managers(void **state)
{
	struct idmap m = IDMAP_INIT;

	(void)state;
	m.next = ROW_INDEX_MAX - 1;
	assert_int_equal(index_of(&m, 1, 0), ROW_INDEX_MAX - 1);
	assert_int_equal(index_of(&m, 2, 0), ROW_INDEX_MAX);
	assert_int_equal(index_of(&m, 3, 0), ROW_FOREIGN_MIN);
	idmap_fini(&m);
}

/* After the wrap, and whatever lives there. */
static void an_index_is_not_given_to_two(void **state)
{
	static const uint32_t living[] = { 0, 1, 5, 6, 9 }, given[] = { 2, 3, 4, 7, 8, 10, 11 };
	struct idmap m = IDMAP_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(living) / sizeof(*living); i++) {
		const struct idmap_entry e = { .hash = 100 + i,
					       .index = ROW_FOREIGN_MIN + living[i] };

		assert_int_equal(idmap_put(&m, &e), 0);
	}
	/* The last index of all is kept, too: a restart comes after it. */
	assert_int_equal(idmap_put(&m, &(struct idmap_entry){ .hash = 99, .index = ROW_INDEX_MAX }),
			 0);
	for (size_t i = 0; i < sizeof(given) / sizeof(*given); i++)
		assert_int_equal(index_of(&m, 200 + i, 0), ROW_FOREIGN_MIN + given[i]);
	for (size_t i = 0; i < sizeof(living) / sizeof(*living); i++)
		assert_int_equal(index_of(&m, 100 + i, 0), ROW_FOREIGN_MIN + living[i]);
	idmap_fini(&m);
}

static void the_oldest_of_what_is_gone_is_forgotten(void **state)
{
	struct idmap m = IDMAP_INIT;
	uint32_t living[100];

	(void)state;
	for (uint32_t i = 0; i < 100; i++)
		living[i] = index_of(&m, hash_of(i), 0);
	for (uint32_t round = 0; round < 200; round++) {
		idmap_round(&m);
		for (uint32_t i = 0; i < 100; i++)
			assert_int_equal(index_of(&m, hash_of(i), 0), living[i]);
		for (uint32_t i = 0; i < 1000; i++)
			index_of(&m, hash_of(1000 + round * 1000 + i), 0);
		idmap_prune(&m, 1100);
		assert_true(m.n <= 1100 + 65536);
	}
	/* Those of the last round are still known. */
	assert_int_equal(index_of(&m, hash_of(1000 + 199 * 1000), 0),
			 ROW_FOREIGN_MIN + 100 + 199 * 1000);
	idmap_fini(&m);
}

/* What was renamed has its index and its counters; its equals keep theirs; undone, all is as before. */
static void an_object_that_changes_keeps_its_index(void **state)
{
	struct idmap m = IDMAP_INIT;
	uint64_t from = hash_of(1), to = hash_of(2);

	(void)state;
	for (uint32_t i = 0; i < 3; i++)
		idmap_claim(&m, from)->packets = 10 + i;
	idmap_claim(&m, to);
	assert_int_equal(idmap_live(&m, from), 3);
	assert_int_equal(idmap_live(&m, to), 1);
	assert_int_equal(idmap_live(&m, hash_of(3)), 0);
	m.dirty = false;
	assert_int_equal(idmap_rename(&m, from, 1, 2, to, 1), 0);
	assert_true(m.dirty);
	assert_int_equal(index_of(&m, to, 0), ROW_FOREIGN_MIN + 3);
	assert_int_equal(index_of(&m, to, 1), ROW_FOREIGN_MIN + 1);
	assert_int_equal(idmap_peek(&m, to, 1)->packets, 11);
	assert_int_equal(index_of(&m, from, 0), ROW_FOREIGN_MIN);
	assert_int_equal(index_of(&m, from, 1), ROW_FOREIGN_MIN + 2);
	assert_int_equal(idmap_peek(&m, from, 1)->packets, 12);
	/* The next one that is like it was gets an index of its own. */
	assert_int_equal(index_of(&m, from, 2), ROW_FOREIGN_MIN + 4);
	idmap_rename_undo(&m, from, 1, 2, to, 1);
	for (uint32_t i = 0; i < 3; i++) {
		assert_int_equal(index_of(&m, from, i), ROW_FOREIGN_MIN + i);
		assert_int_equal(idmap_peek(&m, from, i)->packets, 10 + i);
	}
	assert_int_equal(idmap_rename(&m, hash_of(3), 0, 0, to, 0), -ENOENT);
	idmap_round(&m);
	assert_int_equal(idmap_live(&m, from), 0);
	idmap_fini(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_object_keeps_its_index),
		cmocka_unit_test(equals_are_told_apart_by_their_order),
		cmocka_unit_test(what_was_kept_is_put_back),
		cmocka_unit_test(the_numbers_never_reach_the_managers),
		cmocka_unit_test(an_index_is_not_given_to_two),
		cmocka_unit_test(an_object_that_changes_keeps_its_index),
		cmocka_unit_test(the_oldest_of_what_is_gone_is_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
