/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "netns.h"
#include "routing/compat.h"
#include "routing/link_nl.h"
#include "routing/nl_attr.h"
#include "routing/rtnl.h"
#include "routing/rtnl_priv.h"

static struct rtnl *nl;
static struct rtnl_events *ev;
static _Alignas(struct nlmsghdr) char buf[1024];

struct rules_seen {
	int n, resets, stop_at;
	uint16_t types[64];
};

static int see(const struct nlmsghdr *nlh, void *arg)
{
	struct rules_seen *s = arg;

	if (s->n < 64)
		s->types[s->n] = nlh->nlmsg_type;
	s->n++;
	return s->n == s->stop_at ? -ECANCELED : 0;
}

static void reset(void *arg)
{
	struct rules_seen *s = arg;

	s->n = 0;
	s->resets++;
}

static struct nlmsghdr *rule_request(uint16_t type)
{
	struct nlmsghdr *nlh = nl_begin(buf, sizeof(buf), type, 0, sizeof(struct fib_rule_hdr));
	struct fib_rule_hdr *frh = mnl_nlmsg_get_payload(nlh);

	frh->family = AF_INET;
	return nlh;
}

static struct nlmsghdr *route_dump(uint32_t table)
{
	struct nlmsghdr *nlh = nl_begin(buf, sizeof(buf), RTM_GETROUTE, 0, sizeof(struct rtmsg));
	struct rtmsg *rtm = mnl_nlmsg_get_payload(nlh);

	rtm->rtm_family = AF_INET;
	mnl_attr_put_u32(nlh, RTA_TABLE, table);
	return nlh;
}

static void add_rule(uint32_t priority)
{
	struct nlmsghdr *nlh = rule_request(RTM_NEWRULE);
	struct fib_rule_hdr *frh = mnl_nlmsg_get_payload(nlh);

	frh->action = FR_ACT_NOP;
	nlh->nlmsg_flags = NLM_F_CREATE | NLM_F_EXCL;
	mnl_attr_put_u32(nlh, FRA_PRIORITY, priority);
	assert_int_equal(rtnl_request(nl, nlh, NULL), 0);
}

static void del_rule(uint32_t priority)
{
	struct nlmsghdr *nlh = rule_request(RTM_DELRULE);

	mnl_attr_put_u32(nlh, FRA_PRIORITY, priority);
	assert_int_equal(rtnl_request(nl, nlh, NULL), 0);
}

static void a_dump_is_whole(void **state)
{
	struct rules_seen s = { 0 };

	(void)state;
	assert_int_equal(rtnl_dump(nl, rule_request(RTM_GETRULE), see, reset, &s), 0);
	assert_int_equal(s.n, 3);
	assert_int_equal(s.resets, 1);
}

static void a_dump_over_many_reads_is_whole(void **state)
{
	struct rules_seen s = { 0 };

	(void)state;
	for (uint32_t i = 1; i <= 2000; i++)
		add_rule(i);
	assert_int_equal(rtnl_dump(nl, rule_request(RTM_GETRULE), see, reset, &s), 0);
	assert_int_equal(s.n, 2003);
	for (uint32_t i = 1; i <= 2000; i++)
		del_rule(i);
}

/* What the callback refused does not come up in the next answer. */
static void a_dump_given_up_leaves_a_clean_socket(void **state)
{
	struct rules_seen s = { .stop_at = 2 };

	(void)state;
	for (uint32_t i = 1; i <= 2000; i++)
		add_rule(i);
	assert_int_equal(rtnl_dump(nl, rule_request(RTM_GETRULE), see, NULL, &s), -ECANCELED);
	assert_int_equal(s.n, 2);
	for (uint32_t i = 1; i <= 2000; i++)
		del_rule(i);
	s = (struct rules_seen){ 0 };
	assert_int_equal(rtnl_dump(nl, rule_request(RTM_GETRULE), see, reset, &s), 0);
	assert_int_equal(s.n, 3);
}

/* Meanwhile others are asked; and what comes behind the place is seen. The kernel goes on by counting:
 * for the rule that went, it leaves out another one. Who needs all of them knows that
 * (policy_nl.c). */
