/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A SET as an ordered plan: what is added goes in from the table's name to the mark rule, what is
 * taken away goes out in the other direction, so that no packet is ever marked for a table that is
 * not there. Each phase can be undone; a failure undoes all that was done, backwards.
 */
#ifndef PLAN_PLAN_H
#define PLAN_PLAN_H

#include "store/static_rows.h"
#include "views/views.h"

/* Settings; each may change between two SETs. */
struct plan_options {
	char file[256];				/* that all of them were read from */
	bool reassert;				/* what somebody else took away is put back */
	unsigned not_ready_s, not_in_service_s; /* 0: for ever */
};

/* The SET under way, and what there is to put back. */
struct plan {
	struct store *store;
	struct views *views;
	const struct plan_options *opt;
	const struct access *access;
	const struct mib *mib; /* is a SET under way? */

	struct static_rows *statics; /* those in force */
	struct static_rows *rows;    /* those that shall be */
	bool restore_due;	     /* netfilter could not be read at the start */
	unsigned families;	     /* enum nf_family: for which there have been mark rules */
	uint64_t reasserted;	     /* what the views had seen when all was put back */

	struct vec items;   /* struct plan_item */
	struct vec renames; /* struct rename, see foreign.c */
	struct arena arena;
	struct nf_undo *nf_undo;
	struct vec policies;   /* struct policy_group *: as they were where the SET changes them */
	struct vec nf_items;   /* size_t: which item each edit of netfilter is for */
	struct vec settings;   /* struct journal_setting: of interfaces, before the SET */
	struct vec meters_was; /* struct nf_meter: in the kernel before the SET */
	bool meters_set;       /* the SET has changed them */
	struct names names;    /* the agent's own file of table names, as it was */
	bool names_known;      /* names is filled in */
	struct managed was[ROW_KINDS]; /* the managed rows that were replaced */
	size_t kept;		       /* how many of the items have their row in the store */
	bool journal;		       /* the journal of the SET is written */
	bool restore;		       /* no new wishes: rules go to where they were */
	bool saved;		       /* the state file has the rows of this SET */
	unsigned phase;		       /* phases below this one are done, or were begun */
};

/* All that is pointed to stays where it is as long as the plan. @rows: static rows, one reference. */
void plan_init(struct plan *plan, struct views *views, const struct plan_options *opt,
	       const struct access *access, const struct mib *mib, struct static_rows *rows);
void plan_fini(struct plan *plan);

/* plan.c: a SET, as struct mib_ops has it. */
bool plan_allows(const struct plan *plan, const struct mib_def *def, struct why *why);
int plan_prepare(struct plan *plan, struct mib_change *c, size_t n, struct mib_fault *fault);
int plan_apply(struct plan *plan, struct mib_fault *fault);
int plan_undo(struct plan *plan, struct why *why);
void plan_finish(struct plan *plan, bool committed);

/* reassert.c: puts back managers' rows that went with their device, or all (a setting). */
void reassert(struct plan *plan);
/* expire.c: removes managers' rows that have been left notReady or notInService for too long. */
void expire(struct plan *plan);

/* journal.c: writes the journal of the SET; @undo: of its undoing. Returns: 0 or -errno with @why. */
int plan_journal(struct plan *plan, bool undo, struct why *why);
/* takeback.c, at start: takes the objects of a SET that was cut off out of the kernel, and puts those of the state
 * file in their place. Waits for the first reading of netfilter where it wanted rules. */
void plan_take_back(struct plan *plan);

/* One row that changes. */
struct plan_item {
	const struct mib_def *def;
	size_t change;	    /* whose fault it is when it fails */
	void *old;	    /* the row before, NULL: it did not exist */
	void *now;	    /* the row afterwards, NULL: it will not exist */
	uint64_t touched;   /* columns that the manager wrote */
	bool in, out;	    /* its kernel object: is there before (out: must go), after (in) */
	bool foreign;	    /* it is not kept, nor was it; see foreign.c */
	bool done, removed; /* the kernel has taken in, given up (routes) out */
	bool withdrawn;	    /* the manager's row said so before the undo */
};

