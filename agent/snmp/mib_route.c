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
	{ 1, SYN_UNSIGNED, ACCESS_NA, 0, F(fib), 0, UINT32_MAX, "fwmarkRouteFibId" },
	{ 2, SYN_FAMILY, ACCESS_NA, 0, F(dst.family), 1, 2, "fwmarkRouteDestType" },
	{ 3, SYN_ADDRESS, ACCESS_NA, 0, F(dst), 4, 16, "fwmarkRouteDest" },
	{ 4, SYN_PREFIXLEN, ACCESS_NA, 0, F(dst), 0, 128, "fwmarkRoutePrefixLength" },
	{ 5, SYN_UNSIGNED, ACCESS_NA, 0, F(metric), 0, UINT32_MAX, "fwmarkRouteMetric" },
	{ 6, SYN_UNSIGNED, ACCESS_NA, 0, F(instance), 1, 65535, "fwmarkRouteInstance" },
	{ 7, SYN_ENUM, ACCESS_RC, 0, F(type), 0xffe, 0xffe, "fwmarkRouteType" },
	{ 8, SYN_FAMILY, ACCESS_RC, 0, F(leg.gateway_type), 0, 2, "fwmarkRouteGatewayType" },
	{ 9, SYN_ADDRESS, ACCESS_RC, 0, F(leg.gateway), 0, 16, "fwmarkRouteGateway" },
	{ 10, SYN_INTEGER, ACCESS_RC, 0, F(leg.ifindex), 0, 2147483647, "fwmarkRouteIfIndex" },
	{ 11, SYN_IFNAME, ACCESS_RC, 0, F(leg.ifname), 0, 15, "fwmarkRouteIfName" },
	{ 12, SYN_ADDRESS, ACCESS_RC, 0, F(prefsrc), 0, 16, "fwmarkRoutePreferredSource" },
	{ 13, SYN_ADDRESS, ACCESS_RC, 0, F(src), 0, 16, "fwmarkRouteSourcePrefix" },
	{ 14, SYN_PREFIXLEN, ACCESS_RC, 0, F(src), 0, 128, "fwmarkRouteSourcePrefixLength" },
	{ 15, SYN_UNSIGNED, ACCESS_RC, 0, F(tos), 0, 255, "fwmarkRouteTos" },
	{ 16, SYN_UNSIGNED, ACCESS_RC, 0, F(scope), 0, 255, "fwmarkRouteScope" },
	{ 17, SYN_UNSIGNED, ACCESS_RC, 0, F(protocol), 0, 255, "fwmarkRouteProtocol" },
	{ 18, SYN_UNSIGNED, ACCESS_RC, 0, F(mtu), 0, UINT32_MAX, "fwmarkRouteMtu" },
	{ 19, SYN_UNSIGNED, ACCESS_RC, 0, F(advmss), 0, UINT32_MAX, "fwmarkRouteAdvMss" },
	{ 20, SYN_BITS, ACCESS_RO, 0, F(flags), 0, 6, "fwmarkRouteFlags" },
	{ 21, SYN_TRUTH, ACCESS_RC, 0, F(onlink), 0, 0, "fwmarkRouteOnlink" },
	{ 22, SYN_UNSIGNED, ACCESS_RC, 0, F(nhid), 0, UINT32_MAX, "fwmarkRouteNextHopId" },
	{ 23, SYN_GAUGE, ACCESS_RO, 0, F(nlegs), 0, UINT32_MAX, "fwmarkRouteNextHops" },
	{ 24, SYN_TEXT, ACCESS_RO, 0, COMPUTED, 0, 4096, "fwmarkRouteText" },
	{ 25, SYN_ENUM, ACCESS_RO, 0, F(origin), 0, 0x0e, "fwmarkRouteOrigin" },
	{ 26, SYN_STORAGE, ACCESS_RC, 0, F(storage), 0, 0, "fwmarkRouteStorageType" },
	{ 27, SYN_STATUS, ACCESS_RC, 0, F(status), 0, 0, "fwmarkRouteStatus" },
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
	{ 1, SYN_UNSIGNED, ACCESS_NA, 0, F(index), 1, 255, "fwmarkNextHopIndex" },
	{ 2, SYN_FAMILY, ACCESS_RC, 0, F(hop.gateway_type), 0, 2, "fwmarkNextHopGatewayType" },
	{ 3, SYN_ADDRESS, ACCESS_RC, 0, F(hop.gateway), 0, 16, "fwmarkNextHopGateway" },
	{ 4, SYN_INTEGER, ACCESS_RC, 0, F(hop.ifindex), 0, 2147483647, "fwmarkNextHopIfIndex" },
	{ 5, SYN_IFNAME, ACCESS_RC, 0, F(hop.ifname), 0, 15, "fwmarkNextHopIfName" },
	{ 6, SYN_UNSIGNED, ACCESS_RC, 0, F(hop.weight), 1, 256, "fwmarkNextHopWeight" },
	{ 7, SYN_BITS, ACCESS_RO, 0, F(hop.flags), 0, 6, "fwmarkNextHopFlags" },
	{ 8, SYN_STATUS, ACCESS_RC, 0, F(status), 0, 0, "fwmarkNextHopStatus" },
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
};
