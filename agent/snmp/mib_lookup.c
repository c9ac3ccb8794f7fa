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
	{ LOOKUP_COL_MARK, SYN_UNSIGNED, ACCESS_NA, 0, F(mark), 0, UINT32_MAX, "fwmarkLookupMark" },
	{ LOOKUP_COL_DST_FAMILY, SYN_FAMILY, ACCESS_NA, 0, F(dst.family), 1, 2,
	  "fwmarkLookupDestType" },
	{ LOOKUP_COL_DST, SYN_ADDRESS, ACCESS_NA, 0, F(dst), 4, 16, "fwmarkLookupDest" },
	{ LOOKUP_COL_TYPE, SYN_ENUM, ACCESS_RO, 0, F(type), 0, 0xfff, "fwmarkLookupType" },
	{ LOOKUP_COL_FIB, SYN_UNSIGNED, ACCESS_RO, 0, F(route.fib), 0, UINT32_MAX,
	  "fwmarkLookupFibId" },
	{ LOOKUP_COL_GATEWAY_TYPE, SYN_FAMILY, ACCESS_RO, 0, F(route.leg.gateway_type), 0, 2,
	  "fwmarkLookupGatewayType" },
	{ LOOKUP_COL_GATEWAY, SYN_ADDRESS, ACCESS_RO, 0, F(route.leg.gateway), 0, 16,
	  "fwmarkLookupGateway" },
	{ LOOKUP_COL_IFINDEX, SYN_INTEGER, ACCESS_RO, 0, F(route.leg.ifindex), 0, 2147483647,
	  "fwmarkLookupIfIndex" },
	{ LOOKUP_COL_IFNAME, SYN_STRING, ACCESS_RO, 0, F(route.leg.ifname), 0, 15,
	  "fwmarkLookupIfName" },
	{ LOOKUP_COL_PREFSRC, SYN_ADDRESS, ACCESS_RO, 0, F(route.prefsrc), 0, 16,
	  "fwmarkLookupSource" },
	{ LOOKUP_COL_MATCHED_LEN, SYN_PREFIXLEN, ACCESS_RO, 0, F(matched), 0, 128,
	  "fwmarkLookupPrefixLength" },
	{ LOOKUP_COL_TEXT, SYN_TEXT, ACCESS_RO, 0, COMPUTED, 0, 4096, "fwmarkLookupText" },
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
