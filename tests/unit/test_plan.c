/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SETs against a kernel in which any step fails, or is the last one of the agent: all or nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "fake_agent.h"
#include "fake_kernel.h"

static char top[] = "/tmp/test_plan.XXXXXX";
static struct instance in;

/* clang-format off */

static const struct varbind create[] = {
	{ RULE(1, 4), TEXT("PREROUTING") }, { RULE(1, 24), UNSIGNED(1) }, { RULE(1, 40), INT(4) },
	{ RULE(2, 4), TEXT("OUTPUT") }, { RULE(2, 24), UNSIGNED(2) }, { RULE(2, 40), INT(4) },
	{ POLICY(1, 6), UNSIGNED(1) }, { POLICY(1, 5), UNSIGNED(201) }, { POLICY(1, 39), INT(4) },
	{ POLICY(2, 3), UNSIGNED(500) }, { POLICY(2, 5), UNSIGNED(202) }, { POLICY(2, 39), INT(4) },
	{ FIB(201, 2), TEXT("mail") }, { FIB(201, 8), INT(4) },
	{ ROUTE(201, 9), TEXT("\300\0\2\1") }, { ROUTE(201, 11), TEXT("eth0") }, { ROUTE(201, 27), INT(4) },
	{ ROUTE(202, 7), INT(6) }, { ROUTE(202, 27), INT(4) },
	{ MARK(1, 3), TEXT("mail") }, { MARK(1, 11), INT(1) }, { MARK(1, 18), INT(4) },
	{ LINK(2), INT(2) }, { 0 },
};
static const struct varbind change[] = {
	{ RULE(1, 24), UNSIGNED(7) }, { RULE(2, 4), TEXT("PREROUTING") }, { RULE(2, 33), TEXT("web") },
	{ POLICY(1, 6), UNSIGNED(7) }, { POLICY(2, 3), UNSIGNED(501) },
	{ FIB(201, 2), TEXT("voice") },
	{ ROUTE(201, 18), UNSIGNED(1400) }, { ROUTE(202, 7), INT(7) },
	{ MARK(1, 11), INT(2) }, { LINK(2), INT(1) }, { 0 },
};
static const struct varbind leave[] = {
	{ RULE(1, 40), INT(2) }, { POLICY(1, 39), INT(2) }, { FIB(201, 8), INT(2) }, { ROUTE(201, 27), INT(2) },
	{ MARK(1, 18), INT(2) }, { 0 },
};
static const struct varbind destroy[] = {
	{ RULE(1, 40), INT(6) }, { RULE(2, 40), INT(6) }, { POLICY(1, 39), INT(6) }, { POLICY(2, 39), INT(6) },
	{ FIB(201, 8), INT(6) }, { ROUTE(201, 27), INT(6) }, { ROUTE(202, 27), INT(6) },
	{ MARK(1, 18), INT(6) }, { LINK(2), INT(0) }, { 0 },
};
static const struct varbind mixed[] = {
	{ RULE(1, 40), INT(6) }, { RULE(3, 4), TEXT("OUTPUT") }, { RULE(3, 24), UNSIGNED(3) }, { RULE(3, 40), INT(4) },
	{ ROUTE(201, 27), INT(6) }, { ROUTE(203, 7), INT(6) }, { ROUTE(203, 27), INT(4) },
	{ POLICY(2, 39), INT(6) }, { POLICY(3, 5), UNSIGNED(203) }, { POLICY(3, 3), UNSIGNED(500) },
	{ POLICY(3, 39), INT(4) }, { FIB(203, 2), TEXT("new") }, { FIB(203, 8), INT(4) }, { 0 },
};
/* clang-format on */

