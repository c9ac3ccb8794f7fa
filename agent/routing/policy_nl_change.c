/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Adds and deletes exactly one rule, whatever the kernel takes for a wildcard
 * (net/core/fib_rules.c, rule_exists() and rule_find()). */
#include <errno.h>
#include <libmnl/libmnl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/vec.h"
#include "compat.h"
#include "nl_attr.h"
#include "policy_nl_priv.h"
#include "routing/policy_nl.h"

/* What request_raw() may append: FRA_PRIORITY. */
enum { POLICY_NL_PRIORITY = 8 };

/* A rule, and where its message is in group.raw. A message is sent back as it came, so that it
 * keeps attributes that this program does not know. */
struct rule {
	struct policy p;
	size_t at;
};

/* The rules of one priority, in the kernel's order. */
struct policy_group {
	int family;
	uint32_t priority;
	struct vec rules; /* struct rule */
	struct text raw;
};

static const struct rule *group_rule(const struct policy_group *g, size_t i)
{
	return vec_at(&g->rules, i);
}

static bool is_permanent(const struct policy_group *g, size_t i)
{
	return group_rule(g, i)->p.flags & POLICY_PERMANENT;
}

static void group_fini(struct policy_group *g)
{
	vec_fini(&g->rules);
	text_fini(&g->raw);
}

static int group_add(const struct policy *p, const struct nlmsghdr *nlh, void *arg)
{
	struct policy_group *g = arg;
	struct rule *r;

	if (nlh->nlmsg_len > POLICY_NL_MAX - POLICY_NL_PRIORITY)
		return -EMSGSIZE;
	r = vec_push(&g->rules);
	if (!r)
		return -ENOMEM;
	r->p = *p;
	r->at = g->raw.len;
	text_addn(&g->raw, (const char *)nlh, MNL_ALIGN(nlh->nlmsg_len));
	return g->raw.err;
}

static int group_read(struct rtnl *nl, struct policy_held *h, int family, uint32_t priority,
		      struct policy_group *g)
{
	g->family = family;
	g->priority = priority;
	return policy_held_each(nl, h, family, priority, group_add, g);
}

static size_t group_count(const struct policy_group *g, const struct policy *p)
{
	size_t n = 0;

	for (size_t i = 0; i < g->rules.n; i++)
		n += policy_nl_same(&group_rule(g, i)->p, p);
	return n;
}

/* What the kernel reports of a change. */
struct report {
	struct policy_held *held;
	struct policy p; /* the rule; action 0: nothing was reported */
	_Alignas(struct nlmsghdr) char message[POLICY_NL_MAX];
};

static int report_take(const struct nlmsghdr *nlh, void *arg)
{
	struct report *r = arg;

	if (nlh->nlmsg_len > sizeof(r->message) - POLICY_NL_PRIORITY ||
	    policy_nl_decode(nlh, &r->p))
		return 0;
	memcpy(r->message, nlh, nlh->nlmsg_len);
	policy_held_change(r->held, &r->p, nlh);
	return 0;
}

/* Sends a request and says why it failed, in the kernel's words if it has any. */
static int request(struct rtnl *nl, struct nlmsghdr *nlh, struct report *r, struct why *why)
{
	struct why words = { "" };
	int err = rtnl_request_echo(nl, nlh, report_take, r, &words);

	if (err || !r->p.action)
		policy_held_forget(r->held);
	return err ? why_set(why, err, "%s", words.s[0] ? words.s : strerror(-err)) : 0;
}

/* Sends back a rule as the kernel gave it, to add or to delete it. The kernel leaves priority 0 out
 * of its messages, but a request needs it: without one, the kernel chooses (add) or takes any
 * priority (delete). */
static int send_back(struct rtnl *nl, const char *raw, uint32_t priority, uint16_t type,
		     struct report *r, struct why *why)
{
	_Alignas(struct nlmsghdr) char buf[POLICY_NL_MAX];
	struct nlmsghdr *nlh = (void *)buf;
	struct fib_rule_hdr *frh;
	uint32_t len;

	memcpy(&len, raw + offsetof(struct nlmsghdr, nlmsg_len), sizeof(len));
	memcpy(buf, raw, MNL_ALIGN(len));
	nlh->nlmsg_len = MNL_ALIGN(len);
	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = type == RTM_NEWRULE ? NLM_F_CREATE : 0;
	frh = mnl_nlmsg_get_payload(nlh);
	frh->flags &= FIB_RULE_INVERT | FIB_RULE_FIND_SADDR;
	if (!priority && !mnl_attr_put_u32_check(nlh, sizeof(buf), FRA_PRIORITY, 0))
		return -EMSGSIZE;
	return request(nl, nlh, r, why);
}

