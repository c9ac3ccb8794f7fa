/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Static rows: rows that fwmarkd.conf itself asks for, in the syntax of the state file. They stand
 * among the wanted rows, with storage type permanent. The static rows in force are written to the
 * file "static" of the state directory, so that the next start can tell what has changed in
 * fwmarkd.conf.
 */
#ifndef STORE_STATIC_ROWS_H
#define STORE_STATIC_ROWS_H

#include <libconfig.h>

#include "base/vec.h"
#include "store/kinds.h"

struct static_row {
	const struct row_kind *kind;
	void *row;
	const char *file; /* the file that has the row */
	unsigned line;
};

struct static_rows {
	unsigned refs;
	struct vec rows;   /* struct static_row, in the order in which they go into the kernel */
	struct vec sorted; /* struct static_row *, by kind and index */
	struct arena arena;
};

/* Is this the name of a list of static rows? */
bool static_rows_name(const char *name);

/**
 * static_rows_read - read the static rows of a file
 * @file: for messages
 * @protocol: the agent's own
 * @out: one reference to the rows; NULL when there are none
 *
 * Returns: 0; -ENOMEM; or -EINVAL with @why: "FILE:LINE: rules: chain: what is wrong".
 */
int static_rows_read(const config_setting_t *root, const char *file, uint8_t protocol,
		     struct static_rows **out, struct why *why);
/* Takes the rows out that @drop says. @r may be NULL. */
void static_rows_drop(struct static_rows *r, bool (*drop)(const struct static_row *s, void *arg),
		      void *arg);
/* The agent's own protocol is not the one that the rows were read with: gives it to the policies,
 * and to the routes that name none. */
void static_rows_protocol(struct static_rows *r, uint8_t protocol);
struct static_rows *static_rows_ref(struct static_rows *r);
void static_rows_unref(struct static_rows *r);
/* Returns: the static row of this kind with the index of @key, or NULL. @r may be NULL. */
const struct static_row *static_rows_find(const struct static_rows *r, const struct row_kind *kind,
					  const void *key);
/* Writes @why: file and line of the row, the column (0: the row as a whole), and @what is wrong
 * there. Returns: @err. */
int static_row_wrong(const struct static_row *s, unsigned num, int err, const char *what,
		     struct why *why);
/* Appends the rows as the lists of fwmarkd.conf. @r may be NULL. */
void static_rows_write(const struct static_rows *r, struct text *out);

/* Returns: the agent's own protocol when the file was written, which policies and routes have that
 * name none; @protocol when the file does not say. */
uint8_t state_protocol(const config_setting_t *root, uint8_t protocol);

#endif
