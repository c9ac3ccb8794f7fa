/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The manager of the bench: asks as fast as it is answered, and prints how long that took. Names
 * are numbers here; nothing but the requests themselves is timed.
 *
 *	load walk REPETITIONS ROWS HOST OID... [-- HOST OID...]
 *		GETBULK of columns, at most ROWS rows; prints varbinds a second
 *	load get PDUS EACH HOST OID FIRST LAST [REST] [-- HOST OID FIRST LAST [REST]]
 *		OID.i[.REST], EACH of them in a PDU, i going round from FIRST to LAST; prints
 *		seconds for a PDU
 *	load longest MILLISECONDS HOST OID FIRST LAST [REST]
 *		GETs of one OID.i[.REST] each for so long; prints seconds of the one that took longest
 *	load set HOST ENTRY FIRST ROWS COLUMN:TYPE:VALUE...
 *		ENTRY.COLUMN.i, all in one PDU; prints seconds
 *	load until MILLISECONDS HOST OID
 *		GETNEXT until something below OID is there; prints seconds
 *	load exec COMMAND...
 *		one process; prints seconds
 *
 * Two sides, with -- between them, are asked in turns, one PDU each, so that what else the machine
 * does hits both alike: lines of two numbers then, one for each LINE_PDUS PDUs.
 */
#include <net-snmp/net-snmp-config.h>

#include <net-snmp/net-snmp-includes.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { COLUMNS_MAX = 64, SIDES_MAX = 2, LINE_PDUS = 20, TIMEOUT_S = 250 };

struct name {
	oid id[MAX_OID_LEN];
	size_t n;
};

/* One that is asked. */
struct side {
	netsnmp_session *session;
	char **args;
	int nargs;

	struct name columns[COLUMNS_MAX], at[COLUMNS_MAX]; /* walk */
	size_t ncolumns;
	unsigned long rows;
	struct name prefix, rest; /* get */
	unsigned long first, last, i;

	double seconds; /* since the last line */
	unsigned long varbinds, pdus;
};

static struct side sides[SIDES_MAX];
static size_t nsides;

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void die(const char *what)
{
	fprintf(stderr, "load: %s\n", what);
	exit(1);
}

static netsnmp_session *session_open(const char *host)
{
	netsnmp_session s, *session;

	snmp_sess_init(&s);
	s.peername = (char *)(uintptr_t)host;
	s.version = SNMP_VERSION_2c;
	s.community = (u_char *)(uintptr_t) "test";
	s.community_len = 4;
	s.timeout = TIMEOUT_S * 1000000L;
	s.retries = 0;
	session = snmp_open(&s);
	if (!session)
		die("no session");
	return session;
}

/* HOST ARGUMENT..., perhaps -- and the same again. */
static void sides_open(int argc, char **argv)
{
	setenv("MIBS", "", 1);
	netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_PERSIST_STATE, 1);
	init_snmp("load");
	while (argc > 0 && nsides < SIDES_MAX) {
		struct side *s = &sides[nsides++];
		int n = 0;

		while (n < argc && strcmp(argv[n], "--") != 0)
			n++;
		if (n < 2)
			die("HOST OID...");
		s->session = session_open(argv[0]);
		s->args = argv + 1;
		s->nargs = n - 1;
		argc -= n + 1;
		argv += n + 1;
	}
}

static struct name name_of(const char *text)
{
	struct name name = { .n = MAX_OID_LEN };

	if (!read_objid(text, name.id, &name.n))
		die("no OID");
	return name;
}

static void name_add(struct name *name, unsigned long id)
{
	if (name->n < MAX_OID_LEN)
		name->id[name->n++] = id;
}

static bool is_below(const netsnmp_variable_list *vb, const struct name *name)
{
	return vb->name_length > name->n &&
	       snmp_oid_compare(vb->name, name->n, name->id, name->n) == 0;
}

/* Times the answer. Returns: NULL when none came in time. */
static netsnmp_pdu *ask(struct side *s, netsnmp_pdu *pdu)
{
	netsnmp_pdu *answer = NULL;
	double begin = now();
	int status = snmp_synch_response(s->session, pdu, &answer);

	s->seconds += now() - begin;
	s->pdus++;
	if (status == STAT_SUCCESS && answer && answer->errstat) {
		fprintf(stderr, "load: error %ld at varbind %ld\n", answer->errstat,
			answer->errindex);
		exit(1);
	}
	return status == STAT_SUCCESS ? answer : NULL;
}

static netsnmp_pdu *ask_well(struct side *s, netsnmp_pdu *pdu)
{
	netsnmp_pdu *answer = ask(s, pdu);

	if (!answer)
		die("no answer");
	return answer;
}

