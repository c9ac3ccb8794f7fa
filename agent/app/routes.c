/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The view of the routes: kept current by the kernel's events, and read anew where it gives none. */
#include <errno.h>
#include <linux/if.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "app/route_info.h"
#include "app/scalars.h"
#include "base/clock.h"
#include "base/log.h"
#include "kernel/link_nl.h"
#include "kernel/route_nl.h"

enum { STALE_MAX = 16 };

static int route_row_cmp(const void *a, const void *b)
{
	return route_cmp(a, b);
}

void routes_init(struct app *a)
{
	struct routes *v = &a->routes;

	route_set_init(v);
	managed_init(&v->managed, &mib_route, route_row_cmp);
	v->stale = (struct vec)VEC_INIT(struct route_scope);
	routes_stale(a, AF_UNSPEC, 0, 0);
	v->last_change = clock_ms();
	v->version = 1;
}

void routes_fini(struct app *a)
{
	route_set_fini(&a->routes);
	vec_fini(&a->routes.stale);
	managed_fini(&a->routes.managed);
}

static void touched(struct routes *v)
{
	v->version++;
	v->last_change = clock_ms();
}

void routes_stale(struct app *a, uint8_t family, uint32_t fib, uint32_t ifindex)
{
	struct routes *v = &a->routes;
	struct route_scope *s;

	if (fib && conf_list_has(&v->excluded, fib))
		return;
	if (family == AF_UNSPEC) {
		routes_stale(a, AF_INET, fib, ifindex);
		routes_stale(a, AF_INET6, fib, ifindex);
		return;
	}
	for (size_t i = 0; i < v->stale.n; i++) {
		s = vec_at(&v->stale, i);
		if (s->family == family && (!s->fib || s->fib == fib) &&
		    (!s->ifindex || s->ifindex == ifindex))
			return;
	}
	/* Without memory, or with many: all of it, by the first entry. */
	s = v->stale.n < STALE_MAX ? vec_push(&v->stale) : NULL;
	if (s) {
		*s = (struct route_scope){ family, fib, ifindex };
		return;
	}
	v->stale.n = 0;
	for (size_t i = 0; i < 2; i++)
		if ((s = vec_push(&v->stale)))
			*s = (struct route_scope){ i ? AF_INET6 : AF_INET, 0, 0 };
}

void routes_stale_users(struct app *a, const struct prefix *prefsrc)
{
	const struct routes *v = &a->routes;

	for (size_t b = 0; b < v->nbuckets; b++) {
		for (const struct route_info *info = v->buckets[b]; info; info = info->next) {
			bool uses = prefsrc ? info->r.prefsrc.family == prefsrc->family &&
						      memcmp(info->r.prefsrc.addr, prefsrc->addr,
							     sizeof(prefsrc->addr)) == 0
					    : info->r.nhid != 0;

			for (unsigned i = 0; uses && i < info->r.nlegs; i++)
				routes_stale(a, AF_UNSPEC, 0, route_leg(&info->r, i)->ifindex);
		}
	}
}

/* Will the routes of @r's table be read anew anyway? */
static bool is_stale(const struct routes *v, const struct route *r)
{
	for (size_t i = 0; i < v->stale.n; i++) {
		const struct route_scope *s = vec_at(&v->stale, i);

		if (s->family == r->dst.family && (!s->fib || s->fib == r->fib) && !s->ifindex)
			return true;
	}
	return false;
}

/*
 * One route came. Several may share a key; what the event says of those is: IPv4 adds one more
 * unless NLM_F_REPLACE is set; IPv6 sends a multipath route whole when a leg was added to it, but in
 * an order of its own (inet6_rt_notify() of net/ipv6/route.c). Returns: false when only reading
 * anew will do.
 */
static bool came(struct routes *v, const struct route *r, bool replaced)
{
	size_t equals = route_set_equals(v, r);

	if (equals && r->dst.family == AF_INET6 && r->nlegs > 1)
		return false;
	if (equals && replaced)
		return route_set_swap(v, r) == 0;
	return route_set_add(v, r) == 0;
}

/* Was this one a manager's? Then somebody took it away, unless its device went down: the kernel
 * tells that first (__dev_close_many() of net/core/dev.c) or, of a carrier, afterwards. */
