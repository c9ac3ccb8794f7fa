/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The views of policies and routes while somebody changes others of them all the time: nothing is
 * lost that nobody took away, and nothing is there twice. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "churn.h"
#include "netns.h"
#include "routes.h"
#include "routing/policy_nl.h"
#include "routing/route_nl.h"
#include "snmp/mib.h"
#include "views/route_set.h"
#include "views/views.h"

enum { FIXED = 10000, MOVING = 200, POLICIES = 1500 };

static struct views views;
static struct store store;
static struct mib mib;
static const struct view_options opt;
static const struct access access_all = { .enable = true };
static int64_t epoch;

static void run(const char *command)
{
	if (system(command))
		fail_msg("%s", command);
}

static void start(void)
{
	struct why why = { "" };

	store_init(&store, "/nowhere", ROUTE_PROTO_AGENT, &epoch);
	views_init(&views, &store, &opt, &access_all, &mib);
	if (views_open(&views, &why))
		fail_msg("%s", why.s);
}

static void stop(void)
{
	views_fini(&views);
	store_fini(&store);
}

/* Route @i that nobody touches, or that comes and goes: these are first in the tree. */
static struct route route_at(uint8_t family, bool moves, uint32_t i)
{
	struct route r = route_of(family == AF_INET ? "10.0.0.0/32" : "2001:db8::/128", NULL, 0);
	uint8_t *end = &r.dst.addr[addr_size(family) - 4];

	r.hop.ifindex = 1;
	end[0] = moves ? 10 : 11;
	end[1] = (uint8_t)(i >> 16);
	end[2] = (uint8_t)(i >> 8);
	end[3] = (uint8_t)i;
	return r;
}

static void routes_move(struct rtnl *own, uint8_t family)
{
	for (uint32_t i = 0; i < 2 * MOVING; i++) {
		struct route r = route_at(family, true, i % MOVING);

		if (i < MOVING)
			(void)route_nl_add(own, &r, NULL);
		else
			(void)route_nl_del(own, &r, NULL);
	}
}

static void routes4_move(struct rtnl *own)
{
	routes_move(own, AF_INET);
}

static void routes6_move(struct rtnl *own)
{
	routes_move(own, AF_INET6);
}

/* All that nobody touches are there, once each, and nothing else but what moves. */
static void fixed_are_there(uint8_t family)
{
	const struct route_rec *rec;
	uint32_t n = 0;

	for (struct oset_at at = OSET_BEGIN; (rec = oset_get(&views.routes.set, at));
	     at = oset_next(&views.routes.set, at)) {
		struct route want;

		if (rec->fib != 100 || rec->dst.family != family)
			continue;
		want = route_at(family, false, n);
		n += prefix_cmp(&rec->dst, &want.dst) == 0;
		assert_int_equal(rec->instance, 1);
	}
	assert_int_equal(n, FIXED);
}

/* At rest, the view is what the kernel has. */
static void all_as_in_the_kernel(uint8_t family)
{
	struct rtnl *nl;
	uint32_t n = 0;

	routes_sync(&views);
	while (!routes_whole(&views))
		routes_step(&views);
	fixed_are_there(family);
	assert_int_equal(rtnl_open(&nl), 0);
	for (uint32_t i = 0; i < MOVING; i++) {
		struct route r = route_at(family, true, i), have;

		n += routes_find(&views, &r, &have) == (route_nl_del(nl, &r, NULL) == 0);
	}
	assert_int_equal(n, MOVING);
	rtnl_close(nl);
}

static void routes_beside_changes(uint8_t family, churn_round *round)
{
	struct rtnl *nl;
	pid_t pid;

	assert_int_equal(rtnl_open(&nl), 0);
	for (uint32_t i = 0; i < FIXED; i++) {
		struct route r = route_at(family, false, i);

		assert_int_equal(route_nl_add(nl, &r, NULL), 0);
	}
	pid = churn_start(round, 100);
	for (unsigned i = 0; i < 6; i++) {
		start();
		routes_sync(&views); /* the first load */
		fixed_are_there(family);
		for (unsigned k = 0; k < 3; k++) {
			routes_lost(&views);
			routes_sync(&views);
			fixed_are_there(family);
			routes_stale_device(&views, 1);
			routes_sync(&views);
			fixed_are_there(family);
		}
		if (i < 5)
			stop();
	}
	churn_stop(pid);
	all_as_in_the_kernel(family);
	stop();
	rtnl_close(nl);
	run(family == AF_INET ? "ip -4 route flush table 100" : "ip -6 route flush table 100");
}

