/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The attributes of a route, of its metrics and of its next hops. */
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#include "route_nl_priv.h"

#define ATTR(KIND, s, field)                                                                       \
	{                                                                                          \
		.kind = NL_##KIND, NL_FIELD(s, field)                                              \
	}
/* An attribute of the only next hop. */
#define HOP(KIND, field)                                                                           \
	{                                                                                          \
		.kind = NL_##KIND, .part = ROUTE_PART_HOP, NL_FIELD(route, hop.field)              \
	}
#define OWN_ATTR(functions)                                                                        \
	{                                                                                          \
		.kind = NL_OWN, .own = &(functions)                                                \
	}
#define OWN(PART, functions)                                                                       \
	{                                                                                          \
		.kind = NL_OWN, .part = ROUTE_PART_##PART, .own = &(functions)                     \
	}

static const struct nl_attr metric_attrs[ROUTE_METRIC_N] = {
	[RTAX_LOCK] = ATTR(U32, route, metrics[RTAX_LOCK]),
	[RTAX_MTU] = ATTR(U32, route, mtu),
	[RTAX_WINDOW] = ATTR(U32, route, metrics[RTAX_WINDOW]),
	[RTAX_RTT] = ATTR(U32, route, metrics[RTAX_RTT]),
	[RTAX_RTTVAR] = ATTR(U32, route, metrics[RTAX_RTTVAR]),
	[RTAX_SSTHRESH] = ATTR(U32, route, metrics[RTAX_SSTHRESH]),
	[RTAX_CWND] = ATTR(U32, route, metrics[RTAX_CWND]),
	[RTAX_ADVMSS] = ATTR(U32, route, advmss),
	[RTAX_REORDERING] = ATTR(U32, route, metrics[RTAX_REORDERING]),
	[RTAX_HOPLIMIT] = ATTR(U32, route, metrics[RTAX_HOPLIMIT]),
	[RTAX_INITCWND] = ATTR(U32, route, metrics[RTAX_INITCWND]),
	[RTAX_FEATURES] = ATTR(U32, route, metrics[RTAX_FEATURES]),
	[RTAX_RTO_MIN] = ATTR(U32, route, metrics[RTAX_RTO_MIN]),
	[RTAX_INITRWND] = ATTR(U32, route, metrics[RTAX_INITRWND]),
	[RTAX_QUICKACK] = ATTR(U32, route, metrics[RTAX_QUICKACK]),
	[RTAX_CC_ALGO] = ATTR(NAME, route, congctl),
	[RTAX_FASTOPEN_NO_COOKIE] = ATTR(U32, route, metrics[RTAX_FASTOPEN_NO_COOKIE]),
};

static const struct nl_table metric_table = NL_TABLE(metric_attrs);

static int encap_put(const struct nl_out *out, uint16_t type, const struct encap *e)
{
	if (!e->type)
		return 0;
	return mnl_attr_put_check(out->nlh, out->size, type | NLA_F_NESTED, e->len, e->data)
		       ? 0
		       : -EMSGSIZE;
}

/* Keeps what is in the message; see route_nl_decode(). */
static int encap_get(const void *data, size_t len, struct encap *e)
{
	e->data = data;
	e->len = (uint16_t)len;
	return 0;
}

static int hop_encap_put(const struct nl_out *out, uint16_t type, const void *obj)
{
	return encap_put(out, type, &((const struct nexthop *)obj)->encap);
}

static int hop_encap_get(const void *data, size_t len, void *obj)
{
	return encap_get(data, len, &((struct nexthop *)obj)->encap);
}

static const struct nl_own hop_encap = { hop_encap_put, hop_encap_get };

/* One of several next hops: the attributes behind its struct rtnexthop. */
static const struct nl_attr hop_attrs[] = {
	[RTA_GATEWAY] = ATTR(ADDR, nexthop, gateway),
	[RTA_FLOW] = ATTR(U32, nexthop, realms),
	[RTA_VIA] = ATTR(VIA, nexthop, gateway),
	[RTA_ENCAP_TYPE] = ATTR(U16, nexthop, encap.type),
	[RTA_ENCAP] = OWN_ATTR(hop_encap),
};

