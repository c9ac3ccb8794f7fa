/* SPDX-License-Identifier: GPL-2.0-or-later */

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/log.h"
#include "views/views.h"

enum {
	RETRY_MS = 1000,
	QUIET_MS = 500, /* see is_quiet() */
	QUIET_MAX_MS = 10000,
};

bool meter_possible(const struct mark *m)
{
	return !(m->value & ~m->mask);
}

bool meter_on(const struct mark *m)
{
	return m && m->status == ROW_ACTIVE && m->meter && meter_possible(m);
}

/* The meter was switched on or off, or lost something: no rate may be computed across this. */
static void switched(struct views *views, uint32_t value, uint32_t mask)
{
	struct mark_sum *s = mark_sum_make(views->store, value, mask);

	if (s)
		s->discontinuity = clock_ms();
	views->store->counts_dirty = views->store->dirty = true;
}

void meters_settle(struct views *views)
{
	const struct wanted *all = &views->store->wanted[MARK_ROWS];
	struct vec *sums = &views->store->meter_sums;

	for (size_t i = sums->n; i > 0; i--) {
		const struct meter_sum *s = vec_at(sums, i - 1);
		const struct mark key = { .value = s->value, .mask = s->mask };

		if (meter_on(wanted_find(all, &key)))
			continue;
		switched(views, key.value, key.mask);
		vec_remove(sums, i - 1);
	}
	for (size_t i = 0; i < all->rows.n; i++) {
		const struct mark *m = wanted_at(all, i);

		if (!meter_on(m) || meter_sum_find(views->store, m->value, m->mask))
			continue;
		meter_sum_make(views->store, m->value, m->mask);
		switched(views, m->value, m->mask);
	}
}

/* The state was lost: makes wanted rows of meters that an earlier run put into the kernel. */
static void adopt(struct views *views, const struct vec *found)
{
	for (size_t i = 0; i < found->n; i++) {
		const struct nf_meter *f = vec_at(found, i);
		struct mark m;

		mark_init(&m, f->value, f->mask);
		if (wanted_find(&views->store->wanted[MARK_ROWS], &m))
			continue;
		m.meter = true;
		m.given = COL_BIT(MARK_COL_METER);
		if (!meter_possible(&m) || !wanted_set(&views->store->wanted[MARK_ROWS], &m))
			continue;
		views->store->version++;
		views->store->counts_dirty = views->store->dirty = true;
		log_info("mark 0x%x/0x%x: found a meter of it, taken over", m.value, m.mask);
	}
}

/* A counter that went down was zeroed: all that it has now came since. So it is with a meter that is
 * not there: it counts from 0 when it comes back. */
static void grow(struct views *views, struct meter_sum *s, struct meter_count *seen,
		 const struct nf_meter *now)
{
	if (now->packets < seen->packets || now->bytes < seen->bytes) {
		*seen = (struct meter_count){ 0, 0 };
		if (views->rules.lossy)
			switched(views, s->value, s->mask);
	}
	if (now->packets == seen->packets && now->bytes == seen->bytes)
		return;
	s->all.packets += now->packets - seen->packets;
	s->all.bytes += now->bytes - seen->bytes;
	*seen = (struct meter_count){ now->packets, now->bytes };
	views->store->counts_dirty = views->store->dirty = true;
}

void meters_count(struct views *views, const struct vec *found)
{
	static const uint8_t families[2] = { AF_INET, AF_INET6 };

	/* Else a meter that no row wants is left over from a SET that was cut off, or somebody
	 * copied it: meters_repair() takes it away. */
	if (!views->meters.known && !views->store->known)
		adopt(views, found);
	views->meters.known = true;
	meters_settle(views);
	for (size_t i = 0; i < views->store->meter_sums.n; i++) {
		struct meter_sum *s = vec_at(&views->store->meter_sums, i);

		for (size_t f = 0; f < 2; f++) {
			const struct nf_meter key = { .family = families[f],
						      .value = s->value,
						      .mask = s->mask };
			const struct nf_meter *now = vec_find(found, &key, nf_meter_cmp);

			grow(views, s, &s->seen[f], now ? now : &key);
		}
	}
}

