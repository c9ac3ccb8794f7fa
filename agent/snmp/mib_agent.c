/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fwmarkAgent: scalars of the agent itself. */
#include <stddef.h>

#include "snmp/mib.h"

#define F(f)	 offsetof(struct mib_agent_row, f), sizeof(((struct mib_agent_row *)NULL)->f)
#define COMPUTED 0, 0
/* clang-format off */
static const struct mib_col mib_agent_cols[] = {
	/* number, syntax, access, flags, field, min, max, name */
	{ AGENT_COL_VERSION, SYN_STRING, ACCESS_RO, 0, F(version), 0, 255, "fwmarkAgentVersion" },
	{ AGENT_COL_CAPABILITIES, SYN_BITS, ACCESS_RO, 0, F(capabilities), 0, 11,
	  "fwmarkAgentCapabilities" },
	{ AGENT_COL_EDIT_LOCK, SYN_TESTINCR, ACCESS_RW, 0, F(edit_lock), 0, 2147483647,
	  "fwmarkAgentEditLock" },
	{ AGENT_COL_SETS, SYN_COUNTER32, ACCESS_RO, 0, F(sets), 0, 0, "fwmarkAgentSets" },
	{ AGENT_COL_FAILURES, SYN_COUNTER32, ACCESS_RO, 0, F(failures), 0, 0,
	  "fwmarkAgentSetFailures" },
	{ AGENT_COL_LAST_ERROR, SYN_TEXT, ACCESS_RO, 0, COMPUTED, 0, 4096, "fwmarkAgentLastError" },
	{ AGENT_COL_RESYNCS, SYN_COUNTER32, ACCESS_RO, 0, F(resyncs), 0, 0, "fwmarkAgentResyncs" },
	{ AGENT_COL_NOTIFICATIONS, SYN_TRUTH, ACCESS_RW, 0, F(notifications), 0, 0,
	  "fwmarkAgentNotifications" },
	{ AGENT_COL_UPTIME, SYN_TICKS, ACCESS_RO, 0, F(uptime_ms), 0, 0, "fwmarkAgentUpTime" },
};
/* clang-format on */
#undef F
#undef COMPUTED

const struct mib_def mib_agent = {
	.prefix = "fwmarkAgent",
	.group = 1,
	.cols = mib_agent_cols,
	.ncols = sizeof(mib_agent_cols) / sizeof(*mib_agent_cols),
	.row_size = sizeof(struct mib_agent_row),
	/* The lock between managers, and whether notifications are sent. */
	.harmless = true,
};
