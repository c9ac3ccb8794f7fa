/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#include "route_nl_priv.h"
#include "routing/route_nl.h"

enum {
	ROUTE_HEADER = NLMSG_LENGTH(sizeof(struct rtmsg)),
	VIA_HEADER = offsetof(struct rtvia, rtvia_addr), /* it ends in an array without length */
	/* The flags have the kernel's numbers. */
	ROUTE_LEG_FLAGS = RTNH_F_DEAD | RTNH_F_PERVASIVE | RTNH_F_ONLINK | RTNH_F_OFFLOAD |
			  RTNH_F_LINKDOWN | RTNH_F_UNRESOLVED | RTNH_F_TRAP,
	ROUTE_KNOWN_FLAGS = ROUTE_LEG_FLAGS | RTM_F_OFFLOAD | RTM_F_TRAP |
			    (int)RTM_F_OFFLOAD_FAILED,
};

_Static_assert((int)ROUTE_TRAP == RTNH_F_TRAP && (int)ROUTE_LINKDOWN == RTNH_F_LINKDOWN &&
		       (int)ROUTE_RT_OFFLOAD == RTM_F_OFFLOAD && ROUTE_METRIC_N > RTAX_MAX,
	       "model/route.h has the kernel's numbers");

struct decoder {
	struct route *r;
	struct nexthop *legs;
};

/* One attribute, taken off what is left. */
struct attr {
	unsigned type;
	const void *data;
	size_t len;
};

/* Returns: 1 with @a set, 0 at the end, -EBADMSG when what is left is no attribute. */
static inline int attr_next(const char **at, size_t *left, struct attr *a)
{
	const struct nlattr *nla = (const void *)*at;
	size_t step;

	if (!*left)
		return 0;
	if (*left < sizeof(*nla) || nla->nla_len < sizeof(*nla) || nla->nla_len > *left)
		return -EBADMSG;
	a->type = nla->nla_type & NLA_TYPE_MASK;
	a->data = nla + 1;
	a->len = nla->nla_len - sizeof(*nla);
	step = MNL_ALIGN(nla->nla_len);
	if (step > *left)
		step = *left;
	*at += step;
	*left -= step;
	return 1;
}

/* This runs several times for each of a million routes: sizes that the compiler knows. */
static inline int addr_load(struct prefix *p, int family, const void *data, size_t len)
{
	memset(p->addr, 0, sizeof(p->addr)); /* of two attributes the last counts */
	if (family == AF_INET && len == 4)
		memcpy(p->addr, data, 4);
	else if (family == AF_INET6 && len == 16)
		memcpy(p->addr, data, 16);
	else
		return -EBADMSG;
	p->family = (uint8_t)family;
	p->len = (uint8_t)(8 * len);
	return 0;
}

static int via_load(struct prefix *p, const struct attr *a)
{
	struct rtvia via;

	if (a->len < VIA_HEADER)
		return -EBADMSG;
	memcpy(&via, a->data, VIA_HEADER);
	return addr_load(p, via.rtvia_family, (const char *)a->data + VIA_HEADER,
			 a->len - VIA_HEADER);
}

static inline int prefix_load(struct prefix *p, int family, const struct attr *a)
{
	uint8_t len = p->len; /* from struct rtmsg */
	int err = addr_load(p, family, a->data, a->len);

	p->len = len;
	return err;
}

/* A string of at most 15 characters (TCP_CA_NAME_MAX), with its end or without. */
static int name_load(char *name, const struct attr *a)
{
	size_t n = strnlen(a->data, a->len);

	if (n >= sizeof(((struct route *)NULL)->congctl))
		return -EBADMSG;
	memcpy(name, a->data, n);
	name[n] = '\0';
	return 0;
}

