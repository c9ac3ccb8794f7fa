/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The engine: MIB tables as data, GET and GETNEXT over them, and SET as one transaction.
 *
 * The engine knows nothing of net-snmp: OIDs come in as sub-identifiers relative to fwmarkObjects,
 * values go out as struct mib_value. shim.c stands between the two; tests and fuzzers call the
 * engine directly.
 *
 * The scalars of a group are a table, too, with one row whose index is 0.
 */
#ifndef SNMP_MIB_H
#define SNMP_MIB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/text.h"
#include "base/why.h"
#include "model/route.h"

enum { MIB_OID_MAX = 128, MIB_COLS_MAX = 64 };

/* BER tags of SNMPv2-SMI (RFC 3416). */
enum mib_tag {
	MIB_TAG_INTEGER = 0x02,
	MIB_TAG_OCTETS = 0x04,
	MIB_TAG_NULL = 0x05,
	MIB_TAG_OID = 0x06,
	MIB_TAG_COUNTER32 = 0x41,
	MIB_TAG_UNSIGNED32 = 0x42,
	MIB_TAG_TIMETICKS = 0x43,
	MIB_TAG_COUNTER64 = 0x46,
};

/* error-status of RFC 3416. */
enum mib_error {
	MIB_OK = 0,
	MIB_GEN_ERR = 5,
	MIB_WRONG_TYPE = 7,
	MIB_WRONG_LENGTH = 8,
	MIB_WRONG_ENCODING = 9,
	MIB_WRONG_VALUE = 10,
	MIB_NO_CREATION = 11,
	MIB_INCONSISTENT_VALUE = 12,
	MIB_RESOURCE_UNAVAILABLE = 13,
	MIB_COMMIT_FAILED = 14,
	MIB_UNDO_FAILED = 15,
	MIB_NOT_WRITABLE = 17,
	MIB_INCONSISTENT_NAME = 18,
};

/* What a GET may answer instead of a value (the exception tags of RFC 3416). */
enum mib_exception { MIB_NO_SUCH_OBJECT = 0x80, MIB_NO_SUCH_INSTANCE = 0x81 };

struct mib_value {
	uint8_t tag;
	uint64_t num;	   /* numbers; INTEGER as two's complement of 64 bits */
	const void *bytes; /* OCTETS: valid until the next value is read */
	size_t len;	   /* OCTETS: bytes */
	uint8_t small[32]; /* where bytes points when the octets are computed */
};

/* The sub-identifiers of an index, or of a name below fwmarkObjects. */
struct mib_oid {
	size_t n;
	uint32_t id[MIB_OID_MAX];
};

void mib_oid_add(struct mib_oid *o, uint32_t id);
/* Lexicographic: <0, 0, >0. */
int mib_oid_cmp(const uint32_t *a, size_t an, const uint32_t *b, size_t bn);

enum mib_syntax {
	SYN_INTEGER,  /* Integer32: intN_t, min to max */
	SYN_UNSIGNED, /* Unsigned32: uintN_t, min to max */
	SYN_GAUGE,    /* Gauge32: the same on the wire */
	SYN_ENUM,     /* uintN_t; bit N of max: value N exists; of min: managers may write it */
	SYN_TRUTH,    /* bool */
	SYN_BITS,     /* uintN_t, bit N is position N, max is the highest position */
	SYN_STRING,   /* char[], UTF-8 without control characters, min to max octets */
	SYN_IFNAME,   /* char[16]: an interface name as the kernel takes it */
	SYN_OCTETS,   /* uint8_t[], exactly as long as the field */
	SYN_TEXT,     /* const char *, at most max octets; computed by the source when size is 0 */
	SYN_FAMILY,   /* InetAddressType of a uint8_t AF_*; min: lowest value that may be written */
	SYN_ADDRESS,  /* InetAddress: family and bytes of a struct prefix; min: 0 or 4 octets */
	SYN_PREFIXLEN, /* InetAddressPrefixLength: length of a struct prefix */
	SYN_COUNTER32, /* the low half of a uint64_t */
	SYN_COUNTER64, /* uint64_t */
	SYN_TICKS,     /* TimeTicks: uint64_t, a duration in milliseconds */
	SYN_STAMP,     /* TimeStamp: uint64_t, clock_ms() of an event, shown as sysUpTime */
	SYN_TESTINCR,  /* TestAndIncr: int32_t */
	SYN_STATUS,    /* RowStatus: uint8_t enum row_status */
	SYN_STORAGE,   /* StorageType: uint8_t enum row_storage */
};

