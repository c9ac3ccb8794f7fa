/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The face of netfilter over two backends: what it merges, and what it does when one of them fails. The
 * backends are fakes (nf_fake.h), but for the last test: there the first is the one of legacy tables. */
#include "nf_env.h"

#include "nf_fake.h"

static const struct nf_backend *const both[] = { &fake_a, &fake_b };

struct face {
	struct nf *nf;
	struct nf_snap *snap;
};

static int setup(void **state)
{
	static struct face face;

	memset(fakes, 0, sizeof(fakes));
	fake_trace[0] = '\0';
	face.snap = NULL;
	*state = &face;
	return nf_open_with(both, 2, NULL, &face.nf);
}

/* Closing checks that nothing is left of snapshots and commits. */
static int teardown(void **state)
{
	struct face *face = *state;

	nf_snap_free(face->snap);
	nf_close(face->nf);
	return 0;
}

static void rules(size_t f, const struct fake_rule *all, size_t n)
{
	fakes[f].is.n = n;
	for (size_t i = 0; i < n; i++)
		fakes[f].is.rule[i] = all[i];
	fakes[f].version++;
}

static struct nf_snap *again(struct face *face)
{
	struct nf_snap *now = NULL;

	assert_int_equal(nf_read(face->nf, face->snap, &now, NULL), 0);
	return now;
}

/* Marks of a snapshot, in its order, each with the packets and the chain that its entry has. */
static void expect_snap(const struct nf_snap *snap, const char *expected)
{
	struct text t = TEXT_INIT;

	for (size_t i = 0; i < snap->entries.n; i++) {
		const struct nf_entry *e = vec_at(&snap->entries, i);
		const struct nf_chain *c = env_chain(snap, e);

		text_add(&t, "%s%u:%s/%s:%u=%u", i ? " " : "", c->family == AF_INET ? 4 : 6,
			 c->table, c->chain, e->mark, (unsigned)e->packets);
	}
	assert_string_equal(text_str(&t), expected);
	text_fini(&t);
}

static const struct fake_rule of_a[] = {
	{ AF_INET, "raw", "OUTPUT", 1, 1, 0, 1 },
	{ AF_INET, "mangle", "PREROUTING", 2, 3, 0, 3 },
	{ AF_INET, "mangle", "PREROUTING", 5, 6, 0, 6 },
	{ AF_INET, "mangle", "own", 1, 9, 0, 9 },
	{ AF_INET6, "filter", "INPUT", 1, 11, 0, 11 },
};
static const struct fake_rule of_b[] = {
	{ AF_INET, "mangle", "PREROUTING", 1, 2, 0, 2 },
	{ AF_INET, "mangle", "PREROUTING", 2, 4, 0, 4 },
	{ AF_INET, "mangle", "PREROUTING", 3, 5, 0, 5 },
	{ AF_INET, "mangle", "OUTPUT", 1, 7, 0, 7 },
	{ AF_INET, "mangle", "a", 1, 8, 0, 8 },
	{ AF_INET, "fw", "OUTPUT", 1, 10, 0, 10 },
};
#define MERGED                                                                                     \
	"4:raw/OUTPUT:1=1 4:mangle/PREROUTING:2=2 4:mangle/PREROUTING:3=3 "                        \
	"4:mangle/PREROUTING:4=4 4:mangle/PREROUTING:5=5 4:mangle/PREROUTING:6=6 "                 \
	"4:mangle/OUTPUT:7=7 4:mangle/a:8=8 4:mangle/own:9=9 4:fw/OUTPUT:10=10 "                   \
	"6:filter/INPUT:11=11"

static void two_parts_make_one_snapshot_in_order(void **state)
{
	struct face *face = *state;

	rules(0, of_a, 5);
	rules(1, of_b, 6);
	fakes[0].read_us = 7;
	fakes[1].read_us = 5;
	face->snap = again(face);
	expect_snap(face->snap, MERGED);
	assert_int_equal(face->snap->chains.n, 7 + 1); /* PREROUTING of each */
	assert_int_equal(face->snap->taken_us, 5);
}

