/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fake_kernel.h"

#include <errno.h>
#include <linux/if.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/hash.h"
#include "routing/link_nl.h"
#include "routing/policy_nl.h"
#include "routing/route_nl.h"
#include "routing/rt_names.h"
#include "routing/sysctl.h"

struct fake_kernel *fake;

void fake_kernel_init(void)
{
	if (!fake)
		fake = mmap(NULL, sizeof(*fake), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			    -1, 0);
	if (fake == MAP_FAILED)
		abort();
	memset(fake, 0, sizeof(*fake));
}

/* Returns: 0 or the -errno that this change fails with. */
static int step(void)
{
	fake->steps++;
	if (fake->steps == fake->kill)
		_exit(9);
	return fake->steps == fake->fail[0] || fake->steps == fake->fail[1] ? -EPERM : 0;
}

static void put(void *all, size_t size, size_t *n, size_t at, const void *one)
{
	char *slot = (char *)all + at * size;

	if (*n == FAKE_MAX)
		abort();
	memmove(slot + size, slot, (*n - at) * size);
	memcpy(slot, one, size);
	++*n;
}

static void take(void *all, size_t size, size_t *n, size_t at)
{
	char *slot = (char *)all + at * size;

	memmove(slot, slot + size, (*n - at - 1) * size);
	--*n;
}

static void event(uint16_t type, bool replaces, const struct route *r)
{
	struct fake_event *e = &fake->events[fake->nevents++ % FAKE_EVENTS];

	*e = (struct fake_event){ .type = type, .replaces = replaces };
	if (r)
		e->route = *r;
}

void fake_kernel_text(struct text *out)
{
	static const char *const chains[] = { "PREROUTING", "OUTPUT" };
	const struct rt_names none = RT_NAMES_INIT;
	const struct names links = NAMES_INIT;

	for (size_t i = 0; i < fake->nnames; i++)
		text_add(out, "name %u %s\n", fake->names[i].id, fake->names[i].name);
	for (size_t i = 0; i < fake->nroutes; i++) {
		text_add(out, "table %u: ", fake->routes[i].fib);
		route_text(&fake->routes[i], &none, &links, out);
		text_add(out, "\n");
	}
	for (size_t i = 0; i < fake->npolicies; i++) {
		policy_text(&fake->policies[i], &none, out);
		text_add(out, "\n");
	}
	for (size_t c = 0; c < sizeof(chains) / sizeof(*chains); c++) {
		for (size_t i = 0; i < fake->nrules; i++) {
			const struct markrule *r = &fake->rules[i];

			if (strcmp(r->chain, chains[c]) == 0)
				text_add(out, "%s %u: 0x%x/0x%x %s\n", r->chain, r->index, r->mark,
					 r->mask, r->description);
		}
	}
	for (size_t i = 0; i < fake->nmeters; i++)
		text_add(out, "meter 0x%x/0x%x\n", fake->meters[i].value, fake->meters[i].mask);
	text_add(out, "rp_filter %d\n", fake->rp_filter);
}

/* ---- netfilter/nf.h: rules of one kind, which are what they set ---- */

struct nf {
	int open;
};

struct nf_part {
	struct markrule rules[FAKE_MAX];
};

struct nf_undo {
	struct markrule rules[FAKE_MAX];
	size_t n;
};

int nf_open(const struct nf_options *opt, struct nf **out)
{
	(void)opt;
	*out = calloc(1, sizeof(**out));
	return *out ? 0 : -ENOMEM;
}

void nf_close(struct nf *nf)
{
	free(nf);
}

void nf_set_options(struct nf *nf, const struct nf_options *opt)
{
	(void)nf, (void)opt;
}

void nf_set_wait(struct nf *nf, unsigned wait_ms)
{
	(void)nf, (void)wait_ms;
}

unsigned nf_families(struct nf *nf)
{
	(void)nf;
	return NF_IPV4 | NF_IPV6;
}

unsigned nf_probe(struct nf *nf)
{
	(void)nf;
	return NF_CAP_LEGACY4 | NF_CAP_LEGACY6 | NF_CAP_MARK;
}

static uint64_t hash_of(const struct markrule *r)
{
	uint64_t h = HASH_INIT;

	h = hash_add(h, r->table, sizeof(r->table));
	h = hash_add(h, r->chain, sizeof(r->chain));
	h = hash_add(h, &r->mark, sizeof(r->mark));
	return hash_add(h, &r->mask, sizeof(r->mask));
}

int nf_hash(struct nf *nf, const struct markrule *r, uint64_t *hash, struct why *why)
{
	(void)nf, (void)why;
	*hash = hash_of(r);
	return 0;
}

