/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "routing/route_nl.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <string.h>
#include <sys/socket.h>

#include "route_nl_priv.h"

/* A request has room for ROUTE_HOPS_MAX next hops with an IPv6 gateway each, and for the rest. */
enum { ROUTE_REQUEST = 255 * 56 + 512, ROUTE_QUESTION = 256 };

static struct nlmsghdr *question(void *buf, size_t size, const struct route_filter *f)
{
	struct rtmsg *rtm;
	struct nlmsghdr *nlh = nl_begin(buf, size, RTM_GETROUTE, 0, sizeof(*rtm));

	rtm = mnl_nlmsg_get_payload(nlh);
	rtm->rtm_family = f->family;
	rtm->rtm_protocol = f->protocol;
	rtm->rtm_table = f->fib < 256 ? (uint8_t)f->fib : RT_TABLE_UNSPEC;
	if (f->fib)
		mnl_attr_put_u32(nlh, RTA_TABLE, f->fib);
	if (f->ifindex)
		mnl_attr_put_u32(nlh, RTA_OIF, f->ifindex);
	return nlh;
}

int route_nl_dump_begin(struct rtnl *nl, const struct route_filter *filter)
{
	_Alignas(struct nlmsghdr) char buf[ROUTE_QUESTION];

	return rtnl_dump_begin(nl, question(buf, sizeof(buf), filter));
}

int route_nl_dump(struct rtnl *nl, const struct route_filter *filter, rtnl_cb *cb,
		  void (*reset)(void *arg), void *arg)
{
	_Alignas(struct nlmsghdr) char buf[ROUTE_QUESTION];

	return rtnl_dump(nl, question(buf, sizeof(buf), filter), cb, reset, arg);
}

static int request(struct rtnl *nl, uint16_t type, uint16_t flags, const struct route *r,
		   struct why *why)
{
	_Alignas(struct nlmsghdr) char buf[ROUTE_REQUEST];
	int err = route_nl_encode(buf, sizeof(buf), type, flags, r);

	return err ? err : rtnl_request(nl, (struct nlmsghdr *)(void *)buf, why);
}

/* IPv6 joins routes of one destination and metric that have gateways into one route with several
 * next hops (include/net/ip6_route.h, rt6_qualify_for_ecmp()). */
static bool can_be_hop(const struct route *r)
{
	return r->dst.family == AF_INET6 && !r->nhid && !route_is_reject(r) && r->nhops &&
	       route_hop(r, 0)->gateway.family != AF_UNSPEC;
}

int route_nl_add(struct rtnl *nl, const struct route *r, struct why *why)
{
	bool beside = r->dst.family == AF_INET6 && r->instance > 1 && !can_be_hop(r);

	return request(nl, RTM_NEWROUTE, NLM_F_CREATE | (beside ? NLM_F_APPEND : NLM_F_EXCL), r,
		       why);
}

int route_nl_put_back(struct rtnl *nl, const struct route *r, struct why *why)
{
	int err = route_nl_add(nl, r, why);

	if (err != -EEXIST || r->dst.family != AF_INET)
		return err;
	return request(nl, RTM_NEWROUTE, NLM_F_CREATE | (r->instance > 1 ? NLM_F_APPEND : 0), r,
		       why);
}

int route_nl_replace(struct rtnl *nl, const struct route *r, struct why *why)
{
	return request(nl, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE, r, why);
}

/*
 * Is there an IPv4 route with the key of @r? Asks by a request without NLM_F_CREATE, which creates
 * nothing: the kernel answers EEXIST or ENOENT (net/ipv4/fib_trie.c, fib_table_insert()). The
 * request is for a blackhole, which needs no gateway. Returns: -EEXIST, -ENOENT, or another -errno
 * with @why.
 */
static int key_is_taken(struct rtnl *nl, const struct route *r, struct why *why)
{
	struct route probe;
	int err;

	route_init(&probe);
	probe.fib = r->fib;
	probe.dst = r->dst;
	probe.metric = r->metric;
	probe.tos = r->tos;
	probe.type = ROUTE_BLACKHOLE;
	err = request(nl, RTM_NEWROUTE, NLM_F_EXCL, &probe, NULL);
	return err == -EEXIST || err == -ENOENT
		       ? err
		       : why_set(why, err, "asking for the route: %s", strerror(-err));
}