static void a_part_alone_is_the_snapshot(void **state)
{
	struct face *face = *state;

	for (size_t f = 0; f < 2; f++) {
		rules(f, of_b, 6);
		rules(!f, NULL, 0);
		nf_snap_free(face->snap);
		face->snap = NULL;
		face->snap = again(face);
		assert_int_equal(face->snap->entries.n, 6);
		assert_ptr_equal(face->snap->entries.data, face->snap->parts[f]->entries.data);
	}
}

static void counters_alone_are_taken_over(void **state)
{
	struct face *face = *state;

	rules(0, of_a, 5);
	rules(1, of_b, 6);
	face->snap = again(face);
	for (size_t i = 0; i < 6; i++)
		fakes[1].is.rule[i].packets += 100;
	fakes[0].is.rule[4].packets = 0;
	fakes[1].meters = 1;
	assert_ptr_equal(again(face), face->snap);
	assert_int_equal(face->snap->meters.n, 1);
	expect_snap(face->snap,
		    "4:raw/OUTPUT:1=1 4:mangle/PREROUTING:2=102 4:mangle/PREROUTING:3=3 "
		    "4:mangle/PREROUTING:4=104 4:mangle/PREROUTING:5=105 4:mangle/PREROUTING:6=6 "
		    "4:mangle/OUTPUT:7=107 4:mangle/a:8=108 4:mangle/own:9=9 4:fw/OUTPUT:10=110 "
		    "6:filter/INPUT:11=0");
}

/* Both snapshots are good for as long as they are there, whichever goes first. */
static void a_part_that_stays_is_in_both_snapshots(void **state)
{
	struct face *face = *state;
	struct nf_snap *first;

	rules(0, of_a, 5);
	rules(1, of_b, 6);
	first = face->snap = again(face);
	rules(0, of_a, 1);
	face->snap = again(face);
	assert_ptr_not_equal(face->snap, first);
	assert_ptr_equal(face->snap->parts[1], first->parts[1]);
	assert_int_equal(fakes[0].parts, 2);
	assert_int_equal(fakes[1].parts, 1);
	expect_snap(first, MERGED);
	nf_snap_free(first);
	assert_int_equal(fakes[0].parts, 1);
	assert_int_equal(face->snap->entries.n, 7);
}

static void a_part_that_cannot_be_read_leaves_the_old_snapshot(void **state)
{
	struct face *face = *state;
	struct nf_snap *now = NULL;
	struct why why = { "" };

	rules(0, of_a, 5);
	rules(1, of_b, 6);
	face->snap = again(face);
	rules(0, of_a, 1);
	fakes[1].err[FAKE_READ] = -EAGAIN;
	assert_int_equal(nf_read(face->nf, face->snap, &now, &why), -EAGAIN);
	assert_string_equal(why.s, "b");
	assert_null(now);
	expect_snap(face->snap, MERGED);
}

/* Of rules, and of what is asked about them: each backend answers for its own. */
static void questions_go_to_the_backend_of_the_rule(void **state)
{
	struct face *face = *state;
	struct text t = TEXT_INIT;
	struct why why = { "" };
	struct markrule r;
	unsigned column;
	uint64_t hash;

	rules(0, of_a, 5);
	rules(1, of_b, 6);
	face->snap = again(face);
	for (size_t i = 0; i < 11; i++) {
		const struct nf_entry *e = vec_at(&face->snap->entries, i);
		const char *letter = e->backend == BACKEND_LEGACY ? "a" : "b";

		assert_int_equal(nf_decode(face->nf, face->snap, e, &r), 0);
		assert_string_equal(r.description, letter);
		assert_int_equal(r.backend, e->backend);
		assert_int_equal(r.mark, e->mark);
		assert_int_equal(r.packets, e->packets);
		text_reset(&t);
		assert_int_equal(nf_text(face->nf, face->snap, e, &t), 0);
		assert_int_equal(t.s[0], letter[0]);
		text_reset(&t);
		assert_int_equal(nf_rule_text(face->nf, &r, &t, NULL), 0);
		assert_int_equal(t.s[0], letter[0]);
		assert_int_equal(nf_hash(face->nf, &r, &hash, NULL), 0);
		assert_int_equal(hash, letter[0]);
		assert_int_equal(nf_check_in(face->nf, face->snap, &r, &column, &why), -ERANGE);
		assert_int_equal(why.s[0], letter[0]);
		assert_int_equal(why.s[2], letter[0]);
		assert_int_equal(nf_check(face->nf, &r, NULL, &why), -ERANGE);
		assert_int_equal(why.s[2], '-');
	}
	r.backend = 9;
	assert_int_equal(nf_check(face->nf, &r, &column, &why), -EOPNOTSUPP);
	assert_int_equal(column, RULE_COL_BACKEND);
	assert_int_equal(nf_families(face->nf), NF_IPV4 | NF_IPV6);
	assert_int_equal(nf_probe(face->nf) & ~(unsigned)NF_CAP_NFTABLES,
			 NF_CAP_MARK | NF_CAP_CONNMARK);
	text_fini(&t);
}

