/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The views: what the kernel has, with the wanted rows laid over it. A request makes a view current
 * (..._sync) and asks for rows by index (the view's struct mib_source, whose ctx is struct views).
 * A manager's active row is the kernel's object; a row that is not active is in the store alone.
 *
 * Views change nothing but themselves, the sums of counters, and the wanted rows when a manager's
 * object is found in the kernel and its row was lost.
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
#include "model/markfib.h"
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
	unsigned get_age_ms, walk_age_ms; /* how old a snapshot of netfilter may be at most */
	unsigned sample_s; /* how often netfilter is read when nobody asks; 0: never */
	unsigned lock_wait_ms;
	unsigned gone_marks;		/* of so many marks without a row the sums are kept */
	char lock_file[256];		/* "": the default of nf_open() */
	struct num_list exclude_tables; /* routing tables that are not shown */
};

/* Where a row of the view of mark rules comes from. */
struct rule_row {
	uint32_t index;		 /* first: see index_rows.h */
	uint32_t entry;		 /* into snap->entries, or an enum row_entry */
	uint64_t packets, bytes; /* as the entry has them */
	uint64_t discontinuity;	 /* clock_ms() */
};

enum row_entry {
	ROW_UNREAD = UINT32_MAX - 1, /* wanted, and nobody has looked whether the kernel has it */
	ROW_ABSENT = UINT32_MAX,     /* wanted, and not in the kernel */
};

/* Has the last snapshot the rule of this row? */
static inline bool rule_is_read(const struct rule_row *row)
{
	return row && row->entry < ROW_UNREAD;
}

struct rules {
	struct nf_snap *snap;
	struct vec rows;     /* struct rule_row, by index */
	struct vec ordinals; /* uint32_t: of each rule of the snapshot among its equals */
	struct vec notes;    /* struct rule_note: what SETs have done since the last reading */
	uint8_t tags[ROW_MANAGER_MAX / 8 + 1]; /* bit N: the snapshot has a rule with tag N */
	struct markrule row;		       /* the row that find and next gave last, ... */
	uint64_t row_version, row_wanted;      /* ... for these versions */
	struct rule_row row_at; /* ... and where it came from; index 0: there is none */
	uint64_t read_pdu;	/* the request (views.pdus) for which the snapshot was read */
	uint64_t fresh_pdu;	/* the request that it was good for, whenever it was read */
	uint64_t took_us;	/* how long that took */
	uint64_t counted_us;	/* clock_us() when counters were read last */
	uint64_t rest_us;	/* clock_us() before which nothing is read that nobody asks for */
	bool begins, changed;	/* somebody else: enum nf_notice, since the snapshot was read */
	uint64_t noticed;	/* how often NF_CHANGED was noticed */
	uint64_t changed_ms;	/* clock_ms() when a reading found a change last */
	bool lossy;		/* this reading: what was counted may have been lost before it */
	bool unplaced;		/* a SET changed rules, and no reading has told where they stand */
	bool stale;		/* read anew, however young the snapshot is */
	bool failing;		/* the last reading failed: log that once, not each time */
	struct why why;		/* why it failed */
	uint64_t failed_pdu;	/* the request for which it failed */
	uint64_t laid_version;	/* store.version of the wanted rows that are laid over rows */
	uint64_t failed_ms;	/* clock_ms() when a reading had waited for the lock in vain */
	uint64_t version, last_change;
	uint32_t next_index; /* where the search for a free index begins */
};

struct marks {
	struct vec rows;    /* struct mark, by value and mask */
	size_t sums;	    /* that are kept since the rows were made */
	struct markfib fib; /* for the policies of fib_version */
	uint64_t rules_version, policies_version, wanted_version, fib_version;
};

struct meters {
	bool known;	   /* a reading has taken over the meters that an earlier run left */
	bool due;	   /* a reading has not been compared yet with what is wanted */
	bool wrong;	   /* they are not as wanted, ... */
	uint64_t wrong_ms; /* ... since this clock_ms() */
	bool failing;	   /* the kernel did not take them: log that once, not each time */
	uint64_t failed_ms;
};

