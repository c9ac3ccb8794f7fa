/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SET as one transaction: the states of RowStatus, who is at fault, what is said, what is undone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fake_mib.h"

#define N(a) (sizeof(a) / sizeof(*(a)))

static const struct mib_def *const defs[] = { &mib_agent, &mib_rule, &mib_mark, &mib_policy };
static struct fake f;
static unsigned fault;

static int setup(void **state)
{
	const struct mib_agent_row agent = { .edit_lock = 41 };
	const struct mib_oid zero = { .n = 1 };

	(void)state;
	fake_setup(&f, defs, N(defs));
	fake_put(&f.t[0], &zero, &agent);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fake_teardown(&f);
	return 0;
}

static int add(unsigned varbind, const struct mib_def *def, unsigned col, uint32_t row,
	       const struct mib_value *v)
{
	const uint32_t name[] = { def->group, def->table, 1, col, row };

	if (!def->table)
		return mib_set_add(&f.mib, varbind, (const uint32_t[]){ def->group, col, row }, 3,
				   v);
	return mib_set_add(&f.mib, varbind, name, N(name), v);
}

static int add_int(unsigned varbind, const struct mib_def *def, unsigned col, uint32_t row,
		   int32_t n)
{
	return add(varbind, def, col, row,
		   &(struct mib_value){ .tag = MIB_TAG_INTEGER, .num = (uint64_t)(int64_t)n });
}

static int add_uint(unsigned varbind, const struct mib_def *def, unsigned col, uint32_t row,
		    uint32_t n)
{
	return add(varbind, def, col, row,
		   &(struct mib_value){ .tag = MIB_TAG_UNSIGNED32, .num = n });
}

static int add_string(unsigned varbind, const struct mib_def *def, unsigned col, uint32_t row,
		      const char *s)
{
	return add(varbind, def, col, row,
		   &(struct mib_value){ .tag = MIB_TAG_OCTETS, .bytes = s, .len = strlen(s) });
}

/* What a master does. Returns: the first error, its varbind in @fault. */
static int commit(void)
{
	int error = mib_set_check(&f.mib, &fault);

	if (!error) {
		error = mib_set_apply(&f.mib, &fault);
		if (error)
			mib_set_undo(&f.mib);
	}
	mib_set_finish(&f.mib);
	assert_int_equal(f.mib.state, TXN_IDLE);
	return error;
}

static const struct markrule *rule(uint32_t index)
{
	return fake_find(&f.t[1], &index, 1);
}

static const struct policy *policy(uint32_t index)
{
	return fake_find(&f.t[3], &index, 1);
}

static int status_of(uint32_t index)
{
	return rule(index) ? rule(index)->status : ROW_NONE;
}

/* Brings rule 5 into a state. */
static void rule_be(int state)
{
	const struct mib_oid five = { 1, { 5 } };
	struct markrule r;

	fake_take(&f.t[1], &five);
	if (state == ROW_NONE)
		return;
	fake_defaults(&mib_rule, &r);
	r.index = 5;
	r.status = (uint8_t)state;
	r.matches = "-m state";
	if (state != ROW_NOT_READY) {
		r.mark = 1;
		r.given = COL_BIT(RULE_COL_MARK);
	}
	fake_put(&f.t[1], &five, &r);
}

enum { NOTHING = -1 };
enum {
	A = ROW_NONE,
	B = ROW_NOT_READY,
	C = ROW_NOT_IN_SERVICE,
	D = ROW_ACTIVE,
	IV = MIB_INCONSISTENT_VALUE,
	IN = MIB_INCONSISTENT_NAME,
	WV = MIB_WRONG_VALUE
};

/*
 * RFC 2579, RowStatus: the state that a row is in, what is written to the status column, and what
 * happens without and with the column that has no default in the same PDU: an error, or the new
 * state.
 */
