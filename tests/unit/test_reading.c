/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A kernel that cannot be read for a while: that is no absence. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "fake_agent.h"
#include "fake_kernel.h"

static char top[] = "/tmp/test_reading.XXXXXX";
static struct instance in;

/* clang-format off */
#define LINK3(c)     .def = &mib_interface, .col = c, .idx = { FAKE_LINK + FAKE_LINKS }, .n = 1
/* clang-format on */

enum { GO = ROW_CREATE_AND_GO, WAIT = ROW_CREATE_AND_WAIT, DESTROY = ROW_DESTROY };

/* A manager's rule and policy, and a policy and a route of others. */
static const struct varbind made[] = {
	{ RULE(1, RULE_COL_MARK), UNSIGNED(1) },     { RULE(1, RULE_COL_STATUS), INT(GO) },
	{ POLICY(1, POLICY_COL_MARK), UNSIGNED(1) }, { POLICY(1, POLICY_COL_FIB), UNSIGNED(201) },
	{ POLICY(1, POLICY_COL_STATUS), INT(GO) },   { 0 },
};

static void foreign_objects(void)
{
	struct markrule rule;
	struct policy policy;
	struct route route;

	markrule_init(&rule);
	rule.index = ROW_FOREIGN_MIN;
	rule.mark = 8;
	rule.target = MARKRULE_MARK;
	fake_kernel_rule(&rule, 0);
	policy_init(&policy);
	policy.family = 2;
	policy.priority = 7;
	policy.mark = 9;
	policy.mask = UINT32_MAX;
	policy.fib = 77;
	fake_kernel_policy(&policy);
	route_init(&route);
	route.fib = 88;
	route.dst.family = 2;
	route.hop.ifindex = FAKE_LINK;
	fake_kernel_route(&route);
}

/* More than the agent's queue has room for. */
static void lose_events(void)
{
	fake->nevents += FAKE_EVENTS + 1;
}

static const char *state_dir(void)
{
	static char dir[64];

	snprintf(dir, sizeof(dir), "%s/state", top);
	return dir;
}

static int set(const struct varbind *all)
{
	size_t n = 0;

	while (n < 8 && all[n].def)
		n++;
	return fake_agent_set(&in, all, n, NULL);
}

/* Returns: the number in a cell, -1: there is none. */
static int64_t get(struct varbind v)
{
	uint32_t oid[16] = { v.def->group, v.def->table, 1, v.col };
	struct mib_value value;

	memcpy(oid + 4, v.idx, v.n * sizeof(*oid));
	in.mib.ops.begin(in.mib.ops.ctx, false);
	return mib_get(&in.mib, oid, 4 + v.n, &value) ? -1 : (int64_t)value.num;
}

/* Is the row of this cell in a walk? */
static bool is_walked(struct varbind v)
{
	struct mib_oid at = { 0 }, next;
	struct mib_value value;

	in.mib.ops.begin(in.mib.ops.ctx, false);
	while (mib_next(&in.mib, at.id, at.n, &next, &value)) {
		at = next;
		if (at.n == 4 + v.n && at.id[0] == v.def->group && at.id[1] == v.def->table &&
		    at.id[3] == v.col && !memcmp(at.id + 4, v.idx, v.n * sizeof(*v.idx)))
			return true;
	}
	return false;
}

static void start(void)
{
	assert_int_equal(fake_agent_start(&in, state_dir(), false), 0);
}

static void begin(const struct varbind *before)
{
	fake_agent_remove_files(state_dir());
	fake_kernel_init();
	foreign_objects();
	start();
	if (before)
		assert_int_equal(set(before), MIB_OK);
}

