/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "snmp/frames.h"

#include <string.h>

/* RFC 2741, 6.1: the octets of a header, types of PDUs, flags, errors */
enum { TYPE = 1, FLAGS = 2, PAYLOAD = 16 };
enum { GET = 5, GETBULK = 7, TEST_SET = 8, RESPONSE = 18 };
enum { NETWORK_BYTE_ORDER = 0x10 };
enum { TOO_BIG = 1 };

/* Where an octet of a number is: the most significant one first, or last. */
static size_t place(const uint8_t *header, size_t i, size_t size)
{
	return header[FLAGS] & NETWORK_BYTE_ORDER ? i : size - 1 - i;
}

size_t frame_size(const uint8_t *header)
{
	size_t payload = 0;

	for (size_t i = 0; i < 4; i++)
		payload = payload << 8 | header[PAYLOAD + place(header, i, 4)];
	return FRAME_HEADER + payload;
}

bool frame_is_request(const uint8_t *header)
{
	return (header[TYPE] >= GET && header[TYPE] <= GETBULK) || frame_is_test_set(header);
}

bool frame_is_test_set(const uint8_t *header)
{
	return header[TYPE] == TEST_SET;
}

bool frame_is_response(const uint8_t *header)
{
	return header[TYPE] == RESPONSE;
}

void frame_refuse(const uint8_t *header, uint8_t answer[FRAME_RESPONSE])
{
	enum { PAYLOAD_SIZE = FRAME_RESPONSE - FRAME_HEADER, ERROR = 24, INDEX = 26 };

	memset(answer, 0, FRAME_RESPONSE);
	memcpy(answer, header, PAYLOAD); /* with the ids of session, transaction and request */
	answer[TYPE] = RESPONSE;
	answer[FLAGS] &= NETWORK_BYTE_ORDER;
	answer[PAYLOAD + place(header, 3, 4)] = PAYLOAD_SIZE;
	/* With an index that it does not find, agentx_got_response() (net-snmp 5.9.3) would make
	 * genErr of it. */
	answer[ERROR + place(header, 1, 2)] = TOO_BIG;
	answer[INDEX + place(header, 1, 2)] = 1;
}

size_t frames_held(const struct frames *f, uint8_t *buf)
{
	memcpy(buf, f->header, f->have);
	return f->have;
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* A PDU begins at @buf. Returns: how many of its octets are taken away from @buf. */
static size_t begin(struct frames *f, const uint8_t *buf, size_t n)
{
	size_t size;

	if (n < FRAME_HEADER) {
		memcpy(f->header, buf, n);
		f->have = n;
		return n;
	}
	size = frame_size(buf);
	if (size > FRAME_MAX) {
		memcpy(f->header, buf, FRAME_HEADER);
		f->skip = size;
	} else {
		f->pass = size;
	}
	return 0;
}

size_t frames_filter(struct frames *f, uint8_t *buf, size_t n,
		     void (*too_big)(void *arg, const uint8_t *header), void *arg)
{
	size_t in = 0, out = 0;

	f->have = 0;
	while (in < n) {
		size_t pass = least(f->pass, n - in), skip = least(f->skip, n - in);

		if (!pass && !skip) {
			in += begin(f, buf + in, n - in);
			continue;
		}
		memmove(buf + out, buf + in, pass);
		in += pass + skip;
		out += pass;
		f->pass -= pass;
		f->skip -= skip;
		if (skip && !f->skip)
			too_big(arg, f->header);
	}
	return out;
}