static const struct {
	int from, write;
	int error, to;
	int error_with, to_with;
} states[] = {
	{ A, ROW_CREATE_AND_GO, IV, A, 0, D },	{ A, ROW_CREATE_AND_WAIT, 0, B, 0, C },
	{ A, ROW_ACTIVE, IV, A, IV, A },	{ A, ROW_NOT_IN_SERVICE, IV, A, IV, A },
	{ A, ROW_DESTROY, 0, A, 0, A },		{ A, NOTHING, IN, A, IN, A },
	{ B, ROW_CREATE_AND_GO, IV, B, IV, B }, { B, ROW_CREATE_AND_WAIT, IV, B, IV, B },
	{ B, ROW_ACTIVE, IV, B, 0, D },		{ B, ROW_NOT_IN_SERVICE, IV, B, 0, C },
	{ B, ROW_DESTROY, 0, A, 0, A },		{ B, NOTHING, 0, B, 0, C },
	{ C, ROW_CREATE_AND_GO, IV, C, IV, C }, { C, ROW_CREATE_AND_WAIT, IV, C, IV, C },
	{ C, ROW_ACTIVE, 0, D, 0, D },		{ C, ROW_NOT_IN_SERVICE, 0, C, 0, C },
	{ C, ROW_DESTROY, 0, A, 0, A },		{ C, NOTHING, 0, C, 0, C },
	{ D, ROW_CREATE_AND_GO, IV, D, IV, D }, { D, ROW_CREATE_AND_WAIT, IV, D, IV, D },
	{ D, ROW_ACTIVE, 0, D, 0, D },		{ D, ROW_NOT_IN_SERVICE, 0, C, 0, C },
	{ D, ROW_DESTROY, 0, A, 0, A },		{ D, NOTHING, 0, D, 0, D },
};

/* @with: the mark is in the PDU; @first: the status is its first varbind. */
static void one_state(size_t i, bool with, bool first)
{
	int want = with ? states[i].error_with : states[i].error;
	int to = with ? states[i].to_with : states[i].to;
	int error = 0;

	rule_be(states[i].from);
	f.sentence[0] = '\0';
	mib_set_begin(&f.mib);
	if (first && states[i].write != NOTHING)
		error = add_int(0, &mib_rule, RULE_COL_STATUS, 5, states[i].write);
	if (!error)
		error = add_uint(1, &mib_rule, RULE_COL_POSITION, 5, 3);
	if (!error && with)
		error = add_uint(2, &mib_rule, RULE_COL_MARK, 5, 7);
	if (!error && !first && states[i].write != NOTHING)
		error = add_int(3, &mib_rule, RULE_COL_STATUS, 5, states[i].write);
	if (!error)
		error = commit();
	mib_set_finish(&f.mib);
	assert_int_equal(error, want);
	assert_int_equal(status_of(5), to);
	assert_int_equal(*f.sentence != '\0', want != 0);
	if (!want && to != A) {
		assert_int_equal(rule(5)->position, 3);
		assert_int_equal(rule(5)->mark, with ? 7 : states[i].from == A || to == B ? 0 : 1);
	}
	if (want && states[i].from != A)
		assert_int_equal(rule(5)->position, 0);
}

static void rowstatus_is_that_of_rfc_2579(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(states); i++)
		for (unsigned j = 0; j < 4; j++)
			one_state(i, j & 1, j & 2);
}

static void other_values_are_no_status(void **state)
{
	static const int values[] = { -1, 0, ROW_NOT_READY, 7, INT32_MAX, INT32_MIN };

	(void)state;
	for (size_t i = 0; i < N(values); i++) {
		mib_set_begin(&f.mib);
		assert_int_equal(add_int(0, &mib_rule, RULE_COL_STATUS, 5, values[i]), WV);
		mib_set_finish(&f.mib);
	}
	mib_set_begin(&f.mib);
	assert_int_equal(add_uint(0, &mib_rule, RULE_COL_STATUS, 5, 4), MIB_WRONG_TYPE);
	assert_string_equal(f.sentence,
			    "fwmarkRuleStatus.5: wrong type of value: INTEGER (i) is wanted");
	assert_int_equal(f.prepares, 0);
}

static void destroy_asks_nothing_of_the_other_columns(void **state)
{
	(void)state;
	rule_be(D);
	mib_set_begin(&f.mib);
	assert_int_equal(add_string(0, &mib_rule, RULE_COL_CHAIN, 5, "-A"), 0);
	assert_int_equal(add_int(1, &mib_rule, RULE_COL_STATUS, 5, ROW_DESTROY), 0);
	assert_int_equal(commit(), 0);
	assert_null(rule(5));
}

static void what_never_was_is_destroyed_without_a_change(void **state)
{
	(void)state;
	mib_set_begin(&f.mib);
	assert_int_equal(add_int(0, &mib_rule, RULE_COL_STATUS, 5, ROW_DESTROY), 0);
	assert_int_equal(add_int(1, &mib_rule, RULE_COL_STATUS, 6, ROW_DESTROY), 0);
	assert_int_equal(commit(), 0);
	assert_int_equal(f.prepares, 0);
	assert_int_equal(f.changes, 0);
	assert_int_equal(f.failures, 0);
}

