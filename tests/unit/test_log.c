/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What others can cause is logged at a bounded rate, and as text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"

static char written[4096];

/* Writes to @written what @lines logs. */
static void capture(void (*lines)(void))
{
	FILE *f = tmpfile();
	int err = dup(STDERR_FILENO);
	size_t n;

	assert_non_null(f);
	dup2(fileno(f), STDERR_FILENO);
	lines();
	dup2(err, STDERR_FILENO);
	close(err);
	rewind(f);
	n = fread(written, 1, sizeof(written) - 1, f);
	written[n] = '\0';
	fclose(f);
}

static void odd_lines(void)
{
	char longer[3000];

	log_info("a\x1b[2Jb\xc2\x9b"
		 "c\xff\nsecond line");
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	log_info("%s", longer);
}

static void lines_are_text(void **state)
{
	(void)state;
	capture(odd_lines);
	assert_non_null(strstr(written, "fwmarkd: a?[2Jb?c?\nfwmarkd: xxx"));
	assert_non_null(strstr(written, "xxx...\n"));
	assert_null(strstr(written, "second"));
}

static struct log_limit limit = { .what = "floods" };

static void tick(void)
{
	log_limit_tick(&limit);
}

static void what_is_too_much_is_counted_and_said(void **state)
{
	(void)state;
	for (unsigned minute = 0; minute < 2; minute++) {
		for (unsigned i = 0; i < LOG_LIMIT_LINES + 7; i++)
			assert_int_equal(log_limit(&limit), i >= LOG_LIMIT_LINES);
		capture(tick);
		assert_string_equal(written, "");
		limit.since_ms -= LOG_LIMIT_MS;
		capture(tick);
		assert_string_equal(written, "fwmarkd: floods: 7 more lines, not written\n");
		capture(tick);
		assert_string_equal(written, "");
	}
	/* Nothing is said of lines that were all written. */
	assert_false(log_limit(&limit));
	limit.since_ms -= LOG_LIMIT_MS;
	capture(tick);
	assert_string_equal(written, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_text),
		cmocka_unit_test(what_is_too_much_is_counted_and_said),
	};

	unsetenv("JOURNAL_STREAM");
	log_open("test", false, LOG_INFO);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
