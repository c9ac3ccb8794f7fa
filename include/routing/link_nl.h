/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Interfaces: names by ifindex. */
#ifndef ROUTING_LINK_NL_H
#define ROUTING_LINK_NL_H

#include "model/names.h"
#include "routing/rtnl.h"

/* Fills @links anew: id is the ifindex, flags are IFF_*. Returns: 0 or -errno. */
int link_nl_dump(struct rtnl *nl, struct names *links);
/* Applies one RTM_NEWLINK or RTM_DELLINK event. Returns: 0 or -EBADMSG, -ENOMEM. */
int link_nl_event(const struct nlmsghdr *nlh, struct names *links);

/**
 * link_nl_barrier - wait for changes of links, addresses and routes that are under way
 *
 * The kernel reports a change before the change is complete (inet_del_ifa() of net/ipv4/devinet.c
 * sends RTM_DELADDR and removes the routes after that), and dumps of routes do not wait for its
 * lock. RTM_GETLINK does (rtnetlink_rcv_msg() of net/core/rtnetlink.c): what is read then is whole.
 *
 * Returns: 0 or -errno.
 */
int link_nl_barrier(struct rtnl *nl);

#endif
