/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An encapsulation as ip(8) prints it: iproute2 6.1.0, ip/iproute_lwtunnel.c. The numbers of
 * attributes are the kernel's (uapi/linux/lwtunnel.h and those that it leads to), and stand here as
 * numbers, because headers may be older than the kernel.
 */
#include <inttypes.h>
#include <string.h>
#include <sys/socket.h>

#include "encap.h"
#include "model/route.h"

struct line {
	struct text *out;
	const struct rt_names *names;
	const struct names *links;
};

static uint64_t number(struct encap_bytes b, size_t n)
{
	uint8_t u8;
	uint16_t u16;
	uint32_t u32;
	uint64_t u64;

	switch (n) {
	case sizeof(u8):
		return memcpy(&u8, b.p, n), u8;
	case sizeof(u16):
		return memcpy(&u16, b.p, n), u16;
	case sizeof(u32):
		return memcpy(&u32, b.p, n), u32;
	default:
		return memcpy(&u64, b.p, n), u64;
	}
}

/* In network order. */
static uint64_t big_endian(struct encap_bytes b, size_t n)
{
	uint64_t v = 0;

	for (size_t i = 0; i < n; i++)
		v = v << 8 | b.p[i];
	return v;
}

static void text_addr(struct line *l, int family, const unsigned char *addr)
{
	struct prefix p = { .family = (uint8_t)family };
	char buf[PREFIX_TEXT_MAX];

	memcpy(p.addr, addr, addr_size(family));
	text_add(l->out, "%s ", addr_format(&p, buf));
}

static void text_name(struct line *l, const struct names *names, uint32_t id, const char *format)
{
	const struct name *n = names ? names_find(names, id) : NULL;

	if (n)
		text_add(l->out, "%s ", n->name);
	else
		text_add(l->out, format, id);
}

static void text_string(struct line *l, struct encap_bytes b)
{
	text_add(l->out, "%.*s ", (int)strnlen((const char *)b.p, b.n), (const char *)b.p);
}

/* Returns: the word with this number, @none when there is none. */
static const char *word_of(const char *const *words, size_t n, uint64_t i, const char *none)
{
	return i < n && words[i] ? words[i] : none;
}

#define WORD(words, i, none) word_of(words, sizeof(words) / sizeof(*(words)), i, none)

/* ---- attributes ---- */

/* What of an attribute is printed, behind its word. */
typedef void put_fn(struct line *l, struct encap_bytes b);

struct field {
	uint8_t attr, min; /* its number, and how many bytes it has at least */
	const char *word;
	put_fn *put;
};

static void put_u8(struct line *l, struct encap_bytes b)
{
	text_add(l->out, "%u ", b.p[0]);
}

static void put_u32(struct line *l, struct encap_bytes b)
{
	text_add(l->out, "%" PRIu64 " ", number(b, 4));
}

static void put_id(struct line *l, struct encap_bytes b)
{
	text_add(l->out, "%" PRIu64 " ", big_endian(b, 8));
}

static void put_addr4(struct line *l, struct encap_bytes b)
{
	text_addr(l, AF_INET, b.p);
}

static void put_addr6(struct line *l, struct encap_bytes b)
{
	text_addr(l, AF_INET6, b.p);
}

static void put_link(struct line *l, struct encap_bytes b)
{
	text_name(l, l->links, (uint32_t)number(b, 4), "if%u ");
}

static void put_table(struct line *l, struct encap_bytes b)
{
	text_name(l, &l->names->tables, (uint32_t)number(b, 4), "%u ");
}

static void put_labels(struct line *l, struct encap_bytes b)
{
	for (bool last = false; !last && b.n >= 4; b.p += 4, b.n -= 4) {
		uint64_t entry = big_endian(b, 4);

		last = entry & 0x100; /* MPLS_LS_S_MASK */
		text_add(l->out, "%" PRIu64 "%s", entry >> 12, last ? " " : "/");
	}
}

/* The flags TUNNEL_CSUM, TUNNEL_KEY and TUNNEL_SEQ (uapi/linux/if_tunnel.h). */
static void put_tunnel_flags(struct line *l, struct encap_bytes b)
{
	uint64_t flags = big_endian(b, 2);

	text_add(l->out, "%s%s%s", flags & 4 ? "key " : "", flags & 1 ? "csum " : "",
		 flags & 8 ? "seq " : "");
}

