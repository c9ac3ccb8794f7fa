/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Strings that grow, numbers, UTF-8, and the sentences that become fwmarkAgentLastError. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "base/why.h"

static void a_text_grows_and_is_never_null(void **state)
{
	struct text t = TEXT_INIT;
	char want[2001] = "";

	(void)state;
	assert_string_equal(text_str(&t), "");
	for (unsigned i = 0; i < 500; i++) {
		text_add(&t, "%03u", i);
		text_addn(&t, ",?", 1);
		snprintf(want + 4 * (size_t)i, 5, "%03u,", i);
	}
	assert_int_equal(t.len, 2000);
	assert_string_equal(text_str(&t), want);
	text_reset(&t);
	assert_string_equal(text_str(&t), "");
	assert_int_equal(t.len, 0);
	text_add(&t, "%s", "");
	assert_string_equal(text_str(&t), "");
	text_fini(&t);
	text_fini(&t);
	assert_string_equal(text_str(&t), "");
}

static void put(const char *file, const void *s, size_t n)
{
	FILE *f = fopen(file, "we");

	assert_non_null(f);
	assert_int_equal(fwrite(s, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
}

static void a_file_is_read_as_a_whole_or_refused(void **state)
{
	char file[] = "/tmp/test_text.XXXXXX", dir[] = "/tmp/test_text.XXXXXX";
	static char big[10000];
	struct text t = TEXT_INIT;
	int fd = mkstemp(file);

	(void)state;
	assert_return_code(fd, errno);
	close(fd);
	assert_non_null(mkdtemp(dir));
	memset(big, 'x', sizeof(big));
	assert_int_equal(text_add_file(&t, file, 0), 0);
	assert_string_equal(text_str(&t), "");
	put(file, big, sizeof(big));
	text_add(&t, "ab");
	assert_int_equal(text_add_file(&t, file, sizeof(big)), 0);
	assert_int_equal(t.len, 2 + sizeof(big));
	assert_int_equal(strspn(t.s + 2, "x"), sizeof(big));
	assert_int_equal(text_add_file(&t, file, sizeof(big) - 1), -EFBIG);
	put(file, "a\0b", 3);
	assert_int_equal(text_add_file(&t, file, 3), -EILSEQ);
	assert_int_equal(text_add_file(&t, dir, 3), -EISDIR);
	assert_return_code(unlink(file), errno);
	assert_return_code(rmdir(dir), errno);
	assert_int_equal(text_add_file(&t, file, 3), -ENOENT);
	text_fini(&t);
}

static void a_text_may_be_longer_than_any_buffer(void **state)
{
	struct text t = TEXT_INIT;

	(void)state;
	text_add(&t, "%*s|", 100000, "x");
	assert_int_equal(t.len, 100001);
	assert_int_equal(strlen(text_str(&t)), 100001);
	assert_int_equal(t.err, 0);
	text_fini(&t);
}

static const struct {
	const char *s;
	unsigned long long max;
	int err;
	unsigned long long value;
} numbers[] = {
	{ "0", 0, 0, 0 },
	{ "1", 0, -ERANGE, 0 },
	{ "007", 7, 0, 7 }, /* not octal */
	{ "010", 10, 0, 10 },
	{ "4294967295", UINT32_MAX, 0, UINT32_MAX },
	{ "4294967296", UINT32_MAX, -ERANGE, 0 },
	{ "18446744073709551615", UINT64_MAX, 0, UINT64_MAX },
	{ "18446744073709551616", UINT64_MAX, -ERANGE, 0 },
	{ "99999999999999999999999999", UINT64_MAX, -ERANGE, 0 },
	{ "0x0", 0, 0, 0 },
	{ "0xfF", 255, 0, 255 },
	{ "0Xff", 255, 0, 255 },
	{ "0x100", 255, -ERANGE, 0 },
	{ "", 9, -EINVAL, 0 },
	{ " 1", 9, -EINVAL, 0 },
	{ "1 ", 9, -EINVAL, 0 },
	{ "+1", 9, -EINVAL, 0 },
	{ "-1", 9, -EINVAL, 0 },
	{ "0x", 9, -EINVAL, 0 },
	{ "0x-1", 9, -EINVAL, 0 },
	{ "0x0x1", 9, -EINVAL, 0 },
	{ "0xg", 9, -EINVAL, 0 },
	{ "1f", 99, -EINVAL, 0 },
	{ "1.0", 9, -EINVAL, 0 },
	{ "x1", 9, -EINVAL, 0 },
};

static void numbers_are_decimal_or_hexadecimal(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		unsigned long long v = 12345;

		assert_int_equal(text_number(numbers[i].s, numbers[i].max, &v), numbers[i].err);
		assert_true(v == (numbers[i].err ? 12345 : numbers[i].value));
	}
}

/* By Unicode's table 3-7 of well-formed sequences. */
static const struct {
	const char *s;
	int good;
} octets[] = {
	{ "", 1 },
	{ "plain ~", 1 },
	{ "\xc2\xa0", 1 },
	{ "\xdf\xbf", 1 },
	{ "\xe0\xa0\x80", 1 },
	{ "\xed\x9f\xbf", 1 },
	{ "\xee\x80\x80", 1 },
	{ "\xef\xbf\xbf", 1 },
	{ "\xf0\x90\x80\x80", 1 },
	{ "\xf4\x8f\xbf\xbf", 1 },
	{ "\xe2\x80\xa7\xe2\x80\xaf\xe2\x81\xa5\xe2\x81\xaa", 1 },
	{ "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d", 1 }, /* Hebrew, from right to left by itself */
	{ "\x01", 0 },
	{ "\t", 0 },
	{ "a\nb", 0 },
	{ "\x1b[2J", 0 },
	{ "\x7f", 0 },
	{ "\x80", 0 },
	{ "\xc0\x80", 0 }, /* too long for NUL */
	{ "\xc1\xbf", 0 },
	{ "\xc2", 0 },
	{ "\xc2 ", 0 },
	{ "\xe0\x9f\xbf", 0 },
	{ "\xe2\x82", 0 },
	{ "\xed\xa0\x80", 0 }, /* a surrogate */
	{ "\xf0\x8f\xbf\xbf", 0 },
	{ "\xf0\x90\x80", 0 },
	{ "\xf4\x90\x80\x80", 0 }, /* beyond U+10FFFF */
	{ "\xf5\x80\x80\x80", 0 },
	{ "\xfe\xff", 0 },
	{ "\xc2\x80", 0 }, /* C1 */
	{ "\xc2\x85", 0 },
	{ "\xc2\x9b[2J", 0 },
	{ "\xc2\x9f", 0 },
	{ "a\xe2\x80\xa8"
	  "b",
	  0 },		       /* LINE SEPARATOR */
	{ "\xe2\x80\xaa", 0 }, /* LRE */
	{ "\xe2\x80\xae", 0 }, /* RLO */
	{ "\xe2\x81\xa6", 0 }, /* LRI */
	{ "\xe2\x81\xa9", 0 }, /* PDI */
};

static void only_well_formed_utf8_is_text(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(octets) / sizeof(*octets); i++)
		assert_int_equal(!!text_is_utf8(octets[i].s, strlen(octets[i].s)), octets[i].good);
	assert_false(text_is_utf8("a\0b", 3));
	assert_true(text_is_utf8("\xc3\xbc", 2));
	assert_false(text_is_utf8("\xc3\xbc", 1));
}

