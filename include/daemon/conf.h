/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fwmarkd.conf: the settings as a table, read with libconfig. */
#ifndef DAEMON_CONF_H
#define DAEMON_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "base/why.h"

/* CONF_NAME_MAX: the names of a table and of a chain with a slash between them */
enum { CONF_PATH_MAX = 256, CONF_LIST_MAX = 64, CONF_NAME_MAX = 64 + 1 + 128 + 1 };

/* Lists: the count comes first, the entries follow. */
struct conf_list {
	uint32_t n, item[CONF_LIST_MAX];
};

struct conf_range {
	uint32_t from, to;
};

struct conf_ranges {
	uint32_t n;
	struct conf_range item[CONF_LIST_MAX];
};

struct conf_names {
	uint32_t n;
	char item[CONF_LIST_MAX][CONF_NAME_MAX];
};

struct static_rows;

struct conf {
	char file[CONF_PATH_MAX]; /* that it was read from */
	char agentx_socket[108];
	unsigned agentx_ping_s;
	char standalone_address[CONF_PATH_MAX]; /* "": be a subagent */
	char standalone_snmp_conf[CONF_PATH_MAX];
	char user[64]; /* "": stay who we are */
	char state_dir[CONF_PATH_MAX];
	unsigned get_age_ms, walk_age_ms;
	char lock_file[CONF_PATH_MAX];
	unsigned lock_wait_ms;
	unsigned protocol;
	bool reassert, main_tables;
	unsigned not_ready_s, not_in_service_s; /* 0: for ever */
	/* The policy of the house: see house.c. */
	bool enable, foreign;
	struct conf_names netfilter_tables, chains;
	unsigned mark_mask, max_rows;
	struct conf_ranges tables;
	struct conf_list exclude_tables;
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

bool conf_list_has(const struct conf_list *list, uint32_t number);
bool conf_ranges_have(const struct conf_ranges *list, uint32_t number);
bool conf_names_have(const struct conf_names *list, const char *name);

/* LOG_ERR to LOG_DEBUG. */
int conf_log_level(const struct conf *c);

#endif
