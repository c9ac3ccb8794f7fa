/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading mark rules from the kernel: columns, hooks, identity, the lock. */
#include "nf_env.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/socket.h>

#include "base/clock.h"

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
		snap = env_read();
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
	snap = env_read();
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
	snap = env_read();
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
		snap = env_read();
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
	assert_int_equal(nf_read(env.nf, NULL, &snap, &why), -EAGAIN);
	assert_in_range(clock_ms() - start, 90, 400);
	close(fd);
	assert_int_equal(nf_read(env.nf, NULL, &snap, &why), 0);
	nf_snap_free(snap);
	nf_set_options(env.nf, &normal);
}

static void others_are_noticed(void **state)
{
	struct pollfd p = { .events = POLLIN };
	struct nf_snap *snap = NULL;
	struct why why;
	int fd;

	(void)state;
	need();
	p.fd = nf_watch_fd(env.nf);
	/* The agent itself is nobody else; nor is one that has the file open already. */
	assert_int_equal(nf_read(env.nf, NULL, &snap, &why), 0);
	nf_notices(env.nf);
	assert_int_equal(nf_read(env.nf, snap, &snap, &why), 0);
	assert_int_equal(poll(&p, 1, 0), 0);
	assert_int_equal(nf_notices(env.nf), 0);
	fd = open("/run/xtables.lock", O_RDONLY | O_CLOEXEC);
	assert_int_equal(poll(&p, 1, 0), 1);
	assert_int_equal(nf_notices(env.nf), NF_BEGINS);
	close(fd);
	assert_int_equal(nf_notices(env.nf), NF_CHANGED);
	assert_int_equal(poll(&p, 1, 0), 0);
	/* Somebody removes the lock, and iptables makes it again. */
	unlink("/run/xtables.lock");
	assert_int_equal(sh("iptables-legacy -t mangle -N other"), 0);
	assert_true(nf_notices(env.nf) & NF_CHANGED);
	assert_int_equal(sh("iptables-legacy -t mangle -X other"), 0);
	assert_int_equal(nf_notices(env.nf), NF_BEGINS | NF_CHANGED);
	nf_snap_free(snap);
}

static uint64_t packets(const struct nf_snap *snap)
{
	return ((struct nf_entry *)vec_at(&snap->entries, 0))->packets;
}

static void counters_are_taken_without_the_lock(void **state)
{
	static const char rule[] = "iptables-legacy -t mangle %s -c %d 84"
				   " -p icmp -j MARK --set-mark 1";
	struct nf_snap *snap = NULL;
	struct why why;
	int fd;

	(void)state;
	need();
	assert_int_equal(sh(rule, "-A OUTPUT", 3), 0);
	assert_int_equal(nf_read(env.nf, NULL, &snap, &why), 0);
	assert_int_equal(packets(snap), 3);
	assert_int_equal(sh(rule, "-R OUTPUT 1", 5), 0);
	fd = open("/run/xtables.lock", O_RDONLY | O_CLOEXEC);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	assert_int_equal(nf_recount(env.nf, snap), 0);
	assert_int_equal(packets(snap), 5);
	close(fd);
	/* In the middle of a change, counters are 0. */
	assert_int_equal(sh("iptables-legacy -t mangle -Z"), 0);
	assert_int_equal(nf_recount(env.nf, snap), -EAGAIN);
	assert_int_equal(packets(snap), 5);
	assert_int_equal(sh("iptables-legacy -t mangle -A OUTPUT -j MARK --set-mark 2"), 0);
	assert_int_equal(nf_recount(env.nf, snap), -EAGAIN);
	nf_snap_free(snap);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(columns_are_what_the_line_says, env_setup),
		cmocka_unit_test_setup(reading_loads_no_table, env_setup),
		cmocka_unit_test_setup(hooks_follow_jumps_and_gotos, env_setup),
		cmocka_unit_test_setup(hash_stays_with_the_rule, env_setup),
		cmocka_unit_test_setup(a_read_waits_for_the_lock_and_gives_up, env_setup),
		cmocka_unit_test_setup(others_are_noticed, env_setup),
		cmocka_unit_test_setup(counters_are_taken_without_the_lock, env_setup),
	};
	int failed;

	env_enter();
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	env_leave();
	return failed;
}
