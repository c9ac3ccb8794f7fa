/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/lookup.h"

#include <errno.h>

int lookup_type_of(int err)
{
	static const struct {
		int err, type;
	} types[] = {
		{ -EINVAL, ROUTE_BLACKHOLE },
		{ -EHOSTUNREACH, ROUTE_UNREACHABLE },
		{ -EACCES, ROUTE_PROHIBIT },
		{ -ENETUNREACH, LOOKUP_NO_ROUTE },
		/* A kernel without that address family. */
		{ -EOPNOTSUPP, LOOKUP_NO_ROUTE },
		{ -EAFNOSUPPORT, LOOKUP_NO_ROUTE },
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (types[i].err == err)
			return types[i].type;
	return -1;
}