void meters_fill(const struct views *views, struct mark *m)
{
	const struct meter_sum *s = meter_sum_find(views->store, m->value, m->mask);

	m->meter_packets = s ? s->all.packets : 0;
	m->meter_bytes = s ? s->all.bytes : 0;
}

int meters_want(struct vec *wanted, const struct mark *m)
{
	struct nf_meter key = { .family = AF_UNSPEC };
	struct nf_meter *slot;

	if (!meter_on(m))
		return 0;
	key.value = m->value;
	key.mask = m->mask;
	slot = vec_insert(wanted, vec_lower(wanted, &key, nf_meter_cmp));
	if (!slot)
		return -ENOMEM;
	*slot = key;
	return 0;
}

/* Collects the meters that are wanted. */
static int wanted_now(const struct views *views, struct vec *wanted)
{
	const struct wanted *all = &views->store->wanted[MARK_ROWS];
	int err = 0;

	for (size_t i = 0; i < all->rows.n && !err; i++)
		err = meters_want(wanted, wanted_at(all, i));
	return err;
}

/* When somebody adds rules to POSTROUTING again and again, the jump to the meters is moved each
 * time: nobody needs to read about that. */
static void tell(const struct views *views, const struct vec *wanted, const struct vec *was)
{
	bool whole = was->n > 0 && was->n == wanted->n * nf_meters_families(views->nf, NULL);

	log_at(whole ? LOG_DEBUG : LOG_INFO,
	       "meters of %zu marks: their rules were not as they should be, put right", wanted->n);
}

/* A script that does "iptables -F" and then "iptables -X" wants no chain to be put back in between:
 * waits until it is done, but not for ever. */
static bool is_quiet(struct views *views)
{
	struct meters *v = &views->meters;
	uint64_t now = clock_ms();

	if (!v->wrong)
		v->wrong_ms = now;
	v->wrong = true;
	return !views->rules.changed_ms || now - views->rules.changed_ms >= QUIET_MS ||
	       now - v->wrong_ms >= QUIET_MAX_MS;
}

/* Does the last reading show other meters than are wanted, and may they be put right now? */
static bool repairs(struct views *views, const struct vec *wanted)
{
	struct meters *v = &views->meters;

	if (!nf_meters_right(views->nf, views->rules.snap, wanted->data, wanted->n))
		return is_quiet(views);
	v->due = v->wrong = v->failing = false;
	return false;
}

static void repair(struct views *views, const struct vec *wanted)
{
	struct vec was = VEC_INIT(struct nf_meter);
	struct meters *v = &views->meters;
	struct why why = { "" };
	int err = nf_meters_set(views->nf, wanted->data, wanted->n, &was, &why);

	if (!err) {
		tell(views, wanted, &was);
		meters_count(views, &was);
		views->rules.stale = true; /* rules may stand elsewhere now */
	} else if (!v->failing) {
		log_warn("meters: not put up: %s", why.s[0] ? why.s : strerror(-err));
	}
	v->failing = err != 0;
	v->failed_ms = clock_ms();
	v->due = v->wrong = v->failing;
	vec_fini(&was);
}

void meters_repair(struct views *views)
{
	struct meters *v = &views->meters;
	struct vec wanted = VEC_INIT(struct nf_meter);

	/* A SET under way may want other meters: its rows are not in the store yet. After it,
	 * nothing was read yet that could be compared. */
	if (!v->due || views->store->dry_run || views->mib->state != TXN_IDLE ||
	    !views->rules.snap || views->rules.stale ||
	    (v->failing && clock_ms() - v->failed_ms < RETRY_MS))
		return;
	if (wanted_now(views, &wanted) == 0 && repairs(views, &wanted))
		repair(views, &wanted);
	vec_fini(&wanted);
}
