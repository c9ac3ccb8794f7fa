/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which of the managers' routes somebody took away. These stay away when a device, or an address,
 * comes again; routes that went with their device are put back then (reassert.c).
 */
#include <linux/if.h>
#include <string.h>

#include "views/route_set.h"

void routes_withdrawn(struct views *views, const struct route *r)
{
	struct route *m = route_set_wanted(&views->routes, r);

	if (!m || !route_same(m, r))
		return;
	m->withdrawn = true;
	for (unsigned hop = 0; hop < r->nhops; hop++) {
		const struct name *link = names_find(&views->links, route_hop(r, hop)->ifindex);

		if (!link || !(link->flags & IFF_UP))
			m->withdrawn = false;
	}
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
		struct route *r = wanted_at(m, i);

		for (unsigned hop = 0; hop < r->nhops; hop++)
			if (leaves_by(views, route_hop(r, hop), ifindex))
				r->withdrawn = r->doubtful = false;
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
		struct route *r = wanted_at(m, i), have;

		if (!routes_unread(&views->routes, r))
			r->doubtful = routes_find(views, r, &have);
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
		struct route *r = wanted_at(m, i), have;

		if (r->doubtful && !routes_find(views, r, &have))
			r->withdrawn = true;
		r->doubtful = false;
	}
}