static void withdrawn(struct app *a, const struct route *r)
{
	struct route *m = managed_find(&a->routes.managed, r);

	if (!m || !route_same(m, r))
		return;
	m->withdrawn = true;
	for (unsigned leg = 0; leg < r->nlegs; leg++) {
		const struct name *link = names_find(&a->links, route_leg(r, leg)->ifindex);

		if (!link || !(link->flags & IFF_UP))
			m->withdrawn = false;
	}
}

void routes_not_withdrawn(struct app *a, void *const *rows, size_t n)
{
	const struct managed *m = &a->routes.managed;

	for (size_t i = 0; i < m->rows.n; i++)
		for (size_t k = 0; k < n; k++)
			if (managed_at(m, i) == rows[k])
				((struct route *)rows[k])->withdrawn = false;
}

void routes_device_down(struct app *a, uint32_t ifindex)
{
	const struct managed *m = &a->routes.managed;

	for (size_t i = 0; i < m->rows.n; i++) {
		struct route *r = managed_at(m, i);

		for (unsigned leg = 0; leg < r->nlegs; leg++)
			if (route_leg(r, leg)->ifindex == ifindex)
				r->withdrawn = false;
	}
}

void routes_event(struct app *a, const struct nlmsghdr *nlh)
{
	struct routes *v = &a->routes;
	struct nexthop legs[ROUTE_LEGS_MAX];
	struct route r;
	bool known;

	/* The kernel keeps these to itself (live.c), but for those from before it was told. */
	if (v->excluded.n && conf_list_has(&v->excluded, route_nl_table(nlh)))
		return;
	if (route_nl_decode(nlh, &r, legs))
		return;
	if (nlh->nlmsg_type == RTM_DELROUTE)
		withdrawn(a, &r);
	if (is_stale(v, &r))
		return;
	if (nlh->nlmsg_type == RTM_NEWROUTE)
		known = came(v, &r, nlh->nlmsg_flags & NLM_F_REPLACE);
	else /* one that a dump did not give any more is gone, too */
		known = route_set_remove(v, &r) || !route_set_equals(v, &r);
	if (!known)
		routes_stale(a, r.dst.family, r.fib, 0);
	touched(v);
}

static int load_one(const struct nlmsghdr *nlh, void *arg)
{
	return route_load_message(arg, nlh);
}

static void load_again(void *arg)
{
	route_load_reset(arg);
}

static int load(struct app *a, const struct route_scope *scope)
{
	struct route_filter filter = { .family = scope->family,
				       .fib = scope->fib,
				       .ifindex = scope->ifindex,
				       .exclude = a->routes.excluded.item,
				       .nexclude = a->routes.excluded.n };
	struct route_load l;
	bool changed = false;
	int err;

	route_load_begin(&l, &a->routes, scope);
	err = route_nl_dump_raw(a->rtnl, &filter, load_one, load_again, &l);
	/* A kernel without IPv6 has no routes of it; nor has a device that is gone. */
	if (err == -EAFNOSUPPORT || err == -EOPNOTSUPP || err == -ENODEV)
		err = 0;
	if (err) {
		route_load_reset(&l);
		vec_fini(&l.recs);
	} else {
		err = route_load_end(&l, &changed);
	}
	if (changed)
		touched(&a->routes);
	return err;
}

void routes_sync(struct app *a)
{
	struct routes *v = &a->routes;
	int err = 0;

	live_sync(a);
	if (v->stale.n)
		err = link_nl_barrier(a->rtnl);
	for (size_t i = 0; i < v->stale.n && !err; i++)
		err = load(a, vec_at(&v->stale, i));
	if (err)
		log_err("reading routes: %s", strerror(-err));
	else
		vec_clear(&v->stale);
}

struct index_key {
	const uint32_t *idx;
	size_t n;
};

static int index_rec_cmp(const void *key, const void *elem)
{
	const struct index_key *k = key;
	struct mib_oid at;

	route_rec_index(elem, &at);
	return mib_oid_cmp(k->idx, k->n, at.id, at.n);
}

static void name_leg(const struct app *a, struct nexthop *hop)
{
	const struct name *link = hop->ifindex ? names_find(&a->links, hop->ifindex) : NULL;

	hop->ifname[0] = '\0';
	if (link)
		memcpy(hop->ifname, link->name, strnlen(link->name, sizeof(hop->ifname) - 1));
	hop->gateway_type = hop->gateway.family;
}

