/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel announces, and what that makes stale. */
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/if.h>
#include <linux/netconf.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/log.h"
#include "daemon/app.h"
#include "routing/link_nl.h"
#include "routing/policy_nl.h"
#include "routing/rt_names.h"

/* What of a link's flags decides over routes. */
enum { LINK_FLAGS = IFF_UP | IFF_RUNNING | IFF_LOWER_UP };

/*
 * Routes go, or are marked, without an event of their own when their device goes down, loses its
 * carrier or is deleted (fib_sync_down_dev() of net/ipv4/fib_semantics.c).
 */
static void on_link(struct app *a, const struct nlmsghdr *nlh)
{
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);
	const struct name *link;
	uint32_t before = 0, after = 0;

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*ifi))
		return;
	link = names_find(&a->links, (uint32_t)ifi->ifi_index);
	before = link ? link->flags : 0;
	link_nl_event(nlh, &a->links);
	link = names_find(&a->links, (uint32_t)ifi->ifi_index);
	after = link ? link->flags : 0;
	if ((before ^ after) & LINK_FLAGS || nlh->nlmsg_type == RTM_DELLINK)
		routes_stale(a, AF_UNSPEC, 0, (uint32_t)ifi->ifi_index);
	if (!(after & IFF_UP))
		routes_device_down(a, (uint32_t)ifi->ifi_index);
	a->links_changed = true;
}

/* Nor when an address goes: those by which it was their preferred source, whatever their device
 * (fib_sync_down_addr()), and all of the device with its last one. */
static void on_address(struct app *a, const struct nlmsghdr *nlh)
{
	const struct ifaddrmsg *ifa = mnl_nlmsg_get_payload(nlh);
	struct prefix addr = { 0 };
	const struct nlattr *attr;

	a->links_changed = true;
	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*ifa) || nlh->nlmsg_type != RTM_DELADDR)
		return;
	routes_stale(a, AF_UNSPEC, 0, ifa->ifa_index);
	mnl_attr_for_each(attr, nlh, sizeof(*ifa)) {
		if (mnl_attr_get_type(attr) !=
			    (ifa->ifa_family == AF_INET ? IFA_LOCAL : IFA_ADDRESS) ||
		    mnl_attr_get_payload_len(attr) != addr_size(ifa->ifa_family))
			continue;
		addr.family = ifa->ifa_family;
		memcpy(addr.addr, mnl_attr_get_payload(attr), addr_size(addr.family));
		routes_stale_users(a, &addr);
	}
}

/* net.ipv4.conf.*.ignore_routes_with_linkdown decides whether a route is shown as dead. */
static void on_netconf(struct app *a, const struct nlmsghdr *nlh)
{
	const struct netconfmsg *ncm = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr;
	bool linkdown = false;
	int32_t ifindex = 0;

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*ncm))
		return;
	mnl_attr_for_each(attr, nlh, sizeof(*ncm)) {
		uint16_t type = mnl_attr_get_type(attr);

		linkdown |= type == NETCONFA_IGNORE_ROUTES_WITH_LINKDOWN;
		if (type == NETCONFA_IFINDEX && mnl_attr_get_payload_len(attr) == sizeof(ifindex))
			memcpy(&ifindex, mnl_attr_get_payload(attr), sizeof(ifindex));
	}
	/* "all" and "default" are negative. */
	if (linkdown)
		routes_stale(a, AF_UNSPEC, 0, ifindex > 0 ? (uint32_t)ifindex : 0);
}

static int on_event(const struct nlmsghdr *nlh, void *arg)
{
	struct app *a = arg;

	/* What is still queued is of use to managers' routes alone: who has taken them away? */
	if (a->events_lost && !a->routes.managed.rows.n)
		return -ENOBUFS;
	switch (nlh->nlmsg_type) {
	case RTM_NEWLINK:
	case RTM_DELLINK:
		on_link(a, nlh);
		break;
	case RTM_NEWADDR:
	case RTM_DELADDR:
		on_address(a, nlh);
		break;
	case RTM_NEWNETCONF:
		on_netconf(a, nlh);
		break;
	case RTM_NEWNEXTHOP:
	case RTM_DELNEXTHOP:
		routes_stale_users(a, NULL);
		break;
	case RTM_NEWRULE:
	case RTM_DELRULE:
		a->policies.stale = true;
		a->policies.event_ms = clock_ms();
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

static int ignore(const struct nlmsghdr *nlh, void *arg)
{
	(void)nlh, (void)arg;
	return 0;
}

/* All is read anew: a fresh socket costs less than to take what the old one has. */
static int throw_away(struct app *a)
{
	const struct conf_list *excluded = &a->routes.excluded;
	int err = rtnl_events_renew(a->events);

	if (err)
		return rtnl_events_drain(a->events, ignore, NULL, &a->events_lost);
	return rtnl_events_exclude(a->events, excluded->item, excluded->n);
}

/* Events were lost. */
static void read_anew(struct app *a)
{
	struct names before = a->links;

	a->agent.row.resyncs++;
	a->policies.stale = true;
	a->links = (struct names)NAMES_INIT;
	if (link_nl_dump(a->rtnl, &a->links)) {
		names_fini(&a->links);
		a->links = before;
	} else {
		routes_doubt(a, &before);
		names_fini(&before);
	}
	routes_lost(a);
	a->links_changed = true; /* perhaps */
}

void live_sync(struct app *a)
{
	bool *lost = &a->events_lost;
	int err;

	*lost = false;
	err = rtnl_events_drain(a->events, on_event, a, lost);
	if (err == -ENOBUFS)
		err = throw_away(a);
	if (err < 0)
		log_err("reading events of the kernel: %s", strerror(-err));
	if (*lost || err < 0)
		read_anew(a);
	if (!a->names_version || rt_names_changed(a->names_fd) == 1)
		read_names(a);
}

enum { PROVISIONING = 11 };

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
	a->agent.row.capabilities = 1u << 0 | 1u << 1 | 1u << 7;
	for (size_t i = 0; i < sizeof(policy_bits) / sizeof(*policy_bits); i++)
		if (caps & policy_bits[i].policy)
			a->agent.row.capabilities |= 1u << policy_bits[i].bit;
}

/* The lists of targets may be closed to the agent's user: what rules have is there. */
static unsigned targets_seen(const struct app *a)
{
	const unsigned both = NF_CAP_MARK | NF_CAP_CONNMARK;
	unsigned caps = 0;

	for (size_t i = 0; a->rules.snap && i < a->rules.snap->entries.n && caps != both; i++) {
		const struct nf_entry *e = vec_at(&a->rules.snap->entries, i);

		if (e->target != MARKRULE_OTHER)
			caps |= e->target == MARKRULE_MARK ? NF_CAP_MARK : NF_CAP_CONNMARK;
	}
	return caps;
}

void live_capabilities(struct app *a)
{
	unsigned caps = nf_probe(a->nf) | targets_seen(a);
	uint32_t *all = &a->agent.row.capabilities;

	if (!a->agent.caps_known)
		capabilities_of_policies(a);
	a->agent.caps_known = true;
	*all &= ~(1u << PROVISIONING);
	if (a->conf.enable)
		*all |= 1u << PROVISIONING;
	*all = (*all & ~NF_CAPS) | caps;
}
