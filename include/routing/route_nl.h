/* SPDX-License-Identifier: GPL-2.0-or-later */
/* struct route <-> RTM_NEWROUTE, RTM_DELROUTE. One attribute table serves both directions. */
#ifndef ROUTING_ROUTE_NL_H
#define ROUTING_ROUTE_NL_H

#include "model/lookup.h"
#include "model/route.h"
#include "routing/rtnl.h"

/* What route_nl_dump_begin() asks the kernel for; 0 is everything. */
struct route_filter {
	uint8_t family; /* AF_INET or AF_INET6 */
	uint32_t fib;
	uint32_t ifindex; /* outgoing device */
	uint8_t protocol;
};

/**
 * route_nl_encode - build one request
 * @flags: NLM_F_CREATE | NLM_F_EXCL to add, NLM_F_CREATE | NLM_F_REPLACE to replace, 0 to delete
 *
 * Devices go by leg.ifindex. Returns: 0, -EMSGSIZE, or -E2BIG for ROUTE_CUT, of which not all is
 * known. Does no I/O.
 */
int route_nl_encode(void *buf, size_t size, uint16_t type, uint16_t flags, const struct route *r);

/**
 * route_nl_decode - read one message of the kernel
 * @legs: room for ROUTE_LEGS_MAX legs; out->legs points there when there are several
 *
 * Returns: 0, -EBADMSG for wrong lengths, -EAFNOSUPPORT for other families and for cached
 * (cloned) routes. One of more next hops than ROUTE_LEGS_MAX has the first of them, and ROUTE_CUT.
 * out->instance is 1.
 */
int route_nl_decode(const struct nlmsghdr *nlh, struct route *out, struct nexthop *legs);

/* The table of a message of the kernel, without a look at the rest; 0: it is no route's. */
uint32_t route_nl_table(const struct nlmsghdr *nlh);

enum { ROUTE_NL_REST = 96 };

/* A message in two: the key, and the bytes of all the rest, with zeros up to a multiple of 8. */
struct route_nl_parts {
	uint32_t fib, metric;
	struct prefix dst;
	size_t n; /* bytes of the rest */
	_Alignas(uint64_t) unsigned char rest[ROUTE_NL_REST];
};

/**
 * route_nl_split - take a message apart without reading it
 *
 * Two messages of equal rests are the same route but for the key: who has decoded one needs not
 * decode the other. Returns: false when it is none of the plain ones, which is no error.
 */
bool route_nl_split(const struct nlmsghdr *nlh, struct route_nl_parts *out);

/* Asks for a dump, whose messages rtnl_dump_step() gives. The kernel filters; of no family at all,
 * it has others in it (multicast forwarding, MPLS), and cached routes. */
int route_nl_dump_begin(struct rtnl *nl, const struct route_filter *filter);

/**
 * route_nl_add - put a route into the kernel
 *
 * Fails with -EEXIST where one of the same key stands (table, destination, metric, tos, source
 * prefix). IPv6 can have several without gateway, by different devices: instances above 1 are
 * allowed to stand beside others then.
 */
int route_nl_add(struct rtnl *nl, const struct route *r, struct why *why);
/* The same for one that was deleted, also beside others of its key: instance 1 before them, any other
 * behind them. */
int route_nl_put_back(struct rtnl *nl, const struct route *r, struct why *why);

/**
 * route_nl_replace - swap the route of the same key for @r in one step, without a gap
 *
 * Puts @r up when there was none. Where several share the key the kernel takes the first that
 * fits: use route_nl_change() then.
 */
int route_nl_replace(struct rtnl *nl, const struct route *r, struct why *why);

/**
 * route_nl_change - put @new where @old stands
 * @old, @new: of one table and destination
 * @shared: other routes have the key of @old (table, destination, metric), too
 *
 * One step where the kernel has it; else the new one is put up before the old one goes. There is
 * a gap in one case: two IPv6 routes without gateway by the same device that share their key with
 * others. When it fails, @old stands. Returns: 0 or -errno; -EEXIST where IPv6 would make @new a
 * leg of a route that is not @old.
 */
int route_nl_change(struct rtnl *nl, const struct route *old, const struct route *new, bool shared,
		    struct why *why);

/* Takes away exactly this one (key, type, tos, gateway, device). -ESRCH: there is none. */
int route_nl_del(struct rtnl *nl, const struct route *r, struct why *why);

/**
 * route_nl_lookup - where would a packet go? As root's `ip route get DEST mark MARK`
 * @dst: an address
 *
 * A packet that would go nowhere is an answer, too: out->err says so.
 * Returns: 0, or -errno when there is no answer (-EAFNOSUPPORT: no address).
 */
int route_nl_lookup(struct rtnl *nl, const struct prefix *dst, uint32_t mark, struct lookup *out);

#endif
