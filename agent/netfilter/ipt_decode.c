/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the kernel's entry to the columns.
 *
 * Matches that have no columns become the text of matches. Nothing may get lost, and the order of
 * the matches must stay. ipt_encode() makes the matches of columns first, in the order of enum
 * ipt_col. When such a match stands further back, its name without options is left in the text ("-m
 * conntrack --ctstate NEW -m tcp" with a destination port of 25), and ipt_encode() puts the match
 * there.
 */
#include <string.h>

#include <linux/netfilter/xt_CONNMARK.h>
#include <linux/netfilter/xt_MARK.h>
#include <linux/netfilter/xt_comment.h>

#include "ipt.h"

static void decode_iface(const char *name, const uint8_t *mask, bool invert, char *out,
			 uint32_t bit, struct markrule *r)
{
	size_t n = 0;

	/* "+" alone: any name. It says something only when it is inverted. */
	if (mask[0] == 0 && !invert)
		return;
	while (n < 15 && mask[n] != 0 && name[n] != '\0')
		n++;
	memcpy(out, name, n);
	out[n] = '\0';
	if (n < 15 && mask[n] == 0)
		memcpy(out + n, "+", 2);
	if (invert)
		r->invert |= bit;
}

/* An address that no prefix can hold goes into the text. */
static void decode_addr(const struct ipt_ops *ops, char letter, const uint8_t *addr,
			const uint8_t *mask, bool invert, struct markrule *r, struct text *matches)
{
	struct prefix *p = letter == 's' ? &r->src : &r->dst;
	int len = ipt_mask_len(ops, mask);
	struct prefix found = { .family = ops->family, .len = (uint8_t)len };

	memcpy(found.addr, addr, addr_size(ops->family));
	if (len < 0 || (len == 0 && invert) || !prefix_is_canonical(&found)) {
		ipt_text_addr(ops, letter, addr, mask, invert, matches);
		return;
	}
	*p = found;
	if (invert)
		r->invert |= letter == 's' ? INVERT_SRC : INVERT_DST;
}

static void decode_ip(const struct ipt_ops *ops, const struct ip_part *ip, struct markrule *r,
		      struct text *matches)
{
	decode_addr(ops, 's', ip->src, ip->src_mask, ip->inv & IPT_NOT_SRC, r, matches);
	decode_addr(ops, 'd', ip->dst, ip->dst_mask, ip->inv & IPT_NOT_DST, r, matches);
	decode_iface(ip->iif, ip->iif_mask, ip->inv & IPT_NOT_IIF, r->iif, INVERT_IIF, r);
	decode_iface(ip->oif, ip->oif_mask, ip->inv & IPT_NOT_OIF, r->oif, INVERT_OIF, r);
	r->protocol = (uint8_t)ip->proto;
	if (ip->proto && (ip->inv & IPT_NOT_PROTO))
		r->invert |= INVERT_PROTOCOL;
	if (ip->frag)
		text_add(matches, "%s -f", ip->inv & IPT_NOT_FRAG ? " !" : "");
}

/* Returns: the text of a comment match, without the tag, if that fits into the description; else
 * NULL. */
static const char *comment_text(const struct xt_entry_match *m)
{
	const char *s = (const char *)m->data;
	uint32_t tag;
	size_t n;

	if (!ipt_match_is(m, "comment", 0, XT_MAX_COMMENT_LEN) ||
	    !memchr(s, '\0', XT_MAX_COMMENT_LEN))
		return NULL;
	tag = ipt_tag(m, &s);
	n = strlen(s);
	if (n > MARKRULE_DESCRIPTION_MAX || !text_is_utf8(s, n) || (n == 0 && !tag))
		return NULL;
	return s;
}

/* Returns: the comment that becomes the description: the one with the tag, else the last one that
 * fits, since that is where ipt_encode() puts it; NULL: none. */
static const struct xt_entry_match *comment_find(const struct ipt_ops *ops, const void *e)
{
	const struct xt_entry_match *found = NULL;

	for (const struct xt_entry_match *m = ipt_match_next(ops, e, NULL); m;
	     m = ipt_match_next(ops, e, m)) {
		if (ipt_tag(m, NULL))
			return comment_text(m) ? m : NULL;
		if (comment_text(m))
			found = m;
	}
	return found;
}

/* Has the rule a port match that no column can express, like "-m tcp" alone, which matches every
 * TCP packet? Its name without options would be taken for the place of the columns (see above), so
 * all port matches of the rule are shown in the text then. */
static bool has_odd_ports(const struct ipt_ops *ops, const void *e, uint16_t proto)
{
	for (const struct xt_entry_match *m = ipt_match_next(ops, e, NULL); m;
	     m = ipt_match_next(ops, e, m))
		if (ipt_col_named(m->u.user.name, proto) == COL_PORTS &&
		    ipt_col_get(m, proto, NULL) < 0)
			return true;
	return false;
}

static int decode_matches(const struct ipt_ops *ops, const void *e, uint16_t proto,
			  struct markrule *r, struct text *matches)
{
	const struct xt_entry_match *comment = comment_find(ops, e);
	bool front = true;
	int last = -1, err = 0;
	unsigned used = 0;

	if (has_odd_ports(ops, e, proto))
		used |= 1u << COL_PORTS;
	for (const struct xt_entry_match *m = ipt_match_next(ops, e, NULL); m && err == 0;
	     m = ipt_match_next(ops, e, m)) {
		int col = ipt_col_get(m, proto, NULL);
		bool fits = col >= 0 && !(used & 1u << col);

		if (m == comment) {
			strcpy(r->description, comment_text(m));
		} else if (fits && front && col > last) {
			ipt_col_get(m, proto, r);
			used |= 1u << col;
			last = col;
		} else if (fits && ipt_col_named(m->u.user.name, proto) == col) {
			ipt_col_get(m, proto, r);
			used |= 1u << col;
			front = false;
			text_add(matches, " -m %s", m->u.user.name);
		} else {
			front = false;
			err = ipt_text_match(ops, e, m, matches);
		}
	}
	return err ? err : matches->err;
}

static void decode_mark(const void *data, struct markrule *r)
{
	const struct xt_mark_tginfo2 *t = data;

	r->target = MARKRULE_MARK;
	r->mark = t->mark;
	r->mask = t->mask;
}

/* Revision 2 has a shift between nfmask and mode; what stands before that is as in revision 1. */
static void decode_connmark(const struct xt_entry_target *target, struct markrule *r)
{
	const struct xt_connmark_tginfo1 *t1 = (const void *)target->data;
	const struct xt_connmark_tginfo2 *t2 = (const void *)target->data;
	uint8_t mode = target->u.user.revision == 1 ? t1->mode : t2->mode;

	if (target->u.user.revision == 2 && t2->shift_bits)
		return;
	if (mode == XT_CONNMARK_SET) {
		r->target = MARKRULE_CONNMARK_SET;
		r->mark = t1->ctmark;
		r->mask = t1->ctmask;
	} else if (mode == XT_CONNMARK_SAVE || mode == XT_CONNMARK_RESTORE) {
		r->target = mode == XT_CONNMARK_SAVE ? MARKRULE_CONNMARK_SAVE
						     : MARKRULE_CONNMARK_RESTORE;
		r->mask = t1->nfmask;
		r->ctmask = t1->ctmask;
	}
}

void ipt_decode_target(const struct ipt_ops *ops, const void *e, struct markrule *r)
{
	const struct xt_entry_target *t = ipt_target(ops, e);
	size_t size = t->u.target_size - sizeof(*t);
	uint8_t revision = t->u.user.revision;

	r->target = MARKRULE_OTHER;
	r->mark = 0;
	if (strcmp(t->u.user.name, "MARK") == 0) {
		if (revision == 2 && size >= sizeof(struct xt_mark_tginfo2))
			decode_mark(t->data, r);
	} else if ((revision == 1 || revision == 2) && size >= sizeof(struct xt_connmark_tginfo2)) {
		decode_connmark(t, r);
	}
}

int ipt_decode(const struct ipt_ops *ops, const void *e, struct markrule *out, struct text *matches)
{
	struct ip_part ip;
	int err;

	text_reset(matches);
	ops->ip_get(e, &ip);
	out->family = ops->family;
	decode_ip(ops, &ip, out, matches);
	err = decode_matches(ops, e, ip.inv & IPT_NOT_PROTO ? 0 : ip.proto, out, matches);
	if (err < 0)
		return err;
	ipt_decode_target(ops, e, out);
	/* Each part began with a space. */
	out->matches = text_str(matches) + (matches->len > 0);
	return 0;
}