/* What was acknowledged shows, whether anybody has read it since or not. */
static void what_was_made_shows(void **state)
{
	(void)state;
	begin(made);
	for (int again = 0; again < 2; again++) {
		fake->unread = FAKE_NO_RULES | FAKE_NO_POLICIES;
		assert_int_equal(get((struct varbind){ RULE(1, RULE_COL_MARK) }), 1);
		assert_int_equal(get((struct varbind){ RULE(1, RULE_COL_STATUS) }), ROW_ACTIVE);
		assert_true(is_walked((struct varbind){ RULE(1, RULE_COL_MARK) }));
		assert_int_equal(get((struct varbind){ MARK(1, MARK_COL_RULES) }), 1);
		assert_int_equal(get((struct varbind){ POLICY(1, POLICY_COL_FIB) }), 201);
		assert_int_equal(get((struct varbind){ POLICY(1, POLICY_COL_STATUS) }), ROW_ACTIVE);
		assert_true(is_walked((struct varbind){ POLICY(1, POLICY_COL_FIB) }));
		/* Also when it has just started. */
		instance_stop(&in);
		start();
	}
	fake->unread = 0;
	assert_int_equal(get((struct varbind){ RULE(1, RULE_COL_STATUS) }), ROW_ACTIVE);
	assert_int_equal(fake->nrules, 2);
	instance_stop(&in);
}

static void what_was_changed_shows(void **state)
{
	static const struct varbind changes[] = {
		{ RULE(1, RULE_COL_MARK), UNSIGNED(5) },
		{ POLICY(1, POLICY_COL_FIB), UNSIGNED(202) },
		{ 0 },
	};
	static const struct varbind leaves[] = {
		{ RULE(1, RULE_COL_STATUS), INT(ROW_NOT_IN_SERVICE) },
		{ POLICY(1, POLICY_COL_STATUS), INT(DESTROY) },
		{ 0 },
	};

	(void)state;
	begin(made);
	assert_int_equal(get((struct varbind){ RULE(1, RULE_COL_MARK) }), 1);
	assert_int_equal(set(changes), MIB_OK);
	fake->unread = FAKE_NO_RULES | FAKE_NO_POLICIES;
	assert_int_equal(get((struct varbind){ RULE(1, RULE_COL_MARK) }), 5);
	assert_int_equal(get((struct varbind){ RULE(1, RULE_COL_STATUS) }), ROW_ACTIVE);
	assert_int_equal(get((struct varbind){ POLICY(1, POLICY_COL_FIB) }), 202);
	assert_int_equal(get((struct varbind){ POLICY(1, POLICY_COL_STATUS) }), ROW_ACTIVE);
	fake->unread = 0;
	assert_int_equal(set(leaves), MIB_OK);
	fake->unread = FAKE_NO_RULES | FAKE_NO_POLICIES;
	assert_int_equal(get((struct varbind){ RULE(1, RULE_COL_STATUS) }), ROW_NOT_IN_SERVICE);
	fake->unread = 0;
	assert_int_equal(get((struct varbind){ RULE(1, RULE_COL_STATUS) }), ROW_NOT_IN_SERVICE);
	assert_int_equal(fake->nrules, 1);
	instance_stop(&in);
}

