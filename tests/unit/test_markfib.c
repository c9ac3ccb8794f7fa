/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which table a mark leads to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>
#include <sys/socket.h>

#include "model/markfib.h"
#include "model/policy.h"

static struct vec all = VEC_INIT(struct policy);
static struct markfib index_of_all;

static int setup(void **state)
{
	(void)state;
	markfib_init(&index_of_all);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	markfib_fini(&index_of_all);
	vec_fini(&all);
	return 0;
}

static uint32_t table_of(uint32_t mark)
{
	assert_int_equal(markfib_build(&index_of_all, &all), 0);
	return markfib_find(&index_of_all, mark);
}

static struct policy *add(uint32_t priority, uint32_t mark, uint32_t mask, uint32_t fib)
{
	struct policy *p = vec_push(&all);

	assert_non_null(p);
	policy_init(p);
	p->priority = priority;
	p->mark = mark;
	p->mask = mask;
	p->fib = fib;
	return p;
}

/* What every host has. */
static void begin(void)
{
	vec_clear(&all);
	add(0, 0, 0, 255);
}

static void end(uint8_t family)
{
	add(32766, 0, 0, 254);
	add(32767, 0, 0, 253);
	for (size_t i = 0; i < all.n; i++)
		((struct policy *)vec_at(&all, i))->family = family;
}

