/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A route of any table, with its next hops (fwmarkRouteTable, fwmarkNextHopTable). */
#ifndef MODEL_ROUTE_H
#define MODEL_ROUTE_H

#include "base/addr.h"
#include "base/text.h"
#include "base/why.h"
#include "model/names.h"
#include "model/row.h"

/* The kernel's RTN_* (uapi/linux/rtnetlink.h). */
enum route_type {
	ROUTE_UNICAST = 1,
	ROUTE_LOCAL = 2,
	ROUTE_BROADCAST = 3,
	ROUTE_ANYCAST = 4,
	ROUTE_MULTICAST = 5,
	ROUTE_BLACKHOLE = 6,
	ROUTE_UNREACHABLE = 7,
	ROUTE_PROHIBIT = 8,
	ROUTE_THROW = 9,
	ROUTE_NAT = 10,
	ROUTE_XRESOLVE = 11,
};

/* BITS positions of fwmarkRouteFlags: bit N is position N. */
enum route_flag {
	ROUTE_DEAD = 1u << 0,
	ROUTE_PERVASIVE = 1u << 1,
	ROUTE_ONLINK = 1u << 2,
	ROUTE_OFFLOAD = 1u << 3,
	ROUTE_LINKDOWN = 1u << 4,
	ROUTE_UNRESOLVED = 1u << 5,
	ROUTE_TRAP = 1u << 6,
	/* RTM_F_* of a whole route. fwmarkRouteFlags has none of these, nor of those below. */
	ROUTE_RT_OFFLOAD = 1u << 14,
	ROUTE_RT_TRAP = 1u << 15,
	ROUTE_RT_OFFLOAD_FAILED = 1u << 29,
	/* The route has more next hops than ROUTE_HOPS_MAX: struct route holds the first ones. */
	ROUTE_CUT = 1u << 27,
	/* The kernel reports something of the route that is newer than this program. */
	ROUTE_UNKNOWN = 1u << 28,
	/* The kernel reports the only next hop as a list of one (IPv6, the last of a nexthop
	 * group). */
	ROUTE_GROUPED = 1u << 30,
	/* IPv6: the kernel removes the route after a while, see route.expires. */
	ROUTE_EXPIRES = 1u << 31,
};

enum {
	ROUTE_HOPS_MAX = 255,
	ROUTE_SCOPE_LINK = 253,
	ROUTE_SCOPE_HOST = 254,
	ROUTE_SCOPE_AUTO = 256,
	ROUTE_PROTO_BOOT = 3,	/* what ip(8) gives a route by default */
	ROUTE_PROTO_AGENT = 161 /* marks what managers made through this agent */
};

/* RTAX_* by number. The kernel cuts larger MTUs and MSSs than these two (ip_metrics_convert() of
 * net/ipv4/metrics.c). */
enum {
	ROUTE_METRIC_LOCK = 1, /* mask of the metrics that are locked */
	ROUTE_METRIC_MTU = 2,
	ROUTE_METRIC_ADVMSS = 8,
	ROUTE_METRIC_CONGCTL = 16, /* a name: route.congctl */
	ROUTE_METRIC_N = 18,
	ROUTE_MTU_MAX = 65520,
	ROUTE_ADVMSS_MAX = 65495
};

/* An encapsulation (lightweight tunnel), as the kernel reports it. */
struct encap {
	uint16_t type, len; /* LWTUNNEL_ENCAP_* (uapi/linux/lwtunnel.h), 0: none; of the data */
	const unsigned char *data; /* attributes, owned by whoever made the next hop */
};

/* One next hop of a route. Addresses are in network byte order. */
struct nexthop {
	struct prefix gateway; /* AF_UNSPEC: none, on link */
	uint8_t gateway_type;  /* AF_* as a manager wrote it; decoded: that of the gateway */
	uint32_t ifindex;      /* 0: none */
	char ifname[16];       /* written by managers, or set by who knows the links; else "" */
	uint16_t weight;       /* 1 to 256 */
	uint8_t flags;	       /* enum route_flag */
	uint32_t realms;       /* RTA_FLOW, of one of several next hops */
	struct encap encap;    /* managers' rows have none */
};

/* Columns of fwmarkRouteEntry, each named after its field. */
enum route_col {
	ROUTE_COL_FIB = 1,
	ROUTE_COL_DST_FAMILY,
	ROUTE_COL_DST,
	ROUTE_COL_DST_LEN,
	ROUTE_COL_METRIC,
	ROUTE_COL_INSTANCE,
	ROUTE_COL_TYPE,
	ROUTE_COL_GATEWAY_TYPE,
	ROUTE_COL_GATEWAY,
	ROUTE_COL_IFINDEX,
	ROUTE_COL_IFNAME,
	ROUTE_COL_PREFSRC,
	ROUTE_COL_SRC,
	ROUTE_COL_SRC_LEN,
	ROUTE_COL_TOS,
	ROUTE_COL_SCOPE,
	ROUTE_COL_PROTOCOL,
	ROUTE_COL_MTU,
	ROUTE_COL_ADVMSS,
	ROUTE_COL_FLAGS,
	ROUTE_COL_ONLINK,
	ROUTE_COL_NHID,
	ROUTE_COL_NHOPS,
	ROUTE_COL_TEXT,
	ROUTE_COL_ORIGIN,
	ROUTE_COL_STORAGE,
	ROUTE_COL_STATUS,
};

