/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which of the managers' routes somebody took away. These stay away when their device, or an
 * address, comes again, and after a restart; routes that went with their device are put back then
 * (reassert.c).
 */
#include <linux/if.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#include "routing/rtnl.h"
#include "views/route_row.h"
#include "views/route_set.h"

struct route route_row_numbered(const struct views *views, const struct route *m,
				struct nexthop hops[ROUTE_HOPS_MAX])
{
	struct route out = *m;

	for (unsigned i = 0; i < m->nhops; i++) {
		struct nexthop *hop = m->nhops > 1 ? &hops[i] : &out.hop;
		const struct name *link;

		*hop = *route_hop(m, i);
		link = hop->ifname[0] ? names_find_name(&views->links, hop->ifname) : NULL;
		if (link)
			hop->ifindex = link->id;
	}
	if (m->nhops > 1)
		out.hops = hops;
	return out;
}

/* Does the event say that somebody removed a route? Port 0 is the kernel itself, which announces
 * the IPv6 routes that go with a device or a next hop object. Those of IPv4 go without a word: port
 * 0 is the ioctl() of route(8) there. */
static bool is_removal(const struct nlmsghdr *nlh, const struct route *r)
{
	return nlh->nlmsg_type == RTM_DELROUTE && (nlh->nlmsg_pid || r->dst.family == AF_INET);
}

/* Does it say that somebody put another route in the place of the wanted one? */
static bool is_replacement(const struct nlmsghdr *nlh)
{
	return nlh->nlmsg_type == RTM_NEWROUTE && nlh->nlmsg_flags & NLM_F_REPLACE;
}

void routes_withdrawn(struct views *views, const struct nlmsghdr *nlh, const struct route *r)
{
	const struct route *m = route_set_wanted(&views->routes, r);
	struct nexthop hops[ROUTE_HOPS_MAX];
	struct wanted_row *slot;
	struct route like;
	bool same;

	/* What a SET changes is settled at its end, not by its events: it may be undone. */
	if (!m || rtnl_caused(views->rtnl, nlh))
		return;
	slot = wanted_slot(&views->store->wanted[ROUTE_ROWS], m);
	like = route_row_numbered(views, m, hops);
	same = route_same(&like, r);
	if (same ? is_removal(nlh, r) : is_replacement(nlh))
		store_withdraw(views->store, slot, true);
	else if (same && nlh->nlmsg_type == RTM_NEWROUTE)
		store_withdraw(views->store, slot, false);
}

/* A next hop from the state file has only the name of its device. */
static bool leaves_by(const struct views *views, const struct nexthop *hop, uint32_t ifindex)
{
	const struct name *link = hop->ifindex ? NULL : names_find(&views->links, ifindex);

	return hop->ifindex == ifindex || (link && strcmp(link->name, hop->ifname) == 0);
}

void routes_device_down(struct views *views, uint32_t ifindex)
{
	const struct wanted *m = &views->store->wanted[ROUTE_ROWS];

	for (size_t i = 0; i < m->rows.n; i++) {
		struct wanted_row *slot = vec_at(&m->rows, i);
		const struct route *r = slot->row;

		for (unsigned hop = 0; slot->doubtful && hop < r->nhops; hop++)
			slot->doubtful = !leaves_by(views, route_hop(r, hop), ifindex);
	}
}

/* Was the device up before events were lost, and is the same device up after that? */
static bool stayed_up(const struct names *before, const struct names *after, uint32_t ifindex)
{
	const struct name *was = names_find(before, ifindex), *is = names_find(after, ifindex);

	return was && is && was->flags & is->flags & IFF_UP;
}

void routes_doubt(struct views *views, const struct names *before)
{
	const struct wanted *m = &views->store->wanted[ROUTE_ROWS];

	for (size_t i = 0; i < m->rows.n; i++) {
		struct wanted_row *slot = vec_at(&m->rows, i);
		struct route have;

		if (!routes_unread(&views->routes, slot->row))
			slot->doubtful = routes_find(views, slot->row, &have);
	}
	for (size_t i = 0; i < before->v.n; i++) {
		uint32_t ifindex = ((struct name *)vec_at(&before->v, i))->id;

		if (!stayed_up(before, &views->links, ifindex))
			routes_device_down(views, ifindex);
	}
}

void routes_doubt_end(struct views *views)
{
	const struct wanted *m = &views->store->wanted[ROUTE_ROWS];

	for (size_t i = 0; i < m->rows.n; i++) {
		struct wanted_row *slot = vec_at(&m->rows, i);
		struct route have;

		if (slot->doubtful && !routes_find(views, slot->row, &have))
			store_withdraw(views->store, slot, true);
		slot->doubtful = false;
	}
}
