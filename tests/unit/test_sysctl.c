/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Settings of interfaces, with the kernel of a namespace of the test's own. */
#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "model/interface.h"
#include "netns.h"
#include "routing/sysctl.h"

#define N_OF(a) (sizeof(a) / sizeof(*(a)))

static bool have_net;

static int setup(void **state)
{
	(void)state;
	have_net = netns_enter();
	if (have_net && system("ip link add e.0 type veth peer name '!$x' &&"
			       "ip link add eth0 type veth peer name fifteen-letters"))
		return -1;
	return 0;
}

#define NEED_NET()                                                                                 \
	do {                                                                                       \
		(void)state;                                                                       \
		if (!have_net)                                                                     \
			skip();                                                                    \
	} while (0)

/* What cat(1) shows of a file; -1 when there is none. */
static int shown(const char *ifname, const char *file)
{
	char path[128];
	int value = -1;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/sys/net/ipv4/conf/%s/%s", ifname, file);
	f = fopen(path, "r");
	if (!f)
		return -1;
	assert_int_equal(fscanf(f, "%d", &value), 1);
	fclose(f);
	return value;
}

static void writes_what_the_kernel_shows(void **state)
{
	static const char *const names[] = { "e.0", "!$x", "eth0", "fifteen-letters", "lo", NULL };
	static const struct {
		enum sysctl_conf conf;
		const char *file;
		int value;
	} cases[] = {
		{ SYSCTL_RP_FILTER, "rp_filter", 2 },
		{ SYSCTL_RP_FILTER, "rp_filter", 1 },
		{ SYSCTL_RP_FILTER, "rp_filter", 7 },
		{ SYSCTL_RP_FILTER, "rp_filter", -3 },
		{ SYSCTL_RP_FILTER, "rp_filter", INT_MAX },
		{ SYSCTL_RP_FILTER, "rp_filter", INT_MIN },
		{ SYSCTL_RP_FILTER, "rp_filter", 0 },
		{ SYSCTL_SRC_VALID_MARK, "src_valid_mark", 1 },
		{ SYSCTL_SRC_VALID_MARK, "src_valid_mark", 0 },
		{ SYSCTL_FORWARDING, "forwarding", 1 },
		{ SYSCTL_FORWARDING, "forwarding", 0 },
	};

	NEED_NET();
	for (size_t n = 0; n < N_OF(names); n++) {
		for (size_t i = 0; i < N_OF(cases); i++) {
			const char *dir = names[n] ? names[n] : "all";
			int value = 12345;

			assert_int_equal(sysctl_may_set(names[n], cases[i].conf), 0);
			assert_int_equal(sysctl_set(names[n], cases[i].conf, cases[i].value), 0);
			assert_int_equal(shown(dir, cases[i].file), cases[i].value);
			assert_int_equal(sysctl_get(names[n], cases[i].conf, &value), 0);
			assert_int_equal(value, cases[i].value);
		}
	}
}

/* No name leads to a file that is not that of an interface. */
static void hostile_names(void **state)
{
	static const char *const names[] = {
		"",	     "all",    "default", ".",
		"..",	     "../all", "/lo",	  "lo/../all",
		"none-such", "lo/",    "a/b",	  "a-name-that-is-longer-than-any",
		"%s",	     "e",      "lo\n",	  "../../../x",
	};
	int value;

	NEED_NET();
	assert_int_equal(sysctl_set(NULL, SYSCTL_RP_FILTER, 2), 0);
	for (size_t i = 0; i < N_OF(names); i++) {
		value = 12345;
		assert_int_equal(sysctl_get(names[i], SYSCTL_RP_FILTER, &value), -ENODEV);
		assert_int_equal(value, 12345);
		assert_int_equal(sysctl_may_set(names[i], SYSCTL_RP_FILTER), -ENODEV);
		assert_int_equal(sysctl_set(names[i], SYSCTL_RP_FILTER, 1), -ENODEV);
	}
	assert_int_equal(shown("all", "rp_filter"), 2);
	assert_int_equal(sysctl_set(NULL, SYSCTL_RP_FILTER, 0), 0);
}

