/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two backends for the face of netfilter that hold their rules in memory, fail when they are told to, and
 * write down what is asked of them. */
#ifndef UNIT_NF_FAKE_H
#define UNIT_NF_FAKE_H

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "netfilter/nf_priv.h"

enum { FAKE_RULES = 8, FAKE_METERS = 4 };

struct fake_rule {
	uint8_t family;
	const char *table, *chain;
	uint32_t position, mark, tag;
	uint64_t packets;
};

struct fake_rules {
	size_t n;
	struct fake_rule rule[FAKE_RULES];
};

enum fake_step {
	FAKE_READ,
	FAKE_BEGIN,
	FAKE_STAGE,
	FAKE_COMMIT,
	FAKE_UNDO,
	FAKE_METERS_SET,
	FAKE_STEPS
};

static struct fake {
	char letter;
	struct fake_rules is, staged;
	unsigned version;    /* of all but the counters */
	uint64_t read_us;    /* 0: as late as can be */
	int err[FAKE_STEPS]; /* what a step returns */
	size_t at;	     /* which edit is at fault then */
	unsigned stale;	     /* so many commits find that somebody else was faster */
	unsigned families;   /* in which there can be meters */
	size_t meters;
	struct nf_meter meter[FAKE_METERS];
	bool meters_odd;
	unsigned parts, txns; /* that are there */
} fakes[2];

static char fake_trace[4096];

static int fake_do(struct fake *f, enum fake_step step, const char *name)
{
	size_t n = strlen(fake_trace);

	snprintf(fake_trace + n, sizeof(fake_trace) - n, "%s%c.%s", n ? " " : "", f->letter, name);
	return f->err[step];
}

struct fake_part {
	struct nf_part part;
	struct fake *f;
	unsigned version;
};

static int fake_open(struct fake *f, char letter, void **self)
{
	f->letter = letter;
	*self = f;
	return 0;
}

static int fake_open_a(const struct nf_options *opt, void **self)
{
	(void)opt;
	return fake_open(&fakes[0], 'a', self);
}

static int fake_open_b(const struct nf_options *opt, void **self)
{
	(void)opt;
	return fake_open(&fakes[1], 'b', self);
}

static void fake_close(void *self)
{
	struct fake *f = self;

	assert_int_equal(f->parts, 0);
	assert_int_equal(f->txns, 0);
}

static unsigned fake_families(void *self)
{
	return self == &fakes[0] ? NF_IPV4 : NF_IPV6;
}

static unsigned fake_probe(void *self)
{
	return self == &fakes[0] ? NF_CAP_MARK : NF_CAP_CONNMARK;
}

static void fake_count(struct fake *f, struct nf_part *p)
{
	for (size_t i = 0; i < p->entries.n; i++) {
		struct nf_entry *e = vec_at(&p->entries, i);

		p->counted |= e->packets != f->is.rule[i].packets;
		e->packets = f->is.rule[i].packets;
	}
	vec_clear(&p->meters);
	for (size_t i = 0; i < f->meters; i++)
		*(struct nf_meter *)vec_push(&p->meters) = f->meter[i];
}

static void fake_fill(struct fake *f, struct nf_part *p)
{
	for (size_t i = 0; i < f->is.n; i++) {
		const struct fake_rule *r = &f->is.rule[i];
		struct nf_chain *c = p->chains.n ? vec_at(&p->chains, p->chains.n - 1) : NULL;
		struct nf_entry *e = vec_push(&p->entries);

		if (!c || strcmp(c->chain, r->chain) != 0 || strcmp(c->table, r->table) != 0 ||
		    c->family != r->family) {
			c = vec_push(&p->chains);
			*c = (struct nf_chain){ r->family, r->table, r->chain, 0, false, 1 };
		}
		e->chain = (uint32_t)p->chains.n - 1;
		e->position = r->position;
		e->mark = r->mark;
		e->tag = r->tag;
		e->backend = f == &fakes[0] ? BACKEND_LEGACY : BACKEND_NFTABLES;
		e->raw = r;
	}
}

static int fake_read(void *self, struct nf_part *was, struct nf_part **now, struct why *why)
{
	struct fake *f = self;
	struct fake_part *p = (struct fake_part *)was;
	int err = fake_do(f, FAKE_READ, "read");

	if (err)
		return why_set(why, err, "%c", f->letter);
	if (!p || p->version != f->version) {
		p = calloc(1, sizeof(*p));
		nf_part_init(&p->part);
		fake_fill(f, &p->part);
		p->f = f;
		p->version = f->version;
		f->parts++;
	}
	p->part.taken_us = f->read_us ? f->read_us : UINT64_MAX;
	p->part.counted = false;
	fake_count(f, &p->part);
	*now = &p->part;
	return 0;
}

static void fake_part_free(struct nf_part *part)
{
	((struct fake_part *)part)->f->parts--;
	nf_part_fini(part);
	free(part);
}

static int fake_decode(void *self, const struct nf_chain *c, const struct nf_entry *e,
		       struct markrule *out)
{
	(void)c;
	out->mark = ((const struct fake_rule *)e->raw)->mark;
	snprintf(out->description, sizeof(out->description), "%c", ((struct fake *)self)->letter);
	return 0;
}

