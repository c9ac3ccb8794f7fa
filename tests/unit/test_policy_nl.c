/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The codec alone, without a kernel. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "routing/compat.h"
#include "routing/policy_nl.h"

static struct policy everything(uint8_t family)
{
	struct policy p;

	policy_init(&p);
	p.family = family;
	p.priority = 500;
	p.fib = 1836018789;
	p.mark = 0x100;
	p.mask = 0x3f00;
	p.invert = true;
	assert_int_equal(prefix_parse(family == AF_INET ? "192.0.2.0/24" : "2001:db8::/32", &p.src),
			 0);
	assert_int_equal(prefix_parse(family == AF_INET ? "10.0.0.1" : "::1", &p.dst), 0);
	strcpy(p.iif, "eth0");
	strcpy(p.oif, "abcdefghijklmno");
	p.tos = 0x10;
	p.protocol = 6;
	p.sport_from = p.sport_to = 80;
	p.sport_mask = 0xf0;
	p.dport_from = 1000;
	p.dport_to = 2000;
	p.uid_from = 1;
	p.uid_to = 2;
	p.suppress_prefixlen = 0;
	p.suppress_group = 7;
	memcpy(p.tunnel, "\1\2\3\4\5\6\7\10", 8);
	p.dscp = 8;
	p.dscp_mask = 0x38;
	p.flowlabel = 0x12300;
	p.flowlabel_mask = 0xfff00;
	p.realms = 5 << 16 | 6;
	p.route_protocol = 200;
	return p;
}

static void what_is_encoded_is_decoded(void **state)
{
	static const uint8_t families[] = { AF_INET, AF_INET6 };
	_Alignas(struct nlmsghdr) char buf[512];

	(void)state;
	for (size_t i = 0; i < sizeof(families); i++) {
		struct policy p = everything(families[i]), got;

		assert_int_equal(policy_nl_encode(buf, sizeof(buf), RTM_NEWRULE, &p), 0);
		assert_int_equal(policy_nl_decode((void *)buf, &got), 0);
		assert_true(policy_same(&p, &got));
		assert_int_equal(got.route_protocol, 200);
	}
}

static void nothing_is_made_of_defaults(void **state)
{
	_Alignas(struct nlmsghdr) char buf[512];
	const struct nlmsghdr *nlh = (void *)buf;
	struct policy p, got;
	const struct nlattr *a;
	uint64_t types = 0;

	(void)state;
	policy_init(&p);
	assert_int_equal(policy_nl_encode(buf, sizeof(buf), RTM_NEWRULE, &p), 0);
	mnl_attr_for_each(a, nlh, sizeof(struct fib_rule_hdr))
		types |= UINT64_C(1) << mnl_attr_get_type(a);
	assert_int_equal(types, 1u << FRA_PRIORITY | 1u << FRA_TABLE | 1u << FRA_FWMASK);
	p.priority_auto = true;
	assert_int_equal(policy_nl_encode(buf, sizeof(buf), RTM_NEWRULE, &p), 0);
	mnl_attr_for_each(a, nlh, sizeof(struct fib_rule_hdr))
		assert_int_not_equal(mnl_attr_get_type(a), FRA_PRIORITY);
	assert_int_equal(policy_nl_decode(nlh, &got), 0);
	assert_true(policy_same(&p, &got));
}

/* Every shorter buffer must be refused, never overrun. */
static void no_room(void **state)
{
	_Alignas(struct nlmsghdr) char buf[512];
	struct policy p = everything(AF_INET6);
	size_t need;

	(void)state;
	assert_int_equal(policy_nl_encode(buf, sizeof(buf), RTM_NEWRULE, &p), 0);
	need = ((struct nlmsghdr *)(void *)buf)->nlmsg_len;
	for (size_t n = 0; n < need; n++) {
		char *exact = malloc(n ? n : 1);

		assert_non_null(exact);
		assert_int_equal(policy_nl_encode(exact, n, RTM_NEWRULE, &p), -EMSGSIZE);
		free(exact);
	}
}

/* Each length of a valid message, in memory that ends with it. */
static void cut_messages_are_not_overrun(void **state)
{
	_Alignas(struct nlmsghdr) char buf[512];
	struct policy p = everything(AF_INET6), got;
	size_t need;

	(void)state;
	assert_int_equal(policy_nl_encode(buf, sizeof(buf), RTM_NEWRULE, &p), 0);
	need = ((struct nlmsghdr *)(void *)buf)->nlmsg_len;
	for (size_t n = sizeof(struct nlmsghdr); n < need; n++) {
		struct nlmsghdr *nlh = malloc(n);

		assert_non_null(nlh);
		memcpy(nlh, buf, n);
		nlh->nlmsg_len = (uint32_t)n;
		if (n < mnl_nlmsg_size(sizeof(struct fib_rule_hdr)))
			assert_int_equal(policy_nl_decode(nlh, &got), -EBADMSG);
		else
			(void)policy_nl_decode(nlh, &got);
		free(nlh);
	}
}

