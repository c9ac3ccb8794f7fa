/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The manager of the bench: asks as fast as it is answered, and prints how long that took. Names
 * are numbers here; nothing but the requests themselves is timed.
 *
 *	load HOST walk REPETITIONS ROWS OID...	GETBULK of columns, at most ROWS rows
 *	load HOST get PDUS EACH OID FIRST LAST [REST]	OID.i[.REST], EACH of them in a PDU, i going
 *		round from FIRST to LAST
 *	load HOST set ENTRY FIRST ROWS COLUMN:TYPE:VALUE...	ENTRY.COLUMN.i, all in one PDU
 *	load HOST until MILLISECONDS OID	GETNEXT until something below OID is there
 *	load - exec COMMAND...	one process
 *
 * walk and get print the number of varbinds and the seconds, the others the seconds.
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

enum { COLUMNS_MAX = 64, TIMEOUT_S = 60 };

struct name {
	oid id[MAX_OID_LEN];
	size_t n;
};

static netsnmp_session *session;

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

static void start(const char *host, long timeout_us)
{
	netsnmp_session s;

	setenv("MIBS", "", 1);
	netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_PERSIST_STATE, 1);
	init_snmp("load");
	snmp_sess_init(&s);
	s.peername = (char *)(uintptr_t)host;
	s.version = SNMP_VERSION_2c;
	s.community = (u_char *)(uintptr_t) "test";
	s.community_len = 4;
	s.timeout = timeout_us;
	s.retries = 0;
	session = snmp_open(&s);
	if (!session)
		die("no session");
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

/* Returns: the answer, NULL when none came in time. */
static netsnmp_pdu *ask(netsnmp_pdu *pdu)
{
	netsnmp_pdu *answer = NULL;
	int status = snmp_synch_response(session, pdu, &answer);

	if (status == STAT_SUCCESS && answer && answer->errstat) {
		fprintf(stderr, "load: error %ld at varbind %ld\n", answer->errstat,
			answer->errindex);
		exit(1);
	}
	return status == STAT_SUCCESS ? answer : NULL;
}

static netsnmp_pdu *ask_well(netsnmp_pdu *pdu)
{
	netsnmp_pdu *answer = ask(pdu);

	if (!answer)
		die("no answer");
	return answer;
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

static int walk(int argc, char **argv)
{
	struct name columns[COLUMNS_MAX], at[COLUMNS_MAX];
	unsigned long rows = 0, most, got;
	size_t n = (size_t)argc - 2;
	long repetitions;
	double begin;

	if (argc < 3 || n > COLUMNS_MAX)
		die("walk what?");
	repetitions = atol(argv[0]);
	most = strtoul(argv[1], NULL, 10);
	for (size_t i = 0; i < n; i++)
		at[i] = columns[i] = name_of(argv[i + 2]);
	begin = now();
	do {
		netsnmp_pdu *pdu = snmp_pdu_create(SNMP_MSG_GETBULK);

		pdu->non_repeaters = 0;
		pdu->max_repetitions = repetitions;
		for (size_t i = 0; i < n; i++)
			snmp_add_null_var(pdu, at[i].id, at[i].n);
		pdu = ask_well(pdu);
		got = take_rows(pdu->variables, columns, n, at);
		rows += got;
		snmp_free_pdu(pdu);
	} while (got && rows < most);
	printf("%lu %.9f\n", rows * (unsigned long)n, now() - begin);
	return rows ? 0 : 1;
}

static int get(int argc, char **argv)
{
	unsigned long pdus, each, first, last, i;
	struct name prefix, rest = { .n = 0 };
	double begin;

	if (argc < 5)
		die("get what?");
	pdus = strtoul(argv[0], NULL, 10);
	each = strtoul(argv[1], NULL, 10);
	prefix = name_of(argv[2]);
	first = i = strtoul(argv[3], NULL, 10);
	last = strtoul(argv[4], NULL, 10);
	if (argc > 5)
		rest = name_of(argv[5]);
	begin = now();
	for (unsigned long p = 0; p < pdus; p++) {
		netsnmp_pdu *pdu = snmp_pdu_create(SNMP_MSG_GET);

		for (unsigned long e = 0; e < each; e++, i = i < last ? i + 1 : first) {
			struct name name = prefix;

			name_add(&name, i);
			for (size_t r = 0; r < rest.n; r++)
				name_add(&name, rest.id[r]);
			snmp_add_null_var(pdu, name.id, name.n);
		}
		pdu = ask_well(pdu);
		for (netsnmp_variable_list *vb = pdu->variables; vb; vb = vb->next_variable)
			if (vb->type == SNMP_NOSUCHOBJECT || vb->type == SNMP_NOSUCHINSTANCE)
				die("no such object");
		snmp_free_pdu(pdu);
	}
	printf("%lu %.9f\n", pdus * each, now() - begin);
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
	unsigned long first, rows;
	struct name entry;
	double begin;

	if (argc < 4)
		die("set what?");
	entry = name_of(argv[0]);
	first = strtoul(argv[1], NULL, 10);
	rows = strtoul(argv[2], NULL, 10);
	for (unsigned long i = first; i < first + rows; i++)
		for (int c = 3; c < argc; c++)
			add_cell(pdu, &entry, i, argv[c]);
	begin = now();
	snmp_free_pdu(ask_well(pdu));
	printf("%.9f\n", now() - begin);
	return 0;
}

static int until(int argc, char **argv)
{
	double begin = now(), end;
	struct name name;

	if (argc < 2)
		die("until what?");
	end = begin + atof(argv[0]) / 1e3;
	name = name_of(argv[1]);
	while (now() < end) {
		netsnmp_pdu *pdu = snmp_pdu_create(SNMP_MSG_GETNEXT);
		bool there;

		snmp_add_null_var(pdu, name.id, name.n);
		pdu = ask(pdu);
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
	long timeout_us; /* 0: no session */
} commands[] = {
	{ "walk", walk, TIMEOUT_S * 1000000L },
	{ "get", get, TIMEOUT_S * 1000000L },
	{ "set", set, TIMEOUT_S * 1000000L },
	/* The first answer may take long, and no answer at all comes before the agent listens. */
	{ "until", until, TIMEOUT_S * 1000000L },
	{ "exec", exec, 0 },
};

int main(int argc, char **argv)
{
	for (size_t i = 0; argc > 3 && i < sizeof(commands) / sizeof(*commands); i++) {
		if (strcmp(commands[i].name, argv[2]) != 0)
			continue;
		if (commands[i].timeout_us)
			start(argv[1], commands[i].timeout_us);
		return commands[i].run(argc - 3, argv + 3);
	}
	die("HOST walk|get|set|until|exec ...");
	return 1;
}
