/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernel attributes that may be newer than the headers of the build machine. Their numbers are ABI.
 * Whether the running kernel knows them is asked, never assumed (policy_nl_caps()). The headers
 * come first, so that a define shadows their enumerator and never breaks its definition. */
#ifndef ROUTING_COMPAT_H
#define ROUTING_COMPAT_H

#include <linux/fib_rules.h>
#include <linux/netlink.h>
#include <linux/nexthop.h>
#include <linux/rtnetlink.h>

/* linux/fib_rules.h; linux-libc-dev 6.1 stops at FRA_DPORT_RANGE (24). */
#undef FRA_DSCP
#undef FRA_FLOWLABEL
#undef FRA_FLOWLABEL_MASK
#undef FRA_SPORT_MASK
#undef FRA_DPORT_MASK
#undef FRA_DSCP_MASK
#define FRA_DSCP	   25 /* Linux 6.13 */
#define FRA_FLOWLABEL	   26 /* Linux 6.14 */
#define FRA_FLOWLABEL_MASK 27
#define FRA_SPORT_MASK	   28 /* Linux 6.15 */
#define FRA_DPORT_MASK	   29
#define FRA_DSCP_MASK	   30

/* linux/rtnetlink.h */
#undef RTA_FLOWLABEL
#define RTA_FLOWLABEL 31 /* Linux 6.14 */

/* linux/nexthop.h */
#undef NHA_OP_FLAGS
#undef NHA_GROUP_STATS
#undef NHA_HW_STATS_ENABLE
#undef NHA_HW_STATS_USED
#define NHA_OP_FLAGS	    14 /* Linux 6.9 */
#define NHA_GROUP_STATS	    15
#define NHA_HW_STATS_ENABLE 16
#define NHA_HW_STATS_USED   17

#endif
