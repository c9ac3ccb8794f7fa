/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GET and GETNEXT of the bare engine, over tables in memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fake_mib.h"
#include "mib_defs.h"

#define N(a) (sizeof(a) / sizeof(*(a)))

/* Tables of the test alone: scalars 1 and 3 of group 2 (2 is not readable), table 2.4 with index
 * column 1 and a hole at 3, an empty table 2.5, table 7.1 whose index has several parts. */
struct small {
	uint32_t a, b, c;
};

#define F(f) offsetof(struct small, f), 4

static const struct mib_col scalar_cols[] = {
	{ 1, SYN_UNSIGNED, ACCESS_RO, 0, F(a), 0, UINT32_MAX, "sOne" },
	{ 2, SYN_UNSIGNED, ACCESS_NA, 0, F(b), 0, UINT32_MAX, "sTwo" },
	{ 3, SYN_TEXT, ACCESS_RO, 0, 0, 0, 0, 8, "sThree" },
};
static const struct mib_col table_cols[] = {
	{ 1, SYN_UNSIGNED, ACCESS_NA, 0, F(a), 1, UINT32_MAX, "tIndex" },
	{ 2, SYN_UNSIGNED, ACCESS_RO, 0, F(b), 0, UINT32_MAX, "tTwo" },
	{ 4, SYN_UNSIGNED, ACCESS_RO, 0, F(c), 0, UINT32_MAX, "tFour" },
};
/* clang-format off */
#define DEF(p, g, t, c) .prefix = p, .group = g, .table = t, .cols = c, .ncols = N(c), .row_size = 12
/* clang-format on */
static const struct mib_def scalars = { DEF("s", 2, 0, scalar_cols) };
static const struct mib_def table = { DEF("t", 2, 4, table_cols) };
static const struct mib_def empty = { DEF("t", 2, 5, table_cols) };
static const struct mib_def multi = { DEF("t", 7, 1, table_cols) };
static const struct mib_def *const defs[] = { &scalars, &table, &empty, &multi };

static struct fake fake;

#define OID(...) ((const uint32_t[]){ __VA_ARGS__ }), N(((const uint32_t[]){ __VA_ARGS__ }))

static void put(size_t i, const uint32_t *idx, size_t n, uint32_t b, uint32_t c)
{
	const struct mib_oid at = fake_oid(idx, n);
	const struct small row = { .a = idx[0], .b = b, .c = c };

	fake_put(&fake.t[i], &at, &row);
}

static int setup(void **state)
{
	(void)state;
	fake_setup(&fake, defs, N(defs));
	put(0, OID(0), 0, 0);
	put(1, OID(5), 52, 54);
	put(1, OID(7), 72, 74);
	put(1, OID(2147483648u), 82, 84);
	put(1, OID(4294967295u), 92, 94);
	put(3, OID(1, 1), 12, 14);
	put(3, OID(1, 1, 0), 22, 24);
	put(3, OID(1, 4294967295u, 3), 32, 34);
	put(3, OID(2), 42, 44);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_teardown(&fake);
	return 0;
}

enum { OBJECT = MIB_NO_SUCH_OBJECT, INSTANCE = MIB_NO_SUCH_INSTANCE };

