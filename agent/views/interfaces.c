/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The settings of interfaces, read when they are asked for: the kernel does not announce them. */
#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "daemon/app.h"
#include "plan/plan.h"
#include "routing/sysctl.h"
#include "views/scalars.h"

/* Columns by number, the same in the table and in the scalars but for these. */
static const struct setting {
	const struct mib_def *def;
	unsigned col;
	enum sysctl_conf conf;
} settings[] = {
	{ &mib_interface_scalars, 1, SYSCTL_RP_FILTER },
	{ &mib_interface_scalars, 2, SYSCTL_SRC_VALID_MARK },
	{ &mib_interface, 2, SYSCTL_RP_FILTER },
	{ &mib_interface, 4, SYSCTL_SRC_VALID_MARK },
};

enum { SETTINGS = sizeof(settings) / sizeof(*settings) };

static int read_raw(const char *ifname, struct interface_raw *raw)
{
	int err = sysctl_get(ifname, SYSCTL_RP_FILTER, &raw->rp_filter);

	if (!err)
		err = sysctl_get(ifname, SYSCTL_SRC_VALID_MARK, &raw->src_valid_mark);
	if (!err)
		err = sysctl_get(ifname, SYSCTL_FORWARDING, &raw->forwarding);
	if (err && err != -ENODEV)
		log_debug("settings of %s: %s", ifname ? ifname : "all interfaces", strerror(-err));
	return err;
}

/* The row of an interface; NULL when IPv4 has no settings for it. */
static const struct interface *fill(struct app *a, const struct name *link)
{
	struct interface *row = &a->interfaces.row;
	struct interface_raw own, all;

	if (strlen(link->name) >= sizeof(row->name) || read_raw(link->name, &own) ||
	    read_raw(NULL, &all))
		return NULL;
	*row = (struct interface){ .ifindex = link->id };
	memcpy(row->name, link->name, strlen(link->name));
	interface_settle(row, &own, &all);
	return row;
}

static const void *find(void *ctx, const uint32_t *idx, size_t n)
{
	struct app *a = ctx;
	const struct name *link;

	live_sync(a);
	link = names_find(&a->links, index_one(idx, n));
	return link ? fill(a, link) : NULL;
}

static const void *next(void *ctx, const uint32_t *idx, size_t n, struct mib_oid *at)
{
	struct app *a = ctx;
	uint32_t from = n ? idx[0] : 0;

	live_sync(a);
	for (size_t i = 0; i < a->links.v.n; i++) {
		const struct name *link = vec_at(&a->links.v, i);
		const struct interface *row;

		/* n: an index that goes on behind this one is above it. */
		row = !n || link->id > from ? fill(a, link) : NULL;
		if (!row)
			continue;
		mib_oid_add(at, row->ifindex);
		return row;
	}
	return NULL;
}

const struct mib_source interfaces_source = { .find = find, .next = next };

static const void *scalars_row(struct app *a)
{
	struct interface_raw all;

	if (read_raw(NULL, &all))
		return NULL;
	interface_settle_all(&a->interfaces.all, &all);
	return &a->interfaces.all;
}

SCALARS(scalars, scalars_row)

const struct mib_source interfaces_scalars_source = { .find = scalars_find, .next = scalars_next };

/* ---- SET ---- */

/* Returns: the setting that @it asks for by column @s->col, NULL: none. */
static const struct setting *setting_of(const struct plan_item *it, size_t i)
{
	const struct setting *s = &settings[i];

	return s->def == it->def && it->touched >> s->col & 1 ? s : NULL;
}

/* The interface of an item as it is called now, NULL: all. false: it is gone. */
static bool name_of(const struct app *a, const struct plan_item *it, const char **ifname)
{
	const struct name *link;

	*ifname = NULL;
	if (it->def != &mib_interface)
		return true;
	link = names_find(&a->links, ((const struct interface *)it->now)->ifindex);
	*ifname = link ? link->name : NULL;
	return link;
}

static int fail(struct mib_fault *fault, const struct plan_item *it, unsigned col, int err)
{
	if (err == -ENODEV)
		why_set(&fault->why, 0, "the interface is gone, or has no IPv4");
	else
		why_set(&fault->why, 0, "the kernel does not let it be changed: %s",
			strerror(-err));
	return plan_fail(fault, it, col, err);
}

int plan_interface_prepare(struct app *a, struct plan_item *it, struct mib_fault *fault)
{
	for (size_t i = 0; i < SETTINGS; i++) {
		const struct setting *s = setting_of(it, i);
		const char *ifname;
		int err;

		if (!s)
			continue;
		err = name_of(a, it, &ifname) ? sysctl_may_set(ifname, s->conf) : -ENODEV;
		if (err)
			return fail(fault, it, s->col, err);
	}
	return MIB_OK;
}

/* Keeps what one setting is. */
static int note_one(struct app *a, const struct plan_item *it, const struct setting *s)
{
	struct interface_undo undo = { .conf = s->conf };
	struct interface_undo *kept;
	const char *ifname;
	int err = name_of(a, it, &ifname) ? sysctl_get(ifname, s->conf, &undo.value) : -ENODEV;

	if (err)
		return err;
	undo.ifindex = ifname ? ((const struct interface *)it->now)->ifindex : 0;
	kept = vec_push(&a->interfaces.undo);
	if (!kept)
		return -ENOMEM;
	*kept = undo;
	return 0;
}

static int set_one(struct app *a, const struct plan_item *it, const struct setting *s)
{
	const struct mib_col *col = mib_col(it->def, s->col);
	const char *ifname;

	if (!name_of(a, it, &ifname))
		return -ENODEV;
	return sysctl_set(ifname, s->conf, (int)cell_load(col, it->now));
}

static int each_setting(struct app *a, struct mib_fault *fault,
			int (*fn)(struct app *a, const struct plan_item *it,
				  const struct setting *s))
{
	live_sync(a);
	for (size_t k = 0; k < a->plan.items.n; k++) {
		const struct plan_item *it = vec_at(&a->plan.items, k);

		for (size_t i = 0; i < SETTINGS; i++) {
			const struct setting *s = setting_of(it, i);
			int err = s ? fn(a, it, s) : 0;

			if (err)
				return fail(fault, it, s->col, err);
		}
	}
	return MIB_OK;
}

int plan_interfaces_note(struct app *a, struct mib_fault *fault)
{
	vec_clear(&a->interfaces.undo);
	return each_setting(a, fault, note_one);
}

int plan_interfaces(struct app *a, struct mib_fault *fault)
{
	return each_setting(a, fault, set_one);
}

int plan_interfaces_undo(struct app *a, struct why *why)
{
	struct vec *undo = &a->interfaces.undo;
	int err = 0;

	live_sync(a);
	while (undo->n) {
		const struct interface_undo *u = vec_at(undo, undo->n - 1);
		const struct name *link = names_find(&a->links, u->ifindex);
		int e = u->ifindex && !link
				? -ENODEV
				: sysctl_set(link ? link->name : NULL, u->conf, u->value);

		/* What is gone has taken its settings along. */
		if (e && e != -ENODEV)
			err = why_set(why, e, "settings of %s: %s",
				      link ? link->name : "all interfaces", strerror(-e));
		vec_remove(undo, undo->n - 1);
	}
	return err;
}

void interfaces_init(struct app *a)
{
	a->interfaces.undo = (struct vec)VEC_INIT(struct interface_undo);
}

void interfaces_fini(struct app *a)
{
	vec_fini(&a->interfaces.undo);
}
