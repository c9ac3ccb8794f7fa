/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where wanted rules stand in their chains: written down so that they get back there after a
 * reboot. */
#ifndef STORE_PLACES_H
#define STORE_PLACES_H

#include <libconfig.h>

#include "store/wanted.h"

/* @rules: the wanted rules. */
void places_write(const struct wanted *rules, struct text *out);
void places_read(struct wanted *rules, const config_setting_t *root);

#endif
