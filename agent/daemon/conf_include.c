/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks the files that "@include" names before libconfig (1.5) reads them: libconfig ends the
 * process over a directory, and reads big numbers wrongly. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "conf_value.h"
#include "store/files.h"

enum {
	DEPTH_MAX = 10, /* libconfig's own (MAX_INCLUDE_DEPTH) */
	NAME_SIZE = 4096,
};

static int check(const char *file, unsigned line, const char *name, unsigned depth, struct why *why)
{
	const char *wrong = file_wrong(name);
	struct text all = TEXT_INIT;
	int err;

	if (wrong)
		return why_set(why, -EINVAL, "%s:%u: @include: %s: %s", file, line, name, wrong);
	err = text_add_file(&all, name, CONF_FILE_MAX);
	if (err == -ENOENT)
		err = 0; /* libconfig says so, unless the "@include" stands in a comment */
	else if (err)
		why_set(why, err, "%s:%u: @include: %s: %s", file, line, name, strerror(-err));
	else
		err = conf_include_check(name, text_str(&all), depth, why);
	text_fini(&all);
	return err;
}

/* Reads a name in quotes as libconfig's scanner does: \" and \\ are one character each. Returns:
 * false: it is none. */
static bool take_name(const char *s, char name[NAME_SIZE])
{
	size_t n = 0;

	if (*s++ != '"')
		return false;
	for (; *s != '"' && n < NAME_SIZE - 1; s++) {
		if (*s == '\\' && *++s != '\\' && *s != '"')
			return false;
		if ((unsigned char)*s < ' ')
			return false;
		name[n++] = *s;
	}
	name[n] = '\0';
	return n && *s == '"';
}

int conf_include_check(const char *file, const char *s, unsigned depth, struct why *why)
{
	unsigned line = conf_value_cut(s);
	char name[NAME_SIZE];
	int err = 0;

	if (line)
		return why_set(why, -EINVAL, "%s:%u: a number above %d needs an L behind it", file,
			       line, INT32_MAX);
	line = 1;
	while (!err && (s = include_next(s, &line))) {
		s += strspn(s, " \t");
		if (!take_name(s, name))
			err = why_set(why, -EINVAL, "%s:%u: @include: the name of a file is wanted",
				      file, line);
		else if (depth == DEPTH_MAX)
			err = why_set(why, -EINVAL, "%s:%u: @include: too many within each other",
				      file, line);
		else
			err = check(file, line, name, depth + 1, why);
	}
	return err;
}
