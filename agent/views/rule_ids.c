/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "views/rule_ids.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

/* So many equal rules are not told apart by their counters: that takes the square of their
 * number. */
enum { EQUALS_MAX = 512 };

/* A rule that has equals. */
struct equal {
	uint64_t hash;
	uint64_t packets, bytes;
	uint32_t entry; /* into snap->entries */
	uint32_t slot;	/* the old ordinal that it is matched with */
};

static int equal_cmp(const void *a, const void *b)
{
	const struct equal *x = a, *y = b;

	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	return x->entry < y->entry ? -1 : x->entry > y->entry;
}

/* The rule that has counted most comes first. */
static int equal_cmp_packets(const void *a, const void *b)
{
	const struct equal *x = *(struct equal *const *)a, *y = *(struct equal *const *)b;

	if (x->packets != y->packets)
		return x->packets > y->packets ? -1 : 1;
	return x->entry < y->entry ? -1 : x->entry > y->entry;
}

static bool may_be(const struct equal *t, const struct idmap_entry *was)
{
	return t->packets >= was->packets && t->bytes >= was->bytes;
}

/* Can each rule be the one that had its ordinal before? */
static bool in_order(const struct equal *t, size_t n, const struct idmap_entry *was)
{
	if (was[0].before > n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!may_be(&t[i], &was[i]))
			return false;
	return true;
}

/* Each rule, those with high counts first, takes the old entry with the highest count that it may
 * have come from; the rest take what is left. */
static void match(struct equal **by_packets, size_t n, const struct idmap_entry *was, size_t nwas,
		  bool *used)
{
	for (size_t i = 0; i < n; i++) {
		struct equal *t = by_packets[i];
		size_t best = nwas;

		for (size_t j = 0; j < nwas; j++)
			if (!used[j] && may_be(t, &was[j]) &&
			    (best == nwas || was[j].packets > was[best].packets))
				best = j;
		t->slot = (uint32_t)best;
		if (best < nwas)
			used[best] = true;
	}
	for (size_t i = 0, j = 0; i < n; i++) {
		if (by_packets[i]->slot < nwas)
			continue;
		while (used[j])
			j++;
		used[j] = true;
		by_packets[i]->slot = (uint32_t)j;
	}
}

/* Writes the entry @was to the ordinal that it belongs to now. */
static void put_back(struct idmap *m, uint64_t hash, uint32_t ordinal,
		     const struct idmap_entry *was)
{
	struct idmap_entry *e = idmap_peek(m, hash, ordinal);

	e->index = was->index;
	e->packets = was->packets;
	e->bytes = was->bytes;
	e->discontinuity = was->discontinuity;
	m->dirty = true;
}

/* Tells @n equal rules apart. Their ordinals have been claimed already. */
static int settle(struct idmap *m, struct equal *t, size_t n)
{
	struct idmap_entry *was = calloc(EQUALS_MAX, sizeof(*was));
	struct equal **by_packets = calloc(n, sizeof(*by_packets));
	bool *used = calloc(EQUALS_MAX, sizeof(*used));
	const struct idmap_entry *e;
	size_t nwas = 0, next = n;
	int err = was && by_packets && used ? 0 : -ENOMEM;

	/* Entries of rules that are gone are among them: the rules may come back with their
	 * counters. */
	while (!err && nwas < EQUALS_MAX && (e = idmap_peek(m, t->hash, (uint32_t)nwas)))
		was[nwas++] = *e;
	if (err || nwas < n || in_order(t, n, was))
		goto out;
	for (size_t i = 0; i < n; i++)
		by_packets[i] = &t[i];
	qsort(by_packets, n, sizeof(*by_packets), equal_cmp_packets);
	match(by_packets, n, was, nwas, used);
	for (size_t i = 0; i < n; i++)
		put_back(m, t->hash, (uint32_t)i, &was[t[i].slot]);
	for (size_t j = 0; j < nwas; j++)
		if (!used[j])
			put_back(m, t->hash, (uint32_t)next++, &was[j]);
out:
	free(was);
	free(by_packets);
	free(used);
	return err;
}

