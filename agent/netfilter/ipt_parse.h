/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between ipt_parse.c, which keeps the child process, and ipt_match.c, which works in it. */
#ifndef NETFILTER_IPT_PARSE_H
#define NETFILTER_IPT_PARSE_H

#include "ipt.h"

struct xtables_rule_match;

/* The head of the child's answer for one text. A sentence follows, or the matches, each behind a
 * struct parse_answer. */
struct parse_result {
	int err;
	uint8_t src, dst, frag; /* a bool of a child that went mad could have any value */
	struct ip_part ip;
	uint32_t n; /* matches */
} __attribute__((aligned(8)));

struct parse_answer {
	uint32_t size; /* of the xt_entry_match that follows */
	uint32_t bare;
};

struct parse_job {
	const struct ipt_ops *ops;
	struct vec words; /* char *: argv, without the NULL that ends it */
	char *store;	  /* behind the words */
	void *entry;	  /* struct ipt_entry or ip6t_entry: its IP part */
	uint16_t proto;
	struct xtables_rule_match *matches;
	struct parse_result result;
};

/* For ipt_xt_run(): parses job->words into job->matches and job->result. */
void parse_job_run(void *arg);
/* Makes libxtables ready for the next job. */
void parse_job_done(struct parse_job *job);

/* Reads to the end, @max bytes at most. @deadline: clock_ms(). Returns: 0, -ETIMEDOUT, -EBADMSG or
 * -errno. */
int parse_answers_read(int fd, uint64_t deadline, size_t max, struct text *out);
/* Takes the answers of a child apart, which may be any bytes. What @all gets of them lives as long
 * as @answers. @failed: the text at fault. Returns: 0, -EBADMSG, or what the child found, with
 * @why. */
int parse_answers_take(struct ipt_parse *all, const struct parse_job *jobs, size_t n,
		       const struct text *answers, size_t *failed, struct why *why);

#endif
