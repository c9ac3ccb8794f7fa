/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The settings: what a file may say, what is said about what it may not, and what the
 * documentation says about the defaults. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "daemon/conf.h"

#define N(a) (sizeof(a) / sizeof(*(a)))

static char file[] = "/tmp/test_conf.XXXXXX";

static int setup(void **state)
{
	int fd = mkstemp(file);

	(void)state;
	return fd < 0 ? -1 : close(fd);
}

static int teardown(void **state)
{
	(void)state;
	return unlink(file);
}

static int load(const char *s, struct conf *c, struct why *why)
{
	FILE *f = fopen(file, "we");

	assert_non_null(f);
	assert_int_equal(fputs(s, f) < 0, 0);
	assert_int_equal(fclose(f), 0);
	why->s[0] = '\0';
	return conf_load(file, c, why);
}

static void same_as_defaults(const struct conf *c)
{
	struct conf d;

	conf_init(&d);
	memcpy(d.keep.file, c->keep.file, sizeof(d.keep.file));
	assert_memory_equal(c, &d, sizeof(d));
}

static void nothing_is_a_valid_file(void **state)
{
	static const char *const files[] = { "", "\n", "# only this\n", "agentx: { };",
					     "log = {}\n read {}" };
	struct conf c;
	struct why why;

	(void)state;
	for (size_t i = 0; i < N(files) - 1; i++) {
		assert_int_equal(load(files[i], &c, &why), 0);
		assert_string_equal(why.s, "");
		same_as_defaults(&c);
	}
	assert_int_equal(conf_load("/dev/null", &c, &why), 0);
	same_as_defaults(&c);
	assert_string_equal(c.agentx_socket, "/var/agentx/master");
	assert_int_equal(conf_log_level(&c), LOG_INFO);
	assert_int_equal(c.protocol, 161);
}

static void every_setting_can_be_set(void **state)
{
	struct conf c;
	struct why why;

	(void)state;
	assert_int_equal(load("agentx: { socket = \"tcp:localhost:705\"; ping = 3600; };\n"
			      "standalone: { address = \"udp:161\"; snmp_conf = \"/a b\"; };\n"
			      "state: { directory = \"/s\"; gone_marks = 0; }\n"
			      "read = { get_age_ms = 0; walk_age_ms = 0xEA60; };\n"
			      "xtables: { lock_file = \"/l\"; lock_wait_ms = 10000L; };\n"
			      "provisioning: { protocol = 5; main_tables = true; };\n"
			      "display: { exclude_tables = (1, 1000, 4294967295L); };\n"
			      "log: { level = \"debug\"; syslog = True; };\n",
			      &c, &why),
			 0);
	assert_string_equal(c.agentx_socket, "tcp:localhost:705");
	assert_int_equal(c.agentx_ping_s, 3600);
	assert_string_equal(c.standalone_address, "udp:161");
	assert_string_equal(c.standalone_snmp_conf, "/a b");
	assert_string_equal(c.state_dir, "/s");
	assert_int_equal(c.read.gone_marks, 0);
	assert_int_equal(c.read.get_age_ms, 0);
	assert_int_equal(c.read.walk_age_ms, 60000);
	assert_string_equal(c.read.lock_file, "/l");
	assert_int_equal(c.read.lock_wait_ms, 10000);
	assert_int_equal(c.protocol, 5);
	assert_true(c.access.main_tables);
	assert_int_equal(c.read.exclude_tables.n, 3);
	assert_true(num_list_has(&c.read.exclude_tables, 1000));
	assert_true(num_list_has(&c.read.exclude_tables, UINT32_MAX));
	assert_false(num_list_has(&c.read.exclude_tables, 2));
	assert_int_equal(conf_log_level(&c), LOG_DEBUG);
	assert_true(c.log_syslog);
}

