/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A mark rule: a netfilter rule with a MARK or CONNMARK target (fwmarkRuleTable). */
#ifndef MODEL_MARKRULE_H
#define MODEL_MARKRULE_H

#include "base/addr.h"
#include "base/why.h"
#include "model/row.h"

enum markrule_backend { BACKEND_LEGACY = 1, BACKEND_NFTABLES = 2 };

enum markrule_target {
	MARKRULE_MARK = 1,
	MARKRULE_CONNMARK_SET = 2,
	MARKRULE_CONNMARK_SAVE = 3,
	MARKRULE_CONNMARK_RESTORE = 4,
	MARKRULE_OTHER = 5, /* any other, like CONNMARK with a shift: only the text shows it */
};

/* struct markrule.invert: bit N is BITS position N of fwmarkRuleInvert. */
enum markrule_invert {
	INVERT_IIF = 1u << 0,
	INVERT_OIF = 1u << 1,
	INVERT_SRC = 1u << 2,
	INVERT_DST = 1u << 3,
	INVERT_PROTOCOL = 1u << 4,
	INVERT_SPORT = 1u << 5,
	INVERT_DPORT = 1u << 6,
	INVERT_TOS = 1u << 7,
	INVERT_MARK = 1u << 8,
};

/* struct markrule.hooks: bit N is BITS position N of fwmarkRuleHooks. */
enum markrule_hook {
	HOOK_PREROUTING = 1u << 0,
	HOOK_INPUT = 1u << 1,
	HOOK_FORWARD = 1u << 2,
	HOOK_OUTPUT = 1u << 3,
	HOOK_POSTROUTING = 1u << 4,
};

enum {
	MARKRULE_TABLE_MAX = 64,
	MARKRULE_CHAIN_MAX = 128,
	MARKRULE_MATCHES_MAX = 4096,
	MARKRULE_DESCRIPTION_MAX = 100,
};

/* Columns of fwmarkRuleEntry, each named after its field. */
enum rule_col {
	RULE_COL_INDEX = 1,
	RULE_COL_FAMILY,
	RULE_COL_TABLE,
	RULE_COL_CHAIN,
	RULE_COL_POSITION,
	RULE_COL_INVERT,
	RULE_COL_IIF,
	RULE_COL_OIF,
	RULE_COL_SRC,
	RULE_COL_SRC_LEN,
	RULE_COL_DST,
	RULE_COL_DST_LEN,
	RULE_COL_PROTOCOL,
	RULE_COL_SPORT_FROM,
	RULE_COL_SPORT_TO,
	RULE_COL_DPORT_FROM,
	RULE_COL_DPORT_TO,
	RULE_COL_TOS,
	RULE_COL_TOS_MASK,
	RULE_COL_MATCH_MARK,
	RULE_COL_MATCH_MASK,
	RULE_COL_MATCHES,
	RULE_COL_TARGET,
	RULE_COL_MARK,
	RULE_COL_MASK,
	RULE_COL_CTMASK,
	RULE_COL_PACKETS,
	RULE_COL_BYTES,
	RULE_COL_HC_PACKETS,
	RULE_COL_HC_BYTES,
	RULE_COL_COUNTED,
	RULE_COL_DISCONTINUITY,
	RULE_COL_DESCRIPTION,
	RULE_COL_TEXT,
	RULE_COL_HOOKS,
	RULE_COL_ROUTING,
	RULE_COL_BACKEND,
	RULE_COL_ORIGIN,
	RULE_COL_STORAGE,
	RULE_COL_STATUS,
};

/*
 * Integers are in host byte order. A selector is absent when it matches everything: family
 * AF_UNSPEC or length 0 (src, dst), mask 0 (tos, mark), "" (interfaces), 0 to 65535 (ports),
 * protocol 0. A match that is there in the kernel but matches everything all the same
 * ("-m mark --mark 0/0", "-m tcp") stands in @matches, so that nothing is lost.
 */
struct markrule {
	uint32_t index;	 /* fwmarkRuleIndex */
	uint8_t backend; /* enum markrule_backend */
	uint8_t family;	 /* AF_INET, AF_INET6; AF_UNSPEC: both (nftables inet) */
	char table[MARKRULE_TABLE_MAX + 1];
	char chain[MARKRULE_CHAIN_MAX + 1];
	uint32_t position; /* 1-based, counting every rule of the chain; a manager's 0: last */
	uint32_t place;	   /* of a manager's rule: its position when last seen, 0: never */
	uint64_t hash;	   /* of a wanted row: the hash of its rule in the kernel, 0: not known */
	uint32_t invert;   /* enum markrule_invert */
	char iif[16], oif[16];
	struct prefix src, dst; /* host bits zero */
	uint8_t protocol;
	uint16_t sport_from, sport_to, dport_from, dport_to;
	uint8_t tos, tos_mask;
	uint32_t match_mark, match_mask;
	const char *matches; /* further matches, iptables syntax; NULL is ""; owned by who set it */
	uint8_t target;	     /* enum markrule_target */
	uint32_t mark, mask; /* new = (old & ~mask) ^ mark */
	uint32_t ctmask;     /* of save and restore */
	uint64_t packets, bytes;
	bool counted;
	uint64_t discontinuity; /* clock_ms() */
	char description[MARKRULE_DESCRIPTION_MAX + 1];
	uint8_t hooks; /* enum markrule_hook */
	bool routing;
	uint8_t origin, storage, status;
	uint64_t given; /* bit N: a manager wrote column N */
};

/* Sets every column to the default of FWMARK-MIB; mark and status have none. */
void markrule_init(struct markrule *r);

/**
 * markrule_check - may this rule be put into a kernel?
 * @why: says what is wrong, naming the column without its "fwmarkRule" prefix
 * @column: number of the column at fault (fwmarkRuleEntry.N)
 *
 * Checks what can be said without asking a kernel: addresses against the family, host bits,
 * port ranges and their protocol, inversions of absent selectors, targets and masks, names.
 *
 * Returns: 0, or -EINVAL for values that contradict each other.
 */
int markrule_check(const struct markrule *r, unsigned *column, struct why *why);

#endif
