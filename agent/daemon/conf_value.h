/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside the settings: what one may be, and how it is read. */
#ifndef DAEMON_CONF_VALUE_H
#define DAEMON_CONF_VALUE_H

#include <libconfig.h>

#include "daemon/conf.h"

enum { CONF_FILE_MAX = 1 << 24 }; /* bytes */

enum conf_kind {
	CONF_STRING,
	CONF_LEVEL,
	CONF_UINT,
	CONF_MASK, /* the same, shown in hexadecimal */
	CONF_BOOL,
	CONF_NUMBERS, /* lists from here on: see lists[] */
	CONF_RANGES,
	CONF_NAMES,
};

/* When a new value counts: as soon as the file is read anew, or when fwmarkd starts again. */
enum conf_when { RUN, START };

struct conf_item {
	const char *path;
	enum conf_kind kind;
	enum conf_when when;
	size_t off, size;
	unsigned min, max, number; /* CONF_STRING: min is the shortest length; lists: of each */
	const char *string;	   /* default of strings */
};

/* Writes a number or a string (lists: none) into the field. */
void conf_value_store(struct conf *c, const struct conf_item *item, unsigned number, const char *s);
/* Checks a value and writes it into the field. Returns: NULL, or what is wrong with it. */
const char *conf_value_take(struct conf *c, const struct conf_item *item,
			    const config_setting_t *s);

/*
 * libconfig 1.5 takes what is more than 32 bits, or a decimal number that is more than 31, for
 * another number unless an L stands behind it. Returns: the line of the first such number, or 0.
 */
unsigned conf_value_cut(const char *s);

/* conf_include.c */

/* Looks at the text of a file and at all that it includes, before libconfig does. @depth: 0. Returns:
 * 0; or -errno with @why, "FILE:LINE: ". */
int conf_include_check(const char *file, const char *s, unsigned depth, struct why *why);

#endif
