/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The indices of foreign rows and the sums of counters, in two files of the state directory.
 *
 * "indices" is flushed to the disk, soon after a row got an index, and after a while when only
 * counters moved. "counts" has the same contents. It is written, but not flushed, whenever a
 * reading found something new: that survives a SIGKILL, but no crash of the machine. "counts" is
 * valid only together with the "indices" that it was written after (their serial is the same). No
 * SET waits for the disk because of these two.
 */
#ifndef STORE_COUNTERS_H
#define STORE_COUNTERS_H

#include "store/store.h"

/* Writes "indices" and removes the "counts" that belonged to the old one. Returns: 0 or -errno. */
int counts_save(struct store *store);
/* Writes "counts" if something was counted; seldom enough that writing takes little of the agent's
 * time. */
void counts_keep(struct store *store);
/* The same at once, whether or not something was counted, and however recently it was written. */
void counts_keep_now(struct store *store);
/* Reads both. Damage is logged; a damaged "indices" is set aside, too. */
void counts_load(struct store *store);

#endif
