/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "model/route.h"

#define N_OF(a) (sizeof(a) / sizeof(*(a)))

static struct prefix pfx(const char *s)
{
	struct prefix p = { 0 };

	assert_int_equal(prefix_parse(s, &p), 0);
	return p;
}

static void set_gateway(struct nexthop *hop, const char *s)
{
	hop->gateway = pfx(s);
	hop->gateway_type = hop->gateway.family;
}

/* LARTC's: default via 195.96.98.253 dev ppp0 table 201 */
static struct route mail_out(void)
{
	struct route r;

	route_init(&r);
	r.fib = 201;
	r.dst = pfx("0.0.0.0/0");
	set_gateway(&r.hop, "195.96.98.253");
	r.hop.ifindex = 7;
	strcpy(r.hop.ifname, "ppp0");
	return r;
}

static struct route mail_out6(void)
{
	struct route r = mail_out();

	r.dst = pfx("::/0");
	r.metric = 1024;
	set_gateway(&r.hop, "2001:db8::1");
	return r;
}

static struct nexthop hops[3];

static struct route two_hops(void)
{
	struct route r = mail_out();

	hops[0] = hops[1] = r.hop;
	set_gateway(&hops[1], "195.96.98.254");
	r.hop = (struct nexthop){ .weight = 1 };
	r.nhops = 2;
	r.hops = hops;
	return r;
}

/* ---- route_check ---- */

typedef void change(struct route *r);

static void no_change(struct route *r)
{
	(void)r;
}

#define CHANGE(name, ...)                                                                          \
	static void name(struct route *r)                                                          \
	{                                                                                          \
		__VA_ARGS__;                                                                       \
	}

CHANGE(c_table0, r->fib = 0)
CHANGE(c_no_family, r->dst.family = AF_UNSPEC)
CHANGE(c_long_prefix, r->dst = pfx("10.0.0.0/8"); r->dst.len = 33)
CHANGE(c_host_bits, r->dst = pfx("10.0.0.1/8"))
CHANGE(c_metric0, r->metric = 0)
CHANGE(c_instance0, r->instance = 0)
CHANGE(c_type0, r->type = 0)
CHANGE(c_nat, r->type = ROUTE_NAT)
CHANGE(c_scope, r->scope = 257)
CHANGE(c_scope_link, r->scope = 253)
CHANGE(c_tos_ecn, r->tos = 0x11)
CHANGE(c_tos, r->tos = 0x10)
CHANGE(c_no_gateway, r->hop.gateway = (struct prefix){ 0 }; r->hop.gateway_type = 0)
CHANGE(c_no_hop, c_no_gateway(r); r->hop.ifindex = 0; r->hop.ifname[0] = 0)
CHANGE(c_name_only, r->hop.ifindex = 0; c_no_gateway(r))
CHANGE(c_gateway_type, r->hop.gateway_type = AF_INET6)
CHANGE(c_gateway_untyped, r->hop.gateway_type = 0)
CHANGE(c_gateway4, set_gateway(&r->hop, "10.0.0.1"))
CHANGE(c_gateway6, set_gateway(&r->hop, "2001:db8::1"))
CHANGE(c_gateway_zero, set_gateway(&r->hop, "0.0.0.0"))
CHANGE(c_link_local, set_gateway(&r->hop, "fe80::1"))
CHANGE(c_link_local_nodev, c_link_local(r); r->hop.ifindex = 0; r->hop.ifname[0] = 0)
CHANGE(c_slash, strcpy(r->hop.ifname, "a/b"))
CHANGE(c_space, strcpy(r->hop.ifname, "a b"))
CHANGE(c_colon, strcpy(r->hop.ifname, "a:b"))
CHANGE(c_dots, strcpy(r->hop.ifname, ".."))
CHANGE(c_blackhole, r->type = ROUTE_BLACKHOLE)
CHANGE(c_blackhole_dev, c_blackhole(r); c_no_gateway(r))
CHANGE(c_blackhole_bare, c_blackhole(r); c_no_hop(r); r->nhops = 0)
CHANGE(c_blackhole_nhid, c_blackhole_bare(r); r->nhid = 5)
CHANGE(c_throw_onlink, c_no_hop(r); r->type = ROUTE_THROW; r->onlink = true)
CHANGE(c_local_gateway, r->type = ROUTE_LOCAL)
CHANGE(c_local, c_no_gateway(r); r->type = ROUTE_LOCAL)
CHANGE(c_prefsrc, r->prefsrc = pfx("10.0.0.1"))
CHANGE(c_prefsrc6, r->prefsrc = pfx("2001:db8::1"))
CHANGE(c_prefsrc_zero, r->prefsrc = pfx("0.0.0.0"))
CHANGE(c_src4, r->src = pfx("10.0.0.0/8"))
CHANGE(c_src6, r->src = pfx("2001:db8::/32"))
CHANGE(c_src_default, r->src = pfx("::/0"))
CHANGE(c_src_bits, r->src = pfx("2001:db8::1/32"))
CHANGE(c_src_long, c_src6(r); r->src.len = 129)
CHANGE(c_mtu, r->mtu = 65521)
CHANGE(c_mtu_max, r->mtu = 65520)
CHANGE(c_advmss, r->advmss = 65496)
CHANGE(c_onlink, r->onlink = true)
CHANGE(c_onlink_nogw, c_no_gateway(r); r->onlink = true)
CHANGE(c_onlink_nodev, r->hop.ifindex = 0; r->hop.ifname[0] = 0; r->onlink = true)
CHANGE(c_nhid, r->nhid = 5)
CHANGE(c_nhid_bare, c_no_hop(r); r->nhid = 5)
CHANGE(c_nhid_src, c_nhid_bare(r); c_src6(r))
CHANGE(c_nhid_dev, c_no_gateway(r); r->nhid = 5)
CHANGE(c_weight0, r->hop.weight = 0)
CHANGE(c_hops, *r = two_hops())
CHANGE(c_hops_nhid, *r = two_hops(); r->nhid = 5)
CHANGE(c_hops_blackhole, *r = two_hops(); r->type = ROUTE_BLACKHOLE)
CHANGE(c_hop_weight, *r = two_hops(); hops[1].weight = 257)
CHANGE(c_hop_weight_max, *r = two_hops(); hops[1].weight = 256)
CHANGE(c_hop_empty, *r = two_hops(); hops[1] = (struct nexthop){ .weight = 1 })
CHANGE(c_hops_many, *r = two_hops(); r->nhops = 256)

