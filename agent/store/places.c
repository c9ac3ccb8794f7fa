/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "places.h"

#include "lists.h"
#include "model/markrule.h"

void places_write(const struct wanted *rules, struct text *out)
{
	const char *between = "\n  ";

	text_add(out, "places = (");
	for (size_t i = 0; i < rules->rows.n; i++) {
		const struct markrule *m = wanted_at(rules, i);

		if (!m->place)
			continue;
		text_add(out, "%s[ %u, %u ]", between, m->index, m->place);
		between = ",\n  ";
	}
	text_add(out, "\n);\n");
}

void places_read(struct wanted *rules, const config_setting_t *root)
{
	const config_setting_t *list = config_setting_get_member(root, "places");
	int64_t v[2];

	for (int i = 0; list && i < config_setting_length(list); i++) {
		struct markrule key = { 0 }, *m;

		/* A rule whose place is not known goes where the manager asked for. */
		if (!list_numbers(list, i, v, 2))
			continue;
		key.index = (uint32_t)v[0];
		m = wanted_find(rules, &key);
		if (m && v[1] > 0)
			m->place = (uint32_t)v[1];
	}
}
