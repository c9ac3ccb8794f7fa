/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A SET as an ordered plan. What is added goes in from the name of the table to the mark rule, what
 * is removed goes out in the other direction, so that no packet is ever marked for a table that is
 * not there. Each phase can be undone; a failure undoes all that was done, backwards.
 */
#ifndef PLAN_PLAN_H
#define PLAN_PLAN_H

#include "store/static_rows.h"
#include "views/views.h"

/* Settings; each may change between two SETs. */
struct plan_options {
	char file[256];				/* the settings file, for messages */
	bool reassert;				/* put back what somebody else took away */
	unsigned not_ready_s, not_in_service_s; /* until a row is removed; 0: never */
};

/* The SET under way, static rows, and what is still to be put back. */
struct plan {
	struct store *store;
	struct views *views;
	const struct plan_options *opt;
	const struct access *access;
	const struct mib *mib; /* for mib.state: is a SET under way? */

	struct static_rows *statics; /* the static rows in force */
	struct static_rows *rows;    /* the static rows of the settings as they are now */
	bool restore_due;    /* netfilter could not be read at the start: put back when it can */
	unsigned families;   /* enum nf_family: there have been tables for mark rules */
	uint64_t reasserted; /* seen() of reassert.c when all was put back last */
	bool waits;	     /* mark rules wait for something: see reassert_waiting() */
	uint64_t waited;     /* views.rules.noticed when these were tried last, ... */
	uint64_t waited_us;  /* ... and clock_us(); 0: not since the start */
	uint64_t rest_us;    /* clock_us() before which they are not tried again */

	struct vec items;   /* struct plan_item */
	struct vec renames; /* struct rename, see foreign.c */
	struct arena arena;
	struct nf_undo *nf_undo;
	struct vec policies;	  /* of policy.c: those that the SET changes, as they were before */
	struct policy_held *held; /* of policy.c; NULL: the SET has not changed any yet */
	struct vec nf_items;	  /* size_t: the item of each edit of netfilter */
	struct vec settings;   /* struct journal_setting: settings of interfaces before the SET */
	struct vec meters_was; /* struct nf_meter: meters in the kernel before the SET */
	bool meters_set;       /* the SET has changed the meters */
	struct names names;    /* the agent's own file of table names before the SET */
	bool names_known;      /* names is filled in */
	struct wanted was[ROW_KINDS]; /* the wanted rows that were replaced */
	size_t kept;		      /* items up to this one have their row in the store */
	bool journal;		      /* the journal of this SET is written */
	bool restore;	   /* wanted rows are put back, each by itself: see plan_put_back() */
	int restore_level; /* LOG_*: of those that cannot be put back, ... */
	size_t refused;	   /* ... which are so many */
	bool saved;	   /* the state file has the rows of this SET */
	unsigned phase;	   /* phases before this number are done, or were begun */
};

/* All that is pointed to must live as long as the plan. @rows: static rows; the plan takes over one
 * reference. */
void plan_init(struct plan *plan, struct views *views, const struct plan_options *opt,
	       const struct access *access, const struct mib *mib, struct static_rows *rows);
void plan_fini(struct plan *plan);

/* plan.c: a SET, by the functions of struct mib_ops. */
bool plan_allows(const struct plan *plan, const struct mib_def *def, struct why *why);
int plan_prepare(struct plan *plan, struct mib_change *c, size_t n, struct mib_fault *fault);
int plan_apply(struct plan *plan, struct mib_fault *fault);
int plan_undo(struct plan *plan, struct why *why);
void plan_finish(struct plan *plan, bool committed);

/* reassert.c: puts back managers' rows that went with their device, or all that are gone (a
 * setting). */
void reassert(struct plan *plan);
/* Call this once a second: puts back mark rules that wait for a chain, an ipset or for tables, when
 * netfilter has changed, and every read.sample_s: nothing tells of a new ipset. */
