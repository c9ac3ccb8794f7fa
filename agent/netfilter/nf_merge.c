/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Makes one snapshot of the parts of all backends.
 *
 * Nearly every host has its mark rules in one backend. Then the snapshot borrows the vectors of
 * that part as they are, so that merging costs nothing.
 */
#include <errno.h>
#include <string.h>

#include "nf_priv.h"

/* A chain of some part, on its way into the snapshot. */
struct merge_chain {
	const struct nf_chain *chain;
	uint8_t side;
	uint32_t was;	/* place in its part */
	uint32_t now;	/* place in the snapshot */
	uint32_t group; /* the same for chains of the same family, table and name */
};

struct merge_entry {
	const struct nf_entry *entry;
	uint8_t side;
	uint32_t chain, group;
};

static int chain_cmp(const void *a, const void *b)
{
	const struct merge_chain *x = a, *y = b;
	int order = nf_chain_cmp(x->chain, y->chain);

	return order ? order : (x->side > y->side) - (x->side < y->side);
}

static int home_cmp(const void *a, const void *b)
{
	const struct merge_chain *x = a, *y = b;

	if (x->side != y->side)
		return x->side < y->side ? -1 : 1;
	return (x->was > y->was) - (x->was < y->was);
}

static int entry_cmp(const void *a, const void *b)
{
	const struct merge_entry *x = a, *y = b;

	if (x->group != y->group)
		return x->group < y->group ? -1 : 1;
	if (x->entry->position != y->entry->position)
		return x->entry->position < y->entry->position ? -1 : 1;
	if (x->side != y->side)
		return x->side < y->side ? -1 : 1;
	return (x->entry->part > y->entry->part) - (x->entry->part < y->entry->part);
}

/* Puts all chains into the snapshot, in order. @all is left in the order of the parts. */
static int chains_merge(struct nf_snap *snap, struct vec *all)
{
	for (uint8_t s = 0; s < NF_BACKENDS_MAX && snap->parts[s]; s++) {
		for (size_t i = 0; i < snap->parts[s]->chains.n; i++) {
			struct merge_chain *c = vec_push(all);

			if (!c)
				return -ENOMEM;
			c->chain = vec_at(&snap->parts[s]->chains, i);
			c->side = s;
			c->was = (uint32_t)i;
		}
	}
	vec_sort(all, chain_cmp);
	for (size_t i = 0; i < all->n; i++) {
		struct merge_chain *c = vec_at(all, i), *before = i ? c - 1 : NULL;
		struct nf_chain *to = vec_push(&snap->chains);

		if (!to)
			return -ENOMEM;
		*to = *c->chain;
		c->now = (uint32_t)i;
		c->group = before && nf_chain_cmp(before->chain, c->chain) == 0 ? before->group
										: c->now;
	}
	vec_sort(all, home_cmp);
	return 0;
}

/* @chains: in the order of the parts. */
static int entries_merge(struct nf_snap *snap, const struct vec *chains, struct vec *all)
{
	size_t first = 0;

	for (uint8_t s = 0; s < NF_BACKENDS_MAX && snap->parts[s]; s++) {
		const struct nf_part *part = snap->parts[s];

		for (size_t i = 0; i < part->entries.n; i++) {
			const struct nf_entry *e = vec_at(&part->entries, i);
			const struct merge_chain *c = vec_at(chains, first + e->chain);
			struct merge_entry *m = vec_push(all);

			if (!m)
				return -ENOMEM;
			*m = (struct merge_entry){ e, s, c->now, c->group };
		}
		first += part->chains.n;
	}
	vec_sort(all, entry_cmp);
	for (size_t i = 0; i < all->n; i++) {
		const struct merge_entry *m = vec_at(all, i);
		struct nf_entry *to = vec_push(&snap->entries);
		const struct nf_entry **source = vec_push(&snap->sources);

		if (!to || !source)
			return -ENOMEM;
		*to = *m->entry;
		to->chain = m->chain;
		*source = m->entry;
	}
	return 0;
}

static int meters_merge(struct nf_snap *snap)
{
	vec_clear(&snap->meters);
	for (size_t s = 0; s < NF_BACKENDS_MAX && snap->parts[s]; s++) {
		const struct vec *meters = &snap->parts[s]->meters;

		for (size_t i = 0; i < meters->n; i++) {
			struct nf_meter *to = vec_push(&snap->meters);

			if (!to)
				return -ENOMEM;
			*to = *(const struct nf_meter *)vec_at(meters, i);
		}
	}
	vec_sort(&snap->meters, nf_meter_cmp);
	return 0;
}

int nf_merge(struct nf_snap *snap)
{
	struct vec chains = VEC_INIT(struct merge_chain), entries = VEC_INIT(struct merge_entry);
	const struct nf_part *only = snap->parts[0];
	size_t some = 0;
	int err;

	for (size_t s = 0; s < NF_BACKENDS_MAX && snap->parts[s]; s++) {
		if (!snap->parts[s]->chains.n)
			continue;
		only = snap->parts[s];
		some++;
	}
	snap->meters = (struct vec)VEC_INIT(struct nf_meter);
	snap->merged = some > 1;
	if (!snap->merged) {
		snap->chains = only->chains;
		snap->entries = only->entries;
		return meters_merge(snap);
	}
	snap->chains = (struct vec)VEC_INIT(struct nf_chain);
	snap->entries = (struct vec)VEC_INIT(struct nf_entry);
	snap->sources = (struct vec)VEC_INIT(const struct nf_entry *);
	err = chains_merge(snap, &chains);
	if (err == 0)
		err = entries_merge(snap, &chains, &entries);
	vec_fini(&chains);
	vec_fini(&entries);
	return err ? err : meters_merge(snap);
}

int nf_merge_counters(struct nf_snap *snap)
{
	for (size_t i = 0; snap->merged && i < snap->entries.n; i++) {
		const struct nf_entry *from = *(const struct nf_entry **)vec_at(&snap->sources, i);
		struct nf_entry *to = vec_at(&snap->entries, i);

		to->packets = from->packets;
		to->bytes = from->bytes;
	}
	return meters_merge(snap);
}

void nf_merge_fini(struct nf_snap *snap)
{
	if (snap->merged) {
		vec_fini(&snap->chains);
		vec_fini(&snap->entries);
		vec_fini(&snap->sources);
	}
	vec_fini(&snap->meters);
}