/* Anything is shown as a text that could be given, but for tabs. */
static void what_cannot_be_shown_is_replaced_and_what_is_too_long_is_cut(void **state)
{
	static const struct {
		const char *s;
		size_t max;
		const char *shown;
	} cases[] = {
		{ "", 3, "" },
		{ "plain\ttext", 10, "plain\ttext" },
		{ "a\nb\x1b[0m\x7f", 20, "a?b?[0m?" },
		{ "\xc3\xbc\xc2\x9b[2J \xe2\x80\xaegpj", 20, "\xc3\xbc?[2J ?gpj" },
		{ "\xff\xc3(\xe2\x82", 9,
		  "?"
		  "?(?"
		  "?" },
		{ "12345", 5, "12345" },
		{ "123456", 5, "12..." },
		{ "1234", 3, "..." },
		{ "\xc3\xbc\xc3\xbc\xc3\xbc", 6, "\xc3\xbc\xc3\xbc\xc3\xbc" },
		{ "\xc3\xbc\xc3\xbc\xc3\xbc", 5, "\xc3\xbc..." },
		{ "\xc3\xbc\xc3\xbc\xc3\xbcx", 6, "\xc3\xbc..." },
		{ "1\xf0\x9f\x8d\x8c\xf0\x9f\x8d\x8c", 8, "1\xf0\x9f\x8d\x8c..." },
		{ "1\xf0\x9f\x8d\x8c\xf0\x9f\x8d\x8c", 7, "1..." },
		{ "\xff\xff\xff\xff\xff", 4, "?..." },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char out[32], same[32];
		size_t n = strlen(cases[i].s);

		strcpy(same, cases[i].s);
		assert_int_equal(text_show(out, cases[i].max, cases[i].s, n),
				 strlen(cases[i].shown));
		assert_string_equal(out, cases[i].shown);
		text_show(same, cases[i].max, same, n);
		assert_string_equal(same, cases[i].shown);
	}
}

