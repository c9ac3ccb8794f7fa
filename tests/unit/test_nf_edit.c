/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Changing mark rules: what iptables-legacy -S shows afterwards, and after nf_undo(). */
#include "nf_env.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <linux/netfilter_ipv4/ip_tables.h>

/* What somebody without the lock does between the two calls of iptc_commit(), once: the kernel has the
 * new table, and does not have its counters yet. */
static const char *intrusion;

/* libiptc calls this one. */
int setsockopt(int fd, int level, int name, const void *value, socklen_t len)
{
	const char *cmd = intrusion;

	if (cmd && level == IPPROTO_IP && name == IPT_SO_SET_ADD_COUNTERS) {
		intrusion = NULL;
		assert_int_equal(
			sh("XTABLES_LOCKFILE=/run/other.lock iptables-legacy -t mangle %s", cmd),
			0);
	}
	return (int)syscall(SYS_setsockopt, fd, level, name, value, len);
}

/* Three rules of others around those of managers, with counters. */
static int setup(void **state)
{
	*state = NULL;
	if (!env.ready)
		return 0;
	env_flush();
	return sh("printf '*mangle\n[1:10] -A PREROUTING -i a -j ACCEPT\n"
		  "[2:20] -A PREROUTING -p tcp -m comment --comment \"fwmark:5 five\""
		  " -j MARK --set-xmark 0x5/0xffffffff\n"
		  "[3:30] -A PREROUTING -i b -j MARK --set-mark 3\n"
		  "[4:40] -A PREROUTING -i b -j MARK --set-mark 3\nCOMMIT\n'"
		  " | iptables-legacy-restore -c");
}

static char *shown(void)
{
	struct text t = TEXT_INIT;

	sh_read("iptables-legacy-save -c -t mangle | grep -e -A; "
		"ip6tables-legacy-save -c -t mangle | grep -e -A",
		&t);
	return t.s ? t.s : strdup("");
}

/* The edits that a test makes of rule 5, or of a new rule. */
static struct markrule rule(uint32_t index, uint32_t position)
{
	struct markrule r;

	markrule_init(&r);
	r.index = index;
	r.position = position;
	r.protocol = 6;
	r.mark = index;
	strcpy(r.description, "five");
	return r;
}

#define FIVE(from)                                                                                 \
	"[" from "] -A PREROUTING -p tcp -m comment --comment \"fwmark:5 five\""                   \
	" -j MARK --set-xmark 0x5/0xffffffff\n"
#define ONE   "[1:10] -A PREROUTING -i a -j ACCEPT\n"
#define THREE "[3:30] -A PREROUTING -i b -j MARK --set-xmark 0x3/0xffffffff\n"
#define FOUR  "[4:40] -A PREROUTING -i b -j MARK --set-xmark 0x3/0xffffffff\n"
#define SIX                                                                                        \
	"[0:0] -A PREROUTING -p tcp -m comment --comment \"fwmark:6 five\""                        \
	" -j MARK --set-xmark 0x6/0xffffffff\n"

static const struct {
	uint32_t index, position;
	bool add, remove, keep;
	int err;
	const char *after;
} places[] = {
	{ 6, 0, true, false, false, 0, ONE FIVE("2:20") THREE FOUR SIX },
	{ 6, 1, true, false, false, 0, SIX ONE FIVE("2:20") THREE FOUR },
	{ 6, 4, true, false, false, 0, ONE FIVE("2:20") THREE SIX FOUR },
	{ 6, 5, true, false, false, 0, ONE FIVE("2:20") THREE FOUR SIX },
	{ 6, 6, true, false, false, -ERANGE, ONE FIVE("2:20") THREE FOUR },
	{ 5, 0, false, false, true, 0, ONE FIVE("2:20") THREE FOUR },
	{ 5, 0, false, false, false, 0, ONE FIVE("0:0") THREE FOUR },
	{ 5, 1, false, false, true, 0, FIVE("2:20") ONE THREE FOUR },
	{ 5, 3, false, false, true, 0, ONE THREE FIVE("2:20") FOUR },
	{ 5, 4, false, false, true, 0, ONE THREE FOUR FIVE("2:20") },
	{ 5, 4, false, false, false, 0, ONE THREE FOUR FIVE("0:0") },
	{ 5, 5, false, false, true, -ERANGE, ONE FIVE("2:20") THREE FOUR },
	{ 5, 0, false, true, false, 0, ONE THREE FOUR },
	{ 9, 0, false, true, false, 0, ONE FIVE("2:20") THREE FOUR },
	{ 6, 0, false, false, true, 0, ONE FIVE("2:20") THREE FOUR SIX },
	{ 6, 2, false, false, true, 0, ONE SIX FIVE("2:20") THREE FOUR },
};

