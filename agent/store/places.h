/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where managers' rules stand, for a start with a kernel that has none of them. */
#ifndef STORE_PLACES_H
#define STORE_PLACES_H

#include <libconfig.h>

#include "store/wanted.h"

/* @rules: the wanted rows of that kind. */
void places_write(const struct managed *rules, struct text *out);
void places_read(struct managed *rules, const config_setting_t *root);

#endif