/* Next hops of routes that have several. */
static const struct varbind balance[] = {
	{ ROUTE(201, 27), INT(4) },
	{ HOP(201, 1, 3), TEXT("\300\0\2\1") },
	{ HOP(201, 1, 5), TEXT("eth0") },
	{ HOP(201, 1, 8), INT(4) },
	{ HOP(201, 2, 3), TEXT("\300\0\2\2") },
	{ HOP(201, 2, 5), TEXT("eth1") },
	{ HOP(201, 2, 6), UNSIGNED(3) },
	{ HOP(201, 2, 8), INT(4) },
	{ ROUTE(202, 27), INT(4) },
	{ HOP(202, 1, 5), TEXT("eth0") },
	{ HOP(202, 1, 8), INT(4) },
	{ HOP(202, 2, 5), TEXT("eth1") },
	{ HOP(202, 2, 8), INT(4) },
	{ 0 },
};
static const struct varbind rebalance[] = {
	{ HOP(201, 3, 3), TEXT("\300\0\2\3") },
	{ HOP(201, 3, 5), TEXT("eth1") },
	{ HOP(201, 3, 8), INT(4) },
	{ HOP(201, 1, 8), INT(6) },
	{ HOP(201, 2, 6), UNSIGNED(5) },
	{ HOP(202, 2, 8), INT(6) },
	{ FIB(201, 2), TEXT("mail") },
	{ FIB(201, 8), INT(4) },
	{ 0 },
};
static const struct varbind unbalance[] = { { ROUTE(201, 27), INT(2) },
					    { ROUTE(202, 27), INT(2) },
					    { 0 } };
static const struct varbind single[] = {
	{ HOP(201, 2, 8), INT(6) },
	{ ROUTE(202, 27), INT(6) },
	{ POLICY(1, 5), UNSIGNED(201) },
	{ POLICY(1, 39), INT(4) },
	{ 0 },
};

/* Rules that stand behind each other, and such that go, come and change places. */
/* clang-format off */
static const struct varbind line[] = {
	{ RULE(1, 4), TEXT("OUTPUT") }, { RULE(1, 24), UNSIGNED(1) }, { RULE(1, 40), INT(4) },
	{ RULE(2, 4), TEXT("OUTPUT") }, { RULE(2, 24), UNSIGNED(2) }, { RULE(2, 40), INT(4) },
	{ RULE(3, 4), TEXT("OUTPUT") }, { RULE(3, 24), UNSIGNED(3) }, { RULE(3, 40), INT(4) },
	{ RULE(4, 4), TEXT("OUTPUT") }, { RULE(4, 24), UNSIGNED(4) }, { RULE(4, 40), INT(4) },
	{ RULE(5, 4), TEXT("OUTPUT") }, { RULE(5, 24), UNSIGNED(5) }, { RULE(5, 40), INT(4) }, { 0 },
};
static const struct varbind to_the_end[] = {
	{ RULE(2, 40), INT(6) },
	{ RULE(3, 5), UNSIGNED(0) }, { RULE(1, 5), UNSIGNED(0) }, { 0 },
};
static const struct varbind about[] = {
	{ RULE(6, 4), TEXT("OUTPUT") }, { RULE(6, 5), UNSIGNED(1) }, { RULE(6, 24), UNSIGNED(6) }, { RULE(6, 40), INT(4) },
	{ RULE(4, 5), UNSIGNED(1) }, { RULE(3, 4), TEXT("PREROUTING") }, { RULE(2, 24), UNSIGNED(7) },
	{ RULE(1, 40), INT(2) }, { RULE(5, 5), UNSIGNED(2) }, { 0 },
};
/* clang-format on */

static const struct {
	const struct varbind *before, *set;
} cases[] = {
	{ NULL, create },	{ create, change },   { create, leave },      { create, destroy },
	{ create, mixed },	{ NULL, balance },    { balance, rebalance }, { balance, single },
	{ balance, unbalance }, { line, to_the_end }, { line, about },
};

enum { HARMLESS_MAX = 2 }; /* a file that is written and renamed */
enum { CASES = sizeof(cases) / sizeof(*cases) };

static const char *state_dir(void)
{
	static char dir[64];

	snprintf(dir, sizeof(dir), "%s/state", top);
	return dir;
}

static void start(void)
{
	assert_int_equal(fake_agent_start(&in, state_dir(), false), 0);
}

/* @all: up to one without a table; @take_back: see fake_agent_set(). Returns: an error of SNMP. */
static int set_and(const struct varbind *all, void (*take_back)(void))
{
	size_t n = 0;

	while (all[n].def)
		n++;
	return fake_agent_set(&in, all, n, take_back);
}

static int set(const struct varbind *all)
{
	return set_and(all, NULL);
}