static void a_dump_is_left_and_gone_on_with(void **state)
{
	struct rtnl *other;
	struct pollfd pfd = { .events = POLLIN };
	struct rules_seen s = { 0 };
	size_t limit = 100;
	int pieces = 0;

	(void)state;
	for (uint32_t i = 1; i <= 2000; i++)
		add_rule(i);
	assert_int_equal(rtnl_open(&other), 0);
	pfd.fd = rtnl_fd(other);
	assert_int_equal(poll(&pfd, 1, 0), 0);
	assert_int_equal(rtnl_dump_begin(other, rule_request(RTM_GETRULE)), 0);
	for (int err = 1; err > 0; pieces++) {
		assert_int_equal(poll(&pfd, 1, 0), 1);
		limit = 100;
		err = rtnl_dump_step(other, see, &s, &limit);
		assert_true(err == 0 || (err == 1 && limit == 0));
		if (!pieces)
			del_rule(1); /* before the place */
	}
	assert_true(pieces > 2);
	assert_in_range(s.n, 2002, 2003);
	assert_int_equal(poll(&pfd, 1, 0), 0);
	/* One that is given up goes by. */
	s = (struct rules_seen){ .stop_at = 2 };
	limit = SIZE_MAX;
	assert_int_equal(rtnl_dump_begin(other, rule_request(RTM_GETRULE)), 0);
	assert_int_equal(rtnl_dump_step(other, see, &s, &limit), -ECANCELED);
	s = (struct rules_seen){ 0 };
	assert_int_equal(rtnl_dump(other, rule_request(RTM_GETRULE), see, reset, &s), 0);
	assert_int_equal(s.n, 2002);
	rtnl_close(other);
	for (uint32_t i = 2; i <= 2000; i++)
		del_rule(i);
}

enum { OBJECTS = 3000 };

static void object(uint16_t type, uint32_t id)
{
	struct nlmsghdr *nlh = nl_begin(buf, sizeof(buf), type, 0, sizeof(struct nhmsg));
	struct nhmsg *nhm = mnl_nlmsg_get_payload(nlh);

	if (type == RTM_NEWNEXTHOP) {
		nhm->nh_family = AF_INET;
		nlh->nlmsg_flags = NLM_F_CREATE | NLM_F_EXCL;
		mnl_attr_put(nlh, NHA_BLACKHOLE, 0, NULL);
	}
	mnl_attr_put_u32(nlh, NHA_ID, id);
	assert_int_equal(rtnl_request(nl, nlh, NULL), 0);
}

static struct nlmsghdr *object_dump(void *room, size_t size)
{
	return nl_begin(room, size, RTM_GETNEXTHOP, 0, sizeof(struct nhmsg));
}

/* Changes an object at the beginning of so many dumps. */
static struct {
	struct rules_seen s;
	int changes;
} changing;

static int see_and_change(const struct nlmsghdr *nlh, void *arg)
{
	struct rules_seen *s = arg;

	if (s->n == 0 && changing.changes-- > 0)
		object(changing.changes % 2 ? RTM_DELNEXTHOP : RTM_NEWNEXTHOP, OBJECTS);
	return see(nlh, s);
}

/* The kernel says of a dump of nexthop objects that it was interrupted (NLM_F_DUMP_INTR). */
static void an_interrupted_dump_is_begun_again(void **state)
{
	_Alignas(struct nlmsghdr) char question[64];
	struct rtnl *other;

	(void)state;
	assert_int_equal(rtnl_open(&other), 0);
	for (uint32_t id = 1; id <= OBJECTS; id++)
		object(RTM_NEWNEXTHOP, id);
	changing.changes = 2;
	changing.s = (struct rules_seen){ 0 };
	assert_int_equal(rtnl_dump(other, object_dump(question, sizeof(question)), see_and_change,
				   reset, &changing.s),
			 0);
	assert_int_equal(changing.s.n, OBJECTS);
	assert_int_equal(changing.s.resets, 3);
	/* At last it is given up; and it does not come up in the next answer. */
	changing.changes = 2 * RTNL_DUMP_TRIES;
	changing.s = (struct rules_seen){ 0 };
	assert_int_equal(rtnl_dump(other, object_dump(question, sizeof(question)), see_and_change,
				   reset, &changing.s),
			 -EINTR);
	assert_int_equal(changing.s.resets, RTNL_DUMP_TRIES);
	changing.s = (struct rules_seen){ 0 };
	assert_int_equal(rtnl_dump(other, rule_request(RTM_GETRULE), see, reset, &changing.s), 0);
	assert_int_equal(changing.s.n, 3);
	rtnl_close(other);
	assert_int_equal(system("ip nexthop flush >/dev/null 2>&1"), 0);
}