static void get_gives_a_value_or_says_what_there_is_not(void **state)
{
	static const struct {
		struct mib_oid name;
		int error;
		uint32_t value;
	} cases[] = {
		{ { 3, { 2, 1, 0 } }, 0, 0 },
		{ { 0, { 0 } }, OBJECT, 0 },
		{ { 1, { 2 } }, OBJECT, 0 },
		{ { 2, { 2, 1 } }, INSTANCE, 0 },
		{ { 3, { 2, 1, 1 } }, INSTANCE, 0 },
		{ { 4, { 2, 1, 0, 0 } }, INSTANCE, 0 },
		{ { 3, { 2, 2, 0 } }, OBJECT, 0 }, /* not accessible */
		{ { 3, { 2, 0, 0 } }, OBJECT, 0 },
		{ { 2, { 2, 4 } }, OBJECT, 0 },
		{ { 3, { 2, 4, 1 } }, OBJECT, 0 },
		{ { 5, { 2, 4, 1, 2, 5 } }, 0, 52 },
		{ { 5, { 2, 4, 1, 4, 4294967295u } }, 0, 94 },
		{ { 5, { 2, 4, 1, 2, 2147483648u } }, 0, 82 },
		{ { 5, { 2, 4, 1, 2, 2147483647 } }, INSTANCE, 0 },
		{ { 4, { 2, 4, 1, 2 } }, INSTANCE, 0 },
		{ { 6, { 2, 4, 1, 2, 5, 0 } }, INSTANCE, 0 },
		{ { 6, { 2, 4, 1, 2, 5, 5 } }, INSTANCE, 0 },
		{ { 5, { 2, 4, 1, 1, 5 } }, OBJECT, 0 }, /* the index column */
		{ { 5, { 2, 4, 1, 3, 5 } }, OBJECT, 0 }, /* the hole */
		{ { 5, { 2, 4, 1, 5, 5 } }, OBJECT, 0 },
		{ { 5, { 2, 4, 1, 258, 5 } }, OBJECT, 0 }, /* 2 in eight bits */
		{ { 5, { 2, 4, 1, 2147483650u, 5 } }, OBJECT, 0 },
		{ { 5, { 2, 4, 2, 2, 5 } }, OBJECT, 0 },
		{ { 5, { 2, 5, 1, 2, 5 } }, INSTANCE, 0 },
		{ { 5, { 2, 6, 1, 2, 5 } }, OBJECT, 0 },
		{ { 7, { 7, 1, 1, 2, 1, 4294967295u, 3 } }, 0, 32 },
		{ { 6, { 7, 1, 1, 2, 1, 4294967295u } }, INSTANCE, 0 },
		{ { 5, { 8, 1, 1, 2, 5 } }, OBJECT, 0 },
		{ { MIB_OID_MAX, { 7, 1, 1, 2, 1 } }, INSTANCE, 0 },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct mib_value v = { .num = 1 };

		assert_int_equal(mib_get(&fake.mib, cases[i].name.id, cases[i].name.n, &v),
				 cases[i].error);
		if (!cases[i].error && cases[i].value)
			assert_int_equal(v.num, cases[i].value);
	}
}

static void a_text_that_is_too_long_says_so(void **state)
{
	struct mib_value v;

	(void)state;
	assert_int_equal(mib_get(&fake.mib, OID(2, 3, 0), &v), 0);
	assert_int_equal(v.tag, MIB_TAG_OCTETS);
	assert_int_equal(v.len, 8);
	assert_memory_equal(v.bytes, "text ...", 8);
}

/* What the kernel and files have is anything; what a column holds fits its syntax. */
static void octets_that_are_no_text_are_shown_as_one(void **state)
{
	static struct {
		char name[9], ifname[9];
		const char *text;
	} row = { "\xc3\xbcx\x01y\xff", "\xe2\x80\xaegpj", "as `ip` has it:\tit is long" };
	static const struct mib_col cols[] = {
		{ 1, SYN_STRING, ACCESS_RO, 0, 0, 9, 0, 8, "oName" },
		{ 2, SYN_IFNAME, ACCESS_RO, 0, 9, 9, 0, 8, "oIfName" },
		{ 3, SYN_TEXT, ACCESS_RO, 0, offsetof(__typeof__(row), text), sizeof(row.text), 0,
		  20, "oText" },
	};
	static const struct mib_def odd = {
		.prefix = "o", .group = 1, .cols = cols, .ncols = N(cols), .row_size = sizeof(row)
	};
	static const struct mib_def *const odds[] = { &odd };
	static const char *const shown[] = { "\xc3\xbcx?y?", "?gpj", "as `ip` has it:\ti..." };
	static struct fake f;
	const struct mib_oid zero = { .n = 1 };

	(void)state;
	fake_setup(&f, odds, 1);
	fake_put(&f.t[0], &zero, &row);
	for (uint32_t i = 0; i < N(shown); i++) {
		struct mib_value v;

		assert_int_equal(mib_get(&f.mib, OID(1, i + 1, 0), &v), 0);
		assert_int_equal(v.len, strlen(shown[i]));
		assert_memory_equal(v.bytes, shown[i], v.len);
	}
	fake_teardown(&f);
}

