/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the meters of a table: which are there, and whether every packet that leaves the host
 * passes them once. ipt_meter_set.c changes them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <linux/netfilter.h>
#include <linux/netfilter/xt_comment.h>
#include <linux/netfilter/xt_mark.h>

#include "ipt.h"

/* A negative verdict is -NF_... - 1 (net/ipv4/netfilter/ip_tables.c), or XT_RETURN for RETURN. */
enum { VERDICT_ACCEPT = -NF_ACCEPT - 1, VERDICT_QUEUE = -NF_QUEUE - 1 };

struct meter_data {
	struct xt_mark_mtinfo1 mark;
	struct xt_comment_info comment;
};

static void data_of(const struct nf_meter *m, struct meter_data *d)
{
	memset(d, 0, sizeof(*d));
	d->mark.mark = m->value;
	d->mark.mask = m->mask;
	memcpy(d->comment.comment, NF_METERS, sizeof(NF_METERS));
}

static bool header_is_empty(const struct ipt_ops *ops, const void *e)
{
	const unsigned char *p = e;

	for (size_t i = 0; i < ops->ip_size; i++)
		if (p[i])
			return false;
	return true;
}

bool ipt_meter_get(const struct ipt_ops *ops, const void *e, struct nf_meter *out)
{
	const struct xt_entry_match *mark = ipt_match_next(ops, e, NULL);
	const struct xt_entry_match *comment = mark ? ipt_match_next(ops, e, mark) : NULL;
	struct xt_mark_mtinfo1 info;

	if (!comment || ipt_match_next(ops, e, comment) || !header_is_empty(ops, e) ||
	    !ipt_match_is(mark, "mark", 1, sizeof(info)) ||
	    !ipt_match_is(comment, "comment", 0, XT_MAX_COMMENT_LEN))
		return false;
	memcpy(&info, mark->data, sizeof(info));
	if (info.invert || strncmp((const char *)comment->data, NF_METERS, XT_MAX_COMMENT_LEN) != 0)
		return false;
	*out = (struct nf_meter){ .family = ops->family, .value = info.mark, .mask = info.mask };
	ipt_counters_get(ops, e, &out->packets, &out->bytes);
	return true;
}

void *ipt_meter_entry(const struct ipt_ops *ops, const struct nf_meter *m)
{
	struct vec blob = VEC_INIT(uint8_t);
	struct xt_standard_target target;
	size_t size, target_at;
	struct meter_data d;
	char *e = NULL;
	int err = 0;

	memset(&target, 0, sizeof(target));
	if (m) {
		data_of(m, &d);
		err = ipt_blob_match(&blob, "mark", 1, &d.mark, sizeof(d.mark));
		if (err == 0)
			err = ipt_blob_match(&blob, "comment", 0, &d.comment, sizeof(d.comment));
	} else {
		memcpy(target.target.u.user.name, NF_METERS, sizeof(NF_METERS));
	}
	target_at = ops->entry_size + blob.n;
	size = target_at + XT_ALIGN(sizeof(target));
	target.target.u.target_size = XT_ALIGN(sizeof(target));
	if (err == 0)
		e = calloc(1, size);
	if (e) {
		const uint16_t at[2] = { (uint16_t)target_at, (uint16_t)size };

		if (blob.n)
			memcpy(e + ops->entry_size, blob.data, blob.n);
		memcpy(e + target_at, &target, sizeof(target));
		memcpy(e + ops->target_at, &at[0], sizeof(at[0]));
		memcpy(e + ops->next_at, &at[1], sizeof(at[1]));
		if (m)
			ipt_counters_set(ops, e, m->packets, m->bytes);
	}
	vec_fini(&blob);
	return e;
}

/* What a rule does with a packet that matches. */
struct outcome {
	bool out;     /* the packet leaves the table and goes on */
	bool back;    /* RETURN */
	bool jumps;   /* to chain @to */
	bool is_goto; /* and does not come back */
	bool falls;   /* no target at all: on to the next rule */
	uint32_t to;
};

static int start_cmp(const void *key, const void *elem)
{
	const struct ipt_chain *chain = elem;
	uint32_t offset = *(const uint32_t *)key;

	return (offset > chain->start) - (offset < chain->start);
}

static struct outcome outcome_of(const struct ipt_table *t, uint32_t offset)
{
	const uint8_t *e = t->entries + offset;
	const struct xt_entry_target *target = ipt_target(t->ops, e);
	const struct ipt_chain *to;
	struct outcome o = { 0 };
	uint32_t at;
	int verdict;

	if (target->u.user.name[0]) {
		/* A packet that userspace accepts does not come back to this table. */
		o.out = strcmp(target->u.user.name, "NFQUEUE") == 0;
		return o;
	}
	/* ipt_table_scan() has checked that the target is large enough. */
	memcpy(&verdict, target->data, sizeof(verdict));
	o.out = verdict == VERDICT_ACCEPT || verdict == VERDICT_QUEUE;
	o.back = verdict == XT_RETURN;
	at = (uint32_t)verdict;
	o.falls = verdict >= 0 && at == offset + ipt_next_at(t->ops, e);
	to = verdict >= 0 && !o.falls ? vec_find(&t->chains, &at, start_cmp) : NULL;
	if (to) {
		o.jumps = true;
		o.is_goto = e[t->ops->flags_at] & t->ops->goto_flag;
		o.to = (uint32_t)(to - (const struct ipt_chain *)t->chains.data);
	}
	return o;
}

