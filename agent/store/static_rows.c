/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/static_rows.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "daemon/app.h"

/* Where there are settings of that name, too, the rows may stand beside them. */
static const config_setting_t *list_of(const config_setting_t *root, const struct row_kind *kind)
{
	const config_setting_t *s = config_setting_get_member(root, kind->name);

	return s && config_setting_is_group(s) ? config_setting_get_member(s, "rows") : s;
}

bool static_rows_are(const config_setting_t *root, const config_setting_t *s)
{
	for (size_t k = 0; k < ROW_KINDS; k++)
		if (s == list_of(root, &row_kinds[k]))
			return true;
	return false;
}

bool static_rows_name(const char *name)
{
	for (size_t k = 0; k < ROW_KINDS; k++)
		if (strcmp(name, row_kinds[k].name) == 0)
			return true;
	return false;
}

/* "FILE:LINE: rules: " in front of what is wrong; row_read() knows the line better. */
static int wrong(const struct static_row *s, int err, struct why *why)
{
	struct why was = *why;
	unsigned line = s->line;
	int n = 0;

	if (err == -ENOMEM)
		return why_set(why, err, "%s: %s", s->file, strerror(-err));
	if (sscanf(was.s, "line %u: %n", &line, &n) < 1)
		line = s->line;
	return why_set(why, err, "%s:%u: %s: %s", s->file, line, s->kind->name, was.s + n);
}

/* Does the sentence begin with the name of this column, "Chain: "? Checks know it by that. */
static size_t names_column(const char *what, const char *name)
{
	size_t n = strlen(name);

	return strncmp(what, name, n) == 0 && strncmp(what + n, ": ", 2) == 0 ? n + 2 : 0;
}

int static_row_wrong(const struct static_row *s, unsigned num, int err, const char *what,
		     struct why *why)
{
	const struct mib_def *def = s->kind->def;
	const struct mib_col *col = mib_col(def, num);
	const char *name;
	size_t skip = 0;

	if (col && col->syntax == SYN_STATUS)
		col = NULL;
	for (size_t i = 0; i < def->ncols && !skip; i++) {
		skip = names_column(what, def->cols[i].name + strlen(def->prefix));
		if (skip)
			col = &def->cols[i];
	}
	if (!col)
		return why_set(why, err, "%s:%u: %s: %s", s->file, s->line, s->kind->name, what);
	name = col->name + strlen(def->prefix);
	return why_set(why, err, "%s:%u: %s: %c%s: %s", s->file, s->line, s->kind->name,
		       name[0] | 0x20, name + 1, what + skip);
}

enum { INDEX = 1, FIB_ID = 1, FIB_NAME = 2, POLICY_PRIORITY = 3, ROUTE_FIB = 1, ROUTE_DEST = 3 };
enum { ROUTE_INSTANCE = 6, ROUTE_PROTOCOL = 17 };

/* What a row must say beside what a manager's must. Returns: NULL or what is wrong. */
static const char *check_own(const struct mib_def *def, const void *row, unsigned *col)
{
	const struct policy *p = row;
	const struct route *r = row;
	const struct fib *f = row;
	uint64_t index = cell_load(mib_col(def, INDEX), row);

	if ((def == &mib_rule || def == &mib_policy) && (!index || index > ROW_MANAGER_MAX))
		return *col = INDEX, "static rows have 1 to 999999, as managers' have";
	if (def == &mib_fib && !f->name[0])
		return *col = FIB_NAME, "a table without a name needs no row";
	if (def == &mib_fib && !f->id)
		return *col = FIB_ID, "table 0 is the kernel's \"unspec\"";
	/* Else it would be another one after each start. */
	if (def == &mib_policy && (!(p->given >> POLICY_PRIORITY & 1) || !p->priority))
		return *col = POLICY_PRIORITY, "a static policy says which it has, 1 or more";
	if (def == &mib_route && !r->fib)
		return *col = ROUTE_FIB, "the table is missing";
	if (def == &mib_route && !prefix_is_canonical(&r->dst))
		return *col = ROUTE_DEST, "it has bits beyond its prefix length";
	if (def == &mib_route && r->instance != 1)
		return *col = ROUTE_INSTANCE, "static routes are instance 1";
	return NULL;
}

