/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as the rows of a state file. What is accepted is written and read again, and is the
 * same. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "model/fib.h"
#include "model/mark.h"
#include "model/markrule.h"
#include "model/policy.h"
#include "store/rowfile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *__lsan_default_suppressions(void);

/* Strings of a file with a syntax error are lost in the parser of libconfig 1.5. */
const char *__lsan_default_suppressions(void)
{
	return "leak:libconfig\n";
}

static const struct mib_def *const defs[] = { &mib_rule, &mib_mark,  &mib_policy,
					      &mib_fib,	 &mib_route, &mib_nexthop };

static void write_and_read(const struct mib_def *def, const void *row, struct arena *arena)
{
	static uint64_t again[512];
	struct text first = TEXT_INIT, second = TEXT_INIT;
	config_t cfg;

	text_add(&first, "x = ");
	rowfile_write(def, row, &first);
	text_add(&first, ";");
	memset(again, 0, sizeof(again));
	config_init(&cfg);
	if (!config_read_string(&cfg, text_str(&first)))
		abort();
	/* A row that nobody gave an index has one that is out of range. */
	if (rowfile_read(def, config_lookup(&cfg, "x"), again, NULL, arena, NULL) == 0) {
		text_add(&second, "x = ");
		rowfile_write(def, again, &second);
		text_add(&second, ";");
		if (strcmp(text_str(&first), text_str(&second)) != 0)
			abort();
	}
	config_destroy(&cfg);
	text_fini(&first);
	text_fini(&second);
}

static void use(const struct mib_def *def, const config_setting_t *group)
{
	static const char *const other[] = { "nextHops", NULL };
	static uint64_t row[512];
	struct arena arena = { 0 };
	struct why why = { "" };

	if (def->row_size > sizeof(row))
		abort();
	memset(row, 0, sizeof(row));
	if (rowfile_read(def, group, row, other, &arena, &why) == 0)
		write_and_read(def, row, &arena);
	else if (!why.s[0])
		abort();
	arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *s = malloc(size + 1);
	config_t cfg;

	if (!s)
		return 0;
	memcpy(s, data, size);
	s[size] = '\0';
	config_init(&cfg);
	if (!strstr(s, "@include") && config_read_string(&cfg, s)) {
		const config_setting_t *root = config_root_setting(&cfg);

		for (size_t d = 0; d < sizeof(defs) / sizeof(*defs); d++) {
			use(defs[d], root);
			for (int i = 0; i < config_setting_length(root); i++)
				use(defs[d], config_setting_get_elem(root, (unsigned)i));
		}
	}
	config_destroy(&cfg);
	free(s);
	return 0;
}