/* Those that say where packets go. */
#define ROUTE_COLS_WAY                                                                             \
	(COL_BIT(ROUTE_COL_GATEWAY_TYPE) | COL_BIT(ROUTE_COL_GATEWAY) |                            \
	 COL_BIT(ROUTE_COL_IFINDEX) | COL_BIT(ROUTE_COL_IFNAME))

struct route {
	/* The key in the kernel, and in the index of the row. */
	uint32_t fib;
	struct prefix dst;
	uint32_t metric;   /* RTA_PRIORITY */
	uint16_t instance; /* 1, but for routes that share the rest of the key */

	uint8_t type; /* enum route_type */
	uint8_t tos;
	uint16_t scope; /* RT_SCOPE_*; ROUTE_SCOPE_AUTO: by the kernel's rule */
	uint8_t protocol;
	uint8_t pref;			  /* RTA_PREF: 0 medium, 1 high, 3 low */
	uint32_t mtu, advmss;		  /* 0: not set */
	uint32_t metrics_other;		  /* bit N: RTAX_N is set, and no column shows it */
	uint32_t metrics[ROUTE_METRIC_N]; /* [N]: its value, where metrics_other says so */
	char congctl[16];
	int32_t expires; /* ROUTE_EXPIRES: hundredths of a second left when it was read, or since */
	uint32_t nhid;	 /* a kernel nexthop object, 0: none */
	uint32_t realms; /* RTA_FLOW */
	uint32_t flags;	 /* enum route_flag, of the route and of its only next hop */
	bool onlink;	 /* all next hops are onlink, or a manager wants that */
	struct prefix src;     /* source prefix (IPv6); AF_UNSPEC: none */
	struct prefix prefsrc; /* RTA_PREFSRC */
	uint16_t nhops;	       /* next hops. 0: reject types; 1: in @hop; more: in @hops */
	struct nexthop hop;    /* the only next hop, when nhops is 1 */
	struct nexthop *hops;  /* only when nhops > 1; owned by whoever made the route */
	uint8_t origin, storage, status;
	uint64_t given; /* bit N: a manager wrote column N */
};

/* Sets every column to the default of FWMARK-MIB. */
void route_init(struct route *r);

/* Returns: next hop @i of @r, from 0. */
static inline const struct nexthop *route_hop(const struct route *r, unsigned i)
{
	return r->nhops > 1 ? &r->hops[i] : &r->hop;
}

/* As markrule_check(), with columns of fwmarkRouteEntry. */
int route_check(const struct route *r, unsigned *column, struct why *why);

/* Order of the rows: table, family, address, length, metric, instance. <0, 0, >0 */
int route_cmp(const struct route *a, const struct route *b);

/* Have both the same key in the kernel: table, destination, metric, tos, source prefix? Routes of
 * one index with different keys are told apart by the instance. */
bool route_same_key(const struct route *a, const struct route *b);

/**
 * route_same - would the kernel hold the same route for both?
 *
 * Compares all that is sent to the kernel, with the next hops and their encapsulations, and whether
 * the route expires, not when; not instance, other flags, names of interfaces, origin, storage,
 * status. What only one of them says and the kernel chooses by itself makes no difference: the
 * device of a gateway, the next hops of a nexthop object.
 */
bool route_same(const struct route *a, const struct route *b);

/* Returns: what the route has that nobody can give the kernel once more as it is, or that no row
 * holds: "an encapsulation"; NULL: nothing. */
const char *route_unheld(const struct route *r);

/* Encapsulations that are equal but for what they have counted are the same. */
bool encap_same(const struct encap *a, const struct encap *b);
/* Those that are the same have the same hash. */
uint64_t encap_hash(const struct encap *e);

/* Returns: true for blackhole, unreachable, prohibit and throw, which have no next hops. */
bool route_is_reject(const struct route *r);

/* Returns: the type that the kernel is asked for. It keeps a route by a nexthop object as unicast,
 * and reports it as blackhole when the object is one (fib_dump_info() of net/ipv4/fib_semantics.c,
 * rt6_fill_node() of net/ipv6/route.c). */
uint8_t route_type_asked(const struct route *r);

/* Returns: RT_SCOPE_*, with ROUTE_SCOPE_AUTO resolved as ip(8) does (iproute_modify()). */
uint8_t route_scope(const struct route *r);

/* Is next hop @i to be sent as onlink? What a manager wants for the route holds for all next hops;
 * where the kernel has some with and some without it, they stay so. */
bool route_hop_onlink(const struct route *r, unsigned i);

/**
 * route_text - the line of `ip -o route show table N`, without newline
 * @links: names of interfaces by ifindex
 *
 * As iproute2 6.1.0 prints it (ip/iproute.c, print_route), without trailing blanks: "default via
 * 195.96.98.253 dev ppp0". Each of several next hops begins with a backslash, a tab and "nexthop".
 */
void route_text(const struct route *r, const struct rt_names *names, const struct names *links,
		struct text *out);
/* The part of it for one next hop: " encap ip id 100 dst 192.0.2.1 "; nothing without one. */
void encap_text(const struct encap *e, const struct rt_names *names, const struct names *links,
		struct text *out);

#endif