/* Each case has policies from priority 100 on, and the table that mark 5 leads to. */
#define CASE(want, ...)                                                                            \
	do {                                                                                       \
		struct policy *p;                                                                  \
                                                                                                   \
		begin();                                                                           \
		__VA_ARGS__;                                                                       \
		(void)p;                                                                           \
		end(AF_INET);                                                                      \
		if (table_of(5) != (want))                                                         \
			fail_msg("%s: IPv4: %u", #__VA_ARGS__, table_of(5));                       \
		end(AF_INET6);                                                                     \
		if (table_of(5) != (want))                                                         \
			fail_msg("%s: IPv6: %u", #__VA_ARGS__, table_of(5));                       \
	} while (0)

#define P(...)	 (p = add(__VA_ARGS__))
#define MARK(n)	 (n), 5, UINT32_MAX
#define OTHER(n) (n), 6, UINT32_MAX
#define ALL(n)	 (n), 0, 0

static void every_action_counts(void **state)
{
	(void)state;
	CASE(0, p = NULL);
	CASE(101, P(MARK(100), 101));
	CASE(0, P(OTHER(100), 101));
	CASE(101, P(MARK(100), 101); P(MARK(101), 102));
	/* The report: the kernel says "unreachable". */
	CASE(0, P(100, 5, 0xf, 0)->action = POLICY_UNREACHABLE; P(101, 5, 0xf, 101));
	CASE(0, P(MARK(100), 0)->action = POLICY_BLACKHOLE; P(MARK(101), 101));
	CASE(0, P(MARK(100), 0)->action = POLICY_PROHIBIT; P(MARK(101), 101));
	CASE(0, P(MARK(100), 0)->action = 200; P(MARK(101), 101));
	CASE(0, P(ALL(100), 0)->action = POLICY_PROHIBIT; P(MARK(101), 101));
	CASE(101, P(OTHER(100), 0)->action = POLICY_BLACKHOLE; P(MARK(101), 101));
	CASE(101, P(MARK(100), 0)->action = POLICY_NOP; P(MARK(101), 101));
	/* Everybody's lookups may find a route, as that of local may. */
	CASE(101, P(ALL(100), 99); P(MARK(101), 101));
	CASE(101, P(ALL(100), 254)->suppress_prefixlen = 0; P(MARK(101), 101));
}

static void every_selector_counts(void **state)
{
	(void)state;
#define MORE(...) CASE(0, P(MARK(100), 99), __VA_ARGS__; P(MARK(101), 101))
	MORE(p->src = (struct prefix){ .len = 8 });
	MORE(p->dst = (struct prefix){ .len = 8 });
	MORE(p->iif[0] = 'a');
	MORE(p->oif[0] = 'a');
	MORE(p->tos = 4);
	MORE(p->protocol = 6);
	MORE(p->sport_from = p->sport_to = 25);
	MORE(p->dport_from = p->dport_to = 25);
	MORE(p->uid_to = 0);
	MORE(p->l3mdev = true);
	MORE(p->tunnel[7] = 1);
	MORE(p->dscp = 0);
	MORE(p->flowlabel_mask = 1);
	MORE(p->suppress_prefixlen = 0);
	MORE(p->suppress_group = 3);
	MORE(p->iif[0] = 'a', p->action = POLICY_GOTO, p->goto_priority = 102);
	MORE(p->iif[0] = 'a', p->action = POLICY_BLACKHOLE);
#undef MORE
	/* What selects something else and no mark is about other packets. */
	CASE(101, P(ALL(100), 99)->tos = 4; P(MARK(101), 101));
	CASE(101, P(ALL(100), 0)->tos = 4, p->action = POLICY_BLACKHOLE; P(MARK(101), 101));
	CASE(101, P(OTHER(100), 99)->tos = 4; P(MARK(101), 101));
	CASE(101, P(MARK(100), 99)->tos = 4, p->action = POLICY_NOP; P(MARK(101), 101));
	CASE(101, P(MARK(100), 101)->realms = 4);
	CASE(101, P(100, 0x105, 0xf, 101)); /* bits outside of the mask do not matter */
	CASE(101, P(100, 5, 1, 101));
	CASE(0, P(100, 0, 1, 101));
}

static void inverted_policies_select_the_other_marks(void **state)
{
	(void)state;
	CASE(101, P(OTHER(100), 101)->invert = true);
	CASE(0, P(MARK(100), 101)->invert = true);
	CASE(102, P(MARK(100), 101)->invert = true; P(MARK(101), 102));
	CASE(0, P(OTHER(100), 0)->invert = true, p->action = POLICY_PROHIBIT; P(MARK(101), 102));
	/* None of a packet's properties is wanted but one: the mark is another. */
	CASE(101, P(OTHER(100), 101)->invert = true, p->tos = 4);
	CASE(0, P(MARK(100), 101)->invert = true, p->tos = 4; P(MARK(101), 102));
	/* Not all packets: no packet. */
	CASE(102, P(ALL(100), 0)->invert = true, p->action = POLICY_PROHIBIT; P(MARK(101), 102));
}

static void a_goto_is_followed(void **state)
{
	(void)state;
#define GOTO(to) ->action = POLICY_GOTO, p->goto_priority = (to)
	CASE(102, P(MARK(100), 0) GOTO(102); P(MARK(101), 101); P(MARK(102), 102));
	CASE(102, P(ALL(100), 0) GOTO(102); P(MARK(101), 101); P(MARK(102), 102));
	CASE(101, P(OTHER(100), 0) GOTO(102); P(MARK(101), 101); P(MARK(102), 102));
	CASE(103, P(MARK(100), 0) GOTO(102); P(MARK(101), 101); P(MARK(102), 0) GOTO(104);
	     P(MARK(104), 103));
	/* No such priority: the kernel goes on. */
	CASE(101, P(MARK(100), 0) GOTO(102); P(MARK(101), 101); P(MARK(103), 103));
	/* The first of its priority. */
	CASE(102, P(MARK(100), 0) GOTO(102); P(MARK(102), 102); P(MARK(102), 103));
	/* The mark has led to a lookup for everybody. */
	CASE(254, P(MARK(100), 0) GOTO(32766); P(MARK(101), 101));
	CASE(0, P(MARK(100), 0) GOTO(32000); P(ALL(32000), 0)->action = POLICY_PROHIBIT);
	CASE(0, P(ALL(100), 0) GOTO(32766); P(MARK(101), 101));
	CASE(0, P(MARK(100), 0) GOTO(102); P(ALL(102), 9)->suppress_prefixlen = 0);
#undef GOTO
}

static void ipv4_goes_before_ipv6(void **state)
{
	struct policy *p;

	(void)state;
	vec_clear(&all);
	add(MARK(100), 101);
	P(MARK(50), 106)->family = AF_INET6;
	assert_int_equal(table_of(5), 101);
	((struct policy *)vec_at(&all, 0))->mark = 6;
	assert_int_equal(table_of(5), 106);
	((struct policy *)vec_at(&all, 0))->mark = 5;
	((struct policy *)vec_at(&all, 0))->action = POLICY_PROHIBIT;
	assert_int_equal(table_of(5), 0);
}

static void without_policies(void **state)
{
	(void)state;
	vec_clear(&all);
	assert_int_equal(markfib_find(&index_of_all, 5), 0);
	assert_int_equal(table_of(5), 0);
}

/* ---- the same without an index ---- */

static bool plain(const struct policy *p)
{
	return !p->tos && p->suppress_group < 0;
}

static bool marked(const struct policy *p, uint32_t mark)
{
	return ((p->mark ^ mark) & p->mask) == 0;
}

/* Goes through all policies of a family; true: it ends at one. */
static bool slow(uint8_t family, uint32_t mark, uint32_t *fib)
{
	bool led = false;

	*fib = 0;
	for (size_t i = 0; i < all.n; i++) {
		const struct policy *p = vec_at(&all, i);
		bool takes = marked(p, mark) != p->invert;
		bool depends = !plain(p) && (marked(p, mark) || !p->mask);

		if (p->family != family || p->action == POLICY_NOP || (depends && !p->mask) ||
		    (!takes && !depends))
			continue;
		if (depends)
			return true;
		if (p->action == POLICY_LOOKUP && !p->mask && !led)
			continue;
		if (p->action != POLICY_GOTO) {
			*fib = p->action == POLICY_LOOKUP ? p->fib : 0;
			return true;
		}
		for (size_t k = i + 1; k < all.n; k++) {
			const struct policy *to = vec_at(&all, k);

			if (to->family != family || to->priority != p->goto_priority)
				continue;
			led |= p->mask != 0;
			i = k - 1;
			break;
		}
	}
	return false;
}

static uint32_t seed = 1;

static uint32_t any(uint32_t n)
{
	seed = seed * 1103515245 + 12345;
	return (seed >> 16) % n;
}

static void random_policies(uint8_t family)
{
	static const uint8_t actions[] = { POLICY_LOOKUP, POLICY_LOOKUP,   POLICY_LOOKUP,
					   POLICY_GOTO,	  POLICY_NOP,	   POLICY_LOOKUP,
					   POLICY_LOOKUP, POLICY_BLACKHOLE };
	static const uint32_t masks[] = { 0, UINT32_MAX, 7, 1, 6, 0 };
	uint32_t n = any(12);

	for (uint32_t i = 0; i < n; i++) {
		struct policy *p = add(i / 2 + 1, any(8), masks[any(6)], 100 + i);

		p->family = family;
		p->action = actions[any(8)];
		p->invert = any(5) == 0;
		p->tos = any(6) ? 0 : 4;
		if (p->action == POLICY_GOTO)
			p->goto_priority = p->priority + 1 + any(3);
	}
}

static void the_index_finds_what_a_walk_finds(void **state)
{
	unsigned found = 0;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		vec_clear(&all);
		random_policies(AF_INET);
		random_policies(AF_INET6);
		assert_int_equal(markfib_build(&index_of_all, &all), 0);
		for (uint32_t mark = 0; mark < 8; mark++) {
			uint32_t want, got = markfib_find(&index_of_all, mark);

			if (!slow(AF_INET, mark, &want))
				slow(AF_INET6, mark, &want);
			if (got != want)
				fail_msg("round %d, mark %u: %u, not %u", round, mark, got, want);
			found += got != 0;
		}
	}
	assert_in_range(found, 40000, 120000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_action_counts),
		cmocka_unit_test(every_selector_counts),
		cmocka_unit_test(inverted_policies_select_the_other_marks),
		cmocka_unit_test(a_goto_is_followed),
		cmocka_unit_test(ipv4_goes_before_ipv6),
		cmocka_unit_test(without_policies),
		cmocka_unit_test(the_index_finds_what_a_walk_finds),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
