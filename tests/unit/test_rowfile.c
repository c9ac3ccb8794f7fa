/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows as text and back: every table, the ends of every range, and what is hostile. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "model/fib.h"
#include "model/mark.h"
#include "model/markrule.h"
#include "model/policy.h"
#include "store/kinds.h"

#define N(a) (sizeof(a) / sizeof(*(a)))

static const struct mib_def *const defs[] = { &mib_rule, &mib_mark,  &mib_policy,
					      &mib_fib,	 &mib_route, &mib_nexthop };

static union {
	struct markrule rule;
	struct mark mark;
	struct policy policy;
	struct fib fib;
	struct route route;
	struct mib_nexthop_row hop;
	uint64_t align;
} row, again;

static struct arena arena;

static int teardown(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

static void defaults(const struct mib_def *def, void *r)
{
	memset(r, 0, def->row_size);
	if (def == &mib_rule)
		markrule_init(r);
	else if (def == &mib_policy)
		policy_init(r);
	else if (def == &mib_mark)
		mark_init(r, 0, 0);
	else if (def == &mib_fib)
		fib_init(r);
	else if (def == &mib_route)
		route_init(r);
}

static uint64_t *given(const struct mib_def *def, void *r)
{
	return (uint64_t *)(void *)((char *)r + def->given_off);
}

/* Returns: 0 or -EINVAL with @why. @s: a group in braces. */
static int read_text(const struct mib_def *def, const char *s, void *r, struct why *why)
{
	static const char *const other[] = { "nextHops", NULL };
	struct text t = TEXT_INIT;
	config_t cfg;
	int err;

	text_add(&t, "x = %s;", s);
	config_init(&cfg);
	if (!config_read_string(&cfg, text_str(&t)))
		fail_msg("%s: %s", config_error_text(&cfg), s);
	err = rowfile_read(def, config_lookup(&cfg, "x"), r, other, &arena, why);
	config_destroy(&cfg);
	text_fini(&t);
	return err;
}

/* Writes the row, reads it into one with the defaults, and compares what a manager gave. */
static void round_trip(const struct mib_def *def)
{
	struct text t = TEXT_INIT;
	struct why why = { "" };

	rowfile_write(def, &row, &t);
	assert_int_equal(t.err, 0);
	defaults(def, &again);
	if (read_text(def, text_str(&t), &again, &why))
		fail_msg("%s: %s", why.s, text_str(&t));
	for (size_t i = 0; i < def->ncols; i++) {
		const struct mib_col *col = &def->cols[i];
		bool always = col->access == ACCESS_NA || col->syntax == SYN_STATUS ||
			      col->syntax == SYN_STORAGE;
		struct mib_value a, b;

		if (!always &&
		    !(cols_have(*given(def, &row), col->num) && col->access == ACCESS_RC))
			continue;
		cell_get(col, &row, 0, &a);
		cell_get(col, &again, 0, &b);
		assert_int_equal(a.tag, b.tag);
		if (a.tag == MIB_TAG_OCTETS && (a.len != b.len || memcmp(a.bytes, b.bytes, a.len)))
			fail_msg("%s is not what it was: %s", col->name, text_str(&t));
		if (a.tag != MIB_TAG_OCTETS && a.num != b.num)
			fail_msg("%s: %lld, was %lld", col->name, (long long)b.num,
				 (long long)a.num);
		if (col->access == ACCESS_RC)
			assert_true(cols_have(*given(def, &again), col->num));
	}
	text_fini(&t);
}

/* The lowest (0), the highest (1) or a strange (2) value of a column. */
static void extreme(const struct mib_col *col, unsigned which, struct mib_value *v)
{
	static const char strange[] = "\"\\\"'${x}@include /*#//; \xc3\xbc \\x41 \\n (){}[]:=,";
	static char big[4096];

	memset(big, which == 1 ? '"' : 'a', sizeof(big));
	*v = (struct mib_value){ .tag = MIB_TAG_OCTETS, .bytes = big };
	switch ((enum mib_syntax)col->syntax) {
	case SYN_STRING:
	case SYN_TEXT:
		v->bytes = which == 2 ? strange : big;
		v->len = which == 2 ? strlen(strange) : (size_t)(which ? col->max : col->min);
		if (v->len > (size_t)col->max)
			v->len = (size_t)col->max;
		return;
	case SYN_IFNAME:
		v->bytes = which == 2 ? "\"\\${x}@#;\xc3\xbc" : big;
		v->len = which == 2 ? 11 : which ? 15 : 0;
		return;
	case SYN_OCTETS:
		memset(big, which == 1 ? 0xff : 0, 8);
		v->len = 8;
		return;
	case SYN_BITS:
		memset(big, 0, 8);
		for (size_t i = 0; which && i <= (size_t)col->max; i++)
			big[i / 8] |= (char)(0x80 >> i % 8);
		v->len = (size_t)col->max / 8 + 1;
		return;
	case SYN_ADDRESS:
		memset(big, which == 1 ? 0xff : 0, 16);
		v->len = which == 2 ? 4 : which || col->min ? 16 : 0;
		return;
	case SYN_PREFIXLEN:
	case SYN_UNSIGNED:
		v->tag = MIB_TAG_UNSIGNED32;
		break;
	default:
		v->tag = MIB_TAG_INTEGER;
	}
	v->num = (uint64_t)(which == 1 ? col->max : col->min);
	if (col->syntax == SYN_ENUM)
		for (v->num = which == 1 ? 31 : 0; !(col->min >> v->num & 1);)
			v->num += which == 1 ? UINT64_MAX : 1;
	if (col->syntax == SYN_TRUTH)
		v->num = which == 1 ? 1 : 2;
	if (col->syntax == SYN_STATUS)
		v->num = which == 1 ? ROW_ACTIVE : ROW_NOT_IN_SERVICE;
	if (col->syntax == SYN_STORAGE)
		v->num = which == 1 ? STORAGE_VOLATILE : STORAGE_NONVOLATILE;
}

static void every_value_of_every_column_comes_back(void **state)
{
	(void)state;
	for (size_t d = 0; d < N(defs); d++) {
		for (unsigned which = 0; which < 3; which++) {
			defaults(defs[d], &row);
			for (size_t i = 0; i < defs[d]->ncols; i++) {
				const struct mib_col *col = &defs[d]->cols[i];
				struct mib_value v;
				struct why why;

				if (col->access == ACCESS_RO)
					continue;
				extreme(col, which, &v);
				if (cell_set(col, &row, &v, &arena, &why))
					fail_msg("%s (%u): %s", col->name, which, why.s);
				*given(defs[d], &row) |= COL_BIT(col->num);
			}
			round_trip(defs[d]);
		}
	}
}

static void what_was_not_given_is_not_written(void **state)
{
	struct text t = TEXT_INIT;

	(void)state;
	defaults(&mib_rule, &row);
	row.rule.index = 5;
	row.rule.packets = 99;
	row.rule.given = COL_BIT(RULE_COL_MARK) | COL_BIT(RULE_COL_PACKETS);
	row.rule.mark = 0x80000000;
	row.rule.status = ROW_NOT_READY;
	rowfile_write(&mib_rule, &row, &t);
	assert_string_equal(text_str(&t), "{ index = 5; mark = 2147483648L; "
					  "storageType = \"nonVolatile\"; status = "
					  "\"notReady\"; }");
	text_fini(&t);
}

static void control_characters_are_quoted(void **state)
{
	struct text t = TEXT_INIT;

	(void)state;
	rowfile_quote(&t, "a\"b\\c\n\x01\x7f\xc3\xbc");
	assert_string_equal(text_str(&t), "\"a\\\"b\\\\c\\x0a\\x01\\x7f\xc3\xbc\"");
	text_fini(&t);
}

/* table, text, the sentence; NULL: it is accepted */
static const struct {
	const struct mib_def *def;
	const char *text, *says;
} texts[] = {
	{ &mib_rule, "{ }", NULL },
	{ &mib_rule, "{ index = 5; nextHops = ( 1, 2 ); }", NULL },
	{ &mib_rule, "{ mark = 0x5; mask = 0xffffffffL; }", NULL },
	{ &mib_rule, "( )", "line 1: a group in braces is wanted" },
	{ &mib_rule, "5", "line 1: a group in braces is wanted" },
	{ &mib_rule, "{ index = 0; }", "line 1: index: 0 is not between 1 and 2147483647" },
	{ &mib_rule, "{ index = -1; }", "line 1: index: a number from 1 to 2147483647 is wanted" },
	{ &mib_rule, "{\n\nindex = 4294967296L; }",
	  "line 3: index: a number from 1 to 2147483647 is wanted" },
	{ &mib_rule, "{ index = \"5\"; }",
	  "line 1: index: a number from 1 to 2147483647 is wanted" },
	{ &mib_rule, "{ index = 5.0; }", "line 1: index: a number from 1 to 2147483647 is wanted" },
	{ &mib_rule, "{ index = true; }",
	  "line 1: index: a number from 1 to 2147483647 is wanted" },
	{ &mib_rule, "{ index = ( ); }", "line 1: index: a number from 1 to 2147483647 is wanted" },
	{ &mib_rule, "{ index = { }; }", "line 1: index: a number from 1 to 2147483647 is wanted" },
	{ &mib_rule, "{ Index = 5; }", "line 1: Index: no such column" },
	{ &mib_rule, "{ packets = 5; }", "line 1: packets: no such column" },
	{ &mib_rule, "{ text = \"\"; }", "line 1: text: no such column" },
	{ &mib_rule, "{ chain = \"\"; }", "line 1: chain: it is 0 octets long, not 1 to 128" },
	{ &mib_rule, "{ chain = 5; }", "line 1: chain: a string in quotes is wanted" },
	{ &mib_rule, "{ chain = \"a\\nb\"; }",
	  "line 1: chain: not UTF-8, or with a character in it that controls how others are shown" },
	{ &mib_rule, "{ inInterface = \"a/b\"; }",
	  "line 1: inInterface: \"a/b\" is no interface name" },
	{ &mib_rule, "{ addressType = \"ipv5\"; }",
	  "line 1: addressType: \"ipv4\" or \"ipv6\" is wanted" },
	{ &mib_rule, "{ addressType = \"unknown\"; }",
	  "line 1: addressType: address type 0: only ipv4(1) and ipv6(2) are known here" },
	{ &mib_rule, "{ addressType = 1; }",
	  "line 1: addressType: \"ipv4\" or \"ipv6\" is wanted" },
	{ &mib_rule, "{ source = \"192.0.2.1\"; }", NULL },
	{ &mib_rule, "{ source = \"\"; }",
	  "line 1: source: it is 0 octets long, not 4 (ipv4) or 16 (ipv6)" },
	{ &mib_rule, "{ source = \"192.0.2.0/24\"; }",
	  "line 1: source: an address in quotes, without a prefix length, is wanted" },
	{ &mib_rule, "{ source = \"localhost\"; }",
	  "line 1: source: an address in quotes, without a prefix length, is wanted" },
	{ &mib_rule, "{ target = 4; }", NULL },
	{ &mib_rule, "{ target = 5; }", "line 1: target: 5 is not a value that can be written" },
	{ &mib_rule, "{ target = 4294967297L; }",
	  "line 1: target: 4294967297 is not a value that can be written" },
	{ &mib_rule, "{ invert = \"ff80\"; }", NULL },
	{ &mib_rule, "{ invert = \"FF\"; }", NULL },
	{ &mib_rule, "{ invert = \"ffc0\"; }", "line 1: invert: bit 9 does not exist" },
	{ &mib_rule, "{ invert = \"f\"; }",
	  "line 1: invert: a string of hexadecimal digits is wanted" },
	{ &mib_rule, "{ invert = \"8g\"; }",
	  "line 1: invert: a string of hexadecimal digits is wanted" },
	{ &mib_rule, "{ invert = \"0x\"; }",
	  "line 1: invert: a string of hexadecimal digits is wanted" },
	{ &mib_rule, "{ invert = \"8 \"; }",
	  "line 1: invert: a string of hexadecimal digits is wanted" },
	{ &mib_rule, "{ invert = \" 8\"; }",
	  "line 1: invert: a string of hexadecimal digits is wanted" },
	{ &mib_rule, "{ status = \"active\"; }", NULL },
	{ &mib_rule, "{ status = \"notReady\"; }", NULL },
	{ &mib_rule, "{ status = 3; }", "line 1: status: not a value that it can have" },
	{ &mib_rule, "{ status = \"destroy\"; }", "line 1: status: not a value that it can have" },
	{ &mib_rule, "{ status = 4; }", "line 1: status: not a value that it can have" },
	{ &mib_rule, "{ storageType = \"permanent\"; }",
	  "line 1: storageType: not a value that it can have" },
	{ &mib_policy, "{ invert = true; suppressPrefixLength = -1; }", NULL },
	{ &mib_policy, "{ suppressPrefixLength = -2; }",
	  "line 1: suppressPrefixLength: -2 is not between -1 and 128" },
	{ &mib_policy, "{ tunnelId = \"0011223344556677\"; }", NULL },
	{ &mib_policy, "{ tunnelId = \"00112233445566\"; }",
	  "line 1: tunnelId: it is 7 octets long, not 8" },
	{ &mib_policy,
	  "{ tunnelId = \"0000000000000000000000000000000000000000000000000000000000000000"
	  "00\"; }",
	  "line 1: tunnelId: a string of hexadecimal digits is wanted" },
	{ &mib_route, "{ dest = \"2001:db8::1\"; destType = \"ipv6\"; prefixLength = 128; }",
	  NULL },
	{ &mib_route, "{ gateway = \"\"; }", NULL },
	{ &mib_route, "{ prefixLength = 129; }",
	  "line 1: prefixLength: 129 is not between 0 and 128" },
	{ &mib_route, "{ instance = 65536; }",
	  "line 1: instance: 65536 is not between 1 and 65535" },
};

static void what_a_file_says_is_checked(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(texts); i++) {
		struct why why = { "" };
		int err;

		defaults(texts[i].def, &again);
		err = read_text(texts[i].def, texts[i].text, &again, &why);
		if (err != (texts[i].says ? -EINVAL : 0))
			fail_msg("%s: %d %s", texts[i].text, err, why.s);
		if (err)
			assert_string_equal(why.s, texts[i].says);
	}
}

