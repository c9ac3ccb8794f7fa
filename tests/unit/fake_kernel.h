/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kernel for tests of what is above netfilter and routing: fake_kernel.c is linked in place of both
 * and has what their headers promise, as far as a plan needs it. Each change is a step, and any step
 * can fail, or be the last one of the process. It is shared with children, as the real one is.
 */
#ifndef UNIT_FAKE_KERNEL_H
#define UNIT_FAKE_KERNEL_H

#include "base/text.h"
#include "model/markrule.h"
#include "model/names.h"
#include "model/policy.h"
#include "model/route.h"
#include "netfilter/nf.h"

enum { FAKE_MAX = 32, FAKE_EVENTS = 256, FAKE_LINK = 2 };

struct fake_event {
	uint16_t type; /* RTM_* */
	bool replaces;
	struct route route;
};

struct fake_kernel {
	struct policy policies[FAKE_MAX];
	struct route routes[FAKE_MAX];
	struct markrule rules[FAKE_MAX];
	struct nf_meter meters[FAKE_MAX];
	struct name names[FAKE_MAX]; /* the agent's own file */
	size_t npolicies, nroutes, nrules, nmeters, nnames;
	int rp_filter;
	struct fake_event events[FAKE_EVENTS];
	size_t nevents;

	unsigned steps;	  /* changes so far */
	unsigned fail[2]; /* which of them fail, 0: none */
	unsigned kill;	  /* at which the process ends, 0: at none */
};

extern struct fake_kernel *fake;

/* An empty one, with one link, eth0. */
void fake_kernel_init(void);
/* Appends all that it has but for counters. */
void fake_kernel_text(struct text *out);

#endif
