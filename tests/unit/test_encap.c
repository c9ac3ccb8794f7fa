/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Encapsulations: what route_text() makes of every kind, held against the installed ip(8), which
 * prints messages of the kernel from a file (`ip route showdump`): so all kinds are seen, whatever
 * the running kernel has.
 */
#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "routes.h"
#include "routing/compat.h"
#include "routing/route_nl.h"

#define N_OF(a) (sizeof(a) / sizeof(*(a)))

enum { BUF = 4096, LO = 1, MAIN = 254 };

static struct names links = NAMES_INIT;
static struct rt_names names = RT_NAMES_INIT;

/* Attributes as a string: "TYPE:VALUE", and the attributes of a nest in parentheses. A value is hex
 * octets, 'TEXT, or @ADDRESS. */
static void put_attrs(struct nlmsghdr *nlh, const char **at);

static void put_value(struct nlmsghdr *nlh, uint16_t type, const char **at)
{
	unsigned char data[256];
	char word[256];
	size_t n = strcspn(*at, " )");
	size_t len = 0;

	memcpy(word, *at, n);
	word[n] = '\0';
	*at += n;
	if (word[0] == '\'') {
		mnl_attr_put_strz(nlh, type, word + 1);
		return;
	}
	if (word[0] == '@') {
		const struct prefix p = pfx(word + 1);

		mnl_attr_put(nlh, type, addr_size(p.family), p.addr);
		return;
	}
	for (unsigned octet; sscanf(word + 2 * len, "%2x", &octet) == 1; len++)
		data[len] = (unsigned char)octet;
	mnl_attr_put(nlh, type, len, data);
}

static void put_attrs(struct nlmsghdr *nlh, const char **at)
{
	while (**at && **at != ')') {
		char *end;
		uint16_t type = (uint16_t)strtoul(*at, &end, 10);
		struct nlattr *nest;

		assert_true(*end == ':');
		*at = end + 1;
		if (**at == '(') {
			++*at;
			nest = mnl_attr_nest_start(nlh, type);
			put_attrs(nlh, at);
			mnl_attr_nest_end(nlh, nest);
			assert_true(**at == ')');
			++*at;
		} else {
			put_value(nlh, type, at);
		}
		*at += **at == ' ';
	}
}

static void put_encap(struct nlmsghdr *nlh, uint16_t type, const char *attrs)
{
	struct nlattr *nest;

	mnl_attr_put_u16(nlh, RTA_ENCAP_TYPE, type);
	nest = mnl_attr_nest_start(nlh, RTA_ENCAP);
	nest->nla_type = RTA_ENCAP; /* without NLA_F_NESTED, as the kernel sends it */
	put_attrs(nlh, &attrs);
	mnl_attr_nest_end(nlh, nest);
}

static struct nlmsghdr *begin(void *buf, uint8_t family)
{
	struct nlmsghdr *nlh;
	struct rtmsg *rtm;

	memset(buf, 0, BUF); /* padding, as the kernel does */
	nlh = mnl_nlmsg_put_header(buf);
	rtm = mnl_nlmsg_put_extra_header(nlh, sizeof(*rtm));
	nlh->nlmsg_type = RTM_NEWROUTE;
	rtm->rtm_family = family;
	rtm->rtm_table = MAIN;
	rtm->rtm_protocol = ROUTE_PROTO_BOOT;
	rtm->rtm_type = RTN_UNICAST;
	if (family == AF_INET6)
		mnl_attr_put_u32(nlh, RTA_PRIORITY, 1024);
	if (family == AF_INET6)
		mnl_attr_put_u8(nlh, RTA_PREF, 0);
	return nlh;
}

