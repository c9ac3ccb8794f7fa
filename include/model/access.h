/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What managers may do, whoever they are: the settings below "provisioning". plan/access.c checks
 * each SET against them. */
#ifndef MODEL_ACCESS_H
#define MODEL_ACCESS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"
#include "base/why.h"

struct access {
	bool enable;				   /* change anything at all */
	bool foreign;				   /* change rows that are not the managers' */
	bool main_tables;			   /* change the tables main, default and local */
	struct name_list netfilter_tables, chains; /* empty: all */
	struct num_ranges tables, priorities;	   /* the same */
	unsigned mark_mask, max_rows;
};

/* May managers write to a row of this origin? Sets @why when not. @what: "rule", "route". */
bool access_writable(const struct access *a, uint8_t origin, const char *what, struct why *why);
/* Is @fib one of main, default and local, and may managers not change these? */
bool access_protects(const struct access *a, uint32_t fib);
/* Returns: the storage type that foreign rows have. */
uint8_t access_storage(const struct access *a);

#endif
