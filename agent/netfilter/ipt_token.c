/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cuts the text of matches into words: blanks separate, quotes of either kind hold together, a
 * backslash inside double quotes takes the next character as it is (xtables_save_string()). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ipt.h"

/* Copies the word at *@s to @to. Returns: where it ends there, NULL when a quote stays open. */
static char *token_word(const char **s, char *to)
{
	char quote = '\0';

	for (; **s && (quote || !strchr(" \t", **s)); (*s)++) {
		char c = **s;

		if (!quote && (c == '"' || c == '\'')) {
			quote = c;
		} else if (quote && c == quote) {
			quote = '\0';
		} else if (quote == '"' && c == '\\') {
			if ((*s)[1] == '\0')
				return NULL;
			*to++ = *++*s;
		} else {
			*to++ = c;
		}
	}
	return quote ? NULL : to;
}

int ipt_token(const char *s, struct vec *words, char **store, struct why *why)
{
	char *to;
	int err = 0;

	*words = (struct vec)VEC_INIT(char *);
	/* A word is never longer than it was written, and a blank makes room for the NUL. */
	*store = to = malloc(strlen(s) + 1);
	if (!to)
		return -ENOMEM;
	for (;;) {
		char **word, *end;

		s += strspn(s, " \t");
		if (!*s)
			break;
		end = token_word(&s, to);
		word = end ? vec_push(words) : NULL;
		if (!word) {
			err = end ? -ENOMEM : why_set(why, -EINVAL, "a quote does not end");
			break;
		}
		*word = to;
		*end = '\0';
		to = end + 1;
	}
	if (err < 0) {
		vec_fini(words);
		free(*store);
		*store = NULL;
	}
	return err;
}
