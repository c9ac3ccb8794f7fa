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
	{ 1, SYN_UNSIGNED, ACCESS_NA, 0, F(value), 0, UINT32_MAX, "fwmarkMarkValue" },
	{ 2, SYN_UNSIGNED, ACCESS_NA, 0, F(mask), 0, UINT32_MAX, "fwmarkMarkMask" },
	{ 3, SYN_STRING, ACCESS_RC, 0, F(name), 0, 64, "fwmarkMarkName" },
	{ 4, SYN_GAUGE, ACCESS_RO, 0, F(rules), 0, UINT32_MAX, "fwmarkMarkRules" },
	{ 5, SYN_GAUGE, ACCESS_RO, 0, F(policies), 0, UINT32_MAX, "fwmarkMarkPolicies" },
	{ 6, SYN_UNSIGNED, ACCESS_RO, 0, F(fib), 0, UINT32_MAX, "fwmarkMarkFibId" },
	{ 7, SYN_COUNTER32, ACCESS_RO, 0, F(packets), 0, 0, "fwmarkMarkPackets" },
	{ 8, SYN_COUNTER32, ACCESS_RO, 0, F(bytes), 0, 0, "fwmarkMarkBytes" },
	{ 9, SYN_COUNTER64, ACCESS_RO, 0, F(packets), 0, 0, "fwmarkMarkHCPackets" },
	{ 10, SYN_COUNTER64, ACCESS_RO, 0, F(bytes), 0, 0, "fwmarkMarkHCBytes" },
	{ 11, SYN_TRUTH, ACCESS_RC, 0, F(meter), 0, 0, "fwmarkMarkMeter" },
	{ 12, SYN_COUNTER32, ACCESS_RO, 0, F(meter_packets), 0, 0, "fwmarkMarkMeterPackets" },
	{ 13, SYN_COUNTER32, ACCESS_RO, 0, F(meter_bytes), 0, 0, "fwmarkMarkMeterBytes" },
	{ 14, SYN_COUNTER64, ACCESS_RO, 0, F(meter_packets), 0, 0, "fwmarkMarkMeterHCPackets" },
	{ 15, SYN_COUNTER64, ACCESS_RO, 0, F(meter_bytes), 0, 0, "fwmarkMarkMeterHCBytes" },
	{ 16, SYN_STAMP, ACCESS_RO, 0, F(discontinuity), 0, 0, "fwmarkMarkDiscontinuityTime" },
	{ 17, SYN_STORAGE, ACCESS_RC, 0, F(storage), 0, 0, "fwmarkMarkStorageType" },
	{ 18, SYN_STATUS, ACCESS_RC, 0, F(status), 0, 0, "fwmarkMarkStatus" },
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