static int drain(struct rules_seen *s, bool *lost)
{
	*s = (struct rules_seen){ 0 };
	*lost = false;
	return rtnl_events_drain(ev, see, s, lost);
}

/* A device may have 64 KiB of alternative names: its message is the largest that there is. */
static void the_largest_message_fits(void **state)
{
	struct names links = NAMES_INIT;
	struct rules_seen s;
	bool lost;

	(void)state;
	assert_int_equal(system("ip link add big type veth peer name small &&"
				" for i in $(seq 490); do"
				" printf 'link property add dev big altname %0127d\\n' $i; done |"
				" ip -batch -"),
			 0);
	do
		assert_true(drain(&s, &lost) >= 0 && !lost);
	while (s.n);
	assert_int_equal(link_nl_dump(nl, &links), 0);
	assert_int_equal(links.v.n, 3);
	assert_non_null(names_find_name(&links, "big"));
	names_fini(&links);
	assert_int_equal(system("ip link del big"), 0);
}

/* What is longer than the buffer, and what somebody else than the kernel sends. */
static void only_whole_messages_of_the_kernel_count(void **state)
{
	struct sockaddr_nl to = { 0 };
	socklen_t len = sizeof(to);
	struct mnl_socket *somebody = mnl_socket_open(NETLINK_ROUTE);
	int fd = rtnl_events_fd(ev);
	struct rules_seen s;
	bool lost;

	(void)state;
	(void)drain(&s, &lost);
	add_rule(7);
	assert_int_equal(rtnl_recv(fd, buf, 16, MSG_DONTWAIT), -EMSGSIZE);
	assert_int_equal(rtnl_recv(fd, buf, sizeof(buf), MSG_DONTWAIT), -EAGAIN);
	del_rule(7);
	assert_true(rtnl_recv(fd, buf, sizeof(buf), MSG_DONTWAIT) > 0);

	assert_non_null(somebody);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&to, &len), 0);
	to.nl_groups = 0;
	assert_int_equal(
		sendto(mnl_socket_get_fd(somebody), buf, 64, 0, (struct sockaddr *)&to, sizeof(to)),
		64);
	assert_int_equal(rtnl_recv(fd, buf, sizeof(buf), MSG_DONTWAIT), 0);
	assert_int_equal(rtnl_recv(fd, buf, sizeof(buf), MSG_DONTWAIT), -EAGAIN);
	mnl_socket_close(somebody);
}

static int cannot_read_one(const struct nlmsghdr *nlh, void *arg)
{
	struct rules_seen *s = arg;

	(void)see(nlh, s);
	return s->n == 2 ? -EBADMSG : 0;
}

static void count_unread(const struct nlmsghdr *nlh, void *arg)
{
	assert_int_equal(nlh->nlmsg_type, RTM_NEWRULE);
	++*(int *)arg;
}

static void what_cannot_be_read_costs_itself(void **state)
{
	struct rules_seen s = { 0 };
	int unread = 0;

	(void)state;
	rtnl_on_unread(nl, count_unread, &unread);
	assert_int_equal(rtnl_dump(nl, rule_request(RTM_GETRULE), cannot_read_one, reset, &s), 0);
	assert_int_equal(s.n, 3);
	assert_int_equal(unread, 1);
	rtnl_on_unread(nl, NULL, NULL);
	assert_int_equal(rtnl_dump(nl, rule_request(RTM_GETRULE), cannot_read_one, reset, &s), 0);
	assert_int_equal(s.n, 3);
}

static void a_table_that_is_not_there_is_empty(void **state)
{
	struct rules_seen s = { 0 };

	(void)state;
	assert_int_equal(rtnl_dump(nl, route_dump(777), see, reset, &s), 0);
	assert_int_equal(s.n, 0);
}

static void the_kernels_words_are_kept(void **state)
{
	struct nlmsghdr *nlh = rule_request(RTM_NEWRULE);
	struct fib_rule_hdr *frh = mnl_nlmsg_get_payload(nlh);
	struct why why = { "" };

	(void)state;
	frh->action = FR_ACT_GOTO;
	assert_int_equal(rtnl_request(nl, nlh, &why), -EINVAL);
	assert_string_equal(why.s, "the kernel: Missing goto target for action goto");
	/* Without words of the kernel's, what was there stays. */
	why_set(&why, 0, "mine");
	nlh = rule_request(RTM_DELRULE);
	mnl_attr_put_u32(nlh, FRA_PRIORITY, 5);
	assert_int_equal(rtnl_request(nl, nlh, &why), -ENOENT);
	assert_string_equal(why.s, "mine");
}

