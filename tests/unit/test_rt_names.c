/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The name files, on file systems of the test's own over /etc, /etc/iproute2 and /usr/share. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "netns.h"
#include "routing/rt_names.h"

static void run(const char *command)
{
	if (system(command))
		fail_msg("%s", command);
}

static void write_file(const char *path, const void *data, size_t n)
{
	FILE *fp = fopen(path, "w");

	assert_non_null(fp);
	assert_int_equal(fwrite(data, 1, n, fp), n);
	assert_int_equal(fclose(fp), 0);
}

#define FILE_IS(path, text) write_file(path, text, sizeof(text) - 1)

/* Nothing in either place. */
static int fresh(void **state)
{
	(void)state;
	run("umount -l /etc/iproute2 2>/dev/null; umount -l /usr/share 2>/dev/null;"
	    " mount -t tmpfs none /etc/iproute2 && mount -t tmpfs none /usr/share");
	return 0;
}

static void check(const struct names *n, uint32_t id, const char *name)
{
	char buf[16];

	assert_string_equal(names_text(n, id, buf), name);
}

static void what_iproute2_knows_without_files(void **state)
{
	struct rt_names n = RT_NAMES_INIT;

	(void)state;
	assert_int_equal(rt_names_read(&n), 0);
	check(&n.tables, 253, "default");
	check(&n.tables, 254, "main");
	check(&n.tables, 255, "local");
	check(&n.tables, 0, "0");
	check(&n.protos, 4, "static");
	check(&n.protos, 192, "eigrp");
	check(&n.scopes, 253, "link");
	check(&n.realms, 0, "unknown");
	check(&n.groups, 0, "default");
	check(&n.dsfield, 0, "0");
	rt_names_fini(&n);
}

static void all_files_are_read(void **state)
{
	struct rt_names n = RT_NAMES_INIT;

	(void)state;
	run("mkdir /etc/iproute2/rt_tables.d /etc/iproute2/rt_protos.d");
	FILE_IS("/etc/iproute2/rt_tables", "# x\n201 mail.out\n\n  0xca\tcheap # LARTC\n");
	FILE_IS("/etc/iproute2/rt_tables.d/a.conf", "203 three");
	FILE_IS("/etc/iproute2/rt_tables.d/b.conf", "203 later\n");
	FILE_IS("/etc/iproute2/rt_tables.d/c.other", "204 no\n");
	FILE_IS("/etc/iproute2/rt_tables.d/.d.conf", "205 no\n");
	FILE_IS(RT_NAMES_OWN, "206 own\n4000000000 big\n");
	FILE_IS("/etc/iproute2/rt_protos", "99 openr\n300 no\n");
	FILE_IS("/etc/iproute2/rt_protos.d/x.conf", "100 mine\n");
	FILE_IS("/etc/iproute2/rt_scopes", "100 cafe\n");
	FILE_IS("/etc/iproute2/rt_realms", "0 cosmos\n5 russia\n");
	FILE_IS("/etc/iproute2/group", "7 seven\n");
	FILE_IS("/etc/iproute2/rt_dsfield", "0xb8 EF\n");
	assert_int_equal(rt_names_read(&n), 0);
	check(&n.tables, 201, "mail.out");
	check(&n.tables, 202, "cheap");
	check(&n.tables, 203, "later");
	check(&n.tables, 204, "204");
	check(&n.tables, 205, "205");
	assert_int_equal(names_find(&n.tables, 201)->flags, 0);
	assert_int_equal(names_find(&n.tables, 206)->flags, 1);
	check(&n.tables, 4000000000, "big");
	check(&n.protos, 99, "openr");
	check(&n.protos, 100, "mine");
	check(&n.protos, 300, "300");
	check(&n.scopes, 100, "cafe");
	check(&n.realms, 0, "cosmos");
	check(&n.realms, 5, "russia");
	check(&n.groups, 7, "seven");
	check(&n.dsfield, 0xb8, "EF");
	/* Anew: what is gone is forgotten. */
	run("rm /etc/iproute2/rt_tables");
	assert_int_equal(rt_names_read(&n), 0);
	check(&n.tables, 201, "201");
	rt_names_fini(&n);
}

