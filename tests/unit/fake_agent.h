/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An agent without a process around it and without net-snmp, on top of fake_kernel.c. */
#ifndef UNIT_FAKE_AGENT_H
#define UNIT_FAKE_AGENT_H

#include <stdio.h>
#include <string.h>
#include <unistd.h>

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