static uint32_t place_of(size_t i)
{
	uint32_t place = 1;

	for (size_t k = 0; k < i; k++)
		place += strcmp(fake->rules[k].chain, fake->rules[i].chain) == 0;
	return place;
}

int nf_read(struct nf *nf, struct nf_snap *was, struct nf_snap **out, struct why *why)
{
	struct nf_snap *snap = calloc(1, sizeof(*snap));
	struct nf_part *part = calloc(1, sizeof(*part));

	(void)nf, (void)was, (void)why;
	if (!snap || !part)
		abort();
	snap->chains = (struct vec)VEC_INIT(struct nf_chain);
	snap->entries = (struct vec)VEC_INIT(struct nf_entry);
	snap->meters = (struct vec)VEC_INIT(struct nf_meter);
	snap->parts[0] = part;
	snap->taken_ms = clock_ms();
	memcpy(part->rules, fake->rules, sizeof(fake->rules));
	for (size_t i = 0; i < fake->nrules; i++) {
		struct nf_chain *c = vec_push(&snap->chains);
		struct nf_entry *e = vec_push(&snap->entries);
		const struct markrule *r = &part->rules[i];

		*c = (struct nf_chain){ .family = AF_INET, .table = r->table, .chain = r->chain };
		c->rules = (uint32_t)fake->nrules;
		*e = (struct nf_entry){
			.chain = (uint32_t)i,
			.position = place_of(i),
			.backend = r->backend,
			.counted = true,
			.tag = r->index <= ROW_MANAGER_MAX ? r->index : 0,
			.raw = r,
			.target = r->target,
			.mark = r->mark,
			.mask = r->mask,
			.hash = hash_of(r),
		};
	}
	for (size_t i = 0; i < fake->nmeters; i++)
		*(struct nf_meter *)vec_push(&snap->meters) = fake->meters[i];
	*out = snap;
	return 0;
}

void nf_snap_free(struct nf_snap *snap)
{
	if (!snap)
		return;
	vec_fini(&snap->chains);
	vec_fini(&snap->entries);
	vec_fini(&snap->meters);
	free(snap->parts[0]);
	free(snap);
}

int nf_decode(struct nf *nf, const struct nf_snap *snap, const struct nf_entry *e,
	      struct markrule *out)
{
	(void)nf, (void)snap;
	*out = *(const struct markrule *)e->raw;
	out->position = e->position;
	return 0;
}

int nf_text(struct nf *nf, const struct nf_snap *snap, const struct nf_entry *e, struct text *out)
{
	(void)nf, (void)snap;
	text_add(out, "-A %s 0x%x", ((const struct markrule *)e->raw)->chain, e->mark);
	return 0;
}

int nf_rule_text(struct nf *nf, const struct markrule *r, struct text *out, struct why *why)
{
	(void)nf, (void)why;
	text_add(out, "-A %s 0x%x", r->chain, r->mark);
	return 0;
}

int nf_check(struct nf *nf, const struct markrule *r, unsigned *column, struct why *why)
{
	(void)nf, (void)r, (void)column, (void)why;
	return 0;
}

int nf_check_in(struct nf *nf, const struct nf_snap *snap, const struct markrule *r,
		unsigned *column, struct why *why)
{
	(void)snap;
	return nf_check(nf, r, column, why);
}

/* Returns: the place of the rule that an edit is about; nrules: it is not there. */
static size_t rule_find(const struct nf_edit *e)
{
	uint32_t left = e->ordinal;
	size_t i = 0;

	for (; i < fake->nrules; i++)
		if (e->tag ? fake->rules[i].index == e->tag
			   : fake->rules[i].index > ROW_MANAGER_MAX &&
				     hash_of(&fake->rules[i]) == e->hash && !left--)
			break;
	return i;
}

static int edit(const struct nf_edit *e)
{
	const struct nf_edit own = { .tag = e->rule ? e->rule->index : 0 };
	size_t at = e->add ? fake->nrules : rule_find(e);
	struct markrule r;

	if (e->add && e->only && rule_find(&own) < fake->nrules)
		return -EEXIST;
	if (at < fake->nrules)
		take(fake->rules, sizeof(*fake->rules), &fake->nrules, at);
	if (!e->rule)
		return 0;
	r = *e->rule;
	r.matches = NULL;
	if (r.position && r.position <= fake->nrules + 1)
		at = r.position - 1;
	put(fake->rules, sizeof(r), &fake->nrules, at < fake->nrules ? at : fake->nrules, &r);
	return 0;
}

