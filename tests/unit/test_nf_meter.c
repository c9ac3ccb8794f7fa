/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Meters: what iptables-legacy-save shows after nf_meters_set(), and what nf_read() finds. */
#include "nf_env.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <linux/netfilter_ipv6/ip6_tables.h>

/* There is no module of the tables of IPv6. */
static bool no_tables6;

int getsockopt(int fd, int level, int name, void *value, socklen_t *len)
{
	if (no_tables6 && level == IPPROTO_IPV6 && name == IP6T_SO_GET_INFO) {
		errno = ENOENT;
		return -1;
	}
	return (int)syscall(SYS_getsockopt, fd, level, name, value, len);
}

/* The rules of mangle of both families, and the chain. */
static void expect(const char *four, const char *six)
{
	static const char *const programs[] = { "iptables", "ip6tables" };

	for (size_t i = 0; i < 2; i++) {
		struct text t = TEXT_INIT;
		char cmd[256];

		snprintf(cmd, sizeof(cmd),
			 "%s-legacy-save -c -t mangle | sed -n 's/ \\[.*//;/^:fw/p;/-A/p'",
			 programs[i]);
		sh_read(cmd, &t);
		assert_string_equal(text_str(&t), i ? six : four);
		text_fini(&t);
	}
}

static void set(const struct nf_meter *wanted, size_t n)
{
	struct vec was = VEC_INIT(struct nf_meter);
	struct why why = { "" };
	struct nf_snap *snap;

	if (nf_meters_set(env.nf, wanted, n, &was, &why))
		fail_msg("nf_meters_set: %s", why.s);
	snap = env_read();
	assert_true(nf_meters_right(env.nf, snap, wanted, n));
	nf_snap_free(snap);
	vec_fini(&was);
}

static bool is_right(const struct nf_meter *wanted, size_t n)
{
	struct nf_snap *snap = env_read();
	bool right = nf_meters_right(env.nf, snap, wanted, n);

	nf_snap_free(snap);
	return right;
}

#define CHAIN ":fwmark-meter -\n"
#define JUMP  "[0:0] -A POSTROUTING -j fwmark-meter\n"
#define METER(what)                                                                                \
	"[0:0] -A fwmark-meter -m mark --mark " what " -m comment --comment fwmark-meter\n"

static const struct nf_meter three[] = {
	{ .value = 0, .mask = 0xff },
	{ .value = 1, .mask = UINT32_MAX },
	{ .value = 0x80000000, .mask = 0x80000000 },
};

static void meters_come_and_go(void **state)
{
	static const char all[] = CHAIN JUMP METER("0x0/0xff") METER("0x1")
		METER("0x80000000/0x80000000");
	static const struct nf_meter everything = { .value = 0, .mask = 0 };

	(void)state;
	need();
	set(three, 3);
	expect(all, all);
	set(&three[1], 1);
	expect(CHAIN JUMP METER("0x1"), CHAIN JUMP METER("0x1"));
	set(&everything, 1);
	expect(CHAIN JUMP METER("0x0/0x0"), CHAIN JUMP METER("0x0/0x0"));
	set(NULL, 0);
	expect("", "");
}

/* Written as iptables writes them, they are the same ones. */
static void iptables_makes_the_same(void **state)
{
	struct nf_snap *snap;
	const struct nf_meter *m;

	(void)state;
	need();
	set(three, 3);
	assert_int_equal(sh("for p in iptables ip6tables; do $p-legacy-save -c -t mangle |"
			    " sed 's/^.0:0. -A fwmark-meter -m mark --mark 0x1 /[7:70]"
			    " -A fwmark-meter -m mark --mark 0x1 /' |"
			    " $p-legacy-restore -c; done"),
			 0);
	snap = env_read();
	assert_true(nf_meters_right(env.nf, snap, three, 3));
	assert_int_equal(snap->meters.n, 6);
	assert_int_equal(snap->entries.n, 0);
	for (size_t i = 0; i < 6; i++) {
		m = vec_at(&snap->meters, i);
		assert_int_equal(m->family, i < 3 ? AF_INET : AF_INET6);
		assert_int_equal(m->value, three[i % 3].value);
		assert_int_equal(m->mask, three[i % 3].mask);
		assert_int_equal(m->packets, i % 3 == 1 ? 7 : 0);
		assert_int_equal(m->bytes, i % 3 == 1 ? 70 : 0);
	}
	nf_snap_free(snap);
	/* One that stays keeps its counters. */
	set(&three[1], 2);
	expect(CHAIN JUMP "[7:70] -A fwmark-meter -m mark --mark 0x1 -m comment --comment "
			  "fwmark-meter\n" METER("0x80000000/0x80000000"),
	       CHAIN JUMP "[7:70] -A fwmark-meter -m mark --mark 0x1 -m comment --comment "
			  "fwmark-meter\n" METER("0x80000000/0x80000000"));
}