static void ipv4_routes_beside_changes(void **state)
{
	(void)state;
	routes_beside_changes(AF_INET, routes4_move);
}

static void ipv6_routes_beside_changes(void **state)
{
	(void)state;
	routes_beside_changes(AF_INET6, routes6_move);
}

static struct policy policy_at(uint32_t priority)
{
	struct policy p;

	policy_init(&p);
	p.family = AF_INET;
	p.priority = priority;
	p.fib = 100;
	return p;
}

static void policies_move(struct rtnl *own)
{
	for (uint32_t i = 0; i < 40; i++) {
		_Alignas(struct nlmsghdr) char buf[512];
		struct policy p = policy_at(100 + i % 20);

		(void)policy_nl_encode(buf, sizeof(buf), i < 20 ? RTM_NEWRULE : RTM_DELRULE, &p);
		(void)rtnl_request(own, (struct nlmsghdr *)(void *)buf, NULL);
	}
}

static void policies_beside_changes(void **state)
{
	uint64_t end = clock_ms() + 60000;
	struct rtnl *nl;
	unsigned pass = 0;
	pid_t pid;

	(void)state;
	assert_int_equal(rtnl_open(&nl), 0);
	for (uint32_t i = 0; i < POLICIES; i++) {
		struct policy p = policy_at(1000 + i);

		assert_int_equal(policy_nl_add(nl, NULL, &p, NULL), 0);
	}
	start();
	policies_sync(&views);
	pid = churn_start(policies_move, 5000);
	while (pass < 40 && clock_ms() < end) {
		uint64_t version = views.policies.version;
		uint32_t n = 0, all = 0;

		views.pdus++;
		policies_sync(&views);
		pass += views.policies.version > version;
		for (size_t k = 0; k < views.policies.kernel.n; k++) {
			const struct policy *p = vec_at(&views.policies.kernel, k);

			n += p->family == AF_INET && p->priority == 1000 + n;
			all += p->family == AF_INET && p->priority >= 1000 && p->priority < 32766;
		}
		assert_int_equal(all, POLICIES);
		assert_int_equal(n, POLICIES);
	}
	churn_stop(pid);
	assert_int_equal(pass, 40);
	stop();
	rtnl_close(nl);
	/* A flush of many leaves some: it deletes beside its own dump. */
	run("while ip rule | grep -q '^[1-9]'; do ip rule flush; done; ip rule add pref 32766 table main; ip rule add pref 32767 table default");
}

/* Table 7 as ip(8) shows it. */
static void ip_shows(struct text *out)
{
	FILE *f = popen("for v in -4 -6; do ip $v -o route show table 7 2>/dev/null; done | "
			"sed 's/  *\\\\/ \\\\/g; s/ *$//; s/ dev lo$//'",
			"r");
	char line[1024];

	assert_non_null(f);
	text_reset(out);
	while (fgets(line, sizeof(line), f))
		text_add(out, "%s", line);
	pclose(f);
}

/* Table 7 as the view has it, each route the first of its key. */
static void view_shows(const char *after, struct text *out)
{
	struct text one = TEXT_INIT;
	const struct route_rec *rec;
	const char *lo;

	text_reset(out);
	routes_sync(&views);
	for (struct oset_at at = OSET_BEGIN; (rec = oset_get(&views.routes.set, at));
	     at = oset_next(&views.routes.set, at)) {
		struct route r;

		if (rec->fib != 7)
			continue;
		route_rec_get(rec, &r);
		if (r.instance != 1)
			fail_msg("instance %u after %s", r.instance, after);
		text_reset(&one);
		route_text(&r, &views.names, &views.links, &one);
		/* Of a blackhole object, which the kernel tells in one mode, and not in the other. */
		lo = strstr(text_str(&one), " dev lo");
		text_addn(out, text_str(&one), lo ? (size_t)(lo - text_str(&one)) : one.len);
		text_add(out, "\n");
	}
	text_fini(&one);
}

