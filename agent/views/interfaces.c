/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The settings of interfaces, read when they are asked for: the kernel does not announce them. */
#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "routing/sysctl.h"
#include "views/scalars.h"
#include "views/views.h"

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
static const struct interface *fill(struct views *views, const struct name *link)
{
	struct interface *row = &views->interfaces.row;
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
	struct views *views = ctx;
	const struct name *link;

	live_sync(views);
	link = names_find(&views->links, index_one(idx, n));
	return link ? fill(views, link) : NULL;
}

static const void *next(void *ctx, const uint32_t *idx, size_t n, struct mib_oid *at)
{
	struct views *views = ctx;
	uint32_t from = n ? idx[0] : 0;

	live_sync(views);
	for (size_t i = 0; i < views->links.v.n; i++) {
		const struct name *link = vec_at(&views->links.v, i);
		const struct interface *row;

		/* A longer index is above the row that its first number names. */
		row = !n || link->id > from ? fill(views, link) : NULL;
		if (!row)
			continue;
		mib_oid_add(at, row->ifindex);
		return row;
	}
	return NULL;
}

static int settings_sure(const char *ifname, struct why *why)
{
	struct interface_raw raw;
	int err = read_raw(ifname, &raw);

	/* IPv4 has no settings for it. */
	if (!err || err == -ENODEV)
		return 0;
	return why_set(why, -EAGAIN, "the settings of %s cannot be read: %s",
		       ifname ? ifname : "all interfaces", strerror(-err));
}

static int sure(void *ctx, const uint32_t *idx, size_t n, struct why *why)
{
	struct views *views = ctx;
	const struct name *link = names_find(&views->links, index_one(idx, n));
	int err = settings_sure(NULL, why);

	if (!err && !link && views->links_err)
		err = why_set(why, -EAGAIN, "the kernel's interfaces cannot be read: %s",
			      strerror(-views->links_err));
	return err || !link ? err : settings_sure(link->name, why);
}

const struct mib_source interfaces_source = { .find = find, .next = next, .sure = sure };

static const void *scalars_row(struct views *views)
{
	struct interface_raw all;

	if (read_raw(NULL, &all))
		return NULL;
	interface_settle_all(&views->interfaces.all, &all);
	return &views->interfaces.all;
}

SCALARS(scalars, scalars_row)

static int scalars_sure(void *ctx, const uint32_t *idx, size_t n, struct why *why)
{
	(void)ctx, (void)idx, (void)n;
	return settings_sure(NULL, why);
}

const struct mib_source interfaces_scalars_source = { .find = scalars_find,
						      .next = scalars_next,
						      .sure = scalars_sure };
