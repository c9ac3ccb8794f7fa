/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading mark rules from the kernel: iptables-legacy-save is the oracle. */
#include "nf_env.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>

#include "base/clock.h"

static struct env env;

static const struct side {
	int family;
	const char *program, *rules;
} sides[] = {
	{ AF_INET, "iptables", "rules4.txt" },
	{ AF_INET6, "ip6tables", "rules6.txt" },
};

/* Feeds the corpus, all at once or, when this kernel does not know all of it, line by line. */
static void load_corpus(const struct side *s)
{
	const char *dir = getenv("srcdir");
	char path[4096], line[4096], table[64] = "";
	FILE *f;

	snprintf(path, sizeof(path), "%s/tests/data/%s", dir ? dir : ".", s->rules);
	sh("sed -n 's/^#! //p' '%s' | sh >/dev/null 2>&1", path);
	if (sh("%s-legacy-restore '%s' 2>/dev/null", s->program, path) == 0)
		return;
	f = fopen(path, "re");
	assert_non_null(f);
	while (fgets(line, sizeof(line), f)) {
		FILE *to;

		if (line[0] == '*')
			snprintf(table, sizeof(table), "%.60s", line);
		if (line[0] != '-' && line[0] != ':')
			continue;
		snprintf(path, sizeof(path), "%s-legacy-restore --noflush 2>/dev/null", s->program);
		to = popen(path, "we");
		assert_non_null(to);
		fprintf(to, "%s%sCOMMIT\n", table, line);
		pclose(to);
	}
	fclose(f);
}

static int setup(void **state)
{
	*state = NULL;
	if (env.ready)
		env_flush();
	return 0;
}

