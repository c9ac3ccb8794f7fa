/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rules of tests/data: their text against iptables-legacy-save, and there and back again
 * through the columns. */
#include "nf_env.h"

#include <sys/socket.h>

static const struct side {
	int family;
	const char *program;
} sides[] = {
	{ AF_INET, "iptables" },
	{ AF_INET6, "ip6tables" },
};

static void load_corpus(const struct side *s)
{
	const char *dir = getenv("srcdir");

	sh("TOP_SRCDIR='%s'; . \"$TOP_SRCDIR/tests/netns/rules.sh\"; load_corpus %c",
	   dir ? dir : ".", s->family == AF_INET ? '4' : '6');
}

/* Is this line of iptables-save a mark rule? */
static bool line_is_mark(const char *line)
{
	return strncmp(line, "-A ", 3) == 0 &&
	       (strstr(line, " -j MARK ") || strstr(line, " -j CONNMARK "));
}

/* Every line of the oracle, in its order, is the text of the next entry of that table. */
static size_t compare_table(const struct side *s, const char *table, const struct nf_snap *snap)
{
	struct text all = TEXT_INIT, text = TEXT_INIT;
	char cmd[128], *line, *save = NULL;
	size_t n = 0, at = 0;

	snprintf(cmd, sizeof(cmd), "%s-legacy-save -t %s", s->program, table);
	sh_read(cmd, &all);
	for (line = strtok_r(all.s, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		const struct nf_entry *e;

		if (!line_is_mark(line))
			continue;
		for (;; at++) {
			assert_true(at < snap->entries.n);
			e = vec_at(&snap->entries, at);
			if (env_chain(snap, e)->family == s->family &&
			    strcmp(env_chain(snap, e)->table, table) == 0)
				break;
		}
		text_reset(&text);
		assert_int_equal(nf_text(env.nf, snap, e, &text), 0);
		assert_string_equal(text_str(&text), line);
		at++;
		n++;
	}
	text_fini(&all);
	text_fini(&text);
	return n;
}

static void text_is_that_of_iptables_save(void **state)
{
	static const char *const tables[] = { "raw", "mangle", "nat", "filter", "security" };
	struct nf_snap *snap;
	size_t n = 0;

	(void)state;
	need();
	load_corpus(&sides[0]);
	load_corpus(&sides[1]);
	snap = env_read();
	for (size_t i = 0; i < 2; i++)
		for (size_t j = 0; j < 5; j++)
			n += compare_table(&sides[i], tables[j], snap);
	assert_int_equal(n, snap->entries.n);
	assert_true(n > 400);
	nf_snap_free(snap);
}

/* Takes the comment match that became the description out of a line. */
static void without_comment(char *line, const char *description)
{
	char want[512] = " -m comment --comment ", *at = want + strlen(want);
	bool plain = strspn(description, "_-0123456789abcdefghijklmnopqrstuvwxyz"
					 "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == strlen(description);

	if (!*description)
		return;
	if (!plain)
		*at++ = '"';
	for (const char *c = description; *c; c++) {
		if (strchr("\"\\'", *c))
			*at++ = '\\';
		*at++ = *c;
	}
	if (!plain)
		*at++ = '"';
	*at = '\0';
	at = strstr(line, want);
	assert_non_null(at);
	memmove(at, at + strlen(want), strlen(at + strlen(want)) + 1);
}

/* A rule that goes into the chain "trip" a second time. */
struct trip {
	struct markrule rule; /* owns its matches */
	char *line;	      /* of the first one, without chain and description */
};

static char *trip_line(const struct nf_snap *snap, const struct nf_entry *e,
		       const struct markrule *r)
{
	struct text text = TEXT_INIT;
	char *line;

	assert_int_equal(nf_text(env.nf, snap, e, &text), 0);
	line = strdup(text_str(&text) + strlen("-A ") + strlen(r->chain));
	assert_non_null(line);
	without_comment(line, r->description);
	text_fini(&text);
	return line;
}

/* Columns and lines of everything that can be written. */
static void trips_pack(struct vec *trips)
{
	struct nf_snap *snap = env_read();

	for (size_t i = 0; i < snap->entries.n; i++) {
		const struct nf_entry *e = vec_at(&snap->entries, i);
		struct markrule r;
		struct trip *t;

		assert_int_equal(nf_decode(env.nf, snap, e, &r), 0);
		if (r.target == MARKRULE_OTHER)
			continue;
		t = vec_push(trips);
		assert_non_null(t);
		t->line = trip_line(snap, e, &r);
		t->rule = r;
		t->rule.matches = strdup(r.matches);
		t->rule.position = 0;
		strcpy(t->rule.chain, "trip");
	}
	nf_snap_free(snap);
}

static struct nf_undo *trips_go(const struct vec *trips)
{
	struct vec edits = VEC_INIT(struct nf_edit);
	struct nf_undo *undo = NULL;
	struct why why = { "" };
	size_t failed;

	for (size_t i = 0; i < trips->n; i++) {
		struct nf_edit *edit = vec_push(&edits);

		assert_non_null(edit);
		edit->rule = &((struct trip *)vec_at(trips, i))->rule;
		edit->add = true;
	}
	if (nf_commit(env.nf, edits.data, edits.n, &failed, &undo, &why) < 0)
		fail_msg("rule %zu: %s", failed, why.s);
	vec_fini(&edits);
	return undo;
}

/* Returns: how many rules the chains "trip" have; each must be what went in. */
static size_t trips_compare(const struct vec *trips)
{
	struct nf_snap *snap = env_read();
	size_t n = 0;

	for (size_t i = 0; i < snap->entries.n; i++) {
		const struct nf_entry *e = vec_at(&snap->entries, i);
		const struct trip *t;
		struct markrule r;
		char *line;

		if (strcmp(env_chain(snap, e)->chain, "trip") != 0)
			continue;
		assert_true(n < trips->n);
		t = vec_at(trips, n++);
		assert_int_equal(nf_decode(env.nf, snap, e, &r), 0);
		line = trip_line(snap, e, &r);
		assert_string_equal(line, t->line);
		assert_string_equal(r.matches, t->rule.matches);
		assert_string_equal(r.description, t->rule.description);
		assert_int_equal(r.invert, t->rule.invert);
		assert_int_equal(r.match_mask, t->rule.match_mask);
		free(line);
	}
	nf_snap_free(snap);
	return n;
}

/* Everything that nf_decode() gives goes into a second rule; both must be the same. */
static void columns_and_matches_lose_nothing(void **state)
{
	struct vec trips = VEC_INIT(struct trip);
	struct nf_undo *undo;

	(void)state;
	need();
	for (size_t i = 0; i < 2; i++) {
		load_corpus(&sides[i]);
		sh("for t in raw mangle nat filter security; do %s-legacy -t $t -N trip; done",
		   sides[i].program);
	}
	trips_pack(&trips);
	assert_true(trips.n > 400);
	undo = trips_go(&trips);
	assert_int_equal(trips_compare(&trips), trips.n);
	assert_int_equal(nf_undo(env.nf, undo, NULL), 0);
	assert_int_equal(trips_compare(&trips), 0);
	nf_undo_free(undo);
	for (size_t i = 0; i < trips.n; i++) {
		struct trip *t = vec_at(&trips, i);

		free((char *)t->rule.matches);
		free(t->line);
	}
	vec_fini(&trips);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(text_is_that_of_iptables_save, env_setup),
		cmocka_unit_test_setup(columns_and_matches_lose_nothing, env_setup),
	};
	int failed;

	env_enter();
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	env_leave();
	return failed;
}
