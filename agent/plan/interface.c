/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of a SET that changes settings of interfaces. */
#include <errno.h>
#include <string.h>

#include "plan/plan.h"
#include "routing/sysctl.h"

/* What can be set of one interface, and of all of them. */
static const struct setting {
	const struct mib_def *def;
	unsigned col;
	enum sysctl_conf conf;
} settings[] = {
	{ &mib_interface_scalars, INTERFACE_ALL_COL_RP_FILTER, SYSCTL_RP_FILTER },
	{ &mib_interface_scalars, INTERFACE_ALL_COL_SRC_VALID_MARK, SYSCTL_SRC_VALID_MARK },
	{ &mib_interface, INTERFACE_COL_RP_FILTER, SYSCTL_RP_FILTER },
	{ &mib_interface, INTERFACE_COL_SRC_VALID_MARK, SYSCTL_SRC_VALID_MARK },
};

enum { SETTINGS = sizeof(settings) / sizeof(*settings) };

/* Returns: the setting that @it asks for by column @s->col, NULL: none. */
static const struct setting *setting_of(const struct plan_item *it, size_t i)
{
	const struct setting *s = &settings[i];

	return s->def == it->def && cols_have(it->touched, s->col) ? s : NULL;
}

/* The interface of an item as it is called now, NULL: all. false: it is gone. */
static bool name_of(const struct plan *plan, const struct plan_item *it, const char **ifname)
{
	const struct name *link;

	*ifname = NULL;
	if (!it->def->table)
		return true; /* the scalars */
	link = names_find(&plan->views->links, ((const struct interface *)it->now)->ifindex);
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

int plan_interface_prepare(struct plan *plan, struct plan_item *it, struct mib_fault *fault)
{
	for (size_t i = 0; i < SETTINGS; i++) {
		const struct setting *s = setting_of(it, i);
		const char *ifname;
		int err;

		if (!s)
			continue;
		err = name_of(plan, it, &ifname) ? sysctl_may_set(ifname, s->conf) : -ENODEV;
		if (err)
			return fail(fault, it, s->col, err);
	}
	return MIB_OK;
}

/* Keeps what one setting is. */
static int note_one(struct plan *plan, const struct plan_item *it, const struct setting *s)
{
	struct journal_setting undo = { .conf = s->conf };
	struct journal_setting *kept;
	const char *ifname;
	int err = name_of(plan, it, &ifname) ? sysctl_get(ifname, s->conf, &undo.value) : -ENODEV;

	if (err)
		return err;
	undo.ifindex = ifname ? ((const struct interface *)it->now)->ifindex : 0;
	kept = vec_push(&plan->settings);
	if (!kept)
		return -ENOMEM;
	*kept = undo;
	return 0;
}

static int set_one(struct plan *plan, const struct plan_item *it, const struct setting *s)
{
	const struct mib_col *col = mib_col(it->def, s->col);
	const char *ifname;

	if (!name_of(plan, it, &ifname))
		return -ENODEV;
	return sysctl_set(ifname, s->conf, (int)cell_load(col, it->now));
}

static int each_setting(struct plan *plan, struct mib_fault *fault,
			int (*fn)(struct plan *plan, const struct plan_item *it,
				  const struct setting *s))
{
	live_sync(plan->views);
	for (size_t k = 0; k < plan->items.n; k++) {
		const struct plan_item *it = vec_at(&plan->items, k);

		for (size_t i = 0; i < SETTINGS; i++) {
			const struct setting *s = setting_of(it, i);
			int err = s ? fn(plan, it, s) : 0;

			if (err)
				return fail(fault, it, s->col, err);
		}
	}
	return MIB_OK;
}

int plan_interfaces_note(struct plan *plan, struct mib_fault *fault)
{
	vec_clear(&plan->settings);
	return each_setting(plan, fault, note_one);
}

int plan_interfaces(struct plan *plan, struct mib_fault *fault)
{
	return each_setting(plan, fault, set_one);
}

int plan_interfaces_undo(struct plan *plan, struct why *why)
{
	struct vec *undo = &plan->settings;
	int err = 0;

	live_sync(plan->views);
	while (undo->n) {
		const struct journal_setting *u = vec_at(undo, undo->n - 1);
		const struct name *link = names_find(&plan->views->links, u->ifindex);
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