static struct nlmsghdr *message(void *buf, uint8_t family)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct fib_rule_hdr *frh = mnl_nlmsg_put_extra_header(nlh, sizeof(*frh));

	nlh->nlmsg_type = RTM_NEWRULE;
	frh->family = family;
	frh->action = FR_ACT_TO_TBL;
	frh->table = RT_TABLE_MAIN;
	return nlh;
}

/* Attributes of the kernel, and what becomes of them. */
static void marks_and_masks(void **state)
{
	static const struct {
		int mark, mask; /* -1: not there */
		uint32_t want_mark, want_mask;
	} cases[] = {
		{ -1, -1, 0, 0 }, { -1, 0xff, 0, 0xff }, { 1, -1, 1, UINT32_MAX },
		{ 0, -1, 0, 0 },  { 1, 0, 1, 0 },	 { 1, 0xff, 1, 0xff },
	};
	_Alignas(struct nlmsghdr) char buf[512];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct nlmsghdr *nlh = message(buf, AF_INET);
		struct policy p;

		if (cases[i].mark >= 0)
			mnl_attr_put_u32(nlh, FRA_FWMARK, (uint32_t)cases[i].mark);
		if (cases[i].mask >= 0)
			mnl_attr_put_u32(nlh, FRA_FWMASK, (uint32_t)cases[i].mask);
		assert_int_equal(policy_nl_decode(nlh, &p), 0);
		assert_int_equal(p.mark, cases[i].want_mark);
		assert_int_equal(p.mask, cases[i].want_mask);
		assert_int_equal(p.priority, 0);
		assert_int_equal(p.fib, 254);
	}
}

static void wrong_lengths_are_refused(void **state)
{
	static const struct {
		uint16_t type, len;
	} cases[] = {
		{ FRA_PRIORITY, 3 },	{ FRA_PRIORITY, 8 },
		{ FRA_TABLE, 0 },	{ FRA_FWMARK, 2 },
		{ FRA_SRC, 16 },	{ FRA_SRC, 3 },
		{ FRA_DST, 0 },		{ FRA_IIFNAME, 17 },
		{ FRA_OIFNAME, 16 },	{ FRA_IP_PROTO, 2 },
		{ FRA_SPORT_RANGE, 2 }, { FRA_DPORT_RANGE, 8 },
		{ FRA_UID_RANGE, 4 },	{ FRA_TUN_ID, 4 },
		{ FRA_DSCP, 4 },	{ FRA_FLOWLABEL_MASK, 3 },
		{ FRA_SPORT_MASK, 4 },	{ FRA_L3MDEV, 0 },
	};
	_Alignas(struct nlmsghdr) char buf[512];
	char data[32];

	(void)state;
	memset(data, 'x', sizeof(data));
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct nlmsghdr *nlh = message(buf, AF_INET);
		struct policy p;

		mnl_attr_put(nlh, cases[i].type, cases[i].len, data);
		if (policy_nl_decode(nlh, &p) != -EBADMSG)
			fail_msg("attribute %u of %u bytes", cases[i].type, cases[i].len);
	}
}

static void other_messages_are_refused(void **state)
{
	_Alignas(struct nlmsghdr) char buf[512];
	struct nlmsghdr *nlh = message(buf, AF_INET);
	struct fib_rule_hdr *frh = mnl_nlmsg_get_payload(nlh);
	struct policy p;

	(void)state;
	frh->src_len = 33;
	assert_int_equal(policy_nl_decode(nlh, &p), -EBADMSG);
	nlh = message(buf, 128); /* RTNL_FAMILY_IPMR */
	assert_int_equal(policy_nl_decode(nlh, &p), -EAFNOSUPPORT);
	nlh = message(buf, AF_INET);
	nlh->nlmsg_type = RTM_NEWROUTE;
	assert_int_equal(policy_nl_decode(nlh, &p), -EBADMSG);
	nlh = message(buf, AF_INET);
	mnl_attr_put_u32(nlh, 1000, 1);
	assert_int_equal(policy_nl_decode(nlh, &p), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_encoded_is_decoded),
		cmocka_unit_test(nothing_is_made_of_defaults),
		cmocka_unit_test(no_room),
		cmocka_unit_test(cut_messages_are_not_overrun),
		cmocka_unit_test(marks_and_masks),
		cmocka_unit_test(wrong_lengths_are_refused),
		cmocka_unit_test(other_messages_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
