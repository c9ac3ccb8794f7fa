/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "routing/rtnl.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/fault.h"
#include "compat.h"
#include "rtnl_priv.h"

/* One request under way. */
struct rtnl_call {
	const struct rtnl *nl; /* of a dump */
	uint32_t seq;
	rtnl_cb *cb; /* NULL: only the end matters */
	void *arg;
	struct why *why;
	bool interrupted; /* NLM_F_DUMP_INTR was seen */
	int err;	  /* what @cb returned */
	int end;	  /* how the kernel's reply ended: 0 or -errno */
	size_t messages;
};

struct rtnl {
	struct mnl_socket *sock;
	uint32_t seq;
	uint32_t ports[2]; /* by which events name this socket, and the one before it */
	struct rtnl_call dump;
	rtnl_unread *unread;
	void *unread_arg;
	_Alignas(struct nlmsghdr) char buf[RTNL_BUF];
};

ssize_t rtnl_recv(int fd, void *buf, size_t size, int flags)
{
	struct sockaddr_nl from = { 0 };
	struct iovec iov = { .iov_base = buf, .iov_len = size };
	struct msghdr msg = {
		.msg_name = &from,
		.msg_namelen = sizeof(from),
		.msg_iov = &iov,
		.msg_iovlen = 1,
	};
	ssize_t n;

	do
		n = recvmsg(fd, &msg, flags);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	if (msg.msg_flags & MSG_TRUNC)
		return -EMSGSIZE;
	if (msg.msg_namelen != sizeof(from) || from.nl_pid != 0)
		return 0;
	return n;
}

static int rtnl_setup(struct mnl_socket *sock)
{
	int one = 1;

	if (mnl_socket_bind(sock, 0, MNL_SOCKET_AUTOPID) < 0 ||
	    mnl_socket_setsockopt(sock, NETLINK_GET_STRICT_CHK, &one, sizeof(one)) < 0 ||
	    mnl_socket_setsockopt(sock, NETLINK_EXT_ACK, &one, sizeof(one)) < 0)
		return -errno;
	/* Replies need not repeat the request; one that does is no problem. */
	(void)mnl_socket_setsockopt(sock, NETLINK_CAP_ACK, &one, sizeof(one));
	return 0;
}

/*
 * Sends a request and reads its small reply into the whole buffer, which shows the kernel how large
 * that is. Until a socket has read something, the kernel makes the first message of a dump as small
 * as 3.7 KiB, and from Linux 6.10 on a dump whose first object does not fit there ends without an
 * error (net/netlink/af_netlink.c, netlink_dump()).
 */
static int rtnl_greet(struct rtnl *nl, struct mnl_socket *sock)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(nl->buf);
	ssize_t n;

	nlh->nlmsg_type = NLMSG_NOOP;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	if (mnl_socket_sendto(sock, nlh, nlh->nlmsg_len) < 0)
		return -errno;
	n = rtnl_recv(mnl_socket_get_fd(sock), nl->buf, sizeof(nl->buf), 0);
	return n < 0 ? (int)n : 0;
}

/* Opens a new socket in place of the old one, whose unread messages go with it. */
static int rtnl_connect(struct rtnl *nl)
{
	struct mnl_socket *sock = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	int err = sock ? rtnl_setup(sock) : -errno;
	struct mnl_socket *goes;

	if (!err)
		err = rtnl_greet(nl, sock);
	goes = err ? sock : nl->sock;
	if (!err) {
		nl->sock = sock;
		nl->ports[1] = nl->ports[0];
		nl->ports[0] = mnl_socket_get_portid(sock);
	}
	if (goes)
		mnl_socket_close(goes);
	return err;
}

int rtnl_open(struct rtnl **out)
{
	struct rtnl *nl = calloc(1, sizeof(*nl));
	int err;

	if (!nl)
		return -ENOMEM;
	err = rtnl_connect(nl);
	if (err) {
		rtnl_close(nl);
		return err;
	}
	*out = nl;
	return 0;
}

