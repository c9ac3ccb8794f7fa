/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The face of netfilter: what nf.h promises, from whichever backends there are. Changes are in
 * nf_commit.c. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "nf_priv.h"

static const struct nf_backend *const backends[] = { &ipt_backend };

int nf_open(const struct nf_options *opt, struct nf **out)
{
	return nf_open_with(backends, sizeof(backends) / sizeof(*backends), opt, out);
}

/* Watches the descriptor of a side, if it has one. Without it all works, later. */
static void watch(struct nf *nf, const struct nf_side *side)
{
	int fd = side->ops->watch_fd ? side->ops->watch_fd(side->self) : -1;
	struct epoll_event ev = { .events = EPOLLIN };

	if (fd < 0)
		return;
	if (nf->watch_fd < 0)
		nf->watch_fd = epoll_create1(EPOLL_CLOEXEC);
	if (nf->watch_fd >= 0)
		epoll_ctl(nf->watch_fd, EPOLL_CTL_ADD, fd, &ev);
}

int nf_watch_fd(const struct nf *nf)
{
	return nf->watch_fd;
}

unsigned nf_notices(struct nf *nf)
{
	unsigned notices = 0;

	for (size_t i = 0; i < nf->n; i++)
		if (nf->sides[i].ops->notices)
			notices |= nf->sides[i].ops->notices(nf->sides[i].self);
	return notices;
}

int nf_open_with(const struct nf_backend *const *all, size_t n, const struct nf_options *opt,
		 struct nf **out)
{
	struct nf *nf = calloc(1, sizeof(*nf));
	int err = 0;

	if (!nf)
		return -ENOMEM;
	nf->watch_fd = -1;
	nf_set_options(nf, opt);
	for (size_t i = 0; i < n && err == 0; i++) {
		struct nf_side *side = &nf->sides[i];

		side->ops = all[i];
		err = side->ops->open(&nf->opt, &side->self);
		if (err < 0)
			break;
		nf->n++;
		watch(nf, side);
	}
	if (err < 0) {
		nf_close(nf);
		return err;
	}
	*out = nf;
	return 0;
}

void nf_close(struct nf *nf)
{
	if (!nf)
		return;
	for (size_t i = 0; i < nf->n; i++)
		nf->sides[i].ops->close(nf->sides[i].self);
	if (nf->watch_fd >= 0)
		close(nf->watch_fd);
	free(nf->lock_file);
	free(nf);
}

void nf_set_options(struct nf *nf, const struct nf_options *opt)
{
	free(nf->lock_file);
	nf->lock_file = opt && opt->lock_file ? strdup(opt->lock_file) : NULL;
	nf->opt.lock_file = nf->lock_file;
	nf->opt.wait_ms = opt ? opt->wait_ms : 0;
}

void nf_set_wait(struct nf *nf, unsigned wait_ms)
{
	nf->opt.wait_ms = wait_ms;
}

const struct nf_side *nf_side_of(const struct nf *nf, uint8_t backend)
{
	for (size_t i = 0; i < nf->n; i++)
		if (nf->sides[i].ops->id == backend)
			return &nf->sides[i];
	return NULL;
}

unsigned nf_families(struct nf *nf)
{
	unsigned families = 0;

	for (size_t i = 0; i < nf->n; i++)
		families |= nf->sides[i].ops->families(nf->sides[i].self);
	return families;
}

unsigned nf_probe(struct nf *nf)
{
	/* A backend for nftables will report this itself. */
	unsigned caps = nft_is_there() ? NF_CAP_NFTABLES : 0;

	for (size_t i = 0; i < nf->n; i++)
		caps |= nf->sides[i].ops->probe(nf->sides[i].self);
	return caps;
}

/* --- snapshots ------------------------------------------------------------------------------- */

static void parts_drop(const struct nf *nf, struct nf_part *const *parts)
{
	for (size_t i = 0; i < nf->n; i++)
		if (parts[i] && --parts[i]->refs == 0)
			nf->sides[i].ops->part_free(parts[i]);
}

