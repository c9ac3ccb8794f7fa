/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/hash.h"

uint64_t hash_add(uint64_t hash, const void *data, size_t n)
{
	const uint8_t *p = data;

	while (n--)
		hash = (hash ^ *p++) * UINT64_C(0x100000001b3);
	return hash;
}
