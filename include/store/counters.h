/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Indices and what was counted. The file "indices" has them as the state file has what managers
 * want: flushed to the disk, soon after an index was given, after a while for what was only
 * counted. Beside it, in the file "counts", they are written each time that something new was seen:
 * that one survives the agent being killed at any moment, not a crash of the machine, and it
 * counts only with the file of indices that it was written after. No SET waits for either.
 */
#ifndef STORE_COUNTERS_H
#define STORE_COUNTERS_H

#include "store/store.h"

/* Writes the file of indices, which makes the other one void. Returns: 0 or -errno. */
int counts_save(struct store *store);
/* Writes the file of counts, when anything was counted. */
void counts_keep(struct store *store);
/* The same in any case, however much time was spent on it of late. */
void counts_keep_now(struct store *store);
/* Reads both. What is damaged is set aside, and logged. */
void counts_load(struct store *store);

#endif