int nf_commit(struct nf *nf, const struct nf_edit *edits, size_t n, size_t *failed,
	      struct nf_undo **undo, struct why *why)
{
	int err = step();

	(void)nf, (void)why;
	*failed = SIZE_MAX;
	if (err)
		return err;
	*undo = calloc(1, sizeof(**undo));
	if (!*undo)
		return -ENOMEM;
	memcpy((*undo)->rules, fake->rules, sizeof(fake->rules));
	(*undo)->n = fake->nrules;
	for (size_t i = 0; i < n && !err; i++) {
		err = edit(&edits[i]);
		*failed = err ? i : SIZE_MAX;
	}
	if (!err)
		return 0;
	memcpy(fake->rules, (*undo)->rules, sizeof(fake->rules));
	fake->nrules = (*undo)->n;
	nf_undo_free(*undo);
	*undo = NULL;
	return err;
}

int nf_undo(struct nf *nf, struct nf_undo *undo, struct why *why)
{
	int err = step();

	(void)nf, (void)why;
	if (err)
		return err;
	memcpy(fake->rules, undo->rules, sizeof(fake->rules));
	fake->nrules = undo->n;
	return 0;
}

void nf_undo_free(struct nf_undo *undo)
{
	free(undo);
}

int nf_meter_cmp(const void *a, const void *b)
{
	const struct nf_meter *x = a, *y = b;

	if (x->value != y->value)
		return x->value < y->value ? -1 : 1;
	return x->mask < y->mask ? -1 : x->mask > y->mask;
}

unsigned nf_meters_families(const struct nf *nf, struct why *why)
{
	(void)nf, (void)why;
	return 1;
}

int nf_meters_set(struct nf *nf, const struct nf_meter *wanted, size_t n, struct vec *was,
		  struct why *why)
{
	int err = step();

	(void)nf, (void)why;
	if (err)
		return err;
	vec_clear(was);
	for (size_t i = 0; i < fake->nmeters; i++)
		*(struct nf_meter *)vec_push(was) = fake->meters[i];
	for (size_t i = 0; i < n; i++)
		fake->meters[i] = wanted[i];
	fake->nmeters = n;
	return 0;
}

bool nf_meters_right(const struct nf *nf, const struct nf_snap *snap, const struct nf_meter *wanted,
		     size_t n)
{
	(void)nf;
	for (size_t i = 0; i < n && n == snap->meters.n; i++)
		if (nf_meter_cmp(&wanted[i], vec_at(&snap->meters, i)) != 0)
			return false;
	return n == snap->meters.n;
}

/* ---- routing/rtnl.h ---- */

struct rtnl {
	struct route_filter filter;
	size_t at;
};

struct rtnl_events {
	size_t at;
};

/* A message is a header, and the route as it is. */
struct message {
	struct nlmsghdr nlh;
	struct route route;
};

int rtnl_open(struct rtnl **out)
{
	*out = calloc(1, sizeof(**out));
	return *out ? 0 : -ENOMEM;
}

void rtnl_close(struct rtnl *nl)
{
	free(nl);
}

int rtnl_events_open(struct rtnl_events **out)
{
	*out = calloc(1, sizeof(**out));
	if (*out)
		(*out)->at = fake->nevents;
	return *out ? 0 : -ENOMEM;
}

void rtnl_events_close(struct rtnl_events *ev)
{
	free(ev);
}

int rtnl_events_renew(struct rtnl_events *ev)
{
	ev->at = fake->nevents;
	return 0;
}

int rtnl_events_exclude(struct rtnl_events *ev, const uint32_t *tables, size_t n)
{
	(void)ev, (void)tables, (void)n;
	return 0;
}

int rtnl_events_fd(const struct rtnl_events *ev)
{
	(void)ev;
	return -1;
}

int rtnl_events_drain(struct rtnl_events *ev, rtnl_cb *cb, void *arg, bool *lost)
{
	int n = 0;

	if (fake->nevents - ev->at > FAKE_EVENTS) {
		ev->at = fake->nevents;
		*lost = true;
	}
	for (; ev->at < fake->nevents; ev->at++, n++) {
		const struct fake_event *e = &fake->events[ev->at % FAKE_EVENTS];
		struct message m = { .nlh.nlmsg_type = e->type, .route = e->route };

		m.nlh.nlmsg_len = sizeof(m);
		m.nlh.nlmsg_flags = e->replaces ? NLM_F_REPLACE : 0;
		cb(&m.nlh, arg);
	}
	return n;
}