/* Everything there is, in order. */
static const struct mib_oid all[] = {
	{ 3, { 2, 1, 0 } },
	{ 3, { 2, 3, 0 } },
	{ 5, { 2, 4, 1, 2, 5 } },
	{ 5, { 2, 4, 1, 2, 7 } },
	{ 5, { 2, 4, 1, 2, 2147483648u } },
	{ 5, { 2, 4, 1, 2, 4294967295u } },
	{ 5, { 2, 4, 1, 4, 5 } },
	{ 5, { 2, 4, 1, 4, 7 } },
	{ 5, { 2, 4, 1, 4, 2147483648u } },
	{ 5, { 2, 4, 1, 4, 4294967295u } },
	{ 6, { 7, 1, 1, 2, 1, 1 } },
	{ 7, { 7, 1, 1, 2, 1, 1, 0 } },
	{ 7, { 7, 1, 1, 2, 1, 4294967295u, 3 } },
	{ 5, { 7, 1, 1, 2, 2 } },
	{ 6, { 7, 1, 1, 4, 1, 1 } },
	{ 7, { 7, 1, 1, 4, 1, 1, 0 } },
	{ 7, { 7, 1, 1, 4, 1, 4294967295u, 3 } },
	{ 5, { 7, 1, 1, 4, 2 } },
};

/* What comes after @name is the first of all that is above it. */
static void next_is_right(const uint32_t *name, size_t n)
{
	struct mib_oid at;
	struct mib_value v, same;
	size_t want = 0;

	while (want < N(all) && mib_oid_cmp(all[want].id, all[want].n, name, n) <= 0)
		want++;
	if (want == N(all)) {
		assert_false(mib_next(&fake.mib, name, n, &at, &v));
		return;
	}
	assert_true(mib_next(&fake.mib, name, n, &at, &v));
	assert_int_equal(at.n, all[want].n);
	assert_memory_equal(at.id, all[want].id, at.n * sizeof(*at.id));
	assert_int_equal(mib_get(&fake.mib, at.id, at.n, &same), 0);
	assert_int_equal(v.tag, same.tag);
	if (v.tag != MIB_TAG_OCTETS)
		assert_int_equal(v.num, same.num);
}

static void a_walk_is_complete_and_in_order(void **state)
{
	struct mib_oid at = { 0 };
	struct mib_value v;

	(void)state;
	for (size_t i = 0; i < N(all); i++) {
		const struct mib_oid from = at;

		assert_true(mib_next(&fake.mib, from.id, from.n, &at, &v));
		assert_int_equal(mib_oid_cmp(at.id, at.n, all[i].id, all[i].n), 0);
	}
	assert_false(mib_next(&fake.mib, all[N(all) - 1].id, all[N(all) - 1].n, &at, &v));
}

/* From every name there is, cut, lengthened and moved by one in every place. */
static void getnext_is_right_from_anywhere(void **state)
{
	(void)state;
	next_is_right(NULL, 0);
	for (size_t i = 0; i < N(all); i++) {
		for (size_t n = 0; n <= all[i].n; n++) {
			struct mib_oid o = all[i];

			next_is_right(o.id, n);
			o.id[n] = 0;
			next_is_right(o.id, n + 1);
			o.id[n] = UINT32_MAX;
			next_is_right(o.id, n + 1);
			memset(o.id + n, 0, sizeof(o.id) - n * sizeof(*o.id));
			next_is_right(o.id, MIB_OID_MAX);
			memset(o.id + n, 0xff, sizeof(o.id) - n * sizeof(*o.id));
			next_is_right(o.id, MIB_OID_MAX);
			if (!n)
				continue;
			o = all[i];
			o.id[n - 1]++;
			next_is_right(o.id, n);
			next_is_right(o.id, o.n);
			o.id[n - 1] -= 2;
			next_is_right(o.id, n);
			next_is_right(o.id, o.n);
			o.id[n - 1] ^= 0x80000000;
			next_is_right(o.id, n);
			next_is_right(o.id, o.n);
		}
	}
}