/* Prints a line of what each side made since the last one, when it is time (@last: or the end). */
static void line(bool rate, bool last)
{
	if (sides[0].pdus < LINE_PDUS && !(last && sides[0].pdus && sides[nsides - 1].pdus))
		return;
	if (nsides == 1 && !last)
		return;
	for (size_t i = 0; i < nsides; i++) {
		struct side *s = &sides[i];

		printf("%.9f%c",
		       rate ? (double)s->varbinds / s->seconds : s->seconds / (double)s->pdus,
		       i + 1 < nsides ? ' ' : '\n');
		s->seconds = 0;
		s->varbinds = s->pdus = 0;
	}
}

/*
 * Takes the whole repetitions of an answer (the agent may have cut it off anywhere). Returns: how
 * many rows were taken; 0 at the end of the columns.
 */
static unsigned long take_rows(const netsnmp_variable_list *vb, const struct name *columns,
			       size_t n, struct name *at)
{
	const netsnmp_variable_list *row[COLUMNS_MAX];
	unsigned long rows = 0;

	for (;;) {
		for (size_t i = 0; i < n; i++, vb = vb->next_variable) {
			if (!vb || vb->type == SNMP_ENDOFMIBVIEW || !is_below(vb, &columns[i]))
				return rows;
			row[i] = vb;
		}
		for (size_t i = 0; i < n; i++) {
			at[i].n = row[i]->name_length;
			memcpy(at[i].id, row[i]->name, at[i].n * sizeof(oid));
		}
		rows++;
	}
}

static netsnmp_pdu *bulk(const struct side *s, long repetitions)
{
	netsnmp_pdu *pdu = snmp_pdu_create(SNMP_MSG_GETBULK);

	pdu->non_repeaters = 0;
	pdu->max_repetitions = repetitions;
	for (size_t i = 0; i < s->ncolumns; i++)
		snmp_add_null_var(pdu, s->at[i].id, s->at[i].n);
	return pdu;
}

static int walk(int argc, char **argv)
{
	long repetitions = argc > 2 ? atol(argv[0]) : 0;
	unsigned long most = argc > 2 ? strtoul(argv[1], NULL, 10) : 0;
	bool more = true;

	sides_open(argc - 2, argv + 2);
	for (size_t i = 0; i < nsides; i++) {
		struct side *s = &sides[i];

		for (; (int)s->ncolumns < s->nargs && s->ncolumns < COLUMNS_MAX; s->ncolumns++)
			s->at[s->ncolumns] = s->columns[s->ncolumns] =
				name_of(s->args[s->ncolumns]);
	}
	while (more) {
		for (size_t i = 0; i < nsides && more; i++) {
			struct side *s = &sides[i];
			netsnmp_pdu *pdu = ask_well(s, bulk(s, repetitions));
			unsigned long got =
				take_rows(pdu->variables, s->columns, s->ncolumns, s->at);

			snmp_free_pdu(pdu);
			s->rows += got;
			s->varbinds += got * s->ncolumns;
			more = got && (s->rows < most || i + 1 < nsides);
		}
		line(true, !more);
	}
	return sides[0].rows ? 0 : 1;
}

static void get_one(struct side *s, unsigned long each)
{
	netsnmp_pdu *pdu = snmp_pdu_create(SNMP_MSG_GET);

	for (unsigned long e = 0; e < each; e++) {
		struct name name = s->prefix;

		name_add(&name, s->i);
		for (size_t r = 0; r < s->rest.n; r++)
			name_add(&name, s->rest.id[r]);
		snmp_add_null_var(pdu, name.id, name.n);
		s->i = s->i < s->last ? s->i + 1 : s->first;
	}
	pdu = ask_well(s, pdu);
	for (netsnmp_variable_list *vb = pdu->variables; vb; vb = vb->next_variable)
		if (vb->type == SNMP_NOSUCHOBJECT || vb->type == SNMP_NOSUCHINSTANCE)
			die("no such object");
	snmp_free_pdu(pdu);
}

static void get_names(void)
{
	for (size_t i = 0; i < nsides; i++) {
		struct side *s = &sides[i];

		if (s->nargs < 3)
			die("HOST OID FIRST LAST");
		s->prefix = name_of(s->args[0]);
		s->first = s->i = strtoul(s->args[1], NULL, 10);
		s->last = strtoul(s->args[2], NULL, 10);
		if (s->nargs > 3)
			s->rest = name_of(s->args[3]);
	}
}

