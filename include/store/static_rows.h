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

/* Is it the name of a list of static rows? */
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
/* Appends them as the lists of fwmarkd.conf. */
void static_rows_write(const struct static_rows *r, struct text *out);

/* What the policies and routes of a file have that name no protocol: the agent's own when it was
 * written, or @protocol. */
uint8_t state_protocol(const config_setting_t *root, uint8_t protocol);

#endif
