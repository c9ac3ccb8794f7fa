/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One cell of each syntax: what it reads as, and every value that it must not take. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>
#include <sys/socket.h>

#include "mib_defs.h"
#include "model/row.h"

#define N(a) (sizeof(a) / sizeof(*(a)))

struct row {
	int32_t i32;
	uint8_t u8;
	uint16_t u16;
	uint32_t u32;
	uint64_t u64;
	bool truth;
	uint16_t bits;
	char string[9], ifname[16];
	uint8_t octets[8];
	const char *text;
	uint8_t family;
	struct prefix prefix;
	uint8_t status, storage;
};

#define F(f) offsetof(struct row, f), sizeof(((struct row *)NULL)->f)
#define C(syn, field, min, max)                                                                    \
	{                                                                                          \
		1, SYN_##syn, ACCESS_RC, 0, F(field), min, max, #syn                               \
	}

static const struct mib_col integer = C(INTEGER, i32, -1, 128), u8 = C(UNSIGNED, u8, 1, 200),
			    u16 = C(UNSIGNED, u16, 0, 65535), u32 = C(UNSIGNED, u32, 0, UINT32_MAX),
			    enumerated = C(ENUM, u8, 0x1e, 0x3e), truth = C(TRUTH, truth, 0, 0),
			    bits = C(BITS, bits, 0, 8), string = C(STRING, string, 1, 8),
			    ifname = C(IFNAME, ifname, 0, 15), octets = C(OCTETS, octets, 8, 8),
			    text = C(TEXT, text, 0, 20), family = C(FAMILY, family, 1, 2),
			    family0 = C(FAMILY, family, 0, 2), address = C(ADDRESS, prefix, 4, 16),
			    address0 = C(ADDRESS, prefix, 0, 16),
			    prefixlen = C(PREFIXLEN, prefix, 0, 128),
			    testincr = C(TESTINCR, i32, 0, INT32_MAX),
			    status = C(STATUS, status, 0, 0), storage = C(STORAGE, storage, 0, 0),
			    gauge = C(GAUGE, u32, 0, UINT32_MAX),
			    counter32 = C(COUNTER32, u64, 0, 0),
			    counter64 = C(COUNTER64, u64, 0, 0), ticks = C(TICKS, u64, 0, 0),
			    stamp = C(STAMP, u64, 0, 0);

static struct row row;
static struct arena arena;

static struct mib_value number(uint8_t tag, int64_t n)
{
	return (struct mib_value){ .tag = tag, .num = (uint64_t)n };
}

static struct mib_value string_of(const char *s)
{
	return (struct mib_value){ .tag = MIB_TAG_OCTETS, .bytes = s, .len = strlen(s) };
}

/* Writes and, when it was taken, reads back the same; when it was not, the row is as it was and
 * there is a reason. */
static void set(const struct mib_col *col, struct mib_value v, int want)
{
	struct why why = { "" };
	struct mib_value got;
	struct row before;

	memcpy(&before, &row, sizeof(row));
	assert_int_equal(cell_set(col, &row, &v, &arena, &why), want);
	if (want) {
		assert_memory_equal(&row, &before, sizeof(row));
		assert_int_equal(*why.s != '\0', want != MIB_NOT_WRITABLE);
		return;
	}
	cell_get(col, &row, 0, &got);
	assert_int_equal(got.tag, v.tag);
	if (v.tag != MIB_TAG_OCTETS) {
		assert_true(got.num == v.num);
		return;
	}
	assert_int_equal(got.len, v.len);
	assert_memory_equal(got.bytes, v.bytes, v.len);
}

