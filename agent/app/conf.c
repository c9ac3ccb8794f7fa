/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "app/conf.h"

#include <errno.h>
#include <libconfig.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>

enum { FILE_MAX = 1 << 20 };		   /* bytes */
enum { TIMEOUT_MAX = 366 * 24 * 60 * 60 }; /* seconds */

enum conf_kind { CONF_STRING, CONF_UINT, CONF_BOOL, CONF_LEVEL, CONF_LIST };
/* When a new value counts: as soon as the file is read anew, or when fwmarkd starts again. */
enum conf_when { RUN, START };

#define FIELD(f) offsetof(struct conf, f), sizeof(((struct conf *)NULL)->f)

static const struct conf_item {
	const char *path;
	enum conf_kind kind;
	enum conf_when when;
	size_t off, size;
	unsigned min, max, number; /* CONF_STRING: min is the shortest length; CONF_LIST: of each */
	const char *string;	   /* default of strings */
} items[] = {
	{ "agentx.socket", CONF_STRING, START, FIELD(agentx_socket), 1, 0, 0,
	  "/var/agentx/master" },
	{ "agentx.ping", CONF_UINT, START, FIELD(agentx_ping_s), 1, 3600, 3, NULL },
	{ "standalone.address", CONF_STRING, START, FIELD(standalone_address), 0, 0, 0, "" },
	{ "standalone.snmp_conf", CONF_STRING, START, FIELD(standalone_snmp_conf), 0, 0, 0, "" },
	{ "state.directory", CONF_STRING, START, FIELD(state_dir), 1, 0, 0,
	  LOCALSTATEDIR "/lib/fwmarkd" },
	{ "read.get_age_ms", CONF_UINT, RUN, FIELD(get_age_ms), 0, 60000, 100, NULL },
	{ "read.walk_age_ms", CONF_UINT, RUN, FIELD(walk_age_ms), 0, 60000, 1000, NULL },
	{ "xtables.lock_file", CONF_STRING, RUN, FIELD(lock_file), 0, 0, 0, "" },
	{ "xtables.lock_wait_ms", CONF_UINT, RUN, FIELD(lock_wait_ms), 0, 10000, 300, NULL },
	{ "provisioning.protocol", CONF_UINT, START, FIELD(protocol), 5, 255, 161, NULL },
	{ "provisioning.reassert", CONF_BOOL, RUN, FIELD(reassert), 0, 1, 0, NULL },
	{ "provisioning.main_tables", CONF_BOOL, RUN, FIELD(main_tables), 0, 1, 0, NULL },
	{ "provisioning.not_ready_timeout", CONF_UINT, RUN, FIELD(not_ready_s), 0, TIMEOUT_MAX, 300,
	  NULL },
	{ "provisioning.not_in_service_timeout", CONF_UINT, RUN, FIELD(not_in_service_s), 0,
	  TIMEOUT_MAX, 0, NULL },
	{ "routes.exclude_tables", CONF_LIST, RUN, FIELD(exclude_tables), 1, UINT32_MAX, 0, NULL },
	{ "log.level", CONF_LEVEL, RUN, FIELD(log_level), 0, 0, 0, "info" },
	{ "log.syslog", CONF_BOOL, RUN, FIELD(log_syslog), 0, 1, 0, NULL },
};

static const struct {
	const char *name;
	int level;
} levels[] = {
	{ "error", LOG_ERR },
	{ "warning", LOG_WARNING },
	{ "info", LOG_INFO },
	{ "debug", LOG_DEBUG },
};

enum { N_ITEMS = sizeof(items) / sizeof(*items), N_LEVELS = sizeof(levels) / sizeof(*levels) };

static void store(struct conf *c, const struct conf_item *item, unsigned number, const char *s)
{
	char *field = (char *)c + item->off;
	bool b = number;

	switch (item->kind) {
	case CONF_UINT:
		memcpy(field, &number, sizeof(number));
		break;
	case CONF_BOOL:
		memcpy(field, &b, sizeof(b));
		break;
	case CONF_LIST: /* of none; take_list() stores others */
		memset(field, 0, item->size);
		break;
	default:
		snprintf(field, item->size, "%s", s);
	}
}

void conf_init(struct conf *c)
{
	memset(c, 0, sizeof(*c));
	for (size_t i = 0; i < N_ITEMS; i++)
		store(c, &items[i], items[i].number, items[i].string);
}

