/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The views: what the kernel has, overlaid with what managers want. Each is made current when a
 * request asks for it (..._sync), and answers by index (its struct mib_source, whose ctx is struct
 * views). A row that managers made and that is active is the kernel's object; one that is not active
 * is in the store alone. Views change nothing but themselves, what was counted, and rows that
 * are found in the kernel and taken over.
 */
#ifndef VIEWS_VIEWS_H
#define VIEWS_VIEWS_H

#include "base/oset.h"
#include "base/vec.h"
#include "model/access.h"
#include "model/fib.h"
#include "model/interface.h"
#include "model/lookup.h"
#include "model/mark.h"
#include "model/markrule.h"
#include "model/names.h"
#include "model/policy.h"
#include "model/route.h"
#include "netfilter/nf.h"
#include "routing/rtnl.h"
#include "store/store.h"

struct nlmsghdr;
struct views;

/* Settings; each may change between two requests. */
struct view_options {
	unsigned get_age_ms, walk_age_ms; /* how old a snapshot of netfilter may be */
	unsigned lock_wait_ms;
	char lock_file[256];		/* "": the usual one */
	struct num_list exclude_tables; /* routing tables that are left out */
};

/* Where a row of a view comes from. */
struct rule_row {
	uint32_t index;		 /* first: see index_rows.h */
	uint32_t entry;		 /* into snap->entries; RULE_ABSENT: managed alone */
	uint64_t packets, bytes; /* of the entry */
	uint64_t discontinuity;	 /* clock_ms() */
};

enum { RULE_ABSENT = UINT32_MAX };

struct rules {
	struct nf_snap *snap;
	struct vec rows;     /* struct rule_row, by index */
	struct vec ordinals; /* uint32_t: of each rule of the snapshot among its equals */
	struct vec notes;    /* struct rule_note: what SETs did since the last reading */
	uint8_t tags[ROW_MANAGER_MAX / 8 + 1]; /* bit N: tag N was met in this snapshot */
	struct markrule row;		       /* what find and next gave */
	uint64_t row_version, row_managed;     /* the view that the row was filled in from */
	struct rule_row row_at;		       /* and its row there; index 0: none */
	uint64_t read_pdu;		       /* the request that the snapshot was read for */
	bool doubt;	    /* a SET failed: the next one looks before it makes rows, see rules.c */
	bool unplaced;	    /* a SET changed rules: where do they stand? */
	bool stale;	    /* must be read anew, however young */
	bool failing;	    /* the last reading failed: say so once */
	uint64_t failed_ms; /* and when it did */
	uint64_t version, last_change;
	uint32_t next_index; /* where managers begin to look for one that is free */
};

struct marks {
	struct vec rows; /* struct mark, by value and mask */
	uint64_t rules_version, policies_version, managed_version, version;
};

struct meters {
	bool known;   /* meters in the kernel that nobody wants were left by no earlier run */
	bool failing; /* putting them up failed: say so once */
	uint64_t failed_ms;
};

struct policy_row {
	uint32_t index; /* first: see index_rows.h */
	uint32_t entry; /* into policies.kernel; UINT32_MAX: managed alone */
};

struct policies {
	struct vec kernel; /* struct policy, in the kernel's order, IPv4 first */
	struct vec rows;   /* struct policy_row, by index */
	struct policy row;
	bool stale;
	uint64_t version, last_change;
	uint64_t event_ms;   /* clock_ms() of the kernel's last event */
	uint32_t next_index; /* where managers begin to look for one that is free */
};

struct fib_count {
	uint32_t id, routes4, routes6;
};

/* Which routes must be read anew: of a family, and of one table, device or protocol when not 0. */
struct route_scope {
	uint8_t family, protocol;
	uint32_t fib, ifindex;
};

struct route_info; /* everything of a route but its key; shared by many */
struct route_load;

struct routes {
	struct oset set;   /* struct route_rec */
	struct vec counts; /* struct fib_count, by id */
	struct route_info **buckets;
	size_t nbuckets, ninfos;
	struct vec stale;	   /* struct route_scope */
	struct num_list excluded;  /* tables that are left out: see routes/exclude.c */
	struct route_load *load;   /* the reading under way */
	unsigned tries;		   /* how often that was begun */
	uint32_t pass;		   /* readings so far */
	bool known;		   /* all was read once */
	uint64_t looked_pdu;	   /* the SET under way, when it has asked for ... */
	struct route_scope looked; /* ... these while others were being read */
	uint64_t version, last_change;
	struct route row;
	struct mib_nexthop_row hop_row;
};

