/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside a reading of routes: how routes that were read get into a set that is not empty. */
#ifndef VIEWS_ROUTES_MERGE_H
#define VIEWS_ROUTES_MERGE_H

#include "views/route_set.h"

/* Takes one more route of the dump, and the reference of @rec->info unless it fails. Returns: 0 or
 * -ENOMEM. */
int route_merge_add(struct route_load *l, const struct route_rec *rec);
/* See route_load_end(). */
int route_merge_end(struct route_load *l);

#endif