static void rows_and_tables_in_one_pdu(void **state)
{
	(void)state;
	rule_be(D);
	mib_set_begin(&f.mib);
	/* Interleaved, the status between the columns. */
	assert_int_equal(add_uint(0, &mib_policy, POLICY_COL_MARK, 9, 1), 0);
	assert_int_equal(add_uint(1, &mib_rule, RULE_COL_MARK, 6, 1), 0);
	assert_int_equal(add_int(2, &mib_rule, RULE_COL_STATUS, 5, ROW_DESTROY), 0);
	assert_int_equal(add_int(3, &mib_policy, POLICY_COL_STATUS, 9, ROW_CREATE_AND_GO), 0);
	assert_int_equal(add_int(4, &mib_rule, RULE_COL_STATUS, 6, ROW_CREATE_AND_GO), 0);
	assert_int_equal(add_int(5, &mib_agent, AGENT_COL_EDIT_LOCK, 0, 41), 0);
	assert_int_equal(add_uint(6, &mib_policy, POLICY_COL_PRIORITY, 9, 100), 0);
	assert_int_equal(commit(), 0);
	assert_int_equal(f.changes, 4);
	assert_int_equal(f.commits, 1);
	assert_null(rule(5));
	assert_int_equal(rule(6)->mark, 1);
	assert_int_equal(policy(9)->priority, 100);
	assert_int_equal(policy(9)->status, ROW_ACTIVE);
	assert_true(policy(9)->given == (COL_BIT(POLICY_COL_MARK) | COL_BIT(POLICY_COL_PRIORITY) |
					 COL_BIT(POLICY_COL_STATUS)));
}

static void the_same_object_twice_is_refused(void **state)
{
	(void)state;
	mib_set_begin(&f.mib);
	assert_int_equal(add_uint(0, &mib_rule, RULE_COL_MARK, 6, 1), 0);
	assert_int_equal(add_uint(1, &mib_rule, RULE_COL_MARK, 7, 1), 0);
	assert_int_equal(add_uint(2, &mib_rule, RULE_COL_MARK, 6, 1), IV);
	assert_string_equal(f.sentence, "fwmarkRuleMark.6: it is written twice in one SET");
	mib_set_finish(&f.mib);
	mib_set_begin(&f.mib);
	assert_int_equal(add_int(0, &mib_rule, RULE_COL_STATUS, 6, ROW_CREATE_AND_GO), 0);
	assert_int_equal(add_int(1, &mib_rule, RULE_COL_STATUS, 6, ROW_DESTROY), IV);
	mib_set_finish(&f.mib);
	assert_null(rule(6));
}

static void what_cannot_be_written_says_so(void **state)
{
	static const struct {
		struct mib_oid name;
		int error;
		const char *sentence;
	} cases[] = {
		{ { 5, { 2, 4, 1, RULE_COL_PACKETS, 5 } },
		  MIB_NOT_WRITABLE,
		  "fwmarkRulePackets.5: it cannot be written" },
		{ { 5, { 2, 4, 1, 1, 5 } },
		  MIB_NOT_WRITABLE,
		  "fwmarkRuleIndex.5: it cannot be written" },
		{ { 5, { 2, 4, 1, 41, 5 } },
		  MIB_NOT_WRITABLE,
		  "fwmarkObjects.2.4.1.41.5: no such object" },
		{ { 4, { 2, 4, 1, RULE_COL_MARK } },
		  MIB_NO_CREATION,
		  "fwmarkRuleMark: no such row can be" },
		{ { 5, { 2, 4, 1, RULE_COL_MARK, 0 } },
		  MIB_NO_CREATION,
		  "fwmarkRuleMark.0: no such row can be" },
		{ { 5, { 2, 4, 1, RULE_COL_MARK, 2147483648u } },
		  MIB_NO_CREATION,
		  "fwmarkRuleMark.2147483648: no such row can be" },
		{ { 6, { 2, 4, 1, RULE_COL_MARK, 5, 5 } },
		  MIB_NO_CREATION,
		  "fwmarkRuleMark.5.5: no such row can be" },
		{ { 5, { 2, 4, 1, RULE_COL_MARK, 1000000 } },
		  MIB_NOT_WRITABLE,
		  "fwmarkRuleMark.1000000: it is somebody else's" },
		{ { 3, { 1, AGENT_COL_EDIT_LOCK, 1 } },
		  MIB_NO_CREATION,
		  "fwmarkAgentEditLock.1: there is no such instance" },
		{ { 2, { 1, AGENT_COL_EDIT_LOCK } },
		  MIB_NO_CREATION,
		  "fwmarkAgentEditLock: there is no such instance" },
		{ { 0, { 0 } }, MIB_NOT_WRITABLE, "fwmarkObjects: no such object" },
	};
	const struct mib_oid foreign = { 1, { 1000000 } };
	struct markrule r;

	(void)state;
	fake_defaults(&mib_rule, &r);
	r.origin = ORIGIN_FOREIGN;
	fake_put(&f.t[1], &foreign, &r);
	for (size_t i = 0; i < N(cases); i++) {
		const struct mib_value v = { .tag = MIB_TAG_UNSIGNED32, .num = 1 };

		mib_set_begin(&f.mib);
		assert_int_equal(mib_set_add(&f.mib, 0, cases[i].name.id, cases[i].name.n, &v),
				 cases[i].error);
		assert_string_equal(f.sentence, cases[i].sentence);
		mib_set_finish(&f.mib);
	}
	assert_int_equal(f.failures, N(cases));
}