static void numbers_have_a_range(void **state)
{
	static const struct {
		const struct mib_col *col;
		uint8_t tag;
		int64_t n;
		int error;
	} cases[] = {
		{ &integer, MIB_TAG_INTEGER, -1, 0 },
		{ &integer, MIB_TAG_INTEGER, 0, 0 },
		{ &integer, MIB_TAG_INTEGER, 128, 0 },
		{ &integer, MIB_TAG_INTEGER, -2, MIB_WRONG_VALUE },
		{ &integer, MIB_TAG_INTEGER, 129, MIB_WRONG_VALUE },
		{ &integer, MIB_TAG_INTEGER, INT64_MIN, MIB_WRONG_VALUE },
		{ &integer, MIB_TAG_INTEGER, 0x100000000, MIB_WRONG_VALUE },
		{ &u8, MIB_TAG_UNSIGNED32, 1, 0 },
		{ &u8, MIB_TAG_UNSIGNED32, 200, 0 },
		{ &u8, MIB_TAG_UNSIGNED32, 0, MIB_WRONG_VALUE },
		{ &u8, MIB_TAG_UNSIGNED32, 201, MIB_WRONG_VALUE },
		{ &u8, MIB_TAG_UNSIGNED32, 257, MIB_WRONG_VALUE },
		{ &u16, MIB_TAG_UNSIGNED32, 65535, 0 },
		{ &u16, MIB_TAG_UNSIGNED32, 65536, MIB_WRONG_VALUE },
		{ &u16, MIB_TAG_UNSIGNED32, UINT32_MAX, MIB_WRONG_VALUE },
		{ &u32, MIB_TAG_UNSIGNED32, UINT32_MAX, 0 },
		{ &u32, MIB_TAG_UNSIGNED32, 0x80000000, 0 },
		{ &prefixlen, MIB_TAG_UNSIGNED32, 0, 0 },
		{ &prefixlen, MIB_TAG_UNSIGNED32, 128, 0 },
		{ &prefixlen, MIB_TAG_UNSIGNED32, 129, MIB_WRONG_VALUE },
		{ &prefixlen, MIB_TAG_UNSIGNED32, 256, MIB_WRONG_VALUE },
		{ &testincr, MIB_TAG_INTEGER, INT32_MAX, 0 },
		{ &testincr, MIB_TAG_INTEGER, -1, MIB_WRONG_VALUE },
		{ &testincr, MIB_TAG_INTEGER, 0x80000000, MIB_WRONG_VALUE },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++)
		set(cases[i].col, number(cases[i].tag, cases[i].n), cases[i].error);
}

static void only_some_values_of_an_enumeration_are_taken(void **state)
{
	static const struct {
		const struct mib_col *col;
		uint32_t good; /* bit N: value N */
	} cases[] = {
		{ &enumerated, 0x1e }, { &truth, 0x06 },  { &status, 0x76 },
		{ &storage, 0x0c },    { &family, 0x06 }, { &family0, 0x07 },
	};
	static const int64_t far[] = { -1,	  32,	     33,	64,	   256,	       257,
				       INT32_MAX, INT32_MIN, INT64_MIN, INT64_MAX, 0x100000001 };

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		for (int n = 0; n < 32; n++)
			set(cases[i].col, number(MIB_TAG_INTEGER, n),
			    cases[i].good >> n & 1 ? 0 : MIB_WRONG_VALUE);
		for (size_t j = 0; j < N(far); j++)
			set(cases[i].col, number(MIB_TAG_INTEGER, far[j]), MIB_WRONG_VALUE);
	}
	set(&family, number(MIB_TAG_INTEGER, 2), 0);
	assert_int_equal(row.family, AF_INET6);
	set(&truth, number(MIB_TAG_INTEGER, 2), 0);
	assert_false(row.truth);
}

static void strings_have_a_length_and_are_utf8(void **state)
{
	(void)state;
	set(&string, string_of("12345678"), 0);
	set(&string, string_of("a"), 0);
	assert_memory_equal(row.string, "a\0\0\0\0\0\0\0", 9); /* nothing is left of the old */
	set(&string, string_of("gr\xc3\xbcn"), 0);
	set(&string, string_of(""), MIB_WRONG_LENGTH);
	set(&string, string_of("123456789"), MIB_WRONG_LENGTH);
	set(&string, string_of("a\nb"), MIB_WRONG_VALUE);
	set(&string, string_of("\x7f"), MIB_WRONG_VALUE);
	set(&string, string_of("\xff"), MIB_WRONG_VALUE);
	set(&string, string_of("\xc3"), MIB_WRONG_VALUE);
	set(&string, (struct mib_value){ .tag = MIB_TAG_OCTETS, .bytes = "a\0b", .len = 3 },
	    MIB_WRONG_VALUE);
	set(&text, string_of(""), 0);
	set(&text, string_of("exactly twenty bytes"), 0);
	set(&text, string_of("one more than twenty."), MIB_WRONG_LENGTH);
	set(&text, string_of("tab\t"), MIB_WRONG_VALUE);
	set(&text, (struct mib_value){ .tag = MIB_TAG_OCTETS, .bytes = "", .len = SIZE_MAX },
	    MIB_WRONG_LENGTH);
}

