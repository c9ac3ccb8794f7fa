/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Access: which plans it lets through, and what it says of the others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "plan/plan.h"

static int64_t epoch;
static struct mib mib;
static struct access may;
static const struct plan_options opt;
static struct store store;
static struct views views;
static struct plan set;

static int setup(void **state)
{
	static const struct view_options read;

	(void)state;
	may = (struct access){ .enable = true, .mark_mask = UINT32_MAX, .max_rows = 20000 };
	store_init(&store, "/nowhere", ROUTE_PROTO_AGENT, &epoch);
	views_init(&views, &store, &read, &may, &mib);
	plan_init(&set, &views, &opt, &may, &mib, NULL);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	vec_clear(&set.items);
	plan_fini(&set);
	views_fini(&views);
	store_fini(&store);
	return 0;
}

static struct markrule rule(uint32_t index, const char *table, const char *chain)
{
	struct markrule r;

	markrule_init(&r);
	r.index = index;
	snprintf(r.table, sizeof(r.table), "%s", table);
	snprintf(r.chain, sizeof(r.chain), "%s", chain);
	return r;
}

static void allow(struct name_list *list, const char *name)
{
	snprintf(list->item[list->n++], LIST_NAME_MAX, "%s", name);
}

/* One row in the plan, behind those that are there. */
static void plan(const struct mib_def *def, void *old, void *now, uint64_t touched, bool in)
{
	struct plan_item *it = vec_push(&set.items);

	assert_non_null(it);
	*it = (struct plan_item){ .def = def,
				  .change = set.items.n - 1,
				  .old = old,
				  .now = now,
				  .touched = touched,
				  .to_be_active = in };
}

static struct mib_fault fault;

/* Returns: the error of the plan, which is empty afterwards. */
static int judged(void)
{
	int error;

	memset(&fault, 0, sizeof(fault));
	error = access_check(&set, &fault);
	vec_clear(&set.items);
	assert_int_equal(error, fault.error);
	return error;
}

static int judged_rule(struct markrule r, struct markrule *old, uint64_t touched, bool in)
{
	plan(&mib_rule, old, &r, touched, in);
	return judged();
}

static void anything_is_allowed_by_default(void **state)
{
	(void)state;
	assert_int_equal(judged_rule(rule(1, "security", "X"), NULL, 0, true), MIB_OK);
}

static void rules_stand_where_they_may(void **state)
{
	struct markrule had = rule(1, "raw", "OUTPUT");

	(void)state;
	allow(&may.netfilter_tables, "mangle");
	allow(&may.netfilter_tables, "raw");
	allow(&may.chains, "INPUT");
	allow(&may.chains, "mangle/OUTPUT");
	assert_int_equal(judged_rule(rule(1, "mangle", "INPUT"), NULL, 0, true), MIB_OK);
	assert_int_equal(judged_rule(rule(1, "mangle", "OUTPUT"), NULL, 0, true), MIB_OK);
	assert_int_equal(judged_rule(rule(1, "nat", "INPUT"), NULL, COL_BIT(RULE_COL_TABLE), true),
			 MIB_INCONSISTENT_VALUE);
	assert_int_equal(fault.col, RULE_COL_TABLE);
	assert_string_equal(fault.why.s, "provisioning.netfilter_tables does not allow nat");
	assert_int_equal(
		judged_rule(had, NULL, COL_BIT(RULE_COL_TABLE) | COL_BIT(RULE_COL_CHAIN), true),
		MIB_INCONSISTENT_VALUE);
	assert_int_equal(fault.col, RULE_COL_CHAIN);
	assert_string_equal(fault.why.s, "provisioning.chains does not allow OUTPUT of raw");
	assert_int_equal(judged_rule(had, NULL, COL_BIT(RULE_COL_TABLE), true),
			 MIB_INCONSISTENT_VALUE);
	assert_int_equal(fault.col, RULE_COL_TABLE);
	/* One that is there: it may go, but not change or come back. */
	assert_int_equal(judged_rule(had, &had, COL_BIT(RULE_COL_STATUS), false), MIB_OK);
	assert_int_equal(judged_rule(had, &had, COL_BIT(RULE_COL_DESCRIPTION), true),
			 MIB_INCONSISTENT_VALUE);
	assert_int_equal(judged_rule(had, &had, COL_BIT(RULE_COL_STATUS), true),
			 MIB_INCONSISTENT_VALUE);
	plan(&mib_rule, &had, NULL, COL_BIT(RULE_COL_STATUS), false);
	assert_int_equal(judged(), MIB_OK);
	/* A row that is begun: its chain is still to come. */
	assert_int_equal(
		judged_rule(rule(1, "mangle", "PREROUTING"), NULL, COL_BIT(RULE_COL_STATUS), false),
		MIB_OK);
	assert_int_equal(
		judged_rule(rule(1, "mangle", "PREROUTING"), NULL, COL_BIT(RULE_COL_CHAIN), false),
		MIB_INCONSISTENT_VALUE);
}