static void lists_of_the_house_are_taken(void **state)
{
	struct conf c;
	struct why why;

	(void)state;
	assert_int_equal(load("provisioning: { enable = false; max_rows = 0;\n"
			      "netfilter_tables = (\"mangle\"); chains = [\"A\", \"raw/OUTPUT\"];\n"
			      "mark_mask = 0xffff0000;\n"
			      "tables = (\"100-199\", \"201\", 1000, \"4294967295\");\n"
			      "priorities = (0, \"32767-4294967295\"); };\n",
			      &c, &why),
			 0);
	assert_false(c.access.enable);
	assert_int_equal(c.access.max_rows, 0);
	assert_true(c.access.mark_mask == 0xffff0000);
	assert_int_equal(c.access.netfilter_tables.n, 1);
	assert_true(name_list_has(&c.access.netfilter_tables, "mangle"));
	assert_true(name_list_has(&c.access.chains, "A"));
	assert_true(name_list_has(&c.access.chains, "raw/OUTPUT"));
	assert_false(name_list_has(&c.access.chains, "OUTPUT"));
	assert_true(num_ranges_have(&c.access.priorities, 0));
	assert_false(num_ranges_have(&c.access.priorities, 32766));
	assert_true(num_ranges_have(&c.access.priorities, UINT32_MAX));
	assert_int_equal(c.access.tables.n, 4);
	assert_false(num_ranges_have(&c.access.tables, 99));
	assert_true(num_ranges_have(&c.access.tables, 100));
	assert_true(num_ranges_have(&c.access.tables, 199));
	assert_false(num_ranges_have(&c.access.tables, 200));
	assert_true(num_ranges_have(&c.access.tables, 201));
	assert_true(num_ranges_have(&c.access.tables, 1000));
	assert_true(num_ranges_have(&c.access.tables, UINT32_MAX));
	assert_int_equal(load("provisioning: { mark_mask = 0xffffffff; };", &c, &why), 0);
	assert_true(c.access.mark_mask == UINT32_MAX);
	assert_int_equal(load("provisioning: { mark_mask = 4294967295L; };", &c, &why), 0);
	assert_true(c.access.mark_mask == UINT32_MAX);
}

#define A8   "aaaaaaaa"
#define A64  A8 A8 A8 A8 A8 A8 A8 A8
#define A256 A64 A64 A64 A64
#define L16  "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,"

#define RANGE_WANTED ":1: provisioning.tables: a number or a range such as \"100-199\" is wanted"
#define L_WANTED     "a number above 2147483647 needs an L behind it"

