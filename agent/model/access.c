/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/access.h"

#include "model/row.h"

/* RT_TABLE_DEFAULT, RT_TABLE_MAIN and RT_TABLE_LOCAL of uapi/linux/rtnetlink.h */
enum { SYSTEM_FIRST = 253, SYSTEM_LAST = 255 };

bool access_protects(const struct access *a, uint32_t fib)
{
	return !a->main_tables && fib >= SYSTEM_FIRST && fib <= SYSTEM_LAST;
}

uint8_t access_storage(const struct access *a)
{
	return a->foreign ? STORAGE_OTHER : STORAGE_READONLY;
}

bool access_writable(const struct access *a, uint8_t origin, const char *what, struct why *why)
{
	/* For a row of the settings file (ORIGIN_CONFIG), plan.c refuses with its own sentence. */
	if (origin != ORIGIN_FOREIGN || a->foreign)
		return true;
	why_set(why, 0,
		"the %s is not a manager's: it is somebody else's and read-only, for "
		"provisioning.foreign does not open it",
		what);
	return false;
}
