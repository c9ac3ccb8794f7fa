/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "app/state_rows.h"

#include <errno.h>
#include <string.h>

#include "app/rowfile.h"

void state_sections(struct app *a, struct state_section out[STATE_SECTIONS])
{
	const struct state_section all[STATE_SECTIONS] = {
		{ "fibs", &a->fibs.managed },	      { "routes", &a->routes.managed },
		{ "policies", &a->policies.managed }, { "rules", &a->rules.managed },
		{ "marks", &a->marks.managed },
	};

	memcpy(out, all, sizeof(all));
}

static void write_route(const struct route *r, struct text *out)
{
	/* The row without its closing brace, and the legs inside it. */
	rowfile_write(&mib_route, r, out);
	if (r->nlegs < 2)
		return;
	out->len -= 2;
	text_add(out, " legs = (");
	for (unsigned i = 0; i < r->nlegs; i++) {
		struct mib_nexthop_row hop = {
			.index = (uint8_t)(i + 1),
			.hop = r->legs[i],
			.status = ROW_ACTIVE,
			.given = UINT64_MAX,
		};

		text_add(out, "%s ", i ? "," : "");
		rowfile_write(&mib_nexthop, &hop, out);
	}
	text_add(out, " ); }");
}

static void write_row(const struct mib_def *def, const void *row, struct text *out)
{
	if (def == &mib_route)
		write_route(row, out);
	else
		rowfile_write(def, row, out);
}

void state_write_sections(const struct state_section *all, struct text *out)
{
	for (size_t s = 0; s < STATE_SECTIONS; s++) {
		struct managed *m = all[s].managed;

		text_add(out, "%s = (", all[s].name);
		for (size_t i = 0; i < m->rows.n; i++) {
			text_add(out, "%s\n  ", i ? "," : "");
			managed_text(m, i, write_row, out);
		}
		text_add(out, "\n);\n");
	}
}

static void init_row(struct app *a, const struct mib_def *def, void *row)
{
	memset(row, 0, def->row_size);
	if (def == &mib_rule) {
		markrule_init(row);
		((struct markrule *)row)->origin = ORIGIN_MANAGER;
		((struct markrule *)row)->backend = BACKEND_LEGACY;
		((struct markrule *)row)->counted = true;
	} else if (def == &mib_policy) {
		policy_init(row);
		((struct policy *)row)->origin = ORIGIN_MANAGER;
		((struct policy *)row)->route_protocol = (uint8_t)a->conf.protocol;
	} else if (def == &mib_route) {
		route_init(row);
		((struct route *)row)->origin = ORIGIN_MANAGER;
		((struct route *)row)->protocol = (uint8_t)a->conf.protocol;
	} else if (def == &mib_fib) {
		fib_init(row);
		((struct fib *)row)->origin = ORIGIN_MANAGER;
	} else {
		mark_init(row, 0, 0);
	}
}

static int read_legs(const config_setting_t *group, struct route *r, struct nexthop *legs,
		     struct arena *arena, struct why *why)
{
	const config_setting_t *list = config_setting_get_member(group, "legs");
	int n = list ? config_setting_length(list) : 0;

	if (!list)
		return 0;
	if (!config_setting_is_list(list) || n < 2 || n > ROUTE_LEGS_MAX)
		return why_set(why, -EINVAL, "line %u: legs: a list of 2 to %d is wanted",
			       config_setting_source_line(list), ROUTE_LEGS_MAX);
	for (int i = 0; i < n; i++) {
		struct mib_nexthop_row hop = { .hop = { .weight = 1 } };
		int err = rowfile_read(&mib_nexthop, config_setting_get_elem(list, (unsigned)i),
				       &hop, NULL, arena, why);

		if (err)
			return err;
		legs[i] = hop.hop;
	}
	r->nlegs = (uint16_t)n;
	r->legs = legs;
	return 0;
}

/* Derived columns are not in the file: the source derives them as it does for a manager. */
static int read_row(struct app *a, struct managed *m, const config_setting_t *group, bool reboot,
		    struct arena *arena, struct why *why)
{
	static const char *const other[] = { "legs", NULL };
	struct nexthop legs[ROUTE_LEGS_MAX];
	const struct mib_source *src = NULL;
	void *row = arena_alloc(arena, m->def->row_size);
	uint64_t status;
	int err;

	if (!row)
		return -ENOMEM;
	init_row(a, m->def, row);
	err = rowfile_read(m->def, group, row, m->def == &mib_route ? other : NULL, arena, why);
	if (!err && m->def == &mib_route)
		err = read_legs(group, row, legs, arena, why);
	if (err)
		return err;
	for (size_t i = 0; i < sizeof(a->tables) / sizeof(*a->tables); i++)
		if (a->tables[i].def == m->def)
			src = &a->tables[i].src;
	/* A priority that the kernel chose stays the one that it became. */
	status = cell_load(mib_col_syntax(m->def, SYN_STATUS), row);
	if (src && src->settle)
		src->settle(src->ctx, row);
	if (m->def == &mib_policy && status == ROW_ACTIVE)
		((struct policy *)row)->priority_auto = false;
	if (reboot && cell_load(mib_col_syntax(m->def, SYN_STORAGE), row) == STORAGE_VOLATILE)
		return 0;
	return managed_set(m, row) ? 0 : -ENOMEM;
}

int state_read_sections(struct app *a, const config_setting_t *root,
			const struct state_section *all, bool reboot, struct why *why)
{
	struct arena arena = { 0 };
	int err = 0;

	for (size_t s = 0; s < STATE_SECTIONS && !err; s++) {
		const config_setting_t *list = config_setting_get_member(root, all[s].name);

		for (int i = 0; list && i < config_setting_length(list) && !err; i++)
			err = read_row(a, all[s].managed,
				       config_setting_get_elem(list, (unsigned)i), reboot, &arena,
				       why);
	}
	arena_free(&arena);
	return err;
}