/* The edit that brings a rule to places[@i]. */
static struct nf_edit edit_of(size_t i, const struct markrule *r)
{
	return (struct nf_edit){ .tag = r->index,
				 .rule = places[i].remove ? NULL : r,
				 .add = places[i].add,
				 .keep_counters = places[i].keep };
}

static void a_rule_goes_where_it_should_and_back(void **state)
{
	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		struct markrule r = rule(places[i].index, places[i].position);
		const struct nf_edit edit = edit_of(i, &r);
		struct nf_undo *undo = NULL;
		struct why why = { "" };
		size_t failed;
		char *s;

		need();
		assert_int_equal(setup(state), 0);
		assert_int_equal(nf_commit(env.nf, &edit, 1, &failed, &undo, &why), places[i].err);
		assert_int_equal(failed, places[i].err ? 0 : SIZE_MAX);
		assert_int_equal(!*why.s, !places[i].err);
		s = shown();
		assert_string_equal(s, places[i].after);
		free(s);
		assert_int_equal(nf_undo(env.nf, undo, &why), 0);
		nf_undo_free(undo);
		s = shown();
		assert_string_equal(s, ONE FIVE("2:20") THREE FOUR);
		free(s);
	}
}

/* The rules without their counters, which are lost then. */
static void expect_rules(const char *counted, const char *more)
{
	struct text now = TEXT_INIT, expected = TEXT_INIT;

	sh_read("iptables-legacy -t mangle -S PREROUTING | sed 1d", &now);
	for (const char *s = counted; *s; s = strchr(s, '\n') + 1)
		text_addn(&expected, strchr(s, ' ') + 1,
			  (size_t)(strchr(s, '\n') - strchr(s, ' ')));
	text_add(&expected, "%s", more);
	assert_string_equal(text_str(&now), text_str(&expected));
	text_fini(&now);
	text_fini(&expected);
}

#define OTHER "PREROUTING -i other -j ACCEPT"

/* What the kernel has taken is done, and what it has taken back is undone, although the call that adds
 * the counters fails. */
static void counters_that_cannot_be_added_are_no_refusal(void **state)
{
	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		struct markrule r = rule(places[i].index, places[i].position);
		const struct nf_edit edit = edit_of(i, &r);
		struct nf_undo *undo = NULL;
		struct why why = { "" };
		size_t failed;

		need();
		assert_int_equal(setup(state), 0);
		intrusion = "-A " OTHER;
		assert_int_equal(nf_commit(env.nf, &edit, 1, &failed, &undo, &why), places[i].err);
		assert_int_equal(!*why.s, !places[i].err);
		expect_rules(places[i].after, intrusion ? "" : "-A " OTHER "\n");
		if (!intrusion) {
			intrusion = "-D " OTHER;
			assert_int_equal(nf_undo(env.nf, undo, &why), 0);
			assert_null(intrusion);
			expect_rules(ONE FIVE("2:20") THREE FOUR, "");
		}
		intrusion = NULL;
		nf_undo_free(undo);
	}
}

/* One of two changes of a table is refused by the kernel. The other, which only moves a rule, leaves
 * the table as it was before. */
static void a_refusal_beside_a_move_leaves_nothing(void **state)
{
	struct markrule moved = rule(5, 4), first = rule(6, 1), bad = rule(6, 1);
	const struct nf_edit put = { .rule = &first, .add = true };
	const struct nf_edit edits[] = { { .tag = 5, .rule = &moved, .keep_counters = true },
					 { .tag = 6, .rule = &bad } };
	struct nf_undo *undo = NULL;
	struct why why = { "" };
	size_t failed;
	char *s;

	(void)state;
	need();
	assert_int_equal(nf_commit(env.nf, &put, 1, &failed, &undo, &why), 0);
	nf_undo_free(undo);
	bad.matches = "-m owner --uid-owner 0"; /* not in this chain */
	assert_int_equal(nf_commit(env.nf, edits, 2, &failed, &undo, &why), -EINVAL);
	s = shown();
	assert_string_equal(s, SIX ONE FIVE("2:20") THREE FOUR);
	free(s);
}