struct policy_row {
	uint32_t index; /* first: see index_rows.h */
	uint32_t entry; /* into policies.kernel, or an enum row_entry */
};

struct policies {
	struct vec kernel; /* struct policy, in the kernel's order, IPv4 first */
	struct vec rows;   /* struct policy_row, by index */
	struct policy row;
	bool stale;
	int err;	       /* of the last reading */
	uint64_t failed_pdu;   /* the request for which it failed */
	uint64_t laid_version; /* store.version of the wanted rows that are laid over rows */
	uint64_t version, last_change;
	uint64_t event_ms;   /* clock_ms() of the kernel's last event */
	uint32_t next_index; /* where the search for a free index begins */
};

struct fib_count {
	uint32_t id, routes4, routes6;
};

/* A part of the routes: one family, and one table, device or protocol where not 0. The part of a
 * device is its routes without a nexthop object. */
struct route_scope {
	uint8_t family, protocol;
	uint32_t fib, ifindex;
	/* IPv6: how often it was read while routes changed, and route_load.pass of the first. */
	uint32_t united, since;
};

struct route_info; /* everything of a route but its key; shared by many routes */
struct route_load;
struct route_ends;

struct routes {
	struct oset set;	     /* struct route_rec */
	const struct wanted *wanted; /* their instances; NULL: none */
	uint64_t claimed;	     /* readings and changes of rows until route_set_claim() */
	struct vec counts;	     /* struct fib_count, by id */
	struct route_info **buckets;
	size_t nbuckets, ninfos;
	struct vec stale;	   /* struct route_scope: must be read anew */
	struct num_list excluded;  /* tables that are not shown: see routes/exclude.c */
	struct route_load *load;   /* the reading under way */
	unsigned tries;		   /* how often that reading was begun */
	uint32_t pass;		   /* number of readings so far */
	bool known;		   /* all routes were read once */
	uint64_t looked_pdu;	   /* the request that has read ... */
	struct route_scope looked; /* ... these routes by routes_look() */
	struct route_ends *ends;   /* see expiry.c */
	uint64_t version, last_change;
	struct route row;
	struct mib_nexthop_row hop_row;
};

struct fibs {
	struct vec rows; /* struct fib, by id */
	uint64_t names_version, routes_version, policies_version, wanted_version;
};

struct interfaces {
	struct interface row;
	struct interface_all all;
};

struct lookups {
	struct lookup row; /* the last one */
	uint64_t pdu;	   /* the request that asked */
	bool known;	   /* the kernel answered */
};

/* What only the view has of the agent; the rest is in the store. */
struct agent {
	uint64_t started_ms;
	struct text last_error;
	bool caps_known;
	uint64_t caps_pdu; /* the request that has asked for the capabilities */
};

/* Which function takes an event of the kernel; see views.c. */
struct event_handler {
	uint16_t type; /* RTM_* */
	void (*take)(struct views *views, const struct nlmsghdr *nlh);
};

struct views {
	struct store *store;
	const struct view_options *opt;
	const struct access *access;
	const struct mib *mib; /* for mib.state: is a SET under way? */

	struct nf *nf;
	struct rtnl *rtnl, *dump; /* for requests; for dumps of routes in pieces */
	struct rtnl_events *events;

	const struct event_handler *handlers; /* the last one has type 0 */
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
	uint64_t pdus;	   /* number of requests so far, and of what the agent did by itself */
	uint64_t live_pdu; /* the one for which live_sync() took the events last */
	bool request;	   /* it is a request */
	bool walk;	   /* the request continues a walk */
	bool events_lost;  /* the kernel dropped events: see live_sync() */
	int links_err, names_err; /* of the last reading of links, of names: tried again */
	unsigned unread;	  /* kinds of messages: see views_unread() */
	bool links_changed; /* a device or an address came or went, or a SET has changed a route that
			     * is away: see reassert() */
};

