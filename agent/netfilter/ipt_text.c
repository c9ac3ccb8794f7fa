/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A rule as iptables-save writes it, byte for byte: the order and the spelling are those of
 * print_rule4() in 1.8.9 to 1.8.11. */
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include <arpa/inet.h>
#include <xtables.h>

#include "ipt.h"

int ipt_mask_len(const struct ipt_ops *ops, const uint8_t *mask)
{
	size_t size = addr_size(ops->family);
	int len = 0;
	bool ended = false;

	for (size_t i = 0; i < size * 8; i++) {
		bool set = mask[i / 8] & (0x80u >> i % 8);

		if (set && ended)
			return -1;
		if (set)
			len++;
		ended |= !set;
	}
	return len;
}

void ipt_text_addr(const struct ipt_ops *ops, char letter, const uint8_t *addr, const uint8_t *mask,
		   bool invert, struct text *out)
{
	static const uint8_t zero[ADDR_MAX];
	char buf[INET6_ADDRSTRLEN];
	int len = ipt_mask_len(ops, mask);

	/* ip6tables goes by the mask alone. */
	if (!invert && len == 0 && (ops->family == AF_INET6 || memcmp(addr, zero, 4) == 0))
		return;
	inet_ntop(ops->family, addr, buf, sizeof(buf));
	text_add(out, "%s -%c %s/", invert ? " !" : "", letter, buf);
	if (len >= 0)
		text_add(out, "%d", len);
	else
		text_add(out, "%s", inet_ntop(ops->family, mask, buf, sizeof(buf)));
}

static void text_iface(char letter, const char *name, const uint8_t *mask, bool invert,
		       struct text *out)
{
	if (mask[0] == 0)
		return;
	text_add(out, "%s -%c ", invert ? " !" : "", letter);
	for (size_t i = 0; i < 16; i++) {
		if (mask[i] == 0) {
			if (name[i - 1] != '\0')
				text_addn(out, "+", 1);
			break;
		}
		if (name[i] != '\0')
			text_addn(out, &name[i], 1);
	}
}

static const char *chain_proto(uint16_t proto)
{
	const struct xtables_pprot *p = xtables_chain_protos;

	while (p->name && p->num != proto)
		p++;
	return p->name;
}

/*
 * For protocols that libxtables does not name, save_rule_details() of iptables asks /etc/protocols
 * up to 1.8.10, and prints the number from 1.8.11 on ("iptables-save: Avoid /etc/protocols
 * lookups"). libxtables, which is of the same release, names dccp from 1.8.11 on (the commit before
 * that one).
 */
static const char *proto_name(uint16_t proto)
{
	const char *name = chain_proto(proto);
	const struct protoent *ent;

	if (name || chain_proto(IPPROTO_DCCP))
		return name;
	ent = getprotobynumber(proto);
	return ent ? ent->p_name : NULL;
}

static void text_proto(const struct ip_part *ip, struct text *out)
{
	const char *name;

	if (ip->proto == 0)
		return;
	name = proto_name(ip->proto);
	text_add(out, "%s -p ", ip->inv & IPT_NOT_PROTO ? " !" : "");
	if (name)
		text_add(out, "%s", name);
	else
		text_add(out, "%u", ip->proto);
}

struct save {
	const void *ip; /* the IP part: an entry starts with it */
	const void *m;	/* xt_entry_match, xt_entry_target */
};

static void save_match(void *arg)
{
	const struct save *s = arg;
	const struct xt_entry_match *m = s->m;
	const char *name = m->u.user.name;
	struct xtables_match *any, *exact, *speaks;

	any = xtables_find_match(name, XTF_TRY_LOAD, NULL);
	if (!any) {
		printf(" -m %s [...]", name);
		return;
	}
	exact = xtables_find_match_revision(name, XTF_TRY_LOAD, any, m->u.user.revision);
	speaks = exact ? exact : any;
	printf(" -m %s", speaks->alias ? speaks->alias(m) : name);
	if (exact && exact->save && !ipt_match_fits(m, exact->size))
		printf(" [...]");
	else if (exact && exact->save)
		exact->save(s->ip, m);
	else if (any->save)
		printf(" [unsupported revision]");
}

static void save_target(void *arg)
{
	const struct save *s = arg;
	const struct xt_entry_target *t = s->m;
	const char *name = t->u.user.name;
	struct xtables_target *any, *exact, *speaks;

	any = xtables_find_target(name, XTF_TRY_LOAD);
	if (!any) {
		printf(" -j %s [...]", name);
		return;
	}
	exact = xtables_find_target_revision(name, XTF_TRY_LOAD, any, t->u.user.revision);
	speaks = exact ? exact : any;
	printf(" -j %s", speaks->alias ? speaks->alias(t) : name);
	if (exact && exact->save)
		exact->save(s->ip, t);
	else if (any->save)
		printf(" [unsupported revision]");
}

/* When an extension gives up half-way (its ipset is gone), what it has printed so far stays. */
static int save_run(const struct ipt_ops *ops, void (*fn)(void *), const void *e, const void *m,
		    struct text *out)
{
	struct save s = { .ip = e, .m = m };
	int err = ipt_xt_run(ops, fn, &s, out, NULL);

	if (err == -EINVAL) {
		text_add(out, " [...]");
		err = out->err;
	}
	return err;
}

int ipt_text_match(const struct ipt_ops *ops, const void *e, const struct xt_entry_match *m,
		   struct text *out)
{
	return save_run(ops, save_match, e, m, out);
}

int ipt_text_rule(const struct ipt_ops *ops, const char *chain, const void *e, struct text *out)
{
	const struct xt_entry_match *m;
	struct ip_part ip;
	int err = 0;

	ops->ip_get(e, &ip);
	text_add(out, "-A %s", chain);
	ipt_text_addr(ops, 's', ip.src, ip.src_mask, ip.inv & IPT_NOT_SRC, out);
	ipt_text_addr(ops, 'd', ip.dst, ip.dst_mask, ip.inv & IPT_NOT_DST, out);
	text_iface('i', ip.iif, ip.iif_mask, ip.inv & IPT_NOT_IIF, out);
	text_iface('o', ip.oif, ip.oif_mask, ip.inv & IPT_NOT_OIF, out);
	text_proto(&ip, out);
	if (ip.frag)
		text_add(out, "%s -f", ip.inv & IPT_NOT_FRAG ? " !" : "");
	for (m = ipt_match_next(ops, e, NULL); m && err == 0; m = ipt_match_next(ops, e, m))
		err = ipt_text_match(ops, e, m, out);
	if (err == 0)
		err = save_run(ops, save_target, e, ipt_target(ops, e), out);
	return err;
}
