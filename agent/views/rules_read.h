/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VIEWS_RULES_READ_H
#define VIEWS_RULES_READ_H

#include "views/views.h"

/* Makes the view what a snapshot shows, and counts what the snapshot has counted. Takes over the
 * snapshot, which may be the one that the view has, with new counters. */
void rules_take(struct views *views, struct nf_snap *snap);

#endif
