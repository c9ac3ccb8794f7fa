/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What rtnl.c and rtnl_events.c share. */
#ifndef ROUTING_RTNL_PRIV_H
#define ROUTING_RTNL_PRIV_H

#include <stddef.h>
#include <sys/types.h>

#include "routing/rtnl.h"

/* The kernel fills at most 32 KiB per read of a dump, but for a link that is larger alone: its
 * alternative names take up to 64 KiB (rtnl_alt_ifname() of net/core/rtnetlink.c). */
enum { RTNL_BUF = 128 * 1024 };

/**
 * rtnl_recv - read one datagram of the kernel
 * @flags: as recvmsg(2) has them
 *
 * Returns: its size, 0 when it did not come from the kernel, or -errno; -EMSGSIZE: it did not fit.
 */
ssize_t rtnl_recv(int fd, void *buf, size_t size, int flags);

/* Gives @cb the messages of a datagram one by one, until it returns something else than 0.
 * Returns: that, or 0. */
int rtnl_each(const void *buf, size_t size, rtnl_cb *cb, void *arg);

#endif