void reassert_waiting(struct plan *plan);
/* At SIGHUP: puts up what is missing of static rows, whoever took it away, and what waits. */
void reassert_now(struct plan *plan);
/* expire.c: removes managers' rows that have been notReady or notInService for too long. */
void expire(struct plan *plan);

/* journal.c: writes the journal of the SET. @undo: of its undo. Returns: 0 or -errno with @why. */
int plan_journal(struct plan *plan, bool undo, struct why *why);
/* takeback.c, at start: undoes a SET that was cut off: removes its objects from the kernel, and
 * puts back those of the state file. Does nothing while rules of the SET wait for a first reading
 * of netfilter. */
void plan_take_back(struct plan *plan);

/* One row that changes. */
struct plan_item {
	const struct mib_def *def;
	size_t change;	  /* index of the change that is at fault when the item fails */
	void *old;	  /* the row before, NULL: it did not exist */
	void *now;	  /* the row afterwards, NULL: it will not exist */
	uint64_t touched; /* columns that the manager wrote */
	bool was_active,
		to_be_active; /* the kernel has the row's object: before the SET, after it */
	bool foreign;	      /* the row is not the managers', nor kept; see foreign.c */
	bool added, removed;  /* the kernel has taken in the new object, removed the old route */
};

/* A foreign object changed: number ordinal of the hash from became one of the hash to. */
struct rename {
	struct idmap *map;
	uint64_t from, to;
	uint32_t was;		       /* the object's ordinal when the SET began */
	uint32_t ordinal, last, place; /* see idmap_rename() */
};

/* item.c */
/* Returns: the next item of a table's rows from *@i on, or NULL; *@i moves behind it. */
struct plan_item *plan_next(const struct plan *plan, const struct mib_def *def, size_t *i);
/* Returns: the last item of a table's rows before *@i, or NULL; *@i moves to it. */
struct plan_item *plan_prev(const struct plan *plan, const struct mib_def *def, size_t *i);

/* Fills in @fault. @err: -errno. Returns: the mib_error that fits. */
int plan_fail(struct mib_fault *fault, const struct plan_item *it, unsigned col, int err);
/* Notes why a wanted row is not in the kernel. Returns: is that another reason than the log has? */
bool plan_say_once(struct wanted_row *slot, const char *why);
/* Counts and logs an item that cannot be put back: as a warning once for each reason. */
void plan_refused(struct plan *plan, const struct plan_item *it, const char *why);
/* In a phase that can go on without this item: plan_refused() and MIB_OK where wanted rows are put
 * back; else plan_fail(). */
int plan_refuse(struct plan *plan, struct mib_fault *fault, const struct plan_item *it,
		unsigned col, int err);

/* restore.c */
/* Is the row to be put back? What somebody took away is not, unless the settings say so. */
bool plan_is_missing(struct plan *plan, const struct row_kind *kind, const struct wanted_row *slot);

/**
 * plan_restore - put back what is wanted and not in the kernel
 * @wants: which rows; NULL: all
 * @loud: log rows that cannot be put back as warnings, not for debugging
 *
 * Touches nothing else. What somebody took away stays away, unless the settings say otherwise. Notes
 * what waits. Not to be called while a SET is under way.
 */
void plan_restore(struct plan *plan,
		  bool (*wants)(const struct row_kind *kind, const struct wanted_row *slot),
		  bool loud);

/* there.c: does the kernel (for a table: the file of names) have what the row wants? For a rule
 * this is what the view found: see rule_ids_is(). */
bool plan_is_there(struct plan *plan, const struct mib_def *def, const void *row);

/* access.c: may managers make these changes? Returns: a mib_error with @fault. */
int access_check(struct plan *plan, struct mib_fault *fault);
/* The same for the priority of a policy, which is not known before the kernel has chosen. */
int access_check_priority(const struct plan *plan, const struct plan_item *it,
			  struct mib_fault *fault);

