/* SPDX-License-Identifier: GPL-2.0-or-later */
/* FNV-1a with 64 bits, by which kernel objects are known again. Hashes are kept on disk, so this
 * must not change. */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

#define HASH_INIT UINT64_C(0xcbf29ce484222325)

/* Returns: @hash with @n bytes at @data mixed in; start with HASH_INIT. */
uint64_t hash_add(uint64_t hash, const void *data, size_t n);

#endif