int rtnl_dump_step(struct rtnl *nl, rtnl_cb *cb, void *arg, size_t *limit)
{
	(void)limit;
	for (; nl->at < fake->nroutes; nl->at++) {
		struct message m = { .nlh.nlmsg_type = RTM_NEWROUTE };
		const struct route *r = &fake->routes[nl->at];
		int err;

		if (r->dst.family != nl->filter.family ||
		    (nl->filter.fib && r->fib != nl->filter.fib) ||
		    (nl->filter.ifindex && r->leg.ifindex != nl->filter.ifindex) ||
		    (nl->filter.protocol && r->protocol != nl->filter.protocol))
			continue;
		m.route = *r;
		err = cb(&m.nlh, arg);
		if (err < 0)
			return err;
	}
	return 0;
}

/* ---- routing/link_nl.h, rt_names.h, sysctl.h ---- */

int link_nl_dump(struct rtnl *nl, struct names *links)
{
	(void)nl;
	return names_set(links, FAKE_LINK, "eth0", IFF_UP | IFF_RUNNING | IFF_LOWER_UP);
}

int link_nl_event(const struct nlmsghdr *nlh, struct names *links)
{
	(void)nlh, (void)links;
	return 0;
}

int link_nl_barrier(struct rtnl *nl)
{
	(void)nl;
	return 0;
}

int rt_names_read(struct rt_names *n)
{
	int err = 0;

	names_fini(&n->tables);
	n->tables = (struct names)NAMES_INIT;
	for (size_t i = 0; i < fake->nnames && !err; i++)
		err = names_set(&n->tables, fake->names[i].id, fake->names[i].name, 1);
	return err ? err : names_set(&n->protos, ROUTE_PROTO_AGENT, "fwmarkd", 0);
}

int rt_names_write(const struct names *own, struct why *why)
{
	int err = step();

	(void)why;
	if (err)
		return err;
	fake->nnames = own->v.n;
	for (size_t i = 0; i < own->v.n; i++)
		fake->names[i] = *(const struct name *)vec_at(&own->v, i);
	return 0;
}

int rt_names_write_proto(uint8_t proto, const char *name, struct why *why)
{
	(void)proto, (void)name, (void)why;
	return 0;
}

int rt_names_watch(void)
{
	return dup(STDERR_FILENO);
}

int rt_names_changed(int fd)
{
	(void)fd;
	return 0;
}

int sysctl_get(const char *ifname, enum sysctl_conf conf, int *value)
{
	*value = ifname && conf == SYSCTL_RP_FILTER ? fake->rp_filter : 0;
	return 0;
}

int sysctl_may_set(const char *ifname, enum sysctl_conf conf)
{
	return ifname && conf == SYSCTL_RP_FILTER ? 0 : -EROFS;
}

int sysctl_set(const char *ifname, enum sysctl_conf conf, int value)
{
	int err = step();

	(void)ifname, (void)conf;
	if (!err)
		fake->rp_filter = value;
	return err;
}

/* ---- routing/policy_nl.h ---- */

struct policy_group {
	uint8_t family;
	uint32_t priority;
	struct policy all[FAKE_MAX];
	size_t n;
};

int policy_nl_dump(struct rtnl *nl, int family, policy_cb *cb, void (*reset)(void *arg), void *arg)
{
	int err = 0;

	(void)nl;
	reset(arg);
	for (size_t i = 0; i < fake->npolicies && !err; i++)
		if (fake->policies[i].family == family)
			err = cb(&fake->policies[i], arg);
	return err;
}

static size_t policy_find(const struct policy *p)
{
	size_t i = 0;

	while (i < fake->npolicies && !policy_same(&fake->policies[i], p))
		i++;
	return i;
}

static void policy_put(const struct policy *p)
{
	size_t at = 0;

	while (at < fake->npolicies && (fake->policies[at].family < p->family ||
					(fake->policies[at].family == p->family &&
					 fake->policies[at].priority <= p->priority)))
		at++;
	put(fake->policies, sizeof(*p), &fake->npolicies, at, p);
	event(RTM_NEWRULE, false, NULL);
}

int policy_nl_add(struct rtnl *nl, const struct policy *p, struct why *why)
{
	int err = step();

	(void)nl, (void)why;
	if (err || policy_find(p) < fake->npolicies)
		return err ? err : -EEXIST;
	policy_put(p);
	return 0;
}

int policy_nl_del(struct rtnl *nl, const struct policy *p, struct why *why)
{
	size_t at = policy_find(p);
	int err = step();

	(void)nl, (void)why;
	if (err || at == fake->npolicies)
		return err ? err : -ENOENT;
	take(fake->policies, sizeof(*p), &fake->npolicies, at);
	event(RTM_DELRULE, false, NULL);
	return 0;
}