/* fwmarkRuleNextIndex and fwmarkPolicyNextIndex begin at random. */
static bool is_next_index(const struct mib_oid *at)
{
	return at->n == 3 && at->id[1] == 1 &&
	       (at->id[0] == mib_rule.group || at->id[0] == mib_policy.group);
}

/* What the kernel has, and what SNMP shows but for times and the agent's own counters. */
static char *whole_state(void)
{
	struct mib_oid at = { 0 }, next;
	struct text out = TEXT_INIT;
	struct mib_value v = { 0 };
	char *copy;

	fake_kernel_text(&out);
	in.mib.ops.begin(in.mib.ops.ctx, false);
	while (mib_next(&in.mib, at.id, at.n, &next, &v)) {
		at = next;
		if (at.id[0] == 1 || v.tag == MIB_TAG_TIMETICKS || is_next_index(&at))
			continue;
		for (size_t i = 0; i < at.n; i++)
			text_add(&out, ".%u", at.id[i]);
		text_add(&out, " = %lld ", (long long)(v.tag == MIB_TAG_OCTETS ? 0 : v.num));
		for (size_t i = 0; v.tag == MIB_TAG_OCTETS && i < v.len; i++)
			text_add(&out, "%02x", ((const unsigned char *)v.bytes)[i]);
		text_add(&out, "\n");
	}
	assert_int_equal(out.err, 0);
	copy = strdup(text_str(&out));
	text_fini(&out);
	return copy;
}

/* The first line that differs says more than all of both. */
static void expect_state(const char *expected)
{
	char *state = whole_state(), *a = state;
	const char *b = expected;

	while (*a && *a == *b)
		a++, b++;
	if (*a != *b) {
		while (a > state && a[-1] != '\n')
			a--, b--;
		a[strcspn(a, "\n")] = '\0';
		fail_msg("it is \"%s\", it was \"%.*s\"", a, (int)strcspn(b, "\n"), b);
	}
	free(state);
}

static bool is_state(const char *expected)
{
	char *state = whole_state();
	bool same = strcmp(state, expected) == 0;

	free(state);
	return same;
}

/* An agent after the SETs that come before. */
static void begin(const struct varbind *before)
{
	fake_agent_remove_files(state_dir());
	fake_kernel_init();
	start();
	if (before)
		assert_int_equal(set(before), MIB_OK);
	fake->steps = 0;
}

/* Returns: how many steps the SET takes, with the state afterwards. */
static unsigned measure(size_t i, char **after)
{
	unsigned steps;

	begin(cases[i].before);
	assert_int_equal(set(cases[i].set), MIB_OK);
	steps = fake->steps;
	*after = whole_state();
	instance_stop(&in);
	assert_true(steps > 4);
	return steps;
}

static void a_step_that_fails_leaves_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < CASES; i++) {
		char *before, *after;
		unsigned steps = measure(i, &after), harmless = 0;

		for (unsigned at = 1; at <= steps; at++) {
			int error;

			begin(cases[i].before);
			before = whole_state();
			fake->fail[0] = at;
			error = set(cases[i].set);
			assert_int_not_equal(error, MIB_UNDO_FAILED);
			/* What was counted is written on the way, and no SET waits for it. */
			harmless += error == MIB_OK;
			expect_state(error ? before : after);
			fake->fail[0] = 0;
			if (!error) {
				instance_stop(&in);
				free(before);
				continue;
			}
			/* And so it is for who starts then; and it can be done after all. */
			instance_stop(&in);
			start();
			expect_state(before);
			assert_int_equal(set(cases[i].set), MIB_OK);
			expect_state(after);
			instance_stop(&in);
			free(before);
		}
		assert_true(harmless <= HARMLESS_MAX);
		free(after);
	}
}

static unsigned end_after; /* so many moments of the undoing */

static void undoing_begins(void)
{
	fake->kill = fake->moments + end_after;
}

/* The agent ends before moment @at of a SET (@undone: of its undoing), and is started again. Returns:
 * false: there is no such moment. */
static bool end_at(const struct varbind *all, unsigned at, bool undone)
{
	int status = 0;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		start();
		fake->moments = 0;
		fake->kill = undone ? 0 : at;
		end_after = at;
		set_and(all, undone ? undoing_begins : NULL);
		_exit(1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	fake->kill = 0;
	start();
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status) == 9;
}

