/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Wanted rows: the rows of managers and of fwmarkd.conf as they should be. The state file keeps
 * those of managers. */
#ifndef STORE_WANTED_H
#define STORE_WANTED_H

#include "base/vec.h"
#include "store/kinds.h"

/* A row that is not active: expire.c may remove it. */
struct wanted_idle {
	void *row;
	uint64_t since_ms; /* clock_ms() of the last wanted_set() */
};

struct wanted {
	const struct row_kind *kind;
	struct vec rows;     /* struct wanted_row, in order of their index */
	struct vec idle;     /* struct wanted_idle, by address */
	uint64_t changed_ms; /* clock_ms() of the last change by a SET, or by expire.c; 0: none */
};

/* Owns row and text. */
struct wanted_row {
	void *row;
	char *text; /* as the state file has it; NULL: not written since the row changed */
	/* Somebody else took the row's object away: it stays away until a SET makes the row active,
	 * or until the next boot. The state file keeps this. */
	bool withdrawn;
	bool doubtful; /* withdrawn if the next reading lacks it */
	bool waits;    /* when it was to be put back last, that could not be done */
	uint64_t said; /* hash of the reason that the log has for that; 0: none */
};

void wanted_init(struct wanted *m, const struct row_kind *kind);
void wanted_fini(struct wanted *m);

/* Returns: the row with the index of @key, or NULL. */
void *wanted_find(const struct wanted *m, const void *key);
/* Returns: the same, with what is kept beside it. */
struct wanted_row *wanted_slot(const struct wanted *m, const void *key);
/* Keeps a copy of @row in place of the row with its index. Returns: the copy, or NULL without
 * memory. */
void *wanted_set(struct wanted *m, const void *row);
/* Hands the row with the index of @key from @from to @to, which has none. Needs no memory where @to
 * had as many rows before. Returns: 0, also when there is no such row; or -ENOMEM. */
int wanted_move(struct wanted *from, struct wanted *to, const void *key);
void wanted_remove(struct wanted *m, const void *key);

/* Returns: row @i. */
static inline void *wanted_at(const struct wanted *m, size_t i)
{
	return ((struct wanted_row *)vec_at(&m->rows, i))->row;
}

/* Appends row @i as the state file has it. The text is kept with the row: after one change, a save
 * of ten thousand rows makes the text of one. */
void wanted_text(struct wanted *m, size_t i, struct text *out);

#endif
