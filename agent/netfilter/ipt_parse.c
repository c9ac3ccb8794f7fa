/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parses the texts of matches in a child process.
 *
 * The extensions of libxtables were written for a program that exits: on an error they leave behind
 * what they had allocated, several keep static state, and none was made for arguments that come
 * from a network. Whatever they do in a child ends with the child, and the child with its parent.
 * The child goes through all texts of a commit and stops at the first that is wrong. Its answer
 * comes back over a pipe and is checked like anything that comes from outside.
 */
#include <errno.h>
#include <fcntl.h>
#include <nss.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/capability.h>
#include <xtables.h>

#include "base/clock.h"
#include "ipt_parse.h"

enum { PARSE_WAIT_MS = 2000, PARSE_PER_SECOND = 500 };
/* The matches of one rule, and a head before each: it is smaller than a match. */
enum { ANSWER_MAX = 2 * IPT_ENTRY_MAX + sizeof(struct parse_result) + sizeof(struct why) };

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

static void answer(int fd, struct parse_job *job, struct why *why)
{
	struct parse_result *res = &job->result;
	size_t size = 0;

	for (struct xtables_rule_match *rm = job->matches; rm; rm = rm->next) {
		res->n++;
		size += rm->match->m->u.match_size;
	}
	if (res->err == 0 && size > IPT_ENTRY_MAX)
		res->err = why_set(why, -EINVAL, "too much for one rule");
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

/* Keeps what questions about revisions of matches and about ipsets need, whatever the parent
 * has. */
static void keep_capabilities(void)
{
	const uint32_t keep = 1u << CAP_NET_ADMIN | 1u << CAP_NET_RAW;
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct caps[_LINUX_CAPABILITY_U32S_3];

	if (syscall(SYS_capget, &head, caps) < 0)
		_exit(1);
	for (size_t i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
		caps[i].effective &= i ? 0 : keep;
		caps[i].permitted &= i ? 0 : keep;
		caps[i].inheritable = 0;
	}
	if (syscall(SYS_capset, &head, caps) < 0)
		_exit(1);
}

/* libxtables looks up names of services and protocols; libxt_owner (1.8.9 to 1.8.11) asks for a user
 * even when it is given a number. Files are asked, and no server that may be slow or gone. */
static void keep_to_files(void)
{
	static const char *const databases[] = { "ethers", "group",	"hosts",   "networks",
						 "passwd", "protocols", "services" };

	for (size_t i = 0; i < sizeof(databases) / sizeof(*databases); i++)
		__nss_configure_lookup(databases[i], "files");
}

/* The child takes nothing with it that it does not need. With the descriptors go locks: as long as
 * the child lived, they would keep out who starts after its parent was killed. Returns: the new
 * number of @fd. */
static int child_begin(int fd, pid_t parent)
{
	const int last = STDERR_FILENO + 1;
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent || null < 0 || dup2(fd, last) < 0)
		_exit(1);
	for (int i = 0; i < last; i++)
		dup2(null, i);
	closefrom(last + 1);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	keep_capabilities();
	keep_to_files();
	return last;
}

static void child(int fd, struct parse_job *jobs, size_t n)
{
	const struct rlimit cpu = { 1 + n / PARSE_PER_SECOND, 1 + n / PARSE_PER_SECOND };
	const struct rlimit none = { 0 };

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

int parse_answers_read(int fd, uint64_t deadline, size_t max, struct text *out)
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
		if (got > 0 && (size_t)got > max - out->len)
			return -EBADMSG;
		if (got > 0)
			text_addn(out, buf, (size_t)got);
	}
}

static int child_ask(struct parse_job *jobs, size_t n, struct text *out)
{
	uint64_t deadline = clock_ms() + PARSE_WAIT_MS + n * 1000 / PARSE_PER_SECOND;
	int fds[2], err;
	pid_t pid, parent = getpid();

	if (pipe2(fds, O_CLOEXEC) < 0)
		return -errno;
	pid = fork();
	if (pid == 0) {
		child(child_begin(fds[1], parent), jobs, n);
		_exit(0);
	}
	err = -errno;
	close(fds[1]);
	if (pid > 0) {
		err = parse_answers_read(fds[0], deadline, n * ANSWER_MAX, out);
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

	if (!res || *(const uint8_t *)&res->ip.frag > true)
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

int parse_answers_take(struct ipt_parse *all, const struct parse_job *jobs, size_t n,
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
			err = parse_answers_take(all, jobs, n, &answers, failed, why);
	}
	jobs_free(jobs, n);
	/* The child died, hung or answered nonsense: because of this text, or of one before it. */
	if (err == -EBADMSG || err == -ETIMEDOUT)
		err = why_set(why, -EINVAL, "libxtables crashed over it, or took too long");
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
