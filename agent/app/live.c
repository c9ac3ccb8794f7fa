/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel announces, and what that makes stale. */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "app/app.h"
#include "base/log.h"
#include "kernel/link_nl.h"
#include "kernel/policy_nl.h"
#include "kernel/rt_names.h"

/* IPv4 routes go without an event of their own when their device goes down, loses an address or is
 * deleted, or when their nexthop object is (fib_sync_down_dev() of net/ipv4/fib_semantics.c). */
static int on_event(const struct nlmsghdr *nlh, void *arg)
{
	struct app *a = arg;

	switch (nlh->nlmsg_type) {
	case RTM_NEWLINK:
	case RTM_DELLINK:
		link_nl_event(nlh, &a->links);
		a->routes.stale4 = true;
		break;
	case RTM_NEWADDR:
	case RTM_DELADDR:
		a->routes.stale4 = true;
		break;
	case RTM_NEWNEXTHOP:
	case RTM_DELNEXTHOP:
		a->routes.stale4 = a->routes.stale6 = true;
		break;
	case RTM_NEWRULE:
	case RTM_DELRULE:
		a->policies.stale = true;
		break;
	case RTM_NEWROUTE:
	case RTM_DELROUTE:
		routes_event(a, nlh);
		break;
	default:
		break;
	}
	return 0;
}

static void read_names(struct app *a)
{
	int err = rt_names_read(&a->names);

	if (err)
		log_err("reading rt_tables: %s", strerror(-err));
	a->names_version++;
}

void live_sync(struct app *a)
{
	bool lost = false;
	int err = rtnl_events_drain(a->events, on_event, a, &lost);

	if (err < 0)
		log_err("reading events of the kernel: %s", strerror(-err));
	if (lost || err < 0) {
		a->agent.row.resyncs++;
		a->policies.stale = a->routes.stale4 = a->routes.stale6 = true;
		link_nl_dump(a->rtnl, &a->links);
	}
	if (!a->names_version || rt_names_changed(a->names_fd) == 1)
		read_names(a);
}

/* fwmarkAgentCapabilities: which bit each of the kernel's answers is. */
static const struct {
	unsigned nf, bit;
} nf_bits[] = {
	{ NF_CAP_LEGACY4, 2 }, { NF_CAP_LEGACY6, 3 },  { NF_CAP_NFTABLES, 4 },
	{ NF_CAP_MARK, 5 },    { NF_CAP_CONNMARK, 6 },
};

static const struct {
	unsigned policy, bit;
} policy_bits[] = {
	{ POLICY_CAP_DSCP, 8 },
	{ POLICY_CAP_FLOWLABEL, 9 },
	{ POLICY_CAP_PORT_MASK, 10 },
};

static void capabilities_of_policies(struct app *a)
{
	unsigned caps = 0;
	int err = policy_nl_caps(a->rtnl, &caps);

	if (err)
		log_debug("asking which policies the kernel takes: %s", strerror(-err));
	a->agent.row.capabilities = 1u << 0 | 1u << 1 | 1u << 7 | 1u << 11;
	for (size_t i = 0; i < sizeof(policy_bits) / sizeof(*policy_bits); i++)
		if (caps & policy_bits[i].policy)
			a->agent.row.capabilities |= 1u << policy_bits[i].bit;
}

void live_capabilities(struct app *a)
{
	unsigned caps = nf_probe(a->nf);
	uint32_t *all = &a->agent.row.capabilities;

	if (!a->agent.caps_known)
		capabilities_of_policies(a);
	a->agent.caps_known = true;
	for (size_t i = 0; i < sizeof(nf_bits) / sizeof(*nf_bits); i++) {
		*all &= ~(1u << nf_bits[i].bit);
		if (caps & nf_bits[i].nf)
			*all |= 1u << nf_bits[i].bit;
	}
}
