/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A child process for each text of matches.
 *
 * The extensions of libxtables were written for a program that exits: on an error they leave behind
 * what they had allocated, several keep static state, and none was made for arguments that come
 * from a network. In a child, whatever happens ends with it. The answer comes back over a
 * pipe and is checked like anything that comes from outside.
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
#include "kernel/ipt_parse.h"

enum { PARSE_WAIT_MS = 2000, PARSE_ANSWER_MAX = 2 * IPT_ENTRY_MAX };

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

static void child(int fd, struct parse_job *job)
{
	const struct rlimit cpu = { .rlim_cur = 1, .rlim_max = 1 }, none = { 0 };
	struct why why = { "" };
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (int i = 0; null >= 0 && i < 3; i++)
		dup2(null, i);
	setrlimit(RLIMIT_CPU, &cpu);
	setrlimit(RLIMIT_CORE, &none);
	job->result.err = ipt_xt_run(job->ops, parse_job_run, job, NULL, &why);
	answer(fd, job, &why);
}

/* Returns: bytes read until the end, -ETIMEDOUT, -EMSGSIZE or -errno. */
static ssize_t answer_read(int fd, char *buf, size_t size)
{
	uint64_t deadline = clock_ms() + PARSE_WAIT_MS;
	size_t n = 0;

	for (;;) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		uint64_t now = clock_ms();
		ssize_t got;

		if (now >= deadline)
			return -ETIMEDOUT;
		if (poll(&p, 1, (int)(deadline - now)) < 1)
			continue;
		got = read(fd, buf + n, size - n);
		if (got == 0)
			return (ssize_t)n;
		if (got < 0 && errno != EINTR)
			return -errno;
		n += got > 0 ? (size_t)got : 0;
		if (n == size)
			return -EMSGSIZE;
	}
}

static ssize_t child_ask(struct parse_job *job, char *buf, size_t size)
{
	int fds[2];
	ssize_t n;
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return -errno;
	pid = fork();
	if (pid == 0) {
		child(fds[1], job);
		_exit(0);
	}
	n = -errno;
	close(fds[1]);
	if (pid > 0) {
		n = answer_read(fds[0], buf, size);
		if (n < 0)
			kill(pid, SIGKILL);
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	close(fds[0]);
	return n;
}

/* Takes the answer apart. @buf is aligned for anything. */
static int answer_check(char *buf, size_t n, struct ipt_parsed *out, struct why *why)
{
	struct parse_result res;
	size_t at = sizeof(res);

	if (n < at)
		return -EBADMSG;
	memcpy(&res, buf, sizeof(res));
	if (res.err < 0) {
		buf[n - 1] = '\0';
		return why_set(why, res.err, "%s", n > at ? buf + at : "");
	}
	out->src = res.src;
	out->dst = res.dst;
	out->frag = res.frag;
	out->ip = res.ip;
	for (uint32_t i = 0; i < res.n; i++) {
		struct ipt_parsed_match *pm;
		struct parse_answer a;

		if (n - at < sizeof(a))
			return -EBADMSG;
		memcpy(&a, buf + at, sizeof(a));
		at += sizeof(a);
		if (a.size < sizeof(struct xt_entry_match) || a.size > n - at ||
		    a.size != XT_ALIGN(a.size))
			return -EBADMSG;
		pm = vec_push(&out->matches);
		if (!pm)
			return -ENOMEM;
		pm->m = (const void *)(buf + at);
		pm->bare = a.bare;
		if (pm->m->u.match_size != a.size ||
		    !memchr(pm->m->u.user.name, '\0', sizeof(pm->m->u.user.name)))
			return -EBADMSG;
		at += a.size;
	}
	return at == n ? 0 : -EBADMSG;
}

static int words_parse(const struct ipt_ops *ops, const struct vec *words, const struct ip_part *ip,
		       struct ipt_parsed *out, struct why *why)
{
	struct parse_job job = { .ops = ops, .argc = (int)words->n, .argv = words->data };
	size_t size = sizeof(struct parse_result) + PARSE_ANSWER_MAX;
	ssize_t n;
	int err;

	job.proto = ip->inv & IPT_NOT_PROTO ? 0 : ip->proto;
	job.entry = calloc(1, ops->entry_size);
	out->store = malloc(size);
	if (!job.entry || !out->store) {
		free(job.entry);
		return -ENOMEM;
	}
	ops->ip_put(job.entry, ip);
	n = child_ask(&job, out->store, size);
	free(job.entry);
	err = n < 0 ? (int)n : answer_check(out->store, (size_t)n, out, why);
	if (err == -EBADMSG || err == -ETIMEDOUT || err == -EMSGSIZE)
		err = why_set(why, -EINVAL, "libxtables could not take it");
	return err;
}

int ipt_match_parse(const struct ipt_ops *ops, const char *s, const struct ip_part *ip,
		    struct ipt_parsed *out, struct why *why)
{
	struct vec words;
	char *store, **first, **last;
	int err;

	memset(out, 0, sizeof(*out));
	out->matches = (struct vec)VEC_INIT(struct ipt_parsed_match);
	err = ipt_token(s, &words, &store, why);
	if (err < 0)
		return err;
	if (words.n > 0) {
		first = vec_insert(&words, 0);
		last = first ? vec_push(&words) : NULL;
		if (last) {
			*(const char **)vec_at(&words, 0) = "matches";
			words.n--; /* the NULL that ends argv */
			err = words_parse(ops, &words, ip, out, why);
		} else {
			err = -ENOMEM;
		}
	}
	vec_fini(&words);
	free(store);
	if (err < 0)
		ipt_parsed_fini(out);
	return err;
}

void ipt_parsed_fini(struct ipt_parsed *p)
{
	vec_fini(&p->matches);
	free(p->store);
	p->store = NULL;
}