static void the_error_stands_at_its_varbind(void **state)
{
	(void)state;
	/* A column of a later row, whose status came first. */
	mib_set_begin(&f.mib);
	assert_int_equal(add_uint(0, &mib_rule, RULE_COL_MARK, 6, 1), 0);
	assert_int_equal(add_int(1, &mib_rule, RULE_COL_STATUS, 6, ROW_CREATE_AND_GO), 0);
	assert_int_equal(add_int(2, &mib_rule, RULE_COL_STATUS, 7, ROW_CREATE_AND_GO), 0);
	assert_int_equal(add_uint(3, &mib_rule, RULE_COL_MARK, 7, 1), 0);
	assert_int_equal(add_string(4, &mib_rule, RULE_COL_CHAIN, 7, "-A"), 0);
	assert_int_equal(commit(), IV);
	assert_int_equal(fault, 4);
	assert_int_equal(strncmp(f.sentence, "fwmarkRuleChain.7: ", 19), 0);
	/* A column that is not in the PDU: then the status is at fault. */
	mib_set_begin(&f.mib);
	assert_int_equal(add_uint(0, &mib_rule, RULE_COL_POSITION, 7, 1), 0);
	assert_int_equal(add_int(1, &mib_rule, RULE_COL_STATUS, 7, ROW_CREATE_AND_GO), 0);
	assert_int_equal(commit(), IV);
	assert_int_equal(fault, 1);
	assert_string_equal(f.sentence, "fwmarkRuleMark.7: it has no default and must be set");
	/* No status either: the first varbind of the row. */
	rule_be(D);
	mib_set_begin(&f.mib);
	assert_int_equal(add_uint(0, &mib_policy, POLICY_COL_MARK, 7, 1), 0);
	assert_int_equal(add_int(1, &mib_policy, POLICY_COL_STATUS, 7, ROW_CREATE_AND_GO), 0);
	assert_int_equal(add_uint(2, &mib_rule, RULE_COL_POSITION, 8, 1), 0);
	assert_int_equal(add_uint(3, &mib_rule, RULE_COL_MARK, 8, 1), 0);
	assert_int_equal(commit(), IN);
	assert_int_equal(fault, 2);
	assert_int_equal(f.prepares, 0);
	assert_int_equal(f.applies, 0);
	assert_int_equal(f.failures, 3);
}

static void some_columns_wait_for_the_row(void **state)
{
	(void)state;
	rule_be(D);
	mib_set_begin(&f.mib);
	assert_int_equal(add_uint(0, &mib_rule, RULE_COL_MARK, 5, 2), 0);
	assert_int_equal(add_int(1, &mib_rule, RULE_COL_FAMILY, 5, 2), 0);
	assert_int_equal(commit(), IV);
	assert_int_equal(fault, 1);
	assert_string_equal(f.sentence,
			    "fwmarkRuleAddressType.5: it cannot change while the row is active");
	/* The same value is no change, and notInService in the same PDU is soon enough. */
	mib_set_begin(&f.mib);
	assert_int_equal(add_int(0, &mib_rule, RULE_COL_FAMILY, 5, 1), 0);
	assert_int_equal(commit(), 0);
	mib_set_begin(&f.mib);
	assert_int_equal(add_int(0, &mib_rule, RULE_COL_FAMILY, 5, 2), 0);
	assert_int_equal(add_int(1, &mib_rule, RULE_COL_STATUS, 5, ROW_NOT_IN_SERVICE), 0);
	assert_int_equal(commit(), 0);
	mib_set_begin(&f.mib);
	assert_int_equal(add_int(0, &mib_rule, RULE_COL_STATUS, 5, ROW_ACTIVE), 0);
	assert_int_equal(add_int(1, &mib_rule, RULE_COL_FAMILY, 5, 1), 0);
	assert_int_equal(commit(), 0);
	assert_int_equal(status_of(5), D);
}

