/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The managers' rows as the state file has them: a list for each kind. */
#ifndef STORE_STATE_ROWS_H
#define STORE_STATE_ROWS_H

#include <libconfig.h>

#include "daemon/app.h"
#include "store/kinds.h"

/* What managers want now, of each kind. */
void state_sections(struct app *a, struct managed *out[ROW_KINDS]);

/* Appends "fibs = ( ... ); routes = ( ... ); ...". */
void state_write_sections(struct managed *const all[ROW_KINDS], struct text *out);

/* What routes of a file have that name no protocol: the agent's own when it was written. */
uint8_t state_protocol(const struct app *a, const config_setting_t *root);

/**
 * state_read_sections - the other way round
 * @all: where the rows go
 * @reboot: volatile rows are left out
 *
 * Returns: 0, -EINVAL with @why, -ENOMEM.
 */
int state_read_sections(struct app *a, const config_setting_t *root,
			struct managed *const all[ROW_KINDS], bool reboot, struct why *why);

#endif
