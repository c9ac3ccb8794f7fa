/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a start would change: one line for each object, "+ " what comes, "- " what goes,
 * "! " what cannot be done. */
#include <string.h>
#include <sys/socket.h>

#include "daemon/daemon.h"
#include "plan/plan.h"
#include "store/static_rows.h"

enum { NAME_OWN = 1 };

static void describe_mark(const struct mark *m, struct text *out)
{
	text_add(out, "mark: 0x%x/0x%x \"%s\"%s", m->value, m->mask, m->name,
		 m->meter ? " with a meter" : "");
}

/* A row as one line. What cannot be made a text cannot be put up. */
static int describe(struct app *a, const struct mib_def *def, const void *row, struct text *out,
		    struct why *why)
{
	const struct markrule *r = row;
	const struct route *rt = row;
	const struct policy *p = row;
	const struct fib *f = row;
	char number[16];

	if (def == &mib_rule) {
		text_add(out, "%s -t %s ", r->family == AF_INET6 ? "ip6tables" : "iptables",
			 r->table);
		return nf_rule_text(a->nf, r, out, why);
	}
	if (def == &mib_policy) {
		text_add(out, "ip%s rule: ", p->family == AF_INET6 ? " -6" : "");
		policy_text(p, &a->names, out);
	} else if (def == &mib_route) {
		text_add(out, "ip%s route, table %s: ", rt->dst.family == AF_INET6 ? " -6" : "",
			 names_text(&a->names.tables, rt->fib, number));
		route_text(rt, &a->names, &a->links, out);
	} else if (def == &mib_fib) {
		text_add(out, "table name: %u %s", f->id, f->name);
	} else {
		describe_mark(row, out);
	}
	return 0;
}

/* Both sides of a change; nothing when they look the same. */
static int change(struct app *a, const struct plan_item *it, struct text *out, struct why *why)
{
	struct text old = TEXT_INIT, now = TEXT_INIT;
	int err = 0;

	/* Marks are in no kernel, but for their meters; names go with their row. */
	if (it->old && (it->out || it->def == &mib_mark || it->def == &mib_fib))
		err = describe(a, it->def, it->old, &old, why);
	if (!err && it->now && it->in)
		err = describe(a, it->def, it->now, &now, why);
	if (!err && strcmp(text_str(&old), text_str(&now)) != 0) {
		if (old.len)
			text_add(out, "- %s\n", text_str(&old));
		if (now.len)
			text_add(out, "+ %s\n", text_str(&now));
	}
	text_fini(&old);
	text_fini(&now);
	return err;
}

static bool in_plan(const struct app *a, const struct mib_def *def, const void *row)
{
	for (size_t i = 0; i < a->plan.items.n; i++) {
		const struct plan_item *it = vec_at(&a->plan.items, i);

		if (it->def == def && row_cmp_index(def, it->now ? it->now : it->old, row) == 0)
			return true;
	}
	return false;
}

static void cannot(const struct mib_def *def, const void *row, const char *why, struct text *out)
{
	text_add(out, "! ");
	row_name(def, row, out);
	text_add(out, ": %s\n", why);
}

/* Wishes of before that the kernel does not have. */
static int missing(struct app *a, struct text *out, struct why *why)
{
	int err = 0;

	for (size_t k = 0; k < ROW_KINDS && !err; k++) {
		const struct mib_def *def = row_kinds[k].def;
		const struct managed *m = row_managed(a, &row_kinds[k]);

		for (size_t i = 0; i < m->rows.n && !err; i++) {
			struct plan_item it = { .def = def, .now = managed_at(m, i), .in = true };
			struct mib_fault fault = { 0 };

			if (!row_is_active(def, it.now) || in_plan(a, def, it.now) ||
			    plan_is_there(a, def, it.now))
				continue;
			if (plan_item_prepare(a, &it, &fault))
				cannot(def, it.now, fault.why.s, out);
			else
				err = change(a, &it, out, why);
		}
	}
	return err;
}

/* Names in the agent's own file that nobody wants go, once there is a state file. */
static void names(struct app *a, struct text *out)
{
	for (size_t i = 0; i < a->names.tables.v.n; i++) {
		const struct name *n = vec_at(&a->names.tables.v, i);
		const struct fib key = { .id = n->id };

		if (n->flags & NAME_OWN && a->state_known && !managed_find(&a->fibs.managed, &key))
			text_add(out, "- table name: %u %s\n", n->id, n->name);
	}
	if (!names_find(&a->names.protos, a->conf.protocol))
		text_add(out, "+ protocol name: %u fwmarkd\n", a->conf.protocol);
}

static int meters(struct app *a, struct text *out)
{
	struct vec wanted = VEC_INIT(struct nf_meter);
	int err = meters_wanted(a, true, &wanted);

	if (!err && !nf_meters_right(a->nf, a->rules.snap, wanted.data, wanted.n))
		text_add(out, "+ meters: the rules of %zu marks\n", wanted.n);
	vec_fini(&wanted);
	return err;
}

/* By the checks that come before a plan is carried out: they only look. */
static int statics(struct app *a, struct text *out, struct why *why)
{
	int err = static_rows_plan(a, a->conf.rows, SIZE_MAX);

	for (size_t i = 0; i < a->plan.items.n && !err; i++) {
		struct plan_item *it = vec_at(&a->plan.items, i);
		struct mib_fault fault = { 0 };
		struct why what;

		if (!plan_item_prepare(a, it, &fault)) {
			err = change(a, it, out, why);
			continue;
		}
		static_rows_blame(a, a->conf.rows, &fault, &what);
		text_add(out, "! %s\n", what.s);
	}
	return err;
}

int app_check(struct app *a, struct text *out, struct why *why)
{
	int err = static_rows_claim(a, why);

	if (!err) {
		fibs_sync(a);
		err = rules_refresh(a, why);
	}
	if (!err)
		err = statics(a, out, why);
	if (!err)
		err = missing(a, out, why);
	if (!err)
		err = meters(a, out);
	if (!err)
		names(a, out);
	if (!err && a->intent.pending)
		text_add(out, "- what a SET that was cut off has done\n");
	plan_clear(a);
	err = err ? err : out->err;
	return err && !why->s[0] ? why_set(why, err, "%s", strerror(-err)) : err;
}
