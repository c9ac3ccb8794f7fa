/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables being changed: libiptc's fresh copies of them, an index of their mark rules, and changes
 * that are staged in memory until the commit. The caller holds the lock throughout. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "ipt_priv.h"

void work_fini(struct work *w)
{
	for (size_t i = 0; i < w->tables.n; i++) {
		struct work_table *t = vec_at(&w->tables, i);

		t->ops->free(t->h);
		vec_fini(&t->rules);
		vec_fini(&t->tags);
	}
	vec_fini(&w->tables);
}

int work_open(struct work *w, const struct ipt_ops *ops, const char *table)
{
	const char *name = ipt_table_known(table);
	struct work_table *t;
	struct xtc_handle *h;

	if (!name)
		return why_set(w->why, -ENOENT, "there is no table %s", table);
	for (size_t i = 0; i < w->tables.n; i++) {
		t = vec_at(&w->tables, i);
		if (t->ops == ops && t->name == name)
			return (int)i;
	}
	h = fault_here("netfilter: read") ? NULL : ops->init(name);
	if (!h) {
		int err = errno ? -errno : -EIO;

		return why_set(w->why, err == -EAGAIN ? -EIO : err, "%s -t %s: %s", ops->program,
			       name, ops->strerror(-err));
	}
	t = vec_push(&w->tables);
	if (!t) {
		ops->free(h);
		return -ENOMEM;
	}
	t->ops = ops;
	t->name = name;
	t->h = h;
	t->rules = (struct vec)VEC_INIT(struct work_rule);
	t->tags = (struct vec)VEC_INIT(uint32_t);
	return (int)w->tables.n - 1;
}

static int index_rule(struct work_table *t, const char *chain, const void *e)
{
	struct work_rule *r = vec_push(&t->rules);

	if (!r)
		return -ENOMEM;
	r->e = e;
	memcpy(r->chain, chain, strnlen(chain, sizeof(r->chain) - 1));
	r->tag = ipt_entry_tag(t->ops, e);
	return 0;
}

static int table_index(struct work_table *t)
{
	const struct ipt_ops *ops = t->ops;
	int err = 0;

	if (t->indexed)
		return 0;
	for (const char *chain = ops->first_chain(t->h); chain; chain = ops->next_chain(t->h)) {
		const void *e = ops->first_rule(chain, t->h);

		for (; e && err == 0; e = ops->next_rule(e, t->h))
			if (ipt_is_mark(ipt_target(ops, e)))
				err = index_rule(t, chain, e);
	}
	if (err < 0)
		return err;
	t->indexed = true;
	return 0;
}

static uint64_t hash_of(const struct work_table *t, struct work_rule *r, struct ipt_memo *memo)
{
	if (!r->hashed)
		r->hash = ipt_hash_entry(t->ops, ipt_hash_place(t->ops, t->name, r->chain), r->e,
					 memo);
	r->hashed = true;
	return r->hash;
}

void work_gone(struct work_table *t, struct work_rule *rule)
{
	struct ipt_memo memo = { { 0 }, { 0 } };

	hash_of(t, rule, &memo);
	rule->e = NULL;
}

static struct work_rule *table_find(struct work_table *t, uint32_t tag, uint64_t hash,
				    uint32_t ordinal)
{
	struct ipt_memo memo = { { 0 }, { 0 } };

	for (size_t i = 0; i < t->rules.n; i++) {
		struct work_rule *r = vec_at(&t->rules, i);

		if (tag) {
			if (r->tag == tag && r->e && (!hash || hash_of(t, r, &memo) == hash))
				return r;
			continue;
		}
		/* The ordinal counts removed rules, too: it is from before the commit, and an
		 * earlier edit may have removed an equal rule. */
		if (hash_of(t, r, &memo) == hash && ordinal-- == 0)
			return r->e ? r : NULL;
	}
	return NULL;
}

static int find_in(struct work *w, const struct ipt_ops *ops, const char *table, uint32_t tag,
		   uint64_t hash, uint32_t ordinal, size_t *at, struct work_rule **rule)
{
	int found = work_open(w, ops, table), err;

	if (found < 0)
		return found;
	err = table_index(vec_at(&w->tables, (size_t)found));
	if (err < 0)
		return err;
	*at = (size_t)found;
	*rule = table_find(vec_at(&w->tables, *at), tag, hash, ordinal);
	return *rule != NULL;
}

/* The hash covers family and table, so equals are never in two tables. */
int work_find(struct work *w, const struct ipt_ops *ops, const char *table, uint32_t tag,
	      uint64_t hash, uint32_t ordinal, size_t *at, struct work_rule **rule)
{
	int found = 0;

	if (ops && table && ipt_table_loaded(ops, table))
		found = find_in(w, ops, table, tag, hash, ordinal, at, rule);
	for (size_t i = 0; ipt_families[i] && found == 0; i++) {
		unsigned loaded = ipt_tables_loaded(ipt_families[i]);

		for (size_t j = 0; nf_tables[j] && found == 0; j++)
			if (loaded & 1u << j)
				found = find_in(w, ipt_families[i], nf_tables[j], tag, hash,
						ordinal, at, rule);
	}
	return found;
}