/* --- commits: a rule of row 1 in the first backend, one of row 2 in the second ---------------- */

static struct markrule rule_of(uint8_t backend, uint32_t index)
{
	struct markrule r;

	markrule_init(&r);
	r.backend = backend;
	r.index = r.mark = index;
	return r;
}

#define STAGED "a.begin b.begin b.stage a.stage"
#define ENDED  " b.end a.end"

static const struct {
	const char *what;
	size_t side;
	enum fake_step step;
	int fault;
	size_t at; /* the edit at fault, of the two of that side; SIZE_MAX: none */
	unsigned stale[2];
	int undo;
	int err;
	size_t failed;
	const char *trace, *why;
} commits[] = {
	{ "all is well",
	  0,
	  FAKE_STEPS,
	  0,
	  0,
	  { 0, 0 },
	  0,
	  0,
	  SIZE_MAX,
	  STAGED " a.commit b.commit" ENDED,
	  "" },
	{ "the first cannot begin",
	  0,
	  FAKE_BEGIN,
	  -EINVAL,
	  1,
	  { 0, 0 },
	  0,
	  -EINVAL,
	  2,
	  "a.begin a.end",
	  "" },
	{ "the second cannot begin",
	  1,
	  FAKE_BEGIN,
	  -EINVAL,
	  1,
	  { 0, 0 },
	  0,
	  -EINVAL,
	  3,
	  "a.begin b.begin" ENDED,
	  "" },
	{ "the second cannot stage",
	  1,
	  FAKE_STAGE,
	  -ENOENT,
	  0,
	  { 0, 0 },
	  0,
	  -ENOENT,
	  1,
	  "a.begin b.begin b.stage" ENDED,
	  "" },
	{ "the first cannot stage",
	  0,
	  FAKE_STAGE,
	  -ENOENT,
	  1,
	  { 0, 0 },
	  0,
	  -ENOENT,
	  2,
	  STAGED ENDED,
	  "" },
	{ "the first gets no lock",
	  0,
	  FAKE_STAGE,
	  -EAGAIN,
	  SIZE_MAX,
	  { 0, 0 },
	  0,
	  -EAGAIN,
	  SIZE_MAX,
	  STAGED ENDED,
	  "" },
	{ "the first cannot commit",
	  0,
	  FAKE_COMMIT,
	  -EPERM,
	  0,
	  { 0, 0 },
	  0,
	  -EPERM,
	  0,
	  STAGED " a.commit" ENDED,
	  "a refuses" },
	{ "the second cannot commit",
	  1,
	  FAKE_COMMIT,
	  -EPERM,
	  1,
	  { 0, 0 },
	  0,
	  -EPERM,
	  3,
	  STAGED " a.commit b.commit a.undo" ENDED,
	  "b refuses" },
	{ "and the first cannot undo",
	  1,
	  FAKE_COMMIT,
	  -EPERM,
	  0,
	  { 0, 0 },
	  -EIO,
	  -ENOTRECOVERABLE,
	  1,
	  STAGED " a.commit b.commit a.undo" ENDED,
	  "b refuses; undo: a keeps it" },
	{ "the first is late",
	  0,
	  FAKE_STEPS,
	  0,
	  0,
	  { 1, 0 },
	  0,
	  0,
	  SIZE_MAX,
	  STAGED " a.commit a.stage a.commit b.commit" ENDED,
	  "" },
	{ "the second is late twice",
	  0,
	  FAKE_STEPS,
	  0,
	  0,
	  { 0, 2 },
	  0,
	  0,
	  SIZE_MAX,
	  STAGED " a.commit b.commit b.stage b.commit b.stage b.commit" ENDED,
	  "" },
	{ "the second is late, then refused",
	  1,
	  FAKE_COMMIT,
	  -EPERM,
	  0,
	  { 0, 1 },
	  0,
	  -EPERM,
	  1,
	  STAGED " a.commit b.commit b.stage b.commit a.undo" ENDED,
	  "b refuses" },
};

