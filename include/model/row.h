/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What every row that a manager can create has in common (RFC 2579). */
#ifndef MODEL_ROW_H
#define MODEL_ROW_H

#include <stdbool.h>
#include <stdint.h>

enum row_status {
	ROW_NONE = 0, /* does not exist */
	ROW_ACTIVE = 1,
	ROW_NOT_IN_SERVICE = 2,
	ROW_NOT_READY = 3,
	ROW_CREATE_AND_GO = 4,
	ROW_CREATE_AND_WAIT = 5,
	ROW_DESTROY = 6,
};

enum row_storage {
	STORAGE_OTHER = 1,
	STORAGE_VOLATILE = 2,
	STORAGE_NONVOLATILE = 3,
	STORAGE_PERMANENT = 4,
	STORAGE_READONLY = 5,
};

enum row_origin { ORIGIN_FOREIGN = 1, ORIGIN_MANAGER = 2, ORIGIN_CONFIG = 3 };

/* Rows from here on are foreign; managers create rows 1 to ROW_MANAGER_MAX. */
enum { ROW_MANAGER_MAX = 999999, ROW_FOREIGN_MIN = 1000000, ROW_INDEX_MAX = 2147483647 };

/* A set of columns, such as those that a manager wrote: bit N is column N. */
#define COL_BIT(col) (UINT64_C(1) << (col))

static inline bool cols_have(uint64_t cols, unsigned col)
{
	return cols >> col & 1;
}

#endif
