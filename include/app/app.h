/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The daemon's parts, and the only place that wires the kernel to SNMP.
 *
 * Each part is a view of the kernel, overlaid with what managers want: it is made current when a
 * request asks for it (..._sync), answers by index (its struct mib_source), and carries out
 * changes (plan.c). A row that managers made and that is active is the kernel's object; one that is
 * not active is in "managed" alone.
 */
#ifndef APP_APP_H
#define APP_APP_H

#include "app/conf.h"
#include "app/intent.h"
#include "app/managed.h"
#include "app/meters.h"
#include "app/static_rows.h"
#include "base/oset.h"
#include "base/vec.h"
#include "kernel/nf.h"
#include "kernel/rtnl.h"
#include "model/fib.h"
#include "model/idmap.h"
#include "model/interface.h"
#include "model/lookup.h"
#include "model/mark.h"
#include "model/markrule.h"
#include "model/names.h"
#include "model/policy.h"
#include "model/route.h"
#include "snmp/mib.h"

struct app;
struct nlmsghdr;

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
	struct vec rows; /* struct rule_row, by index */
	struct managed managed;
	struct idmap ids;
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
	struct vec sums; /* struct mark_sum */
	struct managed managed;
	uint64_t rules_version, policies_version, managed_version, version;
};

/* What was counted for a mark, whatever became of the rules. */
struct mark_sum {
	uint32_t value, mask;
	uint64_t packets, bytes, discontinuity;
};

struct policy_row {
	uint32_t index; /* first: see index_rows.h */
	uint32_t entry; /* into policies.kernel; UINT32_MAX: managed alone */
};

struct policies {
	struct vec kernel; /* struct policy, in the kernel's order, IPv4 first */
	struct vec rows;   /* struct policy_row, by index */
	struct managed managed;
	struct idmap ids;
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
	struct managed managed;
	struct vec stale;	   /* struct route_scope */
	struct conf_list excluded; /* tables that are left out: see route_exclude.c */
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
	struct managed managed;
	uint64_t names_version, routes_version, policies_version, managed_version;
};

/* A setting of an interface (0: of all) before the SET under way changed it. */
struct interface_undo {
	uint32_t ifindex;
	unsigned conf; /* enum sysctl_conf */
	int value;
};

struct interfaces {
	struct vec undo; /* struct interface_undo */
	struct interface row;
	struct interface_all all;
};

struct lookups {
	struct lookup row; /* the last one */
	uint64_t pdu;	   /* that asked for it */
	bool known;	   /* it was answered */
};

/* fwmarkAgent and what is counted for it. */
struct agent {
	uint64_t started_ms;
	struct mib_agent_row row;
	struct text last_error;
	bool caps_known;
};

/* The SET under way; see plan.h. */
struct plan {
	struct vec items;   /* struct plan_item */
	struct vec renames; /* struct rename, see plan_foreign.c */
	struct arena arena;
	struct nf_undo *nf_undo;
	struct vec policies; /* struct policy_group *: as they were where the SET changes them */
	struct vec nf_items; /* size_t: which item each edit of netfilter is for */
	struct names names;  /* the agent's own file of table names, as it was */
	bool names_known;    /* names is filled in */
	struct managed was[ROW_KINDS]; /* the managed rows that were replaced */
	size_t kept;		       /* how many of the items have their row in "managed" */
	bool intent;		       /* the file of that is written: intent.h */
	bool restore;		       /* no new wishes: rules go to where they were */
	bool saved;		       /* the state file has the rows of this SET */
	unsigned phase;		       /* phases below this one are done, or were begun */
};

