/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rows that managers made, as they should be: what the state file keeps. */
#ifndef STORE_WANTED_H
#define STORE_WANTED_H

#include "base/vec.h"
#include "store/kinds.h"

/* A row that no manager wants to be active. */
struct managed_idle {
	void *row;
	uint64_t since_ms; /* clock_ms() of the last managed_set() */
};

struct managed {
	const struct row_kind *kind;
	struct vec rows;     /* struct managed_row, in order of their index */
	struct vec idle;     /* struct managed_idle, by address */
	uint64_t changed_ms; /* clock_ms() of the last change by a SET, or for age; 0: none */
};

/* Both are owned here. */
struct managed_row {
	void *row;
	char *text; /* as the state file has it; NULL: not written since it changed */
};

void managed_init(struct managed *m, const struct row_kind *kind);
void managed_fini(struct managed *m);

/* Returns: the row with the index of @key, or NULL. */
void *managed_find(const struct managed *m, const void *key);
/* Keeps a copy of @row, in place of the one with its index. Returns: the copy or NULL. */
void *managed_set(struct managed *m, const void *row);
/* Hands the row of @key from @from over to @to, which has none. Needs no memory where @to had as many
 * rows before. Returns: 0 or -ENOMEM; also 0 when there is no such row. */
int managed_move(struct managed *from, struct managed *to, const void *key);
void managed_remove(struct managed *m, const void *key);

/* Returns: row @i. */
static inline void *managed_at(const struct managed *m, size_t i)
{
	return ((struct managed_row *)vec_at(&m->rows, i))->row;
}

/* Appends row @i as the state file has it. Who saves ten thousand rows for one that is new does not
 * turn all into text again. */
void managed_text(struct managed *m, size_t i, struct text *out);

#endif