static const struct nl_table hop_table = NL_TABLE(hop_attrs);

/* Sends every metric that metrics_other has, also with value 0, which somebody has set. */
static int metrics_put(const struct nl_out *out, uint16_t nest_type, const void *obj)
{
	const struct route *r = obj;
	struct nlattr *nest;
	int err = 0;

	if (!r->mtu && !r->advmss && !r->metrics_other)
		return 0;
	nest = mnl_attr_nest_start_check(out->nlh, out->size, nest_type);
	if (!nest)
		return -EMSGSIZE;
	for (uint16_t type = 1; !err && type < metric_table.n; type++)
		if (type == RTAX_MTU || type == RTAX_ADVMSS)
			err = nl_put_present(&metric_table, out, type, r);
		else if (r->metrics_other & 1u << type)
			err = nl_put(&metric_table, out, type, r);
	mnl_attr_nest_end(out->nlh, nest);
	return err;
}

static int metrics_get(const void *data, size_t len, void *obj)
{
	struct route *r = obj;
	uint64_t seen;
	int err = nl_decode(&metric_table, data, len, r->dst.family, r, &seen);

	r->metrics_other |= (uint32_t)seen & ((1u << ROUTE_METRIC_N) - 1) &
			    ~(1u | 1u << RTAX_MTU | 1u << RTAX_ADVMSS);
	if (seen >> ROUTE_METRIC_N)
		r->flags |= ROUTE_UNKNOWN;
	return err;
}

static int hop_put(const struct nl_out *out, const struct route *r, unsigned i)
{
	const struct nexthop *hop = &r->hops[i];
	struct rtnexthop *rtnh = mnl_nlmsg_get_payload_tail(out->nlh);
	bool onlink = out->parts & ROUTE_PART_NEW && route_hop_onlink(r, i);
	int err;

	if (out->nlh->nlmsg_len + sizeof(*rtnh) > out->size)
		return -EMSGSIZE;
	*rtnh = (struct rtnexthop){
		.rtnh_flags = onlink ? RTNH_F_ONLINK : 0,
		.rtnh_hops = (uint8_t)(hop->weight - 1),
		.rtnh_ifindex = (int)hop->ifindex,
	};
	out->nlh->nlmsg_len += sizeof(*rtnh);
	err = nl_encode(&hop_table, out, hop);
	rtnh->rtnh_len = (uint16_t)((char *)mnl_nlmsg_get_payload_tail(out->nlh) - (char *)rtnh);
	return err;
}

static int hops_put(const struct nl_out *out, uint16_t type, const void *obj)
{
	const struct route *r = obj;
	struct nlattr *nest = mnl_attr_nest_start_check(out->nlh, out->size, type);
	int err = 0;

	if (!nest)
		return -EMSGSIZE;
	/* mnl_attr_nest_start_check() has set NLA_F_NESTED, but RTA_MULTIPATH is no nest. The
	 * kernel ignores the bit; a stricter one might not. */
	nest->nla_type = type;
	for (unsigned i = 0; !err && i < r->nhops; i++)
		err = hop_put(out, r, i);
	mnl_attr_nest_end(out->nlh, nest);
	return err;
}

static int hop_get(struct route *r, const struct rtnexthop *rtnh)
{
	struct nexthop *hop = &r->hops[r->nhops++];
	uint64_t seen;
	int err;

	*hop = (struct nexthop){
		.ifindex = (uint32_t)rtnh->rtnh_ifindex,
		.weight = (uint16_t)(rtnh->rtnh_hops + 1u),
		.flags = rtnh->rtnh_flags & ROUTE_HOP_FLAGS,
	};
	err = nl_decode(&hop_table, rtnh + 1, rtnh->rtnh_len - sizeof(*rtnh), r->dst.family, hop,
			&seen);
	r->flags |= route_nl_unknown(seen);
	encap_settle(&hop->encap);
	hop->gateway_type = hop->gateway.family;
	return err;
}

