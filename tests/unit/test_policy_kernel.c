/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Policies in a kernel, in a namespace: `ip rule` and the kernel's own dump are the oracle. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "churn.h"
#include "netns.h"
#include "routing/policy_nl.h"
#include "routing/rt_names.h"

static struct rtnl *nl;
static struct vec rules = VEC_INIT(struct policy);
static unsigned caps;

static int keep(const struct policy *p, void *arg)
{
	struct policy *place = vec_push(arg);

	if (!place)
		return -ENOMEM;
	*place = *p;
	return 0;
}

static void forget(void *arg)
{
	vec_clear(arg);
}

static const struct policy *rule(size_t i)
{
	return vec_at(&rules, i);
}

static void dump(int family)
{
	assert_int_equal(policy_nl_dump(nl, family, keep, forget, &rules), 0);
}

static size_t count(const struct policy *p)
{
	size_t n = 0;

	dump(p->family);
	for (size_t i = 0; i < rules.n; i++)
		n += policy_same(rule(i), p);
	return n;
}

static void run(const char *command)
{
	if (system(command))
		fail_msg("%s", command);
}

/* Every test starts with the three rules of a new namespace. */
static int fresh(void **state)
{
	(void)state;
	/* A flush of many leaves some: it deletes beside its own dump. */
	run("for v in -4 -6; do while ip $v rule | grep -q '^[1-9]'; do ip $v rule flush; done; while ip $v rule del pref 0 2>/dev/null; do :; done;"
	    " ip $v rule add pref 0 table local; ip $v rule add pref 32766 table main; done;"
	    " ip rule add pref 32767 table default");
	return 0;
}

/* A line of `ip rule` for each policy, in the same order. */
static void compare_with_ip(int family)
{
	FILE *ip = popen(family == AF_INET ? "ip -4 rule show" : "ip -6 rule show", "r");
	struct rt_names names = RT_NAMES_INIT;
	struct text text = TEXT_INIT;
	char line[1024];

	assert_non_null(ip);
	assert_int_equal(rt_names_read(&names), 0);
	dump(family);
	for (size_t i = 0; i < rules.n; i++) {
		assert_non_null(fgets(line, sizeof(line), ip));
		line[strcspn(line, "\n")] = '\0';
		text_reset(&text);
		policy_text(rule(i), &names, &text);
		assert_string_equal(text_str(&text), line);
	}
	assert_null(fgets(line, sizeof(line), ip));
	pclose(ip);
	text_fini(&text);
	rt_names_fini(&names);
}

static unsigned pick(unsigned n)
{
	return (unsigned)rand() % n;
}

static void pick_prefix(struct prefix *out, int family)
{
	static const char *const v4[] = { "192.0.2.0/24", "10.0.0.1", "0.0.0.0/1", "128.0.0.0/2" };
	static const char *const v6[] = { "2001:db8::/32", "::1", "::/1", "fe80::/10" };

	assert_int_equal(prefix_parse(family == AF_INET ? v4[pick(4)] : v6[pick(4)], out), 0);
}

static void pick_action(struct policy *p)
{
	static const uint8_t actions[] = { POLICY_GOTO, POLICY_NOP, POLICY_BLACKHOLE,
					   POLICY_UNREACHABLE, POLICY_PROHIBIT };
	static const uint32_t fibs[] = { 253, 254, 255, 1, 201, 51820, 1836018789, 4000000000 };

	p->fib = fibs[pick(8)];
	if (pick(2))
		return;
	p->action = actions[pick(5)];
	if (pick(2))
		p->fib = 0;
	if (p->action == POLICY_GOTO)
		p->goto_priority = pick(2) ? 32766 : 30000;
}

