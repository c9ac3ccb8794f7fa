/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every table of FWMARK-MIB, in the order of their OIDs, for tests that look at all of them. */
#ifndef MIB_DEFS_H
#define MIB_DEFS_H

#include "snmp/mib.h"

static const struct mib_def *const mib_defs[] = {
	&mib_agent,
	&mib_rule_scalars,
	&mib_rule,
	&mib_mark_scalars,
	&mib_mark,
	&mib_policy_scalars,
	&mib_policy,
	&mib_fib_scalars,
	&mib_fib,
	&mib_route_scalars,
	&mib_route,
	&mib_nexthop,
	&mib_interface_scalars,
	&mib_interface,
	&mib_lookup,
};

#endif
