/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "routing/link_nl.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/if_link.h>
#include <string.h>
#include <sys/socket.h>

#include "compat.h"
#include "nl_attr.h"

enum { LINK_QUESTION = 128 };

struct link {
	char name[16];
};

static const struct nl_attr link_attrs[] = {
	[IFLA_IFNAME] = { .kind = NL_NAME, NL_FIELD(link, name) },
};

static const struct nl_table link_table = NL_TABLE(link_attrs);

int link_nl_event(const struct nlmsghdr *nlh, struct names *links)
{
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);
	struct link link = { 0 };
	const struct name *known;
	int err;

	if (nlh->nlmsg_type != RTM_NEWLINK && nlh->nlmsg_type != RTM_DELLINK)
		return 0;
	err = nl_decode_message(&link_table, nlh, sizeof(*ifi), AF_UNSPEC, &link, NULL);
	if (err)
		return err;
	/* A bridge reports its ports in messages of its own family: there, RTM_DELLINK means that a
	 * device has left the bridge (net/bridge/br_netlink.c). */
	if (ifi->ifi_family != AF_UNSPEC || ifi->ifi_index <= 0)
		return 0;
	if (nlh->nlmsg_type == RTM_DELLINK) {
		names_remove(links, (uint32_t)ifi->ifi_index);
		return 0;
	}
	known = names_find(links, (uint32_t)ifi->ifi_index);
	if (!link.name[0] && !known)
		return 0;
	if (!link.name[0])
		memcpy(link.name, known->name, sizeof(link.name));
	return names_set(links, (uint32_t)ifi->ifi_index, link.name, ifi->ifi_flags);
}

static int link_cb(const struct nlmsghdr *nlh, void *arg)
{
	return link_nl_event(nlh, arg);
}

static void link_reset(void *arg)
{
	struct names *links = arg;

	vec_clear(&links->v);
}

int link_nl_dump(struct rtnl *nl, struct names *links)
{
	_Alignas(struct nlmsghdr) char buf[LINK_QUESTION];
	struct nlmsghdr *nlh = nl_begin(buf, sizeof(buf), RTM_GETLINK, 0, sizeof(struct ifinfomsg));

	/* With statistics, the dump would be several times as big. */
	mnl_attr_put_u32(nlh, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	return rtnl_dump(nl, nlh, link_cb, link_reset, links);
}

static int ignore(const struct nlmsghdr *nlh, void *arg)
{
	(void)nlh, (void)arg;
	return 0;
}

int link_nl_barrier(struct rtnl *nl)
{
	_Alignas(struct nlmsghdr) char buf[128] = { 0 };
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct ifinfomsg *ifi;
	int err;

	nlh->nlmsg_type = RTM_GETLINK;
	ifi = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifi));
	ifi->ifi_index = 1; /* lo, which every network namespace has */
	err = rtnl_get(nl, nlh, ignore, NULL, NULL);
	return err == -ENODEV ? 0 : err;
}