/* A foreign object @ordinal of hash @from became one of hash @to. */
struct rename {
	struct idmap *map;
	uint64_t from, to;
	uint32_t was;		       /* its ordinal when the SET began */
	uint32_t ordinal, last, place; /* see idmap_rename() */
};

/* item.c */
/* Returns: the next item of a table's rows from *@i on, which moves on behind it; NULL. */
struct plan_item *plan_next(const struct plan *plan, const struct mib_def *def, size_t *i);
/* The same backwards: the next one before *@i, which moves to it. */
struct plan_item *plan_prev(const struct plan *plan, const struct mib_def *def, size_t *i);

/* restore.c */

/**
 * plan_restore - put back what managers want and the kernel does not have
 * @wants: which rows it is about; NULL: all
 * @loud: log what cannot be put back, too
 *
 * Touches nothing else. Not to be called while a SET is under way.
 */
void plan_restore(struct plan *plan, bool (*wants)(const struct row_kind *kind, const void *row),
		  bool loud);

/* there.c: does the kernel (or the file of names) have what the row wants? Of a rule, its tag is asked for. */
bool plan_is_there(struct plan *plan, const struct mib_def *def, const void *row);

/* access.c: may managers have the plan as it is? Returns: a mib_error with @fault. */
int access_check(struct plan *plan, struct mib_fault *fault);

/* foreign.c: is the row that changes, or goes, somebody else's? */
bool plan_is_foreign(const struct plan_item *it);
/* A foreign object has changed, its hash, too: it keeps its index. @ordinal: among its equals of
 * hash @from, before the SET; @place (or NULL): among those of @to. Returns: 0 or -errno. */
int plan_rename(struct plan *plan, struct idmap *map, uint64_t from, uint32_t ordinal, uint64_t to,
		uint32_t *place);
/* Takes back the last ones, as far as they are of this map. */
void plan_renames_undo(struct plan *plan, const struct idmap *map);
/**
 * plan_run - carry out the items of the plan, or nothing
 * @keep: they are new wishes, to be kept and saved; false: they are kept already
 *
 * Afterwards plan_settle() or plan_clear(). Returns: 0 or an error of SNMP, with @fault.
 */
int plan_run(struct plan *plan, bool keep, struct mib_fault *fault);
/* What was done stays: tells whom it concerns. */
void plan_settle(struct plan *plan);
void plan_clear(struct plan *plan);

/* Sets @fault and returns the error of SNMP for @err. */
int plan_fail(struct mib_fault *fault, const struct plan_item *it, unsigned col, int err);

/* Looks up the devices of a row by their names, where they have one: indices are new after a reboot, and
 * when a device comes again. */
void plan_route_resolve(const struct plan *plan, struct route *r);
/* A copy of a route whose legs live as long as the plan. Returns: NULL without memory. */
struct route *plan_route_copy(struct plan *plan, const struct route *r);

/* Those of the item's kind. Returns: an error of SNMP, with @fault. */
int plan_item_prepare(struct plan *plan, struct plan_item *it, struct mib_fault *fault);
/* Checks of one kind of row when all rows of the SET are known. */
int plan_rule_prepare(struct plan *plan, struct plan_item *it, struct mib_fault *fault);
int plan_policy_prepare(struct plan *plan, struct plan_item *it, struct mib_fault *fault);
int plan_fib_prepare(struct plan *plan, struct plan_item *it, struct mib_fault *fault);
int plan_mark_prepare(struct plan *plan, struct plan_item *it, struct mib_fault *fault);
int plan_route_prepare(struct plan *plan, struct plan_item *it, struct mib_fault *fault);
int plan_interface_prepare(struct plan *plan, struct plan_item *it, struct mib_fault *fault);
/* The row that a change is about a part of: the route of a leg. NULL: it is about no part. */
const void *plan_whole(const struct mib_change *c);
/* Folds the legs of a SET into the routes that they belong to; comes after the routes' own changes. */
int plan_nexthops_fold(struct plan *plan, const struct mib_change *c, size_t n,
		       struct mib_fault *fault);