static const struct {
	uint8_t family;
	uint16_t type;
	const char *attrs;
} cases[] = {
	/* mpls: labels 100 and 200/300, a time to live */
	{ AF_INET, 1, "1:00064100" },
	{ AF_INET6, 1, "1:000c80000012c100 2:09" },
	/* ip: id, destination, source, ttl, tos, flags; options of geneve, vxlan, erspan */
	{ AF_INET, 2, "1:0000000000000064 2:@198.51.100.2 3:@198.51.100.1 4:40 5:10 6:0000" },
	{ AF_INET, 2, "1:00000000ffffffff 2:@198.51.100.2 3:@0.0.0.0 4:00 5:00 6:000d" },
	{ AF_INET, 2, "1:0000000000000001 2:@10.0.0.1 6:0004 8:(1:(1:0102 2:80 3:11223344))" },
	{ AF_INET, 2, "1:0000000000000001 8:(1:(1:0102 2:80 3:11223344 1:ffff 2:01 3:aabbccdd))" },
	{ AF_INET, 2, "1:0000000000000001 8:(2:(1:07000000))" },
	{ AF_INET, 2, "1:0000000000000001 8:(3:(1:01 2:00000005))" },
	{ AF_INET, 2, "1:0000000000000001 8:(3:(1:02 3:01 4:07))" },
	/* ila: locator, kinds of checksum, identifier and hook */
	{ AF_INET6, 3, "1:20010db800000001 7:02 8:00 9:00" },
	{ AF_INET6, 3, "1:fedcba9876543210 7:03 8:20 9:01" },
	{ AF_INET6, 3, "1:0000000000000000 7:09 8:08 9:07" },
	/* ip6 */
	{ AF_INET6, 4, "1:0000000000000007 2:@2001:db8::2 3:@2001:db8::1 4:40 5:10 6:0005" },
	{ AF_INET, 4, "1:ffffffffffffffff 2:@2001:db8::2 3:@:: 4:00 5:00" },
	/* seg6: the modes; one and two segments; with an HMAC */
	{ AF_INET6, 5, "1:01000000000204000000000020010db8000000000000000000000001" },
	{ AF_INET6, 5,
	  "1:00000000000404010100000020010db800000000000000000000000120010db8000000000000000000000002" },
	{ AF_INET6, 5, "1:03000000000204000000000020010db8000000000000000000000001" },
	{ AF_INET6, 5, "1:04000000000204000000000020010db8000000000000000000000001" },
	{ AF_INET6, 5,
	  "1:01000000000704000008000020010db80000000000000000000000010526000000"
	  "00002a0000000000000000000000000000000000000000000000000000000000000000" },
	/* bpf: programs, the headroom */
	{ AF_INET, 6, "1:(2:'in.o:[in]) 2:(2:'out.o) 3:(2:'x.o) 4:0e000000" },
	{ AF_INET6, 6, "2:(1:05000000)" },
	/* seg6local: actions and what each needs; counters are not shown */
	{ AF_INET6, 7, "1:01000000" },
	{ AF_INET6, 7, "1:02000000 5:@2001:db8::9" },
	{ AF_INET6, 7, "1:03000000 3:fe000000" },
	{ AF_INET6, 7, "1:04000000 7:01000000" },
	{ AF_INET6, 7, "1:06000000 4:@192.0.2.9" },
	{ AF_INET6, 7, "1:10000000 9:64000000" },
	{ AF_INET6, 7, "1:09000000 2:000204000000000020010db8000000000000000000000001" },
	{ AF_INET6, 7, "1:0e000000 6:01000000 7:01000000" },
	{ AF_INET6, 7, "1:0f000000 8:(1:05000000 2:'end.o)" },
	{ AF_INET6, 7, "1:01000000 10:(2:0500000000000000 3:0600000000000000)" },
	{ AF_INET6, 7, "1:01000000 11:(1:0a000000)" },
	{ AF_INET6, 7, "1:01000000 11:(1:10000000 2:20 3:10)" },
	{ AF_INET6, 7, "1:63000000" },
	/* rpl: two segments */
	{ AF_INET6, 8,
	  "1:000403020000000020010db800000000000000000000000120010db8000000000000000000000002" },
	/* ioam6: in line, and in a tunnel */
	{ AF_INET6, 9, "1:01 3:000700000080000000 4:01000000 5:01000000" },
	{ AF_INET6, 9, "1:02 2:@2001:db8::5 3:00070003c0000000 4:02000000 5:05000000" },
	{ AF_INET6, 9, "1:03 2:@2001:db8::5 3:00070003c0000000 4:02000000 5:05000000" },
	/* xfrm */
	{ AF_INET, 10, "1:07000000" },
	{ AF_INET6, 10, "1:07000000 2:01000000" },
	/* one of tomorrow */
	{ AF_INET, 77, "1:07000000" },
};

static struct nlmsghdr *message(void *buf, size_t i)
{
	struct nlmsghdr *nlh = begin(buf, cases[i].family);

	put_encap(nlh, cases[i].type, cases[i].attrs);
	mnl_attr_put_u32(nlh, RTA_OIF, LO);
	return nlh;
}

/* Two next hops; the first one has the encapsulation. */
static struct nlmsghdr *message_of_hops(void *buf, size_t i)
{
	struct nlmsghdr *nlh = begin(buf, cases[i].family);
	struct nlattr *nest = mnl_attr_nest_start(nlh, RTA_MULTIPATH);

