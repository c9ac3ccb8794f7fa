/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sections.h"

#include <errno.h>
#include <string.h>

#include "model/row.h"
#include "store/static_rows.h"

/* Beside its columns, a row of the state file says whether somebody took its object away. */
static const char WITHDRAWN[] = "withdrawn";

static void write_row(struct wanted *m, size_t i, struct text *out)
{
	const struct wanted_row *slot = vec_at(&m->rows, i);

	wanted_text(m, i, out);
	if (!slot->withdrawn || out->err)
		return;
	out->len -= 2; /* puts it before the closing brace */
	text_add(out, " %s = true; }", WITHDRAWN);
}

/* Takes it out of the group, which is then all columns. */
static bool take_withdrawn(config_setting_t *group)
{
	int withdrawn = 0;

	if (config_setting_is_group(group) &&
	    config_setting_lookup_bool(group, WITHDRAWN, &withdrawn))
		config_setting_remove(group, WITHDRAWN);
	return withdrawn;
}

void sections_write(struct wanted all[ROW_KINDS], struct text *out)
{
	for (size_t k = 0; k < ROW_KINDS; k++) {
		struct wanted *m = &all[k];
		const char *between = "\n  ";

		text_add(out, "%s = (", row_kinds[k].name);
		for (size_t i = 0; i < m->rows.n; i++) {
			/* Static rows are in another file: see static_rows.h. */
			if (row_is_static(m->kind->def, wanted_at(m, i)))
				continue;
			text_addn(out, between, strlen(between));
			write_row(m, i, out);
			between = ",\n  ";
		}
		text_add(out, "\n);\n");
	}
}

uint8_t state_protocol(const config_setting_t *root, uint8_t protocol)
{
	int then;

	return config_setting_lookup_int(root, "protocol", &then) && then > 0 && then <= UINT8_MAX
		       ? (uint8_t)then
		       : protocol;
}

static int read_one(const struct row_kind *kind, config_setting_t *group, uint8_t then,
		    uint8_t protocol, bool reboot, struct wanted *m, struct arena *arena,
		    struct why *why)
{
	const struct mib_def *def = kind->def;
	bool withdrawn = take_withdrawn(group);
	void *row;
	int err = row_read(kind, group, then, arena, &row, why);

	if (err)
		return err;
	if (kind->managers_index && cell_load(&def->cols[0], row) - 1 >= ROW_MANAGER_MAX)
		return why_set(why, -EINVAL, "line %u: index: managers have 1 to %d",
			       config_setting_source_line(group), ROW_MANAGER_MAX);
	/* fwmarkd writes the status of every row; what a row without it is, nobody knows. */
	if (!cell_load(mib_col_syntax(def, SYN_STATUS), row))
		return why_set(why, -EINVAL, "line %u: status: it is missing",
			       config_setting_source_line(group));
	if (kind->settle_kept)
		kind->settle_kept(row, protocol);
	if (reboot && cell_load(mib_col_syntax(def, SYN_STORAGE), row) == STORAGE_VOLATILE)
		return 0;
	if (!wanted_set(m, row))
		return -ENOMEM;
	wanted_slot(m, row)->withdrawn = withdrawn && !reboot;
	return 0;
}

int sections_read(const config_setting_t *root, uint8_t protocol, bool reboot,
		  struct wanted all[ROW_KINDS], struct why *why)
{
	uint8_t then = state_protocol(root, protocol);
	struct arena arena = { 0 };
	int err = 0;

	for (size_t k = 0; k < ROW_KINDS && !err; k++) {
		const config_setting_t *list = config_setting_get_member(root, row_kinds[k].name);

		for (int i = 0; list && i < config_setting_length(list) && !err; i++)
			err = read_one(&row_kinds[k], config_setting_get_elem(list, (unsigned)i),
				       then, protocol, reboot, &all[k], &arena, why);
	}
	arena_free(&arena);
	return err;
}