static void need(void)
{
	if (!env.ready)
		skip();
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
	snap = env_read(&env);
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

static bool trip_wanted(const struct nf_entry *e, struct nf_snap *snap, struct markrule *r)
{
	assert_int_equal(nf_decode(env.nf, snap, e, r), 0);
	return r->target != MARKRULE_OTHER && strcmp(r->chain, "trip") != 0;
}

/* The line of an entry without its chain and its description. */
static char *trip_line(const struct nf_snap *snap, const struct nf_entry *e)
{
	struct text text = TEXT_INIT;
	struct markrule r;
	char *line;

	assert_int_equal(nf_decode(env.nf, snap, e, &r), 0);
	assert_int_equal(nf_text(env.nf, snap, e, &text), 0);
	line = strdup(text_str(&text) + strlen("-A ") + strlen(r.chain));
	assert_non_null(line);
	without_comment(line, r.description);
	text_fini(&text);
	return line;
}

/* Everything that nf_decode() gives goes into a second rule; both must be the same. */
static void columns_and_matches_lose_nothing(void **state)
{
	struct vec rules = VEC_INIT(struct markrule), edits = VEC_INIT(struct nf_edit);
	struct vec lines = VEC_INIT(char *);
	struct nf_undo *undo = NULL;
	struct nf_snap *snap;
	struct why why = { "" };
	size_t failed, i = 0;

	(void)state;
	need();
	for (i = 0; i < 2; i++) {
		load_corpus(&sides[i]);
		sh("for t in raw mangle nat filter security; do %s-legacy -t $t -N trip; done",
		   sides[i].program);
	}
	snap = env_read(&env);
	for (i = 0; i < snap->entries.n; i++) {
		const struct nf_entry *e = vec_at(&snap->entries, i);
		struct markrule r, *kept;
		char **line;

		if (!trip_wanted(e, snap, &r))
			continue;
		line = vec_push(&lines);
		kept = vec_push(&rules);
		assert_non_null(line);
		assert_non_null(kept);
		*line = trip_line(snap, e);
		assert_int_equal(nf_decode(env.nf, snap, e, &r), 0);
		*kept = r;
		kept->matches = strdup(r.matches);
		kept->position = 0;
		strcpy(kept->chain, "trip");
	}
	for (i = 0; i < rules.n; i++) {
		struct nf_edit *edit = vec_push(&edits);

		assert_non_null(edit);
		edit->rule = vec_at(&rules, i);
		edit->add = true;
	}
	if (nf_commit(env.nf, edits.data, edits.n, &failed, &undo, &why) < 0) {
		const struct markrule *r = failed < rules.n ? vec_at(&rules, failed) : NULL;

		fail_msg("%s: %s", why.s, r ? r->matches : "");
	}
	nf_snap_free(snap);
	snap = env_read(&env);
	for (size_t n = i = 0; i < snap->entries.n; i++) {
		const struct nf_entry *e = vec_at(&snap->entries, i);
		const struct markrule *want;
		struct markrule r;
		char *line, *old;

		if (strcmp(env_chain(snap, e)->chain, "trip") != 0)
			continue;
		assert_true(n < rules.n);
		want = vec_at(&rules, n);
		old = *(char **)vec_at(&lines, n++);
		line = trip_line(snap, e);
		assert_string_equal(line, old);
		assert_int_equal(nf_decode(env.nf, snap, e, &r), 0);
		assert_string_equal(r.description, want->description);
		assert_int_equal(r.invert, want->invert);
		assert_int_equal(r.match_mask, want->match_mask);
		free(line);
	}
	nf_snap_free(snap);
	assert_int_equal(nf_undo(env.nf, undo, &why), 0);
	nf_undo_free(undo);
	snap = env_read(&env);
	for (i = 0; i < snap->entries.n; i++)
		assert_string_not_equal(env_chain(snap, vec_at(&snap->entries, i))->chain, "trip");
	nf_snap_free(snap);
	for (i = 0; i < rules.n; i++) {
		free((char *)((struct markrule *)vec_at(&rules, i))->matches);
		free(*(char **)vec_at(&lines, i));
	}
	vec_fini(&rules);
	vec_fini(&edits);
	vec_fini(&lines);
}

/* One line of iptables, and the columns that it becomes. */
static const struct {
	const char *line, *matches, *description;
	uint16_t dport_from, dport_to;
	uint32_t match_mask, invert;
	uint8_t target;
	uint32_t mark, mask, ctmask;
} decodes[] = {
	{ "-i eth0 -p tcp --dport 25 -j MARK --set-mark 1", "", "", 25, 25, 0, 0, MARKRULE_MARK, 1,
	  UINT32_MAX, UINT32_MAX },
	{ "! -s 192.0.2.1 -j MARK --or-mark 0x10", "", "", 0, 65535, 0, INVERT_SRC, MARKRULE_MARK,
	  0x10, 0x10, UINT32_MAX },
	{ "-p tcp -m conntrack --ctstate NEW ! --dport 1:9 -j MARK --set-mark 1",
	  "-m conntrack --ctstate NEW -m tcp", "", 1, 9, 0, INVERT_DPORT, MARKRULE_MARK, 1,
	  UINT32_MAX, UINT32_MAX },
	{ "-m comment --comment \"a b\" -p udp --dport 53 -j MARK --set-mark 0", "", "a b", 53, 53,
	  0, 0, MARKRULE_MARK, 0, UINT32_MAX, UINT32_MAX },
	{ "-m mark --mark 0/0xff -m comment --comment \"fwmark:7 seven\" -j MARK --set-mark 7", "",
	  "seven", 0, 65535, 0xff, 0, MARKRULE_MARK, 7, UINT32_MAX, UINT32_MAX },
	{ "-s 10.0.0.0/255.0.255.0 -f -j MARK --set-mark 1", "-s 10.0.0.0/255.0.255.0 -f", "", 0,
	  65535, 0, 0, MARKRULE_MARK, 1, UINT32_MAX, UINT32_MAX },
	{ "-j CONNMARK --set-xmark 5/0xf", "", "", 0, 65535, 0, 0, MARKRULE_CONNMARK_SET, 5, 0xf,
	  UINT32_MAX },
	{ "-j CONNMARK --save-mark --nfmask 0xff --ctmask 0xff00", "", "", 0, 65535, 0, 0,
	  MARKRULE_CONNMARK_SAVE, 0, 0xff, 0xff00 },
	{ "-j CONNMARK --restore-mark", "", "", 0, 65535, 0, 0, MARKRULE_CONNMARK_RESTORE, 0,
	  UINT32_MAX, UINT32_MAX },
	{ "-j CONNMARK --restore-mark --left-shift-mark 4", "", "", 0, 65535, 0, 0, MARKRULE_OTHER,
	  0, UINT32_MAX, UINT32_MAX },
	{ "-p udplite -m multiport --dports 5:6 -j MARK --set-mark 1", "", "", 5, 6, 0, 0,
	  MARKRULE_MARK, 1, UINT32_MAX, UINT32_MAX },
	{ "-m tos --tos 1/0 -j MARK --set-mark 1", "-m tos --tos 0x01/0x00", "", 0, 65535, 0, 0,
	  MARKRULE_MARK, 1, UINT32_MAX, UINT32_MAX },
};

static void columns_are_what_the_line_says(void **state)
{
	struct nf_snap *snap;

	(void)state;
	need();
	for (size_t i = 0; i < sizeof(decodes) / sizeof(*decodes); i++) {
		struct markrule r;

		assert_int_equal(sh("iptables-legacy -t mangle -F PREROUTING;"
				    "iptables-legacy -t mangle -A PREROUTING %s",
				    decodes[i].line),
				 0);
		snap = env_read(&env);
		assert_int_equal(snap->entries.n, 1);
		assert_int_equal(nf_decode(env.nf, snap, vec_at(&snap->entries, 0), &r), 0);
		assert_string_equal(r.matches, decodes[i].matches);
		assert_string_equal(r.description, decodes[i].description);
		assert_int_equal(r.dport_from, decodes[i].dport_from);
		assert_int_equal(r.dport_to, decodes[i].dport_to);
		assert_int_equal(r.match_mask, decodes[i].match_mask);
		assert_int_equal(r.invert, decodes[i].invert);
		assert_int_equal(r.target, decodes[i].target);
		assert_int_equal(r.mark, decodes[i].mark);
		assert_int_equal(r.mask, decodes[i].mask);
		assert_int_equal(r.ctmask, decodes[i].ctmask);
		nf_snap_free(snap);
	}
}

static void reading_loads_no_table(void **state)
{
	struct text before = TEXT_INIT, after = TEXT_INIT;
	const char *cmd = "cat /proc/net/ip_tables_names /proc/net/ip6_tables_names";
	struct nf_snap *snap;
	struct markrule r;

	(void)state;
	need();
	sh_read(cmd, &before);
	snap = env_read(&env);
	nf_snap_free(snap);
	nf_probe(env.nf);
	markrule_init(&r);
	strcpy(r.table, "security");
	strcpy(r.chain, "INPUT");
	assert_int_equal(nf_check(env.nf, &r, NULL, NULL), 0);
	sh_read(cmd, &after);
	assert_string_equal(text_str(&after), text_str(&before));
	text_fini(&before);
	text_fini(&after);
}

static void hooks_follow_jumps_and_gotos(void **state)
{
	static const struct {
		uint32_t mark;
		uint8_t hooks;
		bool routing;
	} want[] = {
		{ 1, HOOK_PREROUTING | HOOK_FORWARD, true },
		{ 2, HOOK_PREROUTING | HOOK_FORWARD | HOOK_POSTROUTING, true },
		{ 3, 0, false },
		{ 4, HOOK_POSTROUTING, false },
		{ 5, HOOK_OUTPUT, true },
		{ 6, HOOK_OUTPUT, false },
		{ 7, HOOK_PREROUTING, true },
	};
	struct nf_snap *snap;

	(void)state;
	need();
	assert_int_equal(sh("iptables-legacy-restore <<EOF\n"
			    "*mangle\n:a -\n:b -\n:lost -\n:z -\n"
			    "-A PREROUTING -j a\n-A FORWARD -g a\n-A a -g b\n"
			    "-A a -j MARK --set-mark 1\n-A b -j MARK --set-mark 2\n"
			    "-A lost -j MARK --set-mark 3\n"
			    "-A POSTROUTING -j MARK --set-mark 4\n-A POSTROUTING -j z\n-A z -j b\n"
			    "-A OUTPUT -j MARK --set-mark 5\nCOMMIT\n"
			    "*nat\n-A OUTPUT -j MARK --set-mark 6\n"
			    "-A PREROUTING -j MARK --set-mark 7\nCOMMIT\nEOF\n"),
			 0);
	snap = env_read(&env);
	assert_int_equal(snap->entries.n, 7);
	for (size_t i = 0; i < snap->entries.n; i++) {
		struct markrule r;

		assert_int_equal(nf_decode(env.nf, snap, vec_at(&snap->entries, i), &r), 0);
		assert_int_equal(r.hooks, want[r.mark - 1].hooks);
		assert_int_equal(r.routing, want[r.mark - 1].routing);
	}
	nf_snap_free(snap);
}

static void hash_stays_with_the_rule(void **state)
{
	static const char *const steps[] = {
		"iptables-legacy -t mangle -I PREROUTING -p icmp -j MARK --set-mark 77",
		"iptables-legacy -t mangle -A PREROUTING -j ACCEPT",
		"iptables-legacy-save -t mangle >/run/saved; iptables-legacy -t mangle -F;"
		"iptables-legacy-restore </run/saved",
		/* Another number for the set, and counters. */
		"iptables-legacy-save -c -t mangle | sed 's/^.0:0./[7:9]/' >/run/saved;"
		"iptables-legacy -t mangle -F; ipset create other hash:ip; ipset swap other kept;"
		"ipset destroy other; ipset destroy kept; ipset create o2 hash:ip;"
		"ipset create kept hash:ip; iptables-legacy-restore -c </run/saved",
	};
	uint64_t seen[3];
	struct nf_snap *snap;

	(void)state;
	need();
	sh("ipset create kept hash:ip 2>/dev/null");
	assert_int_equal(sh("iptables-legacy -t mangle -A PREROUTING -m set --match-set kept src"
			    " -j MARK --set-mark 1;"
			    "iptables-legacy -t mangle -A PREROUTING -m limit --limit 1/s"
			    " -j MARK --set-mark 2;"
			    "iptables-legacy -t mangle -A PREROUTING -m connlabel --label 3"
			    " -j MARK --set-mark 3"),
			 0);
	for (size_t i = 0; i <= sizeof(steps) / sizeof(*steps); i++) {
		snap = env_read(&env);
		for (size_t j = 0; j < snap->entries.n; j++) {
			const struct nf_entry *e = vec_at(&snap->entries, j);
			struct markrule r;

			assert_int_equal(nf_decode(env.nf, snap, e, &r), 0);
			if (r.mark > 3)
				continue;
			if (i == 0)
				seen[r.mark - 1] = e->hash;
			assert_true(seen[r.mark - 1] == e->hash);
		}
		nf_snap_free(snap);
		if (i < sizeof(steps) / sizeof(*steps))
			assert_int_equal(sh("%s", steps[i]), 0);
	}
	assert_true(seen[0] != seen[1] && seen[1] != seen[2]);
}

static void a_read_waits_for_the_lock_and_gives_up(void **state)
{
	const struct nf_options soon = { NULL, 100 }, normal = { NULL, ENV_WAIT_MS };
	struct nf_snap *snap = NULL;
	struct why why;
	uint64_t start;
	int fd;

	(void)state;
	need();
	fd = open("/run/xtables.lock", O_RDONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	nf_set_options(env.nf, &soon);
	start = clock_ms();
	assert_int_equal(nf_read(env.nf, &snap, &why), -EAGAIN);
	assert_in_range(clock_ms() - start, 90, 400);
	close(fd);
	assert_int_equal(nf_read(env.nf, &snap, &why), 0);
	nf_snap_free(snap);
	nf_set_options(env.nf, &normal);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(text_is_that_of_iptables_save, setup),
		cmocka_unit_test_setup(columns_and_matches_lose_nothing, setup),
		cmocka_unit_test_setup(columns_are_what_the_line_says, setup),
		cmocka_unit_test_setup(reading_loads_no_table, setup),
		cmocka_unit_test_setup(hooks_follow_jumps_and_gotos, setup),
		cmocka_unit_test_setup(hash_stays_with_the_rule, setup),
		cmocka_unit_test_setup(a_read_waits_for_the_lock_and_gives_up, setup),
	};
	int failed;

	env_enter(&env);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	env_leave(&env);
	return failed;
}
