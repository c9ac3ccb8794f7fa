/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What policy_nl.c and policy_nl_change.c share. */
#ifndef ROUTING_POLICY_NL_PRIV_H
#define ROUTING_POLICY_NL_PRIV_H

#include "routing/policy_nl.h"

/* Room for any request: the header and every attribute of a rule take some 300 bytes. A rule of the
 * kernel's is sent back with attributes of tomorrow, too. */
enum { POLICY_NL_MAX = 2048 };

/* As policy_nl_dump(), with the message each policy was read from. One that cannot be decoded is given,
 * too, with what was understood. */
typedef int policy_raw_cb(const struct policy *p, const struct nlmsghdr *nlh, void *arg);
int policy_nl_dump_raw(struct rtnl *nl, int family, policy_raw_cb *cb, void (*reset)(void *arg),
		       void *arg);

/* Would RTM_DELRULE for @asked hit @p? As rule_find() compares (net/core/fib_rules.c): absent is a
 * wildcard, and neither `not` nor the goto are looked at. */
bool policy_nl_matches(const struct policy *asked, const struct policy *p);

/* Would the kernel's rules differ in nothing, not even in who installed them? */
static inline bool policy_nl_same(const struct policy *a, const struct policy *b)
{
	return a->route_protocol == b->route_protocol && policy_same(a, b);
}

/* policy_nl_held.c: calls @cb for the rules of a priority, in the kernel's order. Returns: 0, or
 * what @cb returned that is not 0, or -errno. */
int policy_held_each(struct rtnl *nl, struct policy_held *h, int family, uint32_t priority,
		     policy_raw_cb *cb, void *arg);
/* The kernel reports that it has added or removed a rule (@p, in @nlh). @h may be NULL. */
void policy_held_change(struct policy_held *h, const struct policy *p, const struct nlmsghdr *nlh);

#endif