static const struct {
	const char *text;
	const char *says; /* behind the name of the file */
} bad[] = {
	{ "agentx: { ping = 0; };", ":1: agentx.ping: out of range: 1 to 3600 is wanted" },
	{ "\n\nagentx: {\n ping = 3601; };", ":4: agentx.ping: out of range: 1 to 3600 is wanted" },
	{ "agentx: { ping = -1; };", ":1: agentx.ping: out of range: 1 to 3600 is wanted" },
	{ "agentx: { ping = 4294967299L; };",
	  ":1: agentx.ping: out of range: 1 to 3600 is wanted" },
	{ "agentx: { ping = 3.0; };", ":1: agentx.ping: a whole number is wanted" },
	{ "agentx: { ping = \"3\"; };", ":1: agentx.ping: a whole number is wanted" },
	{ "agentx: { ping = true; };", ":1: agentx.ping: a whole number is wanted" },
	{ "agentx: { ping = (); };", ":1: agentx.ping: a whole number is wanted" },
	{ "agentx: { ping = { }; };", ":1: agentx.ping: a whole number is wanted" },
	{ "agentx: { socket = \"\"; };", ":1: agentx.socket: it must not be empty" },
	{ "agentx: { socket = 3; };", ":1: agentx.socket: a string in quotes is wanted" },
	{ "agentx: { socket = \"" A64 A64 "\"; };",
	  ":1: agentx.socket: too long: at most 107 bytes" },
	{ "standalone: { address = \"" A256 "\"; };",
	  ":1: standalone.address: too long: at most 255 bytes" },
	{ "standalone: { address = [\"a\"]; };",
	  ":1: standalone.address: a string in quotes is wanted" },
	{ "standalone: { snmp_conf = 1; };",
	  ":1: standalone.snmp_conf: a string in quotes is wanted" },
	{ "state: { directory = \"\"; };", ":1: state.directory: it must not be empty" },
	{ "read: { get_age_ms = 60001; };",
	  ":1: read.get_age_ms: out of range: 0 to 60000 is wanted" },
	{ "read: { walk_age_ms = -1; };",
	  ":1: read.walk_age_ms: out of range: 0 to 60000 is wanted" },
	{ "xtables: { lock_file = false; };",
	  ":1: xtables.lock_file: a string in quotes is wanted" },
	{ "xtables: { lock_wait_ms = 10001; };",
	  ":1: xtables.lock_wait_ms: out of range: 0 to 10000 is wanted" },
	{ "provisioning: { protocol = 4; };",
	  ":1: provisioning.protocol: out of range: 5 to 255 is wanted" },
	{ "provisioning: { protocol = 256; };",
	  ":1: provisioning.protocol: out of range: 5 to 255 is wanted" },
	{ "provisioning: { main_tables = 1; };",
	  ":1: provisioning.main_tables: true or false is wanted" },
	{ "display: { exclude_tables = 7; };",
	  ":1: display.exclude_tables: a list of numbers in parentheses is wanted" },
	{ "display: { exclude_tables = (0); };",
	  ":1: display.exclude_tables: out of range: 1 to 4294967295 is wanted" },
	{ "display: { exclude_tables = [4294967296L]; };",
	  ":1: display.exclude_tables: out of range: 1 to 4294967295 is wanted" },
	{ "display: { exclude_tables = (\"main\"); };",
	  ":1: display.exclude_tables: a whole number is wanted" },
	{ "display: { exclude_tables = (" L16 L16 L16 L16 "1); };",
	  ":1: display.exclude_tables: too many entries: at most 64" },
	{ "display: { exclude_tables = (\"1-2\"); };",
	  ":1: display.exclude_tables: a whole number is wanted" },
	{ "provisioning: { enable = 1; };", ":1: provisioning.enable: true or false is wanted" },
	{ "provisioning: { chains = \"A\"; };",
	  ":1: provisioning.chains: a list of strings in parentheses is wanted" },
	{ "provisioning: { chains = (1); };",
	  ":1: provisioning.chains: a string in quotes is wanted" },
	{ "provisioning: { chains = (\"A\",\n\"\"); };",
	  ":1: provisioning.chains: it must not be empty" },
	{ "provisioning: { netfilter_tables = (\"" A256 "\"); };",
	  ":1: provisioning.netfilter_tables: too long: at most 193 bytes" },
	{ "provisioning: { mark_mask = \"0xff\"; };",
	  ":1: provisioning.mark_mask: a whole number is wanted" },
	{ "provisioning: { mark_mask = -1; };",
	  ":1: provisioning.mark_mask: out of range: 0 to 4294967295 is wanted" },
	{ "provisioning: { mark_mask = 0x100000000L; };",
	  ":1: provisioning.mark_mask: out of range: 0 to 4294967295 is wanted" },
	{ "provisioning: { mark_mask = 0xff_00; };", ":1: syntax error" },
	{ "provisioning: { max_rows = 4000001; };",
	  ":1: provisioning.max_rows: out of range: 0 to 4000000 is wanted" },
	{ "provisioning: { tables = 7; };",
	  ":1: provisioning.tables: a list of numbers and ranges in parentheses is wanted" },
	{ "provisioning: { tables = (0); };",
	  ":1: provisioning.tables: out of range: 1 to 4294967295 is wanted" },
	{ "provisioning: { tables = (\"0-1\"); };",
	  ":1: provisioning.tables: out of range: 1 to 4294967295 is wanted" },
	{ "provisioning: { tables = (\"9-8\"); };",
	  ":1: provisioning.tables: a range begins with the smaller number" },
	{ "provisioning: { tables = (\"1-4294967296\"); };",
	  ":1: provisioning.tables: out of range: 1 to 4294967295 is wanted" },
	{ "provisioning: { tables = (\"1-99999999999999999999\"); };",
	  ":1: provisioning.tables: out of range: 1 to 4294967295 is wanted" },
	{ "provisioning: { tables = (\"\"); };", RANGE_WANTED },
	{ "provisioning: { tables = (\"main\"); };", RANGE_WANTED },
	{ "provisioning: { tables = (\"1-\"); };", RANGE_WANTED },
	{ "provisioning: { tables = (\"-1\"); };", RANGE_WANTED },
	{ "provisioning: { tables = (\"1--2\"); };", RANGE_WANTED },
	{ "provisioning: { tables = (\"1-2-3\"); };", RANGE_WANTED },
	{ "provisioning: { tables = (\"1 - 2\"); };", RANGE_WANTED },
	{ "provisioning: { tables = (1.5); };",
	  ":1: provisioning.tables: a whole number is wanted" },
	/* libconfig would take these for -1, 1, 1 and -2147483648. */
	{ "provisioning: {\n mark_mask = 4294967295; };", ":2: " L_WANTED },
	{ "provisioning: { mark_mask = 0x100000001; };", ":1: " L_WANTED },
	{ "# 1\n/* 99999999999\n */ log: { level = \"\\\"9999999999\"; }; // 9999999999\n"
	  "display: { exclude_tables = (7, 4294967297); };",
	  ":4: " L_WANTED },
	{ "/*/ 99999999999 */ display: { exclude_tables = (0); };",
	  ":1: display.exclude_tables: out of range: 1 to 4294967295 is wanted" },
	{ "display: { exclude_tables = (2147483648); };", ":1: " L_WANTED },
	{ "log: { level = \"loud\"; };", ":1: log.level: error, warning, info or debug is wanted" },
	{ "log: { level = \"\"; };", ":1: log.level: error, warning, info or debug is wanted" },
	{ "log: { level = \"Info\"; };", ":1: log.level: error, warning, info or debug is wanted" },
	{ "log: { syslog = 1; };", ":1: log.syslog: true or false is wanted" },
	{ "log: { syslog = \"true\"; };", ":1: log.syslog: true or false is wanted" },
	{ "ping = 3;", ":1: ping: no such setting" },
	{ "log: { };\nlog: { };", ":2: duplicate setting name" },
	{ "\nfoo: { };", ":2: foo: no such setting" },
	{ "log: { level = \"info\";\n foo = 1; };", ":2: log.foo: no such setting" },
	{ "log: { log: { level = \"info\"; }; };", ":1: log.log: no such setting" },
	{ "log = 3;", ":1: log: a group in braces is wanted" },
	{ "log = ( { level = \"info\"; } );", ":1: log: a group in braces is wanted" },
	{ "rules = { index = 1; };", ":1: rules: a list of rows in parentheses is wanted" },
	{ "agent: { };", ":1: agent: no such setting" },
	{ "agentx: { Ping = 3; };", ":1: agentx.Ping: no such setting" },
	{ "agentx: { ping = 3", ":1: syntax error" },
	{ "{", ":1: syntax error" },
	{ "log: { };\nlog: { };", ":2: duplicate setting name" },
	{ A256 " = 1;", NULL },
	{ "\x01", ":1: syntax error" },
};