static const struct check_case {
	const char *name;
	bool ipv6;
	change *change;
	unsigned column; /* 0: fine */
} checks[] = {
	{ "plain", false, no_change, 0 },
	{ "plain IPv6", true, no_change, 0 },
	{ "table 0", false, c_table0, ROUTE_COL_FIB },
	{ "no family", false, c_no_family, ROUTE_COL_DST_FAMILY },
	{ "host bits", false, c_host_bits, ROUTE_COL_DST },
	{ "long prefix", false, c_long_prefix, ROUTE_COL_DST_LEN },
	{ "IPv6 metric 0", true, c_metric0, ROUTE_COL_METRIC },
	{ "IPv4 metric 0", false, c_metric0, 0 },
	{ "instance 0", false, c_instance0, ROUTE_COL_INSTANCE },
	{ "type 0", false, c_type0, ROUTE_COL_TYPE },
	{ "nat", false, c_nat, ROUTE_COL_TYPE },
	{ "scope 257", false, c_scope, ROUTE_COL_SCOPE },
	{ "scope link", false, c_scope_link, 0 },
	{ "IPv6 scope", true, c_scope_link, ROUTE_COL_SCOPE },
	{ "tos with ECN", false, c_tos_ecn, ROUTE_COL_TOS },
	{ "tos", false, c_tos, 0 },
	{ "IPv6 tos", true, c_tos, ROUTE_COL_TOS },
	{ "device alone", false, c_no_gateway, 0 },
	{ "name of a device alone", false, c_name_only, 0 },
	{ "neither gateway nor device", false, c_no_hop, ROUTE_COL_GATEWAY },
	{ "gateway of another type", false, c_gateway_type, ROUTE_COL_GATEWAY_TYPE },
	{ "gateway without type", false, c_gateway_untyped, ROUTE_COL_GATEWAY_TYPE },
	{ "IPv4 via IPv6", false, c_gateway6, 0 },
	{ "IPv6 via IPv4", true, c_gateway4, ROUTE_COL_GATEWAY_TYPE },
	{ "unspecified gateway", false, c_gateway_zero, ROUTE_COL_GATEWAY },
	{ "link-local gateway", true, c_link_local, 0 },
	{ "link-local gateway without device", true, c_link_local_nodev, ROUTE_COL_IFNAME },
	{ "slash in a name", false, c_slash, ROUTE_COL_IFNAME },
	{ "blank in a name", false, c_space, ROUTE_COL_IFNAME },
	{ "colon in a name", false, c_colon, ROUTE_COL_IFNAME },
	{ "dots for a name", false, c_dots, ROUTE_COL_IFNAME },
	{ "blackhole with gateway", false, c_blackhole, ROUTE_COL_GATEWAY },
	{ "blackhole with device", false, c_blackhole_dev, ROUTE_COL_IFNAME },
	{ "blackhole", false, c_blackhole_bare, 0 },
	{ "IPv6 blackhole", true, c_blackhole_bare, 0 },
	{ "blackhole with nhid", false, c_blackhole_nhid, ROUTE_COL_NHID },
	{ "throw onlink", false, c_throw_onlink, ROUTE_COL_ONLINK },
	{ "local with gateway", false, c_local_gateway, ROUTE_COL_GATEWAY },
	{ "local", false, c_local, 0 },
	{ "preferred source", false, c_prefsrc, 0 },
	{ "preferred source of IPv6", false, c_prefsrc6, ROUTE_COL_PREFSRC },
	{ "preferred source of IPv4", true, c_prefsrc, ROUTE_COL_PREFSRC },
	{ "preferred source 0", false, c_prefsrc_zero, ROUTE_COL_PREFSRC },
	{ "IPv4 source prefix", false, c_src4, ROUTE_COL_SRC },
	{ "IPv6 source prefix for IPv4", false, c_src6, ROUTE_COL_SRC },
	{ "source prefix", true, c_src6, 0 },
	{ "source prefix ::/0", true, c_src_default, 0 },
	{ "source prefix host bits", true, c_src_bits, ROUTE_COL_SRC },
	{ "source prefix length", true, c_src_long, ROUTE_COL_SRC_LEN },
	{ "mtu too big", false, c_mtu, ROUTE_COL_MTU },
	{ "mtu", false, c_mtu_max, 0 },
	{ "advmss too big", false, c_advmss, ROUTE_COL_ADVMSS },
	{ "onlink", false, c_onlink, 0 },
	{ "onlink without gateway", false, c_onlink_nogw, ROUTE_COL_ONLINK },
	{ "onlink without device", false, c_onlink_nodev, ROUTE_COL_ONLINK },
	{ "nhid with gateway", false, c_nhid, ROUTE_COL_GATEWAY },
	{ "nhid with device", false, c_nhid_dev, ROUTE_COL_IFNAME },
	{ "nhid", false, c_nhid_bare, 0 },
	{ "nhid with source prefix", true, c_nhid_src, ROUTE_COL_SRC },
	{ "weight 0", false, c_weight0, ROUTE_COL_NHOPS },
	{ "two next hops", false, c_hops, 0 },
	{ "two next hops and nhid", false, c_hops_nhid, ROUTE_COL_NHOPS },
	{ "blackhole of two next hops", false, c_hops_blackhole, ROUTE_COL_NHOPS },
	{ "next hop of weight 257", false, c_hop_weight, ROUTE_COL_NHOPS },
	{ "next hop of weight 256", false, c_hop_weight_max, 0 },
	{ "next hop without anything", false, c_hop_empty, ROUTE_COL_NHOPS },
	{ "256 next hops", false, c_hops_many, ROUTE_COL_NHOPS },
};

