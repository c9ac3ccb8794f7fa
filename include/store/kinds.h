/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kinds of rows that are kept in files, and all that one kind does otherwise than another. Who
 * has a row and its kind needs to know no more.
 */
#ifndef STORE_KINDS_H
#define STORE_KINDS_H

#include "store/rowfile.h"

/* In the order in which they are put up. */
enum { FIB_ROWS, ROUTE_ROWS, POLICY_ROWS, RULE_ROWS, MARK_ROWS, ROW_KINDS };

/* What a row has beside its columns: the legs of a route. */
struct row_rest {
	const char *name; /* in a file */
	/* Takes a copy of what @row points to. Returns: false without memory; drop() is fine then. */
	bool (*own)(void *row);
	void (*drop)(void *row);
	/* Is it just the same? Does it ask for the same? */
	bool (*same)(const void *x, const void *y);
	bool (*asks_same)(const void *x, const void *y);
	/* @group: the whole row. Returns: as row_read(). */
	int (*read)(const config_setting_t *group, void *row, struct arena *arena, struct why *why);
	/* Appends it as one more setting of the group; nothing when there is none. */
	void (*write)(const void *row, struct text *out);
};

struct row_kind {
	const char *name; /* of the list in a file */
	const struct mib_def *def;
	const struct row_rest *rest; /* NULL: nothing */
	uint64_t derived;	     /* columns that follow from others */
	uint64_t place;		     /* columns that say where the row stands, not what it is */
	bool managers_index;	     /* the index is 1 to ROW_MANAGER_MAX */
	bool any_zero;		     /* an address of zeros is the same at any length */

	/* By the index: <0, 0, >0. */
	int (*cmp)(const void *a, const void *b);
	/* As a manager begins it, in zeros. @protocol: the agent's own. */
	void (*init)(void *row, uint8_t protocol);
	/* Derives what follows from other columns. */
	void (*settle)(void *row);
	/* Could the row be active? Returns: 0 or -EINVAL with the column at fault and @why. NULL: it could. */
	int (*check)(const void *row, unsigned *col, struct why *why);

	/* Below: NULL where there is nothing to do. */

	/* The same when all that belongs to the row is there. */
	int (*check_whole)(const void *row, unsigned *col, struct why *why);

	/* A row of the state file. @protocol: the agent's own, as it is set now. */
	void (*settle_kept)(void *row, uint8_t protocol);
	/* A row of fwmarkd.conf. */
	void (*settle_static)(void *row);
	/* What such a row must say beside what a manager's must. Returns: NULL or what is wrong. */
	const char *(*check_static)(const void *row, unsigned *col);
	/* AF_*: in whose netfilter tables it stands. */
	uint8_t (*tables_of)(const void *row);
	/* Did it go with its device, when it is not in the kernel? Then it comes again with that. */
	bool (*goes_with_device)(const void *row);
	/* The name of its device, "" when there is none. */
	const char *(*device)(const void *row);
	/* The agent's own protocol is another one. */
	void (*set_protocol)(void *row, uint8_t protocol);
};

extern const struct row_kind row_kinds[ROW_KINDS];

/* The kind of a table's rows. Returns: NULL: they are not kept. */
const struct row_kind *row_kind_of(const struct mib_def *def);

/**
 * row_read - make a row of a group
 * @arena: where it goes, with its texts and legs
 *
 * Returns: 0; -ENOMEM; or -EINVAL with @why: "line 5: chain: what is wrong".
 */
int row_read(const struct row_kind *kind, const config_setting_t *group, uint8_t protocol,
	     struct arena *arena, void **row, struct why *why);

/* Appends it as row_read() takes it. */
void row_write(const struct row_kind *kind, const void *row, struct text *out);

/* A copy that owns its texts and legs. Returns: NULL without memory. row_free(kind, NULL) is fine. */
void *row_dup(const struct row_kind *kind, const void *row);
void row_free(const struct row_kind *kind, void *row);

/* Do two rows say the same in all columns that can be written, and in what they have beside them? */
bool row_same(const struct row_kind *kind, const void *x, const void *y);
/* Do both ask for the same: but for status, storage and what follows from other columns? @place: at
 * the same place, too. */
bool row_asks_same(const struct row_kind *kind, const void *x, const void *y, bool place);
/* Do both rows say the same in this column? Zeros of an address may have any length where the kind
 * says so. */
bool row_same_column(const struct row_kind *kind, const struct mib_col *col, const void *x,
		     const void *y);

/* Is it wanted in the kernel? A row of scalars always is; @row NULL: it is not. */
bool row_is_active(const struct mib_def *def, const void *row);
/* Is it one that fwmarkd.conf asks for? */
bool row_is_static(const struct mib_def *def, const void *row);
/* Makes it one: active, permanent, of the configuration. */
void row_make_static(const struct mib_def *def, void *row);
/* Appends the name of a row by its status, "fwmarkRuleStatus.5". */
void row_name(const struct mib_def *def, const void *row, struct text *out);

/* See struct row_kind, and struct mib_source. */
void rule_row_settle(void *row);
int rule_row_check(const void *row, unsigned *col, struct why *why);
void policy_row_settle(void *row);
int policy_row_check(const void *row, unsigned *col, struct why *why);
void route_row_settle(void *row);
int route_row_check(const void *row, unsigned *col, struct why *why);
void fib_row_settle(void *row);
int fib_row_check(const void *row, unsigned *col, struct why *why);
void mark_row_settle(void *row);

/* legs.c: the same for a row of fwmarkNextHopTable, and what a leg and the columns of a route share. */
void leg_row_settle(void *row);
int leg_row_check(const void *row, unsigned *col, struct why *why);
/* An address without a type (@type_given) has the type of its length. */
void leg_settle_gateway(struct nexthop *hop, bool type_given);
/* Returns: 0, or -EINVAL with @gateway_col as the column at fault. */
int leg_check_gateway(const struct nexthop *hop, unsigned gateway_col, unsigned *col,
		      struct why *why);
extern const struct row_rest route_legs;

#endif