static void interface_names_are_those_of_the_kernel(void **state)
{
	static const struct {
		const char *s;
		int error;
	} cases[] = {
		{ "", 0 },
		{ "lo", 0 },
		{ "eth+", 0 },
		{ "abcdefghijklmno", 0 },
		{ "...", 0 },
		{ "abcdefghijklmnop", MIB_WRONG_LENGTH },
		{ "a/b", MIB_WRONG_VALUE },
		{ "a:b", MIB_WRONG_VALUE },
		{ "a b", MIB_WRONG_VALUE },
		{ ".", MIB_WRONG_VALUE },
		{ "..", MIB_WRONG_VALUE },
		{ "a\tb", MIB_WRONG_VALUE },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++)
		set(&ifname, string_of(cases[i].s), cases[i].error);
}

static void octets_and_addresses_have_their_lengths(void **state)
{
	static const uint8_t some[300] = { 192, 0, 2, 1, 5, 6, 7, 8, 9 };

	(void)state;
	for (size_t n = 0; n < sizeof(some); n++) {
		struct mib_value v = { .tag = MIB_TAG_OCTETS, .bytes = some, .len = n };

		set(&octets, v, n == 8 ? 0 : MIB_WRONG_LENGTH);
		set(&address, v, n == 4 || n == 16 ? 0 : MIB_WRONG_LENGTH);
		set(&address0, v, n == 0 || n == 4 || n == 16 ? 0 : MIB_WRONG_LENGTH);
	}
	set(&address, (struct mib_value){ .tag = MIB_TAG_OCTETS, .bytes = some, .len = 16 }, 0);
	assert_int_equal(row.prefix.family, AF_INET6);
	set(&address, (struct mib_value){ .tag = MIB_TAG_OCTETS, .bytes = some, .len = 4 }, 0);
	assert_int_equal(row.prefix.family, AF_INET);
	for (size_t i = 4; i < ADDR_MAX; i++)
		assert_int_equal(row.prefix.addr[i], 0);
}

/* RFC 2578 section 7.1.4: position 0 is the highest bit; zeros at the end may be left out. */
static void bits_count_from_the_left(void **state)
{
	static const struct {
		const char *octets;
		size_t len;
		uint16_t bits;
		int error;
	} cases[] = {
		{ "", 0, 0, 0 },
		{ "\x80", 1, 1, 0 },
		{ "\x01", 1, 0x80, 0 },
		{ "\x00\x80", 2, 0x100, 0 },
		{ "\xff\x80", 2, 0x1ff, 0 },
		{ "\xff\x80\x00\x00\x00\x00\x00\x00\x00\x00", 10, 0x1ff, 0 },
		{ "\x00\x40", 2, 0, MIB_WRONG_VALUE },
		{ "\x00\x00\x80", 3, 0, MIB_WRONG_VALUE },
		{ "\x00\x00\x00\x00\x00\x00\x00\x00\x80", 9, 0, MIB_WRONG_VALUE },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		struct mib_value v = { .tag = MIB_TAG_OCTETS,
				       .bytes = cases[i].octets,
				       .len = cases[i].len };
		struct mib_value got;
		struct why why;

		row.bits = 0x155;
		assert_int_equal(cell_set(&bits, &row, &v, &arena, &why), cases[i].error);
		assert_int_equal(row.bits, cases[i].error ? 0x155 : cases[i].bits);
		cell_get(&bits, &row, 0, &got);
		assert_int_equal(got.len, 2);
		assert_int_equal(((const uint8_t *)got.bytes)[1], row.bits & 0x100 ? 0x80 : 0);
	}
}

static void what_is_counted_cannot_be_written(void **state)
{
	static const struct {
		const struct mib_col *col;
		uint8_t tag;
	} cases[] = {
		{ &gauge, MIB_TAG_UNSIGNED32 },	   { &counter32, MIB_TAG_COUNTER32 },
		{ &counter64, MIB_TAG_COUNTER64 }, { &ticks, MIB_TAG_TIMETICKS },
		{ &stamp, MIB_TAG_TIMETICKS },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++)
		set(cases[i].col, number(cases[i].tag, 1), MIB_NOT_WRITABLE);
}

static void every_other_type_is_wrong(void **state)
{
	static const struct mib_col *const cols[] = {
		&integer,   &u8,	&u16,	   &u32,    &enumerated, &truth,
		&bits,	    &string,	&ifname,   &octets, &text,	 &family,
		&address,   &prefixlen, &testincr, &status, &storage,	 &gauge,
		&counter32, &counter64, &ticks,	   &stamp,
	};

	(void)state;
	for (size_t i = 0; i < N(cols); i++) {
		struct mib_value have;

		cell_get(cols[i], &row, 0, &have);
		for (unsigned tag = 0; tag < 256; tag++)
			if (tag != have.tag)
				set(cols[i],
				    (struct mib_value){
					    .tag = (uint8_t)tag, .num = 1, .bytes = "", .len = 0 },
				    MIB_WRONG_TYPE);
	}
}

