/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages about routes: what is sent, and what is taken for one. */
#include <errno.h>
#include <libmnl/libmnl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "routes.h"
#include "routing/compat.h"
#include "routing/route_nl.h"

#define N_OF(a) (sizeof(a) / sizeof(*(a)))

enum { BUF = 16384 };

static _Alignas(struct nlmsghdr) char buf[BUF];
static struct nlmsghdr *const msg = (struct nlmsghdr *)(void *)buf;

static struct nexthop three_hops[3];

static size_t make_cases(struct route *c)
{
	struct route *r = c;

	*r++ = route_of("0.0.0.0/0", "192.0.2.1", 3);
	*r = route_of("198.51.100.0/24", NULL, 7);
	r->fib = 4000000000u;
	r->metric = UINT32_MAX;
	r->mtu = 1400;
	r->advmss = 1360;
	r->tos = 0x10;
	r++->prefsrc = pfx("192.0.2.9");
	*r = route_of("203.0.113.7/32", "2001:db8::1", 3); /* RTA_VIA */
	r->onlink = true;
	r++->realms = 0x30004;
	*r++ = reject_of("10.0.0.0/8", ROUTE_BLACKHOLE);
	*r++ = reject_of("2001:db8::/32", ROUTE_THROW);
	*r = route_of("2001:db8:1::/48", "fe80::1", 2);
	r->src = pfx("2001:db8:2::/64");
	r->pref = 3;
	r++->prefsrc = pfx("2001:db8::5");
	*r = route_of("::/0", NULL, 0);
	r->nhops = 0;
	r++->nhid = 77;
	*r = route_of("10.1.0.0/16", NULL, 0);
	r->metrics_other = 1u << RTAX_LOCK | 1u << RTAX_INITCWND | 1u << RTAX_CC_ALGO;
	r->metrics[RTAX_LOCK] = 1u << RTAX_MTU;
	r->metrics[RTAX_INITCWND] = 10;
	strcpy(r->congctl, "bbr");
	r->mtu = 1300;
	three_hops[0] = (struct nexthop){ .gateway = pfx("192.0.2.1"), .weight = 256 };
	three_hops[1] = (struct nexthop){ .ifindex = 4, .weight = 1, .realms = 9 };
	three_hops[2] =
		(struct nexthop){ .gateway = pfx("2001:db8::1"), .ifindex = 5, .weight = 2 };
	for (unsigned i = 0; i < 3; i++)
		three_hops[i].gateway_type = three_hops[i].gateway.family;
	r->hops = three_hops;
	r++->nhops = 3;
	return (size_t)(r - c);
}

/* What was sent is what is read. */
static void test_round_trip(void **state)
{
	struct route cases[16];
	size_t n = make_cases(cases);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		struct nexthop hops[ROUTE_HOPS_MAX];
		struct route got;

		assert_int_equal(route_nl_encode(buf, BUF, RTM_NEWROUTE, NLM_F_CREATE, &cases[i]),
				 0);
		assert_int_equal(msg->nlmsg_flags, NLM_F_CREATE);
		assert_int_equal(route_nl_decode(msg, &got, hops), 0);
		if (!route_same(&got, &cases[i]))
			fail_msg("case %zu differs", i);
		assert_int_equal(got.instance, 1);
		assert_int_equal(got.fib, cases[i].fib);
		assert_int_equal(got.nhops, cases[i].nhops);
	}
}

/* Every shorter buffer is refused, never overrun (seen by ASan). */
static bool split(const struct route *r, struct route_nl_parts *out)
{
	memset(buf, 0, sizeof(buf)); /* padding, as the kernel does */
	assert_int_equal(route_nl_encode(buf, sizeof(buf), RTM_NEWROUTE, 0, r), 0);
	return route_nl_split(msg, out);
}

/* The rest is the same whatever the key, and another for another route. */
static void test_split(void **state)
{
	struct route cases[16];
	struct route_nl_parts parts[16], other;
	size_t n = make_cases(cases);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		struct nexthop hops[ROUTE_HOPS_MAX];
		struct route r;

		memset(&parts[i], 0xff, sizeof(parts[i]));
		if (!split(&cases[i], &parts[i])) { /* too long: the one of three next hops alone */
			assert_int_equal(cases[i].nhops, 3);
			parts[i].n = 0;
			continue;
		}
		assert_int_equal(route_nl_decode(msg, &r, hops), 0);
		assert_int_equal(parts[i].fib, r.fib);
		assert_int_equal(parts[i].metric, r.metric);
		assert_int_equal(prefix_cmp(&parts[i].dst, &r.dst), 0);
		assert_int_equal(route_nl_table(msg), r.fib);
		for (size_t j = 0; j < i; j++)
			assert_false(parts[i].n == parts[j].n &&
				     !memcmp(parts[i].rest, parts[j].rest, parts[i].n));
		r = cases[i];
		r.fib = 77;
		r.metric = 9;
		r.dst = pfx(r.dst.family == AF_INET ? "192.168.0.0/17" : "2001:db8:ff::/56");
		assert_true(split(&r, &other));
		assert_int_equal(other.n, parts[i].n);
		assert_memory_equal(other.rest, parts[i].rest, other.n);
	}
}

