/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/policy.h"

#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#include "base/hash.h"

enum { FIB_MAIN = 254 };

void policy_init(struct policy *p)
{
	*p = (struct policy){
		.family = AF_INET,
		.action = POLICY_LOOKUP,
		.fib = FIB_MAIN,
		.sport_to = UINT16_MAX,
		.dport_to = UINT16_MAX,
		.uid_to = UINT32_MAX,
		.suppress_prefixlen = -1,
		.suppress_group = -1,
		.dscp = -1,
		.dscp_mask = DSCP_MAX,
		.origin = ORIGIN_MANAGER,
		.storage = STORAGE_NONVOLATILE,
	};
}

uint32_t policy_fib(const struct policy *p)
{
	bool used = p->action == POLICY_LOOKUP && !p->l3mdev;

	return !used && p->fib == FIB_MAIN ? 0 : p->fib;
}

static void prefix_key(struct prefix *p)
{
	if (!p->len)
		*p = (struct prefix){ 0 };
}

static uint16_t port_mask_key(uint16_t from, uint16_t to, uint16_t mask)
{
	return from == to && mask == UINT16_MAX ? 0 : mask;
}

static void name_key(char *name, size_t size)
{
	size_t n = strnlen(name, size);

	memset(name + n, 0, size - n);
}

struct policy policy_key(const struct policy *p)
{
	struct policy key = *p;

	key.fib = policy_fib(p);
	key.sport_mask = port_mask_key(p->sport_from, p->sport_to, p->sport_mask);
	key.dport_mask = port_mask_key(p->dport_from, p->dport_to, p->dport_mask);
	prefix_key(&key.src);
	prefix_key(&key.dst);
	name_key(key.iif, sizeof(key.iif));
	name_key(key.oif, sizeof(key.oif));
	if (key.action != POLICY_GOTO)
		key.goto_priority = 0;
	if (key.dscp < 0)
		key.dscp_mask = DSCP_MAX;
	if (!key.flowlabel_mask)
		key.flowlabel = 0;
	return key;
}

#define KEY(f)                                                                                     \
	{                                                                                          \
		offsetof(struct policy, f), sizeof(((struct policy *)0)->f)                        \
	}

/* The members by which policies differ. Their order must not change: policy_hash() goes by it, and
 * the hashes are kept on disk. */
static const struct {
	size_t off, size;
} policy_keys[] = {
	KEY(family),
	KEY(priority),
	KEY(action),
	KEY(fib),
	KEY(mark),
	KEY(mask),
	KEY(invert),
	KEY(src.family),
	KEY(src.len),
	KEY(src.addr),
	KEY(dst.family),
	KEY(dst.len),
	KEY(dst.addr),
	KEY(iif),
	KEY(oif),
	KEY(tos),
	KEY(protocol),
	KEY(sport_from),
	KEY(sport_to),
	KEY(sport_mask),
	KEY(dport_from),
	KEY(dport_to),
	KEY(dport_mask),
	KEY(uid_from),
	KEY(uid_to),
	KEY(suppress_prefixlen),
	KEY(suppress_group),
	KEY(l3mdev),
	KEY(goto_priority),
	KEY(tunnel),
	KEY(dscp),
	KEY(dscp_mask),
	KEY(flowlabel),
	KEY(flowlabel_mask),
	KEY(realms),
};

enum { POLICY_KEYS = sizeof(policy_keys) / sizeof(*policy_keys) };

bool policy_same(const struct policy *a, const struct policy *b)
{
	struct policy ka, kb;

	if (a->priority != b->priority || a->family != b->family)
		return false; /* most pairs end here, before anything is copied */
	ka = policy_key(a);
	kb = policy_key(b);
	for (size_t i = 0; i < POLICY_KEYS; i++) {
		size_t off = policy_keys[i].off;

		if (memcmp((char *)&ka + off, (char *)&kb + off, policy_keys[i].size))
			return false;
	}
	return true;
}

static int order_cmp(const void *key, const void *elem)
{
	const struct policy *k = key, *e = elem;

	if (k->family != e->family)
		return k->family < e->family ? -1 : 1;
	return k->priority < e->priority ? -1 : k->priority > e->priority;
}

size_t policies_lower(const struct vec *policies, uint8_t family, uint32_t priority)
{
	const struct policy key = { .family = family, .priority = priority };

	return vec_lower(policies, &key, order_cmp);
}

uint64_t policy_hash(const struct policy *p)
{
	struct policy key = policy_key(p);
	uint64_t hash = HASH_INIT;

	for (size_t i = 0; i < POLICY_KEYS; i++)
		hash = hash_add(hash, (char *)&key + policy_keys[i].off, policy_keys[i].size);
	return hash;
}
