/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The wanted rows in a file, as a list for each kind. */
#ifndef STORE_SECTIONS_H
#define STORE_SECTIONS_H

#include <libconfig.h>

#include "store/wanted.h"

/* Appends "fibs = ( ... ); routes = ( ... ); ...". */
void sections_write(struct wanted all[ROW_KINDS], struct text *out);

/**
 * sections_read - read the lists of wanted rows
 * @protocol: the agent's own
 * @reboot: leave out volatile rows
 * @all: where the rows go
 *
 * Returns: 0, -EINVAL with @why, -ENOMEM.
 */
int sections_read(const config_setting_t *root, uint8_t protocol, bool reboot,
		  struct wanted all[ROW_KINDS], struct why *why);

#endif
