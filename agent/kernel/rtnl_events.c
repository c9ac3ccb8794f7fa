/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <libmnl/libmnl.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "kernel/compat.h"
#include "kernel/rtnl.h"
#include "kernel/rtnl_priv.h"

/* Doubled by the kernel, which counts at least 512 bytes for each event: never more than
 * RTNL_EVENTS_MAX of them are queued. */
enum { RTNL_EVENTS_RCVBUF = 8 << 20 };

#define GROUP(name) (1u << (RTNLGRP_##name - 1))

static const unsigned rtnl_groups = GROUP(LINK) | GROUP(IPV4_IFADDR) | GROUP(IPV6_IFADDR) |
				    GROUP(IPV4_ROUTE) | GROUP(IPV6_ROUTE) | GROUP(IPV4_RULE) |
				    GROUP(IPV6_RULE) | GROUP(IPV4_NETCONF) | GROUP(IPV6_NETCONF) |
				    GROUP(NEXTHOP);

struct rtnl_events {
	struct mnl_socket *sock;
	_Alignas(struct nlmsghdr) char buf[RTNL_BUF];
};

int rtnl_events_open(struct rtnl_events **out)
{
	struct rtnl_events *ev = calloc(1, sizeof(*ev));
	int size = RTNL_EVENTS_RCVBUF, err, fd;

	if (!ev)
		return -ENOMEM;
	ev->sock = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (!ev->sock)
		goto fail;
	/* Before the groups are joined: a burst may come at once. Without CAP_NET_ADMIN, as much
	 * as net.core.rmem_max allows. */
	fd = mnl_socket_get_fd(ev->sock);
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) < 0)
		(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	if (mnl_socket_bind(ev->sock, rtnl_groups, MNL_SOCKET_AUTOPID) < 0)
		goto fail;
	*out = ev;
	return 0;
fail:
	err = -errno;
	rtnl_events_close(ev);
	return err;
}

void rtnl_events_close(struct rtnl_events *ev)
{
	if (!ev)
		return;
	if (ev->sock)
		mnl_socket_close(ev->sock);
	free(ev);
}

int rtnl_events_fd(const struct rtnl_events *ev)
{
	return mnl_socket_get_fd(ev->sock);
}

int rtnl_events_drain(struct rtnl_events *ev, rtnl_cb *cb, void *arg, bool *lost)
{
	int count = 0;

	for (int reads = 0; reads < RTNL_EVENTS_MAX && count < RTNL_EVENTS_MAX; reads++) {
		ssize_t n = rtnl_recv(rtnl_events_fd(ev), ev->buf, sizeof(ev->buf), MSG_DONTWAIT);
		const struct nlmsghdr *nlh = (const void *)ev->buf;
		int len = (int)n;

		if (n == -EAGAIN)
			return count;
		if (n == -ENOBUFS || n == -EMSGSIZE) {
			*lost = true;
			continue;
		}
		if (n < 0)
			return (int)n;
		for (; mnl_nlmsg_ok(nlh, len); nlh = mnl_nlmsg_next(nlh, &len)) {
			int err = nlh->nlmsg_type >= NLMSG_MIN_TYPE ? cb(nlh, arg) : 0;

			if (err < 0)
				return err;
			count++;
		}
	}
	return count;
}