/* All or nothing, at each moment, and one after the other: what is said on the disk decides. */
static void end_everywhere(size_t i, bool undone)
{
	char *before, *after;
	unsigned steps = measure(i, &after), at = 1, turned = 0;
	bool ended = true;

	for (; ended; at++) {
		const char *first, *then;

		begin(cases[i].before);
		before = whole_state();
		first = undone ? after : before;
		then = undone ? before : after;
		instance_stop(&in);
		ended = end_at(cases[i].set, at, undone);
		if (!turned && !is_state(first))
			turned = at;
		if (turned)
			expect_state(then);
		instance_stop(&in);
		free(before);
	}
	/* The file comes last of all steps. */
	assert_true(at > steps / 2 && turned > at / 2 && turned < at - 2);
	free(after);
}

static void a_sudden_end_leaves_nothing_half_done(void **state)
{
	(void)state;
	for (size_t i = 0; i < CASES; i++)
		end_everywhere(i, false);
}

static void a_sudden_end_leaves_nothing_half_undone(void **state)
{
	(void)state;
	for (size_t i = 0; i < CASES; i += 2) /* a start for each moment takes long */
		end_everywhere(i, true);
}

/* Undoing fails as well: that is said, and the agent shows what there is. */
static void two_steps_that_fail_are_said(void **state)
{
	(void)state;
	for (size_t i = 0; i < CASES; i++) {
		char *before, *after;
		unsigned steps = measure(i, &after), unsaid = 0;

		for (unsigned at = 1; at <= steps; at++) {
			int error;

			begin(cases[i].before);
			before = whole_state();
			fake->fail[0] = at;
			fake->fail[1] = at + 1;
			error = set(cases[i].set);
			if (error != MIB_UNDO_FAILED)
				expect_state(error ? before : after);
			unsaid += error != MIB_UNDO_FAILED;
			instance_stop(&in);
			free(before);
		}
		assert_true(unsaid < steps);
		free(after);
	}
}

static size_t objects(void)
{
	return fake->nnames + fake->nroutes + fake->npolicies + fake->nrules + fake->nmeters;
}

static void all_goes(void)
{
	fake->nnames = fake->nroutes = fake->npolicies = fake->nrules = fake->nmeters = 0;
	fake->steps = 0;
}

/* What goes while the agent is away is put back when it starts, and one that cannot be keeps nothing
 * else out. */
static void a_start_puts_back_all_but_one(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		const struct varbind *set_before = i ? balance : create;
		unsigned steps, kept_out = 0;
		size_t all;
		char *before;

		begin(set_before);
		all = objects();
		before = whole_state();
		instance_stop(&in);
		all_goes();
		start();
		steps = fake->steps;
		expect_state(before);
		for (unsigned at = 1; at <= steps; at++) {
			instance_stop(&in);
			all_goes();
			fake->fail[0] = at;
			/* That it cannot write there is why it may not start. */
			if (!fake_agent_start(&in, state_dir(), false))
				kept_out += objects() < all;
			assert_true(objects() + 1 >= all);
			fake->fail[0] = 0;
			instance_stop(&in);
			start();
			expect_state(before);
		}
		/* Netfilter does not say which rule is at fault, so each gets another try. */
		assert_true(kept_out >= fake->nroutes + fake->npolicies);
		instance_stop(&in);
		free(before);
	}
}

/* As it passes for an agent that puts back what others take away. */
static void time_passes(void)
{
	free(whole_state()); /* who asks has netfilter read */
	instance_events(&in);
	instance_tick(&in);
}

static void foreign_policy(bool there)
{
	struct policy p;
	size_t i = 0;

	policy_init(&p);
	p.family = 2;
	p.priority = 7;
	p.fib = 7;
	if (there)
		fake_kernel_policy(&p);
	while (!there && fake->policies[i].fib != p.fib)
		i++;
	if (!there)
		fake_kernel_no_policy(i);
}

/* What somebody takes away comes back; what cannot be put back then is tried again when something else
 * has changed, and keeps nothing else out until then. */
