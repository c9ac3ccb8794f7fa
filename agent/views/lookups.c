/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where would a packet go? The kernel is asked, once for each destination and PDU. */
#include <string.h>
#include <sys/socket.h>

#include "base/log.h"
#include "routing/route_nl.h"
#include "views/views.h"

/* The index: mark, type of the address, its length, its octets. */
static bool question_of(const uint32_t *idx, size_t n, struct lookup *l)
{
	size_t len = n > 3 && idx[2] <= ADDR_MAX ? idx[2] : 0;
	int family = addr_family(len);

	if (!family || idx[1] != (family == AF_INET ? 1 : 2) || n != 3 + len)
		return false;
	*l = (struct lookup){ .mark = idx[0] };
	l->dst.family = (uint8_t)family;
	l->dst.len = (uint8_t)(8 * len);
	for (size_t i = 0; i < len; i++) {
		if (idx[3 + i] > 255)
			return false;
		l->dst.addr[i] = (uint8_t)idx[3 + i];
	}
	return true;
}

static bool answer(struct views *views, const struct lookup *q)
{
	struct lookups *v = &views->lookups;
	const struct name *link;
	int err;

	if (v->pdu == views->pdus && v->row.mark == q->mark && !prefix_cmp(&v->row.dst, &q->dst))
		return v->known;
	live_sync(views);
	err = route_nl_lookup(views->rtnl, &q->dst, q->mark, &v->row);
	if (err)
		log_debug("asking the kernel for a route: %s", strerror(-err));
	link = names_find(&views->links, v->row.route.hop.ifindex);
	if (link && strlen(link->name) < sizeof(v->row.route.hop.ifname))
		memcpy(v->row.route.hop.ifname, link->name, strlen(link->name) + 1);
	v->pdu = views->pdus;
	return v->known = !err;
}

static const void *find(void *ctx, const uint32_t *idx, size_t n)
{
	struct views *views = ctx;
	struct lookup q;

	return question_of(idx, n, &q) && answer(views, &q) ? &views->lookups.row : NULL;
}

/* Every index has a row: a walk would never end, so there is no next row. */
static const void *next(void *ctx, const uint32_t *idx, size_t n, struct mib_oid *at)
{
	(void)ctx, (void)idx, (void)n, (void)at;
	return NULL;
}

static void text(void *ctx, const void *row, unsigned col, struct text *out)
{
	struct views *views = ctx;

	(void)col;
	lookup_text(row, &views->names, &views->links, out);
}

const struct mib_source lookups_source = { .find = find, .next = next, .text = text };