static void commit_two(struct face *face, size_t i)
{
	struct markrule r[4] = { rule_of(BACKEND_LEGACY, 1), rule_of(BACKEND_NFTABLES, 2),
				 rule_of(BACKEND_LEGACY, 3), rule_of(BACKEND_NFTABLES, 4) };
	struct nf_edit edits[4];
	struct nf_undo *undo = NULL;
	struct why why = { "" };
	size_t failed, n = commits[i].err ? 0 : 2;

	for (size_t k = 0; k < 4; k++)
		edits[k] = (struct nf_edit){ .rule = &r[k], .add = true };
	if (commits[i].step < FAKE_STEPS)
		fakes[commits[i].side].err[commits[i].step] = commits[i].fault;
	fakes[commits[i].side].at = commits[i].at;
	fakes[0].err[FAKE_UNDO] = commits[i].undo;
	fakes[0].stale = commits[i].stale[0];
	fakes[1].stale = commits[i].stale[1];
	assert_int_equal(nf_commit(face->nf, edits, 4, &failed, &undo, &why), commits[i].err);
	assert_string_equal(fake_trace, commits[i].trace);
	assert_string_equal(why.s, commits[i].why);
	assert_true(failed == commits[i].failed);
	assert_int_equal(fakes[0].is.n, commits[i].undo ? 2 : n);
	assert_int_equal(fakes[1].is.n, n);
	assert_true(!undo == !!commits[i].err);
	if (undo) {
		fake_trace[0] = '\0';
		assert_int_equal(nf_undo(face->nf, undo, &why), 0);
		assert_string_equal(fake_trace, "b.undo a.undo");
		assert_int_equal(fakes[0].is.n + fakes[1].is.n, 0);
	}
	nf_undo_free(undo);
}

static void a_commit_is_all_or_nothing_over_both(void **state)
{
	for (size_t i = 0; i < sizeof(commits) / sizeof(*commits); i++) {
		print_message("%s\n", commits[i].what);
		commit_two(*state, i);
		assert_int_equal(teardown(state), 0);
		assert_int_equal(setup(state), 0);
	}
}

static void who_is_late_all_the_time_gives_up(void **state)
{
	struct face *face = *state;
	struct markrule r[2] = { rule_of(BACKEND_LEGACY, 1), rule_of(BACKEND_NFTABLES, 2) };
	const struct nf_edit edits[] = { { .rule = &r[0], .add = true },
					 { .rule = &r[1], .add = true } };
	struct nf_undo *undo = NULL;
	size_t failed;

	fakes[1].stale = 1000;
	assert_int_equal(nf_commit(face->nf, edits, 2, &failed, &undo, NULL), -EBUSY);
	assert_null(undo);
	assert_int_equal(fakes[1].stale, 1000 - 20);
	assert_int_equal(fakes[0].is.n + fakes[1].is.n, 0);
}

/* What is undone goes on to be undone when one backend cannot. */
static void undo_goes_on_after_a_failure(void **state)
{
	struct face *face = *state;
	struct markrule r[2] = { rule_of(BACKEND_LEGACY, 1), rule_of(BACKEND_NFTABLES, 2) };
	const struct nf_edit edits[] = { { .rule = &r[0], .add = true },
					 { .rule = &r[1], .add = true } };
	struct nf_undo *undo = NULL;
	struct why why = { "" };
	size_t failed;

	assert_int_equal(nf_commit(face->nf, edits, 2, &failed, &undo, NULL), 0);
	fakes[1].err[FAKE_UNDO] = -EIO;
	assert_int_equal(nf_undo(face->nf, undo, &why), -EIO);
	assert_string_equal(why.s, "b keeps it");
	assert_int_equal(fakes[0].is.n, 0);
	assert_int_equal(fakes[1].is.n, 1);
	nf_undo_free(undo);
}

