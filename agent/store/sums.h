/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STORE_SUMS_H
#define STORE_SUMS_H

#include "store/store.h"

void mark_sums_init(struct store *store);
/* Appends the sums of marks without a row that have counted, in the order in which the marks went.
 * @out: struct mark_sum *. Returns: 0 or -ENOMEM. */
int mark_sums_gone(const struct store *store, struct vec *out);

#endif
