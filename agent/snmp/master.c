/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The connection to snmpd. net-snmp (5.9.3) could make and watch it, but waits up to 6 s for each
 * answer of snmpd (snmp_synch_response_cb()). Meanwhile no event of the kernel is taken: with an
 * snmpd that hangs, most of the time. So here
 *
 *  - a probe, a bare connection with one Ping, finds out whether snmpd answers before net-snmp's
 *    Open waits for it. When net-snmp itself tries to connect and fails, it leaks, too
 *    (netsnmp_unix_transport()).
 *  - Register and Ping are sent like any request, and their answers are taken when they come. A
 *    refused Register, which net-snmp takes for a success, is tried again.
 *  - the connection to an snmpd that hangs is kept: a UNIX socket loses nothing. It ends with
 *    snmpd.
 *  - PDUs that are too big for net-snmp are answered: see frames.h.
 */
#include <net-snmp/net-snmp-config.h>

#include <net-snmp/net-snmp-includes.h>

#include <net-snmp/agent/net-snmp-agent-includes.h>

#include <net-snmp/agent/agent_callbacks.h>

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "snmp/frames.h"
#include "snmp/master.h"
#include "snmp/shim.h"

/* Of libnetsnmpmibs, declared in agentx/subagent.h, which is not installed. */
int subagent_startup(int major, int minor, void *serverarg, void *clientarg);
int subagent_open_master_session(void);

/* RFC 2741, 6.1 and 7.1.1 */
enum { AGENTX_REGISTER = 3, AGENTX_PING = 13, AGENTX_DUPLICATE_REGISTRATION = 263 };
/* How long a tick waits for the answer to the probe. A live snmpd answers in less; the next tick
 * looks for a later answer. */
enum { PROBE_MS = 10 };
/* The pause after a refused Register. Another fwmarkd that is just ending has gone by the second
 * try; for one that stays, the pause grows. */
enum { AGAIN_MIN_MS = 500, AGAIN_MAX_MS = 30000 };
/* How much longer than its request an answer can be: a text of 4096 octets to a name of 100. */
enum { ANSWER_TIMES = 40 };

static struct {
	struct sockaddr_un addr;
	unsigned ping_ms;
	int probe;		  /* a connection with a Ping on its way; -1: none */
	netsnmp_session *session; /* NULL: not connected */
	bool registered;
	bool waiting;	   /* for an answer, of the probe or of the session */
	uint64_t asked_ms; /* clock_ms() of the request */
	unsigned again_ms; /* the pause after a refused Register, for snmpd logs each */
	const char *told;  /* what is wrong and was logged; NULL: nothing */
	struct frames frames;
	/* net-snmp's own, of the transport of the session */
	int (*recv)(netsnmp_transport *t, void *buf, int size, void **opaque, int *olength);
	int (*send)(netsnmp_transport *t, const void *buf, int size, void **opaque, int *olength);
} master = { .probe = -1 };

static const char away[] = "cannot be reached", refuses[] = "refuses fwmarkObjects",
		  hangs[] = "does not answer";

/* Warns of what is wrong: once, until it is over or something else is wrong. */
static void complain(const char *what, const char *why)
{
	log_at(master.told == what ? LOG_DEBUG : LOG_WARNING, "snmpd %s: %s", what, why);
	master.told = what;
}

static bool late(void)
{
	return master.waiting && clock_ms() - master.asked_ms >= master.ping_ms;
}

static void probe_close(void)
{
	close(master.probe);
	master.probe = -1;
	master.waiting = false;
}

static int probe_open(void)
{
	/* An AgentX-Ping in network order and without a session, RFC 2741, 6.1. */
	static const uint8_t ping[20] = { [0] = 1, [1] = AGENTX_PING, [2] = 0x10, [15] = 1 };

	master.probe = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (master.probe < 0)
		return -errno;
	if (connect(master.probe, (struct sockaddr *)&master.addr, sizeof(master.addr)) ||
	    send(master.probe, ping, sizeof(ping), MSG_NOSIGNAL) != sizeof(ping)) {
		/* EAGAIN: too many connections wait that snmpd has not accepted. */
		int err = errno == EAGAIN ? -EBUSY : -errno;

		probe_close();
		return err;
	}
	master.waiting = true;
	master.asked_ms = clock_ms();
	return 0;
}