/* A kernel's route as a row; @m: what a manager wants of it, or NULL. */
static const struct route *fill(struct app *a, const struct route_rec *rec, const struct route *m)
{
	struct route *out = &a->routes.row;

	route_rec_get(rec, out);
	name_leg(a, &out->leg);
	if (out->nlegs > 1)
		memset(&out->leg, 0, sizeof(out->leg));
	out->origin = m ? m->origin : ORIGIN_FOREIGN;
	out->storage = m ? m->storage : STORAGE_READONLY;
	out->given = m ? m->given : 0;
	out->status = ROW_ACTIVE;
	return out;
}

/* A row that is in no kernel. */
static const struct route *fill_managed(struct app *a, const struct route *m)
{
	struct route *out = &a->routes.row;

	*out = *m;
	if (out->status == ROW_ACTIVE)
		out->status = ROW_NOT_IN_SERVICE;
	if (out->scope == ROUTE_SCOPE_AUTO)
		out->scope = route_scope(out);
	return out;
}

static const struct route *row_of_rec(struct app *a, const struct route_rec *rec)
{
	struct route key;

	route_rec_get(rec, &key);
	return fill(a, rec, managed_find(&a->routes.managed, &key));
}

/* The first managed row whose index is above (@equal: or is) the one asked for. */
static const struct route *managed_above(const struct app *a, const struct index_key *key,
					 bool equal)
{
	const struct managed *m = &a->routes.managed;
	size_t lo = 0, hi = m->rows.n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		struct route_rec rec = route_rec_of(managed_at(m, mid));
		int d = index_rec_cmp(key, &rec);

		if (d > 0 || (d == 0 && !equal))
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < m->rows.n ? managed_at(m, lo) : NULL;
}

static const struct route *find_route(struct app *a, const uint32_t *idx, size_t n)
{
	struct index_key key = { idx, n };
	const struct route_rec *rec;
	const struct route *m;
	struct route_rec mrec;

	rec = oset_get(&a->routes.set, oset_lower(&a->routes.set, &key, index_rec_cmp));
	if (rec && index_rec_cmp(&key, rec) == 0)
		return row_of_rec(a, rec);
	m = managed_above(a, &key, true);
	if (!m)
		return NULL;
	mrec = route_rec_of(m);
	return index_rec_cmp(&key, &mrec) == 0 ? fill_managed(a, m) : NULL;
}

static const struct route *next_route(struct app *a, const uint32_t *idx, size_t n,
				      struct mib_oid *at)
{
	struct index_key key = { idx, n };
	const struct route_rec *rec;
	const struct route *m = managed_above(a, &key, false);
	struct route_rec mrec;

	rec = oset_get(&a->routes.set, oset_upper(&a->routes.set, &key, index_rec_cmp));
	if (m)
		mrec = route_rec_of(m);
	if (rec && (!m || route_rec_cmp(rec, &mrec) <= 0)) {
		route_rec_index(rec, at);
		return row_of_rec(a, rec);
	}
	if (!m)
		return NULL;
	route_rec_index(&mrec, at);
	return fill_managed(a, m);
}

bool routes_find(struct app *a, const struct route *key, struct route *out)
{
	struct route_rec rec = route_rec_of(key), *have;

	have = oset_get(&a->routes.set, oset_lower(&a->routes.set, &rec, NULL));
	if (!have || route_rec_cmp(have, &rec) != 0)
		return false;
	route_rec_get(have, out);
	return true;
}

static const void *find(void *ctx, const uint32_t *idx, size_t n)
{
	struct app *a = ctx;

	routes_sync(a);
	return find_route(a, idx, n);
}

static const void *next(void *ctx, const uint32_t *idx, size_t n, struct mib_oid *at)
{
	struct app *a = ctx;

	routes_sync(a);
	return next_route(a, idx, n, at);
}

static void text(void *ctx, const void *row, unsigned col, struct text *out)
{
	struct app *a = ctx;

	(void)col;
	route_text(row, &a->names, &a->links, out);
}

