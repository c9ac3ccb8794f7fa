/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is said of a SET that is refused or taken back: an error, a varbind and a sentence. */
#include "snmp/txn.h"

#include <errno.h>
#include <string.h>

int mib_error_of(int err)
{
	static const struct {
		int err, error;
	} errors[] = {
		{ -ENOMEM, MIB_RESOURCE_UNAVAILABLE },
		{ -ENOBUFS, MIB_RESOURCE_UNAVAILABLE },
		{ -ENOSPC, MIB_RESOURCE_UNAVAILABLE },
		{ -EAGAIN, MIB_RESOURCE_UNAVAILABLE },
		{ -EBUSY, MIB_RESOURCE_UNAVAILABLE },
		{ -EPERM, MIB_RESOURCE_UNAVAILABLE },
		{ -EROFS, MIB_RESOURCE_UNAVAILABLE },
		{ -EACCES, MIB_RESOURCE_UNAVAILABLE },
		{ -EMFILE, MIB_RESOURCE_UNAVAILABLE },
		{ -EDQUOT, MIB_RESOURCE_UNAVAILABLE },
		{ -EINVAL, MIB_INCONSISTENT_VALUE },
		{ -ENOENT, MIB_INCONSISTENT_VALUE },
		{ -EEXIST, MIB_INCONSISTENT_VALUE },
		{ -ERANGE, MIB_INCONSISTENT_VALUE },
		{ -ENODEV, MIB_INCONSISTENT_VALUE },
		{ -ENETUNREACH, MIB_INCONSISTENT_VALUE },
		{ -EHOSTUNREACH, MIB_INCONSISTENT_VALUE },
		{ -ENETDOWN, MIB_INCONSISTENT_VALUE },
		{ -EOPNOTSUPP, MIB_INCONSISTENT_VALUE },
		{ -EAFNOSUPPORT, MIB_INCONSISTENT_VALUE },
		{ -EILSEQ, MIB_WRONG_VALUE },
		{ -ENOTRECOVERABLE, MIB_UNDO_FAILED },
	};

	if (!err)
		return MIB_OK;
	for (size_t i = 0; i < sizeof(errors) / sizeof(*errors); i++)
		if (errors[i].err == err)
			return errors[i].error;
	return MIB_COMMIT_FAILED;
}

/* Tells why a SET failed: the first reason alone, which is the one that the manager sees. */
static int report(struct mib *m, int error, const char *name, const char *why)
{
	struct text t = TEXT_INIT;

	if (m->reported)
		return error;
	m->reported = true;
	text_add(&t, "%s: %s", name, *why ? why : "cannot be done");
	m->ops.failed(m->ops.ctx, text_str(&t));
	text_fini(&t);
	return error;
}

int txn_refuse_oid(struct mib *m, const uint32_t *oid, size_t n)
{
	struct text name = TEXT_INIT;

	text_add(&name, "fwmarkObjects");
	for (size_t i = 0; i < n; i++)
		text_add(&name, ".%u", oid[i]);
	report(m, MIB_NOT_WRITABLE, text_str(&name), "no such object");
	text_fini(&name);
	return MIB_NOT_WRITABLE;
}

int txn_refuse_varbind(struct mib *m, int error, const struct mib_col *col,
		       const struct mib_oid *at, const struct why *why)
{
	struct text name = TEXT_INIT;

	mib_name(col, at, &name);
	error = report(m, error, text_str(&name), why->s);
	text_fini(&name);
	return error;
}

/* Checks of rows know the short names of columns alone and begin with one: "Chain: there is no...".
 * Where that column is named already, its name is left out. */
static const char *without_name(const struct mib_def *def, const struct mib_col *col, const char *s)
{
	const char *name = col->name + strlen(def->prefix);
	size_t n = strlen(name);

	return strncmp(s, name, n) == 0 && strncmp(s + n, ": ", 2) == 0 ? s + n + 2 : s;
}

/* The column that the varbind is of. */
static const struct mib_col *column_at(const struct mib_change *c, unsigned varbind)
{
	const struct mib_def *def = c->table->def;

	for (size_t i = 0; i < def->ncols; i++)
		if (c->touched >> def->cols[i].num & 1 && c->varbind[def->cols[i].num] == varbind)
			return &def->cols[i];
	return &def->cols[0];
}

int txn_refuse_change(struct mib *m, int error, const struct mib_fault *f, unsigned *varbind)
{
	const struct mib_change *c = &m->changes[f->change < m->nchanges ? f->change : 0];
	const struct mib_col *col = mib_col(c->table->def, f->col);
	const struct mib_col *status = mib_col_syntax(c->table->def, SYN_STATUS);
	struct text name = TEXT_INIT;

	if (col && cols_have(c->touched, col->num))
		*varbind = c->varbind[col->num];
	else if (status && cols_have(c->touched, status->num))
		*varbind = c->varbind[status->num];
	else
		*varbind = c->first;
	if (!col || (col == status && !cols_have(c->touched, col->num)))
		col = column_at(c, c->first);
	mib_name(col, &c->at, &name);
	error = report(m, error, text_str(&name), without_name(c->table->def, col, f->why.s));
	text_fini(&name);
	return error;
}

int txn_taken_back(struct mib *m, int error, const char *why)
{
	const struct mib_change *c = m->changes;
	struct text name = TEXT_INIT;

	if (m->nchanges)
		mib_name(column_at(c, c->first), &c->at, &name);
	else
		text_add(&name, "SET"); /* all of it was to destroy what was not there */
	error = report(m, error, text_str(&name), why);
	text_fini(&name);
	return error;
}
