/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kernel for tests of what is above netfilter and routing: fake_kernel.c is linked in place of both
 * and has what their headers promise, as far as a plan needs it. fake_disk.c is linked in place of
 * what the C library has for a disk. Each change of the kernel, and each step of writing a file, can
 * fail, or be the last one of the process. The kernel is shared with children, as the real one is.
 */
#ifndef UNIT_FAKE_KERNEL_H
#define UNIT_FAKE_KERNEL_H

#include "base/text.h"
#include "model/markrule.h"
#include "model/names.h"
#include "model/policy.h"
#include "model/route.h"
#include "netfilter/nf.h"

enum { FAKE_MAX = 32, FAKE_EVENTS = 256, FAKE_HOPS = 4 };
/* The links: eth0 and eth1. */
enum { FAKE_LINK = 2, FAKE_LINKS = 2 };
/* Who changes it, as nlmsg_pid has it. */
enum { BY_KERNEL, BY_AGENT, BY_OTHERS };

enum fake_reading {
	FAKE_NO_RULES = 1u << 0, /* somebody else has netfilter's lock */
	FAKE_NO_POLICIES = 1u << 1,
	FAKE_NO_ROUTES = 1u << 2,
	FAKE_NO_SETTINGS = 1u << 3,
	FAKE_NO_NAMES = 1u << 4,
	FAKE_NO_LINKS = 1u << 5,
	FAKE_NO_EDITS = 1u << 6, /* somebody has that lock from the reading on */
};

/* A route with its next hops, which route.hops is made to point to when it is looked at. */
struct fake_route {
	struct route route;
	struct nexthop hops[FAKE_HOPS];
};

struct fake_event {
	uint16_t type; /* RTM_* */
	bool replaces;
	uint32_t by; /* who did it */
	struct fake_route route;
	struct policy policy;
	unsigned link; /* which one, of an event of a link */
	uint32_t flags;
};

struct fake_kernel {
	struct policy policies[FAKE_MAX];
	struct fake_route routes[FAKE_MAX];
	struct markrule rules[FAKE_MAX];
	struct nf_meter meters[FAKE_MAX];
	struct name names[FAKE_MAX]; /* the agent's own file */
	size_t npolicies, nroutes, nrules, nmeters, nnames;
	int rp_filter[FAKE_LINKS];
	bool down[FAKE_LINKS];
	struct fake_event events[FAKE_EVENTS];
	size_t nevents;

	unsigned unread;      /* enum fake_reading: what cannot be read, nor changed */
	unsigned probes;      /* how often nf_probe() was called */
	unsigned notices;     /* enum nf_notice, for the next nf_notices() */
	unsigned checks;      /* how often nf_check() was called */
	const char *no_chain; /* a chain that is not there yet; NULL: none */
	unsigned drains;      /* how often events were taken */
	unsigned steps;	      /* that can fail, so far */
	unsigned fail[2];     /* which of them fail, 0: none */
	unsigned moments;     /* before which the process can end, so far: all steps, and more */
	unsigned kill;	      /* before which of them it ends, 0: before none */
};

extern struct fake_kernel *fake;
/* What ends the process. It may come back: then things go on as if nothing was. */
extern void (*fake_end)(void);

/* An empty one, with all links up. */
void fake_kernel_init(void);
/* A moment. */
void fake_moment(void);
/* A step. Returns: does it fail? */
bool fake_step(void);
/* A device goes down, or comes up, with what the kernel does to its routes then. @link: counts from
 * 0. */
void fake_kernel_link(unsigned link, bool up);
/* What somebody else does. It is no step; nothing is added when the same is there, or no room. */
void fake_kernel_route(const struct route *r);
void fake_kernel_no_route(size_t i);
void fake_kernel_policy(const struct policy *p);
void fake_kernel_no_policy(size_t i);
void fake_kernel_rule(const struct markrule *r, size_t at);
void fake_kernel_no_rule(size_t i);
/* Appends all that it has but for counters, a line for each. */
void fake_kernel_text(struct text *out);
/* The line of one that would be there. */
void fake_name_text(const struct name *n, struct text *out);
void fake_route_text(const struct route *r, struct text *out);
void fake_policy_text(const struct policy *p, struct text *out);
void fake_rule_text(const struct markrule *r, struct text *out);
void fake_meter_text(const struct nf_meter *m, struct text *out);

#endif
