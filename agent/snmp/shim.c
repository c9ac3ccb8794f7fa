/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one raw handler: hands varbinds of net-snmp to the engine, and its answers back. No table
 * helper of net-snmp: that allocates a kilobyte for each varbind (helpers/table.c, 5.9.3).
 */
#include <net-snmp/net-snmp-config.h>

#include <net-snmp/net-snmp-includes.h>

#include <net-snmp/agent/net-snmp-agent-includes.h>

#include <net-snmp/agent/agent_callbacks.h>

#include <errno.h>
#include <stdbool.h>

#include "base/log.h"
#include "snmp/shim.h"

/* fwmarkObjects. The one line to change when there is a private enterprise number. */
static const oid root[] = { 1, 3, 6, 1, 4, 1, 8072, 9999, 9999, 11, 1 };

const oid *shim_root(size_t *n)
{
	*n = OID_LENGTH(root);
	return root;
}

/*
 * The part of a name below the root. net-snmp's agentx_parse_oid() (5.9.3) reads sub-identifiers
 * into an int, so those of 2^31 and above come sign-extended: they are cut to 32 bits here.
 */
static size_t relative_oid(const netsnmp_variable_list *vb, uint32_t *out)
{
	size_t n = 0;
	size_t common = vb->name_length < OID_LENGTH(root) ? vb->name_length : OID_LENGTH(root);

	if (snmp_oid_compare(vb->name, common, root, common) != 0 ||
	    vb->name_length < OID_LENGTH(root))
		return 0; /* a GETNEXT from before the subtree */
	for (size_t i = OID_LENGTH(root); i < vb->name_length && n < MIB_OID_MAX; i++)
		out[n++] = (uint32_t)vb->name[i];
	return n;
}

/* Does a GETNEXT continue a walk? The first request of a walk names no row: group, table, entry,
 * column. */
static bool goes_on(const netsnmp_request_info *requests)
{
	uint32_t name[MIB_OID_MAX];

	for (const netsnmp_request_info *rq = requests; rq; rq = rq->next)
		if (relative_oid(rq->requestvb, name) > 4)
			return true;
	return false;
}

static void answer(netsnmp_variable_list *vb, const struct mib_value *v)
{
	struct counter64 c64 = { v->num >> 32, v->num & UINT32_MAX };

	switch (v->tag) {
	case MIB_TAG_OCTETS:
		snmp_set_var_typed_value(vb, v->tag, v->bytes, v->len);
		break;
	case MIB_TAG_COUNTER64:
		snmp_set_var_typed_value(vb, v->tag, &c64, sizeof(c64));
		break;
	case MIB_TAG_INTEGER:
		snmp_set_var_typed_integer(vb, v->tag, (long)(int64_t)v->num);
		break;
	default:
		snmp_set_var_typed_integer(vb, v->tag, (long)(uint32_t)v->num);
	}
}

/*
 * What a GETBULK is answered with must fit into a datagram. net-snmp (5.9.3, 5.9.4) sees to that
 * when the request is of SNMPv1 or v2c and MSG_SEND_MAX is set, as agentx.c does; of SNMPv3 it makes
 * genErr then. In snmpd nothing sees to it (and with MSG_SEND_MAX set, a long SET would stop snmpd,
 * which can then not send it to us): the answer is lost, and the manager waits. So the octets of an
 * answer are counted here, over all repetitions, which come one by one and have the same
 * transaction, while others may come between them. So has what a manager may not see, which net-snmp
 * passes over by asking for the next one: that is not known here, and counts, too (README.md, Limits).
 */
enum { DATAGRAM_MAX = 65507, AROUND_VARBINDS = 256, TRANSACTIONS = 16 };

static struct {
	struct {
		long id;
		size_t octets; /* of the varbinds so far */
	} transactions[TRANSACTIONS];
	unsigned next; /* the one to be forgotten */
} answers;

/* How many octets a varbind takes in SNMP, at most. */
static size_t varbind_size(const netsnmp_variable_list *vb)
{
	enum { HEADERS = 12, NUMBER = 9 };
	size_t n = HEADERS + (vb->type == ASN_OCTET_STR ? vb->val_len : NUMBER);

	for (size_t i = 0; i < vb->name_length; i++) {
		oid id = vb->name[i];

		do
			n++;
		while (id >>= 7);
	}
	return n;
}

