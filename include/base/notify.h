/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_NOTIFY_H
#define BASE_NOTIFY_H

/* Reports to systemd (Type=notify) that the agent is ready.
 * Returns: 0, also without NOTIFY_SOCKET, when nobody wants to know; or -errno. */
int notify_ready(void);

#endif
