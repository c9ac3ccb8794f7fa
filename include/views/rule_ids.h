/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which rule of a snapshot is which rule of the one before: its index, and what it has counted
 * since.
 */
#ifndef VIEWS_RULE_IDS_H
#define VIEWS_RULE_IDS_H

#include "views/views.h"

/* What a SET did to the counters of a manager's rule. */
struct rule_note {
	uint32_t tag;
	uint32_t from;	  /* its index before: another one when it was nobody's */
	uint64_t hash;	  /* tag 0, a foreign rule: what it is now ... */
	uint32_t ordinal; /* ... and which of its equals */
	bool keep; /* they were carried over to the rule's new form; false: they begin anew */
};

/**
 * rule_ids_round - finds the entries of all rules of a snapshot, each once
 *
 * Rules that are equal are told apart by what they have counted: a counter does not go down, so
 * when one of them is deleted, the others keep their entries all the same.
 *
 * Returns: 0 or -ENOMEM.
 */
int rule_ids_round(struct views *views, const struct nf_snap *snap);

/* The entry of rule @i of the snapshot, valid until the next call. Returns: NULL without memory. */
struct idmap_entry *rule_ids_at(struct views *views, const struct nf_snap *snap, size_t i);

/**
 * rule_ids_observe - takes in what a rule has counted: time of its last discontinuity, sum of
 * its mark
 * @had: its row before, NULL: there was none
 */
void rule_ids_observe(struct views *views, const struct nf_entry *e, struct idmap_entry *id,
		      const struct rule_row *had);

/* A SET has changed a rule. */
void rule_ids_note(struct views *views, const struct rule_note *note);
/* The index that the rule with this tag, or index, had before that. */
uint32_t rule_ids_from(const struct views *views, uint32_t index);
/* Has a rule of nobody's become a manager's, and counts on? Were that forgotten, its counters would be
 * added to the sum of its mark once more. */
bool rule_ids_renamed(const struct views *views);
/* All that was noted has been taken in, or taken back. */
void rule_ids_noted(struct views *views);

#endif
