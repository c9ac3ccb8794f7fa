/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stddef.h>

#include "route_nl_priv.h"

#define OF_ROUTE(kind, field)                                                                      \
	{                                                                                          \
		ROUTE_ATTR_##kind, ROUTE_ATTR_OF_ROUTE, offsetof(struct route, field)              \
	}
#define OF_LEG(kind, field)                                                                        \
	{                                                                                          \
		ROUTE_ATTR_##kind, ROUTE_ATTR_OF_LEG, offsetof(struct nexthop, field)              \
	}

const struct route_attr route_attrs[ROUTE_ATTRS] = {
	[RTA_DST] = OF_ROUTE(PREFIX, dst),	[RTA_SRC] = OF_ROUTE(PREFIX, src),
	[RTA_OIF] = OF_LEG(U32, ifindex),	[RTA_GATEWAY] = OF_LEG(ADDR, gateway),
	[RTA_PRIORITY] = OF_ROUTE(U32, metric), [RTA_PREFSRC] = OF_ROUTE(ADDR, prefsrc),
	[RTA_METRICS] = OF_ROUTE(METRICS, mtu), [RTA_MULTIPATH] = OF_ROUTE(MULTIPATH, legs),
	[RTA_FLOW] = OF_ROUTE(U32, realms),	[RTA_CACHEINFO] = OF_ROUTE(CACHEINFO, expires),
	[RTA_TABLE] = OF_ROUTE(U32, fib),	[RTA_VIA] = OF_LEG(VIA, gateway),
	[RTA_PREF] = OF_ROUTE(U8, pref),	[RTA_NH_ID] = OF_ROUTE(U32, nhid),
};

const struct route_attr route_leg_attrs[ROUTE_ATTRS] = {
	[RTA_GATEWAY] = OF_LEG(ADDR, gateway),
	[RTA_FLOW] = OF_LEG(U32, realms),
	[RTA_VIA] = OF_LEG(VIA, gateway),
};

const struct route_attr route_metric_attrs[ROUTE_METRIC_ATTRS] = {
	[RTAX_LOCK] = OF_ROUTE(U32, metrics[RTAX_LOCK]),
	[RTAX_MTU] = OF_ROUTE(U32, mtu),
	[RTAX_WINDOW] = OF_ROUTE(U32, metrics[RTAX_WINDOW]),
	[RTAX_RTT] = OF_ROUTE(U32, metrics[RTAX_RTT]),
	[RTAX_RTTVAR] = OF_ROUTE(U32, metrics[RTAX_RTTVAR]),
	[RTAX_SSTHRESH] = OF_ROUTE(U32, metrics[RTAX_SSTHRESH]),
	[RTAX_CWND] = OF_ROUTE(U32, metrics[RTAX_CWND]),
	[RTAX_ADVMSS] = OF_ROUTE(U32, advmss),
	[RTAX_REORDERING] = OF_ROUTE(U32, metrics[RTAX_REORDERING]),
	[RTAX_HOPLIMIT] = OF_ROUTE(U32, metrics[RTAX_HOPLIMIT]),
	[RTAX_INITCWND] = OF_ROUTE(U32, metrics[RTAX_INITCWND]),
	[RTAX_FEATURES] = OF_ROUTE(U32, metrics[RTAX_FEATURES]),
	[RTAX_RTO_MIN] = OF_ROUTE(U32, metrics[RTAX_RTO_MIN]),
	[RTAX_INITRWND] = OF_ROUTE(U32, metrics[RTAX_INITRWND]),
	[RTAX_QUICKACK] = OF_ROUTE(U32, metrics[RTAX_QUICKACK]),
	[RTAX_CC_ALGO] = OF_ROUTE(NAME, congctl),
	[RTAX_FASTOPEN_NO_COOKIE] = OF_ROUTE(U32, metrics[RTAX_FASTOPEN_NO_COOKIE]),
};
