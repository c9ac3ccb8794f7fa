/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A SET as an ordered plan: what is added goes in from the table's name to the mark rule, what is
 * taken away goes out in the other direction, so that no packet is ever marked for a table that is
 * not there. Each phase can be undone; a failure undoes all that was done, backwards.
 */
#ifndef PLAN_PLAN_H
#define PLAN_PLAN_H

#include "daemon/app.h"

/* One row that changes. */
struct plan_item {
	const struct mib_def *def;
	size_t change;	    /* whose fault it is when it fails */
	void *old;	    /* the row before, NULL: it did not exist */
	void *now;	    /* the row afterwards, NULL: it will not exist */
	uint64_t touched;   /* columns that the manager wrote */
	bool in, out;	    /* its kernel object: is there before (out: must go), after (in) */
	bool foreign;	    /* it is not kept, nor was it; see plan_foreign.c */
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

/* restore.c */

/**
 * plan_restore - put back what managers want and the kernel does not have
 * @wants: which rows it is about; NULL: all
 * @loud: log what cannot be put back, too
 *
 * Touches nothing else. Not to be called while a SET is under way.
 */
void plan_restore(struct app *a, bool (*wants)(const struct mib_def *def, const void *row),
		  bool loud);

/* Does the kernel (or the file of names) have what the row wants? Of a rule, its tag is asked for. */
bool plan_is_there(struct app *a, const struct mib_def *def, const void *row);

/* house.c: may managers have the plan as it is? Returns: a mib_error with @fault. */
int house_check(struct app *a, struct mib_fault *fault);

/* plan_foreign.c: is the row that changes, or goes, somebody else's? */
bool plan_is_foreign(const struct plan_item *it);
/* A foreign object has changed, its hash, too: it keeps its index. @ordinal: among its equals of
 * hash @from, before the SET; @place (or NULL): among those of @to. Returns: 0 or -errno. */
int plan_rename(struct app *a, struct idmap *map, uint64_t from, uint32_t ordinal, uint64_t to,
		uint32_t *place);
/* Takes back the last ones, as far as they are of this map. */
void plan_renames_undo(struct app *a, const struct idmap *map);
/**
 * plan_run - carry out the items of the plan, or nothing
 * @keep: they are new wishes, to be kept and saved; false: they are kept already
 *
 * Afterwards plan_settle() or plan_clear(). Returns: 0 or an error of SNMP, with @fault.
 */
int plan_run(struct app *a, bool keep, struct mib_fault *fault);
/* What was done stays: tells whom it concerns. */
void plan_settle(struct app *a);
void plan_clear(struct app *a);

/* Sets @fault and returns the error of SNMP for @err. */
int plan_fail(struct mib_fault *fault, const struct plan_item *it, unsigned col, int err);

/* Looks up the devices of a row by their names, where they have one: indices are new after a reboot, and
 * when a device comes again. */
void plan_route_resolve(const struct app *a, struct route *r);
/* A copy of a route whose legs live as long as the plan. Returns: NULL without memory. */
struct route *plan_route_copy(struct app *a, const struct route *r);

/* Those of the item's kind. Returns: an error of SNMP, with @fault. */
int plan_item_prepare(struct app *a, struct plan_item *it, struct mib_fault *fault);
/* Checks of one kind of row when all rows of the SET are known. */
int plan_rule_prepare(struct app *a, struct plan_item *it, struct mib_fault *fault);
int plan_policy_prepare(struct app *a, struct plan_item *it, struct mib_fault *fault);
int plan_fib_prepare(struct app *a, struct plan_item *it, struct mib_fault *fault);
int plan_mark_prepare(struct app *a, struct plan_item *it, struct mib_fault *fault);
int plan_route_prepare(struct app *a, struct plan_item *it, struct mib_fault *fault);
int plan_interface_prepare(struct app *a, struct plan_item *it, struct mib_fault *fault);
/* Folds the legs of a SET into the routes that they belong to; comes after the routes' own changes. */
int plan_nexthops_fold(struct app *a, const struct mib_change *c, size_t n,
		       struct mib_fault *fault);
/*
 * The device of a leg. Either of name and index will do, and both must agree. What was not written
 * now (@touched) follows what was; of two old ones the name counts, for a device that went and came
 * again has a new index. Returns: 0, or the column at fault.
 */
unsigned plan_leg_device(const struct app *a, struct nexthop *hop, uint64_t touched,
			 unsigned ifindex_col, unsigned ifname_col, struct why *why);

/* Does the kernel have this route of a manager? */
bool plan_route_there(struct app *a, const struct route *r);

/* Notes what the settings of interfaces are that the SET changes, for undo. */
int plan_interfaces_note(struct app *a, struct mib_fault *fault);

/* Phases. Adding: everything that comes; removing: everything that only goes. */
int plan_routes_add(struct app *a, struct mib_fault *fault);
int plan_routes_remove(struct app *a, struct mib_fault *fault);
int plan_policies_add(struct app *a, struct mib_fault *fault);
int plan_policies_remove(struct app *a, struct mib_fault *fault);
int plan_rules(struct app *a, struct mib_fault *fault);
int plan_meters(struct app *a, struct mib_fault *fault);
/* How long netfilter waits for others from here on: a change not at all when the last reading has done
 * that in vain just now (a SET waits once), else as configured. */
void plan_nf_wait(const struct app *a, bool change);
int plan_names_add(struct app *a, struct mib_fault *fault);
int plan_names_remove(struct app *a, struct mib_fault *fault);
int plan_interfaces(struct app *a, struct mib_fault *fault);
/* The agent's own, plan_keep.c: says what will be done before the kernel is touched (intent.h); takes
 * the rows over into "managed"; the scalars; has it all on disk before the manager is told. */
int plan_intend(struct app *a, struct mib_fault *fault);
int plan_keep_rows(struct app *a, struct mib_fault *fault);
int plan_keep_agent(struct app *a, struct mib_fault *fault);
int plan_save(struct app *a, struct mib_fault *fault);

/* Their undoing; each does what was done, and nothing when nothing was. 0 or -errno. */
int plan_routes_undo(struct app *a, struct why *why);
int plan_policies_undo(struct app *a, struct why *why);
/* Frees what the undoing would need. */
void plan_policies_forget(struct app *a);
int plan_rules_undo(struct app *a, struct why *why);
int plan_meters_undo(struct app *a, struct why *why);
int plan_names_undo(struct app *a, struct why *why);
int plan_interfaces_undo(struct app *a, struct why *why);
int plan_intend_undo(struct app *a, struct why *why);
int plan_keep_rows_undo(struct app *a, struct why *why);
int plan_keep_agent_undo(struct app *a, struct why *why);
int plan_save_undo(struct app *a, struct why *why);

#endif
