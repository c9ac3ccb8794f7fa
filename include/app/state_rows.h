/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The managers' rows as the state file has them: a list for each kind. */
#ifndef APP_STATE_ROWS_H
#define APP_STATE_ROWS_H

#include <libconfig.h>

#include "app/app.h"
#include "app/rowset.h"

struct state_section {
	const struct row_kind *kind;
	struct managed *managed;
};

/* What managers want now. */
void state_sections(struct app *a, struct state_section out[ROW_KINDS]);

/* Appends "fibs = ( ... ); routes = ( ... ); ...". */
void state_write_sections(const struct state_section *all, struct text *out);

/**
 * state_read_sections - the other way round
 * @all: where the rows go
 * @reboot: volatile rows are left out
 *
 * Returns: 0, -EINVAL with @why, -ENOMEM.
 */
int state_read_sections(struct app *a, const config_setting_t *root,
			const struct state_section *all, bool reboot, struct why *why);

#endif