static void what_is_wrong_is_said_with_its_place(void **state)
{
	(void)state;
	for (size_t i = 0; i < N(bad); i++) {
		struct conf c;
		struct why why;

		if (load(bad[i].text, &c, &why) != -EINVAL)
			fail_msg("accepted: %s", bad[i].text);
		assert_int_equal(strncmp(why.s, file, strlen(file)), 0);
		if (bad[i].says)
			assert_string_equal(why.s + strlen(file), bad[i].says);
	}
}

static void a_file_that_cannot_be_read_is_none(void **state)
{
	struct conf c;
	struct why why;

	(void)state;
	assert_int_equal(conf_load("/tmp/nowhere/at all", &c, &why), -ENOENT);
	assert_string_equal(why.s, "/tmp/nowhere/at all: No such file or directory");
	assert_int_equal(conf_load("/tmp", &c, &why), -EISDIR);
	assert_string_equal(why.s, "/tmp: Is a directory");
}

/* A line that a file includes stands in that file. */
static void an_included_file_is_named(void **state)
{
	char inner[] = "/tmp/test_conf.XXXXXX", outer[64], want[128];
	int fd = mkstemp(inner);
	struct conf c;
	struct why why;

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "\n\nlog: { level = 1; };\n", 22), 22);
	snprintf(outer, sizeof(outer), "@include \"%s\"\n", inner);
	assert_int_equal(load(outer, &c, &why), -EINVAL);
	snprintf(want, sizeof(want), "%s:3: log.level: a string in quotes is wanted", inner);
	assert_string_equal(why.s, want);
	assert_int_equal(pwrite(fd, "\n{", 2, 0), 2);
	assert_int_equal(load(outer, &c, &why), -EINVAL);
	snprintf(want, sizeof(want), "%s:2: syntax error", inner);
	assert_string_equal(why.s, want);
	close(fd);
	unlink(inner);
}

