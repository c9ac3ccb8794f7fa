/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store/static_rows.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/row.h"

bool static_rows_name(const char *name)
{
	for (size_t k = 0; k < ROW_KINDS; k++)
		if (strcmp(name, row_kinds[k].name) == 0)
			return true;
	return false;
}

/* Puts "FILE:LINE: rules: " before what is wrong. If row_read() named a line, that line is
 * better. */
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

/* Does the sentence begin with the name of this column, "Chain: ", as those of checks do? Returns:
 * how long that is, 0: it does not. */
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

static int check_row(const struct static_row *s, struct why *why)
{
	const struct row_kind *kind = s->kind;
	unsigned col = mib_col_syntax(kind->def, SYN_STATUS)->num;
	uint64_t index = cell_load(&kind->def->cols[0], s->row);
	const char *own = NULL;
	struct why what = { "" };

	if (kind->managers_index && (!index || index > ROW_MANAGER_MAX)) {
		col = kind->def->cols[0].num;
		own = "static rows have 1 to 999999, as managers' have";
	} else if (kind->check_static) {
		own = kind->check_static(s->row, &col);
	}
	if (own)
		return static_row_wrong(s, col, -EINVAL, own, why);
	if ((kind->check && kind->check(s->row, &col, &what)) ||
	    (kind->check_whole && kind->check_whole(s->row, &col, &what)))
		return static_row_wrong(s, col, -EINVAL, what.s, why);
	return 0;
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
	if (kind->settle_static)
		kind->settle_static(s->row);
	row_make_static(kind->def, s->row);
	return check_row(s, why);
}

static int row_sort(const void *a, const void *b)
{
	const struct static_row *x = *(struct static_row *const *)a;
	const struct static_row *y = *(struct static_row *const *)b;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return x->kind->cmp(x->row, y->row);
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
		/* qsort() may have swapped equal rows: the one that stands second in the file is at
		 * fault. */
		if (s[-1]->line > s[0]->line)
			s--;
		why_set(why, 0, "there is a row with this index already");
		return wrong(*s, -EINVAL, why);
	}
	return 0;
}

void static_rows_drop(struct static_rows *r, bool (*drop)(const struct static_row *s, void *arg),
		      void *arg)
{
	size_t kept = 0;

	for (size_t i = 0; r && i < r->rows.n; i++) {
		const struct static_row *s = vec_at(&r->rows, i);

		if (!drop(s, arg))
			*(struct static_row *)vec_at(&r->rows, kept++) = *s;
	}
	if (!r || kept == r->rows.n)
		return;
	r->rows.n = r->sorted.n = kept;
	for (size_t i = 0; i < kept; i++)
		*(struct static_row **)vec_at(&r->sorted, i) = vec_at(&r->rows, i);
	vec_sort(&r->sorted, row_sort);
}

static int not_a_list(const config_setting_t *list, const char *file, struct why *why)
{
	const char *in = config_setting_source_file(list);

	return why_set(why, -EINVAL, "%s:%u: %s: a list of rows in parentheses is wanted",
		       in ? in : file, config_setting_source_line(list), config_setting_name(list));
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
		const config_setting_t *list = config_setting_get_member(root, row_kinds[k].name);

		if (list && !config_setting_is_list(list))
			err = not_a_list(list, file, why);
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

		if (s->kind->set_protocol)
			s->kind->set_protocol(s->row, protocol);
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
			row_write(s->kind, s->row, out);
			between = ",\n  ";
		}
		text_add(out, "\n);\n");
	}
}