/* All that is pointed to must live as long as the views. */
void views_init(struct views *views, struct store *store, const struct view_options *opt,
		const struct access *access, const struct mib *mib);
/* Opens netfilter and the netlink sockets, and reads the links. Returns: 0 or -errno with @why. */
int views_open(struct views *views, struct why *why);
/* The settings that were given to views_init() have changed. */
void views_options_changed(struct views *views);
void views_fini(struct views *views);

/* events.c: something of the kernel cannot be read: says so, once for each kind. @arg: the views. */
void views_unread(const struct nlmsghdr *nlh, void *arg);

/* A request begins (@walk: it continues a walk): whatever it shows is of one moment, now. @request
 * false: the agent does something by itself, and sees at each step what there is then; so does a
 * SET. */
void views_begin(struct views *views, bool request, bool walk);

/* events.c: takes all events that the kernel has queued, and marks what they make stale: once for a
 * request that reads. */
void live_sync(struct views *views);

/* rules_fresh.c, rules_read.c, rules.c */
void rules_init(struct views *views);
void rules_fini(struct views *views);
void rules_sync(struct views *views);
/* Reads netfilter now, whatever the age of the snapshot: a change needs that. Returns: 0 or -errno
 * with @why. */
int rules_refresh(struct views *views, struct why *why);
/* Takes in what others do to netfilter, and reads nothing. */
void rules_notice(struct views *views);
/* Between requests: reads netfilter when somebody else begins to change it, or has changed it, or
 * when it was not read for so long that it is time for a sample. */
void rules_look(struct views *views);
/* Is the view what the kernel had for this request? Returns: 0; or -errno with @why when the reading
 * failed: what is not in the view may be in the kernel then. */
int rules_sure(struct views *views, struct why *why);
/* Returns: the row with this index in the view as it is, or NULL. */
const struct rule_row *rules_row(const struct views *views, uint32_t index);
/* A SET has removed the rule of this row: takes the row out of the view, before the next
 * reading. */
void rules_gone(struct views *views, uint32_t index);
/* A SET has left this row without a rule in the kernel: shows it so, even while netfilter cannot be
 * read. */
void rules_held(struct views *views, uint32_t index);
/* Fills in which rule of the kernel an edit is for: by tag, or by hash and ordinal. false: the rule
 * is not in the kernel. */
bool rules_edit_target(struct views *views, uint32_t index, struct nf_edit *edit);
extern const struct mib_source rules_source, rules_scalars_source;

/* marks.c */
void marks_init(struct views *views);
void marks_fini(struct views *views);
void marks_sync(struct views *views);
/* Call this once a second: when readings have met many new marks, and nobody has asked for marks since,
 * forgets sums. */
void marks_tick(struct views *views);
extern const struct mib_source marks_source, marks_scalars_source;

/* meters.c */
/* Adds to the sums what a reading found. @found: struct nf_meter, in the order of
 * nf_meter_cmp(). */
void meters_count(struct views *views, const struct vec *found);
/* Wanted rows have changed: a meter that was switched on or off begins anew. */
void meters_settle(struct views *views);
/* Between requests: puts the wanted meters into the kernel when the last reading shows something
 * else. */
void meters_repair(struct views *views);
/* Could a packet match the mark? None can when the value has bits outside of the mask. */
bool meter_possible(const struct mark *m);
/* Is the meter of this row on? @m NULL: no. */
bool meter_on(const struct mark *m);
/* Puts the meter of a row, when it is on, into @wanted, as nf_meters_set() takes it and in order.
 * Returns: 0 or -ENOMEM. */
int meters_want(struct vec *wanted, const struct mark *m);
/* Fills in the meter's counters of a row. */
void meters_fill(const struct views *views, struct mark *m);

/* policies.c */
/* Takes an event of a policy, which tells, too, whether somebody else took away a manager's, or has
 * put it back. */
