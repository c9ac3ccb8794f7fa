/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * snmpget, snmpbulkwalk and snmpset of net-snmp for tests/netns/programs.sh, which asks so often that
 * starting these programs, each of which reads all MIB files, took longer than anything else in
 * the tests. This one is started once. A request is lines of standard input: how many arguments, then
 * each of them, the first of which is the program. Standard output and error are a file, where the answer
 * stands when the exit status that the program would have had has come out of descriptor 3.
 */
#include <net-snmp/net-snmp-config.h>

#include <net-snmp/net-snmp-includes.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { ARGUMENTS_MAX = 512, STATUS = 3 };

static int repetitions;
static bool in_any_order;

/* Of the programs' own options -CrNUM, and -Cc. */
static void own_option(int argc, char *const *argv, int option)
{
	(void)argc;
	(void)argv;
	if (option == 'C' && *optarg == 'r')
		repetitions = atoi(optarg + 1);
	else if (option == 'C' && *optarg == 'c')
		in_any_order = true;
	else
		fprintf(stderr, "client: -%c is not known\n", option);
}

/* What options of earlier requests have set, as it was. */
static void forget_options(void)
{
	static int booleans[NETSNMP_DS_MAX_SUBIDS], integers[NETSNMP_DS_MAX_SUBIDS];
	static bool kept;

	for (int i = 0; i < NETSNMP_DS_MAX_SUBIDS; i++) {
		if (kept) {
			netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, i, booleans[i]);
			netsnmp_ds_set_int(NETSNMP_DS_LIBRARY_ID, i, integers[i]);
		} else {
			booleans[i] = netsnmp_ds_get_boolean(NETSNMP_DS_LIBRARY_ID, i);
			integers[i] = netsnmp_ds_get_int(NETSNMP_DS_LIBRARY_ID, i);
		}
	}
	kept = true;
	repetitions = 10;
	in_any_order = false;
}

/* Sends it. Returns: the exit status; with 0 there is an answer. */
static int request(netsnmp_session *ss, netsnmp_pdu *pdu, netsnmp_pdu **answer)
{
	int status = snmp_synch_response(ss, pdu, answer);
	netsnmp_variable_list *vb;

	if (status == STAT_SUCCESS && (*answer)->errstat == SNMP_ERR_NOERROR)
		return 0;
	fflush(stdout);
	if (status == STAT_TIMEOUT) {
		fprintf(stderr, "Timeout: No Response from %s\n", ss->peername);
		return 1;
	}
	if (status != STAT_SUCCESS) {
		snmp_sess_perror("snmp", ss);
		return 1;
	}
	fprintf(stderr, "Error in packet.\nReason: %s\n", snmp_errstring((int)(*answer)->errstat));
	vb = (*answer)->variables;
	for (long i = (*answer)->errindex; vb && i > 1; i--)
		vb = vb->next_variable;
	if ((*answer)->errindex && vb) {
		fprintf(stderr, "Failed object: ");
		fprint_objid(stderr, vb->name, vb->name_length);
		fprintf(stderr, "\n");
	}
	snmp_free_pdu(*answer);
	return 2;
}

/* A request whose answer is printed as it is. */
static int ask_once(netsnmp_session *ss, netsnmp_pdu *pdu)
{
	netsnmp_pdu *answer;
	int status = request(ss, pdu, &answer);

	if (status)
		return status;
	for (netsnmp_variable_list *vb = answer->variables; vb; vb = vb->next_variable)
		print_variable(vb->name, vb->name_length, vb);
	snmp_free_pdu(answer);
	return 0;
}

static int get_or_set(netsnmp_session *ss, int command, int argc, char **argv)
{
	netsnmp_pdu *pdu = snmp_pdu_create(command);
	int words = command == SNMP_MSG_SET ? 3 : 1; /* OID, type and value, or the OID alone */
	int status = argc % words;
	oid name[MAX_OID_LEN];

	for (int i = 0; i + words <= argc; i += words) {
		size_t n = MAX_OID_LEN;

		if (snmp_parse_oid(argv[i], name, &n) &&
		    (words == 1 ? !!snmp_add_null_var(pdu, name, n)
				: !snmp_add_var(pdu, name, n, *argv[i + 1], argv[i + 2])))
			continue;
		snmp_perror(argv[i]);
		status = 1;
	}
	if (!status)
		return ask_once(ss, pdu);
	snmp_free_pdu(pdu);
	return 1;
}

static int get(netsnmp_session *ss, int argc, char **argv)
{
	return get_or_set(ss, SNMP_MSG_GET, argc, argv);
}

