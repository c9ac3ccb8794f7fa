/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Routes for the tests of routing. */
#ifndef UNIT_ROUTES_H
#define UNIT_ROUTES_H

#include <sys/socket.h>

#include "model/route.h"

/* NULL: none. */
static inline struct prefix pfx(const char *s)
{
	struct prefix p = { 0 };

	if (s)
		assert_int_equal(prefix_parse(s, &p), 0);
	return p;
}

/* A route with one next hop; NULL and 0 for what it has not; the device alone needs no gateway. */
static inline struct route route_of(const char *dst, const char *gw, uint32_t ifindex)
{
	struct route r;

	route_init(&r);
	r.fib = 100;
	r.dst = pfx(dst);
	r.metric = r.dst.family == AF_INET6 ? 1024 : 0;
	r.hop.gateway = pfx(gw);
	r.hop.gateway_type = r.hop.gateway.family;
	r.hop.ifindex = ifindex;
	return r;
}

static inline struct route reject_of(const char *dst, uint8_t type)
{
	struct route r = route_of(dst, NULL, 0);

	r.type = type;
	r.nhops = 0;
	return r;
}

#endif