void policies_on_rule(struct views *views, const struct nlmsghdr *nlh);
void policies_init(struct views *views);
void policies_fini(struct views *views);
void policies_sync(struct views *views);
/* As rules_sure(). */
int policies_sure(struct views *views, struct why *why);
/* Returns: the first policy of the view that the kernel could not tell from @p, or NULL. */
const struct policy *policies_equal(const struct views *views, const struct policy *p);
/* Returns: which one among its equals a foreign policy is, from 0, in the view as it is. */
uint32_t policies_ordinal(const struct views *views, uint32_t index);
extern const struct mib_source policies_source, policies_scalars_source;

/* fibs.c */
void fibs_init(struct views *views);
void fibs_fini(struct views *views);
void fibs_sync(struct views *views);
/* At start: deals with names in the agent's own file that no wanted row has. When the state was
 * lost, they become wanted rows; else they were volatile, or come from a SET that was cut off, and
 * are removed. */
void fibs_adopt(struct views *views);
extern const struct mib_source fibs_source, fibs_scalars_source;

/* routes/ */
void routes_init(struct views *views);
void routes_fini(struct views *views);
/* Makes the view current. Reads at once what is stale, but for tables so big that the request would
 * have to wait: routes_step() goes on with these, and until then the view shows the old routes. */
void routes_sync(struct views *views);
/* Goes on reading for some milliseconds. routes_step_due(): is there anything to read? */
void routes_step(struct views *views);
bool routes_step_due(const struct views *views);
/* For a change: while the view of this key is not current, reads those routes of its table that
 * have the manager's protocol. */
void routes_look(struct views *views, const struct route *key);
/* Is the view current, with nothing left to be read? */
bool routes_whole(const struct views *views);
/* Events were lost: marks all routes as to be read anew. */
void routes_lost(struct views *views);
/* Marks routes as to be read anew. @family AF_UNSPEC: of both; @fib 0: of all tables. */
void routes_stale(struct views *views, uint8_t family, uint32_t fib);
/* The same for the routes that leave by this device, 0: by any. */
void routes_stale_device(struct views *views, uint32_t ifindex);
/* The same for routes that have a nexthop object (@prefsrc NULL), or this preferred source: such
 * routes change and go without an event. */
void routes_stale_users(struct views *views, const struct prefix *prefsrc);
/* Is this route in a part that is still to be read? */
bool routes_unread(const struct routes *v, const struct route *r);
/* routes/withdrawn.c: takes an event of a route, which tells whether somebody else took away a
 * manager's, or has put it back. */
void routes_withdrawn(struct views *views, const struct nlmsghdr *nlh, const struct route *r);
/* A device went down: whatever events were lost, its routes went with it. */
void routes_device_down(struct views *views, uint32_t ifindex);
/* Events were lost. A wanted route that the view has, and whose device is up now as it was @before,
 * may have been taken away: routes_doubt_end() says so if the route is not there once all is read
 * anew. */
void routes_doubt(struct views *views, const struct names *before);
void routes_doubt_end(struct views *views);
/* Takes over the setting of tables that are not shown. Returns: 0 or -errno. */
int routes_exclude(struct views *views);
/* Fills in @out with the kernel's route with this key; its next hops stay the view's. Returns:
 * false: there is none. */
bool routes_find(struct views *views, const struct route *key, struct route *out);
/* The same by the key in the kernel, whatever the instance; of several, the one that is the same as
 * @key. */
bool routes_find_key(struct views *views, const struct route *key, struct route *out);
/* routes/expiry.c: fills in how long the kernel keeps a route of the view that expires. Returns:
 * false: it does not say. */
bool routes_expiry(struct views *views, struct route *r);
/* routes/live.c: take the events that concern routes. */
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
/* Asks the kernel what it can do, and fills in fwmarkAgentCapabilities. */
void agent_capabilities(struct views *views);
extern const struct mib_source agent_source;

/* Common to the sources. */
/* Returns: the only sub-identifier of an index, or 0 when there are none or several. */
static inline uint32_t index_one(const uint32_t *idx, size_t n)
{
	return n == 1 ? idx[0] : 0;
}

#endif
