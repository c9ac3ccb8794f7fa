/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's routes, a million of them: what a route is beside its key is shared by all routes that
 * have it alike, so that a route costs its key and a pointer.
 */
#ifndef VIEWS_ROUTE_SET_H
#define VIEWS_ROUTE_SET_H

#include "views/views.h"

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
	uint32_t seen; /* the last reading that has met it */
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
/* The other way round: the key, and nothing else of @out. */
void route_rec_key(const struct route_rec *rec, struct route *out);
/* The route, without names of devices; legs belong to the set. */
void route_rec_get(const struct route_rec *rec, struct route *out);

/* Adds a route; a free instance is chosen. One that is there just so, and one too many, changes
 * nothing. Returns: 0 or -ENOMEM. */
int route_set_add(struct routes *v, const struct route *r);
/* Takes away the route that is the same. Returns: false when there is none. */
bool route_set_remove(struct routes *v, const struct route *r);
/* Counts a route of a table in or out. */
void route_set_count(struct routes *v, const struct route_rec *rec, int by);
/* How many routes there are of a family, and of one table when @fib is not 0. */
size_t route_set_total(const struct routes *v, uint8_t family, uint32_t fib);
/* How many routes share the key but for the instance. */
size_t route_set_equals(const struct routes *v, const struct route *r);

/* Puts @r in place of the only route that has its key (tos and source prefix included).
 * Returns: 0; -ENOENT: there is none, or there are several; -ENOMEM. */
int route_set_swap(struct routes *v, const struct route *r);

/* What an event tells: a route came (@replaces: in place of another), or is @gone. Returns: false
 * when only reading anew will do. */
bool route_set_event(struct routes *v, const struct route *r, bool gone, bool replaces);

/* The instance for one more route: the lowest that no route of the key has; 0 when all are taken, or
 * when just this route is there. */
uint16_t route_set_free_instance(const struct routes *v, const struct route_rec *key);

/*
 * Replaces all routes of a scope by what a dump of it gives: route_load_begin; route_load_message
 * for each, all of one key in a row but for IPv6 routes of a source prefix; route_load_end. Routes that stay keep their instance.
 *
 * It goes into the set that is there, key by key, and may be left for a while at any point, the end
 * among them; what the dump did not give goes in the end. An event that comes meanwhile is done to the
 * set at once, and told to route_load_event(): nobody knows whether what the dump says of its key is
 * older or newer. So in the end its key is put back to what the dump said, and its events are done once
 * more: after the last event of a route, the route is there or is not, whatever it was before.
 */
struct route_seen; /* a message that was decoded already */

struct route_told {
	struct route_rec rec; /* first: orders them by key, as they came */
	bool gone, replaces;
};

enum route_phase { ROUTE_READING, ROUTE_SWEEPING, ROUTE_SETTLING };

struct route_load {
	struct routes *v;
	struct route_scope scope;
	uint32_t pass;	    /* route_rec.seen of what was read */
	struct vec group;   /* struct route_rec: of one key, all that was read so far */
	struct vec held;    /* struct route_rec: read, and set aside because of ... */
	struct oset events; /* struct route_told */
	struct vec unclear; /* uint32_t: tables that the events leave in doubt */
	enum route_phase phase;
	struct route_rec next; /* where the sweep goes on: what the dump did not give goes */
	struct oset_at at;     /* behind the routes of the last key, ... */
	uint64_t moves;	       /* ... unless set.moves is another now */
	bool overrun;	       /* more events than are kept */
	bool changed;	       /* a route came or went */
	bool direct;	       /* nothing was there: the routes go into ... */
	struct oset fresh;     /* ... this, with their instances, at once */
	bool installed;	       /* it is the set now */
	uint32_t run_fib;      /* counted so far: ... */
	int run;	       /* ... this many of that table */
	struct route_seen *seen;
};

void route_load_begin(struct route_load *l, struct routes *v, const struct route_scope *scope);
/* A message of the dump; those of other families are passed over. Returns: 0 or -errno. */
int route_load_message(struct route_load *l, const struct nlmsghdr *nlh);
/* An event. Returns: false when only the set need know. */
bool route_load_event(struct route_load *l, const struct route *r, bool gone, bool replaces);
/* All was read. Returns: 1: to be called again, now or after a while; 0: done; -EAGAIN: there were too
 * many events, read it once more; -ENOMEM, -ENOSPC. */
int route_load_end(struct route_load *l);
/* After the end, or in place of it. */
void route_load_fini(struct route_load *l);

/* stale.c: something has changed. */
void routes_touched(struct routes *v);
/* read.c: forgets the reading under way. */
void routes_leave(struct routes *v);

#endif