/* Adds or deletes a rule of the group. Puts back another one that the kernel has deleted instead. */
static int request_raw(struct rtnl *nl, struct policy_held *h, const struct policy_group *g,
		       size_t i, uint16_t type, struct why *why)
{
	const struct rule *rule = group_rule(g, i);
	struct report r = { .held = h }, again = { .held = h };
	int err = send_back(nl, text_str(&g->raw) + rule->at, g->priority, type, &r, why);

	if (err || type == RTM_NEWRULE || !r.p.action || policy_nl_same(&r.p, &rule->p))
		return err;
	(void)send_back(nl, r.message, r.p.priority, RTM_NEWRULE, &again, NULL);
	return why_set(why, -EBUSY, "the kernel took another rule of priority %u", g->priority);
}

/* Returns: the place of the rule to delete, g->rules.n when there is none. */
static size_t group_find(const struct policy_group *g, const struct policy *p)
{
	size_t i;

	for (i = 0; i < g->rules.n; i++) {
		const struct policy *r = &group_rule(g, i)->p;

		if (policy_same(r, p) &&
		    (!p->route_protocol || p->route_protocol == r->route_protocol))
			break;
	}
	return i;
}

static bool group_hits_earlier(const struct policy_group *g, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (policy_nl_matches(&group_rule(g, at)->p, &group_rule(g, i)->p))
			return true;
	return false;
}

/* Deletes rule @at by rebuilding the group behind itself: adds all others once more at the end,
 * then deletes the old ones from the front, each of which is the first then that its request can
 * hit. */
static int group_rebuild(struct rtnl *nl, struct policy_held *h, const struct policy_group *g,
			 size_t at, struct why *why)
{
	int err = 0;

	for (size_t i = 0; i < g->rules.n; i++)
		if (is_permanent(g, i))
			return why_set(why, -EBUSY,
				       "a permanent rule of priority %u stands in the way",
				       g->priority);
	for (size_t i = 0; !err && i < g->rules.n; i++)
		if (i != at)
			err = request_raw(nl, h, g, i, RTM_NEWRULE, why);
	for (size_t i = 0; !err && i < g->rules.n; i++)
		err = request_raw(nl, h, g, i, RTM_DELRULE, why);
	return err;
}

static int cannot_read(struct why *why, int err)
{
	return why_set(why, err, "cannot read the rules: %s",
		       err == -EAGAIN ? "they change all the time" : strerror(-err));
}

/* Reads the group, and finds the rule to delete. */
static int group_search(struct rtnl *nl, struct policy_held *h, const struct policy *p,
			struct policy_group *g, size_t *at, struct why *why)
{
	int err;

	group_fini(g);
	err = group_read(nl, h, p->family, p->priority, g);
	if (err)
		return cannot_read(why, err);
	*at = group_find(g, p);
	return *at == g->rules.n ? why_set(why, -ENOENT, "no such rule of priority %u", p->priority)
				 : 0;
}

int policy_nl_del(struct rtnl *nl, struct policy_held *h, const struct policy *p, struct why *why)
{
	struct policy_group g = { .rules = VEC_INIT(struct rule) };
	size_t at;
	int err = group_search(nl, h, p, &g, &at, why);
	bool rebuild = !err && group_hits_earlier(&g, at);

	if (rebuild) { /* the rules of others are in it: as they are now */
		policy_held_forget(h);
		err = group_search(nl, h, p, &g, &at, why);
	}
	if (!err)
		err = rebuild ? group_rebuild(nl, h, &g, at, why)
			      : request_raw(nl, h, &g, at, RTM_DELRULE, why);
	group_fini(&g);
	return err;
}

int policy_nl_keep(struct rtnl *nl, struct policy_held *h, int family, uint32_t priority,
		   struct policy_group **out)
{
	struct policy_group *g = calloc(1, sizeof(*g));
	int err;

	if (!g)
		return -ENOMEM;
	g->rules = (struct vec)VEC_INIT(struct rule);
	err = group_read(nl, h, family, priority, g);
	if (err) {
		policy_nl_forget(g);
		return err;
	}
	*out = g;
	return 0;
}

void policy_nl_forget(struct policy_group *g)
{
	if (!g)
		return;
	group_fini(g);
	free(g);
}

/* Has somebody else added rule @i of @now since? */
static bool is_new(const struct policy_group *was, const struct policy_group *now, size_t i,
		   policy_is_ours *ours, const void *arg)
{
	const struct policy *p = &group_rule(now, i)->p;

	return !group_count(was, p) && !ours(p, arg);
}

/* Is @now the same as @was, followed by what others have added since? */
static bool group_restored(const struct policy_group *was, const struct policy_group *now,
			   policy_is_ours *ours, const void *arg)
{
	size_t i = 0;

	for (; i < now->rules.n && i < was->rules.n; i++)
		if (!policy_nl_same(&group_rule(now, i)->p, &group_rule(was, i)->p))
			return false;
	while (i < now->rules.n && is_new(was, now, i, ours, arg))
		i++;
	return i >= was->rules.n && i == now->rules.n;
}

