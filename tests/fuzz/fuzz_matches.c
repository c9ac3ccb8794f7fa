/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as the text of matches (fwmarkRuleMatches). The words are cut in this process; the
 * parser of libxtables works in its child. What is accepted can be shown and
 * parsed again, and gives the same entry.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "netfilter/ipt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void use(const struct ipt_ops *ops, const void *e, const struct markrule *r)
{
	struct text line = TEXT_INIT, matches = TEXT_INIT;
	struct markrule again;
	struct ipt_encoding second = { .ops = ops, .rule = &again };
	unsigned column;
	size_t failed;

	if (ipt_text_rule(ops, "FUZZ", e, &line))
		abort();
	markrule_init(&again);
	if (ipt_decode(ops, e, &again, &matches))
		abort();
	if (again.target != r->target || again.mark != r->mark)
		abort();
	/* It may be longer than it was written, or be refused for a comment that looks like a tag. */
	(void)ipt_encode(&second, 1, &failed, &column, NULL);
	free(second.entry);
	text_fini(&line);
	text_fini(&matches);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t protocols[] = { 0, 6, 17, 33, 132, 136, 1, 58 };
	struct ipt_encoding en = { 0 };
	struct markrule r;
	unsigned column;
	size_t failed;
	char *s;

	if (size < 1 || size > MARKRULE_MATCHES_MAX + 1 || ipt_xt_start() < 0)
		return 0;
	s = malloc(size); /* exactly: one byte too far is seen */
	if (!s)
		return 0;
	memcpy(s, data + 1, size - 1);
	s[size - 1] = '\0';
	markrule_init(&r);
	r.protocol = protocols[data[0] & 7];
	r.mark = 1;
	r.family = data[0] & 8 ? ipt_ops6.family : ipt_ops4.family;
	if (data[0] & 16)
		r.match_mask = 1;
	r.matches = s;
	en.ops = ipt_ops_of(r.family);
	en.rule = &r;
	en.tag = data[0] & 32 ? 5 : 0;
	if (ipt_encode(&en, 1, &failed, &column, NULL) == 0)
		use(en.ops, en.entry, &r);
	free(en.entry);
	free(s);
	return 0;
}