static void the_edit_lock_is_a_test_and_incr(void **state)
{
	static const struct {
		int32_t is, write;
		int error;
		int32_t becomes;
	} cases[] = {
		{ 41, 41, 0, 42 },
		{ 42, 41, IV, 42 },
		{ 42, 43, IV, 42 },
		{ 0, 0, 0, 1 },
		{ 0, -1, WV, 0 },
		{ INT32_MAX, INT32_MAX, 0, 0 },
		{ INT32_MAX, 0, IV, INT32_MAX },
	};
	static const struct mib_oid zero = { .n = 1 };
	const struct mib_agent_row *row;

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		const struct mib_agent_row before = { .edit_lock = cases[i].is };
		int error;

		fake_put(&f.t[0], &zero, &before);
		mib_set_begin(&f.mib);
		error = add_int(0, &mib_agent, AGENT_COL_EDIT_LOCK, 0, cases[i].write);
		if (!error)
			error = commit();
		mib_set_finish(&f.mib);
		assert_int_equal(error, cases[i].error);
		row = fake_find(&f.t[0], zero.id, 1);
		assert_int_equal(row->edit_lock, cases[i].becomes);
	}
}

static void one_sentence_for_a_pdu_with_many_faults(void **state)
{
	(void)state;
	mib_set_begin(&f.mib);
	assert_int_equal(add_uint(0, &mib_rule, RULE_COL_PACKETS, 5, 1), MIB_NOT_WRITABLE);
	assert_int_equal(add_uint(1, &mib_rule, RULE_COL_CHAIN, 5, 1), MIB_WRONG_TYPE);
	mib_set_finish(&f.mib);
	assert_int_equal(f.failures, 1);
	assert_string_equal(f.sentence, "fwmarkRulePackets.5: it cannot be written");
}

/* Two rules, ready to be checked. */
static void begin_two(void)
{
	mib_set_begin(&f.mib);
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(add_uint(2 * i, &mib_rule, RULE_COL_MARK, 6 + i, 1), 0);
		assert_int_equal(
			add_int(2 * i + 1, &mib_rule, RULE_COL_STATUS, 6 + i, ROW_CREATE_AND_GO),
			0);
	}
}

static void what_the_application_refuses_names_row_and_column(void **state)
{
	(void)state;
	f.fault = (struct mib_fault){ .change = 1, .col = RULE_COL_MARK, .why = { "taken" } };
	f.prepare_error = IV;
	begin_two();
	assert_int_equal(commit(), IV);
	assert_int_equal(fault, 2);
	assert_string_equal(f.sentence, "fwmarkRuleMark.7: taken");
	assert_int_equal(f.applies, 0);
	assert_int_equal(f.finishes, 1);
	assert_int_equal(f.commits, 0);
	/* The kernel's refusal comes later, and the same way. A column that was not written, no
	 * column, and a reason that nobody gave. */
	f.prepare_error = 0;
	f.apply_error = MIB_COMMIT_FAILED;
	f.fault = (struct mib_fault){ .change = 1,
				      .col = RULE_COL_CHAIN,
				      .why = { "no such chain" } };
	begin_two();
	assert_int_equal(commit(), MIB_COMMIT_FAILED);
	assert_int_equal(fault, 3);
	assert_string_equal(f.sentence, "fwmarkRuleChain.7: no such chain");
	f.fault = (struct mib_fault){ .change = 0 };
	begin_two();
	assert_int_equal(commit(), MIB_COMMIT_FAILED);
	assert_int_equal(fault, 1);
	assert_string_equal(f.sentence, "fwmarkRuleMark.6: cannot be done");
	f.fault = (struct mib_fault){ .change = 99, .col = 99 };
	begin_two();
	assert_int_equal(commit(), MIB_COMMIT_FAILED);
	assert_int_equal(fault, 1);
	assert_int_equal(f.undos, 0); /* apply itself leaves nothing behind */
	assert_int_equal(f.commits, 0);
	assert_null(rule(6));
}