int policy_nl_restore(struct rtnl *nl, struct policy_held *h, const struct policy_group *was,
		      policy_is_ours *ours, const void *arg, struct why *why)
{
	struct policy_group now = { .rules = VEC_INIT(struct rule) };
	int err = group_read(nl, h, was->family, was->priority, &now);

	if (err)
		cannot_read(why, err);
	if (err || group_restored(was, &now, ours, arg))
		goto out;
	/* As group_rebuild() does: first add, then delete from the front. */
	for (size_t i = 0; !err && i < was->rules.n; i++)
		if (!is_permanent(was, i))
			err = request_raw(nl, h, was, i, RTM_NEWRULE, why);
	for (size_t i = 0; !err && i < now.rules.n; i++)
		if (is_new(was, &now, i, ours, arg))
			err = request_raw(nl, h, &now, i, RTM_NEWRULE, why);
	for (size_t i = 0; !err && i < now.rules.n; i++)
		if (!is_permanent(&now, i))
			err = request_raw(nl, h, &now, i, RTM_DELRULE, why);
out:
	group_fini(&now);
	return err;
}

/* Does the kernel hold @p itself, and not only a rule that it takes for the same? Returns: -EEXIST
 * if so, 0 if not, or -errno. */
static int policy_exists(struct rtnl *nl, struct policy_held *h, const struct policy *p)
{
	struct policy_group g = { .rules = VEC_INIT(struct rule) };
	int err = group_read(nl, h, p->family, p->priority, &g);

	if (!err && group_count(&g, p))
		err = -EEXIST;
	group_fini(&g);
	return err;
}

/* The capabilities that @p needs: without them, the kernel would make a rule that matches more. */
static unsigned policy_needs(const struct policy *p)
{
	struct policy key = policy_key(p);

	return (key.dscp >= 0 ? POLICY_CAP_DSCP : 0) |
	       (key.dscp >= 0 && key.dscp_mask != 63 ? POLICY_CAP_DSCP_MASK : 0) |
	       (key.flowlabel_mask ? POLICY_CAP_FLOWLABEL : 0) |
	       (key.sport_mask || key.dport_mask ? POLICY_CAP_PORT_MASK : 0);
}

int policy_nl_add(struct rtnl *nl, struct policy_held *h, const struct policy *p, struct why *why)
{
	_Alignas(struct nlmsghdr) char buf[POLICY_NL_MAX];
	struct nlmsghdr *nlh = (void *)buf;
	unsigned needs = policy_needs(p), caps = 0;
	struct report r = { .held = h };
	int err = needs ? policy_nl_caps(nl, &caps) : 0;

	if (!err && needs & ~caps)
		err = -EOPNOTSUPP;
	if (err)
		return why_set(why, err, "this kernel does not know a selector: %s",
			       strerror(-err));
	err = policy_nl_encode(buf, sizeof(buf), RTM_NEWRULE, p);
	if (err)
		return err;
	nlh->nlmsg_flags |= NLM_F_CREATE | NLM_F_EXCL;
	err = request(nl, nlh, &r, why);
	if (err != -EEXIST || p->priority_auto)
		return err;
	err = policy_exists(nl, h, p);
	if (err)
		return err == -EEXIST ? why_set(why, err, "the kernel holds this rule already")
				      : cannot_read(why, err);
	if (why)
		why->s[0] = '\0';
	nlh->nlmsg_flags &= (uint16_t)~NLM_F_EXCL;
	return request(nl, nlh, &r, why);
}

int policy_nl_caps(struct rtnl *nl, unsigned *caps)
{
	static const struct {
		uint16_t type;
		unsigned cap;
	} asks[] = {
		{ FRA_DSCP, POLICY_CAP_DSCP },
		{ FRA_FLOWLABEL_MASK, POLICY_CAP_FLOWLABEL },
		{ FRA_DPORT_MASK, POLICY_CAP_PORT_MASK },
		{ FRA_DSCP_MASK, POLICY_CAP_DSCP_MASK },
	};

	*caps = 0;
	for (size_t i = 0; i < sizeof(asks) / sizeof(*asks); i++) {
		_Alignas(struct nlmsghdr) char buf[POLICY_NL_MAX];
		struct nlmsghdr *nlh =
			nl_begin(buf, sizeof(buf), RTM_DELRULE, 0, sizeof(struct fib_rule_hdr));
		struct fib_rule_hdr *frh = mnl_nlmsg_get_payload(nlh);
		int err;

		frh->family = AF_INET;
		frh->action = UINT8_MAX; /* no rule has it */
		mnl_attr_put_u32(nlh, FRA_PRIORITY, UINT32_MAX);
		mnl_attr_put_u32(nlh, FRA_TABLE, UINT32_MAX);
		mnl_attr_put(nlh, asks[i].type, 0, NULL); /* too short for any type */
		err = rtnl_request(nl, nlh, NULL);
		if (err == -EINVAL || err == -ERANGE)
			*caps |= asks[i].cap;
		else if (err != -ENOENT)
			return err ? err : -EPROTO;
	}
	return 0;
}