/* What can change changes; what cannot is named, once each, and stays. */
static void a_running_agent_takes_over_what_it_can(void **state)
{
	struct text later = TEXT_INIT;
	struct conf c, now;
	struct why why;

	(void)state;
	assert_int_equal(load("agentx: { socket = \"/long/enough\"; };", &c, &why), 0);
	assert_int_equal(load("agentx: { socket = \"/s\"; ping = 5; };\n"
			      "standalone: { address = \"udp:161\"; snmp_conf = \"/a\"; };\n"
			      "state: { directory = \"/s\"; };\n"
			      "read: { get_age_ms = 1; walk_age_ms = 2; };\n"
			      "xtables: { lock_file = \"/l\"; lock_wait_ms = 3; };\n"
			      "provisioning: { protocol = 5; reassert = true; };\n"
			      "display: { exclude_tables = (7); };\n"
			      "log: { level = \"debug\"; syslog = true; };\n",
			      &now, &why),
			 0);
	conf_change(&c, &now, &later);
	assert_string_equal(text_str(&later), "agentx.socket, agentx.ping, standalone.address, "
					      "standalone.snmp_conf, state.directory, "
					      "provisioning.protocol");
	assert_string_equal(c.agentx_socket, "/long/enough");
	assert_int_equal(c.agentx_ping_s, 3);
	assert_string_equal(c.standalone_address, "");
	assert_int_equal(c.protocol, 161);
	assert_int_equal(c.read.get_age_ms, 1);
	assert_int_equal(c.read.walk_age_ms, 2);
	assert_string_equal(c.read.lock_file, "/l");
	assert_int_equal(c.read.lock_wait_ms, 3);
	assert_true(c.keep.reassert);
	assert_true(num_list_has(&c.read.exclude_tables, 7));
	assert_int_equal(conf_log_level(&c), LOG_DEBUG);
	assert_true(c.log_syslog);
	text_reset(&later);
	/* What was longer once is the same string all the same. */
	strcpy(now.agentx_socket, "/longer than that");
	strcpy(now.agentx_socket, "/s");
	strcpy(c.agentx_socket, "/s");
	now.agentx_ping_s = 3;
	now.standalone_address[0] = now.standalone_snmp_conf[0] = 0;
	strcpy(now.state_dir, c.state_dir);
	now.protocol = 161;
	conf_change(&c, &now, &later);
	assert_string_equal(text_str(&later), "");
	text_fini(&later);
}

static FILE *documentation(const char *name)
{
	const char *srcdir = getenv("top_srcdir");
	char path[4096];
	FILE *f;

	if (!srcdir)
		srcdir = getenv("srcdir");
	snprintf(path, sizeof(path), "%s/conf/%s", srcdir ? srcdir : ".", name);
	f = fopen(path, "re");
	if (!f)
		fail_msg("cannot read %s", path);
	return f;
}

/* conf_describe(), as it is when configure was not told another --localstatedir. */
static void describe(struct text *out)
{
	struct text all = TEXT_INIT;
	char *save = NULL;

	conf_describe(&all);
	for (char *s = strtok_r(all.s, "\n", &save); s; s = strtok_r(NULL, "\n", &save))
		text_add(out, "%s\n",
			 strncmp(s, "state.directory = ", 18) != 0
				 ? s
				 : "state.directory = \"/var/lib/fwmarkd\"");
	text_fini(&all);
}