static void test_check(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_OF(checks); i++) {
		struct route r = checks[i].ipv6 ? mail_out6() : mail_out();
		struct why why = { "" };
		unsigned column = 0;
		int err;

		checks[i].change(&r);
		err = route_check(&r, &column, &why);
		if (column != checks[i].column || err != (column ? -EINVAL : 0))
			fail_msg("%s: column %u, error %d: %s", checks[i].name, column, err, why.s);
		if (err && !strchr(why.s, ':'))
			fail_msg("%s: no column in \"%s\"", checks[i].name, why.s);
		assert_int_equal(route_check(&r, NULL, NULL), err);
	}
}

static void test_metric_0_says_what_to_use(void **state)
{
	struct route r = mail_out6();
	struct why why;

	(void)state;
	r.metric = 0;
	assert_int_equal(route_check(&r, NULL, &why), -EINVAL);
	assert_string_equal(why.s, "Metric: an IPv6 metric of 0 is the kernel's 1024: use 1024");
}

/* ---- order and sameness ---- */

static void test_order(void **state)
{
	static const struct {
		uint32_t fib;
		const char *dst;
		uint32_t metric;
		uint16_t instance;
	} sorted[] = {
		{ 1, "255.0.0.0/8", 9, 9 },
		{ 2, "0.0.0.0/0", 0, 1 },
		{ 2, "0.0.0.0/0", 0, 2 },
		{ 2, "0.0.0.0/0", 7, 1 },
		{ 2, "0.0.0.0/0", 4000000000u, 1 },
		{ 2, "10.0.0.0/8", 0, 1 },
		{ 2, "10.0.0.0/16", 0, 1 },
		{ 2, "200.0.0.0/8", 0, 1 },
		{ 2, "::/0", 0, 1 },
		{ 2, "fe80::/64", 256, 1 },
		{ 2, "fe80::/64", 256, 2 },
		{ 4000000000u, "0.0.0.0/0", 0, 1 },
	};
	struct route r[N_OF(sorted)];

	(void)state;
	for (size_t i = 0; i < N_OF(sorted); i++) {
		r[i] = mail_out();
		r[i].fib = sorted[i].fib;
		r[i].dst = pfx(sorted[i].dst);
		r[i].metric = sorted[i].metric;
		r[i].instance = sorted[i].instance;
	}
	for (size_t i = 0; i < N_OF(sorted); i++) {
		for (size_t k = 0; k < N_OF(sorted); k++) {
			int d = route_cmp(&r[i], &r[k]);

			assert_int_equal((d > 0) - (d < 0), (i > k) - (i < k));
		}
	}
}