static void what_was_there_can_be_put_back(void **state)
{
	struct vec was = VEC_INIT(struct nf_meter), dropped = VEC_INIT(struct nf_meter);
	struct why why;

	(void)state;
	need();
	set(&three[1], 1);
	assert_int_equal(sh("iptables-legacy-save -c -t mangle | sed '/--mark/s/0:0/5:50/' |"
			    " iptables-legacy-restore -c"),
			 0);
	assert_int_equal(nf_meters_set(env.nf, three, 1, &was, &why), 0);
	assert_int_equal(was.n, 2);
	expect(CHAIN JUMP METER("0x0/0xff"), CHAIN JUMP METER("0x0/0xff"));
	assert_int_equal(nf_meters_set(env.nf, was.data, was.n, &dropped, &why), 0);
	expect(CHAIN JUMP "[5:50] -A fwmark-meter -m mark --mark 0x1 -m comment --comment "
			  "fwmark-meter\n",
	       CHAIN JUMP METER("0x1"));
	vec_fini(&was);
	vec_fini(&dropped);
}

/* What others did to the chain, and that it is noticed and put right. */
static const char *const damages[] = {
	"-F fwmark-meter",
	"-F POSTROUTING",
	"-A fwmark-meter -j ACCEPT",
	"-A fwmark-meter -m mark --mark 1 -m comment --comment fwmark-meter",
	"-A fwmark-meter -m mark --mark 9 -m comment --comment fwmark-meter",
	"-D fwmark-meter 1",
	"-A POSTROUTING -j fwmark-meter",
	"-R POSTROUTING 1 -p tcp -j fwmark-meter",
	"-R POSTROUTING 1 -g fwmark-meter",
	"-R POSTROUTING 1 -m mark --mark 1 -j fwmark-meter",
	"-R fwmark-meter 1 -m mark ! --mark 1 -m comment --comment fwmark-meter",
	"-R fwmark-meter 1 -m mark --mark 1 -m comment --comment fwmark-meters",
	"-R fwmark-meter 1 -m mark --mark 1 -m comment --comment fwmark-meter -j DROP",
	"-R fwmark-meter 1 -p tcp -m mark --mark 1 -m comment --comment fwmark-meter",
	"-R fwmark-meter 1 -m mark --mark 1 -m comment --comment fwmark-meter -m ttl --ttl-gt 3",
};

static void damage_is_noticed_and_put_right(void **state)
{
	(void)state;
	need();
	for (size_t i = 0; i < sizeof(damages) / sizeof(*damages); i++) {
		set(&three[1], 1);
		assert_int_equal(sh("iptables-legacy -t mangle %s", damages[i]), 0);
		if (is_right(&three[1], 1))
			fail_msg("not noticed: %s", damages[i]);
		set(&three[1], 1);
		expect(CHAIN JUMP METER("0x1"), CHAIN JUMP METER("0x1"));
	}
	assert_int_equal(sh("iptables-legacy -t mangle -F; iptables-legacy -t mangle -X"), 0);
	assert_false(is_right(&three[1], 1));
	assert_false(is_right(NULL, 0)); /* the other family's are still there */
	set(&three[1], 1);
	expect(CHAIN JUMP METER("0x1"), CHAIN JUMP METER("0x1"));
}

/* Rules of POSTROUTING and of chain "u", and before which of them the jump belongs. */
static const struct {
	const char *rules; /* one on each line, without "-A " */
	unsigned place;
} places[] = {
	{ "POSTROUTING -j MARK --set-mark 1", 2 },
	{ "POSTROUTING -j MARK --set-mark 1\nPOSTROUTING -p tcp", 3 },
	{ "POSTROUTING -p tcp -j DROP\nPOSTROUTING -p tcp -j ACCEPT", 2 },
	{ "POSTROUTING -p tcp -j RETURN\nPOSTROUTING -j MARK --set-mark 1", 1 },
	{ "POSTROUTING -p tcp -j NFQUEUE --queue-num 1", 1 },
	{ "POSTROUTING -p tcp -j u\nu -j RETURN\nu -j MARK --set-mark 1", 2 },
	{ "POSTROUTING -p tcp -j u\nu -p tcp -j ACCEPT", 1 },
	{ "POSTROUTING -p tcp -j u\nu -p tcp -j DROP", 2 },
	{ "POSTROUTING -p tcp -g u", 1 },
	{ "POSTROUTING -p udp\nPOSTROUTING -p tcp -j u\nu -g w\nw -j v\nv -j ACCEPT", 2 },
	{ "POSTROUTING -p tcp -j u\nu -g w\nw -j RETURN", 2 },
	{ "PREROUTING -j u\nu -j ACCEPT\nPOSTROUTING -j v\nv -j MARK --set-mark 1", 2 },
	{ "POSTROUTING -m connmark --mark 1 -j CONNMARK --restore-mark\n"
	  "POSTROUTING -m mark ! --mark 0 -j ACCEPT\nPOSTROUTING -j CONNMARK --save-mark",
	  2 },
};

