/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parses the texts of matches in a child process.
 *
 * The extensions of libxtables were written for a program that exits: on an error they leave behind
 * what they had allocated, several keep static state, and none was made for arguments that come
 * from a network. Whatever they do in a child ends with the child. The child goes through all texts
 * of a commit and stops at the first that is wrong. Its answer comes back over a pipe and is
 * checked like anything that comes from outside.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <xtables.h>

#include "base/clock.h"
#include "ipt_parse.h"

enum { PARSE_WAIT_MS = 2000, PARSE_PER_SECOND = 500 };

static void put(int fd, const void *data, size_t n)
{
	const char *at = data;

	while (n > 0) {
		ssize_t done = write(fd, at, n);

		if (done <= 0)
			_exit(1);
		at += done;
		n -= (size_t)done;
	}
}

static void answer(int fd, struct parse_job *job, const struct why *why)
{
	struct parse_result *res = &job->result;

	for (struct xtables_rule_match *rm = job->matches; rm; rm = rm->next)
		res->n++;
	put(fd, res, sizeof(*res));
	if (res->err < 0) {
		put(fd, why->s, sizeof(why->s));
		return;
	}
	for (struct xtables_rule_match *rm = job->matches; rm; rm = rm->next) {
		const struct xt_entry_match *m = rm->match->m;
		struct parse_answer a = { .size = m->u.match_size, .bare = !rm->match->mflags };

		put(fd, &a, sizeof(a));
		put(fd, m, a.size);
	}
}

static void child(int fd, struct parse_job *jobs, size_t n)
{
	const struct rlimit cpu = { 1 + n / PARSE_PER_SECOND, 1 + n / PARSE_PER_SECOND };
	const struct rlimit none = { 0 };
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (int i = 0; null >= 0 && i < 3; i++)
		dup2(null, i);
	setrlimit(RLIMIT_CPU, &cpu);
	setrlimit(RLIMIT_CORE, &none);
	for (size_t i = 0; i < n; i++) {
		struct parse_job *job = &jobs[i];
		struct why why = { "" };

		if (job->words.n == 0)
			continue;
		job->result.err = ipt_xt_run(job->ops, parse_job_run, job, NULL, &why);
		answer(fd, job, &why);
		if (job->result.err < 0)
			return;
		parse_job_done(job);
	}
}

/* Reads to the end. Returns: 0, -ETIMEDOUT or -errno. */
static int answers_read(int fd, uint64_t deadline, struct text *out)
{
	char buf[16384];

	for (;;) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		uint64_t now = clock_ms();
		ssize_t got;

		if (now >= deadline)
			return -ETIMEDOUT;
		if (poll(&p, 1, (int)(deadline - now)) < 1)
			continue;
		got = read(fd, buf, sizeof(buf));
		if (got == 0)
			return out->err;
		if (got < 0 && errno != EINTR)
			return -errno;
		if (got > 0)
			text_addn(out, buf, (size_t)got);
	}
}