/* Each line of the table: a file, and what table 201 and 202 are called then. */
static void odd_files(void **state)
{
	static const struct {
		const char *text;
		size_t len;
		const char *t201, *t202;
	} cases[] = {
#define TEXT(s) s, sizeof(s) - 1
		{ TEXT(""), "201", "202" },
		{ TEXT("201 a"), "a", "202" },
		{ TEXT("201 a\r\n202 b\r\n"), "a", "b" },
		{ TEXT("201 a\nrubbish\n202 b\n"), "a", "202" },
		{ TEXT("201 a\n201 b\n"), "b", "202" },
		{ TEXT("201 a b c\n202 b\n"), "a", "b" },
		{ TEXT("201\n202 b\n"), "201", "202" },
		{ TEXT("-5 x\n4294967295 y\n99999999999999999999 z\n201 a\n"), "a", "202" },
		{ TEXT("201 \xff\xfe\n202 b\n"), "201", "b" },
		{ TEXT("201 a\0b\n202 b\n"), "a", "b" },
		{ TEXT("\0\0\0\n201 a\n"), "a", "202" },
		{ TEXT("201 #a\n202 b#c\n"), "#a", "b#c" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct rt_names n = RT_NAMES_INIT;

		write_file("/etc/iproute2/rt_tables", cases[i].text, cases[i].len);
		assert_int_equal(rt_names_read(&n), 0);
		check(&n.tables, 201, cases[i].t201);
		check(&n.tables, 202, cases[i].t202);
		rt_names_fini(&n);
	}
}

static void hostile_files_do_no_harm(void **state)
{
	struct rt_names n = RT_NAMES_INIT;
	char long_line[2000] = "201 ";

	(void)state;
	memset(long_line + 4, 'a', sizeof(long_line) - 5);
	write_file("/etc/iproute2/rt_tables", long_line, sizeof(long_line) - 1);
	assert_int_equal(rt_names_read(&n), 0);
	assert_int_equal(strlen(names_find(&n.tables, 201)->name), NAME_MAX_LEN);
	run("rm /etc/iproute2/rt_tables && mkfifo /etc/iproute2/rt_tables");
	assert_int_equal(rt_names_read(&n), 0);
	run("rm /etc/iproute2/rt_tables && ln -s /dev/zero /etc/iproute2/rt_tables");
	assert_int_equal(rt_names_read(&n), 0);
	run("rm /etc/iproute2/rt_tables && mkdir /etc/iproute2/rt_tables");
	assert_int_equal(rt_names_read(&n), 0);
	run("rmdir /etc/iproute2/rt_tables && yes '201 a' | head -c 3000000 >/etc/iproute2/group");
	assert_int_equal(rt_names_read(&n), 0);
	check(&n.groups, 201, "a");
	rt_names_fini(&n);
}

static void usr_comes_where_etc_has_none(void **state)
{
	struct rt_names n = RT_NAMES_INIT;

	(void)state;
	run("mkdir -p /usr/share/iproute2/rt_tables.d /etc/iproute2/rt_tables.d");
	FILE_IS("/usr/share/iproute2/rt_tables", "201 usr\n");
	FILE_IS("/usr/share/iproute2/rt_tables.d/a.conf", "202 usr\n");
	FILE_IS("/usr/share/iproute2/rt_tables.d/b.conf", "203 usr\n");
	FILE_IS("/etc/iproute2/rt_tables.d/b.conf", "204 etc\n");
	assert_int_equal(rt_names_read(&n), 0);
	check(&n.tables, 201, "usr");
	check(&n.tables, 202, "usr");
	check(&n.tables, 203, "203");
	check(&n.tables, 204, "etc");
	FILE_IS("/etc/iproute2/rt_tables", "205 etc\n");
	assert_int_equal(rt_names_read(&n), 0);
	check(&n.tables, 201, "201");
	check(&n.tables, 205, "etc");
	rt_names_fini(&n);
}

static void own_names_are_found_by_ip(void **state)
{
	struct names own = NAMES_INIT;
	struct stat st;

	(void)state;
	umask(077);
	names_set(&own, 201, "mail.out", 1);
	names_set(&own, 51820, "r\xc3\xa9seau", 1);
	assert_int_equal(rt_names_write(&own, NULL), 0);
	assert_int_equal(stat(RT_NAMES_OWN, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
	run("ip rule add pref 5 table mail.out && ip rule add pref 6 table r\xc3\xa9seau &&"
	    " ip rule show pref 5 | grep -q 'lookup mail.out' && ip -N rule show | grep -q 51820");
	run("test $(ls -A /etc/iproute2/rt_tables.d | wc -l) = 1");
	names_remove(&own, 201);
	assert_int_equal(rt_names_write(&own, NULL), 0);
	run("! grep -q mail.out " RT_NAMES_OWN);
	names_remove(&own, 51820);
	assert_int_equal(rt_names_write(&own, NULL), 0);
	run("test -z \"$(ls -A /etc/iproute2/rt_tables.d)\"");
	assert_int_equal(rt_names_write(&own, NULL), 0);
	names_fini(&own);
	umask(022);
}

static void a_failed_write_leaves_the_old_names(void **state)
{
	struct names own = NAMES_INIT;
	struct rt_names n = RT_NAMES_INIT;
	struct why why = { "" };

	(void)state;
	names_set(&own, 201, "old", 1);
	assert_int_equal(rt_names_write(&own, NULL), 0);
	run("touch /etc/iproute2/rt_tables.d/.fwmarkd.new && mount -o remount,ro /etc/iproute2");
	names_set(&own, 201, "new", 1);
	assert_int_equal(rt_names_write(&own, &why), -EROFS);
	assert_non_null(strstr(why.s, RT_NAMES_OWN));
	assert_int_equal(rt_names_read(&n), 0);
	check(&n.tables, 201, "old");
	run("mount -o remount,rw /etc/iproute2");
	assert_int_equal(rt_names_write(&own, NULL), 0);
	assert_int_equal(rt_names_read(&n), 0);
	check(&n.tables, 201, "new");
	names_fini(&own);
	rt_names_fini(&n);
}

/* Reads again if there may be something new, as a request does. */
static void look(struct rt_names *n, const char *after, const char *t201)
{
	char buf[16];

	if (rt_names_changed(n))
		assert_int_equal(rt_names_read(n), 0);
	if (strcmp(names_text(&n->tables, 201, buf), t201))
		fail_msg("%s: %s, not %s", after, names_text(&n->tables, 201, buf), t201);
}

#define ETC "/etc/iproute2/"

/* However the files are laid out, and however fast they change: each line is a change, and what
 * table 201 is called then. */
static void changes_are_noticed(void **state)
{
	static const struct {
		const char *change, *t201;
	} cases[] = {
		{ "true", "201" },
		{ "echo 201 a >" ETC "rt_tables", "a" },
		{ "echo 201 b >" ETC "rt_tables", "b" },
		{ "echo 201 c >" ETC ".new && mv " ETC ".new " ETC "rt_tables", "c" },
		{ "touch -d @1 " ETC "rt_tables; echo 201 d >" ETC ".new; touch -d @1 " ETC ".new;"
		  "mv " ETC ".new " ETC "rt_tables",
		  "d" },
		/* Links: to a file, and to the directory that has it. */
		{ "mkdir /etc/one && echo 201 e >/etc/one/file &&"
		  " ln -sf /etc/one/file " ETC "rt_tables",
		  "e" },
		{ "echo 201 f >/etc/one/file", "f" },
		{ "mkdir /etc/two && echo 201 g >/etc/two/file && ln -s /etc/one " ETC "..data &&"
		  " ln -sf ..data/file " ETC "rt_tables",
		  "f" },
		{ "ln -s /etc/two " ETC ".new && mv -T " ETC ".new " ETC "..data", "g" },
		{ "rm /etc/two/file", "201" },
		/* Other files in the same places. */
		{ "rm " ETC "rt_tables && echo 201 h >" ETC "rt_tables", "h" },
		{ "mount --bind /etc/one/file " ETC "rt_tables", "f" },
		{ "echo 201 i >/etc/one/file", "i" },
		{ "umount " ETC "rt_tables", "h" },
		{ "mount -t tmpfs none " ETC, "201" },
		{ "echo 201 j >" ETC "rt_tables", "j" },
		{ "umount " ETC, "h" },
		/* Directories that come, go and are links. */
		{ "mkdir " ETC "rt_tables.d", "h" },
		{ "echo 201 k >" ETC "rt_tables.d/x.conf", "k" },
		{ "echo 201 l >" ETC "rt_tables.d/.new", "k" },
		{ "mv " ETC "rt_tables.d/.new " ETC "rt_tables.d/y.conf", "l" },
		{ "rm " ETC "rt_tables.d/y.conf", "k" },
		{ "mv " ETC "rt_tables.d " ETC "away", "h" },
		{ "ln -s /etc/three " ETC "rt_tables.d", "h" },
		{ "mkdir /etc/three", "h" },
		{ "ln -s /etc/one/file /etc/three/x.conf", "i" },
		{ "echo 201 m >/etc/one/file", "m" },
		{ "mount --bind " ETC "away /etc/three", "k" },
		{ "umount /etc/three; rm " ETC "rt_tables.d " ETC "rt_tables", "201" },
		{ "mkdir /usr/share/iproute2", "201" },
		{ "echo 201 n >/usr/share/iproute2/rt_tables", "n" },
		{ "mkdir -p /usr/share/iproute2/rt_tables.d", "n" },
		{ "echo 201 o >/usr/share/iproute2/rt_tables.d/a.conf", "o" },
		{ "mkdir " ETC "rt_tables.d && touch " ETC "rt_tables.d/a.conf", "n" },
		{ "rm -r /usr/share/iproute2", "201" },
	};
	struct rt_names n = RT_NAMES_INIT;
	uint64_t begun = clock_ms();

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		run(cases[i].change);
		look(&n, cases[i].change, cases[i].t201);
	}
	/* Once nothing has changed for a while, nothing is read. */
	while (rt_names_changed(&n)) {
		assert_int_equal(rt_names_read(&n), 0);
		assert_true(clock_ms() - begun < 20000);
	}
	run("cat " ETC "rt_tables.d/a.conf; echo x >" ETC "README");
	assert_false(rt_names_changed(&n));
	rt_names_fini(&n);
}

/* As a fresh Debian 13 has it: no /etc/iproute2, until somebody needs it. */
static void etc_may_be_missing(void **state)
{
	struct names own = NAMES_INIT;
	struct rt_names n = RT_NAMES_INIT;
	struct stat st;

	(void)state;
	run("umount -l /etc/iproute2 && rmdir /etc/iproute2");
	look(&n, "nothing", "201");
	umask(077);
	names_set(&own, 201, "own", 1);
	assert_int_equal(rt_names_write(&own, NULL), 0);
	umask(022);
	assert_int_equal(stat("/etc/iproute2", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0755);
	assert_int_equal(stat("/etc/iproute2/rt_tables.d", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0755);
	look(&n, "the own file", "own");
	run("echo 201 theirs >/etc/iproute2/rt_tables.d/x.conf");
	look(&n, "a file of theirs", "theirs");
	run("rm -r /etc/iproute2");
	look(&n, "all gone", "201");
	run("mkdir /etc/iproute2 && echo 201 new >/etc/iproute2/rt_tables");
	look(&n, "there again", "new");
	names_fini(&own);
	rt_names_fini(&n);
}

/* As many ids as a file may have, in the order that costs most where each is put in its place at
 * once. */
static void many_names_are_read_in_no_time(void **state)
{
	struct rt_names n = RT_NAMES_INIT;
	uint64_t begun;

	(void)state;
	run("seq 200000 -1 60001 | sed 's/$/ a/' >/etc/iproute2/rt_tables");
	begun = clock_ms();
	assert_int_equal(rt_names_read(&n), 0);
	assert_true(clock_ms() - begun < 3000);
	assert_true(n.tables.v.n > 100000);
	check(&n.tables, 200000, "a");
	rt_names_fini(&n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(what_iproute2_knows_without_files, fresh),
		cmocka_unit_test_setup(all_files_are_read, fresh),
		cmocka_unit_test_setup(odd_files, fresh),
		cmocka_unit_test_setup(hostile_files_do_no_harm, fresh),
		cmocka_unit_test_setup(usr_comes_where_etc_has_none, fresh),
		cmocka_unit_test_setup(own_names_are_found_by_ip, fresh),
		cmocka_unit_test_setup(a_failed_write_leaves_the_old_names, fresh),
		cmocka_unit_test_setup(changes_are_noticed, fresh),
		cmocka_unit_test_setup(many_names_are_read_in_no_time, fresh),
		cmocka_unit_test_setup(etc_may_be_missing, fresh),
	};

	if (!netns_enter() || system("command -v ip >/dev/null && mount -t tmpfs none /etc &&"
				     " mkdir /etc/iproute2"))
		return 77;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