static int parts_read(struct nf *nf, const struct nf_snap *was, struct nf_part **now,
		      struct why *why)
{
	for (size_t i = 0; i < nf->n; i++) {
		const struct nf_side *side = &nf->sides[i];
		struct nf_part *part = NULL;
		int err = side->ops->read(side->self, was ? was->parts[i] : NULL, &part, why);

		if (err < 0)
			return err;
		part->refs++;
		now[i] = part;
	}
	return 0;
}

/* A snapshot is as old as its oldest part. */
static void snap_stamp(struct nf_snap *snap)
{
	snap->taken_us = snap->parts[0]->taken_us;
	for (size_t i = 1; i < NF_BACKENDS_MAX && snap->parts[i]; i++)
		if (snap->parts[i]->taken_us < snap->taken_us)
			snap->taken_us = snap->parts[i]->taken_us;
}

/* Takes over the references to @parts. */
static int snap_new(const struct nf *nf, struct nf_part *const *parts, struct nf_snap **out)
{
	struct nf_snap *snap = calloc(1, sizeof(*snap));
	int err;

	if (!snap) {
		parts_drop(nf, parts);
		return -ENOMEM;
	}
	snap->nf = nf;
	memcpy(snap->parts, parts, sizeof(snap->parts));
	snap_stamp(snap);
	err = nf_merge(snap);
	if (err < 0)
		nf_snap_free(snap);
	else
		*out = snap;
	return err;
}

int nf_read(struct nf *nf, struct nf_snap *was, struct nf_snap **out, struct why *why)
{
	struct nf_part *now[NF_BACKENDS_MAX] = { NULL };
	bool counted = false;
	int err = parts_read(nf, was, now, why);

	if (err < 0) {
		parts_drop(nf, now);
		return err;
	}
	if (!was || memcmp(was->parts, now, sizeof(now)) != 0)
		return snap_new(nf, now, out);
	for (size_t i = 0; i < nf->n; i++)
		counted |= now[i]->counted;
	parts_drop(nf, now);
	snap_stamp(was);
	*out = was;
	return counted ? nf_merge_counters(was) : 0;
}

int nf_recount(struct nf *nf, struct nf_snap *snap)
{
	bool counted = false;
	int err = 0;

	for (size_t i = 0; i < nf->n && err == 0; i++) {
		const struct nf_side *side = &nf->sides[i];

		if (!side->ops->recount)
			continue;
		err = side->ops->recount(side->self, snap->parts[i]);
		counted |= err == 0 && snap->parts[i]->counted;
	}
	if (err == 0)
		snap_stamp(snap);
	/* A side that was counted stays so: its counters are good. */
	return counted && nf_merge_counters(snap) < 0 ? -ENOMEM : err;
}

void nf_snap_free(struct nf_snap *snap)
{
	if (!snap)
		return;
	nf_merge_fini(snap);
	parts_drop(snap->nf, snap->parts);
	free(snap);
}

/* --- one rule -------------------------------------------------------------------------------- */

int nf_decode(struct nf *nf, const struct nf_snap *snap, const struct nf_entry *e,
	      struct markrule *out)
{
	const struct nf_chain *c = vec_at(&snap->chains, e->chain);
	const struct nf_side *side = nf_side_of(nf, e->backend);

	markrule_init(out);
	memcpy(out->table, c->table, strnlen(c->table, sizeof(out->table) - 1) + 1);
	memcpy(out->chain, c->chain, strnlen(c->chain, sizeof(out->chain) - 1) + 1);
	out->backend = e->backend;
	out->position = e->position;
	out->hooks = c->hooks;
	out->routing = c->routing;
	out->counted = e->counted;
	out->packets = e->packets;
	out->bytes = e->bytes;
	return side->ops->decode(side->self, c, e, out);
}

int nf_text(struct nf *nf, const struct nf_snap *snap, const struct nf_entry *e, struct text *out)
{
	const struct nf_side *side = nf_side_of(nf, e->backend);

	return side->ops->text(side->self, vec_at(&snap->chains, e->chain), e, out);
}

