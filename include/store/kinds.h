/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kinds of rows that are kept in files, whole: with their legs, and what follows from what is
 * written. */
#ifndef STORE_KINDS_H
#define STORE_KINDS_H

#include "store/rowfile.h"

struct app;

/* In the order in which they are put up. */
enum { FIB_ROWS, ROUTE_ROWS, POLICY_ROWS, RULE_ROWS, MARK_ROWS, ROW_KINDS };

struct row_kind {
	const char *name; /* of the list in a file */
	const struct mib_def *def;
	const struct mib_source *src;
	size_t managed; /* where struct app has what managers want of it */
};

extern const struct row_kind row_kinds[ROW_KINDS];

/* The kind of a table's rows. Returns: NULL: they are not kept. */
const struct row_kind *row_kind_of(const struct mib_def *def);
/* What managers want of a kind. */
struct managed *row_managed(struct app *a, const struct row_kind *kind);

/**
 * row_read - make a row of a group
 * @arena: where it goes, with its texts and legs
 *
 * Returns: 0; -ENOMEM; or -EINVAL with @why: "line 5: chain: what is wrong".
 */
int row_read(const struct row_kind *kind, const config_setting_t *group, uint8_t protocol,
	     struct arena *arena, void **row, struct why *why);

/* Appends it as row_read() takes it. */
void row_write(const struct mib_def *def, const void *row, struct text *out);

/* Orders rows of one kind by their index: <0, 0, >0; not as SNMP does. */
int row_cmp_index(const struct mib_def *def, const void *a, const void *b);

/* Is it wanted in the kernel? A row of scalars always is; @row NULL: it is not. */
bool row_is_active(const struct mib_def *def, const void *row);
/* Is it one that fwmarkd.conf asks for? */
bool row_is_static(const struct mib_def *def, const void *row);
/* Makes it one: active, permanent, of the configuration. */
void row_make_static(const struct mib_def *def, void *row);

#endif