/* As long as nobody writes its end. */
static void a_range_ends_where_it_begins(void **state)
{
	struct policy *p = &row.policy;
	struct markrule *r = &row.rule;

	(void)state;
	policy_init(p);
	p->uid_from = 5;
	policy_row_settle(p);
	assert_int_equal(p->uid_to, UINT32_MAX); /* nobody wrote uid_from either */
	p->given = COL_BIT(POLICY_COL_UID_FROM) | COL_BIT(POLICY_COL_SPORT_FROM);
	p->sport_from = 25;
	policy_row_settle(p);
	assert_int_equal(p->uid_to, 5);
	assert_int_equal(p->sport_to, 25);
	assert_int_equal(p->dport_to, 65535);
	p->uid_from = p->sport_from = 0;
	policy_row_settle(p);
	assert_int_equal(p->uid_to, UINT32_MAX);
	assert_int_equal(p->sport_to, 65535);
	p->given |= COL_BIT(POLICY_COL_SPORT_TO);
	p->sport_from = 25;
	policy_row_settle(p);
	assert_int_equal(p->sport_to, 65535);

	markrule_init(r);
	r->dport_from = 25;
	r->given = COL_BIT(RULE_COL_DPORT_FROM);
	rule_row_settle(r);
	assert_int_equal(r->sport_to, 65535);
	assert_int_equal(r->dport_to, 25);
	/* What differs from its default is not enough: 25 alone would be read back as 25 to 25. */
	assert_true(row_given_ranges(&row_kinds[RULE_ROWS], r->given) ==
		    (COL_BIT(RULE_COL_DPORT_FROM) | COL_BIT(RULE_COL_DPORT_TO)));
	assert_true(row_given_ranges(&row_kinds[FIB_ROWS], 2) == 2);
}

