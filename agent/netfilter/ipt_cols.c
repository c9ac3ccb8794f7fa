/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The matches that have columns of their own: ports, tos, mark. */
#include <errno.h>
#include <string.h>

#include <linux/netfilter/xt_dccp.h>
#include <linux/netfilter/xt_dscp.h>
#include <linux/netfilter/xt_mark.h>
#include <linux/netfilter/xt_multiport.h>
#include <linux/netfilter/xt_sctp.h>
#include <linux/netfilter/xt_tcpudp.h>
#include <netinet/in.h>

#include "ipt.h"

enum { PORT_MAX = 65535 };

/* A match of port ranges: where they are in its data, and which bits say "not" and "compared". */
struct port_match {
	const char *name;
	uint8_t proto;
	size_t size;
	size_t src_at, dst_at; /* two uint16_t each */
	size_t inv_at, inv_size;
	uint32_t inv_src, inv_dst;
	size_t flags_at, flags_size; /* size 0: every range counts */
	uint32_t flag_src, flag_dst;
};

#define AT(type, member) offsetof(type, member), sizeof(((type *)NULL)->member)

static const struct port_match port_matches[] = {
	{ "tcp", IPPROTO_TCP, sizeof(struct xt_tcp), offsetof(struct xt_tcp, spts),
	  offsetof(struct xt_tcp, dpts), AT(struct xt_tcp, invflags), XT_TCP_INV_SRCPT,
	  XT_TCP_INV_DSTPT, 0, 0, 0, 0 },
	{ "udp", IPPROTO_UDP, sizeof(struct xt_udp), offsetof(struct xt_udp, spts),
	  offsetof(struct xt_udp, dpts), AT(struct xt_udp, invflags), XT_UDP_INV_SRCPT,
	  XT_UDP_INV_DSTPT, 0, 0, 0, 0 },
	{ "sctp", IPPROTO_SCTP, sizeof(struct xt_sctp_info), offsetof(struct xt_sctp_info, spts),
	  offsetof(struct xt_sctp_info, dpts), AT(struct xt_sctp_info, invflags), XT_SCTP_SRC_PORTS,
	  XT_SCTP_DEST_PORTS, AT(struct xt_sctp_info, flags), XT_SCTP_SRC_PORTS,
	  XT_SCTP_DEST_PORTS },
	{ "dccp", IPPROTO_DCCP, sizeof(struct xt_dccp_info), offsetof(struct xt_dccp_info, spts),
	  offsetof(struct xt_dccp_info, dpts), AT(struct xt_dccp_info, invflags), XT_DCCP_SRC_PORTS,
	  XT_DCCP_DEST_PORTS, AT(struct xt_dccp_info, flags), XT_DCCP_SRC_PORTS,
	  XT_DCCP_DEST_PORTS },
};

static const struct port_match *port_match_of(uint16_t proto)
{
	for (size_t i = 0; i < sizeof(port_matches) / sizeof(*port_matches); i++)
		if (port_matches[i].proto == proto)
			return &port_matches[i];
	return NULL;
}

static uint32_t bits_get(const unsigned char *at, size_t size)
{
	uint32_t v32;
	uint16_t v16;

	if (size == sizeof(v32)) {
		memcpy(&v32, at, sizeof(v32));
		return v32;
	}
	if (size == sizeof(v16)) {
		memcpy(&v16, at, sizeof(v16));
		return v16;
	}
	return *at;
}

static void bits_put(unsigned char *at, size_t size, uint32_t v)
{
	uint16_t v16 = (uint16_t)v;

	if (size == sizeof(v))
		memcpy(at, &v, sizeof(v));
	else if (size == sizeof(v16))
		memcpy(at, &v16, sizeof(v16));
	else
		*at = (unsigned char)v;
}

static void ports_set(struct markrule *r, bool src, const uint16_t *range, bool invert)
{
	if (src) {
		r->sport_from = range[0];
		r->sport_to = range[1];
	} else {
		r->dport_from = range[0];
		r->dport_to = range[1];
	}
	if (invert)
		r->invert |= src ? INVERT_SPORT : INVERT_DPORT;
}

static bool sports_used(const struct markrule *r)
{
	return r->sport_from != 0 || r->sport_to != PORT_MAX;
}

static bool dports_used(const struct markrule *r)
{
	return r->dport_from != 0 || r->dport_to != PORT_MAX;
}

/* Reads the source or the destination of a port match. Returns: 1 when it selects ports, 0 when it
 * does not, -1 when the columns cannot express it. */