/* Puts a plain attribute where the table says. */
static inline int field_load(const struct route_attr *d, void *base, int family,
			     const struct attr *a)
{
	char *field = (char *)base + d->off;

	switch (d->kind) {
	case ROUTE_ATTR_U8:
		if (a->len != sizeof(uint8_t))
			return -EBADMSG;
		memcpy(field, a->data, sizeof(uint8_t));
		return 0;
	case ROUTE_ATTR_U32:
		if (a->len != sizeof(uint32_t))
			return -EBADMSG;
		memcpy(field, a->data, sizeof(uint32_t));
		return 0;
	case ROUTE_ATTR_PREFIX:
		return prefix_load((struct prefix *)(void *)field, family, a);
	case ROUTE_ATTR_ADDR:
		return addr_load((struct prefix *)(void *)field, family, a->data, a->len);
	case ROUTE_ATTR_VIA:
		return via_load((struct prefix *)(void *)field, a);
	case ROUTE_ATTR_NAME:
		return name_load(field, a);
	default:
		return 0;
	}
}

static int metrics_load(struct route *r, const struct attr *all)
{
	const char *at = all->data;
	size_t left = all->len;
	struct attr a;
	int more;

	while ((more = attr_next(&at, &left, &a)) > 0) {
		int err = 0;

		if (a.type < ROUTE_METRIC_ATTRS)
			err = field_load(&route_metric_attrs[a.type], r, r->dst.family, &a);
		if (err)
			return err;
		if (a.type && a.type < 32 && a.type != RTAX_MTU && a.type != RTAX_ADVMSS)
			r->metrics_other |= 1u << a.type;
	}
	return more;
}

/* One more leg. */
static int leg_load(struct decoder *d, const struct rtnexthop *rtnh)
{
	struct nexthop *leg = &d->legs[d->r->nlegs++];
	const char *at = (const char *)(rtnh + 1);
	size_t left = rtnh->rtnh_len - sizeof(*rtnh);
	struct attr a;
	int more;

	*leg = (struct nexthop){
		.ifindex = (uint32_t)rtnh->rtnh_ifindex,
		.weight = (uint16_t)(rtnh->rtnh_hops + 1u),
		.flags = rtnh->rtnh_flags & ROUTE_LEG_FLAGS,
	};
	while ((more = attr_next(&at, &left, &a)) > 0) {
		int err = 0;

		if (a.type == RTA_ENCAP)
			d->r->flags |= ROUTE_ENCAP;
		if (a.type < ROUTE_ATTRS)
			err = field_load(&route_leg_attrs[a.type], leg, d->r->dst.family, &a);
		if (err)
			return err;
	}
	leg->gateway_type = leg->gateway.family;
	return more;
}

static int multipath_load(struct decoder *d, const struct attr *all)
{
	const char *at = all->data;
	size_t left = all->len;

	d->r->nlegs = 0;
	while (left) {
		const struct rtnexthop *rtnh = (const void *)at;
		size_t step;
		int err;

		if (left < sizeof(*rtnh) || rtnh->rtnh_len < sizeof(*rtnh) || rtnh->rtnh_len > left)
			return -EBADMSG;
		if (d->r->nlegs == ROUTE_LEGS_MAX)
			return -E2BIG;
		err = leg_load(d, rtnh);
		if (err)
			return err;
		step = MNL_ALIGN(rtnh->rtnh_len);
		step = step > left ? left : step;
		at += step;
		left -= step;
	}
	return 0;
}

static int cacheinfo_load(struct route *r, const struct attr *a)
{
	struct rta_cacheinfo info;

	if (a->len < sizeof(info))
		return -EBADMSG;
	memcpy(&info, a->data, sizeof(info));
	r->expires = info.rta_expires / ROUTE_USER_HZ;
	return 0;
}

static int route_load(struct decoder *d, const struct attr *a)
{
	const struct route_attr *desc;

	if (a->type == RTA_ENCAP)
		d->r->flags |= ROUTE_ENCAP;
	if (a->type >= ROUTE_ATTRS)
		return 0;
	desc = &route_attrs[a->type];
	switch (desc->kind) {
	case ROUTE_ATTR_NONE:
		return 0;
	case ROUTE_ATTR_METRICS:
		return metrics_load(d->r, a);
	case ROUTE_ATTR_MULTIPATH:
		return multipath_load(d, a);
	case ROUTE_ATTR_CACHEINFO:
		return cacheinfo_load(d->r, a);
	default:
		return field_load(desc, desc->of == ROUTE_ATTR_OF_LEG ? (void *)&d->r->leg : d->r,
				  d->r->dst.family, a);
	}
}

