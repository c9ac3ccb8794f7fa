/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/conf.h"

#include <errno.h>
#include <libconfig.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "conf_value.h"
#include "store/static_rows.h"

enum { TIMEOUT_MAX = 366 * 24 * 60 * 60 }; /* seconds */

#define FIELD(f) offsetof(struct conf, f), sizeof(((struct conf *)NULL)->f)

static const struct conf_item items[] = {
	{ "agentx.socket", CONF_STRING, START, FIELD(agentx_socket), 1, 0, 0,
	  "/var/agentx/master" },
	{ "agentx.ping", CONF_UINT, START, FIELD(agentx_ping_s), 1, 3600, 3, NULL },
	{ "standalone.address", CONF_STRING, START, FIELD(standalone_address), 0, 0, 0, "" },
	{ "standalone.snmp_conf", CONF_STRING, START, FIELD(standalone_snmp_conf), 0, 0, 0, "" },
	{ "process.user", CONF_STRING, START, FIELD(user), 0, 0, 0, "" },
	{ "state.directory", CONF_STRING, START, FIELD(state_dir), 1, 0, 0,
	  LOCALSTATEDIR "/lib/fwmarkd" },
	{ "state.gone_marks", CONF_UINT, RUN, FIELD(read.gone_marks), 0, 1000000, 10000, NULL },
	{ "read.get_age_ms", CONF_UINT, RUN, FIELD(read.get_age_ms), 0, 60000, 100, NULL },
	{ "read.walk_age_ms", CONF_UINT, RUN, FIELD(read.walk_age_ms), 0, 60000, 1000, NULL },
	{ "read.sample_s", CONF_UINT, RUN, FIELD(read.sample_s), 0, 3600, 10, NULL },
	{ "xtables.lock_file", CONF_STRING, RUN, FIELD(read.lock_file), 0, 0, 0, "" },
	{ "xtables.lock_wait_ms", CONF_UINT, RUN, FIELD(read.lock_wait_ms), 0, 10000, 300, NULL },
	{ "provisioning.protocol", CONF_UINT, START, FIELD(protocol), 5, 255, 161, NULL },
	{ "provisioning.reassert", CONF_BOOL, RUN, FIELD(keep.reassert), 0, 1, 0, NULL },
	{ "provisioning.main_tables", CONF_BOOL, RUN, FIELD(access.main_tables), 0, 1, 0, NULL },
	{ "provisioning.not_ready_timeout", CONF_UINT, RUN, FIELD(keep.not_ready_s), 0, TIMEOUT_MAX,
	  300, NULL },
	{ "provisioning.not_in_service_timeout", CONF_UINT, RUN, FIELD(keep.not_in_service_s), 0,
	  TIMEOUT_MAX, 0, NULL },
	{ "provisioning.enable", CONF_BOOL, RUN, FIELD(access.enable), 0, 1, 1, NULL },
	{ "provisioning.netfilter_tables", CONF_NAMES, RUN, FIELD(access.netfilter_tables), 1, 0, 0,
	  NULL },
	{ "provisioning.chains", CONF_NAMES, RUN, FIELD(access.chains), 1, 0, 0, NULL },
	{ "provisioning.mark_mask", CONF_MASK, RUN, FIELD(access.mark_mask), 0, UINT32_MAX,
	  UINT32_MAX, NULL },
	{ "provisioning.tables", CONF_RANGES, RUN, FIELD(access.tables), 1, UINT32_MAX, 0, NULL },
	{ "provisioning.priorities", CONF_RANGES, RUN, FIELD(access.priorities), 0, UINT32_MAX, 0,
	  NULL },
	{ "provisioning.foreign", CONF_BOOL, RUN, FIELD(access.foreign), 0, 1, 0, NULL },
	{ "provisioning.max_rows", CONF_UINT, RUN, FIELD(access.max_rows), 0, 4000000, 20000,
	  NULL },
	{ "display.exclude_tables", CONF_NUMBERS, RUN, FIELD(read.exclude_tables), 1, UINT32_MAX, 0,
	  NULL },
	{ "log.level", CONF_LEVEL, RUN, FIELD(log_level), 0, 0, 0, "info" },
	{ "log.syslog", CONF_BOOL, RUN, FIELD(log_syslog), 0, 1, 0, NULL },
};

enum { N_ITEMS = sizeof(items) / sizeof(*items) };

void conf_init(struct conf *c)
{
	memset(c, 0, sizeof(*c));
	for (size_t i = 0; i < N_ITEMS; i++)
		conf_value_store(c, &items[i], items[i].number, items[i].string);
}

void conf_fini(struct conf *c)
{
	static_rows_unref(c->rows);
	c->rows = NULL;
}