static void interfaces_come_and_go(void **state)
{
	int value;

	NEED_NET();
	assert_int_equal(system("ip link set eth0 name eth1"), 0);
	assert_int_equal(sysctl_get("eth0", SYSCTL_RP_FILTER, &value), -ENODEV);
	assert_int_equal(sysctl_get("eth1", SYSCTL_RP_FILTER, &value), 0);
	assert_int_equal(system("ip link del eth1"), 0);
	assert_int_equal(sysctl_set("fifteen-letters", SYSCTL_RP_FILTER, 1), -ENODEV);
	/* Too small for IPv4, and back. */
	assert_int_equal(system("ip link set lo mtu 67"), 0);
	assert_int_equal(sysctl_get("lo", SYSCTL_RP_FILTER, &value), -ENODEV);
	assert_int_equal(system("ip link set lo mtu 65536"), 0);
	assert_int_equal(sysctl_get("lo", SYSCTL_RP_FILTER, &value), 0);
}

static void read_only(void **state)
{
	int value;

	NEED_NET();
	assert_int_equal(mount("/proc/sys", "/proc/sys", NULL, MS_BIND, NULL), 0);
	assert_int_equal(mount(NULL, "/proc/sys", NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL), 0);
	assert_int_equal(sysctl_may_set("lo", SYSCTL_RP_FILTER), -EROFS);
	assert_int_equal(sysctl_set("lo", SYSCTL_RP_FILTER, 1), -EROFS);
	assert_int_equal(sysctl_get("lo", SYSCTL_RP_FILTER, &value), 0);
}

/* What is in effect: the larger of two, or any of two. */
static void effective_values(void **state)
{
	static const struct {
		struct interface_raw own, all;
		int rp, effective_rp, mark, effective_mark, forwarding;
	} cases[] = {
		{ { 0, 0, 0 }, { 0, 0, 1 }, RP_NONE, RP_NONE, 0, 0, 0 },
		{ { 1, 0, 1 }, { 0, 0, 0 }, RP_STRICT, RP_STRICT, 0, 0, 1 },
		{ { 0, 0, 0 }, { 1, 1, 0 }, RP_NONE, RP_STRICT, 0, 1, 0 },
		{ { 2, 1, 0 }, { 1, 0, 0 }, RP_LOOSE, RP_LOOSE, 1, 1, 0 },
		{ { 1, 5, 3 }, { 2, 0, 0 }, RP_STRICT, RP_LOOSE, 1, 1, 1 },
		{ { 9, -1, -1 }, { 1, 0, 0 }, RP_LOOSE, RP_LOOSE, 1, 1, 1 },
		{ { -1, 0, 0 }, { 0, 0, 0 }, RP_NONE, RP_NONE, 0, 0, 0 },
		{ { -1, 0, 0 }, { -2, 0, 0 }, RP_NONE, RP_LOOSE, 0, 0, 0 },
		{ { INT_MIN, 0, 0 }, { INT_MAX, 0, 0 }, RP_NONE, RP_LOOSE, 0, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < N_OF(cases); i++) {
		struct interface row = { .ifindex = 7, .name = "eth0" };
		struct interface_all all;

		interface_settle(&row, &cases[i].own, &cases[i].all);
		interface_settle_all(&all, &cases[i].own);
		assert_int_equal(row.rp_filter, cases[i].rp);
		assert_int_equal(row.effective_rp_filter, cases[i].effective_rp);
		assert_int_equal(row.src_valid_mark, cases[i].mark);
		assert_int_equal(row.effective_src_valid_mark, cases[i].effective_mark);
		assert_int_equal(row.forwarding, cases[i].forwarding);
		assert_int_equal(row.ifindex, 7);
		assert_int_equal(all.rp_filter, cases[i].rp);
		assert_int_equal(all.src_valid_mark, cases[i].mark);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(effective_values), cmocka_unit_test(writes_what_the_kernel_shows),
		cmocka_unit_test(hostile_names),    cmocka_unit_test(interfaces_come_and_go),
		cmocka_unit_test(read_only),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