static void header_load(struct route *r, const struct rtmsg *rtm)
{
	route_init(r);
	r->fib = rtm->rtm_table;
	r->dst.family = rtm->rtm_family;
	r->dst.len = rtm->rtm_dst_len;
	r->src.len = rtm->rtm_src_len;
	r->type = rtm->rtm_type;
	r->tos = rtm->rtm_tos;
	r->scope = rtm->rtm_scope;
	r->protocol = rtm->rtm_protocol;
	r->flags = rtm->rtm_flags & ROUTE_KNOWN_FLAGS;
	r->origin = ORIGIN_FOREIGN;
	r->storage = STORAGE_READONLY;
	r->status = ROW_ACTIVE;
}

static void settle_leg(struct route *r)
{
	r->nlegs = r->leg.ifindex || r->leg.gateway.family != AF_UNSPEC;
	r->leg.gateway_type = r->leg.gateway.family;
	r->leg.flags = r->flags & ROUTE_LEG_FLAGS;
	r->onlink = r->flags & ROUTE_ONLINK;
}

/* A route of several legs, or of one in the clothes of several. */
static void settle_legs(struct route *r, struct nexthop *legs)
{
	r->leg = (struct nexthop){ .weight = 1 };
	if (r->nlegs == 1) {
		r->leg.gateway = legs[0].gateway;
		r->leg.ifindex = legs[0].ifindex;
		r->leg.weight = legs[0].weight;
		r->flags |= legs[0].flags | ROUTE_GROUPED;
		r->realms = legs[0].realms;
		settle_leg(r);
	} else if (r->nlegs > 1) {
		r->legs = legs;
		r->onlink = true;
		for (unsigned i = 0; i < r->nlegs; i++)
			r->onlink = r->onlink && legs[i].flags & ROUTE_ONLINK;
	}
}

/* The kernel gives some unreachable routes the device lo: they have no leg all the same. */
static void settle_reject(struct route *r)
{
	r->leg = (struct nexthop){ .weight = 1 };
	r->nlegs = 0;
}

/* Returns: 0, or -EBADMSG for a length that has no address, or an address that has more bits. */
static int settle_prefix(const struct prefix *p, int family, bool given)
{
	if (!given)
		return p->len ? -EBADMSG : 0;
	return p->len <= 8 * addr_size(family) && prefix_is_canonical(p) ? 0 : -EBADMSG;
}

static int decode(const struct nlmsghdr *nlh, struct decoder *d)
{
	const char *at = (const char *)nlh + ROUTE_HEADER;
	size_t left = nlh->nlmsg_len - ROUTE_HEADER;
	uint32_t seen = 0;
	struct route *r = d->r;
	struct attr a;
	int err;

	while ((err = attr_next(&at, &left, &a)) > 0) {
		err = route_load(d, &a);
		if (err)
			return err;
		seen |= a.type < 32 ? 1u << a.type : 0;
	}
	if (!err)
		err = settle_prefix(&r->dst, r->dst.family, seen & 1u << RTA_DST);
	if (!err)
		err = settle_prefix(&r->src, r->dst.family, seen & 1u << RTA_SRC);
	if (err)
		return err;
	if (!r->src.len)
		r->src = (struct prefix){ 0 };
	if (route_is_reject(r))
		settle_reject(r);
	else if (seen & 1u << RTA_MULTIPATH)
		settle_legs(r, d->legs);
	else
		settle_leg(r);
	return 0;
}

static int decode_checked(const struct nlmsghdr *nlh, unsigned refuse, struct decoder *d)
{
	const struct rtmsg *rtm = NLMSG_DATA(nlh);

	if (nlh->nlmsg_len < ROUTE_HEADER ||
	    (nlh->nlmsg_type != RTM_NEWROUTE && nlh->nlmsg_type != RTM_DELROUTE))
		return -EBADMSG;
	if ((rtm->rtm_family != AF_INET && rtm->rtm_family != AF_INET6) || rtm->rtm_flags & refuse)
		return -EAFNOSUPPORT;
	header_load(d->r, rtm);
	return decode(nlh, d);
}