static void what_others_take_away_comes_back(void **state)
{
	static const struct {
		size_t n; /* how many there are, in struct fake_kernel */
		void (*take)(size_t i);
		size_t out; /* how many one failure keeps out: each rule gets another try */
	} kinds[] = {
		{ offsetof(struct fake_kernel, nroutes), fake_kernel_no_route, 1 },
		{ offsetof(struct fake_kernel, npolicies), fake_kernel_no_policy, 1 },
		{ offsetof(struct fake_kernel, nrules), fake_kernel_no_rule, 0 },
	};

	(void)state;
	for (size_t k = 0; k < sizeof(kinds) / sizeof(*kinds); k++) {
		for (unsigned fails = 0; fails < 3; fails++) {
			size_t all;
			char *before;

			begin(create);
			instance_stop(&in);
			assert_int_equal(fake_agent_start(&in, state_dir(), true), 0);
			all = objects();
			before = whole_state();
			time_passes();
			assert_int_equal(*(size_t *)((char *)fake + kinds[k].n), 2);
			kinds[k].take(1);
			kinds[k].take(0);
			fake->fail[0] = fails ? fake->steps + fails : 0;
			time_passes();
			assert_int_equal(objects(), fails ? all - kinds[k].out : all);
			fake->fail[0] = 0;
			if (fails) {
				foreign_policy(true);
				time_passes();
				foreign_policy(false);
			}
			time_passes();
			expect_state(before);
			instance_stop(&in);
			free(before);
		}
	}
}

static void nothing(void)
{
}

/* A route by eth1. */
static const struct varbind by_device[] = { { ROUTE(201, 11), TEXT("eth1") },
					    { ROUTE(201, 27), INT(4) },
					    { 0 } };
static const struct varbind by_gateway[] = {
	{ ROUTE(201, 9), TEXT("\300\0\2\1") },
	{ ROUTE(201, 11), TEXT("eth1") },
	{ ROUTE(201, 27), INT(4) },
	{ 0 },
};

static void a_next_hop_of_a_route_that_is_away_is_taken_back(void **state)
{
	static const struct varbind to_eth0[] = { { HOP(201, 1, 5), TEXT("eth0") }, { 0 } };
	char *before;

	(void)state;
	begin(by_gateway);
	fake_kernel_link(1, false);
	before = whole_state();
	assert_int_equal(fake->nroutes, 0);
	assert_int_equal(set_and(to_eth0, nothing), MIB_OK);
	expect_state(before);
	instance_stop(&in);
	free(before);
}

/* By any column of its own or of its next hop: no SET puts it back, and it comes as soon as it can. */
static void a_route_that_is_away_can_be_changed(void **state)
{
	static const struct varbind mtu[] = { { ROUTE(201, 18), UNSIGNED(1300) }, { 0 } };
	static const struct varbind weight[] = { { HOP(201, 1, 6), UNSIGNED(7) }, { 0 } };
	static const struct varbind nowhere[] = { { HOP(201, 1, 5), TEXT("eth9") }, { 0 } };
	static const struct varbind eth0[] = { { ROUTE(201, 11), TEXT("eth0") }, { 0 } };
	static const struct varbind hop_eth0[] = { { HOP(201, 1, 5), TEXT("eth0") }, { 0 } };
	static const struct varbind out[] = { { ROUTE(201, 27), INT(2) }, { 0 } };
	static const struct {
		const struct varbind *set;
		size_t after;
	} sets[] = { { mtu, 0 }, { weight, 0 }, { nowhere, 0 }, { eth0, 1 }, { hop_eth0, 1 } };

	(void)state;
	for (size_t i = 0; i < sizeof(sets) / sizeof(*sets); i++) {
		for (unsigned withdrawn = 0; withdrawn < 2; withdrawn++) {
			begin(by_device);
			if (withdrawn)
				fake_kernel_no_route(0);
			fake_kernel_link(1, false);
			assert_int_equal(set(sets[i].set), MIB_OK);
			assert_int_equal(fake->nroutes, 0);
			time_passes();
			assert_int_equal(fake->nroutes, withdrawn ? 0 : sets[i].after);
			instance_stop(&in);
			start();
			assert_int_equal(fake->nroutes, withdrawn ? 0 : sets[i].after);
			/* What a manager takes out of service is not away. */
			assert_int_equal(set(out), MIB_OK);
			fake_kernel_link(1, true);
			time_passes();
			assert_int_equal(fake->nroutes, 0);
			instance_stop(&in);
		}
	}
}