	nest->nla_type = RTA_MULTIPATH;
	for (unsigned hop = 0; hop < 2; hop++) {
		struct rtnexthop *rtnh = mnl_nlmsg_get_payload_tail(nlh);

		*rtnh = (struct rtnexthop){ .rtnh_ifindex = LO };
		nlh->nlmsg_len += sizeof(*rtnh);
		if (!hop)
			put_encap(nlh, cases[i].type, cases[i].attrs);
		rtnh->rtnh_len = (uint16_t)((char *)mnl_nlmsg_get_payload_tail(nlh) - (char *)rtnh);
	}
	mnl_attr_nest_end(nlh, nest);
	return nlh;
}

static void add_text(struct text *out, const struct nlmsghdr *nlh)
{
	struct nexthop hops[ROUTE_HOPS_MAX];
	struct route r;

	assert_int_equal(route_nl_decode(nlh, &r, hops), 0);
	route_text(&r, &names, &links, out);
	text_add(out, "\n");
}

/* Blanks at the end of a line are left out of what route_text() writes. */
static void ip_text(const char *file, struct text *out)
{
	char cmd[128], line[1024];
	FILE *f;

	snprintf(cmd, sizeof(cmd), "ip -o route showdump <%s 2>&1", file);
	f = popen(cmd, "r");
	assert_non_null(f);
	while (fgets(line, sizeof(line), f)) {
		size_t n = strcspn(line, "\n");

		while (n && line[n - 1] == ' ')
			n--;
		text_addn(out, line, n);
		text_add(out, "\n");
	}
	pclose(f);
}

static void same_lines(const char *ours, const char *theirs)
{
	while (*ours || *theirs) {
		size_t n = strcspn(ours, "\n"), m = strcspn(theirs, "\n");

		if (n != m || memcmp(ours, theirs, n) != 0)
			fail_msg("\n%.*s, and ip(8):\n%.*s", (int)n, ours, (int)m, theirs);
		ours += n + (ours[n] == '\n');
		theirs += m + (theirs[m] == '\n');
	}
}

static void as_ip(struct nlmsghdr *(*make)(void *buf, size_t i))
{
	static _Alignas(struct nlmsghdr) char buf[BUF];
	const uint32_t magic = 0x45311224; /* of `ip route save` */
	char file[] = "/tmp/test_encap.XXXXXX";
	int fd = mkstemp(file);
	struct text ours = TEXT_INIT, theirs = TEXT_INIT;
	FILE *f;

	assert_true(fd >= 0);
	f = fdopen(fd, "w");
	assert_non_null(f);
	fwrite(&magic, sizeof(magic), 1, f);
	for (size_t i = 0; i < N_OF(cases); i++) {
		const struct nlmsghdr *nlh = make(buf, i);

		fwrite(nlh, nlh->nlmsg_len, 1, f);
		add_text(&ours, nlh);
	}
	fclose(f);
	ip_text(file, &theirs);
	unlink(file);
	same_lines(text_str(&ours), text_str(&theirs));
	text_fini(&ours);
	text_fini(&theirs);
}

static bool have_ip(void)
{
	return system("ip -V >/dev/null 2>&1") == 0;
}

static void test_text(void **state)
{
	(void)state;
	if (!have_ip())
		skip();
	names_set(&links, LO, "lo", 0);
	names_set(&names.tables, MAIN, "main", 0);
	as_ip(message);
	as_ip(message_of_hops);
}

/* Each is the same as itself and as nothing else, also sent and read again. */
static void test_same(void **state)
{
	static _Alignas(struct nlmsghdr) char buf[2][BUF], again[BUF];
	struct nexthop hops[3][ROUTE_HOPS_MAX];
	struct route a, b, c;

	(void)state;
	for (size_t i = 0; i < 2 * N_OF(cases); i++) {
		struct nlmsghdr *(*make)(void *buf, size_t i) = i & 1 ? message_of_hops : message;

		assert_int_equal(route_nl_decode(make(buf[0], i / 2), &a, hops[0]), 0);
		assert_non_null(route_unheld(&a));
		for (size_t k = 0; k < N_OF(cases); k++) {
			assert_int_equal(route_nl_decode(make(buf[1], k), &b, hops[1]), 0);
			b.dst = a.dst;
			if (route_same(&a, &b) != (k == i / 2))
				fail_msg("%zu and %zu", i, k);
		}
		assert_int_equal(route_nl_encode(again, BUF, RTM_NEWROUTE, 0, &a), 0);
		assert_int_equal(route_nl_decode((struct nlmsghdr *)(void *)again, &c, hops[2]), 0);
		assert_true(route_same(&a, &c));
		c = a;
		if (a.nhops > 1)
			hops[0][0].encap = (struct encap){ 0 };
		else
			c.hop.encap = (struct encap){ 0 };
		assert_int_equal(route_nl_decode(make(buf[1], i / 2), &b, hops[1]), 0);
		assert_false(route_same(&b, &c));
		assert_null(route_unheld(&c));
		/* A nexthop object has the encapsulation itself. */
		b.nhid = c.nhid = 5;
		assert_true(route_same(&b, &c));
		assert_null(route_unheld(&b));
	}
}

