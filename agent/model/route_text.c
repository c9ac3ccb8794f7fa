/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A route as ip(8) prints it: iproute2 6.1.0, ip/iproute.c. Every word is followed by a blank, as
 * there; text_line() takes the last blank away. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "model/lookup.h"
#include "model/route.h"
#include "model/rtn.h"

/* Linux gives the first device of every namespace, lo, this number (include/net/flow.h). */
enum { LOOPBACK_IFINDEX = 1, TABLE_MAIN = 254 };

enum metric_kind { METRIC_PLAIN, METRIC_RTT, METRIC_RTTVAR, METRIC_TIME, METRIC_FEATURES };

static const struct {
	const char *name;
	enum metric_kind kind;
} metrics[ROUTE_METRIC_N] = {
	[2] = { "mtu", METRIC_PLAIN },
	[3] = { "window", METRIC_PLAIN },
	[4] = { "rtt", METRIC_RTT },
	[5] = { "rttvar", METRIC_RTTVAR },
	[6] = { "ssthresh", METRIC_PLAIN },
	[7] = { "cwnd", METRIC_PLAIN },
	[8] = { "advmss", METRIC_PLAIN },
	[9] = { "reordering", METRIC_PLAIN },
	[10] = { "hoplimit", METRIC_PLAIN },
	[11] = { "initcwnd", METRIC_PLAIN },
	[12] = { "features", METRIC_FEATURES },
	[13] = { "rto_min", METRIC_TIME },
	[14] = { "initrwnd", METRIC_PLAIN },
	[15] = { "quickack", METRIC_PLAIN },
	[16] = { "congctl", METRIC_PLAIN },
	[17] = { "fastopen_no_cookie", METRIC_PLAIN },
};

/* Writes the name, or the number in the @format of that name table. */
static void text_named(struct text *out, const struct names *names, uint32_t id, const char *format)
{
	const struct name *n = names ? names_find(names, id) : NULL;
	char buf[16];

	snprintf(buf, sizeof(buf), format, id);
	text_add(out, "%s ", n ? n->name : buf);
}

static void text_address(struct text *out, const char *word, const struct prefix *p)
{
	char buf[PREFIX_TEXT_MAX];

	if (p->family != AF_UNSPEC)
		text_add(out, "%s%s ", word, addr_format(p, buf));
}

/* A host's prefix is written without its length, and length 0 as "default". */
static void text_prefix(struct text *out, const struct prefix *p)
{
	char buf[PREFIX_TEXT_MAX];

	if (p->len == 8 * addr_size(p->family))
		text_add(out, "%s ", addr_format(p, buf));
	else
		text_add(out, "%s ", p->len ? prefix_format(p, buf) : "default");
}

static void text_type(struct text *out, uint8_t type)
{
	const char *name = rtn_name(type);

	if (type == ROUTE_UNICAST)
		return;
	if (name)
		text_add(out, "%s ", name);
	else
		text_add(out, "%u ", type);
}

static void text_gateway(struct text *out, const struct route *r, const struct nexthop *hop)
{
	bool other = hop->gateway.family != r->dst.family;

	text_address(out,
		     !other			       ? "via "
		     : hop->gateway.family == AF_INET6 ? "via inet6 "
						       : "via inet ",
		     &hop->gateway);
}

static void text_device(struct text *out, const struct nexthop *hop, const struct names *links)
{
	const struct name *n = links && hop->ifindex ? names_find(links, hop->ifindex) : NULL;

	if (n)
		text_add(out, "dev %s ", n->name);
	else if (hop->ifname[0])
		text_add(out, "dev %s ", hop->ifname);
	else if (hop->ifindex)
		text_add(out, "dev if%u ", hop->ifindex);
}

static void text_realms(struct text *out, uint32_t realms, const struct rt_names *names)
{
	uint32_t from = realms >> 16;
	const struct name *n = names_find(&names->realms, from);

	if (!realms)
		return;
	if (!from)
		text_add(out, "realm ");
	else if (n)
		text_add(out, "realms %s/", n->name);
	else
		text_add(out, "realms %u/", from);
	text_named(out, &names->realms, realms & 0xffff, "%u");
}

