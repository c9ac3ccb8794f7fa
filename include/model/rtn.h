/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's RTN_* (uapi/linux/rtnetlink.h): types of routes and actions of policies. */
#ifndef MODEL_RTN_H
#define MODEL_RTN_H

/* Returns: the name that ip(8) prints (iproute2, lib/rt_names.c and ip/rtm_map.c), or NULL. */
const char *rtn_name(unsigned type);

#endif
