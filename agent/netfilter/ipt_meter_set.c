/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Adds and removes meters, with one iptc_commit() for each family, or none where all is right.
 *
 * The chain NF_METERS of mangle holds one rule for each meter, without a target: the rule counts,
 * and the packet goes on. mangle POSTROUTING, which every packet that leaves the host passes, jumps
 * there once: last, so that the meters see the final mark; but before the first rule that can let
 * packets out of the chain early (ACCEPT, RETURN, a queue, a goto, a jump to where one of these is
 * reached), so that no packet passes uncounted. The meters do not see a mark that is set behind
 * such a rule.
 *
 * Without meters, chain and jump are removed, too. mangle is loaded only to add a meter.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ipt_priv.h"

#define TABLE "mangle"
#define CHAIN "POSTROUTING"

static const char no_tables[] = "this kernel has no legacy tables: there can be no meters; "
				"try \"modprobe -a ip_tables ip6_tables\"";

static bool has_tables(size_t family)
{
	return access(ipt_families[family]->names, F_OK) == 0;
}

/* Can the family have meters, as far as is known without asking the kernel for the table? */
static bool family_can(const struct ipt *ipt, size_t family)
{
	return has_tables(family) &&
	       (!ipt->no_mangle[family] || ipt_table_loaded(ipt_families[family], TABLE));
}

unsigned ipt_meter_families(void *self, struct why *why)
{
	unsigned n = 0;

	(void)self;
	for (size_t f = 0; ipt_families[f]; f++)
		n += has_tables(f);
	if (!n)
		why_set(why, 0, "%s", no_tables);
	return n;
}

bool ipt_meters_right(void *self, const struct nf_part *part, const struct nf_meter *wanted,
		      size_t n)
{
	const struct ipt_part *p = (const struct ipt_part *)part;

	for (size_t f = 0; ipt_families[f]; f++) {
		struct nf_meter key = { .family = ipt_families[f]->family };
		size_t from = vec_lower(&part->meters, &key, nf_meter_cmp), to = from;

		while (to < part->meters.n &&
		       ((struct nf_meter *)vec_at(&part->meters, to))->family == key.family)
			to++;
		if (!family_can(self, f))
			continue;
		if (p->meters_odd[f] || to - from != n)
			return false;
		for (size_t i = 0; i < n; i++) {
			const struct nf_meter *have = vec_at(&part->meters, from + i);

			if (have->value != wanted[i].value || have->mask != wanted[i].mask)
				return false;
		}
	}
	return true;
}

/* The meters that one family is to have, in order, and which of them are there. */
struct target {
	struct vec meters; /* struct nf_meter */
	struct vec there;  /* bool */
};

static void target_fini(struct target *t)
{
	vec_fini(&t->meters);
	vec_fini(&t->there);
}

static int target_make(struct target *t, const struct ipt_ops *ops, const struct nf_meter *wanted,
		       size_t n)
{
	t->meters = (struct vec)VEC_INIT(struct nf_meter);
	t->there = (struct vec)VEC_INIT(bool);
	for (size_t i = 0; i < n; i++) {
		struct nf_meter m = wanted[i], *slot;
		size_t at;

		if (m.family != AF_UNSPEC && m.family != ops->family)
			continue;
		m.family = ops->family;
		at = vec_lower(&t->meters, &m, nf_meter_cmp);
		if (at < t->meters.n && nf_meter_cmp(&m, vec_at(&t->meters, at)) == 0)
			continue;
		slot = vec_insert(&t->meters, at);
		if (!slot || !vec_push(&t->there))
			return -ENOMEM;
		*slot = m;
	}
	return 0;
}

static bool target_met(const struct target *t, const struct ipt_meters *have)
{
	if (!have->right || have->found.n != t->meters.n)
		return false;
	for (size_t i = 0; i < have->found.n; i++)
		if (nf_meter_cmp(vec_at(&have->found, i), vec_at(&t->meters, i)) != 0)
			return false;
	return true;
}

struct change {
	struct work work;
	size_t at; /* of mangle in work.tables */
	const struct ipt_meters *have;
	struct target *target;
};

static struct work_table *table_of(const struct change *c)
{
	return vec_at(&c->work.tables, c->at);
}

