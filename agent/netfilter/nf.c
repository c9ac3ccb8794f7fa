/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The facade of nf.h over the families and their legacy tables: snapshots. Questions are in
 * ipt_check.c, changes in ipt_edit.c. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "nf_priv.h"

int nf_open(const struct nf_options *opt, struct nf **out)
{
	int err = ipt_xt_start();
	struct nf *nf;

	if (err < 0)
		return err;
	nf = calloc(1, sizeof(*nf));
	if (!nf)
		return -ENOMEM;
	nf_set_options(nf, opt);
	*out = nf;
	return 0;
}

void nf_close(struct nf *nf)
{
	if (!nf)
		return;
	for (size_t i = 0; i < NF_TABLES_MAX; i++)
		free(nf->rooms[i].raw);
	text_fini(&nf->matches);
	free(nf->lock_file);
	free(nf);
}

void nf_set_options(struct nf *nf, const struct nf_options *opt)
{
	free(nf->lock_file);
	nf->lock_file = opt && opt->lock_file ? strdup(opt->lock_file) : NULL;
	nf->lock_wait_ms = opt ? opt->lock_wait_ms : 0;
}

struct reading {
	struct nf_snap *snap;
	uint64_t place; /* hash of the chain at work */
	struct ipt_memo memo;
};

static int snap_rule(void *arg, struct ipt_table *t, uint32_t chain, uint32_t position,
		     const void *e)
{
	struct ipt_chain *c = vec_at(&t->chains, chain);
	struct reading *rd = arg;
	struct nf_snap *snap = rd->snap;
	struct nf_entry *entry;
	struct markrule r;

	if (c->snap == UINT32_MAX) {
		struct nf_chain *nc = vec_push(&snap->chains);

		if (!nc)
			return -ENOMEM;
		c->snap = (uint32_t)snap->chains.n - 1;
		nc->family = t->ops->family;
		nc->table = t->name;
		nc->chain = c->name;
		rd->place = ipt_hash_place(t->ops, t->name, c->name);
	}
	entry = vec_push(&snap->entries);
	if (!entry)
		return -ENOMEM;
	entry->chain = c->snap;
	entry->position = position;
	entry->raw = e;
	entry->tag = ipt_entry_tag(t->ops, e);
	r.mask = 0;
	ipt_decode_target(t->ops, e, &r);
	entry->target = r.target;
	entry->mark = r.mark;
	entry->mask = r.mask;
	ipt_counters_get(t->ops, e, &entry->packets, &entry->bytes);
	entry->hash = ipt_hash_entry(t->ops, rd->place, e, &rd->memo);
	return 0;
}

static int snap_table(struct nf_snap *snap, struct ipt_table *t)
{
	struct reading rd = { .snap = snap };
	int err = ipt_table_scan(t, snap_rule, &rd);

	if (err == 0)
		err = ipt_reach(t);
	for (size_t i = 0; i < t->chains.n && err == 0; i++) {
		const struct ipt_chain *c = vec_at(&t->chains, i);
		struct nf_chain *nc;

		if (c->snap == UINT32_MAX)
			continue;
		nc = vec_at(&snap->chains, c->snap);
		nc->hooks = c->hooks;
		nc->rules = c->rules;
		nc->routing = (c->hooks & HOOK_PREROUTING) ||
			      ((c->hooks & HOOK_OUTPUT) && strcmp(t->name, "mangle") == 0);
	}
	return err;
}

/* What the table has of the meters; they are all in mangle. */
static int snap_meters(struct nf_snap *snap, const struct ipt_table *t)
{
	struct ipt_meters m;
	int err;

	if (strcmp(t->name, "mangle") != 0 || !ipt_table_chain(t, NF_METERS))
		return 0;
	err = ipt_meters_read(t, &m);
	for (size_t i = 0; i < m.found.n && err == 0; i++) {
		struct nf_meter *to = vec_push(&snap->meters);

		if (to)
			*to = *(const struct nf_meter *)vec_at(&m.found, i);
		else
			err = -ENOMEM;
	}
	for (size_t i = 0; ipt_families[i]; i++)
		if (ipt_families[i] == t->ops)
			snap->meters_odd[i] = !m.right;
	vec_fini(&m.found);
	return err;
}

static bool any_loaded(void)
{
	for (size_t i = 0; ipt_families[i]; i++)
		if (ipt_tables_loaded(ipt_families[i]))
			return true;
	return false;
}

/* @again: into the memory that is kept for it. */
static int table_read(struct nf *nf, const struct ipt_ops *ops, const char *name, bool again,
		      struct vec *tables)
{
	struct nf_room *room = &nf->rooms[tables->n % NF_TABLES_MAX];
	struct ipt_table *t = vec_push(tables);
	struct nf_room use = again ? *room : (struct nf_room){ NULL, 0 };

	if (!t)
		return -ENOMEM;
	if (again)
		*room = (struct nf_room){ NULL, 0 };
	return ipt_table_read_into(ops, name, t, use.raw, use.size);
}

static int tables_read(struct nf *nf, bool again, struct vec *tables, struct why *why)
{
	for (size_t i = 0; ipt_families[i]; i++) {
		const struct ipt_ops *ops = ipt_families[i];
		unsigned loaded = ipt_tables_loaded(ops);

		for (size_t j = 0; ipt_tables[j]; j++) {
			int err;

			if (!(loaded & 1u << j))
				continue;
			err = table_read(nf, ops, ipt_tables[j], again, tables);
			if (err < 0)
				return why_set(why, err == -EAGAIN ? -EBUSY : err, "%s -t %s: %s",
					       ops->program, ipt_tables[j], strerror(-err));
		}
	}
	return 0;
}

