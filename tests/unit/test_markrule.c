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
	X(RULE_COL_FAMILY, r->family = AF_UNSPEC)                                                  \
	X(RULE_COL_FAMILY, r->family = 99)                                                         \
	X(0, strcpy(r->table, "raw"))                                                              \
	X(RULE_COL_TABLE, strcpy(r->table, ""))                                                    \
	X(RULE_COL_TABLE, strcpy(r->table, "two words"))                                           \
	X(RULE_COL_TABLE, memset(r->table, 'x', 32))                                               \
	X(0, memset(r->chain, 'x', 28))                                                            \
	X(RULE_COL_CHAIN, memset(r->chain, 'x', 29))                                               \
	X(RULE_COL_CHAIN, strcpy(r->chain, ""))                                                    \
	X(RULE_COL_CHAIN, strcpy(r->chain, "-A"))                                                  \
	X(RULE_COL_CHAIN, strcpy(r->chain, "!x"))                                                  \
	X(RULE_COL_CHAIN, strcpy(r->chain, "a\tb"))                                                \
	X(RULE_COL_CHAIN, strcpy(r->chain, "a\"b"))                                                \
	X(0, (r->backend = BACKEND_NFTABLES, memset(r->chain, 'x', 29)))                           \
	X(0, strcpy(r->iif, "eth+"))                                                               \
	X(0, strcpy(r->iif, "abcdefghijklmno"))                                                    \
	X(RULE_COL_IIF, strcpy(r->iif, "a/b"))                                                     \
	X(RULE_COL_IIF, strcpy(r->iif, "a b"))                                                     \
	X(RULE_COL_IIF, strcpy(r->iif, ".."))                                                      \
	X(RULE_COL_IIF, (strcpy(r->iif, "lo"), strcpy(r->chain, "OUTPUT")))                        \
	X(RULE_COL_IIF, (strcpy(r->iif, "lo"), strcpy(r->chain, "POSTROUTING")))                   \
	X(RULE_COL_OIF, strcpy(r->oif, "lo"))                                                      \
	X(0, (strcpy(r->oif, "lo"), strcpy(r->chain, "OUTPUT")))                                   \
	X(RULE_COL_OIF, (strcpy(r->oif, "a/b"), strcpy(r->chain, "OUTPUT")))                       \
	X(0, (strcpy(r->iif, "a"), strcpy(r->oif, "b"), strcpy(r->chain, "FORWARD")))              \
	X(0, r->src = v4(10, 0, 8))                                                                \
	X(RULE_COL_SRC, r->src = v4(10, 1, 8))                                                     \
	X(RULE_COL_SRC_LEN, r->src = v4(10, 1, 33))                                                \
	X(RULE_COL_SRC, (r->src = v4(10, 0, 8), r->family = AF_INET6))                             \
	X(0, (r->src = v4(10, 0, 8), r->src.family = r->family = AF_INET6))                        \
	X(0, r->dst = v4(10, 1, 32))                                                               \
	X(RULE_COL_DST, r->dst = v4(10, 1, 31))                                                    \
	X(RULE_COL_DST_LEN, (r->dst.family = r->family = AF_INET6, r->dst.len = 129))              \
	X(0, (r->protocol = 17, r->sport_to = 5))                                                  \
	X(0, (r->protocol = 136, r->dport_from = 5))                                               \
	X(RULE_COL_SPORT_FROM, (r->protocol = 6, r->sport_from = 6, r->sport_to = 5))              \
	X(RULE_COL_DPORT_FROM, (r->protocol = 6, r->dport_from = 6, r->dport_to = 5))              \
	X(RULE_COL_SPORT_FROM, r->sport_from = 1)                                                  \
	X(RULE_COL_DPORT_FROM, r->dport_to = 1)                                                    \
	X(RULE_COL_DPORT_FROM, (r->protocol = 1, r->dport_to = 1))                                 \
	X(RULE_COL_DPORT_FROM, (r->protocol = 6, r->invert = INVERT_PROTOCOL, r->dport_to = 1))    \
	X(RULE_COL_INVERT, r->invert = INVERT_IIF)                                                 \
	X(RULE_COL_INVERT, r->invert = INVERT_OIF)                                                 \
	X(RULE_COL_INVERT, r->invert = INVERT_SRC)                                                 \
	X(RULE_COL_INVERT, (r->invert = INVERT_DST, r->dst = v4(0, 0, 0)))                         \
	X(RULE_COL_INVERT, r->invert = INVERT_PROTOCOL)                                            \
	X(RULE_COL_INVERT, (r->invert = INVERT_SPORT, r->protocol = 6))                            \
	X(RULE_COL_INVERT, (r->invert = INVERT_DPORT, r->protocol = 6))                            \
	X(RULE_COL_INVERT, r->invert = INVERT_TOS)                                                 \
	X(RULE_COL_INVERT, r->invert = INVERT_MARK)                                                \
	X(RULE_COL_INVERT, r->invert = 1u << 9)                                                    \
	X(0, (r->invert = INVERT_IIF, strcpy(r->iif, "lo")))                                       \
	X(0, (r->invert = INVERT_SRC, r->src = v4(10, 0, 8)))                                      \
	X(0, (r->invert = INVERT_MARK, r->match_mask = 1))                                         \
	X(0, (r->invert = INVERT_TOS, r->tos_mask = 1))                                            \
	X(0, r->target = MARKRULE_CONNMARK_SET)                                                    \
	X(0, (r->target = MARKRULE_CONNMARK_SAVE, r->mark = 0))                                    \
	X(RULE_COL_MARK, r->target = MARKRULE_CONNMARK_SAVE)                                       \
	X(RULE_COL_MARK, r->target = MARKRULE_CONNMARK_RESTORE)                                    \
	X(RULE_COL_TARGET, r->target = MARKRULE_OTHER)                                             \
	X(RULE_COL_TARGET, r->target = 0)                                                          \
	X(RULE_COL_TARGET, r->target = 6)                                                          \
	X(0, r->matches = "-m limit")                                                              \
	X(RULE_COL_MATCHES, r->matches = "-m\nlimit")                                              \
	X(RULE_COL_MATCHES, r->matches = "\xff")                                                   \
	X(0, strcpy(r->description, "gr\xc3\xbcn"))                                                \
	X(RULE_COL_DESCRIPTION, strcpy(r->description, "\x1b[2J"))

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
	assert_int_equal(column, RULE_COL_MATCHES);
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
