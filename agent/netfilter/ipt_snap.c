/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the legacy tables that are loaded, under the lock: those that the kernel lists in
 * /proc/net/ip_tables_names and ip6_tables_names. To ask for another one would load it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "ipt_priv.h"

struct reading {
	struct nf_part *part;
	uint64_t place; /* hash of the chain at work */
	struct ipt_memo memo;
};

static int snap_rule(void *arg, struct ipt_table *t, uint32_t chain, uint32_t position,
		     const void *e)
{
	struct ipt_chain *c = vec_at(&t->chains, chain);
	struct reading *rd = arg;
	struct nf_part *part = rd->part;
	struct nf_entry *entry;
	struct markrule r;

	if (c->snap == UINT32_MAX) {
		struct nf_chain *nc = vec_push(&part->chains);

		if (!nc)
			return -ENOMEM;
		c->snap = (uint32_t)part->chains.n - 1;
		nc->family = t->ops->family;
		nc->table = t->name;
		nc->chain = c->name;
		rd->place = ipt_hash_place(t->ops, t->name, c->name);
	}
	entry = vec_push(&part->entries);
	if (!entry)
		return -ENOMEM;
	entry->chain = c->snap;
	entry->position = position;
	entry->backend = BACKEND_LEGACY;
	entry->counted = true;
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

static int snap_table(struct nf_part *part, struct ipt_table *t)
{
	struct reading rd = { .part = part };
	int err = ipt_table_scan(t, snap_rule, &rd);

	if (err == 0)
		err = ipt_reach(t);
	for (size_t i = 0; i < t->chains.n && err == 0; i++) {
		const struct ipt_chain *c = vec_at(&t->chains, i);
		struct nf_chain *nc;

		if (c->snap == UINT32_MAX)
			continue;
		nc = vec_at(&part->chains, c->snap);
		nc->hooks = c->hooks;
		nc->rules = c->rules;
		nc->routing = (c->hooks & HOOK_PREROUTING) ||
			      ((c->hooks & HOOK_OUTPUT) && strcmp(t->name, "mangle") == 0);
	}
	return err;
}

/* Reads the meters of a table; only mangle has any. */
static int snap_meters(struct ipt_part *p, const struct ipt_table *t)
{
	struct ipt_meters m;
	int err;

	if (strcmp(t->name, "mangle") != 0 || !ipt_table_chain(t, NF_METERS))
		return 0;
	err = ipt_meters_read(t, &m);
	for (size_t i = 0; i < m.found.n && err == 0; i++) {
		struct nf_meter *to = vec_push(&p->part.meters);

		if (to)
			*to = *(const struct nf_meter *)vec_at(&m.found, i);
		else
			err = -ENOMEM;
	}
	for (size_t i = 0; ipt_families[i]; i++)
		if (ipt_families[i] == t->ops)
			p->meters_odd[i] = !m.right;
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

/* @again: read into the memory that was kept for this table (rooms_keep()). */
static int table_read(struct ipt *ipt, const struct ipt_ops *ops, const char *name, bool again,
		      struct vec *tables)
{
	struct ipt_room *room = &ipt->rooms[tables->n % IPT_TABLES_MAX];
	struct ipt_table *t = vec_push(tables);
	struct ipt_room use = again ? *room : (struct ipt_room){ NULL, 0 };

	if (!t)
		return -ENOMEM;
	if (again)
		*room = (struct ipt_room){ NULL, 0 };
	return ipt_table_read_into(ops, name, t, use.raw, use.size);
}

static int tables_read(struct ipt *ipt, bool again, struct vec *tables, struct why *why)
{
	for (size_t i = 0; ipt_families[i]; i++) {
		const struct ipt_ops *ops = ipt_families[i];
		unsigned loaded = ipt_tables_loaded(ops);

		for (size_t j = 0; nf_tables[j]; j++) {
			int err;

			if (!(loaded & 1u << j))
				continue;
			err = table_read(ipt, ops, nf_tables[j], again, tables);
			if (err < 0)
				return why_set(why, err == -EAGAIN ? -EBUSY : err, "%s -t %s: %s",
					       ops->program, nf_tables[j], strerror(-err));
		}
	}
	return 0;
}

/* How does @now compare with @was, in the table that differs most? */
static enum ipt_again tables_again(const struct ipt_part *was, const struct ipt_part *now)
{
	enum ipt_again again = IPT_SAME;

	if (was->tables.n != now->tables.n)
		return IPT_OTHER;
	for (size_t i = 0; i < now->tables.n; i++) {
		enum ipt_again one =
			ipt_table_again(vec_at(&was->tables, i), vec_at(&now->tables, i));

		if (one == IPT_OTHER)
			return IPT_OTHER;
		again = one > again ? one : again;
	}
	return again;
}

/* Takes over the counters and the time of @now, which is the same but for these (@again). */
static int part_count(struct ipt_part *p, const struct ipt_part *now, enum ipt_again again)
{
	int err = 0;

	p->part.taken_us = now->part.taken_us;
	p->part.counted = again != IPT_SAME;
	if (!p->part.counted)
		return 0;
	for (size_t i = 0; i < p->tables.n; i++)
		ipt_table_count(vec_at(&p->tables, i), vec_at(&now->tables, i));
	for (size_t i = 0; i < p->part.entries.n; i++) {
		struct nf_entry *e = vec_at(&p->part.entries, i);
		const struct nf_chain *c = vec_at(&p->part.chains, e->chain);

		ipt_counters_get(ipt_ops_of(c->family), e->raw, &e->packets, &e->bytes);
	}
	vec_clear(&p->part.meters);
	for (size_t i = 0; i < p->tables.n && err == 0; i++)
		err = snap_meters(p, vec_at(&p->tables, i));
	return err;
}

/* Keeps the memory of a reading that is not needed, for the next reading. */
static void rooms_keep(struct ipt *ipt, struct ipt_part *p)
{
	for (size_t i = 0; i < p->tables.n && i < IPT_TABLES_MAX; i++) {
		struct ipt_table *t = vec_at(&p->tables, i);

		free(ipt->rooms[i].raw);
		ipt->rooms[i] = (struct ipt_room){ t->raw, t->room };
		t->raw = NULL;
	}
}

/* An iptables without -w gives up when it finds the lock taken. So who does not wait for others keeps
 * none of them out either: nobody has the lock, and nobody comes while the tables are read. */
static int read_between(struct ipt *ipt, struct ipt_part *p, bool again, struct why *why)
{
	uint64_t notices = ipt_notice_count(ipt);
	int err = ipt_lock(ipt, why);

	if (err < 0)
		return err;
	ipt_unlock(ipt);
	err = tables_read(ipt, again, &p->tables, why);
	if (err == 0 && ipt_notice_count(ipt) != notices)
		err = why_set(why, -EAGAIN, "somebody changes netfilter");
	return err;
}

static int read_locked(struct ipt *ipt, struct ipt_part *p, bool again, struct why *why)
{
	int err = ipt_lock(ipt, why);

	if (err < 0)
		return err;
	p->part.taken_us = clock_us();
	err = tables_read(ipt, again, &p->tables, why);
	ipt_unlock(ipt);
	return err;
}

/* @again: see table_read(). */
static int part_fill(struct ipt *ipt, struct ipt_part *p, bool again, struct why *why)
{
	p->part.taken_us = clock_us();
	/* Without tables, there is nothing to lock. */
	if (!any_loaded())
		return 0;
	return ipt->opt->wait_ms == 0 && ipt_watches(ipt) ? read_between(ipt, p, again, why)
							  : read_locked(ipt, p, again, why);
}

static int part_scan(struct ipt_part *p, struct why *why)
{
	int err = 0;

	for (size_t i = 0; i < p->tables.n && err == 0; i++) {
		struct ipt_table *t = vec_at(&p->tables, i);

		err = snap_table(&p->part, t);
		if (err == 0)
			err = snap_meters(p, t);
		if (err < 0)
			why_set(why, err, "%s -t %s: %s", t->ops->program, t->name, strerror(-err));
	}
	return err;
}

static void part_fini(struct ipt_part *p)
{
	for (size_t i = 0; i < p->tables.n; i++)
		ipt_table_fini(vec_at(&p->tables, i));
	vec_fini(&p->tables);
	nf_part_fini(&p->part);
}

int ipt_read(void *self, struct nf_part *was, struct nf_part **now, struct why *why)
{
	struct ipt_part *old = (struct ipt_part *)was, *p = calloc(1, sizeof(*p));
	enum ipt_again again;
	int err;

	if (!p)
		return -ENOMEM;
	nf_part_init(&p->part);
	p->tables = (struct vec)VEC_INIT(struct ipt_table);
	err = part_fill(self, p, old != NULL, why);
	again = err == 0 && old ? tables_again(old, p) : IPT_OTHER;
	if (again != IPT_OTHER) {
		err = part_count(old, p, again);
		rooms_keep(self, p);
		ipt_part_free(&p->part);
		*now = was;
		return err;
	}
	if (err == 0)
		err = part_scan(p, why);
	if (err < 0)
		ipt_part_free(&p->part);
	else
		*now = &p->part;
	return err;
}

/* Somebody may be in the middle of a change, which zeroes counters for a moment; then they are not
 * taken over. */
int ipt_recount(void *self, struct nf_part *part)
{
	struct ipt_part *old = (struct ipt_part *)part, now = { .part.taken_us = clock_us() };
	enum ipt_again again;
	struct why why;
	int err;

	nf_part_init(&now.part);
	now.tables = (struct vec)VEC_INIT(struct ipt_table);
	err = tables_read(self, true, &now.tables, &why);
	again = err == 0 ? tables_again(old, &now) : IPT_OTHER;
	if (again == IPT_SAME || again == IPT_COUNTED)
		err = part_count(old, &now, again);
	else if (err == 0)
		err = -EAGAIN;
	if (err == 0)
		rooms_keep(self, &now);
	part_fini(&now);
	return err;
}

void ipt_part_free(struct nf_part *part)
{
	struct ipt_part *p = (struct ipt_part *)part;

	part_fini(p);
	free(p);
}
