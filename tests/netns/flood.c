/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * flood SECONDS RATE CLIENTS REQUEST...: SNMPv2c requests to udp:127.0.0.1:161, RATE a second from
 * CLIENTS processes, in turns and whether they are answered or not. Prints how many were sent and
 * how many were answered. A REQUEST is one argument:
 *
 *	get OID...
 *	next OID...
 *	bulk REPETITIONS OID...
 *	set OID TYPE VALUE...       TYPE as for snmpset(1); nothing is checked here
 *
 * The packets are made beforehand. Of those that are no SETs, every fourth has bytes that were
 * overwritten at random.
 */
#include <net-snmp/net-snmp-config.h>

#include <net-snmp/net-snmp-includes.h>

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PACKETS_MAX = 64, BURSTS = 100 /* a second */ };

static struct packet {
	uint8_t *data;
	size_t n;
	bool set;
} packets[PACKETS_MAX];
static size_t npackets;

static void die(const char *what)
{
	fprintf(stderr, "flood: %s\n", what);
	exit(1);
}

/* xorshift64: the same numbers in every run */
static uint32_t number(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return (uint32_t)(*seed >> 32);
}

static const char *word(void)
{
	return strtok(NULL, " ");
}

static size_t name_of(const char *text, oid *name)
{
	size_t n = MAX_OID_LEN;

	if (!read_objid(text, name, &n))
		die(text);
	return n;
}

static netsnmp_pdu *pdu_of(const char *kind)
{
	static const struct {
		const char *name;
		int command;
	} kinds[] = { { "get", SNMP_MSG_GET },
		      { "next", SNMP_MSG_GETNEXT },
		      { "bulk", SNMP_MSG_GETBULK },
		      { "set", SNMP_MSG_SET } };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (strcmp(kinds[i].name, kind) == 0)
			return snmp_pdu_create(kinds[i].command);
	die(kind);
	return NULL;
}

static netsnmp_pdu *parse(char *request)
{
	netsnmp_pdu *pdu = pdu_of(strtok(request, " "));
	oid name[MAX_OID_LEN];
	const char *text;

	if (pdu->command == SNMP_MSG_GETBULK) {
		pdu->non_repeaters = 0;
		pdu->max_repetitions = atol(word());
	}
	while ((text = word())) {
		size_t n = name_of(text, name);

		if (pdu->command != SNMP_MSG_SET) {
			snmp_add_null_var(pdu, name, n);
			continue;
		}
		text = word();
		if (!text || snmp_add_var(pdu, name, n, *text, word()))
			die("no such value");
	}
	return pdu;
}

static void prepare(netsnmp_session *session, char *request)
{
	netsnmp_pdu *pdu = parse(request);
	size_t size = 1024, used = 0;
	u_char *buf = malloc(size);
	struct packet *p = &packets[npackets++];

	pdu->version = SNMP_VERSION_2c;
	if (npackets > PACKETS_MAX || !buf || snmp_build(&buf, &size, &used, session, pdu))
		die("no packet");
	p->data = buf + size - used; /* it is built from its end */
	p->n = used;
	p->set = pdu->command == SNMP_MSG_SET;
	snmp_free_pdu(pdu);
}

static void send_one(int fd, uint64_t *seed)
{
	const struct packet *p = &packets[number(seed) % npackets];
	uint8_t copy[65536];

	memcpy(copy, p->data, p->n);
	if (!p->set && number(seed) % 4 == 0)
		for (unsigned i = number(seed) % 8 + 1; i > 0; i--)
			copy[number(seed) % p->n] = (uint8_t)number(seed);
	(void)!send(fd, copy, p->n, MSG_DONTWAIT);
}

/* Returns: how many answers have come. */
static unsigned long take_answers(int fd)
{
	unsigned long n = 0;
	uint8_t buf[65536];

	while (recv(fd, buf, sizeof(buf), MSG_DONTWAIT) > 0)
		n++;
	return n;
}

static void client(unsigned long seconds, unsigned long rate, uint64_t seed, int out)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(SNMP_PORT) };
	unsigned long counts[2] = { 0 }, due = 0;
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	struct timespec next;

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)))
		die("no socket");
	clock_gettime(CLOCK_MONOTONIC, &next);
	for (unsigned long burst = 1; burst <= seconds * BURSTS; burst++) {
		for (due = rate * burst / BURSTS; counts[0] < due; counts[0]++)
			send_one(fd, &seed);
		counts[1] += take_answers(fd);
		next.tv_nsec += 1000000000 / BURSTS;
		next.tv_sec += next.tv_nsec / 1000000000;
		next.tv_nsec %= 1000000000;
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
	}
	counts[1] += take_answers(fd);
	if (write(out, counts, sizeof(counts)) != sizeof(counts))
		_exit(1);
	_exit(0);
}

int main(int argc, char **argv)
{
	unsigned long seconds, rate, clients, sent = 0, answered = 0, counts[2];
	netsnmp_session session;
	int fds[2], status;

	if (argc < 5 || pipe(fds))
		die("SECONDS RATE CLIENTS REQUEST...");
	seconds = strtoul(argv[1], NULL, 10);
	rate = strtoul(argv[2], NULL, 10);
	clients = strtoul(argv[3], NULL, 10);
	setenv("MIBS", "", 1);
	netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_PERSIST_STATE, 1);
	init_snmp("flood");
	snmp_sess_init(&session);
	session.version = SNMP_VERSION_2c;
	session.community = (u_char *)(uintptr_t) "test";
	session.community_len = 4;
	for (int i = 4; i < argc; i++)
		prepare(&session, argv[i]);
	for (unsigned long i = 0; i < clients; i++)
		if (fork() == 0)
			client(seconds, rate / clients, 88172645463325252u + i, fds[1]);
	close(fds[1]);
	while (read(fds[0], counts, sizeof(counts)) == sizeof(counts)) {
		sent += counts[0];
		answered += counts[1];
	}
	while (wait(&status) > 0)
		if (status)
			die("a client has failed");
	printf("%lu %lu\n", sent, answered);
	return 0;
}
