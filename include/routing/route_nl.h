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
 * Devices are sent by ifindex, not by name. Returns: 0, -EMSGSIZE, or -E2BIG for a route with
 * ROUTE_CUT, whose next hops are not all known. Does no I/O.
 */
int route_nl_encode(void *buf, size_t size, uint16_t type, uint16_t flags, const struct route *r);

/**
 * route_nl_decode - read one message of the kernel
 * @hops: room for ROUTE_HOPS_MAX next hops; out->hops points there when there are several
 *
 * The data of encapsulations stays in the message, which must live as long as @out.
 * A route with more next hops than that gets the first of them, and ROUTE_CUT. out->instance is 1.
 * Returns: 0, -EBADMSG for wrong lengths, -EAFNOSUPPORT for other families and for cached (cloned)
 * routes.
 */
int route_nl_decode(const struct nlmsghdr *nlh, struct route *out, struct nexthop *hops);

/* Returns: the table of a message of the kernel, without decoding the rest; 0: it has none. */
uint32_t route_nl_table(const struct nlmsghdr *nlh);

enum { ROUTE_NL_REST = 96 };

/* A message in two parts: the key, and the bytes of the rest, with zeros up to a multiple of 8. */
struct route_nl_parts {
	uint32_t fib, metric;
	struct prefix dst;
	size_t n; /* bytes of the rest */
	_Alignas(uint64_t) unsigned char rest[ROUTE_NL_REST];
};

/**
 * route_nl_split - split a message into key and rest, without decoding the rest
 *
 * Messages with equal rests are the same route but for the key: whoever has decoded one need not
 * decode the others. Returns: false when the message must be decoded instead, which is no error.
 */
bool route_nl_split(const struct nlmsghdr *nlh, struct route_nl_parts *out);

/* Begins a dump; rtnl_dump_step() reads it. The kernel filters. Without a family, the dump has
 * other families, too (multicast forwarding, MPLS), and cached routes. Returns: 0 or -errno. */
int route_nl_dump_begin(struct rtnl *nl, const struct route_filter *filter);
/* A whole dump; see rtnl_dump(). */
int route_nl_dump(struct rtnl *nl, const struct route_filter *filter, rtnl_cb *cb,
		  void (*reset)(void *arg), void *arg);

/**
 * route_nl_add - put a route into the kernel
 *
 * IPv6 can have several routes of one key (table, destination, metric, tos, source prefix) that
 * have no gateway, by different devices: there, instances above 1 may stand beside others. Returns:
 * 0 or -errno; -EEXIST when another route has the key.
 */
int route_nl_add(struct rtnl *nl, const struct route *r, struct why *why);
/* The same for a route that was deleted. In IPv4, too, it may stand beside others of its key:
 * instance 1 before them, any other behind them. */
int route_nl_put_back(struct rtnl *nl, const struct route *r, struct why *why);

/**
 * route_nl_replace - swap the route of the same key for @r in one step, without a gap
 *
 * Adds @r when there was none. When several routes share the key, the kernel replaces the first
 * that fits: use route_nl_change() then. Returns: 0 or -errno.
 */
int route_nl_replace(struct rtnl *nl, const struct route *r, struct why *why);

/**
 * route_nl_change - put @new where @old stands
 * @old, @new: of one table and destination
 * @shared: other routes have the key of @old (table, destination, metric), too
 *
 * Replaces in one step where the kernel can; else adds @new before it removes @old. One case has a
 * gap: two IPv6 routes without gateway by the same device that share their key with others. On an
 * error, @old stands. Returns: 0 or -errno; -EEXIST when IPv6 would make @new a next hop of another
 * route than @old; -ENOTRECOVERABLE when the undo failed, too.
 */
int route_nl_change(struct rtnl *nl, const struct route *old, const struct route *new, bool shared,
		    struct why *why);

/* Removes exactly this route (key, type, tos, gateway, device). Returns: 0 or -errno; -ESRCH: there
 * is none, which was looked up; -EBUSY: the kernel has it, and does not find it. */
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