static const struct conf_item *item_find(const char *path)
{
	for (size_t i = 0; i < N_ITEMS; i++)
		if (strcmp(items[i].path, path) == 0)
			return &items[i];
	return NULL;
}

/* Is @path the group that some setting stands in? */
static bool is_group(const char *path)
{
	size_t n = strlen(path);

	for (size_t i = 0; i < N_ITEMS; i++)
		if (strncmp(items[i].path, path, n) == 0 && items[i].path[n] == '.')
			return true;
	return false;
}

static int walk(const char *file, const config_setting_t *group, const char *prefix, struct conf *c,
		struct why *why)
{
	for (int i = 0; i < config_setting_length(group); i++) {
		const config_setting_t *s = config_setting_get_elem(group, (unsigned)i);
		const char *wrong = "no such setting";
		const char *in = config_setting_source_file(s); /* NULL: @file itself */
		const struct conf_item *item;
		char path[128];
		int err;

		snprintf(path, sizeof(path), "%s%s%s", prefix, *prefix ? "." : "",
			 config_setting_name(s));
		item = item_find(path);
		if (item) {
			wrong = conf_value_take(c, item, s);
		} else if (static_rows_name(path)) {
			wrong = NULL; /* they are read when all settings are known */
		} else if (is_group(path)) {
			wrong = config_setting_is_group(s) ? NULL : "a group in braces is wanted";
			err = wrong ? 0 : walk(file, s, path, c, why);
			if (err)
				return err;
		}
		if (wrong)
			return why_set(why, -EINVAL, "%s:%u: %s: %s", in ? in : file,
				       config_setting_source_line(s), path, wrong);
	}
	return 0;
}

/* Reads the whole file before libconfig sees it: libconfig's scanner ends the process when it
 * cannot read on (YY_FATAL_ERROR, libconfig 1.5), as it cannot in a directory. The file may be a
 * pipe: whoever names one sees to its other end. */
static int read_file(const char *file, struct text *all, struct why *why)
{
	int err = text_add_file(all, file, CONF_FILE_MAX);
	const char *wrong = NULL;
	struct stat st;

	if (!err && stat(file, &st) == 0)
		wrong = file_mode_wrong(st.st_mode);
	if (err || wrong)
		return why_set(why, err ? err : -EINVAL, "%s: %s", file,
			       wrong ? wrong : strerror(-err));
	return conf_include_check(file, text_str(all), 0, why);
}

int conf_load(const char *file, struct conf *c, struct why *why)
{
	struct text all = TEXT_INIT;
	config_t cfg;
	int err = read_file(file, &all, why);

	conf_init(c);
	snprintf(c->keep.file, sizeof(c->keep.file), "%s", file);
	config_init(&cfg);
	if (err) {
		/* read_file() has said why. */
	} else if (config_read_string(&cfg, text_str(&all))) {
		err = walk(file, config_root_setting(&cfg), "", c, why);
		if (!err)
			err = static_rows_read(config_root_setting(&cfg), file,
					       (uint8_t)c->protocol, &c->rows, why);
	} else {
		const char *in = config_error_file(&cfg);

		err = why_set(why, -EINVAL, "%s:%d: %s", in ? in : file, config_error_line(&cfg),
			      config_error_text(&cfg));
	}
	config_destroy(&cfg);
	text_fini(&all);
	return err;
}

static bool same(const struct conf_item *item, const struct conf *x, const struct conf *y)
{
	const char *a = (const char *)x + item->off, *b = (const char *)y + item->off;

	return item->string ? strcmp(a, b) == 0 : memcmp(a, b, item->size) == 0;
}

void conf_change(struct conf *c, const struct conf *now, struct text *later)
{
	for (size_t i = 0; i < N_ITEMS; i++) {
		const struct conf_item *item = &items[i];

		if (item->when == RUN)
			memcpy((char *)c + item->off, (const char *)now + item->off, item->size);
		else if (!same(item, c, now))
			text_add(later, "%s%s", later->len ? ", " : "", item->path);
	}
}

void conf_describe(struct text *out)
{
	for (size_t i = 0; i < N_ITEMS; i++) {
		const struct conf_item *item = &items[i];

		text_add(out, "%s = ", item->path);
		if (item->string)
			text_add(out, "\"%s\"\n", item->string);
		else if (item->kind == CONF_BOOL)
			text_add(out, "%s\n", item->number ? "true" : "false");
		else if (item->kind >= CONF_NUMBERS)
			text_add(out, "()\n");
		else if (item->kind == CONF_MASK)
			text_add(out, "0x%08x\n", item->number);
		else
			text_add(out, "%u\n", item->number);
	}
}
