/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Static rows: what fwmarkd.conf itself wants to be there, as rows in the syntax of the state file.
 * They stand among the managers' wishes as permanent rows. Those that are in force are written to
 * the file "static" of the state directory, so that a start knows what of them has changed
 * in fwmarkd.conf meanwhile.
 */
#ifndef STORE_STATIC_ROWS_H
#define STORE_STATIC_ROWS_H

#include <libconfig.h>

#include "base/vec.h"
#include "store/kinds.h"

struct app;

struct static_row {
	const struct row_kind *kind;
	void *row;
	const char *file; /* where it stands */
	unsigned line;
};

struct static_rows {
	unsigned refs;
	struct vec rows;   /* struct static_row, in the order in which they are put up */
	struct vec sorted; /* struct static_row *, by kind and index */
	struct arena arena;
};

/* Is this setting a list of static rows? That is rules = (...), or rules: { rows = (...); }. */
bool static_rows_are(const config_setting_t *root, const config_setting_t *s);
/* Is it the name of such a list? */
bool static_rows_name(const char *name);

/**
 * static_rows_read - the static rows of a file
 * @file: for messages
 * @protocol: the agent's own
 * @out: one reference to them, NULL: there are none
 *
 * Returns: 0; -ENOMEM; or -EINVAL with @why: "FILE:LINE: rules: chain: what is wrong".
 */
int static_rows_read(const config_setting_t *root, const char *file, uint8_t protocol,
		     struct static_rows **out, struct why *why);
/* The protocol of policies, and of routes that name none: another one than they were read with. */
void static_rows_protocol(struct static_rows *r, uint8_t protocol);
struct static_rows *static_rows_ref(struct static_rows *r);
void static_rows_unref(struct static_rows *r);
/* Returns: the row of this kind with the index of @key, or NULL. @r may be NULL. */
const struct static_row *static_rows_find(const struct static_rows *r, const struct row_kind *kind,
					  const void *key);
/* Says that a column of the row (0: the row as a whole) is @what, with its place. Returns: @err. */
int static_row_wrong(const struct static_row *s, unsigned num, int err, const char *what,
		     struct why *why);
/* Do both rows say the same in this column? */
bool static_rows_same_column(const struct mib_def *def, const struct mib_col *col, const void *x,
			     const void *y);
/* Do both rows ask for the same? @place: at the same place, too. */
bool static_rows_same(const struct mib_def *def, const void *x, const void *y, bool place);
/* Appends them as the lists of fwmarkd.conf. */
void static_rows_write(const struct static_rows *r, struct text *out);

/* static_apply.c */

/* Reads what the last run had in force, and takes it as wishes. Returns: 0 or -ENOMEM. */
int static_rows_load(struct app *a);
/* Takes conf.rows as wishes, too, before anything is read of the kernel. Returns: 0; or -errno with
 * @why: what managers want is in the way. */
int static_rows_claim(struct app *a, struct why *why);
/* Makes the kernel what conf.rows say; what cannot be done is logged, and stays a wish. */
void static_rows_start(struct app *a);
/* The same for other rows than those that are in force, as one plan: all or nothing. Returns: 0 or
 * -errno with @why. */
int static_rows_change(struct app *a, struct static_rows *rows, struct why *why);
/* Whose fault it was, in front of what is wrong. */
void static_rows_blame(const struct app *a, const struct static_rows *rows,
		       const struct mib_fault *fault, struct why *why);
/* Puts one item into the plan for each row that comes, changes or goes. @only: that one alone,
 * counting @rows and then those that go; SIZE_MAX: all. Returns: 0 or -errno. */
int static_rows_plan(struct app *a, const struct static_rows *rows, size_t only);

#endif
