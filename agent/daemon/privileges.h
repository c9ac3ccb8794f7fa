/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What fwmarkd keeps of the powers that it was started with. */
#ifndef DAEMON_PRIVILEGES_H
#define DAEMON_PRIVILEGES_H

#include "daemon/conf.h"

/**
 * privileges_drop - become process.user, and keep the capabilities that are needed alone
 *
 * CAP_NET_ADMIN and CAP_NET_RAW; where standalone.address is set CAP_NET_BIND_SERVICE as well,
 * until privileges_listening(). No program could get more back. A state directory that is missing
 * is made for the user before.
 * Returns: 0 or -errno with @why.
 */
int privileges_drop(const struct conf *c, struct why *why);

/* For --check and --dump, which would leave out what they cannot see. Returns: as above. */
int privileges_look(struct why *why);

/* After the ports of --standalone are open: no CAP_NET_BIND_SERVICE any more. Returns: as above. */
int privileges_listening(struct why *why);

#endif