/* foreign.c: is the row that changes, or goes, a foreign one? */
bool plan_is_foreign(const struct plan_item *it);
/* A foreign object has changed, and with it its hash: keeps its index. @ordinal: the object's among
 * its equals of hash @from, before the SET. @place (or NULL): gets its ordinal among those of hash
 * @to. Returns: 0 or -errno. */
int plan_rename(struct plan *plan, struct idmap *map, uint64_t from, uint32_t ordinal, uint64_t to,
		uint32_t *place);
/* Undoes the last plan_rename() calls, as far as they are of this map. */
void plan_renames_undo(struct plan *plan, const struct idmap *map);
/**
 * plan_run - carry out the items of the plan, or nothing
 *
 * Afterwards plan_settle() or plan_clear(). Returns: 0 or a mib_error, with @fault.
 */
int plan_run(struct plan *plan, struct mib_fault *fault);
/**
 * plan_put_back - let the kernel have what is wanted already
 * @level: LOG_* of items for which that cannot be done
 *
 * The items are no SET: each is done by itself, nothing is undone, kept or saved, and rules go where
 * they stood. Afterwards plan_clear(). Returns: for how many items it could not be done.
 */
size_t plan_put_back(struct plan *plan, int level);
/* The SET is carried out for good: tells the views. */
void plan_settle(struct plan *plan);
void plan_clear(struct plan *plan);

/* Looks up a route's devices by their names, where it has names: a device has a new index after a
 * reboot, and when it comes again. */
void plan_route_resolve(const struct plan *plan, struct route *r);
/* Returns: a copy of a route whose next hops live as long as the plan, or NULL without memory. */
struct route *plan_route_copy(struct plan *plan, const struct route *r);

/* Checks an item, and fills in what depends on the kernel, when all rows of the SET are known:
 * calls the function of the item's kind below. Returns: a mib_error, with @fault. */
int plan_item_prepare(struct plan *plan, struct plan_item *it, struct mib_fault *fault);
/* The same for one kind of row. */
int plan_rule_prepare(struct plan *plan, struct plan_item *it, struct mib_fault *fault);
int plan_policy_prepare(struct plan *plan, struct plan_item *it, struct mib_fault *fault);
int plan_fib_prepare(struct plan *plan, struct plan_item *it, struct mib_fault *fault);
int plan_mark_prepare(struct plan *plan, struct plan_item *it, struct mib_fault *fault);
int plan_route_prepare(struct plan *plan, struct plan_item *it, struct mib_fault *fault);
int plan_interface_prepare(struct plan *plan, struct plan_item *it, struct mib_fault *fault);
/* Returns: the row of which a change is a part: the route of a next hop. NULL: it is a row by
 * itself. */
const void *plan_whole(const struct mib_change *c);
/* Writes the next hops of a SET into the routes that they belong to; comes after the changes to the
 * routes themselves. Returns: a mib_error, with @fault. */
int plan_nexthops_fold(struct plan *plan, const struct mib_change *c, size_t n,
		       struct mib_fault *fault);
/*
 * Fills in name and index of a next hop's device: a manager may write either; both must agree. A
 * column that was not written now (@touched) follows the one that was. When neither was written,
 * the name counts: a device that went and came again has a new index. Returns: 0, or the column at
 * fault with @why.
 */
unsigned plan_hop_device(const struct plan *plan, struct nexthop *hop, uint64_t touched,
			 unsigned ifindex_col, unsigned ifname_col, struct why *why);

/* Does the kernel have this wanted route? */
bool plan_route_there(struct plan *plan, const struct route *r);

/* Notes, for undo, the settings of interfaces that the SET changes, as they are before. */
int plan_interfaces_note(struct plan *plan, struct mib_fault *fault);
/* Appends what these settings are now: struct journal_setting. Returns: 0 or -ENOMEM. */
int plan_interfaces_now(const struct plan *plan, struct vec *now);