/* Is this rule to stay in the chain of the meters? */
static bool stays(const struct change *c, const void *e)
{
	const struct work_table *t = table_of(c);
	struct nf_meter m;
	size_t at;
	bool *there;

	if (*t->ops->target(e, t->h) || !ipt_meter_get(t->ops, e, &m))
		return false;
	at = vec_lower(&c->target->meters, &m, nf_meter_cmp);
	if (at == c->target->meters.n || nf_meter_cmp(&m, vec_at(&c->target->meters, at)) != 0)
		return false;
	there = vec_at(&c->target->there, at);
	if (*there)
		return false;
	return *there = true;
}

static bool is_no_jump(const struct change *c, const void *e)
{
	const struct work_table *t = table_of(c);

	return strcmp(t->ops->target(e, t->h), NF_METERS) != 0;
}

/* Removes rules of a chain for which @keep returns false, from the end, so that positions stay. */
static int sweep(struct change *c, const char *chain,
		 bool (*keep)(const struct change *c, const void *e))
{
	const struct work_table *t = table_of(c);
	struct vec out = VEC_INIT(uint32_t);
	uint32_t position = 0, *slot;
	int err = 0;

	for (const void *e = t->ops->first_rule(chain, t->h); e && err == 0;
	     e = t->ops->next_rule(e, t->h)) {
		position++;
		if (keep(c, e))
			continue;
		slot = vec_push(&out);
		if (slot)
			*slot = position;
		else
			err = -ENOMEM;
	}
	for (size_t i = out.n; i > 0 && err == 0; i--)
		err = work_remove(&c->work, c->at, chain, *(uint32_t *)vec_at(&out, i - 1));
	vec_fini(&out);
	return err;
}

static int insert(struct change *c, const char *chain, uint32_t position, const struct nf_meter *m)
{
	void *e = ipt_meter_entry(table_of(c)->ops, m);
	int err;

	if (!e)
		return -ENOMEM;
	err = work_insert(&c->work, c->at, chain, position, e);
	if (err == -ERANGE)
		err = work_insert(&c->work, c->at, chain, 0, e);
	free(e);
	return err;
}

static int chain_make(struct change *c, bool make)
{
	struct work_table *t = table_of(c);
	const char *verb = make ? "making" : "removing";
	int ok = make ? t->ops->create_chain(NF_METERS, t->h)
		      : t->ops->delete_chain(NF_METERS, t->h);

	if (ok) {
		t->dirty = true;
		return 0;
	}
	/* The chain may stay when somebody else's rule jumps there: empty, it does nothing. */
	if (!make && errno == EMLINK)
		return 0;
	return why_set(c->work.why, errno ? -errno : -EIO, "%s -t %s: %s chain %s: %s",
		       t->ops->program, t->name, verb, NF_METERS, t->ops->strerror(errno));
}

static int stage(struct change *c)
{
	struct work_table *t = table_of(c);
	bool some = c->target->meters.n > 0, is_chain = t->ops->is_chain(NF_METERS, t->h);
	int err = 0;

	if (is_chain)
		err = sweep(c, NF_METERS, stays);
	else if (some)
		err = chain_make(c, true);
	/* In order, so that an undo puts meters back where they stood. */
	for (size_t i = 0; i < c->target->meters.n && err == 0; i++)
		if (!*(bool *)vec_at(&c->target->there, i))
			err = insert(c, NF_METERS, (uint32_t)i + 1, vec_at(&c->target->meters, i));
	if (err == 0 && !(some && c->have->jump_right)) {
		err = sweep(c, CHAIN, is_no_jump);
		if (err == 0 && some)
			err = insert(c, CHAIN, c->have->place, NULL);
	}
	if (err == 0 && !some && is_chain)
		err = chain_make(c, false);
	return err;
}

static int family_read(const struct ipt_ops *ops, struct ipt_meters *have)
{
	struct ipt_table t;
	int err = ipt_table_read(ops, TABLE, &t);

	if (err == 0)
		err = ipt_table_scan(&t, NULL, NULL);
	if (err == 0)
		err = ipt_reach(&t);
	if (err == 0)
		err = ipt_meters_read(&t, have);
	ipt_table_fini(&t);
	return err;
}