/* Returns: 0: snmpd answers; -EAGAIN: not yet; or -errno. */
static int probe(void)
{
	struct pollfd p = { .events = POLLIN };
	int err = master.probe < 0 ? probe_open() : 0;
	uint8_t answer;

	if (err)
		return err;
	p.fd = master.probe;
	if (poll(&p, 1, PROBE_MS) <= 0)
		return -EAGAIN;
	err = recv(master.probe, &answer, 1, 0) == 1 ? 0 : -ECONNRESET;
	probe_close();
	return err;
}

static void refused(long error)
{
	master.registered = false;
	master.again_ms = master.again_ms < AGAIN_MAX_MS / 2 ? master.again_ms * 2 : AGAIN_MAX_MS;
	complain(refuses, error == AGENTX_DUPLICATE_REGISTRATION ? "another fwmarkd has them"
								 : snmp_errstring((int)error));
}

static int on_answer(int op, netsnmp_session *session, int reqid, netsnmp_pdu *pdu, void *magic)
{
	(void)session, (void)reqid, (void)magic;
	master.waiting = false;
	if (op != NETSNMP_CALLBACK_OP_RECEIVED_MESSAGE)
		return 1;
	netsnmp_set_agent_uptime(pdu->time); /* sysUpTime is the master's */
	if (pdu->errstat) {
		refused(pdu->errstat);
		return 1;
	}
	if (!master.registered)
		log_info("connected to snmpd");
	else if (master.told)
		log_info("snmpd answers again");
	master.registered = true;
	master.told = NULL;
	return 1;
}

/* Sends Register until one has succeeded, then Ping. The answer may take any time. */
static void ask(void)
{
	netsnmp_pdu *pdu = snmp_pdu_create(master.registered ? AGENTX_PING : AGENTX_REGISTER);
	size_t n;
	const oid *root = shim_root(&n);

	if (!pdu)
		return;
	pdu->sessid = master.session->sessid;
	pdu->priority = DEFAULT_MIB_PRIORITY;
	pdu->flags |= UCD_MSG_FLAG_PDU_TIMEOUT;
	pdu->time = INT32_MAX / 256 * 256; /* no limit; its low byte, that of Register, is 0 */
	if (!master.registered)
		snmp_add_null_var(pdu, root, n);
	master.waiting = true;
	master.asked_ms = clock_ms();
	if (!snmp_async_send(master.session, pdu, on_answer, NULL)) {
		snmp_free_pdu(pdu);
		master.waiting = false;
	}
}

/*
 * snmpd and net-snmp both wait until what they send has room: with snmpd's socket full of requests
 * and ours full of answers, which can be some thirty times as long, both would wait for ever. So
 * there is room for the answers to all that snmpd's socket holds. It sends with the same default.
 */
static void widen(netsnmp_session *session)
{
	const netsnmp_transport *t = snmp_sess_transport(snmp_sess_pointer(session));
	socklen_t len = sizeof(int);
	int size;

	if (!t || getsockopt(t->sock, SOL_SOCKET, SO_SNDBUF, &size, &len))
		return;
	size = size < INT_MAX / 2 / ANSWER_TIMES ? size * ANSWER_TIMES : INT_MAX / 2;
	if (setsockopt(t->sock, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size)))
		log_warn("snmpd: no room for its answers: %s", strerror(errno));
}

static int refuse(netsnmp_transport *t, const uint8_t *header)
{
	uint8_t answer[FRAME_RESPONSE];
	void *opaque = NULL;
	int olength = 0;

	log_debug("snmpd: tooBig for an AgentX PDU of %zu octets", frame_size(header));
	frame_refuse(header, answer);
	return master.send(t, answer, sizeof(answer), &opaque, &olength);
}

/* A request is too big for net-snmp. */
static void on_too_big(void *arg, const uint8_t *header)
{
	if (frame_is_request(header))
		refuse(arg, header);
	if (frame_is_test_set(header))
		shim_set_too_big(frame_size(header), FRAME_MAX);
}