static uint64_t get(const struct mib_col *col, int64_t epoch, uint8_t tag)
{
	struct mib_value v;

	cell_get(col, &row, epoch, &v);
	assert_int_equal(v.tag, tag);
	return v.num;
}

static void counters_and_times_read_as_they_should(void **state)
{
	(void)state;
	row.u64 = 0x123456789abcdef0;
	assert_true(get(&counter64, 0, MIB_TAG_COUNTER64) == 0x123456789abcdef0);
	assert_true(get(&counter32, 0, MIB_TAG_COUNTER32) == 0x9abcdef0);
	row.u64 = 12345;
	assert_int_equal(get(&ticks, 0, MIB_TAG_TIMETICKS), 1234);
	assert_int_equal(get(&stamp, 345, MIB_TAG_TIMETICKS), 1200);
	assert_int_equal(get(&stamp, -1000, MIB_TAG_TIMETICKS), 1334);
	assert_int_equal(get(&stamp, 12345, MIB_TAG_TIMETICKS), 0);
	assert_int_equal(get(&stamp, 99999, MIB_TAG_TIMETICKS), 0); /* before its time */
	row.u64 = UINT64_C(42949672960) + 20;			    /* 2^32 hundredths and 2 */
	assert_int_equal(get(&ticks, 0, MIB_TAG_TIMETICKS), 2);
	row.u32 = UINT32_MAX;
	assert_true(get(&gauge, 0, MIB_TAG_UNSIGNED32) == UINT32_MAX);
	row.i32 = -1;
	assert_true((int64_t)get(&integer, 0, MIB_TAG_INTEGER) == -1);
}

static void a_row_of_the_kernel_may_hold_more_than_can_be_written(void **state)
{
	struct mib_value v;

	(void)state;
	row.text = NULL;
	cell_get(&text, &row, 0, &v);
	assert_int_equal(v.len, 0);
	memset(row.ifname, 'x', sizeof(row.ifname)); /* no NUL */
	cell_get(&ifname, &row, 0, &v);
	assert_int_equal(v.len, sizeof(row.ifname));
	row.prefix = (struct prefix){ .family = AF_UNSPEC };
	cell_get(&address, &row, 0, &v);
	assert_int_equal(v.len, 0);
	row.family = AF_UNSPEC;
	assert_int_equal(get(&family, 0, MIB_TAG_INTEGER), 0);
	row.family = 99;
	assert_int_equal(get(&family, 0, MIB_TAG_INTEGER), 0);
	row.u8 = 200;
	assert_int_equal(get(&enumerated, 0, MIB_TAG_INTEGER), 200);
}

/* A value that passes the checks must fit into its field. */
static void the_fields_hold_what_their_columns_allow(void **state)
{
	(void)state;
	for (size_t d = 0; d < N(mib_defs); d++) {
		for (size_t i = 0; i < mib_defs[d]->ncols; i++) {
			const struct mib_col *c = &mib_defs[d]->cols[i];
			bool number = c->syntax == SYN_UNSIGNED || c->syntax == SYN_INTEGER;

			assert_true(c->off + c->size <= mib_defs[d]->row_size);
			assert_true(c->num < MIB_COLS_MAX);
			assert_true(i == 0 || c[-1].num < c->num);
			if (c->access != ACCESS_RC && c->access != ACCESS_RW)
				continue;
			if (c->syntax == SYN_STRING || c->syntax == SYN_IFNAME)
				assert_true(c->max < c->size);
			if (number && c->size < 8)
				assert_true(c->max <= (INT64_C(1) << (8 * c->size)) - 1);
			if (c->syntax == SYN_BITS)
				assert_true(c->max < 8 * c->size);
			if (c->syntax == SYN_ENUM)
				assert_int_equal(c->min & ~c->max, 0);
			if (c->syntax == SYN_TEXT)
				assert_int_equal(c->size, sizeof(char *));
		}
	}
}

static int setup(void **state)
{
	(void)state;
	memset(&row, 0, sizeof(row));
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(numbers_have_a_range),
		T(only_some_values_of_an_enumeration_are_taken),
		T(strings_have_a_length_and_are_utf8),
		T(interface_names_are_those_of_the_kernel),
		T(octets_and_addresses_have_their_lengths),
		T(bits_count_from_the_left),
		T(what_is_counted_cannot_be_written),
		T(every_other_type_is_wrong),
		T(counters_and_times_read_as_they_should),
		T(a_row_of_the_kernel_may_hold_more_than_can_be_written),
		T(the_fields_hold_what_their_columns_allow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
