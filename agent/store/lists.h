/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists of numbers in a file of the state directory: ( [ 1L, 2L ], [ 3L, 4L ] ). */
#ifndef STORE_LISTS_H
#define STORE_LISTS_H

#include <libconfig.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

/* Reads line @i. Returns: false when it is no line of just @n numbers. */
bool list_numbers(const config_setting_t *list, int i, int64_t *out, int n);
/* Appends a line, the first number in hexadecimal where @hash. Every SET waits for thousands of these:
 * printf() would take more of its time than the kernel. @n: at most 8. */
void list_write_numbers(struct text *out, bool hash, const uint64_t *v, size_t n);

#endif
