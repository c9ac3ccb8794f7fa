/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a commit did that failed.
 *
 * iptc_commit() of libiptc (1.8.9 to 1.8.11) is two calls: the kernel replaces the table, and then
 * adds the counters to the new one. The second fails when a program that does not take the lock has
 * changed the table in between; nobody says that the first was done. So this looks for the steps in
 * the kernel. Other rules may have come and gone there meanwhile. Who takes away a part of what was
 * done, in that moment, has the last word: the rest is not undone.
 */
#include <errno.h>
#include <string.h>

#include "base/hash.h"
#include "ipt_priv.h"

/* One chain: as it was staged, and as the kernel has it. A line is a hash of all that iptables-save
 * shows of a rule but its counters. */
struct chain_lines {
	const char *name;
	struct vec staged, now; /* uint64_t */
};

struct look {
	const struct work_table *t;
	struct xtc_handle *now;
	struct vec chains; /* struct chain_lines */
	const struct vec *steps;
	bool undo;
};

static uint64_t line_of(const struct ipt_ops *ops, const void *e, const char *target)
{
	const struct xt_entry_target *t = ipt_target(ops, e);
	struct text text = TEXT_INIT;
	uint64_t h = HASH_INIT;
	struct ip_part ip;

	ops->ip_get(e, &ip);
	for (const struct xt_entry_match *m = ipt_match_next(ops, e, NULL); m;
	     m = ipt_match_next(ops, e, m))
		ipt_text_match(ops, e, m, &text);
	text_add(&text, " -j %s", target);
	h = hash_add(h, &ip, sizeof(ip));
	h = hash_add(h, text_str(&text), text.len);
	/* The data of a jump is where the chain stands. */
	if (ipt_is_mark(t))
		h = hash_add(h, t->data, t->u.target_size - sizeof(*t));
	text_fini(&text);
	return h;
}

static int lines_read(const struct ipt_ops *ops, struct xtc_handle *h, const char *chain,
		      struct vec *out)
{
	*out = (struct vec)VEC_INIT(uint64_t);
	if (!ops->is_chain(chain, h))
		return 0;
	for (const void *e = ops->first_rule(chain, h); e; e = ops->next_rule(e, h)) {
		uint64_t *slot = vec_push(out);

		if (!slot)
			return -ENOMEM;
		*slot = line_of(ops, e, ops->target(e, h));
	}
	return 0;
}

/* Returns: the lines of a chain, NULL without memory. */
static const struct chain_lines *chain_of(struct look *l, const char *name)
{
	struct chain_lines *c;

	for (size_t i = 0; i < l->chains.n; i++) {
		c = vec_at(&l->chains, i);
		if (strcmp(c->name, name) == 0)
			return c;
	}
	c = vec_push(&l->chains);
	if (!c)
		return NULL;
	c->name = name;
	return lines_read(l->t->ops, l->t->h, name, &c->staged) < 0 ||
			       lines_read(l->t->ops, l->now, name, &c->now) < 0
		       ? NULL
		       : c;
}

static size_t count(const struct vec *lines, uint64_t line)
{
	size_t n = 0;

	for (size_t i = 0; i < lines->n; i++)
		n += *(uint64_t *)vec_at(lines, i) == line;
	return n;
}

/* Returns: the line at @i, 0 before the first and behind the last. */
static uint64_t line_at(const struct vec *lines, size_t i)
{
	return i < lines->n ? *(uint64_t *)vec_at(lines, i) : 0;
}

/* Has the line the same line before it, or behind it, as it was staged? */
static bool stands(const struct chain_lines *c, uint64_t line)
{
	for (size_t i = 0; i < c->staged.n; i++)
		for (size_t k = 0; line_at(&c->staged, i) == line && k < c->now.n; k++)
			if (line_at(&c->now, k) == line &&
			    (line_at(&c->now, k - 1) == line_at(&c->staged, i - 1) ||
			     line_at(&c->now, k + 1) == line_at(&c->staged, i + 1)))
				return true;
	return false;
}

static const void *comes(const struct look *l, const struct step *s)
{
	return l->undo ? s->was : s->now;
}

static const void *goes(const struct look *l, const struct step *s)
{
	return l->undo ? s->now : s->was;
}

static uint64_t mark_line(const struct look *l, const void *e)
{
	return line_of(l->t->ops, e, ipt_target(l->t->ops, e)->u.user.name);
}

/* Does some step take such a rule away? Then the rule only moves. */
static bool is_moved(const struct look *l, uint64_t line)
{
	for (size_t i = 0; i < l->steps->n; i++) {
		const struct step *s = vec_at(l->steps, i);

		if (s->ops == l->t->ops && s->table == l->t->name && goes(l, s) &&
		    mark_line(l, goes(l, s)) == line)
			return true;
	}
	return false;
}

/* Has the kernel what a step was to do? Returns: 1; 0; -ENOMEM. */
static int step_is_done(struct look *l, const struct step *s)
{
	bool come = comes(l, s);
	const char *name = l->undo == come ? s->was_chain : s->now_chain;
	uint64_t line = mark_line(l, come ? comes(l, s) : goes(l, s));
	const struct chain_lines *c = chain_of(l, name);

	if (!c)
		return -ENOMEM;
	if (!come)
		return count(&c->now, line) <= count(&c->staged, line);
	/* A later step may have changed the rule again. */
	if (!count(&c->staged, line))
		return 1;
	return is_moved(l, line) ? stands(c, line)
				 : count(&c->now, line) >= count(&c->staged, line);
}

static bool steps_are_done(struct look *l)
{
	bool done = true;

	for (size_t i = 0; i < l->steps->n && done; i++) {
		const struct step *s = vec_at(l->steps, i);

		if (s->ops == l->t->ops && s->table == l->t->name)
			done = step_is_done(l, s) > 0;
	}
	return done;
}

bool ipt_did(const struct work_table *t, const struct vec *steps, bool undo)
{
	struct look l = { .t = t,
			  .now = t->ops->init(t->name),
			  .chains = VEC_INIT(struct chain_lines),
			  .steps = steps,
			  .undo = undo };
	bool did = l.now && steps_are_done(&l);

	for (size_t i = 0; i < l.chains.n; i++) {
		struct chain_lines *c = vec_at(&l.chains, i);

		vec_fini(&c->staged);
		vec_fini(&c->now);
	}
	vec_fini(&l.chains);
	if (l.now)
		t->ops->free(l.now);
	return did;
}