struct fibs {
	struct vec rows; /* struct fib, by id */
	uint64_t names_version, routes_version, policies_version, managed_version;
};

struct interfaces {
	struct interface row;
	struct interface_all all;
};

struct lookups {
	struct lookup row; /* the last one */
	uint64_t pdu;	   /* that asked for it */
	bool known;	   /* it was answered */
};

/* What is shown of the agent itself, beside what the store has of it. */
struct agent {
	uint64_t started_ms;
	struct text last_error;
	bool caps_known;
};

/* Who is told of an event of the kernel; see views.c. */
struct event_handler {
	uint16_t type; /* RTM_* */
	void (*take)(struct views *views, const struct nlmsghdr *nlh);
};

struct views {
	struct store *store;
	const struct view_options *opt;
	const struct access *access;
	const struct mib *mib; /* is a SET under way? */

	struct nf *nf;
	struct rtnl *rtnl, *dump; /* for requests, and for dumps that are left and gone on with */
	struct rtnl_events *events;
	int names_fd;

	const struct event_handler *handlers; /* type 0 ends them */
	void (*on_lost)(struct views *views, const struct names *before);
	struct names links;
	struct rt_names names;
	uint64_t names_version;
	struct rules rules;
	struct marks marks;
	struct meters meters;
	struct policies policies;
	struct fibs fibs;
	struct routes routes;
	struct interfaces interfaces;
	struct lookups lookups;
	struct agent agent;
	struct mib_scalars_row scalars;
	uint64_t pdus;	    /* requests so far */
	bool walk;	    /* the request under way goes on with a walk */
	bool events_lost;   /* the kernel has dropped events: see live_sync() */
	bool links_changed; /* a device or an address came or went: see plan/reassert.c */
};

/* All that is pointed to stays where it is as long as the views. */
void views_init(struct views *views, struct store *store, const struct view_options *opt,
		const struct access *access, const struct mib *mib);
/* Opens what leads to the kernel. Returns: 0 or -errno with @why. */
int views_open(struct views *views, struct why *why);
/* The settings of views_init() are others from here on. */
void views_options_changed(struct views *views);
void views_fini(struct views *views);

/* events.c: takes the kernel's events and marks what they make stale. */
void live_sync(struct views *views);

/* rules_read.c, rules.c */
void rules_init(struct views *views);
void rules_fini(struct views *views);
void rules_sync(struct views *views);
/* A reading of this moment, for a change. Returns: 0 or -errno with @why. */
int rules_refresh(struct views *views, struct why *why);
/* The row of a rule's index, after rules_sync(); NULL. */
const struct rule_row *rules_row(const struct views *views, uint32_t index);
/* A SET has taken the rule of this row away: the view has no such row, before it is read anew. */
void rules_gone(struct views *views, uint32_t index);
/* A SET has made this row, or has left it, without a rule in the kernel. The view shows it so even when
 * netfilter cannot be read. */
void rules_held(struct views *views, uint32_t index);
/* Tells the kernel's rule apart for a change: by tag, or by hash and ordinal. false: not there. */
bool rules_edit_target(struct views *views, uint32_t index, struct nf_edit *edit);
extern const struct mib_source rules_source, rules_scalars_source;

/* marks.c */
void marks_init(struct views *views);
void marks_fini(struct views *views);
void marks_sync(struct views *views);
extern const struct mib_source marks_source, marks_scalars_source;

/* meters.c */
/* Adds what a reading found to the sums: struct nf_meter, in order. */
void meters_count(struct views *views, const struct vec *found);
/* After managed rows have changed: meters that were switched begin anew. */
void meters_settle(struct views *views);
/* Brings the kernel's meters back to what is wanted when the last reading shows something else.
 * Returns: whether the kernel was changed; the reading is an old one then. */
bool meters_repair(struct views *views);
/* Could a packet match? One whose value has bits outside of the mask never does. */
bool meter_possible(const struct mark *m);
/* Is the meter of a row (NULL: there is none) on? */
bool meter_on(const struct mark *m);
/* Appends the meter of a row, when it is on, as nf_meters_set() takes them and in order. Returns: 0 or
 * -ENOMEM. */