int conf_log_level(const struct conf *c)
{
	for (size_t i = 0; i < N_LEVELS; i++)
		if (strcmp(levels[i].name, c->log_level) == 0)
			return levels[i].level;
	return LOG_INFO;
}

static bool is_level(const char *s)
{
	for (size_t i = 0; i < N_LEVELS; i++)
		if (strcmp(levels[i].name, s) == 0)
			return true;
	return false;
}

bool conf_list_has(const struct conf_list *list, uint32_t number)
{
	for (uint32_t i = 0; i < list->n; i++)
		if (list->item[i] == number)
			return true;
	return false;
}

/* Returns: NULL, or what is wrong with the value. */
static const char *take_number(const struct conf_item *item, const config_setting_t *s,
			       long long *number)
{
	if (!config_setting_is_number(s) || config_setting_type(s) == CONFIG_TYPE_FLOAT)
		return "a whole number is wanted";
	*number = config_setting_type(s) == CONFIG_TYPE_INT ? config_setting_get_int(s)
							    : config_setting_get_int64(s);
	return *number < item->min || *number > item->max ? "out of range" : NULL;
}

static const char *take_list(struct conf *c, const struct conf_item *item,
			     const config_setting_t *s)
{
	struct conf_list *list = (void *)((char *)c + item->off);

	if (!config_setting_is_list(s) && !config_setting_is_array(s))
		return "a list of numbers in parentheses is wanted";
	if (config_setting_length(s) > CONF_LIST_MAX)
		return "too many numbers";
	list->n = 0;
	for (int i = 0; i < config_setting_length(s); i++) {
		long long number = 0;
		const char *wrong =
			take_number(item, config_setting_get_elem(s, (unsigned)i), &number);

		if (wrong)
			return wrong;
		list->item[list->n++] = (uint32_t)number;
	}
	return NULL;
}

/* Returns: as take_number(). */
static const char *take(struct conf *c, const struct conf_item *item, const config_setting_t *s)
{
	long long number = 0;
	const char *string = NULL, *wrong;

	switch (item->kind) {
	case CONF_UINT:
		wrong = take_number(item, s, &number);
		if (wrong)
			return wrong;
		break;
	case CONF_LIST:
		return take_list(c, item, s);
	case CONF_BOOL:
		if (config_setting_type(s) != CONFIG_TYPE_BOOL)
			return "true or false is wanted";
		number = config_setting_get_bool(s);
		break;
	default:
		string = config_setting_get_string(s);
		if (!string)
			return "a string in quotes is wanted";
		if (strlen(string) < item->min)
			return "it must not be empty";
		if (strlen(string) >= item->size)
			return "too long";
		if (item->kind == CONF_LEVEL && !is_level(string))
			return "error, warning, info or debug is wanted";
	}
	store(c, item, (unsigned)number, string);
	return NULL;
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
		const char *in = config_setting_source_file(s); /* NULL: not an included one */
		const struct conf_item *item;
		char path[128];
		int err;

		snprintf(path, sizeof(path), "%s%s%s", prefix, *prefix ? "." : "",
			 config_setting_name(s));
		item = item_find(path);
		if (item) {
			wrong = take(c, item, s);
		} else if (config_setting_is_group(s) && is_group(path)) {
			wrong = NULL;
			err = walk(file, s, path, c, why);
			if (err)
				return err;
		}
		if (wrong)
			return why_set(why, -EINVAL, "%s:%u: %s: %s", in ? in : file,
				       config_setting_source_line(s), path, wrong);
	}
	return 0;
}

/* The whole file at once: libconfig's scanner ends the process when it cannot read on
 * (YY_FATAL_ERROR, libconfig 1.5), as it cannot in a directory. */
int conf_load(const char *file, struct conf *c, struct why *why)
{
	struct text all = TEXT_INIT;
	const char *in;
	config_t cfg;
	int err = text_add_file(&all, file, FILE_MAX);

	conf_init(c);
	if (err) {
		text_fini(&all);
		return why_set(why, err, "%s: %s", file, strerror(-err));
	}
	config_init(&cfg);
	if (config_read_string(&cfg, text_str(&all))) {
		err = walk(file, config_root_setting(&cfg), "", c, why);
	} else {
		in = config_error_file(&cfg);
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
		else if (item->kind == CONF_LIST)
			text_add(out, "()\n");
		else
			text_add(out, "%u\n", item->number);
	}
}