/* Sentences of the model begin with the short name of a column. */
static void no_column_is_named_twice(void **state)
{
	static const struct {
		unsigned col;
		const char *why, *sentence;
	} cases[] = {
		{ RULE_COL_CHAIN, "Chain: there is none", "fwmarkRuleChain.7: there is none" },
		{ RULE_COL_MARK, "Mark: Mark: x", "fwmarkRuleMark.7: Mark: x" },
		{ RULE_COL_MARK, "Chain: there is none", "fwmarkRuleMark.7: Chain: there is none" },
		{ RULE_COL_MARK, "Mark 5 is taken", "fwmarkRuleMark.7: Mark 5 is taken" },
		{ RULE_COL_MARK, "Mark:", "fwmarkRuleMark.7: Mark:" },
		{ RULE_COL_MARK, "Mar", "fwmarkRuleMark.7: Mar" },
		{ RULE_COL_MARK, "Mark: ", "fwmarkRuleMark.7: cannot be done" },
	};

	(void)state;
	f.prepare_error = IV;
	for (size_t i = 0; i < N(cases); i++) {
		f.fault = (struct mib_fault){ .change = 1, .col = cases[i].col };
		why_set(&f.fault.why, 0, "%s", cases[i].why);
		begin_two();
		assert_int_equal(commit(), IV);
		assert_string_equal(f.sentence, cases[i].sentence);
	}
}

static void undo_is_fine_in_every_state(void **state)
{
	(void)state;
	rule_be(D);
	assert_int_equal(mib_set_undo(&f.mib), 0); /* idle */
	assert_int_equal(f.finishes, 0);
	begin_two();
	assert_int_equal(mib_set_undo(&f.mib), 0); /* open */
	assert_int_equal(f.finishes, 1);
	begin_two();
	assert_int_equal(mib_set_check(&f.mib, &fault), 0);
	assert_int_equal(mib_set_undo(&f.mib), 0); /* checked */
	assert_int_equal(f.finishes, 2);
	assert_int_equal(f.undos, 0);
	assert_int_equal(f.failures, 0);
	begin_two();
	assert_int_equal(mib_set_check(&f.mib, &fault), 0);
	assert_int_equal(mib_set_apply(&f.mib, &fault), 0);
	assert_non_null(rule(6));
	assert_int_equal(mib_set_undo(&f.mib), 0); /* applied */
	assert_int_equal(f.undos, 1);
	assert_int_equal(f.commits, 0);
	assert_null(rule(6));
	assert_int_equal(status_of(5), D);
	assert_int_equal(f.failures, 1);
	assert_string_equal(f.sentence,
			    "fwmarkRuleMark.6: taken back: another part of the SET failed");
	assert_int_equal(mib_set_undo(&f.mib), 0); /* twice */
	assert_int_equal(f.undos, 1);
}

static void an_undo_that_fails_says_so(void **state)
{
	(void)state;
	f.undo_error = -EIO;
	begin_two();
	assert_int_equal(mib_set_check(&f.mib, &fault), 0);
	assert_int_equal(mib_set_apply(&f.mib, &fault), 0);
	assert_int_equal(mib_set_undo(&f.mib), MIB_UNDO_FAILED);
	assert_string_equal(f.sentence, "fwmarkRuleMark.6: undo: cannot be taken back");
	assert_int_equal(f.mib.state, TXN_IDLE);
	assert_int_equal(f.commits, 0);
}

/* net-snmp issue 691: CommitSet may come twice. */
static void what_is_applied_is_not_applied_again(void **state)
{
	(void)state;
	begin_two();
	assert_int_equal(mib_set_check(&f.mib, &fault), 0);
	assert_int_equal(mib_set_apply(&f.mib, &fault), 0);
	assert_int_equal(mib_set_apply(&f.mib, &fault), 0);
	assert_int_equal(f.applies, 1);
	mib_set_finish(&f.mib);
	mib_set_finish(&f.mib);
	assert_int_equal(f.finishes, 1);
	assert_int_equal(f.commits, 1);
	assert_int_equal(mib_set_apply(&f.mib, &fault), MIB_COMMIT_FAILED);
	assert_int_equal(f.applies, 1);
}

