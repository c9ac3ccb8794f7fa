/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers with names: routing tables, route protocols, scopes, realms, groups, interfaces. */
#ifndef MODEL_NAMES_H
#define MODEL_NAMES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/seen.h"
#include "base/vec.h"

enum { NAME_MAX_LEN = 64 };

/* The name of a table is in the agent's own file, RT_NAMES_OWN. */
enum { NAME_OWN = 1 };

struct name {
	uint32_t id;
	uint32_t flags; /* interfaces: IFF_*; tables: NAME_OWN or 0 */
	uint32_t turn;	/* see names_add() */
	char name[NAME_MAX_LEN + 1];
};

/* Sorted by id. */
struct names {
	struct vec v; /* struct name */
};

/* The name tables of iproute2 that the text of a policy or a route needs. */
struct rt_names {
	struct names tables, protos, scopes, realms, groups, dsfield;
	struct seen seen; /* the files that they are from */
};

#define NAMES_INIT                                                                                 \
	{                                                                                          \
		VEC_INIT(struct name)                                                              \
	}
#define RT_NAMES_INIT                                                                              \
	{                                                                                          \
		NAMES_INIT, NAMES_INIT, NAMES_INIT, NAMES_INIT, NAMES_INIT, NAMES_INIT, SEEN_INIT  \
	}

void names_fini(struct names *n);
void rt_names_fini(struct rt_names *n);
/* Adds or renames an id; a name that is too long is cut, and ends in "...". Returns: 0 or
 * -ENOMEM. */
int names_set(struct names *n, uint32_t id, const char *name, uint32_t flags);
/* Adds an id without looking where it belongs, for many that come in any order: names_settle() must
 * follow before anything else is asked. Of several names of an id it keeps the one added last.
 * Returns: 0 or -ENOMEM. */
int names_add(struct names *n, uint32_t id, const char *name, uint32_t flags);
void names_settle(struct names *n);
void names_remove(struct names *n, uint32_t id);
/* Returns: the entry or NULL. */
const struct name *names_find(const struct names *n, uint32_t id);
/* Returns: the entry of that name with the lowest id, or NULL. */
const struct name *names_find_name(const struct names *n, const char *name);
/* Returns: the name, or the number in decimal written into @buf (at least 16 bytes). */
const char *names_text(const struct names *n, uint32_t id, char *buf);

#endif