static int port_side(const struct port_match *p, const unsigned char *data, bool src,
		     struct markrule *r)
{
	bool invert = bits_get(data + p->inv_at, p->inv_size) & (src ? p->inv_src : p->inv_dst);
	uint32_t flags = p->flags_size ? bits_get(data + p->flags_at, p->flags_size) : 0;
	uint16_t range[2];
	bool full;

	if (p->flags_size && !(flags & (src ? p->flag_src : p->flag_dst)))
		return invert ? -1 : 0;
	memcpy(range, data + (src ? p->src_at : p->dst_at), sizeof(range));
	full = range[0] == 0 && range[1] == PORT_MAX;
	if (full)
		return invert || p->flags_size ? -1 : 0;
	if (range[0] > range[1])
		return -1;
	if (r)
		ports_set(r, src, range, invert);
	return 1;
}

static int ports_get(const struct port_match *p, const struct xt_entry_match *m, struct markrule *r)
{
	const struct xt_tcp *tcp = (const void *)m->data;
	int src, dst;

	if (p->proto == IPPROTO_TCP && (tcp->option || tcp->flg_mask || tcp->flg_cmp))
		return -1;
	if (bits_get(m->data + p->inv_at, p->inv_size) & ~(p->inv_src | p->inv_dst))
		return -1;
	if (p->flags_size &&
	    bits_get(m->data + p->flags_at, p->flags_size) & ~(p->flag_src | p->flag_dst))
		return -1;
	src = port_side(p, m->data, true, NULL);
	dst = port_side(p, m->data, false, NULL);
	if (src < 0 || dst < 0 || src + dst == 0)
		return -1;
	if (r) {
		port_side(p, m->data, true, r);
		port_side(p, m->data, false, r);
	}
	return COL_PORTS;
}

/* The columns can express one port or one range, of source or destination. */
static int multiport_get(const struct xt_entry_match *m, struct markrule *r)
{
	const struct xt_multiport_v1 *mp = (const void *)m->data;
	bool src = mp->flags == XT_MULTIPORT_SOURCE;
	uint16_t range[2] = { mp->ports[0], mp->ports[0] };

	if (!src && mp->flags != XT_MULTIPORT_DESTINATION)
		return -1;
	if (mp->count == 2 && mp->pflags[0])
		range[1] = mp->ports[1];
	else if (mp->count != 1 || mp->pflags[0])
		return -1;
	if (range[0] > range[1] || (range[0] == 0 && range[1] == PORT_MAX))
		return -1;
	if (r)
		ports_set(r, src, range, mp->invert);
	return src ? COL_SPORTS : COL_DPORTS;
}

static int tos_get(const struct xt_entry_match *m, struct markrule *r)
{
	const struct xt_tos_match_info *tos = (const void *)m->data;

	if (!tos->tos_mask)
		return -1;
	if (r) {
		r->tos = tos->tos_value;
		r->tos_mask = tos->tos_mask;
		if (tos->invert)
			r->invert |= INVERT_TOS;
	}
	return COL_TOS;
}

static int mark_get(const struct xt_entry_match *m, struct markrule *r)
{
	const struct xt_mark_mtinfo1 *mark = (const void *)m->data;

	if (!mark->mask)
		return -1;
	if (r) {
		r->match_mark = mark->mark;
		r->match_mask = mark->mask;
		if (mark->invert)
			r->invert |= INVERT_MARK;
	}
	return COL_MARK;
}

int ipt_col_get(const struct xt_entry_match *m, uint16_t proto, struct markrule *r)
{
	const struct port_match *p = port_match_of(proto);

	if (p && ipt_match_is(m, p->name, 0, p->size))
		return ports_get(p, m, r);
	if (proto == IPPROTO_UDPLITE &&
	    ipt_match_is(m, "multiport", 1, sizeof(struct xt_multiport_v1)))
		return multiport_get(m, r);
	if (ipt_match_is(m, "tos", 1, sizeof(struct xt_tos_match_info)))
		return tos_get(m, r);
	if (ipt_match_is(m, "mark", 1, sizeof(struct xt_mark_mtinfo1)))
		return mark_get(m, r);
	return -1;
}

int ipt_col_named(const char *name, uint16_t proto)
{
	const struct port_match *p = port_match_of(proto);

	if (p && strcmp(name, p->name) == 0)
		return COL_PORTS;
	if (strcmp(name, "tos") == 0)
		return COL_TOS;
	if (strcmp(name, "mark") == 0)
		return COL_MARK;
	return -1;
}

