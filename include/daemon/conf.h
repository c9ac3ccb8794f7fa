/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fwmarkd.conf: the settings as a table, read with libconfig. */
#ifndef DAEMON_CONF_H
#define DAEMON_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "base/why.h"
#include "plan/plan.h"

enum { CONF_PATH_MAX = 256 };

struct static_rows;

struct conf {
	char agentx_socket[108];
	unsigned agentx_ping_s;
	char standalone_address[CONF_PATH_MAX]; /* "": be a subagent */
	char standalone_snmp_conf[CONF_PATH_MAX];
	char user[64]; /* "": stay who we are */
	char state_dir[CONF_PATH_MAX];
	unsigned protocol;
	struct view_options read;
	struct plan_options keep;
	struct access access;
	char log_level[16];
	bool log_syslog;
	struct static_rows *rows; /* one reference to them; NULL: none */
};

void conf_init(struct conf *c);
void conf_fini(struct conf *c);

/**
 * conf_load - read a file over the defaults
 * @why: "FILE:LINE: SETTING: what is wrong"
 *
 * An empty file is a valid one. Unknown settings are errors. On an error nothing is left that
 * conf_fini() would have to release.
 * Returns: 0; -EINVAL; or -errno when the file cannot be read.
 */
int conf_load(const char *file, struct conf *c, struct why *why);

/* Takes over all settings that can change while fwmarkd runs; appends to @later the names of the
 * others that differ ("agentx.socket, state.directory"): those stay. */
void conf_change(struct conf *c, const struct conf *now, struct text *later);

/* Appends every setting with its default, as the commented lines of conf/fwmarkd.conf: the tests
 * hold that file and fwmarkd.conf(5) against it. */
void conf_describe(struct text *out);

/* LOG_ERR to LOG_DEBUG. */
int conf_log_level(const struct conf *c);

#endif
