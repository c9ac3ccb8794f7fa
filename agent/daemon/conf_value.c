/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "conf_value.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

static const struct {
	const char *name;
	int level;
} levels[] = {
	{ "error", LOG_ERR },
	{ "warning", LOG_WARNING },
	{ "info", LOG_INFO },
	{ "debug", LOG_DEBUG },
};

enum { N_LEVELS = sizeof(levels) / sizeof(*levels) };

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

void conf_value_store(struct conf *c, const struct conf_item *item, unsigned number, const char *s)
{
	char *field = (char *)c + item->off;
	bool b = number;

	switch (item->kind) {
	case CONF_UINT:
	case CONF_MASK:
		memcpy(field, &number, sizeof(number));
		break;
	case CONF_BOOL:
		memcpy(field, &b, sizeof(b));
		break;
	case CONF_STRING:
	case CONF_LEVEL:
		snprintf(field, item->size, "%s", s);
		break;
	default: /* an empty list; take_list() stores the others */
		memset(field, 0, item->size);
	}
}

/* Makes a sentence with numbers in it, which is valid until the next call. */
static const char *sentence(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static const char *sentence(const char *fmt, ...)
{
	static char s[64];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(s, sizeof(s), fmt, ap);
	va_end(ap);
	return s;
}

static const char *out_of_range(const struct conf_item *item)
{
	return sentence("out of range: %u to %u is wanted", item->min, item->max);
}

/* Returns: NULL, or what is wrong with the value. */
static const char *take_number(const struct conf_item *item, const config_setting_t *s,
			       long long *number)
{
	if (!config_setting_is_number(s) || config_setting_type(s) == CONFIG_TYPE_FLOAT)
		return "a whole number is wanted";
	*number = config_setting_type(s) == CONFIG_TYPE_INT ? config_setting_get_int(s)
							    : config_setting_get_int64(s);
	/* To libconfig 1.5, 0xffffffff without an L is -1. */
	if (config_setting_type(s) == CONFIG_TYPE_INT &&
	    config_setting_get_format(s) == CONFIG_FORMAT_HEX)
		*number = (uint32_t)*number;
	return *number < item->min || *number > item->max ? out_of_range(item) : NULL;
}

static const char *take_string(const struct conf_item *item, const config_setting_t *s, size_t size,
			       const char **string)
{
	*string = config_setting_get_string(s);
	if (!*string)
		return "a string in quotes is wanted";
	if (strlen(*string) < item->min)
		return "it must not be empty";
	return strlen(*string) >= size ? sentence("too long: at most %zu bytes", size - 1) : NULL;
}

/* Entries of lists: each is checked and stored at @slot. Returns: as take_number(). */
static const char *entry_number(const struct conf_item *item, const config_setting_t *s, void *slot)
{
	long long number = 0;
	const char *wrong = take_number(item, s, &number);

	if (!wrong)
		*(uint32_t *)slot = (uint32_t)number;
	return wrong;
}

/* 1000 or "100-199". */
static const char *entry_range(const struct conf_item *item, const config_setting_t *s, void *slot)
{
	const char *string = config_setting_get_string(s);
	struct num_range *range = slot;
	unsigned long long from, to;
	char *end;

	if (!string) {
		const char *wrong = entry_number(item, s, &range->from);

		range->to = range->from;
		return wrong;
	}
	if (!*string || strspn(string, "0123456789-") != strlen(string) || *string == '-')
		return "a number or a range such as \"100-199\" is wanted";
	from = to = strtoull(string, &end, 10);
	if (*end == '-' && end[1] && end[1] != '-')
		to = strtoull(end + 1, &end, 10);
	if (*end)
		return "a number or a range such as \"100-199\" is wanted";
	if (from < item->min || to > item->max)
		return out_of_range(item);
	if (from > to)
		return "a range begins with the smaller number";
	*range = (struct num_range){ (uint32_t)from, (uint32_t)to };
	return NULL;
}

static const char *entry_name(const struct conf_item *item, const config_setting_t *s, void *slot)
{
	const char *string = NULL, *wrong = take_string(item, s, LIST_NAME_MAX, &string);

	if (!wrong)
		snprintf(slot, LIST_NAME_MAX, "%s", string);
	return wrong;
}

static const struct list_kind {
	enum conf_kind kind;
	const char *(*entry)(const struct conf_item *item, const config_setting_t *s, void *slot);
	size_t off, size; /* of the entries */
	const char *wanted;
} lists[] = {
	{ CONF_NUMBERS, entry_number, offsetof(struct num_list, item), sizeof(uint32_t),
	  "a list of numbers in parentheses is wanted" },
	{ CONF_RANGES, entry_range, offsetof(struct num_ranges, item), sizeof(struct num_range),
	  "a list of numbers and ranges in parentheses is wanted" },
	{ CONF_NAMES, entry_name, offsetof(struct name_list, item), LIST_NAME_MAX,
	  "a list of strings in parentheses is wanted" },
};

static const char *take_list(struct conf *c, const struct conf_item *item,
			     const config_setting_t *s)
{
	const struct list_kind *kind = &lists[item->kind - CONF_NUMBERS];
	char *list = (char *)c + item->off;
	const char *wrong = NULL;
	uint32_t n = 0;

	if (!config_setting_is_list(s) && !config_setting_is_array(s))
		return kind->wanted;
	if (config_setting_length(s) > LIST_MAX)
		return sentence("too many entries: at most %d", LIST_MAX);
	for (; n < (uint32_t)config_setting_length(s) && !wrong; n++)
		wrong = kind->entry(item, config_setting_get_elem(s, n),
				    list + kind->off + n * kind->size);
	memcpy(list, &n, sizeof(n));
	return wrong;
}

const char *conf_value_take(struct conf *c, const struct conf_item *item, const config_setting_t *s)
{
	long long number = 0;
	const char *string = NULL, *wrong;

	switch (item->kind) {
	case CONF_UINT:
	case CONF_MASK:
		wrong = take_number(item, s, &number);
		if (wrong)
			return wrong;
		break;
	case CONF_BOOL:
		if (config_setting_type(s) != CONFIG_TYPE_BOOL)
			return "true or false is wanted";
		number = config_setting_get_bool(s);
		break;
	case CONF_STRING:
	case CONF_LEVEL:
		wrong = take_string(item, s, item->size, &string);
		if (wrong)
			return wrong;
		if (item->kind == CONF_LEVEL && !is_level(string))
			return "error, warning, info or debug is wanted";
		break;
	default:
		return take_list(c, item, s);
	}
	conf_value_store(c, item, (unsigned)number, string);
	return NULL;
}

/* Returns: what is behind the comment or string that begins at @s; @s when none does. */
static const char *skip_text(const char *s)
{
	if (*s == '#' || (*s == '/' && s[1] == '/'))
		return s + strcspn(s, "\n");
	if (*s == '/' && s[1] == '*')
		return strstr(s + 2, "*/") ? strstr(s + 2, "*/") + 2 : s + strlen(s);
	if (*s != '"')
		return s;
	for (s++; *s && *s != '"'; s++)
		s += *s == '\\' && s[1];
	return *s ? s + 1 : s;
}

unsigned conf_value_cut(const char *s)
{
	for (unsigned line = 1; *s;) {
		const char *next = skip_text(s);
		bool hex = *s == '0' && (s[1] | 0x20) == 'x';
		unsigned long long number;
		char *end;

		if (next == s && (isalpha((unsigned char)*s) || *s == '*')) {
			while (isalnum((unsigned char)*next) || (*next && strchr("-_*", *next)))
				next++;
		} else if (next == s && isdigit((unsigned char)*s)) {
			errno = 0;
			number = strtoull(s, &end, hex ? 16 : 10);
			next = end;
			if ((errno || number > (hex ? UINT32_MAX : INT32_MAX)) &&
			    (!*end || !strchr("L.eE", *end)))
				return line;
		} else if (next == s) {
			next++;
		}
		for (; s < next; s++)
			line += *s == '\n';
	}
	return 0;
}
