/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For fuzz_plan.c: what an agent and its kernel have, what they should have, and whether that is so. */
#ifndef FUZZ_PLAN_SIGHT_H
#define FUZZ_PLAN_SIGHT_H

#include <stdlib.h>
#include <sys/socket.h>

#include "../unit/fake_agent.h"
#include "../unit/fake_kernel.h"
#include "store/files.h"
#include "store/sections.h"

static char dir[] = "/dev/shm/fuzz_plan.XXXXXX";
static struct instance in;
/* ---- what is found is said ---- */

static _Noreturn void found(const char *what, const char *of)
{
	fprintf(stderr, "%s: %s\n", what, of);
	abort();
}

static void expect_same(const char *what, const char *is, const char *was)
{
	if (strcmp(is, was) != 0) {
		fprintf(stderr, "--- it was\n%s--- it is\n%s", was, is);
		found("not as before", what);
	}
}

/* ---- what there is, as text ---- */

struct sight {
	struct text kernel, wanted;
};

#define SIGHT_INIT                                                                                 \
	{                                                                                          \
		TEXT_INIT, TEXT_INIT                                                               \
	}

static void sight_fini(struct sight *s)
{
	text_fini(&s->kernel);
	text_fini(&s->wanted);
}

static void look(struct sight *s)
{
	text_reset(&s->kernel);
	text_reset(&s->wanted);
	fake_kernel_text(&s->kernel);
	sections_write(in.store.wanted, &s->wanted);
}

static void sight_show(const char *title, const struct sight *s)
{
	fprintf(stderr, "--- %s\n%s%s", title, text_str(&s->kernel), text_str(&s->wanted));
}

/* What is wanted is what the state file says. */
static void check_file(void)
{
	static struct store kept;
	struct text file = TEXT_INIT, wanted = TEXT_INIT;
	struct why why = { "" };
	int64_t epoch = 0;

	store_init(&kept, dir, in.store.protocol, &epoch);
	kept.dry_run = true;
	if (state_load(&kept, &why))
		found("the state file cannot be read", why.s);
	sections_write(kept.wanted, &file);
	sections_write(in.store.wanted, &wanted);
	/* What somebody else took away is written by the tick. */
	if (!in.store.rows_dirty)
		expect_same("the state file and what is wanted", text_str(&file),
			    text_str(&wanted));
	store_fini(&kept);
	text_fini(&file);
	text_fini(&wanted);
}

/* ---- the kernel as lines, against what is wanted ---- */

enum { LINES_MAX = 512, LINE_MAX_LEN = 400 };

/* How often a line is to be there; some need not be. */
static struct line {
	char s[LINE_MAX_LEN];
	int n, maybe;
} lines[LINES_MAX];
static size_t nlines;

static struct line *line_of(const char *s, size_t len)
{
	size_t i = 0;

	if (len >= LINE_MAX_LEN || nlines == LINES_MAX)
		found("more than the fuzzer has room for", s);
	while (i < nlines && (strncmp(lines[i].s, s, len) != 0 || lines[i].s[len]))
		i++;
	if (i == nlines) {
		lines[nlines++] = (struct line){ 0 };
		memcpy(lines[i].s, s, len);
	}
	return &lines[i];
}

static void lines_add(const struct text *t, int by)
{
	for (const char *s = text_str(t), *end; *s; s = end + 1) {
		end = strchr(s, '\n');
		line_of(s, (size_t)(end - s))->n += by;
	}
}

/* The device that the kernel has chosen for a next hop that names none. */
static uint32_t chosen_device(const struct route *r, unsigned hop)
{
	for (size_t i = 0; i < fake->nroutes; i++) {
		const struct fake_route *have = &fake->routes[i];

		if (route_cmp(&have->route, r) == 0 && hop < have->route.nhops)
			return have->route.nhops > 1 ? have->hops[hop].ifindex
						     : have->route.hop.ifindex;
	}
	return FAKE_LINK;
}

/* Devices are wanted by name, and in the kernel by number. Returns: are all of them up? */
static bool numbered(struct route *r, struct nexthop hops[ROUTE_HOPS_MAX])
{
	bool up = true;

	for (unsigned i = 0; i < r->nhops; i++) {
		struct nexthop *hop = r->nhops > 1 ? &hops[i] : &r->hop;

		*hop = *route_hop(r, i);
		if (hop->ifname[0])
			hop->ifindex = FAKE_LINK + (unsigned)(hop->ifname[3] - '0');
		else if (!hop->ifindex)
			hop->ifindex = chosen_device(r, i);
		up = up && hop->ifindex - FAKE_LINK < FAKE_LINKS &&
		     !fake->down[hop->ifindex - FAKE_LINK];
	}
	r->hops = r->nhops > 1 ? hops : NULL;
	return up;
}

