/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fwmarkPolicies: ip rules. */
#include <stddef.h>

#include "model/policy.h"
#include "snmp/mib.h"

#define F(f)	 offsetof(struct mib_scalars_row, f), sizeof(((struct mib_scalars_row *)NULL)->f)
#define COMPUTED 0, 0
/* clang-format off */
static const struct mib_col mib_policy_scalars_cols[] = {
	/* number, syntax, access, flags, field, min, max, name */
	{ 1, SYN_UNSIGNED, ACCESS_RO, 0, F(next_index), 0, UINT32_MAX, "fwmarkPolicyNextIndex" },
	{ 2, SYN_GAUGE, ACCESS_RO, 0, F(count), 0, UINT32_MAX, "fwmarkPolicyCount" },
	{ 3, SYN_STAMP, ACCESS_RO, 0, F(last_change), 0, 0, "fwmarkPolicyLastChange" },
};
/* clang-format on */
#undef F
#undef COMPUTED

const struct mib_def mib_policy_scalars = {
	.prefix = "fwmarkPolicy",
	.group = 4,
	.cols = mib_policy_scalars_cols,
	.ncols = sizeof(mib_policy_scalars_cols) / sizeof(*mib_policy_scalars_cols),
	.row_size = sizeof(struct mib_scalars_row),
};