/* Phases. Adding handles what comes or changes; removing handles what only goes. */
int plan_routes_add(struct plan *plan, struct mib_fault *fault);
int plan_routes_remove(struct plan *plan, struct mib_fault *fault);
int plan_policies_add(struct plan *plan, struct mib_fault *fault);
int plan_policies_remove(struct plan *plan, struct mib_fault *fault);
int plan_rules(struct plan *plan, struct mib_fault *fault);
int plan_meters(struct plan *plan, struct mib_fault *fault);
/* Sets how long netfilter waits for a lock from here on. A change does not wait when the last
 * reading has just waited in vain, so that a SET waits once; else it is as configured. */
void plan_nf_wait(const struct plan *plan, bool change);
int plan_names_add(struct plan *plan, struct mib_fault *fault);
int plan_names_remove(struct plan *plan, struct mib_fault *fault);
int plan_interfaces(struct plan *plan, struct mib_fault *fault);
/* keep.c, what the agent itself keeps: writes the journal before the kernel is touched; takes the
 * rows over into the store; the scalars; saves the state before the manager gets the answer. */
int plan_begin(struct plan *plan, struct mib_fault *fault);
int plan_keep_rows(struct plan *plan, struct mib_fault *fault);
int plan_keep_agent(struct plan *plan, struct mib_fault *fault);
int plan_save(struct plan *plan, struct mib_fault *fault);

/* The undo of each phase: of what the phase has done, nothing if it did nothing. Returns: 0 or
 * -errno. */
int plan_routes_undo(struct plan *plan, struct why *why);
int plan_policies_undo(struct plan *plan, struct why *why);
/* Begin and free what the undo of policies needs. */
void plan_policies_gather(struct plan *plan);
void plan_policies_forget(struct plan *plan);
int plan_rules_undo(struct plan *plan, struct why *why);
int plan_meters_undo(struct plan *plan, struct why *why);
int plan_names_undo(struct plan *plan, struct why *why);
int plan_interfaces_undo(struct plan *plan, struct why *why);
int plan_begin_undo(struct plan *plan, struct why *why);
int plan_keep_rows_undo(struct plan *plan, struct why *why);
int plan_keep_agent_undo(struct plan *plan, struct why *why);

/* Appends the meters that are wanted after the SET under way; see meters_want(). Returns: 0 or
 * -ENOMEM. */
int plan_meters_wanted(const struct plan *plan, struct vec *wanted);

/* static.c */

/* Reads the static rows that the last run had in force, and adds them to the wanted rows. Returns:
 * 0 or -ENOMEM. */
int static_rows_load(struct plan *plan);
/* Is told why a static row is left out. */
typedef void static_row_left(void *arg, const char *why);
/* Adds plan.rows to the wanted rows, before anything is read from the kernel. Leaves out those whose
 * index a manager's row has. @tell: NULL: that goes to the log. Returns: 0 or -ENOMEM. */
int static_rows_claim(struct plan *plan, static_row_left *tell, void *arg);
/* Changes the kernel as plan.rows ask. A row that cannot be put there is logged, and stays
 * wanted. */
void static_rows_start(struct plan *plan);
/* Replaces the static rows in force by @rows, as one plan: all or nothing, but for rows whose index
 * a manager's row has: they are taken out of @rows. Returns: 0 or -errno
 * with @why. */
int static_rows_change(struct plan *plan, struct static_rows *rows, struct why *why);
/* Writes @why: place and column of the static row at fault, and what is wrong. */
void static_rows_blame(const struct plan *plan, const struct static_rows *rows,
		       const struct mib_fault *fault, struct why *why);
/* Puts an item into the plan for each static row that comes, changes or goes. @only: for one row
 * alone, numbered through @rows and then the rows in force; SIZE_MAX: for all. Returns: 0 or
 * -errno. */
int static_rows_plan(struct plan *plan, const struct static_rows *rows, size_t only);

#endif