int work_find_at(struct work *w, size_t at, uint64_t hash, uint32_t position,
		 struct work_rule **rule)
{
	struct work_table *t = vec_at(&w->tables, at);
	struct ipt_memo memo = { { 0 }, { 0 } };
	int err = table_index(t);

	*rule = NULL;
	for (size_t i = 0; i < t->rules.n && err == 0; i++) {
		struct work_rule *r = vec_at(&t->rules, i);

		if (!r->e || hash_of(t, r, &memo) != hash)
			continue;
		*rule = r;
		if (work_position(t, r->chain, r->e) == position)
			break;
	}
	return err;
}

/* Finds the tags alone: the whole index takes too long for a SET that only adds rules. */
static int tags_find(struct work_table *t)
{
	const struct ipt_ops *ops = t->ops;

	for (const char *chain = ops->first_chain(t->h); chain; chain = ops->next_chain(t->h)) {
		const void *e = ops->first_rule(chain, t->h);

		for (; e; e = ops->next_rule(e, t->h)) {
			uint32_t tag = ipt_entry_tag(ops, e), *slot;

			if (!tag || !ipt_is_mark(ipt_target(ops, e)))
				continue;
			slot = vec_push(&t->tags);
			if (!slot)
				return -ENOMEM;
			*slot = tag;
		}
	}
	t->tags_known = true;
	return 0;
}

int work_tagged(struct work *w, size_t at, uint32_t tag)
{
	struct work_table *t = vec_at(&w->tables, at);
	int err = t->tags_known ? 0 : tags_find(t);

	for (size_t i = 0; i < t->tags.n && err == 0; i++)
		err = *(uint32_t *)vec_at(&t->tags, i) == tag;
	return err;
}

uint32_t work_position(const struct work_table *t, const char *chain, const void *e)
{
	const struct ipt_ops *ops = t->ops;
	uint32_t position = 0;

	for (const void *at = ops->first_rule(chain, t->h); at; at = ops->next_rule(at, t->h)) {
		position++;
		if (at == e)
			return position;
	}
	return 0;
}

/* Puts the errno of libiptc into words: TC_STRERROR() does not have them for every call. */
static int staged(struct work *w, struct work_table *t, const char *chain, uint32_t position,
		  int ok)
{
	int err = -errno;

	if (ok) {
		t->dirty = true;
		return 0;
	}
	if (err == -E2BIG)
		return why_set(w->why, -ERANGE, "Position: %s has no place %u", chain, position);
	if (err == -ENOENT)
		return why_set(w->why, err, "Chain: there is no %s in table %s of %s", chain,
			       t->name, t->ops->program);
	return why_set(w->why, err, "%s -t %s: %s: %s", t->ops->program, t->name, chain,
		       strerror(-err));
}

/* A rule that was put in can be the subject of the next edit. */
static int index_staged(struct work_table *t, const char *chain, uint32_t position)
{
	const struct ipt_ops *ops = t->ops;
	const void *e, *at;

	if (!t->indexed)
		return 0;
	e = at = ops->first_rule(chain, t->h);
	for (uint32_t i = 1; at && i != position; i++) {
		at = ops->next_rule(at, t->h);
		e = at ? at : e;
	}
	if (!e || !ipt_is_mark(ipt_target(ops, e)))
		return 0;
	return index_rule(t, chain, e);
}

int work_insert(struct work *w, size_t at, const char *chain, uint32_t position, const void *e)
{
	struct work_table *t = vec_at(&w->tables, at);
	int ok, err;

	if (position > 0)
		ok = t->ops->insert(chain, e, position - 1, t->h);
	else
		ok = t->ops->append(chain, e, t->h);
	err = staged(w, t, chain, position, ok);
	return err < 0 ? err : index_staged(t, chain, position);
}

int work_replace(struct work *w, size_t at, const char *chain, uint32_t position, const void *e)
{
	struct work_table *t = vec_at(&w->tables, at);
	int ok = t->ops->replace(chain, e, position - 1, t->h);
	int err = staged(w, t, chain, position, ok);

	return err < 0 ? err : index_staged(t, chain, position);
}

int work_remove(struct work *w, size_t at, const char *chain, uint32_t position)
{
	struct work_table *t = vec_at(&w->tables, at);

	return staged(w, t, chain, position, t->ops->remove(chain, position - 1, t->h));
}

int work_commit(struct work *w, struct work_table *t)
{
	int err;

	if (!t->dirty)
		return 0;
	if (!fault_here("netfilter: commit") && t->ops->commit(t->h)) {
		t->committed = true;
		return 0;
	}
	/* The number of entries is not the one that was read: somebody works without the lock. */
	if (errno == EAGAIN)
		return why_set(w->why, -ESTALE,
			       "%s -t %s: somebody goes on changing it without the lock",
			       t->ops->program, t->name);
	err = errno ? -errno : -EIO;
	return why_set(w->why, err, "%s -t %s: the kernel refuses: %s", t->ops->program, t->name,
		       strerror(-err));
}
