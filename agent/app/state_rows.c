/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "app/state_rows.h"

#include <errno.h>
#include <string.h>

#include "app/plan.h"

void state_sections(struct app *a, struct state_section out[ROW_KINDS])
{
	for (size_t k = 0; k < ROW_KINDS; k++)
		out[k] = (struct state_section){ &row_kinds[k],
						 plan_managed(a, row_kinds[k].def, NULL) };
}

void state_write_sections(const struct state_section *all, struct text *out)
{
	for (size_t s = 0; s < ROW_KINDS; s++) {
		struct managed *m = all[s].managed;

		const char *between = "\n  ";

		text_add(out, "%s = (", all[s].kind->name);
		for (size_t i = 0; i < m->rows.n; i++) {
			/* What fwmarkd.conf wants is in another file: static_rows.h. */
			if (row_is_static(m->def, managed_at(m, i)))
				continue;
			text_addn(out, between, strlen(between));
			managed_text(m, i, row_write, out);
			between = ",\n  ";
		}
		text_add(out, "\n);\n");
	}
}

/* A row that was begun has no leg before something of it was written. */
static void route_read(struct route *r)
{
	if (r->status != ROW_ACTIVE && r->nlegs == 1 && !r->leg.gateway.family && !r->leg.ifindex &&
	    !r->leg.ifname[0])
		r->nlegs = 0;
}

static int read_row(struct app *a, const struct state_section *s, const config_setting_t *group,
		    bool reboot, struct arena *arena, struct why *why)
{
	const struct mib_def *def = s->kind->def;
	void *row;
	int err = row_read(s->kind, group, (uint8_t)a->conf.protocol, arena, &row, why);

	if (err)
		return err;
	/* A priority that the kernel chose stays the one that it became. */
	if (def == &mib_policy && ((struct policy *)row)->status == ROW_ACTIVE)
		((struct policy *)row)->priority_auto = false;
	if (def == &mib_route)
		route_read(row);
	if (reboot && cell_load(mib_col_syntax(def, SYN_STORAGE), row) == STORAGE_VOLATILE)
		return 0;
	return managed_set(s->managed, row) ? 0 : -ENOMEM;
}

int state_read_sections(struct app *a, const config_setting_t *root,
			const struct state_section *all, bool reboot, struct why *why)
{
	struct arena arena = { 0 };
	int err = 0;

	for (size_t s = 0; s < ROW_KINDS && !err; s++) {
		const config_setting_t *list = config_setting_get_member(root, all[s].kind->name);

		for (int i = 0; list && i < config_setting_length(list) && !err; i++)
			err = read_row(a, &all[s], config_setting_get_elem(list, (unsigned)i),
				       reboot, &arena, why);
	}
	arena_free(&arena);
	return err;
}
