/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/list.h"

#include <string.h>

bool num_list_has(const struct num_list *list, uint32_t number)
{
	for (uint32_t i = 0; i < list->n; i++)
		if (list->item[i] == number)
			return true;
	return false;
}

bool num_ranges_have(const struct num_ranges *list, uint32_t number)
{
	for (uint32_t i = 0; i < list->n; i++)
		if (number >= list->item[i].from && number <= list->item[i].to)
			return true;
	return false;
}

bool name_list_has(const struct name_list *list, const char *name)
{
	for (uint32_t i = 0; i < list->n; i++)
		if (strcmp(list->item[i], name) == 0)
			return true;
	return false;
}