/* One rule, of row 5 in the first backend, and where an edit has it afterwards. */
static const struct {
	uint8_t known;	/* where the edit says that it is */
	uint8_t wanted; /* 0: it is to go */
	int err;
	size_t copies; /* of the rule that are in the second backend already */
	size_t a, b;
	const char *trace;
} routes[] = {
	{ BACKEND_LEGACY, BACKEND_LEGACY, 0, 0, 1, 0, "a.begin a.stage a.commit a.end" },
	{ BACKEND_LEGACY, BACKEND_NFTABLES, 0, 0, 0, 1, STAGED " a.commit b.commit" ENDED },
	{ BACKEND_LEGACY, BACKEND_NFTABLES, 0, 1, 0, 2, STAGED " a.commit b.commit" ENDED },
	{ BACKEND_LEGACY, 0, 0, 0, 0, 0, "a.begin a.stage a.commit a.end" },
	{ BACKEND_NFTABLES, 0, 0, 0, 1, 0, "b.begin b.stage b.commit b.end" },
	{ 0, BACKEND_LEGACY, 0, 0, 1, 0, STAGED " a.commit b.commit" ENDED },
	{ 0, BACKEND_NFTABLES, 0, 0, 0, 1, STAGED " a.commit b.commit" ENDED },
	{ 0, 0, 0, 0, 0, 0, STAGED " a.commit b.commit" ENDED },
	{ BACKEND_LEGACY, 9, -EOPNOTSUPP, 0, 1, 0, "" },
};

static void an_edit_goes_where_its_rule_is(void **state)
{
	static const struct fake_rule there = { AF_INET, "mangle", "PREROUTING", 1, 5, 5, 0 };

	for (size_t i = 0; i < sizeof(routes) / sizeof(*routes); i++) {
		struct face *face = *state;
		struct markrule r = rule_of(routes[i].wanted, 5);
		const struct nf_edit edit = { .backend = routes[i].known,
					      .tag = 5,
					      .rule = routes[i].wanted ? &r : NULL };
		struct nf_undo *undo = NULL;
		size_t failed;

		rules(0, &there, 1);
		rules(1, &there, routes[i].copies);
		assert_int_equal(nf_commit(face->nf, &edit, 1, &failed, &undo, NULL),
				 routes[i].err);
		assert_true(failed == (routes[i].err ? 0 : SIZE_MAX));
		assert_string_equal(fake_trace, routes[i].trace);
		assert_int_equal(fakes[0].is.n, routes[i].a);
		assert_int_equal(fakes[1].is.n, routes[i].b);
		assert_int_equal(nf_undo(face->nf, undo, NULL), 0);
		assert_int_equal(fakes[0].is.n, 1);
		assert_int_equal(fakes[1].is.n, routes[i].copies);
		nf_undo_free(undo);
		assert_int_equal(teardown(state), 0);
		assert_int_equal(setup(state), 0);
	}
}

/* --- meters ---------------------------------------------------------------------------------- */

static const struct nf_meter two[] = { { .value = 1, .mask = 1 }, { .value = 2, .mask = 3 } };

static void meters_are_in_one_backend(void **state)
{
	struct face *face = *state;
	struct vec was = VEC_INIT(struct nf_meter);
	struct why why = { "" };

	assert_int_equal(nf_meters_families(face->nf, &why), 0);
	assert_string_equal(why.s, "no meters in a");
	assert_int_equal(nf_meters_set(face->nf, two, 2, &was, &why), -EOPNOTSUPP);
	fakes[0].families = 2;
	assert_int_equal(nf_meters_families(face->nf, NULL), 2);
	assert_int_equal(nf_meters_set(face->nf, two, 2, &was, &why), 0);
	assert_int_equal(fakes[0].meters, 2);
	assert_int_equal(was.n, 0);
	face->snap = again(face);
	assert_int_equal(face->snap->meters.n, 2);
	assert_true(nf_meters_right(face->nf, face->snap, two, 2));
	/* From now on they are in the other one. */
	fakes[1].families = 1;
	assert_int_equal(nf_meters_families(face->nf, NULL), 1);
	assert_false(nf_meters_right(face->nf, face->snap, two, 2));
	assert_int_equal(nf_meters_set(face->nf, two, 2, &was, &why), 0);
	assert_int_equal(was.n, 2);
	assert_int_equal(fakes[0].meters, 0);
	assert_int_equal(fakes[1].meters, 2);
	assert_ptr_equal(again(face), face->snap);
	assert_true(nf_meters_right(face->nf, face->snap, two, 2));
	fakes[0].meters_odd = true;
	assert_false(nf_meters_right(face->nf, face->snap, two, 2));
	vec_fini(&was);
}