/* The words follow the request when the kernel repeats it; without words, nothing is said. */
static void the_kernels_words_are_found_behind_the_request(void **state)
{
	static const struct {
		int option, on;
		const char *words;
	} cases[] = {
		{ NETLINK_CAP_ACK, 0, "the kernel: Missing goto target for action goto" },
		{ NETLINK_EXT_ACK, 0, "" },
		{ NETLINK_CAP_ACK, 1, "" },
		{ NETLINK_EXT_ACK, 1, "the kernel: Missing goto target for action goto" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct nlmsghdr *nlh = rule_request(RTM_NEWRULE);
		struct fib_rule_hdr *frh = mnl_nlmsg_get_payload(nlh);
		struct why why = { "" };

		frh->action = FR_ACT_GOTO;
		mnl_attr_put_strz(nlh, FRA_IIFNAME, "eth9"); /* one more attribute to step over */
		assert_int_equal(setsockopt(rtnl_fd(nl), SOL_NETLINK, cases[i].option, &cases[i].on,
					    sizeof(cases[i].on)),
				 0);
		assert_int_equal(rtnl_request(nl, nlh, &why), -EINVAL);
		assert_string_equal(why.s, cases[i].words);
	}
}

static void one_answer_for_a_get(void **state)
{
	struct nlmsghdr *nlh = nl_begin(buf, sizeof(buf), RTM_GETLINK, 0, sizeof(struct ifinfomsg));
	struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);
	struct rules_seen s = { 0 };

	(void)state;
	ifi->ifi_index = 1;
	assert_int_equal(rtnl_get(nl, nlh, see, &s, NULL), 0);
	assert_int_equal(s.n, 1);
	assert_int_equal(s.types[0], RTM_NEWLINK);
	nlh = nl_begin(buf, sizeof(buf), RTM_GETLINK, 0, sizeof(struct ifinfomsg));
	ifi = mnl_nlmsg_get_payload(nlh);
	ifi->ifi_index = 4711;
	assert_int_equal(rtnl_get(nl, nlh, see, &s, NULL), -ENODEV);
	assert_int_equal(s.n, 1);
}

static void an_event_is_there_when_the_call_returns(void **state)
{
	struct rules_seen s;
	bool lost;

	(void)state;
	while (drain(&s, &lost) > 0)
		;
	for (int i = 0; i < 100; i++) {
		add_rule(7);
		assert_int_equal(drain(&s, &lost), 1);
		assert_int_equal(s.types[0], RTM_NEWRULE);
		del_rule(7);
		assert_int_equal(drain(&s, &lost), 1);
		assert_int_equal(s.types[0], RTM_DELRULE);
	}
	assert_int_equal(drain(&s, &lost), 0);
	assert_false(lost);
}

static int see_who(const struct nlmsghdr *nlh, void *arg)
{
	int *own = arg;

	*own += rtnl_caused(nl, nlh) ? 1 : -100;
	return 0;
}

static void an_event_says_who_caused_it(void **state)
{
	bool lost = false;
	int own = 0;

	(void)state;
	while (rtnl_events_drain(ev, see_who, &own, &lost) > 0)
		;
	own = 0;
	add_rule(7);
	del_rule(7);
	assert_int_equal(rtnl_events_drain(ev, see_who, &own, &lost), 2);
	assert_int_equal(own, 2);
	own = 0;
	assert_int_equal(system("ip rule add pref 7 table 7 && ip rule del pref 7"), 0);
	assert_int_equal(rtnl_events_drain(ev, see_who, &own, &lost), 2);
	assert_int_equal(own, -200);
}

/* IPv6 tells of its routes only when the carrier has come, a moment later. */
static bool comes(uint16_t type)
{
	struct pollfd pfd = { .fd = rtnl_events_fd(ev), .events = POLLIN };

	for (int tries = 0; tries < 50; tries++) {
		struct rules_seen s;
		bool lost;

		(void)drain(&s, &lost);
		for (int k = 0; k < s.n && k < 64; k++)
			if (s.types[k] == type)
				return true;
		(void)poll(&pfd, 1, 100);
	}
	return false;
}

