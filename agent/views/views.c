/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All views together, and which events of the kernel concern which of them. */
#include "views/views.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "routing/link_nl.h"

static const struct event_handler handlers[] = {
	{ RTM_NEWLINK, routes_on_link },       { RTM_DELLINK, routes_on_link },
	{ RTM_NEWADDR, routes_on_address },    { RTM_DELADDR, routes_on_address },
	{ RTM_NEWNETCONF, routes_on_netconf }, { RTM_NEWNEXTHOP, routes_on_nexthop },
	{ RTM_DELNEXTHOP, routes_on_nexthop }, { RTM_NEWRULE, policies_on_rule },
	{ RTM_DELRULE, policies_on_rule },     { RTM_NEWROUTE, routes_on_route },
	{ RTM_DELROUTE, routes_on_route },     { 0, NULL },
};

/* Events were lost. @before: the links as they were, NULL: they could not be read anew. */
static void on_lost(struct views *views, const struct names *before)
{
	views->policies.stale = true;
	if (before)
		routes_doubt(views, before);
	routes_lost(views);
}

void views_init(struct views *views, struct store *store, const struct view_options *opt,
		const struct access *access, const struct mib *mib)
{
	memset(views, 0, sizeof(*views));
	views->store = store;
	views->opt = opt;
	views->access = access;
	views->mib = mib;
	views->handlers = handlers;
	views->on_lost = on_lost;
	views->links = (struct names)NAMES_INIT;
	views->names = (struct rt_names)RT_NAMES_INIT;
	rules_init(views);
	marks_init(views);
	policies_init(views);
	fibs_init(views);
	routes_init(views);
	agent_init(views);
}

void views_begin(struct views *views, bool request, bool walk)
{
	views->pdus++;
	views->request = request;
	views->walk = walk;
}

static struct nf_options nf_options(const struct view_options *opt)
{
	return (struct nf_options){
		.lock_file = opt->lock_file[0] ? opt->lock_file : NULL,
		.wait_ms = opt->lock_wait_ms,
	};
}

void views_options_changed(struct views *views)
{
	const struct nf_options opt = nf_options(views->opt);

	nf_set_options(views->nf, &opt);
}

int views_open(struct views *views, struct why *why)
{
	const struct nf_options opt = nf_options(views->opt);
	int err = nf_open(&opt, &views->nf);

	if (err)
		return why_set(why, err, "netfilter: %s", strerror(-err));
	err = rtnl_open(&views->rtnl);
	if (!err)
		err = rtnl_open(&views->dump);
	if (!err) {
		rtnl_on_unread(views->rtnl, views_unread, views);
		rtnl_on_unread(views->dump, views_unread, views);
	}
	/* Events first: what changes while the tables are read is not missed. */
	if (!err)
		err = rtnl_events_open(&views->events);
	if (!err)
		err = link_nl_dump(views->rtnl, &views->links);
	return err ? why_set(why, err, "rtnetlink: %s", strerror(-err)) : 0;
}

void views_fini(struct views *views)
{
	agent_fini(views);
	routes_fini(views);
	fibs_fini(views);
	policies_fini(views);
	marks_fini(views);
	rules_fini(views);
	rt_names_fini(&views->names);
	names_fini(&views->links);
	rtnl_events_close(views->events);
	rtnl_close(views->dump);
	rtnl_close(views->rtnl);
	nf_close(views->nf);
}