static int check_row(const struct static_row *s, struct why *why)
{
	const struct row_kind *kind = s->kind;
	const struct mib_col *status = mib_col_syntax(kind->def, SYN_STATUS);
	unsigned col = status->num;
	struct why what = { "" };
	const char *own = check_own(kind->def, s->row, &col);

	if (own)
		return static_row_wrong(s, col, -EINVAL, own, why);
	if ((kind->src->check && kind->src->check(NULL, s->row, &col, &what)) ||
	    (kind->def == &mib_route && route_check(s->row, &col, &what)))
		return static_row_wrong(s, col, -EINVAL, what.s, why);
	return 0;
}

/* A destination that is not written is the default one, of the gateway's type. */
static void settle_route(struct route *r)
{
	uint8_t gateway = r->nlegs ? route_leg(r, 0)->gateway.family : AF_UNSPEC;

	if (!r->dst.family)
		r->dst.family = gateway ? gateway : AF_INET;
	if (r->dst.family == AF_INET6 && !r->metric)
		r->metric = 1024; /* what 0 is to the kernel */
}

static int read_one(struct static_rows *r, const config_setting_t *group,
		    const struct row_kind *kind, const char *file, uint8_t protocol,
		    struct why *why)
{
	static const char *const implied[] = { "status", "storageType" };
	const char *in = config_setting_source_file(group);
	struct static_row *s = vec_push(&r->rows);
	int err;

	if (!s)
		return -ENOMEM;
	in = in ? in : file;
	*s = (struct static_row){ .kind = kind, .line = config_setting_source_line(group) };
	s->file = arena_copy(&r->arena, in, strlen(in));
	if (!s->file)
		return -ENOMEM;
	for (size_t i = 0; i < 2 && config_setting_is_group(group); i++)
		if (config_setting_get_member(group, implied[i]))
			return why_set(why, -EINVAL,
				       "%s:%u: %s: %s: a static row is active and stays", s->file,
				       s->line, kind->name, implied[i]);
	err = row_read(kind, group, protocol, &r->arena, &s->row, why);
	if (err)
		return wrong(s, err, why);
	if (kind->def == &mib_route)
		settle_route(s->row);
	row_make_static(kind->def, s->row);
	return check_row(s, why);
}

static int row_sort(const void *a, const void *b)
{
	const struct static_row *x = *(struct static_row *const *)a;
	const struct static_row *y = *(struct static_row *const *)b;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return row_cmp_index(x->kind->def, x->row, y->row);
}

static int sort_rows(struct static_rows *r, struct why *why)
{
	for (size_t i = 0; i < r->rows.n; i++) {
		struct static_row **slot = vec_push(&r->sorted);

		if (!slot)
			return -ENOMEM;
		*slot = vec_at(&r->rows, i);
	}
	vec_sort(&r->sorted, row_sort);
	for (size_t i = 1; i < r->sorted.n; i++) {
		struct static_row **s = vec_at(&r->sorted, i);

		if (row_sort(s - 1, s) != 0)
			continue;
		/* qsort() may have turned them round: the second one is at fault. */
		if (s[-1]->line > s[0]->line)
			s--;
		why_set(why, 0, "there is a row with this index already");
		return wrong(*s, -EINVAL, why);
	}
	return 0;
}

int static_rows_read(const config_setting_t *root, const char *file, uint8_t protocol,
		     struct static_rows **out, struct why *why)
{
	struct static_rows *r = calloc(1, sizeof(*r));
	int err = 0;

	*out = r;
	if (!r)
		return -ENOMEM;
	r->refs = 1;
	r->rows = (struct vec)VEC_INIT(struct static_row);
	r->sorted = (struct vec)VEC_INIT(struct static_row *);
	for (size_t k = 0; k < ROW_KINDS && !err; k++) {
		const config_setting_t *list = list_of(root, &row_kinds[k]);

		if (list && !config_setting_is_list(list))
			err = why_set(why, -EINVAL,
				      "%s:%u: %s: a list of rows in parentheses is wanted", file,
				      config_setting_source_line(list), row_kinds[k].name);
		for (int i = 0; list && !err && i < config_setting_length(list); i++)
			err = read_one(r, config_setting_get_elem(list, (unsigned)i), &row_kinds[k],
				       file, protocol, why);
	}
	if (!err)
		err = sort_rows(r, why);
	if (err || !r->rows.n) {
		static_rows_unref(r);
		*out = NULL;
	}
	return err;
}

