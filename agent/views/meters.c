/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "views/meters.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/log.h"
#include "plan/plan.h"

enum { COL_METER = 11, RETRY_MS = 1000 };

static int sum_cmp(const void *key, const void *elem)
{
	const struct meter_sum *k = key, *e = elem;

	if (k->value != e->value)
		return k->value < e->value ? -1 : 1;
	return k->mask < e->mask ? -1 : k->mask > e->mask;
}

void meters_init(struct app *a)
{
	a->meters = (struct meters){ .sums = VEC_INIT(struct meter_sum),
				     .was = VEC_INIT(struct nf_meter) };
}

void meters_fini(struct app *a)
{
	vec_fini(&a->meters.sums);
	vec_fini(&a->meters.was);
}

static struct meter_sum *sum_find(const struct app *a, uint32_t value, uint32_t mask)
{
	const struct meter_sum key = { .value = value, .mask = mask };

	return vec_find(&a->meters.sums, &key, sum_cmp);
}

static struct meter_sum *sum_make(struct app *a, uint32_t value, uint32_t mask)
{
	struct meter_sum key = { .value = value, .mask = mask }, *s = sum_find(a, value, mask);

	if (s)
		return s;
	s = vec_insert(&a->meters.sums, vec_lower(&a->meters.sums, &key, sum_cmp));
	if (s)
		*s = key;
	return s;
}

bool meter_possible(const struct mark *m)
{
	return !(m->value & ~m->mask);
}

bool meter_on(const struct mark *m)
{
	return m && m->status == ROW_ACTIVE && m->meter && meter_possible(m);
}

/* A poller must not compute a rate across this. */
static void switched(struct app *a, uint32_t value, uint32_t mask)
{
	struct mark_sum *s = marks_sum(a, value, mask);

	if (s)
		s->discontinuity = clock_ms();
	a->counts_dirty = a->state_dirty = true;
}

void meters_settle(struct app *a)
{
	const struct managed *all = &a->marks.managed;
	struct vec *sums = &a->meters.sums;

	for (size_t i = sums->n; i > 0; i--) {
		const struct meter_sum *s = vec_at(sums, i - 1);
		const struct mark key = { .value = s->value, .mask = s->mask };

		if (meter_on(managed_find(all, &key)))
			continue;
		switched(a, key.value, key.mask);
		vec_remove(sums, i - 1);
	}
	for (size_t i = 0; i < all->rows.n; i++) {
		const struct mark *m = managed_at(all, i);

		if (!meter_on(m) || sum_find(a, m->value, m->mask))
			continue;
		sum_make(a, m->value, m->mask);
		switched(a, m->value, m->mask);
	}
}

/* Meters that an earlier run put up, and whose rows are lost, belong to managers nevertheless. */
static void adopt(struct app *a, const struct vec *found)
{
	for (size_t i = 0; i < found->n; i++) {
		const struct nf_meter *f = vec_at(found, i);
		struct mark m;

		mark_init(&m, f->value, f->mask);
		if (managed_find(&a->marks.managed, &m) || intent_has(a, &mib_mark, &m))
			continue;
		m.meter = true;
		m.given = UINT64_C(1) << COL_METER;
		if (!meter_possible(&m) || !managed_set(&a->marks.managed, &m))
			continue;
		a->managed_version++;
		a->counts_dirty = a->state_dirty = true;
		log_info("mark 0x%x/0x%x: found a meter of it, taken over", m.value, m.mask);
	}
}

/* A counter that went down was zeroed: all that it has now came since. */
static void grow(struct app *a, struct meter_sum *s, struct meter_count *seen,
		 const struct nf_meter *now)
{
	if (now->packets < seen->packets || now->bytes < seen->bytes)
		*seen = (struct meter_count){ 0, 0 };
	if (now->packets == seen->packets && now->bytes == seen->bytes)
		return;
	s->all.packets += now->packets - seen->packets;
	s->all.bytes += now->bytes - seen->bytes;
	*seen = (struct meter_count){ now->packets, now->bytes };
	a->counts_dirty = a->state_dirty = true;
}

void meters_count(struct app *a, const struct vec *found)
{
	static const uint8_t families[2] = { AF_INET, AF_INET6 };

	if (!a->meters.known)
		adopt(a, found);
	a->meters.known = true;
	meters_settle(a);
	for (size_t i = 0; i < a->meters.sums.n; i++) {
		struct meter_sum *s = vec_at(&a->meters.sums, i);

		for (size_t f = 0; f < 2; f++) {
			const struct nf_meter key = { .family = families[f],
						      .value = s->value,
						      .mask = s->mask };
			const struct nf_meter *now = vec_find(found, &key, nf_meter_cmp);

			/* One that is not there counts from 0 when it comes back. */
			if (now)
				grow(a, s, &s->seen[f], now);
			else
				s->seen[f] = (struct meter_count){ 0, 0 };
		}
	}
}

