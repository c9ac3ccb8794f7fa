/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A place for tests of the legacy tables: a network of their own, a lock file of their own, and the
 * programs of iptables as the oracle. */
#ifndef UNIT_NF_ENV_H
#define UNIT_NF_ENV_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "netfilter/nf.h"
#include "netns.h"

enum { ENV_WAIT_MS = 2000 };

struct env {
	bool ready; /* root, namespaces, iptables-legacy */
	struct nf *nf;
};

/* Returns: the exit status of a shell command. */
static inline int sh(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

static inline int sh(const char *fmt, ...)
{
	char cmd[8192];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(cmd, sizeof(cmd), fmt, ap);
	va_end(ap);
	fflush(stdout);
	return system(cmd);
}

/* Appends what a command prints. */
static inline void sh_read(const char *cmd, struct text *out)
{
	char buf[4096];
	FILE *f = popen(cmd, "re");
	size_t n;

	assert_non_null(f);
	while ((n = fread(buf, 1, sizeof(buf), f)) > 0)
		text_addn(out, buf, n);
	pclose(f);
}

static struct env env;

/* For tests that need it: skipped where it is not there. */
static inline void need(void)
{
	if (!env.ready)
		skip();
}

static inline void env_enter(void)
{
	const struct nf_options opt = { NULL, ENV_WAIT_MS };

	unsetenv("XTABLES_LOCKFILE");
	setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", 1);
	env.ready = netns_enter() && mount("none", "/run", "tmpfs", 0, NULL) == 0 &&
		    sh("iptables-legacy -t mangle -S >/dev/null 2>&1") == 0;
	if (env.ready)
		assert_int_equal(nf_open(&opt, &env.nf), 0);
}

static inline void env_leave(void)
{
	nf_close(env.nf);
}

/* Every table empty. */
static inline void env_flush(void)
{
	static const char *const names[] = { "iptables", "ip6tables" };

	for (size_t i = 0; i < 2; i++)
		sh("for t in `cat /proc/net/%s_names 2>/dev/null`; do"
		   " %s-legacy -t $t -F; %s-legacy -t $t -X; done",
		   i ? "ip6_tables" : "ip_tables", names[i], names[i]);
}

/* For tests that begin with that. */
static inline int env_setup(void **state)
{
	*state = NULL;
	if (env.ready)
		env_flush();
	return 0;
}

static inline struct nf_snap *env_read(void)
{
	struct nf_snap *snap = NULL;
	struct why why = { "" };
	int err = nf_read(env.nf, NULL, &snap, &why);

	if (err < 0)
		print_error("nf_read: %d %s\n", err, why.s);
	assert_int_equal(err, 0);
	return snap;
}

static inline const struct nf_chain *env_chain(const struct nf_snap *snap, const struct nf_entry *e)
{
	return vec_at(&snap->chains, e->chain);
}

#endif