/* Finds the chains from which a packet can leave the table, also over jumps, and marks them in
 * @outs. Looks only at chains that POSTROUTING reaches. */
static void outs_find(const struct ipt_table *t, bool *outs)
{
	bool more = true;

	for (size_t i = 0; i < t->chains.n; i++) {
		const struct ipt_chain *c = vec_at(&t->chains, i);
		uint32_t at = c->start;

		if (!(c->hooks & HOOK_POSTROUTING))
			continue;
		for (uint32_t n = 0; n < c->rules && !outs[i]; n++) {
			outs[i] = outcome_of(t, at).out;
			at += ipt_next_at(t->ops, t->entries + at);
		}
	}
	while (more) {
		more = false;
		for (size_t i = 0; i < t->jumps.n; i++) {
			const struct ipt_jump *j = vec_at(&t->jumps, i);

			if (outs[j->to] && !outs[j->from])
				more = outs[j->from] = true;
		}
	}
}

/* Finds the jumps of POSTROUTING to chain @meters, and where such a jump belongs.
 * Returns: how many there are. */
static uint32_t jumps_find(const struct ipt_table *t, const struct ipt_chain *chain,
			   uint32_t meters, const bool *outs, struct ipt_meters *m)
{
	uint32_t jumps = 0, others = 0, stands = 0, at = chain->start;
	bool bare = true;

	m->place = 0;
	for (uint32_t i = 0; i < chain->rules; i++) {
		const uint8_t *e = t->entries + at;
		struct outcome o = outcome_of(t, at);

		at += ipt_next_at(t->ops, e);
		if (o.jumps && o.to == meters) {
			jumps++;
			stands = others + 1;
			bare &= header_is_empty(t->ops, e) && !ipt_match_next(t->ops, e, NULL);
			continue;
		}
		others++;
		if (!m->place && (o.out || o.back || (o.jumps && (o.is_goto || outs[o.to]))))
			m->place = others;
	}
	if (!m->place)
		m->place = others + 1;
	m->jump_right = jumps == 1 && bare && stands == m->place;
	return jumps;
}

static int meter_add(struct vec *found, const struct nf_meter *m, bool *twice)
{
	size_t at = vec_lower(found, m, nf_meter_cmp);
	struct nf_meter *slot;

	*twice = at < found->n && nf_meter_cmp(m, vec_at(found, at)) == 0;
	if (*twice)
		return 0;
	slot = vec_insert(found, at);
	if (!slot)
		return -ENOMEM;
	*slot = *m;
	return 0;
}

/* @clean: the chain has nothing but meters, and each once. */
static int chain_read(const struct ipt_table *t, const struct ipt_chain *chain, struct vec *found,
		      bool *clean)
{
	uint32_t at = chain->start;
	int err = 0;

	*clean = true;
	for (uint32_t i = 0; i < chain->rules && err == 0; i++) {
		const void *e = t->entries + at;
		struct nf_meter m;
		bool twice = true;

		if (outcome_of(t, at).falls && ipt_meter_get(t->ops, e, &m))
			err = meter_add(found, &m, &twice);
		if (twice)
			*clean = false;
		at += ipt_next_at(t->ops, e);
	}
	return err;
}

int ipt_meters_read(const struct ipt_table *t, struct ipt_meters *out)
{
	const struct ipt_chain *chains = t->chains.data;
	const struct ipt_chain *meters = ipt_table_chain(t, NF_METERS);
	const struct ipt_chain *post = ipt_table_chain(t, "POSTROUTING");
	uint32_t at = meters ? (uint32_t)(meters - chains) : UINT32_MAX, jumps, refs = 0;
	bool *outs = calloc(t->chains.n + 1, sizeof(*outs));
	bool clean = true;
	int err = 0;

	*out = (struct ipt_meters){ .found = VEC_INIT(struct nf_meter), .right = true };
	if (!outs)
		return -ENOMEM;
	if (!post)
		err = -EBADMSG;
	if (err == 0 && meters)
		err = chain_read(t, meters, &out->found, &clean);
	if (err == 0) {
		outs_find(t, outs);
		jumps = jumps_find(t, post, at, outs, out);
		for (size_t i = 0; i < t->jumps.n; i++)
			refs += ((const struct ipt_jump *)vec_at(&t->jumps, i))->to == at;
		/* An empty chain is right when somebody else's jump keeps it from being removed. */
		if (meters && out->found.n == 0)
			out->right = clean && jumps == 0 && refs > 0;
		else if (meters)
			out->right = clean && out->jump_right;
	}
	free(outs);
	return err;
}
