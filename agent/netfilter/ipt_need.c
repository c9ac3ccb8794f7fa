/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the kernel's matches need of the rule that they stand in: struct xt_match.proto and .hooks,
 * which xt_check_match() compares. The kernel says no more than EINVAL, and only when the table is
 * committed; here a manager gets a sentence before anything is done.
 */
#include <errno.h>
#include <string.h>

#include <netinet/in.h>

#include "ipt.h"

#define PRE  HOOK_PREROUTING
#define IN   HOOK_INPUT
#define FWD  HOOK_FORWARD
#define OUT  HOOK_OUTPUT
#define POST HOOK_POSTROUTING

static const struct need {
	const char *match;
	uint8_t family; /* 0: both */
	uint8_t proto;	/* 0: any */
	uint8_t hooks;	/* in which it works; 0: all */
} needs[] = {
	{ "ah", AF_INET, IPPROTO_AH, 0 },
	{ "cgroup", 0, 0, IN | OUT | POST },
	{ "dccp", 0, IPPROTO_DCCP, 0 },
	{ "esp", 0, IPPROTO_ESP, 0 },
	{ "eui64", 0, 0, PRE | IN | FWD },
	{ "icmp", 0, IPPROTO_ICMP, 0 },
	{ "icmp6", 0, IPPROTO_ICMPV6, 0 },
	{ "ipcomp", 0, IPPROTO_COMP, 0 },
	{ "mac", 0, 0, PRE | IN | FWD },
	{ "mh", 0, IPPROTO_MH, 0 },
	{ "osf", 0, IPPROTO_TCP, PRE | IN | FWD },
	{ "owner", 0, 0, OUT | POST },
	{ "realm", 0, 0, IN | FWD | OUT | POST },
	{ "rpfilter", 0, 0, PRE },
	{ "sctp", 0, IPPROTO_SCTP, 0 },
	{ "socket", 0, 0, PRE | IN },
	{ "tcp", 0, IPPROTO_TCP, 0 },
	{ "tcpmss", 0, IPPROTO_TCP, 0 },
	{ "udp", 0, IPPROTO_UDP, 0 },
};

static int need_check(const struct need *n, const struct ip_part *ip, uint8_t hooks,
		      struct why *why)
{
	if (n->proto && (ip->proto != n->proto || (ip->inv & IPT_NOT_PROTO)))
		return why_set(why, -EINVAL, "Matches: -m %s needs Protocol %u", n->match,
			       n->proto);
	if (n->hooks && (hooks & ~n->hooks))
		return why_set(why, -EINVAL, "Matches: -m %s does not work in this chain",
			       n->match);
	return 0;
}

int ipt_need(const struct ipt_ops *ops, const void *e, uint8_t hooks, struct why *why)
{
	struct ip_part ip;
	int err = 0;

	ops->ip_get(e, &ip);
	for (const struct xt_entry_match *m = ipt_match_next(ops, e, NULL); m && err == 0;
	     m = ipt_match_next(ops, e, m)) {
		for (size_t i = 0; i < sizeof(needs) / sizeof(*needs) && err == 0; i++)
			if (strcmp(needs[i].match, m->u.user.name) == 0 &&
			    (!needs[i].family || needs[i].family == ops->family))
				err = need_check(&needs[i], &ip, hooks, why);
	}
	return err;
}
