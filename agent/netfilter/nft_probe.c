/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Does the kernel have nf_tables? Finds out without making it load the module. */
#include <stdio.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <libmnl/libmnl.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

#include "nf_priv.h"

/* Any message for nf_tables makes the kernel load the module (nfnetlink_rcv_msg()). So one is sent
 * only when it is loaded or built in, or when this kernel has no modules at all. */
static bool is_loaded(void)
{
	struct utsname u;
	char path[sizeof(u.release) + 64];

	if (access("/proc/modules", F_OK) < 0 || access("/sys/module/nf_tables", F_OK) == 0)
		return true;
	if (uname(&u) < 0)
		return false;
	snprintf(path, sizeof(path), "/lib/modules/%s/modules.builtin", u.release);
	return nf_file_has_line(path, "/nf_tables.ko", false);
}

/* Asks for the generation of the ruleset: the cheapest request that only nf_tables answers. */
static bool answers(struct mnl_socket *nl)
{
	const struct timeval patience = { .tv_sec = 1 };
	_Alignas(struct nlmsghdr) char buf[1024];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct nfgenmsg *nfg = mnl_nlmsg_put_extra_header(nlh, sizeof(*nfg));
	ssize_t n;

	nlh->nlmsg_type = NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETGEN;
	nlh->nlmsg_flags = NLM_F_REQUEST;
	nfg->version = NFNETLINK_V0;
	if (mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) < 0 ||
	    setsockopt(mnl_socket_get_fd(nl), SOL_SOCKET, SO_RCVTIMEO, &patience,
		       sizeof(patience)) < 0 ||
	    mnl_socket_sendto(nl, nlh, nlh->nlmsg_len) < 0)
		return false;
	n = mnl_socket_recvfrom(nl, buf, sizeof(buf));
	return n > 0 && mnl_cb_run(buf, (size_t)n, 0, mnl_socket_get_portid(nl), NULL, NULL) >= 0;
}

bool nft_is_there(void)
{
	struct mnl_socket *nl = is_loaded() ? mnl_socket_open2(NETLINK_NETFILTER, SOCK_CLOEXEC)
					    : NULL;
	bool there = nl && answers(nl);

	if (nl)
		mnl_socket_close(nl);
	return there;
}
