/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which mark rules may be put into a kernel. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "model/markrule.h"

static void a_new_rule_has_the_defaults_of_the_mib(void **state)
{
	struct markrule r;

	(void)state;
	markrule_init(&r);
	assert_int_equal(r.family, AF_INET);
	assert_string_equal(r.table, "mangle");
	assert_string_equal(r.chain, "PREROUTING");
	assert_int_equal(r.position, 0);
	assert_int_equal(r.sport_from, 0);
	assert_int_equal(r.sport_to, 65535);
	assert_int_equal(r.dport_from, 0);
	assert_int_equal(r.dport_to, 65535);
	assert_int_equal(r.target, MARKRULE_MARK);
	assert_int_equal(r.mask, UINT32_MAX);
	assert_int_equal(r.ctmask, UINT32_MAX);
	assert_int_equal(r.storage, STORAGE_NONVOLATILE);
	assert_int_equal(r.status, ROW_NONE);
	assert_int_equal(markrule_check(&r, NULL, NULL), 0);
}

static struct prefix v4(uint8_t a, uint8_t d, uint8_t len)
{
	return (struct prefix){ .family = AF_INET, .len = len, .addr = { a, 0, 0, d } };
}

/* What to change of a good rule, and the column at fault; 0: still good. */
#define CHANGES(X)                                                                                 \
	X(0, r->family = AF_INET6)                                                                 \
	X(2, r->family = AF_UNSPEC)                                                                \
	X(2, r->family = 99)                                                                       \
	X(0, strcpy(r->table, "raw"))                                                              \
	X(3, strcpy(r->table, ""))                                                                 \
	X(3, strcpy(r->table, "two words"))                                                        \
	X(3, memset(r->table, 'x', 32))                                                            \
	X(0, memset(r->chain, 'x', 28))                                                            \
	X(4, memset(r->chain, 'x', 29))                                                            \
	X(4, strcpy(r->chain, ""))                                                                 \
	X(4, strcpy(r->chain, "-A"))                                                               \
	X(4, strcpy(r->chain, "!x"))                                                               \
	X(4, strcpy(r->chain, "a\tb"))                                                             \
	X(4, strcpy(r->chain, "a\"b"))                                                             \
	X(0, (r->backend = BACKEND_NFTABLES, memset(r->chain, 'x', 29)))                           \
	X(0, strcpy(r->iif, "eth+"))                                                               \
	X(0, strcpy(r->iif, "abcdefghijklmno"))                                                    \
	X(7, strcpy(r->iif, "a/b"))                                                                \
	X(7, strcpy(r->iif, "a b"))                                                                \
	X(7, strcpy(r->iif, ".."))                                                                 \
	X(7, (strcpy(r->iif, "lo"), strcpy(r->chain, "OUTPUT")))                                   \
	X(7, (strcpy(r->iif, "lo"), strcpy(r->chain, "POSTROUTING")))                              \
	X(8, strcpy(r->oif, "lo"))                                                                 \
	X(0, (strcpy(r->oif, "lo"), strcpy(r->chain, "OUTPUT")))                                   \
	X(8, (strcpy(r->oif, "a/b"), strcpy(r->chain, "OUTPUT")))                                  \
	X(0, (strcpy(r->iif, "a"), strcpy(r->oif, "b"), strcpy(r->chain, "FORWARD")))              \
	X(0, r->src = v4(10, 0, 8))                                                                \
	X(9, r->src = v4(10, 1, 8))                                                                \
	X(10, r->src = v4(10, 1, 33))                                                              \
	X(9, (r->src = v4(10, 0, 8), r->family = AF_INET6))                                        \
	X(0, (r->src = v4(10, 0, 8), r->src.family = r->family = AF_INET6))                        \
	X(0, r->dst = v4(10, 1, 32))                                                               \
	X(11, r->dst = v4(10, 1, 31))                                                              \
	X(12, (r->dst.family = r->family = AF_INET6, r->dst.len = 129))                            \
	X(0, (r->protocol = 17, r->sport_to = 5))                                                  \
	X(0, (r->protocol = 136, r->dport_from = 5))                                               \
	X(14, (r->protocol = 6, r->sport_from = 6, r->sport_to = 5))                               \
	X(16, (r->protocol = 6, r->dport_from = 6, r->dport_to = 5))                               \
	X(14, r->sport_from = 1)                                                                   \
	X(16, r->dport_to = 1)                                                                     \
	X(16, (r->protocol = 1, r->dport_to = 1))                                                  \
	X(16, (r->protocol = 6, r->invert = INVERT_PROTOCOL, r->dport_to = 1))                     \
	X(6, r->invert = INVERT_IIF)                                                               \
	X(6, r->invert = INVERT_OIF)                                                               \
	X(6, r->invert = INVERT_SRC)                                                               \
	X(6, (r->invert = INVERT_DST, r->dst = v4(0, 0, 0)))                                       \
	X(6, r->invert = INVERT_PROTOCOL)                                                          \
	X(6, (r->invert = INVERT_SPORT, r->protocol = 6))                                          \
	X(6, (r->invert = INVERT_DPORT, r->protocol = 6))                                          \
	X(6, r->invert = INVERT_TOS)                                                               \
	X(6, r->invert = INVERT_MARK)                                                              \
	X(6, r->invert = 1u << 9)                                                                  \
	X(0, (r->invert = INVERT_IIF, strcpy(r->iif, "lo")))                                       \
	X(0, (r->invert = INVERT_SRC, r->src = v4(10, 0, 8)))                                      \
	X(0, (r->invert = INVERT_MARK, r->match_mask = 1))                                         \
	X(0, (r->invert = INVERT_TOS, r->tos_mask = 1))                                            \
	X(0, r->target = MARKRULE_CONNMARK_SET)                                                    \
	X(0, (r->target = MARKRULE_CONNMARK_SAVE, r->mark = 0))                                    \
	X(24, r->target = MARKRULE_CONNMARK_SAVE)                                                  \
	X(24, r->target = MARKRULE_CONNMARK_RESTORE)                                               \
	X(23, r->target = MARKRULE_OTHER)                                                          \
	X(23, r->target = 0)                                                                       \
	X(23, r->target = 6)                                                                       \
	X(0, r->matches = "-m limit")                                                              \
	X(22, r->matches = "-m\nlimit")                                                            \
	X(22, r->matches = "\xff")                                                                 \
	X(0, strcpy(r->description, "gr\xc3\xbcn"))                                                \
	X(33, strcpy(r->description, "\x1b[2J"))