static void meters_are_set_all_the_same(void **state)
{
	const struct nf_meter five = { .family = AF_UNSPEC, .value = 5, .mask = UINT32_MAX };
	struct vec was = VEC_INIT(struct nf_meter);
	struct why why = { "" };

	(void)state;
	need();
	intrusion = "-A " OTHER;
	assert_int_equal(nf_meters_set(env.nf, &five, 1, &was, &why), 0);
	assert_null(intrusion);
	assert_int_equal(sh("iptables-legacy -t mangle -S | grep -q -e '-A fwmark-meter '"), 0);
	assert_int_equal(nf_meters_set(env.nf, NULL, 0, &was, &why), 0);
	vec_fini(&was);
}

/* Somebody takes away what has just been put in: it is refused. */
static void a_change_that_is_gone_at_once_is_refused(void **state)
{
	struct markrule r = rule(6, 1);
	const struct nf_edit edit = { .rule = &r, .add = true };
	struct nf_undo *undo = NULL;
	struct why why = { "" };
	size_t failed;

	(void)state;
	need();
	intrusion = "-D PREROUTING 1";
	assert_int_equal(nf_commit(env.nf, &edit, 1, &failed, &undo, &why), -EINVAL);
	assert_null(intrusion);
	assert_non_null(strstr(why.s, "the kernel refuses"));
	expect_rules(ONE FIVE("2:20") THREE FOUR, "");
}

static void foreign_rules_are_found_among_equals(void **state)
{
	struct nf_edit edit = { .ordinal = 1 };
	struct nf_snap *snap;
	struct nf_undo *undo;
	struct why why;
	size_t failed;
	char *s;

	(void)state;
	need();
	snap = env_read();
	assert_int_equal(snap->entries.n, 3);
	edit.hash = ((struct nf_entry *)vec_at(&snap->entries, 2))->hash;
	assert_true(edit.hash == ((struct nf_entry *)vec_at(&snap->entries, 1))->hash);
	nf_snap_free(snap);
	assert_int_equal(nf_commit(env.nf, &edit, 1, &failed, &undo, &why), 0);
	s = shown();
	assert_string_equal(s, ONE FIVE("2:20") THREE);
	free(s);
	assert_int_equal(nf_undo(env.nf, undo, &why), 0);
	nf_undo_free(undo);
	s = shown();
	assert_string_equal(s, ONE FIVE("2:20") THREE FOUR);
	free(s);
}

/* The IPv6 table comes after the IPv4 one; the kernel refuses its rule. */
static void a_later_failure_puts_the_earlier_tables_back(void **state)
{
	struct markrule good = rule(6, 1), bad = rule(7, 0);
	const struct nf_edit edits[] = {
		{ .rule = &good, .add = true },
		{ .tag = 5 },
		{ .rule = &bad, .add = true },
	};
	struct nf_undo *undo = NULL;
	struct why why = { "" };
	size_t failed;
	char *s;

	(void)state;
	need();
	bad.family = AF_INET6;
	bad.matches = "-m owner --uid-owner 5"; /* not in PREROUTING */
	assert_int_not_equal(nf_commit(env.nf, edits, 3, &failed, &undo, &why), 0);
	assert_int_equal(failed, 2);
	assert_true(*why.s);
	assert_null(undo);
	s = shown();
	assert_string_equal(s, ONE FIVE("2:20") THREE FOUR);
	free(s);
}

static void one_commit_takes_many_edits(void **state)
{
	struct markrule r[4] = { rule(6, 1), rule(7, 0), rule(5, 1), rule(8, 1) };
	const struct nf_edit edits[] = {
		{ .rule = &r[0], .add = true },
		{ .rule = &r[1], .add = true },
		{ .tag = 5, .rule = &r[2], .keep_counters = true },
		{ .rule = &r[3], .add = true },
	};
	struct nf_undo *undo;
	struct why why;
	size_t failed;
	char *s;

	(void)state;
	need();
	r[1].family = r[3].family = AF_INET6;
	assert_int_equal(nf_commit(env.nf, edits, 4, &failed, &undo, &why), 0);
	s = shown();
	assert_string_equal(s, FIVE("2:20") SIX ONE THREE FOUR
			    "[0:0] -A PREROUTING -p tcp -m comment --comment \"fwmark:8 five\" "
			    "-j MARK --set-xmark 0x8/0xffffffff\n"
			    "[0:0] -A PREROUTING -p tcp -m comment --comment \"fwmark:7 five\" "
			    "-j MARK --set-xmark 0x7/0xffffffff\n");
	free(s);
	assert_int_equal(nf_undo(env.nf, undo, &why), 0);
	nf_undo_free(undo);
	s = shown();
	assert_string_equal(s, ONE FIVE("2:20") THREE FOUR);
	free(s);
}

