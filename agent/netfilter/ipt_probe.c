/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the running kernel can, found without making it load anything. */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>

#include "nf_priv.h"

/* Is there a line in @path that ends with @end, or is just that? */
static bool file_has_line(const char *path, const char *end, bool whole)
{
	FILE *f = fopen(path, "re");
	size_t n = strlen(end);
	char line[512];
	bool found = false;

	if (!f)
		return false;
	while (!found && fgets(line, sizeof(line), f)) {
		size_t len = strcspn(line, "\n");

		line[len] = '\0';
		found = len >= n && strcmp(line + len - n, end) == 0 && (!whole || len == n);
	}
	fclose(f);
	return found;
}

/* A message for nf_tables makes the kernel load nf_tables (nfnetlink_rcv_msg()). So it is sent only
 * when it is there already, or when this kernel has no modules at all. */
static bool nftables_loaded(void)
{
	struct utsname u;
	char path[sizeof(u.release) + 64];

	if (access("/proc/modules", F_OK) < 0 || access("/sys/module/nf_tables", F_OK) == 0)
		return true;
	if (uname(&u) < 0)
		return false;
	snprintf(path, sizeof(path), "/lib/modules/%s/modules.builtin", u.release);
	return file_has_line(path, "/nf_tables.ko", false);
}

/* Asks for the generation of the ruleset: the cheapest question that only nf_tables answers. */
static bool nftables_answers(void)
{
	struct {
		struct nlmsghdr nlh;
		struct nfgenmsg nfg;
	} req = { { 0 }, { 0 } };
	struct timeval patience = { .tv_sec = 1 };
	union {
		struct nlmsghdr nlh;
		char buf[1024];
	} answer;
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);
	ssize_t n;

	if (fd < 0)
		return false;
	req.nlh.nlmsg_len = sizeof(req);
	req.nlh.nlmsg_type = NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETGEN;
	req.nlh.nlmsg_flags = NLM_F_REQUEST;
	req.nfg.version = NFNETLINK_V0;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	n = send(fd, &req, sizeof(req), 0);
	if (n > 0)
		n = recv(fd, &answer, sizeof(answer), 0);
	close(fd);
	return n >= (ssize_t)sizeof(answer.nlh) && answer.nlh.nlmsg_type != NLMSG_ERROR;
}

unsigned nf_probe(struct nf *nf)
{
	static const unsigned family_caps[] = { NF_CAP_LEGACY4, NF_CAP_LEGACY6 };
	unsigned caps = 0;

	(void)nf;
	for (size_t i = 0; ipt_families[i]; i++) {
		const struct ipt_ops *ops = ipt_families[i];

		if (access(ops->names, F_OK) == 0)
			caps |= family_caps[i];
		if (file_has_line(ops->targets, "MARK", true))
			caps |= NF_CAP_MARK;
		if (file_has_line(ops->targets, "CONNMARK", true))
			caps |= NF_CAP_CONNMARK;
	}
	if (nftables_loaded() && nftables_answers())
		caps |= NF_CAP_NFTABLES;
	return caps;
}