enum mib_access { ACCESS_NA, ACCESS_RO, ACCESS_RW, ACCESS_RC };

enum mib_col_flag {
	COL_NOT_ACTIVE = 1u << 0, /* must not change while the row is active */
};

struct mib_col {
	uint8_t num;
	uint8_t syntax;	    /* enum mib_syntax */
	uint8_t access;	    /* enum mib_access */
	uint8_t flags;	    /* enum mib_col_flag */
	uint16_t off, size; /* of the field in the row, in bytes */
	int64_t min, max;
	const char *name; /* as in FWMARK-MIB */
};

/* One table of FWMARK-MIB, or the scalars of one group. */
struct mib_def {
	const char *prefix; /* what all column names begin with; files use the rest of a name */
	uint8_t group;	    /* fwmarkObjects.GROUP */
	uint8_t table;	    /* fwmarkObjects.GROUP.TABLE.1; 0: the scalars of the group */
	const struct mib_col *cols; /* in order of num */
	size_t ncols;
	size_t row_size;
	uint16_t given_off; /* of a uint64_t, bit N: a manager wrote column N; 0: there is none */
	bool harmless;	    /* what managers write to it changes no traffic */
	/* Each row is a part of a row of this table, which it contains at whole_off: a next hop is
	 * a part of its route. NULL: rows are by themselves. */
	const struct mib_def *whole;
	uint16_t whole_off;
};

/* Where the rows of a table come from: functions of the application. */
struct mib_source {
	void *ctx;
	/* The row of an index, or NULL. Valid until the next call of find or next. */
	const void *(*find)(void *ctx, const uint32_t *idx, size_t n);
	/* The first row whose index is above @idx (n 0: the first of all), its index in @at. */
	const void *(*next)(void *ctx, const uint32_t *idx, size_t n, struct mib_oid *at);
	/* Computed texts: appends column @col of a row that find or next just gave. */
	void (*text)(void *ctx, const void *row, unsigned col, struct text *out);

	/* The rest is for tables with writable columns. */

	/* May a manager write to this row? false: notWritable. NULL: yes. */
	bool (*writable)(void *ctx, const void *row, struct why *why);
	/* Does the row that find gave exist in the sense of RowStatus? NULL: yes. */
	bool (*exists)(void *ctx, const void *row);
	/* Fills in the defaults and the index of a new row. false: a row with this index cannot be
	 * created (noCreation). */
	bool (*init)(void *ctx, const uint32_t *idx, size_t n, void *row, struct why *why);
	/* Is what find said about this index so? It is not when the kernel could not be read: a
	 * reading that fails is no absence. Asked before a SET goes by it; one that creates a row
	 * goes by what the kernel answers. Returns: 0, or -errno with @why. NULL: it always is. */
	int (*sure)(void *ctx, const uint32_t *idx, size_t n, struct why *why);
	/* Computes the columns that follow from others, once all varbinds are in @row. */
	void (*settle)(void *row);
	/* Could the row be active? 0, or -errno with the column at fault. NULL: yes. */
	int (*check)(const void *row, unsigned *col, struct why *why);
};

struct mib_table {
	const struct mib_def *def;
	struct mib_source src;
};

