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
#include "daemon/instance.h"
#include "fake_kernel.h"

static char top[] = "/tmp/test_plan.XXXXXX";
static struct instance in;

/* One varbind; def NULL ends a SET. */
struct varbind {
	const struct mib_def *def;
	uint32_t col, idx[10];
	size_t n;
	uint8_t tag;
	uint64_t num;
	const char *s;
	size_t len;
};

/* clang-format off */
#define RULE(i, c)   .def = &mib_rule, .col = c, .idx = { i }, .n = 1
#define POLICY(i, c) .def = &mib_policy, .col = c, .idx = { i }, .n = 1
#define FIB(i, c)    .def = &mib_fib, .col = c, .idx = { i }, .n = 1
#define MARK(i, c)   .def = &mib_mark, .col = c, .idx = { i, UINT32_MAX }, .n = 2
#define ROUTE(i, c)  .def = &mib_route, .col = c, .idx = { i, 1, 4, 0, 0, 0, 0, 0, 0, 1 }, .n = 10
#define LINK(c)      .def = &mib_interface, .col = c, .idx = { FAKE_LINK }, .n = 1
#define INT(v)	     .tag = MIB_TAG_INTEGER, .num = (v)
#define UNSIGNED(v)  .tag = MIB_TAG_UNSIGNED32, .num = (v)
#define TEXT(v)	     .tag = MIB_TAG_OCTETS, .s = (v), .len = sizeof(v) - 1

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

static const struct {
	const struct varbind *before, *set;
} cases[] = {
	{ NULL, create },    { create, change }, { create, leave },
	{ create, destroy }, { create, mixed },
};

enum { CASES = sizeof(cases) / sizeof(*cases) };

static uint32_t uptime(void *ctx)
{
	(void)ctx;
	return 100;
}

static void remove_state(void)
{
	char cmd[64];

	snprintf(cmd, sizeof(cmd), "rm -rf %s/state", top);
	assert_int_equal(system(cmd), 0);
}

static void start(void)
{
	struct why why = { "" };
	struct conf conf;

	conf_init(&conf);
	snprintf(conf.state_dir, sizeof(conf.state_dir), "%s/state", top);
	conf.read.get_age_ms = 0;
	instance_init(&in, &conf);
	in.mib.ops.uptime = uptime;
	assert_int_equal(instance_start(&in, &why), 0);
}

/* Returns: an error of SNMP. */
static int set(const struct varbind *all)
{
	struct mib *m = &in.mib;
	unsigned varbind = 0;
	int error = MIB_OK;

	m->ops.begin(m->ops.ctx, false);
	mib_set_begin(m);
	for (const struct varbind *v = all; v->def && !error; v++) {
		const struct mib_value value = {
			.tag = v->tag, .num = v->num, .bytes = v->s, .len = v->len
		};
		uint32_t oid[16] = { v->def->group, v->def->table, 1, v->col };

		memcpy(oid + 4, v->idx, v->n * sizeof(*oid));
		error = mib_set_add(m, varbind++, oid, 4 + v->n, &value);
	}
	if (!error)
		error = mib_set_check(m, &varbind);
	if (!error)
		error = mib_set_apply(m, &varbind);
	mib_set_finish(m);
	return error;
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

/* An agent after the SETs that come before. */
static void begin(const struct varbind *before)
{
	remove_state();
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
		unsigned steps = measure(i, &after);

		for (unsigned at = 1; at <= steps; at++) {
			int error;

			begin(cases[i].before);
			before = whole_state();
			fake->fail[0] = at;
			error = set(cases[i].set);
			assert_int_not_equal(error, MIB_OK);
			assert_int_not_equal(error, MIB_UNDO_FAILED);
			expect_state(before);
			/* And so it is for who starts then; and it can be done after all. */
			instance_stop(&in);
			start();
			expect_state(before);
			assert_int_equal(set(cases[i].set), MIB_OK);
			expect_state(after);
			instance_stop(&in);
			free(before);
		}
		free(after);
	}
}

static void a_sudden_end_leaves_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < CASES; i++) {
		char *before, *after;
		unsigned steps = measure(i, &after);

		free(after);
		for (unsigned at = 1; at <= steps; at++) {
			int status = 0;
			pid_t pid;

			begin(cases[i].before);
			before = whole_state();
			instance_stop(&in);
			fflush(stdout);
			pid = fork();
			if (pid == 0) {
				start();
				fake->steps = 0;
				fake->kill = at;
				set(cases[i].set);
				_exit(1);
			}
			assert_int_equal(waitpid(pid, &status, 0), pid);
			assert_int_equal(WEXITSTATUS(status), 9);
			fake->kill = 0;
			start();
			expect_state(before);
			instance_stop(&in);
			free(before);
		}
	}
}

/* Undoing fails as well: that is said, and the agent shows what there is. */
static void two_steps_that_fail_are_said(void **state)
{
	(void)state;
	for (size_t i = 0; i < CASES; i++) {
		char *before, *after;
		unsigned steps = measure(i, &after), unsaid = 0;

		free(after);
		for (unsigned at = 1; at <= steps; at++) {
			int error;

			begin(cases[i].before);
			before = whole_state();
			fake->fail[0] = at;
			fake->fail[1] = at + 1;
			error = set(cases[i].set);
			assert_int_not_equal(error, MIB_OK);
			if (error != MIB_UNDO_FAILED)
				expect_state(before);
			unsaid += error != MIB_UNDO_FAILED;
			instance_stop(&in);
			free(before);
		}
		assert_true(unsaid < steps);
	}
}

/* What goes while the agent is away is put back when it starts, and what cannot be keeps nothing else
 * out. */
static void what_is_wanted_is_put_back(void **state)
{
	char *before;

	(void)state;
	begin(create);
	before = whole_state();
	instance_stop(&in);
	fake->npolicies = fake->nroutes = fake->nrules = fake->nmeters = 0;
	start();
	expect_state(before);
	instance_stop(&in);
	fake->npolicies = fake->nroutes = fake->nrules = 0;
	fake->steps = 0;
	fake->fail[0] = 1; /* a route */
	start();
	assert_int_equal(fake->nroutes, 1);
	assert_int_equal(fake->npolicies, 2);
	assert_int_equal(fake->nrules, 2);
	instance_stop(&in);
	free(before);
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

static int enter(void **state)
{
	(void)state;
	log_open("test", false, LOG_EMERG);
	return mkdtemp(top) ? 0 : -1;
}

static int leave_all(void **state)
{
	char cmd[64];

	(void)state;
	snprintf(cmd, sizeof(cmd), "rm -rf %s", top);
	return system(cmd) ? -1 : 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_step_that_fails_leaves_nothing),
		cmocka_unit_test(a_sudden_end_leaves_nothing),
		cmocka_unit_test(two_steps_that_fail_are_said),
		cmocka_unit_test(what_is_wanted_is_put_back),
		cmocka_unit_test(a_restart_is_not_seen),
	};

	return cmocka_run_group_tests(tests, enter, leave_all);
}
