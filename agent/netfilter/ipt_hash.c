/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hash that identifies a rule: the same after a reload, a restart, a reboot. */
#include <string.h>

#include <linux/netfilter/xt_comment.h>

#include "ipt.h"

/*
 * Eight bytes at a time: 100 000 rules are hashed with every read of the tables, and base/hash.h
 * goes by single bytes. The value is kept on disk as well, so this must not change either.
 */
static uint64_t hash_words(uint64_t h, const void *data, size_t n)
{
	const unsigned char *p = data;
	uint64_t w;

	for (; n >= sizeof(w); n -= sizeof(w), p += sizeof(w)) {
		memcpy(&w, p, sizeof(w));
		h = (h ^ w) * UINT64_C(0x9e3779b97f4a7c15);
		h ^= h >> 29;
	}
	w = (uint64_t)n << 56;
	memcpy(&w, p, n);
	h = (h ^ w) * UINT64_C(0xbf58476d1ce4e5b9);
	return h ^ h >> 32;
}

enum { STRING_MAX = 65536 };

static uint64_t hash_string(uint64_t h, const char *s, size_t max)
{
	return hash_words(h, s, strnlen(s, max));
}

uint64_t ipt_hash_place(const struct ipt_ops *ops, const char *table, const char *chain)
{
	uint64_t h = ops->family;

	h = hash_words(h, table, strlen(table));
	return hash_words(h, chain, strlen(chain));
}

/* Matches whose text is hashed, because their bytes do not stay the same. The number of an ipset or
 * the descriptor of a pinned program may change with a reboot. And libxtables 1.8.9 makes other
 * bytes of what iptables-save wrote than of what the user wrote: masks of recent and policy, flags
 * of connlimit. */
static bool match_by_text(const struct xt_entry_match *m)
{
	static const char *const names[] = { "set", "bpf", "recent", "policy", "connlimit" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(m->u.user.name, names[i]) == 0)
			return true;
	return false;
}

static uint64_t hash_text(const struct ipt_ops *ops, const void *e, const struct xt_entry_match *m,
			  struct ipt_memo *memo)
{
	const size_t slots = sizeof(memo->key) / sizeof(*memo->key);
	struct text text = TEXT_INIT;
	uint64_t key = hash_words(ops->family, m->data, ipt_match_size(m));
	size_t slot = key % slots;

	if (memo->key[slot] != key || key == 0) {
		ipt_text_match(ops, e, m, &text);
		memo->key[slot] = key;
		memo->text[slot] = hash_string(0, text_str(&text), STRING_MAX);
		text_fini(&text);
	}
	return memo->text[slot];
}

/* Hashes struct ip_part, not the kernel's bytes: in these, "-o +" and "-p all" leave traces that
 * iptables-save does not show. */
static uint64_t hash_ip(const struct ipt_ops *ops, uint64_t h, const void *e)
{
	struct ip_part ip;

	ops->ip_get(e, &ip);
	for (size_t i = 0; i < sizeof(ip.iif); i++) {
		ip.iif[i] &= (char)ip.iif_mask[i];
		ip.oif[i] &= (char)ip.oif_mask[i];
	}
	return hash_words(h, &ip, sizeof(ip));
}

/* Hashes the tag without the description: a rule whose description changes is the same rule and
 * goes on counting. */
static uint64_t hash_tag(uint64_t h, const struct xt_entry_match *m)
{
	char tag[XT_MAX_COMMENT_LEN] = "";

	memcpy(tag, m->data, strcspn((const char *)m->data, " "));
	return hash_words(h, tag, sizeof(tag));
}

static uint64_t hash_match(const struct ipt_ops *ops, uint64_t h, const void *e,
			   const struct xt_entry_match *m, struct ipt_memo *memo)
{
	size_t size = ipt_match_size(m), used;
	uint64_t text;

	h = hash_string(h, m->u.user.name, sizeof(m->u.user.name));
	h = hash_words(h, &m->u.user.revision, sizeof(m->u.user.revision));
	if (match_by_text(m)) {
		text = hash_text(ops, e, m, memo);
		return hash_words(h, &text, sizeof(text));
	}
	if (ipt_tag(m, NULL))
		return hash_tag(h, m);
	used = ipt_xt_match_used(ops, m->u.user.name, m->u.user.revision);
	return hash_words(h, m->data, used < size ? used : size);
}

uint64_t ipt_hash_entry(const struct ipt_ops *ops, uint64_t place, const void *e,
			struct ipt_memo *memo)
{
	const struct xt_entry_target *t = ipt_target(ops, e);
	uint64_t h = hash_ip(ops, place, e);

	for (const struct xt_entry_match *m = ipt_match_next(ops, e, NULL); m;
	     m = ipt_match_next(ops, e, m))
		h = hash_match(ops, h, e, m, memo);
	h = hash_string(h, t->u.user.name, sizeof(t->u.user.name));
	h = hash_words(h, &t->u.user.revision, sizeof(t->u.user.revision));
	return hash_words(h, t->data, t->u.target_size - sizeof(*t));
}
