/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the backends share with each other and with the face. */
#include <stdio.h>
#include <string.h>

#include "nf_priv.h"

const char *const nf_tables[] = { "raw", "mangle", "nat", "filter", "security", NULL };
const char *const nf_hooks[] = { "PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING", NULL };

void nf_part_init(struct nf_part *p)
{
	p->chains = (struct vec)VEC_INIT(struct nf_chain);
	p->entries = (struct vec)VEC_INIT(struct nf_entry);
	p->meters = (struct vec)VEC_INIT(struct nf_meter);
}

void nf_part_fini(struct nf_part *p)
{
	vec_fini(&p->chains);
	vec_fini(&p->entries);
	vec_fini(&p->meters);
}

/* Compares names: those of the list in its order, then all others by name. */
static int name_cmp(const char *const *list, const char *x, const char *y)
{
	if (strcmp(x, y) == 0)
		return 0;
	for (; *list; list++) {
		if (strcmp(*list, x) == 0)
			return -1;
		if (strcmp(*list, y) == 0)
			return 1;
	}
	return strcmp(x, y);
}

int nf_chain_cmp(const struct nf_chain *x, const struct nf_chain *y)
{
	int order;

	if (x->family != y->family)
		return x->family < y->family ? -1 : 1;
	order = name_cmp(nf_tables, x->table, y->table);
	return order ? order : name_cmp(nf_hooks, x->chain, y->chain);
}

int nf_meter_cmp(const void *a, const void *b)
{
	const struct nf_meter *x = a, *y = b;

	if (x->family != y->family)
		return x->family < y->family ? -1 : 1;
	if (x->value != y->value)
		return x->value < y->value ? -1 : 1;
	return x->mask < y->mask ? -1 : x->mask > y->mask;
}

bool nf_file_has_line(const char *path, const char *end, bool whole)
{
	FILE *f = fopen(path, "re");
	size_t n = strlen(end);
	char line[512];
	bool found = false;

	if (!f)
		return false;
	while (!found && fgets(line, sizeof(line), f)) {
		size_t len = strcspn(line, "\n");

		line[len] = '\0';
		found = len >= n && strcmp(line + len - n, end) == 0 && (!whole || len == n);
	}
	fclose(f);
	return found;
}