/* As a new route has it, unless a manager wrote one. */
static void a_route_gets_the_scope_of_what_it_becomes(void **state)
{
	static const struct varbind gateway[] = { { ROUTE(201, 9), TEXT("\300\0\2\1") }, { 0 } };
	static const struct varbind no_gateway[] = { { ROUTE(201, 9), TEXT("") }, { 0 } };
	static const struct varbind no_hop_gateway[] = { { HOP(201, 1, 3), TEXT("") }, { 0 } };
	static const struct varbind local[] = { { ROUTE(201, 7), INT(ROUTE_LOCAL) }, { 0 } };
	static const struct varbind scope[] = { { ROUTE(201, 16), UNSIGNED(200) }, { 0 } };
	static const struct {
		const struct varbind *sets[3];
		uint16_t scope;
	} rows[] = {
		{ { by_gateway }, 0 },
		{ { by_gateway, no_gateway }, ROUTE_SCOPE_LINK },
		{ { by_gateway, no_hop_gateway }, ROUTE_SCOPE_LINK },
		{ { by_device }, ROUTE_SCOPE_LINK },
		{ { by_device, gateway }, 0 },
		{ { by_device, local }, ROUTE_SCOPE_HOST },
		{ { by_device, scope, gateway }, 200 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		begin(rows[i].sets[0]);
		for (size_t k = 1; k < 3 && rows[i].sets[k]; k++)
			assert_int_equal(set(rows[i].sets[k]), MIB_OK);
		assert_int_equal(fake->nroutes, 1);
		assert_int_equal(fake->routes[0].route.scope, rows[i].scope);
		instance_stop(&in);
	}
}

enum { MANY = 12 };

static void route_by(uint32_t table, const char *link)
{
	const struct varbind all[] = {
		{ ROUTE(table, 11), .tag = MIB_TAG_OCTETS, .s = link, .len = 4 },
		{ ROUTE(table, 27), INT(4) },
		{ 0 },
	};

	assert_int_equal(set(all), MIB_OK);
}

/* One try for each route, whatever becomes of the others. */
static void a_device_brings_its_routes_back_at_once(void **state)
{
	(void)state;
	begin(NULL);
	for (unsigned i = 0; i < 2 * MANY; i++)
		route_by(300 + i, i % 2 ? "eth1" : "eth0");
	for (unsigned round = 0; round < 3; round++) {
		fake_kernel_link(0, false);
		fake_kernel_link(1, false);
		instance_events(&in);
		assert_int_equal(fake->nroutes, 0);
		for (unsigned link = 0; link < 2; link++) {
			fake->steps = 0;
			fake_kernel_link(round % 2 ? 1 - link : link, true);
			instance_events(&in);
			assert_int_equal(fake->nroutes, (link + 1) * MANY);
			assert_int_equal(fake->steps, (2 - link) * MANY);
		}
	}
	instance_stop(&in);
}

/* Until a manager says otherwise; not for a restart, nor with the device. What somebody puts there
 * again is a manager's as before. */
static void what_others_take_away_stays_away(void **state)
{
	static const struct varbind again[] = { { ROUTE(201, 27), INT(1) },
						{ POLICY(1, 39), INT(1) },
						{ 0 } };
	struct fake_route route;
	size_t all;

	(void)state;
	begin(create);
	all = objects();
	for (unsigned round = 0; round < 2; round++) {
		free(whole_state());
		route = fake->routes[0];
		fake_kernel_no_route(0);
		fake_kernel_no_policy(0);
		time_passes();
		for (unsigned i = 0; i < 2; i++) {
			fake_kernel_link(0, false);
			time_passes();
			fake_kernel_link(0, true);
			time_passes();
			assert_int_equal(objects(), all - 2);
			instance_stop(&in);
			start();
			assert_int_equal(objects(), all - 2);
		}
		assert_int_equal(set(again), MIB_OK);
		assert_int_equal(objects(), all);
		fake_kernel_no_route(0);
		fake_kernel_route(&route.route);
		time_passes();
		fake_kernel_link(0, false);
		fake_kernel_link(0, true);
		time_passes();
		assert_int_equal(objects(), all);
	}
	instance_stop(&in);
	fake_kernel_no_route(0);
	assert_int_equal(fake_agent_start(&in, state_dir(), false), 0);
	assert_int_equal(objects(), all); /* nobody saw who did that */
	fake_kernel_no_route(0);
	time_passes();
	instance_stop(&in);
	assert_int_equal(fake_agent_start(&in, state_dir(), true), 0);
	assert_int_equal(objects(), all);
	/* By the agent, or by somebody while the agent was not there, it is put there again: it goes with
	 * its device from then on. */
	for (unsigned i = 0; i < 2; i++) {
		time_passes();
		instance_stop(&in);
		start();
		fake_kernel_link(0, false);
		time_passes();
		assert_int_equal(objects(), all - 1);
		fake_kernel_link(0, true);
		time_passes();
		assert_int_equal(objects(), all);
		route = fake->routes[0];
		fake_kernel_no_route(0);
		time_passes();
		instance_stop(&in);
		fake_kernel_route(&route.route);
		start();
	}
	instance_stop(&in);
}

/* A SET that has removed a route for a while is none that takes it away. */
static void what_is_taken_back_goes_with_its_device(void **state)
{
	static const struct varbind gone[] = { { ROUTE(201, 27), INT(6) }, { 0 } };

	(void)state;
	begin(create);
	assert_int_equal(set_and(gone, nothing), MIB_OK);
	time_passes();
	fake_kernel_link(0, false);
	time_passes();
	assert_int_equal(fake->nroutes, 1);
	fake_kernel_link(0, true);
	time_passes();
	assert_int_equal(fake->nroutes, 2);
	/* Nor does what cannot be put back then: its address is gone, and comes. */
	fake_kernel_link(0, false);
	time_passes();
	fake->fail[0] = fake->steps + 1;
	fake_kernel_link(0, true);
	time_passes();
	assert_int_equal(fake->nroutes, 1);
	fake->fail[0] = 0;
	fake_kernel_link(1, true);
	time_passes();
	assert_int_equal(fake->nroutes, 2);
	instance_stop(&in);
}

/* Somebody changes netfilter. Returns: how many rules were tried then. */
static unsigned netfilter_changes(void)
{
	unsigned before = fake->checks;

	for (unsigned i = 0; i < 5; i++) {
		in.plan.rest_us = 0;
		fake->notices = i ? 0 : NF_CHANGED;
		time_passes();
	}
	return fake->checks - before;
}

/* A rule that waits for its chain is tried when netfilter changes, whatever a manager changes of it
 * meanwhile, and costs nothing else; one that nobody waits for, never. */
static void a_rule_that_waits_comes_with_its_chain(void **state)
{
	static const struct varbind text[] = { { RULE(2, RULE_COL_DESCRIPTION), TEXT("web") },
					       { 0 } };
	static const struct varbind chain[] = { { RULE(2, RULE_COL_CHAIN), TEXT("PREROUTING") },
						{ 0 } };
	static const struct varbind out[] = { { RULE(2, RULE_COL_STATUS), INT(2) }, { 0 } };
	static const struct {
		const struct varbind *set;
		bool comes, by_itself;
	} sets[] = { { NULL, true, false },
		     { text, true, false },
		     { chain, true, true },
		     { out, false, false } };

	(void)state;
	for (size_t i = 0; i < sizeof(sets) / sizeof(*sets); i++) {
		unsigned checks;

		begin(create);
		instance_stop(&in);
		all_goes();
		fake->no_chain = "OUTPUT";
		start();
		assert_int_equal(fake->nrules, 1);
		/* While the machine boots, things come all the time: it is tried once more soon. */
		time_passes();
		checks = fake->checks;
		time_passes();
		assert_int_equal(fake->checks, checks);
		for (unsigned round = 0; round < 3; round++)
			assert_int_equal(netfilter_changes(), 1);
		if (sets[i].set)
			assert_int_equal(set(sets[i].set), MIB_OK);
		assert_int_equal(fake->nrules, 1);
		in.plan.rest_us = 0;
		time_passes();
		assert_int_equal(fake->nrules, sets[i].by_itself ? 2 : 1);
		fake->no_chain = NULL;
		netfilter_changes();
		assert_int_equal(fake->nrules, sets[i].comes ? 2 : 1);
		assert_int_equal(netfilter_changes(), 0);
		/* What somebody takes away does not wait. */
		fake_kernel_no_rule(0);
		assert_int_equal(netfilter_changes(), 0);
		reassert_now(&in.plan);
		assert_int_equal(fake->nrules, sets[i].comes ? 1 : 0);
		instance_stop(&in);
	}
}

/* Nothing tells of a new ipset: SIGHUP need not wait for the time of a sample. */
static void a_rule_that_waits_comes_by_itself_or_at_once(void **state)
{
	(void)state;
	for (unsigned at_once = 0; at_once < 2; at_once++) {
		begin(create);
		instance_stop(&in);
		all_goes();
		fake->no_chain = "OUTPUT";
		start();
		time_passes();
		fake->no_chain = NULL;
		in.plan.rest_us = 0;
		time_passes();
		assert_int_equal(fake->nrules, 1);
		if (at_once)
			reassert_now(&in.plan);
		else
			in.plan.waited_us -= in.conf.read.sample_s * UINT64_C(1000000);
		time_passes();
		assert_int_equal(fake->nrules, 2);
		instance_stop(&in);
	}
}

/* Somebody has netfilter's lock when the rules are to be put back: they are when he is done. */
static void rules_that_find_netfilter_locked_come_later(void **state)
{
	(void)state;
	begin(create);
	instance_stop(&in);
	all_goes();
	fake->unread = FAKE_NO_EDITS;
	start();
	time_passes();
	assert_int_equal(fake->nrules, 0);
	fake->unread = 0;
	netfilter_changes();
	assert_int_equal(fake->nrules, 2);
	instance_stop(&in);
}

static void a_restart_is_not_seen(void **state)
{
	(void)state;
	for (size_t i = 0; i < CASES; i++) {
		char *before;

		begin(cases[i].before);
		assert_int_equal(set(cases[i].set), MIB_OK);
		before = whole_state();
		instance_stop(&in);
		start();
		expect_state(before);
		instance_stop(&in);
		free(before);
	}
}

/* What the kernel can do is asked for once a request, and not for each scalar of the agent. */
static void capabilities_are_asked_for_once_a_request(void **state)
{
	(void)state;
	begin(create);
	fake->probes = 0;
	free(whole_state());
	assert_int_equal(fake->probes, 1);
	free(whole_state());
	assert_int_equal(fake->probes, 2);
	instance_stop(&in);
}

static int enter(void **state)
{
	(void)state;
	return fake_agent_enter(top);
}

static int leave_all(void **state)
{
	(void)state;
	return fake_agent_leave(top);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_step_that_fails_leaves_nothing),
		cmocka_unit_test(a_sudden_end_leaves_nothing_half_done),
		cmocka_unit_test(a_sudden_end_leaves_nothing_half_undone),
		cmocka_unit_test(two_steps_that_fail_are_said),
		cmocka_unit_test(a_start_puts_back_all_but_one),
		cmocka_unit_test(what_others_take_away_comes_back),
		cmocka_unit_test(a_next_hop_of_a_route_that_is_away_is_taken_back),
		cmocka_unit_test(a_route_that_is_away_can_be_changed),
		cmocka_unit_test(a_route_gets_the_scope_of_what_it_becomes),
		cmocka_unit_test(a_device_brings_its_routes_back_at_once),
		cmocka_unit_test(what_others_take_away_stays_away),
		cmocka_unit_test(what_is_taken_back_goes_with_its_device),
		cmocka_unit_test(a_rule_that_waits_comes_with_its_chain),
		cmocka_unit_test(a_rule_that_waits_comes_by_itself_or_at_once),
		cmocka_unit_test(rules_that_find_netfilter_locked_come_later),
		cmocka_unit_test(a_restart_is_not_seen),
		cmocka_unit_test(capabilities_are_asked_for_once_a_request),
	};

	return cmocka_run_group_tests(tests, enter, leave_all);
}
