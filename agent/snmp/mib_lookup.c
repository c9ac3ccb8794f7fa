/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fwmarkLookups: where would a packet go? */
#include <stddef.h>

#include "model/lookup.h"
#include "snmp/mib.h"

#define F(f)	 offsetof(struct lookup, f), sizeof(((struct lookup *)NULL)->f)
#define COMPUTED 0, 0
/* clang-format off */
static const struct mib_col mib_lookup_cols[] = {
	/* number, syntax, access, flags, field, min, max, name */
	{ 1, SYN_UNSIGNED, ACCESS_NA, 0, F(mark), 0, UINT32_MAX, "fwmarkLookupMark" },
	{ 2, SYN_FAMILY, ACCESS_NA, 0, F(dst.family), 1, 2, "fwmarkLookupDestType" },
	{ 3, SYN_ADDRESS, ACCESS_NA, 0, F(dst), 4, 16, "fwmarkLookupDest" },
	{ 4, SYN_ENUM, ACCESS_RO, 0, F(type), 0, 0xfff, "fwmarkLookupType" },
	{ 5, SYN_UNSIGNED, ACCESS_RO, 0, F(route.fib), 0, UINT32_MAX, "fwmarkLookupFibId" },
	{ 6, SYN_FAMILY, ACCESS_RO, 0, F(route.leg.gateway_type), 0, 2, "fwmarkLookupGatewayType" },
	{ 7, SYN_ADDRESS, ACCESS_RO, 0, F(route.leg.gateway), 0, 16, "fwmarkLookupGateway" },
	{ 8, SYN_INTEGER, ACCESS_RO, 0, F(route.leg.ifindex), 0, 2147483647, "fwmarkLookupIfIndex" },
	{ 9, SYN_STRING, ACCESS_RO, 0, F(route.leg.ifname), 0, 15, "fwmarkLookupIfName" },
	{ 10, SYN_ADDRESS, ACCESS_RO, 0, F(route.prefsrc), 0, 16, "fwmarkLookupSource" },
	{ 11, SYN_PREFIXLEN, ACCESS_RO, 0, F(matched), 0, 128, "fwmarkLookupPrefixLength" },
	{ 12, SYN_TEXT, ACCESS_RO, 0, COMPUTED, 0, 4096, "fwmarkLookupText" },
};
/* clang-format on */
#undef F
#undef COMPUTED

const struct mib_def mib_lookup = {
	.prefix = "fwmarkLookup",
	.group = 8,
	.table = 1,
	.cols = mib_lookup_cols,
	.ncols = sizeof(mib_lookup_cols) / sizeof(*mib_lookup_cols),
	.row_size = sizeof(struct lookup),
};
