/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "model/policy.h"

#define SRC(text) (assert_int_equal(prefix_parse(text, &p->src), 0))
#define DST(text) (assert_int_equal(prefix_parse(text, &p->dst), 0))

/* Each case changes a policy that is valid; the column is the one at fault, 0 for none. */
#define CASES                                                                                      \
	X(0, (void)p)                                                                              \
	X(POLICY_COL_FAMILY, p->family = AF_UNSPEC)                                                \
	X(POLICY_COL_FAMILY, p->family = AF_UNIX)                                                  \
	X(POLICY_COL_ACTION, p->action = 0)                                                        \
	X(POLICY_COL_ACTION, p->action = 4)                                                        \
	X(POLICY_COL_ACTION, p->action = 5)                                                        \
	X(POLICY_COL_ACTION, p->action = 9)                                                        \
	X(0, p->action = POLICY_NOP)                                                               \
	X(POLICY_COL_FIB, p->fib = 0)                                                              \
	X(0, p->fib = UINT32_MAX)                                                                  \
	X(0, p->action = POLICY_PROHIBIT; p->fib = 0)                                              \
	X(0, p->l3mdev = true)                                                                     \
	X(0, p->l3mdev = true; p->fib = 0)                                                         \
	X(POLICY_COL_FIB, p->l3mdev = true; p->fib = 100)                                          \
	X(POLICY_COL_GOTO_PRIORITY, p->action = POLICY_GOTO)                                       \
	X(POLICY_COL_GOTO_PRIORITY, p->action = POLICY_GOTO; p->goto_priority = 100)               \
	X(0, p->action = POLICY_GOTO; p->goto_priority = 101)                                      \
	X(POLICY_COL_GOTO_PRIORITY, p->goto_priority = 101)                                        \
	X(0, p->mark = 0; p->mask = 0xff)                                                          \
	X(0, p->mark = 0x100; p->mask = 0xff)                                                      \
	X(0, SRC("192.0.2.0/24"); DST("198.51.100.1"))                                             \
	X(POLICY_COL_SRC, SRC("192.0.2.1/24"))                                                     \
	X(POLICY_COL_SRC, SRC("2001:db8::/32"))                                                    \
	X(POLICY_COL_SRC, SRC("192.0.2.1/24"); p->src.len = 0)                                     \
	X(POLICY_COL_SRC_LEN, SRC("192.0.2.1"); p->src.len = 33)                                   \
	X(POLICY_COL_DST, DST("192.0.2.1/24"))                                                     \
	X(POLICY_COL_DST, DST("2001:db8::/32"))                                                    \
	X(POLICY_COL_DST_LEN, DST("192.0.2.1"); p->dst.len = 255)                                  \
	X(0, p->family = AF_INET6; SRC("2001:db8::/32"))                                           \
	X(POLICY_COL_SRC, p->family = AF_INET6; SRC("192.0.2.0/24"))                               \
	X(0, strcpy(p->iif, "eth0.100@abcdef"))                                                    \
	X(POLICY_COL_IIF, memset(p->iif, 'a', sizeof(p->iif)))                                     \
	X(POLICY_COL_IIF, strcpy(p->iif, "a/b"))                                                   \
	X(POLICY_COL_IIF, strcpy(p->iif, "."))                                                     \
	X(POLICY_COL_IIF, strcpy(p->iif, "a\nb"))                                                  \
	X(POLICY_COL_OIF, strcpy(p->oif, ".."))                                                    \
	X(POLICY_COL_OIF, strcpy(p->oif, "a b"))                                                   \
	X(POLICY_COL_OIF, strcpy(p->oif, "eth0:1"))                                                \
	X(0, p->tos = 0x10)                                                                        \
	X(POLICY_COL_TOS, p->tos = 0x01)                                                           \
	X(POLICY_COL_TOS, p->tos = 0x02)                                                           \
	X(POLICY_COL_TOS, p->tos = 0x20)                                                           \
	X(0, p->family = AF_INET6; p->tos = 0xfc)                                                  \
	X(POLICY_COL_TOS, p->family = AF_INET6; p->tos = 0xff)                                     \
	X(0, p->sport_from = 1; p->sport_to = 65534)                                               \
	X(POLICY_COL_SPORT_TO, p->sport_from = 1)                                                  \
	X(POLICY_COL_DPORT_TO, p->dport_from = p->dport_to = 65535)                                \
	X(0, p->dport_from = p->dport_to = 25)                                                     \
	X(POLICY_COL_SPORT_FROM, p->sport_to = 80)                                                 \
	X(POLICY_COL_SPORT_TO, p->sport_from = 81; p->sport_to = 80)                               \
	X(POLICY_COL_DPORT_FROM, p->dport_to = 80)                                                 \
	X(POLICY_COL_DPORT_TO, p->dport_from = 81; p->dport_to = 80)                               \
	X(0, p->uid_from = p->uid_to = 1000)                                                       \
	X(0, p->uid_to = 1000)                                                                     \
	X(POLICY_COL_UID_TO, p->uid_from = 1001; p->uid_to = 1000)                                 \
	X(POLICY_COL_UID_TO, p->uid_from = 1)                                                      \
	X(POLICY_COL_UID_TO, p->uid_from = UINT32_MAX)                                             \
	X(0, p->suppress_prefixlen = 0)                                                            \
	X(0, p->suppress_prefixlen = 32)                                                           \
	X(POLICY_COL_SUPPRESS_PREFIXLEN, p->suppress_prefixlen = 33)                               \
	X(POLICY_COL_SUPPRESS_PREFIXLEN, p->suppress_prefixlen = -2)                               \
	X(0, p->family = AF_INET6; p->suppress_prefixlen = 128)                                    \
	X(POLICY_COL_SUPPRESS_GROUP, p->suppress_group = -2)                                       \
	X(0, p->dscp = 0)                                                                          \
	X(0, p->dscp = 63)                                                                         \
	X(POLICY_COL_DSCP, p->dscp = 64)                                                           \
	X(POLICY_COL_DSCP, p->dscp = -2)                                                           \
	X(POLICY_COL_DSCP, p->dscp = 1; p->tos = 4)                                                \
	X(0, p->dscp = 8; p->dscp_mask = 0x38)                                                     \
	X(POLICY_COL_DSCP_MASK, p->dscp = 9; p->dscp_mask = 0x38)                                  \
	X(POLICY_COL_DSCP_MASK, p->dscp_mask = 0x38)                                               \
	X(POLICY_COL_DSCP_MASK, p->dscp = 0; p->dscp_mask = 64)                                    \
	X(POLICY_COL_FLOWLABEL_MASK, p->flowlabel_mask = 1)                                        \
	X(0, p->family = AF_INET6; p->flowlabel_mask = 0xfffff; p->flowlabel = 0xfffff)            \
	X(POLICY_COL_FLOWLABEL_MASK, p->family = AF_INET6; p->flowlabel = 1)                       \
	X(POLICY_COL_FLOWLABEL_MASK, p->family = AF_INET6; p->flowlabel = 2;                       \
	  p->flowlabel_mask = 1)                                                                   \
	X(POLICY_COL_FLOWLABEL, p->family = AF_INET6; p->flowlabel = 1 << 20)                      \
	X(POLICY_COL_FLOWLABEL_MASK, p->family = AF_INET6; p->flowlabel_mask = 1 << 20)            \
	X(0, p->sport_from = p->sport_to = 0x50; p->sport_mask = 0xf0)                             \
	X(POLICY_COL_SPORT_MASK, p->sport_from = p->sport_to = 0x51; p->sport_mask = 0xf0)         \
	X(POLICY_COL_SPORT_MASK, p->sport_mask = 0xf0)                                             \
	X(POLICY_COL_DPORT_MASK, p->dport_from = 1; p->dport_to = 2; p->dport_mask = 3)

