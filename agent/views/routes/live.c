/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keeps the view of the routes current by the kernel's events, and marks what changes without
 * any. */
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/if.h>
#include <linux/netconf.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#include "routing/link_nl.h"
#include "routing/route_nl.h"
#include "views/route_set.h"

void routes_init(struct views *views)
{
	struct routes *v = &views->routes;

	*v = (struct routes){ .version = 1, .wanted = &views->store->wanted[ROUTE_ROWS] };
	route_set_init(v);
	v->stale = (struct vec)VEC_INIT(struct route_scope);
	routes_stale(views, AF_UNSPEC, 0);
}

void routes_fini(struct views *views)
{
	routes_leave(&views->routes);
	routes_expiry_fini(&views->routes);
	route_set_fini(&views->routes);
	vec_fini(&views->routes.stale);
}

/* Will the routes of @r's table be read anew anyway? */
static bool is_stale(const struct routes *v, const struct route *r)
{
	for (size_t i = 0; i < v->stale.n; i++) {
		const struct route_scope *s = vec_at(&v->stale, i);

		if (s->family == r->dst.family && (!s->fib || s->fib == r->fib) && !s->ifindex &&
		    !s->protocol && !s->united)
			return true;
	}
	return false;
}

void routes_on_route(struct views *views, const struct nlmsghdr *nlh)
{
	bool gone = nlh->nlmsg_type == RTM_DELROUTE, replaces = nlh->nlmsg_flags & NLM_F_REPLACE;
	struct routes *v = &views->routes;
	struct nexthop hops[ROUTE_HOPS_MAX];
	struct route r;
	bool later;
	int err;

	/* The kernel drops events of tables that are not shown (routes/exclude.c), but some may be
	 * queued from before it was told. */
	if (v->excluded.n && num_list_has(&v->excluded, route_nl_table(nlh)))
		return;
	/* After lost events all is read anew, so these many need not be decoded. */
	if (views->events_lost && !gone)
		return;
	err = route_nl_decode(nlh, &r, hops);
	if (err == -EBADMSG)
		views_unread(nlh, views);
	if (err)
		return;
	routes_withdrawn(views, nlh, &r);
	if (views->events_lost || (!v->load && is_stale(v, &r)))
		return;
	later = v->load && route_load_event(v->load, &r, gone, replaces);
	if (!route_set_event(v, &r, gone, replaces) && !later)
		routes_stale(views, r.dst.family, r.fib);
	routes_touched(v);
}

/* The flags of a link that decide over its routes. */
enum { LINK_FLAGS = IFF_UP | IFF_RUNNING | IFF_LOWER_UP };

/*
 * Routes go, or are marked, without an event of their own when their device goes down, loses its
 * carrier or is deleted (fib_sync_down_dev() of net/ipv4/fib_semantics.c).
 */
void routes_on_link(struct views *views, const struct nlmsghdr *nlh)
{
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);
	const struct name *link;
	uint32_t before = 0, after = 0;

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*ifi))
		return;
	link = names_find(&views->links, (uint32_t)ifi->ifi_index);
	before = link ? link->flags : 0;
	link_nl_event(nlh, &views->links);
	link = names_find(&views->links, (uint32_t)ifi->ifi_index);
	after = link ? link->flags : 0;
	if ((before ^ after) & LINK_FLAGS || nlh->nlmsg_type == RTM_DELLINK)
		routes_stale_device(views, (uint32_t)ifi->ifi_index);
	if (!(after & IFF_UP))
		routes_device_down(views, (uint32_t)ifi->ifi_index);
	views->links_changed = true;
}

/* Routes go without an event when an address goes, too: those with this preferred source, whatever
 * their device (fib_sync_down_addr()), and with its last address all routes of the device. */
void routes_on_address(struct views *views, const struct nlmsghdr *nlh)
{
	const struct ifaddrmsg *ifa = mnl_nlmsg_get_payload(nlh);
	struct prefix addr = { 0 };
	const struct nlattr *attr;

	views->links_changed = true;
	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*ifa) || nlh->nlmsg_type != RTM_DELADDR)
		return;
	routes_stale_device(views, ifa->ifa_index);
	mnl_attr_for_each(attr, nlh, sizeof(*ifa)) {
		if (mnl_attr_get_type(attr) !=
			    (ifa->ifa_family == AF_INET ? IFA_LOCAL : IFA_ADDRESS) ||
		    mnl_attr_get_payload_len(attr) != addr_size(ifa->ifa_family))
			continue;
		addr.family = ifa->ifa_family;
		memcpy(addr.addr, mnl_attr_get_payload(attr), addr_size(addr.family));
		routes_stale_users(views, &addr);
	}
}

/* net.ipv4.conf.*.ignore_routes_with_linkdown decides whether a route is shown as dead. */
void routes_on_netconf(struct views *views, const struct nlmsghdr *nlh)
{
	const struct netconfmsg *ncm = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr;
	bool linkdown = false;
	int32_t ifindex = 0;

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*ncm))
		return;
	mnl_attr_for_each(attr, nlh, sizeof(*ncm)) {
		uint16_t type = mnl_attr_get_type(attr);

		linkdown |= type == NETCONFA_IGNORE_ROUTES_WITH_LINKDOWN;
		if (type == NETCONFA_IFINDEX && mnl_attr_get_payload_len(attr) == sizeof(ifindex))
			memcpy(&ifindex, mnl_attr_get_payload(attr), sizeof(ifindex));
	}
	/* "all" and "default" are negative. */
	if (linkdown)
		routes_stale_device(views, ifindex > 0 ? (uint32_t)ifindex : 0);
}

void routes_on_nexthop(struct views *views, const struct nlmsghdr *nlh)
{
	(void)nlh;
	routes_stale_users(views, NULL);
}
