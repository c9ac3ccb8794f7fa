/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A routing table and its name (fwmarkFibTable). */
#ifndef MODEL_FIB_H
#define MODEL_FIB_H

#include "base/why.h"
#include "model/names.h"
#include "model/row.h"

/* Columns of fwmarkFibEntry, each named after its field. */
enum fib_col {
	FIB_COL_ID = 1,
	FIB_COL_NAME,
	FIB_COL_ROUTES4,
	FIB_COL_ROUTES6,
	FIB_COL_POLICIES,
	FIB_COL_ORIGIN,
	FIB_COL_STORAGE,
	FIB_COL_STATUS,
};

struct fib {
	uint32_t id;
	char name[NAME_MAX_LEN + 1];
	uint32_t routes4, routes6, policies;
	uint8_t origin, storage, status;
	uint64_t given; /* bit N: a manager wrote column N */
};

void fib_init(struct fib *f);
/* See markrule_check(); columns of fwmarkFibEntry. iproute2 must be able to read the name back:
 * -EILSEQ for one that it cannot. */
int fib_check(const struct fib *f, unsigned *column, struct why *why);

#endif