/* Collects all rules that have an equal, or had one in the round before. */
static int collect(struct views *views, const struct nf_snap *snap, struct vec *out)
{
	for (size_t i = 0; i < snap->entries.n; i++) {
		const struct nf_entry *e = vec_at(&snap->entries, i);
		const struct idmap_entry *first = idmap_peek(&views->store->rule_ids, e->hash, 0);
		struct equal *t;

		if (!first || (first->equals < 2 && first->before < 2))
			continue;
		t = vec_push(out);
		if (!t)
			return -ENOMEM;
		*t = (struct equal){ .hash = e->hash,
				     .packets = e->packets,
				     .bytes = e->bytes,
				     .entry = (uint32_t)i };
	}
	vec_sort(out, equal_cmp);
	return 0;
}

int rule_ids_round(struct views *views, const struct nf_snap *snap)
{
	struct idmap *m = &views->store->rule_ids;
	struct vec all = VEC_INIT(struct equal);
	bool equals = false;
	int err = 0;

	idmap_round(m);
	vec_clear(&views->rules.ordinals);
	for (size_t i = 0; i < snap->entries.n; i++) {
		const struct nf_entry *e = vec_at(&snap->entries, i);
		const struct idmap_entry *id = idmap_claim(m, e->hash);
		uint32_t *ordinal = id ? vec_push(&views->rules.ordinals) : NULL;

		if (!ordinal)
			return -ENOMEM;
		*ordinal = id->ordinal;
		equals |= id->ordinal > 0 || id->before > 1;
	}
	if (equals)
		err = collect(views, snap, &all);
	for (size_t i = 0, n; i < all.n && !err; i += n) {
		struct equal *t = vec_at(&all, i);

		for (n = 1; i + n < all.n && t[n].hash == t->hash; n++)
			;
		if (n < EQUALS_MAX)
			err = settle(m, t, n);
	}
	vec_fini(&all);
	return err;
}

struct idmap_entry *rule_ids_at(struct views *views, const struct nf_snap *snap, size_t i)
{
	const struct nf_entry *e = vec_at(&snap->entries, i);

	if (i >= views->rules.ordinals.n)
		return NULL;
	return idmap_peek(&views->store->rule_ids, e->hash,
			  *(uint32_t *)vec_at(&views->rules.ordinals, i));
}

/* Has the kernel's rule the columns of a row? Its description is no part of what it is, and is kept
 * in the same comment as the tag. */
static bool asks_same(const struct markrule *have, const struct markrule *row)
{
	struct markrule like = *have;

	memcpy(like.description, row->description, sizeof(like.description));
	return row_asks_same(&row_kinds[RULE_ROWS], &like, row, false);
}

bool rule_ids_is(struct views *views, const struct nf_snap *snap, const struct nf_entry *e,
		 struct markrule *row)
{
	const struct nf_chain *c = vec_at(&snap->chains, e->chain);
	struct markrule have;
	struct why why;
	bool is;

	if (row->hash == e->hash)
		return true;
	if (row->backend != e->backend || row->family != c->family || row->target != e->target ||
	    strcmp(row->table, c->table) != 0 || strcmp(row->chain, c->chain) != 0)
		return false;
	is = !nf_decode(views->nf, snap, e, &have) && asks_same(&have, row);
	/* The same matches may be written in another way; the hash is of what the kernel has. When
	 * they cannot be parsed any more, the other columns decide. */
	if (!is && !row->hash && nf_hash(views->nf, row, &row->hash, &why)) {
		row->hash = 0;
		have.matches = row->matches;
		is = asks_same(&have, row);
	}
	is |= row->hash == e->hash;
	if (is)
		row->hash = e->hash;
	return is;
}