#define F(f)	 offsetof(struct policy, f), sizeof(((struct policy *)NULL)->f)
#define COMPUTED 0, 0
/* clang-format off */
static const struct mib_col mib_policy_cols[] = {
	/* number, syntax, access, flags, field, min, max, name */
	{ 1, SYN_UNSIGNED, ACCESS_NA, 0, F(index), 1, 2147483647, "fwmarkPolicyIndex" },
	{ 2, SYN_FAMILY, ACCESS_RC, COL_NOT_ACTIVE, F(family), 1, 2, "fwmarkPolicyAddressType" },
	{ 3, SYN_UNSIGNED, ACCESS_RC, 0, F(priority), 0, UINT32_MAX, "fwmarkPolicyPriority" },
	{ 4, SYN_ENUM, ACCESS_RC, 0, F(action), 0x1ce, 0x1ce, "fwmarkPolicyAction" },
	{ 5, SYN_UNSIGNED, ACCESS_RC, 0, F(fib), 0, UINT32_MAX, "fwmarkPolicyFibId" },
	{ 6, SYN_UNSIGNED, ACCESS_RC, 0, F(mark), 0, UINT32_MAX, "fwmarkPolicyMark" },
	{ 7, SYN_UNSIGNED, ACCESS_RC, 0, F(mask), 0, UINT32_MAX, "fwmarkPolicyMask" },
	{ 8, SYN_TRUTH, ACCESS_RC, 0, F(invert), 0, 0, "fwmarkPolicyInvert" },
	{ 9, SYN_ADDRESS, ACCESS_RC, 0, F(src), 4, 16, "fwmarkPolicySource" },
	{ 10, SYN_PREFIXLEN, ACCESS_RC, 0, F(src), 0, 128, "fwmarkPolicySourcePrefixLength" },
	{ 11, SYN_ADDRESS, ACCESS_RC, 0, F(dst), 4, 16, "fwmarkPolicyDestination" },
	{ 12, SYN_PREFIXLEN, ACCESS_RC, 0, F(dst), 0, 128, "fwmarkPolicyDestinationPrefixLength" },
	{ 13, SYN_IFNAME, ACCESS_RC, 0, F(iif), 0, 15, "fwmarkPolicyInInterface" },
	{ 14, SYN_IFNAME, ACCESS_RC, 0, F(oif), 0, 15, "fwmarkPolicyOutInterface" },
	{ 15, SYN_UNSIGNED, ACCESS_RC, 0, F(tos), 0, 255, "fwmarkPolicyTos" },
	{ 16, SYN_UNSIGNED, ACCESS_RC, 0, F(protocol), 0, 255, "fwmarkPolicyProtocol" },
	{ 17, SYN_UNSIGNED, ACCESS_RC, 0, F(sport_from), 0, 65535, "fwmarkPolicySourcePortFrom" },
	{ 18, SYN_UNSIGNED, ACCESS_RC, 0, F(sport_to), 0, 65535, "fwmarkPolicySourcePortTo" },
	{ 19, SYN_UNSIGNED, ACCESS_RC, 0, F(dport_from), 0, 65535, "fwmarkPolicyDestinationPortFrom" },
	{ 20, SYN_UNSIGNED, ACCESS_RC, 0, F(dport_to), 0, 65535, "fwmarkPolicyDestinationPortTo" },
	{ 21, SYN_UNSIGNED, ACCESS_RC, 0, F(uid_from), 0, UINT32_MAX, "fwmarkPolicyUidFrom" },
	{ 22, SYN_UNSIGNED, ACCESS_RC, 0, F(uid_to), 0, UINT32_MAX, "fwmarkPolicyUidTo" },
	{ 23, SYN_INTEGER, ACCESS_RC, 0, F(suppress_prefixlen), -1, 128, "fwmarkPolicySuppressPrefixLength" },
	{ 24, SYN_INTEGER, ACCESS_RC, 0, F(suppress_group), -1, 2147483647, "fwmarkPolicySuppressGroup" },
	{ 25, SYN_TRUTH, ACCESS_RC, 0, F(l3mdev), 0, 0, "fwmarkPolicyL3mdev" },
	{ 26, SYN_UNSIGNED, ACCESS_RC, 0, F(goto_priority), 0, UINT32_MAX, "fwmarkPolicyGoto" },
	{ 27, SYN_OCTETS, ACCESS_RC, 0, F(tunnel), 8, 8, "fwmarkPolicyTunnelId" },
	{ 28, SYN_INTEGER, ACCESS_RC, 0, F(dscp), -1, 63, "fwmarkPolicyDscp" },
	{ 29, SYN_UNSIGNED, ACCESS_RC, 0, F(dscp_mask), 0, 63, "fwmarkPolicyDscpMask" },
	{ 30, SYN_UNSIGNED, ACCESS_RC, 0, F(flowlabel), 0, 1048575, "fwmarkPolicyFlowLabel" },
	{ 31, SYN_UNSIGNED, ACCESS_RC, 0, F(flowlabel_mask), 0, 1048575, "fwmarkPolicyFlowLabelMask" },
	{ 32, SYN_UNSIGNED, ACCESS_RC, 0, F(sport_mask), 0, 65535, "fwmarkPolicySourcePortMask" },
	{ 33, SYN_UNSIGNED, ACCESS_RC, 0, F(dport_mask), 0, 65535, "fwmarkPolicyDestinationPortMask" },
	{ 34, SYN_UNSIGNED, ACCESS_RO, 0, F(route_protocol), 0, 255, "fwmarkPolicyRouteProtocol" },
	{ 35, SYN_STRING, ACCESS_RC, 0, F(description), 0, 200, "fwmarkPolicyDescription" },
	{ 36, SYN_TEXT, ACCESS_RO, 0, COMPUTED, 0, 4096, "fwmarkPolicyText" },
	{ 37, SYN_ENUM, ACCESS_RO, 0, F(origin), 0, 0x0e, "fwmarkPolicyOrigin" },
	{ 38, SYN_STORAGE, ACCESS_RC, 0, F(storage), 0, 0, "fwmarkPolicyStorageType" },
	{ 39, SYN_STATUS, ACCESS_RC, 0, F(status), 0, 0, "fwmarkPolicyStatus" },
};
/* clang-format on */
#undef F
#undef COMPUTED

const struct mib_def mib_policy = {
	.prefix = "fwmarkPolicy",
	.group = 4,
	.table = 4,
	.cols = mib_policy_cols,
	.ncols = sizeof(mib_policy_cols) / sizeof(*mib_policy_cols),
	.row_size = sizeof(struct policy),
	.given_off = offsetof(struct policy, given),
};
