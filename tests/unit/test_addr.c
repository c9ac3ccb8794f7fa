/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses and prefixes of both families. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "base/addr.h"

/* text, what it prints as (NULL: refused), length, canonical */
static const struct {
	const char *s, *prints;
	uint8_t len;
	bool canonical;
} texts[] = {
	{ "192.0.2.0/24", "192.0.2.0/24", 24, true },
	{ "192.0.2.1/24", "192.0.2.1/24", 24, false },
	{ "192.0.2.1", "192.0.2.1/32", 32, true },
	{ "0.0.0.0/0", "0.0.0.0/0", 0, true },
	{ "128.0.0.0/1", "128.0.0.0/1", 1, true },
	{ "192.0.0.0/1", "192.0.0.0/1", 1, false },
	{ "255.255.255.255/32", "255.255.255.255/32", 32, true },
	{ "10.0.0.0/0x8", "10.0.0.0/8", 8, true },
	{ "::/0", "::/0", 0, true },
	{ "::", "::/128", 128, true },
	{ "2001:DB8::1/64", "2001:db8::1/64", 64, false },
	{ "2001:db8::/33", "2001:db8::/33", 33, true },
	{ "2001:db8:4000::/33", "2001:db8:4000::/33", 33, false },
	{ "::ffff:192.0.2.1", "::ffff:192.0.2.1/128", 128, true },
	{ "fe80::1/127", "fe80::1/127", 127, false },
	{ "", NULL, 0, false },
	{ "/24", NULL, 0, false },
	{ "192.0.2.0/", NULL, 0, false },
	{ "192.0.2.0/33", NULL, 0, false },
	{ "192.0.2.0/-1", NULL, 0, false },
	{ "192.0.2.0/8/8", NULL, 0, false },
	{ "192.0.2.0 /8", NULL, 0, false },
	{ "192.0.2", NULL, 0, false },
	{ "192.0.2.256", NULL, 0, false },
	{ "::/129", NULL, 0, false },
	{ ":", NULL, 0, false },
	{ "2001:db8::1%lo", NULL, 0, false },
	{ "::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::", NULL, 0,
	  false },
	{ "1.2.3.4.5.6.7.8.1.2.3.4.5.6.7.8.1.2.3.4.5.6.7.8.1.2.3.4.5.6.7.8.1.2.3.4.5.6.7.8", NULL,
	  0, false },
};

static void texts_are_read_and_printed(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct prefix p = { .family = 99 };
		char buf[PREFIX_TEXT_MAX];

		assert_int_equal(prefix_parse(texts[i].s, &p), texts[i].prints ? 0 : -EINVAL);
		if (!texts[i].prints) {
			assert_int_equal(p.family, 99);
			continue;
		}
		assert_int_equal(p.family, strchr(texts[i].s, ':') ? AF_INET6 : AF_INET);
		assert_int_equal(p.len, texts[i].len);
		assert_string_equal(prefix_format(&p, buf), texts[i].prints);
		assert_int_equal(prefix_is_canonical(&p), texts[i].canonical);
		*strchr(buf, '/') = '\0';
		assert_string_equal(addr_format(&p, (char[PREFIX_TEXT_MAX]){ 0 }), buf);
	}
}

static void the_longest_text_fits(void **state)
{
	struct prefix p = { .family = AF_INET6, .len = 128 };
	char buf[PREFIX_TEXT_MAX];

	(void)state;
	memset(p.addr, 0xff, sizeof(p.addr));
	assert_string_equal(prefix_format(&p, buf), "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128");
}

static void what_is_absent_prints_as_nothing(void **state)
{
	const struct prefix none = { 0 };
	char buf[PREFIX_TEXT_MAX];

	(void)state;
	assert_string_equal(addr_format(&none, buf), "");
	assert_string_equal(prefix_format(&none, buf), "");
	assert_true(addr_is_zero(&none));
	assert_true(prefix_is_canonical(&none));
}

static void a_length_beyond_the_family_is_not_canonical(void **state)
{
	struct prefix p = { .family = AF_INET, .len = 33 };

	(void)state;
	assert_false(prefix_is_canonical(&p));
	p.len = 255;
	assert_false(prefix_is_canonical(&p));
	p.family = AF_INET6;
	p.len = 129;
	assert_false(prefix_is_canonical(&p));
	p.family = AF_UNSPEC;
	assert_false(prefix_is_canonical(&p));
}

static void sizes_belong_to_families(void **state)
{
	(void)state;
	assert_int_equal(addr_size(AF_INET), 4);
	assert_int_equal(addr_size(AF_INET6), 16);
	assert_int_equal(addr_size(AF_UNSPEC), 0);
	assert_int_equal(addr_size(AF_UNIX), 0);
	for (size_t n = 0; n < 300; n++)
		assert_int_equal(addr_family(n), n == 4 ? AF_INET : n == 16 ? AF_INET6 : AF_UNSPEC);
}

/* Below each other in the order of a table. */
static void prefixes_are_ordered_by_family_address_and_length(void **state)
{
	static const char *const order[] = {
		"0.0.0.0/0",   "0.0.0.0/32",	"0.0.0.255/32",	 "9.0.0.0/8", "10.0.0.0/8",
		"10.0.0.0/24", "128.0.0.0/1",	"::/0",		 "::/1",      "::1/128",
		"1::/16",      "2001:db8::/32", "2001:db8::/33", "ff00::/8",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(order) / sizeof(*order); i++) {
		for (size_t j = 0; j < sizeof(order) / sizeof(*order); j++) {
			struct prefix a, b;
			int d;

			assert_int_equal(prefix_parse(order[i], &a), 0);
			assert_int_equal(prefix_parse(order[j], &b), 0);
			d = prefix_cmp(&a, &b);
			assert_int_equal(d < 0 ? -1 : d > 0, i < j ? -1 : i > j);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_are_read_and_printed),
		cmocka_unit_test(the_longest_text_fits),
		cmocka_unit_test(what_is_absent_prints_as_nothing),
		cmocka_unit_test(a_length_beyond_the_family_is_not_canonical),
		cmocka_unit_test(sizes_belong_to_families),
		cmocka_unit_test(prefixes_are_ordered_by_family_address_and_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
