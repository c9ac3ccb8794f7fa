/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A row as a group of libconfig, with the column table that serves SNMP, too. */
#ifndef STORE_ROWFILE_H
#define STORE_ROWFILE_H

#include <libconfig.h>

#include "snmp/mib.h"

/* Appends "{ index = 5; chain = "PREROUTING"; ... }": the index and what a manager wrote. */
void rowfile_write(const struct mib_def *def, const void *row, struct text *out);

/**
 * rowfile_read - fill in a row from a group
 * @row: initialised with the defaults
 * @other: names, up to a NULL, that are no columns and are passed over; NULL: there are none
 * @arena: where its texts go
 *
 * Every value is checked as if a manager wrote it. Other unknown names are errors.
 *
 * Returns: 0 or -EINVAL with @why.
 */
int rowfile_read(const struct mib_def *def, const config_setting_t *group, void *row,
		 const char *const *other, struct arena *arena, struct why *why);

/* Appends a string in quotes and with the escapes of libconfig. */
void rowfile_quote(struct text *out, const char *s);

#endif
