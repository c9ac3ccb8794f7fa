/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The settings: fwmarkd.conf, read with libconfig by a table of settings. */
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
	char standalone_address[CONF_PATH_MAX]; /* "": be a subagent of snmpd */
	char standalone_snmp_conf[CONF_PATH_MAX];
	char user[64]; /* "": keep the user that started fwmarkd */
	char state_dir[CONF_PATH_MAX];
	unsigned protocol;
	struct view_options read;
	struct plan_options keep;
	struct access access;
	char log_level[16];
	bool log_syslog;
	struct static_rows *rows; /* holds one reference; NULL: no static rows */
};

void conf_init(struct conf *c);
void conf_fini(struct conf *c);

/**
 * conf_load - fill in the settings: defaults, and over them a file
 * @why: "FILE:LINE: SETTING: what is wrong"
 *
 * An empty file is valid. Unknown settings are errors. After an error there is nothing that
 * conf_fini() would have to release.
 * Returns: 0; -EINVAL; or -errno when the file cannot be read.
 */
int conf_load(const char *file, struct conf *c, struct why *why);

/* Takes over from @now the settings that can change while fwmarkd runs. The others keep their
 * values; appends to @later the names of those that differ ("agentx.socket, state.directory"). */
void conf_change(struct conf *c, const struct conf *now, struct text *later);

/* Appends every setting with its default, in the form of the commented lines of conf/fwmarkd.conf:
 * tests compare that file and fwmarkd.conf(5) with this. */
void conf_describe(struct text *out);

/* Returns: log.level as LOG_ERR to LOG_DEBUG. */
int conf_log_level(const struct conf *c);

#endif