void meters_fill(const struct app *a, struct mark *m)
{
	const struct meter_sum *s = sum_find(a, m->value, m->mask);

	m->meter_packets = s ? s->all.packets : 0;
	m->meter_bytes = s ? s->all.bytes : 0;
}

void meters_write(const struct app *a, struct text *out)
{
	text_add(out, "meters = (");
	for (size_t i = 0; i < a->meters.sums.n; i++) {
		const struct meter_sum *s = vec_at(&a->meters.sums, i);
		const struct meter_count all[] = { s->all, s->seen[0], s->seen[1] };

		text_add(out, "%s\n  [ %uL, %uL", i ? "," : "", s->value, s->mask);
		for (size_t k = 0; k < 3; k++)
			text_add(out, ", %" PRIu64 "L, %" PRIu64 "L", all[k].packets, all[k].bytes);
		text_add(out, " ]");
	}
	text_add(out, "\n);\n");
}

int meters_read(struct app *a, const config_setting_t *root, bool reboot, struct why *why)
{
	const config_setting_t *list = config_setting_get_member(root, "meters");
	uint64_t v[8];

	for (int i = 0; list && i < config_setting_length(list); i++) {
		const config_setting_t *line = config_setting_get_elem(list, (unsigned)i);
		struct meter_sum *s;

		if (!config_setting_is_array(line) || config_setting_length(line) != 8)
			return why_set(why, -EINVAL, "line %u: meters: eight numbers are wanted",
				       config_setting_source_line(list));
		for (int k = 0; k < 8; k++)
			v[k] = (uint64_t)config_setting_get_int64_elem(line, k);
		s = sum_make(a, (uint32_t)v[0], (uint32_t)v[1]);
		if (!s)
			return -ENOMEM;
		s->all = (struct meter_count){ v[2], v[3] };
		for (int f = 0; f < 2 && !reboot; f++)
			s->seen[f] = (struct meter_count){ v[4 + 2 * f], v[5 + 2 * f] };
	}
	return 0;
}

/* Is the SET under way about this mark? */
static bool in_plan(const struct app *a, const struct mark *m)
{
	for (size_t i = 0; i < a->plan.items.n; i++) {
		const struct plan_item *it = vec_at(&a->plan.items, i);

		if (it->def == &mib_mark && mark_cmp(it->now ? it->now : it->old, m) == 0)
			return true;
	}
	return false;
}

static int want(struct vec *wanted, const struct mark *m)
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

int meters_wanted(struct app *a, bool planned, struct vec *wanted)
{
	const struct managed *all = &a->marks.managed;
	int err = 0;

	for (size_t i = 0; i < all->rows.n && !err; i++) {
		const struct mark *m = managed_at(all, i);

		if (!planned || !in_plan(a, m))
			err = want(wanted, m);
	}
	for (size_t i = 0; planned && i < a->plan.items.n && !err; i++) {
		const struct plan_item *it = vec_at(&a->plan.items, i);

		if (it->def == &mib_mark)
			err = want(wanted, it->now);
	}
	return err;
}

/* Whoever adds rules to POSTROUTING again and again has the jump moved each time: nobody needs to
 * read about that. */
static void tell(const struct app *a, const struct vec *wanted, const struct vec *was)
{
	bool whole = was->n > 0 && was->n == wanted->n * nf_meters_families(a->nf, NULL);

	log_at(whole ? LOG_DEBUG : LOG_INFO,
	       "meters of %zu marks: their rules were not as they should be, put right", wanted->n);
}

bool meters_repair(struct app *a)
{
	struct meters *v = &a->meters;
	struct vec wanted = VEC_INIT(struct nf_meter), was = VEC_INIT(struct nf_meter);
	struct why why = { "" };
	bool tried = false;
	int err;

	/* A SET under way has wishes of its own, which are not kept yet. */
	if (a->look || a->mib.state != TXN_IDLE || !a->rules.snap ||
	    (v->failing && clock_ms() - v->failed_ms < RETRY_MS))
		return false;
	err = meters_wanted(a, false, &wanted);
	if (!err && !nf_meters_right(a->nf, a->rules.snap, wanted.data, wanted.n)) {
		tried = true;
		err = nf_meters_set(a->nf, wanted.data, wanted.n, &was, &why);
	}
	if (tried && !err) {
		tell(a, &wanted, &was);
		meters_count(a, &was);
	} else if (err && !v->failing) {
		log_warn("meters: not put up: %s", why.s[0] ? why.s : strerror(-err));
	}
	if (tried || err) {
		v->failing = err != 0;
		v->failed_ms = clock_ms();
	}
	vec_fini(&wanted);
	vec_fini(&was);
	return tried && !err;
}
