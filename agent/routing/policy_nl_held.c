/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rules of the kernel as they were read once, with what was changed since. */
#include <errno.h>
#include <libmnl/libmnl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "compat.h"
#include "policy_nl_priv.h"

/* A rule, and where its message is in policy_held.raw. */
struct held_rule {
	uint32_t priority;
	size_t at;
};

/* One for IPv4, one for IPv6. */
enum { FAMILIES = 2 };

struct policy_held {
	bool known[FAMILIES];
	struct vec rules[FAMILIES]; /* struct held_rule, in the kernel's order */
	struct text raw;
};

static unsigned place_of(int family)
{
	return family == AF_INET6;
}

struct policy_held *policy_held_new(void)
{
	struct policy_held *h = calloc(1, sizeof(*h));

	for (unsigned i = 0; h && i < FAMILIES; i++)
		h->rules[i] = (struct vec)VEC_INIT(struct held_rule);
	return h;
}

void policy_held_free(struct policy_held *h)
{
	if (!h)
		return;
	for (unsigned i = 0; i < FAMILIES; i++)
		vec_fini(&h->rules[i]);
	text_fini(&h->raw);
	free(h);
}

void policy_held_forget(struct policy_held *h)
{
	if (!h)
		return;
	for (unsigned i = 0; i < FAMILIES; i++) {
		h->known[i] = false;
		vec_clear(&h->rules[i]);
	}
	text_reset(&h->raw);
}

/* Finds the place behind the rules of a priority. */
static int behind_cmp(const void *key, const void *elem)
{
	return *(const uint32_t *)key < ((const struct held_rule *)elem)->priority ? -1 : 1;
}

static int before_cmp(const void *key, const void *elem)
{
	return *(const uint32_t *)key > ((const struct held_rule *)elem)->priority ? 1 : -1;
}

static int insert(const struct policy *p, const struct nlmsghdr *nlh, void *arg)
{
	struct policy_held *h = arg;
	struct vec *rules = &h->rules[place_of(p->family)];
	struct held_rule *r = vec_insert(rules, vec_lower(rules, &p->priority, behind_cmp));

	if (!r)
		return -ENOMEM;
	*r = (struct held_rule){ p->priority, h->raw.len };
	text_addn(&h->raw, (const char *)nlh, MNL_ALIGN(nlh->nlmsg_len));
	return h->raw.err;
}

struct reading {
	struct policy_held *held;
	int family;
};

static int read_one(const struct policy *p, const struct nlmsghdr *nlh, void *arg)
{
	return insert(p, nlh, ((struct reading *)arg)->held);
}

static void read_reset(void *arg)
{
	const struct reading *r = arg;

	vec_clear(&r->held->rules[place_of(r->family)]);
}

static int read_family(struct rtnl *nl, struct policy_held *h, int family)
{
	struct reading r = { h, family };
	int err = h->known[place_of(family)]
			  ? 0
			  : policy_nl_dump_raw(nl, family, read_one, read_reset, &r);

	h->known[place_of(family)] = !err;
	return err;
}

/* Calls @cb for the rules of a priority. */
static int each(const struct policy_held *h, int family, uint32_t priority, policy_raw_cb *cb,
		void *arg)
{
	const struct vec *rules = &h->rules[place_of(family)];
	int err = 0;

	for (size_t i = vec_lower(rules, &priority, before_cmp); !err && i < rules->n; i++) {
		const struct held_rule *r = vec_at(rules, i);
		const struct nlmsghdr *nlh = (const void *)(text_str(&h->raw) + r->at);
		struct policy p;

		if (r->priority != priority)
			break;
		err = policy_nl_decode(nlh, &p);
		if (!err)
			err = cb(&p, nlh, arg);
	}
	return err;
}

int policy_held_each(struct rtnl *nl, struct policy_held *h, int family, uint32_t priority,
		     policy_raw_cb *cb, void *arg)
{
	struct policy_held *own = h ? NULL : policy_held_new();
	int err = h || own ? read_family(nl, h ? h : own, family) : -ENOMEM;

	if (!err)
		err = each(h ? h : own, family, priority, cb, arg);
	policy_held_free(own);
	return err;
}

struct search {
	const struct policy *p;
	size_t passed; /* rules that are others */
};

static int search_one(const struct policy *p, const struct nlmsghdr *nlh, void *arg)
{
	struct search *s = arg;

	(void)nlh;
	if (policy_nl_same(p, s->p))
		return 1;
	s->passed++;
	return 0;
}

void policy_held_change(struct policy_held *h, const struct policy *p, const struct nlmsghdr *nlh)
{
	struct vec *rules = h ? &h->rules[place_of(p->family)] : NULL;
	struct search s = { .p = p };

	if (!h || !h->known[place_of(p->family)])
		return;
	if (nlh->nlmsg_type == RTM_NEWRULE && insert(p, nlh, h))
		policy_held_forget(h);
	if (nlh->nlmsg_type == RTM_NEWRULE)
		return;
	if (each(h, p->family, p->priority, search_one, &s) == 1)
		vec_remove(rules, vec_lower(rules, &p->priority, before_cmp) + s.passed);
	else
		policy_held_forget(h);
}

int policy_nl_default_priority(struct rtnl *nl, struct policy_held *h, int family, uint32_t *out)
{
	int err = read_family(nl, h, family);
	const struct vec *rules = &h->rules[place_of(family)];
	const struct held_rule *second = !err && rules->n > 1 ? vec_at(rules, 1) : NULL;

	*out = second && second->priority ? second->priority - 1 : 0;
	return err;
}