/* Equals keep the ordinals that they had before the first edit; a rule can be changed twice. */
static void edits_of_one_commit_see_each_other(void **state)
{
	struct markrule first = rule(5, 1), second = rule(5, 0);
	struct nf_edit edits[] = {
		{ .ordinal = 0 },
		{ .ordinal = 1 },
		{ .tag = 5, .rule = &first, .keep_counters = true },
		{ .tag = 5, .rule = &second, .keep_counters = true },
	};
	struct nf_snap *snap;
	struct nf_undo *undo;
	struct why why;
	size_t failed;
	char *s;

	(void)state;
	need();
	snap = env_read();
	edits[0].hash = edits[1].hash = ((struct nf_entry *)vec_at(&snap->entries, 2))->hash;
	nf_snap_free(snap);
	second.mark = 0x55;
	assert_int_equal(nf_commit(env.nf, edits, 4, &failed, &undo, &why), 0);
	s = shown();
	assert_string_equal(s, "[2:20] -A PREROUTING -p tcp -m comment --comment \"fwmark:5 five\""
			       " -j MARK --set-xmark 0x55/0xffffffff\n" ONE);
	free(s);
	assert_int_equal(nf_undo(env.nf, undo, &why), 0);
	nf_undo_free(undo);
	s = shown();
	assert_string_equal(s, ONE FIVE("2:20") THREE FOUR);
	free(s);
}

/* What is counted between the change and its undo belongs to the rule that comes back. */
static void undo_keeps_what_was_counted_meanwhile(void **state)
{
	struct markrule r = rule(5, 0);
	const struct nf_edit edit = { .tag = 5, .rule = &r };
	struct nf_undo *undo;
	struct why why;
	size_t failed;
	char *s;

	(void)state;
	need();
	r.dport_from = r.dport_to = 25;
	assert_int_equal(nf_commit(env.nf, &edit, 1, &failed, &undo, &why), 0);
	assert_int_equal(sh("iptables-legacy-save -c -t mangle | sed '/dport 25/s/^.0:0./[7:70]/'"
			    " | iptables-legacy-restore -c"),
			 0);
	assert_int_equal(nf_undo(env.nf, undo, &why), 0);
	nf_undo_free(undo);
	s = shown();
	assert_string_equal(s, ONE FIVE("9:90") THREE FOUR);
	free(s);
}

static void a_rule_moves_to_another_chain_and_table(void **state)
{
	struct markrule r = rule(5, 0);
	const struct nf_edit edit = { .tag = 5, .rule = &r, .keep_counters = true };
	struct nf_undo *undo;
	struct why why;
	size_t failed;
	char *s;

	(void)state;
	need();
	strcpy(r.chain, "OUTPUT");
	assert_int_equal(nf_commit(env.nf, &edit, 1, &failed, &undo, &why), 0);
	nf_undo_free(undo);
	assert_int_equal(sh("iptables-legacy-save -c -t mangle | "
			    "grep -q '^.2:20. -A OUTPUT -p tcp'"),
			 0);
	strcpy(r.table, "raw");
	assert_int_equal(nf_commit(env.nf, &edit, 1, &failed, &undo, &why), 0);
	assert_int_equal(sh("iptables-legacy-save -c -t raw | grep -q '^.2:20. -A OUTPUT -p tcp'"),
			 0);
	s = shown();
	assert_string_equal(s, ONE THREE FOUR);
	free(s);
	assert_int_equal(nf_undo(env.nf, undo, &why), 0);
	nf_undo_free(undo);
	assert_int_equal(sh("iptables-legacy-save -c -t mangle | "
			    "grep -q '^.2:20. -A OUTPUT -p tcp'"),
			 0);
}