/* What decoding would refuse is not taken apart either. */
static void test_split_not_ours(void **state)
{
	const struct route r = route_of("10.1.0.0/16", "192.0.2.1", 3);
	struct route_nl_parts parts;
	struct rtmsg *rtm = mnl_nlmsg_get_payload(msg);

	(void)state;
	assert_true(split(&r, &parts));
	rtm->rtm_dst_len = 33;
	assert_false(route_nl_split(msg, &parts));
	rtm->rtm_dst_len = 15; /* 10.1.0.0 has a bit beyond */
	assert_false(route_nl_split(msg, &parts));
	rtm->rtm_dst_len = 16;
	assert_true(route_nl_split(msg, &parts));
	rtm->rtm_family = 129;
	assert_false(route_nl_split(msg, &parts));
	rtm->rtm_family = AF_INET6; /* an address of 4 bytes */
	assert_false(route_nl_split(msg, &parts));
	rtm->rtm_family = AF_INET;
	rtm->rtm_flags |= RTM_F_CLONED;
	assert_false(route_nl_split(msg, &parts));
	rtm->rtm_flags = 0;
	msg->nlmsg_len -= 3;
	assert_false(route_nl_split(msg, &parts));
	msg->nlmsg_len = NLMSG_LENGTH(sizeof(*rtm)) - 1;
	assert_false(route_nl_split(msg, &parts));
	assert_int_equal(route_nl_table(msg), 0);
}

static void test_encode_no_room(void **state)
{
	struct route cases[16];
	size_t n = make_cases(cases);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		for (unsigned type = RTM_NEWROUTE; type <= RTM_DELROUTE; type++) {
			size_t need;

			assert_int_equal(route_nl_encode(buf, BUF, type, 0, &cases[i]), 0);
			need = msg->nlmsg_len;
			for (size_t size = 0; size < need; size++) {
				char *small = malloc(size ? size : 1);

				assert_non_null(small);
				assert_int_equal(route_nl_encode(small, size, type, 0, &cases[i]),
						 -EMSGSIZE);
				free(small);
			}
		}
	}
}

static void begin(uint8_t family, uint8_t dst_len)
{
	struct rtmsg *rtm;

	mnl_nlmsg_put_header(buf)->nlmsg_type = RTM_NEWROUTE;
	rtm = mnl_nlmsg_put_extra_header(msg, sizeof(*rtm));
	rtm->rtm_family = family;
	rtm->rtm_dst_len = dst_len;
	rtm->rtm_type = RTN_UNICAST;
}

static int decode_err(void)
{
	struct nexthop hops[ROUTE_HOPS_MAX];
	struct route r;

	return route_nl_decode(msg, &r, hops);
}

/* An attribute that is shorter or longer than it has to be is no message of the kernel. */
static void test_decode_wrong_lengths(void **state)
{
	static const struct {
		uint16_t type;
		size_t len;
	} cases[] = {
		{ RTA_TABLE, 3 },     { RTA_TABLE, 8 },	  { RTA_PRIORITY, 0 }, { RTA_OIF, 2 },
		{ RTA_GATEWAY, 16 },  { RTA_GATEWAY, 3 }, { RTA_PREFSRC, 5 },  { RTA_VIA, 1 },
		{ RTA_VIA, 7 },	      { RTA_DST, 1 },	  { RTA_PREF, 4 },     { RTA_NH_ID, 1 },
		{ RTA_MULTIPATH, 7 }, { RTA_FLOW, 5 },	  { RTA_METRICS, 3 },  { RTA_SRC, 16 },
		{ RTA_CACHEINFO, 4 },
	};
	static const char zeros[64];

	(void)state;
	for (size_t i = 0; i < N_OF(cases); i++) {
		begin(AF_INET, 0);
		mnl_attr_put(msg, cases[i].type, cases[i].len, zeros);
		if (decode_err() != -EBADMSG)
			fail_msg("attribute %u of %zu bytes", cases[i].type, cases[i].len);
	}
	begin(AF_INET, 33); /* longer than an address */
	mnl_attr_put(msg, RTA_DST, 4, zeros);
	assert_int_equal(decode_err(), -EBADMSG);
	begin(AF_INET, 8); /* a length and no address */
	assert_int_equal(decode_err(), -EBADMSG);
	begin(AF_INET, 0);
	msg->nlmsg_len -= 4; /* half a header */
	assert_int_equal(decode_err(), -EBADMSG);
	begin(AF_INET, 0);
	mnl_attr_put(msg, RTA_TABLE, 4, zeros);
	((struct nlattr *)mnl_nlmsg_get_payload_offset(msg, sizeof(struct rtmsg)))->nla_len = 12;
	assert_int_equal(decode_err(), -EBADMSG); /* reaches beyond the message */
}

