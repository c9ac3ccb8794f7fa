/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds the hooks that reach a chain, from the built-in chains along jumps and gotos. */
#include <errno.h>
#include <stdlib.h>

#include "ipt.h"

static int chain_cmp(const void *key, const void *elem)
{
	const uint32_t *offset = key;
	const struct ipt_chain *chain = elem;

	return (*offset > chain->start) - (*offset < chain->start);
}

static int jump_cmp(const void *a, const void *b)
{
	const struct ipt_jump *x = a, *y = b;

	return (x->from > y->from) - (x->from < y->from);
}

static int from_cmp(const void *key, const void *elem)
{
	const uint32_t *from = key;
	const struct ipt_jump *j = elem;

	return (*from > j->from) - (*from < j->from);
}

/* Turns the offsets of jumps into chains; the chains stand in the order of their offsets. */
static void jumps_resolve(struct ipt_table *t)
{
	size_t kept = 0;

	for (size_t i = 0; i < t->jumps.n; i++) {
		struct ipt_jump *j = vec_at(&t->jumps, i);
		const struct ipt_chain *to = vec_find(&t->chains, &j->to, chain_cmp);

		if (!to)
			continue; /* into the middle of a chain: nobody makes these */
		j->to = (uint32_t)(to - (const struct ipt_chain *)t->chains.data);
		*(struct ipt_jump *)vec_at(&t->jumps, kept++) = *j;
	}
	t->jumps.n = kept;
	if (kept > 1)
		qsort(t->jumps.data, kept, t->jumps.size, jump_cmp);
}

/* Carries the hooks of chains whose hooks grew to where they jump, until nothing grows: each
 * chain can grow five times at most, so loops end too. */
static int spread(struct ipt_table *t, struct vec *todo)
{
	while (todo->n > 0) {
		uint32_t at = *(uint32_t *)vec_at(todo, todo->n - 1);
		const struct ipt_chain *from = vec_at(&t->chains, at);

		todo->n--;
		for (size_t i = vec_lower(&t->jumps, &at, from_cmp); i < t->jumps.n; i++) {
			const struct ipt_jump *j = vec_at(&t->jumps, i);
			struct ipt_chain *to;
			uint32_t *more;

			if (j->from != at)
				break;
			to = vec_at(&t->chains, j->to);
			if ((to->hooks | from->hooks) == to->hooks)
				continue;
			to->hooks |= from->hooks;
			more = vec_push(todo);
			if (!more)
				return -ENOMEM;
			*more = j->to;
		}
	}
	return 0;
}

int ipt_reach(struct ipt_table *t)
{
	struct vec todo = VEC_INIT(uint32_t);
	int err = 0;

	jumps_resolve(t);
	for (size_t i = 0; i < t->chains.n && err == 0; i++) {
		struct ipt_chain *chain = vec_at(&t->chains, i);
		uint32_t *at;

		for (int hook = 0; hook < IPT_HOOKS; hook++)
			if ((t->valid_hooks & 1u << hook) && t->hook_entry[hook] == chain->start)
				chain->hooks |= (uint8_t)(1u << hook);
		if (!chain->hooks)
			continue;
		at = vec_push(&todo);
		if (!at)
			err = -ENOMEM;
		else
			*at = (uint32_t)i;
	}
	if (err == 0)
		err = spread(t, &todo);
	vec_fini(&todo);
	return err;
}