/* What the kernel answers to `ip link add NAME type veth`. */
static void names_of_interfaces_are_the_kernels(void **state)
{
	static const char *const good[] = { "a",	"...",	 "eth0.1",
					    "\xc3\xa1", "x\x01", "123456789012345" };
	static const char *const bad[] = { "",
					   ".",
					   "..",
					   "a/b",
					   "a:b",
					   "a b",
					   "a\tb",
					   "a\n",
					   "\xc3\xa0",
					   "\xa0",
					   "1234567890123456" };

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		if (!text_is_ifname(good[i]))
			fail_msg("\"%s\"", good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (text_is_ifname(bad[i]))
			fail_msg("\"%s\"", bad[i]);
}

static void a_sentence_passes_the_error_on(void **state)
{
	struct why why, undo;
	char big[2000];

	(void)state;
	assert_int_equal(why_set(&why, -ENOENT, "%s: %d", "five", 5), -ENOENT);
	assert_string_equal(why.s, "five: 5");
	assert_int_equal(why_set(NULL, -EPERM, "dropped"), -EPERM);
	why_set(&why, 0, "a\nb\x1b[0m");
	assert_string_equal(why.s, "a?b?[0m");
	memset(big, 'x', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	why_set(&why, 0, "%s", big);
	assert_int_equal(strlen(why.s), sizeof(why.s) - 1);
	assert_string_equal(why.s + sizeof(why.s) - 5, "x...");
	for (size_t i = 0; i + 2 < sizeof(big); i += 2)
		memcpy(big + i, "\xc3\xbc", 2);
	why_set(&why, 0, "%s", big);
	assert_true(text_is_utf8(why.s, strlen(why.s)));
	assert_string_equal(why.s + strlen(why.s) - 5, "\xc3\xbc...");
	undo = why;
	assert_int_equal(why_undo(&why, &undo), -ENOTRECOVERABLE);
	assert_true(text_is_utf8(why.s, strlen(why.s)));
	assert_non_null(strstr(why.s, "\xc3\xbc...; undo: \xc3\xbc"));
	assert_string_equal(why.s + strlen(why.s) - 5, "\xc3\xbc...");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_text_grows_and_is_never_null),
		cmocka_unit_test(a_file_is_read_as_a_whole_or_refused),
		cmocka_unit_test(a_text_may_be_longer_than_any_buffer),
		cmocka_unit_test(numbers_are_decimal_or_hexadecimal),
		cmocka_unit_test(only_well_formed_utf8_is_text),
		cmocka_unit_test(what_cannot_be_shown_is_replaced_and_what_is_too_long_is_cut),
		cmocka_unit_test(names_of_interfaces_are_the_kernels),
		cmocka_unit_test(a_sentence_passes_the_error_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
