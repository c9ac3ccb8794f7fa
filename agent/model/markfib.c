/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/markfib.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "model/policy.h"

/* A policy that can decide, unless it selects other marks than one (not). */
struct step {
	uint8_t family;
	bool common; /* a lookup for packets of every mark */
	uint32_t mask, value;
	uint32_t at; /* in policies */
};

static int compare(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

/* By family, common and mask alone. */
static int mask_cmp(const void *a, const void *b)
{
	const struct step *x = a, *y = b;

	if (x->family != y->family)
		return compare(x->family, y->family);
	return x->common != y->common ? compare(x->common, y->common) : compare(x->mask, y->mask);
}

static int step_cmp(const void *a, const void *b)
{
	const struct step *x = a, *y = b;
	int mask = mask_cmp(x, y);

	if (mask)
		return mask;
	return x->value != y->value ? compare(x->value, y->value) : compare(x->at, y->at);
}

void markfib_init(struct markfib *f)
{
	*f = (struct markfib){
		.steps = VEC_INIT(struct step),
		.masks = VEC_INIT(struct step),
		.inverted = VEC_INIT(uint32_t),
	};
}

void markfib_fini(struct markfib *f)
{
	vec_fini(&f->steps);
	vec_fini(&f->masks);
	vec_fini(&f->inverted);
}

static const struct policy *policy_at(const struct markfib *f, size_t i)
{
	return vec_at(f->policies, i);
}

/* Has the policy no selector but the mark? */
static bool is_plain(const struct policy *p)
{
	struct policy plain;

	policy_init(&plain);
	plain.family = p->family;
	plain.priority = p->priority;
	plain.action = p->action;
	plain.fib = p->fib;
	plain.mark = p->mark;
	plain.mask = p->mask;
	plain.invert = p->invert;
	plain.suppress_prefixlen = p->suppress_prefixlen;
	plain.suppress_group = p->suppress_group;
	plain.goto_priority = p->goto_priority;
	plain.realms = p->realms;
	return policy_same(&plain, p);
}

static int index_one(struct markfib *f, uint32_t at)
{
	const struct policy *p = policy_at(f, at);
	struct step *step;
	uint32_t *place;

	if (p->action == POLICY_NOP || (!p->mask && (p->invert || !is_plain(p))))
		return 0;
	if (p->invert) {
		place = vec_push(&f->inverted);
		if (place)
			*place = at;
		return place ? 0 : -ENOMEM;
	}
	step = vec_push(&f->steps);
	if (!step)
		return -ENOMEM;
	*step = (struct step){
		.family = p->family,
		.common = !p->mask && p->action == POLICY_LOOKUP,
		.mask = p->mask,
		.value = p->mark & p->mask,
		.at = at,
	};
	return 0;
}

int markfib_build(struct markfib *f, const struct vec *policies)
{
	int err = 0;

	f->policies = policies;
	vec_clear(&f->steps);
	vec_clear(&f->masks);
	vec_clear(&f->inverted);
	for (size_t i = 0; i < policies->n && !err; i++)
		err = index_one(f, (uint32_t)i);
	vec_sort(&f->steps, step_cmp);
	for (size_t i = 0; i < f->steps.n && !err; i++) {
		const struct step *step = vec_at(&f->steps, i);
		struct step *first;

		if (i && mask_cmp(step - 1, step) == 0)
			continue;
		first = vec_push(&f->masks);
		if (first)
			*first = *step;
		else
			err = -ENOMEM;
	}
	return err;
}

static bool selects(const struct policy *p, uint32_t mark)
{
	return ((p->mark ^ mark) & p->mask) == 0;
}

/* A packet on its way through the policies of one family. */
struct way {
	uint8_t family;
	uint32_t mark;
	size_t at, end; /* where it is, and where the family's policies end */
	bool led;	/* a goto on its mark has led it here */
};

static int place_cmp(const void *key, const void *elem)
{
	return compare(*(const uint32_t *)key, *(const uint32_t *)elem);
}

/* Returns: the next policy that may take the packet; w->end if there is none. */
static size_t next_stop(const struct markfib *f, const struct way *w)
{
	uint32_t from = (uint32_t)w->at;
	size_t stop = w->end;

	for (size_t i = 0; i < f->masks.n; i++) {
		struct step key = *(const struct step *)vec_at(&f->masks, i);
		const struct step *step;
		size_t found;

		if (key.family != w->family || (key.common && !w->led))
			continue;
		key.value = w->mark & key.mask;
		key.at = from;
		found = vec_lower(&f->steps, &key, step_cmp);
		step = found < f->steps.n ? vec_at(&f->steps, found) : NULL;
		if (step && mask_cmp(step, &key) == 0 && step->value == key.value &&
		    step->at < stop)
			stop = step->at;
	}
	for (size_t i = vec_lower(&f->inverted, &from, place_cmp); i < f->inverted.n; i++) {
		size_t at = *(const uint32_t *)vec_at(&f->inverted, i);
		const struct policy *p = policy_at(f, at < stop ? at : 0);

		if (at >= stop || !selects(p, w->mark) || !is_plain(p))
			return at < stop ? at : stop;
	}
	return stop;
}

/* Where a goto leads, or the next policy if there is none of that priority. */
static size_t jump(const struct markfib *f, struct way *w, const struct policy *p)
{
	size_t to = policies_lower(f->policies, p->family, p->goto_priority);

	if (to <= w->at || to >= w->end || policy_at(f, to)->priority != p->goto_priority)
		return w->at + 1; /* the kernel passes over a goto that leads nowhere */
	w->led |= p->mask != 0;
	return to;
}

/* Returns: false if the packet meets no policy on its mark. */
static bool go(const struct markfib *f, struct way *w, uint32_t *fib)
{
	for (*fib = 0; (w->at = next_stop(f, w)) < w->end;) {
		const struct policy *p = policy_at(f, w->at);

		if (selects(p, w->mark) && !is_plain(p))
			return true;
		if (p->action != POLICY_GOTO) {
			if (p->action == POLICY_LOOKUP && p->suppress_prefixlen < 0 &&
			    p->suppress_group < 0)
				*fib = p->fib;
			return true;
		}
		w->at = jump(f, w, p);
	}
	return false;
}

uint32_t markfib_find(const struct markfib *f, uint32_t mark)
{
	size_t ipv6 = f->policies ? policies_lower(f->policies, AF_INET6, 0) : 0;
	struct way four = { .family = AF_INET, .mark = mark, .at = 0, .end = ipv6 };
	struct way six = { .family = AF_INET6, .mark = mark, .at = ipv6 };
	uint32_t fib = 0;

	if (!f->policies || go(f, &four, &fib))
		return fib;
	six.end = f->policies->n;
	go(f, &six, &fib);
	return fib;
}
