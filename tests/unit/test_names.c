/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "model/fib.h"
#include "model/names.h"

static void names_are_sorted_by_id(void **state)
{
	static const uint32_t ids[] = { 254, 0, UINT32_MAX, 201, 255, 1 };
	struct names n = NAMES_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(ids) / sizeof(*ids); i++)
		assert_int_equal(names_set(&n, ids[i], "x", 0), 0);
	for (size_t i = 1; i < n.v.n; i++)
		assert_true(((struct name *)vec_at(&n.v, i - 1))->id <
			    ((struct name *)vec_at(&n.v, i))->id);
	assert_int_equal(n.v.n, 6);
	names_fini(&n);
}

static void setting_again_renames(void **state)
{
	struct names n = NAMES_INIT;
	char buf[16];

	(void)state;
	names_set(&n, 201, "mail.out", 0);
	names_set(&n, 201, "mail", 1);
	assert_int_equal(n.v.n, 1);
	assert_string_equal(names_text(&n, 201, buf), "mail");
	assert_int_equal(names_find(&n, 201)->flags, 1);
	names_fini(&n);
}

/* Added in any order: sorted by id, and of an id the last one stays. */
static void many_are_settled_at_once(void **state)
{
	static const struct {
		uint32_t id;
		const char *name;
	} added[] = { { 7, "a" }, { 9, "b" }, { 7, "c" }, { 1, "d" }, { 9, "e" }, { 7, "f" } };
	struct names n = NAMES_INIT;
	char buf[16];

	(void)state;
	names_settle(&n);
	for (size_t i = 0; i < sizeof(added) / sizeof(*added); i++)
		assert_int_equal(names_add(&n, added[i].id, added[i].name, 0), 0);
	names_settle(&n);
	assert_int_equal(n.v.n, 3);
	assert_string_equal(names_text(&n, 1, buf), "d");
	assert_string_equal(names_text(&n, 7, buf), "f");
	assert_string_equal(names_text(&n, 9, buf), "e");
	/* What is added later counts more than what was settled before. */
	assert_int_equal(names_add(&n, 1, "g", 0), 0);
	names_settle(&n);
	assert_string_equal(names_text(&n, 1, buf), "g");
	assert_int_equal(names_set(&n, 5, "h", 0), 0);
	assert_int_equal(n.v.n, 4);
	names_fini(&n);
}

static void a_removed_name_is_a_number(void **state)
{
	struct names n = NAMES_INIT;
	char buf[16];

	(void)state;
	names_set(&n, UINT32_MAX, "last", 0);
	names_remove(&n, UINT32_MAX);
	names_remove(&n, 7);
	assert_string_equal(names_text(&n, UINT32_MAX, buf), "4294967295");
	assert_null(names_find(&n, UINT32_MAX));
	names_fini(&n);
}

static void a_name_is_found_by_lowest_id(void **state)
{
	struct names n = NAMES_INIT;

	(void)state;
	names_set(&n, 9, "a", 0);
	names_set(&n, 3, "a", 0);
	assert_int_equal(names_find_name(&n, "a")->id, 3);
	assert_null(names_find_name(&n, "b"));
	names_fini(&n);
}

/* 60 letters and characters of two octets, of which "..." leaves room for none. */
static void a_long_name_is_cut_between_characters_and_says_so(void **state)
{
	struct names n = NAMES_INIT;
	char name[80];

	(void)state;
	memset(name, 'a', sizeof(name));
	strcpy(name + 60, "\xc3\xa9\xc3\xa9");
	names_set(&n, 1, name, 0);
	assert_string_equal(names_find(&n, 1)->name, name);
	strcat(name, "x");
	names_set(&n, 1, name, 0);
	assert_int_equal(strlen(names_find(&n, 1)->name), 63);
	assert_string_equal(names_find(&n, 1)->name + 59, "a...");
	memset(name, 'a', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	names_set(&n, 1, name, 0);
	assert_int_equal(strlen(names_find(&n, 1)->name), NAME_MAX_LEN);
	assert_string_equal(names_find(&n, 1)->name + 60, "a...");
	names_fini(&n);
}

/* The name may be that of an element of the very vector that grows. */
static void a_name_can_be_copied_within(void **state)
{
	struct names n = NAMES_INIT;

	(void)state;
	names_set(&n, 0, "origin", 0);
	for (uint32_t id = 1; id < 100; id++)
		assert_int_equal(names_set(&n, id, names_find(&n, id - 1)->name, 0), 0);
	assert_string_equal(names_find(&n, 99)->name, "origin");
	names_fini(&n);
}

static void fib_names_that_iproute2_reads_back(void **state)
{
	static const struct {
		uint32_t id;
		const char *name;
		int err;
	} cases[] = {
		{ 201, "mail.out", 0 },	   { 201, "", 0 },
		{ 4000000000, "big", 0 },  { 201, "r\xc3\xa9seau", 0 },
		{ 254, "main", 0 },	   { 255, "local", 0 },
		{ 201, "main", -EINVAL },  { 254, "mine", -EINVAL },
		{ 0, "zero", -EINVAL },	   { 201, "all", -EINVAL },
		{ 201, "cache", -EINVAL }, { 201, "default", -EINVAL },
		{ 201, "a b", -EILSEQ },   { 201, "a\tb", -EILSEQ },
		{ 201, "#a", -EILSEQ },	   { 201, "a#", -EILSEQ },
		{ 201, "a/b", -EILSEQ },   { 201, "202", -EILSEQ },
		{ 201, "0xca", -EILSEQ },  { 201, "010", -EILSEQ },
		{ 201, "-1", -EILSEQ },	   { 201, "99999999999999999999999", -EILSEQ },
		{ 201, "2a", 0 },	   { 201, "\xff", -EILSEQ },
		{ UINT32_MAX, "last", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct why why = { "" };
		unsigned column = 0;
		struct fib f;

		fib_init(&f);
		f.id = cases[i].id;
		strcpy(f.name, cases[i].name);
		assert_int_equal(fib_check(&f, &column, &why), cases[i].err);
		if (!cases[i].err)
			continue;
		assert_int_equal(column, 2);
		assert_true(why.s[0]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_sorted_by_id),
		cmocka_unit_test(setting_again_renames),
		cmocka_unit_test(many_are_settled_at_once),
		cmocka_unit_test(a_removed_name_is_a_number),
		cmocka_unit_test(a_name_is_found_by_lowest_id),
		cmocka_unit_test(a_long_name_is_cut_between_characters_and_says_so),
		cmocka_unit_test(a_name_can_be_copied_within),
		cmocka_unit_test(fib_names_that_iproute2_reads_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
