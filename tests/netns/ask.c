/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ask SECONDS KIND COUNT VARBIND...: one request of SNMPv2c to udp:127.0.0.1:161, community test, as
 * no command of net-snmp would send it: the varbinds COUNT times, as many as a datagram takes, with
 * values of any type. Prints "ERROR INDEX VARBINDS" of the answer, in numbers, or "none" when there
 * is none in SECONDS; with 0 SECONDS nothing: then it does not wait for one.
 *
 *	KIND	get, next, set, or bulk:NON_REPEATERS:REPETITIONS
 *	VARBIND	OID, or OID=TAG:CONTENTS in hexadecimal, as ASN.1 has them on the wire; % in the OID
 *		is 1 in the first round, 2 in the second...
 */
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { DATAGRAM = 65507 };
enum { INTEGER = 2, OCTETS = 4, OID = 6, CONSTRUCTED = 0x20, SEQUENCE = 0x30 };
enum { GET = 0xa0, NEXT = 0xa1, SET = 0xa3, BULK = 0xa5 };

static void die(const char *what)
{
	fprintf(stderr, "ask: %s\n", what);
	exit(2);
}

/* It is built from its end, so that lengths are known. */
static uint8_t packet[DATAGRAM];
static size_t at = DATAGRAM;

static void put(uint8_t octet)
{
	if (!at)
		die("too much for a datagram");
	packet[--at] = octet;
}

static void put_header(uint8_t tag, size_t end)
{
	size_t n = end - at;

	if (n < 128) {
		put((uint8_t)n);
	} else {
		put((uint8_t)n);
		put((uint8_t)(n >> 8));
		put(0x82);
	}
	put(tag);
}

static void put_integer(long n)
{
	size_t end = at;

	for (int i = 0; i < 4; i++)
		put((uint8_t)((unsigned long)n >> 8 * i));
	put_header(INTEGER, end);
}

static void put_octets(const char *s)
{
	size_t end = at;

	for (size_t n = strlen(s); n--;)
		put((uint8_t)s[n]);
	put_header(OCTETS, end);
}

static void put_subid(unsigned long id)
{
	put(id & 0x7f);
	while (id >>= 7)
		put(0x80 | (id & 0x7f));
}

static void put_oid(const char *text, unsigned long round)
{
	unsigned long ids[256];
	size_t n = 0, end = at;
	char *rest = (char *)text;

	do {
		ids[n++] = *rest == '%' ? round : strtoul(rest, &rest, 10);
		rest += *rest == '%';
	} while (*rest++ == '.' && n < sizeof(ids) / sizeof(*ids));
	while (n > 2)
		put_subid(ids[--n]);
	put_subid(ids[0] * 40 + (n > 1 ? ids[1] : 0));
	put_header(OID, end);
}

static void put_value(const char *value)
{
	size_t end = at;
	char *hex;
	uint8_t tag = (uint8_t)strtoul(value, &hex, 16);

	if (*hex != ':')
		die(value);
	for (size_t n = strlen(++hex); n >= 2; n -= 2)
		put((uint8_t)strtoul((char[]){ hex[n - 2], hex[n - 1], 0 }, NULL, 16));
	put_header(tag, end);
}

static void put_varbind(const char *varbind, unsigned long round)
{
	const char *value = strchr(varbind, '=');
	size_t end = at;

	put_value(value ? value + 1 : "5:");
	put_oid(varbind, round);
	put_header(SEQUENCE, end);
}

static void put_request(const char *kind, unsigned long count, char **varbinds, int n)
{
	size_t end = at;
	long first = 0, second = 0;

	for (unsigned long round = count; round; round--)
		for (int i = n; i--;)
			put_varbind(varbinds[i], round);
	put_header(SEQUENCE, end);
	sscanf(kind, "bulk:%ld:%ld", &first, &second);
	put_integer(second);
	put_integer(first);
	put_integer(4711);
	put_header(strcmp(kind, "get") == 0    ? GET
		   : strcmp(kind, "next") == 0 ? NEXT
		   : strcmp(kind, "set") == 0  ? SET
					       : BULK,
		   end);
	put_octets("test");
	put_integer(1);
	put_header(SEQUENCE, end);
}

static const uint8_t *p, *end;

/* Enters or, for what is no sequence, passes by what is next. Returns: its number, if it is one. */
static long take(void)
{
	uint8_t tag = *p++;
	size_t n = *p++;
	long number = 0;

	if (n & 0x80)
		for (size_t more = n & 0x7f, i = n = 0; i < more; i++)
			n = n << 8 | *p++;
	if (p + n > end)
		die("an answer that cannot be read");
	if (tag & CONSTRUCTED)
		return 0;
	for (size_t i = 0; tag == INTEGER && i < n; i++)
		number = number << 8 | p[i];
	p += n;
	return number;
}

static void print(const uint8_t *answer, size_t n)
{
	long error, index;
	unsigned varbinds = 0;

	p = answer;
	end = answer + n;
	take(); /* version and community */
	take();
	take();
	take(); /* the PDU, with its number */
	take();
	error = take();
	index = take();
	take();
	for (; p < end; varbinds++) {
		take();
		take();
		take();
	}
	printf("%ld %ld %u\n", error, index, varbinds);
}

int main(int argc, char **argv)
{
	static uint8_t answer[DATAGRAM];
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons(161),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	struct timeval wait = { .tv_sec = argc > 1 ? atol(argv[1]) : 0 };
	ssize_t n;

	if (argc < 4)
		die("SECONDS KIND COUNT VARBIND...");
	put_request(argv[2], strtoul(argv[3], NULL, 10), argv + 4, argc - 4);
	if (connect(fd, (struct sockaddr *)&to, sizeof(to)) ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait)) ||
	    send(fd, packet + at, DATAGRAM - at, 0) < 0)
		die("sending");
	if (!wait.tv_sec)
		return 0;
	n = recv(fd, answer, sizeof(answer), 0);
	if (n > 0)
		print(answer, (size_t)n);
	else
		puts("none");
	close(fd);
	return 0;
}