/* Any mixture of selectors that iproute2 6.1 prints. */
static void pick_policy(struct policy *p, uint8_t family, uint32_t priority)
{
	policy_init(p);
	p->family = family;
	p->priority = priority;
	pick_action(p);
	p->invert = !pick(4);
	if (!pick(3))
		pick_prefix(&p->src, family);
	if (!pick(3))
		pick_prefix(&p->dst, family);
	if (!pick(3))
		p->tos = family == AF_INET ? (uint8_t)(4 * pick(8)) : (uint8_t)(4 * pick(64));
	if (!pick(2)) {
		p->mask = pick(2) ? UINT32_MAX : 0xff00;
		p->mark = pick(3) ? (uint32_t)rand() & p->mask : 0;
	}
	strcpy(p->iif, pick(4) ? "" : pick(2) ? "lo" : "eth9");
	strcpy(p->oif, pick(4) ? "" : pick(2) ? "lo" : "eth9");
	if (!pick(6) && p->action == POLICY_LOOKUP) {
		p->l3mdev = true;
		p->fib = 0;
	}
	if (!pick(4)) {
		p->uid_from = pick(2000);
		p->uid_to = p->uid_from + pick(3);
	}
	if (!pick(3))
		p->protocol = (uint8_t)pick(256);
	if (!pick(3)) {
		p->sport_from = (uint16_t)(1 + pick(1000));
		p->sport_to = (uint16_t)(p->sport_from + pick(2));
	}
	if (!pick(3))
		p->dport_from = p->dport_to = (uint16_t)(1 + pick(65534));
	if (!pick(4))
		p->tunnel[pick(8)] = (uint8_t)(1 + pick(255));
	if (!pick(4))
		p->suppress_prefixlen = (int32_t)pick(33);
	if (!pick(4))
		p->suppress_group = (int32_t)pick(3);
	if (!pick(4) && family == AF_INET)
		p->realms = pick(3) << 16 | (1 + pick(300));
	if (!pick(2))
		p->route_protocol = (uint8_t)pick(256);
}

static void check_valid(const struct policy *p)
{
	struct why why = { "" };
	unsigned column = 0;

	if (policy_check(p, &column, &why))
		fail_msg("column %u: %s", column, why.s);
}

/* A few hundred of each family: what the model allows the kernel takes; what was asked for is
 * what is there; the text is that of ip(8); and each can be taken away. */
static void mixtures_match_ip(void **state)
{
	static const uint8_t families[] = { AF_INET, AF_INET6 };
	enum { N = 400 };
	static struct policy all[N];

	(void)state;
	srand(1);
	for (size_t f = 0; f < sizeof(families); f++) {
		struct policy_held *held = f ? policy_held_new() : NULL;

		for (uint32_t i = 0; i < N; i++) {
			struct why why = { "" };

			pick_policy(&all[i], families[f], 1000 + i / 2);
			check_valid(&all[i]);
			if (policy_nl_add(nl, held, &all[i], &why))
				fail_msg("policy %u: %s", i, why.s);
			assert_int_equal(count(&all[i]), 1);
		}
		compare_with_ip(families[f]);
		for (uint32_t i = 0; i < N; i++) {
			struct why why = { "" };
			size_t had;

			dump(families[f]);
			had = rules.n;
			if (policy_nl_del(nl, held, &all[i], &why))
				fail_msg("policy %u: %s", i, why.s);
			assert_int_equal(count(&all[i]), 0);
			assert_int_equal(rules.n, had - 1);
		}
		assert_int_equal(rules.n, families[f] == AF_INET ? 3 : 2);
		policy_held_free(held);
	}
}

/* As other programs write them. */
static void foreign_rules_match_ip(void **state)
{
	static const char *const adds[] = {
		"fwmark 0/0xff table 100",
		"fwmark 1/0 table 100",
		"from 10.1.2.3/8 table 100",
		"not fwmark 51820 table 51820",
		"table main suppress_prefixlength 0",
		"pref 0 fwmark 1 table 100",
		"pref 2061 fwmark 0x3d00/0x3f00 blackhole",
		"pref 10 unreachable table 77",
		"pref 11 type multicast",
		"pref 12 realms 5/0",
		"pref 13 l3mdev protocol kernel",
		"pref 14 goto 14000 protocol static",
		"pref 15 tos 0x10 ipproto 99",
		"pref 16 dport 1-100 ipproto tcp",
	};
	char command[200];

	(void)state;
	for (size_t i = 0; i < sizeof(adds) / sizeof(*adds); i++) {
		snprintf(command, sizeof(command), "ip rule add %s", adds[i]);
		run(command);
	}
	compare_with_ip(AF_INET);
	for (;;) {
		struct policy middle;
		size_t left;

		dump(AF_INET);
		left = rules.n;
		if (!left)
			break;
		middle = *rule(left / 2); /* its place is filled anew below */
		assert_int_equal(policy_nl_del(nl, NULL, &middle, NULL), 0);
		dump(AF_INET);
		assert_int_equal(rules.n, left - 1);
	}
}

