/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Routes in a kernel's own tables, in a namespace of this program, with ip(8) as the judge. */
#include <errno.h>
#include <libmnl/libmnl.h>
#include <net/if.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "netns.h"
#include "routes.h"
#include "routing/compat.h"
#include "routing/link_nl.h"
#include "routing/route_nl.h"

#define N_OF(a) (sizeof(a) / sizeof(*(a)))

struct found {
	struct text text;
	size_t n;
	struct route last;
	struct nexthop hops[ROUTE_HOPS_MAX];
	struct names links;
	struct rt_names names;
};

static const struct route_filter all;
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
	if (!netns_enter() || rtnl_open(&nl))
		return 0;
	for (size_t i = 0; i < N_OF(protos); i++)
		names_set(&found.names.protos, protos[i].id, protos[i].name, 0);
	names_set(&found.names.scopes, 253, "link", 0);
	names_set(&found.names.scopes, 254, "host", 0);
	names_set(&found.names.scopes, 200, "site", 0);
	have_net = !sh(
		"exec 2>/dev/null; set -e; ip link set lo up;"
		"ip link add d0 type veth peer name p0; ip link add d1 type veth peer name p1;"
		"for i in d0 d1 p0 p1; do ip link set $i addrgenmode none up; done;"
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

static int found_add(const struct nlmsghdr *nlh, void *arg)
{
	struct nexthop hops[ROUTE_HOPS_MAX];
	struct found *f = arg;
	struct route one, *r = &one;
	int err = route_nl_decode(nlh, r, hops);

	if (err)
		return err == -EAFNOSUPPORT ? 0 : err;
	route_text(r, &f->names, &f->links, &f->text);
	text_add(&f->text, "\n");
	f->n++;
	f->last = *r;
	if (r->nhops > 1) {
		memcpy(f->hops, r->hops, r->nhops * sizeof(*r->hops));
		f->last.hops = f->hops;
	}
	return 0;
}

static int dump(const struct route_filter *filter, rtnl_cb *cb)
{
	size_t limit = SIZE_MAX;
	int err = -EINTR;

	for (int try = 0; err == -EINTR && try < RTNL_DUMP_TRIES; try++) {
		text_reset(&found.text);
		found.n = 0;
		err = route_nl_dump_begin(nl, filter);
		if (!err)
			err = rtnl_dump_step(nl, cb, &found, &limit);
	}
	return err;
}

static void find_in(uint8_t family, uint32_t fib)
{
	const struct route_filter filter = { .family = family, .fib = fib };

	assert_int_equal(link_nl_dump(nl, &found.links), 0);
	assert_int_equal(dump(&filter, found_add), 0);
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

/* What route_text() makes of table @fib is what ip(8) prints. A kernel that loses or finds a carrier
 * between the two (linkwatch, a second at most) is asked again. */
static void same_as_ip(uint8_t family, uint32_t fib)
{
	char cmd[64];
	char *ip = NULL;

	snprintf(cmd, sizeof(cmd), "ip -o -%c route show table %u 2>&1",
		 family == AF_INET ? '4' : '6', fib);
	for (int tries = 20; tries; tries--) {
		free(ip);
		find_in(family, fib);
		ip = output_of(cmd);
		trim_lines(ip);
		if (!strcmp(text_str(&found.text), ip))
			break;
		usleep(100000);
	}
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
		   "ip route replace table 100 10.7.0.0/16 nhid 8 2>/dev/null;"
		   /* a group of two: one of them goes with its device */
		   "ip -6 route replace table 100 2001:db8:7::/48 nhid 17 2>/dev/null;"
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

/* Finds @r and nothing else. Returns: the route as the kernel reports it; its next hops are in
 * @hops. */
static struct route found_as(const struct route *r, struct nexthop *hops)
{
	struct route got;

	find(r->dst.family);
	assert_int_equal(found.n, 1);
	if (!route_same(&found.last, r))
		fail_msg("differs: %s", text_str(&found.text));
	got = found.last;
	memcpy(hops, found.hops, sizeof(found.hops));
	got.hops = got.nhops > 1 ? hops : NULL;
	return got;
}

/* Adds @r, and finds it. What is found can be deleted, put back, and deleted by what was asked
 * for. */
static void lands(const struct route *r)
{
	struct nexthop hops[ROUTE_HOPS_MAX];
	struct route got;

	put(r);
	got = found_as(r, hops);
	assert_int_equal(route_nl_add(nl, r, NULL), -EEXIST);
	assert_int_equal(route_nl_del(nl, &got, NULL), 0);
	find(r->dst.family);
	assert_int_equal(found.n, 0);
	assert_int_equal(route_nl_del(nl, &got, NULL), -ESRCH);
	assert_int_equal(route_nl_put_back(nl, &got, NULL), 0);
	found_as(&got, hops);
	assert_int_equal(route_nl_del(nl, r, NULL), 0);
	find(r->dst.family);
	assert_int_equal(found.n, 0);
	assert_int_equal(route_nl_del(nl, r, NULL), -ESRCH);
}

/* Every kind can be added, is what was meant, cannot be added twice, and can be taken away. */
static void test_add_and_del(void **state)
{
	struct nexthop hops[2] = { { .gateway = pfx("10.0.0.2"), .weight = 200 },
				   { .gateway = pfx("10.0.1.2"), .weight = 256 } };
	struct nexthop legs6[2] = { { .gateway = pfx("2001:db8::2"), .weight = 200 },
				    { .gateway = pfx("2001:db8:1::2"), .weight = 1 } };
	struct route r;

	NEED_NET();
	r = route_of("0.0.0.0/0", "10.0.0.2", 0);
	lands(&r);
	r.hop.ifindex = dev("d0");
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
	r.nhops = 2;
	r.hops = hops;
	r.metrics_other = 1u << RTAX_INITCWND;
	r.metrics[RTAX_INITCWND] = 12;
	lands(&r);
	r = route_of("10.5.0.0/16", NULL, 0);
	r.nhid = 8;
	r.nhops = 0;
	lands(&r);
	r.nhid = 5; /* a blackhole */
	lands(&r);
	r = route_of("2001:db8:5::/48", NULL, 0);
	r.nhid = 17;
	r.nhops = 0;
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
	r.nhops = 2;
	r.hops = legs6;
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

/* What stands in table 100 after @from was changed to @to, whatever stood there beside it. */
static void changes(const struct route *from, const struct route *to, bool shared,
		    const char *lines)
{
	struct why why = { "" };

	if (route_nl_change(nl, from, to, shared, &why))
		fail_msg("not changed: %s", why.s);
	left_is(from->dst.family, lines);
}

/* Of every kind into every other, in one step: exactly the new one stands there. */
static void test_replace(void **state)
{
	static const char *const gws[2][2] = { { "10.0.0.2", "10.0.1.2" },
					       { "2001:db8::2", "2001:db8:1::2" } };
	static const char *const dsts[2] = { "10.5.0.0/16", "2001:db8:5::/48" };

	NEED_NET();
	for (unsigned v6 = 0; v6 < 2; v6++) {
		struct nexthop hops[2] = { { .gateway = pfx(gws[v6][0]), .weight = 2 },
					   { .gateway = pfx(gws[v6][1]), .weight = 3 } };
		struct route kinds[8];
		size_t n = 0;

		kinds[n++] = route_of(dsts[v6], gws[v6][0], 0);
		kinds[n++] = route_of(dsts[v6], gws[v6][1], 0);
		kinds[n] = kinds[0];
		kinds[n++].mtu = 1400;
		kinds[n++] = route_of(dsts[v6], NULL, dev("d1"));
		kinds[n++] = reject_of(dsts[v6], ROUTE_BLACKHOLE);
		kinds[n++] = reject_of(dsts[v6], ROUTE_PROHIBIT);
		kinds[n] = route_of(dsts[v6], NULL, 0);
		kinds[n].nhops = 2;
		kinds[n++].hops = hops;
		kinds[n] = route_of(dsts[v6], NULL, 0);
		kinds[n].nhops = 0;
		kinds[n++].nhid = v6 ? 17 : 8;
		for (size_t i = 0; i < n * n; i++) {
			const struct route *from = &kinds[i / n], *to = &kinds[i % n];

			assert_int_equal(route_nl_replace(nl, from, NULL), 0);
			assert_int_equal(route_nl_change(nl, from, to, false, NULL), 0);
			find(from->dst.family);
			assert_int_equal(found.n, 1);
			if (!route_same(&found.last, to))
				fail_msg("%zu to %zu: %s", i / n, i % n, text_str(&found.text));
		}
	}
}

/* What cannot be leaves the old one. */
static void test_replace_fails_whole(void **state)
{
	struct route a, b;
	struct why why = { "" };

	NEED_NET();
	a = route_of("10.5.0.0/16", "10.0.0.2", 0);
	put(&a);
	b = route_of("10.5.0.0/16", "77.0.0.1", 0);
	assert_int_equal(route_nl_change(nl, &a, &b, false, &why), -ENETUNREACH);
	assert_non_null(strstr(why.s, "Nexthop has invalid gateway"));
	assert_int_equal(route_nl_change(nl, &a, &b, true, &why), -ENETUNREACH);
	left_is(AF_INET, "10.5.0.0/16 via 10.0.0.2 dev d0 proto 161\n");
}

/* Another tos is another key. */
static void test_change_of_key(void **state)
{
	struct route a, b;

	NEED_NET();
	a = route_of("10.5.0.0/16", "10.0.0.2", 0);
	put(&a);
	b = a;
	b.tos = 0x10;
	changes(&a, &b, false, "10.5.0.0/16 tos 0x10 via 10.0.0.2 dev d0 proto 161\n");
	a = route_of("2001:db8:5::/48", "2001:db8::2", 0);
	put(&a);
	b = a;
	b.src = pfx("2001:db8:7::/48");
	changes(&a, &b, false,
		"2001:db8:5::/48 from 2001:db8:7::/48 via 2001:db8::2 dev d0 proto 161 metric 1024 "
		"pref medium\n");
}

/* Where several share a key, the one that is meant changes, though the kernel's own replacing
 * takes the first. */
static void test_change_among_equals(void **state)
{
	struct route a, b, c;

	NEED_NET();
	assert_int_equal(sh("ip route add 10.5.0.0/16 via 10.0.0.77 table 100"), 0);
	assert_int_equal(sh("ip route append 10.5.0.0/16 via 10.0.0.2 table 100 proto 161"), 0);
	a = route_of("10.5.0.0/16", "10.0.0.2", dev("d0"));
	b = route_of("10.5.0.0/16", "10.0.0.3", dev("d0"));
	changes(&a, &b, true,
		"10.5.0.0/16 via 10.0.0.77 dev d0\n10.5.0.0/16 via 10.0.0.3 dev d0 proto 161\n");

	a = route_of("2001:db8:5::/48", NULL, dev("d0"));
	put(&a);
	b = route_of("2001:db8:5::/48", NULL, dev("d1"));
	assert_int_equal(route_nl_add(nl, &b, NULL), -EEXIST);
	b.instance = 2;
	put(&b);
	assert_int_equal(route_nl_add(nl, &b, NULL), -EEXIST);
	c = b;
	c.mtu = 1400;
	changes(&b, &c, true,
		"2001:db8:5::/48 dev d0 proto 161 metric 1024 pref medium\n"
		"2001:db8:5::/48 dev d1 proto 161 metric 1024 mtu 1400 pref medium\n");
	b = route_of("2001:db8:5::/48", NULL, dev("lo"));
	changes(&c, &b, true,
		"2001:db8:5::/48 dev d0 proto 161 metric 1024 pref medium\n"
		"2001:db8:5::/48 dev lo proto 161 metric 1024 pref medium\n");
	c = route_of("2001:db8:5::/48", "2001:db8::2", 0);
	assert_int_equal(route_nl_change(nl, &b, &c, true, NULL), -EEXIST);
	assert_int_equal(route_nl_del(nl, &b, NULL), 0);
	left_is(AF_INET6, "2001:db8:5::/48 dev d0 proto 161 metric 1024 pref medium\n");
}

static void test_dump_filters(void **state)
{
	static const struct {
		struct route_filter filter;
		const char *lines;
	} cases[] = {
		{ { .fib = 100, .protocol = 4 },
		  "10.6.0.0/16 via 10.0.1.2 dev d1 proto static\n"
		  "2001:db8:6::/48 dev d1 proto static metric 1024 pref medium\n" },
		{ { .fib = 100, .protocol = 4, .family = AF_INET },
		  "10.6.0.0/16 via 10.0.1.2 dev d1 proto static\n" },
		{ { .fib = 4000000000u }, "10.7.0.0/16 via 10.0.0.2 dev d0\n" },
		{ { .fib = 77 }, "" },
		{ { .fib = 77, .family = AF_INET6 }, "" },
	};
	struct route_filter by_dev = { .fib = 100, .ifindex = 0 };

	NEED_NET();
	assert_int_equal(sh("ip route add 10.5.0.0/16 via 10.0.0.2 table 100;"
			    "ip route add 10.6.0.0/16 via 10.0.1.2 table 100 proto static;"
			    "ip route add 10.7.0.0/16 via 10.0.0.2 table 4000000000;"
			    "ip -6 route add 2001:db8:6::/48 dev d1 table 100 proto static"),
			 0);
	assert_int_equal(link_nl_dump(nl, &found.links), 0);
	for (size_t i = 0; i < N_OF(cases); i++) {
		assert_int_equal(dump(&cases[i].filter, found_add), 0);
		assert_string_equal(text_str(&found.text), cases[i].lines);
	}
	by_dev.ifindex = dev("d0");
	assert_int_equal(dump(&by_dev, found_add), 0);
	assert_string_equal(text_str(&found.text), "10.5.0.0/16 via 10.0.0.2 dev d0\n");
	assert_int_equal(dump(&all, found_add), 0);
	assert_true(found.n > 20);
}

static int give_up(const struct nlmsghdr *nlh, void *arg)
{
	(void)nlh;
	(void)arg;
	return -ENOSPC;
}

static void test_dump_stops(void **state)
{
	NEED_NET();
	assert_int_equal(dump(&all, give_up), -ENOSPC);
	assert_int_equal(dump(&all, found_add), 0);
}

/* The first question on a fresh socket may have an answer that begins with much: a route of many next
 * hops. More than a route can hold is shown as far as it can, and takes no other with it. */
static void test_big_routes(void **state)
{
	const struct route_filter filter = { .family = AF_INET, .fib = 100 };
	struct rtnl *old = nl;

	NEED_NET();
	assert_int_equal(sh("ip route add 10.70.0.0/16 table 100 $(for i in $(seq 125); do "
			    "printf 'nexthop via inet6 fe80::%%x dev d0 ' $i; done)"),
			 0);
	assert_int_equal(rtnl_open(&nl), 0);
	assert_int_equal(dump(&filter, found_add), 0);
	rtnl_close(nl);
	nl = old;
	assert_int_equal(found.n, 1);
	assert_int_equal(found.last.nhops, 125);
	assert_int_equal(sh("ip route replace 10.70.0.0/16 table 100 $(for i in $(seq 256); do "
			    "printf 'nexthop dev d0 '; done)"),
			 0);
	sh("ip route add 10.77.0.0/16 dev d0 table 100");
	find(AF_INET);
	assert_int_equal(found.n, 2);
	assert_int_equal(route_nl_del(nl, &found.last, NULL), 0);
	find(AF_INET);
	assert_int_equal(found.n, 1);
	assert_true(found.last.flags & ROUTE_CUT);
	assert_int_equal(found.last.nhops, ROUTE_HOPS_MAX);
	assert_int_equal(route_nl_del(nl, &found.last, NULL), -E2BIG);
	sh("ip route del 10.70.0.0/16 table 100");
}

/* Where does a packet go? The kernel says, with the prefix that matched. */
static void test_lookup(void **state)
{
	static const struct {
		const char *dst;
		uint32_t mark;
		int err;
		uint8_t type;
		uint32_t fib;
		const char *matched, *gateway, *dev, *src;
	} cases[] = {
		{ "10.77.1.1", 0, -ENETUNREACH, 0, 0, NULL, NULL, NULL, NULL },
		{ "10.77.1.1", 1, 0, ROUTE_UNICAST, 100, "10.77.0.0/16", "10.0.0.2", "d0",
		  "10.0.0.1" },
		{ "10.78.1.1", 1, 0, ROUTE_UNICAST, 100, "10.78.0.0/16", "10.0.1.2", "d1",
		  "10.0.1.1" },
		{ "10.79.1.1", 1, -EINVAL, ROUTE_BLACKHOLE, 0, NULL, NULL, NULL, NULL },
		{ "10.80.1.1", 1, -EHOSTUNREACH, ROUTE_UNREACHABLE, 0, NULL, NULL, NULL, NULL },
		{ "10.81.1.1", 1, -EACCES, ROUTE_PROHIBIT, 0, NULL, NULL, NULL, NULL },
		{ "10.0.0.1", 0, 0, ROUTE_LOCAL, 255, "10.0.0.1/32", NULL, "lo", "10.0.0.1" },
		{ "10.0.1.55", 0, 0, ROUTE_UNICAST, 254, "10.0.1.0/24", NULL, "d1", "10.0.1.1" },
		{ "2001:db8:77::1", 0, -ENETUNREACH, 0, 0, NULL, NULL, NULL, NULL },
		{ "2001:db8:77::1", 1, 0, ROUTE_UNICAST, 100, "2001:db8:77::/48", "2001:db8::2",
		  "d0", "2001:db8::1" },
		{ "2001:db8:78::1", 1, -EINVAL, ROUTE_BLACKHOLE, 0, NULL, NULL, NULL, NULL },
		{ "2001:db8:79::1", 1, -EHOSTUNREACH, ROUTE_UNREACHABLE, 0, NULL, NULL, NULL,
		  NULL },
		{ "2001:db8:80::1", 1, -EACCES, ROUTE_PROHIBIT, 0, NULL, NULL, NULL, NULL },
	};

	NEED_NET();
	assert_int_equal(
		sh("set -e; ip rule add fwmark 1 table 100; ip -6 rule add fwmark 1 table 100;"
		   "ip route add 10.77.0.0/16 via 10.0.0.2 table 100;"
		   "ip route add 10.78.0.0/16 table 100 nexthop via 10.0.1.2 nexthop via "
		   "10.0.1.2 dev d1;"
		   "ip route add blackhole 10.79.0.0/16 table 100;"
		   "ip route add unreachable 10.80.0.0/16 table 100;"
		   "ip route add prohibit 10.81.0.0/16 table 100;"
		   "ip -6 route add 2001:db8:77::/48 via 2001:db8::2 table 100;"
		   "ip -6 route add blackhole 2001:db8:78::/48 table 100;"
		   "ip -6 route add unreachable 2001:db8:79::/48 table 100;"
		   "ip -6 route add prohibit 2001:db8:80::/48 table 100"),
		0);
	for (size_t i = 0; i < N_OF(cases); i++) {
		const struct prefix dst = pfx(cases[i].dst);
		struct lookup l;
		char text[PREFIX_TEXT_MAX];

		assert_int_equal(route_nl_lookup(nl, &dst, cases[i].mark, &l), 0);
		if (l.err != cases[i].err)
			fail_msg("%s mark %u: %s", cases[i].dst, cases[i].mark, strerror(-l.err));
		assert_int_equal(l.type, cases[i].type);
		assert_int_equal(l.route.fib, cases[i].fib);
		if (l.err)
			continue;
		assert_string_equal(prefix_format(&l.matched, text), cases[i].matched);
		assert_string_equal(addr_format(&l.route.hop.gateway, text),
				    cases[i].gateway ? cases[i].gateway : "");
		assert_int_equal(l.route.hop.ifindex, dev(cases[i].dev));
		assert_string_equal(addr_format(&l.route.prefsrc, text), cases[i].src);
	}
	sh("ip rule del fwmark 1 table 100; ip -6 rule del fwmark 1 table 100");
}

/* ---- links ---- */

static int apply(const struct nlmsghdr *nlh, void *arg)
{
	return link_nl_event(nlh, arg);
}

static bool is_link(const struct names *links, const char *name)
{
	const struct name *n = names_find_name(links, name);

	return n && n->id == if_nametoindex(name);
}

/* Names follow the events: new, renamed, moved, deleted, in and out of a bridge. */
static void test_links(void **state)
{
	struct names links = NAMES_INIT;
	struct rtnl_events *ev;
	bool lost = false;

	NEED_NET();
	assert_int_equal(rtnl_events_open(&ev), 0);
	assert_int_equal(link_nl_dump(nl, &links), 0);
	assert_true(is_link(&links, "lo") && is_link(&links, "d0") && is_link(&links, "p1"));
	assert_true(names_find_name(&links, "lo")->flags & 1); /* IFF_UP */
	assert_int_equal(link_nl_dump(nl, &links), 0);	       /* again: the same */
	assert_int_equal(links.v.n, 5);

#define AFTER(cmd)                                                                                 \
	assert_int_equal(sh(cmd), 0);                                                              \
	assert_true(rtnl_events_drain(ev, apply, &links, &lost) > 0)
	AFTER("ip link add n0 type veth peer name n1");
	assert_true(is_link(&links, "n0") && is_link(&links, "n1"));
	AFTER("ip link set n1 name n2; ip link set n2 up");
	assert_true(is_link(&links, "n2") && !names_find_name(&links, "n1"));
	assert_true(names_find_name(&links, "n2")->flags & 1);
	if (!sh("ip link add b0 type bridge 2>/dev/null")) {
		AFTER("ip link set n2 master b0; ip link set n2 nomaster");
		assert_true(is_link(&links, "n2") && is_link(&links, "b0"));
		AFTER("ip link del b0");
	}
	AFTER("unshare -n sleep 9 & p=$!; until ip link set n2 netns $p 2>/dev/null &&"
	      " ! ip link show n2 2>/dev/null; do kill -0 $p || exit 1; done; kill $p");
	assert_true(!names_find_name(&links, "n2"));
	/* Its peer goes with the other namespace, whenever the kernel gets to that. */
	for (int tries = 100; names_find_name(&links, "n0") && tries; tries--) {
		assert_true(rtnl_events_drain(ev, apply, &links, &lost) >= 0);
		usleep(50000);
	}
	assert_true(!names_find_name(&links, "n0"));
#undef AFTER
	assert_false(lost);
	rtnl_events_close(ev);
	names_fini(&links);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_text_of_every_kind),
	cmocka_unit_test(test_text_follows_the_links),
	cmocka_unit_test(test_add_and_del),
	cmocka_unit_test(test_del_of_neighbours),
	cmocka_unit_test(test_replace),
	cmocka_unit_test(test_replace_fails_whole),
	cmocka_unit_test(test_change_of_key),
	cmocka_unit_test(test_change_among_equals),
	cmocka_unit_test(test_dump_filters),
	cmocka_unit_test(test_dump_stops),
	cmocka_unit_test(test_big_routes),
	cmocka_unit_test(test_lookup),
	cmocka_unit_test(test_links),
};

int main(void)
{
	return cmocka_run_group_tests(tests, setup_net, teardown_net);
}