CHANGE(c_fib, r->fib++)
CHANGE(c_metric, r->metric++)
CHANGE(c_ifindex, r->hop.ifindex++)
CHANGE(c_ifindex0, r->hop.ifindex = 0)
CHANGE(c_protocol, r->protocol++)
CHANGE(c_instance, r->instance++)
CHANGE(c_flags, r->flags = ROUTE_LINKDOWN; r->hop.flags = ROUTE_LINKDOWN)
CHANGE(c_status, r->status = ROW_ACTIVE; r->storage = 1; r->origin = 1)
CHANGE(c_scope0, r->scope = 0)
CHANGE(c_ifname, strcpy(r->hop.ifname, "x"))
CHANGE(c_realms, r->realms = 4)
CHANGE(c_pref, r->pref = 3)
CHANGE(c_expires, r->expires = 3)
CHANGE(c_expiring, r->flags |= ROUTE_EXPIRES)
CHANGE(c_unknown, r->flags |= ROUTE_UNKNOWN)
CHANGE(c_lock, r->metrics_other = 2; r->metrics[1] = 4)

static void test_same(void **state)
{
	static const struct {
		const char *name;
		change *change;
		bool same;
	} cases[] = {
		{ "nothing", no_change, true },
		{ "table", c_fib, false },
		{ "metric", c_metric, false },
		{ "type", c_blackhole, false },
		{ "gateway", c_gateway4, false },
		{ "device", c_ifindex, false },
		{ "device chosen by the kernel", c_ifindex0, true },
		{ "protocol", c_protocol, false },
		{ "tos", c_tos, false },
		{ "mtu", c_mtu_max, false },
		{ "advmss", c_advmss, false },
		{ "other metric", c_lock, false },
		{ "onlink", c_onlink, false },
		{ "nhid", c_nhid, false },
		{ "preferred source", c_prefsrc, false },
		{ "realms", c_realms, false },
		{ "preference", c_pref, false },
		{ "scope that comes by itself", c_scope0, true },
		{ "scope", c_scope_link, false },
		{ "instance", c_instance, true },
		{ "flags", c_flags, true },
		{ "row", c_status, true },
		{ "name of the device", c_ifname, true },
		{ "end", c_expires, true },
		{ "expiry", c_expiring, false },
		{ "something unknown", c_unknown, false },
		{ "two next hops", c_hops, false },
	};

	(void)state;
	for (size_t i = 0; i < N_OF(cases); i++) {
		struct route a = mail_out(), b = mail_out();

		cases[i].change(&b);
		if (route_same(&a, &b) != cases[i].same || route_same(&b, &a) != cases[i].same)
			fail_msg("%s", cases[i].name);
	}
}

static void test_same_hops(void **state)
{
	struct route a = two_hops(), b = a;
	struct nexthop other[2];

	(void)state;
	b.hops = other;
	memcpy(other, hops, sizeof(other));
	assert_true(route_same(&a, &b));
	other[1].weight = 2;
	assert_false(route_same(&a, &b));
	other[1].weight = 1;
	other[0].realms = 3;
	assert_false(route_same(&a, &b));
	other[0].realms = 0;
	/* One next hop onlink is a property of that next hop; all of them are what is wished for the route. */
	other[0].flags = ROUTE_ONLINK;
	assert_false(route_same(&a, &b));
	other[1].flags = ROUTE_ONLINK;
	assert_true(route_same(&a, &b));
	b.onlink = true;
	assert_false(route_same(&a, &b));
}

