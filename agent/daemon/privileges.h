/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which privileges fwmarkd keeps of those that it was started with. */
#ifndef DAEMON_PRIVILEGES_H
#define DAEMON_PRIVILEGES_H

#include "daemon/conf.h"

/**
 * privileges_drop - become process.user, and keep only the capabilities that are needed
 *
 * Those are CAP_NET_ADMIN and CAP_NET_RAW; where standalone.address is set CAP_NET_BIND_SERVICE,
 * too, until privileges_listening(). A program that fwmarkd would run could not get more back.
 * Before that, makes the state directory for the user if it is missing.
 *
 * Returns: 0 or -errno with @why.
 */
int privileges_drop(const struct conf *c, struct why *why);

/* Checks, for --check and --dump, that all can be read: they would leave out what they cannot see.
 * Returns: 0 or -EPERM with @why. */
int privileges_look(struct why *why);

/* Call this once the ports of --standalone are open: gives up CAP_NET_BIND_SERVICE. Returns: 0 or
 * -EPERM with @why. */
int privileges_listening(struct why *why);

#endif
