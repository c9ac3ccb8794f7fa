/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The view of the policies: a dump of both families whenever an event says that one changed. */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/log.h"
#include "model/index_rows.h"
#include "routing/policy_nl.h"
#include "views/scalars.h"
#include "views/views.h"

void policies_init(struct views *views)
{
	struct policies *v = &views->policies;

	v->kernel = (struct vec)VEC_INIT(struct policy);
	v->rows = (struct vec)VEC_INIT(struct policy_row);
	v->stale = true;
	v->laid_version = UINT64_MAX;
	v->next_index = index_rows_start();
}

void policies_fini(struct views *views)
{
	struct policies *v = &views->policies;

	vec_fini(&v->kernel);
	vec_fini(&v->rows);
}

/* Returns: the wanted row that asks for this policy of the kernel, or NULL. */
static struct wanted_row *asking_for(const struct wanted *all, const struct policy *p)
{
	for (size_t i = 0; i < all->rows.n; i++) {
		struct wanted_row *slot = vec_at(&all->rows, i);
		const struct policy *m = slot->row;

		if (m->status == ROW_ACTIVE && policy_same(m, p))
			return slot;
	}
	return NULL;
}

void policies_on_rule(struct views *views, const struct nlmsghdr *nlh)
{
	bool gone = nlh->nlmsg_type == RTM_DELRULE;
	struct wanted_row *slot;
	struct policy p;

	views->policies.stale = true;
	views->policies.event_ms = clock_ms();
	if (rtnl_caused(views->rtnl, nlh) || policy_nl_decode(nlh, &p))
		return;
	slot = asking_for(&views->store->wanted[POLICY_ROWS], &p);
	if (slot)
		store_withdraw(views->store, slot, gone);
}

struct reading {
	struct vec *kernel;
	size_t start; /* where the policies of this family begin */
};

static int take_one(const struct policy *p, void *arg)
{
	struct reading *r = arg;
	struct policy *slot = vec_push(r->kernel);

	if (!slot)
		return -ENOMEM;
	*slot = *p;
	return 0;
}

static void start_over(void *arg)
{
	struct reading *r = arg;

	r->kernel->n = r->start;
}

/* A wanted row, by what the kernel is to hold for it. */
struct wanted_hash {
	uint64_t hash;
	uint32_t at; /* in the wanted rows */
	bool taken;  /* a policy of the kernel is this row's */
};