static int get(int argc, char **argv)
{
	unsigned long pdus = argc > 2 ? strtoul(argv[0], NULL, 10) : 0;
	unsigned long each = argc > 2 ? strtoul(argv[1], NULL, 10) : 0;

	sides_open(argc - 2, argv + 2);
	get_names();
	for (unsigned long p = 0; p < pdus; p++) {
		for (size_t i = 0; i < nsides; i++)
			get_one(&sides[i], each);
		line(false, p + 1 == pdus);
	}
	return 0;
}

static int longest(int argc, char **argv)
{
	double begin = now(), end = begin + (argc > 1 ? atof(argv[0]) : 0) / 1e3, worst = 0;

	sides_open(argc - 1, argv + 1);
	get_names();
	while (begin < end) {
		double took;

		get_one(&sides[0], 1);
		took = now() - begin;
		begin += took;
		worst = took > worst ? took : worst;
	}
	printf("%.9f\n", worst);
	return 0;
}

/* @cell: COLUMN:TYPE:VALUE, the type as snmpset(1) has it. */
static void add_cell(netsnmp_pdu *pdu, const struct name *entry, unsigned long row,
		     const char *cell)
{
	struct name name = *entry;
	char type, value[64];
	unsigned long column;

	if (sscanf(cell, "%lu:%c:%63s", &column, &type, value) != 3)
		die("COLUMN:TYPE:VALUE is wanted");
	name_add(&name, column);
	name_add(&name, row);
	if (snmp_add_var(pdu, name.id, name.n, type, value))
		die("no such value");
}

static int set(int argc, char **argv)
{
	netsnmp_pdu *pdu = snmp_pdu_create(SNMP_MSG_SET);
	struct side *s = &sides[0];
	unsigned long first, rows;
	struct name entry;

	sides_open(argc, argv);
	if (s->nargs < 4)
		die("set what?");
	entry = name_of(s->args[0]);
	first = strtoul(s->args[1], NULL, 10);
	rows = strtoul(s->args[2], NULL, 10);
	for (unsigned long i = first; i < first + rows; i++)
		for (int c = 3; c < s->nargs; c++)
			add_cell(pdu, &entry, i, s->args[c]);
	snmp_free_pdu(ask_well(s, pdu));
	line(false, true);
	return 0;
}

/* Asks for what any agent has, with little patience: what is sent before it listens is lost. */
static void wait_for_agent(struct side *s, double end)
{
	static const oid sys_uptime[] = { 1, 3, 6, 1, 2, 1, 1, 3, 0 };
	long patience = s->session->timeout;

	s->session->timeout = 20000;
	while (now() < end) {
		netsnmp_pdu *pdu = snmp_pdu_create(SNMP_MSG_GET);

		snmp_add_null_var(pdu, sys_uptime, OID_LENGTH(sys_uptime));
		pdu = ask(s, pdu);
		if (pdu) {
			snmp_free_pdu(pdu);
			break;
		}
	}
	s->session->timeout = patience;
}

static int until(int argc, char **argv)
{
	double begin = now(), end = begin + (argc > 1 ? atof(argv[0]) : 0) / 1e3;
	struct name name;

	sides_open(argc - 1, argv + 1);
	name = name_of(sides[0].args[0]);
	wait_for_agent(&sides[0], end);
	while (now() < end) {
		netsnmp_pdu *pdu = snmp_pdu_create(SNMP_MSG_GETNEXT);
		bool there;

		snmp_add_null_var(pdu, name.id, name.n);
		pdu = ask(&sides[0], pdu);
		there = pdu && pdu->variables && is_below(pdu->variables, &name);
		if (pdu)
			snmp_free_pdu(pdu);
		if (there) {
			printf("%.9f\n", now() - begin);
			return 0;
		}
		usleep(500);
	}
	die("it never came");
	return 1;
}

static int exec(int argc, char **argv)
{
	double begin = now();
	pid_t pid = fork();
	int status;

	(void)argc;
	if (pid == 0) {
		/* What it prints is not wanted. */
		if (!freopen("/dev/null", "w", stdout))
			_exit(126);
		execvp(argv[0], argv);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0 || status)
		die("the command failed");
	printf("%.9f\n", now() - begin);
	return 0;
}

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
} commands[] = {
	{ "walk", walk }, { "get", get },     { "longest", longest },
	{ "set", set },	  { "until", until }, { "exec", exec },
};

int main(int argc, char **argv)
{
	for (size_t i = 0; argc > 2 && i < sizeof(commands) / sizeof(*commands); i++)
		if (strcmp(commands[i].name, argv[1]) == 0)
			return commands[i].run(argc - 2, argv + 2);
	die("walk|get|longest|set|until|exec ...");
	return 1;
}
