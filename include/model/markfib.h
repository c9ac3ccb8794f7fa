/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which routing table a mark leads to (fwmarkMarkFibId): goes through the policies as
 * fib_rules_lookup() of net/core/fib_rules.c does, for a packet that has a mark and nothing else.
 *
 * The kernel cannot be asked this. RTM_GETROUTE needs a destination, and tells in which table a
 * route to it was found: of a table that has none, or that is still empty, it says nothing.
 */
#ifndef MODEL_MARKFIB_H
#define MODEL_MARKFIB_H

#include <stdint.h>

#include "base/vec.h"

/* An index of the policies that can decide: finding a table does not look at the others. */
struct markfib {
	const struct vec *policies; /* struct policy, in the kernel's order, IPv4 first */
	struct vec steps;	    /* struct step, by what they select and then by their place */
	struct vec masks;	    /* struct step: the first of each mask */
	struct vec inverted;	    /* uint32_t: places of those that select other marks (not) */
};

void markfib_init(struct markfib *f);
void markfib_fini(struct markfib *f);

/* Makes the index anew. @policies must stay as they are until the next call. Returns: 0 or
 * -ENOMEM. */
int markfib_build(struct markfib *f, const struct vec *policies);

/**
 * markfib_find - find the table of the first IPv4, else IPv6, policy on this mark
 *
 * Policies that do not look at the mark at all count only if they take every packet, and then only
 * if they let none pass (unreachable) or jump (goto): "lookup local" and "lookup main" are on
 * everybody's way. Behind a goto on the mark, the next lookup for every packet is the mark's.
 *
 * Returns: 0 if there is no such policy, if it looks up no table, or if the answer depends on more
 * than the mark: on a selector beside it, or on what routes the table has (suppressors).
 */
uint32_t markfib_find(const struct markfib *f, uint32_t mark);

#endif