bool ipt_col_used(const struct markrule *r, enum ipt_col col)
{
	bool udplite = r->protocol == IPPROTO_UDPLITE;

	switch (col) {
	case COL_PORTS:
		return !udplite && (sports_used(r) || dports_used(r));
	case COL_SPORTS:
		return udplite && sports_used(r);
	case COL_DPORTS:
		return udplite && dports_used(r);
	case COL_TOS:
		return r->tos_mask != 0;
	case COL_MARK:
		return r->match_mask != 0;
	default:
		return false;
	}
}

int ipt_blob_add(struct vec *blob, const void *data, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		uint8_t *at = vec_push(blob);

		if (!at)
			return -ENOMEM;
		*at = data ? ((const uint8_t *)data)[i] : 0;
	}
	return 0;
}

int ipt_blob_match(struct vec *blob, const char *name, uint8_t revision, const void *data,
		   size_t size)
{
	struct xt_entry_match m = { 0 };
	int err;

	m.u.match_size = (uint16_t)(sizeof(m) + XT_ALIGN(size));
	memcpy(m.u.user.name, name, strnlen(name, sizeof(m.u.user.name) - 1));
	m.u.user.revision = revision;
	err = ipt_blob_add(blob, &m, sizeof(m));
	if (err == 0)
		err = ipt_blob_add(blob, data, size);
	if (err == 0)
		err = ipt_blob_add(blob, NULL, XT_ALIGN(size) - size);
	return err;
}

/* Begins with the bytes that the init functions of extensions make, then sets the ports. */
static int ports_put(const struct markrule *r, struct vec *blob)
{
	const struct port_match *p = port_match_of(r->protocol);
	struct xt_sctp_info largest = { 0 };
	unsigned char *data = (unsigned char *)&largest;
	const uint16_t src[2] = { r->sport_from, r->sport_to };
	const uint16_t dst[2] = { r->dport_from, r->dport_to };
	uint32_t inv = 0, flags = 0;

	if (!p)
		return -EINVAL;
	if (p->proto == IPPROTO_SCTP)
		for (size_t i = 0; i < XT_NUM_SCTP_FLAGS; i++)
			largest.flag_info[i].chunktype = 0xff;
	inv |= r->invert & INVERT_SPORT ? p->inv_src : 0;
	inv |= r->invert & INVERT_DPORT ? p->inv_dst : 0;
	flags |= sports_used(r) ? p->flag_src : 0;
	flags |= dports_used(r) ? p->flag_dst : 0;
	if (!p->flags_size || (flags & p->flag_src))
		memcpy(data + p->src_at, src, sizeof(src));
	if (!p->flags_size || (flags & p->flag_dst))
		memcpy(data + p->dst_at, dst, sizeof(dst));
	bits_put(data + p->inv_at, p->inv_size, inv);
	if (p->flags_size)
		bits_put(data + p->flags_at, p->flags_size, flags);
	return ipt_blob_match(blob, p->name, 0, data, p->size);
}

static int multiport_put(const struct markrule *r, bool src, struct vec *blob)
{
	struct xt_multiport_v1 mp = { .count = 1 };

	mp.flags = src ? XT_MULTIPORT_SOURCE : XT_MULTIPORT_DESTINATION;
	mp.ports[0] = src ? r->sport_from : r->dport_from;
	mp.ports[1] = src ? r->sport_to : r->dport_to;
	if (mp.ports[0] == mp.ports[1]) {
		mp.ports[1] = 0;
	} else {
		mp.count = 2;
		mp.pflags[0] = 1;
	}
	mp.invert = (r->invert & (src ? INVERT_SPORT : INVERT_DPORT)) != 0;
	return ipt_blob_match(blob, "multiport", 1, &mp, sizeof(mp));
}

int ipt_col_put(const struct markrule *r, enum ipt_col col, struct vec *blob)
{
	struct xt_tos_match_info tos = { 0 };
	struct xt_mark_mtinfo1 mark = { 0 };

	switch (col) {
	case COL_PORTS:
		return ports_put(r, blob);
	case COL_SPORTS:
	case COL_DPORTS:
		return multiport_put(r, col == COL_SPORTS, blob);
	case COL_TOS:
		tos.tos_value = r->tos;
		tos.tos_mask = r->tos_mask;
		tos.invert = (r->invert & INVERT_TOS) != 0;
		return ipt_blob_match(blob, "tos", 1, &tos, sizeof(tos));
	case COL_MARK:
		mark.mark = r->match_mark;
		mark.mask = r->match_mask;
		mark.invert = (r->invert & INVERT_MARK) != 0;
		return ipt_blob_match(blob, "mark", 1, &mark, sizeof(mark));
	default:
		return -EINVAL;
	}
}