int meters_want(struct vec *wanted, const struct mark *m);
/* Fills in the counters of a row. */
void meters_fill(const struct views *views, struct mark *m);

/* policies.c */
void policies_init(struct views *views);
void policies_fini(struct views *views);
void policies_sync(struct views *views);
/* Returns: the first policy of the view that the kernel could not tell from @p, or NULL. */
const struct policy *policies_equal(const struct views *views, const struct policy *p);
/* Of a foreign policy among those that are equal, in the view as it is. */
uint32_t policies_ordinal(const struct views *views, uint32_t index);
extern const struct mib_source policies_source, policies_scalars_source;

/* fibs.c */
void fibs_init(struct views *views);
void fibs_fini(struct views *views);
void fibs_sync(struct views *views);
/* At start: names in the agent's own file that no manager's row wants. With the state lost they are
 * taken over; else they were volatile, or from a SET that was cut off, and go. */
void fibs_adopt(struct views *views);
extern const struct mib_source fibs_source, fibs_scalars_source;

/* routes/ */
void routes_init(struct views *views);
void routes_fini(struct views *views);
/* Makes the view current. What that takes is read at once, but for tables so big that the request
 * would have to wait: these go on in routes_step(), and the view is that of before until then. */
void routes_sync(struct views *views);
/* Reads on, for some milliseconds, while that is due. */
void routes_step(struct views *views);
bool routes_step_due(const struct views *views);
/* For a change: where the view of this key is not current yet, what managers have in its table is. */
void routes_look(struct views *views, const struct route *key);
/* Is the view the kernel's, with nothing left to be read? */
bool routes_whole(const struct views *views);
/* Events were lost: all must be read anew. */
void routes_lost(struct views *views);
/* Marks routes as to be read anew. @family AF_UNSPEC: of both. */
void routes_stale(struct views *views, uint8_t family, uint32_t fib, uint32_t ifindex);
/* The same for every device that a route with a nexthop object (@prefsrc NULL), or with this
 * preferred source, leaves by: those go without an event. */
void routes_stale_users(struct views *views, const struct prefix *prefsrc);
/* Does a reading that is not done tell of this route? */
bool routes_unread(const struct routes *v, const struct route *r);
/* routes/withdrawn.c: the kernel's route @r went. Was it a manager's? Then somebody took it away,
 * unless its device went down: the kernel tells that first (__dev_close_many() of net/core/dev.c)
 * or, of a carrier, afterwards. */
void routes_withdrawn(struct views *views, const struct route *r);
/* A device went down: what goes with it was not taken away by anybody. */
void routes_device_down(struct views *views, uint32_t ifindex);
/* Events were lost. What the view has, and whose device is up as it was @before, was taken away if
 * it is not there once all is read anew: routes_doubt_end(). */
void routes_doubt(struct views *views, const struct names *before);
void routes_doubt_end(struct views *views);
/* The list of tables that are left out, as it is set now. Returns: 0 or -errno. */
int routes_exclude(struct views *views);
/* The route of the kernel with this key, in @out with its legs. Returns: false: there is none. */
bool routes_find(struct views *views, const struct route *key, struct route *out);
/* routes/live.c: what of the kernel's events concerns routes. */
void routes_on_route(struct views *views, const struct nlmsghdr *nlh);
void routes_on_link(struct views *views, const struct nlmsghdr *nlh);
void routes_on_address(struct views *views, const struct nlmsghdr *nlh);
void routes_on_netconf(struct views *views, const struct nlmsghdr *nlh);
void routes_on_nexthop(struct views *views, const struct nlmsghdr *nlh);
extern const struct mib_source routes_source, routes_scalars_source, nexthops_source;

/* interfaces.c, lookups.c */
extern const struct mib_source interfaces_source, interfaces_scalars_source, lookups_source;

/* agent.c */
void agent_init(struct views *views);
void agent_fini(struct views *views);
/* Asks the kernel what it can do, for fwmarkAgentCapabilities. */
void agent_capabilities(struct views *views);
extern const struct mib_source agent_source;

/* Common to the sources. */
/* Returns: the only sub-identifier of an index, or 0 when there are none or several. */
static inline uint32_t index_one(const uint32_t *idx, size_t n)
{
	return n == 1 ? idx[0] : 0;
}

#endif