static void rules_change_bits_that_they_may(void **state)
{
	static const struct {
		uint8_t target;
		uint32_t mark, mask, ctmask;
		unsigned col; /* at fault; 0: none is */
	} cases[] = {
		{ MARKRULE_MARK, 0x1200, 0xff00, UINT32_MAX, 0 },
		{ MARKRULE_MARK, 0, 0, UINT32_MAX, 0 },
		{ MARKRULE_MARK, 0x100, 0, 0, 0 },
		{ MARKRULE_MARK, 0x100, 0x101, 0, RULE_COL_MASK },
		{ MARKRULE_MARK, 0x101, 0x101, 0, RULE_COL_MASK },
		{ MARKRULE_MARK, 0x80000000, 0xff00, 0, RULE_COL_MARK },
		{ MARKRULE_CONNMARK_SET, 0x100, 0xff00, UINT32_MAX, 0 },
		{ MARKRULE_CONNMARK_SET, 0x10000, 0xff00, 0, RULE_COL_MARK },
		{ MARKRULE_CONNMARK_SAVE, 0, 0xff00, 0xff00, 0 },
		{ MARKRULE_CONNMARK_SAVE, 0, 0xff00, 0xff01, RULE_COL_CTMASK },
		{ MARKRULE_CONNMARK_RESTORE, 0, 0x1ff00, 0xff00, RULE_COL_MASK },
	};

	(void)state;
	may.mark_mask = 0xff00;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct markrule r = rule(1, "mangle", "OUTPUT");

		r.target = cases[i].target;
		r.mark = cases[i].mark;
		r.mask = cases[i].mask;
		r.ctmask = cases[i].ctmask;
		assert_int_equal(judged_rule(r, NULL, COL_BIT(RULE_COL_MARK), true),
				 cases[i].col ? MIB_INCONSISTENT_VALUE : MIB_OK);
		assert_int_equal(fault.col, cases[i].col);
		assert_int_equal(strstr(fault.why.s, "provisioning.mark_mask = 0x0000ff00") != NULL,
				 cases[i].col != 0);
	}
}

static int judged_table(uint32_t id, bool there, bool in)
{
	struct route r = { .fib = id };
	struct fib f = { .id = id };
	int error;

	plan(&mib_fib, there ? &f : NULL, &f, 0, in);
	error = judged();
	plan(&mib_route, there ? &r : NULL, &r, 0, in);
	assert_int_equal(judged(), error);
	return error;
}

static void tables_are_those_that_they_may(void **state)
{
	(void)state;
	may.tables = (struct num_ranges){ 2, { { 100, 199 }, { 1000, 1000 } } };
	assert_int_equal(judged_table(100, false, true), MIB_OK);
	assert_int_equal(judged_table(1000, true, true), MIB_OK);
	assert_int_equal(judged_table(200, false, true), MIB_NO_CREATION);
	assert_string_equal(fault.why.s, "provisioning.tables does not allow table 200");
	assert_int_equal(judged_table(99, false, false), MIB_NO_CREATION);
	assert_int_equal(judged_table(99, true, true), MIB_NOT_WRITABLE);
	assert_int_equal(judged_table(99, true, false), MIB_OK);
}

/* Returns: the error of a policy that changes one column. */
static int judged_policy(struct policy p, unsigned col, bool in)
{
	plan(&mib_policy, NULL, &p, COL_BIT(col), in);
	return judged();
}

