/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the table of routes and the table of their next hops share. */
#ifndef VIEWS_ROUTE_ROW_H
#define VIEWS_ROUTE_ROW_H

#include "views/views.h"

/* Returns: the row with this index in the view as it is; and the first row above the index, with
 * its own index in @at; NULL when there is none. Valid until the next call of either. */
const struct route *route_row_find(struct views *views, const uint32_t *idx, size_t n);
const struct route *route_row_next(struct views *views, const uint32_t *idx, size_t n,
				   struct mib_oid *at);

/* For struct mib_source.sure: a route that the view does not have may be among those that are still
 * to be read. */
int route_row_sure(struct views *views, const uint32_t *idx, size_t n, struct why *why);

/* Fills in what the kernel does not give for a next hop: the name of the device, the type of the
 * gateway. */
void route_row_name_hop(const struct views *views, struct nexthop *hop);
/* The other way round, of a next hop that a manager wants: its device is kept by name, and has
 * another number when it comes again, or none. */
void route_row_number_hop(const struct views *views, struct nexthop *hop);

/* Returns: a wanted row with the numbers that the devices that it names have now: from the state file
 * it has none. @hops: where its next hops go, if there are several. */
struct route route_row_numbered(const struct views *views, const struct route *m,
				struct nexthop hops[ROUTE_HOPS_MAX]);

/* See struct mib_source; rows are struct route. */
bool route_row_writable(void *ctx, const void *row, struct why *why);
bool route_row_init(void *ctx, const uint32_t *idx, size_t n, void *row, struct why *why);

#endif