static void put_hex(struct line *l, struct encap_bytes b)
{
	for (size_t i = 0; i < b.n; i++)
		text_add(l->out, "%02x", b.p[i]);
}

static void put_geneve(struct line *l, struct encap_bytes all)
{
	struct encap_bytes class, type, data;
	bool first = true;

	text_add(l->out, "\\\tgeneve_opts ");
	/* Each option is three attributes, one behind the other. */
	while (encap_next(&all, &class) == 1 && encap_next(&all, &type) == 2 &&
	       encap_next(&all, &data) == 3) {
		if (class.n < 2 || !type.n)
			return;
		text_add(l->out, "%s%" PRIu64 ":%u:", first ? "" : ",", big_endian(class, 2),
			 type.p[0]);
		put_hex(l, data);
		first = false;
	}
	text_add(l->out, " ");
}

static void put_vxlan(struct line *l, struct encap_bytes all)
{
	struct encap_bytes gbp;

	if (encap_find(all, 1, 4, &gbp))
		text_add(l->out, "\\\tvxlan_opts %" PRIu64 " ", number(gbp, 4));
}

static void put_erspan(struct line *l, struct encap_bytes all)
{
	struct encap_bytes ver, index = { 0 }, dir = { 0 }, hwid = { 0 };
	bool one;

	if (!encap_find(all, 1, 1, &ver))
		return;
	one = ver.p[0] == 1;
	if (one ? !encap_find(all, 2, 4, &index)
		: !encap_find(all, 3, 1, &dir) || !encap_find(all, 4, 1, &hwid))
		return;
	text_add(l->out, "\\\terspan_opts %u:%" PRIu64 ":%u:%u ", ver.p[0],
		 one ? big_endian(index, 4) : 0, one ? 0 : dir.p[0], one ? 0 : hwid.p[0]);
}

static void put_options(struct line *l, struct encap_bytes all)
{
	static put_fn *const kinds[] = { put_geneve, put_vxlan, put_erspan };
	struct encap_bytes b;

	for (unsigned i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (!encap_find(all, i + 1, 0, &b))
			continue;
		kinds[i](l, b);
		return;
	}
}

static void put_locator(struct line *l, struct encap_bytes b)
{
	for (unsigned i = 0; i < 8; i += 2)
		text_add(l->out, "%x%s", b.p[i] << 8 | b.p[i + 1], i < 6 ? ":" : " ");
}

static void put_ila_csum(struct line *l, struct encap_bytes b)
{
	static const char *const words[] = { "adj-transport", "neutral-map", "no-action",
					     "neutral-map-auto" };

	text_add(l->out, "%s ", WORD(words, b.p[0], "unknown"));
}

static void put_ila_ident(struct line *l, struct encap_bytes b)
{
	static const char *const words[] = {
		[0] = "iid",	     [1] = "luid",	    [2] = "virt-v4",
		[3] = "virt-uni-v6", [4] = "virt-multi-v6", [5] = "nonlocal-addr",
		[32] = "use-format"
	};

	text_add(l->out, "%s ", WORD(words, b.p[0], "unknown"));
}

static void put_ila_hook(struct line *l, struct encap_bytes b)
{
	static const char *const words[] = { "output", "input" };

	text_add(l->out, "%s ", WORD(words, b.p[0], "unknown"));
}

static void put_segments(struct line *l, struct encap_bytes segments, unsigned n)
{
	text_add(l->out, "segs %u [ ", n);
	while (n--)
		if (segments.n >= 16 * (n + 1u))
			text_addr(l, AF_INET6, segments.p + (size_t)16 * n);
	text_add(l->out, "] ");
}