static void meters_go_back_when_the_second_backend_fails(void **state)
{
	struct face *face = *state;
	struct vec was = VEC_INIT(struct nf_meter);
	struct why why = { "" };

	fakes[0].families = 2;
	assert_int_equal(nf_meters_set(face->nf, two, 2, &was, &why), 0);
	fakes[1].families = 1;
	fakes[1].err[FAKE_METERS_SET] = -EPERM;
	assert_int_equal(nf_meters_set(face->nf, two, 2, &was, &why), -EPERM);
	assert_string_equal(why.s, "b refuses");
	assert_int_equal(fakes[0].meters, 2);
	assert_int_equal(fakes[1].meters, 0);
	vec_fini(&was);
}

/* --- the legacy tables beside a fake ---------------------------------------------------------- */

static char *shown(void)
{
	struct text t = TEXT_INIT;

	sh_read("iptables-legacy-save -c -t mangle | grep -e -A", &t);
	return t.s ? t.s : strdup("");
}

/* The lock is held when the legacy rule is taken back in the middle of a commit, and free for everybody
 * afterwards. */
static void legacy_rules_are_undone_for_the_sake_of_another_backend(void **state)
{
	static const struct nf_backend *const mixed[] = { &ipt_backend, &fake_b };
	static const char was[] = "[1:10] -A PREROUTING -m comment --comment \"fwmark:5\""
				  " -j MARK --set-xmark 0x5/0xffffffff\n";
	struct markrule r[2] = { rule_of(BACKEND_LEGACY, 5), rule_of(BACKEND_NFTABLES, 2) };
	const struct nf_edit edits[] = { { .backend = BACKEND_LEGACY, .tag = 5, .rule = &r[0] },
					 { .rule = &r[1], .add = true } };
	const struct nf_options opt = { NULL, 100 };
	struct nf_undo *undo = NULL;
	struct why why = { "" };
	struct nf *nf;
	size_t failed;
	char *s;

	(void)state;
	need();
	env_flush();
	assert_int_equal(sh("printf '*mangle\n%sCOMMIT\n' | iptables-legacy-restore -c", was), 0);
	assert_int_equal(nf_open_with(mixed, 2, &opt, &nf), 0);
	r[0].mark = 0x55;
	fakes[1].err[FAKE_COMMIT] = -EPERM;
	assert_int_equal(nf_commit(nf, edits, 2, &failed, &undo, &why), -EPERM);
	assert_int_equal(failed, 1);
	assert_int_equal(sh("flock -n /run/xtables.lock true"), 0);
	s = shown();
	assert_string_equal(s, was);
	free(s);
	fakes[1].err[FAKE_COMMIT] = 0;
	assert_int_equal(nf_commit(nf, edits, 2, &failed, &undo, &why), 0);
	s = shown();
	assert_string_not_equal(s, was);
	free(s);
	assert_int_equal(nf_undo(nf, undo, &why), 0);
	nf_undo_free(undo);
	s = shown();
	assert_string_equal(s, was);
	free(s);
	nf_close(nf);
}

#define FACE_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FACE_TEST(two_parts_make_one_snapshot_in_order),
		FACE_TEST(a_part_alone_is_the_snapshot),
		FACE_TEST(counters_alone_are_taken_over),
		FACE_TEST(a_part_that_stays_is_in_both_snapshots),
		FACE_TEST(a_part_that_cannot_be_read_leaves_the_old_snapshot),
		FACE_TEST(questions_go_to_the_backend_of_the_rule),
		FACE_TEST(a_commit_is_all_or_nothing_over_both),
		FACE_TEST(who_is_late_all_the_time_gives_up),
		FACE_TEST(undo_goes_on_after_a_failure),
		FACE_TEST(an_edit_goes_where_its_rule_is),
		FACE_TEST(meters_are_in_one_backend),
		FACE_TEST(meters_go_back_when_the_second_backend_fails),
		FACE_TEST(legacy_rules_are_undone_for_the_sake_of_another_backend),
	};
	int failed;

	env_enter();
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	env_leave();
	return failed;
}
