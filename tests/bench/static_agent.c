/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a subagent costs that has nothing to do: one raw handler of net-snmp, as ours, over rows that
 * stand in arrays, with the columns, the types and the lengths of fwmarkRuleTable and
 * fwmarkRouteTable. No kernel, no configuration, GET and GETNEXT only. It stands beside ours, below
 * .12.1 instead of .11.1, so that one snmpd can ask both.
 *
 *	static_agent SOCKET RULES ROUTES
 */
#include <net-snmp/net-snmp-config.h>

#include <net-snmp/net-snmp-includes.h>

#include <net-snmp/agent/net-snmp-agent-includes.h>

#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>

#include "model/row.h"

static const oid root[] = { 1, 3, 6, 1, 4, 1, 8072, 9999, 9999, 12, 1 };

enum { KEY_MAX = 10, ENTRY_LEN = 3, FIRST_DEST = 0x10000000 };

/* Columns from 1: a type, and a length after 's'; '-': not accessible. */
static const char *const rule_columns[] = {
	"-", "i", "s6", "s10", "u",  "s2",  "s0", "s0", "s4", "u", "s4", "u", "u", "u",
	"u", "u", "u",	"u",   "u",  "u",   "u",  "s0", "i",  "u", "u",	 "u", "c", "c",
	"C", "C", "i",	"t",   "s0", "s85", "s1", "i",	"i",  "i", "i",	 "i",
};
static const char *const route_columns[] = {
	"-", "-", "-", "-", "-", "-",  "i", "i", "s4", "i",   "s4", "s0", "s0", "u",
	"u", "u", "u", "u", "u", "s1", "i", "u", "u",  "s40", "i",  "i",  "i",
};

static struct table {
	oid entry[ENTRY_LEN];
	const char *const *columns;
	size_t ncolumns, nkey, nrows;
	uint32_t (*keys)[KEY_MAX];
	uint64_t *numbers;
} tables[] = {
	{ { 2, 4, 1 }, rule_columns, sizeof(rule_columns) / sizeof(*rule_columns), 1, 0, 0, 0 },
	{ { 6, 3, 1 }, route_columns, sizeof(route_columns) / sizeof(*route_columns), 10, 0, 0, 0 },
};

static int fill_in(struct table *t, size_t nrows)
{
	t->nrows = nrows;
	t->keys = calloc(nrows + 1, sizeof(*t->keys));
	t->numbers = calloc(nrows + 1, sizeof(*t->numbers));
	for (size_t i = 0; t->keys && t->numbers && i < nrows; i++) {
		uint32_t dest = FIRST_DEST + ((uint32_t)i << 8);
		const uint32_t route[] = {
			254,	    1,	4, dest >> 24, dest >> 16 & 255, dest >> 8 & 255,
			dest & 255, 24, 0, 1,
		};

		t->numbers[i] = i;
		if (t->nkey == 1)
			t->keys[i][0] = (uint32_t)(ROW_FOREIGN_MIN + i);
		else
			memcpy(t->keys[i], route, sizeof(route));
	}
	return t->keys && t->numbers ? 0 : -1;
}

static int key_cmp(const struct table *t, size_t row, const oid *id, size_t n)
{
	for (size_t i = 0; i < t->nkey && i < n; i++)
		if (t->keys[row][i] != id[i])
			return t->keys[row][i] < id[i] ? -1 : 1;
	return t->nkey < n ? -1 : t->nkey > n;
}

