/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/mark.h"

#include <stdio.h>

void mark_init(struct mark *m, uint32_t value, uint32_t mask)
{
	*m = (struct mark){
		.value = value,
		.mask = mask,
		.storage = STORAGE_NONVOLATILE,
		.status = ROW_ACTIVE,
	};
	if (mask == UINT32_MAX)
		snprintf(m->name, sizeof(m->name), "0x%x", value);
	else
		snprintf(m->name, sizeof(m->name), "0x%x/0x%x", value, mask);
}

int mark_cmp(const void *a, const void *b)
{
	const struct mark *x = a, *y = b;

	if (x->value != y->value)
		return x->value < y->value ? -1 : 1;
	return x->mask < y->mask ? -1 : x->mask > y->mask;
}