struct app {
	struct conf conf;
	struct nf *nf;
	struct rtnl *rtnl, *dump; /* for requests, and for dumps that are left and gone on with */
	struct rtnl_events *events;
	int names_fd, lock_fd;
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
	struct plan plan;
	struct intent intent;
	int64_t sets_kept;	     /* SETs so far that the state file has; see intent.h */
	struct static_rows *statics; /* those in force; conf.rows are those that shall be */
	uint64_t managed_version;    /* moves with every change to a managed row */
	uint64_t pdus;		     /* requests so far */
	bool state_known;	     /* there was a state file, and it was whole */
	bool restore_due;	     /* netfilter could not be read at the start */
	unsigned legacy;	     /* enum nf_cap: whose legacy tables there have been */
	bool events_lost;	     /* the kernel has dropped events: see live_sync() */
	bool links_changed;	     /* a device or an address came or went: see reassert.c */
	uint64_t reasserted;	     /* what the views had seen when all was put back */
	bool look;		     /* only to look: nothing may be written or changed */
	bool walk;		     /* the request under way goes on with a walk */
	bool rows_dirty;	     /* managed rows are not as the state file has them */
	bool state_dirty;	     /* maps or sums have changed since the state was saved */
	uint64_t saved_ms;
	uint32_t saved_serial;	 /* of the state file; see counts.h */
	int64_t saved_epoch;	 /* mib.epoch that it holds */
	bool counts_dirty;	 /* something has counted since that was written down */
	uint64_t counts_next_ms; /* not before this are counts written again */
	struct mib_scalars_row scalars;
	struct mib_table tables[15];
	struct mib mib;
};

/* live.c: takes the kernel's events and marks what they make stale. */
void live_sync(struct app *a);
void live_capabilities(struct app *a);

/* rules_read.c, rules.c */
void rules_init(struct app *a);
void rules_fini(struct app *a);
void rules_sync(struct app *a);
/* A reading of this moment, for a change. Returns: 0 or -errno with @why. */
int rules_refresh(struct app *a, struct why *why);
/* The row of a rule's index, after rules_sync(); NULL. */
const struct rule_row *rules_row(const struct app *a, uint32_t index);
/* A SET has taken the rule of this row away: the view has no such row, before it is read anew. */
void rules_gone(struct app *a, uint32_t index);
/* A SET has made or left this row out of the kernel: the view has it, also while it cannot be read. */
void rules_held(struct app *a, uint32_t index);
/* Tells the kernel's rule apart for a change: by tag, or by hash and ordinal. false: not there. */
bool rules_edit_target(struct app *a, uint32_t index, struct nf_edit *edit);
extern const struct mib_source rules_source, rules_scalars_source;

/* marks.c */
void marks_init(struct app *a);
void marks_fini(struct app *a);
void marks_sync(struct app *a);
/* Adds to the sum of a rule's mark what the rule has counted. */
void marks_count(struct app *a, const struct nf_entry *e, uint64_t packets, uint64_t bytes);
struct mark_sum *marks_sum(struct app *a, uint32_t value, uint32_t mask);
extern const struct mib_source marks_source, marks_scalars_source;

/* policies.c */
void policies_init(struct app *a);
void policies_fini(struct app *a);
void policies_sync(struct app *a);
/* Returns: the first policy of the view that the kernel could not tell from @p, or NULL. */
const struct policy *policies_equal(const struct app *a, const struct policy *p);
/* Of a foreign policy among those that are equal, in the view as it is. */
uint32_t policies_ordinal(const struct app *a, uint32_t index);
extern const struct mib_source policies_source, policies_scalars_source;

/* fibs.c */
void fibs_init(struct app *a);
void fibs_fini(struct app *a);
void fibs_sync(struct app *a);
/* At start: names in the agent's own file that no manager's row wants. With the state lost they are
 * taken over; else they were volatile, or from a SET that was cut off, and go. */
void fibs_adopt(struct app *a);
extern const struct mib_source fibs_source, fibs_scalars_source;

/* routes_live.c, routes_read.c, routes.c, nexthops.c */
void routes_init(struct app *a);
void routes_fini(struct app *a);
/* Makes the view current. What that takes is read at once, but for tables so big that the request
 * would have to wait: these go on in routes_step(), and the view is that of before until then. */
