/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the columns to the kernel's entry; the order of the matches is told in ipt_decode.c. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/netfilter/xt_CONNMARK.h>
#include <linux/netfilter/xt_MARK.h>
#include <linux/netfilter/xt_comment.h>

#include "ipt.h"

static void encode_iface(const char *name, bool invert, uint8_t bit, char *out, uint8_t *mask,
			 struct ip_part *ip)
{
	size_t n = strlen(name);

	if (n == 0)
		return;
	memcpy(out, name, n);
	/* The NUL counts, so that "eth1" does not match eth10. */
	memset(mask, 0xff, name[n - 1] == '+' ? n - 1 : n + 1);
	if (invert)
		ip->inv |= bit;
}

static void encode_prefix(const struct prefix *p, bool invert, uint8_t bit, uint8_t *addr,
			  uint8_t *mask, struct ip_part *ip)
{
	if (p->family == AF_UNSPEC || p->len == 0)
		return;
	memcpy(addr, p->addr, addr_size(p->family));
	for (unsigned i = 0; i < p->len; i++)
		mask[i / 8] |= (uint8_t)(0x80u >> i % 8);
	if (invert)
		ip->inv |= bit;
}

static void encode_ip(const struct markrule *r, struct ip_part *ip)
{
	memset(ip, 0, sizeof(*ip));
	encode_prefix(&r->src, r->invert & INVERT_SRC, IPT_NOT_SRC, ip->src, ip->src_mask, ip);
	encode_prefix(&r->dst, r->invert & INVERT_DST, IPT_NOT_DST, ip->dst, ip->dst_mask, ip);
	encode_iface(r->iif, r->invert & INVERT_IIF, IPT_NOT_IIF, ip->iif, ip->iif_mask, ip);
	encode_iface(r->oif, r->invert & INVERT_OIF, IPT_NOT_OIF, ip->oif, ip->oif_mask, ip);
	ip->proto = r->protocol;
	if (r->protocol && (r->invert & INVERT_PROTOCOL))
		ip->inv |= IPT_NOT_PROTO;
}

/* What the text of matches says beside the columns. */
static int encode_more_ip(const struct ipt_parse *p, struct ip_part *ip, struct why *why)
{
	static const uint8_t zero[ADDR_MAX];
	bool src = memcmp(ip->src_mask, zero, sizeof(zero)) != 0;
	bool dst = memcmp(ip->dst_mask, zero, sizeof(zero)) != 0;

	if ((p->src && src) || (p->dst && dst))
		return why_set(why, -EINVAL, "-%c is in the columns already",
			       p->src && src ? 's' : 'd');
	if (p->src) {
		memcpy(ip->src, p->more.src, sizeof(ip->src));
		memcpy(ip->src_mask, p->more.src_mask, sizeof(ip->src_mask));
	}
	if (p->dst) {
		memcpy(ip->dst, p->more.dst, sizeof(ip->dst));
		memcpy(ip->dst_mask, p->more.dst_mask, sizeof(ip->dst_mask));
	}
	ip->frag = p->more.frag;
	ip->inv |= p->more.inv;
	return 0;
}

/* Returns: the columns whose place this match marks, -1 when it is a match of its own. */
static int place_of(const struct ipt_parsed_match *pm, const struct markrule *r)
{
	uint16_t proto = r->invert & INVERT_PROTOCOL ? 0 : r->protocol;

	return pm->bare ? ipt_col_named(pm->m->u.user.name, proto) : -1;
}

static int encode_match(const struct ipt_parsed_match *pm, const struct markrule *r,
			unsigned *placed, struct vec *blob, struct why *why)
{
	int col = place_of(pm, r);

	if (ipt_tag(pm->m, NULL))
		return why_set(why, -EINVAL, "comments that begin with \"%sN\" are the agent's own",
			       NF_TAG);
	if (col >= 0 && ipt_col_used(r, (enum ipt_col)col) && !(*placed & 1u << col)) {
		*placed |= 1u << col;
		return ipt_col_put(r, (enum ipt_col)col, blob);
	}
	if (col >= 0 && col != COL_PORTS)
		return why_set(why, -EINVAL, "-m %s needs an option or the columns for it",
			       pm->m->u.user.name);
	return ipt_blob_add(blob, pm->m, pm->m->u.match_size);
}

static int encode_matches(const struct ipt_parse *p, const struct markrule *r, struct vec *blob,
			  struct why *why)
{
	unsigned later = 0, placed = 0;
	int err = 0;

	for (size_t i = 0; i < p->matches.n; i++) {
		int col = place_of(vec_at(&p->matches, i), r);

		if (col >= 0)
			later |= 1u << col;
	}
	for (int col = 0; col < COL_N && err == 0; col++)
		if (!(later & 1u << col) && ipt_col_used(r, (enum ipt_col)col))
			err = ipt_col_put(r, (enum ipt_col)col, blob);
	for (size_t i = 0; i < p->matches.n && err == 0; i++)
		err = encode_match(vec_at(&p->matches, i), r, &placed, blob, why);
	return err;
}