static int snap_new(struct nf_snap **out)
{
	struct nf_snap *snap = calloc(1, sizeof(*snap));
	struct snap_priv *priv = calloc(1, sizeof(*priv));

	if (!snap || !priv) {
		free(snap);
		free(priv);
		return -ENOMEM;
	}
	snap->chains = (struct vec)VEC_INIT(struct nf_chain);
	snap->entries = (struct vec)VEC_INIT(struct nf_entry);
	snap->meters = (struct vec)VEC_INIT(struct nf_meter);
	priv->tables = (struct vec)VEC_INIT(struct ipt_table);
	snap->priv = priv;
	*out = snap;
	return 0;
}

/* Is @now the same as @snap, but for counters? Then @snap has those, too. */
static bool tables_again(struct nf_snap *snap, const struct nf_snap *now, bool *counted)
{
	struct vec *old = &((struct snap_priv *)snap->priv)->tables;
	const struct vec *new = &((const struct snap_priv *)now->priv)->tables;

	if (old->n != new->n)
		return false;
	for (size_t i = 0; i < new->n; i++) {
		enum ipt_again again = ipt_table_again(vec_at(old, i), vec_at(new, i));

		if (again == IPT_OTHER)
			return false;
		*counted |= again == IPT_COUNTED;
	}
	return true;
}

/* The entries of a snapshot whose blobs have new counters. */
static int snap_count(struct nf_snap *snap)
{
	const struct vec *tables = &((struct snap_priv *)snap->priv)->tables;
	int err = 0;

	for (size_t i = 0; i < snap->entries.n; i++) {
		struct nf_entry *e = vec_at(&snap->entries, i);
		const struct nf_chain *c = vec_at(&snap->chains, e->chain);

		ipt_counters_get(ipt_ops_of(c->family), e->raw, &e->packets, &e->bytes);
	}
	vec_clear(&snap->meters);
	for (size_t i = 0; i < tables->n && err == 0; i++)
		err = snap_meters(snap, vec_at(tables, i));
	return err;
}

/* The memory of a snapshot that is not needed is for the next reading. */
static void rooms_keep(struct nf *nf, struct nf_snap *snap)
{
	const struct vec *tables = &((struct snap_priv *)snap->priv)->tables;

	for (size_t i = 0; i < tables->n && i < NF_TABLES_MAX; i++) {
		struct ipt_table *t = vec_at(tables, i);

		free(nf->rooms[i].raw);
		nf->rooms[i] = (struct nf_room){ t->raw, t->room };
		t->raw = NULL;
	}
}

int nf_read(struct nf *nf, struct nf_snap **out, struct why *why)
{
	return nf_read_again(nf, NULL, out, why);
}

int nf_read_again(struct nf *nf, struct nf_snap *old, struct nf_snap **out, struct why *why)
{
	bool counted = false;
	struct nf_snap *snap;
	struct snap_priv *priv;
	int err = snap_new(&snap), lock = -1;

	if (err < 0)
		return err;
	priv = snap->priv;
	/* Without tables there is nobody to wait for. */
	if (any_loaded()) {
		lock = nf_lock(nf->lock_file, nf->lock_wait_ms, why);
		if (lock < 0) {
			err = lock;
			goto out;
		}
	}
	snap->taken_ms = clock_ms();
	if (lock >= 0)
		err = tables_read(nf, old != NULL, &priv->tables, why);
	nf_unlock(lock);
	if (err == 0 && old && tables_again(old, snap, &counted)) {
		err = counted ? snap_count(old) : 0;
		old->taken_ms = snap->taken_ms;
		rooms_keep(nf, snap);
		nf_snap_free(snap);
		*out = old;
		return err;
	}
	for (size_t i = 0; i < priv->tables.n && err == 0; i++) {
		struct ipt_table *t = vec_at(&priv->tables, i);

		err = snap_table(snap, t);
		if (err == 0)
			err = snap_meters(snap, t);
		if (err < 0)
			why_set(why, err, "%s -t %s: %s", t->ops->program, t->name, strerror(-err));
	}
out:
	if (err < 0) {
		nf_snap_free(snap);
		return err;
	}
	*out = snap;
	return 0;
}

void nf_snap_free(struct nf_snap *snap)
{
	struct snap_priv *priv = snap ? snap->priv : NULL;

	if (!snap)
		return;
	for (size_t i = 0; i < priv->tables.n; i++)
		ipt_table_fini(vec_at(&priv->tables, i));
	vec_fini(&priv->tables);
	free(priv);
	vec_fini(&snap->chains);
	vec_fini(&snap->entries);
	vec_fini(&snap->meters);
	free(snap);
}

int nf_decode(struct nf *nf, const struct nf_snap *snap, const struct nf_entry *e,
	      struct markrule *out)
{
	const struct nf_chain *c = vec_at(&snap->chains, e->chain);
	const struct ipt_ops *ops = ipt_ops_of(c->family);

	markrule_init(out);
	memcpy(out->table, c->table, strnlen(c->table, sizeof(out->table) - 1) + 1);
	memcpy(out->chain, c->chain, strnlen(c->chain, sizeof(out->chain) - 1) + 1);
	out->position = e->position;
	out->hooks = c->hooks;
	out->routing = c->routing;
	return ipt_decode(ops, e->raw, out, &nf->matches);
}

int nf_text(struct nf *nf, const struct nf_snap *snap, const struct nf_entry *e, struct text *out)
{
	const struct nf_chain *c = vec_at(&snap->chains, e->chain);

	(void)nf;
	return ipt_text_rule(ipt_ops_of(c->family), c->chain, e->raw, out);
}