/*
 * The device of a leg. Either of name and index will do, and both must agree. What was not written
 * now (@touched) follows what was; of two old ones the name counts, for a device that went and came
 * again has a new index. Returns: 0, or the column at fault.
 */
unsigned plan_leg_device(const struct plan *plan, struct nexthop *hop, uint64_t touched,
			 unsigned ifindex_col, unsigned ifname_col, struct why *why);

/* Does the kernel have this route of a manager? */
bool plan_route_there(struct plan *plan, const struct route *r);

/* Notes what the settings of interfaces are that the SET changes, for undo. */
int plan_interfaces_note(struct plan *plan, struct mib_fault *fault);

/* Phases. Adding: everything that comes; removing: everything that only goes. */
int plan_routes_add(struct plan *plan, struct mib_fault *fault);
int plan_routes_remove(struct plan *plan, struct mib_fault *fault);
int plan_policies_add(struct plan *plan, struct mib_fault *fault);
int plan_policies_remove(struct plan *plan, struct mib_fault *fault);
int plan_rules(struct plan *plan, struct mib_fault *fault);
int plan_meters(struct plan *plan, struct mib_fault *fault);
/* How long netfilter waits for others from here on: a change not at all when the last reading has done
 * that in vain just now (a SET waits once), else as configured. */
void plan_nf_wait(const struct plan *plan, bool change);
int plan_names_add(struct plan *plan, struct mib_fault *fault);
int plan_names_remove(struct plan *plan, struct mib_fault *fault);
int plan_interfaces(struct plan *plan, struct mib_fault *fault);
/* The agent's own, keep.c: says what will be done before the kernel is touched (journal.h); takes
 * the rows over into "managed"; the scalars; has it all on disk before the manager is told. */
int plan_intend(struct plan *plan, struct mib_fault *fault);
int plan_keep_rows(struct plan *plan, struct mib_fault *fault);
int plan_keep_agent(struct plan *plan, struct mib_fault *fault);
int plan_save(struct plan *plan, struct mib_fault *fault);

/* Their undoing; each does what was done, and nothing when nothing was. 0 or -errno. */
int plan_routes_undo(struct plan *plan, struct why *why);
int plan_policies_undo(struct plan *plan, struct why *why);
/* Frees what the undoing would need. */
void plan_policies_forget(struct plan *plan);
int plan_rules_undo(struct plan *plan, struct why *why);
int plan_meters_undo(struct plan *plan, struct why *why);
int plan_names_undo(struct plan *plan, struct why *why);
int plan_interfaces_undo(struct plan *plan, struct why *why);
int plan_intend_undo(struct plan *plan, struct why *why);
int plan_keep_rows_undo(struct plan *plan, struct why *why);
int plan_keep_agent_undo(struct plan *plan, struct why *why);
int plan_save_undo(struct plan *plan, struct why *why);

/* The meters that managers want after the SET under way, appended; see meters_want(). Returns: 0 or
 * -ENOMEM. */
int plan_meters_wanted(const struct plan *plan, struct vec *wanted);

/* static.c */

/* Reads what the last run had in force, and takes it as wishes. Returns: 0 or -ENOMEM. */
int static_rows_load(struct plan *plan);
/* Takes plan.rows as wishes, too, before anything is read of the kernel. Returns: 0; or -errno with
 * @why: what managers want is in the way. */
int static_rows_claim(struct plan *plan, struct why *why);
/* Makes the kernel what plan.rows say; what cannot be done is logged, and stays a wish. */
void static_rows_start(struct plan *plan);
/* The same for other rows than those that are in force, as one plan: all or nothing. Returns: 0 or
 * -errno with @why. */
int static_rows_change(struct plan *plan, struct static_rows *rows, struct why *why);
/* Whose fault it was, in front of what is wrong. */
void static_rows_blame(const struct plan *plan, const struct static_rows *rows,
		       const struct mib_fault *fault, struct why *why);
/* Puts one item into the plan for each row that comes, changes or goes. @only: that one alone,
 * counting @rows and then those that go; SIZE_MAX: all. Returns: 0 or -errno. */
int static_rows_plan(struct plan *plan, const struct static_rows *rows, size_t only);

#endif