/* What a SET does to one row. */
struct mib_change {
	const struct mib_table *table;
	struct mib_oid at;
	bool existed, destroy;
	void *old;			/* as it was, NULL when it did not exist */
	void *now;			/* as it shall be; on destroy as it was */
	uint64_t touched;		/* bit N: column N is in the PDU */
	uint16_t varbind[MIB_COLS_MAX]; /* of each touched column */
	uint16_t first;			/* the first varbind of this row */
};

/* Why a transaction was refused, and because of what. */
struct mib_fault {
	int error;	/* enum mib_error */
	size_t change;	/* index of the change */
	unsigned col;	/* of its column; 0: the row as a whole */
	struct why why; /* without the name of the object */
};

/* What the application does with a transaction; each returns a mib_error and fills in @fault. */
struct mib_ops {
	void *ctx;
	/* A PDU begins. @walk: it is a GETNEXT that goes on from a row, and may be answered from an
	 * older snapshot. */
	void (*begin)(void *ctx, bool walk);
	/* May a manager write to this table at all? false: notWritable. NULL: yes. */
	bool (*allows)(void *ctx, const struct mib_def *def, struct why *why);
	int (*prepare)(void *ctx, struct mib_change *c, size_t n, struct mib_fault *fault);
	int (*apply)(void *ctx, struct mib_change *c, size_t n, struct mib_fault *fault);
	int (*undo)(void *ctx, struct why *why);
	/* The transaction is over; @committed: what apply did stays. Cannot fail. */
	void (*finish)(void *ctx, bool committed);
	/* A SET failed, with a sentence that names object and row. */
	void (*failed)(void *ctx, const char *sentence);
	/* sysUpTime now, in hundredths of a second. */
	uint32_t (*uptime)(void *ctx);
};

enum mib_txn_state { TXN_IDLE, TXN_OPEN, TXN_CHECKED, TXN_APPLIED };

struct mib {
	struct mib_table *tables; /* in order of group and table */
	size_t ntables;
	struct mib_ops ops;
	struct text scratch; /* of computed values */
	int64_t epoch;	     /* clock_ms() when sysUpTime was 0 */

	/* The one transaction that can be under way. */
	enum mib_txn_state state;
	bool reported; /* ops.failed was called for this SET */
	struct arena arena;
	struct mib_change *changes;
	size_t nchanges, cap;
};

/* Reads one cell into @v. Returns: 0 or an enum mib_exception. */
int mib_get(struct mib *m, const uint32_t *oid, size_t n, struct mib_value *v);
/* The first cell above @oid, with its name in @at. Returns: true when there is one. */
bool mib_next(struct mib *m, const uint32_t *oid, size_t n, struct mib_oid *at,
	      struct mib_value *v);

/*
 * SET: mib_set_begin, mib_set_add for every varbind, mib_set_check, then mib_set_apply, and
 * mib_set_finish or mib_set_undo. Each returns an enum mib_error; check and apply say in @varbind
 * which varbind is at fault. mib_set_undo and mib_set_finish may be called in every state.
 *
 * A master that does not wait for an answer (net-snmp issue 691) repeats calls and mixes up their
 * order. This is what comes of it:
 *	begin again, without finish	a SET that was checked is forgotten; one that was applied
 *					stays, for the manager may have been told that it is done
 *	apply again			nothing more is done, and the answer is the same
 *	undo without apply, or again	nothing is undone; no error
 *	finish again, or after undo	nothing
 *	anything else			genErr or commitFailed, and nothing is changed
 * When the master dies after apply, the changes stay as well: see master_lost() in shim.c.
 */
void mib_set_begin(struct mib *m);
int mib_set_add(struct mib *m, unsigned varbind, const uint32_t *oid, size_t n,
		const struct mib_value *v);
int mib_set_check(struct mib *m, unsigned *varbind);
int mib_set_apply(struct mib *m, unsigned *varbind);
int mib_set_undo(struct mib *m);
void mib_set_finish(struct mib *m);
void mib_fini(struct mib *m);