/* A commit that failed may have done all the same what it was for: see ipt_did.c. */
static bool family_met(const struct ipt_ops *ops, const struct target *target)
{
	struct ipt_meters now = { .found = VEC_INIT(struct nf_meter) };
	bool met = family_read(ops, &now) == 0 && target_met(target, &now);

	vec_fini(&now.found);
	return met;
}

/* One try. @have: gets the meters that were there. Returns: as work_commit(). */
static int family_try(const struct ipt_ops *ops, struct target *target, struct ipt_meters *have,
		      struct why *why)
{
	struct change c = { .work = WORK_INIT(why), .have = have, .target = target };
	int err = family_read(ops, have), at;

	if (err < 0)
		return why_set(why, err == -EAGAIN ? -EBUSY : err, "%s -t %s: %s", ops->program,
			       TABLE, strerror(-err));
	if (target_met(target, have))
		return 0;
	at = work_open(&c.work, ops, TABLE);
	if (at < 0) {
		err = at;
	} else {
		c.at = (size_t)at;
		err = stage(&c);
	}
	if (err == 0)
		err = work_commit(&c.work, table_of(&c));
	if (err < 0 && err != -ESTALE && family_met(ops, target)) {
		err = 0;
		if (why)
			why->s[0] = '\0';
	}
	work_fini(&c.work);
	return err;
}

/* @was: the meters that were there are appended. */
static int family_set(const struct ipt_ops *ops, const struct nf_meter *wanted, size_t n,
		      struct vec *was, struct why *why)
{
	struct ipt_meters have = { .found = VEC_INIT(struct nf_meter) };
	struct target target;
	int err = target_make(&target, ops, wanted, n);

	if (err < 0 || (target.meters.n == 0 && !ipt_table_loaded(ops, TABLE)))
		goto out;
	err = -ESTALE;
	for (int tries = 0; err == -ESTALE && tries < IPT_STALE_TRIES; tries++) {
		vec_fini(&have.found);
		if (target.there.n)
			memset(target.there.data, 0, target.there.n * target.there.size);
		err = family_try(ops, &target, &have, why);
	}
	for (size_t i = 0; i < have.found.n && err == 0 && was; i++) {
		struct nf_meter *slot = vec_push(was);

		if (slot)
			*slot = *(struct nf_meter *)vec_at(&have.found, i);
	}
out:
	vec_fini(&have.found);
	target_fini(&target);
	return err == -ESTALE ? -EBUSY : err;
}

/* Puts back the meters of the first @n families. */
static int families_return(size_t n, const struct nf_meter *was, size_t meters, struct why *why)
{
	int err = 0;

	for (size_t f = n; f > 0; f--) {
		int e = family_set(ipt_families[f - 1], was, meters, NULL, why);

		err = e ? e : err;
	}
	return err;
}

/* The caller holds the lock. @able: counts the families that can have meters. */
static int families_set(struct ipt *ipt, const struct nf_meter *wanted, size_t n, struct vec *was,
			unsigned *able, struct why *why)
{
	size_t first = was->n;
	struct why undo = { "" };
	int err = 0;

	for (size_t f = 0; ipt_families[f] && err == 0; f++) {
		if (!has_tables(f))
			continue;
		err = family_set(ipt_families[f], wanted, n, was, why);
		ipt->no_mangle[f] = err == -ENOENT && !ipt_table_loaded(ipt_families[f], TABLE);
		if (ipt->no_mangle[f]) {
			err = 0;
			continue;
		}
		++*able;
		if (err < 0 && families_return(f, was->data ? vec_at(was, first) : NULL,
					       was->n - first, &undo))
			err = why_undo(why, &undo);
	}
	return err;
}

int ipt_meters_set(void *self, const struct nf_meter *wanted, size_t n, struct vec *was,
		   struct why *why)
{
	unsigned able = 0;
	bool work = false;
	int err;

	for (size_t f = 0; ipt_families[f]; f++)
		work |= has_tables(f) && (n || ipt_table_loaded(ipt_families[f], TABLE));
	if (work) {
		err = ipt_lock(self, why);
		if (err < 0)
			return err;
		err = families_set(self, wanted, n, was, &able, why);
		ipt_unlock(self);
		if (err < 0)
			return err;
	}
	return n && !able ? why_set(why, -EOPNOTSUPP, "%s", no_tables) : 0;
}