#define ADD(p) assert_int_equal(policy_nl_add(nl, NULL, p, NULL), 0)

static struct policy plain(uint32_t priority)
{
	struct policy p;

	policy_init(&p);
	p.priority = priority;
	p.fib = 100;
	p.route_protocol = 200;
	return p;
}

static void the_same_twice_is_refused(void **state)
{
	struct policy p = plain(500);
	struct why why = { "" };

	(void)state;
	ADD(&p);
	assert_int_equal(policy_nl_add(nl, NULL, &p, &why), -EEXIST);
	assert_true(why.s[0]);
	assert_int_equal(policy_nl_del(nl, NULL, &p, &why), 0);
	assert_int_equal(policy_nl_del(nl, NULL, &p, &why), -ENOENT);
}

/* Pairs of which the kernel takes the second for the first when it is added (EEXIST), or deletes
 * the first when the second is meant. */
static void wildcards_of_the_kernel_hit_nobody_else(void **state)
{
	(void)state;
#define NARROW(...)                                                                                \
	do {                                                                                       \
		struct policy first = plain(500), second = plain(500), third = plain(500);         \
		struct policy *p = &first;                                                         \
		struct why why = { "" };                                                           \
                                                                                                   \
		__VA_ARGS__;                                                                       \
		third.mark = 77;                                                                   \
		ADD(&first);                                                                       \
		if (policy_nl_add(nl, NULL, &second, &why))                                        \
			fail_msg("%s: %s", #__VA_ARGS__, why.s);                                   \
		ADD(&third);                                                                       \
		if (policy_nl_del(nl, NULL, &second, &why))                                        \
			fail_msg("%s: %s", #__VA_ARGS__, why.s);                                   \
		assert_int_equal(count(&second), 0);                                               \
		assert_int_equal(rules.n, 5);                                                      \
		assert_true(policy_same(rule(1), &first));                                         \
		assert_true(policy_same(rule(2), &third));                                         \
		assert_int_equal(policy_nl_del(nl, NULL, &first, NULL), 0);                        \
		assert_int_equal(policy_nl_del(nl, NULL, &third, NULL), 0);                        \
	} while (0)
	NARROW(p->tos = 0x10);
	NARROW(p->invert = true);
	NARROW(p->mark = 1; p->mask = UINT32_MAX);
	NARROW(p->mask = 1);
	NARROW(assert_int_equal(prefix_parse("192.0.2.1", &p->src), 0));
	NARROW(assert_int_equal(prefix_parse("192.0.2.0/24", &p->dst), 0));
	NARROW(strcpy(p->iif, "lo"));
	NARROW(strcpy(p->oif, "lo"));
	NARROW(p->protocol = 6);
	NARROW(p->sport_from = p->sport_to = 80);
	NARROW(p->dport_from = 80; p->dport_to = 81);
	NARROW(p->uid_to = 10);
	NARROW(p->suppress_prefixlen = 0);
	NARROW(p->suppress_group = 0);
	NARROW(p->tunnel[0] = 1);
	NARROW(p->realms = 1);
	NARROW(p->action = second.action = POLICY_GOTO; p->goto_priority = 600;
	       second.goto_priority = 700);
	if (caps & POLICY_CAP_DSCP)
		NARROW(p->dscp = 0);
	if (caps & POLICY_CAP_PORT_MASK)
		NARROW(p->sport_from = p->sport_to = 80; p->sport_mask = 0xf0);
#undef NARROW
}

/* In the group of priority 0 the attribute is missing in dumps. */
static void priority_0_is_exact_too(void **state)
{
	struct policy a = plain(0), b = plain(0);

	(void)state;
	a.tos = 0x10;
	ADD(&a);
	ADD(&b);
	assert_int_equal(policy_nl_del(nl, NULL, &b, NULL), 0);
	assert_int_equal(count(&a), 1);
	assert_int_equal(rules.n, 4);
	assert_int_equal(rule(0)->fib, 255);
}

static void who_installed_it_counts_when_deleting(void **state)
{
	struct policy p = plain(500), q = plain(500);

	(void)state;
	p.route_protocol = 3;
	ADD(&p);
	assert_int_equal(policy_nl_del(nl, NULL, &q, NULL), -ENOENT);
	ADD(&q);
	assert_int_equal(policy_nl_del(nl, NULL, &q, NULL), 0);
	assert_int_equal(count(&p), 1);
	p.route_protocol = 0;
	assert_int_equal(policy_nl_del(nl, NULL, &p, NULL), 0);
}

static bool is_mark_9(const struct policy *p, const void *arg)
{
	(void)arg;
	return p->mark == 9;
}

/* The marks of the rules of priority 500, in their order, as one number. */
static unsigned marks(void)
{
	unsigned all = 0;

	dump(AF_INET);
	for (size_t i = 0; i < rules.n; i++)
		if (rule(i)->priority == 500)
			all = all * 10 + rule(i)->mark;
	return all;
}

static void mark_add(uint32_t mark)
{
	struct policy p = plain(500);

	p.mark = mark;
	p.mask = UINT32_MAX;
	ADD(&p);
}

static void mark_del(uint32_t mark)
{
	struct policy p = plain(500);

	p.mark = mark;
	p.mask = UINT32_MAX;
	assert_int_equal(policy_nl_del(nl, NULL, &p, NULL), 0);
}

/* What is added later comes behind its equals of the same priority: an undoing must know better. */
static void a_priority_is_restored_in_its_order(void **state)
{
	struct policy_group *was;

	(void)state;
	mark_add(1);
	mark_add(2);
	mark_add(3);
	assert_int_equal(policy_nl_keep(nl, NULL, AF_INET, 500, &was), 0);
	assert_int_equal(policy_nl_restore(nl, NULL, was, is_mark_9, NULL, NULL), 0);
	assert_int_equal(marks(), 123);
	mark_add(9);
	assert_int_equal(policy_nl_restore(nl, NULL, was, is_mark_9, NULL, NULL), 0);
	assert_int_equal(marks(), 123);
	/* Gone and come back by itself; gone; and one of somebody else. */
	mark_del(1);
	mark_add(1);
	mark_add(9);
	mark_del(2);
	mark_add(7);
	assert_int_equal(marks(), 3197);
	assert_int_equal(policy_nl_restore(nl, NULL, was, is_mark_9, NULL, NULL), 0);
	assert_int_equal(marks(), 1237);
	policy_nl_forget(was);
	policy_nl_forget(NULL);
}

/* Changes of one SET, of many policies: one reading. */
static void what_is_held_follows_its_own_changes(void **state)
{
	struct policy_held *held = policy_held_new();
	struct policy p = plain(500), other = plain(501);
	struct policy_group *was;
	uint32_t priority;

	(void)state;
	assert_non_null(held);
	assert_int_equal(policy_nl_keep(nl, held, AF_INET, 500, &was), 0);
	/* Somebody else's is not seen: nothing is read again. */
	run("ip rule add pref 501 fwmark 5 lookup 100 protocol 200");
	other.mark = 5;
	other.mask = UINT32_MAX;
	assert_int_equal(policy_nl_del(nl, held, &other, NULL), -ENOENT);
	for (p.mark = 1, p.mask = UINT32_MAX; p.mark <= 9; p.mark++)
		assert_int_equal(policy_nl_add(nl, held, &p, NULL), 0);
	p.mark = 2;
	assert_int_equal(policy_nl_add(nl, held, &p, NULL), -EEXIST);
	for (p.mark = 9; p.mark >= 4; p.mark -= 2)
		assert_int_equal(policy_nl_del(nl, held, &p, NULL), 0);
	assert_int_equal(policy_nl_del(nl, held, &p, NULL), 0); /* 3 */
	assert_int_equal(policy_nl_del(nl, held, &p, NULL), -ENOENT);
	assert_int_equal(marks(), 12468);
	assert_int_equal(policy_nl_default_priority(nl, held, AF_INET, &priority), 0);
	assert_int_equal(priority, 499);
	assert_int_equal(policy_nl_default_priority(nl, held, AF_INET6, &priority), 0);
	assert_int_equal(priority, 32765);
	policy_held_forget(held);
	assert_int_equal(policy_nl_del(nl, held, &other, NULL), 0);
	policy_nl_forget(was);
	policy_held_free(held);
}

/* A rule that was read is gone, and its request would hit another one: the kernel says which. */
static void another_rule_that_goes_is_put_back(void **state)
{
	struct policy_held *held = policy_held_new();
	struct policy p = plain(500);
	struct why why = { "" };

	(void)state;
	assert_non_null(held);
	p.mark = 1;
	p.mask = UINT32_MAX;
	assert_int_equal(policy_nl_del(nl, held, &p, NULL), -ENOENT); /* reads */
	assert_int_equal(policy_nl_add(nl, held, &p, NULL), 0);
	run("ip rule del pref 500");
	run("ip rule add not fwmark 1 pref 500 lookup 100 protocol 200");
	assert_int_equal(policy_nl_del(nl, held, &p, &why), -EBUSY);
	assert_non_null(strstr(why.s, "another rule of priority 500"));
	dump(AF_INET);
	assert_int_equal(rules.n, 4);
	assert_true(rule(1)->invert);
	/* Now it is known what is there. */
	assert_int_equal(policy_nl_del(nl, held, &p, NULL), -ENOENT);
	p.invert = true;
	assert_int_equal(policy_nl_del(nl, held, &p, NULL), 0);
	policy_held_free(held);
}

enum { GROUP = 700, MOVING = 20, NEW_MARK = 9999 };

static void tell(struct rtnl *own, uint16_t type, const struct policy *p)
{
	_Alignas(struct nlmsghdr) char buf[512];

	assert_int_equal(policy_nl_encode(buf, sizeof(buf), type, p), 0);
	(void)rtnl_request(own, (struct nlmsghdr *)(void *)buf, NULL);
}

/* Rules before the group come and go: the kernel, which counts, loses its place. */
static void rules_move(struct rtnl *own)
{
	for (uint32_t i = 0; i < 2 * MOVING; i++) {
		struct policy p = plain(100 + i % MOVING);

		tell(own, i < MOVING ? RTM_NEWRULE : RTM_DELRULE, &p);
	}
}

static void group_is_whole(void)
{
	uint32_t n = 0;

	for (size_t i = 0; i < rules.n; i++)
		if (rule(i)->priority == 500)
			assert_int_equal(rule(i)->mark, ++n);
	assert_int_equal(n, GROUP);
}

static bool is_new_mark(const struct policy *p, const void *arg)
{
	(void)arg;
	return p->mark == NEW_MARK;
}

static void a_group_is_read_and_restored_beside_changes(void **state)
{
	struct policy_group *was;
	unsigned read = 0, restored = 0;
	pid_t pid;

	(void)state;
	for (uint32_t mark = 1; mark <= GROUP; mark++)
		mark_add(mark);
	pid = churn_start(rules_move, 2000);
	for (unsigned i = 0; i < 40; i++) {
		int err = policy_nl_dump(nl, AF_INET, keep, forget, &rules);

		assert_true(err == 0 || err == -EAGAIN);
		if (!err) {
			group_is_whole();
			read++;
		}
		err = policy_nl_keep(nl, NULL, AF_INET, 500, &was);
		assert_true(err == 0 || err == -EAGAIN);
		if (err)
			continue;
		mark_add(NEW_MARK);
		err = policy_nl_restore(nl, NULL, was, is_new_mark, NULL, NULL);
		for (; err == -EAGAIN; usleep(1000))
			err = policy_nl_restore(nl, NULL, was, is_new_mark, NULL, NULL);
		assert_int_equal(err, 0);
		policy_nl_forget(was);
		restored++;
	}
	churn_stop(pid);
	dump(AF_INET);
	group_is_whole();
	assert_in_range(read, 1, 40);
	assert_in_range(restored, 1, 40);
}

/* Somebody changes rules all the time: nothing is rebuilt from what may be wrong. */
static void what_cannot_be_known_is_refused(void **state)
{
	struct policy_group *was;
	struct why why = { "" };
	pid_t pid;

	(void)state;
	for (uint32_t mark = 1; mark <= GROUP; mark++)
		mark_add(mark);
	assert_int_equal(policy_nl_keep(nl, NULL, AF_INET, 500, &was), 0);
	pid = churn_start(rules_move, 0);
	for (unsigned i = 0; i < 10; i++) {
		int err = policy_nl_restore(nl, NULL, was, is_new_mark, NULL, &why);

		if (err == -EAGAIN)
			assert_string_equal(why.s,
					    "cannot read the rules: they change all the time");
		else
			assert_int_equal(err, 0);
	}
	churn_stop(pid);
	policy_nl_forget(was);
	dump(AF_INET);
	group_is_whole();
}

/* Changes a rule before the others while these are read, so many times. */
static struct {
	struct rtnl *nl;
	unsigned changes, tries;
	bool there;
} mover;

static int keep_and_move(const struct policy *p, void *arg)
{
	struct policy first = plain(100);

	if (rules.n == 1 && mover.changes) {
		mover.changes--;
		mover.there = !mover.there;
		tell(mover.nl, mover.there ? RTM_NEWRULE : RTM_DELRULE, &first);
	}
	return keep(p, arg);
}

static void forget_and_count(void *arg)
{
	mover.tries++;
	forget(arg);
}

static int dump_with(unsigned changes)
{
	mover.changes = changes;
	mover.tries = 0;
	return policy_nl_dump(nl, AF_INET, keep_and_move, forget_and_count, &rules);
}

static void what_changes_meanwhile_is_read_again(void **state)
{
	(void)state;
	assert_int_equal(rtnl_open(&mover.nl), 0);
	for (uint32_t mark = 1; mark <= GROUP; mark++)
		mark_add(mark);
	assert_int_equal(dump_with(0), 0);
	assert_int_equal(mover.tries, 1); /* at rest nothing is asked twice */
	assert_int_equal(dump_with(3), 0);
	assert_int_equal(mover.tries, 4);
	group_is_whole();
	assert_int_equal(dump_with(UINT32_MAX), -EAGAIN);
	rtnl_close(mover.nl);
}

static void the_kernel_chooses_a_priority(void **state)
{
	struct policy p = plain(0);

	(void)state;
	p.priority_auto = true;
	ADD(&p);
	dump(AF_INET);
	assert_int_equal(rule(1)->priority, 32765);
}

static void the_kernel_says_why(void **state)
{
	struct policy p = plain(500);
	struct why why = { "" };

	(void)state;
	p.action = POLICY_GOTO;
	p.goto_priority = 1;
	assert_int_equal(policy_nl_add(nl, NULL, &p, &why), -EINVAL);
	assert_string_equal(why.s, "the kernel: Backward goto not supported");
}

static void the_default_table_is_not_sent_without_lookup(void **state)
{
	struct policy p = plain(500);

	(void)state;
	p.fib = 254;
	p.action = POLICY_BLACKHOLE;
	p.mark = 1;
	p.mask = UINT32_MAX;
	ADD(&p);
	run("ip rule show pref 500 | grep -q 'from all fwmark 0x1 blackhole'");
	assert_int_equal(policy_nl_del(nl, NULL, &p, NULL), 0);
}

/* Asking leaves nothing behind; each answer is held against what the kernel does. */
static void capabilities_are_true(void **state)
{
	size_t had;

	(void)state;
	dump(AF_INET);
	had = rules.n;
	assert_int_equal(policy_nl_caps(nl, &caps), 0);
	dump(AF_INET);
	assert_int_equal(rules.n, had);
#define WITH(cap, fam, ...)                                                                        \
	do {                                                                                       \
		struct policy one = plain(500), *p = &one;                                         \
		int want = (caps & (cap)) == (cap) ? 0 : -EOPNOTSUPP;                              \
                                                                                                   \
		p->family = fam;                                                                   \
		__VA_ARGS__;                                                                       \
		check_valid(p);                                                                    \
		assert_int_equal(policy_nl_add(nl, NULL, p, NULL), want);                          \
		assert_int_equal(count(p), want ? 0 : 1);                                          \
		assert_int_equal(policy_nl_del(nl, NULL, p, NULL), want ? -ENOENT : 0);            \
	} while (0)
	WITH(POLICY_CAP_DSCP, AF_INET, p->dscp = 63);
	WITH(POLICY_CAP_DSCP, AF_INET6, p->dscp = 0);
	WITH(POLICY_CAP_DSCP | POLICY_CAP_DSCP_MASK, AF_INET, p->dscp = 8; p->dscp_mask = 8);
	WITH(POLICY_CAP_DSCP | POLICY_CAP_DSCP_MASK, AF_INET, p->dscp = 0; p->dscp_mask = 0);
	WITH(POLICY_CAP_FLOWLABEL, AF_INET6, p->flowlabel = 5; p->flowlabel_mask = 0xff);
	WITH(POLICY_CAP_FLOWLABEL, AF_INET6, p->flowlabel_mask = 0xfffff);
	WITH(POLICY_CAP_PORT_MASK, AF_INET, p->sport_from = p->sport_to = 80; p->sport_mask = 0xf0);
	WITH(POLICY_CAP_PORT_MASK, AF_INET6, p->dport_from = p->dport_to = 1; p->dport_mask = 1);
#undef WITH
}

/* What policy_check() refuses on the kernel's behalf, the kernel does refuse. */
static void the_kernel_refuses_what_the_model_refuses(void **state)
{
	(void)state;
#define REFUSED(...)                                                                               \
	do {                                                                                       \
		struct policy one = plain(500), *p = &one;                                         \
		unsigned column;                                                                   \
                                                                                                   \
		__VA_ARGS__;                                                                       \
		assert_int_equal(policy_check(p, &column, NULL), -EINVAL);                         \
		if (!policy_nl_add(nl, NULL, p, NULL))                                             \
			fail_msg("%s", #__VA_ARGS__);                                              \
	} while (0)
	REFUSED(p->l3mdev = true);
	REFUSED(p->action = POLICY_GOTO);
	REFUSED(p->action = POLICY_GOTO; p->goto_priority = 500);
	REFUSED(p->tos = 1);
	REFUSED(p->tos = 2);
	REFUSED(p->tos = 0x20);
	REFUSED(p->family = AF_INET6; p->fib = 0);
	REFUSED(p->family = AF_INET6; p->tos = 0xff);
	REFUSED(p->sport_to = 80);
	REFUSED(p->sport_from = 81; p->sport_to = 80);
	REFUSED(p->uid_from = 1);
	REFUSED(p->uid_from = 2; p->uid_to = 1);
	REFUSED(p->dscp = 64);
	REFUSED(p->dscp = 1; p->tos = 4);
	REFUSED(p->dscp = 9; p->dscp_mask = 0x38);
	REFUSED(p->flowlabel_mask = 1);
	REFUSED(p->family = AF_INET6; p->flowlabel = 2; p->flowlabel_mask = 1);
	REFUSED(p->family = AF_INET6; p->flowlabel_mask = 1 << 20);
	REFUSED(p->sport_mask = 0xf0);
	REFUSED(p->sport_from = p->sport_to = 0x51; p->sport_mask = 0xf0);
	REFUSED(p->dport_from = 1; p->dport_to = 2; p->dport_mask = 3);
#undef REFUSED
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(capabilities_are_true, fresh),
		cmocka_unit_test_setup(mixtures_match_ip, fresh),
		cmocka_unit_test_setup(foreign_rules_match_ip, fresh),
		cmocka_unit_test_setup(the_same_twice_is_refused, fresh),
		cmocka_unit_test_setup(wildcards_of_the_kernel_hit_nobody_else, fresh),
		cmocka_unit_test_setup(priority_0_is_exact_too, fresh),
		cmocka_unit_test_setup(who_installed_it_counts_when_deleting, fresh),
		cmocka_unit_test_setup(a_priority_is_restored_in_its_order, fresh),
		cmocka_unit_test_setup(what_is_held_follows_its_own_changes, fresh),
		cmocka_unit_test_setup(another_rule_that_goes_is_put_back, fresh),
		cmocka_unit_test_setup(a_group_is_read_and_restored_beside_changes, fresh),
		cmocka_unit_test_setup(what_cannot_be_known_is_refused, fresh),
		cmocka_unit_test_setup(what_changes_meanwhile_is_read_again, fresh),
		cmocka_unit_test_setup(the_kernel_chooses_a_priority, fresh),
		cmocka_unit_test_setup(the_kernel_says_why, fresh),
		cmocka_unit_test_setup(the_default_table_is_not_sent_without_lookup, fresh),
		cmocka_unit_test_setup(the_kernel_refuses_what_the_model_refuses, fresh),
	};
	int failed;

	if (!netns_enter() || system("command -v ip >/dev/null && ip link set lo up"))
		return 77;
	if (rtnl_open(&nl))
		return 77;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	vec_fini(&rules);
	rtnl_close(nl);
	return failed;
}