static void getnext_is_right_at_random(void **state)
{
	static const uint32_t subids[] = { 0, 1, 2,  3,	 4,	      5,	   6,
					   7, 8, 54, 72, 2147483647u, 2147483648u, 4294967295u };
	uint32_t seed = 1;

	(void)state;
	for (unsigned i = 0; i < 100000; i++) {
		uint32_t name[10];
		size_t n;

		seed = seed * 1664525 + 1013904223;
		n = (seed >> 16) % N(name);
		for (size_t j = 0; j < n; j++) {
			seed = seed * 1664525 + 1013904223;
			name[j] = subids[(seed >> 16) % N(subids)];
		}
		next_is_right(name, n);
	}
}

static void rows_may_go_while_they_are_walked(void **state)
{
	const struct mib_oid five = fake_oid(OID(5)), seven = fake_oid(OID(7));
	struct mib_oid at;
	struct mib_value v;

	(void)state;
	fake_take(&fake.t[1], &five);
	fake_take(&fake.t[1], &seven);
	assert_true(mib_next(&fake.mib, OID(2, 4, 1, 2, 5), &at, &v));
	assert_int_equal(mib_oid_cmp(at.id, at.n, OID(2, 4, 1, 2, 2147483648u)), 0);
	while (fake.t[1].rows.n)
		vec_remove(&fake.t[1].rows, 0);
	assert_true(mib_next(&fake.mib, OID(2, 4, 1, 2, 5), &at, &v));
	assert_int_equal(mib_oid_cmp(at.id, at.n, OID(7, 1, 1, 2, 1, 1)), 0);
}

static void the_real_tables_are_in_the_order_of_their_names(void **state)
{
	struct mib_oid at = { 0 }, from;
	static struct fake f;
	struct mib_value v;
	size_t cells = 0, want = 0;

	(void)state;
	fake_setup(&f, mib_defs, N(mib_defs));
	for (size_t i = 0; i < N(mib_defs); i++) {
		static uint64_t row[512];
		const struct mib_oid index = fake_oid(OID(mib_defs[i]->table ? 1000000 : 0));

		assert_true(mib_defs[i]->row_size <= sizeof(row));
		fake_defaults(mib_defs[i], row);
		fake_put(&f.t[i], &index, row);
		for (size_t c = 0; c < mib_defs[i]->ncols; c++)
			want += mib_defs[i]->cols[c].access != ACCESS_NA;
	}
	for (from = at; mib_next(&f.mib, from.id, from.n, &at, &v); from = at, cells++) {
		assert_true(mib_oid_cmp(at.id, at.n, from.id, from.n) > 0);
		assert_int_equal(mib_get(&f.mib, at.id, at.n, &v), 0);
	}
	assert_int_equal(cells, want);
	fake_teardown(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(get_gives_a_value_or_says_what_there_is_not, setup,
						teardown),
		cmocka_unit_test(octets_that_are_no_text_are_shown_as_one),
		cmocka_unit_test_setup_teardown(a_text_that_is_too_long_says_so, setup, teardown),
		cmocka_unit_test_setup_teardown(a_walk_is_complete_and_in_order, setup, teardown),
		cmocka_unit_test_setup_teardown(getnext_is_right_from_anywhere, setup, teardown),
		cmocka_unit_test_setup_teardown(getnext_is_right_at_random, setup, teardown),
		cmocka_unit_test_setup_teardown(rows_may_go_while_they_are_walked, setup, teardown),
		cmocka_unit_test(the_real_tables_are_in_the_order_of_their_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