/* In place of the transport's f_recv: what net-snmp gets is what it can parse. */
static int frames_recv(netsnmp_transport *t, void *buf, int size, void **opaque, int *olength)
{
	size_t held = frames_held(&master.frames, buf);
	int n = master.recv(t, (uint8_t *)buf + held, size - (int)held, opaque, olength);

	if (n <= 0)
		return n;
	n = (int)frames_filter(&master.frames, buf, held + (size_t)n, on_too_big, t);
	if (n)
		return n;
	free(*opaque);
	*opaque = NULL;
	*olength = 0;
	t->flags |= NETSNMP_TRANSPORT_FLAG_EMPTY_PKT; /* not the end of the connection */
	return 0;
}

/* In place of the transport's f_send: an answer that snmpd would not parse becomes tooBig. */
static int frames_send(netsnmp_transport *t, const void *buf, int size, void **opaque, int *olength)
{
	if (size <= FRAME_MAX || !frame_is_response(buf))
		return master.send(t, buf, size, opaque, olength);
	return refuse(t, buf) < 0 ? -1 : size;
}

static void watch_frames(netsnmp_session *session)
{
	netsnmp_transport *t = snmp_sess_transport(snmp_sess_pointer(session));

	if (!t)
		return;
	master.frames = (struct frames){ 0 };
	master.recv = t->f_recv;
	master.send = t->f_send;
	t->f_recv = frames_recv;
	t->f_send = frames_send;
}

static int on_start(int major, int minor, void *serverarg, void *clientarg)
{
	(void)major, (void)minor, (void)clientarg;
	master.session = serverarg;
	master.registered = false;
	master.again_ms = AGAIN_MIN_MS;
	widen(serverarg);
	watch_frames(serverarg);
	return 0;
}

static int on_stop(int major, int minor, void *serverarg, void *clientarg)
{
	(void)major, (void)minor, (void)serverarg, (void)clientarg;
	master.session = NULL;
	master.waiting = false;
	log_warn("snmpd went away: trying to reach it again every second");
	master.told = away;
	return 0;
}

static void cannot_be_reached(int err)
{
	char why[160];

	snprintf(why, sizeof(why), "%s: %s; trying again every second", master.addr.sun_path,
		 strerror(-err));
	complain(away, why);
}

static void try_to_connect(void)
{
	int err = probe();

	if (!err && subagent_open_master_session())
		err = -EPROTO;
	if (!err)
		ask();
	else if (err != -EAGAIN)
		cannot_be_reached(err);
	else if (late())
		complain(hangs, "waiting for it");
}

void master_tick(void)
{
	unsigned pause = master.registered ? master.ping_ms : master.again_ms;

	if (!master.session)
		try_to_connect();
	else if (late())
		complain(hangs, "waiting for it");
	else if (!master.waiting && clock_ms() - master.asked_ms >= pause)
		ask();
}

void master_init(const char *socket, unsigned ping_s)
{
	if (strncmp(socket, "unix:", 5) == 0)
		socket += 5;
	master.addr.sun_family = AF_UNIX;
	snprintf(master.addr.sun_path, sizeof(master.addr.sun_path), "%s", socket);
	master.ping_ms = ping_s * 1000;
	/* net-snmp (5.9.3) must neither ping nor connect by itself (subagent_startup()), and log
	 * neither. */
	netsnmp_ds_set_int(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_AGENTX_PING_INTERVAL, 0);
	snmp_unregister_callback(SNMP_CALLBACK_LIBRARY, SNMP_CALLBACK_POST_READ_CONFIG,
				 subagent_startup, NULL, 1);
	snmp_register_callback(SNMP_CALLBACK_APPLICATION, SNMPD_CALLBACK_INDEX_START, on_start,
			       NULL);
	snmp_register_callback(SNMP_CALLBACK_APPLICATION, SNMPD_CALLBACK_INDEX_STOP, on_stop, NULL);
}

void master_stop(void)
{
	if (master.probe >= 0)
		probe_close();
	/* subagent_shutdown() (net-snmp 5.9.3) waits for the answer to its Close, and repeats it:
	 * once is enough. */
	if (master.session)
		master.session->retries = 0;
	master.session = NULL;
}