/* A row that the view does not have may be in the kernel. */
static void nothing_is_taken_for_absent(void **state)
{
	static const struct {
		unsigned unread;
		struct varbind set[3];
	} cases[] = {
		{ FAKE_NO_RULES,
		  { { RULE(1, RULE_COL_STATUS), INT(DESTROY) },
		    { POLICY(1, POLICY_COL_STATUS), INT(DESTROY) } } },
		{ FAKE_NO_RULES, { { RULE(1, RULE_COL_DESCRIPTION), TEXT("mine") } } },
		{ FAKE_NO_RULES, { { RULE(2, RULE_COL_STATUS), INT(DESTROY) } } },
		{ FAKE_NO_RULES,
		  { { RULE(ROW_FOREIGN_MIN + 5, RULE_COL_DESCRIPTION), TEXT("mine") } } },
		{ FAKE_NO_RULES, { { MARK(8, MARK_COL_NAME), TEXT("eight") } } },
		{ FAKE_NO_POLICIES,
		  { { POLICY(1, POLICY_COL_STATUS), INT(DESTROY) },
		    { RULE(1, RULE_COL_STATUS), INT(DESTROY) } } },
		{ FAKE_NO_POLICIES, { { POLICY(2, POLICY_COL_STATUS), INT(DESTROY) } } },
		{ FAKE_NO_POLICIES, { { MARK(9, MARK_COL_NAME), TEXT("nine") } } },
		{ FAKE_NO_POLICIES, { { FIB(78, FIB_COL_NAME), TEXT("eight") } } },
		{ FAKE_NO_ROUTES, { { ROUTE(89, ROUTE_COL_STATUS), INT(DESTROY) } } },
		{ FAKE_NO_ROUTES, { { HOP(89, 1, NEXTHOP_COL_WEIGHT), UNSIGNED(2) } } },
		{ FAKE_NO_ROUTES, { { FIB(89, FIB_COL_NAME), TEXT("nine") } } },
		{ FAKE_NO_SETTINGS, { { LINK(INTERFACE_COL_RP_FILTER), INT(1) } } },
		{ FAKE_NO_LINKS, { { LINK3(INTERFACE_COL_RP_FILTER), INT(1) } } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct text before = TEXT_INIT, after = TEXT_INIT;

		begin(made);
		/* Nor by one that has just started, and never read anything. */
		for (int again = 0; again < 2; again++) {
			fake->unread = cases[i].unread;
			if (again) {
				instance_stop(&in);
				if (fake_agent_start(&in, state_dir(), false))
					break; /* without interfaces there is no start */
			}
			lose_events();
			fake_kernel_text(&before);
			assert_int_equal(set(cases[i].set), MIB_RESOURCE_UNAVAILABLE);
			fake_kernel_text(&after);
			assert_string_equal(text_str(&before), text_str(&after));
			fake->unread = 0;
			text_reset(&before);
			text_reset(&after);
		}
		instance_stop(&in);
		text_fini(&before);
		text_fini(&after);
	}
}

static void it_works_once_it_can_be_read(void **state)
{
	static const struct varbind destroys[] = {
		{ RULE(1, RULE_COL_STATUS), INT(DESTROY) },
		{ POLICY(1, POLICY_COL_STATUS), INT(DESTROY) },
		{ 0 },
	};

	(void)state;
	begin(made);
	fake->unread = FAKE_NO_RULES;
	assert_int_equal(set(destroys), MIB_RESOURCE_UNAVAILABLE);
	fake->unread = 0;
	assert_int_equal(set(destroys), MIB_OK);
	assert_int_equal(fake->nrules, 1);
	assert_int_equal(fake->npolicies, 1);
	assert_int_equal(get((struct varbind){ RULE(1, RULE_COL_STATUS) }), -1);
	instance_stop(&in);
}

/* What is not in the kernel needs no reading; nor does a row that a SET makes: the kernel refuses it
 * if it is there. */
static void what_needs_no_reading_is_done(void **state)
{
	static const struct varbind waits[] = {
		{ RULE(5, RULE_COL_MARK), UNSIGNED(5) },
		{ RULE(5, RULE_COL_STATUS), INT(WAIT) },
		{ POLICY(5, POLICY_COL_MARK), UNSIGNED(5) },
		{ POLICY(5, POLICY_COL_STATUS), INT(WAIT) },
		{ 0 },
	};
	static const struct varbind changes[] = {
		{ RULE(5, RULE_COL_MARK), UNSIGNED(6) },
		{ POLICY(5, POLICY_COL_MARK), UNSIGNED(6) },
		{ 0 },
	};
	static const struct varbind destroys[] = {
		{ RULE(5, RULE_COL_STATUS), INT(DESTROY) },
		{ POLICY(5, POLICY_COL_STATUS), INT(DESTROY) },
		{ 0 },
	};

	(void)state;
	begin(NULL);
	lose_events();
	fake->unread = FAKE_NO_RULES | FAKE_NO_POLICIES;
	assert_int_equal(set(waits), MIB_OK);
	assert_int_equal(get((struct varbind){ RULE(5, RULE_COL_MARK) }), 5);
	assert_int_equal(set(waits), MIB_INCONSISTENT_VALUE);
	assert_int_equal(set(changes), MIB_OK);
	assert_int_equal(get((struct varbind){ POLICY(5, POLICY_COL_MARK) }), 6);
	assert_int_equal(set(destroys), MIB_OK);
	assert_int_equal(get((struct varbind){ RULE(5, RULE_COL_MARK) }), -1);
	instance_stop(&in);
}

/* What a request reads is of one moment: events are taken once, whatever it asks for. */
static void a_request_takes_events_once(void **state)
{
	const uint32_t policies[] = { mib_policy_scalars.group, 2, 0 }; /* its count of rows */
	const uint32_t link[] = { mib_interface.group, mib_interface.table, 1,
				  INTERFACE_COL_RP_FILTER, FAKE_LINK };
	struct mib_value v, again;
	struct policy p;

	(void)state;
	begin(made);
	in.mib.ops.begin(in.mib.ops.ctx, false);
	fake->drains = 0;
	assert_int_equal(mib_get(&in.mib, policies, 3, &v), MIB_OK);
	policy_init(&p);
	p.family = 2;
	p.priority = 70;
	p.fib = 70;
	fake_kernel_policy(&p);
	for (int i = 0; i < 30; i++) {
		assert_int_equal(mib_get(&in.mib, link, 5, &again), MIB_OK);
		assert_int_equal(mib_get(&in.mib, policies, 3, &again), MIB_OK);
		assert_int_equal(again.num, v.num);
	}
	assert_int_equal(fake->drains, 1);
	in.mib.ops.begin(in.mib.ops.ctx, false);
	assert_int_equal(mib_get(&in.mib, policies, 3, &again), MIB_OK);
	assert_int_equal(again.num, v.num + 1);
	assert_int_equal(fake->drains, 2);
	instance_stop(&in);
}

/* What a request finds is put right afterwards. */
static void reading_changes_nothing(void **state)
{
	static const struct varbind meter[] = {
		{ MARK(1, MARK_COL_METER), INT(1) },
		{ MARK(1, MARK_COL_STATUS), INT(GO) },
		{ 0 },
	};
	char counts[96];
	unsigned steps;

	(void)state;
	begin(meter);
	assert_int_equal(fake->nmeters, 1);
	snprintf(counts, sizeof(counts), "%s/counts", state_dir());
	unlink(counts);
	fake->nmeters = 0;
	steps = fake->steps;
	in.store.counts_dirty = true;
	in.store.counts_next_ms = 0;
	assert_int_equal(get((struct varbind){ MARK(1, MARK_COL_METER) }), 1);
	assert_true(is_walked((struct varbind){ MARK(1, MARK_COL_METER) }));
	assert_int_equal(fake->nmeters, 0);
	assert_int_equal(fake->steps, steps);
	assert_int_equal(access(counts, F_OK), -1);
	in.views.rules.changed_ms = 0; /* long ago */
	instance_between(&in);
	assert_int_equal(fake->nmeters, 1);
	assert_int_equal(access(counts, F_OK), 0);
	instance_stop(&in);
}

static int enter(void **state)
{
	(void)state;
	return fake_agent_enter(top);
}

static int leave(void **state)
{
	(void)state;
	return fake_agent_leave(top);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_made_shows),
		cmocka_unit_test(what_was_changed_shows),
		cmocka_unit_test(nothing_is_taken_for_absent),
		cmocka_unit_test(it_works_once_it_can_be_read),
		cmocka_unit_test(what_needs_no_reading_is_done),
		cmocka_unit_test(a_request_takes_events_once),
		cmocka_unit_test(reading_changes_nothing),
	};

	return cmocka_run_group_tests(tests, enter, leave);
}