static void groups_of_interest_are_joined(void **state)
{
	static const struct {
		const char *command;
		uint16_t type;
	} cases[] = {
		{ "ip link add d0 type veth peer name d1", RTM_NEWLINK },
		{ "ip link set d1 up; ip link set d0 up", RTM_NEWROUTE }, /* IPv6 */
		{ "ip addr add 192.0.2.1/24 dev d0", RTM_NEWADDR },
		{ "ip -6 addr add 2001:db8::1/64 nodad dev d0", RTM_NEWADDR },
		{ "ip route add 198.51.100.0/24 via 192.0.2.2", RTM_NEWROUTE },
		{ "ip -6 rule add pref 5 table 5", RTM_NEWRULE },
		{ "ip nexthop add id 5 via 192.0.2.2 dev d0", RTM_NEWNEXTHOP },
		{ "ip link del d0", RTM_DELLINK },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct rules_seen s;
		bool lost;

		(void)drain(&s, &lost);
		assert_int_equal(system(cases[i].command), 0);
		if (!comes(cases[i].type))
			fail_msg("%s", cases[i].command);
	}
	assert_int_equal(system("ip -6 rule del pref 5"), 0);
}

/* More than the buffer holds: told, and everything that is left still comes. */
static void lost_events_are_told(void **state)
{
	int small = 4096, fd = rtnl_events_fd(ev), n;
	struct rules_seen s;
	bool lost;

	(void)state;
	(void)drain(&s, &lost);
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small)), 0);
	for (int i = 0; i < 50; i++) {
		add_rule(7);
		del_rule(7);
	}
	n = drain(&s, &lost);
	assert_true(n > 0 && n < 100);
	assert_true(lost);
	add_rule(7);
	del_rule(7);
	assert_int_equal(drain(&s, &lost), 2);
	assert_false(lost);
}

static void a_negative_answer_ends_draining(void **state)
{
	struct rules_seen s = { .stop_at = 1 };
	bool lost = false;

	(void)state;
	add_rule(7);
	del_rule(7);
	assert_int_equal(rtnl_events_drain(ev, see, &s, &lost), -ECANCELED);
	assert_int_equal(drain(&s, &lost), 1);
}

static void a_fresh_socket_has_nothing_but_what_comes(void **state)
{
	int fd = rtnl_events_fd(ev);
	struct rules_seen s;
	bool lost;

	(void)state;
	add_rule(7);
	assert_int_equal(rtnl_events_renew(ev), 0);
	assert_int_equal(rtnl_events_fd(ev), fd);
	assert_int_equal(drain(&s, &lost), 0);
	del_rule(7);
	assert_int_equal(drain(&s, &lost), 1);
	assert_false(lost);
}

static void no_descriptor_is_inherited(void **state)
{
	(void)state;
	assert_true(fcntl(rtnl_events_fd(ev), F_GETFD) & FD_CLOEXEC);
	assert_true(fcntl(rtnl_events_fd(ev), F_GETFL) & O_NONBLOCK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_dump_is_whole),
		cmocka_unit_test(a_dump_over_many_reads_is_whole),
		cmocka_unit_test(a_dump_given_up_leaves_a_clean_socket),
		cmocka_unit_test(a_dump_is_left_and_gone_on_with),
		cmocka_unit_test(an_interrupted_dump_is_begun_again),
		cmocka_unit_test(the_largest_message_fits),
		cmocka_unit_test(only_whole_messages_of_the_kernel_count),
		cmocka_unit_test(what_cannot_be_read_costs_itself),
		cmocka_unit_test(a_table_that_is_not_there_is_empty),
		cmocka_unit_test(the_kernels_words_are_kept),
		cmocka_unit_test(the_kernels_words_are_found_behind_the_request),
		cmocka_unit_test(one_answer_for_a_get),
		cmocka_unit_test(an_event_is_there_when_the_call_returns),
		cmocka_unit_test(an_event_says_who_caused_it),
		cmocka_unit_test(groups_of_interest_are_joined),
		cmocka_unit_test(lost_events_are_told),
		cmocka_unit_test(a_negative_answer_ends_draining),
		cmocka_unit_test(a_fresh_socket_has_nothing_but_what_comes),
		cmocka_unit_test(no_descriptor_is_inherited),
	};
	int failed;

	if (!netns_enter() || system("command -v ip >/dev/null && ip link set lo up"))
		return 77;
	assert_int_equal(rtnl_open(&nl), 0);
	assert_int_equal(rtnl_events_open(&ev), 0);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	rtnl_events_close(ev);
	rtnl_close(nl);
	return failed;
}
