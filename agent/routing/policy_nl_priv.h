/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What policy_nl.c and policy_nl_change.c share. */
#ifndef ROUTING_POLICY_NL_PRIV_H
#define ROUTING_POLICY_NL_PRIV_H

#include "routing/policy_nl.h"

/* Room for any request: the header and every attribute of a rule take less than half. */
enum { POLICY_NL_MAX = 512 };

/* As policy_nl_dump(), with the message each policy was read from. */
typedef int policy_raw_cb(const struct policy *p, const struct nlmsghdr *nlh, void *arg);
int policy_nl_dump_raw(struct rtnl *nl, int family, policy_raw_cb *cb, void (*reset)(void *arg),
		       void *arg);

/* Would RTM_DELRULE for @asked hit @p? As rule_find() compares (net/core/fib_rules.c): absent is a
 * wildcard, and neither `not` nor the goto are looked at. */
bool policy_nl_matches(const struct policy *asked, const struct policy *p);

#endif