static void text_flags(struct text *out, uint32_t flags)
{
	static const struct {
		uint32_t flag;
		const char *name;
	} words[] = {
		{ ROUTE_DEAD, "dead" },
		{ ROUTE_ONLINK, "onlink" },
		{ ROUTE_PERVASIVE, "pervasive" },
		{ ROUTE_OFFLOAD, "offload" },
		{ ROUTE_TRAP, "trap" },
		{ ROUTE_LINKDOWN, "linkdown" },
		{ ROUTE_UNRESOLVED, "unresolved" },
		{ ROUTE_RT_OFFLOAD, "rt_offload" },
		{ ROUTE_RT_TRAP, "rt_trap" },
		{ ROUTE_RT_OFFLOAD_FAILED, "rt_offload_failed" },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (flags & words[i].flag)
			text_add(out, "%s ", words[i].name);
}

static void text_time(struct text *out, uint32_t ms)
{
	if (ms >= 1000)
		text_add(out, "%gs ", ms / 1e3);
	else
		text_add(out, "%ums ", ms);
}

static void text_features(struct text *out, uint32_t features)
{
	if (features & 1)
		text_add(out, "ecn ");
	if (features & ~1u)
		text_add(out, "0x%" PRIx32 " ", features);
}

static void text_metric(struct text *out, const struct route *r, unsigned i, uint32_t value)
{
	if (i == ROUTE_METRIC_CONGCTL) {
		text_add(out, "%.*s ", (int)sizeof(r->congctl), r->congctl);
		return;
	}
	switch (metrics[i].kind) {
	case METRIC_PLAIN:
		text_add(out, "%u ", value);
		break;
	case METRIC_RTT: /* the kernel keeps it in eighths, the variance in quarters */
		text_time(out, value / 8);
		break;
	case METRIC_RTTVAR:
		text_time(out, value / 4);
		break;
	case METRIC_TIME:
		text_time(out, value);
		break;
	case METRIC_FEATURES:
		text_features(out, value);
		break;
	}
}

static void text_metrics(struct text *out, const struct route *r)
{
	uint32_t lock = r->metrics_other & 1u << ROUTE_METRIC_LOCK ? r->metrics[ROUTE_METRIC_LOCK]
								   : 0;
	uint32_t set = r->metrics_other | (r->mtu ? 1u << ROUTE_METRIC_MTU : 0) |
		       (r->advmss ? 1u << ROUTE_METRIC_ADVMSS : 0);

	if (!set)
		return;
	for (unsigned i = ROUTE_METRIC_MTU; i < ROUTE_METRIC_N; i++) {
		uint32_t value = i == ROUTE_METRIC_MTU	    ? r->mtu
				 : i == ROUTE_METRIC_ADVMSS ? r->advmss
				 : set & 1u << i	    ? r->metrics[i]
							    : 0;

		if (!((set | lock) & 1u << i))
			continue;
		text_add(out, lock & 1u << i ? "%s lock " : "%s ", metrics[i].name);
		text_metric(out, r, i, value);
	}
}

static void text_hops(struct text *out, const struct route *r, const struct rt_names *names,
		      const struct names *links)
{
	for (unsigned i = 0; i < r->nhops; i++) {
		const struct nexthop *hop = route_hop(r, i);

		text_add(out, "\\\tnexthop ");
		encap_text(&hop->encap, names, links, out);
		text_gateway(out, r, hop);
		text_realms(out, hop->realms, names);
		text_device(out, hop, links);
		text_add(out, "weight %u ", hop->weight);
		text_flags(out, (hop->flags & ~(uint32_t)ROUTE_ONLINK) |
					(route_hop_onlink(r, i) ? ROUTE_ONLINK : 0));
	}
}

/* Has the route at most one next hop, which is written into the line itself? */
static bool is_plain(const struct route *r)
{
	return r->nhops < 2 && !(r->flags & ROUTE_GROUPED);
}

/* Writes the only next hop. The kernel gives a route without any the device lo, and ip(8) shows
 * that, but not for IPv4 without a nexthop object. */
static void text_hop(struct text *out, const struct route *r, const struct names *links)
{
	static const struct nexthop lo = { .ifindex = LOOPBACK_IFINDEX, .ifname = "lo" };

	if (route_is_reject(r)) {
		if (r->dst.family == AF_INET6 || r->nhid)
			text_device(out, &lo, links);
	} else if (is_plain(r)) {
		text_gateway(out, r, &r->hop);
		text_device(out, &r->hop, links);
	}
}

static void text_pref(struct text *out, const struct route *r)
{
	static const char *const prefs[] = { "pref medium", "pref high", "2", "pref low" };

	if (r->dst.family == AF_INET6)
		text_add(out, "%s", prefs[r->pref & 3]);
}

static void text_origin(struct text *out, const struct route *r, const struct rt_names *names)
{
	uint8_t scope = route_scope(r);

	if (r->protocol != ROUTE_PROTO_BOOT) {
		text_add(out, "proto ");
		text_named(out, &names->protos, r->protocol, "%u");
	}
	if (scope) {
		text_add(out, "scope ");
		text_named(out, &names->scopes, scope, "%u");
	}
}

static void text_mark(struct text *out, uint32_t mark)
{
	if (mark)
		text_add(out, mark < 16 ? "mark %u " : "mark 0x%x ", mark);
}

/* @l: the lookup whose answer @r is, or NULL. */
static void text_attributes(struct text *out, const struct route *r, const struct lookup *l,
			    const struct rt_names *names)
{
	uint32_t flags = r->flags;

	if (l && r->fib && r->fib != TABLE_MAIN) {
		text_add(out, "table ");
		text_named(out, &names->tables, r->fib, "%u");
	}
	if (!l || !l->cached)
		text_origin(out, r, names);
	text_address(out, "src ", &r->prefsrc);
	if (r->metric || r->dst.family == AF_INET6)
		text_add(out, "metric %u ", r->metric);
	if (r->flags & ROUTE_GROUPED)
		flags &= ~(uint32_t)r->hop.flags;
	else if (r->nhops == 1)
		flags = (flags & ~(uint32_t)ROUTE_ONLINK) | (r->onlink ? ROUTE_ONLINK : 0);
	text_flags(out, flags);
	if (l)
		text_mark(out, l->answer_mark);
	text_realms(out, r->realms, names);
	if (l && l->has_uid)
		text_add(out, "uid %u ", l->uid);
	/* ip(8) prints the rest of a cached IPv4 route in the second line. */
	if (l && l->cached && r->dst.family == AF_INET)
		return;
	if (r->expires)
		text_add(out, "expires %dsec ", r->expires / 100);
	text_metrics(out, r);
}

static void text_line(struct text *out, const struct route *r, const struct lookup *l,
		      const struct rt_names *names, const struct names *links)
{
	text_type(out, r->type);
	text_prefix(out, &r->dst);
	if (r->src.family != AF_UNSPEC && r->src.len) {
		text_add(out, "from ");
		text_prefix(out, &r->src);
	}
	if (r->nhid)
		text_add(out, "nhid %u ", r->nhid);
	if (is_plain(r) && r->nhops)
		encap_text(&r->hop.encap, names, links, out);
	if (r->tos) {
		text_add(out, "tos ");
		text_named(out, &names->dsfield, r->tos, "0x%02x");
	}
	text_hop(out, r, links);
	text_attributes(out, r, l, names);
	text_pref(out, r);
	if (!is_plain(r))
		text_hops(out, r, names, links);
	while (out->len && out->s[out->len - 1] == ' ')
		out->s[--out->len] = '\0';
}

void route_text(const struct route *r, const struct rt_names *names, const struct names *links,
		struct text *out)
{
	text_line(out, r, NULL, names, links);
}

/* Writes what ip(8) says about an error (rtnl_talk_error() and nl_dump_ext_ack() of iproute2's
 * lib/libnetlink.c). */
static void text_error(struct text *out, const struct lookup *l)
{
	size_t n = strlen(l->words.s);

	if (n)
		text_add(out, "Error: %s%s", l->words.s, l->words.s[n - 1] == '.' ? "" : ".");
	else
		text_add(out, "RTNETLINK answers: %s", strerror(-l->err));
}

void lookup_text(const struct lookup *l, const struct rt_names *names, const struct names *links,
		 struct text *out)
{
	if (l->err)
		text_error(out, l);
	else
		text_line(out, &l->route, l, names, links);
}
