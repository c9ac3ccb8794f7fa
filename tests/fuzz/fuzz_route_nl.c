/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a message of the kernel about a route or a link. What is accepted can be sent back
 * and printed. */
#include <libmnl/libmnl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "routing/compat.h"
#include "routing/link_nl.h"
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct names links = NAMES_INIT;
	struct nexthop hops[ROUTE_HOPS_MAX];
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
	nlh->nlmsg_type = data[0] & 1 ? RTM_DELLINK : RTM_NEWLINK;
	(void)link_nl_event(nlh, &links);
	names_fini(&links);
	free(nlh);
	return 0;
}