static bool writable(void *ctx, const void *row, struct why *why)
{
	const struct route *r = row;

	(void)ctx;
	if (r->origin == ORIGIN_MANAGER)
		return true;
	why_set(why, 0, "the route is not a manager's: it is somebody else's and read-only");
	return false;
}

/* Reads the key out of an index. Returns: false when it is none. */
static bool key_of(const uint32_t *idx, size_t n, struct route *r)
{
	size_t len = n > 2 && idx[2] <= ADDR_MAX ? idx[2] : 0;
	uint8_t family = (uint8_t)addr_family(len);

	if (!family || idx[1] != (family == AF_INET ? 1 : 2) || n != 6 + len)
		return false;
	r->fib = idx[0];
	r->dst = (struct prefix){ .family = family };
	for (size_t i = 0; i < len; i++) {
		if (idx[3 + i] > 255)
			return false;
		r->dst.addr[i] = (uint8_t)idx[3 + i];
	}
	if (idx[3 + len] > 8 * len || idx[5 + len] < 1 || idx[5 + len] > UINT16_MAX)
		return false;
	r->dst.len = (uint8_t)idx[3 + len];
	r->metric = idx[4 + len];
	r->instance = (uint16_t)idx[5 + len];
	return true;
}

/* main, default and local are the system's own. */
static bool is_protected(const struct app *a, uint32_t fib)
{
	return !a->conf.main_tables && fib >= RT_TABLE_DEFAULT && fib <= RT_TABLE_LOCAL;
}

static bool init(void *ctx, const uint32_t *idx, size_t n, void *row, struct why *why)
{
	struct app *a = ctx;
	struct route *r = row;

	route_init(r);
	r->protocol = (uint8_t)a->conf.protocol;
	if (!key_of(idx, n, r))
		why_set(why, 0,
			"the index is no table, address type, address, prefix length, "
			"metric and instance");
	else if (!r->fib)
		why_set(why, 0, "table 0 is the kernel's \"unspec\"");
	else if (is_protected(a, r->fib))
		why_set(why, 0,
			"table %u is the system's own: \"provisioning.main_tables = true\" in "
			"fwmarkd.conf opens it to managers",
			r->fib);
	else if (conf_list_has(&a->conf.exclude_tables, r->fib))
		why_set(why, 0, "table %u is left out by \"routes.exclude_tables\" in fwmarkd.conf",
			r->fib);
	else if (!prefix_is_canonical(&r->dst))
		why_set(why, 0, "the destination has bits beyond its prefix length");
	else if (r->dst.family == AF_INET6 && !r->metric)
		why_set(why, 0, "an IPv6 metric of 0 is the kernel's 1024: create it with 1024");
	else if (r->instance != 1)
		why_set(why, 0, "managers create instance 1");
	else
		return true;
	return false;
}

static bool is_given(uint64_t given, unsigned col)
{
	return given >> col & 1;
}

enum { GATEWAY_COLS = 1u << 8 | 1u << 9 | 1u << 10 | 1u << 11 };

/* An address without a type has the type of its length. */
static void settle_gateway(struct nexthop *hop, bool type_given)
{
	if (!type_given)
		hop->gateway_type = hop->gateway.family;
	hop->gateway.len = (uint8_t)(8 * addr_size(hop->gateway.family));
}

static void settle(void *ctx, void *row)
{
	struct route *r = row;

	(void)ctx;
	settle_gateway(&r->leg, is_given(r->given, 8));
	r->prefsrc.len = (uint8_t)(8 * addr_size(r->prefsrc.family));
	if (route_is_reject(r) && !r->leg.gateway.family && !r->leg.ifindex && !r->leg.ifname[0])
		r->nlegs = 0;
	else if (r->nlegs == 0 && !route_is_reject(r))
		r->nlegs = 1;
	/* The way out of a nexthop object is the kernel's to show, not the manager's to say. */
	if (r->nhid && !(r->given & GATEWAY_COLS)) {
		memset(&r->leg, 0, sizeof(r->leg));
		r->nlegs = 1;
	}
	if (!r->leg.weight)
		r->leg.weight = 1;
}

static int check_gateway(const struct nexthop *hop, unsigned type_col, unsigned *col,
			 struct why *why)
{
	if (hop->gateway_type == hop->gateway.family)
		return 0;
	*col = type_col + 1;
	return why_set(why, -EINVAL, "the gateway is not of the type in its type column");
}