void rtnl_close(struct rtnl *nl)
{
	if (!nl)
		return;
	if (nl->sock)
		mnl_socket_close(nl->sock);
	free(nl);
}

/* nlmsg_pid of an event is the port of who asked for the change, and 0 when nobody did. */
bool rtnl_caused(const struct rtnl *nl, const struct nlmsghdr *event)
{
	uint32_t port = event->nlmsg_pid;

	return port && (port == nl->ports[0] || port == nl->ports[1]);
}

/* Keeps the kernel's words (NLMSGERR_ATTR_MSG), which follow the error and the repeated request. */
static void rtnl_words(const struct nlmsghdr *nlh, int err, struct why *why)
{
	const struct nlmsgerr *e = mnl_nlmsg_get_payload(nlh);
	size_t off = sizeof(*e);
	const struct nlattr *attr;

	if (!why || !(nlh->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED)) {
		if (e->msg.nlmsg_len < sizeof(e->msg))
			return;
		off += e->msg.nlmsg_len - sizeof(e->msg);
	}
	if (off > mnl_nlmsg_get_payload_len(nlh))
		return;
	mnl_attr_for_each(attr, nlh, off)
		if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_MSG &&
		    !mnl_attr_validate(attr, MNL_TYPE_NUL_STRING))
			why_set(why, err, "the kernel: %s", mnl_attr_get_str(attr));
}

/* Reads the end of a reply: an acknowledgement, an error, or the end of a dump, which carries an
 * error of its own (net/netlink/af_netlink.c, netlink_dump_done()). Returns: 0 or -errno. */
static int rtnl_end(const struct nlmsghdr *nlh, struct rtnl_call *call)
{
	int err = 0;

	if (nlh->nlmsg_type == NLMSG_ERROR) {
		const struct nlmsgerr *e = mnl_nlmsg_get_payload(nlh);

		if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*e))
			return -EBADMSG;
		err = e->error;
		if (err)
			rtnl_words(nlh, err, call->why);
	} else if (mnl_nlmsg_get_payload_len(nlh) >= sizeof(err)) {
		memcpy(&err, mnl_nlmsg_get_payload(nlh), sizeof(err));
	}
	return err > 0 ? -err : err;
}

int rtnl_each(const void *buf, size_t size, rtnl_cb *cb, void *arg)
{
	const struct nlmsghdr *nlh = buf;
	int len = (int)size, err = 0;

	for (; !err && mnl_nlmsg_ok(nlh, len); nlh = mnl_nlmsg_next(nlh, &len))
		err = cb(nlh, arg);
	return err;
}

/* Returns: 1 at the end of the reply. */
static int rtnl_feed(const struct nlmsghdr *nlh, void *arg)
{
	struct rtnl_call *call = arg;

	if (nlh->nlmsg_seq != call->seq)
		return 0; /* left over from a reply that nobody waited for */
	if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
		call->interrupted = true;
	if (nlh->nlmsg_type == NLMSG_ERROR || nlh->nlmsg_type == NLMSG_DONE) {
		call->end = rtnl_end(nlh, call);
		return 1;
	}
	call->messages++;
	if (nlh->nlmsg_type >= NLMSG_MIN_TYPE && call->cb && !call->err && !call->interrupted)
		call->err = call->cb(nlh, call->arg);
	if (call->err == -EBADMSG && call->nl) {
		call->err = 0;
		if (call->nl->unread)
			call->nl->unread(nlh, call->nl->unread_arg);
	}
	if (call->err > 0)
		call->err = 0;
	return 0;
}

static int rtnl_send(struct rtnl *nl, struct nlmsghdr *nlh, struct rtnl_call *call)
{
	call->seq = nlh->nlmsg_seq = ++nl->seq;
	nlh->nlmsg_pid = 0;
	return mnl_socket_sendto(nl->sock, nlh, nlh->nlmsg_len) < 0 ? -errno : 0;
}

