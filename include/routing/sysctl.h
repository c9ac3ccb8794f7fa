/* SPDX-License-Identifier: GPL-2.0-or-later */
/* /proc/sys/net/ipv4/conf/INTERFACE/... of the network namespace that the caller is in. */
#ifndef ROUTING_SYSCTL_H
#define ROUTING_SYSCTL_H

/* Each is named like its file. The values are the kernel's: any int. */
enum sysctl_conf { SYSCTL_RP_FILTER, SYSCTL_SRC_VALID_MARK, SYSCTL_FORWARDING };

/**
 * sysctl_get, sysctl_set - one setting of an interface
 * @ifname: NULL for conf/all. A name may hold anything that the kernel lets into one; interfaces
 *          called "all" and "default" have no settings of their own, as those files are taken
 *
 * Returns: 0; -ENODEV: no interface of that name for which IPv4 has settings (one with an MTU below
 * 68 has none); -ERANGE: what stands there is no number; or another -errno, like -EROFS.
 */
int sysctl_get(const char *ifname, enum sysctl_conf conf, int *value);
int sysctl_set(const char *ifname, enum sysctl_conf conf, int value);

/* Could sysctl_set() write the setting? Returns: 0 or the -errno that it would fail with. */
int sysctl_may_set(const char *ifname, enum sysctl_conf conf);

#endif