void static_rows_protocol(struct static_rows *r, uint8_t protocol)
{
	for (size_t i = 0; r && i < r->rows.n; i++) {
		const struct static_row *s = vec_at(&r->rows, i);
		struct policy *p = s->kind->def == &mib_policy ? s->row : NULL;
		struct route *rt = s->kind->def == &mib_route ? s->row : NULL;

		if (p)
			p->route_protocol = protocol;
		if (rt && !(rt->given >> ROUTE_PROTOCOL & 1))
			rt->protocol = protocol;
	}
}

struct static_rows *static_rows_ref(struct static_rows *r)
{
	if (r)
		r->refs++;
	return r;
}

void static_rows_unref(struct static_rows *r)
{
	if (!r || --r->refs)
		return;
	vec_fini(&r->rows);
	vec_fini(&r->sorted);
	arena_free(&r->arena);
	free(r);
}

const struct static_row *static_rows_find(const struct static_rows *r, const struct row_kind *kind,
					  const void *key)
{
	struct static_row one = { .kind = kind, .row = (void *)key }, *p = &one;
	struct static_row **at = r ? vec_find(&r->sorted, &p, row_sort) : NULL;

	return at ? *at : NULL;
}

/* Zeros may have the length of any family, or none. */
static bool all_zero(const struct mib_value *v)
{
	for (size_t i = 0; i < v->len; i++)
		if (((const uint8_t *)v->bytes)[i])
			return false;
	return true;
}

bool static_rows_same_column(const struct mib_def *def, const struct mib_col *col, const void *x,
			     const void *y)
{
	struct mib_value a = { 0 }, b = { 0 };

	cell_get(col, x, 0, &a);
	cell_get(col, y, 0, &b);
	if (a.tag != MIB_TAG_OCTETS)
		return a.num == b.num;
	if (def != &mib_route && col->syntax == SYN_ADDRESS && all_zero(&a) && all_zero(&b))
		return true;
	return a.len == b.len && memcmp(a.bytes, b.bytes, a.len) == 0;
}

static bool legs_same(const struct route *x, const struct route *y)
{
	static const unsigned cols[] = { 3, 5, 6 }; /* gateway, name of the device, weight */

	if (x->nlegs != y->nlegs)
		return false;
	for (unsigned i = 0; x->nlegs > 1 && i < x->nlegs; i++) {
		const struct mib_nexthop_row a = { .hop = x->legs[i] }, b = { .hop = y->legs[i] };

		for (size_t c = 0; c < sizeof(cols) / sizeof(*cols); c++)
			if (!static_rows_same_column(&mib_nexthop, mib_col(&mib_nexthop, cols[c]),
						     &a, &b))
				return false;
	}
	return true;
}

/* Columns that follow from others: the index of a device and the type of a gateway. */
static bool is_derived(const struct mib_def *def, const struct mib_col *col)
{
	return def == &mib_route && (col->num == 8 || col->num == 10);
}

bool static_rows_same(const struct mib_def *def, const void *x, const void *y, bool place)
{
	for (size_t i = 0; i < def->ncols; i++) {
		const struct mib_col *col = &def->cols[i];

		if (col->access != ACCESS_RC || col->syntax == SYN_STATUS ||
		    col->syntax == SYN_STORAGE || is_derived(def, col) ||
		    (def == &mib_rule && col->num == 5 && !place))
			continue;
		if (!static_rows_same_column(def, col, x, y))
			return false;
	}
	return def != &mib_route || legs_same(x, y);
}

void static_rows_write(const struct static_rows *r, struct text *out)
{
	for (size_t k = 0; k < ROW_KINDS; k++) {
		const char *between = "\n  ";

		text_add(out, "%s = (", row_kinds[k].name);
		for (size_t i = 0; r && i < r->rows.n; i++) {
			const struct static_row *s = vec_at(&r->rows, i);

			if (s->kind != &row_kinds[k])
				continue;
			text_addn(out, between, strlen(between));
			row_write(s->kind->def, s->row, out);
			between = ",\n  ";
		}
		text_add(out, "\n);\n");
	}
}