/* Reads one datagram. Returns: 1 when the reply goes on, 0 or -errno at its end. */
static int rtnl_receive(struct rtnl *nl, struct rtnl_call *call)
{
	ssize_t n = rtnl_recv(rtnl_fd(nl), nl->buf, sizeof(nl->buf), 0);

	if (n >= 0)
		return rtnl_each(nl->buf, (size_t)n, rtnl_feed, call) ? call->end : 1;
	/* A dump that was not read to its end would make the kernel refuse the next one (EBUSY). */
	(void)rtnl_connect(nl);
	return (int)n;
}

/* Sends a request and reads its reply to the end, even after the callback has failed, so that the
 * socket is clean for the next one. */
static int rtnl_call(struct rtnl *nl, struct nlmsghdr *nlh, struct rtnl_call *call)
{
	int err = rtnl_send(nl, nlh, call);

	if (err)
		return err;
	do
		err = rtnl_receive(nl, call);
	while (err > 0);
	return err ? err : call->err;
}

int rtnl_request(struct rtnl *nl, struct nlmsghdr *nlh, struct why *why)
{
	struct rtnl_call call = { .why = why };
	int err = fault_here("netlink request");

	nlh->nlmsg_flags |= NLM_F_REQUEST | NLM_F_ACK;
	return err ? err : rtnl_call(nl, nlh, &call);
}

int rtnl_request_echo(struct rtnl *nl, struct nlmsghdr *nlh, rtnl_cb *cb, void *arg,
		      struct why *why)
{
	struct rtnl_call call = { .cb = cb, .arg = arg, .why = why };
	int err = fault_here("netlink request");

	nlh->nlmsg_flags |= NLM_F_REQUEST | NLM_F_ACK | NLM_F_ECHO;
	return err ? err : rtnl_call(nl, nlh, &call);
}

int rtnl_get(struct rtnl *nl, struct nlmsghdr *nlh, rtnl_cb *cb, void *arg, struct why *why)
{
	struct rtnl_call call = { .cb = cb, .arg = arg, .why = why };

	/* The acknowledgement follows the reply and ends it. */
	nlh->nlmsg_flags |= NLM_F_REQUEST | NLM_F_ACK;
	return rtnl_call(nl, nlh, &call);
}

int rtnl_dump_begin(struct rtnl *nl, struct nlmsghdr *nlh)
{
	nlh->nlmsg_flags |= NLM_F_REQUEST | NLM_F_DUMP;
	nl->dump = (struct rtnl_call){ .nl = nl };
	return rtnl_send(nl, nlh, &nl->dump);
}

int rtnl_dump_step(struct rtnl *nl, rtnl_cb *cb, void *arg, size_t *limit)
{
	struct rtnl_call *call = &nl->dump;
	int err;

	call->cb = cb;
	call->arg = arg;
	call->messages = 0;
	do
		err = rtnl_receive(nl, call);
	while (err > 0 && call->messages < *limit);
	*limit -= call->messages < *limit ? call->messages : *limit;
	if (err > 0)
		return err;
	if (call->interrupted && !call->err)
		return -EINTR;
	if (call->err)
		return call->err;
	return err == -ENOENT ? 0 : err;
}

int rtnl_dump(struct rtnl *nl, struct nlmsghdr *nlh, rtnl_cb *cb, void (*reset)(void *arg),
	      void *arg)
{
	int err = -EINTR;

	for (int try = 0; try < (reset ? RTNL_DUMP_TRIES : 1) && err == -EINTR; try++) {
		size_t all = SIZE_MAX;

		if (reset)
			reset(arg);
		err = rtnl_dump_begin(nl, nlh);
		if (!err)
			err = rtnl_dump_step(nl, cb, arg, &all);
	}
	return err;
}

void rtnl_on_unread(struct rtnl *nl, rtnl_unread *unread, void *arg)
{
	nl->unread = unread;
	nl->unread_arg = arg;
}

int rtnl_fd(const struct rtnl *nl)
{
	return mnl_socket_get_fd(nl->sock);
}
