/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between ipt_parse.c, which keeps the child process, and ipt_match.c, which works in it. */
#ifndef KERNEL_IPT_PARSE_H
#define KERNEL_IPT_PARSE_H

#include "kernel/ipt.h"

struct xtables_rule_match;

/* What the child answers; the matches follow it, each behind a struct parse_answer. */
struct parse_result {
	int err;
	bool src, dst, frag;
	struct ip_part ip;
	uint32_t n; /* matches */
} __attribute__((aligned(8)));

struct parse_answer {
	uint32_t size; /* of the xt_entry_match that follows */
	uint32_t bare;
};

struct parse_job {
	const struct ipt_ops *ops;
	int argc;
	char **argv; /* ends with NULL */
	void *entry; /* struct ipt_entry or ip6t_entry: its IP part */
	uint16_t proto;
	struct xtables_rule_match *matches;
	struct parse_result result;
};

/* For ipt_xt_run(): parses job->argv into job->matches and job->result. */
void parse_job_run(void *arg);

#endif
