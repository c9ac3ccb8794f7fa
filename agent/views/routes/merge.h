/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside a reading of routes: how what was read gets into a set that is not empty. */
#ifndef VIEWS_ROUTES_MERGE_H
#define VIEWS_ROUTES_MERGE_H

#include "views/route_set.h"

/* One more route; takes over a reference of @rec->info unless it fails. Returns: 0 or -ENOMEM. */
int route_merge_add(struct route_load *l, const struct route_rec *rec);
/* See route_load_end(). */
int route_merge_end(struct route_load *l);

#endif