/* What a seg6local route has counted makes no difference. */
static void test_counters(void **state)
{
	static _Alignas(struct nlmsghdr) char buf[2][BUF];
	const char *const attrs[] = {
		"1:01000000 10:(2:0500000000000000 3:0600000000000000) 7:01000000",
		"1:01000000 10:(2:0700000000000000 3:0900000000000000) 7:01000000",
		"1:01000000 10:(2:0700000000000000 3:0900000000000000) 7:02000000"
	};
	struct nexthop hops[2][ROUTE_HOPS_MAX];
	struct route r[2];

	(void)state;
	for (unsigned i = 1; i < 3; i++) {
		for (unsigned k = 0; k < 2; k++) {
			struct nlmsghdr *nlh = begin(buf[k], AF_INET6);

			put_encap(nlh, 7, attrs[k ? i : 0]);
			mnl_attr_put_u32(nlh, RTA_OIF, LO);
			assert_int_equal(route_nl_decode(nlh, &r[k], hops[k]), 0);
		}
		assert_true(route_same(&r[0], &r[1]) == (i == 1));
	}
}

/* An attribute of tomorrow makes a route that cannot be put back, and that is no other. */
static void test_unknown(void **state)
{
	static _Alignas(struct nlmsghdr) char buf[2][BUF];
	const uint16_t types[] = { RTA_FLOWLABEL + 1, 62, 63, 64, 300 };
	struct nexthop hops[2][ROUTE_HOPS_MAX];
	struct route a, b;
	struct nlattr *nest;
	struct nlmsghdr *nlh = begin(buf[0], AF_INET);

	(void)state;
	mnl_attr_put_u32(nlh, RTA_OIF, LO);
	assert_int_equal(route_nl_decode(nlh, &a, hops[0]), 0);
	assert_null(route_unheld(&a));
	for (size_t i = 0; i <= N_OF(types); i++) {
		nlh = begin(buf[1], AF_INET);
		mnl_attr_put_u32(nlh, RTA_OIF, LO);
		if (i < N_OF(types)) {
			mnl_attr_put_u32(nlh, types[i], 1);
		} else {
			nest = mnl_attr_nest_start(nlh, RTA_METRICS);
			mnl_attr_put_u32(nlh, ROUTE_METRIC_N, 1);
			mnl_attr_nest_end(nlh, nest);
		}
		assert_int_equal(route_nl_decode(nlh, &b, hops[1]), 0);
		assert_non_null(route_unheld(&b));
		assert_false(route_same(&a, &b));
	}
}

/* Lengths of all kinds, also wrong ones, are read within the message (seen by ASan). */
static void test_cut(void **state)
{
	static _Alignas(struct nlmsghdr) char buf[BUF];
	struct text t = TEXT_INIT;

	(void)state;
	for (size_t i = 0; i < N_OF(cases); i++) {
		struct nlmsghdr *nlh = begin(buf, cases[i].family);
		struct encap e = { .type = cases[i].type };
		const char *attrs = cases[i].attrs;
		uint32_t from = nlh->nlmsg_len;
		uint16_t all;

		put_attrs(nlh, &attrs);
		all = (uint16_t)(nlh->nlmsg_len - from);
		for (e.len = 0; e.len < all; e.len++) {
			unsigned char *data = malloc(e.len ? e.len : 1u);

			assert_non_null(data);
			memcpy(data, buf + from, e.len);
			/* The first attribute ends with the data. */
			if (e.len >= 4)
				memcpy(data, &e.len, sizeof(e.len));
			e.data = data;
			encap_text(&e, &names, &links, &t);
			assert_true(encap_same(&e, &e));
			free(data);
		}
		text_reset(&t);
	}
	text_fini(&t);
}

static int free_names(void **state)
{
	(void)state;
	names_fini(&links);
	rt_names_fini(&names);
	return 0;
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_text),	 cmocka_unit_test(test_same),
	cmocka_unit_test(test_counters), cmocka_unit_test(test_unknown),
	cmocka_unit_test(test_cut),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, free_names);
}
