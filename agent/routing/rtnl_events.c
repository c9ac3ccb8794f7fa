/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <linux/filter.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "compat.h"
#include "routing/rtnl.h"
#include "rtnl_priv.h"

/* The kernel doubles this, and counts at least 512 bytes for each event, so that it never queues
 * more than RTNL_EVENTS_MAX of them. */
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

static struct mnl_socket *rtnl_events_socket(unsigned groups)
{
	struct mnl_socket *sock = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC | SOCK_NONBLOCK);
	int size = RTNL_EVENTS_RCVBUF, err, fd;

	if (!sock)
		return NULL;
	/* Before the groups are joined, because a burst may come at once. Without CAP_NET_ADMIN,
	 * the socket gets as much as net.core.rmem_max allows. */
	fd = mnl_socket_get_fd(sock);
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) < 0)
		(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	if (mnl_socket_bind(sock, groups, MNL_SOCKET_AUTOPID) == 0)
		return sock;
	err = errno;
	mnl_socket_close(sock);
	errno = err;
	return NULL;
}

static int open_groups(unsigned groups, struct rtnl_events **out)
{
	struct rtnl_events *ev = malloc(sizeof(*ev));
	int err;

	if (!ev)
		return -ENOMEM;
	ev->sock = rtnl_events_socket(groups);
	if (!ev->sock) {
		err = -errno;
		rtnl_events_close(ev);
		return err;
	}
	*out = ev;
	return 0;
}

int rtnl_events_open(struct rtnl_events **out)
{
	return open_groups(rtnl_groups, out);
}

int rtnl_events_watch(unsigned group, struct rtnl_events **out)
{
	return open_groups(1u << (group - 1), out);
}

/* The new socket receives events before the old one is closed, so that none is missed. It gets the
 * number of the old one, because somebody may poll that. */
int rtnl_events_renew(struct rtnl_events *ev)
{
	struct mnl_socket *sock = rtnl_events_socket(rtnl_groups);
	int err = 0;

	if (!sock)
		return -errno;
	if (dup3(mnl_socket_get_fd(sock), rtnl_events_fd(ev), O_CLOEXEC) < 0)
		err = -errno;
	mnl_socket_close(sock);
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

/* A filter loads numbers as big-endian, but those of a message are in host order: hence htons() and
 * htonl(). */
#define LOAD(size, off) BPF_STMT(BPF_LD | BPF_ABS | (size), off)
#define UNLESS(k, skip) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, k, 0, skip)
#define IS(k, skip)	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, k, skip, 0)
#define ANSWER(bytes)	BPF_STMT(BPF_RET | BPF_K, bytes)

enum { EXCLUDE_MAX = 256, ALL = 0xffffff };

int rtnl_events_exclude(struct rtnl_events *ev, const uint32_t *tables, size_t n)
{
	const struct sock_filter head[] = {
		LOAD(BPF_H, offsetof(struct nlmsghdr, nlmsg_type)),
		IS(htons(RTM_NEWROUTE), 2),
		IS(htons(RTM_DELROUTE), 1),
		ANSWER(ALL),
		/* Find RTA_TABLE, which the kernel never leaves out. */
		BPF_STMT(BPF_LDX | BPF_IMM, RTA_TABLE),
		BPF_STMT(BPF_LD | BPF_IMM, NLMSG_LENGTH(sizeof(struct rtmsg))),
		LOAD(BPF_W, SKF_AD_OFF + SKF_AD_NLATTR),
		UNLESS(0, 1),
		ANSWER(ALL),
		BPF_STMT(BPF_MISC | BPF_TAX, 0),
		BPF_STMT(BPF_LD | BPF_W | BPF_IND, NLA_HDRLEN),
	};
	enum { HEAD = sizeof(head) / sizeof(*head) };
	struct sock_filter code[HEAD + 2 * EXCLUDE_MAX + 1];
	struct sock_fprog prog = { .len = HEAD, .filter = code };
	int none = 0;

	if (!n) /* -ENOENT: there was no filter */
		return setsockopt(rtnl_events_fd(ev), SOL_SOCKET, SO_DETACH_FILTER, &none,
				  sizeof(none)) < 0 &&
				       errno != ENOENT
			       ? -errno
			       : 0;
	if (n > EXCLUDE_MAX)
		return -E2BIG;
	memcpy(code, head, sizeof(head));
	for (size_t i = 0; i < n; i++) {
		code[prog.len++] = (struct sock_filter)UNLESS(htonl(tables[i]), 1);
		code[prog.len++] = (struct sock_filter)ANSWER(0);
	}
	code[prog.len++] = (struct sock_filter)ANSWER(ALL);
	return setsockopt(rtnl_events_fd(ev), SOL_SOCKET, SO_ATTACH_FILTER, &prog, sizeof(prog)) < 0
		       ? -errno
		       : 0;
}

int rtnl_events_fd(const struct rtnl_events *ev)
{
	return mnl_socket_get_fd(ev->sock);
}

struct drain {
	rtnl_cb *cb;
	void *arg;
	int count;
};

static int drain_one(const struct nlmsghdr *nlh, void *arg)
{
	struct drain *d = arg;
	int err = nlh->nlmsg_type >= NLMSG_MIN_TYPE ? d->cb(nlh, d->arg) : 0;

	d->count++;
	return err < 0 ? err : 0;
}

int rtnl_events_drain(struct rtnl_events *ev, rtnl_cb *cb, void *arg, bool *lost)
{
	struct drain d = { .cb = cb, .arg = arg };
	int err = 0;

	for (int reads = 0; !err && reads < RTNL_EVENTS_MAX && d.count < RTNL_EVENTS_MAX; reads++) {
		ssize_t n = rtnl_recv(rtnl_events_fd(ev), ev->buf, sizeof(ev->buf), MSG_DONTWAIT);

		if (n == -EAGAIN)
			break;
		if (n == -ENOBUFS || n == -EMSGSIZE)
			*lost = true;
		else
			err = n < 0 ? (int)n : rtnl_each(ev->buf, (size_t)n, drain_one, &d);
	}
	return err ? err : d.count;
}