static void policies_look_up_tables_that_they_may(void **state)
{
	struct policy p;

	(void)state;
	policy_init(&p);
	assert_int_equal(judged_policy(p, POLICY_COL_STATUS, true), MIB_OK);
	may.tables = (struct num_ranges){ 2, { { 100, 199 }, { 1000, 1000 } } };
	assert_int_equal(judged_policy(p, POLICY_COL_STATUS, true), MIB_INCONSISTENT_VALUE);
	assert_string_equal(fault.why.s, "provisioning.tables does not allow table 254");
	assert_int_equal(fault.col, POLICY_COL_FIB);
	assert_int_equal(judged_policy(p, POLICY_COL_ACTION, true), MIB_INCONSISTENT_VALUE);
	assert_int_equal(fault.col, POLICY_COL_ACTION);
	/* A row that is begun, or goes: it looks up nothing. */
	assert_int_equal(judged_policy(p, POLICY_COL_STATUS, false), MIB_OK);
	assert_int_equal(judged_policy(p, POLICY_COL_FIB, false), MIB_INCONSISTENT_VALUE);
	plan(&mib_policy, &p, NULL, COL_BIT(POLICY_COL_STATUS), false);
	assert_int_equal(judged(), MIB_OK);
	p.fib = 199;
	assert_int_equal(judged_policy(p, POLICY_COL_FIB, true), MIB_OK);
	p.fib = 9;
	p.action = POLICY_BLACKHOLE;
	assert_int_equal(judged_policy(p, POLICY_COL_FIB, true), MIB_OK);
	p.action = POLICY_LOOKUP;
	p.l3mdev = true;
	assert_int_equal(judged_policy(p, POLICY_COL_FIB, true), MIB_OK);
}

static void policies_have_priorities_that_they_may(void **state)
{
	struct policy p;

	(void)state;
	policy_init(&p);
	p.action = POLICY_BLACKHOLE;
	may.priorities = (struct num_ranges){ 2, { { 1000, 1999 }, { UINT32_MAX, UINT32_MAX } } };
	for (uint32_t n = 999; n <= 2000; n++) {
		bool allowed = n >= 1000 && n <= 1999;

		p.priority = n;
		assert_int_equal(judged_policy(p, POLICY_COL_STATUS, true),
				 allowed ? MIB_OK : MIB_INCONSISTENT_VALUE);
		assert_int_equal(fault.col, allowed ? 0 : POLICY_COL_PRIORITY);
	}
	assert_string_equal(fault.why.s, "provisioning.priorities does not allow 2000");
	assert_int_equal(judged_policy(p, POLICY_COL_STATUS, false), MIB_OK);
	assert_int_equal(judged_policy(p, POLICY_COL_PRIORITY, false), MIB_INCONSISTENT_VALUE);
	p.priority = UINT32_MAX;
	assert_int_equal(judged_policy(p, POLICY_COL_PRIORITY, true), MIB_OK);
	/* The kernel chooses: that is checked when it has. */
	p.priority = 0;
	assert_int_equal(judged_policy(p, POLICY_COL_STATUS, true), MIB_INCONSISTENT_VALUE);
	p.priority_auto = true;
	assert_int_equal(judged_policy(p, POLICY_COL_STATUS, true), MIB_OK);
}

static void rows_are_as_many_as_they_may(void **state)
{
	struct markrule one = rule(1, "mangle", "OUTPUT"), two = rule(2, "mangle", "OUTPUT");
	struct fib three = { .id = 3 };

	(void)state;
	may.max_rows = 2;
	assert_non_null(wanted_set(&store.wanted[RULE_ROWS], &one));
	plan(&mib_rule, NULL, &two, 0, true);
	assert_int_equal(judged(), MIB_OK);
	plan(&mib_rule, NULL, &two, 0, false);
	plan(&mib_fib, NULL, &three, 0, true);
	assert_int_equal(judged(), MIB_RESOURCE_UNAVAILABLE);
	assert_int_equal(fault.change, 1);
	assert_string_equal(fault.why.s, "provisioning.max_rows = 2 does not allow one more");
	/* One goes, whatever the order. */
	plan(&mib_rule, NULL, &two, 0, true);
	plan(&mib_fib, NULL, &three, 0, true);
	plan(&mib_rule, &one, NULL, 0, false);
	assert_int_equal(judged(), MIB_OK);
	may.max_rows = 0;
	plan(&mib_rule, &one, &one, COL_BIT(RULE_COL_DESCRIPTION), true);
	assert_int_equal(judged(), MIB_OK);
}

static void all_or_nothing_may_be_written(void **state)
{
	struct why why = { "" };

	(void)state;
	assert_true(plan_allows(&set, &mib_rule, &why));
	may.enable = false;
	assert_false(plan_allows(&set, &mib_rule, &why));
	assert_non_null(strstr(why.s, "provisioning.enable"));
	assert_false(plan_allows(&set, &mib_interface, &why));
	assert_true(plan_allows(&set, &mib_agent, &why));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(anything_is_allowed_by_default),
		TEST(rules_stand_where_they_may),
		TEST(rules_change_bits_that_they_may),
		TEST(tables_are_those_that_they_may),
		TEST(policies_look_up_tables_that_they_may),
		TEST(policies_have_priorities_that_they_may),
		TEST(rows_are_as_many_as_they_may),
		TEST(all_or_nothing_may_be_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
