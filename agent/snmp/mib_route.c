/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fwmarkRoutes: routes of every table, and their next hops. */
#include <stddef.h>

#include "model/route.h"
#include "snmp/mib.h"

#define F(f)	 offsetof(struct mib_scalars_row, f), sizeof(((struct mib_scalars_row *)NULL)->f)
#define COMPUTED 0, 0
/* clang-format off */
static const struct mib_col mib_route_scalars_cols[] = {
	/* number, syntax, access, flags, field, min, max, name */
	{ 1, SYN_GAUGE, ACCESS_RO, 0, F(count), 0, UINT32_MAX, "fwmarkRouteCount" },
	{ 2, SYN_STAMP, ACCESS_RO, 0, F(last_change), 0, 0, "fwmarkRouteLastChange" },
};
/* clang-format on */
#undef F
#undef COMPUTED

const struct mib_def mib_route_scalars = {
	.prefix = "fwmarkRoute",
	.group = 6,
	.cols = mib_route_scalars_cols,
	.ncols = sizeof(mib_route_scalars_cols) / sizeof(*mib_route_scalars_cols),
	.row_size = sizeof(struct mib_scalars_row),
};

#define F(f)	 offsetof(struct route, f), sizeof(((struct route *)NULL)->f)
#define COMPUTED 0, 0
/* clang-format off */
static const struct mib_col mib_route_cols[] = {
	/* number, syntax, access, flags, field, min, max, name */
	{ ROUTE_COL_FIB, SYN_UNSIGNED, ACCESS_NA, 0, F(fib), 0, UINT32_MAX, "fwmarkRouteFibId" },
	{ ROUTE_COL_DST_FAMILY, SYN_FAMILY, ACCESS_NA, 0, F(dst.family), 1, 2,
	  "fwmarkRouteDestType" },
	{ ROUTE_COL_DST, SYN_ADDRESS, ACCESS_NA, 0, F(dst), 4, 16, "fwmarkRouteDest" },
	{ ROUTE_COL_DST_LEN, SYN_PREFIXLEN, ACCESS_NA, 0, F(dst), 0, 128,
	  "fwmarkRoutePrefixLength" },
	{ ROUTE_COL_METRIC, SYN_UNSIGNED, ACCESS_NA, 0, F(metric), 0, UINT32_MAX,
	  "fwmarkRouteMetric" },
	{ ROUTE_COL_INSTANCE, SYN_UNSIGNED, ACCESS_NA, 0, F(instance), 1, 65535,
	  "fwmarkRouteInstance" },
	{ ROUTE_COL_TYPE, SYN_ENUM, ACCESS_RC, 0, F(type), 0xffe, 0xffe, "fwmarkRouteType" },
	{ ROUTE_COL_GATEWAY_TYPE, SYN_FAMILY, ACCESS_RC, 0, F(hop.gateway_type), 0, 2,
	  "fwmarkRouteGatewayType" },
	{ ROUTE_COL_GATEWAY, SYN_ADDRESS, ACCESS_RC, 0, F(hop.gateway), 0, 16,
	  "fwmarkRouteGateway" },
	{ ROUTE_COL_IFINDEX, SYN_INTEGER, ACCESS_RC, 0, F(hop.ifindex), 0, 2147483647,
	  "fwmarkRouteIfIndex" },
	{ ROUTE_COL_IFNAME, SYN_IFNAME, ACCESS_RC, 0, F(hop.ifname), 0, 15, "fwmarkRouteIfName" },
	{ ROUTE_COL_PREFSRC, SYN_ADDRESS, ACCESS_RC, 0, F(prefsrc), 0, 16,
	  "fwmarkRoutePreferredSource" },
	{ ROUTE_COL_SRC, SYN_ADDRESS, ACCESS_RC, 0, F(src), 0, 16, "fwmarkRouteSourcePrefix" },
	{ ROUTE_COL_SRC_LEN, SYN_PREFIXLEN, ACCESS_RC, 0, F(src), 0, 128,
	  "fwmarkRouteSourcePrefixLength" },
	{ ROUTE_COL_TOS, SYN_UNSIGNED, ACCESS_RC, 0, F(tos), 0, 255, "fwmarkRouteTos" },
	{ ROUTE_COL_SCOPE, SYN_UNSIGNED, ACCESS_RC, 0, F(scope), 0, 255, "fwmarkRouteScope" },
	{ ROUTE_COL_PROTOCOL, SYN_UNSIGNED, ACCESS_RC, 0, F(protocol), 0, 255,
	  "fwmarkRouteProtocol" },
	{ ROUTE_COL_MTU, SYN_UNSIGNED, ACCESS_RC, 0, F(mtu), 0, UINT32_MAX, "fwmarkRouteMtu" },
	{ ROUTE_COL_ADVMSS, SYN_UNSIGNED, ACCESS_RC, 0, F(advmss), 0, UINT32_MAX,
	  "fwmarkRouteAdvMss" },
	{ ROUTE_COL_FLAGS, SYN_BITS, ACCESS_RO, 0, F(flags), 0, 6, "fwmarkRouteFlags" },
	{ ROUTE_COL_ONLINK, SYN_TRUTH, ACCESS_RC, 0, F(onlink), 0, 0, "fwmarkRouteOnlink" },
	{ ROUTE_COL_NHID, SYN_UNSIGNED, ACCESS_RC, 0, F(nhid), 0, UINT32_MAX,
	  "fwmarkRouteNextHopId" },
	{ ROUTE_COL_NHOPS, SYN_GAUGE, ACCESS_RO, 0, F(nhops), 0, UINT32_MAX,
	  "fwmarkRouteNextHops" },
	{ ROUTE_COL_TEXT, SYN_TEXT, ACCESS_RO, 0, COMPUTED, 0, 4096, "fwmarkRouteText" },
	{ ROUTE_COL_ORIGIN, SYN_ENUM, ACCESS_RO, 0, F(origin), 0, 0x0e, "fwmarkRouteOrigin" },
	{ ROUTE_COL_STORAGE, SYN_STORAGE, ACCESS_RC, 0, F(storage), 0, 0,
	  "fwmarkRouteStorageType" },
	{ ROUTE_COL_STATUS, SYN_STATUS, ACCESS_RC, 0, F(status), 0, 0, "fwmarkRouteStatus" },
};
/* clang-format on */
#undef F
#undef COMPUTED