/* A table that is not there is not made in order to delete from it: in another network, where the
 * kernel has none. */
static void nothing_is_made_to_delete_from(void **state)
{
	struct markrule r = rule(6, 0);
	const struct nf_edit add = { .rule = &r, .add = true }, gone = { .tag = 6 };
	struct nf_undo *undo, *nothing;
	struct why why = { "" };
	size_t failed;
	int home;

	(void)state;
	need();
	strcpy(r.table, "raw");
	assert_int_equal(nf_commit(env.nf, &add, 1, &failed, &undo, &why), 0);
	home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	assert_true(home >= 0);
	assert_int_equal(unshare(CLONE_NEWNET), 0);
	assert_int_equal(nf_undo(env.nf, undo, &why), 0);
	nf_undo_free(undo);
	assert_int_equal(nf_commit(env.nf, &gone, 1, &failed, &nothing, &why), 0);
	nf_undo_free(nothing);
	assert_int_not_equal(sh("grep -q . /proc/self/net/ip_tables_names"), 0);
	assert_int_equal(setns(home, CLONE_NEWNET), 0);
	close(home);
}

static const struct {
	const char *table, *chain, *matches;
	uint32_t position;
	int family, err;
	unsigned column;
} checks[] = {
	{ "mangle", "PREROUTING", "", 0, AF_INET, 0, 0 },
	{ "mangle", "PREROUTING", "", 5, AF_INET, 0, 0 },
	{ "mangle", "PREROUTING", "", 6, AF_INET, -ERANGE, RULE_COL_POSITION },
	{ "mangle", "nowhere", "", 0, AF_INET, -ENOENT, RULE_COL_CHAIN },
	{ "nowhere", "PREROUTING", "", 0, AF_INET, -ENOENT, RULE_COL_TABLE },
	{ "nat", "FORWARD", "", 0, AF_INET6, -ENOENT, RULE_COL_CHAIN },
	{ "mangle", "PREROUTING", "-m nonsense", 0, AF_INET, -EINVAL, RULE_COL_MATCHES },
	{ "mangle", "PREROUTING", "-m ttl --ttl-eq 5", 0, AF_INET, 0, 0 },
	{ "mangle", "PREROUTING", "-m ttl --ttl-eq 5", 0, AF_INET6, -EINVAL, RULE_COL_MATCHES },
};

static void check_says_what_is_wrong(void **state)
{
	char *before, *after;

	(void)state;
	need();
	before = shown();
	for (size_t i = 0; i < sizeof(checks) / sizeof(*checks); i++) {
		struct markrule r = rule(6, checks[i].position);
		struct why why = { "" };
		unsigned column = 0;

		r.family = (uint8_t)checks[i].family;
		strcpy(r.table, checks[i].table);
		strcpy(r.chain, checks[i].chain);
		r.matches = checks[i].matches;
		assert_int_equal(nf_check(env.nf, &r, &column, &why), checks[i].err);
		if (checks[i].err) {
			assert_int_equal(column, checks[i].column);
			assert_true(*why.s);
		}
	}
	after = shown();
	assert_string_equal(before, after);
	free(before);
	free(after);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_rule_goes_where_it_should_and_back, setup),
		cmocka_unit_test_setup(nothing_is_made_to_delete_from, setup),
		cmocka_unit_test_setup(counters_that_cannot_be_added_are_no_refusal, setup),
		cmocka_unit_test_setup(a_refusal_beside_a_move_leaves_nothing, setup),
		cmocka_unit_test_setup(meters_are_set_all_the_same, setup),
		cmocka_unit_test_setup(a_change_that_is_gone_at_once_is_refused, setup),
		cmocka_unit_test_setup(foreign_rules_are_found_among_equals, setup),
		cmocka_unit_test_setup(a_later_failure_puts_the_earlier_tables_back, setup),
		cmocka_unit_test_setup(one_commit_takes_many_edits, setup),
		cmocka_unit_test_setup(edits_of_one_commit_see_each_other, setup),
		cmocka_unit_test_setup(undo_keeps_what_was_counted_meanwhile, setup),
		cmocka_unit_test_setup(a_rule_moves_to_another_chain_and_table, setup),
		cmocka_unit_test_setup(check_says_what_is_wrong, setup),
	};
	int failed;

	env_enter();
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	env_leave();
	return failed;
}
