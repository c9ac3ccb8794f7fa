/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One rule as the kernel holds it: where its parts are, and the tag in its comments. */
#include <string.h>

#include <linux/netfilter/xt_comment.h>

#include "ipt.h"

uint16_t ipt_target_at(const struct ipt_ops *ops, const void *e)
{
	uint16_t v;

	memcpy(&v, (const char *)e + ops->target_at, sizeof(v));
	return v;
}

uint16_t ipt_next_at(const struct ipt_ops *ops, const void *e)
{
	uint16_t v;

	memcpy(&v, (const char *)e + ops->next_at, sizeof(v));
	return v;
}

void ipt_counters_get(const struct ipt_ops *ops, const void *e, uint64_t *packets, uint64_t *bytes)
{
	struct xt_counters c;

	memcpy(&c, (const char *)e + ops->counters_at, sizeof(c));
	*packets = c.pcnt;
	*bytes = c.bcnt;
}

void ipt_counters_set(const struct ipt_ops *ops, void *e, uint64_t packets, uint64_t bytes)
{
	struct xt_counters c = { .pcnt = packets, .bcnt = bytes };

	memcpy((char *)e + ops->counters_at, &c, sizeof(c));
}

const struct xt_entry_target *ipt_target(const struct ipt_ops *ops, const void *e)
{
	return (const void *)((const char *)e + ipt_target_at(ops, e));
}

const struct xt_entry_match *ipt_match_next(const struct ipt_ops *ops, const void *e,
					    const struct xt_entry_match *m)
{
	const char *end = (const char *)e + ipt_target_at(ops, e);
	const char *at = (const char *)e + ops->entry_size;

	if (m)
		at = (const char *)m + m->u.match_size;
	if (end - at < (ptrdiff_t)sizeof(*m))
		return NULL;
	m = (const void *)at;
	if (m->u.match_size < sizeof(*m) || m->u.match_size > end - at ||
	    m->u.match_size % _Alignof(struct xt_entry_match))
		return NULL;
	return m;
}

bool ipt_is_mark(const struct xt_entry_target *t)
{
	const char *name = t->u.user.name;

	return strcmp(name, "MARK") == 0 || strcmp(name, "CONNMARK") == 0;
}

size_t ipt_match_size(const struct xt_entry_match *m)
{
	return m->u.match_size - sizeof(*m);
}

bool ipt_match_is(const struct xt_entry_match *m, const char *name, int revision, size_t size)
{
	return m->u.user.revision == revision && ipt_match_size(m) >= size &&
	       strcmp(m->u.user.name, name) == 0;
}

uint32_t ipt_tag(const struct xt_entry_match *m, const char **text)
{
	const char *s = (const char *)m->data + sizeof(NF_TAG) - 1;
	uint32_t tag = 0;

	if (!ipt_match_is(m, "comment", 0, XT_MAX_COMMENT_LEN) ||
	    !memchr(m->data, '\0', XT_MAX_COMMENT_LEN) ||
	    strncmp((const char *)m->data, NF_TAG, sizeof(NF_TAG) - 1) != 0)
		return 0;
	if (*s < '1' || *s > '9')
		return 0;
	for (; *s >= '0' && *s <= '9'; s++) {
		tag = tag * 10 + (uint32_t)(*s - '0');
		if (tag > ROW_MANAGER_MAX)
			return 0;
	}
	if (*s != '\0' && *s != ' ')
		return 0;
	if (text)
		*text = *s ? s + 1 : s;
	return tag;
}

uint32_t ipt_entry_tag(const struct ipt_ops *ops, const void *e)
{
	uint32_t tag;

	for (const struct xt_entry_match *m = ipt_match_next(ops, e, NULL); m;
	     m = ipt_match_next(ops, e, m)) {
		tag = ipt_tag(m, NULL);
		if (tag)
			return tag;
	}
	return 0;
}
