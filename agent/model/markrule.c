/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/markrule.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "base/text.h"

enum { PORT_MAX = 65535, LEGACY_TABLE_MAX = 31, LEGACY_CHAIN_MAX = 28 };

/* A sentence and the column it is about. */
#define WRONG(col, ...) (*column = (col), why_set(why, -EINVAL, __VA_ARGS__))

void markrule_init(struct markrule *r)
{
	memset(r, 0, sizeof(*r));
	r->backend = BACKEND_LEGACY;
	r->family = AF_INET;
	strcpy(r->table, "mangle");
	strcpy(r->chain, "PREROUTING");
	r->sport_to = PORT_MAX;
	r->dport_to = PORT_MAX;
	r->target = MARKRULE_MARK;
	r->mask = UINT32_MAX;
	r->ctmask = UINT32_MAX;
	r->counted = true;
	r->origin = ORIGIN_MANAGER;
	r->storage = STORAGE_NONVOLATILE;
}

/* Is @s a name that iptables-restore reads back as iptables-save writes it? */
static bool word_is_plain(const char *s, size_t max)
{
	size_t n = strlen(s);

	if (n == 0 || n > max || *s == '!' || *s == '-')
		return false;
	for (; *s; s++)
		if ((unsigned char)*s <= ' ' || (unsigned char)*s >= 0x7f || strchr("\"'\\", *s))
			return false;
	return true;
}

static int check_place(const struct markrule *r, unsigned *column, struct why *why)
{
	bool legacy = r->backend == BACKEND_LEGACY;

	if (r->family != AF_INET && r->family != AF_INET6)
		return WRONG(RULE_COL_FAMILY, "AddressType: neither ipv4 nor ipv6");
	if (!word_is_plain(r->table, legacy ? LEGACY_TABLE_MAX : MARKRULE_TABLE_MAX))
		return WRONG(RULE_COL_TABLE, "TableName: \"%s\" is no name of a table", r->table);
	if (!word_is_plain(r->chain, legacy ? LEGACY_CHAIN_MAX : MARKRULE_CHAIN_MAX))
		return WRONG(RULE_COL_CHAIN, "Chain: \"%s\" is no name of a chain", r->chain);
	return 0;
}

static bool iface_is_name(const char *s)
{
	return *s == '\0' || (text_is_ifname(s) && word_is_plain(s, 15));
}

static bool chain_is(const struct markrule *r, const char *a, const char *b)
{
	return strcmp(r->chain, a) == 0 || strcmp(r->chain, b) == 0;
}

static int check_iface(const struct markrule *r, unsigned *column, struct why *why)
{
	if (!iface_is_name(r->iif))
		return WRONG(RULE_COL_IIF, "InInterface: \"%s\" is no interface name", r->iif);
	if (!iface_is_name(r->oif))
		return WRONG(RULE_COL_OIF, "OutInterface: \"%s\" is no interface name", r->oif);
	/* iptables refuses these combinations; iptables-restore could not read the rule back. */
	if (*r->iif && chain_is(r, "OUTPUT", "POSTROUTING"))
		return WRONG(RULE_COL_IIF, "InInterface: a packet in %s has none", r->chain);
	if (*r->oif && chain_is(r, "PREROUTING", "INPUT"))
		return WRONG(RULE_COL_OIF, "OutInterface: a packet in %s has none", r->chain);
	return 0;
}

static int check_prefix(const struct markrule *r, const struct prefix *p, const char *name,
			unsigned addr_col, unsigned len_col, unsigned *column, struct why *why)
{
	char buf[PREFIX_TEXT_MAX];

	if (p->family == AF_UNSPEC)
		return 0;
	if (p->family != r->family)
		return WRONG(addr_col, "%s: %s is not of AddressType", name, addr_format(p, buf));
	if (p->len > addr_size(p->family) * 8)
		return WRONG(len_col, "%sPrefixLength: %u is too long", name, p->len);
	if (!prefix_is_canonical(p))
		return WRONG(addr_col, "%s: %s has bits beyond the prefix length", name,
			     prefix_format(p, buf));
	return 0;
}

static bool has_ports(uint8_t protocol)
{
	static const uint8_t known[] = { 6, 17, 33, 132, 136 };

	return memchr(known, protocol, sizeof(known)) != NULL;
}

