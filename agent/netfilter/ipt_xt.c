/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calls into libxtables.
 *
 * libxtables was made for programs that run once: it prints to stdout, warns on stderr, exits on
 * errors and, where it finds no tables, runs modprobe (xtables_compatible_revision(), 1.8.9). Every
 * call into it goes through ipt_xt_run().
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

#include <getopt.h>
#include <xtables.h>

#include "ipt.h"

static struct {
	bool started;
	const struct ipt_ops *ops; /* of the run under way */
	struct text *out;
	jmp_buf back;
	char error[256];
	FILE *capture;	 /* what extensions see as stdout */
	FILE *noise;	 /* and as stderr */
	struct vec used; /* struct match_used */
} xt;

/* What ipt_xt_match_used() found, kept because libxtables walks over all extensions to find it. */
struct match_used {
	const struct ipt_ops *ops;
	char name[XT_EXTENSION_MAXNAMELEN];
	uint8_t revision;
	size_t used;
};

static void xt_exit_err(enum xtables_exittype status, const char *msg, ...)
	__attribute__((noreturn, format(printf, 2, 3)));

static void xt_exit_err(enum xtables_exittype status, const char *msg, ...)
{
	va_list ap;

	(void)status;
	va_start(ap, msg);
	vsnprintf(xt.error, sizeof(xt.error), msg, ap);
	va_end(ap);
	/* Some messages end in a newline. */
	for (size_t n = strlen(xt.error); n > 0 && xt.error[n - 1] == '\n'; n--)
		xt.error[n - 1] = '\0';
	longjmp(xt.back, 1);
}

/* Does the kernel know this revision? A name gets this far when its extension is installed; the
 * kernel may then load its module, as it does for iptables. */
static int xt_compat_rev(const char *name, uint8_t revision, int option)
{
	struct xt_get_revision rev = { .revision = revision };
	socklen_t len = sizeof(rev);
	int fd, err;

	memcpy(rev.name, name, strnlen(name, sizeof(rev.name) - 1));
	fd = socket(xt.ops->family, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
	if (fd < 0)
		return 0;
	err = getsockopt(fd, xt.ops->level, option, &rev, &len);
	close(fd);
	return err >= 0;
}

static struct option no_options[] = { { NULL, 0, NULL, 0 } };

static struct xtables_globals globals = {
	.program_name = "fwmarkd",
	.program_version = XTABLES_VERSION,
	.orig_opts = no_options,
	.exit_err = xt_exit_err,
	.compat_rev = xt_compat_rev,
};

static ssize_t capture_write(void *cookie, const char *s, size_t n)
{
	(void)cookie;
	if (xt.out)
		text_addn(xt.out, s, n);
	return (ssize_t)n;
}

static ssize_t noise_write(void *cookie, const char *s, size_t n)
{
	(void)cookie;
	(void)s;
	return (ssize_t)n;
}

int ipt_xt_start(void)
{
	if (xt.started)
		return 0;
	xt.used = (struct vec)VEC_INIT(struct match_used);
	xt.capture = fopencookie(NULL, "w", (cookie_io_functions_t){ .write = capture_write });
	xt.noise = fopencookie(NULL, "w", (cookie_io_functions_t){ .write = noise_write });
	if (!xt.capture || !xt.noise) {
		if (xt.capture)
			fclose(xt.capture);
		if (xt.noise)
			fclose(xt.noise);
		return -ENOMEM;
	}
	/* Registers nothing yet: extensions are loaded when they are asked for. */
	xtables_init();
	xtables_set_params(&globals);
	xt.started = true;
	return 0;
}

int ipt_xt_run(const struct ipt_ops *ops, void (*fn)(void *arg), void *arg, struct text *out,
	       struct why *why)
{
	FILE *const out_was = stdout, *const err_was = stderr;
	volatile int err = 0;

	if (!xt.started)
		return why_set(why, -EINVAL, "libxtables is not there");
	xt.ops = ops;
	xt.out = out;
	xtables_set_nfproto(ops->family == AF_INET ? NFPROTO_IPV4 : NFPROTO_IPV6);
	stdout = xt.capture;
	stderr = xt.noise;
	if (setjmp(xt.back) == 0)
		fn(arg);
	else
		err = -EINVAL;
	fflush(xt.capture);
	fflush(xt.noise);
	stdout = out_was;
	stderr = err_was;
	xt.out = NULL;
	if (err < 0)
		return why_set(why, err, "%s", xt.error);
	return out ? out->err : 0;
}

static void find_used(void *arg)
{
	struct match_used *u = arg;
	struct xtables_match *m = xtables_find_match(u->name, XTF_TRY_LOAD, NULL);

	if (m)
		m = xtables_find_match_revision(u->name, XTF_TRY_LOAD, m, u->revision);
	if (m)
		u->used = m->userspacesize;
}

/* Corrects userspacesize where an extension sets less than its configuration takes. */
static size_t used_fix(const char *name, size_t used)
{
	/* libxt_connlabel of 1.8.9 has offsetof(struct xt_connlabel_mtinfo, bit), which is 0. */
	return strcmp(name, "connlabel") == 0 ? SIZE_MAX : used;
}

size_t ipt_xt_match_used(const struct ipt_ops *ops, const char *name, uint8_t revision)
{
	struct match_used *u;

	for (size_t i = 0; i < xt.used.n; i++) {
		u = vec_at(&xt.used, i);
		if (u->ops == ops && u->revision == revision && strcmp(u->name, name) == 0)
			return u->used;
	}
	u = vec_push(&xt.used);
	if (!u)
		return SIZE_MAX;
	u->ops = ops;
	u->revision = revision;
	u->used = SIZE_MAX;
	memcpy(u->name, name, strnlen(name, sizeof(u->name) - 1));
	ipt_xt_run(ops, find_used, u, NULL, NULL);
	u->used = used_fix(name, u->used);
	return u->used;
}

struct find_target {
	const char *name;
	int revision;
};

static void find_target(void *arg)
{
	struct find_target *f = arg;
	const struct xtables_target *t = xtables_find_target(f->name, XTF_TRY_LOAD);

	f->revision = t ? t->revision : -1;
}

int ipt_xt_target_revision(const struct ipt_ops *ops, const char *name)
{
	struct find_target f = { .name = name, .revision = -1 };

	ipt_xt_run(ops, find_target, &f, NULL, NULL);
	return f.revision;
}
