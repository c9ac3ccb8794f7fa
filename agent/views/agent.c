/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The scalars of the agent itself. */
#include <stdio.h>

#include "base/clock.h"
#include "daemon/app.h"
#include "views/scalars.h"

void agent_init(struct app *a)
{
	struct agent *v = &a->agent;

	v->started_ms = clock_ms();
	v->row.notifications = true;
	snprintf(v->row.version, sizeof(v->row.version), "%s", PACKAGE_VERSION);
}

void agent_fini(struct app *a)
{
	text_fini(&a->agent.last_error);
}

static const void *row(struct app *a)
{
	a->agent.row.uptime_ms = clock_ms() - a->agent.started_ms;
	live_capabilities(a);
	return &a->agent.row;
}

SCALARS(agent, row)

static void text(void *ctx, const void *r, unsigned col, struct text *out)
{
	struct app *a = ctx;

	(void)r, (void)col;
	text_add(out, "%s", text_str(&a->agent.last_error));
}

const struct mib_source agent_source = { .find = agent_find, .next = agent_next, .text = text };