static int check_ports(const struct markrule *r, unsigned *column, struct why *why)
{
	bool sports = r->sport_from != 0 || r->sport_to != PORT_MAX;
	bool dports = r->dport_from != 0 || r->dport_to != PORT_MAX;

	if (r->sport_from > r->sport_to)
		return WRONG(RULE_COL_SPORT_FROM, "SourcePortFrom: %u is above SourcePortTo %u",
			     r->sport_from, r->sport_to);
	if (r->dport_from > r->dport_to)
		return WRONG(RULE_COL_DPORT_FROM,
			     "DestinationPortFrom: %u is above DestinationPortTo %u", r->dport_from,
			     r->dport_to);
	if ((sports || dports) && (!has_ports(r->protocol) || (r->invert & INVERT_PROTOCOL)))
		return WRONG(sports ? RULE_COL_SPORT_FROM : RULE_COL_DPORT_FROM,
			     "%sPortFrom: ports need Protocol 6 (tcp), 17 (udp), 33 (dccp), "
			     "132 (sctp) or 136 (udplite)",
			     sports ? "Source" : "Destination");
	return 0;
}

/* An inversion of nothing would match nothing. */
static int check_invert(const struct markrule *r, unsigned *column, struct why *why)
{
	const struct {
		uint32_t bit;
		bool there;
		const char *name;
	} all[] = {
		{ INVERT_IIF, *r->iif, "inInterface" },
		{ INVERT_OIF, *r->oif, "outInterface" },
		{ INVERT_SRC, r->src.family != AF_UNSPEC && r->src.len > 0, "source" },
		{ INVERT_DST, r->dst.family != AF_UNSPEC && r->dst.len > 0, "destination" },
		{ INVERT_PROTOCOL, r->protocol != 0, "protocol" },
		{ INVERT_SPORT, r->sport_from != 0 || r->sport_to != PORT_MAX, "sourcePort" },
		{ INVERT_DPORT, r->dport_from != 0 || r->dport_to != PORT_MAX, "destinationPort" },
		{ INVERT_TOS, r->tos_mask != 0, "tos" },
		{ INVERT_MARK, r->match_mask != 0, "mark" },
	};
	uint32_t known = 0;

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		known |= all[i].bit;
		if ((r->invert & all[i].bit) && !all[i].there)
			return WRONG(RULE_COL_INVERT, "Invert: %s inverts what is not there",
				     all[i].name);
	}
	if (r->invert & ~known)
		return WRONG(RULE_COL_INVERT, "Invert: unknown bits 0x%x", r->invert & ~known);
	return 0;
}

static int check_target(const struct markrule *r, unsigned *column, struct why *why)
{
	bool copies = r->target == MARKRULE_CONNMARK_SAVE || r->target == MARKRULE_CONNMARK_RESTORE;

	if (r->target == MARKRULE_OTHER)
		return WRONG(RULE_COL_TARGET, "Target: other cannot be written");
	if (r->target < MARKRULE_MARK || r->target > MARKRULE_OTHER)
		return WRONG(RULE_COL_TARGET, "Target: %u is unknown", r->target);
	if (copies && r->mark != 0)
		return WRONG(RULE_COL_MARK, "Mark: connmarkSave and connmarkRestore set no value");
	return 0;
}

static int check_text(const struct markrule *r, unsigned *column, struct why *why)
{
	const char *matches = r->matches ? r->matches : "";

	if (strlen(matches) > MARKRULE_MATCHES_MAX)
		return WRONG(RULE_COL_MATCHES, "Matches: longer than %d bytes",
			     MARKRULE_MATCHES_MAX);
	if (!text_is_utf8(matches, strlen(matches)))
		return WRONG(RULE_COL_MATCHES,
			     "Matches: not UTF-8, or with control characters in it");
	if (!text_is_utf8(r->description, strlen(r->description)))
		return WRONG(RULE_COL_DESCRIPTION,
			     "Description: not UTF-8, or with control characters in it");
	return 0;
}

int markrule_check(const struct markrule *r, unsigned *column, struct why *why)
{
	unsigned dropped;
	int err;

	if (!column)
		column = &dropped;
	err = check_place(r, column, why);
	if (err == 0)
		err = check_iface(r, column, why);
	if (err == 0)
		err = check_prefix(r, &r->src, "Source", RULE_COL_SRC, RULE_COL_SRC_LEN, column,
				   why);
	if (err == 0)
		err = check_prefix(r, &r->dst, "Destination", RULE_COL_DST, RULE_COL_DST_LEN,
				   column, why);
	if (err == 0)
		err = check_ports(r, column, why);
	if (err == 0)
		err = check_invert(r, column, why);
	if (err == 0)
		err = check_target(r, column, why);
	if (err == 0)
		err = check_text(r, column, why);
	return err;
}