const struct mib_def mib_route = {
	.prefix = "fwmarkRoute",
	.group = 6,
	.table = 3,
	.cols = mib_route_cols,
	.ncols = sizeof(mib_route_cols) / sizeof(*mib_route_cols),
	.row_size = sizeof(struct route),
	.given_off = offsetof(struct route, given),
};

#define F(f)	 offsetof(struct mib_nexthop_row, f), sizeof(((struct mib_nexthop_row *)NULL)->f)
#define COMPUTED 0, 0
/* clang-format off */
static const struct mib_col mib_nexthop_cols[] = {
	/* number, syntax, access, flags, field, min, max, name */
	{ NEXTHOP_COL_INDEX, SYN_UNSIGNED, ACCESS_NA, 0, F(index), 1, 255, "fwmarkNextHopIndex" },
	{ NEXTHOP_COL_GATEWAY_TYPE, SYN_FAMILY, ACCESS_RC, 0, F(hop.gateway_type), 0, 2,
	  "fwmarkNextHopGatewayType" },
	{ NEXTHOP_COL_GATEWAY, SYN_ADDRESS, ACCESS_RC, 0, F(hop.gateway), 0, 16,
	  "fwmarkNextHopGateway" },
	{ NEXTHOP_COL_IFINDEX, SYN_INTEGER, ACCESS_RC, 0, F(hop.ifindex), 0, 2147483647,
	  "fwmarkNextHopIfIndex" },
	{ NEXTHOP_COL_IFNAME, SYN_IFNAME, ACCESS_RC, 0, F(hop.ifname), 0, 15,
	  "fwmarkNextHopIfName" },
	{ NEXTHOP_COL_WEIGHT, SYN_UNSIGNED, ACCESS_RC, 0, F(hop.weight), 1, 256,
	  "fwmarkNextHopWeight" },
	{ NEXTHOP_COL_FLAGS, SYN_BITS, ACCESS_RO, 0, F(hop.flags), 0, 6, "fwmarkNextHopFlags" },
	{ NEXTHOP_COL_STATUS, SYN_STATUS, ACCESS_RC, 0, F(status), 0, 0, "fwmarkNextHopStatus" },
};
/* clang-format on */
#undef F
#undef COMPUTED

const struct mib_def mib_nexthop = {
	.prefix = "fwmarkNextHop",
	.group = 6,
	.table = 4,
	.cols = mib_nexthop_cols,
	.ncols = sizeof(mib_nexthop_cols) / sizeof(*mib_nexthop_cols),
	.row_size = sizeof(struct mib_nexthop_row),
	.given_off = offsetof(struct mib_nexthop_row, given),
	.whole = &mib_route,
	.whole_off = offsetof(struct mib_nexthop_row, route),
};
