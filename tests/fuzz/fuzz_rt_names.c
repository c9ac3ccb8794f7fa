/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a file of names. Whatever comes out of it may be shown to managers. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "routing/rt_names.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct names n = NAMES_INIT;
	uint32_t max = size && data[0] & 1 ? UINT8_MAX : UINT32_MAX;
	FILE *fp = size ? fmemopen((void *)(uintptr_t)data, size, "r") : NULL;

	if (!fp)
		return 0;
	if (rt_names_parse(fp, max, size & 1, &n))
		abort();
	fclose(fp);
	names_settle(&n);
	for (size_t i = 0; i < n.v.n; i++) {
		const struct name *e = vec_at(&n.v, i);

		if (e->id > max || !text_is_utf8(e->name, strlen(e->name)) || strchr(e->name, ' '))
			abort();
		if (names_find(&n, e->id) != e)
			abort();
	}
	names_fini(&n);
	return 0;
}