/* Returns: the column with number @num, or NULL. */
const struct mib_col *mib_col(const struct mib_def *def, unsigned num);
/* Returns: the column with this syntax (SYN_STATUS, SYN_STORAGE), or NULL. */
const struct mib_col *mib_col_syntax(const struct mib_def *def, enum mib_syntax syntax);
/* Appends "fwmarkRuleMark.5". */
void mib_name(const struct mib_col *col, const struct mib_oid *at, struct text *out);
/* Returns: the enum mib_error that fits an -errno. */
int mib_error_of(int err);

/* A cell: a field of a row <-> a value. @epoch: for SYN_STAMP, the clock_ms() of sysUpTime 0. */
void cell_get(const struct mib_col *col, const void *row, int64_t epoch, struct mib_value *v);
/* Checks type, length and range, then writes. Texts go into @arena.
 * Returns: an enum mib_error with @why. */
int cell_set(const struct mib_col *col, void *row, const struct mib_value *v, struct arena *arena,
	     struct why *why);
/* Read and write an integer field of 1, 2, 4 or 8 bytes. */
uint64_t cell_load(const struct mib_col *col, const void *row);
void cell_store(const struct mib_col *col, void *row, uint64_t v);

/* Scalars of fwmarkAgent. */
enum agent_col {
	AGENT_COL_VERSION = 1,
	AGENT_COL_CAPABILITIES,
	AGENT_COL_EDIT_LOCK,
	AGENT_COL_SETS,
	AGENT_COL_FAILURES,
	AGENT_COL_LAST_ERROR,
	AGENT_COL_RESYNCS,
	AGENT_COL_NOTIFICATIONS,
	AGENT_COL_UPTIME,
};

/* Bit N is BITS position N of fwmarkAgentCapabilities; those of netfilter are enum nf_cap. */
enum agent_cap {
	AGENT_CAP_POLICY_ROUTING4 = 1u << 0,
	AGENT_CAP_POLICY_ROUTING6 = 1u << 1,
	AGENT_CAP_NEXTHOP_OBJECTS = 1u << 7,
	AGENT_CAP_RULE_DSCP = 1u << 8,
	AGENT_CAP_RULE_FLOW_LABEL = 1u << 9,
	AGENT_CAP_RULE_PORT_MASK = 1u << 10,
	AGENT_CAP_PROVISIONING = 1u << 11,
};

/* Rows of scalars: of the agent, and of the groups that count their rows. */
struct mib_agent_row {
	char version[33];
	uint32_t capabilities; /* enum agent_cap, enum nf_cap */
	int32_t edit_lock;
	uint64_t sets, failures, resyncs;
	bool notifications;
	uint64_t uptime_ms;
};

struct mib_scalars_row {
	uint32_t next_index, count;
	uint64_t last_change; /* clock_ms() */
};

/* Columns of fwmarkNextHopEntry, each named after its field. */
enum nexthop_col {
	NEXTHOP_COL_INDEX = 1,
	NEXTHOP_COL_GATEWAY_TYPE,
	NEXTHOP_COL_GATEWAY,
	NEXTHOP_COL_IFINDEX,
	NEXTHOP_COL_IFNAME,
	NEXTHOP_COL_WEIGHT,
	NEXTHOP_COL_FLAGS,
	NEXTHOP_COL_STATUS,
};

/* A row of fwmarkNextHopTable: one next hop of a route. */
struct mib_nexthop_row {
	struct route route; /* the route that has the next hop; a SET looks at its key alone */
	uint8_t index;	    /* 1 to ROUTE_HOPS_MAX */
	struct nexthop hop;
	uint8_t status;
	uint64_t given;
};

/* The tables of FWMARK-MIB, in their order. */
extern const struct mib_def mib_agent, mib_rule_scalars, mib_rule, mib_mark_scalars, mib_mark,
	mib_policy_scalars, mib_policy, mib_fib_scalars, mib_fib, mib_route_scalars, mib_route,
	mib_nexthop, mib_interface_scalars, mib_interface, mib_lookup;

#endif
