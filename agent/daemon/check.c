/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a start would change: one line for each object, "+ " what comes, "- " what goes,
 * "! " what cannot be done. */
#include <string.h>
#include <sys/socket.h>

#include "instance.h"

static int describe_rule(struct instance *in, const void *row, struct text *out, struct why *why)
{
	const struct markrule *r = row;

	text_add(out, "%s -t %s ", r->family == AF_INET6 ? "ip6tables" : "iptables", r->table);
	return nf_rule_text(in->views.nf, r, out, why);
}

static int describe_policy(struct instance *in, const void *row, struct text *out, struct why *why)
{
	const struct policy *p = row;

	(void)why;
	text_add(out, "ip%s rule: ", p->family == AF_INET6 ? " -6" : "");
	policy_text(p, &in->views.names, out);
	return 0;
}

static int describe_route(struct instance *in, const void *row, struct text *out, struct why *why)
{
	const struct route *r = row;
	char number[16];

	(void)why;
	text_add(out, "ip%s route, table %s: ", r->dst.family == AF_INET6 ? " -6" : "",
		 names_text(&in->views.names.tables, r->fib, number));
	route_text(r, &in->views.names, &in->views.links, out);
	return 0;
}

static int describe_fib(struct instance *in, const void *row, struct text *out, struct why *why)
{
	const struct fib *f = row;

	(void)in, (void)why;
	text_add(out, "table name: %u %s", f->id, f->name);
	return 0;
}

static int describe_mark(struct instance *in, const void *row, struct text *out, struct why *why)
{
	const struct mark *m = row;

	(void)in, (void)why;
	text_add(out, "mark: 0x%x/0x%x \"%s\"%s", m->value, m->mask, m->name,
		 m->meter ? " with a meter" : "");
	return 0;
}

/* A row as one line. A row that cannot be described could not be put into the kernel either. */
static const struct {
	int (*describe)(struct instance *in, const void *row, struct text *out, struct why *why);
	bool row_alone; /* the old row is shown even if the kernel has no object of it */
} kinds[ROW_KINDS] = {
	[FIB_ROWS] = { describe_fib, true },	    [ROUTE_ROWS] = { describe_route, false },
	[POLICY_ROWS] = { describe_policy, false }, [RULE_ROWS] = { describe_rule, false },
	[MARK_ROWS] = { describe_mark, true },
};

/* Appends both sides of a change, or nothing when their lines are equal. */
static int change(struct instance *in, const struct plan_item *it, struct text *out,
		  struct why *why)
{
	struct text old = TEXT_INIT, now = TEXT_INIT;
	size_t k = (size_t)(row_kind_of(it->def) - row_kinds);
	int err = 0;

	if (it->old && (it->was_active || kinds[k].row_alone))
		err = kinds[k].describe(in, it->old, &old, why);
	if (!err && it->now && it->to_be_active)
		err = kinds[k].describe(in, it->now, &now, why);
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

static bool in_plan(const struct instance *in, const struct row_kind *kind, const void *row)
{
	const struct plan_item *it;

	for (size_t i = 0; (it = plan_next(&in->plan, kind->def, &i));)
		if (kind->cmp(it->now ? it->now : it->old, row) == 0)
			return true;
	return false;
}

static void cannot(const struct mib_def *def, const void *row, const char *why, struct text *out)
{
	text_add(out, "! ");
	row_name(def, row, out);
	text_add(out, ": %s\n", why);
}

/* Appends wanted rows that the kernel does not have, but for those in the plan. */
static int missing(struct instance *in, struct text *out, struct why *why)
{
	int err = 0;

	for (size_t k = 0; k < ROW_KINDS && !err; k++) {
		const struct mib_def *def = row_kinds[k].def;
		const struct wanted *m = store_wanted(&in->store, &row_kinds[k]);

		for (size_t i = 0; i < m->rows.n && !err; i++) {
			const struct wanted_row *slot = vec_at(&m->rows, i);
			struct plan_item it = { .def = def,
						.now = slot->row,
						.to_be_active = true };
			struct mib_fault fault = { 0 };

			if (in_plan(in, &row_kinds[k], it.now) ||
			    !plan_is_missing(&in->plan, &row_kinds[k], slot))
				continue;
			if (plan_item_prepare(&in->plan, &it, &fault))
				cannot(def, it.now, fault.why.s, out);
			else
				err = change(in, &it, out, why);
		}
	}
	return err;
}

/* Appends the names in the agent's own file that nobody wants: once there is a state file, a start
 * removes them. */
static void names(struct instance *in, struct text *out)
{
	for (size_t i = 0; i < in->views.names.tables.v.n; i++) {
		const struct name *n = vec_at(&in->views.names.tables.v, i);
		const struct fib key = { .id = n->id };

		if (n->flags & NAME_OWN && in->store.known &&
		    !wanted_find(&in->store.wanted[FIB_ROWS], &key))
			text_add(out, "- table name: %u %s\n", n->id, n->name);
	}
	if (!names_find(&in->views.names.protos, in->store.protocol))
		text_add(out, "+ protocol name: %u fwmarkd\n", in->store.protocol);
}

static int meters(struct instance *in, struct text *out)
{
	struct vec wanted = VEC_INIT(struct nf_meter);
	int err = plan_meters_wanted(&in->plan, &wanted);

	if (!err && !nf_meters_right(in->views.nf, in->views.rules.snap, wanted.data, wanted.n))
		text_add(out, "+ meters: the rules of %zu marks\n", wanted.n);
	vec_fini(&wanted);
	return err;
}

/* Makes the plan of the static rows, and runs only the checks that come before it is carried out:
 * they change nothing. */
static int statics(struct instance *in, struct text *out, struct why *why)
{
	int err = static_rows_plan(&in->plan, in->plan.rows, SIZE_MAX);

	for (size_t i = 0; i < in->plan.items.n && !err; i++) {
		struct plan_item *it = vec_at(&in->plan.items, i);
		struct mib_fault fault = { 0 };
		struct why what;

		if (!plan_item_prepare(&in->plan, it, &fault)) {
			err = change(in, it, out, why);
			continue;
		}
		static_rows_blame(&in->plan, in->plan.rows, &fault, &what);
		text_add(out, "! %s\n", what.s);
	}
	return err;
}

static void left_out(void *arg, const char *why)
{
	text_add(arg, "! %s\n", why);
}

int instance_check(struct instance *in, struct text *out, struct why *why)
{
	int err = static_rows_claim(&in->plan, left_out, out);

	if (!err) {
		fibs_sync(&in->views);
		err = rules_refresh(&in->views, why);
	}
	if (!err)
		err = statics(in, out, why);
	if (!err)
		err = missing(in, out, why);
	if (!err)
		err = meters(in, out);
	if (!err)
		names(in, out);
	if (!err && in->store.journal.pending)
		text_add(out, "- what a SET that was cut off has done\n");
	plan_clear(&in->plan);
	err = err ? err : out->err;
	return err && !why->s[0] ? why_set(why, err, "%s", strerror(-err)) : err;
}