static void steps_out_of_order_are_refused(void **state)
{
	(void)state;
	assert_int_equal(add_uint(0, &mib_rule, RULE_COL_MARK, 5, 1), MIB_NOT_WRITABLE);
	assert_int_equal(mib_set_check(&f.mib, &fault), MIB_GEN_ERR);
	assert_int_equal(mib_set_apply(&f.mib, &fault), MIB_COMMIT_FAILED);
	begin_two();
	assert_int_equal(mib_set_apply(&f.mib, &fault), MIB_COMMIT_FAILED);
	assert_int_equal(mib_set_check(&f.mib, &fault), 0);
	assert_int_equal(add_uint(4, &mib_rule, RULE_COL_MARK, 8, 1), MIB_NOT_WRITABLE);
	assert_int_equal(mib_set_check(&f.mib, &fault), MIB_GEN_ERR);
	assert_int_equal(f.applies, 0);
	mib_set_finish(&f.mib);
	assert_null(rule(6));
}

/* A master that did not wait for the answer sends TestSet again: it is the same SET once more. */
static void a_testset_that_comes_again_takes_the_place_of_the_first(void **state)
{
	(void)state;
	begin_two();
	begin_two();
	assert_int_equal(mib_set_check(&f.mib, &fault), 0);
	begin_two(); /* no CleanupSet in between */
	assert_int_equal(f.prepares, 1);
	assert_int_equal(mib_set_check(&f.mib, &fault), 0);
	assert_int_equal(mib_set_apply(&f.mib, &fault), 0);
	assert_int_equal(f.applies, 1);
	assert_int_equal(f.changes, 2);
	mib_set_finish(&f.mib);
	mib_set_finish(&f.mib); /* CleanupSet twice */
	assert_int_equal(f.commits, 1);
	assert_int_equal(f.failures, 0);
	assert_int_equal(status_of(6), D);
	assert_int_equal(status_of(7), D);
}

/* What was measured with a handler that takes longer than agentXTimeout: the phases of two and a half
 * TestSets, and an UndoSet without any CommitSet. */
static void phases_of_a_master_in_a_hurry_change_nothing(void **state)
{
	(void)state;
	rule_be(D);
	begin_two();
	begin_two();
	assert_int_equal(mib_set_check(&f.mib, &fault), 0);
	begin_two();
	assert_int_equal(mib_set_check(&f.mib, &fault), 0);
	assert_int_equal(mib_set_check(&f.mib, &fault), MIB_GEN_ERR);
	assert_int_equal(mib_set_undo(&f.mib), 0);
	assert_int_equal(mib_set_undo(&f.mib), 0);
	mib_set_finish(&f.mib);
	assert_int_equal(f.mib.state, TXN_IDLE);
	assert_int_equal(f.applies, 0);
	assert_int_equal(f.undos, 0);
	assert_int_equal(f.commits, 0);
	assert_null(rule(6));
	assert_int_equal(status_of(5), D);
	begin_two();
	assert_int_equal(commit(), 0);
	assert_int_equal(status_of(6), D);
}

/* UndoSet after the first one has undone it, and CleanupSet after UndoSet. */
static void what_is_undone_is_not_undone_again(void **state)
{
	(void)state;
	begin_two();
	assert_int_equal(mib_set_check(&f.mib, &fault), 0);
	assert_int_equal(mib_set_apply(&f.mib, &fault), 0);
	assert_int_equal(mib_set_undo(&f.mib), 0);
	assert_int_equal(mib_set_undo(&f.mib), 0);
	mib_set_finish(&f.mib);
	assert_int_equal(mib_set_apply(&f.mib, &fault), MIB_COMMIT_FAILED);
	assert_int_equal(f.undos, 1);
	assert_int_equal(f.commits, 0);
	assert_null(rule(6));
}

/* It may have been acknowledged: see master_lost() of shim.c. */
static void a_set_that_its_master_left_stays(void **state)
{
	(void)state;
	begin_two();
	assert_int_equal(mib_set_check(&f.mib, &fault), 0);
	assert_int_equal(mib_set_apply(&f.mib, &fault), 0);
	mib_set_begin(&f.mib);
	assert_int_equal(f.undos, 0);
	assert_int_equal(f.commits, 1);
	assert_non_null(rule(6));
	assert_int_equal(add_uint(0, &mib_rule, RULE_COL_MARK, 8, 1), 0);
	assert_int_equal(add_int(1, &mib_rule, RULE_COL_STATUS, 8, ROW_CREATE_AND_GO), 0);
	assert_int_equal(commit(), 0);
	assert_int_equal(f.commits, 2);
	assert_int_equal(status_of(8), D);
	assert_non_null(rule(6));
}