struct search {
	const struct route *r;
	bool found;
};

static int compare(const struct nlmsghdr *nlh, void *arg)
{
	struct nexthop hops[ROUTE_HOPS_MAX];
	struct search *s = arg;
	struct route have;
	int err = route_nl_decode(nlh, &have, hops);

	s->found = s->found || (!err && route_same(&have, s->r));
	return err == -EAFNOSUPPORT ? 0 : err;
}

static void compare_anew(void *arg)
{
	((struct search *)arg)->found = false;
}

/* Looks whether the kernel has this route. Returns: -EEXIST, -ENOENT, or another -errno. */
static int look_for(struct rtnl *nl, const struct route *r)
{
	const struct route_filter filter = { .family = r->dst.family,
					     .fib = r->fib,
					     .protocol = r->protocol };
	struct search s = { .r = r };
	int err = route_nl_dump(nl, &filter, compare, compare_anew, &s);

	if (err)
		return err;
	return s.found ? -EEXIST : -ENOENT;
}

int route_nl_del(struct rtnl *nl, const struct route *r, struct why *why)
{
	int err;

	/* A request without a metric deletes a route of any metric (fib_nh_match() of
	 * net/ipv4/fib_semantics.c). */
	if (r->dst.family == AF_INET && !r->metric) {
		err = key_is_taken(nl, r, why);
		if (err != -EEXIST)
			return err == -ENOENT ? -ESRCH : err;
	}
	err = request(nl, RTM_DELROUTE, 0, r, why);
	if (err != -ESRCH)
		return err;
	/* The route is gone, or the kernel does not know it by what was sent: then it is there. */
	err = look_for(nl, r);
	if (err == -ENOENT)
		return -ESRCH;
	return err == -EEXIST
		       ? why_set(why, -EBUSY,
				 "the kernel has the route, and does not find it to delete it")
		       : why_set(why, err, "looking for the route: %s", strerror(-err));
}

/* Adds @new before it removes @old. @flags: NLM_F_EXCL, or NLM_F_APPEND where both have one key. */
static int add_then_del(struct rtnl *nl, uint16_t flags, const struct route *old,
			const struct route *new, struct why *why)
{
	struct why undo = { "" };
	int err = request(nl, RTM_NEWROUTE, NLM_F_CREATE | flags, new, why);

	if (err)
		return err;
	err = route_nl_del(nl, old, why);
	if (err == -ESRCH)
		return 0;
	if (err && route_nl_del(nl, new, &undo))
		err = why_undo(why, &undo);
	return err;
}

static int del_then_add(struct rtnl *nl, const struct route *old, const struct route *new,
			struct why *why)
{
	struct why undo = { "" };
	int err = route_nl_del(nl, old, why);

	if (err && err != -ESRCH)
		return err;
	err = request(nl, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_APPEND, new, why);
	if (err && request(nl, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_APPEND, old, &undo))
		err = why_undo(why, &undo);
	return err;
}

static int change_shared(struct rtnl *nl, const struct route *old, const struct route *new,
			 struct why *why)
{
	int err;

	/* To IPv6, all routes with gateways are one route, and the kernel replaces that. */
	if (can_be_hop(old) && can_be_hop(new))
		return route_nl_replace(nl, new, why);
	if (can_be_hop(new))
		return why_set(
			why, -EEXIST,
			"other routes share its metric, and it could become a next hop of them");
	err = add_then_del(nl, NLM_F_APPEND, old, new, why);
	if (err == -EEXIST && new->dst.family == AF_INET6)
		err = del_then_add(nl, old, new, why);
	return err;
}

int route_nl_change(struct rtnl *nl, const struct route *old, const struct route *new, bool shared,
		    struct why *why)
{
	if (route_same(old, new))
		return 0;
	if (!route_same_key(old, new))
		return add_then_del(nl, NLM_F_EXCL, old, new, why);
	return shared ? change_shared(nl, old, new, why) : route_nl_replace(nl, new, why);
}