static int fake_text(void *self, const struct nf_chain *c, const struct nf_entry *e,
		     struct text *out)
{
	text_add(out, "%c %s %u", ((struct fake *)self)->letter, c->chain, e->mark);
	return 0;
}

static int fake_rule_text(void *self, const struct markrule *r, struct text *out, struct why *why)
{
	(void)why;
	text_add(out, "%c %s", ((struct fake *)self)->letter, r->chain);
	return 0;
}

static int fake_hash(void *self, const struct markrule *r, uint64_t *hash, struct why *why)
{
	(void)r;
	(void)why;
	*hash = (uint64_t)((struct fake *)self)->letter;
	return 0;
}

/* The sentence says what the face handed over. */
static int fake_check(void *self, const struct nf_part *part, const struct markrule *r,
		      unsigned *column, struct why *why)
{
	const struct fake_part *p = (const struct fake_part *)part;

	(void)r;
	*column = RULE_COL_INDEX;
	return why_set(why, -ERANGE, "%c %c", ((struct fake *)self)->letter,
		       p ? p->f->letter : '-');
}

static int fake_begin(struct nf_txn *t)
{
	struct fake *f = t->self;
	int err = fake_do(f, FAKE_BEGIN, "begin");

	f->txns++;
	t->done = calloc(1, sizeof(struct fake_rules));
	if (err)
		t->failed = f->at;
	return err;
}

static int fake_stage(struct nf_txn *t)
{
	struct fake *f = t->self;
	int err = fake_do(f, FAKE_STAGE, "stage");
	struct fake_rules *s = &f->staged;

	*(struct fake_rules *)t->done = *s = f->is;
	if (err) {
		t->failed = f->at;
		return err;
	}
	for (size_t i = 0; i < t->n; i++) {
		const struct nf_edit *e = &t->edits[i];

		for (size_t k = 0; !e->add && k < s->n; k++)
			if (s->rule[k].tag == e->tag)
				s->rule[k--] = s->rule[--s->n];
		if (e->rule)
			s->rule[s->n++] = (struct fake_rule){
				AF_INET, "mangle", "PREROUTING", 1, e->rule->mark, e->rule->index, 0
			};
	}
	return 0;
}

static int fake_commit(struct nf_txn *t)
{
	struct fake *f = t->self;
	int err = fake_do(f, FAKE_COMMIT, "commit");

	if (f->stale) {
		f->stale--;
		return -ESTALE;
	}
	if (err) {
		t->failed = f->at;
		return why_set(t->why, err, "%c refuses", f->letter);
	}
	f->is = f->staged;
	f->version++;
	return 0;
}

static void fake_end(struct nf_txn *t)
{
	struct fake *f = t->self;

	fake_do(f, FAKE_STEPS - 1, "end");
	f->txns--;
}

static int fake_undo(void *self, void *done, struct why *why)
{
	struct fake *f = self;
	int err = fake_do(f, FAKE_UNDO, "undo");

	if (err)
		return why_set(why, err, "%c keeps it", f->letter);
	f->is = *(struct fake_rules *)done;
	f->version++;
	return 0;
}

static unsigned fake_meter_families(void *self, struct why *why)
{
	struct fake *f = self;

	if (!f->families)
		why_set(why, 0, "no meters in %c", f->letter);
	return f->families;
}

static bool fake_meters_right(void *self, const struct nf_part *part, const struct nf_meter *wanted,
			      size_t n)
{
	bool right = !((struct fake *)self)->meters_odd && part->meters.n == n;

	for (size_t i = 0; i < n && right; i++)
		right = ((struct nf_meter *)vec_at(&part->meters, i))->value == wanted[i].value;
	return right;
}

static int fake_meters_set(void *self, const struct nf_meter *wanted, size_t n, struct vec *was,
			   struct why *why)
{
	struct fake *f = self;
	int err = fake_do(f, FAKE_METERS_SET, "meters");

	if (err)
		return why_set(why, err, "%c refuses", f->letter);
	if (n && !f->families)
		return -EOPNOTSUPP;
	for (size_t i = 0; i < f->meters; i++)
		*(struct nf_meter *)vec_push(was) = f->meter[i];
	f->meters = n;
	for (size_t i = 0; i < n; i++)
		f->meter[i] = wanted[i];
	return 0;
}

#define FAKE_BACKEND(number, open_)                                                                \
	{                                                                                          \
		.id = (number), .open = (open_), .close = fake_close, .families = fake_families,   \
		.probe = fake_probe, .read = fake_read, .part_free = fake_part_free,               \
		.decode = fake_decode, .text = fake_text, .rule_text = fake_rule_text,             \
		.hash = fake_hash, .check = fake_check, .begin = fake_begin, .stage = fake_stage,  \
		.commit = fake_commit, .end = fake_end, .undo = fake_undo, .done_free = free,      \
		.meter_families = fake_meter_families, .meters_right = fake_meters_right,          \
		.meters_set = fake_meters_set,                                                     \
	}

static const struct nf_backend fake_a = FAKE_BACKEND(BACKEND_LEGACY, fake_open_a);
static const struct nf_backend fake_b = FAKE_BACKEND(BACKEND_NFTABLES, fake_open_b);

#endif
