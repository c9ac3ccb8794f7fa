/* SPDX-License-Identifier: GPL-2.0-or-later */
/* struct policy <-> RTM_NEWRULE, RTM_DELRULE. One attribute table serves both directions. */
#ifndef KERNEL_POLICY_NL_H
#define KERNEL_POLICY_NL_H

#include "kernel/rtnl.h"
#include "model/policy.h"

/**
 * policy_nl_encode - build one request
 * @buf, @size: where to write (4-byte aligned), and room there in bytes
 * @type: RTM_NEWRULE or RTM_DELRULE
 * @p: the policy; every selector it has is sent, and its priority unless priority_auto
 *
 * Returns: 0, or -EMSGSIZE when @size is too small. Does no I/O.
 */
int policy_nl_encode(void *buf, size_t size, uint16_t type, const struct policy *p);

/**
 * policy_nl_decode - read one RTM_NEWRULE or RTM_DELRULE message of the kernel
 *
 * Unknown attributes are ignored, wrong lengths are -EBADMSG; -EAFNOSUPPORT for other families
 * (multicast rules).
 */
int policy_nl_decode(const struct nlmsghdr *nlh, struct policy *out);

/* Called for each policy, in the kernel's order within the family. */
typedef int policy_cb(const struct policy *p, void *arg);

/* @family: AF_INET or AF_INET6. Returns: 0 or -errno (rtnl_dump()). */
int policy_nl_dump(struct rtnl *nl, int family, policy_cb *cb, void (*reset)(void *arg), void *arg);

/**
 * policy_nl_add - put a policy into the kernel
 *
 * Fails with -EEXIST when the kernel holds the same one. Returns: 0 or -errno.
 */
int policy_nl_add(struct rtnl *nl, const struct policy *p, struct why *why);

/* Takes the policy away that is the same in every selector (policy_same()), and looks again that
 * no other went. Returns: 0, -ENOENT when there is none, or -errno. */
int policy_nl_del(struct rtnl *nl, const struct policy *p, struct why *why);

/* Which of the attributes newer than FRA_DPORT_RANGE the running kernel knows, found by asking
 * for the impossible: no rule is made that could match, none is left behind. */
enum policy_cap { POLICY_CAP_DSCP = 1, POLICY_CAP_FLOWLABEL = 2, POLICY_CAP_PORT_MASK = 4 };
int policy_nl_caps(struct rtnl *nl, unsigned *caps);

#endif
