/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rtnetlink: one socket for requests, one for events. No call here blocks on anything but the
 * kernel's own answer. */
#ifndef ROUTING_RTNL_H
#define ROUTING_RTNL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/why.h"

struct rtnl; /* opaque */
struct nlmsghdr;

/* Returns: 0 or -errno. NETLINK_GET_STRICT_CHK and NETLINK_EXT_ACK are on. */
int rtnl_open(struct rtnl **out);
void rtnl_close(struct rtnl *nl);

/**
 * rtnl_request - send one message and wait for its acknowledgement
 * @nlh: a complete request; sequence, port and NLM_F_REQUEST | NLM_F_ACK are set here
 * @why: gets the kernel's own words (NLMSGERR_ATTR_MSG) when it gave any, else is left alone
 *
 * Returns: 0 or the kernel's -errno.
 */
int rtnl_request(struct rtnl *nl, struct nlmsghdr *nlh, struct why *why);

/* Was this event of the kernel caused by a request on this socket? */
bool rtnl_caused(const struct rtnl *nl, const struct nlmsghdr *event);

/* Called for every message; a negative return ends the dump and becomes its result, but -EBADMSG:
 * this message of the dump cannot be read, which costs no other. */
typedef int rtnl_cb(const struct nlmsghdr *nlh, void *arg);
/* Has @unread called for each such message. */
typedef void rtnl_unread(const struct nlmsghdr *nlh, void *arg);
void rtnl_on_unread(struct rtnl *nl, rtnl_unread *unread, void *arg);

/* The same for a change of which the kernel reports what it did (NLM_F_ECHO), to @cb: the event that
 * it announces to others. There is none when the kernel had no memory for it. */
int rtnl_request_echo(struct rtnl *nl, struct nlmsghdr *nlh, rtnl_cb *cb, void *arg,
		      struct why *why);

/**
 * rtnl_dump - one whole dump
 * @nlh: the request; NLM_F_DUMP is set here
 * @cb:  called for each message; it may not use @nl
 * @reset: called before each try, to forget what came so far. An interrupted dump (NLM_F_DUMP_INTR)
 *       is started again, at most a few times. NULL: it is not
 *
 * Returns: 0, -EINTR when every try was interrupted, or -errno. A table that does not exist (ENOENT
 * of a strict dump) is 0.
 */
int rtnl_dump(struct rtnl *nl, struct nlmsghdr *nlh, rtnl_cb *cb, void (*reset)(void *arg),
	      void *arg);

/**
 * rtnl_dump_begin, rtnl_dump_step - one dump, piece by piece
 * @limit: read about so many messages; the number read is subtracted
 *
 * Between the pieces the kernel keeps its place and nothing else: it does not report what changes
 * before that place. @nl must not be used for anything else before the end, and a dump must be read
 * to its end: when @cb has failed, the rest is read and dropped.
 *
 * rtnl_dump_step() returns: 1 when there is more; 0 at the end; -EINTR when it was interrupted and
 * must be begun again, or -errno.
 */
int rtnl_dump_begin(struct rtnl *nl, struct nlmsghdr *nlh);
int rtnl_dump_step(struct rtnl *nl, rtnl_cb *cb, void *arg, size_t *limit);
/* How often to try a dump that is interrupted. */
enum { RTNL_DUMP_TRIES = 5 };
/* For poll(2): readable while a dump has more. Ask again after an error, which may change it. */
int rtnl_fd(const struct rtnl *nl);

/**
 * rtnl_get - a request with one answer (RTM_GETROUTE)
 *
 * Returns: 0 after @cb has seen the answer, or the kernel's -errno.
 */
int rtnl_get(struct rtnl *nl, struct nlmsghdr *nlh, rtnl_cb *cb, void *arg, struct why *why);

struct rtnl_events; /* opaque */

/* The most messages that one rtnl_events_drain() takes, so that a storm of events cannot hold it
 * up. The receive buffer holds fewer, so the call still sees all that was queued before it. */
enum { RTNL_EVENTS_MAX = 65536 };

/* Subscribes to events of links, addresses, routes, rules, nexthops and settings of interfaces
 * (netconf), of both families. Returns: 0 or -errno. */
int rtnl_events_open(struct rtnl_events **out);
/* The same for the events of one group (RTNLGRP_*): did anything change while something was
 * read? */
int rtnl_events_watch(unsigned group, struct rtnl_events **out);
void rtnl_events_close(struct rtnl_events *ev);
/* Drops the queued events, and the filter of rtnl_events_exclude(). Returns: 0 or -errno. */
int rtnl_events_renew(struct rtnl_events *ev);
/* Makes the kernel drop events of these routing tables, and of no others, before it queues them.
 * Returns: 0; -E2BIG: too many tables; or -errno. */
int rtnl_events_exclude(struct rtnl_events *ev, const uint32_t *tables, size_t n);
/* For poll(2). */
int rtnl_events_fd(const struct rtnl_events *ev);

/**
 * rtnl_events_drain - take everything that the kernel has queued, without blocking
 * @cb:   called for each message; a negative result ends the call and becomes its result
 * @lost: set to true when the kernel dropped events (ENOBUFS): everything must be read anew
 *
 * The kernel queues an event before the call that caused it returns, so what was done before
 * this call is seen (docs: net/core/rtnetlink.c, rtnl_notify).
 *
 * Returns: number of messages, or -errno. When it is RTNL_EVENTS_MAX, more may wait.
 */
int rtnl_events_drain(struct rtnl_events *ev, rtnl_cb *cb, void *arg, bool *lost);

#endif
