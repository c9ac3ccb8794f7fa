/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Interfaces: names by ifindex. */
#ifndef KERNEL_LINK_NL_H
#define KERNEL_LINK_NL_H

#include "kernel/rtnl.h"
#include "model/names.h"

/* Fills @links anew: id is the ifindex, flags are IFF_*. Returns: 0 or -errno. */
int link_nl_dump(struct rtnl *nl, struct names *links);
/* Applies one RTM_NEWLINK or RTM_DELLINK event. Returns: 0 or -EBADMSG, -ENOMEM. */
int link_nl_event(const struct nlmsghdr *nlh, struct names *links);

#endif
