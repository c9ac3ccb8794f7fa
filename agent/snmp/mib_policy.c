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
	{ POLICY_COL_INDEX, SYN_UNSIGNED, ACCESS_NA, 0, F(index), 1, 2147483647,
	  "fwmarkPolicyIndex" },
	{ POLICY_COL_FAMILY, SYN_FAMILY, ACCESS_RC, COL_NOT_ACTIVE, F(family), 1, 2,
	  "fwmarkPolicyAddressType" },
	{ POLICY_COL_PRIORITY, SYN_UNSIGNED, ACCESS_RC, 0, F(priority), 0, UINT32_MAX,
	  "fwmarkPolicyPriority" },
	{ POLICY_COL_ACTION, SYN_ENUM, ACCESS_RC, 0, F(action), 0x1ce, 0x1ce,
	  "fwmarkPolicyAction" },
	{ POLICY_COL_FIB, SYN_UNSIGNED, ACCESS_RC, 0, F(fib), 0, UINT32_MAX, "fwmarkPolicyFibId" },
	{ POLICY_COL_MARK, SYN_UNSIGNED, ACCESS_RC, 0, F(mark), 0, UINT32_MAX, "fwmarkPolicyMark" },
	{ POLICY_COL_MASK, SYN_UNSIGNED, ACCESS_RC, 0, F(mask), 0, UINT32_MAX, "fwmarkPolicyMask" },
	{ POLICY_COL_INVERT, SYN_TRUTH, ACCESS_RC, 0, F(invert), 0, 0, "fwmarkPolicyInvert" },
	{ POLICY_COL_SRC, SYN_ADDRESS, ACCESS_RC, 0, F(src), 4, 16, "fwmarkPolicySource" },
	{ POLICY_COL_SRC_LEN, SYN_PREFIXLEN, ACCESS_RC, 0, F(src), 0, 128,
	  "fwmarkPolicySourcePrefixLength" },
	{ POLICY_COL_DST, SYN_ADDRESS, ACCESS_RC, 0, F(dst), 4, 16, "fwmarkPolicyDestination" },
	{ POLICY_COL_DST_LEN, SYN_PREFIXLEN, ACCESS_RC, 0, F(dst), 0, 128,
	  "fwmarkPolicyDestinationPrefixLength" },
	{ POLICY_COL_IIF, SYN_IFNAME, ACCESS_RC, 0, F(iif), 0, 15, "fwmarkPolicyInInterface" },
	{ POLICY_COL_OIF, SYN_IFNAME, ACCESS_RC, 0, F(oif), 0, 15, "fwmarkPolicyOutInterface" },
	{ POLICY_COL_TOS, SYN_UNSIGNED, ACCESS_RC, 0, F(tos), 0, 255, "fwmarkPolicyTos" },
	{ POLICY_COL_PROTOCOL, SYN_UNSIGNED, ACCESS_RC, 0, F(protocol), 0, 255,
	  "fwmarkPolicyProtocol" },
	{ POLICY_COL_SPORT_FROM, SYN_UNSIGNED, ACCESS_RC, 0, F(sport_from), 0, 65535,
	  "fwmarkPolicySourcePortFrom" },
	{ POLICY_COL_SPORT_TO, SYN_UNSIGNED, ACCESS_RC, 0, F(sport_to), 0, 65535,
	  "fwmarkPolicySourcePortTo" },
	{ POLICY_COL_DPORT_FROM, SYN_UNSIGNED, ACCESS_RC, 0, F(dport_from), 0, 65535,
	  "fwmarkPolicyDestinationPortFrom" },
	{ POLICY_COL_DPORT_TO, SYN_UNSIGNED, ACCESS_RC, 0, F(dport_to), 0, 65535,
	  "fwmarkPolicyDestinationPortTo" },
	{ POLICY_COL_UID_FROM, SYN_UNSIGNED, ACCESS_RC, 0, F(uid_from), 0, UINT32_MAX,
	  "fwmarkPolicyUidFrom" },
	{ POLICY_COL_UID_TO, SYN_UNSIGNED, ACCESS_RC, 0, F(uid_to), 0, UINT32_MAX,
	  "fwmarkPolicyUidTo" },
	{ POLICY_COL_SUPPRESS_PREFIXLEN, SYN_INTEGER, ACCESS_RC, 0, F(suppress_prefixlen), -1, 128,
	  "fwmarkPolicySuppressPrefixLength" },
	{ POLICY_COL_SUPPRESS_GROUP, SYN_INTEGER, ACCESS_RC, 0, F(suppress_group), -1, 2147483647,
	  "fwmarkPolicySuppressGroup" },
	{ POLICY_COL_L3MDEV, SYN_TRUTH, ACCESS_RC, 0, F(l3mdev), 0, 0, "fwmarkPolicyL3mdev" },
	{ POLICY_COL_GOTO_PRIORITY, SYN_UNSIGNED, ACCESS_RC, 0, F(goto_priority), 0, UINT32_MAX,
	  "fwmarkPolicyGoto" },
	{ POLICY_COL_TUNNEL, SYN_OCTETS, ACCESS_RC, 0, F(tunnel), 8, 8, "fwmarkPolicyTunnelId" },
	{ POLICY_COL_DSCP, SYN_INTEGER, ACCESS_RC, 0, F(dscp), -1, 63, "fwmarkPolicyDscp" },
	{ POLICY_COL_DSCP_MASK, SYN_UNSIGNED, ACCESS_RC, 0, F(dscp_mask), 0, 63,
	  "fwmarkPolicyDscpMask" },
	{ POLICY_COL_FLOWLABEL, SYN_UNSIGNED, ACCESS_RC, 0, F(flowlabel), 0, 1048575,
	  "fwmarkPolicyFlowLabel" },
	{ POLICY_COL_FLOWLABEL_MASK, SYN_UNSIGNED, ACCESS_RC, 0, F(flowlabel_mask), 0, 1048575,
	  "fwmarkPolicyFlowLabelMask" },
	{ POLICY_COL_SPORT_MASK, SYN_UNSIGNED, ACCESS_RC, 0, F(sport_mask), 0, 65535,
	  "fwmarkPolicySourcePortMask" },
	{ POLICY_COL_DPORT_MASK, SYN_UNSIGNED, ACCESS_RC, 0, F(dport_mask), 0, 65535,
	  "fwmarkPolicyDestinationPortMask" },
	{ POLICY_COL_ROUTE_PROTOCOL, SYN_UNSIGNED, ACCESS_RO, 0, F(route_protocol), 0, 255,
	  "fwmarkPolicyRouteProtocol" },
	{ POLICY_COL_DESCRIPTION, SYN_STRING, ACCESS_RC, 0, F(description), 0, 200,
	  "fwmarkPolicyDescription" },
	{ POLICY_COL_TEXT, SYN_TEXT, ACCESS_RO, 0, COMPUTED, 0, 4096, "fwmarkPolicyText" },
	{ POLICY_COL_ORIGIN, SYN_ENUM, ACCESS_RO, 0, F(origin), 0, 0x0e, "fwmarkPolicyOrigin" },
	{ POLICY_COL_STORAGE, SYN_STORAGE, ACCESS_RC, 0, F(storage), 0, 0,
	  "fwmarkPolicyStorageType" },
	{ POLICY_COL_STATUS, SYN_STATUS, ACCESS_RC, 0, F(status), 0, 0, "fwmarkPolicyStatus" },
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
