/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's routes; there may be a million. Everything of a route but its key is held once for
 * all routes that have it alike (struct route_info), so that a route costs its key and a pointer.
 */
#ifndef VIEWS_ROUTE_SET_H
#define VIEWS_ROUTE_SET_H

#include "views/views.h"

struct route_info {
	struct route_info *next; /* in its bucket */
	uint64_t hash;
	uint32_t refs;
	struct route r;	       /* its key is zero; r.hops points to the next hops below */
	struct nexthop hops[]; /* the next hops, when there are several */
};

struct route_rec {
	uint32_t fib, metric;
	struct prefix dst;
	uint16_t instance;
	uint32_t seen; /* the last reading (route_load.pass) that gave it */
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
/* The other way round: fills in the key of @out, and nothing else. */
void route_rec_key(const struct route_rec *rec, struct route *out);
/* Fills in the whole route, without names of devices. Its next hops stay the set's. */
void route_rec_get(const struct route_rec *rec, struct route *out);

/* Adds a route and gives it a free instance. Changes nothing when the same route is there already,
 * or when its key has no free instance. Returns: 0 or -ENOMEM. */
int route_set_add(struct routes *v, const struct route *r);
/* Removes the route that is equal to @r. Returns: false when there is none. */
bool route_set_remove(struct routes *v, const struct route *r);
/* Adds @by to the number of routes of the family and the table of @rec. */
void route_set_count(struct routes *v, const struct route_rec *rec, int by);
/* Returns: how many routes a family has, in one table when @fib is not 0. */
size_t route_set_total(const struct routes *v, uint8_t family, uint32_t fib);
/* Returns: how many routes have the key of @r, whatever their instance. */
size_t route_set_equals(const struct routes *v, const struct route *r);
/* Returns: how many have its key in the kernel (route_same_key()); @at, unless NULL, gets the place
 * of the first. */
size_t route_set_shares(const struct routes *v, const struct route *r, struct oset_at *at);

/* Puts @r in place of the only route with its key, tos and source prefix. Returns: 0; -ENOENT:
 * there is none, or there are several; -ENOMEM. */
int route_set_swap(struct routes *v, const struct route *r);

/* Does what an event reports: a route came (@replaces: in place of another), or is @gone. Returns:
 * false when the set cannot follow, and the routes must be read anew. */
bool route_set_event(struct routes *v, const struct route *r, bool gone, bool replaces);

/* Returns: the wanted row of this route, by its key in the kernel, whatever the instance; or
 * NULL. */
struct route *route_set_wanted(const struct routes *v, const struct route *r);
/* Gives each wanted row's route the instance of the row, after a reading or when rows have
 * changed. */
void route_set_claim(struct routes *v);
/* Returns: the instance for one more route of the key, the lowest that is free and that no wanted
 * row of another route has; 0 when all are taken, or when the same route is there. */
uint16_t route_set_free_instance(const struct routes *v, const struct route_rec *key);

/*
 * Replaces all routes of a scope by what a dump of it gives: route_load_begin; route_load_message
 * for each route; route_load_end. All routes of one key come one after the other, but for IPv6
 * routes with a source prefix. Routes that stay keep their instance.
 *
 * The dump is merged into the set key by key, and may pause at any point; routes that it did not
 * give are removed at the end. An event that comes in the meantime changes the set at once, and is
 * handed to route_load_event(), too, because nobody knows whether what the dump says of that key is
 * older or newer than the event. At the end, the key is put back to what the dump said, and its
 * events are applied once more: after the last event of a route, the route is there or is not,
 * whatever was before.
 *
 * A dump of IPv6 routes may lack some when others change meanwhile (read.c). Then it takes nothing
 * away: it is read again, and what all of these readings gave is united. The last one takes away
 * what none of them gave.
 */
struct route_seen; /* a message that was decoded before */

struct route_report {
	struct route_rec rec; /* first: orders events by key; of one key, as they came */
	bool gone, replaces;
};

enum route_phase { ROUTE_READING, ROUTE_SWEEPING, ROUTE_SETTLING };

struct route_load {
	struct routes *v;
	struct route_scope scope;
	uint32_t pass;		   /* route_rec.seen of the routes that were read */
	struct rtnl_events *watch; /* IPv6: what changes meanwhile, NULL: no matter */
	bool partial;		   /* it did: the dump may lack routes, see route_load_unite() */
	bool last;		   /* it is not read again for that */
	struct vec group;	   /* struct route_rec: all routes so far of the key being read */
	struct vec held;	   /* struct route_rec: read, and kept for the end because of ... */
	struct oset events;	   /* struct route_report */
	struct vec unclear; /* uint32_t: tables to be read anew, which events left in doubt */
	enum route_phase phase;
	struct route_rec next; /* where the removal of routes that the dump did not give goes on */
	struct oset_at at;     /* behind the routes of the last key; good while ... */
	uint64_t moves;	       /* ... this equals set.moves */
	bool overrun;	       /* there were more events than are kept */
	bool changed;	       /* a route came or went */
	bool found;	       /* a route came */
	bool direct;	   /* the set was empty: the routes go, with their instances, into ... */
	struct oset fresh; /* ... this set */
	bool installed;	   /* fresh has become the set */
	uint32_t run_fib;  /* not counted yet, of this table: ... */
	int run;	   /* ... this many routes */
	struct route_seen *seen;
};

void route_load_begin(struct route_load *l, struct routes *v, const struct route_scope *scope);
/* Takes a message of the dump; messages of other families are skipped. Returns: 0 or -errno. */
int route_load_message(struct route_load *l, const struct nlmsghdr *nlh);
/* Takes an event. Returns: false when it does not concern this reading, and the set alone must
 * follow. */
bool route_load_event(struct route_load *l, const struct route *r, bool gone, bool replaces);
/* The dump was read beside changes, and may lack routes. Call this before route_load_end(). Returns:
 * shall the same be read again? Then scope.united and scope.since are those of the next reading. */
bool route_load_unite(struct route_load *l);
/* The dump is read to its end. Returns: 1: call this again, now or after a while; 0: done; -EAGAIN:
 * there were too many events, read once more; -ENOMEM, -ENOSPC. */
int route_load_end(struct route_load *l);
/* Frees what the reading holds: after the end, or to give the reading up. */
void route_load_fini(struct route_load *l);

/* expiry.c: frees what it keeps. */
void routes_expiry_fini(struct routes *v);
/* stale.c: the set has changed: counts version and time. */
void routes_touched(struct routes *v);
/* Marks a part as to be read anew. */
void routes_stale_scope(struct routes *v, const struct route_scope *scope);
/* read.c: gives up the reading under way. */
void routes_leave(struct routes *v);

#endif
