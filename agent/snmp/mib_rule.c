/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fwmarkRules: mark rules. */
#include <stddef.h>

#include "model/markrule.h"
#include "snmp/mib.h"

#define F(f)	 offsetof(struct mib_scalars_row, f), sizeof(((struct mib_scalars_row *)NULL)->f)
#define COMPUTED 0, 0
/* clang-format off */
static const struct mib_col mib_rule_scalars_cols[] = {
	/* number, syntax, access, flags, field, min, max, name */
	{ 1, SYN_UNSIGNED, ACCESS_RO, 0, F(next_index), 0, UINT32_MAX, "fwmarkRuleNextIndex" },
	{ 2, SYN_GAUGE, ACCESS_RO, 0, F(count), 0, UINT32_MAX, "fwmarkRuleCount" },
	{ 3, SYN_STAMP, ACCESS_RO, 0, F(last_change), 0, 0, "fwmarkRuleLastChange" },
};
/* clang-format on */
#undef F
#undef COMPUTED

const struct mib_def mib_rule_scalars = {
	.prefix = "fwmarkRule",
	.group = 2,
	.cols = mib_rule_scalars_cols,
	.ncols = sizeof(mib_rule_scalars_cols) / sizeof(*mib_rule_scalars_cols),
	.row_size = sizeof(struct mib_scalars_row),
};

