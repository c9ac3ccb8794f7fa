/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside the set of routes: what routes share. */
#ifndef VIEWS_ROUTES_INFO_H
#define VIEWS_ROUTES_INFO_H

#include "views/route_set.h"

/* Returns: everything of @r but its key, with one more reference: the same pointer for routes that
 * have it alike; NULL without memory. */
struct route_info *route_info_get(struct routes *v, const struct route *r);
/* Does any next hop leave by this device? */
bool route_info_uses(const struct route_info *info, uint32_t ifindex);
/* Returns: how many routes have this protocol. */
size_t route_info_count(const struct routes *v, uint8_t protocol);
/* Gives a reference back. */
void route_info_put(struct routes *v, struct route_info *info);
/* Gives back the references of @recs (struct route_rec), and empties it. */
void route_info_put_all(struct routes *v, struct vec *recs);

#endif