static int check(void *ctx, const void *row, unsigned *col, struct why *why)
{
	const struct route *r = row;
	int err = r->nlegs == 1 ? check_gateway(&r->leg, 8, col, why) : 0;

	(void)ctx;
	/* Legs and devices are put together when the whole PDU is there: plan.c. */
	return err;
}

const struct mib_source routes_source = {
	.find = find,
	.next = next,
	.text = text,
	.writable = writable,
	.init = init,
	.settle = settle,
	.check = check,
};

static const void *scalars_row(struct app *a)
{
	routes_sync(a);
	a->scalars = (struct mib_scalars_row){
		.count = (uint32_t)a->routes.set.n,
		.last_change = a->routes.last_change,
	};
	return &a->scalars;
}

SCALARS(scalars, scalars_row)

const struct mib_source routes_scalars_source = { .find = scalars_find, .next = scalars_next };

/* Leg @i (from 0) of a route that find_route() or next_route() just gave. */
static const void *fill_hop(struct app *a, const struct route *r, unsigned i)
{
	struct mib_nexthop_row *out = &a->routes.hop_row;

	*out = (struct mib_nexthop_row){
		.route = *r,
		.index = (uint8_t)(i + 1),
		.hop = *route_leg(r, i),
		.status = r->status,
	};
	if (out->hop.ifindex)
		name_leg(a, &out->hop);
	if (!out->hop.weight)
		out->hop.weight = 1;
	return out;
}

static const void *hop_find(void *ctx, const uint32_t *idx, size_t n)
{
	struct app *a = ctx;
	const struct route *r;

	routes_sync(a);
	r = n ? find_route(a, idx, n - 1) : NULL;
	if (!r || idx[n - 1] < 1 || idx[n - 1] > r->nlegs)
		return NULL;
	return fill_hop(a, r, idx[n - 1] - 1);
}

static const void *hop_next(void *ctx, const uint32_t *idx, size_t n, struct mib_oid *at)
{
	struct app *a = ctx;
	/* How long the index of the route is that the request begins with. */
	size_t whole = n > 2 && addr_family(idx[2]) ? 6 + idx[2] : n;
	size_t cut = n < whole ? n : whole;
	uint32_t leg = n > cut ? idx[cut] : 0;
	const struct route *r;
	struct mib_oid from = { .n = cut };

	routes_sync(a);
	if (cut)
		memcpy(from.id, idx, cut * sizeof(*idx));
	*at = from;
	r = cut == whole ? find_route(a, idx, cut) : NULL;
	if (!r || leg >= r->nlegs) {
		leg = 0;
		do {
			r = next_route(a, from.id, from.n, at);
			from = *at;
		} while (r && !r->nlegs);
	}
	if (!r)
		return NULL;
	mib_oid_add(at, leg + 1);
	return fill_hop(a, r, leg);
}

static bool hop_writable(void *ctx, const void *row, struct why *why)
{
	return writable(ctx, &((const struct mib_nexthop_row *)row)->route, why);
}

static bool hop_init(void *ctx, const uint32_t *idx, size_t n, void *row, struct why *why)
{
	struct mib_nexthop_row *hop = row;

	if (!n || idx[n - 1] < 1 || idx[n - 1] > ROUTE_LEGS_MAX) {
		why_set(why, 0, "legs are numbered 1 to %d", ROUTE_LEGS_MAX);
		return false;
	}
	if (!init(ctx, idx, n - 1, &hop->route, why))
		return false;
	hop->index = (uint8_t)idx[n - 1];
	hop->hop.weight = 1;
	return true;
}

static void hop_settle(void *ctx, void *row)
{
	struct mib_nexthop_row *hop = row;

	(void)ctx;
	settle_gateway(&hop->hop, is_given(hop->given, 2));
}

static int hop_check(void *ctx, const void *row, unsigned *col, struct why *why)
{
	(void)ctx;
	return check_gateway(&((const struct mib_nexthop_row *)row)->hop, 2, col, why);
}

const struct mib_source nexthops_source = {
	.find = hop_find,
	.next = hop_next,
	.writable = hop_writable,
	.init = hop_init,
	.settle = hop_settle,
	.check = hop_check,
};