/* "group: {", then lines "#	name = default;", then "};": the lines of conf_describe(). */
static void the_example_shows_every_default(void **state)
{
	FILE *f = documentation("fwmarkd.conf");
	struct text is = TEXT_INIT, want = TEXT_INIT;
	char line[512], group[64] = "", name[64], value[256];

	(void)state;
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, " %63[a-z_] : {", name) == 1 ||
		    sscanf(line, "#%63[a-z_]: {", name) == 1)
			memcpy(group, name, sizeof(group));
		else if (sscanf(line, "#%*[ \t]%63[a-z_] = %255[^;];", name, value) == 2)
			text_add(&is, "%s.%s = %s\n", group, name, value);
		else if (strchr("#}\n", *line) == NULL)
			fail_msg("conf/fwmarkd.conf has a line in force: %s", line);
	}
	fclose(f);
	describe(&want);
	assert_string_equal(text_str(&is), text_str(&want));
	text_fini(&is);
	text_fini(&want);
}

/* What is commented out is accepted when it is not, and changes nothing. */
static void the_example_can_be_used(void **state)
{
	FILE *f = documentation("fwmarkd.conf");
	struct text t = TEXT_INIT;
	char line[512];
	struct conf c;
	struct why why;

	(void)state;
	while (fgets(line, sizeof(line), f))
		text_add(&t, "%s",
			 strncmp(line, "#\t", 2) == 0 || strncmp(line, "#}", 2) == 0 ||
					 strncmp(line, "#routes:", 8) == 0
				 ? line + 1
				 : line);
	fclose(f);
	if (load(text_str(&t), &c, &why))
		fail_msg("%s", why.s);
	same_as_defaults(&c);
	text_fini(&t);
}

/* A line '.BR path " (kind; default: value)"' for each, with its default. */
static void the_manual_names_every_setting(void **state)
{
	FILE *f = documentation("fwmarkd.conf.5");
	struct text page = TEXT_INIT, all = TEXT_INIT;
	char line[512], *save = NULL;

	(void)state;
	while (fgets(line, sizeof(line), f)) {
		for (char *s = line; *s; s++) {
			if (strncmp(s, "\\(dq", 4) == 0) {
				text_add(&page, "\"");
				s += 3;
			} else if (*s != '\\' || s[1] != '-') {
				text_addn(&page, s, 1);
			}
		}
	}
	fclose(f);
	describe(&all);
	for (char *s = strtok_r(all.s, "\n", &save); s; s = strtok_r(NULL, "\n", &save)) {
		char *value = strstr(s, " = "), *at, *end;
		struct text want = TEXT_INIT;

		assert_non_null(value);
		text_add(&want, "\n.BR %.*s \" (", (int)(value - s), s);
		at = strstr(page.s, text_str(&want));
		if (!at)
			fail_msg("fwmarkd.conf(5) has no line for %s", s);
		end = strchr(at + 1, '\n');
		text_reset(&want);
		text_add(&want, "default: %s)", value + 3);
		at = strstr(at, text_str(&want));
		if (!at || at > end)
			fail_msg("fwmarkd.conf(5) has another default than %s", s);
		text_fini(&want);
	}
	text_fini(&page);
	text_fini(&all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_a_valid_file),
		cmocka_unit_test(every_setting_can_be_set),
		cmocka_unit_test(lists_of_the_house_are_taken),
		cmocka_unit_test(what_is_wrong_is_said_with_its_place),
		cmocka_unit_test(a_file_that_cannot_be_read_is_none),
		cmocka_unit_test(an_included_file_is_named),
		cmocka_unit_test(a_running_agent_takes_over_what_it_can),
		cmocka_unit_test(the_example_shows_every_default),
		cmocka_unit_test(the_example_can_be_used),
		cmocka_unit_test(the_manual_names_every_setting),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