static void check_one(unsigned column, const char *what, const struct policy *p)
{
	struct why why = { "" };
	unsigned got = 0;
	int err = policy_check(p, &got, &why);

	if (err != (column ? -EINVAL : 0) || (column && got != column))
		fail_msg("%s: %d, column %u (%s)", what, err, got, why.s);
	if (column)
		assert_true(why.s[0]);
	assert_int_equal(policy_check(p, NULL, NULL), err); /* somebody who only asks whether */
}

static void check_names_the_column_at_fault(void **state)
{
	(void)state;
#define X(col, ...)                                                                                \
	do {                                                                                       \
		struct policy one, *p = &one;                                                      \
                                                                                                   \
		policy_init(p);                                                                    \
		p->priority = 100;                                                                 \
		__VA_ARGS__;                                                                       \
		check_one(col, #__VA_ARGS__, p);                                                   \
	} while (0);
	CASES
#undef X
}

/* What makes another policy, and what does not. */
static void same_compares_what_the_kernel_is_told(void **state)
{
	(void)state;
#define DIFFERS(expect, ...)                                                                       \
	do {                                                                                       \
		struct policy a, b, *p = &b;                                                       \
                                                                                                   \
		policy_init(&a);                                                                   \
		policy_init(&b);                                                                   \
		__VA_ARGS__;                                                                       \
		if (policy_same(&a, &b) == (expect))                                               \
			fail_msg("%s", #__VA_ARGS__);                                              \
		assert_int_equal(policy_hash(&a) != policy_hash(&b), expect);                      \
	} while (0)
	DIFFERS(true, p->family = AF_INET6);
	DIFFERS(true, p->priority = 1);
	DIFFERS(true, p->action = POLICY_NOP);
	DIFFERS(true, p->fib = 1);
	DIFFERS(true, p->mark = 1);
	DIFFERS(true, p->mask = 1);
	DIFFERS(true, p->invert = true);
	DIFFERS(true, SRC("192.0.2.1"));
	DIFFERS(true, DST("192.0.2.1"));
	DIFFERS(true, strcpy(p->iif, "a"));
	DIFFERS(true, strcpy(p->oif, "a"));
	DIFFERS(true, p->tos = 4);
	DIFFERS(true, p->protocol = 6);
	DIFFERS(true, p->sport_from = 1);
	DIFFERS(true, p->sport_to = 1);
	DIFFERS(true, p->dport_from = 1);
	DIFFERS(true, p->dport_to = 1);
	DIFFERS(true, p->sport_mask = 1);
	DIFFERS(true, p->dport_mask = 1);
	DIFFERS(true, p->uid_from = 1);
	DIFFERS(true, p->uid_to = 1);
	DIFFERS(true, p->suppress_prefixlen = 0);
	DIFFERS(true, p->suppress_group = 0);
	DIFFERS(true, p->l3mdev = true);
	DIFFERS(true, p->tunnel[7] = 1);
	DIFFERS(true, p->dscp = 0);
	DIFFERS(true, p->flowlabel_mask = 1);
	DIFFERS(true, p->realms = 1);
	DIFFERS(false, p->index = 1);
	DIFFERS(false, p->route_protocol = 4);
	DIFFERS(false, p->flags = POLICY_IIF_DETACHED);
	DIFFERS(false, p->description[0] = 'x');
	DIFFERS(false, p->origin = 9; p->storage = 9; p->status = 9);
	DIFFERS(false, p->priority_auto = true);
	DIFFERS(false, p->goto_priority = 7);
	DIFFERS(false, p->flowlabel = 7);
	DIFFERS(false, p->src.family = AF_INET);
	DIFFERS(false, p->iif[5] = 'x');
#undef DIFFERS
}

static void a_full_port_mask_is_none(void **state)
{
	struct policy a, b;

	(void)state;
	policy_init(&a);
	a.sport_from = a.sport_to = 80;
	b = a;
	b.sport_mask = UINT16_MAX;
	assert_true(policy_same(&a, &b));
	assert_int_equal(policy_hash(&a), policy_hash(&b));
}

static void the_default_table_means_nothing_without_lookup(void **state)
{
	struct policy p;

	(void)state;
	policy_init(&p);
	assert_int_equal(policy_fib(&p), 254);
	p.action = POLICY_BLACKHOLE;
	assert_int_equal(policy_fib(&p), 0);
	p.fib = 77;
	assert_int_equal(policy_fib(&p), 77);
}

/* The hash is kept on disk: another value would give every foreign row another index. */
static void the_hash_stays(void **state)
{
	struct policy p;

	(void)state;
	policy_init(&p);
	p.mark = 1;
	p.mask = UINT32_MAX;
	p.priority = 32765;
	assert_int_equal(policy_hash(&p), UINT64_C(0xb1f81c834acc5954));
}

#define TEXT(want, ...)                                                                            \
	do {                                                                                       \
		struct policy one, *p = &one;                                                      \
                                                                                                   \
		policy_init(p);                                                                    \
		__VA_ARGS__;                                                                       \
		text_reset(&t);                                                                    \
		policy_text(p, &names, &t);                                                        \
		assert_string_equal(text_str(&t), want);                                           \
	} while (0)

/* What iproute2 6.1 prints is compared with it in test_policy_nl; this is what it does not. */
static void text_of_later_iproute2(void **state)
{
	struct rt_names names = RT_NAMES_INIT;
	struct text t = TEXT_INIT;

	(void)state;
	names_set(&names.tables, 254, "main", 0);
	names_set(&names.dsfield, 0xb8, "EF", 0);
	names_set(&names.tables, 4000000000, "never", 0);
	TEXT("0:\tfrom all lookup main", (void)p);
	TEXT("0:\tfrom all lookup main dscp EF", p->dscp = 46);
	TEXT("0:\tfrom all lookup main dscp 0", p->dscp = 0);
	TEXT("0:\tfrom all lookup main dscp 0x8/0x38", p->dscp = 8; p->dscp_mask = 0x38);
	TEXT("0:\tfrom all lookup main flowlabel 0x12345", p->flowlabel_mask = 0xfffff;
	     p->flowlabel = 0x12345);
	TEXT("0:\tfrom all lookup main flowlabel 0/0xff", p->flowlabel_mask = 0xff);
	TEXT("0:\tfrom all sport 0x50/0xf0 lookup main", p->sport_from = p->sport_to = 80;
	     p->sport_mask = 0xf0);
	TEXT("0:\tfrom all lookup 4000000000", p->fib = 4000000000);
	TEXT("0:\tfrom all lookup main masquerade", p->action = 10);
	TEXT("0:\tfrom all lookup main 200", p->action = 200);
	text_fini(&t);
	rt_names_fini(&names);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(check_names_the_column_at_fault),
		cmocka_unit_test(same_compares_what_the_kernel_is_told),
		cmocka_unit_test(a_full_port_mask_is_none),
		cmocka_unit_test(the_default_table_means_nothing_without_lookup),
		cmocka_unit_test(the_hash_stays),
		cmocka_unit_test(text_of_later_iproute2),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