void routes_sync(struct app *a);
/* Reads on, for some milliseconds, while that is due. */
void routes_step(struct app *a);
bool routes_step_due(const struct app *a);
/* For a change: where the view of this key is not current yet, what managers have in its table is. */
void routes_look(struct app *a, const struct route *key);
/* Is the view the kernel's, with nothing left to be read? */
bool routes_whole(const struct app *a);
/* Events were lost: all must be read anew. */
void routes_lost(struct app *a);
void routes_event(struct app *a, const struct nlmsghdr *nlh);
/* Marks routes as to be read anew. @family AF_UNSPEC: of both. */
void routes_stale(struct app *a, uint8_t family, uint32_t fib, uint32_t ifindex);
/* The same for every device that a route with a nexthop object (@prefsrc NULL), or with this
 * preferred source, leaves by: those go without an event. */
void routes_stale_users(struct app *a, const struct prefix *prefsrc);
/* Does a reading that is not done tell of this route? */
bool routes_unread(const struct routes *v, const struct route *r);
/* routes_withdrawn.c: the kernel's route @r went. Was it a manager's? Then somebody took it away,
 * unless its device went down: the kernel tells that first (__dev_close_many() of net/core/dev.c)
 * or, of a carrier, afterwards. */
void routes_withdrawn(struct app *a, const struct route *r);
/* A device went down: what goes with it was not taken away by anybody. */
void routes_device_down(struct app *a, uint32_t ifindex);
/* Events were lost. What the view has, and whose device is up as it was @before, was taken away if
 * it is not there once all is read anew: routes_doubt_end(). */
void routes_doubt(struct app *a, const struct names *before);
void routes_doubt_end(struct app *a);
/* route_exclude.c: routes.exclude_tables, as it is set now. Returns: 0 or -errno. */
int routes_exclude(struct app *a);
/* The route of the kernel with this key, in @out with its legs. Returns: false: there is none. */
bool routes_find(struct app *a, const struct route *key, struct route *out);
extern const struct mib_source routes_source, routes_scalars_source, nexthops_source;

/* views.c: those of the kernel, from rules to routes, with what managers want of them. */
void views_init(struct app *a);
void views_fini(struct app *a);

/* interfaces.c */
void interfaces_init(struct app *a);
void interfaces_fini(struct app *a);
extern const struct mib_source interfaces_source, interfaces_scalars_source;

/* lookups.c */
extern const struct mib_source lookups_source;

/* agent.c */
void agent_init(struct app *a);
void agent_fini(struct app *a);
extern const struct mib_source agent_source;

/* plan.c: mib_ops of a SET. */
int plan_prepare(void *ctx, struct mib_change *c, size_t n, struct mib_fault *fault);
int plan_apply(void *ctx, struct mib_change *c, size_t n, struct mib_fault *fault);
int plan_undo(void *ctx, struct why *why);
void plan_finish(void *ctx, bool committed);

/* house.c: may managers write to a row of this origin? */
bool house_writable(const struct app *a, uint8_t origin, const char *what, struct why *why);
/* Is the table main, default or local, and are these the system's own? */
bool house_protects(const struct app *a, uint32_t fib);
/* The storage type that foreign rows have. */
uint8_t house_storage(const struct app *a);
/* May managers write to this table at all? */
bool house_allows(void *ctx, const struct mib_def *def, struct why *why);

/* reassert.c: puts back managers' rows that went with their device, or all (a setting). */
void reassert(struct app *a);

/* expire.c: removes managers' rows that have been left notReady or notInService for too long. */
void expire(struct app *a);

/* row_name.c: appends the name of a row by its status, "fwmarkRuleStatus.5". */
void row_name(const struct mib_def *def, const void *row, struct text *out);

/* state.c: what is kept in the state directory. */
/* Returns: 0; -EINVAL: the file was damaged and is set aside; or -errno. */
int state_load(struct app *a, struct why *why);
int state_save(struct app *a, struct why *why);
/* The same for what managers want alone: what a SET waits for. The rest follows with the tick.
 * @replaced: whether the new file stands, also when it fails; NULL: no matter. */
int state_save_rows(struct app *a, bool *replaced, struct why *why);
/* Once a second: saves what has changed of itself (indices soon, sums after a while). */
void state_tick(struct app *a);

/* Common to the sources. */
/* Returns: the only sub-identifier of an index, or 0 when there are none or several. */
static inline uint32_t index_one(const uint32_t *idx, size_t n)
{
	return n == 1 ? idx[0] : 0;
}

#endif
