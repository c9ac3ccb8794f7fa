/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The scalars of the agent itself. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "routing/policy_nl.h"
#include "views/scalars.h"
#include "views/views.h"

void agent_init(struct views *views)
{
	struct mib_agent_row *row = &views->store->agent;

	views->agent.started_ms = clock_ms();
	snprintf(row->version, sizeof(row->version), "%s", PACKAGE_VERSION);
}

void agent_fini(struct views *views)
{
	text_fini(&views->agent.last_error);
}

static const struct {
	unsigned policy, agent;
} policy_caps[] = {
	{ POLICY_CAP_DSCP, AGENT_CAP_RULE_DSCP },
	{ POLICY_CAP_FLOWLABEL, AGENT_CAP_RULE_FLOW_LABEL },
	{ POLICY_CAP_PORT_MASK, AGENT_CAP_RULE_PORT_MASK },
};

static void capabilities_of_policies(struct views *views)
{
	unsigned caps = 0;
	int err = policy_nl_caps(views->rtnl, &caps);

	if (err)
		log_debug("asking which policies the kernel takes: %s", strerror(-err));
	views->store->agent.capabilities = AGENT_CAP_POLICY_ROUTING4 | AGENT_CAP_POLICY_ROUTING6 |
					   AGENT_CAP_NEXTHOP_OBJECTS;
	for (size_t i = 0; i < sizeof(policy_caps) / sizeof(*policy_caps); i++)
		if (caps & policy_caps[i].policy)
			views->store->agent.capabilities |= policy_caps[i].agent;
}

/* The kernel's lists of targets may be closed to the agent's user; but a target that a rule has is
 * there. */
static unsigned targets_seen(const struct views *views)
{
	const unsigned both = NF_CAP_MARK | NF_CAP_CONNMARK;
	unsigned caps = 0;

	for (size_t i = 0; views->rules.snap && i < views->rules.snap->entries.n && caps != both;
	     i++) {
		const struct nf_entry *e = vec_at(&views->rules.snap->entries, i);

		if (e->target != MARKRULE_OTHER)
			caps |= e->target == MARKRULE_MARK ? NF_CAP_MARK : NF_CAP_CONNMARK;
	}
	return caps;
}

void agent_capabilities(struct views *views)
{
	unsigned caps = nf_probe(views->nf) | targets_seen(views);
	uint32_t *all = &views->store->agent.capabilities;

	if (!views->agent.caps_known)
		capabilities_of_policies(views);
	views->agent.caps_known = true;
	views->agent.caps_pdu = views->pdus;
	*all &= ~(uint32_t)AGENT_CAP_PROVISIONING;
	if (views->access->enable)
		*all |= AGENT_CAP_PROVISIONING;
	*all = (*all & ~NF_CAPS) | caps;
}

static const void *row(struct views *views)
{
	views->store->agent.uptime_ms = clock_ms() - views->agent.started_ms;
	/* Once a request: all scalars of the agent come by here. */
	if (!views->agent.caps_known || views->agent.caps_pdu != views->pdus)
		agent_capabilities(views);
	return &views->store->agent;
}

SCALARS(agent, row)

static void text(void *ctx, const void *r, unsigned col, struct text *out)
{
	struct views *views = ctx;

	(void)r, (void)col;
	text_add(out, "%s", text_str(&views->agent.last_error));
}

const struct mib_source agent_source = { .find = agent_find, .next = agent_next, .text = text };