static int hash_cmp(const void *a, const void *b)
{
	const struct wanted_hash *x = a, *y = b;

	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

static int hash_wanted(const struct wanted *all, struct vec *out)
{
	for (size_t i = 0; i < all->rows.n; i++) {
		struct wanted_hash *h = vec_push(out);

		if (!h)
			return -ENOMEM;
		*h = (struct wanted_hash){ .hash = policy_hash(wanted_at(all, i)),
					   .at = (uint32_t)i };
	}
	vec_sort(out, hash_cmp);
	return 0;
}

/* Returns: the wanted row of a policy of the kernel, or NULL. No row is found twice. */
static struct policy *match(const struct wanted *all, struct vec *hashes, uint64_t hash,
			    const struct policy *p)
{
	size_t i = vec_lower(hashes, &(struct wanted_hash){ .hash = hash }, hash_cmp);

	for (; i < hashes->n; i++) {
		struct wanted_hash *h = vec_at(hashes, i);
		struct policy *m = wanted_at(all, h->at);

		if (h->hash != hash)
			break;
		if (h->taken || m->status != ROW_ACTIVE || !policy_same(m, p))
			continue;
		h->taken = true;
		return m;
	}
	return NULL;
}

/* Appends a row. */
static int row_add(struct vec *rows, uint32_t index, uint32_t entry)
{
	struct policy_row *row = index ? vec_push(rows) : NULL;

	if (!row)
		return -ENOMEM;
	*row = (struct policy_row){ index, entry };
	return 0;
}

static int build_rows(struct views *views)
{
	struct policies *v = &views->policies;
	const struct wanted *all = &views->store->wanted[POLICY_ROWS];
	struct idmap *ids = &views->store->policy_ids;
	struct vec hashes = VEC_INIT(struct wanted_hash);
	int err = hash_wanted(all, &hashes);

	vec_clear(&v->rows);
	idmap_round(ids);
	for (size_t i = 0; !err && i < v->kernel.n; i++) {
		const struct policy *p = vec_at(&v->kernel, i);
		uint64_t hash = policy_hash(p);
		const struct policy *m = match(all, &hashes, hash, p);
		const struct idmap_entry *id = m ? NULL : idmap_claim(ids, hash);

		err = row_add(&v->rows, m ? m->index : id ? id->index : 0, (uint32_t)i);
	}
	for (size_t i = 0; !err && i < hashes.n; i++) {
		const struct wanted_hash *h = vec_at(&hashes, i);
		const struct policy *m = wanted_at(all, h->at);

		err = h->taken ? 0 : row_add(&v->rows, m->index, ROW_ABSENT);
	}
	vec_fini(&hashes);
	index_rows_sort(&v->rows);
	idmap_prune(ids, v->kernel.n);
	return err;
}

static bool same_policies(const struct vec *x, const struct vec *y)
{
	bool same = x->n == y->n;

	for (size_t i = 0; same && i < x->n; i++)
		same = policy_same(vec_at(x, i), vec_at(y, i));
	return same;
}

const struct policy *policies_equal(const struct views *views, const struct policy *p)
{
	const struct vec *all = &views->policies.kernel;

	for (size_t i = policies_lower(all, p->family, p->priority); i < all->n; i++) {
		const struct policy *have = vec_at(all, i);

		if (have->family != p->family || have->priority != p->priority)
			break;
		if (policy_same(have, p))
			return have;
	}
	return NULL;
}

/* Sets the time of the last change: of a SET, or of the event when somebody else made the
 * change. */
static void changed(struct views *views, bool differs)
{
	uint64_t changed_ms = views->store->wanted[POLICY_ROWS].changed_ms;
	struct policies *v = &views->policies;

	if (changed_ms > v->last_change)
		v->last_change = changed_ms;
	else if (differs)
		v->last_change = v->event_ms > v->last_change ? v->event_ms : clock_ms();
}

/* The policies cannot be read: lays what managers have over those that were read last. Nobody has
 * looked at what SETs have done since. */
static void lay_over(struct views *views)
{
	const struct wanted *all = &views->store->wanted[POLICY_ROWS];
	struct policies *v = &views->policies;

	if (v->laid_version == views->store->version)
		return;
	v->laid_version = views->store->version;
	for (size_t i = 0; i < all->rows.n; i++) {
		const struct policy *m = wanted_at(all, i);
		const struct policy_row *had = index_rows_find(&v->rows, m->index);
		struct policy_row *row;

		if (had && had->entry < ROW_UNREAD && m->status == ROW_ACTIVE &&
		    policy_same(m, vec_at(&v->kernel, had->entry)))
			continue;
		row = index_rows_put(&v->rows, m->index);
		if (row)
			row->entry = ROW_UNREAD;
	}
}

void policies_sync(struct views *views)
{
	static const int families[] = { AF_INET, AF_INET6 };
	struct policies *v = &views->policies;
	struct vec kernel = VEC_INIT(struct policy);
	int err = 0;

	live_sync(views);
	/* Nor is a reading that failed tried again for each varbind. */
	if (!v->stale || (v->err && v->failed_pdu == views->pdus))
		return;
	v->stale = false;
	for (size_t i = 0; i < 2 && !err; i++) {
		struct reading r = { &kernel, kernel.n };

		err = policy_nl_dump(views->rtnl, families[i], take_one, start_over, &r);
		/* A kernel without IPv6, or without policy routing for it, has no such policies. */
		if (err == -EAFNOSUPPORT || err == -EOPNOTSUPP)
			err = 0;
	}
	if (err) {
		v->stale = true;
		if (!v->err)
			log_err("reading policies: %s", strerror(-err));
		v->err = err;
		v->failed_pdu = views->pdus;
		vec_fini(&kernel);
		lay_over(views);
		return;
	}
	v->err = 0;
	changed(views, v->version && !same_policies(&kernel, &v->kernel));
	vec_fini(&v->kernel);
	v->kernel = kernel;
	v->version++;
	err = build_rows(views);
	if (err)
		log_err("indices of policies: %s", strerror(-err));
	if (views->store->policy_ids.dirty)
		views->store->dirty = true;
}

int policies_sure(struct views *views, struct why *why)
{
	policies_sync(views);
	if (!views->policies.err)
		return 0;
	return why_set(why, -EAGAIN, "the kernel's policies cannot be read: %s",
		       strerror(-views->policies.err));
}

uint32_t policies_ordinal(const struct views *views, uint32_t index)
{
	const struct policies *v = &views->policies;
	const struct policy_row *row = index_rows_find(&v->rows, index), *other;
	const struct policy *p;
	uint32_t ordinal = 0;

	if (!row || row->entry >= ROW_UNREAD)
		return 0;
	p = vec_at(&v->kernel, row->entry);
	for (size_t i = index_rows_above(&v->rows, &(uint32_t){ ROW_MANAGER_MAX }, 1);
	     i < v->rows.n; i++) {
		other = vec_at(&v->rows, i);
		ordinal += other->entry < row->entry &&
			   policy_same(vec_at(&v->kernel, other->entry), p);
	}
	return ordinal;
}

static void present(struct policy *p)
{
	if (!p->src.family)
		p->src.family = p->family;
	if (!p->dst.family)
		p->dst.family = p->family;
}

static const void *fill(struct views *views, const struct policy_row *row)
{
	struct policies *v = &views->policies;
	struct policy key = { .index = row->index };
	const struct policy *m = wanted_find(&views->store->wanted[POLICY_ROWS], &key);
	struct policy *out = &v->row;

	if (row->entry >= ROW_UNREAD) {
		if (!m)
			return NULL;
		*out = *m;
		if (row->entry == ROW_ABSENT && out->status == ROW_ACTIVE)
			out->status = ROW_NOT_IN_SERVICE;
	} else {
		*out = *(struct policy *)vec_at(&v->kernel, row->entry);
		out->origin = ORIGIN_FOREIGN;
		out->storage = access_storage(views->access);
		out->given = UINT64_MAX;
		out->status = ROW_ACTIVE;
		if (m) {
			out->origin = m->origin;
			out->storage = m->storage;
			out->given = m->given;
			memcpy(out->description, m->description, sizeof(out->description));
		}
	}
	out->index = row->index;
	present(out);
	return out;
}

static const void *find(void *ctx, const uint32_t *idx, size_t n)
{
	struct views *views = ctx;
	const struct policy_row *row;

	policies_sync(views);
	row = index_rows_find(&views->policies.rows, index_one(idx, n));
	return row ? fill(views, row) : NULL;
}

static const void *next(void *ctx, const uint32_t *idx, size_t n, struct mib_oid *at)
{
	struct views *views = ctx;
	const struct vec *rows = &views->policies.rows;

	policies_sync(views);
	for (size_t i = index_rows_above(rows, idx, n); i < rows->n; i++) {
		const struct policy_row *row = vec_at(rows, i);
		const void *out = fill(views, row);

		if (!out)
			continue;
		at->n = 0;
		mib_oid_add(at, row->index);
		return out;
	}
	return NULL;
}

/* The kernel has nothing of a row that is not active. */
static int sure(void *ctx, const uint32_t *idx, size_t n, struct why *why)
{
	struct views *views = ctx;
	const struct policy *m = wanted_find(&views->store->wanted[POLICY_ROWS],
					     &(struct policy){ .index = index_one(idx, n) });

	return m && m->status != ROW_ACTIVE ? 0 : policies_sure(views, why);
}

static void text(void *ctx, const void *row, unsigned col, struct text *out)
{
	struct views *views = ctx;

	(void)col;
	policy_text(row, &views->names, out);
}

static bool writable(void *ctx, const void *row, struct why *why)
{
	return access_writable(((struct views *)ctx)->access, ((const struct policy *)row)->origin,
			       "policy", why);
}

static bool init(void *ctx, const uint32_t *idx, size_t n, void *row, struct why *why)
{
	struct views *views = ctx;
	struct policy *p = row;
	uint32_t index = index_rows_new(idx, n, why);

	if (!index)
		return false;
	policy_init(p);
	p->index = index;
	p->origin = ORIGIN_MANAGER;
	p->route_protocol = (uint8_t)views->store->protocol;
	present(p);
	return true;
}

const struct mib_source policies_source = {
	.find = find,
	.next = next,
	.text = text,
	.sure = sure,
	.writable = writable,
	.init = init,
	.settle = policy_row_settle,
	.check = policy_row_check,
};

static const void *scalars_row(struct views *views)
{
	policies_sync(views);
	views->scalars = (struct mib_scalars_row){
		.next_index = index_rows_free(&views->policies.rows, &views->policies.next_index),
		.count = (uint32_t)views->policies.rows.n,
		.last_change = views->policies.last_change,
	};
	return &views->scalars;
}

SCALARS(scalars, scalars_row)

const struct mib_source policies_scalars_source = { .find = scalars_find, .next = scalars_next };
