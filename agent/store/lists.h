/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists of numbers in a file of the state directory: ( [ 1L, 2L ], [ 3L, 4L ] ). */
#ifndef STORE_LISTS_H
#define STORE_LISTS_H

#include <libconfig.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

/* Reads entry @i. Returns: false when it is not an array of exactly @n numbers. */
bool list_numbers(const config_setting_t *list, int i, int64_t *out, int n);
/* Appends an entry of @n numbers, at most 8, the first one in hexadecimal where @hash. A save has
 * thousands of entries, and printf() would make it much slower. */
void list_write_numbers(struct text *out, bool hash, const uint64_t *v, size_t n);

#endif
