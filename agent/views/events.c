/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Takes the events of the kernel, once for each request, and hands them to the views that they
 * concern. */
#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#include "base/log.h"
#include "routing/link_nl.h"
#include "routing/route_nl.h"
#include "routing/rt_names.h"
#include "views/views.h"

static uint32_t family_of(const struct nlmsghdr *nlh)
{
	return ((const struct rtgenmsg *)NLMSG_DATA(nlh))->rtgen_family == AF_INET ? 4 : 6;
}

static uint32_t ifindex_of(const struct nlmsghdr *nlh)
{
	return (uint32_t)((const struct ifinfomsg *)NLMSG_DATA(nlh))->ifi_index;
}

void views_unread(const struct nlmsghdr *nlh, void *arg)
{
	static const struct {
		uint16_t type;
		size_t size;
		const char *what;
		uint32_t (*number)(const struct nlmsghdr *nlh);
	} kinds[] = {
		{ RTM_NEWROUTE, sizeof(struct rtmsg), "a route of table ", route_nl_table },
		{ RTM_NEWRULE, sizeof(struct rtgenmsg), "a policy of IPv", family_of },
		{ RTM_NEWLINK, sizeof(struct ifinfomsg), "the name of interface ", ifindex_of },
	};
	struct views *views = arg;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (kinds[i].type != nlh->nlmsg_type || views->unread & 1u << i ||
		    nlh->nlmsg_len < NLMSG_LENGTH(kinds[i].size))
			continue;
		views->unread |= 1u << i;
		log_warn("%s%u cannot be read, and is left out; others like it are, too, in "
			 "silence",
			 kinds[i].what, kinds[i].number(nlh));
	}
}

static int on_event(const struct nlmsghdr *nlh, void *arg)
{
	struct views *views = arg;

	/* Once events are lost, the rest of the queue only says who took away managers' routes and
	 * policies; without any of these nobody needs it. */
	if (views->events_lost && !views->store->wanted[ROUTE_ROWS].rows.n &&
	    !views->store->wanted[POLICY_ROWS].rows.n)
		return -ENOBUFS;
	for (const struct event_handler *h = views->handlers; h->take; h++)
		if (h->type == nlh->nlmsg_type)
			h->take(views, nlh);
	return 0;
}

static void read_names(struct views *views)
{
	int err = rt_names_read(&views->names);

	if (err && !views->names_err)
		log_err("reading rt_tables: %s", strerror(-err));
	views->names_err = err;
	views->names_version++;
}

static int ignore(const struct nlmsghdr *nlh, void *arg)
{
	(void)nlh, (void)arg;
	return 0;
}

/* Drops the queue, for all is read anew: a new socket costs less than to take what the old one
 * holds. */
static int throw_away(struct views *views)
{
	const struct num_list *excluded = &views->routes.excluded;
	int err = rtnl_events_renew(views->events);

	if (err)
		return rtnl_events_drain(views->events, ignore, NULL, &views->events_lost);
	return rtnl_events_exclude(views->events, excluded->item, excluded->n);
}

/* @before: gets the links as they were. Returns: false when they cannot be read. */
static bool read_links(struct views *views, struct names *before)
{
	int err;

	*before = views->links;
	views->links = (struct names)NAMES_INIT;
	err = link_nl_dump(views->rtnl, &views->links);
	if (err) {
		if (!views->links_err)
			log_err("reading interfaces: %s", strerror(-err));
		names_fini(&views->links);
		views->links = *before;
	}
	views->links_err = err;
	views->links_changed = true; /* perhaps: nobody knows */
	return !err;
}

/* Events were lost: has everything read anew. */
static void read_anew(struct views *views)
{
	struct names before;
	bool again = read_links(views, &before);

	views->store->agent.resyncs++;
	views->on_lost(views, again ? &before : NULL);
	if (again)
		names_fini(&before);
}

/* The links could not be read when events were lost: tries again. */
static void read_links_again(struct views *views)
{
	struct names before;

	if (read_links(views, &before))
		names_fini(&before);
}

void live_sync(struct views *views)
{
	bool *lost = &views->events_lost;
	int err;

	if (views->request && views->live_pdu == views->pdus && views->mib->state == TXN_IDLE)
		return;
	views->live_pdu = views->pdus;
	*lost = false;
	err = rtnl_events_drain(views->events, on_event, views, lost);
	if (err == -ENOBUFS)
		err = throw_away(views);
	if (err < 0)
		log_err("reading events of the kernel: %s", strerror(-err));
	if (*lost || err < 0)
		read_anew(views);
	else if (views->links_err)
		read_links_again(views);
	if (!views->names_version || views->names_err || rt_names_changed(&views->names))
		read_names(views);
}
