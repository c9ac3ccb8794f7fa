/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/names.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

static int name_cmp(const void *key, const void *elem)
{
	uint32_t id = *(const uint32_t *)key;
	const struct name *n = elem;

	return id < n->id ? -1 : id > n->id;
}

void names_fini(struct names *n)
{
	vec_fini(&n->v);
}

void rt_names_fini(struct rt_names *n)
{
	names_fini(&n->tables);
	names_fini(&n->protos);
	names_fini(&n->scopes);
	names_fini(&n->realms);
	names_fini(&n->groups);
	names_fini(&n->dsfield);
	seen_fini(&n->seen);
}

/* Too long a name ends as text_show() has it. */
static void name_copy(char *out, const char *name)
{
	size_t len = strlen(name);

	if (len <= NAME_MAX_LEN)
		memcpy(out, name, len + 1);
	else
		text_show(out, NAME_MAX_LEN, name, len);
}

int names_set(struct names *n, uint32_t id, const char *name, uint32_t flags)
{
	size_t at = vec_lower(&n->v, &id, name_cmp);
	struct name *e = at < n->v.n ? vec_at(&n->v, at) : NULL;
	char text[NAME_MAX_LEN + 1] = ""; /* a copy: @name may be in an element, which moves */

	name_copy(text, name);
	if (!e || e->id != id) {
		e = vec_insert(&n->v, at);
		if (!e)
			return -ENOMEM;
	}
	e->id = id;
	e->flags = flags;
	memcpy(e->name, text, sizeof(text));
	return 0;
}

int names_add(struct names *n, uint32_t id, const char *name, uint32_t flags)
{
	struct name *e = vec_push(&n->v);

	if (!e)
		return -ENOMEM;
	e->id = id;
	e->flags = flags;
	e->turn = (uint32_t)n->v.n;
	name_copy(e->name, name);
	return 0;
}

/* The last one of an id comes first. */
static int added_cmp(const void *a, const void *b)
{
	const struct name *x = a, *y = b;
	int order = name_cmp(&x->id, y);

	return order ? order : (x->turn < y->turn) - (x->turn > y->turn);
}

void names_settle(struct names *n)
{
	struct name *all = n->v.data;
	size_t kept = 0;

	vec_sort(&n->v, added_cmp);
	for (size_t i = 0; i < n->v.n; i++) {
		if (kept && all[kept - 1].id == all[i].id)
			continue;
		all[kept] = all[i];
		all[kept++].turn = 0; /* what is added from now on comes later */
	}
	n->v.n = kept;
}

void names_remove(struct names *n, uint32_t id)
{
	size_t at = vec_lower(&n->v, &id, name_cmp);

	if (at < n->v.n && ((struct name *)vec_at(&n->v, at))->id == id)
		vec_remove(&n->v, at);
}

const struct name *names_find(const struct names *n, uint32_t id)
{
	return vec_find(&n->v, &id, name_cmp);
}

const struct name *names_find_name(const struct names *n, const char *name)
{
	for (size_t i = 0; i < n->v.n; i++) {
		const struct name *e = vec_at(&n->v, i);

		if (!strcmp(e->name, name))
			return e;
	}
	return NULL;
}

const char *names_text(const struct names *n, uint32_t id, char *buf)
{
	const struct name *e = names_find(n, id);

	if (e)
		return e->name;
	snprintf(buf, 16, "%u", id);
	return buf;
}
