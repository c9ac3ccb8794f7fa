/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A mark: what rules set and policies select, with its sums (fwmarkMarkTable). */
#ifndef MODEL_MARK_H
#define MODEL_MARK_H

#include "model/names.h"
#include "model/row.h"

/* Columns of fwmarkMarkEntry, each named after its field. */
enum mark_col {
	MARK_COL_VALUE = 1,
	MARK_COL_MASK,
	MARK_COL_NAME,
	MARK_COL_RULES,
	MARK_COL_POLICIES,
	MARK_COL_FIB,
	MARK_COL_PACKETS,
	MARK_COL_BYTES,
	MARK_COL_HC_PACKETS,
	MARK_COL_HC_BYTES,
	MARK_COL_METER,
	MARK_COL_METER_PACKETS,
	MARK_COL_METER_BYTES,
	MARK_COL_METER_HC_PACKETS,
	MARK_COL_METER_HC_BYTES,
	MARK_COL_DISCONTINUITY,
	MARK_COL_STORAGE,
	MARK_COL_STATUS,
};

struct mark {
	uint32_t value, mask;
	char name[NAME_MAX_LEN + 1];
	uint32_t rules, policies, fib;
	uint64_t packets, bytes; /* of its rules: never go down */
	bool meter;
	uint64_t meter_packets, meter_bytes;
	uint64_t discontinuity; /* clock_ms() */
	uint8_t storage, status;
	uint64_t given; /* bit N: a manager wrote column N */
};

/* Sets every column to the default of FWMARK-MIB: the name is "0x1" or "0x1/0xff". */
void mark_init(struct mark *m, uint32_t value, uint32_t mask);

/* By value, then mask: <0, 0, >0. For vec_find(). */
int mark_cmp(const void *a, const void *b);

#endif