/* The first row at or (@above) above an index. */
static size_t row_find(const struct table *t, const oid *id, size_t n, bool above)
{
	size_t lo = 0, hi = t->nrows;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int d = key_cmp(t, mid, id, n);

		if (d < 0 || (d == 0 && above))
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static void answer(netsnmp_variable_list *vb, const struct table *t, size_t column, size_t row)
{
	static const char octets[128];
	const char *type = t->columns[column - 1];
	struct counter64 c64 = { t->numbers[row] >> 32, t->numbers[row] & UINT32_MAX };

	switch (*type) {
	case 's':
		snmp_set_var_typed_value(vb, ASN_OCTET_STR, octets, (size_t)atoi(type + 1));
		break;
	case 'C':
		snmp_set_var_typed_value(vb, ASN_COUNTER64, &c64, sizeof(c64));
		break;
	case 'c':
		snmp_set_var_typed_integer(vb, ASN_COUNTER, (long)t->numbers[row]);
		break;
	case 'u':
		snmp_set_var_typed_integer(vb, ASN_UNSIGNED, (long)t->numbers[row]);
		break;
	case 't':
		snmp_set_var_typed_integer(vb, ASN_TIMETICKS, (long)t->numbers[row]);
		break;
	default:
		snmp_set_var_typed_integer(vb, ASN_INTEGER, (long)t->numbers[row]);
	}
}

static void get(netsnmp_agent_request_info *info, netsnmp_request_info *rq)
{
	netsnmp_variable_list *vb = rq->requestvb;
	size_t len = OID_LENGTH(root) + ENTRY_LEN;

	for (size_t i = 0; i < 2 && vb->name_length > len; i++) {
		const struct table *t = &tables[i];
		size_t row;

		if (memcmp(vb->name + OID_LENGTH(root), t->entry, sizeof(t->entry)) != 0)
			continue;
		row = row_find(t, vb->name + len + 1, vb->name_length - len - 1, false);
		if (vb->name[len] > t->ncolumns || row == t->nrows ||
		    key_cmp(t, row, vb->name + len + 1, vb->name_length - len - 1) != 0)
			break;
		answer(vb, t, vb->name[len], row);
		return;
	}
	netsnmp_set_request_error(info, rq, SNMP_NOSUCHINSTANCE);
}

/* The cell after an OID in one table. */
static bool next(netsnmp_variable_list *vb, const struct table *t)
{
	size_t len = OID_LENGTH(root) + ENTRY_LEN, row = 0;
	size_t common = vb->name_length < len ? vb->name_length : len;
	oid out[MAX_OID_LEN];
	size_t column = 1;
	int where;

	memcpy(out, root, sizeof(root));
	memcpy(out + OID_LENGTH(root), t->entry, sizeof(t->entry));
	where = snmp_oid_compare(vb->name, common, out, common);
	if (where > 0)
		return false;
	if (where == 0 && vb->name_length > len) {
		column = vb->name[len];
		row = row_find(t, vb->name + len + 1, vb->name_length - len - 1, true);
	}
	for (; column <= t->ncolumns; column++, row = 0)
		if (column && *t->columns[column - 1] != '-' && row < t->nrows)
			break;
	if (column > t->ncolumns)
		return false;
	out[len] = column;
	for (size_t i = 0; i < t->nkey; i++)
		out[len + 1 + i] = t->keys[row][i];
	snmp_set_var_objid(vb, out, len + 1 + t->nkey);
	answer(vb, t, column, row);
	return true;
}

static int handle(netsnmp_mib_handler *handler, netsnmp_handler_registration *reg,
		  netsnmp_agent_request_info *info, netsnmp_request_info *requests)
{
	(void)handler, (void)reg;
	for (netsnmp_request_info *rq = requests; rq; rq = rq->next) {
		if (info->mode == MODE_GET)
			get(info, rq);
		else if (info->mode == MODE_GETNEXT && !next(rq->requestvb, &tables[0]))
			next(rq->requestvb, &tables[1]);
	}
	return SNMP_ERR_NOERROR;
}

int main(int argc, char **argv)
{
	if (argc != 4 || fill_in(&tables[0], strtoul(argv[2], NULL, 10)) ||
	    fill_in(&tables[1], strtoul(argv[3], NULL, 10)))
		return 1;
	signal(SIGPIPE, SIG_IGN);
	setenv("MIBS", "", 1);
	snmp_enable_stderrlog();
	netsnmp_enable_subagent();
	netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_READ_CONFIGS, 1);
	netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_PERSIST_STATE, 1);
	netsnmp_ds_set_string(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_X_SOCKET, argv[1]);
	init_agent("static_agent");
	netsnmp_register_handler(netsnmp_create_handler_registration(
		"static", handle, root, OID_LENGTH(root), HANDLER_CAN_RWRITE));
	init_snmp("static_agent");
	for (;;)
		agent_check_and_process(1);
}
