/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An agent without a process around it and without net-snmp, on top of fake_kernel.c. */
#ifndef UNIT_FAKE_AGENT_H
#define UNIT_FAKE_AGENT_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "daemon/instance.h"

/* One varbind of a SET. */
struct varbind {
	const struct mib_def *def;
	uint32_t col, idx[12];
	size_t n;
	uint8_t tag;
	uint64_t num;
	const char *s;
	size_t len;
};

/* Its members: the row of table NAME and its column, then the value. */
/* clang-format off */
#define RULE(i, c)   .def = &mib_rule, .col = c, .idx = { i }, .n = 1
#define POLICY(i, c) .def = &mib_policy, .col = c, .idx = { i }, .n = 1
#define FIB(i, c)    .def = &mib_fib, .col = c, .idx = { i }, .n = 1
#define MARK(i, c)   .def = &mib_mark, .col = c, .idx = { i, UINT32_MAX }, .n = 2
#define ROUTE(i, c)  .def = &mib_route, .col = c, .idx = { i, 1, 4, 0, 0, 0, 0, 0, 0, 1 }, .n = 10
#define HOP(i, l, c) .def = &mib_nexthop, .col = c, .idx = { i, 1, 4, 0, 0, 0, 0, 0, 0, 1, l }, .n = 11
#define LINK(c)      .def = &mib_interface, .col = c, .idx = { FAKE_LINK }, .n = 1
#define INT(v)	     .tag = MIB_TAG_INTEGER, .num = (v)
#define UNSIGNED(v)  .tag = MIB_TAG_UNSIGNED32, .num = (v)
#define TEXT(v)	     .tag = MIB_TAG_OCTETS, .s = (v), .len = sizeof(v) - 1
/* clang-format on */

/* Makes the directory @top, whose name ends in XXXXXX, for all that a test writes. Returns: 0 or -1. */
static inline int fake_agent_enter(char *top)
{
	log_open("test", false, LOG_EMERG);
	return mkdtemp(top) ? 0 : -1;
}

static inline int fake_agent_leave(const char *top)
{
	char cmd[64];

	snprintf(cmd, sizeof(cmd), "rm -rf %s", top);
	return system(cmd) ? -1 : 0;
}

static inline uint32_t fake_agent_uptime(void *ctx)
{
	(void)ctx;
	return 100;
}

/* The files of a state directory. */
static const char *const fake_agent_files[] = {
	"state",     "indices",	    "counts",	  "journal",	 "static",
	"state.new", "indices.new", "counts.new", "journal.new", "static.new",
};
enum { FAKE_AGENT_FILES = sizeof(fake_agent_files) / sizeof(*fake_agent_files) };

static inline const char *fake_agent_path(const char *state_dir, size_t i)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", state_dir, fake_agent_files[i]);
	return path;
}

static inline void fake_agent_remove_files(const char *state_dir)
{
	for (size_t i = 0; i < FAKE_AGENT_FILES; i++)
		unlink(fake_agent_path(state_dir, i));
}

/* @reassert: plan_options.reassert. Returns: 0 or -errno. */
static inline int fake_agent_start(struct instance *in, const char *state_dir, bool reassert)
{
	struct why why = { "" };
	struct conf conf;

	conf_init(&conf);
	snprintf(conf.state_dir, sizeof(conf.state_dir), "%s", state_dir);
	conf.read.get_age_ms = 0;
	conf.keep.reassert = reassert;
	instance_init(in, &conf);
	in->mib.ops.uptime = fake_agent_uptime;
	return instance_start(in, &why);
}

/* @take_back: called once it is done, and then it is taken back, as by an snmpd that has been refused by
 * another agent; NULL: it stays. Returns: an error of SNMP. */
static inline int fake_agent_set(struct instance *in, const struct varbind *all, size_t n,
				 void (*take_back)(void))
{
	struct mib *m = &in->mib;
	unsigned varbind = 0;
	int error = MIB_OK;

	m->ops.begin(m->ops.ctx, false);
	mib_set_begin(m);
	for (size_t i = 0; i < n && !error; i++) {
		const struct varbind *v = &all[i];
		const struct mib_value value = {
			.tag = v->tag, .num = v->num, .bytes = v->s, .len = v->len
		};
		uint32_t oid[16] = { v->def->group, v->def->table, 1, v->col };

		memcpy(oid + 4, v->idx, v->n * sizeof(*oid));
		error = mib_set_add(m, varbind++, oid, 4 + v->n, &value);
	}
	if (!error)
		error = mib_set_check(m, &varbind);
	if (!error)
		error = mib_set_apply(m, &varbind);
	if (!error && take_back) {
		take_back();
		error = mib_set_undo(m);
	}
	mib_set_finish(m);
	return error;
}

#endif