static int encode_comment(const struct markrule *r, uint32_t tag, struct vec *blob)
{
	struct xt_comment_info c = { "" };

	if (!tag && !*r->description)
		return 0;
	if (tag)
		snprintf(c.comment, sizeof(c.comment), NF_TAG "%u%s%s", tag,
			 *r->description ? " " : "", r->description);
	else
		snprintf(c.comment, sizeof(c.comment), "%s", r->description);
	return ipt_blob_match(blob, "comment", 0, &c, sizeof(c));
}

static int encode_target(const struct ipt_ops *ops, const struct markrule *r, struct vec *blob,
			 unsigned *column, struct why *why)
{
	const char *name = r->target == MARKRULE_MARK ? "MARK" : "CONNMARK";
	struct xt_mark_tginfo2 mark = { .mark = r->mark, .mask = r->mask };
	/* The fields of revision 2 are those of revision 1 with a shift before the mode. */
	struct xt_connmark_tginfo2 cm = { .ctmark = r->mark,
					  .ctmask = r->mask,
					  .nfmask = UINT32_MAX };
	struct xt_connmark_tginfo1 cm1;
	int revision = ipt_xt_target_revision(ops, name);
	bool ok = r->target == MARKRULE_MARK ? revision == 2 : revision == 1 || revision == 2;

	if (!ok) {
		*column = RULE_COL_TARGET;
		return why_set(why, -EINVAL, "this kernel has no %s target for %s", name,
			       ops->program);
	}
	if (r->target == MARKRULE_MARK)
		return ipt_blob_match(blob, name, 2, &mark, sizeof(mark));
	if (r->target != MARKRULE_CONNMARK_SET) {
		cm.ctmark = 0;
		cm.ctmask = r->ctmask;
		cm.nfmask = r->mask;
		cm.mode = r->target == MARKRULE_CONNMARK_SAVE ? XT_CONNMARK_SAVE
							      : XT_CONNMARK_RESTORE;
	}
	if (revision == 2)
		return ipt_blob_match(blob, name, 2, &cm, sizeof(cm));
	cm1 = (struct xt_connmark_tginfo1){ cm.ctmark, cm.ctmask, cm.nfmask, cm.mode };
	return ipt_blob_match(blob, name, 1, &cm1, sizeof(cm1));
}

/* Puts the header, the matches and the target of @blob together. */
static int encode_entry(const struct ipt_ops *ops, const struct ip_part *ip, const struct vec *blob,
			size_t target_at, void **out, struct why *why)
{
	size_t size = ops->entry_size + blob->n;
	uint16_t target = (uint16_t)(ops->entry_size + target_at), next = (uint16_t)size;
	char *e;

	if (size > IPT_ENTRY_MAX)
		return why_set(why, -EINVAL, "too much for one rule");
	e = calloc(1, size);
	if (!e)
		return -ENOMEM;
	ops->ip_put(e, ip);
	memcpy(e + ops->target_at, &target, sizeof(target));
	memcpy(e + ops->next_at, &next, sizeof(next));
	memcpy(e + ops->entry_size, blob->data, blob->n);
	*out = e;
	return 0;
}

static int encode_rule(struct ipt_encoding *en, const struct ipt_parse *p, unsigned *column,
		       struct why *why)
{
	struct vec blob = VEC_INIT(uint8_t);
	struct ip_part ip = p->ip;
	size_t target_at;
	int err;

	*column = RULE_COL_MATCHES;
	err = encode_more_ip(p, &ip, why);
	if (err == 0)
		err = encode_matches(p, en->rule, &blob, why);
	if (err == 0)
		err = encode_comment(en->rule, en->tag, &blob);
	target_at = blob.n;
	if (err == 0)
		err = encode_target(en->ops, en->rule, &blob, column, why);
	if (err == 0)
		err = encode_entry(en->ops, &ip, &blob, target_at, &en->entry, why);
	vec_fini(&blob);
	return err;
}

int ipt_encode(struct ipt_encoding *all, size_t n, size_t *failed, unsigned *column,
	       struct why *why)
{
	struct ipt_parse *parse = calloc(n ? n : 1, sizeof(*parse));
	struct why inner = { "" };
	void *store = NULL;
	int err;

	*failed = 0;
	*column = RULE_COL_MATCHES;
	if (!parse)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		const struct markrule *r = all[i].rule;

		parse[i].ops = all[i].ops;
		parse[i].s = r && r->matches ? r->matches : "";
		if (r)
			encode_ip(r, &parse[i].ip);
	}
	err = ipt_match_parse(parse, n, &store, failed, &inner);
	for (size_t i = 0; i < n && err == 0; i++) {
		*failed = i;
		if (all[i].rule)
			err = encode_rule(&all[i], &parse[i], column, &inner);
	}
	for (size_t i = 0; i < n; i++) {
		ipt_parse_fini(&parse[i]);
		if (err < 0) {
			free(all[i].entry);
			all[i].entry = NULL;
		}
	}
	free(store);
	free(parse);
	if (err == -EINVAL && *column == RULE_COL_MATCHES)
		return why_set(why, err, "Matches: %s", inner.s);
	return err < 0 ? why_set(why, err, "%s", *inner.s ? inner.s : strerror(-err)) : 0;
}
