/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PDUs of AgentX that are too big. agentx_parse() of net-snmp (5.9.3, 5.9.4) drops a PDU of more
 * than 65536 octets without a word, on either side: whoever sent a request waits until agentXTimeout
 * is over, and then snmpd drops the subagent. AgentX takes up to twice SNMP's room, so a manager can
 * ask for that in one datagram. These functions find such PDUs in the stream, so that requests and
 * answers of that size become the answer tooBig. They know nothing of net-snmp.
 */
#ifndef SNMP_FRAMES_H
#define SNMP_FRAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* RFC 2741, 6.1: a header, and a Response without varbinds */
enum { FRAME_HEADER = 20, FRAME_RESPONSE = 28, FRAME_MAX = 65536 };

/* Where in the stream a connection is: zeros at its begin. */
struct frames {
	uint8_t header[FRAME_HEADER]; /* of the PDU under way, when that is too big */
	size_t have;		      /* octets of a header whose rest has not come yet */
	size_t pass, skip;	      /* octets of the PDU under way that are still to come */
};

/**
 * frames_filter - takes PDUs that are too big out of what came
 * @buf: starts with the octets of a header that frames_held() gave, then what came; afterwards what
 *	remains
 * @n: octets at @buf
 * @too_big: called with the header of each such PDU, and @arg, once all of it has come
 *
 * Returns: how many octets of @buf remain.
 */
size_t frames_filter(struct frames *f, uint8_t *buf, size_t n,
		     void (*too_big)(void *arg, const uint8_t *header), void *arg);
/* Copies to @buf the begin of a header that frames_filter() has kept back. Returns: its octets. */
size_t frames_held(const struct frames *f, uint8_t *buf);
/* Octets of the PDU with this header, which is one of them. */
size_t frame_size(const uint8_t *header);
/* Does this header belong to a request that gets an answer (Get, GetNext, GetBulk, TestSet)? */
bool frame_is_request(const uint8_t *header);
bool frame_is_test_set(const uint8_t *header);
bool frame_is_response(const uint8_t *header);
/* Makes the answer tooBig to the request, or in place of the answer, that has this header. */
void frame_refuse(const uint8_t *header, uint8_t answer[FRAME_RESPONSE]);

#endif
