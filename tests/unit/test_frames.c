/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PDUs of AgentX that are too big: found in the stream, however it is cut into pieces. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "snmp/frames.h"

enum { NETWORK = 0x10, HOST = 0, GET = 5, TEST_SET = 8, CLEANUP_SET = 11, RESPONSE = 18 };

static const struct pdu {
	uint8_t type, flags;
	size_t size;
} pdus[] = {
	{ GET, HOST, 52 },
	{ TEST_SET, NETWORK, FRAME_MAX },
	{ GET, NETWORK, FRAME_MAX + 4 },
	{ CLEANUP_SET, NETWORK, 20 },
	{ TEST_SET, HOST, FRAME_MAX + 4 },
	{ TEST_SET, HOST, 70000 },
	{ RESPONSE, NETWORK, 28 },
	{ GET, HOST, FRAME_MAX + 4 },
};
enum { PDUS = sizeof(pdus) / sizeof(*pdus) };

static uint8_t stream[6 * FRAME_MAX], expected[6 * FRAME_MAX];
static size_t stream_size, expected_size;
static size_t refused; /* of pdus */

static void put_pdu(uint8_t *at, const struct pdu *p, size_t number)
{
	size_t payload = p->size - FRAME_HEADER;

	memset(at, (int)(number + 1), p->size);
	at[0] = 1;
	at[1] = p->type;
	at[2] = p->flags;
	for (size_t i = 0; i < 4; i++)
		at[16 + i] = (uint8_t)(payload >> 8 * (p->flags & NETWORK ? 3 - i : i));
}

static int setup(void **state)
{
	(void)state;
	stream_size = expected_size = 0;
	for (size_t i = 0; i < PDUS; i++) {
		put_pdu(stream + stream_size, &pdus[i], i);
		stream_size += pdus[i].size;
		if (pdus[i].size > FRAME_MAX)
			continue;
		put_pdu(expected + expected_size, &pdus[i], i);
		expected_size += pdus[i].size;
	}
	return 0;
}

/* The next of the big ones, and its header as it was. */
static void too_big(void *arg, const uint8_t *header)
{
	while (pdus[refused].size <= FRAME_MAX)
		refused++;
	assert_ptr_equal(arg, &refused);
	assert_int_equal(frame_size(header), pdus[refused].size);
	assert_int_equal(header[1], pdus[refused].type);
	assert_int_equal(header[15], refused + 1);
	refused++;
}

static void what_net_snmp_can_parse_is_passed_on(void **state)
{
	static const size_t pieces[] = { 1, 3, 19, 20, 21, 4096, FRAME_MAX, 6 * FRAME_MAX };
	static uint8_t out[6 * FRAME_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(pieces) / sizeof(*pieces); i++) {
		struct frames f = { 0 };
		size_t n = 0;

		refused = 0;
		for (size_t at = 0; at < stream_size;) {
			size_t held = frames_held(&f, out + n);
			size_t piece = pieces[i] < stream_size - at ? pieces[i] : stream_size - at;

			memcpy(out + n + held, stream + at, piece);
			at += piece;
			n += frames_filter(&f, out + n, held + piece, too_big, &refused);
		}
		assert_int_equal(n, expected_size);
		assert_memory_equal(out, expected, expected_size);
		assert_int_equal(refused, PDUS);
	}
}

static void a_refusal_is_a_response_with_the_same_ids(void **state)
{
	static const uint8_t network[FRAME_RESPONSE] = { 1, 18, 0x10, 0, 7, 7, 7, 7, 7, 7,
							 7, 7,	7,    7, 7, 7, 0, 0, 0, 8,
							 0, 0,	0,    0, 0, 1, 0, 1 };
	static const uint8_t host[FRAME_RESPONSE] = { 1, 18, 0, 0, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
						      7, 7,  8, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0 };
	uint8_t header[FRAME_HEADER], answer[FRAME_RESPONSE];

	(void)state;
	memset(header, 7, sizeof(header));
	header[0] = 1;
	header[1] = GET;
	header[2] = NETWORK | 8; /* with a context, which no Response has */
	header[3] = 0;
	frame_refuse(header, answer);
	assert_memory_equal(answer, network, sizeof(network));
	header[2] = HOST;
	frame_refuse(header, answer);
	assert_memory_equal(answer, host, sizeof(host));
}

static void only_requests_are_answered(void **state)
{
	(void)state;
	for (unsigned type = 0; type <= 255; type++) {
		const uint8_t header[FRAME_HEADER] = { 1, (uint8_t)type };

		assert_int_equal(frame_is_request(header), type >= 5 && type <= 8);
		assert_int_equal(frame_is_test_set(header), type == TEST_SET);
		assert_int_equal(frame_is_response(header), type == RESPONSE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_net_snmp_can_parse_is_passed_on),
		cmocka_unit_test(a_refusal_is_a_response_with_the_same_ids),
		cmocka_unit_test(only_requests_are_answered),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