static bool fib_line(const void *row, struct text *out)
{
	const struct fib *f = row;
	struct name name = { .id = f->id };

	memcpy(name.name, f->name, sizeof(name.name));
	if (f->name[0])
		fake_name_text(&name, out);
	return true;
}

static bool route_line(const void *row, struct text *out)
{
	static struct nexthop hops[ROUTE_HOPS_MAX];
	struct route r = *(const struct route *)row;
	bool up = numbered(&r, hops);

	fake_route_text(&r, out);
	return up;
}

static bool policy_line(const void *row, struct text *out)
{
	fake_policy_text(row, out);
	return true;
}

static bool rule_line(const void *row, struct text *out)
{
	fake_rule_text(row, out);
	return true;
}

static bool meter_line(const void *row, struct text *out)
{
	const struct mark *m = row;
	const struct nf_meter meter = { .value = m->value, .mask = m->mask };

	if (meter_on(m))
		fake_meter_text(&meter, out);
	return true;
}

/* Each appends the line that the kernel has for a row that is wanted active. Returns: can it have it? */
static bool (*const row_lines[ROW_KINDS])(const void *row, struct text *out) = {
	[FIB_ROWS] = fib_line,	 [ROUTE_ROWS] = route_line, [POLICY_ROWS] = policy_line,
	[RULE_ROWS] = rule_line, [MARK_ROWS] = meter_line,
};

static void each_wanted(void (*fn)(size_t kind, const char *line, bool possible))
{
	struct text t = TEXT_INIT;

	for (size_t k = 0; k < ROW_KINDS; k++) {
		const struct wanted *m = &in.store.wanted[k];

		for (size_t i = 0; i < m->rows.n; i++) {
			const struct wanted_row *slot = vec_at(&m->rows, i);
			bool possible;

			if (!row_is_active(m->kind->def, slot->row))
				continue;
			text_reset(&t);
			possible = row_lines[k](slot->row, &t) &&
				   (!slot->withdrawn || in.conf.keep.reassert);
			if (t.len)
				fn(k, text_str(&t), possible);
		}
	}
	text_fini(&t);
}

/* What is wanted before the SET is to go; what was not there anyway may stay away. */
static void wanted_before(size_t kind, const char *s, bool possible)
{
	struct line *l = line_of(s, strlen(s) - 1);

	(void)kind, (void)possible;
	if (l->n > 0)
		l->n--;
	else
		l->maybe++;
}

/* What is wanted after it is to be there. */
static void wanted_after(size_t kind, const char *s, bool possible)
{
	(void)kind, (void)possible;
	line_of(s, strlen(s) - 1)->n++;
}

/* ---- a repair: it adds what is wanted, and nothing else ---- */

static unsigned missing[ROW_KINDS], impossible;

static void wanted_there(size_t kind, const char *s, bool possible)
{
	struct line *l = line_of(s, strlen(s) - 1);

	if (l->n < 0)
		l->n++; /* it came */
	else if (l->maybe > 0)
		l->maybe--; /* it was there */
	else if (possible)
		missing[kind]++;
	impossible += !possible;
}

/* @before: the kernel before the repair. Counts what is missing after it. */
static void check_repair(const struct sight *before)
{
	struct sight now = SIGHT_INIT;

	look(&now);
	memset(missing, 0, sizeof(missing));
	impossible = 0;
	nlines = 0;
	lines_add(&before->kernel, 1);
	for (size_t i = 0; i < nlines; i++)
		lines[i].maybe = lines[i].n;
	lines_add(&now.kernel, -1);
	for (size_t i = 0; i < nlines; i++)
		if (lines[i].n > 0)
			found("a repair took this away", lines[i].s);
	each_wanted(wanted_there);
	for (size_t i = 0; i < nlines; i++)
		if (lines[i].n < 0)
			found("a repair added this, which nobody wants", lines[i].s);
	sight_fini(&now);
}

static unsigned all_missing(void)
{
	unsigned n = 0;

	for (size_t k = 0; k < ROW_KINDS; k++)
		n += missing[k];
	return n;
}

/* Somebody else's route of the same key is in the way of a manager's. */
static bool in_the_way(void)
{
	const struct wanted *m = &in.store.wanted[ROUTE_ROWS];

	for (size_t i = 0; i < m->rows.n; i++)
		for (size_t k = 0; k < fake->nroutes; k++)
			if (route_cmp(wanted_at(m, i), &fake->routes[k].route) == 0 &&
			    fake->routes[k].route.protocol != in.store.protocol)
				return true;
	return false;
}

#endif