static int child_ask(struct parse_job *jobs, size_t n, struct text *out)
{
	uint64_t deadline = clock_ms() + PARSE_WAIT_MS + n * 1000 / PARSE_PER_SECOND;
	int fds[2], err;
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return -errno;
	pid = fork();
	if (pid == 0) {
		child(fds[1], jobs, n);
		_exit(0);
	}
	err = -errno;
	close(fds[1]);
	if (pid > 0) {
		err = answers_read(fds[0], deadline, out);
		if (err < 0)
			kill(pid, SIGKILL);
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	close(fds[0]);
	return err;
}

/* What is left of the answers. */
struct rest {
	const char *at;
	size_t n;
};

/* Returns: the next @size bytes, NULL when there are fewer. */
static const void *rest_take(struct rest *r, size_t size)
{
	const char *at = r->at;

	if (r->n < size)
		return NULL;
	r->at += size;
	r->n -= size;
	return at;
}

static int match_take(struct rest *r, struct vec *matches)
{
	const struct parse_answer *a = rest_take(r, sizeof(*a));
	const struct xt_entry_match *m;
	struct ipt_parsed_match *pm;

	if (!a || a->size < sizeof(*m) || a->size > IPT_ENTRY_MAX || a->size != XT_ALIGN(a->size))
		return -EBADMSG;
	m = rest_take(r, a->size);
	if (!m || m->u.match_size != a->size ||
	    !memchr(m->u.user.name, '\0', sizeof(m->u.user.name)))
		return -EBADMSG;
	pm = vec_push(matches);
	if (!pm)
		return -ENOMEM;
	pm->m = m;
	pm->bare = a->bare;
	return 0;
}

/* Takes the answer for one text apart. Its parts are aligned, because their sizes are. */
static int answer_take(struct rest *r, struct ipt_parse *p, struct why *why)
{
	const struct parse_result *res = rest_take(r, sizeof(*res));
	const struct why *sentence;
	int err = 0;

	if (!res)
		return -EBADMSG;
	if (res->err < 0) {
		sentence = rest_take(r, sizeof(*sentence));
		if (!sentence || !memchr(sentence->s, '\0', sizeof(sentence->s)))
			return -EBADMSG;
		return why_set(why, res->err, "%s", sentence->s);
	}
	p->src = res->src;
	p->dst = res->dst;
	p->frag = res->frag;
	p->more = res->ip;
	for (uint32_t i = 0; i < res->n && err == 0; i++)
		err = match_take(r, &p->matches);
	return err;
}

/* Makes argv of a text; an empty text makes an empty argv. */
static int job_make(struct parse_job *job, const struct ipt_parse *p, struct why *why)
{
	char **first;
	int err = ipt_token(p->s, &job->words, &job->store, why);

	if (err < 0)
		return err;
	job->ops = p->ops;
	job->proto = p->ip.inv & IPT_NOT_PROTO ? 0 : p->ip.proto;
	if (job->words.n == 0)
		return 0;
	first = vec_insert(&job->words, 0);
	job->entry = calloc(1, p->ops->entry_size);
	if (!first || !job->entry)
		return -ENOMEM;
	*(const char **)first = "matches";
	p->ops->ip_put(job->entry, &p->ip);
	if (!vec_push(&job->words)) /* the NULL */
		return -ENOMEM;
	job->words.n--;
	return 0;
}

static void jobs_free(struct parse_job *jobs, size_t n)
{
	for (size_t i = 0; jobs && i < n; i++) {
		vec_fini(&jobs[i].words);
		free(jobs[i].store);
		free(jobs[i].entry);
	}
	free(jobs);
}

static int answers_take(struct ipt_parse *all, const struct parse_job *jobs, size_t n,
			const struct text *answers, size_t *failed, struct why *why)
{
	struct rest r = { answers->s, answers->len };
	int err = 0;

	for (size_t i = 0; i < n && err == 0; i++) {
		*failed = i;
		if (jobs[i].words.n > 0)
			err = answer_take(&r, &all[i], why);
	}
	return err == 0 && r.n > 0 ? -EBADMSG : err;
}

int ipt_match_parse(struct ipt_parse *all, size_t n, void **store, size_t *failed, struct why *why)
{
	struct parse_job *jobs = calloc(n, sizeof(*jobs));
	struct text answers = TEXT_INIT;
	bool any = false;
	int err = jobs ? 0 : -ENOMEM;

	*store = NULL;
	for (size_t i = 0; i < n && err == 0; i++) {
		*failed = i;
		all[i].matches = (struct vec)VEC_INIT(struct ipt_parsed_match);
		err = job_make(&jobs[i], &all[i], why);
		any |= jobs[i].words.n > 0;
	}
	if (err == 0 && any) {
		err = child_ask(jobs, n, &answers);
		if (err == 0)
			err = answers_take(all, jobs, n, &answers, failed, why);
	}
	jobs_free(jobs, n);
	/* The child died, hung or answered nonsense: because of this text, or of one before it. */
	if (err == -EBADMSG || err == -ETIMEDOUT)
		err = why_set(why, -EINVAL, "libxtables could not take it");
	if (err < 0) {
		text_fini(&answers);
		return err;
	}
	*store = answers.s;
	return 0;
}

void ipt_parse_fini(struct ipt_parse *p)
{
	vec_fini(&p->matches);
}