/* struct ipv6_sr_hdr (uapi/linux/seg6.h), which has the last segment first. */
static void put_srh(struct line *l, struct encap_bytes b)
{
	enum { HDRLEN = 1, FIRST = 4, FLAGS = 5, HEADER = 8, HAS_HMAC = 8, HMAC = 40, KEY = 4 };
	size_t len = 8 * (b.p[HDRLEN] + (size_t)1);

	put_segments(l, (struct encap_bytes){ b.p + HEADER, b.n - HEADER }, b.p[FIRST] + 1u);
	if (b.p[FLAGS] & HAS_HMAC && len >= HMAC && len <= b.n)
		text_add(l->out, "hmac %" PRIX64 " ",
			 big_endian((struct encap_bytes){ b.p + len - HMAC + KEY, 4 }, 4));
}

static void put_seg6(struct line *l, struct encap_bytes b)
{
	static const char *const modes[] = { "inline", "encap", "l2encap", "encap.red",
					     "l2encap.red" };

	text_add(l->out, "mode %s ", WORD(modes, number(b, 4), "<unknown>"));
	put_srh(l, (struct encap_bytes){ b.p + 4, b.n - 4 });
}

static void put_rpl(struct line *l, struct encap_bytes b)
{
	put_segments(l, (struct encap_bytes){ b.p + 8, b.n - 8 }, b.p[3]);
}

static void put_program(struct line *l, struct encap_bytes b)
{
	struct encap_bytes name;

	if (encap_find(b, 2, 1, &name)) /* LWT_BPF_PROG_NAME */
		text_string(l, name);
}

static void put_action(struct line *l, struct encap_bytes b)
{
	static const char *const words[] = {
		[1] = "End",	 [2] = "End.X",		 [3] = "End.T",	   [4] = "End.DX2",
		[5] = "End.DX6", [6] = "End.DX4",	 [7] = "End.DT6",  [8] = "End.DT4",
		[9] = "End.B6",	 [10] = "End.B6.Encaps", [11] = "End.BM",  [12] = "End.S",
		[13] = "End.AS", [14] = "End.AM",	 [15] = "End.BPF", [16] = "End.DT46",
	};
	uint64_t action = number(b, 4);

	text_add(l->out, "%s ",
		 WORD(words, action,
		      action < sizeof(words) / sizeof(*words) ? "<unknown>" : "<invalid>"));
}

static void put_flavors(struct line *l, struct encap_bytes all)
{
	static const char *const words[] = { NULL, "psp", "usp", "usd", "next-csid" };
	struct encap_bytes b;
	unsigned n = 0;

	if (encap_find(all, 1, 4, &b)) {
		text_add(l->out, "flavors ");
		for (unsigned i = 1; i < sizeof(words) / sizeof(*words); i++)
			if (number(b, 4) >> i & 1)
				text_add(l->out, "%s%s", n++ ? "," : "", words[i]);
		text_add(l->out, " ");
	}
	if (encap_find(all, 2, 1, &b))
		text_add(l->out, "lblen %u ", b.p[0]);
	if (encap_find(all, 3, 1, &b))
		text_add(l->out, "nflen %u ", b.p[0]);
}

/* Attributes that say more together than each alone. */
static void put_ioam6(struct line *l, struct encap_bytes all)
{
	enum { MODE = 1, DST, TRACE, FREQ_K, FREQ_N, SRC, INLINE = 1 };
	static const char *const modes[] = { NULL, "inline", "encap", "auto" };
	struct encap_bytes mode, dst = { 0 }, src, trace, k, n;

	if (!encap_find(all, MODE, 1, &mode) || !encap_find(all, TRACE, 8, &trace) ||
	    !encap_find(all, FREQ_K, 4, &k) || !encap_find(all, FREQ_N, 4, &n))
		return;
	text_add(l->out, "freq %" PRIu64 "/%" PRIu64 " ", number(k, 4), number(n, 4));
	if (mode.p[0] != INLINE && !encap_find(all, DST, 16, &dst))
		return;
	text_add(l->out, "mode %s ", WORD(modes, mode.p[0], "<unknown>"));
	if (mode.p[0] != INLINE) {
		if (encap_find(all, SRC, 16, &src)) { /* Linux 6.12, iproute2 6.12 */
			text_add(l->out, "tunsrc ");
			put_addr6(l, src);
		}
		text_add(l->out, "tundst ");
		put_addr6(l, dst);
	}
	/* struct ioam6_trace_hdr: namespace, two octets of lengths, type */
	text_add(l->out, "trace prealloc type %#08x ns %" PRIu64 " size %u ",
		 (unsigned)big_endian((struct encap_bytes){ trace.p + 4, 3 }, 3),
		 big_endian(trace, 2), 4 * (trace.p[3] & 0x7fu));
}

