/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Routes between struct route and the kernel: messages alone, then a kernel's own tables in a
 * namespace of this program, with ip(8) as the judge. */
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "kernel/compat.h"
#include "kernel/link_nl.h"
#include "kernel/route_nl.h"

#define N_OF(a) (sizeof(a) / sizeof(*(a)))

enum { BUF = 16384 };

static _Alignas(struct nlmsghdr) char buf[BUF];
static struct nlmsghdr *const msg = (struct nlmsghdr *)(void *)buf;

static struct prefix pfx(const char *s)
{
	struct prefix p = { 0 };

	if (s)
		assert_int_equal(prefix_parse(s, &p), 0);
	return p;
}

/* A route with one leg; NULL and 0 for what it has not. */
static struct route route_of(const char *dst, const char *gw, uint32_t ifindex)
{
	struct route r;

	route_init(&r);
	r.fib = 100;
	r.dst = pfx(dst);
	r.metric = r.dst.family == AF_INET6 ? 1024 : 0;
	r.leg.gateway = pfx(gw);
	r.leg.gateway_type = r.leg.gateway.family;
	r.leg.ifindex = ifindex;
	return r;
}

static struct route reject_of(const char *dst, uint8_t type)
{
	struct route r = route_of(dst, NULL, 0);

	r.type = type;
	r.nlegs = 0;
	return r;
}

/* ---- messages ---- */

static struct nexthop three_legs[3];

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
	r->nlegs = 0;
	r++->nhid = 77;
	*r = route_of("10.1.0.0/16", NULL, 0);
	r->metrics_other = 1u << RTAX_LOCK | 1u << RTAX_INITCWND | 1u << RTAX_CC_ALGO;
	r->metrics[RTAX_LOCK] = 1u << RTAX_MTU;
	r->metrics[RTAX_INITCWND] = 10;
	strcpy(r->congctl, "bbr");
	r->mtu = 1300;
	three_legs[0] = (struct nexthop){ .gateway = pfx("192.0.2.1"), .weight = 256 };
	three_legs[1] = (struct nexthop){ .ifindex = 4, .weight = 1, .realms = 9 };
	three_legs[2] =
		(struct nexthop){ .gateway = pfx("2001:db8::1"), .ifindex = 5, .weight = 2 };
	for (unsigned i = 0; i < 3; i++)
		three_legs[i].gateway_type = three_legs[i].gateway.family;
	r->legs = three_legs;
	r++->nlegs = 3;
	return (size_t)(r - c);
}

/* What was sent is what is read. */
static void test_round_trip(void **state)
{
	struct route cases[16];
	size_t n = make_cases(cases);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		struct nexthop legs[ROUTE_LEGS_MAX];
		struct route got;

		assert_int_equal(route_nl_encode(buf, BUF, RTM_NEWROUTE, NLM_F_CREATE, &cases[i]),
				 0);
		assert_int_equal(msg->nlmsg_flags, NLM_F_CREATE);
		assert_int_equal(route_nl_decode(msg, &got, legs), 0);
		if (!route_same(&got, &cases[i]))
			fail_msg("case %zu differs", i);
		assert_int_equal(got.instance, 1);
		assert_int_equal(got.fib, cases[i].fib);
		assert_int_equal(got.nlegs, cases[i].nlegs);
	}
}

/* Every shorter buffer is refused, never overrun (seen by ASan). */
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
	struct nexthop legs[ROUTE_LEGS_MAX];
	struct route r;

	return route_nl_decode(msg, &r, legs);
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

/* A leg's length must stay within the attribute and hold itself. */
static void test_decode_leg_overrun(void **state)
{
	static const uint16_t lens[] = { 0, 1, 7, 9, 12, 17, 65535 };

	(void)state;
	for (size_t i = 0; i < N_OF(lens); i++) {
		struct rtnexthop legs[2] = { { .rtnh_len = 8 }, { .rtnh_len = lens[i] } };

		begin(AF_INET, 0);
		mnl_attr_put(msg, RTA_MULTIPATH, sizeof(legs), legs);
		assert_int_equal(decode_err(), -EBADMSG);
	}
}