static void an_empty_set_is_one(void **state)
{
	(void)state;
	f.apply_error = MIB_COMMIT_FAILED; /* which nobody is asked for */
	mib_set_begin(&f.mib);
	assert_int_equal(commit(), 0);
	assert_int_equal(f.prepares, 0);
	assert_int_equal(f.applies, 0);
	mib_set_begin(&f.mib);
	assert_int_equal(mib_set_check(&f.mib, &fault), 0);
	assert_int_equal(mib_set_apply(&f.mib, &fault), 0);
	assert_int_equal(mib_set_undo(&f.mib), 0);
	assert_int_equal(f.undos, 0);
}

static void a_pdu_may_have_many_rows(void **state)
{
	(void)state;
	mib_set_begin(&f.mib);
	for (unsigned i = 0; i < 1000; i++) {
		assert_int_equal(add_uint(2 * i, &mib_rule, RULE_COL_MARK, 1 + i, i), 0);
		assert_int_equal(
			add_int(2 * i + 1, &mib_rule, RULE_COL_STATUS, 1 + i, ROW_CREATE_AND_GO),
			0);
	}
	assert_int_equal(commit(), 0);
	assert_int_equal(f.changes, 1000);
	for (unsigned i = 0; i < 1000; i++)
		assert_int_equal(rule(1 + i)->mark, i);
}

static void texts_belong_to_the_row_when_it_is_over(void **state)
{
	char matches[] = "-m limit";

	(void)state;
	rule_be(C);
	mib_set_begin(&f.mib);
	assert_int_equal(add_string(0, &mib_rule, RULE_COL_MATCHES, 5, matches), 0);
	matches[0] = 'X';
	assert_int_equal(commit(), 0);
	assert_string_equal(rule(5)->matches, "-m limit");
	mib_set_begin(&f.mib);
	assert_int_equal(add_uint(0, &mib_rule, RULE_COL_POSITION, 5, 1), 0);
	assert_int_equal(commit(), 0);
	assert_string_equal(rule(5)->matches, "-m limit");
	mib_set_begin(&f.mib);
	assert_int_equal(add_string(0, &mib_rule, RULE_COL_MATCHES, 5, ""), 0);
	assert_int_equal(commit(), 0);
	assert_string_equal(rule(5)->matches, "");
}

static void every_errno_has_its_error(void **state)
{
	(void)state;
	assert_int_equal(mib_error_of(0), MIB_OK);
	assert_int_equal(mib_error_of(-ENOMEM), MIB_RESOURCE_UNAVAILABLE);
	assert_int_equal(mib_error_of(-EBUSY), MIB_RESOURCE_UNAVAILABLE);
	assert_int_equal(mib_error_of(-EINVAL), MIB_INCONSISTENT_VALUE);
	assert_int_equal(mib_error_of(-EILSEQ), MIB_WRONG_VALUE);
	assert_int_equal(mib_error_of(-EIO), MIB_COMMIT_FAILED);
	assert_int_equal(mib_error_of(-99999), MIB_COMMIT_FAILED);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(rowstatus_is_that_of_rfc_2579),
		T(other_values_are_no_status),
		T(destroy_asks_nothing_of_the_other_columns),
		T(what_never_was_is_destroyed_without_a_change),
		T(rows_and_tables_in_one_pdu),
		T(the_same_object_twice_is_refused),
		T(what_cannot_be_written_says_so),
		T(the_error_stands_at_its_varbind),
		T(some_columns_wait_for_the_row),
		T(the_edit_lock_is_a_test_and_incr),
		T(one_sentence_for_a_pdu_with_many_faults),
		T(what_the_application_refuses_names_row_and_column),
		T(no_column_is_named_twice),
		T(undo_is_fine_in_every_state),
		T(an_undo_that_fails_says_so),
		T(what_is_applied_is_not_applied_again),
		T(a_testset_that_comes_again_takes_the_place_of_the_first),
		T(phases_of_a_master_in_a_hurry_change_nothing),
		T(what_is_undone_is_not_undone_again),
		T(steps_out_of_order_are_refused),
		T(a_set_that_its_master_left_stays),
		T(an_empty_set_is_one),
		T(a_pdu_may_have_many_rows),
		T(texts_belong_to_the_row_when_it_is_over),
		T(every_errno_has_its_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