static int set(netsnmp_session *ss, int argc, char **argv)
{
	return get_or_set(ss, SNMP_MSG_SET, argc, argv);
}

/* Prints what of the answer is below root, of which name is the last. Returns: is there more? */
static bool print_below(netsnmp_pdu *answer, const oid *root, size_t nroot, oid *name, size_t *n,
			int *status)
{
	for (netsnmp_variable_list *vb = answer->variables; vb; vb = vb->next_variable) {
		if (netsnmp_oid_is_subtree(root, nroot, vb->name, vb->name_length))
			return false;
		print_variable(vb->name, vb->name_length, vb);
		if (vb->type == SNMP_ENDOFMIBVIEW || vb->type == SNMP_NOSUCHOBJECT ||
		    vb->type == SNMP_NOSUCHINSTANCE)
			return false;
		if (!in_any_order && snmp_oid_compare(name, *n, vb->name, vb->name_length) >= 0) {
			fflush(stdout);
			fprintf(stderr, "Error: OID not increasing\n");
			*status = 1;
			return false;
		}
		*n = vb->name_length;
		memcpy(name, vb->name, *n * sizeof(*name));
	}
	return true;
}

static int walk(netsnmp_session *ss, int argc, char **argv)
{
	oid root[MAX_OID_LEN], name[MAX_OID_LEN];
	size_t nroot = MAX_OID_LEN, n;
	netsnmp_pdu *pdu, *answer;
	int status;
	bool more;

	if (argc != 1 || !snmp_parse_oid(argv[0], root, &nroot)) {
		snmp_perror(argc ? argv[0] : "a walk");
		return 1;
	}
	n = nroot;
	memcpy(name, root, n * sizeof(*name));
	do {
		pdu = snmp_pdu_create(SNMP_MSG_GETBULK);
		pdu->non_repeaters = 0;
		pdu->max_repetitions = repetitions;
		snmp_add_null_var(pdu, name, n);
		status = request(ss, pdu, &answer);
		if (status)
			return status;
		more = print_below(answer, root, nroot, name, &n, &status);
		snmp_free_pdu(answer);
	} while (more);
	/* Nothing below it: perhaps it is an object itself. */
	return !status && snmp_oid_compare(name, n, root, nroot) == 0 ? get(ss, argc, argv)
								      : status;
}

static int run(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(netsnmp_session *ss, int argc, char **argv);
	} programs[] = { { "snmpget", get }, { "snmpset", set }, { "snmpbulkwalk", walk } };
	netsnmp_session session, *ss;
	int first = snmp_parse_args(argc, argv, &session, "C:", own_option);
	int status = 1;

	ss = first > 0 ? snmp_open(&session) : NULL;
	for (size_t i = 0; ss && i < sizeof(programs) / sizeof(*programs); i++)
		if (strcmp(argv[0], programs[i].name) == 0)
			status = programs[i].run(ss, argc - first, argv + first);
	if (ss)
		snmp_close(ss);
	else if (first > 0)
		snmp_sess_perror(argv[0], &session);
	return status;
}

static bool waits(int fd)
{
	int n = 0;

	return ioctl(fd, FIONREAD, &n) == 0 && n > 0;
}

static char *read_line(void)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t n = getline(&line, &size, stdin);

	if (n <= 0)
		_exit(0); /* what is looked for is no leak of net-snmp */
	line[n - 1] = 0;
	return line;
}

int main(void)
{
	static char *argv[ARGUMENTS_MAX + 1];

	/* What was not read yet is to be seen by waits(). */
	setvbuf(stdin, NULL, _IONBF, 0);
	/* A value of -1 is no option: snmpset does this. */
	setenv("POSIXLY_CORRECT", "1", 1);
	snmp_mib_toggle_options((char[]){ "e" });
	init_snmp("snmpapp");
	for (;;) {
		char *line = read_line();
		int argc = atoi(line), status;
		bool mixed = waits(STATUS);

		free(line);
		if (argc < 1 || argc > ARGUMENTS_MAX)
			return 1;
		for (int i = 0; i < argc; i++)
			argv[i] = read_line();
		argv[argc] = NULL;
		if (ftruncate(STDOUT_FILENO, 0) || lseek(STDOUT_FILENO, 0, SEEK_SET))
			return 1;
		forget_options();
		status = run(argc, argv);
		fflush(stdout);
		if (mixed || waits(STDIN_FILENO)) {
			dprintf(STATUS, "two ask at once\n");
			return 1;
		}
		dprintf(STATUS, "%d\n", status);
		for (int i = 0; i < argc; i++)
			free(argv[i]);
	}
}
