/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The attributes of a route, for route_nl_encode.c and route_nl_decode.c. */
#ifndef ROUTING_ROUTE_NL_PRIV_H
#define ROUTING_ROUTE_NL_PRIV_H

#include "compat.h"
#include "model/route.h"
#include "nl_attr.h"

enum {
	/* USER_HZ: ticks a second in the kernel's messages, the same on all that Debian runs on. */
	ROUTE_USER_HZ = 100,
	/* The flags of a next hop: enum route_flag has the kernel's numbers. */
	ROUTE_HOP_FLAGS = RTNH_F_DEAD | RTNH_F_PERVASIVE | RTNH_F_ONLINK | RTNH_F_OFFLOAD |
			  RTNH_F_LINKDOWN | RTNH_F_UNRESOLVED | RTNH_F_TRAP,
};

/* The parts of a route that are sent beside its key (nl_out.parts). */
enum route_part {
	ROUTE_PART_NEW = 1,  /* what does not tell routes apart: not sent to delete one */
	ROUTE_PART_HOP = 2,  /* its only next hop */
	ROUTE_PART_HOPS = 4, /* its next hops when there are several */
};

/* The attributes of struct route. To decode, @hops must have room for ROUTE_HOPS_MAX next hops. */
extern const struct nl_table route_table;

/* Returns: ROUTE_UNKNOWN when there was an attribute that is newer than this program, else 0. */
static inline uint32_t route_nl_unknown(uint64_t seen)
{
	return seen >> (RTA_FLOWLABEL + 1) ? ROUTE_UNKNOWN : 0;
}

/* The kernel sends both attributes of an encapsulation or neither. */
static inline void encap_settle(struct encap *e)
{
	if (!e->type || !e->data)
		*e = (struct encap){ 0 };
}

/* As route_nl_decode(), for the answer to a lookup, which is marked RTM_F_CLONED. */
int route_nl_decode_answer(const struct nlmsghdr *nlh, struct route *out, struct nexthop *hops);

#endif
