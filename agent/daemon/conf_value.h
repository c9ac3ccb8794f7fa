/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside the settings: the values that a setting may have, and how they are read. */
#ifndef DAEMON_CONF_VALUE_H
#define DAEMON_CONF_VALUE_H

#include <libconfig.h>

#include "daemon/conf.h"

enum { CONF_FILE_MAX = 1 << 24 }; /* bytes */

enum conf_kind {
	CONF_STRING,
	CONF_LEVEL,
	CONF_UINT,
	CONF_MASK, /* like CONF_UINT, shown in hexadecimal */
	CONF_BOOL,
	CONF_NUMBERS, /* lists from here on: see lists[] */
	CONF_RANGES,
	CONF_NAMES,
};

/* When a new value takes effect: on reload, or at the next start of fwmarkd. */
enum conf_when { RUN, START };

struct conf_item {
	const char *path;
	enum conf_kind kind;
	enum conf_when when;
	size_t off, size;
	unsigned min, max, number; /* strings: min is the least length; lists: range of entries */
	const char *string;	   /* the default of a string */
};

/* Writes @number or @s, as the kind of setting needs, into the field; empties a list. */
void conf_value_store(struct conf *c, const struct conf_item *item, unsigned number, const char *s);
/* Checks the value @s and writes it into the field. Returns: NULL, or what is wrong with the
 * value. */
const char *conf_value_take(struct conf *c, const struct conf_item *item,
			    const config_setting_t *s);

/*
 * libconfig 1.5 reads a hexadecimal number of more than 32 bits, and a decimal one of more than 31,
 * as another number unless an L stands behind it. Returns: the line of the first such number, or 0.
 */
unsigned conf_value_cut(const char *s);

/* conf_include.c */

/* Checks the text @s of a file, and all files that it includes, before libconfig reads them.
 * @depth: 0. Returns: 0; or -errno with @why, "FILE:LINE: ". */
int conf_include_check(const char *file, const char *s, unsigned depth, struct why *why);

#endif