static void the_jump_has_its_place(void **state)
{
	struct text t = TEXT_INIT;

	(void)state;
	need();
	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		env_flush();
		set(&three[1], 1);
		assert_int_equal(
			sh("{ echo '*mangle\n:u -\n:v -\n:w -'; echo '%s' | sed 's/^/-A /';"
			   " echo COMMIT; } | iptables-legacy-restore -n",
			   places[i].rules),
			0);
		set(&three[1], 1);
		text_reset(&t);
		sh_read("iptables-legacy -t mangle -S POSTROUTING | sed 1d |"
			" grep -n -e '-j fwmark-meter$' | sed 's/:.*//'",
			&t);
		if (strtoul(text_str(&t), NULL, 10) != places[i].place)
			fail_msg("%s: at %s", places[i].rules, text_str(&t));
		/* Everything but the meter is as it was. */
		set(NULL, 0);
		assert_int_not_equal(sh("iptables-legacy-save -t mangle | grep -q meter"), 0);
	}
	text_fini(&t);
}

static void what_is_right_is_left_alone(void **state)
{
	struct vec was = VEC_INIT(struct nf_meter);
	struct why why;

	(void)state;
	need();
	set(&three[1], 1);
	assert_int_equal(sh("iptables-legacy-save -c -t mangle >/run/before"), 0);
	assert_int_equal(nf_meters_set(env.nf, &three[1], 1, &was, &why), 0);
	assert_int_equal(was.n, 2);
	assert_int_equal(sh("iptables-legacy-save -c -t mangle | sed '/^#/d' >/run/after;"
			    " sed '/^#/d' /run/before | cmp - /run/after"),
			 0);
	vec_fini(&was);
}

/* An empty chain that somebody else jumps to stays, and is no reason to try again. */
static void a_chain_that_others_use_stays_empty(void **state)
{
	(void)state;
	need();
	set(three, 3);
	assert_int_equal(sh("iptables-legacy -t mangle -A FORWARD -j fwmark-meter"), 0);
	set(NULL, 0);
	expect(CHAIN "[0:0] -A FORWARD -j fwmark-meter\n", "");
	assert_int_equal(sh("iptables-legacy -t mangle -F FORWARD"), 0);
	assert_false(is_right(NULL, 0));
	set(NULL, 0);
	expect("", "");
}

static void a_held_lock_is_no_reason_to_wait_forever(void **state)
{
	const struct nf_options now = { NULL, 0 }, later = { NULL, ENV_WAIT_MS };
	struct vec was = VEC_INIT(struct nf_meter);
	struct why why = { "" };

	(void)state;
	need();
	nf_set_options(env.nf, &now);
	assert_int_equal(sh("touch /run/xtables.lock; flock /run/xtables.lock sleep 1 &"
			    " until ! flock -n /run/xtables.lock true; do :; done"),
			 0);
	assert_int_equal(nf_meters_set(env.nf, three, 1, &was, &why), -EAGAIN);
	assert_true(*why.s);
	nf_set_options(env.nf, &later);
	vec_fini(&was);
	sh("flock /run/xtables.lock true");
}

static void packets_are_counted_once(void **state)
{
	static const struct nf_meter two[] = { { .value = 1, .mask = 0xff },
					       { .value = 2, .mask = UINT32_MAX } };
	struct nf_snap *snap;

	(void)state;
	need();
	sh("ip link set lo up");
	set(two, 2);
	assert_int_equal(sh("for a in 127.0.0.1 ::1; do ping -q -m 257 -c 3 -i 0.01 $a >/dev/null;"
			    " done"),
			 0);
	/* Replies are sent without the mark. */
	snap = env_read();
	for (size_t i = 0; i < snap->meters.n; i++) {
		const struct nf_meter *m = vec_at(&snap->meters, i);

		assert_int_equal(m->packets, m->value == 1 ? 3 : 0);
	}
	nf_snap_free(snap);
}

/* Before anything else has made the table. */
static void a_table_that_was_not_there_is_asked_for_again(void **state)
{
	(void)state;
	need();
	no_tables6 = true;
	set(three, 1);
	assert_int_equal(nf_meters_families(env.nf, NULL), 2);
	assert_true(is_right(three, 1));
	no_tables6 = false;
	assert_true(is_right(three, 1));
	set(three, 2);
	assert_int_equal(sh("ip6tables-legacy -t mangle -S | grep -q -e '-A fwmark-meter'"), 0);
	/* Somebody else has made it. */
	sh("ip6tables-legacy -t mangle -F; ip6tables-legacy -t mangle -X");
	assert_false(is_right(three, 2));
	set(NULL, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_table_that_was_not_there_is_asked_for_again, env_setup),
		cmocka_unit_test_setup(meters_come_and_go, env_setup),
		cmocka_unit_test_setup(iptables_makes_the_same, env_setup),
		cmocka_unit_test_setup(what_was_there_can_be_put_back, env_setup),
		cmocka_unit_test_setup(damage_is_noticed_and_put_right, env_setup),
		cmocka_unit_test_setup(the_jump_has_its_place, env_setup),
		cmocka_unit_test_setup(what_is_right_is_left_alone, env_setup),
		cmocka_unit_test_setup(a_chain_that_others_use_stays_empty, env_setup),
		cmocka_unit_test_setup(a_held_lock_is_no_reason_to_wait_forever, env_setup),
		cmocka_unit_test_setup(packets_are_counted_once, env_setup),
	};
	int failed;

	env_enter();
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	env_leave();
	return failed;
}
