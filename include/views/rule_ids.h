/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finds out which rule of a snapshot was which rule in the snapshot before: a rule keeps its index,
 * and its counters go on.
 */
#ifndef VIEWS_RULE_IDS_H
#define VIEWS_RULE_IDS_H

#include "views/views.h"

/* What a SET did to the counters of a manager's rule. */
struct rule_note {
	uint32_t tag;
	uint32_t from;	  /* its index before: another one when the rule was foreign */
	uint64_t hash;	  /* tag 0, a foreign rule: the hash that it has now ... */
	uint32_t ordinal; /* ... and which it is among its equals */
	bool keep;	  /* the rule's new form goes on with its counters; false: with 0 */
};

/**
 * rule_ids_round - finds the entry of every rule of a snapshot, each entry once
 *
 * Rules that are equal are told apart by what they have counted. A counter does not go down: so
 * when one of them is deleted, the others still find their entries.
 *
 * Returns: 0 or -ENOMEM.
 */
int rule_ids_round(struct views *views, const struct nf_snap *snap);

/* Returns: the entry of rule @i of the snapshot, valid until the next call; NULL without memory. */
struct idmap_entry *rule_ids_at(struct views *views, const struct nf_snap *snap, size_t i);

/* Is the kernel's rule the one that a row with its tag asks for? Anybody can copy a tag: only with
 * all else that the kernel matches and does it says whose the rule is. Where the rule stands does
 * not matter. Fills in row->hash. */
bool rule_ids_is(struct views *views, const struct nf_snap *snap, const struct nf_entry *e,
		 struct markrule *row);

/**
 * rule_ids_observe - takes in what a rule has counted
 * @index: of its row
 * @had: its row before, NULL: there was none
 *
 * Adds it to the sum of the rule's mark, and notes when the counters began anew (discontinuity).
 */
void rule_ids_observe(struct views *views, const struct nf_entry *e, uint32_t index,
		      struct idmap_entry *id, const struct rule_row *had);

/* What a rule has counted may be missing in the sum of its mark: no rate is to be computed across
 * this. */
void rule_ids_lost(struct views *views, const struct nf_entry *e);

/* Notes what a SET did to a rule, for the next reading. */
void rule_ids_note(struct views *views, const struct rule_note *note);
/* Returns: the index that the rule with this tag, or index, had before the SETs since the last
 * reading. */
uint32_t rule_ids_from(const struct views *views, uint32_t index);
/* Has a SET since then given the rule with this index another one? */
bool rule_ids_moved(const struct views *views, uint32_t index);
/* Has a SET made a foreign rule a manager's, with its counters kept? If that were forgotten, the
 * counters would be added to the sum of the mark once more. */
bool rule_ids_renamed(const struct views *views);
/* Forgets the notes: a reading has used them, or the SET was undone. */
void rule_ids_noted(struct views *views);

#endif