static size_t *octets_of(long transaction)
{
	for (unsigned i = 0; i < TRANSACTIONS; i++)
		if (answers.transactions[i].id == transaction)
			return &answers.transactions[i].octets;
	answers.next = (answers.next + 1) % TRANSACTIONS;
	answers.transactions[answers.next].id = transaction;
	answers.transactions[answers.next].octets = 0;
	return &answers.transactions[answers.next].octets;
}

/* Refuses a GETBULK, or the GETNEXT that it is to us, when its answer has become too long. */
static void check_size(netsnmp_agent_request_info *info, netsnmp_request_info *requests)
{
	const netsnmp_pdu *pdu = info->asp->pdu;
	size_t max = DATAGRAM_MAX, *octets;

	if (pdu->version == SNMP_VERSION_1 || pdu->version == SNMP_VERSION_2c)
		return;
	if (pdu->version == SNMP_VERSION_3 && (size_t)pdu->msgMaxSize < max)
		max = (size_t)pdu->msgMaxSize;
	octets = octets_of(pdu->transid);
	/* Of SNMPv3 without snmpd it is known that this is no repetition. */
	if (pdu->version == SNMP_VERSION_3 && pdu->command == SNMP_MSG_GETNEXT)
		*octets = 0;
	for (const netsnmp_request_info *rq = requests; rq; rq = rq->next)
		if (rq->requestvb->type != ASN_NULL)
			*octets += varbind_size(rq->requestvb);
	if (*octets + AROUND_VARBINDS > max)
		netsnmp_set_request_error(info, requests, SNMP_ERR_TOOBIG);
}

static void handle_get(struct mib *m, netsnmp_agent_request_info *info, netsnmp_request_info *rq)
{
	uint32_t name[MIB_OID_MAX];
	size_t n = relative_oid(rq->requestvb, name);
	struct mib_value v;
	int error = mib_get(m, name, n, &v);

	if (error)
		netsnmp_set_request_error(info, rq, error);
	else
		answer(rq->requestvb, &v);
}

static void handle_getnext(struct mib *m, netsnmp_request_info *rq)
{
	uint32_t name[MIB_OID_MAX];
	size_t n = relative_oid(rq->requestvb, name);
	oid out[MAX_OID_LEN];
	struct mib_oid at;
	struct mib_value v;

	if (!mib_next(m, name, n, &at, &v) || at.n + OID_LENGTH(root) > MAX_OID_LEN)
		return; /* the value stays ASN_NULL: net-snmp goes on with the next subtree */
	memcpy(out, root, sizeof(root));
	for (size_t i = 0; i < at.n; i++)
		out[OID_LENGTH(root) + i] = at.id[i];
	n = OID_LENGTH(root) + at.n;
	if (rq->range_end_len && snmp_oid_compare(out, n, rq->range_end, rq->range_end_len) >= 0)
		return;
	snmp_set_var_objid(rq->requestvb, out, n);
	answer(rq->requestvb, &v);
}

static void value_of(const netsnmp_variable_list *vb, struct mib_value *v)
{
	*v = (struct mib_value){ .tag = vb->type, .bytes = vb->val.string, .len = vb->val_len };
	switch (vb->type) {
	case ASN_INTEGER:
		v->num = (uint64_t)(int64_t)*vb->val.integer;
		break;
	case ASN_UNSIGNED:
	case ASN_COUNTER:
	case ASN_TIMETICKS:
		v->num = (uint32_t)*vb->val.integer;
		break;
	default:
		break;
	}
}

static void set_add_all(struct mib *m, netsnmp_agent_request_info *info,
			netsnmp_request_info *requests)
{
	uint32_t name[MIB_OID_MAX];
	unsigned varbind = 0;

	mib_set_begin(m);
	for (netsnmp_request_info *rq = requests; rq; rq = rq->next, varbind++) {
		size_t n = relative_oid(rq->requestvb, name);
		struct mib_value v;
		int error;

		value_of(rq->requestvb, &v);
		error = mib_set_add(m, varbind, name, n, &v);
		if (error)
			netsnmp_set_request_error(info, rq, error);
	}
}

static void fail_at(netsnmp_agent_request_info *info, netsnmp_request_info *requests,
		    unsigned varbind, int error)
{
	netsnmp_request_info *rq = requests;

	while (varbind-- && rq->next)
		rq = rq->next;
	if (error)
		netsnmp_set_request_error(info, rq, error);
}

