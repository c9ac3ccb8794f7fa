/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a message of the kernel about a route or a link. What is accepted can be sent back
 * and printed. And the same message with another key: the rests are equal, and what
 * views/routes/load.c takes for alike without decoding it is alike when it is decoded. */
#include <libmnl/libmnl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "routing/compat.h"
#include "routing/link_nl.h"
#include "routing/nl_attr.h"
#include "routing/route_nl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void use(const struct route *r)
{
	static const struct names links = NAMES_INIT;
	static const struct rt_names names = RT_NAMES_INIT;
	static _Alignas(struct nlmsghdr) char buf[16384];
	struct text text = TEXT_INIT;
	struct nexthop hops[ROUTE_HOPS_MAX];
	struct route again;

	route_text(r, &names, &links, &text);
	text_fini(&text);
	if (r->flags & ROUTE_CUT)
		return;
	if (route_nl_encode(buf, sizeof(buf), RTM_NEWROUTE, 0, r))
		abort(); /* there is room for all next hops */
	if (route_nl_decode((struct nlmsghdr *)(void *)buf, &again, hops))
		abort();
	/* What is of tomorrow is noticed and not kept. */
	if (!(r->flags & ROUTE_UNKNOWN) && !route_same(r, &again))
		abort();
}

enum { HEADER = NLMSG_LENGTH(sizeof(struct rtmsg)), OWN_KEY = 64 };

static void need(bool ok)
{
	if (!ok)
		abort();
}

static struct prefix other_dst(int family)
{
	struct prefix p = { 0 };

	need(!prefix_parse(family == AF_INET ? "198.51.100.0/24" : "2001:db8:77::/48", &p));
	return p;
}

/* Copies @nlh with the key replaced. */
static struct nlmsghdr *with_key(const struct nlmsghdr *nlh, const struct route_nl_parts *key)
{
	size_t left = nlh->nlmsg_len - HEADER, room = nlh->nlmsg_len + OWN_KEY;
	const char *at = (const char *)nlh + HEADER, *from = at;
	struct nlmsghdr *out = calloc(1, room);
	struct nl_item a;
	struct rtmsg *rtm;

	if (!out)
		abort();
	memcpy(out, nlh, HEADER);
	out->nlmsg_len = HEADER;
	rtm = mnl_nlmsg_get_payload(out);
	rtm->rtm_table = RT_TABLE_UNSPEC;
	rtm->rtm_dst_len = key->dst.len;
	need(mnl_attr_put_u32_check(out, room, RTA_TABLE, key->fib));
	need(mnl_attr_put_check(out, room, RTA_DST, addr_size(key->dst.family), key->dst.addr));
	need(mnl_attr_put_u32_check(out, room, RTA_PRIORITY, key->metric));
	for (; nl_next(&at, &left, &a) > 0; from = at) {
		if (a.type == RTA_TABLE || a.type == RTA_DST || a.type == RTA_PRIORITY)
			continue;
		memcpy((char *)out + out->nlmsg_len, from, (size_t)(at - from));
		out->nlmsg_len += (uint32_t)(at - from);
	}
	return out;
}

static void has_key(const struct route *r, const struct route_nl_parts *key)
{
	need(r->fib == key->fib && r->metric == key->metric && !prefix_cmp(&r->dst, &key->dst));
}

static void compare(const struct nlmsghdr *nlh, const struct route_nl_parts *parts)
{
	struct route_nl_parts key = { .fib = 4000000000u, .metric = 77 }, again;
	struct nexthop hops[2][ROUTE_HOPS_MAX];
	struct nlmsghdr *other;
	struct route r, o;
	int err = route_nl_decode(nlh, &r, hops[0]);

	key.dst = other_dst(parts->dst.family);
	other = with_key(nlh, &key);
	need(route_nl_split(other, &again));
	need(again.n == parts->n && !memcmp(again.rest, parts->rest, parts->n));
	need(route_nl_decode(other, &o, hops[1]) == err);
	if (!err) {
		has_key(&r, parts);
		has_key(&o, &key);
		o.fib = r.fib;
		o.metric = r.metric;
		o.dst = r.dst;
		need(route_same(&r, &o) && r.flags == o.flags && r.nhops == o.nhops);
	}
	free(other);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct names links = NAMES_INIT;
	struct nexthop hops[ROUTE_HOPS_MAX];
	struct route_nl_parts parts;
	struct nlmsghdr *nlh;
	struct route r;

	size &= ~(size_t)3;
	if (size < sizeof(*nlh))
		return 0;
	nlh = malloc(size); /* exactly: one byte too far is seen */
	if (!nlh)
		return 0;
	memcpy(nlh, data, size);
	nlh->nlmsg_len = (uint32_t)size;
	nlh->nlmsg_type = data[0] & 1 ? RTM_DELROUTE : RTM_NEWROUTE;
	if (!route_nl_decode(nlh, &r, hops))
		use(&r);
	if (route_nl_split(nlh, &parts))
		compare(nlh, &parts);
	nlh->nlmsg_type = data[0] & 1 ? RTM_DELLINK : RTM_NEWLINK;
	(void)link_nl_event(nlh, &links);
	names_fini(&links);
	free(nlh);
	return 0;
}
