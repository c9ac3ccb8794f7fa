/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside the set of routes: what they share. */
#ifndef VIEWS_ROUTES_INFO_H
#define VIEWS_ROUTES_INFO_H

#include "views/route_set.h"

/* Returns: what @r is beside its key, with one more reference; NULL without memory. The same
 * pointer for the same route. */
struct route_info *route_info_get(struct routes *v, const struct route *r);
/* Does any leg leave by this device? */
bool route_info_uses(const struct route_info *info, uint32_t ifindex);
/* Gives a reference back. */
void route_info_put(struct routes *v, struct route_info *info);
/* The references of @recs (struct route_rec), which is empty then. */
void route_info_put_all(struct routes *v, struct vec *recs);

#endif