static void each_contradiction_names_its_column(void **state)
{
	unsigned n = 0;

	(void)state;
#define X(want, change)                                                                            \
	{                                                                                          \
		struct markrule rule, *r = &rule;                                                  \
		struct why why = { "" };                                                           \
		unsigned column = 0;                                                               \
                                                                                                   \
		markrule_init(r);                                                                  \
		r->mark = 1;                                                                       \
		(void)(change);                                                                    \
		assert_int_equal(markrule_check(r, &column, &why), (want) ? -EINVAL : 0);          \
		assert_int_equal(column, want);                                                    \
		assert_int_equal(*why.s != '\0', (want) != 0);                                     \
		n++;                                                                               \
	}
	CHANGES(X)
	assert_true(n > 60);
}

static void matches_have_a_longest_length(void **state)
{
	static char longest[MARKRULE_MATCHES_MAX + 2];
	struct markrule r;
	unsigned column = 0;

	(void)state;
	markrule_init(&r);
	memset(longest, 'x', MARKRULE_MATCHES_MAX);
	r.matches = longest;
	assert_int_equal(markrule_check(&r, &column, NULL), 0);
	longest[MARKRULE_MATCHES_MAX] = 'x';
	assert_int_equal(markrule_check(&r, &column, NULL), -EINVAL);
	assert_int_equal(column, 22);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_rule_has_the_defaults_of_the_mib),
		cmocka_unit_test(each_contradiction_names_its_column),
		cmocka_unit_test(matches_have_a_longest_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