static const struct rule_note *note_of(const struct views *views, uint32_t tag,
				       const struct idmap_entry *id)
{
	for (size_t i = views->rules.notes.n; i-- > 0;) {
		const struct rule_note *n = vec_at(&views->rules.notes, i);

		if (n->tag == tag &&
		    (tag || (id && n->hash == id->hash && n->ordinal == id->ordinal)))
			return n;
	}
	return NULL;
}

/* To the map of hashes, a rule that a SET changed is another rule: takes over what it had
 * counted. */
static void take_note(const struct rule_note *note, struct idmap_entry *id,
		      const struct rule_row *had)
{
	bool keep = note->keep && had && had->entry != ROW_ABSENT;

	id->packets = keep ? had->packets : 0;
	id->bytes = keep ? had->bytes : 0;
	id->discontinuity = keep ? had->discontinuity : 0;
}

/* Returns: the sum of a rule's mark; NULL when its rules count for none. */
static struct mark_sum *sum_of(struct views *views, const struct nf_entry *e)
{
	if (e->target != MARKRULE_MARK && e->target != MARKRULE_CONNMARK_SET)
		return NULL;
	return mark_sum_make(views->store, e->mark, e->mask);
}

/* Adds to the sum of a rule's mark what the rule has counted. */
static void mark_count(struct views *views, const struct nf_entry *e, uint64_t packets,
		       uint64_t bytes)
{
	struct mark_sum *s = sum_of(views, e);

	if (!s)
		return;
	s->packets += packets;
	s->bytes += bytes;
}

void rule_ids_lost(struct views *views, const struct nf_entry *e)
{
	struct mark_sum *s = sum_of(views, e);

	if (!s)
		return;
	s->discontinuity = clock_ms();
	views->store->dirty = views->store->counts_dirty = true;
}

void rule_ids_observe(struct views *views, const struct nf_entry *e, uint32_t index,
		      struct idmap_entry *id, const struct rule_row *had)
{
	const struct rule_note *note = note_of(views, index <= ROW_MANAGER_MAX ? index : 0, id);
	bool dip;

	if (note)
		take_note(note, id, had);
	dip = e->packets < id->packets || e->bytes < id->bytes;
	/* A counter that went down was zeroed: all that it has now came since. */
	if (dip)
		id->packets = id->bytes = 0;
	/* A counter that was 0 may have counted and been zeroed: that is no dip. */
	if (views->rules.lossy && (dip || (views->rules.changed && had && !id->packets)))
		rule_ids_lost(views, e);
	if (dip || !id->discontinuity) {
		id->discontinuity = clock_ms();
		views->store->rule_ids.dirty = true;
	}
	if (e->packets == id->packets && e->bytes == id->bytes)
		return;
	mark_count(views, e, e->packets - id->packets, e->bytes - id->bytes);
	id->packets = e->packets;
	id->bytes = e->bytes;
	views->store->dirty = views->store->counts_dirty = true;
}

uint32_t rule_ids_from(const struct views *views, uint32_t index)
{
	const struct rule_note *note = note_of(views, index, NULL);

	return note ? note->from : index;
}

void rule_ids_note(struct views *views, const struct rule_note *note)
{
	struct rule_note *n = vec_push(&views->rules.notes);

	if (n)
		*n = *note;
}

bool rule_ids_moved(const struct views *views, uint32_t index)
{
	for (size_t i = 0; i < views->rules.notes.n; i++) {
		const struct rule_note *n = vec_at(&views->rules.notes, i);

		if (n->from == index && n->tag != index)
			return true;
	}
	return false;
}

bool rule_ids_renamed(const struct views *views)
{
	for (size_t i = 0; i < views->rules.notes.n; i++) {
		const struct rule_note *n = vec_at(&views->rules.notes, i);

		if (n->keep && n->tag && n->from != n->tag)
			return true;
	}
	return false;
}

void rule_ids_noted(struct views *views)
{
	vec_clear(&views->rules.notes);
}