/*
 * The phases of a SET. snmpd hands on no user and, from ACTION on, no context. There is one
 * registration, so each phase is one call with all varbinds (net-snmp agent/snmp_agent.c).
 */
static void handle_set(struct mib *m, int mode, netsnmp_agent_request_info *info,
		       netsnmp_request_info *requests)
{
	unsigned varbind = 0;
	int error;

	switch (mode) {
	case MODE_SET_RESERVE1:
		set_add_all(m, info, requests);
		break;
	case MODE_SET_RESERVE2:
		error = mib_set_check(m, &varbind);
		fail_at(info, requests, varbind, error);
		break;
	case MODE_SET_ACTION:
		error = mib_set_apply(m, &varbind);
		fail_at(info, requests, varbind, error);
		break;
	case MODE_SET_UNDO:
		fail_at(info, requests, 0, mib_set_undo(m));
		break;
	default: /* COMMIT, FREE */
		mib_set_finish(m);
	}
}

/* The request that is under way: the repetitions of a GETBULK come one by one, each as a GETNEXT of the
 * same transaction. What they show is of one moment. */
static struct {
	const netsnmp_session *session; /* NULL: none */
	long transaction;
} under_way;

static bool is_repetition(const netsnmp_agent_request_info *info)
{
	bool again = info->mode == MODE_GETNEXT && under_way.session == info->asp->session &&
		     under_way.transaction == info->asp->pdu->transid;

	under_way.session = info->mode == MODE_GETNEXT ? info->asp->session : NULL;
	under_way.transaction = info->asp->pdu->transid;
	return again;
}

static int handle(netsnmp_mib_handler *handler, netsnmp_handler_registration *reg,
		  netsnmp_agent_request_info *info, netsnmp_request_info *requests)
{
	struct mib *m = handler->myvoid;
	bool repetition = is_repetition(info);

	(void)reg;
	if (info->mode != MODE_GET && info->mode != MODE_GETNEXT) {
		if (info->mode == MODE_SET_RESERVE1)
			m->ops.begin(m->ops.ctx, false);
		handle_set(m, info->mode, info, requests);
		return SNMP_ERR_NOERROR;
	}
	if (!repetition)
		m->ops.begin(m->ops.ctx, info->mode == MODE_GETNEXT && goes_on(requests));
	for (netsnmp_request_info *rq = requests; rq; rq = rq->next) {
		if (rq->processed)
			continue;
		if (info->mode == MODE_GET)
			handle_get(m, info, rq);
		else
			handle_getnext(m, rq);
	}
	if (info->mode == MODE_GETNEXT)
		check_size(info, requests);
	return SNMP_ERR_NOERROR;
}

/* Not an argument of the callback: clear_callback() (snmplib/callback.c, net-snmp 5.9.3) frees
 * those. */
static struct mib *registered;

/*
 * The connection to snmpd ended in the middle of a SET that was carried out. The changes stay:
 * snmpd sends CleanupSet and then its answer, and the end of the connection may be seen before a
 * CleanupSet that is still on its way. So the manager may have been told that the SET is done; a
 * manager that was told nothing asks again.
 */
static int master_lost(int major, int minor, void *serverarg, void *clientarg)
{
	struct mib *m = registered;

	(void)major, (void)minor, (void)serverarg, (void)clientarg;
	if (m->state == TXN_APPLIED)
		log_warn("snmpd went away in the middle of a SET: what it did stays");
	mib_set_finish(m);
	/* The next snmpd counts its transactions from 1. */
	memset(&answers, 0, sizeof(answers));
	under_way.session = NULL;
	return 0;
}

void shim_set_too_big(size_t size, size_t max)
{
	struct why why;

	why_set(&why, 0,
		"SET: it takes %zu octets between snmpd and fwmarkd, and net-snmp takes %zu at "
		"most: make several of it",
		size, max);
	registered->ops.failed(registered->ops.ctx, why.s);
}

int shim_register(struct mib *m)
{
	netsnmp_handler_registration *reg = netsnmp_create_handler_registration(
		"fwmark", handle, root, OID_LENGTH(root), HANDLER_CAN_RWRITE);

	if (!reg)
		return -EIO;
	reg->handler->myvoid = m;
	registered = m;
	snmp_register_callback(SNMP_CALLBACK_APPLICATION, SNMPD_CALLBACK_INDEX_STOP, master_lost,
			       NULL);
	return netsnmp_register_handler(reg) == MIB_REGISTERED_OK ? 0 : -EIO;
}