static int hops_get(const void *data, size_t left, void *obj)
{
	struct route *r = obj;
	const char *at = data;
	int err = 0;

	r->nhops = 0;
	while (!err && left) {
		const struct rtnexthop *rtnh = (const void *)at;
		size_t step;

		if (left < sizeof(*rtnh) || rtnh->rtnh_len < sizeof(*rtnh) || rtnh->rtnh_len > left)
			return -EBADMSG;
		if (r->nhops == ROUTE_HOPS_MAX) {
			r->flags |= ROUTE_CUT;
			break;
		}
		err = hop_get(r, rtnh);
		step = MNL_ALIGN(rtnh->rtnh_len);
		step = step > left ? left : step;
		at += step;
		left -= step;
	}
	return err;
}

static int route_encap_put(const struct nl_out *out, uint16_t type, const void *obj)
{
	return encap_put(out, type, &((const struct route *)obj)->hop.encap);
}

static int route_encap_get(const void *data, size_t len, void *obj)
{
	return encap_get(data, len, &((struct route *)obj)->hop.encap);
}

/* The kernel takes whole seconds, and reports hundredths (RTA_CACHEINFO). */
static int expires_put(const struct nl_out *out, uint16_t type, const void *obj)
{
	const struct route *r = obj;
	uint32_t s = r->expires > 0 ? ((uint32_t)r->expires + ROUTE_USER_HZ - 1) / ROUTE_USER_HZ
				    : 0;

	if (!(r->flags & ROUTE_EXPIRES))
		return 0;
	return mnl_attr_put_check(out->nlh, out->size, type, sizeof(s), &s) ? 0 : -EMSGSIZE;
}

static int expires_get(const void *data, size_t len, void *obj)
{
	struct route *r = obj;
	uint32_t s;

	if (len != sizeof(s))
		return -EBADMSG;
	memcpy(&s, data, sizeof(s));
	r->expires = s > INT32_MAX / ROUTE_USER_HZ ? INT32_MAX : (int32_t)s * ROUTE_USER_HZ;
	r->flags |= ROUTE_EXPIRES;
	return 0;
}

static int cacheinfo_get(const void *data, size_t len, void *obj)
{
	struct route *r = obj;
	struct rta_cacheinfo info;

	if (len < sizeof(info))
		return -EBADMSG;
	memcpy(&info, data, sizeof(info));
	r->expires = info.rta_expires;
	if (r->expires)
		r->flags |= ROUTE_EXPIRES;
	return 0;
}

static const struct nl_own metrics = { metrics_put, metrics_get };
static const struct nl_own hops = { hops_put, hops_get };
static const struct nl_own cacheinfo = { NULL, cacheinfo_get };
static const struct nl_own expires = { expires_put, expires_get };
static const struct nl_own route_encap = { route_encap_put, route_encap_get };

static const struct nl_attr route_attrs[] = {
	[RTA_DST] = ATTR(PREFIX, route, dst),
	[RTA_SRC] = ATTR(PREFIX, route, src),
	[RTA_OIF] = HOP(U32, ifindex),
	[RTA_GATEWAY] = HOP(ADDR, gateway),
	[RTA_PRIORITY] = ATTR(U32, route, metric),
	[RTA_PREFSRC] = ATTR(ADDR, route, prefsrc),
	[RTA_METRICS] = OWN(NEW, metrics),
	[RTA_MULTIPATH] = OWN(HOPS, hops),
	[RTA_FLOW] = ATTR(U32, route, realms),
	[RTA_CACHEINFO] = OWN(NEW, cacheinfo),
	[RTA_TABLE] = ATTR(U32, route, fib),
	[RTA_VIA] = HOP(VIA, gateway),
	[RTA_PREF] = ATTR(U8, route, pref),
	[RTA_ENCAP_TYPE] = HOP(U16, encap.type),
	[RTA_ENCAP] = OWN(HOP, route_encap),
	[RTA_EXPIRES] = OWN(NEW, expires),
	[RTA_NH_ID] = ATTR(U32, route, nhid),
};

const struct nl_table route_table = NL_TABLE(route_attrs);
