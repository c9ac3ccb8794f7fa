/* SPDX-License-Identifier: GPL-2.0-or-later */
/* struct policy <-> RTM_NEWRULE, RTM_DELRULE. One attribute table serves both directions. */
#ifndef ROUTING_POLICY_NL_H
#define ROUTING_POLICY_NL_H

#include "model/policy.h"
#include "routing/rtnl.h"

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
 * Ignores unknown attributes. Returns: 0; -EBADMSG for wrong lengths; -EAFNOSUPPORT for other
 * families (multicast rules).
 */
int policy_nl_decode(const struct nlmsghdr *nlh, struct policy *out);

/* Called for each policy, in the kernel's order within the family. */
typedef int policy_cb(const struct policy *p, void *arg);

/**
 * policy_nl_dump - all policies of a family
 * @family: AF_INET or AF_INET6
 * @reset: called before each try, to forget what came so far
 *
 * Reads again when policies come or go meanwhile, for the kernel leaves others out then, or gives
 * them twice. Returns: 0; -EAGAIN: they change all the time, and what the last try gave may be
 * wrong; or -errno (rtnl_dump()).
 */
int policy_nl_dump(struct rtnl *nl, int family, policy_cb *cb, void (*reset)(void *arg), void *arg);

/*
 * The rules of both families as they were read, and changed since by the functions below: so many
 * changes need one reading. What others change meanwhile is not seen, but it is seen when another
 * rule goes than the one that was meant. NULL: the function reads what it needs.
 */
struct policy_held;

/* Returns: NULL without memory. The rules are read when somebody needs them. */
struct policy_held *policy_held_new(void);
/* The rules are read anew when somebody needs them. */
void policy_held_forget(struct policy_held *h);
void policy_held_free(struct policy_held *h);

/* The priority that the kernel chooses when none is given: one below the second rule of the family
 * (fib_default_rule_pref() of net/core/fib_rules.c). @h: not NULL. Returns: 0 or -errno. */
int policy_nl_default_priority(struct rtnl *nl, struct policy_held *h, int family, uint32_t *out);

/**
 * policy_nl_add - put a policy into the kernel
 * @p: with priority_auto the kernel chooses: look it up afterwards
 *
 * The kernel's own answer EEXIST (rule_exists() in net/core/fib_rules.c) takes absent addresses,
 * tos and dscp for wildcards and does not look at `not` and the goto: it refuses "pref 500" after
 * "pref 500 tos 0x10". So after EEXIST the rules are read and, when none is the same, the request
 * is sent again without NLM_F_EXCL. The kernel takes the same policy with another route_protocol
 * for another one.
 *
 * Returns: 0, -EEXIST when the kernel holds the same one, -EOPNOTSUPP when it would pass over a
 * selector that it does not know, or -errno.
 */
int policy_nl_add(struct rtnl *nl, struct policy_held *h, const struct policy *p, struct why *why);

/**
 * policy_nl_del - remove the policy that is the same in every selector (policy_same())
 * @p: when it has a route_protocol, only a policy with that one is removed
 *
 * RTM_DELRULE deletes the first rule that matches what was sent, and what was not sent matches
 * everything (rule_find()). When an earlier rule of the same priority would be hit, the rules of
 * that priority are appended again and the old ones deleted from the front, so that order and
 * content stay and at no time one is missing. The kernel reports which one went.
 *
 * Returns: 0, -ENOENT when there is none, -EBUSY when another one went (it is put back), or -errno.
 */
int policy_nl_del(struct rtnl *nl, struct policy_held *h, const struct policy *p, struct why *why);

/* The policies of one priority, as they are when policy_nl_keep() is called. */
struct policy_group;
typedef bool policy_is_ours(const struct policy *p, const void *arg);

int policy_nl_keep(struct rtnl *nl, struct policy_held *h, int family, uint32_t priority,
		   struct policy_group **out);
void policy_nl_forget(struct policy_group *g);

/**
 * policy_nl_restore - put back the policies of one priority, in the same order
 * @ours: has the caller added this policy since? What others have added stays, behind the rest
 *
 * Undoes any changes, also those that failed half-way, and does nothing where nothing has changed.
 * At no time is a policy missing that was there before. Returns: 0 or -errno; -EAGAIN: policies come
 * and go all the time, and nothing was done, because it cannot be known what is there.
 */
int policy_nl_restore(struct rtnl *nl, struct policy_held *h, const struct policy_group *was,
		      policy_is_ours *ours, const void *arg, struct why *why);

/* Attributes newer than FRA_DPORT_RANGE. A kernel that does not know one ignores it. */
enum policy_cap {
	POLICY_CAP_DSCP = 1,
	POLICY_CAP_FLOWLABEL = 2,
	POLICY_CAP_PORT_MASK = 4,
	POLICY_CAP_DSCP_MASK = 8,
};

/* Finds out which of them the running kernel knows: asks it to delete a rule that cannot exist,
 * with a malformed attribute. A kernel that knows the attribute refuses the request; any other
 * finds no such rule. Nothing changes. Returns: 0 or -errno. */
int policy_nl_caps(struct rtnl *nl, unsigned *caps);

#endif