static void no_table_is_looked_up_but_by_lookup(void **state)
{
	struct policy *p = &row.policy;

	(void)state;
	policy_init(p);
	p->action = POLICY_PROHIBIT;
	policy_row_settle(p);
	assert_int_equal(p->fib, 0);
	p->action = POLICY_LOOKUP;
	policy_row_settle(p);
	assert_int_equal(p->fib, 254);
	p->l3mdev = true;
	p->given = COL_BIT(POLICY_COL_FIB);
	policy_row_settle(p);
	assert_int_equal(p->fib, 0);
	p->l3mdev = false;
	policy_row_settle(p);
	assert_int_equal(p->fib, 254);
	/* What somebody wrote, and can be so in the kernel. */
	p->given = COL_BIT(POLICY_COL_FIB);
	p->action = POLICY_PROHIBIT;
	p->fib = 7;
	policy_row_settle(p);
	assert_int_equal(p->fib, 7);
	p->action = POLICY_LOOKUP;
	p->fib = 0;
	policy_row_settle(p);
	assert_int_equal(p->fib, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(every_value_of_every_column_comes_back, teardown),
		cmocka_unit_test_teardown(what_was_not_given_is_not_written, teardown),
		cmocka_unit_test_teardown(control_characters_are_quoted, teardown),
		cmocka_unit_test_teardown(what_a_file_says_is_checked, teardown),
		cmocka_unit_test(a_range_ends_where_it_begins),
		cmocka_unit_test(no_table_is_looked_up_but_by_lookup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
