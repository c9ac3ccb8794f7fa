/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A second subagent that takes part in a SET, and refuses it at one of its phases, or never: two
 * objects that can be written, one before ours in the order of OIDs and one behind.
 *
 *	refuser SOCKET reserve1|reserve2|action|undo|never
 *
 * undo: refuses at ACTION, and again when it is told to undo.
 */
#include <net-snmp/net-snmp-config.h>

#include <net-snmp/net-snmp-includes.h>

#include <net-snmp/agent/net-snmp-agent-includes.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>

enum { ROOT_LEN = 11 };
static const oid roots[][ROOT_LEN] = {
	{ 1, 3, 6, 1, 4, 1, 8072, 9999, 9999, 10, 1 },
	{ 1, 3, 6, 1, 4, 1, 8072, 9999, 9999, 12, 1 },
};

static const struct {
	const char *name;
	int mode, error;
} phases[] = {
	{ "reserve1", MODE_SET_RESERVE1, SNMP_ERR_WRONGVALUE },
	{ "reserve2", MODE_SET_RESERVE2, SNMP_ERR_INCONSISTENTVALUE },
	{ "action", MODE_SET_ACTION, SNMP_ERR_RESOURCEUNAVAILABLE },
	{ "undo", MODE_SET_ACTION, SNMP_ERR_RESOURCEUNAVAILABLE },
	{ "undo", MODE_SET_UNDO, SNMP_ERR_UNDOFAILED },
};

static const char *refuses;

static int handle(netsnmp_mib_handler *handler, netsnmp_handler_registration *reg,
		  netsnmp_agent_request_info *info, netsnmp_request_info *requests)
{
	(void)handler, (void)reg;
	for (size_t i = 0; i < sizeof(phases) / sizeof(*phases); i++)
		if (info->mode == phases[i].mode && strcmp(refuses, phases[i].name) == 0)
			netsnmp_set_request_error(info, requests, phases[i].error);
	if (info->mode == MODE_GET)
		snmp_set_var_typed_integer(requests->requestvb, ASN_INTEGER, 0);
	return SNMP_ERR_NOERROR;
}

int main(int argc, char **argv)
{
	if (argc != 3)
		return 1;
	refuses = argv[2];
	signal(SIGPIPE, SIG_IGN);
	setenv("MIBS", "", 1);
	snmp_enable_stderrlog();
	netsnmp_enable_subagent();
	netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_READ_CONFIGS, 1);
	netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_PERSIST_STATE, 1);
	netsnmp_ds_set_string(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_X_SOCKET, argv[1]);
	init_agent("refuser");
	for (size_t i = 0; i < sizeof(roots) / sizeof(*roots); i++)
		netsnmp_register_handler(netsnmp_create_handler_registration(
			"refuser", handle, roots[i], ROOT_LEN, HANDLER_CAN_RWRITE));
	init_snmp("refuser");
	for (;;)
		agent_check_and_process(1);
}
