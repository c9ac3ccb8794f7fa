/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/state_rows.h"

#include <errno.h>
#include <string.h>

enum { ROUTE_PROTOCOL = 17 };

void state_sections(struct app *a, struct managed *out[ROW_KINDS])
{
	for (size_t k = 0; k < ROW_KINDS; k++)
		out[k] = row_managed(a, &row_kinds[k]);
}

void state_write_sections(struct managed *const all[ROW_KINDS], struct text *out)
{
	for (size_t k = 0; k < ROW_KINDS; k++) {
		struct managed *m = all[k];
		const char *between = "\n  ";

		text_add(out, "%s = (", row_kinds[k].name);
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

uint8_t state_protocol(const struct app *a, const config_setting_t *root)
{
	int protocol;

	return config_setting_lookup_int(root, "protocol", &protocol) && protocol > 0 &&
			       protocol <= UINT8_MAX
		       ? (uint8_t)protocol
		       : (uint8_t)a->conf.protocol;
}

/* Routes keep the protocol that they were made with, whatever the setting is now. */
static void keep_protocol(const struct app *a, struct route *r)
{
	if (r->protocol != a->conf.protocol)
		r->given |= UINT64_C(1) << ROUTE_PROTOCOL;
}

static int read_row(struct app *a, const struct row_kind *kind, const config_setting_t *group,
		    uint8_t protocol, bool reboot, struct managed *m, struct arena *arena,
		    struct why *why)
{
	const struct mib_def *def = kind->def;
	const struct mib_col *index;
	void *row;
	int err = row_read(kind, group, protocol, arena, &row, why);

	if (err)
		return err;
	index = mib_col(def, 1);
	if ((def == &mib_rule || def == &mib_policy) &&
	    cell_load(index, row) - 1 >= ROW_MANAGER_MAX)
		return why_set(why, -EINVAL, "line %u: index: managers have 1 to %d",
			       config_setting_source_line(group), ROW_MANAGER_MAX);
	/* A priority that the kernel chose stays the one that it became. */
	if (def == &mib_policy && ((struct policy *)row)->status == ROW_ACTIVE)
		((struct policy *)row)->priority_auto = false;
	if (def == &mib_route) {
		route_read(row);
		keep_protocol(a, row);
	}
	if (reboot && cell_load(mib_col_syntax(def, SYN_STORAGE), row) == STORAGE_VOLATILE)
		return 0;
	return managed_set(m, row) ? 0 : -ENOMEM;
}

int state_read_sections(struct app *a, const config_setting_t *root,
			struct managed *const all[ROW_KINDS], bool reboot, struct why *why)
{
	uint8_t protocol = state_protocol(a, root);
	struct arena arena = { 0 };
	int err = 0;

	for (size_t k = 0; k < ROW_KINDS && !err; k++) {
		const config_setting_t *list = config_setting_get_member(root, row_kinds[k].name);

		for (int i = 0; list && i < config_setting_length(list) && !err; i++)
			err = read_row(a, &row_kinds[k], config_setting_get_elem(list, (unsigned)i),
				       protocol, reboot, all[k], &arena, why);
	}
	arena_free(&arena);
	return err;
}
