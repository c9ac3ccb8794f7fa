/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Short lists from the settings. They are plain values: assignment copies them. */
#ifndef BASE_LIST_H
#define BASE_LIST_H

#include <stdbool.h>
#include <stdint.h>

/* LIST_NAME_MAX: the names of a table and of a chain with a slash between them */
enum { LIST_MAX = 64, LIST_NAME_MAX = 64 + 1 + 128 + 1 };

/* Each list begins with its count: the reader of settings (conf_value.c) goes by that. */
struct num_list {
	uint32_t n, item[LIST_MAX];
};

struct num_range {
	uint32_t from, to;
};

struct num_ranges {
	uint32_t n;
	struct num_range item[LIST_MAX];
};

struct name_list {
	uint32_t n;
	char item[LIST_MAX][LIST_NAME_MAX];
};

bool num_list_has(const struct num_list *list, uint32_t number);
bool num_ranges_have(const struct num_ranges *list, uint32_t number);
bool name_list_has(const struct name_list *list, const char *name);

#endif