/* A next hop's length must stay within the attribute and hold itself. */
static void test_decode_hop_overrun(void **state)
{
	static const uint16_t lens[] = { 0, 1, 7, 9, 12, 17, 65535 };

	(void)state;
	for (size_t i = 0; i < N_OF(lens); i++) {
		struct rtnexthop hops[2] = { { .rtnh_len = 8 }, { .rtnh_len = lens[i] } };

		begin(AF_INET, 0);
		mnl_attr_put(msg, RTA_MULTIPATH, sizeof(hops), hops);
		assert_int_equal(decode_err(), -EBADMSG);
	}
}

/* One that does not fit is shown as far as it does, and never written. */
static void test_decode_too_many_hops(void **state)
{
	struct rtnexthop sent[ROUTE_HOPS_MAX + 1];
	struct nexthop hops[ROUTE_HOPS_MAX];
	_Alignas(struct nlmsghdr) char out[16384];
	struct route r, whole;

	(void)state;
	for (size_t i = 0; i < N_OF(sent); i++)
		sent[i] = (struct rtnexthop){ .rtnh_len = sizeof(*sent), .rtnh_ifindex = 1 };
	begin(AF_INET, 0);
	mnl_attr_put(msg, RTA_MULTIPATH, sizeof(sent), sent);
	assert_int_equal(route_nl_decode(msg, &r, hops), 0);
	assert_int_equal(r.nhops, ROUTE_HOPS_MAX);
	assert_true(r.flags & ROUTE_CUT);
	assert_int_equal(route_nl_encode(out, sizeof(out), RTM_NEWROUTE, 0, &r), -E2BIG);
	assert_int_equal(route_nl_encode(out, sizeof(out), RTM_DELROUTE, 0, &r), -E2BIG);
	begin(AF_INET, 0);
	mnl_attr_put(msg, RTA_MULTIPATH, sizeof(sent) - sizeof(*sent), sent);
	assert_int_equal(route_nl_decode(msg, &whole, hops), 0);
	assert_int_equal(whole.nhops, ROUTE_HOPS_MAX);
	assert_false(whole.flags & ROUTE_CUT);
	assert_false(route_same(&r, &whole));
}

static void test_decode_not_ours(void **state)
{
	struct rtmsg *rtm = mnl_nlmsg_get_payload(msg);

	(void)state;
	begin(AF_INET, 0);
	rtm->rtm_flags = RTM_F_CLONED;
	assert_int_equal(decode_err(), -EAFNOSUPPORT);
	begin(AF_BRIDGE, 0);
	assert_int_equal(decode_err(), -EAFNOSUPPORT);
	begin(AF_INET, 0);
	msg->nlmsg_type = RTM_NEWADDR;
	assert_int_equal(decode_err(), -EBADMSG);
	begin(AF_INET, 0);
	mnl_attr_put_u32(msg, 200, 1); /* an attribute of tomorrow */
	assert_int_equal(decode_err(), 0);
}

/* IPv6 takes what is not said for anything: an unreachable route and one without gateway say so. */
static void test_del_says_no_gateway(void **state)
{
	const struct route routes[] = { reject_of("2001:db8::/32", ROUTE_BLACKHOLE),
					route_of("2001:db8::/32", NULL, 5) };

	(void)state;
	for (size_t i = 0; i < N_OF(routes); i++) {
		const struct nlattr *nla;
		unsigned seen = 0;

		assert_int_equal(route_nl_encode(buf, BUF, RTM_DELROUTE, 0, &routes[i]), 0);
		mnl_attr_for_each(nla, msg, sizeof(struct rtmsg)) {
			if (mnl_attr_get_type(nla) == RTA_OIF) {
				assert_int_equal(mnl_attr_get_u32(nla), i ? 5 : 1);
				seen |= 1;
			} else if (mnl_attr_get_type(nla) == RTA_GATEWAY) {
				assert_int_equal(mnl_attr_get_payload_len(nla), 16);
				seen |= 2;
			}
		}
		assert_int_equal(seen, 3);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_split),
	cmocka_unit_test(test_split_not_ours),
	cmocka_unit_test(test_round_trip),
	cmocka_unit_test(test_encode_no_room),
	cmocka_unit_test(test_decode_wrong_lengths),
	cmocka_unit_test(test_decode_hop_overrun),
	cmocka_unit_test(test_decode_too_many_hops),
	cmocka_unit_test(test_decode_not_ours),
	cmocka_unit_test(test_del_says_no_gateway),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
