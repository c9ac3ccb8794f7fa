/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kinds of rows that are kept in files, and everything in which one kind differs from the
 * others. Code that has a row and its kind needs nothing else to handle it.
 */
#ifndef STORE_KINDS_H
#define STORE_KINDS_H

#include "store/rowfile.h"

/* In the order in which they go into the kernel. */
enum { FIB_ROWS, ROUTE_ROWS, POLICY_ROWS, RULE_ROWS, MARK_ROWS, ROW_KINDS };

/* What a row has beside its columns: the next hops of a route. */
struct row_rest {
	const char *name; /* of the setting in a file */
	/* Replaces what @row points to by a copy that @row owns. Returns: false without memory;
	 * drop() may be called then, too. */
	bool (*own)(void *row);
	void (*drop)(void *row);
	/* Are both equal? Do both ask for the same, see row_asks_same()? */
	bool (*same)(const void *x, const void *y);
	bool (*asks_same)(const void *x, const void *y);
	/* @group: the whole row. Returns: as row_read(). */
	int (*read)(const config_setting_t *group, void *row, struct arena *arena, struct why *why);
	/* Appends one more setting to the group; nothing when the row has no such rest. */
	void (*write)(const void *row, struct text *out);
};

/* Two columns that are a range together, by number. */
struct row_range {
	unsigned from, to;
};

enum { ROW_RANGES_MAX = 3 };

struct row_kind {
	const char *name; /* of the list in a file */
	const struct mib_def *def;
	const struct row_rest *rest; /* NULL: the columns are the whole row */
	uint64_t derived;	     /* bit N: column N follows from others */
	uint64_t place;		     /* bit N: column N is where the row stands, not what it is */
	bool managers_index;	     /* the index is 1 to ROW_MANAGER_MAX */
	bool any_zero;		     /* an address of zeros is the same at any length */
	bool goes_with_device;	     /* and is put back when the device returns */
	struct row_range ranges[ROW_RANGES_MAX]; /* see row_settle_ranges() */

	/* By the index: <0, 0, >0. */
	int (*cmp)(const void *a, const void *b);
	/* Fills in the defaults of a manager's new row, which is all zeros. @protocol: the agent's
	 * own. */
	void (*init)(void *row, uint8_t protocol);
	/* Computes the columns that follow from others. */
	void (*settle)(void *row);
	/* Could the row be active? Returns: 0, or -EINVAL with @why and the column at fault. NULL:
	 * it could. */
	int (*check)(const void *row, unsigned *col, struct why *why);

	/* The rest is NULL where a kind has nothing to do. */

	/* The same check for a row that has its rest (struct row_rest), too. */
	int (*check_whole)(const void *row, unsigned *col, struct why *why);

	/* Adjusts a row that was read from the state file. @protocol: the agent's own, as set
	 * now. */
	void (*settle_kept)(void *row, uint8_t protocol);
	/* Adjusts a row that was read from fwmarkd.conf. */
	void (*settle_static)(void *row);
	/* Checks what a row of fwmarkd.conf must say and a manager's need not. Returns: NULL, or
	 * what is wrong and the column in @col. */
	const char *(*check_static)(const void *row, unsigned *col);
	/* The name of its device, "" when there is none. */
	const char *(*device)(const void *row);
	/* The agent's own protocol has changed: a row that names none of its own gets the new
	 * one. */
	void (*set_protocol)(void *row, uint8_t protocol);
};

extern const struct row_kind row_kinds[ROW_KINDS];

/* Returns: the kind of a table's rows; NULL: they are not kept. */
const struct row_kind *row_kind_of(const struct mib_def *def);

/**
 * row_read - make a row from a group of libconfig
 * @arena: where the row goes, with its texts and next hops
 *
 * Returns: 0; -ENOMEM; or -EINVAL with @why: "line 5: chain: what is wrong".
 */
int row_read(const struct row_kind *kind, const config_setting_t *group, uint8_t protocol,
	     struct arena *arena, void **row, struct why *why);

/* Appends the row as row_read() reads it. */
void row_write(const struct row_kind *kind, const void *row, struct text *out);

/* Returns: a copy that owns its texts and next hops, or NULL without memory. row_free(kind, NULL)
 * is fine. */
void *row_dup(const struct row_kind *kind, const void *row);
void row_free(const struct row_kind *kind, void *row);

/* Where nobody wrote the end of a range, only its beginning: one number is meant. The end is the
 * beginning then, or the highest number while that is 0, which selects nothing. */
void row_settle_ranges(const struct row_kind *kind, void *row);
/* Adds to @given, columns that differ from their defaults, what row_settle_ranges() would compute
 * otherwise. */
uint64_t row_given_ranges(const struct row_kind *kind, uint64_t given);

/* Are two rows equal in all columns that can be written, and in what they have beside their
 * columns? */
bool row_same(const struct row_kind *kind, const void *x, const void *y);
/* Do both rows ask for the same? Status, storage and columns that follow from others do not matter;
 * @place: where the row stands does. */
bool row_asks_same(const struct row_kind *kind, const void *x, const void *y, bool place);
/* Are both rows equal in this column? Addresses of zeros may differ in length where the kind has
 * any_zero. */
bool row_same_column(const struct row_kind *kind, const struct mib_col *col, const void *x,
		     const void *y);

/* Is the row wanted in the kernel? A row of a table without RowStatus always is; @row NULL is
 * not. */
bool row_is_active(const struct mib_def *def, const void *row);
/* Is it a static row, one that fwmarkd.conf asks for? */
bool row_is_static(const struct mib_def *def, const void *row);
/* Makes the row static: active, permanent, origin configuration. */
void row_make_static(const struct mib_def *def, void *row);
/* Appends the name of a row's status, "fwmarkRuleStatus.5", by which messages call the row. */
void row_name(const struct mib_def *def, const void *row, struct text *out);

/* Members of struct row_kind that struct mib_source has, too: views fill them in. */
void rule_row_settle(void *row);
int rule_row_check(const void *row, unsigned *col, struct why *why);
void policy_row_settle(void *row);
int policy_row_check(const void *row, unsigned *col, struct why *why);
void route_row_settle(void *row);
int route_row_check(const void *row, unsigned *col, struct why *why);
void fib_row_settle(void *row);
int fib_row_check(const void *row, unsigned *col, struct why *why);
void mark_row_settle(void *row);

/* hops.c: the same for a row of fwmarkNextHopTable, and what a next hop shares with the columns of
 * a route. */
void hop_row_settle(void *row);
int hop_row_check(const void *row, unsigned *col, struct why *why);
/* A gateway whose type nobody wrote (@type_given) gets the type that fits its length. */
void hop_settle_gateway(struct nexthop *hop, bool type_given);
/* Returns: 0, or -EINVAL with @gateway_col as the column at fault. */
int hop_check_gateway(const struct nexthop *hop, unsigned gateway_col, unsigned *col,
		      struct why *why);
extern const struct row_rest route_hops;

#endif
