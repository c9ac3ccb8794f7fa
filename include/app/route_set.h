/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's routes, a million of them: what a route is beside its key is shared by all routes that
 * have it alike, so that a route costs its key and a pointer.
 */
#ifndef APP_ROUTE_SET_H
#define APP_ROUTE_SET_H

#include "app/app.h"

struct route_info {
	struct route_info *next; /* in its bucket */
	uint64_t hash;
	uint32_t refs;
	struct route r;	       /* its key is zero; legs points to legs below */
	struct nexthop legs[]; /* when there are several */
};

struct route_rec {
	uint32_t fib, metric;
	struct prefix dst;
	uint16_t instance;
	struct route_info *info;
};

void route_set_init(struct routes *v);
void route_set_fini(struct routes *v);

/* By the key without the instance. */
int route_rec_group_cmp(const void *a, const void *b);
/* By the whole key. */
int route_rec_cmp(const void *a, const void *b);
/* The index of a row: table, address type, address with its length, prefix length, metric,
 * instance. */
void route_rec_index(const struct route_rec *rec, struct mib_oid *at);
struct route_rec route_rec_of(const struct route *key);
/* The route, without names of devices; legs belong to the set. */
void route_rec_get(const struct route_rec *rec, struct route *out);

/* Adds a route; a free instance is chosen. One that is there just so, and one too many, changes
 * nothing. Returns: 0 or -ENOMEM. */
int route_set_add(struct routes *v, const struct route *r);
/* Takes away the route that is the same. Returns: false when there is none. */
bool route_set_remove(struct routes *v, const struct route *r);
/* Counts a route of a table in or out. */
void route_set_count(struct routes *v, const struct route_rec *rec, int by);
/* How many routes share the key but for the instance. */
size_t route_set_equals(const struct routes *v, const struct route *r);

/* Puts @r in place of the only route that has its key (tos and source prefix included).
 * Returns: 0; -ENOENT: there is none, or there are several; -ENOMEM. */
int route_set_swap(struct routes *v, const struct route *r);

/*
 * Replaces all routes of a scope by what a dump of it gives: route_load_begin, route_load_add or
 * route_load_message for each, route_load_end. Routes that stay keep their instance.
 */
struct route_seen; /* a message that was decoded already */

struct route_load {
	struct routes *v;
	struct route_scope scope;
	struct vec recs;   /* struct route_rec */
	bool direct;	   /* nothing was there: the routes go into ... */
	struct oset fresh; /* ... this, with their instances, at once */
	uint32_t run_fib;  /* counted so far: ... */
	int run;	   /* ... this many of that table */
	struct route_seen *seen;
};

void route_load_begin(struct route_load *l, struct routes *v, const struct route_scope *scope);
int route_load_add(struct route_load *l, const struct route *r);
/* The same for a message of the kernel; those of other families are passed over. Returns: 0 or
 * -errno. */
int route_load_message(struct route_load *l, const struct nlmsghdr *nlh);
void route_load_reset(struct route_load *l);
/* @changed: set to true when a route came or went. Returns: 0 or -ENOMEM, -ENOSPC. */
int route_load_end(struct route_load *l, bool *changed);

#endif