static int no_side(struct why *why)
{
	return why_set(why, -EOPNOTSUPP, "Backend: fwmarkd writes no rules of this one here");
}

int nf_rule_text(struct nf *nf, const struct markrule *r, struct text *out, struct why *why)
{
	const struct nf_side *side = nf_side_of(nf, r->backend);

	return side ? side->ops->rule_text(side->self, r, out, why) : no_side(why);
}

int nf_hash(struct nf *nf, const struct markrule *r, uint64_t *hash, struct why *why)
{
	const struct nf_side *side = nf_side_of(nf, r->backend);

	return side ? side->ops->hash(side->self, r, hash, why) : no_side(why);
}

int nf_check(struct nf *nf, const struct markrule *r, unsigned *column, struct why *why)
{
	return nf_check_in(nf, NULL, r, column, why);
}

int nf_check_in(struct nf *nf, const struct nf_snap *snap, const struct markrule *r,
		unsigned *column, struct why *why)
{
	const struct nf_side *side = nf_side_of(nf, r->backend);
	unsigned dropped = 0;

	column = column ? column : &dropped;
	*column = RULE_COL_BACKEND;
	if (!side)
		return no_side(why);
	return side->ops->check(side->self, snap ? snap->parts[side - nf->sides] : NULL, r, column,
				why);
}

/* --- meters ---------------------------------------------------------------------------------- */

/* Meters are in one backend, so that no packet counts twice: in the last of those that can have
 * any. When none can, the first one says why. */
static const struct nf_side *meters_home(const struct nf *nf)
{
	const struct nf_side *side = &nf->sides[nf->n - 1];

	while (side > nf->sides && !side->ops->meter_families(side->self, NULL))
		side--;
	return side;
}

unsigned nf_meters_families(const struct nf *nf, struct why *why)
{
	const struct nf_side *home = meters_home(nf);

	return home->ops->meter_families(home->self, why);
}

bool nf_meters_right(const struct nf *nf, const struct nf_snap *snap, const struct nf_meter *wanted,
		     size_t n)
{
	const struct nf_side *home = meters_home(nf);
	bool right = true;

	for (size_t i = 0; i < nf->n && right; i++) {
		const struct nf_side *side = &nf->sides[i];

		right = side->ops->meters_right(side->self, snap->parts[i], wanted,
						side == home ? n : 0);
	}
	return right;
}

/* Puts back the meters of sides before @n. The first @ends[i] of @was are those of sides 0 to i. */
static int meters_return(const struct nf *nf, size_t n, const struct vec *was, const size_t *ends,
			 struct why *why)
{
	int err = 0;

	for (size_t i = n; i > 0; i--) {
		const struct nf_side *side = &nf->sides[i - 1];
		const struct nf_meter *all = was->data;
		size_t from = i > 1 ? ends[i - 2] : 0;
		struct vec dropped = VEC_INIT(struct nf_meter);
		int e = side->ops->meters_set(side->self, all ? all + from : NULL,
					      ends[i - 1] - from, &dropped, why);

		vec_fini(&dropped);
		err = e ? e : err;
	}
	return err;
}

int nf_meters_set(struct nf *nf, const struct nf_meter *wanted, size_t n, struct vec *was,
		  struct why *why)
{
	const struct nf_side *home = meters_home(nf);
	size_t ends[NF_BACKENDS_MAX];
	struct why undo = { "" };
	int err = 0;

	vec_clear(was);
	for (size_t i = 0; i < nf->n && err == 0; i++) {
		const struct nf_side *side = &nf->sides[i];

		err = side->ops->meters_set(side->self, wanted, side == home ? n : 0, was, why);
		ends[i] = was->n;
		if (err < 0 && meters_return(nf, i, was, ends, &undo))
			err = why_undo(why, &undo);
	}
	vec_sort(was, nf_meter_cmp);
	return err;
}
