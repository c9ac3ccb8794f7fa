/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/rtn.h"

#include <stddef.h>

const char *rtn_name(unsigned type)
{
	static const char *const names[] = {
		"none",	     "unicast",	    "local",	"broadcast", "anycast", "multicast",
		"blackhole", "unreachable", "prohibit", "throw",     "nat",	"xresolve",
	};

	return type < sizeof(names) / sizeof(*names) ? names[type] : NULL;
}