/* ---- types ---- */

static const struct field mpls[] = {
	{ 1, 4, " ", put_labels },
	{ 2, 1, "ttl ", put_u8 },
	{ 0 },
};

static const struct field ip[] = {
	{ 1, 8, "id ", put_id },     { 3, 4, "src ", put_addr4 },
	{ 2, 4, "dst ", put_addr4 }, { 4, 1, "ttl ", put_u8 },
	{ 5, 1, "tos ", put_u8 },    { 6, 2, "", put_tunnel_flags },
	{ 8, 0, "", put_options },   { 0 },
};

static const struct field ip6[] = {
	{ 1, 8, "id ", put_id },      { 3, 16, "src ", put_addr6 },
	{ 2, 16, "dst ", put_addr6 }, { 4, 1, "hoplimit ", put_u8 },
	{ 5, 1, "tc ", put_u8 },      { 6, 2, "", put_tunnel_flags },
	{ 8, 0, "", put_options },    { 0 },
};

static const struct field ila[] = {
	{ 1, 8, " ", put_locator },
	{ 7, 1, " csum-mode ", put_ila_csum },
	{ 8, 1, " ident-type ", put_ila_ident },
	{ 9, 1, " hook-type ", put_ila_hook },
	{ 0 },
};

static const struct field seg6[] = {
	{ 1, 12, "", put_seg6 },
	{ 0 },
};

static const struct field bpf[] = {
	{ 1, 0, "in ", put_program },
	{ 2, 0, "out ", put_program },
	{ 3, 0, "xmit ", put_program },
	{ 4, 4, " ", put_u32 }, /* the headroom */
	{ 0 },
};

static const struct field seg6local[] = {
	{ 1, 4, "action ", put_action },
	{ 2, 8, "", put_srh },
	{ 3, 4, "table ", put_table },
	{ 9, 4, "vrftable ", put_table },
	{ 4, 4, "nh4 ", put_addr4 },
	{ 5, 16, "nh6 ", put_addr6 },
	{ 6, 4, "iif ", put_link },
	{ 7, 4, "oif ", put_link },
	{ 8, 0, "endpoint ", put_program },
	{ 11, 0, "", put_flavors },
	{ 0 },
};

static const struct field rpl[] = {
	{ 1, 8, "", put_rpl },
	{ 0 },
};

static const struct field xfrm[] = {
	{ 1, 4, "if_id ", put_u32 },
	{ 2, 4, "link_dev ", put_link },
	{ 0 },
};

/* By LWTUNNEL_ENCAP_*. */
static const struct {
	const char *name;
	const struct field *fields; /* the last one has attr 0 */
	put_fn *put;		    /* in place of fields */
} types[] = {
	[1] = { "mpls", mpls, NULL },
	[2] = { "ip", ip, NULL },
	[3] = { "ila", ila, NULL },
	[4] = { "ip6", ip6, NULL },
	[5] = { "seg6", seg6, NULL },
	[6] = { "bpf", bpf, NULL },
	[ENCAP_SEG6LOCAL] = { "seg6local", seg6local, NULL },
	[8] = { "rpl", rpl, NULL },
	[9] = { "ioam6", NULL, put_ioam6 },
	[10] = { "xfrm", xfrm, NULL },
};

void encap_text(const struct encap *e, const struct rt_names *names, const struct names *links,
		struct text *out)
{
	struct line l = { out, names, links };
	struct encap_bytes all = { e->data, e->len }, b;

	if (!e->type)
		return;
	if (e->type >= sizeof(types) / sizeof(*types)) {
		text_add(out, " encap unknown ");
		return;
	}
	text_add(out, " encap %s ", types[e->type].name);
	if (types[e->type].put)
		types[e->type].put(&l, all);
	for (const struct field *f = types[e->type].fields; f && f->attr; f++) {
		if (!encap_find(all, f->attr, f->min, &b))
			continue;
		text_add(out, "%s", f->word);
		f->put(&l, b);
	}
}
