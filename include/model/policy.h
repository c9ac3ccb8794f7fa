/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A policy: one rule of the routing policy database, `ip rule` (fwmarkPolicyTable). */
#ifndef MODEL_POLICY_H
#define MODEL_POLICY_H

#include "base/addr.h"
#include "base/text.h"
#include "base/vec.h"
#include "base/why.h"
#include "model/names.h"
#include "model/row.h"

/* The kernel's FR_ACT_* (uapi/linux/fib_rules.h). */
enum policy_action {
	POLICY_LOOKUP = 1,
	POLICY_GOTO = 2,
	POLICY_NOP = 3,
	POLICY_BLACKHOLE = 6,
	POLICY_UNREACHABLE = 7,
	POLICY_PROHIBIT = 8,
};

/* What the kernel reports of a policy beside its selectors: FIB_RULE_*. */
enum policy_flag {
	POLICY_PERMANENT = 1u << 0,
	POLICY_UNRESOLVED = 1u << 2,
	POLICY_IIF_DETACHED = 1u << 3,
	POLICY_OIF_DETACHED = 1u << 4,
};

enum { POLICY_DESCRIPTION_MAX = 200, DSCP_MAX = 63, FLOWLABEL_MAX = 0xfffff };

/* Columns of fwmarkPolicyEntry, each named after its field. */
enum policy_col {
	POLICY_COL_INDEX = 1,
	POLICY_COL_FAMILY,
	POLICY_COL_PRIORITY,
	POLICY_COL_ACTION,
	POLICY_COL_FIB,
	POLICY_COL_MARK,
	POLICY_COL_MASK,
	POLICY_COL_INVERT,
	POLICY_COL_SRC,
	POLICY_COL_SRC_LEN,
	POLICY_COL_DST,
	POLICY_COL_DST_LEN,
	POLICY_COL_IIF,
	POLICY_COL_OIF,
	POLICY_COL_TOS,
	POLICY_COL_PROTOCOL,
	POLICY_COL_SPORT_FROM,
	POLICY_COL_SPORT_TO,
	POLICY_COL_DPORT_FROM,
	POLICY_COL_DPORT_TO,
	POLICY_COL_UID_FROM,
	POLICY_COL_UID_TO,
	POLICY_COL_SUPPRESS_PREFIXLEN,
	POLICY_COL_SUPPRESS_GROUP,
	POLICY_COL_L3MDEV,
	POLICY_COL_GOTO_PRIORITY,
	POLICY_COL_TUNNEL,
	POLICY_COL_DSCP,
	POLICY_COL_DSCP_MASK,
	POLICY_COL_FLOWLABEL,
	POLICY_COL_FLOWLABEL_MASK,
	POLICY_COL_SPORT_MASK,
	POLICY_COL_DPORT_MASK,
	POLICY_COL_ROUTE_PROTOCOL,
	POLICY_COL_DESCRIPTION,
	POLICY_COL_TEXT,
	POLICY_COL_ORIGIN,
	POLICY_COL_STORAGE,
	POLICY_COL_STATUS,
};

/*
 * Integers are in host byte order. Absent is: mask 0 (mark), AF_UNSPEC or length 0 (src, dst), ""
 * (interfaces), 0 (tos, protocol, tunnel id, l3mdev, goto), 0 to 65535 (ports), 0 to UINT32_MAX
 * (uids), -1 (suppressors, dscp), mask 0 (flow label, port masks).
 */
struct policy {
	uint32_t index;
	uint8_t family; /* AF_INET, AF_INET6 */
	uint32_t priority;
	bool priority_auto; /* the kernel chooses one (a manager wrote 0 at creation) */
	uint8_t action;	    /* enum policy_action, or another number of the kernel */
	uint32_t fib;
	uint32_t mark, mask;
	bool invert;
	struct prefix src, dst; /* host bits zero */
	char iif[16], oif[16];
	uint8_t tos, protocol;
	uint16_t sport_from, sport_to, dport_from, dport_to;
	uint16_t sport_mask, dport_mask;
	uint32_t uid_from, uid_to;
	int32_t suppress_prefixlen, suppress_group;
	bool l3mdev;
	uint32_t goto_priority;
	uint8_t tunnel[8]; /* network byte order */
	int32_t dscp;
	uint8_t dscp_mask;
	uint32_t flowlabel, flowlabel_mask;
	uint32_t realms;	/* FRA_FLOW: from << 16 | to; only the text shows it */
	uint8_t route_protocol; /* FRA_PROTOCOL */
	uint32_t flags;		/* enum policy_flag */
	char description[POLICY_DESCRIPTION_MAX + 1];
	uint8_t origin, storage, status;
	uint64_t given; /* bit N: a manager wrote column N */
};

/* Sets every column to the default of FWMARK-MIB. */
void policy_init(struct policy *p);

/**
 * policy_fib - the number of the table that is sent to the kernel
 *
 * A policy that looks up no table sends 0 in place of the default of FibId, as `ip rule add
 * blackhole` does. It does send any other number, which the kernel keeps.
 */
uint32_t policy_fib(const struct policy *p);

/* Returns: @p as it is sent to the kernel, in one form for all that mean the same: policy_fib(),
 * zeros where a prefix, a flow label or a goto is absent, no port mask that has all bits, and the
 * full mask where dscp is absent. */
struct policy policy_key(const struct policy *p);

/* As markrule_check(), with columns of fwmarkPolicyEntry. */
int policy_check(const struct policy *p, unsigned *column, struct why *why);

/**
 * policy_same - would the kernel hold the same rule for both?
 *
 * Compares family, priority and all that is sent to the kernel but the protocol that installed
 * it; not index, description, flags, origin, storage, status.
 */
bool policy_same(const struct policy *a, const struct policy *b);

/* Returns: the place of the first policy of @family with @priority or above, in a vector of struct
 * policy in the kernel's order, IPv4 first. */
size_t policies_lower(const struct vec *policies, uint8_t family, uint32_t priority);

/* Returns: a hash of what policy_same() compares, for the map of indices (kept on disk). */
uint64_t policy_hash(const struct policy *p);

/**
 * policy_text - the line of `ip rule` (iproute2 6.1 ip/iprule.c, print_rule), without newline
 *
 * The priority and its colon are part of it: "32765:\tfrom all fwmark 0x1 lookup mail.out".
 * Attributes newer than iproute2 6.1 are added in the syntax of later iproute2.
 */
void policy_text(const struct policy *p, const struct rt_names *names, struct text *out);

#endif
