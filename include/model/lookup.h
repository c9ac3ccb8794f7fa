/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where would a packet go? The question, and what the kernel says. */
#ifndef MODEL_LOOKUP_H
#define MODEL_LOOKUP_H

#include "base/why.h"
#include "model/route.h"

enum { LOOKUP_NO_ROUTE = 0 };

/* Columns of fwmarkLookupEntry, each named after its field. */
enum lookup_col {
	LOOKUP_COL_MARK = 1,
	LOOKUP_COL_DST_FAMILY,
	LOOKUP_COL_DST,
	LOOKUP_COL_TYPE,
	LOOKUP_COL_FIB,
	LOOKUP_COL_GATEWAY_TYPE,
	LOOKUP_COL_GATEWAY,
	LOOKUP_COL_IFINDEX,
	LOOKUP_COL_IFNAME,
	LOOKUP_COL_PREFSRC,
	LOOKUP_COL_MATCHED_LEN,
	LOOKUP_COL_TEXT,
};

struct lookup {
	uint32_t mark;
	struct prefix dst; /* an address */

	/* Why there is no way: 0 or -errno, with the kernel's words if it has any. Then there is
	 * nothing in what follows but the type. */
	int err;
	struct why words;
	uint8_t type;	       /* enum route_type; LOOKUP_NO_ROUTE */
	struct route route;    /* the answer: leg and prefsrc are what the packet gets */
	struct prefix matched; /* the prefix of the route that it takes */
	bool cached;	       /* the answer speaks of a copy (RTM_F_CLONED) */
	bool has_uid;
	uint32_t uid, answer_mark; /* as the answer repeats them; no mark: 0 */
};

/* Returns: what kind of route makes a lookup fail with @err (fib_props[] of
 * net/ipv4/fib_semantics.c), LOOKUP_NO_ROUTE for none; -1: another failure. */
int lookup_type_of(int err);

/**
 * lookup_text - the first line of `ip route get DEST mark MARK`, without newline
 *
 * As iproute2 6.1.0 prints it, without trailing blanks; where there is no way the sentence that it
 * prints instead. See route_text(). IPv4 has more in a second line ("cache").
 */
void lookup_text(const struct lookup *l, const struct rt_names *names, const struct names *links,
		 struct text *out);

#endif
