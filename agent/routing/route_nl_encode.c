/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <libmnl/libmnl.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#include "nl_attr.h"
#include "route_nl_priv.h"
#include "routing/route_nl.h"

struct encoder {
	const struct route *r;
	struct nlmsghdr *nlh;
	size_t size;
	bool del;
};

static int put(const struct encoder *e, uint16_t type, size_t len, const void *data)
{
	return mnl_attr_put_check(e->nlh, e->size, type, len, data) ? 0 : -EMSGSIZE;
}

static int put_u32(const struct encoder *e, uint16_t type, const void *field)
{
	uint32_t v;

	memcpy(&v, field, sizeof(v));
	return v ? put(e, type, sizeof(v), &v) : 0;
}

static int put_prefix(const struct encoder *e, uint16_t type, const struct prefix *p)
{
	if (p->family == AF_UNSPEC || !p->len)
		return 0;
	return put(e, type, addr_size(p->family), p->addr);
}

/* RTA_GATEWAY is for the family of the route, RTA_VIA for the others. */
static int put_addr(const struct encoder *e, uint16_t type, const struct prefix *p)
{
	if (p->family == AF_UNSPEC || p->family != e->r->dst.family)
		return 0;
	return put(e, type, addr_size(p->family), p->addr);
}

static int put_via(const struct encoder *e, uint16_t type, const struct prefix *p)
{
	char buf[sizeof(struct rtvia) + ADDR_MAX];
	struct rtvia via = { .rtvia_family = p->family };
	size_t n = offsetof(struct rtvia, rtvia_addr);

	if (p->family == AF_UNSPEC || p->family == e->r->dst.family)
		return 0;
	memcpy(buf, &via, n);
	memcpy(buf + n, p->addr, addr_size(p->family));
	return put(e, type, n + addr_size(p->family), buf);
}

/* One attribute out of the table. */
static int put_field(const struct encoder *e, uint16_t type, const struct route_attr *d,
		     const void *base)
{
	const char *field = (const char *)base + d->off;
	const struct prefix *prefix = (const void *)field;

	switch (d->kind) {
	case ROUTE_ATTR_U8:
		return *field ? put(e, type, 1, field) : 0;
	case ROUTE_ATTR_U32:
		return put_u32(e, type, field);
	case ROUTE_ATTR_PREFIX:
		return put_prefix(e, type, prefix);
	case ROUTE_ATTR_ADDR:
		return put_addr(e, type, prefix);
	case ROUTE_ATTR_VIA:
		return put_via(e, type, prefix);
	case ROUTE_ATTR_NAME:
		return put(e, type, strnlen(field, sizeof(e->r->congctl) - 1) + 1, field);
	default:
		return 0;
	}
}

/* A lock, or another metric that was said to be 0, is sent as such. */
static int put_metric(const struct encoder *e, uint16_t type)
{
	const struct route_attr *d = &route_metric_attrs[type];

	if (!(e->r->metrics_other & 1u << type))
		return type == RTAX_MTU || type == RTAX_ADVMSS ? put_field(e, type, d, e->r) : 0;
	if (d->kind == ROUTE_ATTR_U32)
		return put(e, type, sizeof(uint32_t), (const char *)e->r + d->off);
	return put_field(e, type, d, e->r);
}

static int put_metrics(const struct encoder *e)
{
	struct nlattr *nest;
	int err = 0;

	if (e->del || (!e->r->mtu && !e->r->advmss && !e->r->metrics_other))
		return 0;
	nest = mnl_attr_nest_start_check(e->nlh, e->size, RTA_METRICS);
	if (!nest)
		return -EMSGSIZE;
	for (uint16_t type = 1; !err && type < ROUTE_METRIC_ATTRS; type++)
		err = put_metric(e, type);
	mnl_attr_nest_end(e->nlh, nest);
	return err;
}

static int put_leg(const struct encoder *e, unsigned i)
{
	const struct nexthop *leg = &e->r->legs[i];
	struct rtnexthop *rtnh = mnl_nlmsg_get_payload_tail(e->nlh);
	int err = 0;

	if (e->nlh->nlmsg_len + sizeof(*rtnh) > e->size)
		return -EMSGSIZE;
	*rtnh = (struct rtnexthop){
		.rtnh_flags = route_leg_onlink(e->r, i) && !e->del ? RTNH_F_ONLINK : 0,
		.rtnh_hops = (uint8_t)(leg->weight - 1),
		.rtnh_ifindex = (int)leg->ifindex,
	};
	e->nlh->nlmsg_len += sizeof(*rtnh);
	for (uint16_t type = 1; !err && type < ROUTE_ATTRS; type++)
		err = put_field(e, type, &route_leg_attrs[type], leg);
	rtnh->rtnh_len = (uint16_t)((char *)mnl_nlmsg_get_payload_tail(e->nlh) - (char *)rtnh);
	return err;
}

