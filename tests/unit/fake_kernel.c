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

static void end(void)
{
	_exit(9);
}

void (*fake_end)(void) = end;

void fake_kernel_init(void)
{
	if (!fake)
		fake = mmap(NULL, sizeof(*fake), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			    -1, 0);
	if (fake == MAP_FAILED)
		abort();
	memset(fake, 0, sizeof(*fake));
}

void fake_moment(void)
{
	if (++fake->moments == fake->kill)
		fake_end();
}

bool fake_step(void)
{
	fake_moment();
	fake->steps++;
	return fake->steps == fake->fail[0] || fake->steps == fake->fail[1];
}

/* Returns: 0 or the -errno that this change fails with. */
static int step(void)
{
	return fake_step() ? -EPERM : 0;
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

static struct fake_event *event(uint16_t type)
{
	struct fake_event *e = &fake->events[fake->nevents++ % FAKE_EVENTS];

	*e = (struct fake_event){ .type = type, .by = BY_AGENT };
	return e;
}

static void by_others(void)
{
	fake->events[(fake->nevents - 1) % FAKE_EVENTS].by = BY_OTHERS;
}

/* A route is moved about with its next hops, and its pointer to them stays behind. */
static const struct route *whole(struct fake_route *f)
{
	f->route.hops = f->route.nhops > 1 ? f->hops : NULL;
	return &f->route;
}

static const struct route *route_at(size_t i)
{
	return whole(&fake->routes[i]);
}

void fake_name_text(const struct name *n, struct text *out)
{
	text_add(out, "name %u %s\n", n->id, n->name);
}

static void told_text(const struct route *r, struct text *out)
{
	const struct rt_names none = RT_NAMES_INIT;
	const struct names links = NAMES_INIT;

	text_add(out, "table %u: ", r->fib);
	route_text(r, &none, &links, out);
	text_add(out, "\n");
}

void fake_policy_text(const struct policy *p, struct text *out)
{
	const struct rt_names none = RT_NAMES_INIT;

	policy_text(p, &none, out);
	text_add(out, "\n");
}

void fake_rule_text(const struct markrule *r, struct text *out)
{
	text_add(out, "%s %u: 0x%x/0x%x %s\n", r->chain, r->index, r->mark, r->mask,
		 r->description);
}

void fake_meter_text(const struct nf_meter *m, struct text *out)
{
	text_add(out, "meter 0x%x/0x%x\n", m->value, m->mask);
}

void fake_kernel_text(struct text *out)
{
	static const char *const chains[] = { "PREROUTING", "OUTPUT" };

	for (size_t i = 0; i < fake->nnames; i++)
		fake_name_text(&fake->names[i], out);
	for (size_t i = 0; i < fake->nroutes; i++)
		told_text(route_at(i), out);
	for (size_t i = 0; i < fake->npolicies; i++)
		fake_policy_text(&fake->policies[i], out);
	for (size_t c = 0; c < sizeof(chains) / sizeof(*chains); c++)
		for (size_t i = 0; i < fake->nrules; i++)
			if (strcmp(fake->rules[i].chain, chains[c]) == 0)
				fake_rule_text(&fake->rules[i], out);
	for (size_t i = 0; i < fake->nmeters; i++)
		fake_meter_text(&fake->meters[i], out);
	for (unsigned i = 0; i < FAKE_LINKS; i++)
		text_add(out, "eth%u rp_filter %d\n", i, fake->rp_filter[i]);
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
	fake->probes++;
	return NF_CAP_LEGACY4 | NF_CAP_LEGACY6 | NF_CAP_MARK;
}

static uint64_t hash_of(const struct markrule *r)
{
	uint64_t h = HASH_INIT;

	uint32_t tag = r->index <= ROW_MANAGER_MAX ? r->index : 0;

	h = hash_add(h, &tag, sizeof(tag));
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

	(void)nf, (void)was;
	if (!snap || !part)
		abort();
	if (fake->unread & FAKE_NO_RULES) {
		free(snap);
		free(part);
		return why_set(why, -EAGAIN, "locked");
	}
	snap->chains = (struct vec)VEC_INIT(struct nf_chain);
	snap->entries = (struct vec)VEC_INIT(struct nf_entry);
	snap->meters = (struct vec)VEC_INIT(struct nf_meter);
	snap->parts[0] = part;
	snap->taken_us = clock_us();
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

int nf_recount(struct nf *nf, struct nf_snap *snap)
{
	(void)nf, (void)snap;
	return -EAGAIN;
}

int nf_watch_fd(const struct nf *nf)
{
	(void)nf;
	return -1;
}

unsigned nf_notices(struct nf *nf)
{
	unsigned notices = fake->notices;

	(void)nf;
	fake->notices = 0;
	return notices;
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
	(void)nf;
	fake->checks++;
	if (!fake->no_chain || strcmp(r->chain, fake->no_chain) != 0)
		return 0;
	*column = RULE_COL_CHAIN;
	return why_set(why, -EINVAL, "there is no chain %s", r->chain);
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
	uint32_t left = e->tag ? 0 : e->ordinal;
	size_t i = 0;

	for (; i < fake->nrules; i++)
		if (hash_of(&fake->rules[i]) == e->hash && !left--)
			break;
	return i;
}

/* Returns: where a rule goes that shall have this position in its chain, 0: the last; SIZE_MAX: the
 * chain is shorter. */
static size_t rule_place(const struct markrule *r, uint32_t position, bool clamp)
{
	uint32_t place = 1;

	for (size_t i = 0; i < fake->nrules; i++) {
		if (strcmp(fake->rules[i].chain, r->chain) != 0)
			continue;
		if (place == position)
			return i;
		place++;
	}
	return !position || clamp || place == position ? fake->nrules : SIZE_MAX;
}

static int edit(const struct nf_edit *e)
{
	const struct nf_edit own = { .hash = e->rule ? hash_of(e->rule) : 0 };
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
	if (e->made)
		*e->made = hash_of(&r);
	if (r.position || e->add)
		at = rule_place(&r, r.position, e->clamp);
	if (at == SIZE_MAX)
		return -ERANGE;
	put(fake->rules, sizeof(r), &fake->nrules, at, &r);
	return 0;
}

void fake_kernel_rule(const struct markrule *r, size_t at)
{
	if (fake->nrules < FAKE_MAX)
		put(fake->rules, sizeof(*r), &fake->nrules, at < fake->nrules ? at : fake->nrules,
		    r);
}

void fake_kernel_no_rule(size_t i)
{
	take(fake->rules, sizeof(*fake->rules), &fake->nrules, i);
}

int nf_commit(struct nf *nf, const struct nf_edit *edits, size_t n, size_t *failed,
	      struct nf_undo **undo, struct why *why)
{
	bool locked = fake->unread & (FAKE_NO_RULES | FAKE_NO_EDITS);
	int err = locked ? why_set(why, -EAGAIN, "locked") : step();

	(void)nf;
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

/* A message is a header, and the route as it is; of a link, what the kernel says. */
struct message {
	struct nlmsghdr nlh;
	union {
		struct fake_route route;
		struct policy policy;
		struct ifinfomsg link;
	};
};

bool rtnl_caused(const struct rtnl *nl, const struct nlmsghdr *event)
{
	(void)nl;
	return event->nlmsg_pid == BY_AGENT;
}

int rtnl_open(struct rtnl **out)
{
	*out = calloc(1, sizeof(**out));
	return *out ? 0 : -ENOMEM;
}

void rtnl_close(struct rtnl *nl)
{
	free(nl);
}

void rtnl_on_unread(struct rtnl *nl, rtnl_unread *unread, void *arg)
{
	(void)nl, (void)unread, (void)arg;
}

int rtnl_events_open(struct rtnl_events **out)
{
	*out = calloc(1, sizeof(**out));
	if (*out)
		(*out)->at = fake->nevents;
	return *out ? 0 : -ENOMEM;
}

int rtnl_events_watch(unsigned group, struct rtnl_events **out)
{
	(void)group;
	return rtnl_events_open(out);
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

	fake->drains++;
	if (fake->nevents - ev->at > FAKE_EVENTS) {
		ev->at = fake->nevents;
		*lost = true;
	}
	for (; ev->at < fake->nevents; ev->at++, n++) {
		const struct fake_event *e = &fake->events[ev->at % FAKE_EVENTS];
		struct message m = { .nlh.nlmsg_type = e->type, .route = e->route };

		m.nlh.nlmsg_len = sizeof(m);
		m.nlh.nlmsg_pid = e->by;
		m.nlh.nlmsg_flags = e->replaces ? NLM_F_REPLACE : 0;
		if (e->type == RTM_NEWLINK)
			m.link = (struct ifinfomsg){ .ifi_index = FAKE_LINK + (int)e->link,
						     .ifi_flags = e->flags };
		else if (e->type == RTM_NEWRULE || e->type == RTM_DELRULE)
			m.policy = e->policy;
		cb(&m.nlh, arg);
	}
	return n;
}

static bool leaves_by(const struct route *r, uint32_t ifindex)
{
	for (unsigned i = 0; i < r->nhops; i++)
		if (route_hop(r, i)->ifindex == ifindex)
			return true;
	return false;
}

int rtnl_dump_step(struct rtnl *nl, rtnl_cb *cb, void *arg, size_t *limit)
{
	(void)limit;
	if (fake->unread & FAKE_NO_ROUTES)
		return -ENOBUFS;
	for (; nl->at < fake->nroutes; nl->at++) {
		struct message m = { .nlh.nlmsg_type = RTM_NEWROUTE };
		const struct route *r = route_at(nl->at);
		int err;

		if (r->dst.family != nl->filter.family ||
		    (nl->filter.fib && r->fib != nl->filter.fib) ||
		    (nl->filter.ifindex && !leaves_by(r, nl->filter.ifindex)) ||
		    (nl->filter.protocol && r->protocol != nl->filter.protocol))
			continue;
		m.route = fake->routes[nl->at];
		err = cb(&m.nlh, arg);
		if (err < 0)
			return err;
	}
	return 0;
}

/* ---- routing/link_nl.h, rt_names.h, sysctl.h ---- */

static uint32_t link_flags(unsigned link)
{
	return fake->down[link] ? 0 : IFF_UP | IFF_RUNNING | IFF_LOWER_UP;
}

static int link_put(struct names *links, unsigned link, uint32_t flags)
{
	const char name[] = { 'e', 't', 'h', (char)('0' + link), '\0' };

	return names_set(links, FAKE_LINK + link, name, flags);
}

int link_nl_dump(struct rtnl *nl, struct names *links)
{
	int err = fake->unread & FAKE_NO_LINKS ? -ENOBUFS : 0;

	(void)nl;
	for (unsigned i = 0; i < FAKE_LINKS && !err; i++)
		err = link_put(links, i, link_flags(i));
	return err;
}

int link_nl_event(const struct nlmsghdr *nlh, struct names *links)
{
	const struct ifinfomsg *ifi = &((const struct message *)nlh)->link;

	return link_put(links, (unsigned)ifi->ifi_index - FAKE_LINK, ifi->ifi_flags);
}

int link_nl_barrier(struct rtnl *nl)
{
	(void)nl;
	return 0;
}

int rt_names_read(struct rt_names *n)
{
	int err = 0;

	if (fake->unread & FAKE_NO_NAMES)
		return -ENOMEM;
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

bool rt_names_changed(const struct rt_names *n)
{
	(void)n;
	return false;
}

/* Returns: the setting, NULL: it is another one. */
static int *rp_filter_of(const char *ifname, enum sysctl_conf conf)
{
	return ifname && conf == SYSCTL_RP_FILTER ? &fake->rp_filter[ifname[3] - '0'] : NULL;
}

int sysctl_get(const char *ifname, enum sysctl_conf conf, int *value)
{
	const int *rp_filter = rp_filter_of(ifname, conf);

	if (fake->unread & FAKE_NO_SETTINGS)
		return -EMFILE;
	*value = rp_filter ? *rp_filter : 0;
	return 0;
}

int sysctl_may_set(const char *ifname, enum sysctl_conf conf)
{
	return rp_filter_of(ifname, conf) ? 0 : -EROFS;
}

int sysctl_set(const char *ifname, enum sysctl_conf conf, int value)
{
	int err = step();

	if (!err)
		*rp_filter_of(ifname, conf) = value;
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
	int err = fake->unread & FAKE_NO_POLICIES ? -ENOBUFS : 0;

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
	event(RTM_NEWRULE)->policy = *p;
}

static void policy_take(size_t at)
{
	event(RTM_DELRULE)->policy = fake->policies[at];
	take(fake->policies, sizeof(*fake->policies), &fake->npolicies, at);
}

void fake_kernel_policy(const struct policy *p)
{
	if (policy_find(p) < fake->npolicies || fake->npolicies == FAKE_MAX)
		return;
	policy_put(p);
	by_others();
}

void fake_kernel_no_policy(size_t i)
{
	policy_take(i);
	by_others();
}

int policy_nl_decode(const struct nlmsghdr *nlh, struct policy *out)
{
	*out = ((const struct message *)nlh)->policy;
	return 0;
}

struct policy_held {
	int unused;
};

struct policy_held *policy_held_new(void)
{
	return calloc(1, sizeof(struct policy_held));
}

void policy_held_forget(struct policy_held *h)
{
	(void)h;
}

void policy_held_free(struct policy_held *h)
{
	free(h);
}

int policy_nl_default_priority(struct rtnl *nl, struct policy_held *h, int family, uint32_t *out)
{
	unsigned seen = 0;

	(void)nl, (void)h;
	*out = 0;
	for (size_t i = 0; i < fake->npolicies; i++)
		if (fake->policies[i].family == family && ++seen == 2)
			*out = fake->policies[i].priority ? fake->policies[i].priority - 1 : 0;
	return 0;
}

int policy_nl_add(struct rtnl *nl, struct policy_held *h, const struct policy *p, struct why *why)
{
	int err = step();

	(void)nl, (void)h, (void)why;
	if (err || policy_find(p) < fake->npolicies)
		return err ? err : -EEXIST;
	policy_put(p);
	return 0;
}

int policy_nl_del(struct rtnl *nl, struct policy_held *h, const struct policy *p, struct why *why)
{
	size_t at = policy_find(p);
	int err = step();

	(void)nl, (void)h, (void)why;
	if (err || at == fake->npolicies)
		return err ? err : -ENOENT;
	policy_take(at);
	return 0;
}

static bool is_of(const struct policy_group *g, const struct policy *p)
{
	return g->family == p->family && g->priority == p->priority;
}

int policy_nl_keep(struct rtnl *nl, struct policy_held *h, int family, uint32_t priority,
		   struct policy_group **out)
{
	struct policy_group *g = calloc(1, sizeof(*g));

	(void)nl, (void)h;
	*out = g;
	if (!g)
		return -ENOMEM;
	g->family = (uint8_t)family;
	g->priority = priority;
	for (size_t i = 0; i < fake->npolicies; i++)
		if (is_of(g, &fake->policies[i]))
			g->all[g->n++] = fake->policies[i];
	return 0;
}

void policy_nl_forget(struct policy_group *g)
{
	free(g);
}

int policy_nl_restore(struct rtnl *nl, struct policy_held *h, const struct policy_group *was,
		      policy_is_ours *ours, const void *arg, struct why *why)
{
	int err = step();

	(void)nl, (void)h, (void)ours, (void)arg, (void)why;
	if (err)
		return err;
	for (size_t i = fake->npolicies; i--;)
		if (is_of(was, &fake->policies[i]))
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

int route_nl_decode(const struct nlmsghdr *nlh, struct route *out, struct nexthop *hops)
{
	const struct fake_route *told = &((const struct message *)nlh)->route;

	*out = told->route;
	out->hops = NULL;
	if (out->nhops < 2)
		return 0;
	memcpy(hops, told->hops, sizeof(told->hops));
	out->hops = hops;
	return 0;
}

uint32_t route_nl_table(const struct nlmsghdr *nlh)
{
	return ((const struct message *)nlh)->route.route.fib;
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

int route_nl_dump(struct rtnl *nl, const struct route_filter *filter, rtnl_cb *cb,
		  void (*reset)(void *arg), void *arg)
{
	size_t all = SIZE_MAX;

	if (reset)
		reset(arg);
	route_nl_dump_begin(nl, filter);
	return rtnl_dump_step(nl, cb, arg, &all);
}

static bool is_down(uint32_t ifindex)
{
	return ifindex >= FAKE_LINK && ifindex < FAKE_LINK + FAKE_LINKS &&
	       fake->down[ifindex - FAKE_LINK];
}

/* One with a gateway alone leaves by the first link. Returns: 0 or -errno. */
static int hop_told(struct nexthop *hop)
{
	if (!hop->ifindex && hop->gateway.family)
		hop->ifindex = FAKE_LINK;
	hop->gateway_type = hop->gateway.family;
	memset(hop->ifname, 0, sizeof(hop->ifname));
	if (!hop->ifindex)
		return -ENODEV;
	return is_down(hop->ifindex) ? -ENETDOWN : 0;
}

/* What the kernel makes of a route. Returns: 0 or the -errno that it refuses it with. */
static int told(const struct route *r, struct fake_route *out)
{
	struct route *t = &out->route;
	int err = 0;

	*out = (struct fake_route){ .route = *r };
	t->instance = 1;
	t->scope = route_scope(r);
	t->given = 0;
	t->origin = t->storage = t->status = 0;
	if (r->nhops > FAKE_HOPS)
		return -E2BIG;
	for (unsigned i = 0; r->nhops > 1 && i < r->nhops; i++) {
		int e = hop_told(memcpy(&out->hops[i], &r->hops[i], sizeof(*r->hops)));

		err = err ? err : e;
	}
	if (r->nhops != 1)
		memset(&t->hop, 0, sizeof(t->hop));
	whole(out);
	return r->nhops == 1 ? hop_told(&t->hop) : err;
}

void fake_route_text(const struct route *r, struct text *out)
{
	struct fake_route f;

	told(r, &f);
	told_text(&f.route, out);
}

static size_t route_find(const struct route *r)
{
	size_t i = 0;

	while (i < fake->nroutes && route_cmp(&fake->routes[i].route, r) != 0)
		i++;
	return i;
}

static void route_put(const struct fake_route *r)
{
	size_t at = 0;

	while (at < fake->nroutes && route_cmp(&fake->routes[at].route, &r->route) < 0)
		at++;
	put(fake->routes, sizeof(*r), &fake->nroutes, at, r);
	event(RTM_NEWROUTE)->route = *r;
}

static void route_take(size_t at)
{
	event(RTM_DELROUTE)->route = fake->routes[at];
	take(fake->routes, sizeof(*fake->routes), &fake->nroutes, at);
}

void fake_kernel_route(const struct route *r)
{
	struct fake_route now;

	if (told(r, &now) || route_find(&now.route) < fake->nroutes || fake->nroutes == FAKE_MAX)
		return;
	route_put(&now);
	by_others();
}

void fake_kernel_no_route(size_t i)
{
	route_take(i);
	by_others();
}

/* Of IPv4, as fib_sync_down_dev() and fib_sync_up() of net/ipv4/fib_semantics.c. Returns: is it dead
 * as a whole? */
static bool hops_mark(struct fake_route *f)
{
	unsigned dead = 0;

	for (unsigned i = 0; i < f->route.nhops; i++) {
		struct nexthop *hop = f->route.nhops > 1 ? &f->hops[i] : &f->route.hop;

		hop->flags = is_down(hop->ifindex) ? ROUTE_DEAD | ROUTE_LINKDOWN : 0;
		dead += hop->flags != 0;
	}
	return dead && dead == f->route.nhops;
}

/* No event tells of the routes. */
void fake_kernel_link(unsigned link, bool up)
{
	struct fake_event *e;

	fake->down[link] = !up;
	for (size_t i = fake->nroutes; i--;)
		if (hops_mark(&fake->routes[i]))
			take(fake->routes, sizeof(*fake->routes), &fake->nroutes, i);
	e = event(RTM_NEWLINK);
	e->by = BY_KERNEL;
	e->link = link;
	e->flags = link_flags(link);
}

int route_nl_add(struct rtnl *nl, const struct route *r, struct why *why)
{
	struct fake_route now;
	int err = told(r, &now);

	(void)nl, (void)why;
	if (fake_step())
		return -EPERM;
	if (err || route_find(&now.route) < fake->nroutes)
		return err ? err : -EEXIST;
	route_put(&now);
	return 0;
}

int route_nl_put_back(struct rtnl *nl, const struct route *r, struct why *why)
{
	return route_nl_add(nl, r, why);
}

/* Is it the one that is to be deleted: of this type, by these gateways and devices? */
static bool is_meant(const struct route *have, const struct route *r)
{
	if (have->type != r->type || have->nhops != r->nhops)
		return false;
	for (unsigned i = 0; i < r->nhops; i++) {
		const struct nexthop *x = route_hop(have, i), *y = route_hop(r, i);

		if (x->ifindex != y->ifindex || x->gateway.family != y->gateway.family ||
		    memcmp(x->gateway.addr, y->gateway.addr, sizeof(x->gateway.addr)) != 0)
			return false;
	}
	return true;
}

int route_nl_del(struct rtnl *nl, const struct route *r, struct why *why)
{
	struct fake_route was;
	size_t at;

	told(r, &was);
	at = route_find(&was.route);
	(void)nl, (void)why;
	if (fake_step())
		return -EPERM;
	if (at == fake->nroutes || !is_meant(route_at(at), &was.route))
		return -ESRCH;
	route_take(at);
	return 0;
}

/* Whatever stands there is replaced. */
int route_nl_change(struct rtnl *nl, const struct route *old, const struct route *new, bool shared,
		    struct why *why)
{
	struct fake_route now;
	struct fake_event *e;
	size_t at;
	int err;

	(void)nl, (void)shared, (void)why;
	if (route_same(old, new))
		return 0;
	err = told(new, &now);
	if (fake_step())
		return -EPERM;
	if (err)
		return err;
	at = route_find(&now.route);
	if (at == fake->nroutes) {
		route_put(&now);
		return 0;
	}
	fake->routes[at] = now;
	e = event(RTM_NEWROUTE);
	e->route = now;
	e->replaces = true;
	return 0;
}

int route_nl_lookup(struct rtnl *nl, const struct prefix *dst, uint32_t mark, struct lookup *out)
{
	(void)nl, (void)dst, (void)mark, (void)out;
	return -EOPNOTSUPP;
}
