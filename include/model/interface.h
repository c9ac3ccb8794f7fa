/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The settings that decide whether an interface accepts packets of marked traffic. */
#ifndef MODEL_INTERFACE_H
#define MODEL_INTERFACE_H

#include <stdbool.h>
#include <stdint.h>

enum rp_filter { RP_NONE = 0, RP_STRICT = 1, RP_LOOSE = 2 };

/* The settings as the kernel holds them: each can be any int. */
struct interface_raw {
	int rp_filter, src_valid_mark, forwarding;
};

/* Columns of fwmarkInterfaceEntry, each named after its field. */
enum interface_col {
	INTERFACE_COL_NAME = 1,
	INTERFACE_COL_RP_FILTER,
	INTERFACE_COL_EFFECTIVE_RP_FILTER,
	INTERFACE_COL_SRC_VALID_MARK,
	INTERFACE_COL_EFFECTIVE_SRC_VALID_MARK,
	INTERFACE_COL_FORWARDING,
};

struct interface {
	uint32_t ifindex;
	char name[16];
	uint8_t rp_filter, effective_rp_filter; /* enum rp_filter */
	bool src_valid_mark, effective_src_valid_mark;
	bool forwarding;
};

/* Scalars of fwmarkInterfaces. */
enum interface_all_col {
	INTERFACE_ALL_COL_RP_FILTER = 1,
	INTERFACE_ALL_COL_SRC_VALID_MARK,
};

/* The settings that the kernel combines with those of each interface (conf/all). */
struct interface_all {
	uint8_t rp_filter; /* enum rp_filter */
	bool src_valid_mark;
};

/* Sets the columns of @row: its own settings, and the effective ones, which the kernel makes of
 * @own and @all (include/linux/inetdevice.h: IN_DEV_MAXCONF, IN_DEV_ORCONF). */
void interface_settle(struct interface *row, const struct interface_raw *own,
		      const struct interface_raw *all);
void interface_settle_all(struct interface_all *row, const struct interface_raw *all);

#endif
