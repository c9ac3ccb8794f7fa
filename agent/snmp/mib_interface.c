/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fwmarkInterfaces: the reverse path filter. */
#include <stddef.h>

#include "model/interface.h"
#include "snmp/mib.h"

#define F(f) offsetof(struct interface_all, f), sizeof(((struct interface_all *)NULL)->f)
/* clang-format off */
static const struct mib_col mib_interface_scalars_cols[] = {
	/* number, syntax, access, flags, field, min, max, name */
	{ INTERFACE_ALL_COL_RP_FILTER, SYN_ENUM, ACCESS_RW, 0, F(rp_filter), 0x7, 0x7,
	  "fwmarkRpFilterAll" },
	{ INTERFACE_ALL_COL_SRC_VALID_MARK, SYN_TRUTH, ACCESS_RW, 0, F(src_valid_mark), 0, 0,
	  "fwmarkSrcValidMarkAll" },
};
/* clang-format on */
#undef F

const struct mib_def mib_interface_scalars = {
	.prefix = "fwmark",
	.group = 7,
	.cols = mib_interface_scalars_cols,
	.ncols = sizeof(mib_interface_scalars_cols) / sizeof(*mib_interface_scalars_cols),
	.row_size = sizeof(struct interface_all),
};

/* The index is ifIndex, a column of IF-MIB. */
#define F(f) offsetof(struct interface, f), sizeof(((struct interface *)NULL)->f)
/* clang-format off */
static const struct mib_col mib_interface_cols[] = {
	/* number, syntax, access, flags, field, min, max, name */
	{ INTERFACE_COL_NAME, SYN_STRING, ACCESS_RO, 0, F(name), 0, 15, "fwmarkInterfaceName" },
	{ INTERFACE_COL_RP_FILTER, SYN_ENUM, ACCESS_RW, 0, F(rp_filter), 0x7, 0x7,
	  "fwmarkInterfaceRpFilter" },
	{ INTERFACE_COL_EFFECTIVE_RP_FILTER, SYN_ENUM, ACCESS_RO, 0, F(effective_rp_filter), 0, 0x7,
	  "fwmarkInterfaceEffectiveRpFilter" },
	{ INTERFACE_COL_SRC_VALID_MARK, SYN_TRUTH, ACCESS_RW, 0, F(src_valid_mark), 0, 0,
	  "fwmarkInterfaceSrcValidMark" },
	{ INTERFACE_COL_EFFECTIVE_SRC_VALID_MARK, SYN_TRUTH, ACCESS_RO, 0,
	  F(effective_src_valid_mark), 0, 0, "fwmarkInterfaceEffectiveSrcValidMark" },
	{ INTERFACE_COL_FORWARDING, SYN_TRUTH, ACCESS_RO, 0, F(forwarding), 0, 0,
	  "fwmarkInterfaceForwarding" },
};
/* clang-format on */
#undef F

const struct mib_def mib_interface = {
	.prefix = "fwmarkInterface",
	.group = 7,
	.table = 3,
	.cols = mib_interface_cols,
	.ncols = sizeof(mib_interface_cols) / sizeof(*mib_interface_cols),
	.row_size = sizeof(struct interface),
};
