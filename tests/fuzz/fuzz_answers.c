/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as the answer of the child that parses the texts of matches. What is taken of it lies
 * within it. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "netfilter/ipt_parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { JOBS = 3 };

static void use(const struct ipt_parse *p, const struct text *answers)
{
	for (size_t i = 0; i < p->matches.n; i++) {
		const struct ipt_parsed_match *pm = vec_at(&p->matches, i);
		const char *m = (const char *)pm->m;

		if (m < answers->s || m + pm->m->u.match_size > answers->s + answers->len ||
		    strlen(pm->m->u.user.name) >= sizeof(pm->m->u.user.name))
			abort();
		(void)ipt_tag(pm->m, NULL);
		(void)ipt_col_get(pm->m, 6, NULL);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct parse_job jobs[JOBS] = { { .words = { .n = 1 } } };
	struct ipt_parse all[JOBS];
	struct text answers = TEXT_INIT;
	struct why why = { "" };
	size_t failed = SIZE_MAX, n;
	int err;

	if (size < 1)
		return 0;
	n = 1 + data[0] % JOBS;
	/* A text without a word has no answer. */
	for (size_t i = 1; i < n; i++)
		jobs[i].words.n = data[0] >> (4 + i) & 1;
	memset(all, 0, sizeof(all));
	for (size_t i = 0; i < JOBS; i++)
		all[i].matches = (struct vec)VEC_INIT(struct ipt_parsed_match);
	answers.s = malloc(size); /* one byte is not used, so that there is some */
	if (!answers.s)
		return 0;
	answers.len = size - 1;
	memcpy(answers.s, data + 1, size - 1);
	err = parse_answers_take(all, jobs, n, &answers, &failed, &why);
	if (err < 0 && failed >= n)
		abort();
	for (size_t i = 0; i < JOBS; i++) {
		use(&all[i], &answers);
		ipt_parse_fini(&all[i]);
	}
	free(answers.s);
	return 0;
}