static int put_multipath(const struct encoder *e)
{
	struct nlattr *nest;
	int err = 0;

	if (e->r->nlegs < 2 || e->r->nhid || route_is_reject(e->r))
		return 0;
	nest = mnl_attr_nest_start_check(e->nlh, e->size, RTA_MULTIPATH);
	if (!nest)
		return -EMSGSIZE;
	/* The kernel looks at neither bit, but a strict one might: RTA_MULTIPATH is no nest. */
	nest->nla_type = RTA_MULTIPATH;
	for (unsigned i = 0; !err && i < e->r->nlegs; i++)
		err = put_leg(e, i);
	mnl_attr_nest_end(e->nlh, nest);
	return err;
}

/* What is known of the only leg; nothing where another attribute says it. */
static int put_only_leg(const struct encoder *e, uint16_t type)
{
	if (e->r->nlegs != 1 || e->r->nhid || route_is_reject(e->r))
		return 0;
	return put_field(e, type, &route_attrs[type], &e->r->leg);
}

static int put_attr(const struct encoder *e, uint16_t type)
{
	const struct route_attr *d = &route_attrs[type];

	switch (d->kind) {
	case ROUTE_ATTR_METRICS:
		return put_metrics(e);
	case ROUTE_ATTR_MULTIPATH:
		return put_multipath(e);
	default:
		if (d->of == ROUTE_ATTR_OF_LEG)
			return put_only_leg(e, type);
		return put_field(e, type, d, e->r);
	}
}

static int encode(const struct encoder *e)
{
	const struct route *r = e->r;
	struct rtmsg *rtm = mnl_nlmsg_get_payload(e->nlh);
	int err = 0;

	rtm->rtm_family = r->dst.family;
	rtm->rtm_dst_len = r->dst.len;
	rtm->rtm_src_len = r->src.family == AF_UNSPEC ? 0 : r->src.len;
	rtm->rtm_tos = r->tos;
	/* RTA_TABLE is what counts; the field is for the ids that fit. */
	rtm->rtm_table = r->fib < 256 ? (uint8_t)r->fib : RT_TABLE_UNSPEC;
	rtm->rtm_protocol = r->protocol;
	rtm->rtm_scope = route_scope(r);
	rtm->rtm_type = r->type;
	if (!e->del && r->nlegs == 1 && !r->nhid && !route_is_reject(r) && r->onlink)
		rtm->rtm_flags = RTNH_F_ONLINK;
	for (uint16_t type = 1; !err && type < ROUTE_ATTRS; type++)
		err = put_attr(e, type);
	return err;
}

/*
 * IPv6 looks at device and gateway alone, and takes what is not said for anything
 * (net/ipv6/route.c, ip6_route_del()): an unreachable route would take the next best one with it,
 * a route without a gateway one with. So say "lo" and "::", which is what the kernel keeps there.
 */
static int put_del_leg(const struct encoder *e)
{
	static const uint8_t none[ADDR_MAX];
	static const uint32_t lo = 1; /* LOOPBACK_IFINDEX */
	const struct route *r = e->r;
	int err = 0;

	if (r->dst.family != AF_INET6 || r->nhid || r->nlegs > 1)
		return 0;
	if (route_is_reject(r))
		err = put(e, RTA_OIF, sizeof(lo), &lo);
	if (!err && (route_is_reject(r) || r->leg.gateway.family == AF_UNSPEC))
		err = put(e, RTA_GATEWAY, sizeof(none), none);
	return err;
}

int route_nl_encode(void *buf, size_t size, uint16_t type, uint16_t flags, const struct route *r)
{
	struct encoder e = { .r = r, .size = size, .del = type == RTM_DELROUTE };
	int err;

	e.nlh = nl_begin(buf, size, type, flags, sizeof(struct rtmsg));
	if (!e.nlh)
		return -EMSGSIZE;
	err = encode(&e);
	return err || !e.del ? err : put_del_leg(&e);
}