#define F(f)	 offsetof(struct markrule, f), sizeof(((struct markrule *)NULL)->f)
#define COMPUTED 0, 0
/* clang-format off */
static const struct mib_col mib_rule_cols[] = {
	/* number, syntax, access, flags, field, min, max, name */
	{ RULE_COL_INDEX, SYN_UNSIGNED, ACCESS_NA, 0, F(index), 1, 2147483647, "fwmarkRuleIndex" },
	{ RULE_COL_FAMILY, SYN_FAMILY, ACCESS_RC, COL_NOT_ACTIVE, F(family), 1, 2,
	  "fwmarkRuleAddressType" },
	{ RULE_COL_TABLE, SYN_STRING, ACCESS_RC, COL_NOT_ACTIVE, F(table), 1, 64,
	  "fwmarkRuleTableName" },
	{ RULE_COL_CHAIN, SYN_STRING, ACCESS_RC, 0, F(chain), 1, 128, "fwmarkRuleChain" },
	{ RULE_COL_POSITION, SYN_UNSIGNED, ACCESS_RC, 0, F(position), 0, UINT32_MAX,
	  "fwmarkRulePosition" },
	{ RULE_COL_INVERT, SYN_BITS, ACCESS_RC, 0, F(invert), 0, 8, "fwmarkRuleInvert" },
	{ RULE_COL_IIF, SYN_IFNAME, ACCESS_RC, 0, F(iif), 0, 15, "fwmarkRuleInInterface" },
	{ RULE_COL_OIF, SYN_IFNAME, ACCESS_RC, 0, F(oif), 0, 15, "fwmarkRuleOutInterface" },
	{ RULE_COL_SRC, SYN_ADDRESS, ACCESS_RC, 0, F(src), 4, 16, "fwmarkRuleSource" },
	{ RULE_COL_SRC_LEN, SYN_PREFIXLEN, ACCESS_RC, 0, F(src), 0, 128,
	  "fwmarkRuleSourcePrefixLength" },
	{ RULE_COL_DST, SYN_ADDRESS, ACCESS_RC, 0, F(dst), 4, 16, "fwmarkRuleDestination" },
	{ RULE_COL_DST_LEN, SYN_PREFIXLEN, ACCESS_RC, 0, F(dst), 0, 128,
	  "fwmarkRuleDestinationPrefixLength" },
	{ RULE_COL_PROTOCOL, SYN_UNSIGNED, ACCESS_RC, 0, F(protocol), 0, 255,
	  "fwmarkRuleProtocol" },
	{ RULE_COL_SPORT_FROM, SYN_UNSIGNED, ACCESS_RC, 0, F(sport_from), 0, 65535,
	  "fwmarkRuleSourcePortFrom" },
	{ RULE_COL_SPORT_TO, SYN_UNSIGNED, ACCESS_RC, 0, F(sport_to), 0, 65535,
	  "fwmarkRuleSourcePortTo" },
	{ RULE_COL_DPORT_FROM, SYN_UNSIGNED, ACCESS_RC, 0, F(dport_from), 0, 65535,
	  "fwmarkRuleDestinationPortFrom" },
	{ RULE_COL_DPORT_TO, SYN_UNSIGNED, ACCESS_RC, 0, F(dport_to), 0, 65535,
	  "fwmarkRuleDestinationPortTo" },
	{ RULE_COL_TOS, SYN_UNSIGNED, ACCESS_RC, 0, F(tos), 0, 255, "fwmarkRuleTos" },
	{ RULE_COL_TOS_MASK, SYN_UNSIGNED, ACCESS_RC, 0, F(tos_mask), 0, 255, "fwmarkRuleTosMask" },
	{ RULE_COL_MATCH_MARK, SYN_UNSIGNED, ACCESS_RC, 0, F(match_mark), 0, UINT32_MAX,
	  "fwmarkRuleMatchMark" },
	{ RULE_COL_MATCH_MASK, SYN_UNSIGNED, ACCESS_RC, 0, F(match_mask), 0, UINT32_MAX,
	  "fwmarkRuleMatchMask" },
	{ RULE_COL_MATCHES, SYN_TEXT, ACCESS_RC, 0, F(matches), 0, 4096, "fwmarkRuleMatches" },
	{ RULE_COL_TARGET, SYN_ENUM, ACCESS_RC, 0, F(target), 0x1e, 0x3e, "fwmarkRuleTarget" },
	{ RULE_COL_MARK, SYN_UNSIGNED, ACCESS_RC, 0, F(mark), 0, UINT32_MAX, "fwmarkRuleMark" },
	{ RULE_COL_MASK, SYN_UNSIGNED, ACCESS_RC, 0, F(mask), 0, UINT32_MAX, "fwmarkRuleMask" },
	{ RULE_COL_CTMASK, SYN_UNSIGNED, ACCESS_RC, 0, F(ctmask), 0, UINT32_MAX,
	  "fwmarkRuleCtMask" },
	{ RULE_COL_PACKETS, SYN_COUNTER32, ACCESS_RO, 0, F(packets), 0, 0, "fwmarkRulePackets" },
	{ RULE_COL_BYTES, SYN_COUNTER32, ACCESS_RO, 0, F(bytes), 0, 0, "fwmarkRuleBytes" },
	{ RULE_COL_HC_PACKETS, SYN_COUNTER64, ACCESS_RO, 0, F(packets), 0, 0,
	  "fwmarkRuleHCPackets" },
	{ RULE_COL_HC_BYTES, SYN_COUNTER64, ACCESS_RO, 0, F(bytes), 0, 0, "fwmarkRuleHCBytes" },
	{ RULE_COL_COUNTED, SYN_TRUTH, ACCESS_RO, 0, F(counted), 0, 0, "fwmarkRuleCounted" },
	{ RULE_COL_DISCONTINUITY, SYN_STAMP, ACCESS_RO, 0, F(discontinuity), 0, 0,
	  "fwmarkRuleDiscontinuityTime" },
	{ RULE_COL_DESCRIPTION, SYN_STRING, ACCESS_RC, 0, F(description), 0, 100,
	  "fwmarkRuleDescription" },
	{ RULE_COL_TEXT, SYN_TEXT, ACCESS_RO, 0, COMPUTED, 0, 4096, "fwmarkRuleText" },
	{ RULE_COL_HOOKS, SYN_BITS, ACCESS_RO, 0, F(hooks), 0, 4, "fwmarkRuleHooks" },
	{ RULE_COL_ROUTING, SYN_TRUTH, ACCESS_RO, 0, F(routing), 0, 0, "fwmarkRuleRouting" },
	{ RULE_COL_BACKEND, SYN_ENUM, ACCESS_RO, 0, F(backend), 0, 0x06, "fwmarkRuleBackend" },
	{ RULE_COL_ORIGIN, SYN_ENUM, ACCESS_RO, 0, F(origin), 0, 0x0e, "fwmarkRuleOrigin" },
	{ RULE_COL_STORAGE, SYN_STORAGE, ACCESS_RC, 0, F(storage), 0, 0, "fwmarkRuleStorageType" },
	{ RULE_COL_STATUS, SYN_STATUS, ACCESS_RC, 0, F(status), 0, 0, "fwmarkRuleStatus" },
};
/* clang-format on */
#undef F
#undef COMPUTED

const struct mib_def mib_rule = {
	.prefix = "fwmarkRule",
	.group = 2,
	.table = 4,
	.cols = mib_rule_cols,
	.ncols = sizeof(mib_rule_cols) / sizeof(*mib_rule_cols),
	.row_size = sizeof(struct markrule),
	.given_off = offsetof(struct markrule, given),
};