int policy_nl_keep(struct rtnl *nl, int family, uint32_t priority, struct policy_group **out)
{
	struct policy_group *g = calloc(1, sizeof(*g));

	(void)nl;
	*out = g;
	if (!g)
		return -ENOMEM;
	g->family = (uint8_t)family;
	g->priority = priority;
	for (size_t i = 0; i < fake->npolicies; i++)
		if (policy_nl_kept(g, fake->policies[i].family, fake->policies[i].priority))
			g->all[g->n++] = fake->policies[i];
	return 0;
}

void policy_nl_forget(struct policy_group *g)
{
	free(g);
}

bool policy_nl_kept(const struct policy_group *g, int family, uint32_t priority)
{
	return g->family == family && g->priority == priority;
}

int policy_nl_restore(struct rtnl *nl, const struct policy_group *was, policy_is_ours *ours,
		      const void *arg, struct why *why)
{
	int err = step();

	(void)nl, (void)ours, (void)arg, (void)why;
	if (err)
		return err;
	for (size_t i = fake->npolicies; i--;)
		if (policy_nl_kept(was, fake->policies[i].family, fake->policies[i].priority))
			take(fake->policies, sizeof(struct policy), &fake->npolicies, i);
	for (size_t i = 0; i < was->n; i++)
		policy_put(&was->all[i]);
	return 0;
}

int policy_nl_caps(struct rtnl *nl, unsigned *caps)
{
	(void)nl;
	*caps = 0;
	return 0;
}

/* ---- routing/route_nl.h ---- */

int route_nl_decode(const struct nlmsghdr *nlh, struct route *out, struct nexthop *legs)
{
	(void)legs;
	*out = ((const struct message *)nlh)->route;
	return 0;
}

uint32_t route_nl_table(const struct nlmsghdr *nlh)
{
	return ((const struct message *)nlh)->route.fib;
}

bool route_nl_split(const struct nlmsghdr *nlh, struct route_nl_parts *out)
{
	(void)nlh, (void)out;
	return false;
}

int route_nl_dump_begin(struct rtnl *nl, const struct route_filter *filter)
{
	nl->filter = *filter;
	nl->at = 0;
	return 0;
}

/* What the kernel tells of a route; of the fakes, none has several legs. */
static struct route told(const struct route *r)
{
	struct route t = *r;

	t.instance = 1;
	t.scope = route_scope(r);
	t.given = 0;
	t.origin = t.storage = t.status = 0;
	t.withdrawn = t.doubtful = false;
	memset(t.leg.ifname, 0, sizeof(t.leg.ifname));
	return t;
}

static size_t route_find(const struct route *r)
{
	size_t i = 0;

	while (i < fake->nroutes && route_cmp(&fake->routes[i], r) != 0)
		i++;
	return i;
}

static void route_put(const struct route *r)
{
	size_t at = 0;

	while (at < fake->nroutes && route_cmp(&fake->routes[at], r) < 0)
		at++;
	put(fake->routes, sizeof(*r), &fake->nroutes, at, r);
	event(RTM_NEWROUTE, false, r);
}

int route_nl_add(struct rtnl *nl, const struct route *r, struct why *why)
{
	const struct route now = told(r);
	int err = step();

	(void)nl, (void)why;
	if (err || route_find(&now) < fake->nroutes)
		return err ? err : -EEXIST;
	route_put(&now);
	return 0;
}

int route_nl_put_back(struct rtnl *nl, const struct route *r, struct why *why)
{
	return route_nl_add(nl, r, why);
}

int route_nl_del(struct rtnl *nl, const struct route *r, struct why *why)
{
	const struct route was = told(r);
	size_t at = route_find(&was);
	int err = step();

	(void)nl, (void)why;
	if (err || at == fake->nroutes)
		return err ? err : -ESRCH;
	event(RTM_DELROUTE, false, &fake->routes[at]);
	take(fake->routes, sizeof(*r), &fake->nroutes, at);
	return 0;
}

int route_nl_change(struct rtnl *nl, const struct route *old, const struct route *new, bool shared,
		    struct why *why)
{
	const struct route was = told(old), now = told(new);
	size_t at = route_find(&was);
	int err = step();

	(void)nl, (void)shared, (void)why;
	if (err || at == fake->nroutes)
		return err ? err : -ESRCH;
	fake->routes[at] = now;
	event(RTM_NEWROUTE, true, &now);
	return 0;
}

int route_nl_lookup(struct rtnl *nl, const struct prefix *dst, uint32_t mark, struct lookup *out)
{
	(void)nl, (void)dst, (void)mark, (void)out;
	return -EOPNOTSUPP;
}
