/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The attributes of a route, for route_nl_encode.c and route_nl_decode.c. */
#ifndef ROUTING_ROUTE_NL_PRIV_H
#define ROUTING_ROUTE_NL_PRIV_H

#include "compat.h"
#include "model/route.h"

enum {
	ROUTE_ATTRS = RTA_NH_ID + 1,
	ROUTE_METRIC_ATTRS = ROUTE_METRIC_N,
	/* The kernel's ticks towards programs (USER_HZ), the same on all that Debian runs on. */
	ROUTE_USER_HZ = 100,
};

/* What stands in an attribute. Absent: 0, AF_UNSPEC. */
enum route_attr_kind {
	ROUTE_ATTR_NONE,
	ROUTE_ATTR_U8,
	ROUTE_ATTR_U32,
	ROUTE_ATTR_PREFIX, /* the length stands in struct rtmsg; absent when that is 0 */
	ROUTE_ATTR_ADDR,   /* of the route's family */
	ROUTE_ATTR_VIA,	   /* struct rtvia: of another family */
	ROUTE_ATTR_NAME,
	/* Read and written by functions of their own. */
	ROUTE_ATTR_METRICS,
	ROUTE_ATTR_MULTIPATH,
	ROUTE_ATTR_CACHEINFO,
};

/* Whose it is. */
enum route_attr_of { ROUTE_ATTR_OF_ROUTE, ROUTE_ATTR_OF_LEG };

struct route_attr {
	uint8_t kind, of;
	uint16_t off; /* in struct route, or in struct nexthop */
};

/* By the number of the attribute, so that a million routes are read without searching. A leg's are
 * found in struct rtnexthop too, except RTA_OIF. */
extern const struct route_attr route_attrs[ROUTE_ATTRS];
extern const struct route_attr route_leg_attrs[ROUTE_ATTRS];
extern const struct route_attr route_metric_attrs[ROUTE_METRIC_ATTRS];

struct nlmsghdr;

/* As route_nl_decode(), for the answer to a lookup, which is marked RTM_F_CLONED. */
int route_nl_decode_answer(const struct nlmsghdr *nlh, struct route *out, struct nexthop *legs);

#endif
