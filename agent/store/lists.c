/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lists.h"

bool list_numbers(const config_setting_t *list, int i, int64_t *out, int n)
{
	const config_setting_t *line = config_setting_get_elem(list, (unsigned)i);

	if (!line || !config_setting_is_array(line) || config_setting_length(line) != n)
		return false;
	for (int k = 0; k < n; k++)
		out[k] = config_setting_get_int64_elem(line, k);
	return true;
}

void list_write_numbers(struct text *out, bool hash, const uint64_t *v, size_t n)
{
	char buf[8 * 24], *end = buf + sizeof(buf), *p = end;

	*--p = ']';
	for (size_t i = n; i--;) {
		uint64_t left = v[i];
		unsigned base = hash && i == 0 ? 16 : 10;

		*--p = i + 1 < n ? ',' : ' ';
		*--p = 'L';
		do
			*--p = "0123456789abcdef"[left % base];
		while (left /= base);
		if (base == 16) {
			*--p = 'x';
			*--p = '0';
		}
		if (i)
			*--p = ' ';
	}
	*--p = ' ';
	*--p = '[';
	text_addn(out, p, (size_t)(end - p));
}
