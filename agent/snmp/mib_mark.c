/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fwmarkMarks: marks and their sums. */
#include <stddef.h>

#include "model/mark.h"
#include "snmp/mib.h"

#define F(f)	 offsetof(struct mib_scalars_row, f), sizeof(((struct mib_scalars_row *)NULL)->f)
#define COMPUTED 0, 0
/* clang-format off */
static const struct mib_col mib_mark_scalars_cols[] = {
	/* number, syntax, access, flags, field, min, max, name */
	{ 1, SYN_GAUGE, ACCESS_RO, 0, F(count), 0, UINT32_MAX, "fwmarkMarkCount" },
};
/* clang-format on */
#undef F
#undef COMPUTED

const struct mib_def mib_mark_scalars = {
	.prefix = "fwmarkMark",
	.group = 3,
	.cols = mib_mark_scalars_cols,
	.ncols = sizeof(mib_mark_scalars_cols) / sizeof(*mib_mark_scalars_cols),
	.row_size = sizeof(struct mib_scalars_row),
};

#define F(f)	 offsetof(struct mark, f), sizeof(((struct mark *)NULL)->f)
#define COMPUTED 0, 0
/* clang-format off */
static const struct mib_col mib_mark_cols[] = {
	/* number, syntax, access, flags, field, min, max, name */
	{ MARK_COL_VALUE, SYN_UNSIGNED, ACCESS_NA, 0, F(value), 0, UINT32_MAX, "fwmarkMarkValue" },
	{ MARK_COL_MASK, SYN_UNSIGNED, ACCESS_NA, 0, F(mask), 0, UINT32_MAX, "fwmarkMarkMask" },
	{ MARK_COL_NAME, SYN_STRING, ACCESS_RC, 0, F(name), 0, 64, "fwmarkMarkName" },
	{ MARK_COL_RULES, SYN_GAUGE, ACCESS_RO, 0, F(rules), 0, UINT32_MAX, "fwmarkMarkRules" },
	{ MARK_COL_POLICIES, SYN_GAUGE, ACCESS_RO, 0, F(policies), 0, UINT32_MAX,
	  "fwmarkMarkPolicies" },
	{ MARK_COL_FIB, SYN_UNSIGNED, ACCESS_RO, 0, F(fib), 0, UINT32_MAX, "fwmarkMarkFibId" },
	{ MARK_COL_PACKETS, SYN_COUNTER32, ACCESS_RO, 0, F(packets), 0, 0, "fwmarkMarkPackets" },
	{ MARK_COL_BYTES, SYN_COUNTER32, ACCESS_RO, 0, F(bytes), 0, 0, "fwmarkMarkBytes" },
	{ MARK_COL_HC_PACKETS, SYN_COUNTER64, ACCESS_RO, 0, F(packets), 0, 0,
	  "fwmarkMarkHCPackets" },
	{ MARK_COL_HC_BYTES, SYN_COUNTER64, ACCESS_RO, 0, F(bytes), 0, 0, "fwmarkMarkHCBytes" },
	{ MARK_COL_METER, SYN_TRUTH, ACCESS_RC, 0, F(meter), 0, 0, "fwmarkMarkMeter" },
	{ MARK_COL_METER_PACKETS, SYN_COUNTER32, ACCESS_RO, 0, F(meter_packets), 0, 0,
	  "fwmarkMarkMeterPackets" },
	{ MARK_COL_METER_BYTES, SYN_COUNTER32, ACCESS_RO, 0, F(meter_bytes), 0, 0,
	  "fwmarkMarkMeterBytes" },
	{ MARK_COL_METER_HC_PACKETS, SYN_COUNTER64, ACCESS_RO, 0, F(meter_packets), 0, 0,
	  "fwmarkMarkMeterHCPackets" },
	{ MARK_COL_METER_HC_BYTES, SYN_COUNTER64, ACCESS_RO, 0, F(meter_bytes), 0, 0,
	  "fwmarkMarkMeterHCBytes" },
	{ MARK_COL_DISCONTINUITY, SYN_STAMP, ACCESS_RO, 0, F(discontinuity), 0, 0,
	  "fwmarkMarkDiscontinuityTime" },
	{ MARK_COL_STORAGE, SYN_STORAGE, ACCESS_RC, 0, F(storage), 0, 0, "fwmarkMarkStorageType" },
	{ MARK_COL_STATUS, SYN_STATUS, ACCESS_RC, 0, F(status), 0, 0, "fwmarkMarkStatus" },
};
/* clang-format on */
#undef F
#undef COMPUTED

const struct mib_def mib_mark = {
	.prefix = "fwmarkMark",
	.group = 3,
	.table = 2,
	.cols = mib_mark_cols,
	.ncols = sizeof(mib_mark_cols) / sizeof(*mib_mark_cols),
	.row_size = sizeof(struct mark),
	.given_off = offsetof(struct mark, given),
};