static void test_decode_too_many_legs(void **state)
{
	struct rtnexthop legs[ROUTE_LEGS_MAX + 1];

	(void)state;
	for (size_t i = 0; i < N_OF(legs); i++)
		legs[i] = (struct rtnexthop){ .rtnh_len = sizeof(*legs), .rtnh_ifindex = 1 };
	begin(AF_INET, 0);
	mnl_attr_put(msg, RTA_MULTIPATH, sizeof(legs), legs);
	assert_int_equal(decode_err(), -E2BIG);
	begin(AF_INET, 0);
	mnl_attr_put(msg, RTA_MULTIPATH, sizeof(legs) - sizeof(*legs), legs);
	assert_int_equal(decode_err(), 0);
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

/* ---- a kernel ---- */

struct found {
	struct text text;
	size_t n;
	struct route last;
	struct nexthop legs[ROUTE_LEGS_MAX];
	struct names links;
	struct rt_names names;
};

static struct rtnl *nl;
static struct found found = { .links = NAMES_INIT, .names = RT_NAMES_INIT };
static bool have_net;

static int sh(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static int sh(const char *fmt, ...)
{
	char cmd[8192];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(cmd, sizeof(cmd), fmt, ap);
	va_end(ap);
	return system(cmd);
}

static char *output_of(const char *cmd)
{
	struct text t = TEXT_INIT;
	FILE *f = popen(cmd, "r");
	char part[4096];
	size_t n;
	char *s;

	assert_non_null(f);
	while ((n = fread(part, 1, sizeof(part), f)))
		text_addn(&t, part, n);
	pclose(f);
	s = strdup(text_str(&t));
	text_fini(&t);
	return s;
}

static uint32_t dev(const char *name)
{
	unsigned i = if_nametoindex(name);

	assert_int_not_equal(i, 0);
	return i;
}

static int setup_net(void **state)
{
	static const struct {
		uint32_t id;
		const char *name;
	} protos[] = {
		{ 2, "kernel" }, { 4, "static" }, { 9, "ra" }, { 11, "zebra" }, { 186, "bgp" }
	};

	(void)state;
	if (unshare(CLONE_NEWNET) || rtnl_open(&nl))
		return 0;
	for (size_t i = 0; i < N_OF(protos); i++)
		names_set(&found.names.protos, protos[i].id, protos[i].name, 0);
	names_set(&found.names.scopes, 253, "link", 0);
	names_set(&found.names.scopes, 254, "host", 0);
	names_set(&found.names.scopes, 200, "site", 0);
	have_net = !sh(
		"exec 2>/dev/null; set -e; ip link set lo up;"
		"ip link add d0 type veth peer name p0; ip link add d1 type veth peer name p1;"
		"for i in d0 d1 p0 p1; do ip link set $i up; done;"
		"ip addr add 10.0.0.1/24 dev d0; ip addr add 10.0.1.1/24 dev d1;"
		"ip addr add 10.0.0.9/24 dev d0;"
		"ip addr add 2001:db8::1/64 dev d0 nodad;"
		"ip addr add 2001:db8:1::1/64 dev d1 nodad;"
		"ip nexthop add id 6 via 10.0.0.2 dev d0; ip nexthop add id 7 via 10.0.1.2 dev d1;"
		"ip nexthop add id 8 group 6,3/7; ip nexthop add id 5 blackhole;"
		"ip nexthop add id 15 via 2001:db8::2 dev d0;"
		"ip nexthop add id 16 via 2001:db8:1::2 dev d1;"
		"ip nexthop add id 17 group 15/16,7; ip -6 nexthop add id 18 blackhole");
	return 0;
}

static int teardown_net(void **state)
{
	(void)state;
	rtnl_close(nl);
	text_fini(&found.text);
	names_fini(&found.links);
	rt_names_fini(&found.names);
	return 0;
}

/* Empties table 100. `ip route flush` leaves the routes by nexthop objects where they are. */
static void empty(void)
{
	sh("exec 2>/dev/null; for f in -4 -6; do ip $f route flush table 100;"
	   "ip $f route show table 100 | sed -n 's/^blackhole//; s/ nhid.*//p' |"
	   "while read r; do ip $f route del table 100 $r; done; done");
}

#define NEED_NET()                                                                                 \
	do {                                                                                       \
		(void)state;                                                                       \
		if (!have_net)                                                                     \
			skip();                                                                    \
		empty();                                                                           \
	} while (0)

static void found_reset(void *arg)
{
	struct found *f = arg;

	text_reset(&f->text);
	f->n = 0;
}

static int found_add(const struct route *r, void *arg)
{
	struct found *f = arg;

	route_text(r, &f->names, &f->links, &f->text);
	text_add(&f->text, "\n");
	f->n++;
	f->last = *r;
	if (r->nlegs > 1) {
		memcpy(f->legs, r->legs, r->nlegs * sizeof(*r->legs));
		f->last.legs = f->legs;
	}
	return 0;
}

static void find_in(uint8_t family, uint32_t fib)
{
	const struct route_filter filter = { .family = family, .fib = fib };

	assert_int_equal(link_nl_dump(nl, &found.links), 0);
	assert_int_equal(route_nl_dump(nl, &filter, found_add, found_reset, &found), 0);
}

static void find(uint8_t family)
{
	find_in(family, 100);
}

/* Takes the blank at the end of each line away, as route_text() does. */
static void trim_lines(char *s)
{
	char *out = s;

	for (; *s; s++) {
		if (*s == '\n')
			while (out[-1] == ' ')
				out--;
		*out++ = *s;
	}
	*out = '\0';
}

/* What route_text() makes of table @fib is what ip(8) prints. */
static void same_as_ip(uint8_t family, uint32_t fib)
{
	char cmd[64];
	char *ip;

	snprintf(cmd, sizeof(cmd), "ip -o -%c route show table %u 2>&1",
		 family == AF_INET ? '4' : '6', fib);
	find_in(family, fib);
	ip = output_of(cmd);
	trim_lines(ip);
	assert_string_equal(text_str(&found.text), ip);
	free(ip);
}

static void test_text_of_every_kind(void **state)
{
	NEED_NET();
	assert_int_equal(
		sh("ip -batch - <<-E\n"
		   "route add table 100 default via 10.0.0.2\n"
		   "route add table 100 default via 10.0.1.2 metric 5 proto static\n"
		   "route add table 100 10.1.0.0/16 dev d0 scope link src 10.0.0.1 proto zebra\n"
		   "route add table 100 10.2.0.0/16 dev d0 scope host proto 77\n"
		   "route add table 100 10.2.1.0/24 dev d0 scope site\n"
		   "route add table 100 10.2.2.0/24 dev d0 scope 99\n"
		   "route add table 100 10.3.0.0/16 via 10.9.9.9 dev d1 onlink mtu 1400 advmss 1300\n"
		   "route add table 100 10.4.0.0/16 tos 0x10 via 10.0.0.2 mtu lock 1300 initcwnd 10\n"
		   "route add table 100 10.4.1.0/24 via 10.0.0.2 rtt 300ms rttvar 2s rto_min 40ms\n"
		   "route add table 100 10.4.2.0/24 via 10.0.0.2 rto_min 3s features ecn quickack 1\n"
		   "route add table 100 10.4.3.0/24 via 10.0.0.2 hoplimit 7 window 4000 cwnd lock 3\n"
		   "route add table 100 10.4.4.0/24 via 10.0.0.2 congctl cubic ssthresh 9\n"
		   "route add table 100 10.4.5.0/24 via 10.0.0.2 fastopen_no_cookie 1 mtu 99999\n"
		   "route add table 100 blackhole 10.5.0.0/16 metric 9\n"
		   "route add table 100 unreachable 10.5.1.0/24\n"
		   "route add table 100 prohibit 10.5.2.1\n"
		   "route add table 100 throw 10.5.3.0/24 proto static\n"
		   "route add table 100 local 10.5.4.0/24 dev d0\n"
		   "route add table 100 broadcast 10.5.5.255 dev d0\n"
		   "route add table 100 multicast 239.0.0.0/8 dev d0\n"
		   "route add table 100 anycast 10.5.6.7 dev d0\n"
		   "route add table 100 10.6.0.0/16 nhid 5\n"
		   "route add table 100 10.7.0.0/16 nhid 6\n"
		   "route add table 100 10.8.0.0/16 nhid 8 metric 3\n"
		   "route add table 100 10.9.0.0/16 nexthop via 10.0.0.2 weight 3 nexthop via 10.9.9.9"
		   " dev d1 onlink weight 256\n"
		   "route add table 100 10.10.0.0/16 via inet6 2001:db8::2 dev d0\n"
		   "route add table 100 10.11.0.0/16 realms 3/4 via 10.0.0.2\n"
		   "route add table 100 10.11.1.0/24 realm 4 via 10.0.0.2\n"
		   "route add table 100 10.12.0.0/16 proto bgp nexthop via 10.0.0.2 realms 3/4"
		   " nexthop via inet6 2001:db8:1::2 dev d1 nexthop dev d1\n"
		   "E\n"
		   "ip -6 -batch - <<-E\n"
		   "route add table 100 default via fe80::1 dev d0\n"
		   "route add table 100 blackhole 2001:db8:1::/48 proto static\n"
		   "route add table 100 unreachable 2001:db8:2::/48 metric 7\n"
		   "route add table 100 prohibit 2001:db8:3::/48\n"
		   "route add table 100 throw 2001:db8:4::/48\n"
		   "route add table 100 local 2001:db8:5::/48 dev lo\n"
		   "route add table 100 anycast 2001:db8:5::1 dev d0\n"
		   "route add table 100 multicast ff05::/16 dev d0\n"
		   "route add table 100 2001:db8:6::/48 nhid 15\n"
		   "route add table 100 2001:db8:7::/48 nhid 17\n"
		   "route add table 100 2001:db8:8::/48 nhid 18\n"
		   "route add table 100 2001:db8:9::/48 nexthop via 2001:db8::2 weight 3"
		   " nexthop via 2001:db8:1::2 dev d1\n"
		   "route add table 100 2001:db8:a::/48 from 2001:db8:b::/64 via 2001:db8::2"
		   " expires 3000\n"
		   "route add table 100 2001:db8:b::/48 dev d0 pref high metric 5\n"
		   "route add table 100 2001:db8:c::1 dev d0 pref low src 2001:db8::1 mtu 1400\n"
		   "route add table 100 2001:db8:d::/48 via 2001:db8:ffff::1 dev d0 onlink\n"
		   "route add table 100 ::ffff:1.2.3.0/120 dev d0\n"
		   "E\n"),
		0);
	same_as_ip(AF_INET, 100);
	assert_int_equal(found.n, 29);
	same_as_ip(AF_INET6, 100);
	assert_int_equal(found.n, 17);
}

/* The same when a link has no carrier, when it is down, and in the kernel's own tables. */
static void test_text_follows_the_links(void **state)
{
	static const char *const steps[] = {
		"ip link set p1 down",
		"sysctl -qw net.ipv4.conf.d1.ignore_routes_with_linkdown=1 "
		"net.ipv6.conf.d1.ignore_routes_with_linkdown=1",
		"ip link set d1 down",
		"ip link set d1 name e1",
		"ip link set e1 name d1; ip link set d1 up; ip link set p1 up;"
		"ip addr add 2001:db8:1::1/64 dev d1 nodad",
	};

	NEED_NET();
	for (size_t i = 0; i <= N_OF(steps); i++) {
		sh("ip route replace table 100 10.9.0.0/16 nexthop via 10.0.0.2 nexthop via 10.0.1.2 "
		   "dev d1 onlink 2>/dev/null;"
		   "ip -6 route replace table 100 2001:db8:9::/48 nexthop via 2001:db8::2 nexthop via "
		   "2001:db8:1::2 dev d1 2>/dev/null;"
		   "ip route replace table 100 10.8.0.0/16 via 10.0.1.2 2>/dev/null");
		same_as_ip(AF_INET, 100);
		same_as_ip(AF_INET6, 100);
		same_as_ip(AF_INET, 254);
		same_as_ip(AF_INET6, 254);
		same_as_ip(AF_INET, 255);
		same_as_ip(AF_INET6, 255);
		if (i < N_OF(steps))
			assert_int_equal(sh("%s", steps[i]), 0);
	}
}

static void put(const struct route *r)
{
	struct why why = { "" };

	if (route_nl_add(nl, r, &why))
		fail_msg("not added: %s", why.s);
}

/* Adds @r, and finds it and nothing else. */
static void lands(const struct route *r)
{
	put(r);
	find(r->dst.family);
	assert_int_equal(found.n, 1);
	if (!route_same(&found.last, r))
		fail_msg("differs: %s", text_str(&found.text));
	assert_int_equal(route_nl_add(nl, r, NULL), -EEXIST);
	assert_int_equal(route_nl_del(nl, r, NULL), 0);
	find(r->dst.family);
	assert_int_equal(found.n, 0);
	assert_int_equal(route_nl_del(nl, r, NULL), -ESRCH);
}

/* Every kind can be added, is what was meant, cannot be added twice, and can be taken away. */
static void test_add_and_del(void **state)
{
	struct nexthop legs[2] = { { .gateway = pfx("10.0.0.2"), .weight = 200 },
				   { .gateway = pfx("10.0.1.2"), .weight = 256 } };
	struct nexthop legs6[2] = { { .gateway = pfx("2001:db8::2"), .weight = 200 },
				    { .gateway = pfx("2001:db8:1::2"), .weight = 1 } };
	struct route r;

	NEED_NET();
	r = route_of("0.0.0.0/0", "10.0.0.2", 0);
	lands(&r);
	r.leg.ifindex = dev("d0");
	r.metric = 4000000000u;
	r.mtu = 1400;
	r.advmss = 1300;
	r.tos = 0x10;
	r.prefsrc = pfx("10.0.0.9");
	r.realms = 0x30004;
	lands(&r);
	r = route_of("10.5.0.0/16", "10.77.0.1", dev("d0"));
	r.onlink = true;
	lands(&r);
	r = route_of("10.5.0.0/16", NULL, dev("d0"));
	lands(&r);
	r = route_of("10.5.0.0/16", "2001:db8::2", dev("d0"));
	lands(&r);
	r = route_of("10.5.0.0/16", NULL, 0);
	r.nlegs = 2;
	r.legs = legs;
	r.metrics_other = 1u << RTAX_INITCWND;
	r.metrics[RTAX_INITCWND] = 12;
	lands(&r);
	r = route_of("10.5.0.0/16", NULL, 0);
	r.nhid = 8;
	r.nlegs = 0;
	lands(&r);
	r.nhid = 5; /* a blackhole */
	lands(&r);
	r = route_of("2001:db8:5::/48", NULL, 0);
	r.nhid = 17;
	r.nlegs = 0;
	lands(&r);
	r.nhid = 18;
	lands(&r);
	r = route_of("2001:db8:5::/48", "2001:db8::2", 0);
	r.src = pfx("2001:db8:77::/48");
	r.pref = 3;
	lands(&r);
	r = route_of("2001:db8:5::/48", NULL, dev("d0"));
	r.prefsrc = pfx("2001:db8::1");
	r.mtu = 1400;
	lands(&r);
	r = route_of("2001:db8:5::/48", NULL, 0);
	r.nlegs = 2;
	r.legs = legs6;
	lands(&r);
	for (uint8_t type = ROUTE_BLACKHOLE; type <= ROUTE_THROW; type++) {
		r = reject_of("10.6.0.0/16", type);
		lands(&r);
		r = reject_of("2001:db8:6::/48", type);
		lands(&r);
	}
}

static void left_is(uint8_t family, const char *lines)
{
	find(family);
	assert_string_equal(text_str(&found.text), lines);
}

/* Of routes that differ in one thing, the one that is meant goes. */
static void test_del_of_neighbours(void **state)
{
	struct route a, b;

	NEED_NET();
	a = route_of("10.5.0.0/16", "10.0.0.2", dev("d0"));
	b = a;
	b.metric = 9;
	put(&b);
	/* Without a metric the kernel takes the first of any (fib_nh_match()). */
	assert_int_equal(route_nl_del(nl, &a, NULL), -ESRCH);
	put(&a);
	assert_int_equal(route_nl_del(nl, &a, NULL), 0);
	left_is(AF_INET, "10.5.0.0/16 via 10.0.0.2 dev d0 proto 161 metric 9\n");
	assert_int_equal(route_nl_del(nl, &b, NULL), 0);

	a = reject_of("2001:db8:5::/48", ROUTE_BLACKHOLE);
	b = route_of("2001:db8:5::/48", "2001:db8::2", dev("d0"));
	put(&b);
	assert_int_equal(route_nl_del(nl, &a, NULL), -ESRCH);
	a = route_of("2001:db8:5::/48", NULL, dev("d0"));
	assert_int_equal(route_nl_del(nl, &a, NULL), -ESRCH);
	left_is(AF_INET6,
		"2001:db8:5::/48 via 2001:db8::2 dev d0 proto 161 metric 1024 pref medium\n");
	assert_int_equal(route_nl_del(nl, &b, NULL), 0);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_round_trip),
	cmocka_unit_test(test_encode_no_room),
	cmocka_unit_test(test_decode_wrong_lengths),
	cmocka_unit_test(test_decode_leg_overrun),
	cmocka_unit_test(test_decode_too_many_legs),
	cmocka_unit_test(test_decode_not_ours),
	cmocka_unit_test(test_del_says_no_gateway),
	cmocka_unit_test(test_text_of_every_kind),
	cmocka_unit_test(test_text_follows_the_links),
	cmocka_unit_test(test_add_and_del),
	cmocka_unit_test(test_del_of_neighbours),
};

int main(void)
{
	return cmocka_run_group_tests(tests, setup_net, teardown_net);
}