uint32_t route_nl_table(const struct nlmsghdr *nlh)
{
	const struct rtmsg *rtm = NLMSG_DATA(nlh);
	const char *at = (const char *)nlh + ROUTE_HEADER;
	struct attr a;
	size_t left;
	uint32_t fib;

	if (nlh->nlmsg_len < ROUTE_HEADER)
		return 0;
	fib = rtm->rtm_table;
	if (fib != RT_TABLE_UNSPEC && fib != RT_TABLE_COMPAT)
		return fib;
	/* Only what does not fit there is looked for. */
	left = nlh->nlmsg_len - ROUTE_HEADER;
	while (attr_next(&at, &left, &a) > 0)
		if (a.type == RTA_TABLE && a.len == sizeof(fib))
			memcpy(&fib, a.data, sizeof(fib));
	return fib;
}

/* As settle_prefix(), at once for the most. */
static inline bool is_prefix(const struct prefix *p)
{
	uint32_t addr;

	if (p->family != AF_INET || p->len > 32)
		return p->len <= 8 * addr_size(p->family) && prefix_is_canonical(p);
	memcpy(&addr, p->addr, sizeof(addr));
	return !(ntohl(addr) & (uint32_t)(UINT64_C(0xffffffff) >> p->len));
}

/* A number, or the destination, of the key. Returns: false when the length is wrong. */
static inline bool split_key(struct route_nl_parts *out, const struct attr *a)
{
	if (a->type == RTA_DST)
		return !addr_load(&out->dst, out->dst.family, a->data, a->len);
	if (a->len != sizeof(uint32_t))
		return false;
	memcpy(a->type == RTA_TABLE ? &out->fib : &out->metric, a->data, sizeof(uint32_t));
	return true;
}

bool route_nl_split(const struct nlmsghdr *nlh, struct route_nl_parts *out)
{
	const char *at = (const char *)nlh + ROUTE_HEADER, *from = at;
	size_t left = nlh->nlmsg_len - ROUTE_HEADER;
	struct rtmsg rtm;
	struct attr a;
	int more;

	if (nlh->nlmsg_len < ROUTE_HEADER || nlh->nlmsg_type != RTM_NEWROUTE)
		return false;
	memcpy(&rtm, NLMSG_DATA(nlh), sizeof(rtm));
	if ((rtm.rtm_family != AF_INET && rtm.rtm_family != AF_INET6) ||
	    rtm.rtm_flags & RTM_F_CLONED)
		return false;
	memset(&out->dst, 0, sizeof(out->dst));
	out->fib = rtm.rtm_table;
	out->metric = 0;
	out->dst.family = rtm.rtm_family;
	out->n = sizeof(rtm);
	for (; (more = attr_next(&at, &left, &a)) > 0; from = at) {
		if (a.type == RTA_TABLE || a.type == RTA_DST || a.type == RTA_PRIORITY) {
			if (!split_key(out, &a))
				return false;
			continue;
		}
		if ((size_t)(at - from) > sizeof(out->rest) - sizeof(uint64_t) - out->n)
			return false;
		memcpy(out->rest + out->n, from, (size_t)(at - from));
		out->n += (size_t)(at - from);
	}
	if (rtm.rtm_dst_len && !out->dst.len) /* no RTA_DST */
		return false;
	out->dst.len = rtm.rtm_dst_len;
	memset(out->rest + out->n, 0, sizeof(uint64_t));
	rtm.rtm_table = rtm.rtm_dst_len = 0;
	memcpy(out->rest, &rtm, sizeof(rtm));
	return !more && is_prefix(&out->dst);
}

int route_nl_decode(const struct nlmsghdr *nlh, struct route *out, struct nexthop *legs)
{
	struct decoder d = { .r = out, .legs = legs };

	return decode_checked(nlh, RTM_F_CLONED, &d);
}

int route_nl_decode_answer(const struct nlmsghdr *nlh, struct route *out, struct nexthop *legs)
{
	struct decoder d = { .r = out, .legs = legs };

	return decode_checked(nlh, 0, &d);
}