/*
 * A link that loses its carrier takes routes with it up to a second later (net/core/link_watch.c): where ip(8)
 * shows something else after the view was read than before, the two are compared again.
 */
static void is_as_ip_shows(const char *after)
{
	struct text view = TEXT_INIT, before = TEXT_INIT, ip = TEXT_INIT;

	ip_shows(&ip);
	do {
		text_reset(&before);
		text_addn(&before, text_str(&ip), ip.len);
		view_shows(after, &view);
		ip_shows(&ip);
	} while (strcmp(text_str(&before), text_str(&ip)) != 0);
	if (strcmp(text_str(&view), text_str(&ip)) != 0)
		fail_msg("after %s:\n%sinstead of:\n%s", after, text_str(&view), text_str(&ip));
	text_fini(&view);
	text_fini(&before);
	text_fini(&ip);
}

/* What moves to another device, or goes, without an event of its own. */
static void routes_by_nexthop_objects_are_followed(void **state)
{
	static const char *const steps[] = {
		"for i in 0 1 2; do ip link add d$i type veth peer name p$i; ip link set p$i up;"
		" ip link set d$i up; ip addr add 10.9.$i.1/24 dev d$i;"
		" ip addr add 2001:db8:$i::1/64 dev d$i nodad; done",
		"ip nexthop add id 1 via 10.9.0.2 dev d0; ip nexthop add id 2 via 10.9.1.2 dev d1;"
		"ip nexthop add id 10 group 1/2; ip nexthop add id 5 blackhole;"
		"ip route add 10.1.0.0/16 nhid 10 table 7; ip route add 10.2.0.0/16 nhid 1 table 7;"
		"ip route add 10.3.0.0/16 nhid 5 table 7; ip route add 10.4.0.0/16 dev d0 table 7;"
		"ip route add blackhole 10.5.0.0/16 table 7 src 10.9.2.1",
		"ip nexthop add id 11 via 2001:db8:0::2 dev d0;"
		"ip nexthop add id 12 via 2001:db8:1::2 dev d1; ip nexthop add id 20 group 11/12;"
		"ip -6 route add 2001:db8:a::/48 nhid 20 table 7;"
		"ip -6 route add 2001:db8:b::/48 nhid 11 table 7",
		"ip link set d0 down",
		"ip link set d0 up",
		"ip nexthop replace id 2 via 10.9.2.2 dev d2",
		"ip nexthop replace id 12 via 2001:db8:2::2 dev d2",
		"ip nexthop replace id 5 via 10.9.1.9 dev d1",
		"ip nexthop replace id 5 blackhole",
		"ip addr del 10.9.2.1/24 dev d2; ip addr add 10.9.2.3/24 dev d2",
		"ip nexthop add id 3 via 10.9.1.3 dev d1; ip nexthop replace id 10 group 3",
		"ip nexthop del id 5",
		"ip nexthop del id 12",
		"ip link set p1 down",
		"ip link set p1 up",
		"ip nexthop add id 4 via 10.9.1.3 dev d1; ip route add 10.6.0.0/16 nhid 4 table 7",
		"ip link del d1",
		"ip link del d0; ip link del d2",
		"ip nexthop flush >/dev/null; ip route flush table 7",
	};

	(void)state;
	for (unsigned compat = 0; compat < 2; compat++) {
		/* 0: the kernel does not announce what nexthop objects change. */
		run(compat ? "sysctl -qw net.ipv4.nexthop_compat_mode=1"
			   : "sysctl -qw net.ipv4.nexthop_compat_mode=0");
		start();
		for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
			run(steps[i]);
			is_as_ip_shows(steps[i]);
		}
		stop();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ipv4_routes_beside_changes),
		cmocka_unit_test(ipv6_routes_beside_changes),
		cmocka_unit_test(policies_beside_changes),
		cmocka_unit_test(routes_by_nexthop_objects_are_followed),
	};

	log_open("test", false, LOG_EMERG);
	if (!netns_enter() || system("command -v ip >/dev/null && ip link set lo up"))
		return 77;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
