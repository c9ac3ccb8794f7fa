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
	{ 1, SYN_UNSIGNED, ACCESS_NA, 0, F(index), 1, 2147483647, "fwmarkRuleIndex" },
	{ 2, SYN_FAMILY, ACCESS_RC, COL_NOT_ACTIVE, F(family), 1, 2, "fwmarkRuleAddressType" },
	{ 3, SYN_STRING, ACCESS_RC, COL_NOT_ACTIVE, F(table), 1, 64, "fwmarkRuleTableName" },
	{ 4, SYN_STRING, ACCESS_RC, 0, F(chain), 1, 128, "fwmarkRuleChain" },
	{ 5, SYN_UNSIGNED, ACCESS_RC, 0, F(position), 0, UINT32_MAX, "fwmarkRulePosition" },
	{ 6, SYN_BITS, ACCESS_RC, 0, F(invert), 0, 8, "fwmarkRuleInvert" },
	{ 7, SYN_IFNAME, ACCESS_RC, 0, F(iif), 0, 15, "fwmarkRuleInInterface" },
	{ 8, SYN_IFNAME, ACCESS_RC, 0, F(oif), 0, 15, "fwmarkRuleOutInterface" },
	{ 9, SYN_ADDRESS, ACCESS_RC, 0, F(src), 4, 16, "fwmarkRuleSource" },
	{ 10, SYN_PREFIXLEN, ACCESS_RC, 0, F(src), 0, 128, "fwmarkRuleSourcePrefixLength" },
	{ 11, SYN_ADDRESS, ACCESS_RC, 0, F(dst), 4, 16, "fwmarkRuleDestination" },
	{ 12, SYN_PREFIXLEN, ACCESS_RC, 0, F(dst), 0, 128, "fwmarkRuleDestinationPrefixLength" },
	{ 13, SYN_UNSIGNED, ACCESS_RC, 0, F(protocol), 0, 255, "fwmarkRuleProtocol" },
	{ 14, SYN_UNSIGNED, ACCESS_RC, 0, F(sport_from), 0, 65535, "fwmarkRuleSourcePortFrom" },
	{ 15, SYN_UNSIGNED, ACCESS_RC, 0, F(sport_to), 0, 65535, "fwmarkRuleSourcePortTo" },
	{ 16, SYN_UNSIGNED, ACCESS_RC, 0, F(dport_from), 0, 65535, "fwmarkRuleDestinationPortFrom" },
	{ 17, SYN_UNSIGNED, ACCESS_RC, 0, F(dport_to), 0, 65535, "fwmarkRuleDestinationPortTo" },
	{ 18, SYN_UNSIGNED, ACCESS_RC, 0, F(tos), 0, 255, "fwmarkRuleTos" },
	{ 19, SYN_UNSIGNED, ACCESS_RC, 0, F(tos_mask), 0, 255, "fwmarkRuleTosMask" },
	{ 20, SYN_UNSIGNED, ACCESS_RC, 0, F(match_mark), 0, UINT32_MAX, "fwmarkRuleMatchMark" },
	{ 21, SYN_UNSIGNED, ACCESS_RC, 0, F(match_mask), 0, UINT32_MAX, "fwmarkRuleMatchMask" },
	{ 22, SYN_TEXT, ACCESS_RC, 0, F(matches), 0, 4096, "fwmarkRuleMatches" },
	{ 23, SYN_ENUM, ACCESS_RC, 0, F(target), 0x1e, 0x3e, "fwmarkRuleTarget" },
	{ 24, SYN_UNSIGNED, ACCESS_RC, 0, F(mark), 0, UINT32_MAX, "fwmarkRuleMark" },
	{ 25, SYN_UNSIGNED, ACCESS_RC, 0, F(mask), 0, UINT32_MAX, "fwmarkRuleMask" },
	{ 26, SYN_UNSIGNED, ACCESS_RC, 0, F(ctmask), 0, UINT32_MAX, "fwmarkRuleCtMask" },
	{ 27, SYN_COUNTER32, ACCESS_RO, 0, F(packets), 0, 0, "fwmarkRulePackets" },
	{ 28, SYN_COUNTER32, ACCESS_RO, 0, F(bytes), 0, 0, "fwmarkRuleBytes" },
	{ 29, SYN_COUNTER64, ACCESS_RO, 0, F(packets), 0, 0, "fwmarkRuleHCPackets" },
	{ 30, SYN_COUNTER64, ACCESS_RO, 0, F(bytes), 0, 0, "fwmarkRuleHCBytes" },
	{ 31, SYN_TRUTH, ACCESS_RO, 0, F(counted), 0, 0, "fwmarkRuleCounted" },
	{ 32, SYN_STAMP, ACCESS_RO, 0, F(discontinuity), 0, 0, "fwmarkRuleDiscontinuityTime" },
	{ 33, SYN_STRING, ACCESS_RC, 0, F(description), 0, 100, "fwmarkRuleDescription" },
	{ 34, SYN_TEXT, ACCESS_RO, 0, COMPUTED, 0, 4096, "fwmarkRuleText" },
	{ 35, SYN_BITS, ACCESS_RO, 0, F(hooks), 0, 4, "fwmarkRuleHooks" },
	{ 36, SYN_TRUTH, ACCESS_RO, 0, F(routing), 0, 0, "fwmarkRuleRouting" },
	{ 37, SYN_ENUM, ACCESS_RO, 0, F(backend), 0, 0x06, "fwmarkRuleBackend" },
	{ 38, SYN_ENUM, ACCESS_RO, 0, F(origin), 0, 0x0e, "fwmarkRuleOrigin" },
	{ 39, SYN_STORAGE, ACCESS_RC, 0, F(storage), 0, 0, "fwmarkRuleStorageType" },
	{ 40, SYN_STATUS, ACCESS_RC, 0, F(status), 0, 0, "fwmarkRuleStatus" },
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