/* What the kernel makes of an IPv6 blackhole, and of a route by a nexthop object. */
static void test_same_as_shown(void **state)
{
	struct route a = mail_out6(), b = a;

	(void)state;
	c_blackhole_bare(&a);
	b = a;
	b.nhops = 1;
	b.hop.ifindex = 1;
	assert_true(route_same(&a, &b));
	a = mail_out();
	b = a;
	c_nhid_bare(&a);
	b.nhid = 5;
	assert_true(route_same(&a, &b));
	b.type = ROUTE_BLACKHOLE;
	assert_true(route_same(&a, &b));
}

static void test_scope(void **state)
{
	struct route r = mail_out();

	(void)state;
	assert_int_equal(route_scope(&r), 0);
	c_no_gateway(&r);
	assert_int_equal(route_scope(&r), 253);
	r.type = ROUTE_LOCAL;
	assert_int_equal(route_scope(&r), 254);
	r.type = ROUTE_BROADCAST;
	assert_int_equal(route_scope(&r), 253);
	r.type = ROUTE_UNREACHABLE;
	assert_int_equal(route_scope(&r), 0);
	r.scope = 77;
	assert_int_equal(route_scope(&r), 77);
	r = mail_out6();
	c_no_gateway(&r);
	assert_int_equal(route_scope(&r), 0);
}

/* ---- text: the rest is held against ip(8) in test_route_nl.c ---- */

static struct names links = NAMES_INIT;
static struct rt_names rt = RT_NAMES_INIT;

static void text_is(const struct route *r, const char *want)
{
	struct text t = TEXT_INIT;

	route_text(r, &rt, &links, &t);
	assert_string_equal(text_str(&t), want);
	text_fini(&t);
}

static void test_text(void **state)
{
	struct route r = mail_out();

	(void)state;
	names_set(&links, 7, "ppp0", 0);
	names_set(&rt.protos, 4, "static", 0);
	names_set(&rt.scopes, 253, "link", 0);
	r.protocol = 3;
	text_is(&r, "default via 195.96.98.253 dev ppp0");
	r.protocol = 4;
	r.metric = 20;
	text_is(&r, "default via 195.96.98.253 dev ppp0 proto static metric 20");
	c_no_gateway(&r);
	r.dst = pfx("10.0.0.0/8");
	r.hop.ifindex = 9;
	r.hop.ifname[0] = '\0';
	r.flags = ROUTE_LINKDOWN;
	text_is(&r, "10.0.0.0/8 dev if9 proto static scope link metric 20 linkdown");
	r.flags = ROUTE_RT_OFFLOAD | ROUTE_TRAP;
	text_is(&r, "10.0.0.0/8 dev if9 proto static scope link metric 20 trap rt_offload");
	r = two_hops();
	r.protocol = 3;
	hops[1].flags = ROUTE_DEAD | ROUTE_LINKDOWN;
	text_is(&r, "default \\\tnexthop via 195.96.98.253 dev ppp0 weight 1 "
		    "\\\tnexthop via 195.96.98.254 dev ppp0 weight 1 dead linkdown");
	r = mail_out6();
	r.pref = 2;
	text_is(&r, "default via 2001:db8::1 dev ppp0 proto 161 metric 1024 2");
}

/* A device that is gone is called by the name that the manager wrote. */
static void test_text_of_a_missing_device(void **state)
{
	struct route r = mail_out();

	(void)state;
	r.hop.ifindex = 0;
	strcpy(r.hop.ifname, "ppp9");
	text_is(&r, "default via 195.96.98.253 dev ppp9 proto 161");
}

static int free_names(void **state)
{
	(void)state;
	names_fini(&links);
	rt_names_fini(&rt);
	return 0;
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_check),
	cmocka_unit_test(test_metric_0_says_what_to_use),
	cmocka_unit_test(test_order),
	cmocka_unit_test(test_same),
	cmocka_unit_test(test_same_hops),
	cmocka_unit_test(test_same_as_shown),
	cmocka_unit_test(test_scope),
	cmocka_unit_test(test_text),
	cmocka_unit_test(test_text_of_a_missing_device),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, free_names);
}
